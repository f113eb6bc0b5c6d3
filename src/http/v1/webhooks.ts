/** /v1/webhooks: which programs get events, what was sent to them, and the payloads in the document. */
import { z } from '@hono/zod-openapi'
import type { Parley } from '../../parley.ts'
import {
  deleteEndpoint,
  disableEndpoint,
  enableEndpoint,
  rotateSecret,
} from '../../webhooks/change.ts'
import { createEndpoint } from '../../webhooks/create.ts'
import { deliveryStates, type EventDelivery, listDeliveries } from '../../webhooks/deliveries.ts'
import { type Endpoint, getEndpoint, listEndpoints } from '../../webhooks/endpoint.ts'
import { describeEvent, eventTypes, payloadOf } from '../../webhooks/event.ts'
import { replayEvents } from '../../webhooks/replay.ts'
import { testEndpoint } from '../../webhooks/test-send.ts'
import { fromIdCursor, PageQuery, pageOf, toCursor } from '../door/page.ts'
import { answer, body, type Door, route } from '../door/route.ts'

const Webhook = z
  .object({
    id: z.string(),
    kind: z
      .enum(['webhook', 'otlp'])
      .describe('`otlp`: it is sent verdicts on traces as OTLP logs, and nothing is signed.'),
    url: z.string(),
    description: z.string().nullable(),
    events: z.array(z.enum(eventTypes)),
    datasets: z.array(z.string()).nullable().describe('null: every dataset.'),
    state: z.enum(['enabled', 'disabled']),
    reason: z
      .enum(['admin', 'gone', 'failing'])
      .nullable()
      .describe('Why it is disabled: by an admin, it answered 410, a day of attempts failed.'),
    failures: z.int().describe('Failed attempts since one succeeded.'),
    waiting: z.int().describe('Events that wait for it.'),
    succeeded_at: z.iso.datetime().nullable(),
    hold_until: z.iso.datetime().nullable().describe('No attempt before then.'),
    disabled_at: z.iso.datetime().nullable(),
    created_by: z.string(),
    created_at: z.iso.datetime(),
  })
  .openapi('Webhook')

const Secret = z.string().describe('`whsec_…`, which nothing shows again; empty for `otlp`.')

const NewWebhook = z.strictObject({
  url: z.string().openapi({ example: 'https://example.org/hooks' }),
  events: z.array(z.string()).optional().describe('Default: all of them.'),
  datasets: z
    .array(z.string())
    .optional()
    .describe('Default: every dataset, including later ones.'),
  description: z.string().optional(),
  otlp: z
    .strictObject({
      headers: z
        .record(z.string(), z.string())
        .default({})
        .describe(
          'What the server asks for, such as authorization; stored encrypted, never shown.',
        ),
    })
    .optional()
    .describe('Send verdicts on traces to this address as OTLP logs (docs/traces.md); no events.'),
})

const Delivery = z
  .object({
    event: z.string().describe('The `webhook-id` of every attempt.'),
    type: z.string(),
    dataset: z.string(),
    state: z.enum(deliveryStates),
    status: z.int().nullable().describe('What it answered last.'),
    problem: z.string().nullable(),
    due_at: z.iso.datetime().nullable().describe('Of the next attempt.'),
    created_at: z.iso.datetime(),
    attempts: z.array(
      z.object({
        at: z.string(),
        status: z.int().nullable(),
        milliseconds: z.int(),
        problem: z.string().nullable(),
      }),
    ),
  })
  .openapi('WebhookDelivery')

const shared = { tag: 'webhooks', scopes: ['admin'] as const }
const one = { params: z.object({ id: z.string() }) }
const moment = z.coerce.date(
  'Write a day such as 2026-03-01, or a moment such as 2026-03-01T09:00Z.',
)
const when = moment.optional().openapi({ type: 'string', format: 'date-time' })

export function webhookRoutes(door: Door, parley: Parley): void {
  listRoutes(door, parley)
  changeRoutes(door, parley)
  sendRoutes(door, parley)
  for (const type of eventTypes)
    door.openAPIRegistry.registerWebhook({
      ...{ method: 'post', path: type, tags: ['webhooks'], summary: describeEvent(type) },
      description: 'Signed as Standard Webhooks says; the id is the same at every attempt.',
      request: {
        headers: z.object({
          'webhook-id': z.string(),
          'webhook-timestamp': z.string(),
          'webhook-signature': z.string(),
        }),
        body: { content: { 'application/json': { schema: payloadOf(type) } } },
      },
      responses: {
        204: { description: 'Any 2xx within 15 seconds; anything else is tried again.' },
      },
    })
}

function listRoutes(door: Door, parley: Parley): void {
  const list = route({
    ...{ ...shared, method: 'get', path: '/v1/webhooks', id: 'listWebhooks' },
    summary: 'List the webhooks',
    answers: { 200: answer('The webhooks.', z.object({ data: z.array(Webhook) })) },
  })
  door.openapi(list, async (c) =>
    c.json({ data: (await listEndpoints(parley, c.var.caller.actor)).map(shown) }),
  )

  const get = route({
    ...{ ...shared, method: 'get', path: '/v1/webhooks/{id}', id: 'getWebhook', request: one },
    summary: 'Read a webhook',
    answers: { 200: answer('The webhook.', Webhook) },
  })
  door.openapi(get, async (c) =>
    c.json(shown(await getEndpoint(parley, c.var.caller.actor, c.req.valid('param').id))),
  )

  const deliveries = route({
    ...{ ...shared, method: 'get', path: '/v1/webhooks/{id}/deliveries' },
    ...{ id: 'listWebhookDeliveries', summary: 'List what was sent, newest first' },
    request: {
      ...one,
      query: z.object({ state: z.enum(deliveryStates).optional(), ...PageQuery }),
    },
    answers: { 200: answer('A page of deliveries.', pageOf(Delivery)) },
  })
  door.openapi(deliveries, async (c) => {
    const { state, cursor, limit = 50 } = c.req.valid('query')
    const before = fromIdCursor(cursor)
    const found = await listDeliveries(parley, c.var.caller.actor, {
      ...{ id: c.req.valid('param').id, limit },
      ...(state === undefined ? {} : { state }),
      ...(before === undefined ? {} : { before }),
    })
    const last = found.length === limit ? (found.at(-1)?.id ?? null) : null
    return c.json({ data: found.map(shownDelivery), next: toCursor(last) })
  })
}

function changeRoutes(door: Door, parley: Parley): void {
  const create = route({
    ...{ ...shared, method: 'post', path: '/v1/webhooks', id: 'createWebhook' },
    summary: 'Create a webhook',
    description: 'The answer holds its secret, which nothing shows again.',
    request: { body: body(NewWebhook) },
    refusals: ['not_found', 'conflict'],
    answers: { 201: answer('The webhook.', Webhook.extend({ secret: Secret })) },
  })
  door.openapi(create, async (c) => {
    const given = c.req.valid('json')
    const input = Object.fromEntries(
      Object.entries(given).filter(([, value]) => value !== undefined),
    )
    const made = await createEndpoint(parley, c.var.caller.actor, { url: given.url, ...input })
    const { endpoint, secret } = made
    return c.json({ ...shown(endpoint), secret }, 201, { 'cache-control': 'no-store' })
  })

  const change = route({
    ...{ ...shared, method: 'patch', path: '/v1/webhooks/{id}', id: 'changeWebhook' },
    summary: 'Enable or disable a webhook',
    description: 'While it is disabled its events wait; enabled, they are sent.',
    request: {
      ...one,
      body: body(z.strictObject({ state: z.enum(['enabled', 'disabled']) })),
    },
    answers: { 200: answer('The webhook.', Webhook) },
  })
  door.openapi(change, async (c) => {
    const { id } = c.req.valid('param')
    const set = c.req.valid('json').state === 'enabled' ? enableEndpoint : disableEndpoint
    await set(parley, c.var.caller.actor, { id })
    return c.json(shown(await getEndpoint(parley, c.var.caller.actor, id)))
  })

  const remove = route({
    ...{ ...shared, method: 'delete', path: '/v1/webhooks/{id}', id: 'deleteWebhook' },
    ...{ summary: 'Delete a webhook', request: one },
    answers: { 204: { description: 'It is deleted, with its secrets and deliveries.' } },
  })
  door.openapi(remove, async (c) => {
    await deleteEndpoint(parley, c.var.caller.actor, { id: c.req.valid('param').id })
    return c.body(null, 204)
  })

  const rotate = route({
    ...{ ...shared, method: 'post', path: '/v1/webhooks/{id}/rotate', id: 'rotateWebhookSecret' },
    summary: 'Give a webhook a new secret',
    description:
      'The old one signs too for a while. The answer holds the new one, shown this once.',
    request: {
      ...one,
      query: z.object({
        overlap_hours: z.coerce
          .number('Write hours from 0 to 720, such as 24.')
          .optional()
          .describe('How long the old one signs; default: 24'),
      }),
    },
    answers: {
      200: answer('The secret.', z.object({ secret: Secret, old_until: z.iso.datetime() })),
    },
  })
  door.openapi(rotate, async (c) => {
    const { overlap_hours: overlapHours } = c.req.valid('query')
    const { secret, oldUntil } = await rotateSecret(parley, c.var.caller.actor, {
      ...c.req.valid('param'),
      ...(overlapHours === undefined ? {} : { overlapHours }),
    })
    return c.json({ secret, old_until: oldUntil }, 200, { 'cache-control': 'no-store' })
  })
}

function sendRoutes(door: Door, parley: Parley): void {
  const test = route({
    ...{ ...shared, method: 'post', path: '/v1/webhooks/{id}/test', id: 'testWebhook' },
    ...{ summary: 'Send one message of type webhook.test now', request: one },
    answers: {
      200: answer(
        'What its server answered.',
        z.object({
          event: z.string(),
          ok: z.boolean(),
          status: z.int().nullable(),
          problem: z.string().nullable(),
          milliseconds: z.int(),
        }),
      ),
    },
  })
  door.openapi(test, async (c) => {
    const tested = await testEndpoint(parley, c.var.caller.actor, c.req.valid('param'))
    const { eventId: event, ...outcome } = tested
    return c.json({ event, ...outcome })
  })

  const replay = route({
    ...{ ...shared, method: 'post', path: '/v1/webhooks/{id}/replay', id: 'replayWebhook' },
    summary: 'Send events again, under the same ids',
    description: 'One by its id, or what did not arrive since a time.',
    request: {
      ...one,
      body: body(
        z.strictObject({
          event: z.string().optional(),
          ...{ since: when, until: when },
          all: z.boolean().optional().describe('With `since`: those that arrived, too.'),
        }),
      ),
    },
    refusals: ['conflict'],
    answers: { 202: answer('How many are queued.', z.object({ queued: z.int() })) },
  })
  door.openapi(replay, async (c) => {
    const { event, since, until, all } = c.req.valid('json')
    const replayed = await replayEvents(parley, c.var.caller.actor, {
      ...c.req.valid('param'),
      ...(event === undefined ? {} : { event }),
      ...(since === undefined ? {} : { since }),
      ...(until === undefined ? {} : { until }),
      ...(all === undefined ? {} : { all }),
    })
    return c.json(replayed, 202)
  })
}

function shown(endpoint: Endpoint) {
  const { id, kind, url, description, events, datasets, state, reason, failures, waiting } =
    endpoint
  return {
    ...{ id, kind, url, description, events, datasets, state, reason, failures, waiting },
    succeeded_at: endpoint.succeededAt,
    hold_until: endpoint.holdUntil,
    disabled_at: endpoint.disabledAt,
    created_by: endpoint.createdBy,
    created_at: endpoint.createdAt,
  }
}

function shownDelivery({ id: _, createdAt, dueAt, ...delivery }: EventDelivery) {
  return { ...delivery, due_at: dueAt, created_at: createdAt }
}
