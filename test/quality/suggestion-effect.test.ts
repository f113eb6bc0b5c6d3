/** Whether suggestions sway people: found where some copy them, and not where nobody does. */
import { describe, expect, test } from 'vitest'
import { startSuggestionEffect } from '../../src/quality/measures/labelers/suggestion-effect.ts'
import { randomOf } from '../support/random.ts'
import { known } from './near.ts'
import { drawSway, trueSway } from './simulated-sway.ts'

describe('happy', () => {
  test.each([1, 2, 3, 4, 5])(
    'where a tenth of 200 labelers copy, the effect is found (seed %i)',
    (seed) => {
      const { difference, low, high, shown, heldOut } = known(
        drawSway({ seed, copy: 0.1, each: 200, holdout: 0.2 }),
      )
      expect(low).toBeGreaterThan(0)
      expect(difference).toBeCloseTo(shown - heldOut, 12)
      expect(high).toBeGreaterThan(difference)
    },
  )

  test('where nobody copies, the interval holds 0 in 930 of 1,000 sets or more', () => {
    let holds = 0
    for (let seed = 1; seed <= 1000; seed += 1) {
      const { low, high } = known(drawSway({ seed, copy: 0 }))
      if (low <= 0 && high >= 0) holds += 1
    }
    expect(holds).toBeGreaterThanOrEqual(930)
    // Nor is it so wide that it would hold anything.
    expect(holds).toBeLessThan(990)
  }, 60_000)

  test('where a tenth copy, the interval holds the true difference as often', () => {
    const truth = trueSway({ copy: 0.1 })
    let holds = 0
    for (let seed = 1; seed <= 300; seed += 1) {
      const { low, high } = known(drawSway({ seed, copy: 0.1 }))
      if (low <= truth && high >= truth) holds += 1
    }
    expect(holds).toBeGreaterThanOrEqual(279)
  }, 60_000)

  test('the difference of two shares, with single answers, is as wide as Agresti and Caffo have it', () => {
    const effect = startSuggestionEffect()
    for (let n = 0; n < 400; n += 1)
      effect.add([{ labeler: String(n), isShown: n % 2 === 0, agreed: n % 8 < 6 ? 1 : 0 }])
    const { shown, heldOut, low, high } = known(effect.read())
    expect([shown, heldOut]).toEqual([0.75, 0.75])
    const share = 151 / 202
    const reach = 1.972 * Math.sqrt((2 * share * (1 - share)) / 202)
    expect(high).toBeCloseTo(reach, 2)
    expect(low).toBeCloseTo(-reach, 2)
  })

  test('where everybody always agrees, the interval is not a point', () => {
    const effect = startSuggestionEffect()
    for (let n = 0; n < 40; n += 1)
      effect.add([{ labeler: String(n % 5), isShown: n % 2 === 0, agreed: 1 }])
    const { difference, low, high } = known(effect.read())
    expect(difference).toBe(0)
    expect(low).toBeLessThan(-0.1)
    expect(high).toBeGreaterThan(0.1)
  })

  test('one labeler who answers a thousand times is one person', () => {
    const [crowd, few] = [startSuggestionEffect(), startSuggestionEffect()]
    const random = randomOf(5)
    for (let n = 0; n < 1000; n += 1) {
      const isShown = random() < 0.5
      // Three of four people follow what they see, to the letter; the fourth never does.
      const person = n % 4
      const agreed = isShown && person < 3 ? 1 : n % 3 === 0 ? 1 : 0
      crowd.add([{ labeler: String(n), isShown, agreed }])
      few.add([{ labeler: String(person), isShown, agreed }])
    }
    const [wide, narrow] = [known(few.read()), known(crowd.read())]
    expect(wide.difference).toBeCloseTo(narrow.difference, 12)
    expect(wide.high - wide.low).toBeGreaterThan(3 * (narrow.high - narrow.low))
  })
})

describe('refused', () => {
  test.each([
    ['nothing', [], []],
    ['nine held out', Array(100).fill(1), Array(9).fill(1)],
    ['nine shown', Array(9).fill(1), Array(100).fill(1)],
  ])('of %s there is no effect, and a reason', (_, shown: number[], held: number[]) => {
    const effect = startSuggestionEffect()
    for (const [n, agreed] of shown.entries())
      effect.add([{ labeler: String(n % 7), isShown: true, agreed }])
    for (const [n, agreed] of held.entries())
      effect.add([{ labeler: String(n % 7), isShown: false, agreed }])
    expect(effect.read()).toEqual({
      value: null,
      reason: expect.stringMatching(/^Not enough is held out: .+\.$/),
    })
  })

  test('of one labeler there is none either', () => {
    const effect = startSuggestionEffect()
    for (let n = 0; n < 100; n += 1)
      effect.add([{ labeler: 'ana', isShown: n % 2 === 0, agreed: 1 }])
    expect(effect.read().value).toBeNull()
  })
})
