/**
 * Brings a fed dataset up to date: inserts new records, updates changed ones that nobody has answered, and
 * removes those whose source is no longer accepted. A record that people have answered stays as they saw
 * it, flagged, and is dealt to nobody else once its source is withdrawn.
 */
import { sql } from 'kysely'
import { outputsNeeded } from '../datasets/check.ts'
import type { Dataset } from '../datasets/document.ts'
import { askModels } from '../generation/start.ts'
import { isObject } from '../json.ts'
import type { Parley } from '../parley.ts'
import type { RecordLine, RecordOutput } from '../records/record-line.ts'
import { insertMissing, writeBatch } from '../records/upsert.ts'
import { type FedItem, writtenOutput } from './accepted.ts'

/** A source record with the records it should have in the other dataset; `later`: those are left alone for now. */
export type Pair = { recordId: string; items: readonly FedItem[] | 'later' }

type Fed = { recordId: string; assignmentId: string; targetRecord: string }
type FedState = 'current' | 'changed' | 'withdrawn'
type Wanted = FedItem & { recordId: string }
type Stored = Pick<RecordLine, 'fields' | 'outputs' | 'metadata' | 'suggestions'> & {
  id: string
  externalId: string
}

/** Within the caller's transaction. Returns the source records that wait for a labeler's open task. */
export async function reconcile(
  inside: Parley,
  source: Dataset,
  target: Dataset,
  pairs: readonly Pair[],
): Promise<ReadonlySet<string>> {
  const looked = pairs.filter(({ items }) => items !== 'later')
  const known = await knownOf(inside, source, target, looked)
  const wanted = looked.flatMap(({ recordId, items }) =>
    items === 'later' ? [] : items.map((item): Wanted => ({ ...item, recordId })),
  )
  const held = new Set<string>()
  const before = new Set(known.map(({ recordId }) => recordId))
  const made = await insert(
    ...([inside, source, target] as const),
    wanted.filter(({ recordId }) => !before.has(recordId)),
  )
  const rest = wanted.filter((item) => !made.has(item))
  if (rest.length > 0) await write(inside, source, target, rest, held)
  const kept = new Set(wanted.map(keyOf))
  for (const fed of known)
    if (!kept.has(keyOf(fed))) await withdraw(inside, source, target, fed, held)
  return held
}

async function knownOf(
  inside: Parley,
  source: Dataset,
  target: Dataset,
  pairs: readonly Pair[],
): Promise<Fed[]> {
  return inside.db
    .selectFrom('fed')
    .select(['recordId', 'assignmentId', 'targetRecord'])
    .where('datasetId', '=', source.id)
    .where('targetId', '=', target.id)
    .where('recordId', '=', sql<string>`any(${pairs.map(({ recordId }) => recordId)}::bigint[])`)
    .orderBy('recordId')
    .orderBy('assignmentId')
    .execute()
}

function keyOf({ recordId, assignmentId }: Pick<Fed, 'recordId' | 'assignmentId'>): string {
  return `${recordId}-${assignmentId}`
}

/**
 * Most sources are fed for the first time, and all there is to do for them is to insert. Returns those whose
 * records were new; what has the id of another record is left, to be merged with it.
 */
async function insert(
  inside: Parley,
  source: Dataset,
  target: Dataset,
  fresh: readonly Wanted[],
): Promise<ReadonlySet<Wanted>> {
  const lines = fresh.map(({ line }) => merged(line, undefined))
  await askForOutputs(inside, target, lines)
  const ids = await insertMissing(inside, target, numbered(lines))
  const rows = fresh.flatMap((item) => {
    const id = ids.get(item.line.external_id)
    return id === undefined ? [] : [{ item, id, state: 'current' as const }]
  })
  if (rows.length > 0) await noteFed(inside, source, target, rows)
  return new Set(rows.map(({ item }) => item))
}

/** Models write what is missing, where the dataset has some. */
async function askForOutputs(
  inside: Parley,
  target: Dataset,
  lines: readonly RecordLine[],
): Promise<void> {
  const needed = outputsNeeded(target.document)
  if (lines.some(({ outputs }) => outputs.length < needed)) await askModels(inside, target)
}

async function write(
  inside: Parley,
  source: Dataset,
  target: Dataset,
  wanted: readonly Wanted[],
  held: Set<string>,
): Promise<void> {
  const stored = await storedOf(inside, target, wanted)
  const lines = wanted.map(({ line }) => merged(line, stored.get(line.external_id)))
  await askForOutputs(inside, target, lines)
  const written = await writeBatch(inside, target, numbered(lines))
  // Records whose source is accepted again.
  for (const { id, metadata } of stored.values())
    if (isObject(metadata['fed']) && metadata['fed']['state'] === 'withdrawn')
      await sql`select requeue_place(${target.id}, ${id})`.execute(inside.db)
  const isHeld = (at: number) => written[at]?.outcome === 'leased'
  const isLate = (at: number) => written[at]?.outcome === 'answered'
  for (const [at, { recordId }] of wanted.entries()) if (isHeld(at)) held.add(recordId)
  // Their texts stay as people saw them; their metadata says that the source has changed.
  const late = wanted.flatMap(({ line }, at) => {
    const now = stored.get(line.external_id)
    return now && isLate(at) ? [flagged(now, 'changed')] : []
  })
  if (late.length > 0) await writeBatch(inside, target, numbered(late))
  const ids = await idsOf(
    ...([inside, target] as const),
    wanted.map(({ line }) => line.external_id),
  )
  const rows = wanted.flatMap((item, at) => {
    const id = ids.get(item.line.external_id)
    if (id === undefined || isHeld(at)) return []
    return [{ item, id, state: isLate(at) ? ('changed' as const) : ('current' as const) }]
  })
  await noteFed(inside, source, target, rows)
}

function numbered(records: readonly RecordLine[]) {
  return records.map((record, at) => ({ line: at + 1, record, isPartial: true }))
}

async function storedOf(
  inside: Parley,
  target: Dataset,
  wanted: readonly Wanted[],
): Promise<Map<string, Stored>> {
  const ids = wanted.map(({ line }) => line.external_id)
  const { rows } = await sql<Stored>`
    select r.* from record_ids(${target.id}, ${ids}::text[]) k cross join lateral (
      select id, external_id, fields, outputs, metadata, suggestions from records
      where dataset_id = ${target.id} and id = k.id offset 0) r`.execute(inside.db)
  return new Map(rows.map((row) => [row.externalId, row]))
}

/** The fed values merged over the record's own: what imports and models added to it stays. */
function merged(line: FedItem['line'], now: Stored | undefined): RecordLine {
  const others = (now?.outputs ?? []).filter(
    ({ id }) => !id.startsWith(writtenOutput) && !line.outputs.some((own) => own.id === id),
  )
  return {
    format: 1,
    external_id: line.external_id,
    fields: { ...now?.fields, ...line.fields },
    outputs: inOrder([...others, ...line.outputs], now?.outputs ?? []),
    metadata: { ...now?.metadata, ...line.metadata },
    suggestions: now?.suggestions ?? {},
    priority: 0,
  }
}

/** Existing outputs keep their positions. */
function inOrder(outputs: readonly RecordOutput[], before: readonly RecordOutput[]) {
  const placeOf = ({ id }: RecordOutput) => {
    const at = before.findIndex((one) => one.id === id)
    return at < 0 ? before.length : at
  }
  return outputs.toSorted((a, b) => placeOf(a) - placeOf(b))
}

function flagged(now: Stored, state: FedState): RecordLine {
  const { id: _, externalId, ...rest } = now
  const { fed } = now.metadata
  const metadata = { ...now.metadata, fed: { ...(isObject(fed) ? fed : {}), state } }
  return { format: 1, external_id: externalId, ...rest, metadata, priority: 0 }
}

/** Records the result for each source, and excludes authors from their own text before anybody can see the record. */
async function noteFed(
  inside: Parley,
  source: Dataset,
  target: Dataset,
  rows: readonly { item: Wanted; id: string; state: FedState }[],
): Promise<void> {
  const sources = rows.map(({ item }) => item.recordId)
  const answers = rows.map(({ item }) => item.assignmentId)
  const ids = rows.map(({ id }) => id)
  const states = rows.map(({ state }) => state)
  const authors = rows.flatMap(({ item, id }) => item.authors.map((author) => ({ id, author })))
  await sql`
    with kept_off as (
      insert into assignments (dataset_id, record_id, labeler_id, status, created_at)
      select ${target.id}::bigint, id, author, 'excluded', ${inside.now()}::timestamptz
      from unnest(${authors.map(({ id }) => id)}::bigint[],
        ${authors.map(({ author }) => author)}::bigint[]) as u(id, author)
      on conflict do nothing)
    insert into fed (dataset_id, record_id, assignment_id, target_id, target_record, state, at)
    select ${source.id}::bigint, r, a, ${target.id}::bigint, id, s, ${inside.now()}::timestamptz
    from unnest(${sources}::bigint[], ${answers}::bigint[], ${ids}::bigint[], ${states}::text[])
      as u(r, a, id, s)
    on conflict (dataset_id, record_id, assignment_id, target_id) do update set
      target_record = excluded.target_record, state = excluded.state, at = excluded.at
    where (fed.target_record, fed.state) is distinct from (excluded.target_record, excluded.state)
  `.execute(inside.db)
}

/** The row of each external id. */
async function idsOf(
  inside: Parley,
  target: Dataset,
  external: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await sql<{ externalId: string; id: string }>`
    select external_id, id from record_ids(${target.id}, ${external}::text[])`.execute(inside.db)
  return new Map(rows.map(({ externalId, id }) => [externalId, id]))
}

/** The source was undone, purged or forgotten, or no longer matches. */
async function withdraw(
  inside: Parley,
  source: Dataset,
  target: Dataset,
  { recordId, assignmentId, targetRecord }: Fed,
  held: Set<string>,
): Promise<void> {
  const key = sql`dataset_id = ${source.id} and record_id = ${recordId}
    and assignment_id = ${assignmentId} and target_id = ${target.id}`
  // The same person may have answered the same record again: then that answer is its source.
  const { rows } = await sql<{ outcome: 'gone' | 'held' | 'answered' }>`
    select case when exists (
        select from fed where target_record = ${targetRecord} and target_id = ${target.id}
          and not (${key}) and state <> 'withdrawn') then 'gone'
      else withdraw_record(${target.id}, ${targetRecord}, ${inside.now()}) end as outcome`.execute(
    inside.db,
  )
  const outcome = rows[0]?.outcome ?? 'gone'
  if (outcome === 'held') {
    held.add(recordId)
    return
  }
  if (outcome === 'gone') {
    await sql`delete from fed where ${key}`.execute(inside.db)
    return
  }
  await sql`select reject_withdrawn(${target.id}, ${targetRecord})`.execute(inside.db)
  await sql`update fed set state = 'withdrawn', at = ${inside.now()} where ${key}`.execute(
    inside.db,
  )
  await sql`
    update records set updated_at = ${inside.now()},
      metadata = jsonb_set(metadata, '{fed,state}', '"withdrawn"')
    where dataset_id = ${target.id} and id = ${targetRecord} and metadata ? 'fed'`.execute(
    inside.db,
  )
  // Records fed from it are checked again.
  await sql`select note_feeds(${target.id}, array[${targetRecord}::bigint])`.execute(inside.db)
}
