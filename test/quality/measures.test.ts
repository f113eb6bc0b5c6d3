/** The classical measures of a whole dataset are what their functions say of the answers themselves. */
import { describe, expect, test } from 'vitest'
import { startMeasures } from '../../src/quality/dataset/measures.ts'
import { startRankings } from '../../src/quality/dataset/ranking-stats.ts'
import { startValues } from '../../src/quality/dataset/value-stats.ts'
import { cohenKappa, weightedKappa } from '../../src/quality/measures/agreement/cohen.ts'
import { fleissKappa } from '../../src/quality/measures/agreement/fleiss.ts'
import { intraclassCorrelation } from '../../src/quality/measures/agreement/icc.ts'
import { kendallTau } from '../../src/quality/measures/agreement/kendall-tau.ts'
import { kendallW } from '../../src/quality/measures/agreement/kendall-w.ts'
import { pairwiseKappa } from '../../src/quality/measures/agreement/pairwise-kappa.ts'
import { LabelQuestion, RatingQuestion } from '../../src/questions/question.ts'
import { randomOf } from '../support/random.ts'
import { close, known, near } from './near.ts'

const names = ['ana', 'ben', 'cleo']
const random = randomOf(8)
const upTo = (most: number) => Math.floor(random() * most)
const same = (id: string) => id

/** Feeds 60 records; `tell` makes the answer of one labeler as JSON text. */
function measure(
  comparable: Parameters<typeof startMeasures>[0],
  tell: (record: number, who: number) => string,
) {
  const measures = startMeasures(comparable)
  for (let record = 0; record < 60; record += 1)
    measures.add(names.map((labeler, who) => ({ labeler, text: tell(record, who) })))
  return measures.read(same)
}
const table = (make: () => number) => Array.from({ length: 60 }, () => names.map(make))
const columns = (rows: number[][], a: number, b: number) =>
  rows.map((row): [number, number] => [row[a] ?? 0, row[b] ?? 0])

describe('happy: classical measures', () => {
  test('of labels: Cohen by pairs and Fleiss', () => {
    const rows = table(() => upTo(3))
    const question = LabelQuestion.parse({
      ...{ type: 'label', name: 'l', title: 'Which?', options: ['0', '1', '2'] },
    })
    const { comparable } = startValues(question, 0)
    const found = measure(comparable, (record, who) => `"${rows[record]?.[who]}"`)
    expect(found.cohen.map(({ labelers, common }) => [labelers.join(), common])).toEqual([
      ['ana,ben', 60],
      ['ana,cleo', 60],
      ['ben,cleo', 60],
    ])
    near(cohenKappa(columns(rows, 1, 2)), found.cohen[2]?.kappa.value ?? 9)
    const counts = rows.map((row) =>
      [0, 1, 2].map((label) => row.filter((one) => one === label).length),
    )
    near(fleissKappa(counts), found.fleiss.value ?? 9)
    expect(found.fleiss).toMatchObject({ answers: 3, things: 60 })
    expect(found.icc).toHaveProperty('reason')
    expect(found.tau_b.value).toBeNull()
  })

  test('of ratings: weighted kappa, ICC of those who rated the same, and tau-b', () => {
    const rows = table(() => 1 + upTo(5)).map(([a = 1, b = 1, c = 1]) => [a, Math.max(a, b), c])
    const question = RatingQuestion.parse({ type: 'rating', name: 'r', title: 'How good?' })
    const { comparable } = startValues(question, 0)
    const found = measure(comparable, (record, who) => `${rows[record]?.[who]}`)
    near(
      weightedKappa(columns(rows, 0, 1), 'squared'),
      found.cohen.find(({ labelers }) => labelers.join() === 'ana,ben')?.kappa.value ?? 9,
    )
    const icc = known(intraclassCorrelation(rows))
    expect(found.icc).toMatchObject({ labelers: 3, things: 60 })
    close('single' in found.icc ? found.icc.single : 9, icc.single, 1e-6)
    close('average' in found.icc ? found.icc.average : 9, icc.average, 1e-6)
    const taus = [
      [0, 1],
      [0, 2],
      [1, 2],
    ].map(([a = 0, b = 0]) => known(kendallTau(columns(rows, a, b))).tau)
    close(found.tau_b.value ?? 9, taus.reduce((sum, tau) => sum + tau, 0) / 3, 1e-6)
  })

  test('of rankings: kappa over pairs, tau-b and W record by record', () => {
    const orders = Array.from({ length: 60 }, () =>
      names.map(() => ({ x: 1 + upTo(3), y: 1 + upTo(3), z: 1 + upTo(3) })),
    )
    const { comparable } = startRankings('full', 0)
    const found = measure(comparable, (record, who) => JSON.stringify(orders[record]?.[who]))
    const both = orders.map(([ana, ben]) =>
      [ana, ben].map((ranks) => ({ mode: 'full' as const, ranks: ranks ?? {} })),
    )
    near(
      pairwiseKappa(both),
      found.cohen.find(({ labelers }) => labelers.join() === 'ana,ben')?.kappa.value ?? 9,
    )
    const values = (ranks: Record<string, number> | undefined) =>
      ['x', 'y', 'z'].map((id) => ranks?.[id] ?? 0)
    const concordances = orders.flatMap((row) => kendallW(row.map(values)).value?.w ?? [])
    close(found.w.value ?? 9, concordances.reduce((a, b) => a + b, 0) / concordances.length, 1e-6)
    expect(found.w.records).toBe(concordances.length)
    const taus = orders.flatMap((row) =>
      [
        [0, 1],
        [0, 2],
        [1, 2],
      ].flatMap(([a = 0, b = 0]) => {
        const [one, other] = [values(row[a]), values(row[b])]
        return (
          kendallTau(one.map((rank, at): [number, number] => [rank, other[at] ?? 0])).value?.tau ??
          []
        )
      }),
    )
    close(found.tau_b.value ?? 9, taus.reduce((a, b) => a + b, 0) / taus.length, 1e-6)
  })

  test('of a crowd the pairs are bounded, whoever came first, and it is said that some are missing', () => {
    const question = LabelQuestion.parse({
      ...{ type: 'label', name: 'l', title: 'Which?', options: ['0', '1'] },
    })
    const crowd = Array.from({ length: 80 }, (_, n) => `l${n}`)
    const read = (order: string[]) => {
      const measures = startMeasures(startValues(question, 0).comparable)
      measures.add(order.map((labeler) => ({ labeler, text: '"0"' })))
      return measures.read(same)
    }
    const [found, turned] = [read(crowd), read(crowd.toReversed())]
    expect(found.cohen).toHaveLength(2000)
    expect(found.cohen_complete).toBe(false)
    expect(turned).toEqual(found)
  })
})
