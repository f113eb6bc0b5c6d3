/** Requests no client should send: text that Postgres cannot hold, other methods; and tags as proxies change them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDataset } from '../../../src/datasets/create.ts'
import { parseDocument } from '../../../src/datasets/parse.ts'
import { startParley, type TestParley } from '../../support/parley.ts'
import { boss, type Call, calling, keyFor } from './client.ts'

let at: TestParley
let call: Call

beforeAll(async () => {
  at = await startParley()
  for (const document of [
    { name: 'prefs', template: 'comparison', access: 'everyone' },
    { name: 'thumbs', template: 'thumbs', access: 'everyone', feedback: { from: ['app'] } },
  ])
    await createDataset(at.parley, boss, { document: parseDocument(JSON.stringify(document)) })
  call = calling(at.parley, await keyFor(at.parley, ['admin']))
})
afterAll(() => at.close())

const one = '/v1/datasets/prefs'
const thumb = (text: string) => ({
  ...{ source: 'app', message: `m${text}`, person: 'p', verdict: 'up' },
  conversation: [{ role: 'assistant', content: `Hello${text}.` }],
})
const cursor = Buffer.from('a\0b').toString('base64url')

describe('refused: text that cannot be stored', () => {
  test.each<[method: string, path: string, body?: unknown]>([
    ['GET', '/v1/datasets/a%00b'],
    ['GET', `${one}/records/a%00b`],
    ['GET', `${one}/records?cursor=${cursor}`],
    ['GET', `${one}/records/a%00b/result`],
    ['GET', `${one}/stats?by=a%00b`],
    ['GET', '/v1/audit?actor=a%00b'],
    ['DELETE', '/v1/labelers/a%00b'],
    ['PATCH', one, { title: 'a\0b' }],
    ['POST', `${one}/records`, { external_id: 'a\0b', prompt: 'Why?', outputs: ['a', 'b'] }],
    ['POST', `${one}/records/delete`, { ids: ['a\0b'] }],
    ['POST', `${one}/purge`, { labeler: 'a\0b' }],
    ['POST', '/v1/roles', { role: 'admin', person: 'slack:T1:U\0' }],
    ['POST', '/v1/feedback', thumb('\0')],
    ['POST', '/v1/feedback', thumb('\ud800')],
    ['POST', '/v1/feedback', { ...thumb(''), at: '0000-01-01T00:00:00Z' }],
  ])('%s %s', async (method, path, body) => {
    const { status, json } = await call(method, path, body)
    expect(status, JSON.stringify(json)).toBe(422)
    expect(json.error.code).toBe('invalid')
    expect(json.error.message).toMatch(/NUL|half of a character|no moment/)
  })

  test('a method that an address does not take', async () => {
    const { status, headers, json } = await call('DELETE', '/v1/datasets')
    expect([status, headers.get('allow')]).toEqual([405, 'GET, POST'])
    expect(json.error).toMatchObject({
      ...{ code: 'method', message: '/v1/datasets takes GET, POST, not DELETE.' },
    })
    expect((await call('PUT', `${one}/records/a/b/c`)).status).toBe(404)
    expect((await call('PATCH', `${one}/records/a`)).headers.get('allow')).toBe('DELETE, GET')
  })

  test('a database that is away: when to try again', async () => {
    const away = Object.assign(new Error('Connection terminated'), { code: 'ECONNREFUSED' })
    const db = new Proxy(at.parley.db, {
      get: () => {
        throw away
      },
    })
    const parley = { ...at.parley, db, apiKey: 'a-first-key-of-sixteen-letters' }
    const { status, headers } = await calling(parley, parley.apiKey)('GET', '/v1/datasets')
    expect([status, headers.get('retry-after')]).toEqual([503, '5'])
  })

  test('a key whose name reads as a number', async () => {
    const { status, json } = await call('POST', '/v1/keys', { name: '1', scopes: ['admin'] })
    expect([status, json.error.problems.name]).toEqual([
      ...[422, '"1" would be taken for the number of a key. Add a letter.'],
    ])
  })
})

describe('happy: tags that a compressing proxy marked as weak', () => {
  test('are the ones that were given', async () => {
    await call('POST', `${one}/records`, { external_id: 'r', prompt: 'Why?', outputs: ['a', 'b'] })
    for (const path of [one, `${one}/records/r/result`, '/openapi.json']) {
      const { headers } = await call('GET', path)
      const etag = `"other", W/${headers.get('etag')}`
      expect((await call('GET', path, undefined, { 'if-none-match': etag })).status, path).toBe(304)
    }
    const { headers } = await call('GET', one)
    const match = { 'if-match': `W/${headers.get('etag')}` }
    expect((await call('PATCH', one, { title: 'Which?' }, match)).status).toBe(200)
    expect((await call('PATCH', one, { title: 'Whose?' }, match)).status).toBe(412)
  })
})
