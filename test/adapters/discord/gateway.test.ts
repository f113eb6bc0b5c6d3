/** The gateway: connecting, resuming, one process at a time, and what is said when Discord refuses. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { discordAdapter } from '../../../adapters/discord/index.ts'
import { type DiscordStandIn, openDiscordStandIn } from '../../../sandbox/discord/server.ts'
import type { ChatAdapter, Inside, Interaction } from '../../../src/chat/port/port.ts'

let discord: DiscordStandIn
const adapters: ChatAdapter[] = []
const handled: Interaction[] = []
const left: string[] = []
const joined: string[] = []
const told: string[] = []

beforeEach(async () => {
  discord = await openDiscordStandIn({ people: [{ name: 'Ana' }] })
  for (const all of [handled, left, joined, told]) all.length = 0
})
afterEach(async () => {
  for (const adapter of adapters.splice(0)) await adapter.stop()
  await discord.close()
})

function open(options: { botToken?: string; inside?: Partial<Inside> } = {}): ChatAdapter {
  const seen = new Set<string>()
  const note = (_: object, message = '') => void told.push(message)
  const adapter = discordAdapter(
    {
      transport: 'gateway',
      apiUrl: discord.apiUrl,
      applicationId: discord.applicationId,
      botToken: options.botToken ?? discord.botToken,
      publicUrl: 'https://parley.example',
    },
    {
      handle: async (interaction) => {
        handled.push(interaction)
        return { type: 'notice', text: 'Nothing waits for you.' }
      },
      firstSight: async (id) => !seen.has(id) && Boolean(seen.add(id)),
      leaveWorkspace: async (workspace) => void left.push(workspace),
      joinWorkspace: async (workspace) => void joined.push(workspace),
      now: () => new Date(),
      log: { info: note, warn: note, error: note },
      ...options.inside,
    },
  )
  adapters.push(adapter)
  return adapter
}

/** Waits until it holds; the runner's own limit ends a test that waits for ever. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10))
}

describe('happy', () => {
  test('a command is answered before any server has arrived', async () => {
    discord.gateway.hold(true)
    await open().start()
    expect(await discord.person('Ana').command('/label')).toEqual({ ok: true })
    expect(discord.person('Ana').screen()).toContain('Nothing waits for you.')
  })

  test('commands are registered once, and not again by the next start', async () => {
    await open().start()
    await until(() => discord.commands().length === 6)
    await adapters.shift()?.stop()
    const before = discord.wire.length
    await open().start()
    const registering = () =>
      discord.wire.slice(before).filter(({ path }) => path.endsWith('/commands'))
    await until(() => registering().length > 0)
    await discord.person('Ana').command('/label')
    expect(registering().map(({ method }) => method)).toEqual(['GET'])
  })

  test('gestures made while the connection is down arrive when it is resumed', async () => {
    await open().start()
    discord.gateway.drop(4000)
    expect(await discord.person('Ana').command('/label')).toEqual({ ok: true })
    expect(discord.gateway.resumes()).toBe(1)
    expect(discord.gateway.identifies()).toBe(1)
  })

  test('when Discord asks to reconnect, nothing is lost', async () => {
    await open().start()
    discord.gateway.reconnect()
    await until(() => discord.gateway.resumes() === 1)
    expect(await discord.person('Ana').command('/label')).toEqual({ ok: true })
  })

  test('an invalid session is started again', async () => {
    await open().start()
    discord.gateway.invalidate()
    await until(() => discord.gateway.identifies() === 2)
    expect(await discord.person('Ana').command('/label')).toEqual({ ok: true })
  })

  test('the core learns of servers that add or remove Parley', async () => {
    await open().start()
    const other = discord.addGuild({ name: 'Other', people: ['Eve'] })
    await until(() => joined.length === 1)
    other.remove()
    await until(() => left.length === 1)
    expect(left).toEqual(joined)
  })

  test('Parley tells a server that is not allowed why, and leaves it', async () => {
    await open({ inside: { mayJoin: () => false } }).start()
    const other = discord.addGuild({ name: 'Other', people: ['Eve'] })
    await until(() =>
      discord.wire.some(({ path }) => path.includes(`/users/@me/guilds/${other.guild.id}`)),
    )
    expect(joined).toEqual([])
  })

  test('Parley asks only for the servers intent, none that Discord has to grant', async () => {
    await open().start()
    const identify = discord.wire.find(({ path }) => path === '/gateway/IDENTIFY')
    expect(identify?.request).toMatchObject({ intents: 1 })
  })
})

describe('refused: what discord.js cannot read', () => {
  test('a payload with missing parts is answered too, and ends nothing', async () => {
    await open().start()
    discord.faults.nextDelivery({ without: ['authorizing_integration_owners', 'entitlements'] })
    expect(await discord.person('Ana').command('/label')).toEqual({ ok: true })
    expect(await discord.person('Ana').command('/label')).toEqual({ ok: true })
  })
})

describe('twice', () => {
  test('an interaction that arrives twice is handled and answered once', async () => {
    await open().start()
    discord.faults.nextDelivery({ twice: true })
    expect(await discord.person('Ana').command('/label')).toEqual({ ok: true })
    await adapters[0]?.settled?.()
    expect(handled).toHaveLength(1)
    expect(discord.faults.seen).toEqual([])
  })
})

describe('refused', () => {
  test('a wrong token is reported clearly at startup', async () => {
    await expect(open({ botToken: 'wrong' }).start()).rejects.toThrow(/DISCORD_BOT_TOKEN/)
  })

  test.each([
    [4004, /DISCORD_BOT_TOKEN/],
    [4013, /intents that Parley asks for as invalid/],
    [4014, /refuses an intent/],
  ])('closed with %i: why is logged, and nothing is tried again', async (code, why) => {
    const adapter = open()
    await adapter.start()
    discord.gateway.drop(code)
    await until(() => told.some((line) => why.test(line)))
    expect(discord.gateway.identifies()).toBe(1)
    expect((await adapter.check()).ok).toBe(false)
  })

  test('while the database is down the person gets a message, and nothing is done', async () => {
    await open({
      inside: {
        firstSight: async () => {
          throw new Error('no database')
        },
      },
    }).start()
    expect(await discord.person('Ana').command('/label')).toEqual({ ok: true })
    expect(discord.person('Ana').screen()).toMatch(/try again/)
    expect(handled).toEqual([])
  })
})
