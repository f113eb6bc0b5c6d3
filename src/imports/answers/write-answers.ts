/**
 * Writes records with their answers, one batch per transaction, and reports the result of each; every
 * import of answers uses it. The database decides which answers count.
 */
import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import { callFunction } from '../../assignments/call.ts'
import type { Dataset } from '../../datasets/document.ts'
import { inTransaction, type Parley } from '../../parley.ts'
import { type Written, writeBatch } from '../../records/upsert.ts'
import { emptyReport, type ImportReport, noteUpdate, refusalOf, refuse, warn } from '../report.ts'
import type { AnsweredRecord, AnswerLine } from './read-line.ts'

export type AnswersReport = ImportReport & {
  answers: {
    created: number
    changed: number
    unchanged: number
    /** Of the created and changed answers, those beyond the places. They are stored and do not count. */
    surplus: number
    /** Counts refused lines as far as they could be read. */
    refused: number
  }
}

export type Numbered = AnsweredRecord & { number: number }

export function emptyAnswersReport(unit: AnswersReport['unit'] = 'line'): AnswersReport {
  const answers = { created: 0, changed: 0, unchanged: 0, surplus: 0, refused: 0 }
  return { ...emptyReport(unit), answers }
}

/** Writes batches one after another; records that come back in a later one are counted once. */
export function openWriter(
  parley: Parley,
  dataset: Dataset,
  {
    report,
    importId,
    records,
  }: { report: AnswersReport; importId: string; records?: RecordCounts | undefined },
) {
  const counts = openCounts(report)
  return {
    write: async (batch: readonly Numbered[]): Promise<void> => {
      if (batch.length === 0) return
      const done = await inTransaction(parley, (inside) =>
        writeAll(inside, dataset, { batch, importId }),
      )
      for (const one of batch) {
        const record = done.records.get(one.record.external_id)
        if (!record) continue
        const { outcome, parts } = record
        if (outcome === 'answered' || outcome === 'leased') {
          refuse(report, one.number, refusalOf(outcome, parts))
          report.answers.refused += one.answers.length
        } else {
          counts.note(record)
          records?.counts.note(record)
        }
      }
      noteRepeats(report, batch)
      for (const [n, outcome] of done.outcomes.entries()) {
        report.answers[outcome === 'updated' ? 'changed' : outcome]++
        if (outcome !== 'unchanged' && done.surplus.has(n)) report.answers.surplus++
      }
    },
  }
}

/** A record that appears twice in a batch with different content: the later one is kept. */
function noteRepeats(report: AnswersReport, batch: readonly Numbered[]): void {
  const earlier = new Map<string, Numbered>()
  for (const one of batch) {
    if (one.told === 'nothing') continue
    const id = one.record.external_id
    const other = earlier.get(id)
    earlier.set(id, one)
    if (!other || isDeepStrictEqual(other.record, one.record)) continue
    report.repeated++
    warn(report, one.number, {
      kind: 'repeated line',
      path: 'external_id',
      message: `has the id "${id}" of ${report.unit} ${other.number} and tells the record otherwise; this ${report.unit} is kept.`,
    })
  }
}

type Touched = Written & { id: string }

/** The records of several files of answers; a record in two files is counted once. */
export type RecordCounts = {
  counts: ReturnType<typeof openCounts>
  report: Pick<ImportReport, RecordCount>
}
type RecordCount = 'created' | 'updated' | 'unchanged' | 'parts'

export function openRecordCounts(): RecordCounts {
  const report = { created: 0, updated: 0, unchanged: 0, parts: {} }
  return { counts: openCounts(report), report }
}

/**
 * Counts every record once, by the largest change, with a bit for each: lines about one record may be
 * anywhere in a file.
 */
function openCounts(report: Pick<ImportReport, RecordCount>) {
  const seen = openMarks()
  const changed = openMarks()
  return {
    note: ({ id, outcome, parts }: Touched): void => {
      const isNew = seen(id)
      if (outcome === 'unchanged') {
        if (isNew) report.unchanged++
        return
      }
      if (!changed(id)) return
      if (outcome === 'created') {
        report.created++
        return
      }
      if (!isNew) report.unchanged--
      noteUpdate(report, parts)
    },
  }
}

const pageBits = 2 ** 16

/** Marks numbers; returns whether one had no mark yet. Ids of one dataset are close together. */
function openMarks(): (id: string) => boolean {
  const pages = new Map<number, Uint8Array>()
  return (id) => {
    const number = Number(id)
    const at = Math.floor(number / pageBits)
    const page = pages.get(at) ?? new Uint8Array(pageBits / 8)
    pages.set(at, page)
    const bit = number % pageBits
    const [index, mask] = [bit >> 3, 1 << (bit & 7)]
    const held = page[index] ?? 0
    page[index] = held | mask
    return (held & mask) === 0
  }
}

type Outcome = 'created' | 'updated' | 'unchanged'
type Done = { records: Map<string, Touched>; outcomes: Outcome[]; surplus: Set<number> }

async function writeAll(
  parley: Parley,
  dataset: Dataset,
  { batch, importId }: { batch: readonly Numbered[]; importId: string },
): Promise<Done> {
  const written = await writeRecords(parley, dataset, { batch, importId })
  const here = await recordIds(parley, dataset, batch)
  const labelers = await labelersOf(parley, dataset, batch)
  const records = new Map(
    [...here].map(([externalId, { id }]): [string, Touched] => [
      externalId,
      { id, ...(written.get(externalId) ?? { outcome: 'unchanged', parts: [] }) },
    ]),
  )
  const isKept = ({ record }: Numbered) =>
    !['answered', 'leased'].includes(records.get(record.external_id)?.outcome ?? 'leased')
  const rows = batch
    .filter(isKept)
    .flatMap(({ record, rejected, completed, elsewhere, answers }) =>
      answers.map((answer) => {
        const { id = '', hasGold = false } = here.get(record.external_id) ?? {}
        return rowOf(hasGold ? withoutGold(answer, answers) : answer, {
          record_id: id,
          labeler_id: labelers.get(answer.labeler) ?? '',
          rejected,
          polled: completed && answer.ballot === true,
          elsewhere,
          import_id: importId,
        })
      }),
    )
    .map((row, n) => ({ n, ...row }))
  const { outcomes } = await callFunction(
    parley,
    sql<{ outcomes: Outcome[] }>`
      select import_answers(${dataset.id}, ${JSON.stringify(rows)}::json, ${parley.now()}) as outcomes`,
  )
  return { records, outcomes, surplus: await surplusOf(parley, dataset, rows) }
}

/** The records of the lines, each from its last line. */
async function writeRecords(
  parley: Parley,
  dataset: Dataset,
  { batch, importId }: { batch: readonly Numbered[]; importId: string },
): Promise<Map<string, Written>> {
  const last = new Map<string, Numbered>()
  for (const one of batch) if (one.told !== 'nothing') last.set(one.record.external_id, one)
  if (last.size === 0) return new Map()
  const rows = [...last.values()].map(({ number, record, told }) => ({
    line: number,
    record,
    isPartial: told === 'content',
  }))
  const written = await writeBatch(parley, dataset, rows, { importId })
  return new Map(
    [...last.keys()].map((id, at) => [id, written[at] ?? { outcome: 'unchanged', parts: [] }]),
  )
}

type Row = { n: number; record_id: string; labeler_id: string; repeat: number; revision: number }

/** The numbers of the answers beyond their records' places. */
async function surplusOf(
  parley: Parley,
  dataset: Dataset,
  rows: readonly Row[],
): Promise<Set<number>> {
  const keys = rows.map(({ n, record_id, labeler_id, repeat, revision }) => ({
    ...{ n, record_id, labeler_id, repeat, revision },
  }))
  const { rows: found } = await sql<{ n: number }>`
    select u.n
    from json_to_recordset(${JSON.stringify(keys)}::json)
      as u(n int, record_id bigint, labeler_id bigint, repeat smallint, revision int)
    join assignments a on a.labeler_id = u.labeler_id and a.record_id = u.record_id
      and a.repeat = u.repeat and a.dataset_id = ${dataset.id}
    join responses s on s.dataset_id = a.dataset_id and s.assignment_id = a.id
      and s.revision = u.revision
    where a.status = 'submitted' and not a.counted and s.flags && array['surplus']
  `.execute(parley.db)
  return new Set(found.map(({ n }) => n))
}

/**
 * If the record is gold, its answers need no flag: the flag is removed with the gold. An answer to a
 * check keeps the flag and so takes no place here either.
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
  of: {
    record_id: string
    labeler_id: string
    rejected: boolean
    polled: boolean
    elsewhere: boolean
    import_id: string
  },
) {
  const { labeler: _, shown, ...same } = answer
  return {
    ...same,
    ...of,
    shown_order: shown.order,
    expanded: shown.expanded,
    suggestions: shown.suggestions,
    suggested: shown.suggested ?? null,
    rendering: shown.rendering ?? null,
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
