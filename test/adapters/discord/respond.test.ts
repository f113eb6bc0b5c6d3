/** Every gesture is acknowledged in time: slow work, forms that come too late, what Discord refuses. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { discordAdapter } from '../../../adapters/discord/index.ts'
import { type DiscordStandIn, openDiscordStandIn } from '../../../sandbox/discord/server.ts'
import type { ChatAdapter, Interaction, Reply } from '../../../src/chat/port/port.ts'
import { openLog } from '../../../src/log.ts'
import { cardOf } from './cards.ts'

let discord: DiscordStandIn
let adapter: ChatAdapter
let handled: Interaction[] = []
let reply: (interaction: Interaction) => Promise<Reply>
/** Opened by a test when the slow inside may go on. */
let gate: { open(): void; passed: Promise<void> }

function makeGate() {
  let open = () => {}
  const passed = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open, passed }
}

beforeEach(async () => {
  discord = await openDiscordStandIn({ people: [{ name: 'Ana' }] })
  handled = []
  gate = makeGate()
  reply = async () => notice('Done.')
  const seen = new Set<string>()
  adapter = discordAdapter(
    {
      transport: 'gateway',
      apiUrl: discord.apiUrl,
      applicationId: discord.applicationId,
      botToken: discord.botToken,
      publicUrl: 'https://parley.example',
    },
    {
      handle: async (interaction) => {
        handled.push(interaction)
        return reply(interaction)
      },
      firstSight: async (id) => !seen.has(id) && Boolean(seen.add(id)),
      now: () => new Date(),
      log: openLog({ level: 'silent' }),
    },
    { deferAfterMs: 50, lateAfterMs: 100 },
  )
  await adapter.start()
})
afterEach(async () => {
  gate.open()
  await adapter.stop()
  await discord.close()
})

const question = { type: 'text', name: 'completion', title: 'Your answer' }
const makeCard = (more: { assignmentId?: string } = {}) => cardOf([question], more)
const notice = (text: string): Reply => ({ type: 'notice', text })
const slow = (answer: Reply) => async () => {
  await gate.passed
  return answer
}
const states = () => discord.interactions().map(({ state }) => state)
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10))
}

describe('happy: slow work', () => {
  test('a slow command is acknowledged first, and its answer replaces the placeholder', async () => {
    const ana = discord.person('Ana')
    reply = slow(notice('It took a while.'))
    const typed = ana.command('/label')
    await until(() => states().includes('deferred'))
    expect(ana.screen()).toContain('is thinking')
    gate.open()
    expect(await typed).toEqual({ ok: true })
    expect(ana.messages()).toEqual([expect.stringContaining('It took a while.')])
    expect(discord.faults.seen).toEqual([])
  })

  test('a slow press leaves the card until the next one is ready', async () => {
    const ana = discord.person('Ana')
    reply = async () => ({ type: 'task', card: makeCard() })
    await ana.command('/label')
    reply = slow({ type: 'task', card: makeCard({ assignmentId: '1-2' }), notice: 'Saved: A > B' })
    const pressed = ana.press('Skip')
    await until(() => states().includes('deferred update'))
    gate.open()
    expect(await pressed).toEqual({ ok: true })
    await adapter.settled?.()
    expect(ana.messages()).toEqual([expect.stringContaining('Saved: A > B')])
    expect(discord.faults.seen).toEqual([])
  })

  test('a form that is not ready in time: the person gets a message and a button that opens it', async () => {
    const ana = discord.person('Ana')
    const card = makeCard()
    reply = async () => ({ type: 'task', card })
    await ana.command('/label')
    reply = slow({ type: 'form', card })
    expect(await ana.press('Answer')).toEqual({ ok: true })
    expect(ana.modal()).toBeNull()
    expect(ana.screen()).toContain('Press the button again.')
    gate.open()
    await adapter.settled?.()
    await ana.press('Answer')
    expect(ana.modal()).not.toBeNull()
    expect(discord.faults.seen).toEqual([])
  })

  test('late autocomplete choices are an empty list, and nothing breaks', async () => {
    reply = slow(notice('…'))
    expect(await discord.person('Ana').autocomplete('/label dataset:a')).toEqual([])
    expect(discord.faults.seen).toEqual([])
  })
})

describe('refused: callbacks', () => {
  const callback = 'POST /interactions/:interaction/:token/callback'

  test('a message that Discord refuses is replaced by plain text: no spinner, no “did not respond”', async () => {
    const ana = discord.person('Ana')
    discord.faults.next(callback, { status: 400, code: 50035, message: 'Invalid Form Body' })
    expect(await ana.command('/label')).toEqual({ ok: true })
    expect(ana.screen()).toContain('Something broke on our side.')
  })

  test('a callback whose response was lost is not sent twice', async () => {
    const ana = discord.person('Ana')
    discord.faults.next(callback, { dropAfterEffect: true })
    expect(await ana.command('/label')).toEqual({ ok: true })
    await adapter.settled?.()
    expect(ana.messages()).toHaveLength(1)
    expect(handled).toHaveLength(1)
  })

  test.each([10062, 40060])('%i is not retried', async (code) => {
    discord.faults.next(callback, { status: code === 10062 ? 404 : 400, code, message: 'no' })
    const typed = discord.person('Ana').command('/label')
    await until(() => handled.length === 1)
    await adapter.settled?.()
    const calls = discord.wire.filter(({ path }) => path.endsWith('/callback'))
    expect(calls).toHaveLength(1)
    await typed
  })
})
