/** The verbs of webhooks, as the terminal calls them: here, or on a server. */
import type { Parley } from '../../parley.ts'
import type { createEndpoint } from '../../webhooks/create.ts'
import type { EventDelivery, listDeliveries } from '../../webhooks/deliveries.ts'
import type { Endpoint } from '../../webhooks/endpoint.ts'
import type { replayEvents } from '../../webhooks/replay.ts'
import type { Tested } from '../../webhooks/test-send.ts'
import { cliActor } from '../actor.ts'
import { atOrNull, part, type Server } from './server.ts'

export type WebhookVerbs = {
  createEndpoint(
    input: Parameters<typeof createEndpoint>[2],
  ): Promise<{ endpoint: Endpoint; secret: string }>
  listEndpoints(): Promise<Endpoint[]>
  testEndpoint(id: string): Promise<Omit<Tested, 'eventId'>>
  listDeliveries(input: Parameters<typeof listDeliveries>[2]): Promise<EventDelivery[]>
  replayEvents(input: Parameters<typeof replayEvents>[2]): Promise<{ queued: number }>
  rotateSecret(input: {
    id: string
    overlapHours?: number
  }): Promise<{ secret: string; oldUntil: Date }>
  /** Whether this changed anything. */
  setEndpoint(id: string, state: Endpoint['state']): Promise<boolean>
  deleteEndpoint(id: string): Promise<void>
}

export function webhooksHere(parley: Parley): WebhookVerbs {
  const change = () => import('../../webhooks/change.ts')
  return {
    async createEndpoint(input) {
      const { createEndpoint } = await import('../../webhooks/create.ts')
      return createEndpoint(parley, cliActor, input)
    },
    async listEndpoints() {
      const { listEndpoints } = await import('../../webhooks/endpoint.ts')
      return listEndpoints(parley, cliActor)
    },
    async testEndpoint(id) {
      const { testEndpoint } = await import('../../webhooks/test-send.ts')
      return testEndpoint(parley, cliActor, { id })
    },
    async listDeliveries(input) {
      const { listDeliveries } = await import('../../webhooks/deliveries.ts')
      return listDeliveries(parley, cliActor, input)
    },
    async replayEvents(input) {
      const { replayEvents } = await import('../../webhooks/replay.ts')
      return replayEvents(parley, cliActor, input)
    },
    rotateSecret: async (input) => (await change()).rotateSecret(parley, cliActor, input),
    async setEndpoint(id, state) {
      const { enableEndpoint, disableEndpoint } = await change()
      const set = state === 'enabled' ? enableEndpoint : disableEndpoint
      return set(parley, cliActor, { id })
    },
    deleteEndpoint: async (id) => (await change()).deleteEndpoint(parley, cliActor, { id }),
  }
}

type Sent = Pick<Endpoint, 'id' | 'url' | 'description' | 'events' | 'datasets' | 'state'> &
  Pick<Endpoint, 'reason' | 'failures' | 'waiting' | 'kind'> & {
    succeeded_at: string | null
    hold_until: string | null
    disabled_at: string | null
    created_by: string
    created_at: string
  }

type SentDelivery = Omit<EventDelivery, 'id' | 'createdAt' | 'dueAt'> & {
  created_at: string
  due_at: string | null
}

export function webhooksThere(server: Server): WebhookVerbs {
  const at = (id: string, act = '') => `/v1/webhooks/${part(id)}${act}`
  return {
    async createEndpoint(input) {
      const { secret, ...sent } = await server.call<Sent & { secret: string }>(
        ...(['POST', '/v1/webhooks'] as const),
        { json: input },
      )
      return { endpoint: readEndpoint(sent), secret }
    },
    async listEndpoints() {
      const { data } = await server.call<{ data: Sent[] }>('GET', '/v1/webhooks')
      return data.map(readEndpoint)
    },
    testEndpoint: (id) => server.call('POST', at(id, '/test')),
    async listDeliveries({ id, limit, state }) {
      const query = { limit, state }
      const { data } = await server.call<{ data: SentDelivery[] }>('GET', at(id, '/deliveries'), {
        query,
      })
      return data.map(({ created_at: createdAt, due_at: dueAt, ...one }) => ({
        ...{ ...one, id: one.event, createdAt: new Date(createdAt), dueAt: atOrNull(dueAt) },
      }))
    },
    replayEvents: ({ id, ...json }) => server.call('POST', at(id, '/replay'), { json }),
    async rotateSecret({ id, overlapHours }) {
      const { secret, old_until: oldUntil } = await server.call<{
        secret: string
        old_until: string
      }>('POST', at(id, '/rotate'), { query: { overlap_hours: overlapHours } })
      return { secret, oldUntil: new Date(oldUntil) }
    },
    async setEndpoint(id, state) {
      const before = await server.call<Sent>('GET', at(id))
      await server.call('PATCH', at(id), { json: { state } })
      return before.state !== state
    },
    deleteEndpoint: async (id) => void (await server.call('DELETE', at(id))),
  }
}

function readEndpoint(sent: Sent): Endpoint {
  const { succeeded_at, hold_until, disabled_at, created_by, created_at, ...same } = sent
  return {
    ...{ ...same, succeededAt: atOrNull(succeeded_at), holdUntil: atOrNull(hold_until) },
    ...{
      disabledAt: atOrNull(disabled_at),
      createdBy: created_by,
      createdAt: new Date(created_at),
    },
  }
}
