/** Marked text: positions are code points, labels are known, nothing twice, overlap as the question says. */
import { describe, expect, test } from 'vitest'
import { ParleyError } from '../../src/errors.ts'
import { Question } from '../../src/questions/question.ts'
import { codePoints } from '../../src/questions/spans.ts'
import { parseDraft, parseValues } from '../../src/questions/values.ts'

const question = Question.parse({
  type: 'span',
  name: 'parts',
  title: 'Mark',
  field: 'text',
  options: ['PER', 'LOC'],
})
const apart = { ...question, overlap: false }
// Fifteen code points, seventeen UTF-16 units.
const texts = { text: 'Ana 👩🏽 in Rome.', other: [] }
const shown = { outputs: [], texts }

const read = (value: unknown, one = question, seen: Parameters<typeof parseValues>[2] = shown) =>
  parseValues([one], { parts: value }, seen)['parts']

function problemOf(value: unknown, one = question, seen = shown): string {
  try {
    read(value, one, seen)
  } catch (error) {
    if (error instanceof ParleyError) return error.problems['parts'] ?? ''
    throw error
  }
  return 'none'
}

const span = (start: unknown, end: unknown, label: unknown = 'PER', field: unknown = 'text') => ({
  ...{ field, start, end, label },
})

describe('happy: marked text', () => {
  test('it counts code points, as Python does, and is kept in the order of the text', () => {
    expect(codePoints(texts.text)).toBe(Array.from(texts.text).length)
    expect(read([span(10, 14, 'LOC'), { start: 0, end: 3, label: 'PER' }])).toEqual([
      span(0, 3),
      span(10, 14, 'LOC'),
    ])
    const [, second] = read([span(0, 3), span(10, 14, 'LOC')]) as { start: number; end: number }[]
    expect(Array.from(texts.text).slice(second?.start, second?.end).join('')).toBe('Rome')
  })

  test('marks overlap unless the question forbids it; neighbours touch', () => {
    expect(read([span(0, 5), span(3, 8, 'LOC')])).toHaveLength(2)
    expect(read([span(0, 3), span(3, 8, 'LOC')], apart)).toHaveLength(2)
  })

  test('nothing to mark is an answer; no answer is none', () => {
    expect(read([])).toEqual([])
    expect(() => parseValues([question], {}, shown)).toThrow(/./)
  })

  test('a draft keeps the marks that are some, and those that overlap until they are moved', () => {
    const typed = { parts: [span(0, 5), span(3, 8), span(9, 99), 'x'] }
    expect(parseDraft([apart], typed, shown)['parts']).toEqual([span(0, 5), span(3, 8)])
  })
})

describe('refused: what marks no text', () => {
  test.each([
    ['no list', 'x', /a start, an end and a label/],
    ['no object', [1], /a start, an end and a label/],
    ['a position that is no whole number', [span(0.5, 2)], /a start, an end/],
    ['a position as text', [span('0', 2)], /a start, an end/],
    ['another field', [span(0, 2, 'PER', 'other')], /a start, an end/],
    ['before the text', [span(-1, 2)], /has 15 characters/],
    ['beyond the text', [span(0, 16)], /has 15 characters/],
    ['nothing', [span(2, 2)], /at least one character/],
    ['backwards', [span(3, 2)], /at least one character/],
    ['an unknown label', [span(0, 2, 'ORG')], /one of the labels/],
    ['the name of every object', [span(0, 2, 'constructor')], /one of the labels/],
    ['the same twice', [span(0, 2), span(0, 2)], /same label twice/],
    ['too many', Array.from({ length: 10_001 }, () => span(0, 1)), /at most 10,000/],
  ])('%s', (_, value, said) => {
    expect(problemOf(value)).toMatch(said)
  })

  test('an overlap where none is allowed, also with a long mark before', () => {
    expect(problemOf([span(0, 5), span(4, 6, 'LOC')], apart)).toMatch(/overlap/)
    expect(problemOf([span(0, 12), span(2, 3), span(11, 14)], apart)).toMatch(/overlap/)
  })

  test('marks of a text that is not at hand', () => {
    expect(
      problemOf([span(0, 1)], question, { outputs: [], texts: { other: [], text: '' } }),
    ).toMatch(/has 0 characters/)
    expect(() => parseValues([question], { parts: [] }, { outputs: [] })).toThrow(/./)
  })
})
