/** What people say of a call goes back to where its trace is, as events of its span. */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { nextAssignment } from '../../src/assignments/next.ts'
import { createDataset } from '../../src/datasets/create.ts'
import { getDataset } from '../../src/datasets/dataset.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { publishDataset } from '../../src/datasets/publish.ts'
import { upsertRecords } from '../../src/records/upsert.ts'
import { submitResponse } from '../../src/responses/submit.ts'
import { rotateSecret } from '../../src/webhooks/change.ts'
import { createEndpoint } from '../../src/webhooks/create.ts'
import { listDeliveries } from '../../src/webhooks/deliveries.ts'
import { listEndpoints } from '../../src/webhooks/endpoint.ts'
import { testEndpoint } from '../../src/webhooks/test-send.ts'
import { makeLabeler } from '../assignments/ground.ts'
import { idsOf } from '../support/otlp.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { call, sendJson } from '../traces/ground.ts'
import { admin, forgetAll, work } from './ground.ts'

type Received = { url: string; headers: IncomingHttpHeaders; body: Logs }
type Logs = { resourceLogs: { scopeLogs: { logRecords: LogRecord[] }[] }[] }
type LogRecord = {
  eventName: string
  traceId?: string
  spanId?: string
  timeUnixNano: string
  attributes: { key: string; value: { [type: string]: unknown } }[]
}

let world: TestParley
let server: Server
let status = 200
const received: Received[] = []
beforeAll(async () => {
  world = await startParley()
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString('utf8'))
      received.push({ url: request.url ?? '', headers: request.headers, body })
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  Object.assign(world.parley, { fetching: { allow: [host()] } })
})
afterEach(async () => {
  received.length = 0
  status = 200
  await forgetAll(world.parley)
})
afterAll(async () => {
  server.close()
  await world.close()
})

const host = () => `127.0.0.1:${(server.address() as AddressInfo).port}`
const secret = 'Bearer of-nobody-else'
const listen = (name: string) =>
  createEndpoint(world.parley, admin, {
    ...{ url: `http://${host()}/v1/logs`, datasets: [name] },
    otlp: { headers: { Authorization: secret } },
  })

async function open(name: string, more: string) {
  const document = parseDocument(`
name: ${name}
access: everyone
fields: { prompt: { type: chat } }
traces: { match: { service: ${name} } }
${more}`)
  await createDataset(world.parley, admin, { document })
  await publishDataset(world.parley, admin, { dataset: name })
  world.clock.advance('6 seconds')
}

let people = 0

/** Somebody else each time. */
async function answer(name: string, values: (outputs: readonly string[]) => object) {
  const { parley } = world
  const labeler = await makeLabeler(parley, `U${++people}`)
  const dataset = await getDataset(parley, name)
  const task = await nextAssignment(parley, labeler, { dataset })
  if (!task) throw new Error('There is no task.')
  await submitResponse(parley, labeler, {
    ...{ assignmentId: task.assignmentId, schemaVersion: 1, platform: 'slack' },
    values: { ...values(task.shownOrder) },
  })
}

async function settle() {
  world.clock.advance('11 minutes')
  await work(world.parley)
}

const records = () =>
  received.flatMap(({ body }) =>
    body.resourceLogs.flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords)),
  )
const held = ({ attributes }: LogRecord) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))

describe('happy: verdicts go back', () => {
  test('as gen_ai.evaluation.result of the span, once they cannot be undone', async () => {
    await open('rated', 'template: evaluation')
    await listen('rated')
    await sendJson(world.parley, [call(1, { 'gen_ai.response.id': 'r-1' })], {
      ...{ 'service.name': 'rated' },
    })
    await answer('rated', ([id = '']) => ({ quality: { [id]: 4 }, comment: 'Too long.' }))
    await answer('rated', ([id = '']) => ({ quality: { [id]: 5 } }))
    await work(world.parley)
    expect(received).toHaveLength(0)
    await settle()
    expect(received).toHaveLength(1)
    expect(received[0]?.url).toBe('/v1/logs')
    expect(received[0]?.headers).toMatchObject({
      ...{ authorization: secret, 'content-type': 'application/json' },
    })
    expect(received[0]?.headers['webhook-signature']).toBeUndefined()
    const [one, ...others] = records()
    expect(others).toEqual([])
    expect(one).toMatchObject({ eventName: 'gen_ai.evaluation.result', ...idsOf(1) })
    expect(one?.timeUnixNano).toMatch(/^\d{19}$/)
    expect(one && held(one)).toEqual({
      'gen_ai.evaluation.name': 'quality',
      'gen_ai.evaluation.score.value': 4.5,
      'gen_ai.evaluation.explanation': '2 answers: 4 1, 5 1.\nToo long.',
      'gen_ai.response.id': 'r-1',
      'parley.dataset': 'rated',
      'parley.record': `${idsOf(1).traceId}-${idsOf(1).spanId}`,
      'parley.answers': '2',
      'parley.agreement': 0,
    })
    const value = one?.attributes.find(({ key }) => key === 'gen_ai.evaluation.score.value')?.value
    expect(Object.keys(value ?? {})).toEqual(['doubleValue'])
    await settle()
    expect(received).toHaveLength(1)
  })

  test('a label with its share, and nothing of records that came from no trace', async () => {
    await open('thumbed', 'template: thumbs')
    await listen('thumbed')
    await sendJson(world.parley, [call(2)], { 'service.name': 'thumbed' })
    await upsertRecords(world.parley, await getDataset(world.parley, 'thumbed'), [
      {
        ...{ format: 1, external_id: 'by hand', priority: 0, suggestions: {}, metadata: {} },
        fields: { prompt: [{ role: 'user', content: 'x' }] },
        outputs: [{ id: 'o1', text: 'y' }],
      },
    ])
    for (let nth = 0; nth < 2; nth++)
      await answer('thumbed', ([id = '']) => ({ thumbs: { [id]: 'up' } }))
    await settle()
    const [one, ...others] = records()
    expect(others).toEqual([])
    expect(one).toMatchObject(idsOf(2))
    expect(one && held(one)).toMatchObject({
      'gen_ai.evaluation.name': 'thumbs',
      'gen_ai.evaluation.score.label': 'up',
      'gen_ai.evaluation.score.value': 1,
    })
  })

  test('a test send is an empty request, which every server takes', async () => {
    await open('tested', 'template: thumbs')
    const { endpoint, secret: signing } = await listen('tested')
    expect(signing).toBe('')
    expect(await testEndpoint(world.parley, admin, { id: endpoint.id })).toMatchObject({ ok: true })
    expect(received[0]?.body).toEqual({ resourceLogs: [] })
  })
})

describe('refused', () => {
  test('what its server cannot read is not sent again; what it asks to send again is', async () => {
    await open('failing', 'template: thumbs')
    const { endpoint } = await listen('failing')
    await sendJson(world.parley, [call(3), call(4)], { 'service.name': 'failing' })
    await answer('failing', ([id = '']) => ({ thumbs: { [id]: 'up' } }))
    status = 400
    await settle()
    const states = async () =>
      (await listDeliveries(world.parley, admin, { id: endpoint.id })).map(({ state }) => state)
    expect(await states()).toEqual(['failed'])
    expect((await listEndpoints(world.parley, admin))[0]?.state).toBe('enabled')
    await answer('failing', ([id = '']) => ({ thumbs: { [id]: 'up' } }))
    status = 503
    await settle()
    expect((await states()).sort()).toEqual(['failed', 'queued'])
    status = 200
    world.clock.advance('1 hour')
    await work(world.parley)
    expect((await states()).sort()).toEqual(['failed', 'sent'])
  })

  test('headers are stored encrypted, and stand in no log of what was done', async () => {
    await open('hidden', 'template: thumbs')
    await listen('hidden')
    const { rows } = await sql<{ held: string }>`
      select (select string_agg(e::text, ' ') from endpoints e)
        || (select string_agg(a::text, ' ') from audit a) as held`.execute(world.parley.db)
    expect(rows[0]?.held).not.toContain('of-nobody-else')
  })

  test.each<[string, { [name: string]: string }, string]>([
    ['a header with a line break', { authorization: 'a\r\nb: c' }, 'is no header'],
    ['a header that Parley sets', { 'Content-Type': 'x' }, 'is set by Parley'],
  ])('%s', async (_, headers, why) => {
    const url = `http://${host()}/v1/logs`
    await expect(createEndpoint(world.parley, admin, { url, otlp: { headers } })).rejects.toThrow(
      why,
    )
  })

  test('events of its own choice, a private address, and a new secret', async () => {
    const { parley } = world
    const url = `http://${host()}/v1/logs`
    const otlp = { headers: {} }
    await expect(
      createEndpoint(parley, admin, { url, otlp, events: ['post.closed'] }),
    ).rejects.toThrow('Name no events')
    await expect(
      createEndpoint(parley, admin, { url: 'https://169.254.169.254/v1/logs', otlp }),
    ).rejects.toThrow()
    const { endpoint } = await createEndpoint(parley, admin, { url, otlp })
    await expect(rotateSecret(parley, admin, { id: endpoint.id })).rejects.toThrow('not signed')
  })
})
