/** Changes an endpoint: enables, disables or deletes it, or gives it a new secret. */
import { sql } from 'kysely'
import { writeAudit } from '../datasets/audit.ts'
import { conflict, invalid } from '../errors.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../parley.ts'
import { placeOf } from './create.ts'
import { type Endpoint, getEndpoint, markDatasets, noEndpoint, theirs } from './endpoint.ts'
import { makeSecret, valid } from './secret.ts'

/** How long the old secret signs too, unless another time is asked for. */
export const defaultOverlapHours = 24
const mostOverlapHours = 24 * 30

/** What waits for it is sent from now on. True unless it was enabled. */
export async function enableEndpoint(
  parley: Parley,
  actor: Actor,
  { id }: { id: string },
): Promise<boolean> {
  return inTransaction(parley, async (inside) => {
    const { state } = await lock(inside, actor, id)
    if (state === 'enabled') return false
    await inside.db
      .updateTable('endpoints')
      .set({ state: 'enabled', reason: null, disabledAt: null, toldAt: null })
      .set({ failures: 0, holdUntil: null })
      .where('id', '=', id)
      .execute()
    await inside.db
      .updateTable('eventDeliveries')
      .set({ tries: 0, startedAt: null, dueAt: inside.now() })
      .where('endpointId', '=', id)
      .where('state', '=', 'queued')
      .execute()
    await writeAudit(inside, { actor: requireAdmin(actor), act: 'enable webhook', detail: { id } })
    inside.afterCommit(() => parley.queue.ring('send-events', { endpointId: id }))
    return true
  })
}

/** Nothing is sent to it until it is enabled; its events wait. True unless it was disabled. */
export async function disableEndpoint(
  parley: Parley,
  actor: Actor,
  { id }: { id: string },
): Promise<boolean> {
  return inTransaction(parley, async (inside) => {
    const { state } = await lock(inside, actor, id)
    if (state === 'disabled') return false
    await inside.db
      .updateTable('endpoints')
      .set({ state: 'disabled', reason: 'admin' })
      .set({ disabledAt: inside.now(), toldAt: inside.now() })
      .where('id', '=', id)
      .execute()
    await writeAudit(inside, { actor: requireAdmin(actor), act: 'disable webhook', detail: { id } })
    return true
  })
}

/** Deletes it with its secrets and deliveries. */
export async function deleteEndpoint(
  parley: Parley,
  actor: Actor,
  { id }: { id: string },
): Promise<void> {
  await inTransaction(parley, async (inside) => {
    await lock(inside, actor, id)
    await inside.db.deleteFrom('endpoints').where('id', '=', id).execute()
    await markDatasets(inside)
    await writeAudit(inside, { actor: requireAdmin(actor), act: 'delete webhook', detail: { id } })
  })
}

/**
 * A new secret, shown this once. The old one signs too for `overlapHours`: 0 ends it at once.
 * @throws ParleyError `invalid` for a time that is none, or longer than 30 days.
 */
export async function rotateSecret(
  parley: Parley,
  actor: Actor,
  { id, overlapHours = defaultOverlapHours }: { id: string; overlapHours?: number },
): Promise<{ secret: string; oldUntil: Date }> {
  if (!(overlapHours >= 0 && overlapHours <= mostOverlapHours))
    throw invalid({ overlap: `Write hours from 0 to ${mostOverlapHours}, such as 24.` })
  return inTransaction(parley, async (inside) => {
    const { kind, secrets } = await lock(inside, actor, id)
    if (kind === 'otlp')
      throw conflict(
        'What is sent to it is not signed. To send other headers, delete it and create it again.',
      )
    const oldUntil = new Date(inside.now().getTime() + overlapHours * 3_600_000)
    const { secret, sealed } = makeSecret(inside, placeOf(id))
    const older = valid(inside, secrets).map((one) => ({
      ...one,
      // An earlier end stays: a rotation lengthens no secret's life.
      until: one.until !== null && new Date(one.until) < oldUntil ? one.until : oldUntil.toJSON(),
    }))
    await inside.db
      .updateTable('endpoints')
      .set({ secrets: JSON.stringify([{ sealed, until: null }, ...older].slice(0, mostSecrets)) })
      .where('id', '=', id)
      .execute()
    const detail = { id, oldUntil: oldUntil.toISOString() }
    await writeAudit(inside, { actor: requireAdmin(actor), act: 'rotate webhook secret', detail })
    return { secret, oldUntil }
  })
}

/** Headers have an end: the newest few sign. */
const mostSecrets = 5

async function lock(inside: Parley, actor: Actor, id: string) {
  const seen: Endpoint = await getEndpoint(inside, actor, id)
  const { rows } = await sql<Locked>`
    select e.kind, e.state, e.secrets from endpoints e
    where e.id = ${seen.id} and ${theirs(actor)} for update`.execute(inside.db)
  const [found] = rows
  if (!found) throw noEndpoint(id)
  return found
}

type Locked = {
  kind: string
  state: 'enabled' | 'disabled'
  secrets: { sealed: string; until: string | null }[]
}
