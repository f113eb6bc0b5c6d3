/** The names of files that `datasets` takes for a split (tried with datasets 5.2.0). */
import { expect, test } from 'vitest'
import { splitWord } from '../../src/exports/split-word.ts'

test.each([
  ['eval-prefs.jsonl', 'eval'],
  ['prefs-test.parquet', 'test'],
  ['test.jsonl', 'test'],
  ['my_dev_set.jsonl', 'dev'],
  ['v2val3.jsonl', 'val'],
  ['prefs.jsonl', null],
  ['evals.jsonl', null],
  ['latest-contest.jsonl', null],
  ['prefs-train.jsonl', null],
])('whoever names a file %s is told of %s', (name, word) => {
  expect(splitWord(name)).toBe(word)
})
