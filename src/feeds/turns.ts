/**
 * Turns: rows that say what to process and when. The statements that change answers write them. A batch is
 * one transaction that does the work and deletes its turns, so it can be killed, retried, or shared by
 * several workers. Feeds and webhook events use them.
 */
import { type RawBuilder, sql } from 'kysely'
import type { LogEvent } from '../log/events.ts'
import { eachAlone, inTransaction, type Parley } from '../parley.ts'

/** Something to process. If it has to wait, its turn stays until `dueAt`. */
export type Turn = { id: string; dueAt: Date | null; problem: string | null }

export type Turns = {
  table: 'feed_turns' | 'event_turns'
  /** The column that names what to process. */
  key: 'record_id' | 'subject_id'
  /** The rows of the table that are meant. */
  scope: RawBuilder<unknown>
  /** The datasets that have such rows. */
  of: RawBuilder<unknown>
  /** The log events for a failed batch, and for a single failed turn. */
  events: { batch: LogEvent; one: LogEvent }
  /** Does the work, and postpones what has to wait. */
  follow(inside: Parley, datasetId: string, turns: readonly Turn[]): Promise<void>
}

/** The most turns of one transaction; as many as the rows of an import, whose statements they share. */
const batch = 1000
/** How long until a failed turn is retried. */
const problemMs = 60 * 60_000

/** Works through everything that is due; returns the number of turns. */
export async function workTurns(parley: Parley, turns: Turns): Promise<number> {
  const ids = await dueDatasets(parley, turns)
  let done = 0
  const work = async (datasetId: string) => {
    for (;;) {
      const looked = await workSome(parley, turns, datasetId, batch).catch((error: unknown) => {
        if (parley.db.isTransaction) throw error
        const about = { event: turns.events.batch, err: error, datasetId }
        parley.log.error(about, 'A batch failed; one by one now.')
        return workAlone(parley, turns, datasetId)
      })
      done += looked
      if (looked < batch) return
    }
  }
  // One batch reads while the other writes; each has its own turns.
  const both = (id: string) =>
    Promise.all(parley.db.isTransaction ? [work(id)] : [work(id), work(id)])
  await eachAlone(parley, ids, (id) => `dataset ${id}`, both)
  return done
}

export async function isAnyDue(parley: Parley, turns: Turns): Promise<boolean> {
  return (await dueDatasets(parley, turns)).length > 0
}

export function putOff(turn: Turn, at: Date, problem: string | null): void {
  if (turn.dueAt === null || at < turn.dueAt) turn.dueAt = at
  turn.problem ??= problem
}

/** One index look-up for each dataset that has turns: the index starts with the dataset. */
async function dueDatasets(parley: Parley, { table, scope, of }: Turns): Promise<string[]> {
  const { rows } = await sql<{ datasetId: string }>`
    select d.dataset_id from (
      select id as dataset_id from datasets where ${of}
    ) d cross join lateral (
      select from ${sql.table(table)} t
      where t.dataset_id = d.dataset_id and ${scope} and t.due_at <= ${parley.now()}
      order by t.dataset_id, t.due_at limit 1
    ) t`.execute(parley.db)
  return rows.map(({ datasetId }) => datasetId)
}

/** Redoes a failed batch turn by turn: the failing ones are postponed, the others are done. */
async function workAlone(parley: Parley, turns: Turns, datasetId: string): Promise<number> {
  const { table, key, scope } = turns
  for (let done = 0; done < batch; done++) {
    try {
      if ((await workSome(parley, turns, datasetId, 1)) === 0) return done
    } catch (error) {
      const about = { event: turns.events.one, err: error, datasetId }
      parley.log.error(about, 'One could not be done; it is tried again.')
      const at = new Date(parley.now().getTime() + problemMs)
      await sql`
        update ${sql.table(table)}
        set due_at = ${at}, problem = 'Something broke on our side; the log says what.'
        where dataset_id = ${datasetId} and ${scope} and ${sql.ref(key)} = (
          select ${sql.ref(key)} from ${sql.table(table)} where dataset_id = ${datasetId}
            and ${scope} and due_at <= ${parley.now()}
          order by due_at, ${sql.ref(key)} limit 1)`.execute(parley.db)
    }
  }
  return batch
}

async function workSome(
  parley: Parley,
  turns: Turns,
  datasetId: string,
  limit: number,
): Promise<number> {
  const { table, key, scope } = turns
  return inTransaction(parley, async (inside) => {
    const { rows } = await sql<{ id: string }>`
      select ${sql.ref(key)} as id from ${sql.table(table)}
      where dataset_id = ${datasetId} and ${scope} and due_at <= ${parley.now()}
      order by dataset_id, due_at, ${sql.ref(key)} limit ${limit}
      for update skip locked`.execute(inside.db)
    if (rows.length === 0) return 0
    const taken = rows.map(({ id }): Turn => ({ id, dueAt: null, problem: null }))
    await turns.follow(inside, datasetId, taken)
    await strikeTurns(inside, turns, datasetId, taken)
    return taken.length
  })
}

/** Deletes the turns that are done and postpones the rest. */
async function strikeTurns(
  inside: Parley,
  { table, key, scope }: Turns,
  datasetId: string,
  turns: readonly Turn[],
): Promise<void> {
  const done = turns.filter(({ dueAt }) => dueAt === null).map(({ id }) => id)
  const waiting = turns.filter(({ dueAt }) => dueAt !== null)
  await sql`
    delete from ${sql.table(table)}
    where dataset_id = ${datasetId} and ${scope}
      and ${sql.ref(key)} = any(${done}::bigint[])`.execute(inside.db)
  if (waiting.length === 0) return
  await sql`
    update ${sql.table(table)} t set due_at = w.due_at, problem = w.problem
    from unnest(${waiting.map(({ id }) => id)}::bigint[],
      ${waiting.map(({ dueAt }) => dueAt)}::timestamptz[],
      ${waiting.map(({ problem }) => problem)}::text[]) w(waiting_id, due_at, problem)
    where t.dataset_id = ${datasetId} and ${scope} and ${sql.ref(`t.${key}`)} = w.waiting_id`.execute(
    inside.db,
  )
}
