/** What statistics ask of labels, sets of labels and ratings, about a record or about each output. */
import { startAgreement } from '../measures/agreement/agreement.ts'
import { interval, masi, nominal, startAlpha } from '../measures/agreement/alpha.ts'
import { labelDisagreement, ratingDisagreement } from '../measures/agreement/disagreement.ts'
import { identity, ordinal, startGwet } from '../measures/agreement/gwet.ts'
import { masiDistance } from '../measures/agreement/masi.ts'
import { startOrdinalAlpha } from '../measures/agreement/ordinal-alpha.ts'
import type { Weights } from '../measures/bootstrap.ts'
import { mean } from '../measures/consensus/average.ts'
import { type LikelyLabels, startLikelyLabels } from '../measures/consensus/likely-labels.ts'
import { startMean } from '../measures/consensus/mean-rating.ts'
import { startShownFirst } from '../measures/labelers/shown-first.ts'
import { type Measured, measured } from '../measures/measured.ts'
import { startUnseen, unseenUnits } from '../measures/unseen.ts'
import { type Kind, type Mark, type Pattern, remember } from './question-kind.ts'
import type { Judged } from './stats-queries.ts'
import { estimateOf, outcomesOf, tidy, toEstimate } from './stats-read.ts'
import type { QuestionStats } from './stats-result.ts'
import type { Outline, RecordAnswers, RowAnswer } from './stats-source.ts'

type ValueQuestion = Exclude<Judged, { type: 'ranking' | 'span' }>

export function startValues(question: ValueQuestion, resamples: number): Kind {
  const sums = startSums(question, resamples)
  const { scale, raw, likely } = sums
  return {
    metric: scale.metric,
    agreement: scale.agreement,
    ...(scale.interval ? { interval: scale.interval } : {}),
    ...(scale.gwet ? { gwet: { metric: scale.gwetMetric, read: scale.gwet.read } } : {}),
    raw: raw.read,
    comparable: {
      kappa: question.type === 'rating' ? 'squared' : 'nominal',
      judgements: (text) => valuesIn(sums, text).map(([id, value]) => [id, keyOf(value)] as const),
      numbers:
        question.type === 'rating'
          ? (text) => valuesIn(sums, text).map(([id, value]) => [id, Number(value)] as const)
          : null,
    },
    addUnseen: () => addUnseen(sums),
    build: (texts, outline) => buildPattern(sums, texts, outline),
    repeat: (before, after) => markOf(sums, before, after),
    mark: (given, known) => markOf(sums, given, known),
    ...(likely && { ofLabeler: (labeler: string) => readLabeler(sums, labeler) }),
    read: () => readModels(sums),
  }
}

/** The sums over records. */
function startSums(question: ValueQuestion, resamples: number) {
  const isOfOutputs = question.of === 'outputs'
  return {
    question,
    resamples,
    isOfOutputs,
    scale: startScale(question, resamples),
    raw: startAgreement(resamples),
    means: new Map<string, ReturnType<typeof startMean>>(),
    read: remember(parseAny),
    shown: question.type === 'rating' && isOfOutputs ? startShownFirst() : null,
    likely: question.type === 'label' && !isOfOutputs ? startLikelyLabels() : null,
    /** Read once, when all records have passed. */
    found: null as Measured<LikelyLabels> | null,
    /** The observed things with two or more answers, which determine the unseen ones. */
    seen: { records: 0, units: 0, answers: 0 },
    kinds: new Map<string | number, unknown>(),
  }
}
type Sums = ReturnType<typeof startSums>

/** The values of an answer by the output they are about; '' where the question is about the record. */
function valuesIn({ isOfOutputs, read }: Sums, text: string): (readonly [string, unknown])[] {
  return isOfOutputs ? entriesOf(read(text)) : [['', read(text)]]
}

/** What the answers are about: the record, or each of its outputs. */
function unitsOf({ isOfOutputs, read }: Sums, texts: readonly string[], outline: Outline): Unit[] {
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

function markOf({ isOfOutputs, read }: Sums, one: string, other: string): Mark {
  if (!isOfOutputs) return { same: one === other ? 1 : 0, of: 1 }
  const others = new Map(entriesOf(read(other)).map(([id, value]) => [id, keyOf(value)]))
  const both = entriesOf(read(one)).filter(([id]) => others.has(id))
  const same = both.filter(([id, value]) => others.get(id) === keyOf(value))
  return { same: same.length, of: both.length }
}

function addUnseen({ question, resamples, scale, raw, means, seen, kinds }: Sums): void {
  const unseen = startUnseen(resamples)
  const { records, units, answers } = seen
  if (records === 0) return
  const possible = kinds.size > 1 ? sortedKinds(kinds) : optionsOf(question)
  for (const { unit, shape } of unseenUnits<unknown>(possible, answers / units)) {
    const weights = unseen(shape, units / records)
    scale.add(unit, weights)
    raw.add(unit.map(keyOf), weights)
  }
  if (question.type !== 'rating') return
  const ends = [Math.min(...question.options), Math.max(...question.options)]
  for (const running of means.values())
    for (const end of ends) running.add([end], unseen(0.5, running.count() / running.records()))
}

function buildPattern(sums: Sums, texts: readonly string[], outline: Outline): Pattern {
  const { scale, read, likely, shown } = sums
  const units = unitsOf(sums, texts, outline)
  const apart = units.flatMap(({ values }) => scale.disagreement(values) ?? [])
  return {
    disagreement: mean(apart).value,
    outcomes: outcomesOf((others) => {
      for (const { values, answers } of units)
        others.add(values.map((value, i) => ({ labeler: String(answers[i]), value: keyOf(value) })))
    }, texts.length),
    take: (weights) => takeUnits(sums, units, weights),
    ...(likely && {
      note(index: number, { labeler }: RowAnswer, { record }: RecordAnswers) {
        likely.add({ record, labeler, label: String(read(texts[index] ?? '""')) })
      },
    }),
    ...(shown && {
      note(_index: number, { first }: RowAnswer, { outline }: RecordAnswers) {
        shown.add(outline, first)
      },
    }),
  }
}

function takeUnits(sums: Sums, units: readonly Unit[], weights: Weights): void {
  const { question, resamples, scale, raw, means, seen, kinds } = sums
  seen.records += units.some(({ values }) => values.length > 1) ? (weights[0] ?? 1) : 0
  for (const { values, model } of units) {
    if (values.length > 1) {
      seen.units += weights[0] ?? 1
      seen.answers += values.length * (weights[0] ?? 1)
      for (const value of values) if (kinds.size < MOST_KINDS) kinds.set(keyOf(value), value)
    }
    scale.add(values, weights)
    raw.add(values.map(keyOf), weights)
    if (model === undefined || question.type !== 'rating') continue
    const running = means.get(model) ?? startMean(resamples)
    means.set(model, running)
    running.add(values.filter(isNumber), weights)
  }
}

function likelyLabels(sums: Sums): Measured<LikelyLabels> | null {
  sums.found ??= sums.likely?.read() ?? null
  return sums.found
}

/** How often a labeler gave the label that is most likely true. */
function readLabeler(sums: Sums, labeler: string) {
  const found = likelyLabels(sums)
  const share = found?.value?.accuracy.get(labeler)
  if (share !== undefined) return { likely_accuracy: toEstimate(measured(share)) }
  const reason = found?.value === null ? found.reason : 'Too few answers of this labeler.'
  return { likely_accuracy: { value: null, reason } }
}

function readModels(sums: Sums): ReturnType<Kind['read']> {
  const { means, shown, resamples } = sums
  const found = likelyLabels(sums)
  if (found) return { likely_labels: sayLikely(found) }
  if (means.size === 0) return {}
  const models = [...means].sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    mean_ratings: models.map(([model, running]) => ({
      model,
      ratings: running.count(),
      mean: estimateOf(running, resamples),
      ...(shown && { shown_first: shown.read(model) }),
    })),
  }
}

/** What could be answered; of sets of labels, those of one. */
function optionsOf(question: ValueQuestion): (string | number)[] {
  return question.type === 'rating'
    ? question.options.toSorted((a, b) => a - b)
    : question.options.map(({ value }) => value)
}

/** Sets of labels may be of any number of kinds; the first of them do. */
const MOST_KINDS = 4096

function sortedKinds(kinds: ReadonlyMap<string | number, unknown>): unknown[] {
  return [...kinds].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value)
}

function sayLikely(found: Measured<LikelyLabels>): NonNullable<QuestionStats['likely_labels']> {
  if (found.value === null) return found
  const { labels, shares, every, converged } = found.value
  const value = labels.map((label, place) => ({ label, share: tidy(shares[place] ?? 0) }))
  return { value, from_one_record_in: every, converged }
}

type Unit = { values: unknown[]; answers: number[]; model: string | undefined }

/** How answers to this question are compared. */
function startScale(question: ValueQuestion, resamples: number) {
  switch (question.type) {
    case 'label': {
      const alpha = startAlpha(nominal, resamples)
      const gwet = startGwet(optionsOf(question), identity, resamples)
      return {
        metric: 'alpha (nominal)' as const,
        agreement: alpha,
        interval: undefined,
        gwet,
        gwetMetric: 'AC1' as const,
        add(values: unknown[], weights: Weights) {
          const keys = values.map(keyOf)
          alpha.add(keys, weights)
          gwet.add(keys, weights)
        },
        disagreement: (values: unknown[]) => labelDisagreement(values.map(keyOf)).value,
      }
    }
    case 'multi_label': {
      const alpha = startAlpha(masi, resamples)
      return {
        metric: 'alpha (MASI)' as const,
        agreement: alpha,
        interval: undefined,
        gwet: undefined,
        gwetMetric: 'AC1' as const,
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
      const gwet = startGwet(optionsOf(question), ordinal, resamples)
      const [low, high] = [Math.min(...question.options), Math.max(...question.options)]
      return {
        metric: 'alpha (ordinal)' as const,
        agreement: alpha,
        interval: squared,
        gwet,
        gwetMetric: 'AC2 (ordinal)' as const,
        add(values: unknown[], weights: Weights) {
          const ratings = values.filter(isNumber)
          alpha.add(ratings, weights)
          squared.add(ratings, weights)
          gwet.add(ratings, weights)
        },
        disagreement: (values: unknown[]) =>
          ratingDisagreement(values.filter(isNumber), low, high).value,
      }
    }
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
