/** The gateway as a real discord.js client meets it, and the two traps it sets. */
import { Events, GatewayIntentBits } from 'discord.js'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type JsonObject, object, parseJson, text } from '../../../sandbox/json.ts'
import { type Bot, call, type Heard, newClient, openBot } from './bot.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

async function start(...args: Parameters<typeof openBot>): Promise<Bot> {
  const bot = await openBot(...args)
  open.push(bot)
  await bot.register([{ name: 'label', description: 'Next' }])
  return bot
}

const replies = ({ answer }: Heard) => answer(4, { content: 'here', flags: 64 })

describe('happy', () => {
  test('a client logs in, hears of its guilds and keeps its heart beating', async () => {
    const { client, discord } = await start(replies, { heartbeatMs: 30 })
    expect(client.user?.id).toBe(discord.applicationId)
    expect(client.guilds.cache.map(({ name }) => name)).toEqual(['Parley Sandbox'])
    await expect.poll(() => discord.gateway.heartbeats()).toBeGreaterThan(2)
    expect(discord.gateway.connections()).toBe(1)
  })

  test('what happened while the connection was lost is replayed and answered', async () => {
    const { discord, ana } = await start(replies)
    discord.gateway.drop(4000)
    expect(await ana.command('/label')).toEqual({ ok: true })
    expect(discord.gateway.resumes()).toBe(1)
    expect(discord.gateway.identifies()).toBe(1)
  })

  test('a client told to reconnect resumes where it was', async () => {
    const { discord, ana } = await start(replies)
    discord.gateway.reconnect()
    await expect.poll(() => discord.gateway.resumes()).toBe(1)
    expect(await ana.command('/label')).toEqual({ ok: true })
  })

  test('guilds come and go', async () => {
    const { client, discord } = await start(replies)
    const other = discord.addGuild({ name: 'Other', people: ['Eve'] })
    await expect.poll(() => client.guilds.cache.size).toBe(2)
    other.remove()
    await expect.poll(() => client.guilds.cache.size).toBe(1)
    expect(other.person('Eve').commands()).toEqual([])
  })

  test('without any intent interactions still come, and roles come with them', async () => {
    const { discord, heard } = await start(replies)
    const role = discord.role('labelers', { people: ['Ana'] })
    await discord.person('Ana').command('/label')
    const member = object(heard.at(-1)?.['member'])
    expect(member['roles']).toEqual([role.id])
    expect(text(heard.at(-1)?.['app_permissions'])).toMatch(/^\d+$/)
  })

  test('ids are as long as real ones and tell when an account was made', async () => {
    const { discord, heard } = await start(replies)
    const made = new Date('2026-11-01T00:00:00Z')
    const joined = new Date('2026-11-20T10:00:00Z')
    const new_ = discord.person('Nina', { createdAt: made, joinedAt: joined, locale: 'de' })
    expect(new_.id).toMatch(/^\d{17,19}$/)
    expect(Number(BigInt(new_.id) >> 22n) + 1_420_070_400_000).toBe(made.getTime())
    await new_.command('/label')
    const sent = heard.at(-1) ?? {}
    expect(object(sent['member'])['joined_at']).toBe('2026-11-20T10:00:00.000000+00:00')
    expect(sent['locale']).toBe('de')
    expect(sent['guild_locale']).toBe('en-US')
    expect(sent['attachment_size_limit']).toBe(10_485_760)
  })
})

describe('refused', () => {
  test('a session that is over cannot be resumed', async () => {
    const { discord } = await start(replies)
    const { body } = await call(discord, 'GET', '/gateway/bot')
    const socket = new WebSocket(`${text(body['url'])}?v=10&encoding=json`)
    const said: JsonObject[] = []
    socket.on('message', (raw: Buffer) => said.push(object(parseJson(raw.toString()))))
    const heard = (op: number) => expect.poll(() => said.some((one) => one['op'] === op)).toBe(true)
    await heard(10)
    const token = discord.botToken
    socket.send(JSON.stringify({ op: 2, d: { token, intents: 1, properties: {} } }))
    await heard(0)
    const session = text(object(said.find((one) => one['t'] === 'READY')?.['d'])['session_id'])
    discord.gateway.invalidate()
    await heard(9)
    socket.terminate()
    const again = new WebSocket(`${text(body['url'])}?v=10&encoding=json`)
    const answers: JsonObject[] = []
    again.on('message', (raw: Buffer) => answers.push(object(parseJson(raw.toString()))))
    again.on('open', () => {
      again.send(JSON.stringify({ op: 6, d: { token, session_id: session, seq: 1 } }))
    })
    await expect.poll(() => answers.at(-1)).toEqual({ op: 9, d: false })
    again.terminate()
  })

  test('a wrong token is told so', async () => {
    const { discord } = await start(replies)
    const stranger = newClient(discord)
    await expect(stranger.login('wrong')).rejects.toThrow(/token/i)
    await stranger.destroy()
  })

  test('a privileged intent nobody switched on is not allowed', async () => {
    const { discord } = await start(replies)
    const greedy = newClient(discord, {
      intents: [GatewayIntentBits.Guilds, GatewayIntentBits.MessageContent],
    })
    await expect(greedy.login(discord.botToken)).rejects.toThrow(/disallowed intents/i)
    await greedy.destroy()
    expect(discord.faults.seen.at(-1)).toMatchObject({ kind: 'gateway_closed' })
  })
})

describe('twice', () => {
  test('two processes with one token both get each event, and the slower is told so', async () => {
    const answers: number[] = []
    const { discord, ana } = await start(async ({ answer }: Heard) => {
      answers.push((await answer(4, { content: 'here', flags: 64 })).status)
    })
    const second = newClient(discord)
    const codes: unknown[] = []
    second.on(Events.InteractionCreate, async (interaction) => {
      if (!interaction.isChatInputCommand()) return
      await interaction.reply('there').catch((cause: { code: unknown }) => codes.push(cause.code))
    })
    const ready = new Promise((resolve) => second.once(Events.ClientReady, resolve))
    await second.login(discord.botToken)
    await ready
    await ana.command('/label')
    await expect.poll(() => answers.length).toBe(1)
    const lost = answers[0] === 400
    if (!lost) await expect.poll(() => codes).toEqual([40060])
    expect(ana.messages()).toHaveLength(1)
    await second.destroy()
  })

  test('an interaction that is dispatched twice is answered once', async () => {
    const statuses: number[] = []
    const { discord, ana } = await start(async ({ answer }: Heard) => {
      statuses.push((await answer(4, { content: 'here', flags: 64 })).status)
    })
    discord.faults.nextDelivery({ twice: true })
    await ana.command('/label')
    await expect.poll(() => statuses.toSorted()).toEqual([204, 400])
    expect(ana.messages()).toHaveLength(1)
  })
})

describe('happy: traps of discord.js, which the stand-in sets as Discord does', () => {
  test('while guilds are awaited the client’s own event is late, the raw one is not', async () => {
    const { discord } = await start(() => undefined, { ackMs: 300 })
    discord.gateway.hold(true)
    const slow = newClient(discord)
    const seen: string[] = []
    slow.on(Events.InteractionCreate, () => seen.push('event'))
    slow.on(Events.Raw, ({ t }: { t: string }) => t === 'INTERACTION_CREATE' && seen.push('raw'))
    await slow.login(discord.botToken)
    await expect.poll(() => discord.gateway.connections()).toBe(2)
    const told = await discord.person('Ana').command('/label')
    expect(told).toEqual({ ok: false, problem: 'The application did not respond' })
    expect(seen).toEqual(['raw'])
    await slow.destroy()
  })
})
