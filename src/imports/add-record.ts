/** Adds one record, read and checked as a line of an import is. It is no import of its own: nothing to list or undo. */
import { sql } from 'kysely'
import { getDataset } from '../datasets/dataset.ts'
import type { Dataset } from '../datasets/document.ts'
import { conflict, ifThere, invalid, type ParleyError } from '../errors.ts'
import { type Actor, type Parley, requireAdmin } from '../parley.ts'
import type { RecordLine, RecordPart } from '../records/record-line.ts'
import { type Written, writeBatch } from '../records/upsert.ts'
import { together } from '../together.ts'
import { closed, lineReader } from './import-records.ts'
import { emptyReport, type ImportReport, refusalOf } from './report.ts'

export type AddedRecord = {
  external_id: string
  outcome: 'created' | 'updated' | 'unchanged'
  /** What was another in a record that was updated. */
  parts: readonly RecordPart[]
  /** Likely mistakes in it, as sentences. */
  warnings: string[]
}

export type Intake = (
  actor: Actor,
  input: { dataset: string; text: string },
) => Promise<AddedRecord[]>

/** A dataset, and the version of its row: a statement that writes checks that this is still so. */
type Known = { dataset: Dataset; asOf: string }
type Checked = Known & { records: readonly RecordLine[] }
/** `stale`: the dataset has changed since it was read, and nothing was written. */
type Outcome = Written[] | 'stale'

/**
 * Opens a place where single records come in. Those that arrive while others are being written are written
 * together: one at a time they would wait for each other's commit, at the sums of the dataset. Datasets are
 * remembered; the statement that writes a record checks that what it was checked by is still so.
 *
 * `text` is JSON: a record in any shape that an import reads. An external id that is there already is
 * updated, unless people have answered it. Returns each record the text holds; most hold one.
 * @throws `invalid` by what is wrong where; `conflict` for a closed dataset and an answered record.
 */
export function openIntake(parley: Parley): Intake {
  const find = openFind(parley)
  const writers = new Map<string, (checked: Checked) => Promise<Outcome>>()
  const writerOf = ({ id }: Dataset) => {
    const known = writers.get(id)
    if (known) return known
    // Datasets come and go; one whose writer is forgotten gets another.
    if (writers.size >= mostKnown) writers.clear()
    const write = (all: readonly Checked[]) => writeAll(parley, all)
    // One at a time: a second would only wait for the first's commit, at the sums of the dataset.
    const made = together(write, { alone: true, gather: true })
    writers.set(id, made)
    return made
  }
  return async (actor, { dataset: name, text }) => {
    requireAdmin(actor)
    for (let attempt = 1; ; attempt++) {
      const known = await find(actor, name, { again: attempt > 1 })
      const { records, report, refused } = check(known.dataset, text)
      // Perhaps only by what is remembered of it.
      if (refused && known.isRemembered) continue
      if (refused) throw refused
      const written = await writerOf(known.dataset)({ ...known, records })
      if (written !== 'stale') return outcomesOf(records, written, report)
      if (attempt === 5)
        throw conflict(`"${name}" is being changed. Send the record again in a moment.`)
    }
  }
}

/** The records of a text; `refused` is why this dataset does not take them. */
function check(
  dataset: Dataset,
  text: string,
): { records: RecordLine[]; report: ImportReport; refused?: ParleyError } {
  const report = emptyReport('line')
  if (dataset.status === 'closed') return { records: [], report, refused: closed(dataset) }
  const read = lineReader(dataset, {}, report)({ number: 1, text })
  const [problem] = report.refused.lines
  if (read === null || problem) return { records: [], report, refused: refusal(problem) }
  const records = [...new Map(read.map((record) => [record.external_id, record])).values()]
  return { records, report }
}

function outcomesOf(
  records: readonly RecordLine[],
  written: readonly Written[],
  report: ImportReport,
): AddedRecord[] {
  const warnings = report.warnings.lines.map(({ path, message }) => `${path} ${message}`.trim())
  return records.map(({ external_id }, at) => {
    const { outcome = 'unchanged', parts = [] } = written[at] ?? {}
    if (outcome === 'answered' || outcome === 'leased') {
      const { message, remedy } = refusalOf(outcome, parts)
      throw conflict(`The record "${external_id}" ${message} ${remedy}`)
    }
    return { external_id, outcome, parts, warnings }
  })
}

const mostKnown = 1_000

type Find = (
  actor: Actor,
  name: string,
  how: { again: boolean },
) => Promise<Known & { isRemembered: boolean }>

/** The dataset of a name, from memory where the actor is known to see it. */
function openFind(parley: Parley): Find {
  const known = new Map<string, Known>()
  return async (actor, name, { again }) => {
    const key = JSON.stringify([actor.type === 'admin' ? (actor.of ?? actor.only) : null, name])
    const found = again ? undefined : known.get(key)
    if (found) return { ...found, isRemembered: true }
    // Read first: what changes after that is noticed when something is written.
    const row = await parley.db
      .selectFrom('datasets')
      .select(sql<string>`xmin::text`.as('version'))
      .where('name', '=', name)
      .executeTakeFirst()
    const dataset = await getDataset(parley, name, actor)
    const read = { dataset, asOf: row?.version ?? '' }
    if (known.size >= mostKnown) known.clear()
    known.set(key, read)
    return { ...read, isRemembered: false }
  }
}

/** An id that comes twice is written in the order in which it came: a batch knows each id once. */
async function writeAll(parley: Parley, all: readonly Checked[]): Promise<Outcome[]> {
  const results = all.map((): Outcome => 'stale')
  // The last to come was read last.
  const asOf = all.at(-1)?.asOf ?? ''
  let left = all.flatMap((one, request) => (one.asOf === asOf ? [{ ...one, request }] : []))
  while (left.length > 0) {
    const { now, later } = withoutRepeats(left)
    const batch = now.flatMap(({ records }) => records.map((record) => ({ line: 1, record })))
    const [first] = now
    if (!first) return results
    const written = await ifThere(writeBatch(parley, first.dataset, batch, { asOf }))
    if (written === null) return results
    let at = 0
    for (const { records, request } of now) {
      results[request] = written.slice(at, at + records.length)
      at += records.length
    }
    left = later
  }
  return results
}

/** Those before the first that is about a record of one before it, and the rest. */
function withoutRepeats<One extends Checked>(all: readonly One[]): { now: One[]; later: One[] } {
  const ids = new Set<string>()
  const now: One[] = []
  const later: One[] = []
  for (const one of all) {
    const isFree = one.records.every(({ external_id }) => !ids.has(external_id))
    for (const { external_id } of one.records) ids.add(external_id)
    if (isFree) now.push(one)
    else later.push(one)
  }
  return { now, later }
}

function refusal(problem: { path: string; message: string; remedy: string } | undefined) {
  const { path = '', message = 'cannot be read.', remedy = '' } = problem ?? {}
  return invalid({ [path || 'record']: `${message} ${remedy}`.trim() })
}
