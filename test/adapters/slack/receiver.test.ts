/** The door Slack knocks at: what is let in, what is turned unavailable, and who is answered how. */

import { createHmac } from 'node:crypto'
import { App, LogLevel } from '@slack/bolt'
import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import {
  HonoReceiver,
  isLate,
  openDispatch,
  type ReceiverOptions,
} from '../../../adapters/slack/receive/receiver.ts'

import { requireFirst } from '../../../src/chat/port/sight.ts'

const secret = 'shhh'
const at = 1_800_000_000
const form = 'application/x-www-form-urlencoded'

function door(more: Partial<ReceiverOptions> & { ackWithinMs?: number } = {}) {
  const seen = new Set<string>()
  const refused: string[] = []
  const failed: unknown[] = []
  const firstSight = async (id: string) => {
    const isFirst = !seen.has(id)
    seen.add(id)
    return isFirst
  }
  const onFailed = (error: unknown) => failed.push(error)
  const { dispatch, settled } = openDispatch({
    firstSight: more.firstSight ?? firstSight,
    late: (body) => ('command' in body ? { text: 'Still working.' } : undefined),
    onFailed,
    ...(more.ackWithinMs === undefined ? {} : { ackWithinMs: more.ackWithinMs }),
  })
  const receiver = new HonoReceiver({
    signingSecret: secret,
    now: () => new Date(at * 1000),
    seen: async (id) => seen.has(id),
    firstSight,
    dispatch,
    unavailable: async () => ({ text: 'Try again.' }),
    onRefused: (reason) => refused.push(reason),
    onFailed,
    ...more,
  })
  const app = new App({
    receiver,
    authorize: async () => ({ botToken: 'xoxb-1' }),
    convoStore: false,
    logLevel: LogLevel.ERROR,
  })
  app.error(async (error) => {
    throw error
  })
  const hono = new Hono()
  hono.post('/slack/events', receiver.bound, receiver.handler)
  const knock = (body: string, headers: Record<string, string>) =>
    hono.request('/slack/events', { method: 'POST', body, headers })
  return { app, settled, knock, refused, failed }
}

function signed(
  body: string,
  {
    time = at,
    key = secret,
    type = form,
  }: { time?: number | string; key?: string; type?: string } = {},
) {
  const digest = createHmac('sha256', key).update(`v0:${time}:${body}`).digest('hex')
  return {
    'x-slack-signature': `v0=${digest}`,
    'x-slack-request-timestamp': String(time),
    'content-type': type,
  }
}

const command = (text: string) =>
  new URLSearchParams({
    command: '/parley',
    text,
    team_id: 'T1',
    user_id: 'U1',
    channel_id: 'D1',
    response_url: 'https://hooks.example/1',
    trigger_id: '1.2',
  }).toString()
const event = (id: string) =>
  JSON.stringify({
    type: 'event_callback',
    team_id: 'T1',
    api_app_id: 'A1',
    event_id: id,
    event: { type: 'app_home_opened', user: 'U1', tab: 'home', channel: 'D1', event_ts: '1.1' },
  })
const json = { type: 'application/json' }

describe('happy', () => {
  test('a signed command is answered with what the listener acks, Unicode intact', async () => {
    const { app, knock } = door()
    app.command('/parley', async ({ ack, command }) => ack({ text: `You said ${command.text}` }))
    const answer = await knock(command('héllo 漢 & <b>'), signed(command('héllo 漢 & <b>')))
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual({ text: 'You said héllo 漢 & <b>' })
  })

  test('an empty ack is an empty 200', async () => {
    const { app, knock } = door()
    app.command('/parley', async ({ ack }) => ack())
    const answer = await knock(command(''), signed(command('')))
    expect([answer.status, await answer.text()]).toEqual([200, ''])
  })

  test('the address is verified and the certificate checked without a listener', async () => {
    const { knock } = door()
    const challenge = JSON.stringify({ type: 'url_verification', challenge: 'abc', token: 't' })
    const answer = await knock(challenge, signed(challenge, json))
    expect(await answer.json()).toEqual({ challenge: 'abc' })
    expect((await knock('ssl_check=1', signed('ssl_check=1'))).status).toBe(200)
  })

  test('a content type with a charset is understood', async () => {
    const { app, knock } = door()
    app.command('/parley', async ({ ack }) => ack())
    const headers = signed(command('x'), { type: `${form}; charset=utf-8` })
    expect((await knock(command('x'), headers)).status).toBe(200)
  })

  test('an event is answered once its listener is done, and logs how often Slack tried', async () => {
    const { app, knock } = door()
    let settled = false
    let retry: unknown
    app.event('app_home_opened', async ({ context }) => {
      await new Promise((resolve) => setTimeout(resolve, 20))
      retry = [context.retryNum, context.retryReason]
      settled = true
    })
    const headers = {
      ...signed(event('E1'), json),
      'x-slack-retry-num': '2',
      'x-slack-retry-reason': 'http_error',
    }
    expect((await knock(event('E1'), headers)).status).toBe(200)
    expect([settled, retry]).toEqual([true, [2, 'http_error']])
  })

  test('a person whose listener is late is answered all the same, and the listener knows', async () => {
    const { app, knock, settled } = door({ ackWithinMs: 30 })
    let late = false
    app.command('/parley', async ({ ack, context }) => {
      await new Promise((resolve) => setTimeout(resolve, 120))
      await ack({ text: 'too late' })
      late = isLate(context)
    })
    const answer = await knock(command('x'), signed(command('x')))
    expect(await answer.json()).toEqual({ text: 'Still working.' })
    await settled()
    expect(late).toBe(true)
  })
})

const capitals = (headers: Record<string, string>) =>
  (headers['x-slack-signature'] ?? '').replace(/[a-f]/g, (letter) => letter.toUpperCase())

describe('refused', () => {
  const body = command('x')
  test.each([
    ['no signature', { 'content-type': form, 'x-slack-request-timestamp': String(at) }],
    ['no time', { 'content-type': form, 'x-slack-signature': 'v0=1' }],
    ['a time that is none', { ...signed(body), 'x-slack-request-timestamp': 'now' }],
    ['another secret', signed(body, { key: 'guess' })],
    ['an old request', signed(body, { time: at - 301 })],
    ['a request from the future', signed(body, { time: at + 301 })],
    ['a tampered body', signed(`${body}&admin=1`)],
    ['an unknown version', { ...signed(body), 'x-slack-signature': 'v1=00' }],
    ['a signature in capitals', { ...signed(body), 'x-slack-signature': capitals(signed(body)) }],
    ['a time with a zero before it', signed(body, { time: `0${at}` })],
    ['a time with a fraction', signed(body, { time: `${at}.0` })],
  ])('%s', async (_, headers) => {
    const { app, knock, refused } = door()
    let ran = false
    app.command('/parley', async ({ ack }) => {
      ran = true
      await ack()
    })
    expect((await knock(body, headers)).status).toBe(401)
    expect([ran, refused.length]).toEqual([false, 1])
  })

  test('five minutes either way are let in', async () => {
    const { app, knock } = door()
    app.command('/parley', async ({ ack }) => ack())
    for (const time of [at - 299, at + 299])
      expect((await knock(body, signed(body, { time }))).status).toBe(200)
  })

  test('five megabytes, announced or not, are 413', async () => {
    const { knock } = door()
    const big = `text=${'x'.repeat(5 * 1024 * 1024)}`
    expect((await knock(big, signed(big))).status).toBe(413)
    const announced = { ...signed('x'), 'content-length': String(5 * 1024 * 1024) }
    expect((await knock('x', announced)).status).toBe(413)
  })

  test.each([
    ['{"a":', json.type],
    ['[]', json.type],
    ['null', json.type],
    ['payload={', form],
    ['payload=3', form],
    ['hello', 'text/plain'],
  ])('what cannot be read is 400: %s', async (text, type) => {
    const { knock } = door()
    expect((await knock(text, signed(text, { type }))).status).toBe(400)
  })

  test('a listener that fails is a 500, one that is missing a 404', async () => {
    const { app, knock, failed } = door()
    expect((await knock(body, signed(body))).status).toBe(404)
    app.command('/parley', async () => {
      throw new Error('a bug')
    })
    expect((await knock(command('y'), signed(command('y')))).status).toBe(500)
    expect(failed).toHaveLength(1)
  })

  test('an unreachable database is an answer, not a crash', async () => {
    const { knock, failed } = door({
      firstSight: async () => {
        throw new Error('Connection terminated')
      },
    })
    const answer = await knock(body, signed(body))
    expect(await answer.json()).toEqual({ text: 'Try again.' })
    expect(failed).toHaveLength(1)
  })
})

const submission = (view: object = { callback_id: 'v1:form' }) =>
  new URLSearchParams({
    payload: JSON.stringify({
      type: 'view_submission',
      team: { id: 'T1' },
      user: { id: 'U1' },
      view: { id: 'V1', type: 'modal', ...view },
    }),
  }).toString()

describe('an answer in a form marks its own request', () => {
  test('it is handled once, and its replay gets a 401, whatever marks it', async () => {
    const { app, knock, refused, failed } = door()
    const marked: boolean[] = []
    app.view('v1:form', async ({ ack }) => {
      await requireFirst()
      marked.push(true)
      await ack()
    })
    const headers = signed(submission())
    expect((await knock(submission(), headers)).status).toBe(200)
    expect((await knock(submission(), headers)).status).toBe(401)
    expect([marked.length, refused, failed]).toEqual([1, ['The same request came before.'], []])
  })

  test('what nothing has marked is marked when it is acked', async () => {
    const { app, knock } = door()
    app.view('v1:form', async ({ ack }) => ack())
    const headers = signed(submission())
    expect((await knock(submission(), headers)).status).toBe(200)
    expect((await knock(submission(), headers)).status).toBe(401)
  })

  test('while nothing can be looked up the person gets a message, and the next attempt works', async () => {
    let isAway = true
    const { app, knock } = door({
      firstSight: async () => {
        if (isAway) throw new Error('Connection terminated')
        return true
      },
    })
    app.view('v1:form', async ({ ack }) => ack())
    const answer = await knock(submission(), signed(submission()))
    expect(await answer.json()).toEqual({ text: 'Try again.' })
    isAway = false
    const again = signed(submission(), { time: at + 1 })
    expect((await knock(submission(), again)).status).toBe(200)
  })
})

describe('twice', () => {
  test('the very same request again is a replay', async () => {
    const { app, knock } = door()
    let ran = 0
    app.command('/parley', async ({ ack }) => {
      ran++
      await ack()
    })
    const headers = signed(command('x'))
    expect((await knock(command('x'), headers)).status).toBe(200)
    expect((await knock(command('x'), headers)).status).toBe(401)
    expect(ran).toBe(1)
  })

  test('an event that failed is let in again, even with the same signature; done, it is not', async () => {
    const { app, knock } = door()
    let ran = 0
    app.event('app_home_opened', async () => {
      ran++
      if (ran === 1) throw new Error('not yet')
    })
    const headers = signed(event('E1'), json)
    expect((await knock(event('E1'), headers)).status).toBe(500)
    expect((await knock(event('E1'), headers)).status).toBe(200)
    expect((await knock(event('E1'), headers)).status).toBe(200)
    expect(ran).toBe(2)
  })

  test('a second ack changes nothing', async () => {
    const { app, knock } = door()
    app.command('/parley', async ({ ack }) => {
      await ack('first')
      await ack('second')
    })
    expect(await (await knock(command('x'), signed(command('x')))).text()).toBe('first')
  })
})
