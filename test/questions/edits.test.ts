/** What an edit of an output is, how far it is from it, and how an answer carries it. */
import { describe, expect, test } from 'vitest'
import {
  compareEdit,
  editableText,
  editedContent,
  editsIn,
  withEdits,
} from '../../src/questions/edits.ts'
import { Question } from '../../src/questions/question.ts'
import { parseDraft, parseValues } from '../../src/questions/values.ts'

const ranking = Question.parse({
  type: 'ranking',
  name: 'preference',
  title: 'Which is better?',
  edits: true,
})
const plain = Question.parse({ type: 'ranking', name: 'preference', title: 'Which is better?' })
const judged = {
  preference: { mode: 'full', ranks: { a: 1, b: 2 }, all_unacceptable: false },
} as const
const shown = { outputs: ['a', 'b'] }

describe('happy', () => {
  test('the same text is no edit', () => {
    expect(compareEdit('Paris.', 'Paris.')).toBeNull()
  })

  test.each([
    ['Paris', 'Paris.', 1],
    ['kitten', 'sitting', 3],
    ['The capital is Lyon.', 'The capital is Paris.', 5],
    ['', 'new', 3],
    ['👩‍👩‍👧 ok', '👩‍👩‍👧 good', 3],
  ])('from %j to %j, %i characters change', (from, to, distance) => {
    expect(compareEdit(from, to)).toEqual({ text: to, distance })
  })

  test.each([
    ['a b', 'a  b', 1],
    ['if x:\ny', 'if x:\n  y', 2],
    ['one line', 'one\nline ', 2],
  ])('from %j to %j only white space changes, which is said', (from, to, distance) => {
    expect(compareEdit(from, to)).toEqual({ text: to, distance, white_space: true })
  })

  test('two unlike texts of a hundred thousand characters do not keep anybody waiting', () => {
    const [from, to] = ['ab'.repeat(50_000), 'cd'.repeat(49_000)]
    expect(compareEdit(from, to)).toEqual({ text: to, distance: 100_000 })
  })

  test('an answer carries edits beside what it judges, and loses them with nothing', () => {
    const edits = { a: { text: 'Better.', distance: 3 } }
    const values = withEdits([ranking], judged, edits)
    expect(parseValues([ranking], values, shown)).toEqual(values)
    expect(parseDraft([ranking], values, shown)).toEqual(values)
    expect(editsIn([ranking], values)).toEqual(edits)
    expect(withEdits([ranking], values, {})).toEqual(judged)
  })

  test('of a chat the last turn is edited, where it is the assistant’s', () => {
    const messages = [
      { role: 'assistant', content: 'Hm.' },
      { role: 'user', content: 'Well?' },
      { role: 'assistant', content: 'Yes.' },
    ]
    expect(editableText({ messages })).toBe('Yes.')
    expect(editedContent({ messages }, 'No.')).toEqual([
      ...messages.slice(0, 2),
      { role: 'assistant', content: 'No.' },
    ])
    expect(editableText({ messages: messages.slice(0, 2) })).toBeNull()
    expect(editableText({ text: '' })).toBe('')
  })
})

describe('refused', () => {
  test.each([
    ['where the question collects none', plain, { a: { text: 'x', distance: 1 } }],
    ['of an output that was not shown', ranking, { z: { text: 'x', distance: 1 } }],
    ['without a text', ranking, { a: { text: ' ', distance: 1 } }],
    ['that changed nothing', ranking, { a: { text: 'x', distance: 0 } }],
    ['with NUL in it', ranking, { a: { text: 'x\u0000', distance: 1 } }],
    ['with half of a character', ranking, { a: { text: '\ud83d', distance: 1 } }],
    ['of more than 100,000 characters', ranking, { a: { text: 'x'.repeat(100_001), distance: 9 } }],
    ['that is a text alone', ranking, { a: 'x' }],
    ['with a key nobody knows', ranking, { a: { text: 'x', distance: 1, by: 'me' } }],
  ])('an edit %s', (_, question, edits) => {
    const values = { ...judged, 'preference.edits': edits }
    expect(() => parseValues([question], values, shown)).toThrow(
      expect.objectContaining({
        code: 'invalid',
        problems: { 'preference.edits': expect.stringMatching(/\.$/) },
      }),
    )
  })
})
