/** Keys of the HTTP API: who may come in, to what, how often, and that a key is seen once only. */
import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDataset } from '../../../src/datasets/create.ts'
import { DatasetDocument } from '../../../src/datasets/document.ts'
import { httpApp } from '../../../src/http/app.ts'
import { openRates } from '../../../src/http/door/rates.ts'
import { createKey } from '../../../src/keys/create.ts'
import { listKeys } from '../../../src/keys/list.ts'
import { revokeKey } from '../../../src/keys/revoke.ts'
import { sweepKeys } from '../../../src/keys/sweep.ts'
import { isToken, newToken } from '../../../src/keys/token.ts'
import { openLog } from '../../../src/log.ts'
import { startParley, type TestParley } from '../../support/parley.ts'
import { boss, calling, keyFor } from './client.ts'

let at: TestParley

beforeAll(async () => {
  at = await startParley()
  for (const name of ['mine', 'theirs'])
    await createDataset(at.parley, boss, {
      document: DatasetDocument.parse({
        ...{ name, title: 'Good?', access: 'everyone' },
        fields: [{ name: 'prompt', title: 'Prompt' }],
        questions: [{ type: 'rating', name: 'q', title: 'Good?', options: [1, 2] }],
      }),
    })
})
afterAll(() => at.close())

describe('happy', () => {
  test('a key works until it is revoked, and then nowhere', async () => {
    const made = await createKey(at.parley, boss, { name: 'ci', scopes: ['admin'] })
    const here = calling(at.parley, made.key)
    const elsewhere = calling(at.parley, made.key)
    expect((await here('GET', '/v1/datasets')).status).toBe(200)
    expect((await elsewhere('GET', '/v1/datasets')).status).toBe(200)
    expect(await revokeKey(at.parley, boss, { id: 'ci' })).toEqual({ name: 'ci', revoked: true })
    for (const call of [here, elsewhere]) {
      const refused = await call('GET', '/v1/datasets')
      expect([refused.status, refused.json.error.code]).toEqual([401, 'unauthorized'])
      expect(refused.json.error.message).toMatch(/revoked/)
      expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer/)
    }
    expect((await revokeKey(at.parley, boss, { id: made.id })).revoked).toBe(false)
  })

  test('the server’s own key opens everything, as the first admin', async () => {
    const parley = { ...at.parley, apiKey: 'a-first-key-of-sixteen-letters' }
    const call = calling(parley, parley.apiKey)
    const made = await call('POST', '/v1/keys', { name: 'first', scopes: ['exports'] })
    expect(made.status).toBe(201)
    expect(made.json).toMatchObject({ name: 'first', scopes: ['exports'], dataset: null })
    expect(isToken(made.json.key)).toBe(true)
    expect((await call('DELETE', '/v1/keys/first')).json).toEqual({ name: 'first', revoked: true })
  })

  test('when it was used last is known to the minute', async () => {
    const made = await createKey(at.parley, boss, { name: 'used', scopes: ['exports'] })
    const lastUsed = async () => {
      await at.parley.settled()
      const keys = await listKeys(at.parley, boss)
      return keys.find(({ id }) => id === made.id)?.lastUsedAt ?? null
    }
    const call = calling(at.parley, made.key)
    expect(await lastUsed()).toBeNull()
    await call('GET', '/v1/datasets')
    const first = await lastUsed()
    expect(first).toEqual(at.parley.now())
    at.clock.advance('30 seconds')
    await call('GET', '/v1/datasets')
    expect(await lastUsed()).toEqual(first)
    at.clock.advance('30 seconds')
    await call('GET', '/v1/datasets')
    expect(await lastUsed()).toEqual(at.parley.now())
  })

  test('keys are random, and a letter that is wrong or missing is told without asking anybody', () => {
    const keys = Array.from({ length: 500 }, newToken)
    expect(new Set(keys).size).toBe(500)
    expect(keys.filter((key) => !isToken(key))).toEqual([])
    const [key = ''] = keys
    const other = key.charAt(20) === 'a' ? 'b' : 'a'
    expect(isToken(key.slice(0, 20) + other + key.slice(21))).toBe(false)
    expect(isToken(key.slice(0, -1))).toBe(false)
  })
})

describe('refused', () => {
  test.each([
    ['no key', null, /Send a key/],
    ['something that is no key', 'prl_nonsense', /not known/],
    ['a key of another Parley', newToken(), /not known/],
  ])('%s', async (_what, key, message) => {
    const refused = await calling(at.parley, key)('GET', '/v1/datasets')
    expect([refused.status, refused.json.error.code]).toEqual([401, 'unauthorized'])
    expect(refused.json.error.message).toMatch(message)
  })

  test('a key that has expired', async () => {
    const { key } = await createKey(at.parley, boss, {
      ...{ name: 'short', scopes: ['admin'], expiresInDays: 1 },
    })
    const call = calling(at.parley, key)
    expect((await call('GET', '/v1/datasets')).status).toBe(200)
    at.clock.advance('1 day')
    const refused = await call('GET', '/v1/datasets')
    expect([refused.status, refused.json.error.message]).toEqual([
      ...[401, expect.stringMatching(/expired/)],
    ])
  })

  test('a scope that is too small, by its name', async () => {
    const call = calling(at.parley, await keyFor(at.parley, ['records:write', 'exports']))
    const refused = await call('POST', '/v1/datasets/mine/publish')
    expect([refused.status, refused.json.error.code]).toEqual([403, 'forbidden'])
    expect(refused.json.error.message).toMatch(/scope admin; this one has records:write, exports/)
  })

  test('a key to one dataset finds no other, and makes none', async () => {
    const call = calling(at.parley, await keyFor(at.parley, ['admin'], 'mine'))
    const list = await call('GET', '/v1/datasets')
    expect(list.json.data.map(({ name }: { name: string }) => name)).toEqual(['mine'])
    for (const [method, path] of [
      ['GET', ''],
      ['POST', '/publish'],
      ['DELETE', ''],
    ] as const) {
      const other = await call(method, `/v1/datasets/theirs${path}`)
      expect([other.status, other.json.error.message]).toEqual([
        ...[404, expect.not.stringContaining('theirs" already')],
      ])
    }
    expect((await call('POST', '/v1/datasets/mine/clone', { name: 'more' })).status).toBe(403)
    expect((await call('GET', '/v1/keys')).status).toBe(403)
    const audit = await call('GET', '/v1/audit')
    expect(new Set(audit.json.data.map((one: { dataset: string }) => one.dataset))).toEqual(
      new Set(['mine']),
    )
  })

  test('a name, a scope or a time that is none', async () => {
    const made = createKey(at.parley, boss, { name: 'a b', scopes: ['all'], expiresInDays: 0 })
    await expect(made).rejects.toMatchObject({
      code: 'invalid',
      problems: {
        name: expect.stringMatching(/no name/),
        scope: expect.stringMatching(/is not a scope/),
        expires: expect.stringMatching(/90d/),
      },
    })
  })

  test('more requests than a key may make, over all processes', async () => {
    const key = await keyFor(at.parley, ['admin'])
    const app = httpApp(at.parley, [], { apiRate: 30 })
    const call = calling(at.parley, key, app)
    const statuses = []
    for (let i = 0; i < 6; i++) statuses.push((await call('GET', '/v1/datasets')).status)
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429])
    const refused = await call('GET', '/v1/datasets')
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(refused.json.error.code).toBe('too_many')
    at.clock.advance('10 seconds')
    expect((await call('GET', '/v1/datasets')).status).toBe(200)

    const [one, other] = [openRates(at.parley, 60), openRates(at.parley, 60)]
    for (let i = 0; i < 6; i++) await one.take('7')
    for (let i = 0; i < 3; i++) await other.take('7')
    await one.share()
    await other.share()
    expect(await other.take('7')).toMatchObject({ ok: true, left: 0 })
    expect(await other.take('7')).toMatchObject({ ok: false })
    expect(await one.take('7')).toMatchObject({ ok: true })
    await one.share()
    expect(await one.take('7')).toMatchObject({ ok: false })
    await one.share()
    await other.share()
    at.clock.advance('1 hour')
    await sweepKeys(at.parley)
    const left = at.parley.db.selectFrom('apiUses').select('uses').where('keyId', '=', '7')
    expect(await left.execute()).toEqual([])
  })
})

describe('forbidden', () => {
  test('neither the database, the audit nor the log hold a key', async () => {
    const { key } = await createKey(at.parley, boss, { name: 'secret', scopes: ['admin'] })
    const rows = await at.parley.db.selectFrom('apiKeys').selectAll().execute()
    const audit = await at.parley.db.selectFrom('audit').selectAll().execute()
    expect(JSON.stringify([rows, audit])).not.toContain(key.slice(8))
    const to = new PassThrough()
    const log = openLog({ to })
    const event = 'http.failed'
    log.error(
      { event, err: new Error(`bad ${key}`), headers: { authorization: `Bearer ${key}` } },
      key,
    )
    expect(String(to.read())).not.toContain(key.slice(4, 20))
  })

  test('an admin of some workspaces makes no key, which would open all', async () => {
    const of = { platform: 'slack', workspace: 'T1', userId: 'U1' } as const
    const some = { type: 'admin', name: 'slack:T1:U1', of } as const
    await expect(
      createKey(at.parley, some, { name: 'x', scopes: ['admin'] }),
    ).rejects.toMatchObject({ code: 'forbidden' })
  })
})
