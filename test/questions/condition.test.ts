/** Conditions: what they hold for, and how they refuse what they cannot read. */
import { describe, expect, test } from 'vitest'
import { holds, parseWhen, questionsOf } from '../../src/questions/condition.ts'

const values = {
  preference: { mode: 'full', ranks: { a: 1 }, all_unacceptable: true },
  helpful: 2,
  safe: 'no',
  topics: ['code', 'maths'],
}

describe('happy', () => {
  test.each([
    ['preference.all_unacceptable', true],
    ['not preference.all_unacceptable', false],
    ['helpful <= 2', true],
    ['helpful > 2', false],
    ['helpful >= 2 and safe == "no"', true],
    ["safe == 'yes' or helpful == 2", true],
    ['safe != "no"', false],
    ['topics == code', true],
    ['topics in (maths, "law")', true],
    ['helpful in (1, .5)', false],
    ['topics != code', false],
    ['(helpful == 1 or helpful == 2) and not safe == yes', true],
    ['unanswered == 1', false],
    ['unanswered', false],
    ['helpful.constructor', false],
  ])('%s is %s', (text, expected) => {
    expect(holds(parseWhen(text), values)).toBe(expected)
  })

  test('names the questions it looks at', () => {
    expect(questionsOf(parseWhen('a.b and (c == 1 or not d)'))).toEqual(['a', 'c', 'd'])
  })
})

describe('refused', () => {
  test.each([
    ['helpful >=', 'expected a value, found the end'],
    ['and helpful', 'expected'],
    ['helpful == 1 safe', 'expected the end, found safe'],
    ['(helpful == 1', 'expected ")"'],
    ['helpful; drop table', 'cannot read it from "; drop table"'],
    ['', 'expected the name of a question'],
    ['mean(helpful) > 2', 'mean(…) at character 1 asks for a statistic'],
    ['helpful in 2', 'expected "(" and values'],
    ['helpful = 2', 'at character 9. Did you mean "=="?'],
    ['helpful == 2 OR safe', 'Did you mean "or"?'],
  ])('"%s" is refused with what is wrong', (text, expected) => {
    expect(() => parseWhen(text)).toThrow(expected)
  })
})
