/** Texts that a form starts with: what it starts with, and what counts as left alone. */
import { describe, expect, test } from 'vitest'
import { prefilledValues, withoutPrefilled } from '../../src/questions/prefill.ts'
import { Question } from '../../src/questions/question.ts'

const rewrite = (more: object = {}) => [
  Question.parse({
    type: 'text',
    name: 'rewrite',
    title: 'Better',
    required: false,
    prefill: 'prompt',
    ...more,
  }),
]

describe('happy: a form that starts with a field', () => {
  test('shows its text, unless it is none, too long for a form, or for the question', () => {
    expect(prefilledValues(rewrite(), { prompt: 'Why?' })).toEqual({ rewrite: 'Why?' })
    for (const fields of [
      {},
      { prompt: ' ' },
      { prompt: 'x'.repeat(3001) },
      { prompt: [{ role: 'user', content: 'x' }] },
    ])
      expect(prefilledValues(rewrite(), fields)).toEqual({})
    expect(prefilledValues(rewrite({ max_chars: 3 }), { prompt: 'Why?' })).toEqual({})
    expect(prefilledValues(rewrite({ prefill: 'constructor' }), {})).toEqual({})
  })

  test.each([
    ['Why?', {}],
    [' Why?\r\n', {}],
    ['Why now?', { rewrite: 'Why now?' }],
  ])('left as it is it is no answer: %j', (value, kept) => {
    expect(withoutPrefilled(rewrite(), { rewrite: value }, { prompt: 'Why?' })).toEqual(kept)
  })

  test('other answers stay, and so does a text where the field has none', () => {
    const values = { rewrite: 'Why?', other: 'Why?' }
    expect(withoutPrefilled(rewrite(), values, {})).toEqual(values)
    expect(withoutPrefilled(rewrite(), values, { prompt: 'Why?' })).toEqual({ other: 'Why?' })
  })
})
