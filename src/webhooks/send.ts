/**
 * Sends events to one endpoint. Each endpoint has its own job, so that a slow one holds up no other.
 * 1. The job takes what is due under a lease (src/row-lease.ts), a few at a time, and renews it.
 * 2. Each is signed and sent with the id of its event, the same at every attempt: where nobody knows
 *    whether one arrived (the process died, the connection broke), it is sent again, and the receiver
 *    knows it by its id.
 * 3. Outcomes are stored together; what failed is due again later (schedule.ts).
 * 4. Before it ends, it queues the next job for the moment something is due.
 */
import { sql } from 'kysely'
import type { SealedSecret } from '../db/schema/endpoints.ts'
import { asParleyError } from '../errors.ts'
import { openSafeFetch, type SafeFetch } from '../fetch/safe.ts'
import type { Parley } from '../parley.ts'
import { holdRows, isExpired, leaseRows, setting, silentMs, taken } from '../row-lease.ts'
import { attemptOnce } from './attempt.ts'
import { messageFor } from './message.ts'
import { type Done, type HeldDelivery, type Standing, storeOutcomes } from './outcome.ts'

const lease = leaseRows('event_deliveries', 'claimedAt', sql`state = 'sending'`)
/** The most concurrent requests to one endpoint. */
const mostAtOnce = 16
/** And how many are held, with those whose outcome is being stored: what a kill may send twice. */
const mostHeld = 48
/** After this long another endpoint's job may be waiting. */
const sliceMs = 20_000
const soonestMs = 250

type Addressee = Standing & { id: string; url: string; kind: string; secrets: SealedSecret[] }

/** The job: sends what is due to an endpoint, unless it is disabled or held. */
export async function sendEvents(parley: Parley, { endpointId }: { endpointId: string }) {
  await takeFromSilent(parley, endpointId)
  const endpoint = await find(parley, endpointId)
  if (!endpoint) return
  const { allow = [], lookup } = parley.fetching ?? {}
  const fetch = openSafeFetch({ allow, ...(lookup ? { lookup } : {}) })
  try {
    await sendTo(parley, fetch, endpoint)
  } finally {
    await fetch.close()
  }
}

async function sendTo(parley: Parley, fetch: SafeFetch, endpoint: Addressee): Promise<void> {
  const running = new Map<Promise<void>, HeldDelivery>()
  const store = openStore(parley, endpoint)
  const holding = holdRows(parley, lease, () => [...running.values(), ...store.waiting()])
  const started = performance.now()
  const mayGoOn = () =>
    isOpen(parley, endpoint) &&
    performance.now() - started < sliceMs &&
    parley.stopping?.aborted !== true
  try {
    for (let isRung = false; ; ) {
      // Whether it must wait is known once what failed is stored.
      if (store.hasFailed()) await store.settled()
      const held = running.size + store.waiting().length
      const free = Math.min(mostAtOnce - running.size, mostHeld - held)
      const took = mayGoOn() && free >= mostAtOnce / 2 ? await take(parley, endpoint.id, free) : []
      for (const held of took) {
        const run: Promise<void> = sendOne(parley, fetch, endpoint, held)
          .then(store.add)
          .finally(() => running.delete(run))
        running.set(run, held)
      }
      if (took.length > 0) isRung = false
      else if (running.size > 0) await Promise.race(running.keys())
      else {
        await store.settled()
        // Looked at again after the job is queued: what comes later queues its own.
        if (isRung || !(await ringNext(parley, endpoint)) || !mayGoOn()) return
        isRung = true
      }
    }
  } finally {
    await Promise.all(running.keys())
    await store.settled()
    await holding.stop()
  }
}

async function sendOne(
  parley: Parley,
  fetch: SafeFetch,
  endpoint: Addressee,
  held: HeldDelivery,
): Promise<Done> {
  const at = parley.now()
  const began = performance.now()
  const event = { id: held.eventId, at, body: held.body }
  const outcome = await attemptOnce(parley, fetch, messageFor(parley, endpoint, event))
  return { held, outcome, at, milliseconds: Math.round(performance.now() - began) }
}

/** Stores what has come together while the last were being stored. */
function openStore(parley: Parley, endpoint: Addressee) {
  const done: Done[] = []
  let storing: Done[] = []
  let running: Promise<void> | null = null
  const work = async () => {
    while (done.length > 0) {
      storing = done.splice(0)
      try {
        const standing = await whileAway(() => storeOutcomes(parley, endpoint.id, storing))
        Object.assign(endpoint, standing ?? { state: 'disabled' })
      } catch (error) {
        // The lease expires, and they are sent again under their ids.
        const about = {
          event: 'webhook.outcome_unstored',
          err: error,
          endpoint: endpoint.id,
        } as const
        parley.log.error(about, 'The outcomes of webhooks could not be stored.')
      }
      storing = []
    }
    running = null
  }
  return {
    add: (one: Done) => {
      done.push(one)
      running ??= work()
    },
    hasFailed: () => [...storing, ...done].some(({ outcome }) => outcome.type === 'failed'),
    waiting: () => [...storing, ...done].map(({ held }) => held),
    settled: async () => {
      await running
    },
  }
}

const mostTries = 10

/** Retries while the database cannot be reached, so that a known outcome is not lost. */
async function whileAway<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      if (tries === mostTries || asParleyError(error)?.code !== 'unavailable') throw error
    }
    await new Promise((resolve) => setTimeout(resolve, Math.min(5_000, 100 * 2 ** tries)))
  }
}

function isOpen(parley: Parley, { state, holdUntil }: Standing): boolean {
  return state === 'enabled' && (holdUntil === null || holdUntil <= parley.now())
}

async function find(parley: Parley, id: string): Promise<Addressee | null> {
  const found = await parley.db
    .selectFrom('endpoints')
    .select(['id', 'url', 'kind', 'secrets', 'state', 'holdUntil'])
    .where('id', '=', id)
    .where('state', '=', 'enabled')
    .executeTakeFirst()
  return found ?? null
}

async function take(parley: Parley, endpointId: string, count: number): Promise<HeldDelivery[]> {
  const now = parley.now()
  const { rows } = await sql<HeldDelivery>`
    with first as materialized (
      select id from event_deliveries
      where endpoint_id = ${endpointId} and state = 'queued' and due_at <= ${now}
      order by endpoint_id, due_at, id limit ${count} for update skip locked
    )
    update event_deliveries d set state = 'sending', ${setting(taken(lease, now))}
    from first, events e
    where d.id = first.id and e.id = d.event_id
    returning d.id, d.event_id, d.attempt, d.tries, e.body`.execute(parley.db)
  return rows
}

/** Takes over what dead workers were sending: it is sent again, under the same id. */
async function takeFromSilent(parley: Parley, endpointId: string): Promise<void> {
  await parley.db
    .updateTable('eventDeliveries')
    .set({ state: 'queued', claimedAt: null, problem: 'The worker stopped while sending it.' })
    .where('endpointId', '=', endpointId)
    .where('state', '=', 'sending')
    .where(isExpired(lease, parley.now()))
    .execute()
}

/** Queues the job for the next moment there is work; false if there is none. */
async function ringNext(parley: Parley, { id }: Addressee): Promise<boolean> {
  const { rows } = await sql<{ at: Date | null }>`
    select greatest(e.hold_until, least(
      (select min(due_at) from event_deliveries where endpoint_id = e.id and state = 'queued'),
      (select min(claimed_at) from event_deliveries where endpoint_id = e.id and state = 'sending')
        + make_interval(secs => ${silentMs / 1000 + 1}))) as at
    from endpoints e where e.id = ${id} and e.state = 'enabled' and exists (
      select from event_deliveries where endpoint_id = e.id and state in ('queued', 'sending'))`.execute(
    parley.db,
  )
  const at = rows[0]?.at
  if (!at) return false
  const delayMs = Math.max(soonestMs, at.getTime() - parley.now().getTime())
  await parley.queue.ring('send-events', { endpointId: id }, { delayMs })
  return true
}
