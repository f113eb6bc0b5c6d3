/** The same days over every way to Slack: by HTTP with a token, by a socket, and installed by OAuth. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openInstallations } from '../../src/chat/workspaces.ts'
import { deliverDue } from '../../src/outbound/deliver.ts'
import { leaveWorkspace } from '../../src/outbound/lose-recipient.ts'
import { queueNotice } from '../../src/outbound/queue-message.ts'
import { openKey, seal, unseal } from '../../src/seal.ts'
import { install, type Journey, openJourney, publicUrl } from '../support/journey.ts'
import { slackTest } from '../support/journey-test.ts'

const pairs = (name: string, count: number) =>
  Array.from({ length: count }, (_, i) => ({
    id: `${name}${i + 1}`,
    prompt: `${name} prompt ${i + 1}`,
    outputs: [`${name} left ${i + 1}`, `${name} right ${i + 1}`],
  }))

const over = {
  http: slackTest({ mode: 'http' }),
  socket: slackTest({ mode: 'socket' }),
  oauth: slackTest({ mode: 'oauth' }),
}

describe.each(['http', 'socket', 'oauth'] as const)('happy: a day over %s', (mode) => {
  const test = over[mode]

  test('Ana agrees, answers with one press, takes it back and answers again', async ({
    journey,
  }) => {
    const { ana } = journey
    await journey.dataset('name: pairs\ntemplate: comparison\ntitle: Pairs', pairs('pair', 3))
    await ana.types('/parley help')
    await ana.joins('pairs')
    await ana.presses('A is better')
    await ana.receives('Saved: A > B')
    await ana.presses('Undo')
    await ana.receives('Taken back.')
    await ana.presses('B is better')
    await ana.receives('Saved: B > A')
    const raw = await journey.raw('pairs')
    expect(raw.filter(({ counted }) => counted)).toHaveLength(1)
  })

  test('Ben fills a form, is told what is missing, and the same window brings the next task', async ({
    journey,
  }) => {
    const { ben } = journey
    const questions = 'questions: { completion: { title: Your answer, min_chars: 10 } }'
    await journey.dataset(`name: written\ntemplate: completion\ntitle: Written\n${questions}`, [
      { id: 'w1', prompt: 'Write a haiku.' },
      { id: 'w2', prompt: 'Write a limerick.' },
    ])
    await ben.joins('written')
    await ben.presses('Answer')
    await ben.writes('Your answer', 'short')
    await ben.submits()
    expect(ben.errors()).toEqual({ 'Your answer': 'Write at least 10 characters.' })
    const before = ben.modal()?.text
    await ben.writes('Your answer', 'long enough to be kept')
    await ben.submits()
    expect(ben.modal()?.text).not.toBe(before)
    await ben.writes('Your answer', 'and so is the second one')
    await ben.submits()
    await ben.closes()
    const raw = await journey.raw('written')
    expect(raw.filter(({ counted }) => counted)).toHaveLength(2)
  })

  test('Dee finds one label of many by typing, twice the same letters too', async ({ journey }) => {
    const { dee } = journey
    const labels = Array.from({ length: 140 }, (_, i) => `label ${i}`).join(', ')
    await journey.dataset(
      `name: many\ntitle: Many\nfields: { prompt: { title: Prompt } }\nquestions: { kind: { title: Kind, type: label, options: [${labels}] } }`,
      [{ id: 'm1', prompt: 'Which kind?' }],
    )
    await dee.joins('many')
    await dee.presses('Answer')
    for (const _ of [1, 2]) expect(await dee.search('Kind', 'label 13')).toHaveLength(11)
    await dee.chooses('Kind', 'label 139')
    await dee.submits()
    await dee.closes()
    expect((await journey.raw('many')).map(({ values }) => values)).toEqual([{ kind: 'label 139' }])
  })

  test('a message sent by Parley itself arrives', async ({ journey }) => {
    const { parley, slack, dee } = journey
    const to = { platform: 'slack' as const, workspace: slack.teamId, userId: dee.id }
    await queueNotice(parley, { key: mode, to, text: `By ${mode}.` })
    await deliverDue(parley, to)
    await dee.receives(`By ${mode}.`)
  })
})

describe('twice: Socket Mode', () => {
  test('a line that is cut or recycled is opened again at once, and an event comes once', async () => {
    const journey = await openJourney({ mode: 'socket' })
    const { slack, ana } = journey
    const recycle = async (how?: { hard?: boolean }) => {
      const before = slack.socket.opened()
      slack.socket.recycle(how)
      await expect
        .poll(() => [slack.socket.opened(), slack.socket.connections()], { timeout: 20_000 })
        .toEqual([before + 1, 1])
    }
    try {
      await ana.types('/parley help')
      await recycle({ hard: true })
      await ana.types('/parley help')
      await recycle()
      await ana.types('/parley help')
      expect(slack.faults.seen).toEqual([])
    } finally {
      await journey.close()
    }
  })
})

describe('happy: many workspaces', () => {
  let journey: Journey

  beforeAll(async () => {
    journey = await openJourney({ mode: 'oauth' })
  })
  afterAll(() => journey.close())

  test('two workspaces label side by side, each with its own token', async () => {
    const { slack, service, quiet, clock, ana } = journey
    const other = slack.addWorkspace({ name: 'Other <b>', people: ['Eve'], installed: false })
    const page = await install(slack, service.address, other.teamId, 'Eve')
    expect(page).toContain('Parley is installed in Other &lt;b>.')
    const access = `access: [everyone of slack:${slack.teamId}, everyone of slack:${other.teamId}]`
    const both = `name: both\ntemplate: comparison\ntitle: Both\n${access}`
    await journey.dataset(both, pairs('both', 4))
    await ana.joins('both')
    await ana.presses('A is better')
    const eve = other.person('Eve')
    for (const gesture of [
      () => eve.command('/parley next both'),
      () => eve.press('Start'),
      () => eve.press('A is better'),
    ]) {
      clock.advance(2)
      expect(await gesture()).toEqual({ ok: true })
      await quiet()
    }
    await eve.receives('Saved: A > B')
    expect(new Set((await journey.raw('both')).map(({ labeler }) => labeler)).size).toBe(2)
  })

  test('tokens lie encrypted, bound to their workspace, and go with an uninstall in either order', async () => {
    const { slack, service, parley } = journey
    for (const order of ['uninstalled first', 'revoked first'] as const) {
      const one = slack.addWorkspace({ name: order, people: ['Fay'], installed: false })
      await install(slack, service.address, one.teamId, 'Fay')
      const find = () =>
        parley.db
          .selectFrom('workspaces')
          .selectAll()
          .where('workspace', '=', one.teamId)
          .executeTakeFirstOrThrow()
      const stored = await find()
      expect(stored.token).toMatch(/^v1\.[0-9a-f]{8}\./)
      expect(stored.token).not.toContain('xoxb')
      expect(stored.scopes).toEqual(['chat:write', 'commands', 'files:write'])
      const kept = await openInstallations(parley, 'slack').find(one.teamId)
      expect(kept?.token).toMatch(/^xoxb-/)
      await one.uninstall({ order })
      expect(await find()).toMatchObject({ token: null, deadAt: expect.any(Date) })
      // Slack's events arrive when they like: a late one says nothing about a new installation.
      const uninstalledAt = journey.clock.now()
      journey.clock.advance(60)
      expect(await install(slack, service.address, one.teamId, 'Fay')).toContain('is installed')
      await leaveWorkspace(parley, kept ?? stored, 'uninstalled', uninstalledAt)
      expect(await find()).toMatchObject({ deadAt: null, token: expect.any(String) })
    }
  })

  test('a token of twelve hours is refreshed before it ends, by one of two processes', async () => {
    const rotating = await openJourney({ mode: 'oauth', rotateTokens: true, worker: false })
    const { slack, clock, parley, dee } = rotating
    try {
      const second = await rotating.startService()
      const to = { platform: 'slack' as const, workspace: slack.teamId, userId: dee.id }
      const say = (by: typeof parley, text: string) => {
        const notice = { type: 'notice', text }
        return by.send(to, notice)
      }
      const exchanges = () => slack.wire.filter(({ path }) => path.endsWith('oauth.v2.access'))
      await say(parley, 'one')
      await say(second.parley, 'two')
      expect(exchanges()).toHaveLength(1)
      clock.advance(11 * 3600)
      await Promise.all([say(parley, 'three'), say(second.parley, 'four')])
      expect(exchanges()).toHaveLength(2)
      clock.advance(1.5 * 3600)
      await Promise.all([say(parley, 'five'), say(second.parley, 'six')])
      expect(exchanges()).toHaveLength(2)
      expect(slack.faults.seen).toEqual([])
      expect(JSON.stringify(slack.wire)).not.toContain('xoxe')
    } finally {
      await rotating.close()
    }
  })
})

describe('forbidden: a workspace that PARLEY_INSTALL_ALLOW does not name', () => {
  test('may not install Parley, reads so, and nothing of it is kept', async () => {
    const journey = await openJourney({ mode: 'oauth', env: { PARLEY_INSTALL_ALLOW: 'slack:T0' } })
    try {
      const { slack, service, parley } = journey
      const other = slack.addWorkspace({ name: 'Other', people: ['Eve'], installed: false })
      const page = await install(slack, service.address, other.teamId, 'Eve')
      expect(page).toContain('Parley may not be installed in Other.')
      const kept = await parley.db.selectFrom('workspaces').selectAll().execute()
      expect(kept).toEqual([])
      expect(slack.wire.filter(({ path }) => path.endsWith('auth.revoke'))).not.toEqual([])
    } finally {
      await journey.close()
    }
  })
})

describe('forbidden: OAuth', () => {
  let journey: Journey

  beforeAll(async () => {
    journey = await openJourney({ mode: 'oauth' })
  })
  afterAll(() => journey.close())

  async function begin() {
    const { address } = journey.service
    const answer = await fetch(`${address}/slack/install`, { redirect: 'manual' })
    const location = answer.headers.get('location') ?? ''
    const setCookie = answer.headers.get('set-cookie') ?? ''
    const back = journey.slack.oauth.allow(location, journey.slack.teamId, 'Cleo')
    const visit = (cookie: string, change: (to: URL) => void = () => {}) => {
      const to = new URL(back.replace(publicUrl, address))
      change(to)
      return fetch(to, { headers: { cookie } })
    }
    return { location, setCookie, cookie: setCookie.split(';')[0] ?? '', visit }
  }

  test('the cookie is for us alone, and only what is needed is asked for', async () => {
    const { setCookie, location } = await begin()
    expect(setCookie).toMatch(/HttpOnly/)
    expect(setCookie).toMatch(/Secure/)
    expect(setCookie).toMatch(/SameSite=Lax/)
    const asked = new URL(location).searchParams
    expect(asked.get('scope')).toBe('chat:write,commands,files:write')
    expect(asked.get('redirect_uri')).toBe(`${publicUrl}/slack/oauth_redirect`)
  })

  test('a link asks for optional scopes that Parley knows, and for no others', async () => {
    const { address } = journey.service
    const open = (scopes: string) =>
      fetch(`${address}/slack/install?scopes=${scopes}`, { redirect: 'manual' })
    const known = await open('files:read,users:read')
    const asked = new URL(known.headers.get('location') ?? '').searchParams
    expect(asked.get('scope')).toBe('chat:write,commands,files:write,files:read,users:read')
    const unknown = await open('files:read,channels:history')
    expect(unknown.status).toBe(400)
    expect(unknown.headers.get('set-cookie')).toBeNull()
    expect(await unknown.text()).toContain('Parley never asks for channels:history.')
  })

  test.each<[string, (door: Awaited<ReturnType<typeof begin>>) => Promise<Response>]>([
    ['another browser', (door) => door.visit('')],
    ['a state of somebody else', (door) => door.visit('parley-slack-state=x.9999999999999.y')],
    [
      'a state that was changed',
      (door) => door.visit(door.cookie, (to) => to.searchParams.set('state', 'a.9999999999999.c')),
    ],
    [
      'a link that was used',
      async (door) => {
        await door.visit(door.cookie)
        return door.visit(door.cookie)
      },
    ],
    [
      'a link that is too old',
      async (door) => {
        journey.clock.advance(11 * 60)
        return door.visit(door.cookie)
      },
    ],
  ])('%s installs nothing', async (_, visit) => {
    const answer = await visit(await begin())
    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain('Install Parley again')
  })

  test('a code Slack does not know is an apology, and no is no', async () => {
    const door = await begin()
    const unknown = await door.visit(door.cookie, (to) => to.searchParams.set('code', 'nope'))
    expect(unknown.status).toBe(502)
    const cancelled = await fetch(
      `${journey.service.address}/slack/oauth_redirect?error=access_denied&state=x`,
    )
    expect(await cancelled.text()).toContain('was not installed')
  })
})

describe('refused: sealed tokens', () => {
  test('another secret, another workspace or a changed letter opens nothing', () => {
    const key = openKey('a secret that is long enough', 'tokens')
    const sealed = seal(key, 'slack:T1', 'xoxb-1')
    expect(unseal(key, 'slack:T1', sealed)).toBe('xoxb-1')
    expect(seal(key, 'slack:T1', 'xoxb-1')).not.toBe(sealed)
    expect(() => unseal(key, 'slack:T2', sealed)).toThrow()
    expect(() =>
      unseal(openKey('another secret of length', 'tokens'), 'slack:T1', sealed),
    ).toThrow()
    expect(() =>
      unseal(openKey('a secret that is long enough', 'else'), 'slack:T1', sealed),
    ).toThrow()
    const last = sealed.at(-1) === 'A' ? 'B' : 'A'
    expect(() => unseal(key, 'slack:T1', sealed.slice(0, -2) + last + last)).toThrow()
  })
})
