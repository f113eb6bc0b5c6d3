/**
 * Runs the feeds: an accepted record becomes a record of another dataset, once, and later changes to it are
 * passed on. `feed_turns` (turns.ts) lists the records to process; the statements that change answers add
 * to it. `fed` holds the results, keyed by source.
 */
import { sql } from 'kysely'
import { getDatasetById } from '../datasets/dataset.ts'
import type { Dataset } from '../datasets/document.ts'
import type { Feed } from '../datasets/feeds/feed.ts'
import { feedMap, mapProblems } from '../datasets/feeds/map.ts'
import { ifThere } from '../errors.ts'
import { parseKeep } from '../exports/pairs/usable.ts'
import { ensurePseudonyms } from '../labelers/pseudonyms.ts'
import type { Parley } from '../parley.ts'
import { isAccepted, itemsOf, type SourceRecord, settledAt } from './accepted.ts'
import { type Pair, reconcile } from './reconcile.ts'
import { isAnyDue, putOff, type Turn, type Turns, workTurns } from './turns.ts'

/** How long until a blocked record is checked again. */
const later = { held: 5 * 60_000, problem: 60 * 60_000 }

const feedTurns: Turns = {
  table: 'feed_turns',
  key: 'record_id',
  scope: sql`true`,
  of: sql`has_feeds`,
  events: { batch: 'feed.batch_failed', one: 'feed.record_failed' },
  follow: async (inside, datasetId, turns) => {
    const source = await ifThere(getDatasetById(inside, datasetId))
    // Publishing checks the whole draft again.
    if (source && source.status !== 'draft') await followFeeds(inside, source, turns)
  },
}

/** Feeds everything that is due; returns how many records were processed. */
export async function feedDue(parley: Parley): Promise<number> {
  return workTurns(parley, feedTurns)
}

/** The sweep each minute: queues a job where something is due. */
export async function sweepFeeds(parley: Parley): Promise<void> {
  if (await isAnyDue(parley, feedTurns)) await parley.queue.ring('feed', {})
}

async function followFeeds(inside: Parley, source: Dataset, turns: readonly Turn[]): Promise<void> {
  await ensurePseudonyms(inside, source.id)
  const ids = turns.map(({ id }) => id)
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
    const record = records.get(turn.id)
    if (!record || !isAccepted(record)) return { turn, recordId: turn.id, items: [] }
    const settled = settledAt(record)
    if (settled.getTime() > now) {
      putOff(turn, settled, null)
      return { turn, recordId: turn.id, items: 'later' }
    }
    const items = keep(record) ? itemsOf(source, target.document, map, record) : []
    return { turn, recordId: turn.id, items }
  })
  const held = await reconcile(inside, source, target, pairs)
  for (const { turn } of pairs)
    if (held.has(turn.id)) putOff(turn, new Date(now + later.held), null)
}

/** The dataset a feed writes to, or why nothing can be fed to it now. */
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
