/** Ranking by taps: every order of outputs can be tapped, in as few taps as promised. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildTapPanel, isWhole, tapQuestion, tapRanking } from '../../src/chat/cards/taps.ts'
import type { Tap } from '../../src/chat/port/port.ts'
import { Question, type RankingQuestion } from '../../src/questions/question.ts'
import { parseDraft, parseValues, type Values } from '../../src/questions/values.ts'

const ranking = (more: object = {}): RankingQuestion => {
  const question = Question.parse({ name: 'q', title: 'Q', type: 'ranking', ...more })
  if (question.type !== 'ranking') throw new Error('not a ranking')
  return question
}
const idsOf = (count: number) => ['__proto__', 'b', 'a', 'o4', 'constructor'].slice(0, count)

/** A person who reads the panel before each tap. Between two taps the draft goes through the database. */
function openCard(question: RankingQuestion, outputs: readonly string[]) {
  let draft: Values = {}
  let at = 1_000_000
  const panel = () => buildTapPanel([question], outputs, draft)
  return {
    panel,
    draft: () => draft,
    tap(tap: Tap, more: { step?: number; after?: number } = {}): boolean {
      at += more.after ?? 1000
      const step = more.step ?? panel()?.step ?? 0
      const next = tapRanking(question, draft, outputs, { tap, step, at })
      if (next === null) return false
      const kept = parseDraft([question], { q: next }, { outputs })
      draft = JSON.parse(JSON.stringify(kept))
      return true
    },
    isWhole: () => {
      const value = draft['q']
      return typeof value === 'object' && 'ranks' in value && 'mode' in value
        ? isWhole(value as Parameters<typeof isWhole>[0], outputs)
        : false
    },
    answer: () => parseValues([question], draft, { outputs })['q'],
  }
}

/** A weak order as levels of places, best first. */
const anyOrder = fc.integer({ min: 3, max: 5 }).chain((count) =>
  fc
    .tuple(
      fc.shuffledSubarray([...Array(count).keys()], { minLength: count }),
      fc.array(fc.boolean(), { minLength: count, maxLength: count }),
    )
    .map(([places, joins]) => {
      const levels: number[][] = []
      for (const [i, place] of places.entries()) {
        const last = levels.at(-1)
        if (i > 0 && joins[i] && last) last.push(place)
        else levels.push([place])
      }
      return levels
    }),
)

function tapsFor(levels: number[][]): Tap[] {
  const count = levels.flat().length
  const taps: Tap[] = []
  let done = 0
  for (const level of levels)
    for (const [i, place] of level.entries()) {
      const left = count - done
      if (left === 1) return taps
      const [final] = levels.slice(-1)
      const restIsLevel = level === final && level.length - i === left
      if (i > 0) taps.push('same')
      if (restIsLevel) return [...taps, 'rest']
      taps.push(place)
      done++
    }
  return taps
}

describe('happy', () => {
  test('every order, with ties or without, can be tapped, and is the answer', () => {
    fc.assert(
      fc.property(anyOrder, fc.constantFrom('full', 'tiers'), (levels, mode) => {
        const outputs = idsOf(levels.flat().length)
        const question = ranking({ mode })
        const card = openCard(question, outputs)
        for (const tap of tapsFor(levels)) {
          expect(card.isWhole()).toBe(false)
          expect(card.panel()?.taps).toContain(tap)
          expect(card.tap(tap)).toBe(true)
        }
        expect(card.isWhole()).toBe(true)
        const ranks = Object.fromEntries(
          levels.flatMap((level, at) => level.map((place) => [outputs[place], at + 1])),
        )
        expect(card.answer()).toEqual({ mode, ranks, all_unacceptable: false })
      }),
    )
  })

  test.each([
    [3, 2],
    [4, 3],
    [5, 4],
  ])('%i outputs without ties take %i taps: the last is filled in', (count, taps) => {
    const card = openCard(ranking({ ties: false }), idsOf(count))
    for (let place = 0; place < taps; place++) card.tap(place)
    expect(card.isWhole()).toBe(true)
    expect(card.panel()?.taps).toEqual(['done', 'back'])
  })

  test('a tap is undone with what it filled in, and the others stay', () => {
    const card = openCard(ranking(), ['x', 'y', 'z'])
    card.tap(2)
    card.tap(0)
    expect(card.panel()?.said).toBe('C > A > B')
    card.tap('back')
    expect(card.panel()).toMatchObject({ said: 'C', asks: 'next', last: 'C' })
    card.tap('same')
    expect(card.panel()?.same).toBe(true)
    card.tap('back')
    expect(card.panel()).toMatchObject({ said: 'C', same: false })
    card.tap('back')
    expect(card.panel()).toMatchObject({ said: '', asks: 'best', last: null })
    expect(card.tap('back')).toBe(false)
  })

  test('none is acceptable takes one tap and can be undone', () => {
    const card = openCard(ranking(), ['x', 'y', 'z'])
    card.tap(1)
    card.tap('none')
    expect(card.answer()).toEqual({ mode: 'full', ranks: {}, all_unacceptable: true })
    card.tap('back')
    expect(card.panel()).toMatchObject({ said: '', asks: 'best' })
    card.tap(0)
    card.tap(1)
    expect(card.answer()).toMatchObject({ ranks: { x: 1, y: 2, z: 3 }, all_unacceptable: false })
  })

  test('only the best takes one tap, best and worst take two, of up to ten', () => {
    const outputs = [...'abcdefghij']
    const best = openCard(ranking({ mode: 'best_only' }), outputs)
    best.tap(3)
    expect(best.answer()).toMatchObject({ ranks: { a: 2, d: 1, j: 2 } })
    expect(best.panel()?.said).toBe('D best')
    const both = openCard(ranking({ mode: 'best_worst' }), outputs)
    both.tap(3)
    expect(both.panel()).toMatchObject({ said: 'D best', asks: 'worst' })
    both.tap(9)
    expect(both.answer()).toMatchObject({ ranks: { a: 2, d: 1, j: 3 } })
    both.tap('back')
    expect(both.panel()).toMatchObject({ said: 'D best', asks: 'worst' })
  })

  test('what a form left behind is where the taps go on', () => {
    const outputs = ['x', 'y', 'z']
    const panel = (mode: string, ranks: object) =>
      buildTapPanel([ranking({ mode })], outputs, {
        q: parseDraft([ranking({ mode })], { q: { mode, ranks } }, { outputs })['q'] ?? '',
      })
    expect(panel('full', { x: 3, z: 1 })).toMatchObject({
      said: 'C > A',
      taps: [1, 'same', 'rest', 'back', 'none'],
    })
    expect(panel('best_worst', { x: 1, y: 2, z: 2 })).toMatchObject({
      said: 'A best',
      asks: 'worst',
    })
    expect(panel('best_worst', { x: 1, y: 1, z: 2 })).toMatchObject({ said: '', asks: 'best' })
  })
})

describe('twice', () => {
  test('the same tap again, or one within 700 ms on the screen it has drawn, changes nothing', () => {
    const card = openCard(ranking(), ['w', 'x', 'y', 'z'])
    card.tap(1, { step: 0 })
    const after = card.draft()
    expect(card.tap(1, { step: 0, after: 5 })).toBe(false)
    expect(card.tap(2, { step: 1, after: 300 })).toBe(false)
    expect(card.tap('rest', { step: 0, after: 5 })).toBe(false)
    expect(card.draft()).toEqual(after)
    expect(card.tap(2, { step: 1, after: 400 })).toBe(true)
  })

  test('a quick second tap on the screen before is another output: it counts', () => {
    const card = openCard(ranking(), ['w', 'x', 'y', 'z'])
    card.tap(1, { step: 0 })
    expect(card.tap(3, { step: 0, after: 200 })).toBe(true)
    expect(card.panel()?.said).toBe('B > D')
  })
})

describe('refused', () => {
  test.each([
    ['two outputs', ranking(), 2],
    ['eleven in full order', ranking(), 11],
    ['eleven for a best', ranking({ mode: 'best_only' }), 11],
    ['an optional ranking', ranking({ required: false }), 3],
    ['a ranking under a condition', ranking({ when: 'safe == "yes"' }), 3],
  ])('%s need another way to answer', (_, question, count) => {
    expect(
      tapQuestion(
        [question],
        Array.from({ length: count }, (_, i) => `o${i}`),
      ),
    ).toBeNull()
  })

  test('without ties nothing is equal, and an unknown tap does nothing', () => {
    const question = ranking({ ties: false, unacceptable: false })
    const card = openCard(question, ['x', 'y', 'z', 'w'])
    expect(card.panel()?.taps).toEqual([0, 1, 2, 3])
    for (const tap of ['same', 'rest', 'none', 'back', 'done', 17] as const)
      expect(card.tap(tap)).toBe(false)
  })
})
