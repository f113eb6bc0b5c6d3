/** Accumulates the statistics of one question, record by record: flat memory, no texts. */
import { counted } from '../../sentences.ts'
import type { Weights } from '../measures/bootstrap.ts'
import { addBundle, type Bundles, noBundles, shareOfBundles } from '../measures/clustered-share.ts'
import { type Held, startSuggestionEffect } from '../measures/labelers/suggestion-effect.ts'
import { type Measured, unmeasured } from '../measures/measured.ts'
import { startMeasures } from './measures.ts'
import { startPatterns } from './patterns.ts'
import type { Pattern } from './question-kind.ts'
import { startRankings } from './ranking-stats.ts'
import { startSpans } from './span-stats.ts'
import type { Judged } from './stats-queries.ts'
import {
  type Disputed,
  estimateOf,
  startDisputed,
  tidy,
  toEstimate,
  toShare,
} from './stats-read.ts'
import type {
  AgreementStats,
  Estimate,
  LabelerQuestionStats,
  QuestionStats,
  ShareOf,
  StrengthMethod,
} from './stats-result.ts'
import type { RecordAnswers, RowAnswer } from './stats-source.ts'
import { startValues } from './value-stats.ts'

/** Agreement over fewer records is mostly chance. */
export const leastOverlap = 30

const NO_OVERLAP = unmeasured(
  `Not enough overlap: 0 of the ${leastOverlap} records that agreement needs have two answers.`,
)

function tooFew(records: number): string {
  const said = counted(records, 'record has', 'records have')
  return `Only ${said} two answers; below ${leastOverlap} agreement is mostly luck.`
}

export type RunningQuestion = {
  add(record: RecordAnswers, counted: readonly RowAnswer[], weights: Weights): void
  /** One labeler's first and later answer to the same record. */
  repeat(first: RowAnswer, later: RowAnswer): void
  /** The answers to one record whose known answers are these. */
  gold(answers: readonly RowAnswer[], known: readonly string[]): void
  /** The answers that count to one record of which a model suggests this. */
  suggested(answers: readonly RowAnswer[], suggestion: readonly string[]): void
  read(
    nameOf?: (labeler: string) => string,
  ): Omit<QuestionStats, 'disputed'> & { disputed: Disputed[] }
  /** Of what is read, how much people agree and nothing else: without fitting strengths. */
  readAgreement(): AgreementStats
  ofLabeler(labeler: string): LabelerQuestionStats | null
}

export type StatsOptions = {
  resamples: number
  strength?: StrengthMethod | undefined
  /** Called with the share of a long fit that is done. */
  tell?: ((share: number) => void) | undefined
  /** How many share the memory for records answered alike. */
  sharers?: number
  /** Whether the classical measures are wanted too. */
  measures?: boolean | undefined
  /** Groups of records report nothing about labelers. */
  isGroup?: boolean
  /** Whether this question's suggestions are shown at all. */
  isSuggested?: boolean
}

/** `place` is where the question's value stands in a row. */
export function startQuestion(
  question: Judged,
  place: number,
  options: StatsOptions,
): RunningQuestion {
  const sums = startSums(question, place, options)
  return {
    add: (row, counted, weights) => addRecord(sums, row, counted, weights),
    repeat(first, later) {
      const [before, after] = [first.values[place] ?? '', later.values[place] ?? '']
      if (before === '' || after === '') return
      const { same, of } = sums.kind.repeat(before, after, later.labeler)
      addBundle(countsOf(sums, later.labeler).self, same, of)
      addBundle(sums.self, same, of)
    },
    gold: (answers, known) => addGold(sums, answers, known[place] ?? ''),
    suggested: (answers, suggestion) => addSuggested(sums, answers, suggestion[place] ?? ''),
    read: (nameOf = (labeler) => labeler) => readQuestion(sums, nameOf),
    readAgreement: () => readAgreement(sums),
    ofLabeler: (labeler) => readLabeler(sums, labeler),
  }
}

/** The sums over records. */
function startSums(
  question: Judged,
  place: number,
  {
    resamples,
    strength,
    tell,
    sharers,
    measures = false,
    isGroup = false,
    isSuggested = false,
  }: StatsOptions,
) {
  const kind =
    question.type === 'ranking'
      ? startRankings(question.mode, resamples, strength, tell)
      : question.type === 'span'
        ? startSpans(resamples)
        : startValues(question, resamples)
  const take = (pattern: Pattern, weights: Weights) => pattern.take(weights)
  return {
    question,
    place,
    resamples,
    isGroup,
    kind,
    patterns: startPatterns<Pattern>(resamples, take, sharers),
    seen: { answers: 0, overlap: { records: 0, answers: 0 } },
    labelers: new Map<string, LabelerCounts>(),
    classical: measures && !isGroup ? startMeasures(kind.comparable) : null,
    self: noBundles(),
    /** By record: one that is hard is hard for everybody. */
    gold: noBundles(),
    suggested: isSuggested ? { effect: startSuggestionEffect(), isSeen: false } : null,
    disputed: startDisputed(),
  }
}
type Sums = ReturnType<typeof startSums>

function countsOf({ labelers }: Sums, labeler: string): LabelerCounts {
  let counts = labelers.get(labeler)
  if (counts === undefined) {
    counts = { answers: 0, others: noBundles(), self: noBundles(), gold: noBundles() }
    labelers.set(labeler, counts)
  }
  return counts
}

function addRecord(
  sums: Sums,
  row: RecordAnswers,
  counted: readonly RowAnswer[],
  weights: Weights,
): void {
  const { place, kind, patterns, seen, classical, disputed, isGroup } = sums
  const given = answersTo(place, counted)
  if (given.length === 0) return
  const keys = [row.outline.key]
  for (const { values } of given) keys.push(values[place] ?? '')
  const build = () => kind.build(keys.slice(1), row.outline)
  const pattern = patterns.count(keys, build, weights)
  const { disagreement, outcomes } = pattern
  seen.answers += given.length
  if (given.length > 1) {
    seen.overlap.records += 1
    seen.overlap.answers += given.length
  }
  if (disagreement !== null && disagreement > 0)
    disputed.offer({ record: row.record, disagreement, answers: given.length })
  if (isGroup) return
  classical?.add(given.map(({ labeler, values }) => ({ labeler, text: values[place] ?? '' })))
  for (let index = 0; index < given.length; index += 1) {
    const [answer, outcome] = [given[index], outcomes[index]]
    if (answer === undefined || outcome === undefined) continue
    const counts = countsOf(sums, answer.labeler)
    counts.answers += 1
    addBundle(counts.others, outcome.agreed, outcome.judged)
    pattern.note?.(index, answer, row)
  }
}

/** Answers to one record beside the known one. */
function addGold(sums: Sums, answers: readonly RowAnswer[], right: string): void {
  if (right === '') return
  const all = { same: 0, of: 0 }
  for (const answer of answers) {
    const given = answer.values[sums.place] ?? ''
    if (given === '') continue
    const { same, of } = sums.kind.mark(given, right)
    addBundle(countsOf(sums, answer.labeler).gold, same, of)
    all.same += same
    all.of += of
  }
  addBundle(sums.gold, all.same, all.of)
}

/** Answers to one record beside what a model suggested, where chance decided who saw that. */
function addSuggested(sums: Sums, answers: readonly RowAnswer[], suggestion: string): void {
  const { suggested, place, kind } = sums
  if (suggested === null || suggestion === '') return
  const held = answers.flatMap((answer): Held[] => {
    const given = answer.values[place] ?? ''
    if (given === '' || answer.suggested === '') return []
    const { same, of } = kind.mark(given, suggestion)
    const isShown = answer.suggested === 'shown'
    return of === 0 ? [] : [{ labeler: answer.labeler, isShown, agreed: same / of }]
  })
  suggested.isSeen ||= held.length > 0
  suggested.effect.add(held)
}

function readSuggested({ suggested }: Sums): Pick<QuestionStats, 'suggestions'> {
  if (!suggested?.isSeen) return {}
  const found = suggested.effect.read()
  if (found.value === null) return { suggestions: found }
  const { shown, heldOut, difference, low, high, shownAnswers, heldOutAnswers } = found.value
  return {
    suggestions: {
      ...{ value: tidy(difference), low: tidy(low), high: tidy(high) },
      shown: { value: tidy(shown), of: shownAnswers },
      held_out: { value: tidy(heldOut), of: heldOutAnswers },
    },
  }
}

function readAgreement(sums: Sums): AgreementStats {
  const { question, resamples, kind, patterns, seen } = sums
  patterns.flush()
  if (resamples > 0) kind.addUnseen()
  const { records } = seen.overlap
  const agreement = agreementOf(sums, kind.agreement)
  const isFew = agreement.value !== null && records < leastOverlap
  return {
    name: question.name,
    ...seen,
    agreement: {
      metric: kind.metric,
      ...agreement,
      ...(isFew ? { too_few: tooFew(records) } : {}),
    },
    ...(kind.gwet ? { gwet: { metric: kind.gwet.metric, ...agreementOf(sums, kind.gwet) } } : {}),
    ...(kind.interval ? { interval_alpha: agreementOf(sums, kind.interval) } : {}),
    raw_agreement: estimateOf({ read: kind.raw }, resamples),
  }
}

function agreementOf(
  { seen, resamples }: Sums,
  running: { read(resample?: number): Measured },
): Estimate {
  return seen.overlap.records === 0 ? toEstimate(NO_OVERLAP) : estimateOf(running, resamples)
}

function readQuestion(sums: Sums, nameOf: (labeler: string) => string) {
  const { question, kind, classical, self, gold, disputed } = sums
  const { name, ...agreement } = readAgreement(sums)
  return {
    ...{ name, title: question.title, type: question.type, of: question.of },
    ...agreement,
    ...(gold.of > 0 ? { gold: shareOf(gold, '') } : {}),
    ...readSuggested(sums),
    ...(classical && {
      measures: {
        ...classical.read(nameOf),
        consistency: shareOf(self, 'No record was repeated for anybody.'),
      },
    }),
    disputed: disputed.read(),
    ...kind.read(),
  }
}

function readLabeler(
  { question, labelers, kind }: Sums,
  labeler: string,
): LabelerQuestionStats | null {
  const counts = labelers.get(labeler)
  if (counts === undefined) return null
  const { answers, others, self, gold } = counts
  return {
    name: question.name,
    answers,
    leave_one_out: shareOf(others, 'Not enough overlap: no majority of others to compare with.'),
    consistency: shareOf(self, 'No record was repeated for this labeler.'),
    gold: shareOf(gold, 'This labeler has answered no record whose answer is known.'),
    ...kind.ofLabeler?.(labeler),
  }
}

type LabelerCounts = { answers: number; others: Bundles; self: Bundles; gold: Bundles }

function shareOf(sums: Bundles, otherwise: string): ShareOf {
  return toShare(sums.of === 0 ? unmeasured(otherwise) : shareOfBundles(sums))
}

/** Sorted by content, so that records answered alike are equal in whatever order answers came. */
function answersTo(place: number, counted: readonly RowAnswer[]): RowAnswer[] {
  const given: RowAnswer[] = []
  for (const answer of counted) {
    const text = answer.values[place] ?? ''
    if (text === '') continue
    let at = given.length
    for (; at > 0; at -= 1) {
      const before = given[at - 1]
      if (before === undefined || text >= (before.values[place] ?? '')) break
      given[at] = before
    }
    given[at] = answer
  }
  return given
}
