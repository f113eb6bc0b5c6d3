import { describe, expect, test } from 'vitest'
import { choicesOf, isOptional } from '../../src/questions/options.ts'
import { Question } from '../../src/questions/question.ts'
import { asksPair, buildRanking } from '../../src/questions/ranking-form.ts'

const question = (more: object) => Question.parse({ name: 'q', title: 'Q', ...more })

describe('options', () => {
  test('a choice is named by its place, and a rating carries its word', () => {
    const rating = question({ type: 'rating', options: [1, 2], labels: { 2: 'good' } })
    if (rating.type !== 'rating') throw new Error('It is no rating.')
    expect(choicesOf(rating)).toEqual([
      { key: 'o0', value: 1, text: '1' },
      { key: 'o1', value: 2, text: '2 · good' },
    ])
  })

  test('what may not apply may be left without an answer', () => {
    const required = { type: 'text', required: true }
    expect(isOptional(question(required))).toBe(false)
    expect(isOptional(question({ ...required, when: 'other.all_unacceptable' }))).toBe(true)
    expect(isOptional(question({ type: 'text', required: false }))).toBe(true)
  })
})

describe('a ranking as it was entered', () => {
  const ranks = [
    ['x', 1],
    ['y', 2],
  ] as const

  test('strength belongs to a preference, never to a tie', () => {
    const entered = { ranks, strength: 2, unacceptable: false }
    expect(buildRanking('full', { ...entered, pair: 'a' })).toMatchObject({ strength: 2 })
    expect(buildRanking('full', { ...entered, pair: 'tie' })).not.toHaveProperty('strength')
  })

  test('both bad is an answer without ranks; nothing entered is none', () => {
    const nothing = { ranks: [], pair: undefined, strength: undefined, unacceptable: false }
    expect(buildRanking('full', nothing)).toBeUndefined()
    expect(buildRanking('full', { ...nothing, pair: 'bad' })).toEqual({
      mode: 'full',
      ranks: {},
      all_unacceptable: true,
    })
  })

  test('two outputs that were ranked and both found bad are asked one by one', () => {
    expect(asksPair(['x', 'y'], undefined)).toBe(true)
    const bad = { mode: 'full', ranks: { x: 1, y: 2 }, all_unacceptable: true } as const
    expect(asksPair(['x', 'y'], bad)).toBe(false)
  })
})
