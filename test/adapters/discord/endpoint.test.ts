/** The address Discord sends interactions to: nothing is believed before its signature was checked. */
import { generateKeyPairSync, sign } from 'node:crypto'
import { Hono } from 'hono'
import { beforeEach, describe, expect, test } from 'vitest'
import { discordAdapter } from '../../../adapters/discord/index.ts'
import type { Interaction } from '../../../src/chat/port/port.ts'
import { requireFirst } from '../../../src/chat/port/sight.ts'
import { openLog } from '../../../src/log.ts'

const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const bareKey = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex')
const now = new Date('2026-03-02T09:00:00Z')
const seconds = Math.floor(now.getTime() / 1000)

const handled: Interaction[] = []
const seen = new Set<string>()
const app = new Hono()
discordAdapter(
  {
    transport: 'http',
    apiUrl: 'http://127.0.0.1:9/api',
    applicationId: '1',
    botToken: 'token',
    publicKey: bareKey,
    publicUrl: 'https://parley.example',
  },
  {
    handle: async (interaction) => {
      await requireFirst()
      handled.push(interaction)
      return { type: 'notice', text: 'Nothing waits for you.' }
    },
    firstSight: async (id) => !seen.has(id) && Boolean(seen.add(id)),
    now: () => now,
    log: openLog({ level: 'silent' }),
  },
).routes?.(app)

beforeEach(() => {
  handled.length = 0
})

let ids = 0
const command = (more: object = {}) =>
  JSON.stringify({
    id: `10000000000000000${ids++}`,
    application_id: '1',
    type: 2,
    token: 'secret',
    guild_id: '5',
    context: 0,
    channel_id: '6',
    member: { user: { id: '42' }, roles: ['7'], permissions: '0' },
    locale: 'en-US',
    data: { id: '8', type: 1, name: 'label', options: [] },
    ...more,
  })

function post(body: string, options: { at?: number | string; signed?: string; by?: string } = {}) {
  const at = String(options.at ?? seconds)
  const signature =
    options.by ?? sign(null, Buffer.from(at + (options.signed ?? body)), privateKey).toString('hex')
  return app.request('/discord/interactions', {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-signature-timestamp': at,
      'x-signature-ed25519': signature,
    },
  })
}

describe('happy', () => {
  test('Discord’s PING is answered and is not a gesture', async () => {
    const answer = await post('{"type":1,"id":"1","application_id":"1","token":"t"}')
    expect(answer.status).toBe(200)
    expect(await answer.json()).toEqual({ type: 1 })
    expect(handled).toEqual([])
  })

  test('a command is answered in the response, for that person alone', async () => {
    const answer = await post(command())
    expect(answer.status).toBe(200)
    const { type, data }: { type: number; data: { flags: number } } = JSON.parse(
      await answer.text(),
    )
    expect(type).toBe(4)
    expect(data.flags & 64).toBe(64)
    expect(JSON.stringify(data)).toContain('Nothing waits for you.')
    expect(handled).toMatchObject([
      {
        type: 'next',
        by: { platform: 'discord', workspace: '', userId: '42', guildId: '5', roles: ['7'] },
      },
    ])
  })
})

describe('forbidden', () => {
  test.each<[string, Parameters<typeof post>[1]]>([
    ['no signature', { by: '' }],
    ['a signature that is none', { by: 'zz'.repeat(64) }],
    ['a signature that is cut off', { by: '00'.repeat(32) }],
    ['a signature of something else', { signed: '{}' }],
    ['no time', { at: '' }],
    ['a time that is none', { at: 'now' }],
    ['a time of six minutes ago', { at: seconds - 360 }],
    ['a time six minutes ahead', { at: seconds + 360 }],
  ])('%s is answered 401 and nothing is done', async (_, how) => {
    expect((await post(command(), how)).status).toBe(401)
    expect(handled).toEqual([])
  })

  test('altered bytes are refused', async () => {
    const body = command()
    expect((await post(body.replace('"42"', '"43"'), { signed: body })).status).toBe(401)
    expect(handled).toEqual([])
  })
})

describe('twice', () => {
  test('a replayed request is refused and has one effect', async () => {
    const body = command()
    expect((await post(body)).status).toBe(200)
    expect((await post(body)).status).toBe(401)
    // Signed anew it is still the same interaction.
    expect((await post(body, { at: seconds + 1 })).status).toBe(401)
    expect(handled).toHaveLength(1)
  })
})

test('a press that answers is marked once it is handled; a replay is refused', async () => {
  const press = command({ type: 3, data: { component_type: 2, custom_id: 'v1:press:1-2:1:0' } })
  expect((await post(press)).status).toBe(200)
  expect((await post(press)).status).toBe(401)
  expect(handled).toHaveLength(1)
})

describe('refused', () => {
  test('a body that is too large is not read', async () => {
    expect((await post(command({ more: 'x'.repeat(1024 * 1024) }))).status).toBe(413)
    expect(handled).toEqual([])
  })

  test.each(['', '[]', '"text"', '{"type":2}'])('%j is answered 400', async (body) => {
    expect((await post(body)).status).toBe(400)
  })
})
