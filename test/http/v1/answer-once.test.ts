/** A request with an Idempotency-Key is done once, whoever sends it how often. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sweepKeys } from '../../../src/keys/sweep.ts'
import { makeDataset } from '../../exports/ground.ts'
import { startParley, type TestParley } from '../../support/parley.ts'
import { type Call, calling, keyFor } from './client.ts'

let at: TestParley
let call: Call
let path: string

beforeAll(async () => {
  at = await startParley()
  call = calling(at.parley, await keyFor(at.parley, ['admin']))
  path = `/v1/datasets/${(await makeDataset(at.parley)).name}`
})
afterAll(() => at.close())

const ndjson = { 'content-type': 'application/x-ndjson' }
const record = (id: string) => ({
  external_id: id,
  fields: { prompt: 'Why?' },
  outputs: [{ text: 'A' }, { text: 'B' }],
})
const clone = (name: string, key: string) =>
  call('POST', `${path}/clone`, { name }, { 'idempotency-key': key })

describe('twice', () => {
  test('the same request again is answered as before', async () => {
    const first = await clone('once', 'k1')
    const again = await clone('once', 'k1')
    expect([first.status, again.status]).toEqual([201, 201])
    expect(again.json).toEqual(first.json)
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    expect(again.headers.get('location')).toBe(first.headers.get('location'))
  })

  test('of ten at once one is done, and the others hear of it', async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => clone('race', 'k2')))
    const statuses = all.map(({ status }) => status)
    expect(statuses.filter((status) => status !== 201 && status !== 409)).toEqual([])
    expect(statuses).toContain(201)
    expect((await clone('race', 'k2')).status).toBe(201)
  })

  test('a stream is hashed as it is read', async () => {
    const body = `${JSON.stringify(record('s1'))}\n`
    const send = (text: string) =>
      call('POST', `${path}/records`, text, { ...ndjson, 'idempotency-key': 'k3' })
    const first = await send(body)
    expect(first.json.created).toBe(1)
    expect((await send(body)).json).toEqual(first.json)
    const other = await send(`${JSON.stringify(record('s2'))}\n`)
    expect([other.status, other.json.error.message]).toEqual([
      422,
      expect.stringMatching(/another request/),
    ])
    expect((await call('GET', `${path}/records/s2`)).status).toBe(404)
  })

  test('a refusal is kept too; after a day the key is new', async () => {
    expect((await clone('once', 'k4')).status).toBe(409)
    await call('DELETE', '/v1/datasets/once')
    expect((await clone('once', 'k4')).status).toBe(409)
    at.clock.advance('25 hours')
    expect((await clone('once', 'k4')).status).toBe(201)
    at.clock.advance('25 hours')
    await sweepKeys(at.parley)
    expect(await at.parley.db.selectFrom('apiAnswers').select('keyId').execute()).toEqual([])
  })

  test('the same key of another caller is another key', async () => {
    const other = calling(at.parley, await keyFor(at.parley, ['admin']))
    expect((await clone('mine', 'k5')).status).toBe(201)
    const theirs = await other(
      'POST',
      `${path}/clone`,
      { name: 'theirs' },
      { 'idempotency-key': 'k5' },
    )
    expect([theirs.status, theirs.json.name]).toEqual([201, 'theirs'])
  })
})

describe('refused', () => {
  test('another body, another address, and a key of nothing', async () => {
    expect((await clone('first', 'k6')).status).toBe(201)
    const refused = await clone('second', 'k6')
    expect([refused.status, refused.json.error.code]).toEqual([422, 'invalid'])
    const elsewhere = await call('POST', `${path}/publish`, undefined, { 'idempotency-key': 'k6' })
    expect(elsewhere.status).toBe(422)
    expect(
      (await call('POST', `${path}/publish`, undefined, { 'idempotency-key': ' ' })).status,
    ).toBe(422)
  })

  test('one that still runs elsewhere, until its process is taken for dead', async () => {
    const { keyId } = await at.parley.db
      .selectFrom('apiAnswers')
      .select('keyId')
      .limit(1)
      .executeTakeFirstOrThrow()
    await at.parley.db
      .insertInto('apiAnswers')
      .values({
        ...{ keyId, idempotencyKey: 'k7', route: '', createdAt: at.parley.now() },
        ...{ requestHash: null, status: null, headers: null, body: null },
        heldUntil: new Date(at.parley.now().getTime() + 60_000),
      })
      .execute()
    expect((await clone('later', 'k7')).json.error.message).toMatch(/still running/)
    at.clock.advance('2 minutes')
    expect((await clone('later', 'k7')).status).toBe(201)
  })
})

describe('forbidden', () => {
  test('an answer that holds a secret is not stored', async () => {
    const made = await call(
      'POST',
      '/v1/keys',
      { name: 'k', scopes: ['exports'] },
      { 'idempotency-key': 'k8' },
    )
    expect(made.status).toBe(201)
    const kept = await at.parley.db.selectFrom('apiAnswers').selectAll().execute()
    expect(JSON.stringify(kept)).not.toContain(made.json.key)
  })
})
