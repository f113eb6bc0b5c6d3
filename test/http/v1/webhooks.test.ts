/** Webhooks over HTTP: what the terminal does, with a key; and what the document says of each event. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { httpApp } from '../../../src/http/app.ts'
import { eventTypes } from '../../../src/webhooks/event.ts'
import { sweepEvents } from '../../../src/webhooks/make-events.ts'
import { makeDataset } from '../../assignments/ground.ts'
import { startParley, type TestParley } from '../../support/parley.ts'
import { forgetAll, reaching, work } from '../../webhooks/ground.ts'
import { openReceiver, type Receiver } from '../../webhooks/receiver.ts'
import { type Call, calling, keyFor } from './client.ts'

let at: TestParley
let receiver: Receiver
let call: Call
beforeAll(async () => {
  at = await startParley()
  await makeDataset(at.parley, { name: 'mine' })
  await makeDataset(at.parley, { name: 'theirs' })
  call = calling(at.parley, await keyFor(at.parley, ['admin']))
})
afterAll(() => at.close())
beforeEach(async () => {
  receiver = await openReceiver()
  reaching(at.parley, receiver)
})
afterEach(async () => {
  await forgetAll(at.parley)
  await receiver.close()
})

describe('happy', () => {
  test('it is created, tested, rotated, paused, replayed and deleted', async () => {
    const made = await call('POST', '/v1/webhooks', {
      ...{ url: receiver.url, events: ['record.completed', 'dataset.stuck'], datasets: ['mine'] },
    })
    expect(made.status).toBe(201)
    expect(made.headers.get('cache-control')).toBe('no-store')
    const { id, secret, ...rest } = made.json
    expect(rest).toMatchObject({ state: 'enabled', datasets: ['mine'], waiting: 0 })
    receiver.know(secret)
    const tested = await call('POST', `/v1/webhooks/${id}/test`)
    expect(tested.json).toMatchObject({ ok: true, status: 204 })
    const rotated = await call('POST', `/v1/webhooks/${id}/rotate?overlap_hours=1`)
    expect(rotated.json.secret).toMatch(/^whsec_/)
    const listed = await call('GET', '/v1/webhooks')
    expect(listed.json.data).toHaveLength(1)
    expect(listed.text + (await call('GET', `/v1/webhooks/${id}`)).text).not.toContain('whsec_')
    at.clock.advance('2 days')
    await sweepEvents(at.parley)
    receiver.know(rotated.json.secret)
    await work(at.parley)
    expect(receiver.ofType('dataset.stuck')).toHaveLength(1)
    const page = await call('GET', `/v1/webhooks/${id}/deliveries?limit=1`)
    expect(page.json).toMatchObject({ data: [{ state: 'sent', type: 'dataset.stuck' }] })
    const next = await call('GET', `/v1/webhooks/${id}/deliveries?cursor=${page.json.next}`)
    expect(next.json).toEqual({ data: [], next: null })
    const off = await call('PATCH', `/v1/webhooks/${id}`, { state: 'disabled' })
    expect(off.json).toMatchObject({ state: 'disabled', reason: 'admin' })
    const event = page.json.data[0].event
    expect((await call('POST', `/v1/webhooks/${id}/replay`, { event })).status).toBe(409)
    await call('PATCH', `/v1/webhooks/${id}`, { state: 'enabled' })
    const again = await call('POST', `/v1/webhooks/${id}/replay`, { event })
    expect([again.status, again.json]).toEqual([202, { queued: 1 }])
    await work(at.parley)
    expect(receiver.ofType('dataset.stuck').map((one) => one.id)).toEqual([event, event])
    expect(receiver.unverified).toEqual([])
    expect((await call('DELETE', `/v1/webhooks/${id}`)).status).toBe(204)
    expect((await call('GET', `/v1/webhooks/${id}`)).status).toBe(404)
  })

  test('one that is sent verdicts on traces has headers, which nothing shows', async () => {
    const otlp = { headers: { authorization: 'Bearer of-nobody-else' } }
    const made = await call('POST', '/v1/webhooks', { url: receiver.url, otlp })
    expect([made.status, made.json.kind, made.json.secret]).toEqual([201, 'otlp', ''])
    const { id } = made.json
    expect((await call('POST', `/v1/webhooks/${id}/test`)).json).toMatchObject({ ok: true })
    expect(receiver.unverified).toEqual(['{"resourceLogs":[]}'])
    const shown = made.text + (await call('GET', '/v1/webhooks')).text
    expect(shown).not.toContain('of-nobody-else')
    expect((await call('POST', `/v1/webhooks/${id}/rotate`)).status).toBe(409)
  })

  test('the document tells the payload of every event', async () => {
    const document = await (await httpApp(at.parley, []).request('/openapi.json')).json()
    const { webhooks } = document as { webhooks: Record<string, { post: object }> }
    expect(Object.keys(webhooks).sort()).toEqual([...eventTypes].sort())
    expect(JSON.stringify(webhooks['record.completed'])).toContain('external_id')
  })
})

describe('forbidden', () => {
  test('a key for one dataset has webhooks of that one, and sees no other', async () => {
    const mine = calling(at.parley, await keyFor(at.parley, ['admin'], 'mine'))
    const all = await mine('POST', '/v1/webhooks', { url: receiver.url })
    expect([all.status, all.json.error.code]).toEqual([403, 'forbidden'])
    const theirs = await mine('POST', '/v1/webhooks', { url: receiver.url, datasets: ['theirs'] })
    expect(theirs.status).toBe(404)
    const own = await mine('POST', '/v1/webhooks', { url: receiver.url, datasets: ['mine'] })
    expect(own.status).toBe(201)
    const other = await call('POST', '/v1/webhooks', { url: receiver.url, datasets: ['theirs'] })
    expect((await mine('GET', '/v1/webhooks')).json.data).toHaveLength(1)
    for (const [method, path] of [
      ['GET', ''],
      ['DELETE', ''],
      ['POST', '/test'],
      ['POST', '/rotate'],
      ['GET', '/deliveries'],
    ] as const)
      expect((await mine(method, `/v1/webhooks/${other.json.id}${path}`)).status).toBe(404)
  })

  test('a key without the scope', async () => {
    const reader = calling(at.parley, await keyFor(at.parley, ['answers:read']))
    expect((await reader('GET', '/v1/webhooks')).status).toBe(403)
  })
})

describe('refused', () => {
  test.each([
    ['the metadata service', { url: 'http://169.254.169.254/' }, /private network/],
    ['this machine', { url: 'https://localhost:1/' }, /private network/],
    ['an event nobody knows', { url: 'https://example.org', events: ['x'] }, /not an event/],
    ['a word that is none', { url: 'https://example.org', secret: 'x' }, /secret/],
  ])('%s: 422, a sentence, and nothing stored', async (_, given, said) => {
    const refused = await call('POST', '/v1/webhooks', given)
    expect([refused.status, refused.json.error.code]).toEqual([422, 'invalid'])
    expect(refused.text).toMatch(said)
    expect((await call('GET', '/v1/webhooks')).json.data).toEqual([])
  })
})
