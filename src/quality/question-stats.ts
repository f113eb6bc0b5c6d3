/** Keeps the statistics of one question while records pass by, each once: flat memory, no texts. */
import { startAgreement } from './agreement.ts'
import { interval, masi, nominal, startAlpha } from './alpha.ts'
import { type Ballot, comparisons, countVotes, eachPair, type RankingMode } from './ballot.ts'
import { intervalOf, type Weights } from './bootstrap.ts'
import { mean } from './consensus.ts'
import { fitDavidson } from './davidson.ts'
import { labelDisagreement, rankingDisagreement, ratingDisagreement } from './disagreement.ts'
import { startLeaveOneOut } from './leave-one-out.ts'
import { startLengthBias } from './length-bias.ts'
import { masiDistance } from './masi.ts'
import { startMean } from './mean-rating.ts'
import { type Measured, unmeasured } from './measured.ts'
import { startOrdinalAlpha } from './ordinal-alpha.ts'
import { startPairwiseKappa } from './pairwise-kappa.ts'
import { startPatterns } from './patterns.ts'
import { startPositionBias } from './position-bias.ts'
import { type Disputed, startDisputed, tidy, toBias, toEstimate, toShare } from './stats-read.ts'
import type { LabelerQuestionStats, Metric, ModelStrength, QuestionStats } from './stats-shape.ts'
import type { Judged, Outline, RecordAnswers, RowAnswer } from './stats-source.ts'
import { startStrength } from './strength.ts'
import { wilson } from './wilson.ts'

/** Agreement over fewer records says more about luck than about people. */
export const leastOverlap = 30

export type RunningQuestion = {
  add(record: RecordAnswers, counted: readonly RowAnswer[], weights: Weights): void
  /** One labeler's first and later answer to the same record. */
  repeat(first: RowAnswer, later: RowAnswer): void
  read(): Omit<QuestionStats, 'disputed'> & { disputed: Disputed[] }
  ofLabeler(labeler: string): LabelerQuestionStats | null
}

/** `place` is where the question's value stands in a row. */
export function startQuestion(question: Judged, place: number, resamples: number): RunningQuestion {
  const kind =
    question.type === 'ranking'
      ? startRankings(question.mode, resamples)
      : startValues(question, resamples)
  const patterns = startPatterns<Pattern>(resamples, (pattern, weights) => pattern.take(weights))
  const seen = { answers: 0, overlap: { records: 0, answers: 0 } }
  const labelers = new Map<string, LabelerCounts>()
  const disputed = startDisputed()
  const countsOf = (labeler: string) => {
    let counts = labelers.get(labeler)
    if (counts === undefined) {
      counts = { answers: 0, agreed: 0, judged: 0, same: 0, again: 0 }
      labelers.set(labeler, counts)
    }
    return counts
  }

  return {
    add({ record, outline }, counted, weights) {
      let key = outline.key
      const given: RowAnswer[] = []
      for (const answer of counted) {
        const text = answer.values[place] ?? ''
        if (text === '') continue
        key += `\u0004${text}`
        given.push(answer)
      }
      if (given.length === 0) return
      const texts = () => given.map(({ values }) => values[place] ?? '')
      const pattern = patterns.count(key, () => kind.build(texts(), outline), weights)
      seen.answers += given.length
      if (given.length > 1) {
        seen.overlap.records += 1
        seen.overlap.answers += given.length
      }
      if (pattern.disagreement !== null && pattern.disagreement > 0)
        disputed.offer({ record, disagreement: pattern.disagreement, answers: given.length })
      for (const [index, answer] of given.entries()) {
        const counts = countsOf(answer.labeler)
        const outcome = pattern.outcomes[index]
        counts.answers += 1
        counts.agreed += outcome?.agreed ?? 0
        counts.judged += outcome?.judged ?? 0
        kind.note?.(answer, answer.values[place] ?? '', outline)
      }
    },
    repeat(first, later) {
      const [before, after] = [first.values[place] ?? '', later.values[place] ?? '']
      if (before === '' || after === '') return
      const { same, of } = kind.compare(before, after)
      const counts = countsOf(later.labeler)
      counts.same += same
      counts.again += of
    },
    read() {
      patterns.flush()
      const enough = seen.overlap.records >= leastOverlap
      const tooFew = unmeasured(
        `Not enough overlap: ${seen.overlap.records} of the ${leastOverlap} records that agreement needs have two answers.`,
      )
      const estimate = (running: { read(resample?: number): Measured }) =>
        enough ? estimateOf(running, resamples) : toEstimate(tooFew)
      return {
        name: question.name,
        title: question.title,
        type: question.type,
        of: question.of,
        ...seen,
        agreement: { metric: kind.metric, ...estimate(kind.agreement) },
        ...(kind.interval ? { interval_alpha: estimate(kind.interval) } : {}),
        raw_agreement: estimateOf({ read: kind.raw }, resamples),
        disputed: disputed.read(),
        ...kind.read(),
      }
    },
    ofLabeler(labeler) {
      const counts = labelers.get(labeler)
      if (counts === undefined) return null
      const noRepeats = unmeasured('No record was repeated for this labeler.')
      return {
        name: question.name,
        answers: counts.answers,
        leave_one_out: toShare(
          counts.judged === 0
            ? unmeasured('Not enough overlap: no majority of others to compare with.')
            : wilson(counts.agreed, counts.judged),
        ),
        consistency: toShare(counts.again === 0 ? noRepeats : wilson(counts.same, counts.again)),
        ...kind.ofLabeler?.(labeler),
      }
    },
  }
}

type LabelerCounts = {
  answers: number
  agreed: number
  judged: number
  same: number
  again: number
}

/** What records answered alike have in common; `take` adds them to the sums. */
type Pattern = {
  disagreement: number | null
  /** By answer: agreement with the majority of the others. */
  outcomes: { agreed: number; judged: number }[]
  take(weights: Weights): void
}

/** What differs between rankings and plain values. */
type Kind = {
  metric: Metric
  agreement: { read(resample?: number): Measured }
  interval?: { read(resample?: number): Measured }
  raw(resample?: number): Measured
  build(texts: readonly string[], outline: Outline): Pattern
  note?(answer: RowAnswer, text: string, outline: Outline): void
  compare(before: string, after: string): { same: number; of: number }
  read(): Pick<QuestionStats, 'position' | 'strength' | 'mean_ratings'>
  ofLabeler?(labeler: string): Pick<LabelerQuestionStats, 'position' | 'longer_preferred' | 'ties'>
}

function estimateOf(running: { read(resample?: number): Measured }, resamples: number) {
  const value = running.read()
  return value.value === null || resamples === 0
    ? toEstimate(value)
    : toEstimate(value, intervalOf(running.read, resamples))
}

function outcomesOf(
  fill: (others: ReturnType<typeof startLeaveOneOut>) => void,
  answers: number,
): Pattern['outcomes'] {
  const others = startLeaveOneOut()
  fill(others)
  return Array.from({ length: answers }, (_, index) => {
    const { value } = others.read(String(index))
    return { agreed: value?.count ?? 0, judged: value?.of ?? 0 }
  })
}

/** Labels, sets of labels and ratings, about the record or about each output. */
function startValues(question: Exclude<Judged, { type: 'ranking' }>, resamples: number): Kind {
  const scale = startScale(question, resamples)
  const raw = startAgreement(resamples)
  const means = new Map<string, ReturnType<typeof startMean>>()
  const isOfOutputs = question.of === 'outputs'
  const read = remember(parseAny)

  const unitsOf = (texts: readonly string[], outline: Outline): Unit[] => {
    const values = texts.map(read)
    if (!isOfOutputs) {
      const only = outline.ids.length === 1 ? outline.modelOf.get(outline.ids[0] ?? '') : undefined
      return [{ values, answers: values.map((_, index) => index), model: only }]
    }
    const units = new Map<string, Unit>()
    for (const [index, each] of values.entries()) {
      for (const [id, value] of entriesOf(each)) {
        const unit = units.get(id) ?? { values: [], answers: [], model: outline.modelOf.get(id) }
        unit.values.push(value)
        unit.answers.push(index)
        units.set(id, unit)
      }
    }
    return [...units.values()]
  }

  return {
    metric: scale.metric,
    agreement: scale.agreement,
    ...(scale.interval ? { interval: scale.interval } : {}),
    raw: raw.read,
    build(texts, outline) {
      const units = unitsOf(texts, outline)
      const apart = units.flatMap(({ values }) => scale.disagreement(values) ?? [])
      return {
        disagreement: mean(apart).value,
        outcomes: outcomesOf((others) => {
          for (const { values, answers } of units)
            others.add(
              values.map((value, i) => ({ labeler: String(answers[i]), value: keyOf(value) })),
            )
        }, texts.length),
        take(weights) {
          for (const { values, model } of units) {
            scale.add(values, weights)
            raw.add(values.map(keyOf), weights)
            if (model === undefined || question.type !== 'rating') continue
            const running = means.get(model) ?? startMean(resamples)
            means.set(model, running)
            running.add(values.filter(isNumber), weights)
          }
        },
      }
    },
    compare(before, after) {
      const [first, later] = [read(before), read(after)]
      if (!isOfOutputs) return { same: before === after ? 1 : 0, of: 1 }
      const again = new Map(entriesOf(later).map(([id, value]) => [id, keyOf(value)]))
      const both = entriesOf(first).filter(([id]) => again.has(id))
      const same = both.filter(([id, value]) => again.get(id) === keyOf(value))
      return { same: same.length, of: both.length }
    },
    read() {
      if (means.size === 0) return {}
      const models = [...means].sort(([a], [b]) => (a < b ? -1 : 1))
      return {
        mean_ratings: models.map(([model, running]) => ({
          model,
          ratings: running.count(),
          mean: estimateOf(running, resamples),
        })),
      }
    },
  }
}

type Unit = { values: unknown[]; answers: number[]; model: string | undefined }

/** How answers to this question are compared. */
function startScale(question: Exclude<Judged, { type: 'ranking' }>, resamples: number) {
  switch (question.type) {
    case 'label': {
      const alpha = startAlpha(nominal, resamples)
      return {
        metric: 'alpha (nominal)' as const,
        agreement: alpha,
        interval: undefined,
        add: (values: unknown[], weights: Weights) => alpha.add(values.map(keyOf), weights),
        disagreement: (values: unknown[]) => labelDisagreement(values.map(keyOf)).value,
      }
    }
    case 'multi_label': {
      const alpha = startAlpha(masi, resamples)
      return {
        metric: 'alpha (MASI)' as const,
        agreement: alpha,
        interval: undefined,
        add: (values: unknown[], weights: Weights) => alpha.add(values.map(labelsOf), weights),
        disagreement: (values: unknown[]) => {
          const sets = values.map(labelsOf)
          return mean(sets.flatMap((a, i) => sets.slice(i + 1).map((b) => masiDistance(a, b))))
            .value
        },
      }
    }
    case 'rating': {
      const alpha = startOrdinalAlpha(resamples)
      const squared = startAlpha(interval, resamples)
      const [low, high] = [Math.min(...question.options), Math.max(...question.options)]
      return {
        metric: 'alpha (ordinal)' as const,
        agreement: alpha,
        interval: squared,
        add(values: unknown[], weights: Weights) {
          const ratings = values.filter(isNumber)
          alpha.add(ratings, weights)
          squared.add(ratings, weights)
        },
        disagreement: (values: unknown[]) =>
          ratingDisagreement(values.filter(isNumber), low, high).value,
      }
    }
  }
}

function startRankings(mode: RankingMode, resamples: number): Kind {
  const kappa = startPairwiseKappa(resamples)
  const strength = startStrength(resamples)
  const everybody = startPositionBias()
  const shownFirst = new Map<string, { count: number; of: number; expected: number }>()
  const labelers = new Map<string, RankingHabits>()
  const read = remember((text) => readRanking(mode, text))
  const habitsOf = (labeler: string) => {
    let habits = labelers.get(labeler)
    if (habits === undefined) {
      habits = { position: startPositionBias(), longer: startLengthBias(), ties: 0, pairs: 0 }
      labelers.set(labeler, habits)
    }
    return habits
  }

  return {
    metric: 'kappa over pairs of outputs',
    agreement: kappa,
    raw: kappa.raw,
    build(texts, outline) {
      const ballots = texts.map((text) => read(text).ballot)
      const votes = countVotes(ballots)
      return {
        disagreement: rankingDisagreement(votes).value,
        outcomes: outcomesOf(
          (others) =>
            others.addRankings(
              ballots.map((value, index) => ({ labeler: String(index), value })),
              votes,
            ),
          texts.length,
        ),
        take(weights) {
          kappa.add(votes, weights)
          strength.add(votes, outline.modelOf, weights)
        },
      }
    },
    note({ labeler, first, shown }, text, outline) {
      const { best, strict, ties } = read(text)
      const habits = habitsOf(labeler)
      habits.ties += ties
      habits.pairs += ties + strict.length
      if (best !== null && first !== '') {
        const place = best === first ? 0 : 1
        habits.position.add(place, shown)
        everybody.add(place, shown)
      }
      if (outline.lengthOf !== null) {
        for (const [better, worse] of strict) {
          const [long, short] = [outline.lengthOf.get(better), outline.lengthOf.get(worse)]
          if (long !== undefined && short !== undefined) habits.longer.add(long, short)
        }
      }
      // Of a block of outputs it is not known here which were shown.
      if (shown === outline.ids.length) noteShown(shownFirst, outline, first)
    },
    compare(before, after) {
      const found = { same: 0, of: 0 }
      eachPair(countVotes([read(before).ballot, read(after).ballot]), (pair) => {
        if (pair.first + pair.second + pair.tied < 2) return
        found.of += 1
        if (pair.first === 2 || pair.second === 2 || pair.tied === 2) found.same += 1
      })
      return found
    },
    read() {
      const board = strength.leaderboard(fitDavidson)
      const position = toBias(everybody.read())
      if (board.value === null) return { position, strength: board }
      const value = board.value.standings.map((standing): ModelStrength => {
        const { count, of, expected } = shownFirst.get(standing.model) ?? nobody
        const range = standing.rankRange.value
        return {
          model: standing.model,
          strength: toEstimate(
            { value: standing.strength },
            ...(resamples === 0 ? [] : [standing.interval]),
          ),
          rank: standing.rank,
          ...(range === null ? {} : { rank_low: range.low, rank_high: range.high }),
          judgements: standing.judgements,
          shown_first: { count, of, expected: tidy(expected) },
        }
      })
      return { position, strength: { value, penalized: board.value.penalized, method: 'Davidson' } }
    },
    ofLabeler(labeler) {
      const habits = labelers.get(labeler)
      if (habits === undefined) return {}
      const longer = habits.longer.read()
      return {
        position: toBias(habits.position.read()),
        longer_preferred: toBias(
          longer.value === null
            ? unmeasured('No pair of outputs of different length was judged.')
            : {
                value: {
                  first: longer.value.count,
                  cards: longer.value.of,
                  share: longer.value.share,
                  expected: 0.5,
                  p: longer.value.p,
                },
              },
        ),
        ties: toShare(
          habits.pairs === 0
            ? unmeasured('No pair of outputs was judged yet.')
            : wilson(habits.ties, habits.pairs),
        ),
      }
    },
  }
}

type RankingHabits = {
  position: ReturnType<typeof startPositionBias>
  longer: ReturnType<typeof startLengthBias>
  ties: number
  pairs: number
}

const nobody = { count: 0, of: 0, expected: 0 }

function noteShown(
  shownFirst: Map<string, { count: number; of: number; expected: number }>,
  { ids, modelOf }: Outline,
  first: string,
): void {
  for (const id of ids) {
    const model = modelOf.get(id)
    if (model === undefined) continue
    let counts = shownFirst.get(model)
    if (counts === undefined) {
      counts = { count: 0, of: 0, expected: 0 }
      shownFirst.set(model, counts)
    }
    counts.of += 1
    counts.expected += 1 / ids.length
    if (id === first) counts.count += 1
  }
}

type ReadRanking = {
  ballot: Ballot
  best: string | null
  strict: [string, string][]
  ties: number
}

/** A question's mode is fixed once it is published, so all its rankings have it. */
function readRanking(mode: RankingMode, text: string): ReadRanking {
  const ranks: Record<string, number> = JSON.parse(text)
  const ballot: Ballot = { mode, ranks }
  const { strict, ties } = comparisons(ballot)
  const judged = Object.entries(ranks)
  const firsts = judged.filter(([, rank]) => rank === 1)
  const best = judged.length > 1 && firsts.length === 1 ? (firsts[0]?.[0] ?? null) : null
  return { ballot, best, strict, ties: ties.length }
}

/** Values repeat: what was read of the last few thousand different texts is kept. */
function remember<Read>(parse: (text: string) => Read): (text: string) => Read {
  const known = new Map<string, Read>()
  return (text) => {
    let found = known.get(text)
    if (found === undefined) {
      found = parse(text)
      if (known.size >= 4096) known.clear()
      known.set(text, found)
    }
    return found
  }
}

function parseAny(text: string): unknown {
  return JSON.parse(text)
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}

function keyOf(value: unknown): string | number {
  return typeof value === 'number'
    ? value
    : typeof value === 'string'
      ? value
      : JSON.stringify(value)
}

function labelsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String).sort() : []
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number'
}
