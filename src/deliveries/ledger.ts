/**
 * The ledger of outgoing messages and their outcomes. Postgres decides who may send a message, however
 * many senders come and go:
 * 1. A sender takes rows that are due: they are `sending`, leased to it under the attempt's number.
 * 2. It renews the lease every few seconds. Expired leases are taken over (src/row-lease.ts).
 * 3. Right before the call it renews once more, and learns in the same statement whether the row is
 *    still its own: a sender that was paused for a minute sends nothing.
 * 4. The outcome of an attempt is stored unless a later attempt has begun.
 */

import { sql } from 'kysely'
import type { DeliveryKind } from '../db/schema/outgoing.ts'
import type { Platform } from '../labelers/person.ts'
import type { Parley } from '../parley.ts'
import { platformNames } from '../platforms/registry.ts'
import { isExpired, isHeld, leaseRows, setting, silentMs, taken } from '../row-lease.ts'

/** Where one job delivers. */
export type Place = { platform: Platform; workspace: string }

/** A message as its sender holds it. */
export type Held = {
  id: string
  kind: DeliveryKind
  platform: Platform
  workspace: string
  recipient: string
  isChannel: boolean
  content: unknown
  attempt: number
  /** When a call for it began whose outcome is unknown. */
  callingAt: Date | null
  createdAt: Date
}

/** A sender holds the rows it sends. */
export const deliveryLease = leaseRows('deliveries', 'claimedAt', sql`state = 'sending'`)
export const mostAttempts = 20

/**
 * Takes what is due, few for the same person or channel; datasets take turns. `inFlight` are the
 * recipients this sender writes to already. Unless it looks `everywhere`, it looks at the first two
 * thousand of a dataset: enough while they are not all for recipients that have theirs.
 */
export async function takeDue(
  parley: Parley,
  { platform, workspace }: Place,
  {
    count,
    inFlight,
    everywhere,
  }: { count: number; inFlight: readonly string[]; everywhere: boolean },
): Promise<Held[]> {
  if (count <= 0) return []
  const now = parley.now()
  const flying = Map.groupBy(inFlight, (recipient) => recipient)
  const having = (few: number) =>
    [...flying].filter(([, all]) => all.length >= few).map(([recipient]) => recipient)
  const { rows } = await sql<Held>`/* claim_deliveries */
    with recursive sets (dataset_id) as (
      (select dataset_id from deliveries
        where platform = ${platform} and workspace = ${workspace} and state = 'queued'
        order by dataset_id limit 1)
      union all
      select (select dataset_id from deliveries
        where platform = ${platform} and workspace = ${workspace} and state = 'queued'
          and dataset_id > sets.dataset_id
        order by dataset_id limit 1)
      from sets where sets.dataset_id is not null
    ), first as (
      select one.*, row_number() over (partition by one.recipient order by one.priority, one.due_at,
        one.id) + case when one.recipient = any(${having(1)}::text[]) then 1 else 0 end as nth
      from sets cross join lateral (
        select id, recipient, priority, due_at,
          row_number() over (order by priority, due_at, id) as turn
        from (
          select * from (
            select id, recipient, priority, due_at from deliveries
            where platform = ${platform} and workspace = ${workspace} and state = 'queued'
              and dataset_id = sets.dataset_id and due_at <= ${now}
            order by priority, due_at, id limit ${everywhere ? null : looksAt}
          ) seen
          where recipient <> all (${having(mostForOne)}::text[])
          order by priority, due_at, id limit ${count * 10}
        ) soonest
      ) one
    )
    update deliveries d
    set state = 'sending', ${setting(taken(deliveryLease, now))}
    from (
      select id from first where nth <= ${mostForOne} order by priority, turn, due_at, id
      limit ${count}
    ) picked
    where d.id = picked.id and d.state = 'queued'
    returning d.id, d.kind, d.platform, d.workspace, d.recipient, d.is_channel, d.content,
      d.attempt, d.calling_at, d.created_at`.execute(parley.db)
  return rows
}

/**
 * Stores that the call begins: from here on it is unknown whether the message arrived, until the platform
 * has answered. False when it must not be made: another sender has the row, or an earlier call is too
 * long ago for the platform to know it again.
 */
export async function beginCall(parley: Parley, held: Held): Promise<boolean> {
  const now = parley.now()
  const { kind, platform, callingAt } = held
  if (kind !== 'card' && callingAt && callingAt <= forgottenAt(parley, platform)) return false
  const begun = await parley.db
    .updateTable('deliveries')
    .set({ callingAt: sql`coalesce(calling_at, ${now})`, claimedAt: now })
    .where(isHeld(deliveryLease, held))
    .returning('id')
    .executeTakeFirst()
  return begun !== undefined
}

/** Ends it with an unknown outcome; false if another sender has it. */
export async function endUnknown(parley: Parley, held: Held): Promise<boolean> {
  const ended = await parley.db
    .updateTable('deliveries')
    .set({ state: 'unknown', finishedAt: parley.now() })
    .where(isHeld(deliveryLease, held))
    .returning('id')
    .executeTakeFirst()
  if (ended) count(parley, held.platform, 'unknown')
  return ended !== undefined
}

/** Counts ended messages by outcome for operators, once committed. */
function count(
  parley: Parley,
  platform: Platform,
  state: 'sent' | 'unknown' | 'failed' | 'retried',
  messages = 1,
): void {
  const { metrics } = parley
  if (metrics && messages > 0)
    parley.afterCommit(() =>
      metrics.count('parley_deliveries_total', { platform, state }, messages),
    )
}

/** Stores the outcome of an attempt, unless a later one has begun. */
export async function endHeld(
  parley: Parley,
  held: Held,
  state: 'sent' | 'unknown' | 'failed',
  problem: string | null,
  delivered?: object,
): Promise<void> {
  const { numUpdatedRows } = await parley.db
    .updateTable('deliveries')
    .set({
      state,
      problem,
      finishedAt: parley.now(),
      ...(delivered ? { delivered: JSON.stringify(delivered) } : {}),
    })
    .where('id', '=', held.id)
    .where('attempt', '=', held.attempt)
    .executeTakeFirst()
  count(parley, held.platform, state, Number(numUpdatedRows))
}

/** Queues it for another attempt. `isUnclear`: it is unknown whether the last call arrived. */
export async function putBack(
  parley: Parley,
  held: Held,
  { dueAt, problem, isUnclear }: { dueAt: Date; problem: string; isUnclear: boolean },
): Promise<void> {
  const { numUpdatedRows } = await parley.db
    .updateTable('deliveries')
    .set({ state: 'queued', dueAt, problem, ...(isUnclear ? {} : { callingAt: held.callingAt }) })
    .where('id', '=', held.id)
    .where('attempt', '=', held.attempt)
    .executeTakeFirst()
  count(parley, held.platform, 'retried', Number(numUpdatedRows))
}

/**
 * Takes over rows whose lease expired: they are queued again if nothing can have arrived or sending again
 * does no harm; otherwise their outcome is unknown. Returns the unknown ones.
 */
export async function takeFromSilent(
  parley: Parley,
  place?: Place,
): Promise<{ kind: DeliveryKind; content: unknown }[]> {
  const now = parley.now()
  const rows = await parley.db
    .updateTable('deliveries')
    .set({
      state: sql`case when not ${mayCall(parley)} then 'unknown'
        when attempt >= ${mostAttempts} then 'failed' else 'queued' end`,
      finishedAt: sql`case when ${mayCall(parley)} and attempt < ${mostAttempts} then null
        else ${now}::timestamptz end`,
      problem: 'The worker stopped while sending it.',
    })
    .where('state', '=', 'sending')
    .where(isExpired(deliveryLease, now))
    .where((row) => row.and(place ? { platform: place.platform, workspace: place.workspace } : {}))
    .returning(['kind', 'content', 'state', 'platform'])
    .execute()
  for (const { platform, state } of rows)
    if (state === 'unknown' || state === 'failed') count(parley, platform, state)
    else count(parley, platform, 'retried')
  return rows.filter(({ state }) => state === 'unknown')
}

/** When there is work there again: a row becomes due, or a lease expires. */
export async function nextDue(
  parley: Parley,
  { platform, workspace }: Place,
): Promise<Date | null> {
  const { rows } = await sql<{ at: Date | null }>`
    select least(
      (select min(due_at) from deliveries
        where platform = ${platform} and workspace = ${workspace} and state = 'queued'),
      (select min(claimed_at) from deliveries
        where platform = ${platform} and workspace = ${workspace} and state = 'sending')
        + make_interval(secs => ${silentMs / 1000 + 1})
    ) as at`.execute(parley.db)
  return rows[0]?.at ?? null
}

/** The workspaces where something is due. */
export async function listDuePlaces(parley: Parley): Promise<Place[]> {
  return parley.db
    .selectFrom('deliveries')
    .select(['platform', 'workspace'])
    .distinct()
    .where('state', '=', 'queued')
    .where('dueAt', '<=', parley.now())
    .execute()
}

/** Gives up everything queued there, or only what is queued for this recipient. */
export async function giveUpQueued(
  parley: Parley,
  { platform, workspace }: Place,
  problem: string,
  recipient?: string,
): Promise<void> {
  const { numUpdatedRows } = await parley.db
    .updateTable('deliveries')
    .set({ state: 'failed', problem, finishedAt: parley.now() })
    .where('platform', '=', platform)
    .where('workspace', '=', workspace)
    .where('state', '=', 'queued')
    .$if(recipient !== undefined, (query) => query.where('recipient', '=', recipient ?? ''))
    .executeTakeFirst()
  count(parley, platform, 'failed', Number(numUpdatedRows))
}

const mostForOne = 2
const looksAt = 2000

/**
 * Whether a call may be made although an earlier one is open: a second card does no harm (either of two
 * works), and some platforms recognize a repeated message and show it once.
 */
function mayCall(parley: Parley) {
  const whens = platformNames().map(
    (name) => sql`when ${name} then ${forgottenAt(parley, name)}::timestamptz`,
  )
  return sql<boolean>`(kind = 'card' or calling_at is null or calling_at >
    case platform ${sql.join(whens, sql` `)} else ${parley.now()}::timestamptz end)`
}

/** The platform no longer recognizes calls made before this moment; now, if it never does. */
function forgottenAt(parley: Parley, platform: Platform): Date {
  return new Date(parley.now().getTime() - (parley.platforms.get(platform)?.knownAgainMs ?? 0))
}
