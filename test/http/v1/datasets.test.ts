/** Datasets over HTTP: what a program creates, changes and opens is what the other doors show. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startParley, type TestParley } from '../../support/parley.ts'
import { type Call, calling, keyFor } from './client.ts'

let at: TestParley
let admin: Call

beforeAll(async () => {
  at = await startParley()
  admin = calling(at.parley, await keyFor(at.parley, ['admin']))
})
afterAll(() => at.close())

const documentOf = (name: string) => ({
  name,
  title: 'Which answer helps most?',
  access: 'everyone',
  fields: [{ name: 'prompt', title: 'Prompt' }],
  questions: [{ type: 'rating', name: 'quality', title: 'How good is it?', options: [1, 2, 3] }],
})

describe('happy', () => {
  test('a dataset is created, opened, paused, closed, opened again, copied and deleted', async () => {
    const made = await admin('POST', '/v1/datasets', documentOf('all-of-it'))
    expect(made.status).toBe(201)
    expect(made.headers.get('location')).toBe('/v1/datasets/all-of-it')
    expect(made.json).toMatchObject({ name: 'all-of-it', status: 'draft', schema_version: 1 })
    const to = (act: string) => admin('POST', `/v1/datasets/all-of-it/${act}`)
    expect((await to('publish')).json).toMatchObject({ status: 'ready' })
    expect((await to('pause')).json).toEqual({ name: 'all-of-it', status: 'paused' })
    expect((await to('close')).json).toEqual({ name: 'all-of-it', status: 'closed' })
    expect((await to('reopen')).json).toMatchObject({ status: 'ready' })
    const copy = await admin('POST', '/v1/datasets/all-of-it/clone', { name: 'copy' })
    expect([copy.status, copy.json.name]).toEqual([201, 'copy'])
    const gone = await admin('DELETE', '/v1/datasets/copy')
    expect([gone.status, gone.json]).toEqual([200, { records: 0, answers: 0 }])
    const list = await admin('GET', '/v1/datasets')
    expect(list.json.data.map(({ name }: { name: string }) => name)).toEqual(['all-of-it'])
    const acts = (await admin('GET', '/v1/audit?dataset=all-of-it')).json.data
    expect(acts.map(({ act }: { act: string }) => act)).toEqual([
      ...['reopen dataset', 'close dataset', 'pause dataset', 'publish dataset', 'create dataset'],
    ])
    expect(acts[0].actor).toMatch(/^key:key-\d+$/)
  })

  test('a document may be YAML, as people write it', async () => {
    const yaml = 'name: by-hand\ntemplate: thumbs\n'
    const made = await admin('POST', '/v1/datasets', yaml, { 'content-type': 'application/yaml' })
    expect([made.status, made.json.name]).toEqual([201, 'by-hand'])
  })

  test('parts are changed by a patch, and the whole by a put', async () => {
    await admin('POST', '/v1/datasets', documentOf('changing'))
    const patched = await admin('PATCH', '/v1/datasets/changing', { title: 'New words?' })
    expect(patched.json.document.title).toBe('New words?')
    const { document } = patched.json
    const put = await admin('PUT', '/v1/datasets/changing', { ...document, guidelines: 'Be fair.' })
    expect([put.status, put.json.guidelines_version]).toEqual([200, 2])
  })

  test('who has read it need not read it again until it changes', async () => {
    await admin('POST', '/v1/datasets', documentOf('etags'))
    const first = await admin('GET', '/v1/datasets/etags')
    const etag = first.headers.get('etag') ?? ''
    const again = await admin('GET', '/v1/datasets/etags', undefined, { 'if-none-match': etag })
    expect([again.status, again.text]).toEqual([304, ''])
    await admin('POST', '/v1/datasets/etags/publish')
    const changed = await admin('GET', '/v1/datasets/etags', undefined, { 'if-none-match': etag })
    expect(changed.status).toBe(200)
  })
})

describe('refused', () => {
  test('a change of what has changed meanwhile', async () => {
    await admin('POST', '/v1/datasets', documentOf('races'))
    const etag = (await admin('GET', '/v1/datasets/races')).headers.get('etag') ?? ''
    const change = (title: string) =>
      admin('PATCH', '/v1/datasets/races', { title }, { 'if-match': etag })
    const answers = await Promise.all([change('One?'), change('Two?')])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412])
    const late = answers.find(({ status }) => status === 412)
    expect(late?.json.error).toMatchObject({
      code: 'changed',
      message: expect.stringMatching(/Read it again/),
    })
  })

  test.each([
    ['a document with a mistake', { ...documentOf('x'), tittle: 'x' }, 422, 'invalid', /title/],
    ['no JSON', '{"name":', 422, 'invalid', /./],
    ['a name that is taken', documentOf('taken'), 409, 'conflict', /already/],
    ['another content type', 'name: x', 415, 'unsupported', /Content-Type/],
  ])('%s', async (what, body, status, code, message) => {
    if (code === 'conflict') await admin('POST', '/v1/datasets', documentOf('taken'))
    const type = /type/.test(what) ? 'image/png' : 'application/json'
    const refused = await admin('POST', '/v1/datasets', body, { 'content-type': type })
    expect([refused.status, refused.json.error.code]).toEqual([status, code])
    expect(refused.text).toMatch(message)
    expect(Object.keys(refused.json.error)).toEqual(['code', 'message', 'problems', 'ref'])
  })

  test('a body over a megabyte, before any of it is read', async () => {
    const refused = await admin('POST', '/v1/datasets', 'x', {
      'content-type': 'application/json',
      'content-length': '200000000',
    })
    expect([refused.status, refused.json.error.code]).toEqual([413, 'too_large'])
  })

  test('a document under another name than its address', async () => {
    await admin('POST', '/v1/datasets', documentOf('here'))
    const refused = await admin('PUT', '/v1/datasets/here', documentOf('there'))
    expect([refused.status, Object.keys(refused.json.error.problems)]).toEqual([422, ['name']])
  })
})
