/** Presses: which cards one touch can answer, and with what. */
import { describe, expect, test } from 'vitest'
import { pressesFor } from '../../src/chat/cards/presses.ts'
import { sayRanking, summarize } from '../../src/chat/cards/summary.ts'
import { Question } from '../../src/questions/question.ts'
import { parseValues } from '../../src/questions/values.ts'

const question = (input: object) => Question.parse({ name: 'q', title: 'Q', ...input })
const comment = question({ name: 'why', type: 'text', required: false })
const texts = (questions: Question[], outputs: string[]) =>
  pressesFor(questions, outputs).map(({ text }) => text)

describe('happy', () => {
  test.each([
    [
      'a pair',
      question({ type: 'ranking' }),
      ['x', 'y'],
      ['A is better', 'Equally good', 'B is better', 'Both bad'],
    ],
    [
      'a pair without ties',
      question({ type: 'ranking', ties: false, unacceptable: false }),
      ['x', 'y'],
      ['A is better', 'B is better'],
    ],
    [
      'a pair with strength',
      question({ type: 'ranking', strength: true }),
      ['x', 'y'],
      [
        'A is much better',
        'A is slightly better',
        'Equally good',
        'B is slightly better',
        'B is much better',
        'Both bad',
      ],
    ],
    [
      'a rating',
      question({ type: 'rating', labels: { 1: 'useless' } }),
      [],
      ['1 · useless', '2', '3', '4', '5'],
    ],
    ['thumbs', question({ type: 'label', options: ['up', 'down'] }), ['x'], ['up', 'down']],
    [
      'a label of one output',
      question({ type: 'label', of: 'outputs', options: ['up', 'down'] }),
      ['x'],
      ['up', 'down'],
    ],
  ])('%s is answered by one press', (_, asked, outputs, expected) => {
    expect(texts([asked, comment], outputs)).toEqual(expected)
  })

  test('every press is a valid answer as it stands', () => {
    const asked = [question({ type: 'ranking', strength: true }), comment]
    for (const { values } of pressesFor(asked, ['x', 'y']))
      expect(parseValues(asked, values, { outputs: ['x', 'y'] })).toEqual(values)
  })

  test.each([
    ['up is desirable', ['up'], ['positive', 'negative']],
    ['down is desirable', ['down'], ['negative', 'positive']],
    ['both are', ['up', 'down'], [undefined, undefined]],
    ['nobody said so', undefined, [undefined, undefined]],
  ])('of two labels one is thumbs up and one thumbs down: %s', (_, desirable, tones) => {
    const asked = question({ type: 'label', options: ['up', 'down'], desirable })
    expect(pressesFor([asked, comment], []).map(({ tone }) => tone)).toEqual(tones)
  })

  test('a receipt says the ranking in the letters that were shown', () => {
    const value = { mode: 'full', ranks: { x: 2, y: 1, z: 2 }, all_unacceptable: false } as const
    expect(sayRanking(value, ['z', 'y', 'x'])).toBe('B > A = C')
    expect(summarize([question({ type: 'ranking' })], { q: value }, ['z', 'y', 'x'])).toBe(
      'B > A = C',
    )
  })
})

describe('refused', () => {
  test.each([
    ['three outputs', [question({ type: 'ranking' })], ['x', 'y', 'z']],
    ['seven labels', [question({ type: 'label', options: [...'abcdefg'] })], []],
    ['two required questions', [question({ type: 'rating' }), { ...comment, required: true }], []],
    ['a rating of each of two outputs', [question({ type: 'rating', of: 'outputs' })], ['x', 'y']],
    ['text', [question({ type: 'text' })], []],
  ])('%s need a form', (_, questions, outputs) => {
    expect(texts(questions, outputs)).toEqual([])
  })
})
