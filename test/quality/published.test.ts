/** Every statistic gives what its paper, or the reference implementation, prints. */
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
import { gwet, identity, ordinal, startGwet } from '../../src/quality/measures/agreement/gwet.ts'
import { intraclassCorrelation } from '../../src/quality/measures/agreement/icc.ts'
import { kendallTau } from '../../src/quality/measures/agreement/kendall-tau.ts'
import { kendallW } from '../../src/quality/measures/agreement/kendall-w.ts'
import { masiDistance } from '../../src/quality/measures/agreement/masi.ts'
import { ordinalAlpha } from '../../src/quality/measures/agreement/ordinal-alpha.ts'
import { pairwiseKappa } from '../../src/quality/measures/agreement/pairwise-kappa.ts'
import { startBootstrap } from '../../src/quality/measures/bootstrap.ts'
import { dawidSkene } from '../../src/quality/measures/consensus/dawid-skene.ts'
import { fitBradleyTerry } from '../../src/quality/measures/strength/bradley-terry.ts'
import { fitDavidson } from '../../src/quality/measures/strength/davidson.ts'
import { fitPlackettLuce } from '../../src/quality/measures/strength/plackett-luce.ts'
import { binomialTails, chiSquareTail, normalTails } from '../../src/quality/measures/tails.ts'
import { wilson } from '../../src/quality/measures/wilson.ts'
import { close, known, near } from './near.ts'

/** Turns a table of counts into pairs of answers. */
function pairsOfTable(table: number[][]): [number, number][] {
  return table.flatMap((row, a) =>
    row.flatMap((count, b) => Array.from({ length: count }, (): [number, number] => [a, b])),
  )
}

describe('happy: agreement as published', () => {
  // Krippendorff 2011, example C; columns are units, a dot is a missing answer.
  const coders = [
    '1 2 3 3 2 1 4 1 2 . . .',
    '1 2 3 3 2 2 4 1 2 5 . 3',
    '. 3 3 3 2 3 4 2 2 5 1 .',
    '1 2 3 3 2 4 4 1 2 5 1 .',
  ].map((row) => row.split(' '))
  const units = Array.from({ length: 12 }, (_, unit) =>
    coders.map((row) => row[unit] ?? '.').flatMap((cell) => (cell === '.' ? [] : [Number(cell)])),
  )

  test('Krippendorff’s example C', () => {
    near(krippendorffAlpha(units, nominal), 0.743421)
    near(ordinalAlpha(units), 0.815388)
    near(krippendorffAlpha(units, interval), 0.849107)
  })

  test('Gwet’s AC1 and AC2 of the same data, as irrCAC prints them', () => {
    const quadratic = (a: number, b: number) => 1 - ((a - b) / 4) ** 2
    const linear = (a: number, b: number) => 1 - Math.abs(a - b) / 4
    near(gwet(units, [1, 2, 3, 4, 5]), 0.77544, 5e-6)
    near(gwet(units, [1, 2, 3, 4, 5], quadratic), 0.914, 5e-4)
    near(gwet(units, [1, 2, 3, 4, 5], linear), 0.85874, 5e-6)
    near(gwet(units, [1, 2, 3, 4, 5], ordinal), 0.89894, 5e-6)
  })

  test('its standard error there, .14295, is what resampling the units gives', () => {
    const [running, weigh] = [startGwet([1, 2, 3, 4, 5], identity, 2000), startBootstrap(1, 2000)]
    for (const [unit, given] of units.entries()) running.add(given, weigh(`${unit}`))
    const values = Array.from({ length: 2000 }, (_, n) => running.read(n + 1).value ?? 0)
    const mean = values.reduce((a, b) => a + b, 0) / values.length
    const variance = values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / values.length
    close(Math.sqrt(variance) / 0.14295, 1, 0.15)
  })

  test('crowd-kit’s three yes-or-no units', () => {
    const answers = [
      ['Yes', 'Yes'],
      ['No', 'No'],
      ['Yes', 'No'],
    ]
    near(krippendorffAlpha(answers, nominal), 0.4444444444444444, 1e-12)
  })

  test('MASI distances as Passonneau defines them, and alpha over them worked by hand', () => {
    close(masiDistance(['a', 'b'], ['b', 'a']), 0)
    close(masiDistance(['a'], ['a', 'b']), 1 - (1 / 2) * (2 / 3))
    close(masiDistance(['a', 'b'], ['b', 'c']), 1 - (1 / 3) * (1 / 3))
    close(masiDistance(['a'], ['b']), 1)
    close(masiDistance([], []), 0)
    close(masiDistance([], ['a']), 1)
    // Two units {a},{a,b} and {b},{b}: observed 2 x 2/3; of all ordered pairs of the four answers,
    // {a}-{ab} is 2/3 apart, {a}-{b} twice 1, {ab}-{b} twice 2/3: expected 2 x (2/3 + 2 + 4/3).
    const sets = [
      [['a'], ['b', 'a']],
      [['b'], ['b']],
    ]
    near(krippendorffAlpha(sets, masi), 1 - (3 * (4 / 3)) / (2 * (2 / 3 + 2 + 4 / 3)))
  })

  // Fleiss 1971 in Wikipedia's worked example: 10 units, 14 labelers, 5 categories.
  const fleiss = [
    [0, 0, 0, 0, 14],
    [0, 2, 6, 4, 2],
    [0, 0, 3, 5, 6],
    [0, 3, 9, 2, 0],
    [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0],
    [3, 2, 6, 3, 0],
    [2, 5, 3, 2, 2],
    [6, 5, 2, 1, 0],
    [0, 2, 2, 3, 7],
  ]

  test('Fleiss’ worked example, and raw agreement as its P-bar', () => {
    near(fleissKappa(fleiss), 0.20993070442195522, 1e-9)
    const answers = fleiss.map((row) =>
      row.flatMap((count, category) => Array.from({ length: count }, () => category)),
    )
    near(rawAgreement(answers), 0.378021978)
  })

  test('Cohen’s kappa of Wikipedia’s three tables', () => {
    const tables: [number[][], number][] = [
      [
        [
          [20, 5],
          [10, 15],
        ],
        0.4,
      ],
      [
        [
          [45, 15],
          [25, 15],
        ],
        0.1304347826,
      ],
      [
        [
          [25, 35],
          [5, 35],
        ],
        0.2592592593,
      ],
    ]
    for (const [table, expected] of tables) near(cohenKappa(pairsOfTable(table)), expected)
  })

  // The `anxiety` data of R's irr package: 20 subjects, 3 raters, scale 1 to 6.
  const anxiety = [
    [3, 3, 3, 4, 5, 5, 2, 3, 5, 2, 2, 6, 1, 5, 2, 2, 1, 2, 4, 3],
    [3, 6, 4, 6, 2, 4, 2, 4, 3, 3, 2, 3, 3, 3, 2, 2, 1, 3, 3, 4],
    [2, 1, 4, 4, 3, 2, 1, 6, 1, 1, 1, 2, 3, 3, 1, 1, 3, 3, 2, 2],
  ]

  test('weighted kappa, W and ICC of irr’s anxiety data', () => {
    const pairs = (anxiety[0] ?? []).map((a, i): [number, number] => [a, anxiety[1]?.[i] ?? 0])
    near(cohenKappa(pairs), 0.1194968553)
    near(weightedKappa(pairs, 'linear'), 0.1891891892)
    near(weightedKappa(pairs, 'squared'), 0.2967651195)
    const { w, uncorrected, chiSquare, df, p } = known(kendallW(anxiety))
    close(w, 0.5396568759543698)
    close(uncorrected, 0.501921470342523)
    close(chiSquare, 30.760441929)
    expect(df).toBe(19)
    close(p, 0.0428834731)
    const byThing = (anxiety[0] ?? []).map((_, thing) => anxiety.map((row) => row[thing] ?? 0))
    close(known(intraclassCorrelation(byThing)).single, 0.198, 5e-4)
  })

  test('ICC(2,1) and ICC(2,k) of Shrout and Fleiss 1979', () => {
    const { single, average } = known(
      intraclassCorrelation([
        [9, 2, 5, 8],
        [6, 1, 3, 2],
        [8, 4, 6, 8],
        [7, 1, 2, 6],
        [10, 5, 6, 9],
        [6, 2, 4, 7],
      ]),
    )
    close(single, 0.2898, 5e-5)
    close(average, 0.6201, 5e-5)
  })

  test('tau-b and its p of scipy’s example', () => {
    const { tau, p } = known(
      kendallTau([
        [12, 1],
        [2, 4],
        [1, 7],
        [12, 1],
        [2, 0],
      ]),
    )
    close(tau, -0.4714045207910317)
    close(p ?? 0, 0.28274545993277467)
  })

  test('pairwise kappa of rankings as WMT defines it, worked by hand', () => {
    // Two rankings agree on 2 of 3 pairs; 1 of 6 judgements is a tie; P(E) = 1/36 + 25/72.
    const kappa = pairwiseKappa([
      [
        { mode: 'full', ranks: { A: 1, B: 2, C: 3 } },
        { mode: 'full', ranks: { A: 1, B: 2, C: 2 } },
      ],
    ])
    const chance = 1 / 36 + 25 / 72
    near(kappa, (2 / 3 - chance) / (1 - chance))
  })

  test('tails and intervals of the textbooks', () => {
    // Tables of the normal and of chi-square; a fair coin by counting: 2 x 11 of 1024.
    close(normalTails(1.96), 0.04999579029644087, 1e-12)
    close(normalTails(0.1), 0.9203443445830803, 1e-7)
    close(chiSquareTail(3.841458820694124, 1), 0.05, 1e-12)
    close(binomialTails(9, 10, 0.5), 0.021484375, 1e-12)
    close(binomialTails(5, 10, 0.5), 1, 1e-12)
    // Newcombe, Stat. Med. 17, 1998, table I, method 3: 81/263, 15/148, 0/20, 1/29.
    const table: [number, number, number, number][] = [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ]
    for (const [count, of, low, high] of table) {
      const found = known(wilson(count, of))
      close(found.low, low, 5e-5)
      close(found.high, high, 5e-5)
    }
  })
})

describe('happy: strength as published', () => {
  const none = (size: number) =>
    Array.from({ length: size }, () => Array.from({ length: size }, () => 0))

  test('Stigler’s citations among four journals', () => {
    const wins = [
      [0, 730, 498, 221],
      [33, 0, 68, 17],
      [320, 813, 0, 142],
      [284, 276, 325, 0],
    ]
    const { strengths, covariance, logLikelihood } = known(fitBradleyTerry({ wins, ties: none(4) }))
    const abilities = [0, -2.94907248, -0.47956975, 0.26895411]
    const errors = [0, 0.10254534, 0.06058873, 0.07082997]
    const spread = covariance()
    const cell = (i: number, j: number) => spread[i]?.[j] ?? 0
    for (const [place, ability] of abilities.entries()) {
      close((strengths[place] ?? 0) - (strengths[0] ?? 0), ability, 1e-5)
      const variance = cell(place, place) + cell(0, 0) - 2 * cell(place, 0)
      close(Math.sqrt(Math.max(0, variance)), errors[place] ?? 0, 1e-5)
    }
    const saturated = wins.flatMap((row, i) =>
      row.map((won, j) => (won === 0 ? 0 : won * Math.log(won / (won + (wins[j]?.[i] ?? 0))))),
    )
    close(2 * (saturated.reduce((a, b) => a + b, 0) - logLikelihood), 4.293, 5e-4)
  })

  test('Wikipedia’s worked example of Bradley-Terry', () => {
    const wins = [
      [0, 2, 0, 1],
      [3, 0, 5, 0],
      [0, 3, 0, 1],
      [4, 0, 3, 0],
    ]
    const { strengths } = known(fitBradleyTerry({ wins, ties: none(4) }))
    const expected = [0.6398348, 1.04331437, 0.65981019, 2.27037676]
    for (const [place, strength] of strengths.entries()) {
      close(Math.exp(strength), expected[place] ?? 0, 1e-6)
    }
  })

  test('a cycle is three equals, as in choix', () => {
    const wins = [
      [0, 1, 0],
      [0, 0, 1],
      [1, 0, 0],
    ]
    for (const strength of known(fitBradleyTerry({ wins, ties: none(3) })).strengths) {
      close(strength, 0)
    }
  })

  test('Plackett-Luce of choix’s partial rankings', () => {
    const rankings = [
      [0, 1, 2],
      [3, 2, 0],
      [1, 3],
    ].map((order) => ({ tiers: order.map((place) => [place]) }))
    const expected = [-0.44328117, 0.69506219, -0.67061442, 0.4188334]
    const { strengths } = known(fitPlackettLuce(4, rankings))
    // choix stops 3e-5 short of the maximum; at ours the slope is 0 to 1e-10.
    for (const [place, strength] of strengths.entries()) close(strength, expected[place] ?? 0, 1e-4)
  })

  test('Davidson’s two models have a closed form', () => {
    // Three outcomes, two parameters: the fit gives back the shares 5, 3 and 2 of 10.
    const duels = {
      wins: [
        [0, 5],
        [3, 0],
      ],
      ties: [
        [0, 2],
        [2, 0],
      ],
    }
    const { strengths, tieOdds, penalized } = known(fitDavidson(duels))
    expect(penalized).toBe(false)
    close((strengths[0] ?? 0) - (strengths[1] ?? 0), Math.log(5 / 3))
    close(tieOdds, 2 / Math.sqrt(15))
  })
})

describe('happy: Dawid and Skene’s anaesthetists', () => {
  // Their table 1: 45 patients; three answers by anaesthetist 1, then one each by 2 to 5.
  const table = `
    111.1.1.1.1 333.4.3.3.4 112.2.1.2.2 222.3.1.2.1 222.3.2.2.2 222.3.3.2.2 122.2.1.1.1 333.3.4.3.3
    222.2.2.2.3 232.2.2.2.3 444.4.4.4.4 222.3.3.4.3 111.1.1.1.1 222.3.2.1.2 121.1.1.1.1 111.2.1.1.1
    111.1.1.1.1 111.1.1.1.1 222.2.2.2.1 222.1.3.2.2 222.2.2.2.2 222.2.2.2.1 222.3.2.2.2 221.2.2.2.2
    111.1.1.1.1 111.1.1.1.1 232.2.2.2.2 111.1.1.1.1 111.1.1.1.1 112.1.1.2.1 111.1.1.1.1 333.3.2.3.3
    111.1.1.1.1 222.2.2.2.2 222.3.2.3.2 433.4.3.4.3 221.2.2.3.2 232.3.2.3.3 333.3.4.3.2 111.1.1.1.1
    111.1.1.1.1 121.2.1.1.1 232.2.2.2.2 121.1.1.1.1 222.2.2.2.2`
  const answers = table
    .trim()
    .split(/\s+/)
    .flatMap((row, patient) =>
      row.split('.').flatMap((given, labeler) =>
        [...given].map((label) => ({
          record: `${patient + 1}`,
          labeler: `${labeler + 1}`,
          label,
        })),
      ),
    )

  test('shares, error rates, classes and likelihood come out as printed', () => {
    const { shares, labelers, records, labels, logLikelihood } = known(dawidSkene(answers))
    for (const [index, share] of [0.3996, 0.422, 0.1118, 0.0667].entries()) {
      close(shares[index], share, 1e-4)
    }
    const printed = {
      '1': [
        [0.89, 0.11, 0, 0],
        [0.07, 0.88, 0.05, 0],
        [0, 0.34, 0.66, 0],
        [0, 0, 0.56, 0.44],
      ],
      '2': [
        [0.83, 0.17, 0, 0],
        [0.05, 0.63, 0.31, 0],
        [0, 0, 1, 0],
        [0, 0, 0, 1],
      ],
    }
    for (const [labeler, rows] of Object.entries(printed)) {
      for (const [truth, row] of rows.entries()) {
        for (const [label, rate] of row.entries()) {
          close(labelers.get(labeler)?.[truth]?.[label], rate, 0.0051)
        }
      }
    }
    const classes = '142222132243121111222222112111131224233111212'
    for (const [index, expected] of [...classes].entries()) {
      const beliefs = records.get(`${index + 1}`) ?? []
      expect(labels[beliefs.indexOf(Math.max(...beliefs))]).toBe(expected)
    }
    close(logLikelihood, -192.8909, 1e-4)
  })
})
