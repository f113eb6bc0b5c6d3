/**
 * Brings answers back from `raw` and `records` exports exactly as they were given: pseudonyms,
 * revisions, shown orders, times, flags and what counted. An export of an empty instance that imported
 * an export is the same bytes; importing twice changes nothing. Pseudonyms become labelers without
 * an identity, unless they are those of this instance.
 */
import { sql } from 'kysely'
import { callFunction } from '../assignments/call.ts'
import { writeAudit } from '../datasets/audit.ts'
import { getDataset } from '../datasets/dataset.ts'
import type { Dataset } from '../datasets/shape.ts'
import { conflict, ParleyError } from '../errors.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../parley.ts'
import { parseValues } from '../questions/values.ts'
import { fitRecord } from '../records/check.ts'
import { isObject, type LineProblem, parseJson } from '../records/json.ts'
import { type ByteSource, splitLines } from '../records/lines.ts'
import { emptyReport, type ImportReport, refuse } from '../records/report.ts'
import { untilStopped } from '../records/until-stopped.ts'
import { upsertRecords } from '../records/upsert.ts'
import { type AnsweredRecord, AnswerLine, RawLine, RecordsLine } from './line.ts'

export type AnswersReport = ImportReport & {
  answers: { created: number; updated: number; unchanged: number }
}

const batchLines = 500
const batchBytes = 4_000_000

/** @throws ParleyError `conflict` for a closed dataset. Bad lines are no error: they are in the report. */
export async function importAnswers(
  parley: Parley,
  actor: Actor,
  input: {
    dataset: string
    source: ByteSource
    onProgress?: (soFar: { lines: number; refused: number }) => void
    signal?: AbortSignal
  },
): Promise<AnswersReport> {
  const by = requireAdmin(actor)
  const dataset = await getDataset(parley, input.dataset)
  if (dataset.status === 'closed')
    throw conflict(`"${dataset.name}" is closed. Open it again with parley dataset reopen first.`)
  const report = emptyAnswersReport()
  let batch: Numbered[] = []
  let bytes = 0
  for await (const lines of untilStopped(splitLines(input.source), input.signal, report)) {
    for (const { number, text, problem } of lines) {
      report.lines++
      const read = problem ? { problem: { path: '', ...problem } } : readLine(dataset, text)
      if ('problem' in read) {
        refuse(report, number, read.problem)
        continue
      }
      // All lines of a record stand together and go in one batch: what counts is settled after it.
      const isFull = batch.length >= batchLines || bytes >= batchBytes
      const id = read.line.record.external_id
      if (isFull && batch.at(-1)?.record.external_id !== id) {
        await writeAnswers(parley, dataset, batch, report)
        batch = []
        bytes = 0
      }
      batch.push({ ...read.line, number })
      bytes += text.length
    }
    input.onProgress?.({ lines: report.lines, refused: report.refused.count })
  }
  // The rest of the last record may be in what was not read; all of it comes with the next import.
  const last = report.stopped ? batch.at(-1)?.record.external_id : undefined
  const whole = batch.filter(({ record }) => record.external_id !== last)
  await writeAnswers(parley, dataset, whole, report)
  const { lines, created, updated, unchanged, answers } = report
  await writeAudit(parley, {
    actor: by,
    act: 'import answers',
    dataset: dataset.name,
    detail: { lines, created, updated, unchanged, answers, refused: report.refused.count },
  })
  return report
}

export type Numbered = AnsweredRecord & { number: number }
type Read = { line: AnsweredRecord } | { problem: LineProblem }

function readLine(dataset: Dataset, text: string): Read {
  const parsed = parseJson(text, { anyKey: true })
  if ('problem' in parsed) return parsed
  if (!isObject(parsed.value))
    return { problem: { path: '', message: 'is not an object.', remedy: 'Export the file anew.' } }
  const read = Object.hasOwn(parsed.value, 'responses')
    ? readRecordsLine(parsed.value)
    : readRawLine(parsed.value)
  if ('problem' in read) return read
  const fitted = fitRecord(dataset.document, read.line.record)
  if ('problem' in fitted) return fitted
  for (const answer of read.line.answers) {
    const problem = checkValues(dataset, answer)
    if (problem) return { problem }
  }
  return { line: { ...read.line, record: fitted.record } }
}

function readRawLine(value: unknown): Read {
  const { data, error } = RawLine.safeParse(value)
  if (!data) return { problem: shapeProblem(error.issues[0]) }
  const { format, dataset: _, record, ...answer } = data
  const { status, ...plain } = record
  return {
    line: {
      record: { format, ...plain, priority: 0 },
      rejected: status === 'rejected',
      completed: status === 'completed',
      priority: null,
      answers: [AnswerLine.parse(answer)],
    },
  }
}

function readRecordsLine(value: unknown): Read {
  const { data, error } = RecordsLine.safeParse(value)
  if (!data) return { problem: shapeProblem(error.issues[0]) }
  const { responses, status, ...record } = data
  return {
    line: {
      record,
      rejected: status === 'rejected',
      completed: status === 'completed',
      priority: record.priority,
      answers: responses,
    },
  }
}

function shapeProblem(issue?: { path: PropertyKey[]; message: string }): LineProblem {
  return {
    path: issue?.path.map(String).join('.') ?? '',
    message: `is not as an export writes it: ${issue?.message ?? 'it cannot be read'}.`,
    remedy: 'Import a raw or records export, or leave --from away for records without answers.',
  }
}

/** An answer must speak of this dataset's questions; drafts may be unfinished. */
function checkValues(dataset: Dataset, answer: AnswerLine): LineProblem | null {
  const questions = dataset.document.questions
  const unknown = Object.keys(answer.values).find(
    (name) => !questions.some((question) => question.name === name),
  )
  if (unknown !== undefined)
    return {
      path: `values.${unknown}`,
      message: 'is not a question of this dataset.',
      remedy: `It asks ${questions.map(({ name }) => name).join(', ')}; import into the right one.`,
    }
  if (answer.status !== 'submitted') return null
  try {
    const asked = questions.flatMap(({ when: _, ...question }) =>
      question.type === 'span' ? [] : [{ ...question, required: false }],
    )
    const spans = questions.filter(({ type }) => type === 'span').map(({ name }) => name)
    const values = Object.entries(answer.values).filter(([name]) => !spans.includes(name))
    parseValues(asked, Object.fromEntries(values), { outputs: answer.shown.order })
    return null
  } catch (error) {
    if (!(error instanceof ParleyError)) throw error
    const [path = '', message = ''] = Object.entries(error.problems)[0] ?? []
    return {
      path: `values.${path}`,
      message: 'does not answer the question.',
      remedy: message,
    }
  }
}

/** Writes whole records with their answers; what counts is settled in the database. */
export async function writeAnswers(
  parley: Parley,
  dataset: Dataset,
  batch: readonly Numbered[],
  report: AnswersReport,
): Promise<void> {
  if (batch.length === 0) return
  await inTransaction(parley, async (inside) => {
    const known = await recordIds(inside, dataset, batch)
    const written = batch.filter(
      ({ record, priority }) => priority !== null || !known.has(record.external_id),
    )
    await upsertRecords(
      inside,
      dataset,
      written.map(({ record }) => record),
    )
    const records = await recordIds(inside, dataset, batch)
    const labelers = await labelersOf(inside, dataset, batch)
    const rows = batch.flatMap(({ record, rejected, completed, answers }, at) =>
      answers.map((answer) => {
        const { id = '', hasGold = false } = records.get(record.external_id) ?? {}
        return {
          at,
          row: rowOf(hasGold ? withoutGold(answer, answers) : answer, {
            record_id: id,
            labeler_id: labelers.get(answer.labeler) ?? '',
            rejected,
            polled: completed && answer.ballot === true,
          }),
        }
      }),
    )
    const { outcomes } = await callFunction(
      inside,
      sql<{ outcomes: (keyof AnswersReport['answers'])[] }>`
        select import_answers(${dataset.id}, ${numbered(rows)}::json, ${inside.now()}) as outcomes`,
    )
    return { known, outcomes, rows }
  }).then(({ known, outcomes, rows }) => {
    const news = batch.map(({ record }): number => (known.has(record.external_id) ? 0 : 2))
    for (const [n, outcome] of outcomes.entries()) {
      report.answers[outcome]++
      const at = rows[n]?.at ?? 0
      news[at] = Math.max(news[at] ?? 0, ['unchanged', 'updated', 'created'].indexOf(outcome))
    }
    for (const one of news) {
      if (one === 2) report.created++
      else if (one === 1) report.updated++
      else report.unchanged++
    }
  })
}

function numbered(rows: readonly { row: object }[]): string {
  return JSON.stringify(rows.map(({ row }, n) => ({ n, ...row })))
}

/**
 * Where the record says that it is gold, its answers need not: the flag goes when the gold goes. One
 * that was dealt as a check keeps it, and so holds no place here either.
 */
function withoutGold(answer: AnswerLine, all: readonly AnswerLine[]): AnswerLine {
  const own = all.filter(({ labeler, repeat }) => labeler === answer.labeler && repeat === 0)
  const hadPlace = own.some(
    ({ counted, flags }) => counted || flags.includes('surplus') || flags.includes('excluded'),
  )
  if (!hadPlace && answer.status === 'submitted' && answer.repeat === 0) return answer
  return { ...answer, flags: answer.flags.filter((flag) => flag !== 'gold') }
}

function rowOf(
  answer: AnswerLine,
  of: { record_id: string; labeler_id: string; rejected: boolean; polled: boolean },
): object {
  const { labeler: _, shown, ...same } = answer
  return {
    ...same,
    ...of,
    shown_order: shown.order,
    expanded: shown.expanded,
    suggestions: shown.suggestions,
    shown_at: shown.at,
  }
}

async function recordIds(
  parley: Parley,
  dataset: Dataset,
  batch: readonly Numbered[],
): Promise<Map<string, { id: string; hasGold: boolean }>> {
  const ids = [...new Set(batch.map(({ record }) => record.external_id))]
  const rows = await parley.db
    .selectFrom('records')
    .leftJoin('outlines', (join) =>
      join.onRef('recordId', '=', 'id').on('outlines.datasetId', '=', dataset.id),
    )
    .select(['id', 'externalId', sql<boolean>`gold is not null`.as('hasGold')])
    .where('records.datasetId', '=', dataset.id)
    .where('externalId', '=', sql<string>`any(${ids}::text[])`)
    .execute()
  return new Map(rows.map(({ externalId, ...row }) => [externalId, row]))
}

/** The labeler behind each pseudonym; new ones are made, without consent and without an identity. */
async function labelersOf(
  parley: Parley,
  dataset: Dataset,
  batch: readonly Numbered[],
): Promise<Map<string, string>> {
  const names = [...new Set(batch.flatMap(({ answers }) => answers.map(({ labeler }) => labeler)))]
  const found = await findLabelers(parley, dataset, names)
  const missing = names.filter((name) => !found.has(name)).sort()
  if (missing.length === 0) return found
  await sql`
    with new as (
      insert into labelers (created_at)
      select ${parley.now()}::timestamptz from unnest(${missing}::text[]) returning id),
    paired as (
      select id, (${missing}::text[])[row_number() over (order by id)] as pseudonym from new)
    insert into pseudonyms (dataset_id, labeler_id, pseudonym)
    select ${dataset.id}, id, pseudonym from paired on conflict do nothing`.execute(parley.db)
  return findLabelers(parley, dataset, names)
}

async function findLabelers(
  parley: Parley,
  dataset: Dataset,
  names: readonly string[],
): Promise<Map<string, string>> {
  const rows = await parley.db
    .selectFrom('pseudonyms')
    .select(['labelerId', 'pseudonym'])
    .where('datasetId', '=', dataset.id)
    .where('pseudonym', '=', sql<string>`any(${names}::text[])`)
    .execute()
  return new Map(rows.map(({ labelerId, pseudonym }) => [pseudonym, labelerId]))
}

export function emptyAnswersReport(unit: AnswersReport['unit'] = 'line'): AnswersReport {
  return { ...emptyReport(unit), answers: { created: 0, updated: 0, unchanged: 0 } }
}
