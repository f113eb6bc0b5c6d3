/** Values: every question type, about the record or about each output, and what is refused how. */
import { describe, expect, test } from 'vitest'
import { ParleyError } from '../../src/errors.ts'
import { Question } from '../../src/questions/question.ts'
import { letterOf, parseDraft, parseValues, placeOf } from '../../src/questions/values.ts'

const shown = { outputs: ['o2', 'o1', 'o3'] }
const question = (input: object) => Question.parse({ name: 'q', title: 'Q', ...input })

const ranking = question({ type: 'ranking' })
const pairs = question({ type: 'ranking', strength: true })
const best = question({ type: 'ranking', mode: 'best_only' })
const bestWorst = question({ type: 'ranking', mode: 'best_worst' })
const strict = question({ type: 'ranking', ties: false })
const rating = question({ type: 'rating' })
const eachRating = question({ type: 'rating', of: 'outputs' })
const label = question({ type: 'label', options: ['safe', 'unsafe'] })
const multi = question({ type: 'multi_label', options: ['a', 'b', 'c'] })
const none = question({ type: 'multi_label', options: ['a', 'b'], none_option: true })
const text = question({ type: 'text', min_chars: 3, max_chars: 10 })

const ranks = (given: Record<string, number>, more: object = {}) => ({
  mode: 'full',
  ranks: given,
  all_unacceptable: false,
  ...more,
})

describe('happy', () => {
  test.each([
    ['a full ranking', ranking, ranks({ o1: 1, o2: 2, o3: 3 }), ranks({ o1: 1, o2: 2, o3: 3 })],
    ['ranks made dense', ranking, ranks({ o1: 1, o2: 4, o3: 4 }), ranks({ o1: 1, o2: 2, o3: 2 })],
    [
      'all unacceptable',
      ranking,
      ranks({}, { all_unacceptable: true }),
      ranks({}, { all_unacceptable: true }),
    ],
    [
      'strength',
      pairs,
      ranks({ o1: 1, o2: 2, o3: 3 }, { strength: 2 }),
      ranks({ o1: 1, o2: 2, o3: 3 }, { strength: 2 }),
    ],
    [
      'the best only',
      best,
      ranks({ o1: 1, o2: 2, o3: 2 }, { mode: 'best_only' }),
      ranks({ o1: 1, o2: 2, o3: 2 }, { mode: 'best_only' }),
    ],
    [
      'best and worst',
      bestWorst,
      ranks({ o1: 1, o2: 2, o3: 3 }, { mode: 'best_worst' }),
      ranks({ o1: 1, o2: 2, o3: 3 }, { mode: 'best_worst' }),
    ],
    ['a rating', rating, 4, 4],
    ['a rating of each output', eachRating, { o1: 1, o2: 5, o3: 3 }, { o1: 1, o2: 5, o3: 3 }],
    ['a label', label, 'safe', 'safe'],
    ['labels in the order of the options', multi, ['c', 'a'], ['a', 'c']],
    ['none of the labels', none, [], []],
    ['text exactly as typed', text, ' abc ', ' abc '],
  ])('keeps %s', (_, asked, given, kept) => {
    expect(parseValues([asked], { q: given }, shown)).toEqual({ q: kept })
  })

  test('an optional question may stay unanswered, and is absent then', () => {
    expect(parseValues([{ ...rating, required: false }], {}, shown)).toEqual({})
  })

  test('an answer to a question that is not asked (its condition does not hold) is left out', () => {
    const why = question({ type: 'text', when: 'safe == unsafe' })
    const safe = { ...label, name: 'safe' }
    expect(parseValues([safe, why], { safe: 'safe', q: 'old words' }, shown)).toEqual({
      safe: 'safe',
    })
    expect(problemsOf([safe, why], { safe: 'unsafe' })).toEqual({ q: 'Write an answer.' })
  })

  test('an output called __proto__ is an output like any other', () => {
    const odd = { outputs: ['__proto__', 'o1'] }
    const given = JSON.parse('{"q":{"mode":"full","ranks":{"__proto__":1,"o1":2}}}')
    const kept = parseValues([ranking], given, odd)
    expect(JSON.stringify(kept)).toBe(
      '{"q":{"mode":"full","ranks":{"__proto__":1,"o1":2},"all_unacceptable":false}}',
    )
  })

  test('a draft keeps what can be kept and never refuses', () => {
    expect(parseDraft([rating, { ...text, name: 't' }], { q: 9, t: 'abc', x: 1 }, shown)).toEqual({
      t: 'abc',
    })
  })

  test('letters go on after Z', () => {
    expect([0, 25, 26, 51, 52].map(letterOf)).toEqual(['A', 'Z', 'AA', 'AZ', 'BA'])
    for (let place = 0; place < 1000; place++) expect(placeOf(letterOf(place))).toBe(place)
  })
})

describe('happy: a form in steps', () => {
  test('labels ticked beside “None of these” are named at the end, not lost on the way', () => {
    const given = { q: ['', 'b'] }
    const draft = parseDraft([none], given, shown)
    expect(draft).toEqual({ q: ['b', ''] })
    expect(parseDraft([none], draft, shown)).toEqual(draft)
    const refused = (input: unknown) => {
      try {
        return parseValues([none], input, shown)
      } catch (error) {
        return error instanceof ParleyError ? error.problems : error
      }
    }
    expect(refused(draft)).toEqual(refused(given))
    expect(refused(draft)).toEqual({ q: expect.stringContaining('“None of these”') })
    // Unticked, it is an answer.
    expect(refused({ q: ['b'] })).toEqual({ q: ['b'] })
    expect(parseDraft([none], { q: [''] }, shown)).toEqual({})
  })
})

describe('refused', () => {
  test.each([
    [
      'an output without a rank',
      ranking,
      ranks({ o1: 1 }),
      'Rank every output: A, C have no rank.',
    ],
    [
      'an output nobody showed',
      ranking,
      ranks({ o9: 1 }),
      'One of the ranks is about an output that is not shown.',
    ],
    ['a rank of 0', ranking, ranks({ o1: 0 }), 'A rank is a whole number from 1.'],
    [
      'a tie where none is allowed',
      strict,
      ranks({ o1: 1, o2: 1, o3: 2 }),
      'Give every output a rank of its own.',
    ],
    [
      'two best',
      best,
      ranks({ o1: 1, o2: 1, o3: 2 }, { mode: 'best_only' }),
      'Choose the one best output.',
    ],
    ['another mode', best, ranks({ o1: 1 }), 'This ranking question has changed.'],
    [
      'strength 3',
      pairs,
      ranks({ o1: 1, o2: 2, o3: 3 }, { strength: 3 }),
      'How much better is 1 (slightly) or 2 (much).',
    ],
    ['no ranks at all', ranking, ranks({}), 'Rank every output.'],
    ['true as a rating', rating, true, 'Choose one of 1, 2, 3, 4, 5.'],
    ['"4" as a rating', rating, '4', 'Choose one of 1, 2, 3, 4, 5.'],
    ['a rating of one output only', eachRating, { o1: 1 }, 'Answer this for every output.'],
    ['an unknown label', label, 'other', 'Choose one of the labels.'],
    ['no label where none is no answer', multi, [], 'Choose at least one label.'],
    ['blank text', text, '   ', 'Write an answer.'],
    ['short text', text, 'ab', 'Write at least 3 characters.'],
    ['long text', text, 'abcdefghijk', 'Write at most 10 characters; this is 11.'],
    ['NUL in text', text, 'ab\u0000c', 'The text holds a character that cannot be stored (NUL).'],
    ['half a character', text, 'abc\ud800', 'The text holds half of a character; type it again.'],
  ])('%s', (_, asked, given, said) => {
    expect(problemsOf([asked], { q: given })).toEqual({ q: said })
  })

  test('a question the dataset does not ask', () => {
    expect(problemsOf([label], { q: 'safe', other: 1 })).toEqual({
      other: 'This dataset does not ask that.',
    })
  })

  test('an answer that is no object', () => {
    expect(problemsOf([label], 'safe')).toHaveProperty('answer')
  })
})

function problemsOf(questions: Question[], input: unknown) {
  try {
    parseValues(questions, input, shown)
  } catch (error) {
    if (error instanceof ParleyError) return error.problems
    throw error
  }
  return {}
}
