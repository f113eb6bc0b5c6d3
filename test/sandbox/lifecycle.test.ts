/** The stand-in limits rates, breaks connections, speaks over a socket and is installed as Slack is. */
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import {
  openSlackStandIn,
  type SlackOptions,
  type SlackStandIn,
} from '../../sandbox/slack/server.ts'

const open: SlackStandIn[] = []

async function start(options: SlackOptions = {}) {
  let at = Date.parse('2026-03-02T09:00:00Z')
  const slack = await openSlackStandIn({ people: [{ name: 'Ana' }], now: () => at, ...options })
  open.push(slack)
  const call = async (method: string, args: object, token: string | null = slack.botToken) => {
    const answer = await fetch(`${slack.apiUrl}${method}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(args),
    })
    const body: Record<string, unknown> = JSON.parse(await answer.text())
    return { status: answer.status, after: answer.headers.get('retry-after'), body }
  }
  return { slack, call, pass: (seconds: number) => (at += seconds * 1000) }
}

afterEach(async () => {
  for (const slack of open.splice(0)) await slack.close()
})

describe('refused: too many calls', () => {
  test('a channel takes one message a second after a short burst, and says when to come back', async () => {
    const { slack, call, pass } = await start({ rateLimits: true })
    const [one, two] = [slack.channel('one').id, slack.channel('two').id]
    const post = (channel: string) => call('chat.postMessage', { channel, text: 'hello' })
    for (let i = 0; i < 3; i++) expect((await post(one)).status).toBe(200)
    const limited = await post(one)
    expect(limited).toMatchObject({ status: 429, after: '1', body: { error: 'ratelimited' } })
    expect((await post(two)).status).toBe(200)
    pass(1)
    expect((await post(one)).status).toBe(200)
    expect((await post(one)).status).toBe(429)
  })

  test('changing messages is limited to fifty a minute for the workspace, whatever the channel', async () => {
    const { slack, call, pass } = await start({ rateLimits: true })
    const channel = slack.channel('one').id
    const { body } = await call('chat.postMessage', { channel, text: 'hello' })
    const change = () => call('chat.update', { channel, ts: body['ts'], text: 'changed' })
    for (let i = 0; i < 50; i++) expect((await change()).status).toBe(200)
    expect(await change()).toMatchObject({ status: 429, after: '2' })
    pass(2)
    expect((await change()).status).toBe(200)
  })

  test('a message to a person and one to their direct message share a bucket', async () => {
    const { slack, call } = await start({ rateLimits: true })
    const { body } = await call('chat.postMessage', { channel: slack.person('Ana').id, text: '1' })
    for (let i = 0; i < 2; i++)
      await call('chat.postMessage', { channel: body['channel'], text: '2' })
    const fourth = await call('chat.postMessage', { channel: slack.person('Ana').id, text: '3' })
    expect(fourth.status).toBe(429)
  })
})

describe('refused: connections that break', () => {
  test('before the effect nothing is posted, after it the message is there', async () => {
    const { slack, call } = await start()
    const channel = slack.channel('one', { members: ['Ana'] }).id
    slack.faults.next('chat.postMessage', { dropBefore: true })
    await expect(call('chat.postMessage', { channel, text: 'first' })).rejects.toThrow()
    slack.faults.next('chat.postMessage', { dropAfterEffect: true })
    await expect(call('chat.postMessage', { channel, text: 'second' })).rejects.toThrow()
    const seen = slack.person('Ana').messages('#one').join('\n')
    expect(seen).not.toContain('first')
    expect(seen).toContain('second')
  })

  test('a storm hits the calls its rule names until it is lifted', async () => {
    const { slack, call } = await start()
    slack.faults.every(({ method }) =>
      method === 'auth.test' ? { status: 429, retryAfter: 7 } : undefined,
    )
    expect(await call('auth.test', {})).toMatchObject({ status: 429, after: '7' })
    slack.faults.every(() => ({ status: 503 }))
    expect((await call('auth.test', {})).status).toBe(503)
    slack.faults.every(null)
    expect((await call('auth.test', {})).status).toBe(200)
  })
})

describe('happy: Socket Mode', () => {
  test('a command travels in an envelope and its answer is shown', async () => {
    const { slack, call } = await start()
    const token = slack.socketEnv.SLACK_APP_TOKEN ?? ''
    expect((await call('apps.connections.open', {})).body).toMatchObject({ error: 'invalid_auth' })
    const { body } = await call('apps.connections.open', {}, token)
    const socket = new WebSocket(String(body['url']))
    const types: string[] = []
    socket.on('message', (data) => {
      const frame: { type: string; envelope_id: string } = JSON.parse(data.toString())
      types.push(frame.type)
      if (frame.type === 'slash_commands')
        socket.send(JSON.stringify({ envelope_id: frame.envelope_id, payload: { text: 'Hello!' } }))
    })
    await new Promise((resolve) => socket.once('message', resolve))
    slack.deliverTo(slack.socket.handler)
    const ana = slack.person('Ana')
    expect(await ana.command('/parley')).toEqual({ ok: true })
    await ana.receives('Hello!')
    expect(types).toEqual(['hello', 'slash_commands'])
    slack.socket.recycle({ hard: true })
    await new Promise((resolve) => socket.once('close', resolve))
    expect(await ana.command('/parley')).toMatchObject({ ok: false })
    // An address is good for one connection.
    const again = new WebSocket(String(body['url']))
    await expect(new Promise((_, reject) => again.once('error', reject))).rejects.toThrow()
  })
})

describe('happy: OAuth', () => {
  const address = (slack: SlackStandIn, more: Record<string, string> = {}) =>
    `${slack.url}/oauth/v2/authorize?${new URLSearchParams({
      client_id: slack.oauthEnv.SLACK_CLIENT_ID ?? '',
      scope: 'chat:write,commands',
      state: 'abc',
      redirect_uri: 'https://parley.example/back',
      ...more,
    })}`
  const exchange = (slack: SlackStandIn, more: Record<string, string>) => ({
    client_id: slack.oauthEnv.SLACK_CLIENT_ID,
    client_secret: slack.oauthEnv.SLACK_CLIENT_SECRET,
    ...more,
  })

  test('a person allows the app, a code is exchanged once, and the token opens their workspace only', async () => {
    const { slack, call } = await start({ installed: false })
    const other = slack.addWorkspace({ name: 'Other', people: ['Eve'], installed: false })
    const back = new URL(slack.oauth.allow(address(slack), other.teamId, 'Eve'))
    expect(back.searchParams.get('state')).toBe('abc')
    const code = back.searchParams.get('code') ?? ''
    const asked = exchange(slack, { code, redirect_uri: 'https://parley.example/back' })
    const wrong = await call('oauth.v2.access', { ...asked, client_secret: 'no' }, null)
    expect(wrong.body).toMatchObject({ error: 'bad_client_secret' })
    const { body } = await call('oauth.v2.access', asked, null)
    expect(body).toMatchObject({
      ok: true,
      team: { id: other.teamId },
      scope: 'chat:write,commands',
      authed_user: { id: other.person('Eve').id },
    })
    const token = String(body['access_token'])
    expect((await call('auth.test', {}, token)).body).toMatchObject({ team_id: other.teamId })
    expect((await call('auth.test', {})).body).toMatchObject({ error: 'invalid_auth' })
    const again = await call('oauth.v2.access', asked, null)
    expect(again.body).toMatchObject({ error: 'code_already_used' })
  })

  test('the page shows each workspace, and leads back with a code or a refusal', async () => {
    const { slack } = await start()
    const page = await fetch(address(slack))
    expect(await page.text()).toContain('Allow in Parley Sandbox')
    const press = (team: string) =>
      fetch(address(slack), { method: 'POST', body: `team=${team}`, redirect: 'manual' })
    expect((await press(slack.teamId)).headers.get('location')).toMatch(/code=/)
    expect((await press('')).headers.get('location')).toMatch(/error=access_denied&state=abc/)
  })

  test('a rotated token ends after twelve hours, and a refresh token is good once', async () => {
    const { slack, call, pass } = await start({ installed: false, rotateTokens: true })
    const back = new URL(slack.oauth.allow(address(slack), slack.teamId, 'Ana'))
    const { body } = await call(
      'oauth.v2.access',
      exchange(slack, {
        code: back.searchParams.get('code') ?? '',
        redirect_uri: 'https://parley.example/back',
      }),
      null,
    )
    pass(12 * 3600)
    const old = await call('auth.test', {}, String(body['access_token']))
    expect(old.body).toMatchObject({ error: 'token_expired' })
    const refresh = exchange(slack, {
      grant_type: 'refresh_token',
      refresh_token: String(body['refresh_token']),
    })
    const fresh = await call('oauth.v2.access', refresh, null)
    const token = String(fresh.body['access_token'])
    expect((await call('auth.test', {}, token)).body).toMatchObject({ ok: true })
    const second = await call('oauth.v2.access', refresh, null)
    expect(second.body).toMatchObject({ error: 'invalid_refresh_token' })
  })
})

describe('happy: the end of an installation', () => {
  test.each(['uninstalled first', 'revoked first'] as const)(
    'an uninstall kills the token at once and tells in the order %s',
    async (order) => {
      const { slack, call } = await start()
      const told: string[] = []
      slack.deliverTo(async (request) => {
        const body: { event: { type: string } } = JSON.parse(await request.text())
        told.push(body.event.type)
        return new Response('')
      })
      await slack.uninstall({ order })
      const names = ['app_uninstalled', 'tokens_revoked']
      expect(told).toEqual(order === 'revoked first' ? names.reverse() : names)
      expect((await call('auth.test', {})).body).toMatchObject({ error: 'account_inactive' })
    },
  )
})
