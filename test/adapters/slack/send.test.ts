/** What one outgoing call looks like on the wire, and that it is made once. */
import { webApi } from '@slack/bolt'
import nock from 'nock'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openSlackApi } from '../../../adapters/slack/send/api.ts'
import { clientOptions } from '../../../adapters/slack/send/client.ts'
import { slackCode } from '../../../adapters/slack/send/failures.ts'
import { respond } from '../../../adapters/slack/send/response-url.ts'

const api = 'https://slack.example'
const log = { info: () => {}, warn: () => {}, error: () => {} }
const client = new webApi.WebClient('xoxb-secret', clientOptions(`${api}/api/`, log))
const outbox = openSlackApi(async () => client)
const message = { text: 'Hi', blocks: [] }

beforeEach(() => nock.disableNetConnect())
afterEach(() => {
  expect(nock.pendingMocks()).toEqual([])
  nock.cleanAll()
  nock.enableNetConnect()
})

describe('happy', () => {
  test('a message is a form with the token in its header, without unfurling', async () => {
    let form = new URLSearchParams()
    nock(api, { reqheaders: { authorization: 'Bearer xoxb-secret' } })
      .post('/api/chat.postMessage', (body) => {
        form = new URLSearchParams(body)
        return true
      })
      .matchHeader('content-type', /^application\/x-www-form-urlencoded/)
      .reply(200, { ok: true, channel: 'D1', ts: '1.5' })
    expect(await outbox.post('U1', message)).toEqual({ channel: 'D1', ts: '1.5' })
    expect(Object.fromEntries(form)).toEqual({
      channel: 'U1',
      text: 'Hi',
      blocks: '[]',
      unfurl_links: 'false',
      unfurl_media: 'false',
    })
  })

  test('a response_url is posted to as JSON, without any token', async () => {
    nock('https://hooks.example', { badheaders: ['authorization'] })
      .post('/actions/1', { text: 'Hi', blocks: [], replace_original: true })
      .matchHeader('content-type', /^application\/json/)
      .reply(200, 'ok')
    await respond('https://hooks.example/actions/1', { ...message, replace_original: true })
  })
})

describe('refused', () => {
  test.each([
    [429, { ok: false, error: 'ratelimited' }, 'unavailable'],
    [500, 'oops', 'unavailable'],
    [404, 'nothing here', 'unavailable'],
    [200, { ok: false, error: 'internal_error' }, 'unavailable'],
    [200, { ok: false, error: 'token_revoked' }, 'forbidden'],
    [200, { ok: false, error: 'missing_scope', needed: 'chat:write' }, 'forbidden'],
    [200, { ok: false, error: 'channel_not_found' }, 'forbidden'],
    [200, { ok: false, error: 'message_not_found' }, 'conflict'],
  ])('%i %j is %s, and the call is made once', async (status, body, code) => {
    let calls = 0
    nock(api)
      .post('/api/chat.update')
      .reply(() => {
        calls++
        return [status, body, { 'retry-after': '30' }]
      })
    await expect(outbox.update({ channel: 'D1', ts: '1' }, message)).rejects.toMatchObject({ code })
    expect(calls).toBe(1)
  })

  test('a dropped connection is not tried again: Slack may have taken the message', async () => {
    nock(api).post('/api/chat.postMessage').replyWithError('socket hang up')
    await expect(outbox.post('U1', message)).rejects.toMatchObject({ code: 'unavailable' })
  })

  test('a layout Slack refuses is a bug, told with where it is', async () => {
    nock(api)
      .post('/api/chat.postMessage')
      .reply(200, {
        ok: false,
        error: 'invalid_blocks',
        response_metadata: { messages: ['[ERROR] too long [json-pointer:/blocks/1/text]'] },
      })
    const error = await outbox.post('U1', message).catch((caught: unknown) => caught)
    expect(String(error)).toContain('json-pointer:/blocks/1/text')
    expect(error).not.toHaveProperty('code')
  })

  test('a used-up response_url is a conflict, however Slack words it', async () => {
    nock('https://hooks.example').post('/a').reply(404, { ok: false, error: 'used_url' })
    nock('https://hooks.example').post('/b').reply(200, { ok: false, error: 'expired_url' })
    for (const path of ['a', 'b'])
      await expect(respond(`https://hooks.example/${path}`, message)).rejects.toMatchObject({
        code: 'conflict',
      })
  })

  test('a response_url that may take it later is tried again, and given up after four', async () => {
    const busy = { 'retry-after': '0' }
    nock('https://hooks.example').post('/a').reply(429, 'ratelimited', busy)
    nock('https://hooks.example').post('/a').reply(503, 'oops', busy)
    nock('https://hooks.example').post('/a').reply(200, 'ok')
    await respond('https://hooks.example/a', message)
    nock('https://hooks.example').post('/b').times(4).reply(500, 'oops')
    await expect(respond('https://hooks.example/b', message)).rejects.toMatchObject({
      code: 'unavailable',
    })
    expect(nock.isDone()).toBe(true)
  })

  test('the code of a refusal is found through our own error', async () => {
    nock(api).post('/api/views.open').reply(200, { ok: false, error: 'expired_trigger_id' })
    const view = {
      type: 'modal' as const,
      title: { type: 'plain_text' as const, text: 'x' },
      blocks: [],
    }
    const error = await outbox.openView('t', view).catch((caught: unknown) => caught)
    expect(slackCode(error)).toBe('expired_trigger_id')
  })
})
