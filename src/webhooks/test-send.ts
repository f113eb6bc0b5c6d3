/** Sends one message of type `webhook.test` to an endpoint now, and reports what it answered. */
import { writeAudit } from '../datasets/audit.ts'
import { openSafeFetch } from '../fetch/safe.ts'
import { type Actor, type Parley, requireAdmin } from '../parley.ts'
import { attemptOnce } from './attempt.ts'
import { getEndpoint } from './endpoint.ts'
import { testType } from './event.ts'
import { messageFor } from './message.ts'
import { newId } from './publish-events.ts'

export type Tested = {
  eventId: string
  ok: boolean
  /** Null where there was no answer. */
  status: number | null
  /** Why it is not ok. */
  problem: string | null
  milliseconds: number
}

/** Tried once, also while the endpoint is disabled; nothing of it is kept. @throws ParleyError `not_found`. */
export async function testEndpoint(
  parley: Parley,
  actor: Actor,
  { id }: { id: string },
): Promise<Tested> {
  const endpoint = await getEndpoint(parley, actor, id)
  const { secrets } = await parley.db
    .selectFrom('endpoints')
    .select('secrets')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  const { allow = [], lookup } = parley.fetching ?? {}
  const fetch = openSafeFetch({ allow, ...(lookup ? { lookup } : {}) })
  const at = parley.now()
  const data = { webhook: id, message: 'This is a test.' }
  const body = JSON.stringify({ type: testType, timestamp: at.toISOString(), data })
  const message = { id: newId(), at, body }
  const began = performance.now()
  const outgoing = messageFor(parley, { ...endpoint, secrets }, message)
  const outcome = await attemptOnce(parley, fetch, outgoing).finally(() => fetch.close())
  const detail = { id, outcome: outcome.type }
  await writeAudit(parley, { actor: requireAdmin(actor), act: 'test webhook', detail })
  return {
    eventId: message.id,
    ok: outcome.type === 'sent',
    status: outcome.type === 'interrupted' ? null : outcome.status,
    problem: outcome.type === 'failed' ? outcome.problem : null,
    milliseconds: Math.round(performance.now() - began),
  }
}
