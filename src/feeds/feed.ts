/**
 * Follows the feeds: an accepted record becomes a record of another dataset, once, and what happens to
 * it later travels on. Which records are to be looked at is in `feed_turns`, noted by the statements that
 * change answers; what was made of them is in `fed`, by a key of their source. A batch is one transaction
 * that makes the other dataset as it should be and strikes its turns, so that it may be killed, retried
 * or done by several workers at once.
 */
import { sql } from 'kysely'
import { getDatasetById } from '../datasets/dataset.ts'
import type { Dataset } from '../datasets/document.ts'
import type { Feed } from '../datasets/feeds/feed.ts'
import { feedMap, mapProblems } from '../datasets/feeds/map.ts'
import { ifThere } from '../errors.ts'
import { parseKeep } from '../exports/pairs/usable.ts'
import { ensurePseudonyms } from '../labelers/pseudonyms.ts'
import { eachAlone, inTransaction, type Parley } from '../parley.ts'
import { isAccepted, itemsOf, type SourceRecord, settledAt } from './accepted.ts'
import { type Pair, reconcile } from './reconcile.ts'

/** As many records as one transaction looks at. */
const batch = 500
/** When what stands in the way is looked at again. */
const later = { held: 5 * 60_000, problem: 60 * 60_000 }

/** Feeds everything that is due; returns how many records were looked at. */
export async function feedDue(parley: Parley): Promise<number> {
  const ids = await dueDatasets(parley)
  let done = 0
  const feed = async (datasetId: string) => {
    for (;;) {
      const looked = await feedSome(parley, datasetId, batch).catch((error: unknown) => {
        if (parley.db.isTransaction) throw error
        parley.log.error(
          { event: 'feed.batch_failed', err: error, datasetId },
          'A batch of a feed failed; one by one now.',
        )
        return feedAlone(parley, datasetId)
      })
      done += looked
      if (looked < batch) return
    }
  }
  // While one batch writes, the other reads; each has its own turns.
  const both = (id: string) =>
    Promise.all(parley.db.isTransaction ? [feed(id)] : [feed(id), feed(id)])
  await eachAlone(parley, ids, (id) => `dataset ${id}`, both)
  return done
}

/** Rings where something is due; the minutely sweep. */
export async function sweepFeeds(parley: Parley): Promise<void> {
  if ((await dueDatasets(parley)).length > 0) await parley.queue.ring('feed', {})
}

/** One look for each dataset that is being fed from: turns are kept by dataset first. */
async function dueDatasets(parley: Parley): Promise<string[]> {
  const { rows } = await sql<{ datasetId: string }>`
    select d.dataset_id from (
      select id as dataset_id from datasets where has_feeds
    ) d cross join lateral (
      select from feed_turns t
      where t.dataset_id = d.dataset_id and t.due_at <= ${parley.now()}
      order by t.dataset_id, t.due_at limit 1
    ) t`.execute(parley.db)
  return rows.map(({ datasetId }) => datasetId)
}

/** A batch of which one record fails: the others are done, and that one has to wait. */
async function feedAlone(parley: Parley, datasetId: string): Promise<number> {
  for (let done = 0; done < batch; done++) {
    try {
      if ((await feedSome(parley, datasetId, 1)) === 0) return done
    } catch (error) {
      parley.log.error(
        { event: 'feed.record_failed', err: error, datasetId },
        'A record could not be fed; it is tried again.',
      )
      const at = new Date(parley.now().getTime() + later.problem)
      await sql`
        update feed_turns set due_at = ${at}, problem = 'Something broke on our side; the log says what.'
        where dataset_id = ${datasetId} and record_id = (
          select record_id from feed_turns where dataset_id = ${datasetId}
            and due_at <= ${parley.now()} order by due_at, record_id limit 1)`.execute(parley.db)
    }
  }
  return batch
}

type Turn = { recordId: string; dueAt: Date | null; problem: string | null }

async function feedSome(parley: Parley, datasetId: string, limit: number): Promise<number> {
  return inTransaction(parley, async (inside) => {
    const { rows } = await sql<{ recordId: string }>`
      select record_id from feed_turns
      where dataset_id = ${datasetId} and due_at <= ${parley.now()}
      order by dataset_id, due_at, record_id limit ${limit} for update skip locked`.execute(
      inside.db,
    )
    if (rows.length === 0) return 0
    const turns = rows.map(({ recordId }): Turn => ({ recordId, dueAt: null, problem: null }))
    const source = await ifThere(getDatasetById(inside, datasetId))
    // Publishing looks at all of a draft again.
    if (source && source.status !== 'draft') await followFeeds(inside, source, turns)
    await strikeTurns(inside, datasetId, turns)
    return turns.length
  })
}

async function followFeeds(inside: Parley, source: Dataset, turns: readonly Turn[]): Promise<void> {
  await ensurePseudonyms(inside, source.id)
  const ids = turns.map(({ recordId }) => recordId)
  const { rows } = await sql<SourceRow>`
    select * from feed_sources(${source.id}, ${ids}::bigint[])`.execute(inside.db)
  const records = new Map(rows.map((row) => [row.id, readSource(row)]))
  for (const feed of source.document.feeds ?? [])
    await followFeed(inside, source, feed, { turns, records })
}

type SourceRow = Omit<SourceRecord, 'external_id' | 'responses'> & {
  externalId: string
  responses: string
}

function readSource({ externalId, responses, ...row }: SourceRow): SourceRecord {
  return { ...row, external_id: externalId, responses: JSON.parse(responses) }
}

async function followFeed(
  inside: Parley,
  source: Dataset,
  feed: Feed,
  looked: { turns: readonly Turn[]; records: ReadonlyMap<string, SourceRecord> },
): Promise<void> {
  const { turns, records } = looked
  const now = inside.now().getTime()
  const target = await findTarget(inside, source, feed)
  if (typeof target === 'string') {
    for (const turn of turns) putOff(turn, new Date(now + later.problem), target)
    return
  }
  const map = feedMap(source.document, feed, target.document)
  const keep = parseKeep(feed.when, source.document)
  const pairs = turns.map((turn): Pair & { turn: Turn } => {
    const record = records.get(turn.recordId)
    if (!record || !isAccepted(record)) return { turn, recordId: turn.recordId, items: [] }
    const settled = settledAt(record)
    if (settled.getTime() > now) {
      putOff(turn, settled, null)
      return { turn, recordId: turn.recordId, items: 'later' }
    }
    const items = keep(record) ? itemsOf(source, target.document, map, record) : []
    return { turn, recordId: turn.recordId, items }
  })
  const held = await reconcile(inside, source, target, pairs)
  for (const { turn } of pairs)
    if (held.has(turn.recordId)) putOff(turn, new Date(now + later.held), null)
}

/** The dataset a feed leads to, or why nothing can be fed to it now. */
async function findTarget(inside: Parley, source: Dataset, feed: Feed): Promise<Dataset | string> {
  const found = await inside.db
    .selectFrom('datasets')
    .select(['id', 'name', 'status', 'document', 'schemaVersion', 'guidelinesVersion'])
    .where('name', '=', feed.to)
    .executeTakeFirst()
  if (!found) return `There is no dataset "${feed.to}".`
  const [problem] = Object.values(mapProblems(source.document, feed, found.document))
  return problem ?? found
}

function putOff(turn: Turn, at: Date, problem: string | null): void {
  if (turn.dueAt === null || at < turn.dueAt) turn.dueAt = at
  turn.problem ??= problem
}

/** What is done is struck, the rest waits for its time. */
async function strikeTurns(inside: Parley, datasetId: string, turns: readonly Turn[]) {
  const done = turns.filter(({ dueAt }) => dueAt === null).map(({ recordId }) => recordId)
  const waiting = turns.filter(({ dueAt }) => dueAt !== null)
  await sql`
    delete from feed_turns
    where dataset_id = ${datasetId} and record_id = any(${done}::bigint[])`.execute(inside.db)
  if (waiting.length === 0) return
  await sql`
    update feed_turns t set due_at = w.due_at, problem = w.problem
    from unnest(${waiting.map(({ recordId }) => recordId)}::bigint[],
      ${waiting.map(({ dueAt }) => dueAt)}::timestamptz[],
      ${waiting.map(({ problem }) => problem)}::text[]) w(record_id, due_at, problem)
    where t.dataset_id = ${datasetId} and t.record_id = w.record_id`.execute(inside.db)
}
