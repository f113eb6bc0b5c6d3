/** How events are sent: signed, once by their ids, again when they failed, and to nobody they must not reach. */
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openDatabase } from '../../src/db/open.ts'
import { openLog } from '../../src/log.ts'
import { tellDisabled } from '../../src/outbound/tell-disabled.ts'
import type { Parley } from '../../src/parley.ts'
import { enableEndpoint, rotateSecret } from '../../src/webhooks/change.ts'
import { createEndpoint } from '../../src/webhooks/create.ts'
import { listDeliveries } from '../../src/webhooks/deliveries.ts'
import { getEndpoint, listEndpoints } from '../../src/webhooks/endpoint.ts'
import { sweepEvents } from '../../src/webhooks/make-events.ts'
import { replayEvents } from '../../src/webhooks/replay.ts'
import { waits } from '../../src/webhooks/schedule.ts'
import { sendEvents } from '../../src/webhooks/send.ts'
import { testEndpoint } from '../../src/webhooks/test-send.ts'
import { makeDataset } from '../assignments/ground.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { admin, forgetAll, hear, reaching } from './ground.ts'
import { openReceiver, type Receiver } from './receiver.ts'

let world: TestParley
let receiver: Receiver
let other: Receiver
beforeAll(async () => {
  world = await startParley()
  await makeDataset(world.parley, { name: 'safety' })
})
afterAll(() => world.close())
beforeEach(async () => {
  receiver = await openReceiver()
  other = await openReceiver()
  reaching(world.parley, receiver, other)
})
afterEach(async () => {
  await forgetAll(world.parley)
  await receiver.close()
  await other.close()
})

/** Events as they are made, without people who answer. */
async function put(parley: Parley, endpoint: string, count = 1): Promise<void> {
  const now = parley.now()
  await sql`
    with made as (
      insert into events (id, type, dataset_id, body, created_at)
      select 'msg_' || gen_random_uuid(), 'dataset.stuck', d.id,
        json_build_object('type', 'dataset.stuck', 'data', json_build_object('n', n))::text, ${now}
      from datasets d cross join generate_series(1, ${count}::int) n where d.name = 'safety'
      returning id
    )
    insert into event_deliveries (endpoint_id, event_id, due_at, created_at)
    select ${endpoint}, id, ${now}, ${now} from made`.execute(parley.db)
}

const send = (endpointId: string, parley = world.parley) => sendEvents(parley, { endpointId })

describe('happy: what is sent', () => {
  test('it is signed, and the official library verifies it', async () => {
    const { parley } = world
    const { id } = await hear(parley, receiver)
    await put(parley, id)
    await send(id)
    expect(receiver.received).toHaveLength(1)
    expect(receiver.unverified).toEqual([])
    expect(receiver.received[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'Parley-Webhooks',
      'webhook-id': expect.stringMatching(/^msg_/),
    })
    const [delivery] = await listDeliveries(parley, admin, { id })
    expect(delivery).toMatchObject({ state: 'sent', status: 204, attempts: [{ status: 204 }] })
  })

  test('after a rotation both secrets sign until the old one ends, then the new one alone', async () => {
    const { parley, clock } = world
    const { id, secret } = await hear(parley, receiver)
    const { secret: fresh } = await rotateSecret(parley, admin, { id })
    expect(fresh).not.toBe(secret)
    for (const known of [secret, fresh]) {
      receiver.know(known)
      await put(parley, id)
      await send(id)
    }
    expect(receiver.unverified).toEqual([])
    clock.advance('25 hours')
    await put(parley, id)
    await send(id)
    expect(receiver.unverified).toEqual([])
    expect(String(receiver.received[2]?.headers['webhook-signature']).split(' ')).toHaveLength(1)
    receiver.know(secret)
    await put(parley, id)
    await send(id)
    expect(receiver.unverified).toHaveLength(1)
    const { secret: last } = await rotateSecret(parley, admin, { id, overlapHours: 0 })
    receiver.know(last)
    await put(parley, id)
    await send(id)
    expect(receiver.unverified).toHaveLength(1)
    expect(String(receiver.received[4]?.headers['webhook-signature']).split(' ')).toHaveLength(1)
  })

  test('secrets are sealed where they are stored, and in no list and no audit', async () => {
    const { parley } = world
    const { id, secret } = await hear(parley, receiver)
    const { secret: fresh } = await rotateSecret(parley, admin, { id })
    const { rows } = await sql<{ all: string }>`
      select (select json_agg(e)::text from endpoints e) || (select json_agg(a)::text from audit a)
        as all`.execute(parley.db)
    const seen = `${rows[0]?.all} ${JSON.stringify(await listEndpoints(parley, admin))}`
    for (const one of [secret, fresh]) {
      expect(seen).not.toContain(one)
      expect(seen).not.toContain(one.slice('whsec_'.length))
    }
    const elsewhere = { ...parley, secret: 'another secret, of no use for these' }
    await put(parley, id)
    await send(id, elsewhere)
    expect(receiver.received).toEqual([])
    const [delivery] = await listDeliveries(parley, admin, { id })
    expect(delivery?.problem).toContain('npx parley webhooks rotate ID')
  })

  test('a test send says what the server answered, and is signed too', async () => {
    const { parley } = world
    const { id } = await hear(parley, receiver)
    expect(await testEndpoint(parley, admin, { id })).toMatchObject({ ok: true, status: 204 })
    receiver.answerWith(500)
    expect(await testEndpoint(parley, admin, { id })).toMatchObject({
      ...{ ok: false, status: 500, problem: 'It answers 500.' },
    })
    expect(receiver.ofType('webhook.test')).toHaveLength(2)
    expect(receiver.unverified).toEqual([])
    expect(await listDeliveries(parley, admin, { id })).toEqual([])
  })

  test('a failed one is sent again under its id, later each time', async () => {
    const { parley, clock, queue } = world
    const { id } = await hear(parley, receiver)
    receiver.answerWith(500)
    await put(parley, id)
    await send(id)
    await send(id)
    expect(receiver.received).toHaveLength(1)
    expect(queue.findLast(({ name }) => name === 'send-events')?.delayMs).toBeGreaterThan(3_000)
    clock.advance('6 seconds')
    await send(id)
    clock.advance('4 minutes')
    receiver.answerWith(200)
    clock.advance('2 minutes')
    await send(id)
    await send(id)
    expect(new Set(receiver.received.map((one) => one.id)).size).toBe(1)
    const [delivery] = await listDeliveries(parley, admin, { id })
    expect(delivery).toMatchObject({
      state: 'sent',
      attempts: [{ status: 500 }, { status: 500 }, { status: 200 }],
    })
    expect(await getEndpoint(parley, admin, id)).toMatchObject({ failures: 0, waiting: 0 })
  })

  test('Retry-After is heeded, in seconds and as a date', async () => {
    const { parley, clock } = world
    const { id } = await hear(parley, receiver)
    receiver.answerWith(429, { 'retry-after': '3600' })
    await put(parley, id)
    await send(id)
    clock.advance('50 minutes')
    // What came later waits as well.
    await put(parley, id)
    await send(id)
    expect(receiver.received).toHaveLength(1)
    clock.advance('11 minutes')
    const in2h = new Date(clock.now().getTime() + 2 * 3_600_000)
    receiver.answerWith(503, { 'retry-after': in2h.toUTCString() })
    await send(id)
    const seen = receiver.received.length
    receiver.answerWith(204)
    clock.advance('110 minutes')
    await send(id)
    expect(receiver.received).toHaveLength(seen)
    clock.advance('11 minutes')
    await send(id)
    expect((await listDeliveries(parley, admin, { id })).map(({ state }) => state)).toEqual([
      ...['sent', 'sent'],
    ])
  })
})

describe('happy: what does not arrive', () => {
  test('after a day of failures it is disabled and its admins are told once; enabled, it gets the rest', async () => {
    const { parley, clock, sent } = world
    const { id } = await hear(parley, receiver)
    receiver.answerWith(500)
    await put(parley, id)
    let hours = 0
    for (let tries = 0; tries <= waits.length; tries++) {
      await send(id)
      clock.advance('10 hours')
      hours += 10
    }
    expect(hours).toBeGreaterThan(24)
    expect(receiver.received).toHaveLength(waits.length + 1)
    expect(new Set(receiver.received.map((one) => one.id)).size).toBe(1)
    expect(await getEndpoint(parley, admin, id)).toMatchObject({
      ...{ state: 'disabled', reason: 'failing' },
    })
    const before = sent.length
    await Promise.all([tellDisabled(parley), tellDisabled(parley)])
    await tellDisabled(parley)
    const { rows } = await sql<{ text: string }>`
      select content ->> 'text' as text from deliveries where key like ${`webhook-disabled:${id}:%`}
    `.execute(parley.db)
    expect(rows.map(({ text }) => text)).toEqual([
      expect.stringMatching(/^The webhook \d+ \(127\.0\.0\.1:\d+\) is disabled: every attempt/),
    ])
    expect(sent).toHaveLength(before)
    await put(parley, id)
    await send(id)
    expect(receiver.received).toHaveLength(waits.length + 1)
    receiver.answerWith(200)
    await enableEndpoint(parley, admin, { id })
    await send(id)
    expect(receiver.received).toHaveLength(waits.length + 2)
    expect(await replayEvents(parley, admin, { id, since: new Date(0) })).toEqual({ queued: 1 })
    await send(id)
    expect((await listDeliveries(parley, admin, { id })).map(({ state }) => state)).toEqual([
      ...['sent', 'sent'],
    ])
  })

  test('one that fails for a day while others arrive disables nothing', async () => {
    const { parley, clock } = world
    const { id } = await hear(parley, receiver)
    receiver.answerWith((response, { data }) => {
      response.writeHead(data['n'] === 2 ? 500 : 200).end()
    })
    await put(parley, id, 3)
    for (let tries = 0; tries <= waits.length; tries++) {
      await send(id)
      clock.advance('10 hours')
      await put(parley, id)
    }
    await send(id)
    expect(await getEndpoint(parley, admin, id)).toMatchObject({ state: 'enabled' })
    const failed = await listDeliveries(parley, admin, { id, state: 'failed' })
    expect(failed).toMatchObject([{ problem: 'It answers 500.' }])
    receiver.answerWith(200)
    const [one] = failed
    const again = { id, event: one?.event ?? '' }
    expect(await replayEvents(parley, admin, again)).toEqual({ queued: 1 })
    await send(id)
    expect(await listDeliveries(parley, admin, { id, state: 'failed' })).toEqual([])
    expect(receiver.received.filter(({ id: seen }) => seen === one?.event)).toHaveLength(
      waits.length + 2,
    )
  })

  test('410 disables it at once', async () => {
    const { parley } = world
    const { id } = await hear(parley, receiver)
    receiver.answerWith(410)
    await put(parley, id)
    await send(id)
    await put(parley, id)
    await send(id)
    expect(receiver.received).toHaveLength(1)
    expect(await getEndpoint(parley, admin, id)).toMatchObject({
      state: 'disabled',
      reason: 'gone',
    })
  })

  test('a redirect is not followed', async () => {
    const { parley } = world
    const { id } = await hear(parley, receiver)
    for (const status of [301, 307, 308]) {
      receiver.answerWith(status, { location: other.url })
      await put(parley, id)
      await send(id)
    }
    expect(other.received).toEqual([])
    const problems = (await listDeliveries(parley, admin, { id })).map(({ problem }) => problem)
    expect(problems[0]).toMatch(/^It answers 308, a redirect, which is not followed\./)
  })

  test('a body that never ends is left, and the answer counts', async () => {
    const { parley } = world
    const { id } = await hear(parley, receiver)
    receiver.answerWith((response) => {
      response.writeHead(200)
      const more = () => {
        if (response.destroyed || !response.write('x'.repeat(65_536))) return
        setImmediate(more)
      }
      response.on('drain', more)
      more()
    })
    await put(parley, id)
    await send(id)
    expect(await listDeliveries(parley, admin, { id })).toMatchObject([{ state: 'sent' }])
  })

  test('a server that never answers holds up no other, and counts as failed', {
    timeout: 40_000,
  }, async () => {
    const { parley } = world
    const slow = await hear(parley, receiver)
    const quick = await hear(parley, other)
    receiver.know(slow.secret)
    receiver.answerWith(() => undefined)
    await put(parley, slow.id, 20)
    await put(parley, quick.id, 20)
    let isSlowDone = false
    const slowly = send(slow.id).then(() => {
      isSlowDone = true
    })
    await send(quick.id)
    expect(other.received).toHaveLength(20)
    expect(isSlowDone).toBe(false)
    await slowly
    const [delivery] = await listDeliveries(parley, admin, { id: slow.id, state: 'queued' })
    expect(delivery?.attempts.length).toBeLessThanOrEqual(1)
    const problems = (await listDeliveries(parley, admin, { id: slow.id })).map(
      (one) => one.problem,
    )
    expect(new Set(problems)).toContain('It took longer than 15 seconds.')
    expect(await getEndpoint(parley, admin, slow.id)).toMatchObject({
      holdUntil: expect.any(Date),
    })
  })
})

describe('twice: sending', () => {
  test('2,000 events by two workers, one of which dies: each once by its id', {
    timeout: 60_000,
  }, async () => {
    const { parley, clock } = world
    const { id } = await hear(parley, receiver)
    await put(parley, id, 2_000)
    const second = openDatabase(world.database.url, { log: openLog({ level: 'error' }), max: 5 })
    const dying = openDatabase(world.database.url, { log: openLog({ level: 'silent' }), max: 5 })
    receiver.answerWith((response) => {
      response.writeHead(Math.random() < 0.02 ? 500 : 200).end()
      if (receiver.received.length === 300) void dying.close()
    })
    const stop = new AbortController()
    const killed = send(id, { ...parley, db: dying.db, stopping: stop.signal }).catch(
      () => undefined,
    )
    await Promise.all([send(id), send(id, { ...parley, db: second.db })])
    stop.abort()
    await killed
    const waiting = async () =>
      (await listDeliveries(parley, admin, { id, state: 'queued', limit: 1 })).length
    while ((await waiting()) > 0) {
      clock.advance('1 hour')
      await sweepEvents(parley)
      await Promise.all([send(id), send(id, { ...parley, db: second.db })])
    }
    await second.close()
    const { rows } = await sql<{ state: string; count: number }>`
      select state, count(*)::int as count from event_deliveries group by state`.execute(parley.db)
    expect(rows).toEqual([{ state: 'sent', count: 2_000 }])
    expect(new Set(receiver.received.map((one) => one.id)).size).toBe(2_000)
    expect(receiver.unverified).toEqual([])
  })

  test('what a worker held when it died is sent again once its lease is over', async () => {
    const { parley, clock } = world
    const { id } = await hear(parley, receiver)
    await put(parley, id)
    await sql`update event_deliveries set state = 'sending', attempt = 1,
      claimed_at = ${parley.now()}`.execute(parley.db)
    await send(id)
    expect(receiver.received).toEqual([])
    clock.advance('31 seconds')
    await send(id)
    await send(id)
    expect(receiver.received).toHaveLength(1)
  })

  test('an outcome that comes after another worker took over changes nothing', async () => {
    const { parley } = world
    const { id } = await hear(parley, receiver)
    receiver.answerWith(async (response) => {
      await sql`update event_deliveries set attempt = attempt + 1`.execute(parley.db)
      response.writeHead(500).end()
    })
    await put(parley, id)
    await send(id)
    const { rows } = await sql<object>`select state, tries from event_deliveries`.execute(parley.db)
    expect(rows).toEqual([{ state: 'sending', tries: 0 }])
  })
})

describe('refused: where webhooks may not go', () => {
  test.each([
    ['the metadata service of clouds', 'http://169.254.169.254/latest/meta-data'],
    ['the same by https', 'https://169.254.169.254/latest'],
    ['the same as one number', 'https://2852039166/'],
    ['this machine', 'https://127.0.0.1:5432/'],
    ['this machine by IPv6', 'https://[::1]/'],
    ['this machine by its name', 'https://localhost/'],
    ['a name that resolves inward', 'https://inward.example/'],
  ])('%s is refused, and nothing is stored', async (_, url) => {
    const { parley } = world
    const lying = { ...parley, fetching: { allow: [], lookup: inward } }
    await expect(createEndpoint(lying, admin, { url })).rejects.toThrow(/lies in a private network/)
    expect(await listEndpoints(parley, admin)).toEqual([])
  })

  test.each([
    ['without encryption', 'http://example.org/hooks', /in the clear/],
    ['with a password in it', 'https://me:secret@example.org/', /without a name or password/],
    ['of another kind', 'ftp://example.org/', /https:\/\//],
    ['that is none', 'example.org/hooks', /https:\/\//],
  ])('an address %s', async (_, url, said) => {
    const outward = { ...world.parley, fetching: { allow: [], lookup: outside } }
    await expect(createEndpoint(outward, admin, { url })).rejects.toThrow(said)
  })

  test('a name that resolves inward later is not asked then', async () => {
    const { parley } = world
    const url = `https://turning.example:${receiver.port}/`
    const honest = { ...parley, fetching: { allow: [], lookup: outside } }
    const { endpoint } = await createEndpoint(honest, admin, { url })
    await put(parley, endpoint.id)
    await send(endpoint.id, { ...parley, fetching: { allow: [], lookup: inward } })
    expect(receiver.received).toEqual([])
    const [delivery] = await listDeliveries(parley, admin, { id: endpoint.id })
    expect(delivery?.problem).toMatch(/lies in a private network/)
  })

  test('an event, a dataset or a webhook that nobody knows', async () => {
    const { parley } = world
    const { url } = receiver
    const create = (more: object) => createEndpoint(parley, admin, { url, ...more })
    await expect(create({ events: ['record.complete'] })).rejects.toThrow(
      /"record.complete" is not an event. Did you mean "record.completed"\?/,
    )
    await expect(create({ datasets: ['safty'] })).rejects.toThrow(/Did you mean "safety"/)
    await expect(testEndpoint(parley, admin, { id: '99' })).rejects.toThrow(/no webhook "99"/)
    await expect(testEndpoint(parley, admin, { id: 'x' })).rejects.toThrow(/no webhook "x"/)
    const { id } = await hear(parley, receiver)
    await expect(replayEvents(parley, admin, { id, event: 'msg_none' })).rejects.toThrow(
      /no event "msg_none"/,
    )
    await expect(rotateSecret(parley, admin, { id, overlapHours: 1000 })).rejects.toThrow(/720/)
  })

  test('an admin of one workspace hears of no other', async () => {
    const { parley } = world
    const of = { platform: 'slack', workspace: 'T9', userId: 'UMIA' } as const
    const mia = { type: 'admin', name: 'slack:T9:UMIA', of } as const
    await expect(createEndpoint(parley, mia, { url: receiver.url })).rejects.toThrow(
      /Name datasets/,
    )
    const their = { url: receiver.url, datasets: ['safety'] }
    await expect(createEndpoint(parley, mia, their)).rejects.toThrow(/no dataset/)
    const { id } = await hear(parley, receiver)
    expect(await listEndpoints(parley, mia)).toEqual([])
    await expect(getEndpoint(parley, mia, id)).rejects.toThrow(/no webhook/)
    await expect(rotateSecret(parley, mia, { id })).rejects.toThrow(/no webhook/)
  })
})

type Lookup = NonNullable<NonNullable<Parley['fetching']>['lookup']>
const inward: Lookup = (_name, _options, callback) =>
  callback(null, [
    { address: '93.184.216.34', family: 4 },
    { address: '169.254.169.254', family: 4 },
  ])
const outside: Lookup = (_name, _options, callback) =>
  callback(null, [{ address: '93.184.216.34', family: 4 }])
