/**
 * Turns answers made elsewhere into answers as our own exports write them: checked against the questions
 * and merged with the person's earlier answers.
 */

import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import { outputsNeeded } from '../../datasets/check.ts'
import type { Dataset } from '../../datasets/document.ts'
import { ParleyError } from '../../errors.ts'
import { isObject, type LineProblem } from '../../json.ts'
import type { Parley } from '../../parley.ts'
import { isValueName } from '../../questions/edits.ts'
import { parseDraft, parseValues, type Shown } from '../../questions/values.ts'
import type { RecordLine } from '../../records/record-line.ts'
import { fitRecord, lintRecord } from '../check-record.ts'
import { refuse, refusePart, warn } from '../report.ts'
import type { Foreign, ForeignAnswer } from './foreign.ts'
import { AnswerLine } from './read-line.ts'
import type { AnswersReport, Numbered } from './write-answers.ts'

/** Turns answers made elsewhere into answers as our own exports write them. */
export async function settle(
  parley: Parley,
  dataset: Dataset,
  rows: readonly Foreign[],
  report: AnswersReport,
): Promise<Numbered[]> {
  const here = await recordsHere(parley, dataset, rows)
  const given = await answersHere(parley, dataset, rows)
  const needed = outputsNeeded(dataset.document)
  const all: Numbered[] = []
  for (const row of rows) {
    const read = readRow(parley, dataset, row, here, given)
    if ('problem' in read) {
      refuse(report, row.number, read.problem)
      report.answers.refused += row.answers.length
      continue
    }
    const lint = row.record ? lintRecord(read.record, needed) : []
    for (const warning of [...(row.warnings ?? []), ...lint]) warn(report, row.number, warning)
    for (const problem of read.refused) refusePart(report, row.number, problem)
    report.answers.refused += read.refused.length
    all.push({
      number: row.number,
      record: read.record,
      rejected: false,
      completed: false,
      told: row.record ? 'all' : 'nothing',
      elsewhere: true,
      answers: read.answers,
    })
  }
  return all
}

type Given = { revision: number; status: string; counted: boolean; values: object }

type ReadRow =
  | { record: RecordLine; answers: AnswerLine[]; refused: LineProblem[] }
  | { problem: LineProblem }

function readRow(
  parley: Parley,
  dataset: Dataset,
  row: Foreign,
  here: ReadonlyMap<string, RecordLine>,
  given: Map<string, Given>,
): ReadRow {
  const fitted = row.record ? fitRecord(dataset.document, row.record) : null
  if (fitted && 'problem' in fitted) return fitted
  const record = fitted?.record ?? here.get(row.externalId)
  if (!record)
    return {
      problem: {
        path: 'external_id',
        message: `names a record "${row.externalId.slice(0, 100)}" that is not here.`,
        remedy: 'Import the records first, then the answers to them.',
      },
    }
  const answers: AnswerLine[] = []
  const refused: LineProblem[] = []
  for (const answer of row.answers) {
    const key = JSON.stringify([row.externalId, answer.labeler, answer.repeat ?? 0])
    const before = given.get(key)
    const read = readAnswer(parley, dataset, record, answer, before)
    if ('problem' in read) {
      // The row's only answer is refused with it; one of many does not discard the others.
      if (row.answers.length === 1) return read
      const { path, ...why } = read.problem
      refused.push({ path: `answer of ${answer.labeler}${path ? `, ${path}` : ''}`, ...why })
      continue
    }
    const { revision, status, counted, values } = read.answer
    given.set(key, { revision, status, counted, values })
    answers.push(read.answer)
  }
  return { record, answers, refused }
}

function readAnswer(
  parley: Parley,
  dataset: Dataset,
  record: RecordLine,
  answer: ForeignAnswer,
  before: Given | undefined,
): { answer: AnswerLine } | { problem: LineProblem } {
  const outputs = record.outputs.map(({ id }) => id)
  const shown = answer.shown ?? rankedOf(answer.values, outputs) ?? outputs
  const stranger = shown.find((id) => !outputs.includes(id))
  if (stranger !== undefined)
    return {
      problem: {
        path: 'shown',
        message: `names an output "${stranger.slice(0, 100)}" that the record has not.`,
        remedy: `It has ${outputs.join(', ') || 'none'}.`,
      },
    }
  const read = readValues(dataset, answer, { outputs: shown, texts: record.fields })
  if ('problem' in read) return read
  const isKnown = answer.isUnknown && before && before.status !== 'draft'
  const status = isKnown ? before.status : answer.status
  const adds = answer.adds || isKnown ? before?.values : {}
  const values = isKnown ? { ...adds } : { ...adds, ...read.values }
  const isSame = before?.status === status && isDeepStrictEqual(before.values, values)
  const repeat = answer.repeat ?? 0
  const counted = status === 'submitted' && before?.counted === true
  const at = answer.at ?? parley.now().toISOString()
  const line = AnswerLine.safeParse({
    labeler: answer.labeler,
    platform: 'import',
    repeat,
    status,
    reason: answer.isUnknown && !isKnown ? 'status unknown' : null,
    revision: (before?.revision ?? 0) + (isSame ? 0 : 1),
    counted,
    values,
    // Without a time the order is only how the outputs are listed: it says nothing about position.
    shown: { order: shown, expanded: [], suggestions: false, at: shownAt(answer, at) },
    seconds: answer.seconds ?? null,
    submitted_at: status === 'draft' ? null : at,
    schema_version: dataset.schemaVersion,
    guidelines_version: dataset.guidelinesVersion,
    // The database decides whether it counts: it knows who was excluded and which records are checks.
    flags: [],
  })
  if (line.data) return { answer: line.data }
  const [issue] = line.error.issues
  return {
    problem: {
      path: issue?.path.map(String).join('.') ?? '',
      message: `cannot be kept: ${issue?.message ?? 'it is not an answer'}.`,
      remedy: 'Fix it and import the file again.',
    },
  }
}

/** The latest time the outputs were shown, if their order is known. */
function shownAt(answer: ForeignAnswer, submittedAt: string): string | null {
  if (!answer.shown) return null
  return new Date(Date.parse(submittedAt) - (answer.seconds ?? 0) * 1000).toISOString()
}

/** A labeler who ranked some of the outputs saw those; a ranking of all does not show what was seen. */
function rankedOf(values: ForeignAnswer['values'], outputs: readonly string[]): string[] | null {
  const ranks = Object.values(values).flatMap((value) =>
    isObject(value) && isObject(value['ranks']) ? [Object.keys(value['ranks'])] : [],
  )
  const [only, second] = ranks
  if (!only || second || only.length === 0 || only.length >= outputs.length) return null
  return only.every((id) => outputs.includes(id)) ? outputs.filter((id) => only.includes(id)) : null
}

function readValues(
  dataset: Dataset,
  { values, status }: ForeignAnswer,
  shown: Shown,
): { values: { [question: string]: unknown } } | { problem: LineProblem } {
  const { questions } = dataset.document
  const unknown = Object.keys(values).find((name) => !isValueName(questions, name))
  if (unknown !== undefined)
    return {
      problem: {
        path: unknown,
        message: 'is not a question of this dataset.',
        remedy: `It asks ${questions.map(({ name }) => name).join(', ')}.`,
      },
    }
  const asked = questions.map(({ when: _, ...question }) => ({ ...question, required: false }))
  if (status !== 'submitted') return { values: parseDraft(asked, values, shown) }
  try {
    const kept = parseValues(asked, values, shown)
    if (Object.keys(kept).length > 0) return { values: kept }
    return {
      problem: {
        path: '',
        message: 'answers nothing.',
        remedy: 'Give an answer, or leave the line out.',
      },
    }
  } catch (error) {
    if (!(error instanceof ParleyError)) throw error
    const [path = '', remedy = ''] = Object.entries(error.problems)[0] ?? []
    return { problem: { path, message: 'does not answer the question.', remedy } }
  }
}

async function recordsHere(
  parley: Parley,
  dataset: Dataset,
  rows: readonly Foreign[],
): Promise<Map<string, RecordLine>> {
  const ids = [...new Set(rows.filter(({ record }) => !record).map(({ externalId }) => externalId))]
  if (ids.length === 0) return new Map()
  const found = await parley.db
    .selectFrom('records')
    .select(['externalId', 'fields', 'outputs', 'metadata', 'suggestions'])
    .where('datasetId', '=', dataset.id)
    .where('externalId', '=', sql<string>`any(${ids}::text[])`)
    .execute()
  return new Map(
    found.map(({ externalId, fields, outputs, metadata, suggestions }) => [
      externalId,
      { format: 1, external_id: externalId, fields, outputs, metadata, suggestions, priority: 0 },
    ]),
  )
}

/** The newest answers of each of these people to each of these records. */
async function answersHere(
  parley: Parley,
  dataset: Dataset,
  rows: readonly Foreign[],
): Promise<Map<string, Given>> {
  const ids = [...new Set(rows.map(({ externalId }) => externalId))]
  const names = [...new Set(rows.flatMap(({ answers }) => answers.map(({ labeler }) => labeler)))]
  if (names.length === 0) return new Map()
  const { rows: found } = await sql<
    Given & { externalId: string; pseudonym: string; repeat: number }
  >`
    select r.external_id, n.pseudonym, a.repeat, s.revision, s.status, a.counted, s.values
    from records r
    join assignments a on a.dataset_id = r.dataset_id and a.record_id = r.id
    join responses s on s.dataset_id = a.dataset_id and s.assignment_id = a.id
    join pseudonyms n on n.dataset_id = a.dataset_id and n.labeler_id = a.labeler_id
    where r.dataset_id = ${dataset.id} and r.external_id = any(${ids}::text[])
      and n.pseudonym = any(${names}::text[])
  `.execute(parley.db)
  return new Map(
    found.map(({ externalId, pseudonym, repeat, ...one }) => [
      JSON.stringify([externalId, pseudonym, repeat]),
      one,
    ]),
  )
}
