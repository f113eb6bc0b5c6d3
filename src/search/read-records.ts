/**
 * Reads records for searches, after imports and answers and apart from them: new ones in the order of their
 * ids, those with news, and slowly all others in turn. A job runs it each minute (`searchJob`).
 */
import { sql } from 'kysely'
import { inTransaction, type Parley } from '../parley.ts'
import { whyLeftOut } from '../quality/dataset/stats-queries.ts'
import type { Question } from '../questions/question.ts'
import { entryOf, type SearchedRecord } from './entry.ts'

/** Records of one transaction. */
const batchSize = 250
/** Batches of one run; the job is rung again for the rest. */
const mostBatches = 60
/** Answers of one person that one run looks at; the slow walk finds the others. */
const mostAnswers = 500
/** Undo takes an answer back within ten minutes and leaves no trace: so long they are looked at again. */
const lookBackMs = 12 * 60_000

/**
 * One run: what has news first, then records that were never read, then a batch of the slow walk. Returns
 * whether more waits.
 */
export async function readRecords(parley: Parley): Promise<{ read: number; isMore: boolean }> {
  let left = mostBatches
  let read = 0
  const take = async (datasetId: string, ids: readonly string[]) => {
    read += await readBatch(parley, datasetId, ids)
    left--
  }
  const now = parley.now()
  for (const [datasetId, ids] of await withNews(parley))
    for (let at = 0; at < ids.length && left > 0; at += batchSize)
      await take(datasetId, ids.slice(at, at + batchSize))
  const isCaughtUp = left > 0
  if (isCaughtUp) await noteLooked(parley, now)
  for (const { id } of await datasetsToWalk(parley))
    while (left > 0) {
      const walked = await walk(parley, id)
      read += walked.read
      left--
      if (walked.isEnd) break
    }
  if (left > 0) read += await checkSome(parley)
  if (read > 0) await tidyIndex(parley)
  return { read, isMore: left <= 0 }
}

/** Runs once, and rings again where more waits. */
export async function searchJob(parley: Parley): Promise<void> {
  const { isMore } = await readRecords(parley)
  if (isMore && !parley.stopping?.aborted) await parley.queue.ring('read-records', {})
}

/**
 * By dataset: records answered of late, records whose answers were wiped, and all of a dataset from where an
 * import may have changed it.
 */
async function withNews(parley: Parley): Promise<Map<string, string[]>> {
  const { rows: known } = await sql<{ until: Date | null }>`
    select looked_until as until from search_progress where dataset_id = 0`.execute(parley.db)
  const until = known[0]?.until ?? null
  if (until === null) return new Map()
  const since = new Date(until.getTime() - lookBackMs)
  // What a long transaction wrote may lie behind what was read before it ended.
  await sql`
    update search_progress p set walked = least(p.walked, i.after)
    from (
      select dataset_id, min(case when report -> 'answers' is null then after_record else 0 end) as after
      from imports where coalesce(undone_at, finished_at) > ${since}
      group by dataset_id
    ) i where p.dataset_id = i.dataset_id and p.walked > i.after`.execute(parley.db)
  const { rows } = await sql<{ datasetId: string; recordId: string }>`
    select dataset_id, record_id from answered_since(${since}, ${mostAnswers})
    union select dataset_id, record_id from record_search where answered_at > ${since}
    union (select dataset_id, record_id from record_search where mark = '' limit 5000)
    order by 1, 2`.execute(parley.db)
  const found = new Map<string, string[]>()
  for (const { datasetId, recordId } of rows) {
    const ids = found.get(datasetId)
    if (ids) ids.push(recordId)
    else found.set(datasetId, [recordId])
  }
  return found
}

async function noteLooked(parley: Parley, now: Date): Promise<void> {
  await sql`
    insert into search_progress (dataset_id, looked_until) values (0, ${now})
    on conflict (dataset_id) do update set looked_until = excluded.looked_until`.execute(parley.db)
}

async function datasetsToWalk(parley: Parley): Promise<{ id: string }[]> {
  const { rows } = await sql<{ id: string }>`
    select d.id from datasets d left join search_progress p on p.dataset_id = d.id
    where exists (
      select from records r where r.dataset_id = d.id and r.id > coalesce(p.walked, 0))
    order by p.walked is not null, d.id`.execute(parley.db)
  return rows
}

/** The next batch of records that were never read; one worker at a time on a dataset. */
async function walk(parley: Parley, datasetId: string): Promise<{ read: number; isEnd: boolean }> {
  return inTransaction(parley, async (inside) => {
    const { rows: mine } = await sql<{ walked: string }>`
      with made as (
        insert into search_progress (dataset_id) select id from datasets where id = ${datasetId}
        on conflict do nothing)
      select walked from search_progress where dataset_id = ${datasetId} for update skip locked
    `.execute(inside.db)
    const from = mine[0]?.walked
    // Just made, or another worker has it.
    if (from === undefined) return { read: 0, isEnd: !(await isThere(inside, datasetId)) }
    const { rows } = await sql<{ id: string }>`
      select id from records where dataset_id = ${datasetId} and id > ${from}
      order by id limit ${batchSize}`.execute(inside.db)
    const last = rows.at(-1)?.id
    if (last === undefined) return { read: 0, isEnd: true }
    const read = await readBatch(
      inside,
      datasetId,
      rows.map(({ id }) => id),
    )
    await sql`
      update search_progress set walked = ${last} where dataset_id = ${datasetId}`.execute(
      inside.db,
    )
    return { read, isEnd: rows.length < batchSize }
  })
}

async function isThere({ db }: Parley, datasetId: string): Promise<boolean> {
  const { rows } = await sql`
    select from search_progress where dataset_id = ${datasetId} and walked = 0`.execute(db)
  return rows.length > 0
}

/** A batch of the dataset that was looked through longest ago: four batches, and from the start again. */
async function checkSome(parley: Parley): Promise<number> {
  const { rows } = await sql<{ datasetId: string; checked: string }>`
    select dataset_id, checked from search_progress where dataset_id > 0
    order by checked_at nulls first, dataset_id limit 1`.execute(parley.db)
  const [next] = rows
  if (!next) return 0
  const { rows: ids } = await sql<{ id: string }>`
    select id from records where dataset_id = ${next.datasetId} and id > ${next.checked}
    order by id limit ${4 * batchSize}`.execute(parley.db)
  let read = 0
  for (let at = 0; at < ids.length; at += batchSize) {
    const some = ids.slice(at, at + batchSize).map(({ id }) => id)
    read += await readBatch(parley, next.datasetId, some)
  }
  const end = ids.length < 4 * batchSize ? '0' : (ids.at(-1)?.id ?? '0')
  await sql`
    update search_progress set checked = ${end}, checked_at = ${parley.now()}
    where dataset_id = ${next.datasetId}`.execute(parley.db)
  return read
}

type Source = { id: string; mark: string } & Omit<SearchedRecord, 'hasGold'> & { gold: unknown }

/**
 * Reads those of these records that differ from what a search has of them; returns how many. Their rows are
 * locked first, so that what is deleted meanwhile is wiped after this.
 */
export async function readBatch(
  parley: Parley,
  datasetId: string,
  ids: readonly string[],
): Promise<number> {
  return inTransaction(parley, async (inside) => {
    await sql`
      select from record_search where dataset_id = ${datasetId} and record_id = any(${ids}::bigint[])
      order by record_id for update`.execute(inside.db)
    const { rows: unread } = await sql<{ id: string; mark: string }>`
      select id, mark from unread_records(${datasetId}, ${ids}::bigint[])`.execute(inside.db)
    if (unread.length === 0) return 0
    const questions = await questionsOf(inside, datasetId)
    // Records may be a hundred thousand characters each.
    for (let at = 0; at < unread.length; at += 50)
      await write(inside, datasetId, questions, unread.slice(at, at + 50))
    return unread.length
  })
}

async function questionsOf({ db }: Parley, datasetId: string): Promise<readonly Question[]> {
  const row = await db
    .selectFrom('datasets')
    .select('document')
    .where('id', '=', datasetId)
    .executeTakeFirst()
  return row?.document.questions ?? []
}

async function write(
  parley: Parley,
  datasetId: string,
  questions: readonly Question[],
  unread: readonly { id: string; mark: string }[],
): Promise<void> {
  const marks = new Map(unread.map(({ id, mark }) => [id, mark]))
  const sources = await sourcesOf(parley, datasetId, [...marks.keys()])
  const rows = sources.map(({ gold, ...source }) => {
    const entry = entryOf(datasetId, questions, { ...source, hasGold: gold !== null })
    return { id: source.id, mark: marks.get(source.id), ...entry }
  })
  await sql`
    insert into record_search (dataset_id, record_id, words, said, agreement, answered_at, mark)
    select ${datasetId}::bigint, id,
      to_tsvector('pg_catalog.simple', text) || array_to_tsvector(keys),
      left(text, ${longestPart}), agreement, "answeredAt", mark
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as u(id bigint, text text, keys text[],
      agreement real, "answeredAt" timestamptz, mark text)
    on conflict (dataset_id, record_id) do update set
      words = excluded.words, said = excluded.said, agreement = excluded.agreement,
      answered_at = excluded.answered_at, mark = excluded.mark`.execute(parley.db)
}

/** Characters in which parts of words are looked for. */
const longestPart = 20_000

async function sourcesOf(
  parley: Parley,
  datasetId: string,
  ids: readonly string[],
): Promise<Source[]> {
  const { rows } = await sql<Source>`
    select r.id, r.external_id, record_status(p) as status, r.fields, r.outputs, r.metadata, k.gold,
      '' as mark, s.answers
    from unnest(${ids}::bigint[]) u(id)
    join records r on r.dataset_id = ${datasetId} and r.id = u.id
    join places p on p.dataset_id = ${datasetId} and p.record_id = u.id
    left join outlines k on k.dataset_id = ${datasetId} and k.record_id = u.id
    cross join lateral (
      select coalesce(json_agg(json_build_object('labelerId', s.labeler_id::text,
        'status', s.status, 'reason', s.reason, 'values', s."values", 'flags', s.flags,
        'compares', ${whyLeftOut(sql`(not a.counted or a.repeat > 0)`, sql`a.repeat > 0`)} is null,
        'at', to_char(s.submitted_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
        order by s.submitted_at), '[]') as answers
      from responses s
      join assignments a on a.dataset_id = s.dataset_id and a.id = s.assignment_id
      where s.record_id = u.id and s.dataset_id is not distinct from ${datasetId}
        and s.status <> 'draft'
    ) s`.execute(parley.db)
  return rows
}

/** Moves what was written into the index proper, so that no search has to look through a list of news. */
async function tidyIndex({ db }: Parley): Promise<void> {
  await sql`
    select gin_clean_pending_list(c.oid) from pg_class c
    where c.oid = coalesce(to_regclass('record_search_parts'), to_regclass('record_search_words'))
  `.execute(db)
}
