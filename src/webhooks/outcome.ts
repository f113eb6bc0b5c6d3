/**
 * Stores the outcomes of attempts, many at a time: each delivery's state and next attempt, a line for the
 * log of attempts, and what they say of the endpoint, which is disabled when it no longer exists or a whole day of
 * attempts has failed.
 */
import { sql } from 'kysely'
import type { DisabledReason, SealedSecret } from '../db/schema/endpoints.ts'
import { inTransaction, type Parley } from '../parley.ts'
import type { Outcome } from './attempt.ts'
import { holdAfter, nextWait } from './schedule.ts'

/** A delivery as its sender holds it. */
export type HeldDelivery = {
  id: string
  eventId: string
  attempt: number
  tries: number
  body: string
}

export type Done = {
  held: HeldDelivery
  outcome: Outcome
  at: Date
  milliseconds: number
}

type Failure = Extract<Outcome, { type: 'failed' }>

/** What its sender must know of an endpoint to go on. */
export type Standing = {
  state: 'enabled' | 'disabled'
  holdUntil: Date | null
  /** Perhaps rotated since. */
  secrets?: SealedSecret[]
}

/** Skips deliveries that another attempt has taken since. Null if the endpoint was deleted. */
export async function storeOutcomes(
  parley: Parley,
  endpointId: string,
  done: readonly Done[],
): Promise<Standing | null> {
  const endings = done.map((one) => endingOf(parley, one))
  const failures = done.flatMap(({ outcome }) => (outcome.type === 'failed' ? [outcome] : []))
  if (failures.length === 0) return write(parley, endpointId, endings)
  return inTransaction(parley, async (inside) => {
    const found = await write(inside, endpointId, endings)
    return found && judge(inside, endpointId, { found, failures, endings, done })
  })
}

type Written = { state: 'enabled' | 'disabled'; secrets: SealedSecret[] } & {
  holdUntil: Date | null
  failures: number
}

/** In one statement: most often everything has arrived. */
async function write(
  { db, now }: Parley,
  endpointId: string,
  endings: readonly Ending[],
): Promise<Written | null> {
  const failed = endings.filter((one) => one.failed === 1).length
  const isAnySent = endings.some(({ state }) => state === 'sent')
  const { rows } = await sql<Written>`
    with n as materialized (select * from ${rowsOf(endings)}), stored as (
      update event_deliveries d set state = n.state, tries = d.tries + n.failed, due_at = n.due_at,
        status = n.status, problem = n.problem, claimed_at = null,
        started_at = coalesce(d.started_at, n.at),
        finished_at = case when n.state in ('sent', 'failed') then ${now()}::timestamptz end
      from n where d.id = n.id and d.attempt = n.attempt and d.state = 'sending'
    ), logged as (
      insert into event_attempts (delivery_id, number, at, status, milliseconds, problem)
      select n.id, n.attempt, n.at, n.status, n.milliseconds, n.problem
      from n where n.is_made and exists (select from event_deliveries d where d.id = n.id)
      on conflict do nothing
    )
    update endpoints set
      failures = case when ${isAnySent} then 0 else failures + ${failed} end,
      succeeded_at = case when ${isAnySent} then ${now()}::timestamptz else succeeded_at end,
      hold_until = case when hold_until > ${now()} then hold_until end
    where id = ${endpointId} returning state, failures, hold_until, secrets`.execute(db)
  return rows[0] ?? null
}

type Ending = {
  id: string
  attempt: number
  state: 'sent' | 'failed' | 'queued'
  failed: 0 | 1
  isMade: boolean
  dueAt: Date
  status: number | null
  problem: string | null
  at: Date
  milliseconds: number
}

function endingOf(parley: Parley, { held, outcome, at, milliseconds }: Done): Ending {
  const now = parley.now()
  const { id, attempt } = held
  const base = { id, attempt, at, milliseconds, dueAt: now, status: null, problem: null }
  switch (outcome.type) {
    case 'sent':
      return { ...base, state: 'sent', failed: 0, isMade: true, status: outcome.status }
    case 'interrupted':
      return { ...base, state: 'queued', failed: 0, isMade: false }
    case 'failed': {
      const { status, problem } = outcome
      const wait = outcome.isFinal ? null : nextWait(held.tries + 1, outcome.askedMs, Math.random())
      const dueAt = new Date(now.getTime() + (wait ?? 0))
      const state = wait === null ? 'failed' : 'queued'
      return { ...base, state, failed: 1, isMade: true, dueAt, status, problem }
    }
  }
}

function rowsOf(all: readonly Ending[]) {
  return sql`unnest(${all.map(({ id }) => id)}::bigint[], ${all.map(({ attempt }) => attempt)}::int[],
    ${all.map(({ state }) => state)}::text[], ${all.map(({ failed }) => failed)}::int[],
    ${all.map(({ dueAt }) => dueAt)}::timestamptz[], ${all.map(({ status }) => status)}::int[],
    ${all.map(({ problem }) => problem)}::text[], ${all.map(({ at }) => at)}::timestamptz[],
    ${all.map(({ milliseconds }) => milliseconds)}::int[],
    ${all.map(({ isMade }) => isMade)}::boolean[])
    n(id, attempt, state, failed, due_at, status, problem, at, milliseconds, is_made)`
}

/** What failed attempts say of the endpoint. */
async function judge(
  inside: Parley,
  endpointId: string,
  {
    found,
    failures,
    endings,
    done,
  }: {
    found: Written
    failures: readonly Failure[]
    endings: readonly Ending[]
    done: readonly Done[]
  },
): Promise<Standing> {
  const asked = Math.max(0, ...failures.map(({ askedMs }) => askedMs ?? 0))
  const holdMs = holdAfter(found.failures, asked)
  const until = new Date(inside.now().getTime() + holdMs)
  // An attempt on request stays, whatever concurrent ones were answered.
  const isLonger = holdMs > 0 && (found.holdUntil === null || until > found.holdUntil)
  const holdUntil = isLonger ? until : found.holdUntil
  if (isLonger)
    await inside.db
      .updateTable('endpoints')
      .set({ holdUntil })
      .where('id', '=', endpointId)
      .execute()
  if (failures.some(({ isGone }) => isGone)) return disable(inside, endpointId, 'gone')
  // What must not be sent again says nothing of the others.
  const ended = endings
    .filter(({ state }, at) => state === 'failed' && !isFinal(done[at]))
    .map(({ id }) => id)
  if (ended.length > 0 && (await isDead(inside, endpointId, ended)))
    return disable(inside, endpointId, 'failing')
  return { state: found.state, holdUntil, secrets: found.secrets }
}

function isFinal(one: Done | undefined): boolean {
  return one?.outcome.type === 'failed' && one.outcome.isFinal
}

/** Nothing has arrived there since the first attempt of one that is given up. */
async function isDead(inside: Parley, endpointId: string, ended: readonly string[]) {
  const { rows } = await sql<{ isDead: boolean }>`
    select coalesce(bool_or(e.succeeded_at is null or e.succeeded_at < d.started_at), false) as is_dead
    from endpoints e join event_deliveries d on d.endpoint_id = e.id
    where e.id = ${endpointId} and d.id = any(${ended}::bigint[])`.execute(inside.db)
  return rows[0]?.isDead ?? false
}

async function disable(
  inside: Parley,
  endpointId: string,
  reason: DisabledReason,
): Promise<Standing> {
  await inside.db
    .updateTable('endpoints')
    .set({ state: 'disabled', reason, disabledAt: inside.now(), toldAt: null })
    .where('id', '=', endpointId)
    .where('state', '=', 'enabled')
    .execute()
  return { state: 'disabled', holdUntil: null }
}
