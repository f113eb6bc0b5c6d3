/** What tests of webhooks stand on: a dataset that a receiver hears of, and the worker's steps in one call. */

import { sql } from 'kysely'
import type { Parley } from '../../src/parley.ts'
import { createEndpoint } from '../../src/webhooks/create.ts'
import { makeEvents } from '../../src/webhooks/make-events.ts'
import { sendEvents } from '../../src/webhooks/send.ts'
import type { Receiver } from './receiver.ts'

export const admin = { type: 'admin', name: 'cleo' } as const

/** May ask this receiver, which stands in a private network. */
export function reaching(parley: Parley, ...receivers: Receiver[]): Parley {
  return Object.assign(parley, { fetching: { allow: receivers.map(({ host }) => host) } })
}

/** An endpoint at the receiver, which then knows the secret. */
export async function hear(
  parley: Parley,
  receiver: Receiver,
  what: { events?: string[]; datasets?: string[] } = {},
) {
  const { endpoint, secret } = await createEndpoint(parley, admin, { url: receiver.url, ...what })
  receiver.know(secret)
  return { id: endpoint.id, secret }
}

/** What the worker does now: makes the events that are due, and sends what is due to everybody. */
export async function work(parley: Parley): Promise<void> {
  await makeEvents(parley)
  const { rows } = await sql<{ id: string }>`select id from endpoints order by id`.execute(
    parley.db,
  )
  await Promise.all(rows.map(({ id }) => sendEvents(parley, { endpointId: id })))
}

/** Removes every endpoint and what was told, for the next test. */
export async function forgetAll(parley: Parley): Promise<void> {
  await sql`truncate endpoints, events, event_deliveries, event_attempts, event_turns, event_told`.execute(
    parley.db,
  )
  await sql`update datasets set has_endpoints = false`.execute(parley.db)
}
