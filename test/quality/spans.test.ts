/** Agreement on marked text, against what others compute, and as statistics and results report it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { datasetStats } from '../../src/quality/dataset/stats.ts'
import { krippendorffAlpha, nominal } from '../../src/quality/measures/agreement/alpha.ts'
import { type Mark, matchesOf, stretchesOf } from '../../src/quality/measures/agreement/spans.ts'
import { resultOf } from '../../src/quality/result/question-result.ts'
import { Question } from '../../src/questions/question.ts'
import { addAnswer, addRecord, cleo, makeDataset, makeLabelers } from '../exports/ground.ts'
import { startParley, type TestParley } from '../support/parley.ts'

/** Texts of a length, and what two or three people marked in each. */
const records = (
  [
    [
      40,
      [
        [
          [19, 25, 'PER'],
          [33, 36, 'PER'],
        ],
        [
          [9, 14, 'PER'],
          [19, 25, 'PER'],
          [33, 36, 'LOC'],
        ],
        [
          [2, 7, 'PER'],
          [8, 14, 'PER'],
          [19, 25, 'LOC'],
        ],
      ],
    ],
    [28, [[[17, 19, 'LOC']], [[5, 9, 'PER']]]],
    [
      24,
      [
        [
          [0, 6, 'LOC'],
          [13, 20, 'LOC'],
        ],
        [
          [1, 6, 'PER'],
          [14, 20, 'LOC'],
        ],
        [[0, 6, 'PER']],
      ],
    ],
    [
      39,
      [
        [
          [8, 13, 'PER'],
          [25, 31, 'LOC'],
          [33, 37, 'PER'],
        ],
        [
          [8, 13, 'LOC'],
          [21, 24, 'PER'],
          [25, 31, 'LOC'],
          [33, 37, 'PER'],
        ],
      ],
    ],
    [
      49,
      [
        [
          [17, 24, 'LOC'],
          [41, 42, 'LOC'],
        ],
        [
          [1, 3, 'LOC'],
          [10, 17, 'PER'],
          [31, 35, 'LOC'],
          [40, 42, 'LOC'],
        ],
        [
          [1, 3, 'LOC'],
          [10, 17, 'PER'],
          [17, 24, 'LOC'],
          [32, 35, 'LOC'],
          [40, 42, 'LOC'],
        ],
      ],
    ],
    [
      42,
      [
        [
          [6, 9, 'PER'],
          [10, 13, 'PER'],
          [16, 23, 'LOC'],
          [23, 28, 'PER'],
          [32, 36, 'PER'],
        ],
        [
          [6, 9, 'PER'],
          [10, 13, 'PER'],
          [23, 28, 'PER'],
          [32, 36, 'PER'],
        ],
        [
          [6, 9, 'PER'],
          [10, 13, 'PER'],
          [16, 23, 'PER'],
          [23, 28, 'PER'],
        ],
      ],
    ],
    [
      60,
      [
        [
          [6, 8, 'PER'],
          [14, 16, 'LOC'],
          [16, 18, 'LOC'],
          [20, 26, 'PER'],
          [32, 37, 'PER'],
          [43, 50, 'LOC'],
        ],
        [
          [6, 8, 'PER'],
          [9, 12, 'LOC'],
          [14, 16, 'LOC'],
          [16, 18, 'PER'],
          [21, 26, 'PER'],
          [31, 37, 'LOC'],
          [38, 41, 'LOC'],
          [43, 50, 'LOC'],
        ],
        [
          [6, 8, 'LOC'],
          [9, 12, 'LOC'],
          [15, 16, 'LOC'],
          [16, 18, 'PER'],
          [31, 37, 'PER'],
          [38, 41, 'LOC'],
          [43, 50, 'PER'],
        ],
      ],
    ],
    [
      42,
      [
        [
          [3, 9, 'PER'],
          [12, 18, 'PER'],
          [21, 26, 'PER'],
          [30, 35, 'LOC'],
        ],
        [
          [3, 9, 'LOC'],
          [13, 18, 'PER'],
          [21, 26, 'PER'],
          [29, 35, 'LOC'],
        ],
      ],
    ],
    [
      42,
      [
        [
          [5, 7, 'PER'],
          [14, 18, 'PER'],
          [25, 31, 'LOC'],
        ],
        [
          [5, 7, 'PER'],
          [8, 11, 'LOC'],
          [14, 18, 'PER'],
          [26, 31, 'PER'],
        ],
        [
          [5, 7, 'PER'],
          [9, 11, 'LOC'],
          [14, 18, 'PER'],
          [25, 31, 'LOC'],
        ],
      ],
    ],
    [
      45,
      [
        [
          [7, 12, 'PER'],
          [14, 17, 'PER'],
          [17, 20, 'LOC'],
          [23, 28, 'LOC'],
          [34, 36, 'PER'],
          [37, 38, 'PER'],
        ],
        [
          [8, 12, 'PER'],
          [14, 17, 'PER'],
          [18, 20, 'LOC'],
          [22, 28, 'LOC'],
          [36, 38, 'LOC'],
        ],
      ],
    ],
    [
      42,
      [
        [
          [22, 25, 'PER'],
          [34, 39, 'PER'],
        ],
        [
          [7, 14, 'LOC'],
          [22, 25, 'PER'],
          [33, 39, 'PER'],
        ],
        [
          [8, 14, 'LOC'],
          [22, 25, 'PER'],
          [33, 39, 'PER'],
        ],
      ],
    ],
    [
      26,
      [
        [
          [8, 10, 'PER'],
          [13, 17, 'PER'],
          [18, 24, 'LOC'],
        ],
        [
          [8, 10, 'PER'],
          [13, 17, 'PER'],
          [18, 24, 'LOC'],
        ],
      ],
    ],
  ] as [number, [number, number, string][][]][]
).map(([length, answers]) => ({
  length,
  answers: answers.map((marks) => marks.map(([start, end, label]) => ({ start, end, label }))),
}))

/** krippendorff 0.9.0 over characters (nominal, no label as a value of its own), nervaluate 1.2.1 over pairs of people. */
const others = {
  alpha: 0.5640392343910121,
  exact: 0.41489361702127653,
  overlap: 0.6170212765957447,
}

const question = Question.parse({
  ...{ type: 'span', name: 'parts', title: 'Parts', field: 'prompt' },
  options: ['PER', 'LOC'],
})

let at: TestParley
beforeAll(async () => {
  at = await startParley({ max: 4 })
})
afterAll(() => at.close())

describe('happy: agreement on marked text', () => {
  test('alpha by character and both F-measures are those of other programs', () => {
    const units = records.flatMap(({ length, answers }) =>
      stretchesOf(answers, length).flatMap(({ characters, values }) =>
        Array.from({ length: characters }, () => values),
      ),
    )
    expect(krippendorffAlpha(units, nominal).value).toBeCloseTo(others.alpha, 10)
    const pairs = records.flatMap(({ answers }) =>
      answers.flatMap((one, i) => answers.slice(i + 1).map((other) => matchesOf(one, other))),
    )
    const sum = (key: 'exact' | 'overlap' | 'of') =>
      pairs.reduce((total, pair) => total + pair[key], 0)
    expect(sum('exact') / sum('of')).toBeCloseTo(others.exact, 10)
    expect(sum('overlap') / sum('of')).toBeCloseTo(others.overlap, 10)
  })

  test('statistics report them with intervals, whatever is in the text besides', async () => {
    const { parley } = at
    const dataset = await makeDataset(parley, { questions: [question] })
    const labelers = await makeLabelers(parley, 3)
    for (const [n, { length, answers }] of records.entries()) {
      // Letters of two UTF-16 units: what is counted are code points.
      const record = await addRecord(parley, dataset, {
        ...{ external_id: `r${n}`, fields: { prompt: '𝒂'.repeat(length) }, outputs: [] },
      })
      for (const [k, marks] of answers.entries())
        await addAnswer(parley, dataset, record, {
          labeler: labelers[k] ?? '',
          values: { parts: marks.map((mark) => ({ field: 'prompt', ...mark })) },
          shown: [],
        })
    }
    const { questions } = await datasetStats(parley, cleo, { dataset: dataset.name })
    const [found] = questions
    expect(found?.agreement).toMatchObject({ metric: 'alpha (characters)' })
    expect(found?.agreement.value).toBeCloseTo(others.alpha, 5)
    expect(found?.span_f1?.exact.value).toBeCloseTo(others.exact, 5)
    expect(found?.span_f1?.overlap.value).toBeCloseTo(others.overlap, 5)
    const { value, low, high } = Object(found?.agreement)
    expect(low).toBeLessThan(value)
    expect(high).toBeGreaterThan(value)
    expect(found?.disputed[0]?.disagreement).toBeGreaterThan(0)
  })

  test('one record: marks that most people made are its consensus, and labels have votes', () => {
    const mark = (start: number, end: number, label: string) => ({
      ...{ field: 'prompt', start, end, label },
    })
    const result = resultOf(
      question,
      [],
      [
        { parts: [mark(0, 3, 'PER'), mark(5, 9, 'LOC')] },
        { parts: [mark(0, 3, 'PER')] },
        { parts: [mark(0, 4, 'PER'), mark(5, 9, 'LOC')] },
      ],
    )
    expect(result).toMatchObject({
      answers: 3,
      votes: [
        { value: 'PER', count: 3, of: 3 },
        { value: 'LOC', count: 2, of: 3 },
      ],
      consensus: { value: [mark(0, 3, 'PER'), mark(5, 9, 'LOC')] },
    })
    // Pairs: 1 of 3, 1 of 4, 0 of 3 marks are alike; 2 (1 + 1 + 0) of 3 + 4 + 3.
    expect(Object(result).agreement.value).toBeCloseTo(0.4, 10)
  })

  test.each([
    ['touching is not overlapping', [0, 3], [3, 5], 0],
    ['one inside the other', [0, 9], [3, 5], 2],
    ['the same', [0, 3], [0, 3], 2],
  ])('%s', (_, one, other, overlap) => {
    const mark = ([start = 0, end = 0]: number[]): Mark => ({ start, end, label: 'PER' })
    expect(matchesOf([mark(one)], [mark(other)]).overlap).toBe(overlap)
    expect(matchesOf([mark(one)], [{ ...mark(other), label: 'LOC' }]).overlap).toBe(0)
  })

  test('nobody marked anything: one mind, and no F-measure', () => {
    expect(matchesOf([], [])).toEqual({ exact: 0, overlap: 0, of: 0 })
    expect(stretchesOf([[], []], 7)).toEqual([{ characters: 7, values: ['', ''] }])
    expect(stretchesOf([[], []], 0)).toEqual([])
  })
})
