/**
 * Restores answers from `raw` and `records` exports exactly as they were given: pseudonyms, revisions, shown orders,
 * times, flags and what counted. An export of an empty instance that imported an export is the same bytes; importing
 * twice changes nothing. Pseudonyms become labelers without an identity, unless they are those of this instance.
 */
import { writeAudit } from '../../datasets/audit.ts'
import { getDataset } from '../../datasets/dataset.ts'
import type { Dataset } from '../../datasets/document.ts'
import { conflict, ParleyError } from '../../errors.ts'
import { isObject, type LineProblem } from '../../json.ts'
import { type Actor, type Parley, requireAdmin } from '../../parley.ts'
import { isValueName } from '../../questions/edits.ts'
import { parseValues } from '../../questions/values.ts'
import type { RecordLine } from '../../records/record-line.ts'
import { fitRecord } from '../check-record.ts'
import { recordImport, summaryOf } from '../import-row.ts'
import { readLine } from '../readers/json.ts'
import { type Line, lengthOf } from '../readers/lines.ts'
import { type RowsInput, readRows, unitOf } from '../readers/rows.ts'
import { refuse } from '../report.ts'
import { lineOfTable } from '../shapes/travelled.ts'
import { untilStopped } from '../until-stopped.ts'
import { type AnsweredRecord, AnswerLine, RawLine, RecordsLine } from './read-line.ts'
import {
  type AnswersReport,
  emptyAnswersReport,
  type Numbered,
  openWriter,
  type RecordCounts,
} from './write-answers.ts'

const batchLines = 500
const batchBytes = 4_000_000

export type AnswersInput = RowsInput & {
  dataset: string
  /** The import this belongs to; otherwise it is a separate one. */
  importId?: string
  /** Counts the records of all the files of one import. */
  records?: RecordCounts
  onProgress?: (soFar: { lines: number; refused: number }) => void
  signal?: AbortSignal
}

/** @throws ParleyError `conflict` for a closed dataset. Bad lines do not throw; they are in the report. */
export async function importAnswers(
  parley: Parley,
  actor: Actor,
  input: AnswersInput,
): Promise<AnswersReport> {
  const by = requireAdmin(actor)
  const dataset = await getDataset(parley, input.dataset, actor)
  if (dataset.status === 'closed')
    throw conflict(`"${dataset.name}" is closed. Open it again with parley dataset reopen first.`)
  const source = input.name || 'a stream'
  const row = { dataset, by, source, kind: 'parley', importId: input.importId }
  const report = await recordImport(parley, row, (importId) =>
    readAll(parley, dataset, { ...input, importId }),
  )
  await writeAudit(parley, {
    actor: by,
    act: 'import answers',
    dataset: dataset.name,
    detail: summaryOf(report),
  })
  return report
}

async function readAll(
  parley: Parley,
  dataset: Dataset,
  input: AnswersInput & { importId: string },
): Promise<AnswersReport> {
  const report = emptyAnswersReport(unitOf(input))
  const { importId, records } = input
  const writer = openWriter(parley, dataset, { report, importId, records })
  const ours = { ...input, limits: { ...input.limits, anyKey: true } }
  let batch: Numbered[] = []
  let bytes = 0
  for await (const lines of untilStopped(readRows(ours), input.signal, report)) {
    for (const line of lines) {
      const { number, problem } = line
      report.lines++
      const read = problem ? { problem: { path: '', ...problem } } : readAnswers(dataset, line)
      if ('problem' in read) {
        refuse(report, number, read.problem)
        report.answers.refused += read.answers ?? 0
        continue
      }
      // All lines of a record are consecutive and share a batch; counts are settled after it.
      const isFull = batch.length >= batchLines || bytes >= batchBytes
      const id = read.line.record.external_id
      if (isFull && batch.at(-1)?.record.external_id !== id) {
        await writer.write(batch)
        batch = []
        bytes = 0
      }
      batch.push({ ...read.line, number })
      bytes += lengthOf(line)
    }
    input.onProgress?.({ lines: report.lines, refused: report.refused.count })
  }
  // The rest of the last record may be unread; the next import brings all of it.
  const last = report.stopped || report.broken ? batch.at(-1)?.record.external_id : undefined
  await writer.write(batch.filter(({ record }) => record.external_id !== last))
  report.refused.lines.sort((a, b) => a.line - b.line)
  return report
}

type Read =
  | { line: AnsweredRecord }
  /** `answers` is how many the line holds, as far as it could be read. */
  | { problem: LineProblem; answers?: number }

function readAnswers(dataset: Dataset, line: Line): Read {
  const parsed = readLine(line, { anyKey: true })
  if ('problem' in parsed) return parsed
  if (!isObject(parsed.value))
    return { problem: { path: '', message: 'is not an object.', remedy: 'Export the file again.' } }
  const row = Object.hasOwn(parsed.value, 'record') ? parsed.value : lineOfTable(parsed.value)
  const { responses } = row
  const answers = Array.isArray(responses) ? responses.length : 1
  const read = Object.hasOwn(row, 'responses') ? readRecordsLine(row) : readRawLine(row)
  if ('problem' in read) return { ...read, answers }
  const fitted = fitRecord(dataset.document, read.line.record)
  if ('problem' in fitted) return { ...fitted, answers }
  for (const answer of read.line.answers) {
    const problem = checkValues(dataset, answer, fitted.record.fields)
    if (problem) return { problem, answers }
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
      told: 'content',
      elsewhere: false,
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
      told: 'all',
      elsewhere: false,
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

/** An answer must match this dataset's questions; drafts may be unfinished. */
function checkValues(
  dataset: Dataset,
  answer: AnswerLine,
  texts: RecordLine['fields'],
): LineProblem | null {
  const questions = dataset.document.questions
  const unknown = Object.keys(answer.values).find((name) => !isValueName(questions, name))
  if (unknown !== undefined)
    return {
      path: `values.${unknown}`,
      message: 'is not a question of this dataset.',
      remedy: `It asks ${questions.map(({ name }) => name).join(', ')}; import into the right one.`,
    }
  if (answer.status !== 'submitted') return null
  try {
    const asked = questions.map(({ when: _, ...question }) => ({ ...question, required: false }))
    parseValues(asked, answer.values, { outputs: answer.shown.order, texts })
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
