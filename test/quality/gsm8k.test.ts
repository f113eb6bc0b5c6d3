/**
 * A known truth: four models' answers to GSM8K (K. Cobbe et al., "Training verifiers to solve math
 * word problems", 2021), judged by simulated labelers of known accuracy. Consensus and strength must
 * find what the labelers were told.
 */
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { krippendorffAlpha, nominal } from '../../src/quality/measures/agreement/alpha.ts'
import { startBootstrap } from '../../src/quality/measures/bootstrap.ts'
import { countVotes, type Ranks } from '../../src/quality/measures/consensus/ballot.ts'
import { consensusOf } from '../../src/quality/measures/consensus/consensus.ts'
import { dawidSkene } from '../../src/quality/measures/consensus/dawid-skene.ts'
import { majority } from '../../src/quality/measures/consensus/majority.ts'
import { startLeaveOneOut } from '../../src/quality/measures/labelers/leave-one-out.ts'
import { startStrength } from '../../src/quality/measures/strength/strength.ts'
import { randomOf } from '../support/random.ts'
import { close, known } from './near.ts'

const file = new URL('../../../shared/data/gsm8k_test1319_x4.jsonl', import.meta.url)
const absent = !existsSync(file)

type Problem = { id: string; candidates: { model: string; is_correct: boolean }[] }

function problems(): Problem[] {
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  return lines.map((line): Problem => JSON.parse(line))
}

describe.skipIf(absent)('happy: GSM8K (skipped where ../shared/data is absent)', () => {
  test('three labelers who are right 8 times in 10 reach the consensus a count of errors predicts', () => {
    const random = randomOf(4)
    let [found, wrong, of] = [0, 0, 0]
    const strength = startStrength(200)
    const weigh = startBootstrap(4, 200)
    const truth = new Map<string, number>()
    for (const { id, candidates } of problems()) {
      for (const { model, is_correct } of candidates) {
        truth.set(model, (truth.get(model) ?? 0) + Number(is_correct))
      }
      // Each labeler sees each answer right or wrong with 80% accuracy and ranks by what he sees.
      const ballots = Array.from({ length: 3 }, () => {
        const seen = candidates.map(({ is_correct }) => (random() < 0.8 ? is_correct : !is_correct))
        const ranks: Ranks = Object.fromEntries(
          seen.map((right, i) => [`o${i}`, right || !seen.includes(true) ? 1 : 2]),
        )
        return { mode: 'full' as const, ranks }
      })
      const votes = countVotes(ballots)
      strength.add(votes, new Map(candidates.map(({ model }, i) => [`o${i}`, model])), weigh(id))
      for (const { a, b, winner } of consensusOf(votes).pairs) {
        const [left, right] = [a, b].map((name) => candidates[Number(name.slice(1))]?.is_correct)
        if (left === right) continue
        of += 1
        if (winner === (left ? a : b)) found += 1
        else if (winner !== null) wrong += 1
      }
    }
    // One ballot has such a pair right with 0.64, tied with 0.32 and wrong with 0.04. Of three, more
    // are right than wrong with 0.901 and fewer with 0.017; chains over the other outputs move some.
    expect(of).toBeGreaterThan(2000)
    close(found / of, 0.901, 0.03)
    expect(wrong / of).toBeLessThan(0.03)
    const { standings } = known(strength.leaderboard())
    const byTruth = [...truth].sort(([, a], [, b]) => b - a).map(([model]) => model)
    expect(standings.map(({ model }) => model)).toEqual(byTruth)
    for (const standing of standings) {
      expect(known(standing.rankRange)).toEqual({ low: standing.rank, high: standing.rank })
    }
  })

  test('strength finds the strengths that pairs were drawn from, within its intervals', () => {
    const random = randomOf(9)
    const planted = new Map([
      ['6b_finetuning', -0.9],
      ['6b_verification', -0.1],
      ['175b_finetuning', 0.1],
      ['175b_verification', 0.9],
    ])
    const strength = startStrength(200)
    const weigh = startBootstrap(9, 200)
    for (const { id, candidates } of problems()) {
      const models = candidates.map(({ model }) => model)
      const ballots = models.slice(1).flatMap((model, i) => {
        const gap = (planted.get(models[0] ?? '') ?? 0) - (planted.get(model) ?? 0)
        const first = random() < 1 / (1 + Math.exp(-gap))
        return { mode: 'full' as const, ranks: { o0: first ? 1 : 2, [`o${i + 1}`]: first ? 2 : 1 } }
      })
      const modelOf = new Map(models.map((model, i) => [`o${i}`, model]))
      strength.add(countVotes(ballots), modelOf, weigh(id))
    }
    for (const { model, strength: value, interval } of known(strength.leaderboard()).standings) {
      close(value, planted.get(model) ?? 0, 0.12)
      const { low, high } = known(interval)
      expect(high - low).toBeLessThan(0.3)
    }
  })

  test('labels by five labelers of known accuracy: truth, error rates and who is careless', () => {
    const random = randomOf(2)
    const accuracy: Record<string, number> = { ana: 0.95, ben: 0.9, cleo: 0.8, dan: 0.75, eve: 0.6 }
    const labelers = Object.keys(accuracy)
    const others = startLeaveOneOut()
    const answers: { record: string; labeler: string; label: string }[] = []
    const truth = new Map<string, string>()
    let majorityRight = 0
    const units: string[][] = []
    for (const { id, candidates } of problems()) {
      for (const { model, is_correct } of candidates) {
        const record = `${id} ${model}`
        const right = is_correct ? 'right' : 'wrong'
        truth.set(record, right)
        const given = labelers.map((labeler) => ({
          labeler,
          value: random() < (accuracy[labeler] ?? 0) ? right : is_correct ? 'wrong' : 'right',
        }))
        for (const { labeler, value } of given) answers.push({ record, labeler, label: value })
        others.add(given)
        units.push(given.map(({ value }) => value))
        if (majority(given.map(({ value }) => value)).value === right) majorityRight += 1
      }
    }
    const learned = known(dawidSkene(answers))
    for (const labeler of labelers) {
      for (const truth of [0, 1]) {
        close(learned.labelers.get(labeler)?.[truth]?.[truth], accuracy[labeler] ?? 0, 0.03)
      }
    }
    const learnedRight = [...learned.records].filter(([record, [right = 0, wrong = 0]]) => {
      const [first, second] = learned.labels
      return (right > wrong ? first : second) === truth.get(record)
    }).length
    expect(majorityRight / truth.size).toBeGreaterThan(0.9)
    expect(learnedRight).toBeGreaterThan(majorityRight)
    const shares = labelers.map((labeler) => known(others.read(labeler)).share)
    expect(shares).toEqual(shares.toSorted((a, b) => b - a))
    // Two labelers of accuracies p and q agree with pq + (1-p)(1-q); alpha takes chance off.
    const rates = Object.values(accuracy)
    const meetings = rates.flatMap((p, i) =>
      rates.slice(i + 1).map((q) => p * q + (1 - p) * (1 - q)),
    )
    const agreement = meetings.reduce((a, b) => a + b, 0) / meetings.length
    const all = units.flat()
    const share = all.filter((value) => value === 'right').length / all.length
    const chance = share ** 2 + (1 - share) ** 2
    close(known(krippendorffAlpha(units, nominal)), (agreement - chance) / (1 - chance), 0.02)
  })
})
