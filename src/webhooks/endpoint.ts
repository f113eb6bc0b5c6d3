/**
 * An endpoint: an address that gets events. An actor sees those whose datasets they all see; one of
 * every dataset only an admin of all.
 */
import { type RawBuilder, sql } from 'kysely'
import { seenBy } from '../datasets/access/tenants.ts'
import type { DisabledReason } from '../db/schema/endpoints.ts'
import { ParleyError } from '../errors.ts'
import { type Actor, type Parley, requireAdmin } from '../parley.ts'

export type Endpoint = {
  id: string
  /** How events are sent to it; a sender of this kind does it. */
  kind: string
  url: string
  description: string | null
  events: string[]
  /** Names; null: every dataset. */
  datasets: string[] | null
  state: 'enabled' | 'disabled'
  reason: DisabledReason | null
  disabledAt: Date | null
  /** Attempts that failed since one succeeded. */
  failures: number
  succeededAt: Date | null
  /** No attempt before then, as its server asked or because it keeps failing. */
  holdUntil: Date | null
  createdBy: string
  createdAt: Date
  /** How many events wait for it. */
  waiting: number
}

export async function listEndpoints(parley: Parley, actor: Actor): Promise<Endpoint[]> {
  requireAdmin(actor)
  return read(parley, theirs(actor))
}

/** @throws ParleyError `not_found`, also for one that the actor does not see. */
export async function getEndpoint(parley: Parley, actor: Actor, id: string): Promise<Endpoint> {
  requireAdmin(actor)
  const [found] = isId(id) ? await read(parley, sql`e.id = ${id} and ${theirs(actor)}`) : []
  if (found) return found
  throw noEndpoint(id)
}

export function noEndpoint(id: string): ParleyError {
  return new ParleyError(
    'not_found',
    `There is no webhook "${id}". npx parley webhooks list shows their ids.`,
  )
}

/** Whether an actor may have endpoints of every dataset. */
export function isOfAll(actor: Actor): boolean {
  return actor.type !== 'admin' || (actor.of === undefined && actor.only === undefined)
}

/** The condition on `endpoints e` under which an actor sees or changes one. */
export function theirs(actor: Actor): RawBuilder<boolean> {
  if (isOfAll(actor)) return sql<boolean>`true`
  return sql<boolean>`(e.dataset_ids is not null and cardinality(e.dataset_ids) > 0
    and not exists (select from unnest(e.dataset_ids) i
      where i not in (select id from datasets where ${seenBy(actor)})))`
}

/** Keeps `datasets.has_endpoints` as the endpoints are; answers read it in place of looking for them. */
export async function markDatasets(parley: Parley): Promise<void> {
  const heard = sql`exists (select from endpoints e
    where e.dataset_ids is null or d.id = any(e.dataset_ids))`
  await sql`
    update datasets d set has_endpoints = not has_endpoints
    where has_endpoints <> ${heard}`.execute(parley.db)
}

function isId(text: string): boolean {
  return /^[1-9]\d{0,17}$/.test(text)
}

async function read(parley: Parley, where: RawBuilder<unknown>): Promise<Endpoint[]> {
  const { rows } = await sql<Endpoint>`
    select e.id, e.kind, e.url, e.description, e.events, e.state, e.reason, e.disabled_at,
      e.failures, e.succeeded_at, e.hold_until, e.created_by, e.created_at,
      case when e.dataset_ids is not null then array(
        select d.name from datasets d where d.id = any(e.dataset_ids) order by d.name) end as datasets,
      (select count(*) from event_deliveries v
        where v.endpoint_id = e.id and v.state in ('queued', 'sending'))::int as waiting
    from endpoints e where ${where} order by e.id`.execute(parley.db)
  return rows
}
