/** Sets of answers drawn from a known truth, and how often what is said of them holds. */

import { startValues } from '../../src/quality/dataset/value-stats.ts'
import { intervalOf, startBootstrap } from '../../src/quality/measures/bootstrap.ts'
import { type Ballot, countVotes } from '../../src/quality/measures/consensus/ballot.ts'
import { startLeaveOneOut } from '../../src/quality/measures/labelers/leave-one-out.ts'
import { startLengthBias } from '../../src/quality/measures/labelers/length-bias.ts'
import { bradleyTerryContest } from '../../src/quality/measures/strength/bradley-terry.ts'
import { davidsonContest } from '../../src/quality/measures/strength/davidson.ts'
import { startRankingStrength } from '../../src/quality/measures/strength/ranking-strength.ts'
import { startStrength } from '../../src/quality/measures/strength/strength.ts'
import { LabelQuestion } from '../../src/questions/question.ts'
import { randomOf } from '../support/random.ts'

export type Outcome = { what: string; share: number; of: number }
export type Simulation = { name: string; run(sets: number): Outcome[] }

type Method = 'bradley-terry' | 'davidson' | 'plackett-luce'

/** Two models or more, of given strengths, compared in records with one judgement or several. */
export function drawStrengths(): Simulation[] {
  const sure = Math.log(0.97 / 0.03)
  const methods: Method[] = ['bradley-terry', 'davidson', 'plackett-luce']
  return methods.flatMap((method) => [
    strengths(method, 'two models, p .97, 30 records', [sure, 0], 30),
    strengths(method, 'two models, p .93, 30 records', [Math.log(0.93 / 0.07), 0], 30),
    strengths(method, 'two models, p .99, 30 records', [Math.log(99), 0], 30),
    strengths(method, 'two models, p .97, 120 records', [sure, 0], 120),
    strengths(method, 'two models, p .80, 10 records', [Math.log(4), 0], 10),
    strengths(method, 'one of four ahead, 40 records', [sure, 0, 0.3, -0.3], 40),
    strengths(method, 'two of four ahead, 40 records', [sure, sure + 0.4, 0.3, 0], 40),
    strengths(method, 'four near each other, 100 records', [0.6, 0.2, 0, -0.4], 100),
  ])
}

function strengths(
  method: Method,
  name: string,
  truth: readonly number[],
  records: number,
): Simulation {
  const mean = truth.reduce((sum, one) => sum + one, 0) / truth.length
  const centred = truth.map((one) => one - mean)
  return {
    name: `strength, ${method}, ${name}`,
    run(sets) {
      const random = randomOf(records + truth.length)
      const counts = { held: 0, intervals: 0, openHeld: 0, open: 0, none: 0 }
      for (let set = 0; set < sets; set += 1) {
        for (const { place, low, high } of oneSet(method, truth, records, random, set)) {
          if (low === null) {
            counts.none += 1
            continue
          }
          const own = centred[place] ?? 0
          const holds = low <= own && own <= high ? 1 : 0
          counts.intervals += 1
          counts.held += holds
          if (Number.isFinite(low) && Number.isFinite(high)) continue
          counts.open += 1
          counts.openHeld += holds
        }
      }
      return [
        { what: 'coverage', share: counts.held / counts.intervals, of: counts.intervals },
        { what: 'of one-sided', share: counts.openHeld / counts.open, of: counts.open },
        {
          what: 'none',
          share: counts.none / (counts.none + counts.intervals),
          of: counts.none + counts.intervals,
        },
      ]
    },
  }
}

function oneSet(
  method: Method,
  truth: readonly number[],
  records: number,
  random: () => number,
  seed: number,
) {
  const modelOf = new Map(truth.map((_, place) => [`o${place}`, `m${place}`]))
  const pairs = startStrength(200)
  const whole = startRankingStrength(200)
  const weigh = startBootstrap(seed + 1, 200)
  for (let record = 0; record < records; record += 1) {
    // Two of the models each time, in turn.
    const a = record % truth.length
    const b = (a + 1 + (Math.floor(record / truth.length) % (truth.length - 1))) % truth.length
    const odds = Math.exp((truth[a] ?? 0) - (truth[b] ?? 0))
    const isTie =
      method === 'davidson' && random() < 1.2 / (1.2 + Math.sqrt(odds) + 1 / Math.sqrt(odds))
    const firstWins = random() < odds / (1 + odds)
    const ranks = isTie
      ? { [`o${a}`]: 1, [`o${b}`]: 1 }
      : { [`o${a}`]: firstWins ? 1 : 2, [`o${b}`]: firstWins ? 2 : 1 }
    const ballots: Ballot[] = [{ mode: 'full', ranks }]
    if (method === 'plackett-luce') whole.add(ballots, modelOf, weigh(`${record}`))
    else pairs.add(countVotes(ballots), modelOf, weigh(`${record}`))
  }
  const board =
    method === 'plackett-luce'
      ? whole.leaderboard()
      : pairs.leaderboard(method === 'davidson' ? davidsonContest : bradleyTerryContest)
  if (board.value === null) return []
  return board.value.standings.map(({ model, interval }) => ({
    place: Number(model.slice(1)),
    ...(interval.value ?? { low: null, high: 0 }),
  }))
}

/** One labeler's rankings of 2 to 50 outputs whose lengths mean nothing, beside one other labeler. */
export function drawLabelers(): Simulation[] {
  return [2, 3, 5, 10, 20, 50].flatMap((outputs) =>
    [20, 60].map((rankings): Simulation => labelers(outputs, rankings)),
  )
}

function labelers(outputs: number, rankings: number): Simulation {
  return {
    name: `labelers, ${rankings} rankings of ${outputs}`,
    run(sets) {
      const random = randomOf(outputs * 1000 + rankings)
      const truth = agreementOfTwo(outputs, random)
      const counts = { rejected: 0, held: 0, longerHeld: 0 }
      for (let set = 0; set < sets; set += 1) {
        const longer = startLengthBias()
        const others = startLeaveOneOut()
        for (let ranking = 0; ranking < rankings; ranking += 1) {
          const { ana, ben, lengths } = twoRankings(outputs, random)
          longer.add(pairsOf(ana).map(([a, b]) => [lengths[a] ?? 0, lengths[b] ?? 0]))
          others.addRankings([
            { labeler: 'ana', value: ballotOf(ana) },
            { labeler: 'ben', value: ballotOf(ben) },
          ])
        }
        const length = longer.read().value
        if (length && length.p < 0.01) counts.rejected += 1
        if (length && length.low <= 0.5 && length.high >= 0.5) counts.longerHeld += 1
        const share = others.read('ana').value
        if (share && share.low <= truth && truth <= share.high) counts.held += 1
      }
      return [
        { what: 'null length test at .01 rejects', share: counts.rejected / sets, of: sets },
        { what: 'longer covers', share: counts.longerHeld / sets, of: sets },
        { what: 'with others covers', share: counts.held / sets, of: sets },
      ]
    },
  }
}

/** Two see the same quality, each with noise of their own. */
function twoRankings(outputs: number, random: () => number) {
  const quality = Array.from({ length: outputs }, () => normal(random))
  const order = () => {
    const seen = quality.map((own) => own + normal(random))
    return seen.map((_, place) => place).sort((a, b) => (seen[b] ?? 0) - (seen[a] ?? 0))
  }
  return { ana: order(), ben: order(), lengths: quality.map(() => Math.ceil(random() * 1e6)) }
}

/** The share of pairs two rankings have in common, over many. */
function agreementOfTwo(outputs: number, random: () => number): number {
  let [same, of] = [0, 0]
  while (of < 400_000) {
    const { ana, ben } = twoRankings(outputs, random)
    const placeOf = new Map(ben.map((output, place) => [output, place]))
    for (const [better, worse] of pairsOf(ana)) {
      of += 1
      if ((placeOf.get(better) ?? 0) < (placeOf.get(worse) ?? 0)) same += 1
    }
  }
  return same / of
}

function pairsOf(order: readonly number[]): [number, number][] {
  return order.flatMap((better, at) =>
    order.slice(at + 1).map((worse): [number, number] => [better, worse]),
  )
}

function ballotOf(order: readonly number[]): Ballot {
  const ranks = Object.fromEntries(order.map((output, place) => [`o${output}`, place + 1]))
  return { mode: 'full', ranks }
}

/** By Box and Muller. */
export function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** Two or three people label what is nearly always the same: intervals of alpha, AC1 and raw agreement. */
export function drawAgreement(): Simulation[] {
  const skewed = [30, 60, 100, 400].flatMap((records) => [
    agreement({ records, common: 0.95, labelers: 2, sees: 0.8, errs: 0.02 }),
    agreement({ records, common: 0.95, labelers: 2, sees: 0.95, errs: 0.005 }),
    agreement({ records, common: 0.95, labelers: 3, sees: 0.8, errs: 0.02 }),
  ])
  return [...skewed, agreement({ records: 60, common: 0.5, labelers: 2, sees: 0.85, errs: 0.15 })]
}

type Labeling = { records: number; common: number; labelers: number; sees: number; errs: number }

/** `sees` is how often the exception is seen, `errs` how often it is seen where there is none. */
function agreement({ records, common, labelers, sees, errs }: Labeling): Simulation {
  const apart = (1 - common) * 2 * sees * (1 - sees) + common * 2 * errs * (1 - errs)
  const share = (1 - common) * sees + common * errs
  const chance = 2 * share * (1 - share)
  const truths = [1 - apart / chance, (1 - apart - chance) / (1 - chance), 1 - apart]
  return {
    name: `agreement, ${labelers} labelers, ${records} records, ${common} alike, ${sees}/${errs}`,
    run(sets) {
      const random = randomOf(records * labelers)
      const held = [0, 0, 0]
      const measured = [0, 0, 0]
      for (let set = 0; set < sets; set += 1) {
        const weigh = startBootstrap(set + 1, 200)
        const kind = startValues(question, 200)
        for (let record = 0; record < records; record += 1) {
          const chanceOfNo = random() < common ? errs : sees
          const texts = Array.from({ length: labelers }, () =>
            random() < chanceOfNo ? '"no"' : '"yes"',
          )
          kind.build(texts.sort(), noOutline).take(weigh(`${record}`))
        }
        kind.addUnseen()
        for (const [at, read] of [kind.agreement.read, kind.gwet?.read, kind.raw].entries()) {
          if (read === undefined || read().value === null) continue
          const { value } = intervalOf(read, 200)
          measured[at] = (measured[at] ?? 0) + 1
          const truth = truths[at] ?? 0
          if (value && value.low <= truth && truth <= value.high) held[at] = (held[at] ?? 0) + 1
        }
      }
      return ['alpha', 'AC1', 'raw'].map((what, at) => ({
        what: `${what} covers`,
        share: (held[at] ?? 0) / (measured[at] ?? 0),
        of: measured[at] ?? 0,
      }))
    },
  }
}

const question = LabelQuestion.parse({
  ...{ type: 'label', name: 'safe', title: 'Is it safe?', options: ['yes', 'no'] },
})
const noOutline = { key: '', ids: [], placeOf: new Map(), modelOf: new Map() }
