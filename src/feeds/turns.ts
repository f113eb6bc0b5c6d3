/**
 * Turns: what is to be looked at, and from when on, noted in a table by the statements that change
 * answers. A batch is one transaction that does what is to be done and strikes its turns, so that it may
 * be killed, retried or done by several workers at once. Feeds and the events of endpoints work so.
 */
import { type RawBuilder, sql } from 'kysely'
import type { LogEvent } from '../log/events.ts'
import { eachAlone, inTransaction, type Parley } from '../parley.ts'

/** Something to look at. What is put off keeps its turn: `dueAt` says until when. */
export type Turn = { id: string; dueAt: Date | null; problem: string | null }

export type Turns = {
  table: 'feed_turns' | 'event_turns'
  /** The column of what is looked at. */
  key: 'record_id' | 'subject_id'
  /** Which rows of the table. */
  scope: RawBuilder<unknown>
  /** Which datasets have such rows. */
  of: RawBuilder<unknown>
  /** The log's events when a batch fails, and when one alone does. */
  events: { batch: LogEvent; one: LogEvent }
  /** Does what is to be done, and puts off what has to wait. */
  follow(inside: Parley, datasetId: string, turns: readonly Turn[]): Promise<void>
}

/** As many as one transaction looks at. */
const batch = 500
/** When what failed is looked at again. */
const problemMs = 60 * 60_000

/** Does everything that is due; returns how much was looked at. */
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
  // While one batch writes, the other reads; each has its own turns.
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

/** One look for each dataset that has turns: they are kept by dataset first. */
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

/** A batch of which one fails: the others are done, and that one has to wait. */
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

/** What is done is struck, the rest waits for its time. */
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
