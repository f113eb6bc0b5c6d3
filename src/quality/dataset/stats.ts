/**
 * The statistics of a whole dataset: agreement by question, habits by labeler, strength by model, the
 * records people differ on. One pass over one snapshot; only sums are kept, so memory is flat.
 */
import { getDataset } from '../../datasets/dataset.ts'
import type { Dataset } from '../../datasets/document.ts'
import { suggestionsWhen } from '../../datasets/suggestions.ts'
import type { Snapshot } from '../../db/copy.ts'
import { ensurePseudonyms, lacksPseudonyms } from '../../labelers/pseudonyms.ts'
import { type Actor, type Parley, requireAdmin } from '../../parley.ts'
import { startBootstrap } from '../measures/bootstrap.ts'
import { isTooFast, startMedianSeconds } from '../measures/labelers/speed.ts'
import { type RunningQuestion, startQuestion } from './question-stats.ts'
import { mostGroups, startGroups } from './stats-by.ts'
import { startPeriods } from './stats-over.ts'
import {
  findGroups,
  findHeldOut,
  type Judged,
  type MetadataKey,
  type Period,
} from './stats-queries.ts'
import { type Disputed, toEstimate } from './stats-read.ts'
import type { LabelerStats, QuestionStats, Stats, StrengthMethod } from './stats-result.ts'
import { type RecordAnswers, type RowAnswer, readAnswers } from './stats-source.ts'

export type { Stats } from './stats-result.ts'

/**
 * Counts what training exports count; what is left out is counted by reason. The same state gives
 * the same numbers: resamples are drawn from a fixed seed.
 * @throws ParleyError `forbidden`; `not_found`.
 */
export async function datasetStats(
  parley: Parley,
  actor: Actor,
  input: StatsInput,
): Promise<Stats> {
  requireAdmin(actor)
  const dataset = await getDataset(parley, input.dataset, actor)
  const snapshot = await openNamed(parley, dataset.id)
  try {
    return await measure(parley, snapshot, dataset, input)
  } finally {
    await snapshot.close()
  }
}

export type StatsInput = {
  dataset: string
  resamples?: number
  strength?: StrengthMethod | undefined
  /** A key of records' metadata to group by: `['lang']`. */
  by?: MetadataKey | undefined
  /** Instead of `by`: agreement over these periods, named by their first days. */
  over?: { period: Period; days: readonly string[] } | undefined
  /** Whether the classical measures are wanted too: Cohen, Fleiss, ICC, tau-b, W, consistency. */
  measures?: boolean | undefined
  /** Called with the share of a long fit that is done. */
  tell?: ((share: number) => void) | undefined
}

/** A view in which everybody who answered has a pseudonym. */
async function openNamed(parley: Parley, datasetId: string): Promise<Snapshot> {
  for (;;) {
    await ensurePseudonyms(parley, datasetId)
    const snapshot = await parley.openSnapshot()
    try {
      if (!(await lacksPseudonyms(parley, snapshot, datasetId))) return snapshot
    } catch (error) {
      await snapshot.close()
      throw error
    }
    await snapshot.close()
  }
}

async function measure(
  parley: Parley,
  snapshot: Snapshot,
  dataset: Dataset,
  { resamples = 200, strength, by, over, measures, tell }: StatsInput,
): Promise<Stats> {
  const judged = dataset.document.questions.filter(isJudged)
  const options = { resamples, strength, measures, tell }
  const questions = judged.map((question, place) =>
    startQuestion(question, place, {
      ...options,
      isSuggested: suggestionsWhen(dataset.document, question) !== 'never',
    }),
  )
  const groups =
    by === undefined
      ? null
      : startGroups(
          by,
          await findGroups(parley, snapshot, dataset.id, by, mostGroups),
          judged,
          options,
        )
  const times = over && by === undefined ? startPeriods(over.days, judged, options) : null
  const labelers = new Map<string, LabelerPace>()
  const weigh = startBootstrap(1, resamples)
  const heldOutSince = await findHeldOut(parley, snapshot, dataset.id)
  const pass = {
    counts: { records: 0, answers: 0 },
    leftOut: {},
    labelers,
    questions,
    groups,
    times,
  }
  for await (const records of readAnswers(parley, snapshot, dataset.id, judged, {
    by: by ?? over?.period ?? null,
    heldOutSince,
  }))
    for (const record of records) addRecord(pass, record, weigh)

  const names = await pseudonymsOf(parley, snapshot, dataset.id)
  const found = questions.map((question) => question.read((id) => names.get(id) ?? ''))
  const externalIds = await externalIdsOf(
    parley,
    snapshot,
    dataset.id,
    found.flatMap(({ disputed }) => disputed),
  )
  return {
    format: 1,
    dataset: dataset.name,
    resamples,
    counts: { ...pass.counts, labelers: [...labelers.values()].filter(isCounted).length },
    left_out: sorted(pass.leftOut),
    questions: found.map((question) => withExternalIds(question, externalIds)),
    ...(groups && { by: groups.read() }),
    ...(times && { over: times.read() }),
    labelers: readLabelers(pass, names),
  }
}

function withExternalIds(
  { disputed, ...rest }: Omit<QuestionStats, 'disputed'> & { disputed: readonly Disputed[] },
  externalIds: ReadonlyMap<string, string>,
): QuestionStats {
  return {
    ...rest,
    disputed: disputed.map(({ record, disagreement, answers }) => ({
      external_id: externalIds.get(record) ?? '',
      disagreement,
      answers,
    })),
  }
}

function readLabelers({ labelers, questions }: Pass, names: ReadonlyMap<string, string>) {
  const all = [...labelers].map(([id, pace]): LabelerStats => {
    return {
      labeler: names.get(id) ?? '',
      answers: pace.answers,
      median_seconds: toEstimate(pace.median.read()),
      too_fast: pace.tooFast,
      questions: questions.flatMap((question) => question.ofLabeler(id) ?? []),
    }
  })
  return all.sort((a, b) => (a.labeler < b.labeler ? -1 : 1))
}

/** The sums over records. */
type Pass = {
  counts: { records: number; answers: number }
  leftOut: Record<string, number>
  labelers: Map<string, LabelerPace>
  questions: readonly RunningQuestion[]
  groups: ReturnType<typeof startGroups> | null
  times: ReturnType<typeof startPeriods> | null
}

function addRecord(
  { counts, leftOut, labelers, questions, groups, times }: Pass,
  record: RecordAnswers,
  weigh: ReturnType<typeof startBootstrap>,
): void {
  const counted: RowAnswer[] = []
  for (const answer of record.answers) {
    if (answer.reason === '') counted.push(answer)
    else leftOut[answer.reason] = (leftOut[answer.reason] ?? 0) + 1
  }
  if (counted.length > 0) {
    counts.records += 1
    counts.answers += counted.length
    for (const answer of counted) note(paceOf(labelers, answer.labeler), answer, record.reading)
    const weights = weigh(record.record)
    for (const question of questions) {
      question.add(record, counted, weights)
      if (record.suggested !== null) question.suggested(counted, record.suggested)
    }
    groups?.add(record, counted, weights)
    times?.add(record, counted, weights)
  }
  if (counted.length === record.answers.length) return
  noteRepeats(questions, record)
  if (record.gold !== null) noteGold(questions, record, record.gold, labelers)
}

function isJudged(question: { type: string }): question is Judged {
  return question.type !== 'text'
}

type LabelerPace = {
  answers: number
  median: ReturnType<typeof startMedianSeconds>
  tooFast: { count: number; of: number }
}

function isCounted({ answers }: LabelerPace): boolean {
  return answers > 0
}

function paceOf(labelers: Map<string, LabelerPace>, labeler: string): LabelerPace {
  let pace = labelers.get(labeler)
  if (pace === undefined) {
    pace = { answers: 0, median: startMedianSeconds(), tooFast: { count: 0, of: 0 } }
    labelers.set(labeler, pace)
  }
  return pace
}

function note(pace: LabelerPace, answer: RowAnswer, reading: number | null): void {
  pace.answers += 1
  if (answer.seconds === null) return
  pace.median.add(answer.seconds)
  if (reading === null) return
  pace.tooFast.of += 1
  if (isTooFast(answer.seconds, reading)) pace.tooFast.count += 1
}

/** Compares a labeler's answer to a repeated record with their earlier one. */
function noteRepeats(questions: readonly RunningQuestion[], { answers }: RecordAnswers): void {
  for (const later of answers) {
    if (later.reason !== 'repeat') continue
    const first = answers.find((one) => one.labeler === later.labeler && isFirst(one))
    if (first === undefined) continue
    for (const question of questions) question.repeat(first, later)
  }
}

/** A surplus answer is a first answer too. */
function isFirst({ reason, isRepeat }: RowAnswer): boolean {
  return !isRepeat && (reason === '' || reason === 'surplus')
}

/** Compares answers with known ones; labelers with no other answers are listed too. */
function noteGold(
  questions: readonly RunningQuestion[],
  { answers }: RecordAnswers,
  known: readonly string[],
  labelers: Map<string, LabelerPace>,
): void {
  const given = answers.filter(({ reason, isRepeat }) => reason === 'gold' && !isRepeat)
  for (const { labeler } of given) paceOf(labelers, labeler)
  for (const question of questions) question.gold(given, known)
}

async function pseudonymsOf(parley: Parley, snapshot: Snapshot, datasetId: string) {
  const rows = await snapshot.all(
    parley.db
      .selectFrom('pseudonyms')
      .select(['labelerId', 'pseudonym'])
      .where('datasetId', '=', datasetId),
  )
  return new Map(rows.map(({ labelerId, pseudonym }) => [labelerId, pseudonym]))
}

async function externalIdsOf(
  parley: Parley,
  snapshot: Snapshot,
  datasetId: string,
  disputed: readonly Disputed[],
) {
  if (disputed.length === 0) return new Map<string, string>()
  const rows = await snapshot.all(
    parley.db
      .selectFrom('records')
      .select(['id', 'externalId'])
      .where('datasetId', '=', datasetId)
      .where(
        'id',
        'in',
        disputed.map(({ record }) => record),
      ),
  )
  return new Map(rows.map(({ id, externalId }) => [id, externalId]))
}

function sorted(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)))
}
