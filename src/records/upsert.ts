/**
 * Writes a batch of records and their places in one statement. New records are inserted; existing ones
 * are compared, and updated if nobody has answered them. Idempotent.
 */
import { sql } from 'kysely'
import { outputsNeeded } from '../datasets/check.ts'
import type { Dataset } from '../datasets/document.ts'
import { codeOf, notFound } from '../errors.ts'
import { inTransaction, type Parley } from '../parley.ts'
import { withGenerated } from './generated.ts'
import { holdsOf } from './holds.ts'
import { wordsOf } from './message.ts'
import { hash32, shuffledOutputs } from './order.ts'
import type { Content, RecordLine, RecordOutput, RecordPart } from './record-line.ts'

/** A record with its position in the file; `line` decides the order of `order: fixed`. */
export type Numbered = {
  line: number
  record: RecordLine
  /** The line does not mention priority or known answers: an existing record keeps its own. */
  isPartial?: boolean
  /** Only these outputs are new; `record.outputs` are all of them, and the rest stays unchanged. */
  added?: readonly RecordOutput[]
}

/** The result for a record. One that is `answered` or `leased` was not changed. */
export type Written = {
  outcome: 'created' | 'updated' | 'unchanged' | 'answered' | 'leased'
  /** The parts that were updated, or could not be. */
  parts: readonly RecordPart[]
}

/**
 * Upserts records that differ in external id; new ones carry the id of their import. `block` is the position of new places in the queue: one
 * for a whole draft, so that a file is shuffled as one; a new one for each batch of a live dataset,
 * so that nothing lands behind the labelers. `asOf`: the version of the
 * dataset's row (`xmin`) that the caller knows.
 * @throws ParleyError `not_found` if the dataset was deleted; nothing is written; with `asOf`, for one
 * that was changed since, too.
 */
export async function writeBatch(
  parley: Parley,
  dataset: Dataset,
  batch: readonly Numbered[],
  {
    block = null,
    importId = null,
    asOf = null,
  }: { block?: string | null; importId?: string | null; asOf?: string | null } = {},
): Promise<Written[]> {
  const rows = `[${batch.map((one, at) => rowOf(dataset, one, at)).join(',')}]`
  const insert = (inside: Parley) =>
    insertNew(inside, dataset, rows, { size: batch.length, block, importId, asOf })
  const { taken } = await insert(parley).catch((error: unknown) => {
    // Two imports of the same file deadlocked; Postgres let the other one through.
    if (codeOf(error) !== '40P01' || parley.db.isTransaction) throw error
    return inTransaction(parley, insert)
  })
  const written: Written[] = batch.map(() => ({ outcome: 'created', parts: [] }))
  if (taken.length === 0) return written
  const again = await withGenerated(
    parley,
    dataset,
    taken.flatMap((at) => batch[at] ?? []),
  )
  const held = `[${taken.map((at, nth) => rowOf(dataset, again[nth], at)).join(',')}]`
  for (const at of taken) written[at] = { outcome: 'unchanged', parts: [] }
  for (const { n, outcome, parts } of await changeHeld(parley, dataset, held))
    written[n] = { outcome, parts }
  return written
}

/**
 * Updates existing records like writeBatch; their external ids differ. Runs in the transaction that holds
 * the locks of their places.
 */
export async function rewriteRecords(
  parley: Parley,
  dataset: Dataset,
  batch: readonly Numbered[],
): Promise<Written[]> {
  const written: Written[] = batch.map(() => ({ outcome: 'unchanged', parts: [] }))
  if (batch.length === 0) return written
  const rows = `[${batch.map((one, at) => rowOf(dataset, one, at)).join(',')}]`
  for (const { n, outcome, parts } of await changeLocked(parley, dataset, rows))
    written[n] = { outcome, parts }
  return written
}

/**
 * Inserts the records that are not there yet, and returns their rows by external id; those that are there
 * stay as they are. The records differ in external id.
 */
export async function insertMissing(
  parley: Parley,
  dataset: Dataset,
  batch: readonly Numbered[],
): Promise<Map<string, string>> {
  if (batch.length === 0) return new Map()
  const rows = `[${batch.map((one, at) => rowOf(dataset, one, at)).join(',')}]`
  const how = { size: batch.length, block: null, importId: null, asOf: null, withIds: true }
  const { ids } = await insertNew(parley, dataset, rows, how)
  return new Map(Object.entries(ids ?? {}))
}

/** Upserts records and returns the row of each external id; an answered one keeps its fields and outputs. */
export async function upsertRecords(
  parley: Parley,
  dataset: Dataset,
  records: readonly RecordLine[],
): Promise<Map<string, string>> {
  const last = new Map(records.map((record) => [record.external_id, record]))
  const batch = [...last.values()].map((record, at) => ({ line: at + 1, record }))
  if (batch.length === 0) return new Map()
  await writeBatch(parley, dataset, batch)
  const rows = await parley.db
    .selectFrom('records')
    .select(['id', 'externalId'])
    .where('datasetId', '=', dataset.id)
    .where('externalId', '=', sql<string>`any(${[...last.keys()]}::text[])`)
    .execute()
  return new Map(rows.map((row) => [row.externalId, row.id]))
}

/** The next block of positions: later than every record imported and every place freed so far. */
export async function nextBlock(parley: Parley): Promise<string> {
  const { rows } = await sql<{ block: string }>`
    select nextval('position_blocks') as block`.execute(parley.db)
  return rows[0]?.block ?? '1'
}

/** One JSON document for the whole batch: Postgres unpacks it faster than a thousand parameters. */
function rowOf(dataset: Dataset, one: Numbered | undefined, at: number): string {
  if (!one) return '{}'
  const { record, line, isPartial, added } = one
  const ids = record.outputs.map((output) => output.id)
  return JSON.stringify({
    n: at,
    e: record.external_id,
    // Unchanged parts are not sent: their numbers could lose digits.
    ...(added
      ? { o: added, a: true }
      : { f: record.fields, o: record.outputs, m: record.metadata, s: record.suggestions }),
    g: record.gold,
    ol: JSON.stringify([ids, record.outputs.map((output) => output.model ?? null)]),
    ln: lengthsOf(record),
    ho: holdsOf(record),
    p: isPartial ? null : record.priority,
    h: dataset.document.order === 'fixed' ? line : hash32(record.external_id),
    sh: shuffledOutputs(record.external_id, ids),
  })
}

/** Bytes of text of each output and, last, of all fields. */
function lengthsOf({ fields, outputs }: RecordLine): number[] {
  const all = outputs.map((output) => bytesOf(output.text ?? output.messages ?? ''))
  return [...all, Object.values(fields).reduce((sum, content) => sum + bytesOf(content), 0)]
}

function bytesOf(content: Content): number {
  return typeof content === 'string'
    ? Buffer.byteLength(content)
    : content.reduce((sum, message) => sum + Buffer.byteLength(wordsOf(message)), 0)
}

const columns = sql`n int, e text, f jsonb, o jsonb, m jsonb, s jsonb, g jsonb, ol text, ln int[],
  ho smallint, p smallint, h bigint, sh text[], a boolean`

type Inserting = {
  size: number
  block: string | null
  importId: string | null
  asOf: string | null
  withIds?: boolean
}

/** Inserts missing rows; returns the numbers of the rows that existed and, if asked, the ids of new ones. */
async function insertNew(
  parley: Parley,
  dataset: Dataset,
  rows: string,
  { size, block, importId, asOf, withIds = false }: Inserting,
): Promise<{ taken: number[]; ids: Record<string, string> | null }> {
  const at = parley.now()
  const needed = outputsNeeded(dataset.document)
  // The dataset is locked, so that `wanted` is current; nextval is called once, in its own row.
  const { rows: found } = await sql<{
    created: number
    taken: number[] | null
    known: boolean
    ids: Record<string, string> | null
  }>`/* insert_records */
    with input as materialized (select * from jsonb_to_recordset(${rows}::jsonb) as u(${columns})),
    home as materialized (
      select (document->'distribution'->>'min_submitted')::smallint as wanted
      from datasets where id = ${dataset.id}
        and xmin::text = coalesce(${asOf}::text, xmin::text) for share),
    block as materialized (
      select coalesce(${block}::bigint, nextval('position_blocks')) as number from home),
    new as (
      insert into records (dataset_id, external_id, fields, outputs, metadata, suggestions, shuffled,
        created_at, updated_at)
      select ${dataset.id}::bigint, e, f, o, m, s, coalesce(sh, '{}'), ${at}::timestamptz, ${at}::timestamptz
      from input, home
      on conflict (dataset_id, external_id) do nothing
      returning id, external_id),
    placed as (
      insert into places (dataset_id, record_id, priority, position, wanted, needs_outputs)
      select ${dataset.id}::bigint, new.id, coalesce(i.p, 0), (block.number << 32) | i.h, home.wanted,
        jsonb_array_length(i.o) < ${needed}
      from new join input i on i.e = new.external_id, home, block
      returning needs_outputs),
    outlined as (
      insert into outlines (dataset_id, record_id, outline, lengths, holds, gold, import_id)
      select ${dataset.id}::bigint, new.id, i.ol, i.ln, i.ho, i.g, ${importId}::bigint
      from new join input i on i.e = new.external_id),
    counted as (
      insert into tallies (dataset_id, labeler_id, records, needs_outputs)
      select ${dataset.id}::bigint, 0, count(*), count(*) filter (where needs_outputs) from placed
      on conflict (dataset_id, labeler_id) do update set
        records = tallies.records + excluded.records,
        needs_outputs = tallies.needs_outputs + excluded.needs_outputs)
    select (select count(*) from new)::int as created, exists(select from home) as known,
      case when (select count(*) from new) < ${size}
        then (select array_agg(n) from input where e not in (select external_id from new)) end as taken,
      case when ${withIds}::boolean then
        (select json_object_agg(external_id, id::text) from new) end as ids
  `.execute(parley.db)
  const result = found[0]
  if (!result?.known) throw notFound('dataset', dataset.name)
  return { taken: result.taken ?? [], ids: result.ids }
}

type Changed = Written & { n: number }

/** Compares without a lock first: importing a file again changes nothing and waits for no lock. */
async function changeHeld(parley: Parley, dataset: Dataset, rows: string): Promise<Changed[]> {
  const differing = await differences(parley, dataset, rows)
  if (differing.length === 0) return []
  return inTransaction(parley, async (inside) => {
    const ids = differing.map(({ id }) => id)
    await sql`
      select from places where dataset_id = ${dataset.id} and record_id = any(${ids}::bigint[])
      order by record_id for update`.execute(inside.db)
    // A new statement sees answers stored while this one waited for the locks.
    return changeLocked(inside, dataset, rows)
  })
}

async function changeLocked(parley: Parley, dataset: Dataset, rows: string): Promise<Changed[]> {
  const judged = (await differences(parley, dataset, rows)).map(
    ({ n, parts, answered, leased }): Changed => {
      const isContent = parts.some((part) => part === 'fields' || part === 'outputs')
      if (isContent && answered) return { n, parts, outcome: 'answered' }
      if (isContent && leased) return { n, parts, outcome: 'leased' }
      return { n, parts, outcome: 'updated' }
    },
  )
  const free = judged.filter(({ outcome }) => outcome === 'updated').map(({ n }) => n)
  if (free.length > 0) await update(parley, dataset, rows, free)
  return judged
}

type Difference = {
  n: number
  id: string
  parts: RecordPart[]
  answered: boolean
  leased: boolean
}

async function differences(parley: Parley, dataset: Dataset, rows: string): Promise<Difference[]> {
  const { rows: found } = await sql<Difference>`
    with input as materialized (select * from jsonb_to_recordset(${rows}::jsonb) as u(${columns}))
    select i.n, r.id, array_remove(array[
        case when r.fields <> i.f then 'fields' end, case when i.a or r.outputs <> i.o then 'outputs' end,
        case when r.metadata <> i.m then 'metadata' end,
        case when r.suggestions <> i.s then 'suggestions' end,
        case when ${otherGold} then 'gold' end,
        case when p.priority <> i.p then 'priority' end], null) as parts,
      exists (select from assignments a where a.dataset_id = r.dataset_id and a.record_id = r.id
        and a.status = 'submitted') as answered,
      exists (select from assignments a where a.dataset_id = r.dataset_id and a.record_id = r.id
        and a.status = 'leased' and a.lease_until > ${parley.now()}) as leased
    from input i
    join records r on r.dataset_id = ${dataset.id} and r.external_id = i.e
    join places p on p.dataset_id = r.dataset_id and p.record_id = r.id
    left join outlines k on k.dataset_id = r.dataset_id and k.record_id = r.id
    where i.a or r.fields <> i.f or r.outputs <> i.o or r.metadata <> i.m or r.suggestions <> i.s
      or ${otherGold} or p.priority <> i.p
  `.execute(parley.db)
  return found
}

const otherGold = sql`(k.gold is distinct from i.g and (i.p is not null or i.g is not null))`

async function update(parley: Parley, dataset: Dataset, rows: string, numbers: readonly number[]) {
  const needed = outputsNeeded(dataset.document)
  await sql`
    with input as materialized (
      select * from jsonb_to_recordset(${rows}::jsonb) as u(${columns})
      where n = any(${numbers}::int[])),
    block as materialized (select nextval('position_blocks') as number),
    changed as (
      update records r set fields = coalesce(i.f, r.fields),
        outputs = case when i.a then r.outputs || i.o else i.o end,
        metadata = coalesce(i.m, r.metadata), suggestions = coalesce(i.s, r.suggestions),
        shuffled = coalesce(i.sh, '{}'), updated_at = ${parley.now()}
      from input i where r.dataset_id = ${dataset.id} and r.external_id = i.e
      returning r.id, i.p, i.h, i.sh, i.ol, i.ln, i.ho, i.g, i.a,
        jsonb_array_length(r.outputs) < ${needed} as needs),
    -- A lease that ran out is taken up again in the order stored with it: of these outputs, then.
    reordered as (
      update assignments a set shown_order = coalesce(changed.sh, '{}') from changed
      where a.dataset_id = ${dataset.id} and a.record_id = changed.id and a.status = 'expired'
        and not (a.shown_order <@ changed.sh and a.shown_order @> changed.sh)),
    outlined as (
      insert into outlines (dataset_id, record_id, outline, lengths, holds, gold)
      select ${dataset.id}::bigint, id, ol, ln,
        -- Outputs that are added say nothing of what else the record holds.
        case when a then nullif(coalesce(ho, 0) | coalesce((select holds from outlines k
          where k.dataset_id = ${dataset.id} and k.record_id = id), 0), 0) else ho end,
        case when p is not null then g else coalesce(g,
          (select gold from outlines k where k.dataset_id = ${dataset.id} and k.record_id = id)) end
      from changed
      on conflict (dataset_id, record_id) do update set
        outline = excluded.outline, lengths = excluded.lengths, holds = excluded.holds,
        gold = excluded.gold),
    -- A search reads it again.
    noted as (
      update record_search q set mark = '' from changed
      where q.dataset_id = ${dataset.id} and q.record_id = changed.id),
    -- The claim walks forward: what opens or moves to another priority stands at the end again.
    moved as (
      update places p set priority = coalesce(changed.p, p.priority), needs_outputs = changed.needs,
        position = case when p.priority <> coalesce(changed.p, p.priority)
            or p.needs_outputs <> changed.needs
          then (block.number << 32) | changed.h else p.position end
      from changed join places old on old.dataset_id = ${dataset.id} and old.record_id = changed.id,
        block
      where p.dataset_id = ${dataset.id} and p.record_id = changed.id
      returning (changed.needs::int - old.needs_outputs::int) as more)
    update tallies set needs_outputs = needs_outputs + (select coalesce(sum(more), 0) from moved)
    where dataset_id = ${dataset.id} and labeler_id = 0
  `.execute(parley.db)
}
