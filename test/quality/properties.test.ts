/** What must hold for any data: names and order mean nothing, unanimity is 1, and nothing is NaN. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rawAgreement } from '../../src/quality/measures/agreement/agreement.ts'
import {
  interval,
  krippendorffAlpha,
  masi,
  nominal,
} from '../../src/quality/measures/agreement/alpha.ts'
import { cohenKappa, weightedKappa } from '../../src/quality/measures/agreement/cohen.ts'
import { fleissKappa } from '../../src/quality/measures/agreement/fleiss.ts'
import { intraclassCorrelation } from '../../src/quality/measures/agreement/icc.ts'
import { kendallTau } from '../../src/quality/measures/agreement/kendall-tau.ts'
import { kendallW } from '../../src/quality/measures/agreement/kendall-w.ts'
import { ordinalAlpha } from '../../src/quality/measures/agreement/ordinal-alpha.ts'
import { pairwiseKappa } from '../../src/quality/measures/agreement/pairwise-kappa.ts'
import type { Ballot } from '../../src/quality/measures/consensus/ballot.ts'
import { rankedPairs } from '../../src/quality/measures/consensus/consensus.ts'
import { dawidSkene } from '../../src/quality/measures/consensus/dawid-skene.ts'
import type { Measured } from '../../src/quality/measures/measured.ts'
import { fitBradleyTerry } from '../../src/quality/measures/strength/bradley-terry.ts'
import {
  comparedGroups,
  type Duels,
  isBounded,
} from '../../src/quality/measures/strength/connectivity.ts'
import { fitDavidson } from '../../src/quality/measures/strength/davidson.ts'
import { fitPlackettLuce } from '../../src/quality/measures/strength/plackett-luce.ts'
import { close, known, near } from './near.ts'

const units = fc.array(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 }), { maxLength: 8 })

/** Equal values, or both without one. */
function alike(a: Measured, b: Measured): void {
  if (a.value === null) expect(b).toEqual(a)
  else near(b, a.value, 1e-9)
}

/** Fails on NaN or infinity anywhere, and on null without a reason. */
function honest(result: unknown): void {
  if (typeof result === 'number') expect(Number.isFinite(result)).toBe(true)
  if (typeof result !== 'object' || result === null) return
  if ('value' in result && result.value === null) {
    expect('reason' in result ? result.reason : '').toMatch(/^[A-Z].*\.$/)
  }
  const parts = result instanceof Map ? [...result.values()] : Object.values(result)
  for (const part of parts) honest(part)
}

describe('happy: agreement of any data', () => {
  const metrics: [string, (data: number[][]) => Measured][] = [
    ['nominal alpha', (data) => krippendorffAlpha(data, nominal)],
    ['interval alpha', (data) => krippendorffAlpha(data, interval)],
    ['ordinal alpha', ordinalAlpha],
    [
      'MASI alpha',
      (data) =>
        krippendorffAlpha(
          data.map((unit) => unit.map((n) => [`${n}`])),
          masi,
        ),
    ],
    ['raw agreement', rawAgreement],
  ]

  test.each(metrics)('%s ignores the order of records and of labelers', (_, statistic) => {
    fc.assert(
      fc.property(units, (data) => {
        alike(statistic(data), statistic(data.toReversed().map((unit) => unit.toReversed())))
      }),
    )
  })

  test.each(metrics)(
    '%s is 1 when all agree, and says why where it cannot be told',
    (_, statistic) => {
      fc.assert(
        fc.property(fc.array(fc.tuple(fc.nat(3), fc.integer({ min: 2, max: 4 }))), (rows) => {
          const result = statistic(rows.map(([value, n]) => Array.from({ length: n }, () => value)))
          honest(result)
          if (new Set(rows.map(([value]) => value)).size > 1) expect(result).toEqual({ value: 1 })
        }),
      )
    },
  )

  test.each(metrics)('%s is untouched by a labeler who shares no record', (_, statistic) => {
    fc.assert(
      fc.property(units, fc.array(fc.nat(3)), (data, alone) => {
        alike(statistic(data), statistic([...data, ...alone.map((value) => [value])]))
      }),
    )
  })

  test('renaming labels changes nothing, and turning the scale around neither', () => {
    const names = ['__proto__', 'b', 'constructor', 'a']
    fc.assert(
      fc.property(units, (data) => {
        const named = data.map((unit) => unit.map((value) => names[value] ?? ''))
        alike(krippendorffAlpha(data, nominal), krippendorffAlpha(named, nominal))
        const turned = data.map((unit) => unit.map((value) => 7 - 2 * value))
        alike(krippendorffAlpha(data, interval), krippendorffAlpha(turned, interval))
        alike(ordinalAlpha(data), ordinalAlpha(turned))
      }),
    )
  })

  test('the other coefficients are never NaN either', () => {
    const pairs = fc.array(fc.tuple(fc.integer(), fc.integer()), { maxLength: 4 })
    const grid = fc.array(fc.array(fc.nat(2), { maxLength: 3 }), { maxLength: 4 })
    fc.assert(
      fc.property(pairs, grid, (rows, table) => {
        honest(cohenKappa(rows))
        honest(weightedKappa(rows, 'squared'))
        honest(kendallTau(rows))
        honest(kendallW(table))
        honest(fleissKappa(table))
        honest(intraclassCorrelation(table))
      }),
      { numRuns: 500 },
    )
  })

  const levels = fc.integer({ min: 1, max: 4 })

  test('the other coefficients are 1 when all agree', () => {
    const things = fc.array(levels, { minLength: 2, maxLength: 8 })
    fc.assert(
      fc.property(things, fc.integer({ min: 2, max: 4 }), (values, labelers) => {
        if (new Set(values).size < 2) return
        const pairs = values.map((value): [number, number] => [value, value])
        near(cohenKappa(pairs), 1)
        near(weightedKappa(pairs, 'linear'), 1)
        near(weightedKappa(pairs, 'squared'), 1)
        near(fleissKappa(values.map((v) => [1, 2, 3, 4].map((c) => (c === v ? labelers : 0)))), 1)
        close(known(kendallTau(pairs)).tau, 1)
        const same = Array.from({ length: labelers }, () => values)
        close(known(kendallW(same)).w, 1)
        const rated = known(intraclassCorrelation(values.map((v) => same.map(() => v))))
        close(rated.single, 1)
        close(rated.average, 1)
      }),
    )
  })

  test('the other coefficients ignore who comes first, what comes first, and names of labels', () => {
    const grid = fc.array(fc.array(levels, { minLength: 3, maxLength: 3 }), {
      minLength: 2,
      maxLength: 7,
    })
    const tauOf = (pairs: [number, number][]): Measured => {
      const found = kendallTau(pairs)
      return found.value === null ? found : { value: found.value.tau }
    }
    const wOf = (rows: number[][]): Measured => {
      const found = kendallW(rows)
      return found.value === null ? found : { value: found.value.w }
    }
    fc.assert(
      fc.property(grid, (rows) => {
        const pairs = rows.map(([a = 0, b = 0]): [number, number] => [a, b])
        const turned = pairs.toReversed().map(([a, b]): [number, number] => [b, a])
        alike(cohenKappa(pairs), cohenKappa(turned))
        alike(cohenKappa(pairs), cohenKappa(pairs.map(([a, b]) => [`_${9 - a}`, `_${9 - b}`])))
        alike(weightedKappa(pairs, 'linear'), weightedKappa(turned, 'linear'))
        alike(tauOf(pairs), tauOf(turned))
        const counts = rows.map((row) => [1, 2, 3, 4].map((c) => row.filter((v) => v === c).length))
        alike(fleissKappa(counts), fleissKappa(counts.toReversed().map((row) => row.toReversed())))
        const moved = rows.toReversed().map((row) => row.toReversed())
        alike(wOf(rows), wOf(moved))
        const [before, after] = [intraclassCorrelation(rows), intraclassCorrelation(moved)]
        expect(after.value === null).toBe(before.value === null)
        if (before.value !== null) close(known(after).single, before.value.single)
      }),
    )
  })

  test('rankings that all agree have a kappa of 1, whatever the outputs are called', () => {
    const ranks = fc.dictionary(
      fc.constantFrom('a', '__proto__', 'c', '1'),
      fc.integer({ min: 1, max: 3 }),
    )
    fc.assert(
      fc.property(fc.array(ranks, { maxLength: 5 }), (rows) => {
        const records = rows.map((row): Ballot[] => [
          { mode: 'full', ranks: row },
          { mode: 'full', ranks: row },
        ])
        const result = pairwiseKappa(records)
        honest(result)
        if (result.value !== null) close(result.value, 1, 1e-12)
        const renamed = records.map((ballots) =>
          ballots.map(({ mode, ranks: own }) => ({
            mode,
            ranks: Object.fromEntries(
              Object.entries(own).map(([id, rank]) => [`z${9 - id.length}${id}`, rank]),
            ),
          })),
        )
        alike(result, pairwiseKappa(renamed))
      }),
    )
  })
})

const size = 4
const places = Array.from({ length: size }, (_, place) => place)
const duels: fc.Arbitrary<Duels> = fc
  .array(fc.nat(3), { minLength: 2 * size * size, maxLength: 2 * size * size })
  .map((counts) => {
    const at = (offset: number, a: number, b: number) =>
      a === b ? 0 : (counts[offset + a * size + b] ?? 0)
    return {
      wins: places.map((a) => places.map((b) => at(0, a, b))),
      ties: places.map((a) => places.map((b) => at(16, Math.min(a, b), Math.max(a, b)))),
    }
  })

/** Every game as a ranking of two. */
function ofPairs({ wins, ties }: Duels): ReturnType<typeof fitPlackettLuce> {
  const rankings = places.flatMap((a) =>
    places.flatMap((b) => [
      { tiers: [[a], [b]], times: wins[a]?.[b] ?? 0 },
      { tiers: [[a, b]], times: a < b ? (ties[a]?.[b] ?? 0) : 0 },
    ]),
  )
  return fitPlackettLuce(
    size,
    rankings.filter(({ times }) => times > 0),
  )
}

describe('happy: strength of any data', () => {
  const fits = [
    ['Bradley-Terry', fitBradleyTerry],
    ['Davidson', fitDavidson],
    ['Plackett-Luce', ofPairs],
  ] as const

  test.each(fits)('%s does not care which model comes first', (_, estimate) => {
    const orders = fc.shuffledSubarray(places, { minLength: size })
    fc.assert(
      fc.property(duels, orders, ({ wins, ties }, order) => {
        const moved = (rows: number[][]) => order.map((a) => order.map((b) => rows[a]?.[b] ?? 0))
        const [before, after] = [
          estimate({ wins, ties }),
          estimate({ wins: moved(wins), ties: moved(ties) }),
        ]
        honest(before)
        if (before.value === null) {
          expect(after.value).toBe(null)
          return
        }
        const { strengths } = known(after)
        for (const [place, a] of order.entries()) {
          close(strengths[place], before.value.strengths[a] ?? 0, 1e-6)
        }
      }),
    )
  })

  test.each(fits)('%s has strengths around 0, and one more win never weakens', (_, estimate) => {
    fc.assert(
      fc.property(duels, ({ wins, ties }) => {
        const more = wins.map((row, a) => row.map((won, b) => (a === 0 && b === 1 ? won + 1 : won)))
        const [before, after] = [estimate({ wins, ties }), estimate({ wins: more, ties })]
        if (before.value === null || after.value === null) return
        close(
          before.value.strengths.reduce((a, b) => a + b, 0),
          0,
          1e-9,
        )
        // The penalty comes and goes with the data: compare like with like.
        if (before.value.penalized !== after.value.penalized) return
        const gap = ({ strengths }: { strengths: number[] }) =>
          (strengths[0] ?? 0) - (strengths[1] ?? 0)
        expect(gap(after.value)).toBeGreaterThanOrEqual(gap(before.value) - 1e-7)
      }),
      { numRuns: 200 },
    )
  })

  test('Plackett-Luce on pairs is Bradley-Terry, ties as half wins', () => {
    fc.assert(
      fc.property(duels, ({ wins, ties }) => {
        const [pairs, longer] = [fitBradleyTerry({ wins, ties }), ofPairs({ wins, ties })]
        if (pairs.value === null) {
          expect(longer).toEqual(pairs)
          return
        }
        for (const place of places) {
          close(known(longer).strengths[place], pairs.value.strengths[place] ?? 0, 1e-6)
        }
      }),
    )
  })

  test('whole rankings do not care which model comes first, and one better rank never weakens', () => {
    const row = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: size, maxLength: size })
    const orders = fc.shuffledSubarray(places, { minLength: size })
    const tiersOf = (ranks: number[]) =>
      [0, 1, 2, 3, 4]
        .map((rank) => places.filter((place) => ranks[place] === rank))
        .filter((tier) => tier.length > 0)
    const strengthsOf = (rows: number[][]) =>
      known(
        fitPlackettLuce(
          size,
          rows.map((ranks) => ({ tiers: tiersOf(ranks) })),
        ),
      )
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 8 }), orders, (rows, order) => {
        const [before, after] = [
          strengthsOf(rows),
          strengthsOf(rows.map((r) => order.map((a) => r[a] ?? 0))),
        ]
        for (const [place, a] of order.entries())
          close(after.strengths[place], before.strengths[a] ?? 0, 1e-6)
        close(
          before.strengths.reduce((a, b) => a + b, 0),
          0,
          1e-9,
        )
        // Place 0 alone at the top of the first ranking, whatever it was before.
        const better = strengthsOf(
          rows.map((r, n) => (n === 0 ? r.map((x, p) => (p === 0 ? 0 : x)) : r)),
        )
        if (better.penalized !== before.penalized) return
        expect(better.strengths[0]).toBeGreaterThanOrEqual((before.strengths[0] ?? 0) - 1e-7)
      }),
      { numRuns: 200 },
    )
  })

  test('picking only the best is one choice, as in a logit of three', () => {
    const best = [0, 0, 0, 1, 1, 2].map((first) => ({
      tiers: [[first], [0, 1, 2].filter((place) => place !== first)],
      openEnd: true,
    }))
    const { strengths } = known(fitPlackettLuce(3, best))
    close((strengths[0] ?? 0) - (strengths[2] ?? 0), Math.log(3))
    close((strengths[1] ?? 0) - (strengths[2] ?? 0), Math.log(2))
  })

  test('a ranking that ties everything tells nothing apart', () => {
    for (const width of [3, 7]) {
      const { strengths } = known(
        fitPlackettLuce(width, [{ tiers: [Array.from({ length: width }, (_, place) => place)] }]),
      )
      for (const strength of strengths) close(strength, 0)
    }
  })
})

describe('refused: strength without a common scale, or without a maximum', () => {
  const table = (rows: number[][]) => ({ wins: rows, ties: rows.map((row) => row.map(() => 0)) })

  test('two pairs of models that never met have no common scale', () => {
    const apart = table([
      [0, 1, 0, 0],
      [1, 0, 0, 0],
      [0, 0, 0, 2],
      [0, 0, 1, 0],
    ])
    expect(comparedGroups(apart)).toEqual([
      [0, 1],
      [2, 3],
    ])
    expect(fitBradleyTerry(apart)).toEqual({
      value: null,
      reason:
        'Some models were never compared, not even through others: show their outputs together.',
    })
  })

  test('a model that never loses gets a finite strength, and it is said', () => {
    const unbeaten = table([
      [0, 9, 9],
      [0, 0, 2],
      [0, 1, 0],
    ])
    expect(isBounded(unbeaten)).toBe(false)
    for (const estimate of [fitBradleyTerry, fitDavidson]) {
      const { strengths, penalized } = known(estimate(unbeaten))
      expect(penalized).toBe(true)
      expect(strengths[0]).toBeGreaterThan(strengths[1] ?? 0)
      expect(strengths[1]).toBeGreaterThan(strengths[2] ?? 0)
    }
  })

  test('ties do not hold an unbeaten model on Davidson’s scale, the penalty does', () => {
    const ties = [
      [0, 1],
      [1, 0],
    ]
    const wins = [
      [0, 3],
      [0, 0],
    ]
    const { penalized, strengths } = known(fitDavidson({ wins, ties }))
    expect(penalized).toBe(true)
    expect(Math.abs(strengths[0] ?? 0)).toBeLessThan(5)
  })

  test('nothing but ties, one model and no model are told in words', () => {
    const tied = {
      wins: [
        [0, 0],
        [0, 0],
      ],
      ties: [
        [0, 2],
        [2, 0],
      ],
    }
    expect(fitDavidson(tied)).toEqual({ value: null, reason: 'Every comparison is a tie.' })
    expect(known(fitBradleyTerry(tied)).strengths).toEqual([0, 0])
    honest(fitBradleyTerry(table([[0]])))
    honest(fitPlackettLuce(0, []))
    expect(fitPlackettLuce(0, []).value).toBe(null)
  })
})

describe('happy: consensus and truth of any data', () => {
  test('ranked pairs are independent of clones next to each other', () => {
    const orders = fc.array(
      fc.tuple(
        fc.integer({ min: 1, max: 40 }),
        fc.shuffledSubarray([...'ABC'], { minLength: 3 }),
        fc.boolean(),
      ),
      { minLength: 3, maxLength: 5 },
    )
    let compared = 0
    fc.assert(
      fc.property(orders, (rows) => {
        const cloned = rows.flatMap(([times, order, flipped]) => {
          const twins = flipped ? ['A2', 'A'] : ['A', 'A2']
          const row = order.flatMap((id) => (id === 'A' ? twins : [id]))
          return Array.from({ length: times }, () =>
            Object.fromEntries(row.map((id, i) => [id, i + 1])),
          )
        })
        const alone = cloned.map((row) =>
          Object.fromEntries(Object.entries(row).filter(([id]) => id !== 'A2')),
        )
        const margins = rankedPairs(cloned).pairs.map((pair) => Math.abs(pair.for - pair.against))
        // Equal margins but those of the two clones against the same rival leave things open.
        if (margins.includes(0) || new Set(margins).size < 4) return
        compared += 1
        const [before, after] = [rankedPairs(alone).ranks, rankedPairs(cloned).ranks]
        const above = (ranks: Record<string, number>, a: string, b: string) =>
          Math.sign((ranks[a] ?? 0) - (ranks[b] ?? 0))
        for (const [a, b] of [
          ['A', 'B'],
          ['A', 'C'],
          ['B', 'C'],
        ] as const) {
          expect(above(after, a, b)).toBe(above(before, a, b))
          if (a === 'A') expect(above(after, 'A2', b)).toBe(above(before, 'A', b))
        }
      }),
      { numRuns: 500 },
    )
    expect(compared).toBeGreaterThan(100)
  })

  test('a majority is overruled only by a chain of majorities at least as large', () => {
    const row = fc.tuple(...[...'ABCDE'].map(() => fc.integer({ min: 1, max: 5 })))
    let overruled = 0
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 9 }), (rows) => {
        const ballots = rows.map((ranks) =>
          Object.fromEntries(ranks.map((r, i) => ['ABCDE'[i], r])),
        )
        const { pairs } = rankedPairs(ballots)
        const margin = (a: string, b: string) => {
          const pair = pairs.find((p) => (p.a === a && p.b === b) || (p.a === b && p.b === a))
          return pair === undefined ? 0 : (pair.for - pair.against) * (pair.a === a ? 1 : -1)
        }
        for (const { a, b, winner } of pairs) {
          const loser = winner === a ? b : a
          if (winner === null || margin(winner, loser) >= 0) continue
          overruled += 1
          const reached = new Set([winner])
          for (const from of reached) {
            for (const to of 'ABCDE') if (margin(from, to) >= margin(loser, winner)) reached.add(to)
          }
          expect(reached.has(loser)).toBe(true)
        }
      }),
      { numRuns: 1000 },
    )
    expect(overruled).toBeGreaterThan(0)
  })

  test('Dawid-Skene does not care about names or order, and is never NaN', () => {
    const answers = fc.array(
      fc.record({
        record: fc.constantFrom('1', '2', '3'),
        labeler: fc.constantFrom('ana', 'ben'),
        label: fc.constantFrom('x', 'y', '__proto__'),
      }),
      { maxLength: 14 },
    )
    fc.assert(
      fc.property(answers, (given) => {
        const before = dawidSkene(given, 30)
        honest(before)
        const after = dawidSkene(
          given
            .toReversed()
            .map((answer) => ({ ...answer, record: `${9 - Number(answer.record)}` })),
          30,
        )
        if (before.value === null || after.value === null) {
          expect(after).toEqual(before)
          return
        }
        for (const [record, beliefs] of before.value.records) {
          const moved = after.value.records.get(`${9 - Number(record)}`)
          for (const [place, belief] of beliefs.entries()) close(moved?.[place], belief, 1e-6)
        }
      }),
    )
  })
})
