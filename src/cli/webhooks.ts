/** What the commands for webhooks do; their words are in commands/webhooks.ts. */
import type { EventDeliveryState } from '../db/schema/endpoints.ts'
import { invalid } from '../errors.ts'
import { counted } from '../sentences.ts'
import { deliveryStates, type EventDelivery } from '../webhooks/deliveries.ts'
import type { Endpoint } from '../webhooks/endpoint.ts'
import { print, type Run, readCount, say, withVerbs } from './command.ts'

/** `parley webhooks create <url>` */
export const create: Run = (doors, { words: [url = ''], options }) =>
  withVerbs(doors, async (verbs) => {
    const { events, dataset, description, otlp, header } = options
    const { endpoint, secret } = await verbs.createEndpoint({
      url,
      ...(typeof events === 'string' ? { events: events.split(/[\s,]+/).filter(Boolean) } : {}),
      ...(Array.isArray(dataset) ? { datasets: dataset } : {}),
      ...(typeof description === 'string' ? { description } : {}),
      ...(otlp === true || header !== undefined ? { otlp: { headers: readHeaders(header) } } : {}),
    })
    if (options['json']) return print(JSON.stringify({ ...endpoint, secret }))
    if (endpoint.kind === 'otlp') return print(endpoint.id)
    print(`${endpoint.id}\t${secret}`)
    say(`Keep the secret; it is not shown again. Try it: npx parley webhooks test ${endpoint.id}`)
  })

/** `parley webhooks list` */
export const list: Run = (doors, { options }) =>
  withVerbs(doors, async (verbs) => {
    const all = await verbs.listEndpoints()
    if (all.length === 0) say('There are no webhooks. Create one: npx parley webhooks create URL')
    for (const one of all) print(options['json'] ? JSON.stringify(one) : sayEndpoint(one))
  })

/** `parley webhooks test <id>`; exits with 1 when it did not arrive. */
export const test: Run = (doors, { words: [id = ''] }) =>
  withVerbs(doors, async (verbs) => {
    const { ok, status, problem, milliseconds } = await verbs.testEndpoint(id)
    print(ok ? `It answered ${status} in ${milliseconds} ms.` : (problem ?? 'It did not arrive.'))
    return ok ? 0 : 1
  })

/** `parley webhooks deliveries <id>` */
export const deliveries: Run = (doors, { words: [id = ''], options }) =>
  withVerbs(doors, async (verbs) => {
    const { state, limit } = options
    const all = await verbs.listDeliveries({
      id,
      ...(state === undefined ? {} : { state: readState(state) }),
      ...(limit === undefined ? {} : { limit: readCount('limit', limit, 100) }),
    })
    for (const one of all) print(options['json'] ? JSON.stringify(one) : sayDelivery(one))
  })

/** `parley webhooks replay <id>` */
export const replay: Run = (doors, { words: [id = ''], options }) =>
  withVerbs(doors, async (verbs) => {
    const { event, since, until, all } = options
    const { queued } = await verbs.replayEvents({
      id,
      ...(typeof event === 'string' ? { event } : {}),
      ...(since === undefined ? {} : { since: readTime('since', since) }),
      ...(until === undefined ? {} : { until: readTime('until', until) }),
      all: all === true,
    })
    print(`${counted(queued, 'event')} queued.`)
  })

/** `parley webhooks rotate <id>` */
export const rotate: Run = (doors, { words: [id = ''], options }) =>
  withVerbs(doors, async (verbs) => {
    const { overlap } = options
    const { secret, oldUntil } = await verbs.rotateSecret({
      id,
      ...(overlap === undefined ? {} : { overlapHours: Number(overlap) }),
    })
    print(secret)
    say(`Keep it; it is not shown again. The old one signs too until ${oldUntil.toISOString()}.`)
  })

/** `parley webhooks enable <id>` */
export const enable: Run = (doors, { words: [id = ''] }) =>
  withVerbs(doors, async (verbs) => {
    const was = await verbs.setEndpoint(id, 'enabled')
    print(was ? `Webhook ${id} is enabled.` : `Webhook ${id} was enabled already.`)
  })

/** `parley webhooks disable <id>` */
export const disable: Run = (doors, { words: [id = ''] }) =>
  withVerbs(doors, async (verbs) => {
    const was = await verbs.setEndpoint(id, 'disabled')
    print(was ? `Webhook ${id} is disabled.` : `Webhook ${id} was disabled already.`)
  })

/** `parley webhooks delete <id>` */
export const remove: Run = (doors, { words: [id = ''] }) =>
  withVerbs(doors, async (verbs) => {
    await verbs.deleteEndpoint(id)
    print(`Webhook ${id} is deleted.`)
  })

const why = {
  admin: 'by an admin',
  gone: 'its server answered 410',
  failing: 'a day of attempts failed',
}

function sayEndpoint(one: Endpoint): string {
  const { id, kind, url, datasets, events, state, reason, failures, waiting, description } = one
  return [
    id,
    url,
    datasets === null ? 'every dataset' : datasets.join(', ') || 'no dataset any more',
    kind === 'otlp' ? 'verdicts on traces' : events.join(', '),
    reason === null ? state : `${state} (${why[reason]})`,
    ...(waiting > 0 ? [`${counted(waiting, 'event')} waiting`] : []),
    ...(failures > 0 ? [`${counted(failures, 'failed attempt')} in a row`] : []),
    ...(description === null ? [] : [description]),
  ].join('\t')
}

function sayDelivery(one: EventDelivery): string {
  const { event, type, dataset, state, createdAt, dueAt, problem, attempts } = one
  return [
    event,
    type,
    dataset,
    createdAt.toISOString(),
    dueAt === null ? state : `${state} until ${dueAt.toISOString()}`,
    counted(attempts.length, 'attempt'),
    ...(problem === null ? [] : [problem]),
  ].join('\t')
}

/** `NAME: VALUE`, one or several. */
function readHeaders(given: unknown): Record<string, string> {
  const all = Array.isArray(given) ? given.map(String) : []
  return Object.fromEntries(
    all.map((text) => {
      const [, name, value] = /^([^:]+):\s*(.*)$/.exec(text) ?? []
      if (name === undefined || value === undefined)
        throw invalid({ header: 'Write each as NAME: VALUE, such as "authorization: Bearer …".' })
      return [name.trim(), value] as const
    }),
  )
}

function readState(text: unknown): EventDeliveryState {
  const found = deliveryStates.find((state) => state === text)
  if (found) return found
  throw invalid({
    state: `"${String(text)}" is not a state. States are ${deliveryStates.join(', ')}.`,
  })
}

function readTime(flag: string, text: unknown): Date {
  const at = new Date(String(text))
  if (!Number.isNaN(at.getTime())) return at
  throw invalid({
    [flag]: `"${String(text)}" is not a time. Write one such as 2026-11-30 or 2026-11-30T09:00Z.`,
  })
}
