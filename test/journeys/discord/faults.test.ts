/** What may go wrong between Parley and Discord, and what a person sees of it: nothing is lost or doubled. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createClaimCode } from '../../../src/labelers/roles.ts'
import { deliverDue } from '../../../src/outbound/deliver.ts'
import { queueNotice } from '../../../src/outbound/queue-message.ts'
import { type DiscordJourney, openDiscordJourney } from '../../support/discord.ts'
import { admin, newestOf } from '../../support/journey.ts'

let journey: DiscordJourney
beforeAll(async () => {
  journey = await openDiscordJourney({ worker: false })
  const { cleo } = journey
  const code = await createClaimCode(journey.parley(), admin)
  await cleo.types(`/parley-admin claim code:${code}`)
})
afterEach(() => {
  journey.discord.faults.seen.length = 0
})
afterAll(() => journey.close())

const place = { platform: 'discord', workspace: '' } as const
const posting = 'POST /channels/:channel/messages'

const deliver = () => deliverDue(journey.parley(), place)
const tell = (name: string, text: string) =>
  queueNotice(journey.parley(), {
    key: text,
    to: { ...place, userId: journey.person(name).id },
    text,
  })
const states = async (text: string) => {
  const rows = await journey.parley().db.selectFrom('deliveries').selectAll().execute()
  return rows.filter(({ key }) => key.startsWith(text)).map(({ state }) => state)
}
const times = (all: readonly string[], text: string) =>
  all.filter((message) => message.includes(text)).length

describe('twice: messages', () => {
  test.each([
    ['Discord took it and answered 502', { statusAfterEffect: 502 }],
    ['the connection broke after Discord took it', { dropAfterEffect: true }],
    ['the connection broke before', { dropBefore: true }],
    ['Discord was busy', { status: 429, retryAfter: 0.2 }],
  ])('%s: the message is there once', async (what, fault) => {
    const { ana, discord } = journey
    discord.faults.next(posting, fault)
    await tell('Ana', `Hello: ${what}`)
    await deliver()
    expect(times(ana.messages(), `Hello: ${what}`)).toBe(1)
    expect(await states(`Hello: ${what}`)).toEqual(['sent'])
  })
})

describe('refused: messages', () => {
  test('closed direct messages end it in one attempt, and an admin is notified once', async () => {
    const { cleo, discord } = journey
    discord.closeDms('Ben')
    await tell('Ben', 'first')
    await deliver()
    await tell('Ben', 'second')
    await deliver()
    await deliver()
    expect(await states('first')).toEqual(['failed'])
    const posts = discord.wire.filter(({ status }) => status === 403)
    expect(posts.length).toBeLessThanOrEqual(2)
    expect(times(cleo.messages('dm'), 'Parley can no longer write to')).toBe(1)
    discord.closeDms('Ben', false)
  })

  test('a channel Parley may not write to is given up, and an admin is notified once', async () => {
    const { cleo, discord, parley } = journey
    const channel = discord.channel('locked')
    discord.forbid('locked', ['SEND_MESSAGES'])
    for (const text of ['one', 'two'])
      await queueNotice(parley(), { key: text, to: { ...place, channelId: channel.id }, text })
    await deliver()
    await deliver()
    expect([...(await states('one')), ...(await states('two'))]).toEqual(['failed', 'failed'])
    expect(times(cleo.messages('dm'), channel.id)).toBe(1)
  })
})

describe('happy: the way is broken for a while', () => {
  test('a gesture made while the connection was lost is answered when it is back', async () => {
    const { dee, discord } = journey
    await journey.dataset('name: lost\ntemplate: comparison\ntitle: Lost\norder: fixed', [
      { id: 'l1', prompt: 'One?', outputs: ['yes', 'no'] },
      { id: 'l2', prompt: 'Two?', outputs: ['yes', 'no'] },
    ])
    await dee.joins('lost')
    discord.gateway.drop()
    await dee.presses('A is better')
    expect(dee.screen()).toContain('Two?')
    discord.gateway.reconnect()
    await dee.presses('B is better')
    expect(newestOf(await journey.raw('lost'))).toHaveLength(2)
  })

  test('an answer that Discord took while it answered 500 is given once', async () => {
    const { dee, discord } = journey
    await journey.dataset('name: five00\ntemplate: comparison\ntitle: Five hundred', [
      { id: 'h1', prompt: 'Five?', outputs: ['yes', 'no'] },
    ])
    await dee.joins('five00')
    discord.faults.next('POST /interactions/:interaction/:token/callback', {
      statusAfterEffect: 500,
    })
    await dee.presses('A is better', { in: 'Five?' })
    expect(newestOf(await journey.raw('five00'))).toHaveLength(1)
  })

  test('an interaction that comes too late is lost to the screen, and not to the work', async () => {
    const { ana, discord } = journey
    await journey.dataset('name: late\ntemplate: comparison\ntitle: Late\norder: fixed', [
      { id: 'a1', prompt: 'Late one?', outputs: ['yes', 'no'] },
      { id: 'a2', prompt: 'Late two?', outputs: ['yes', 'no'] },
    ])
    await ana.joins('late')
    discord.faults.nextDelivery({ delayMs: 3_300 })
    journey.clock.advance(1)
    const outcome = await ana.hands.press('A is better', { in: 'Late one?' })
    expect(outcome.ok).toBe(false)
    await new Promise((resolve) => setTimeout(resolve, 500))
    await journey.quiet()
    // The answer was taken; the next press of the old card says so and goes on.
    expect(newestOf(await journey.raw('late'))).toHaveLength(1)
    await ana.types('/label dataset:late')
    expect(ana.screen()).toContain('Late two?')
  })
})

describe('twice: processes', () => {
  test('of two with one token exactly one is connected, and the other takes over', async () => {
    const { ben, discord, service, startService, stopService } = journey
    const before = discord.gateway.identifies()
    await startService()
    expect(discord.gateway.identifies()).toBe(before)
    await ben.types('/parley progress')
    await stopService(service)
    while (discord.gateway.identifies() === before)
      await new Promise((resolve) => setTimeout(resolve, 50))
    await ben.types('/parley help')
    expect(discord.faults.seen).toEqual([])
  })
})

describe('happy: servers', () => {
  test('a server that removes Parley is reported to the admins; it may come back', async () => {
    const { cleo, discord } = journey
    const other = discord.addGuild({ name: 'Other', people: ['Eve'] })
    other.remove()
    const dead = () =>
      journey
        .parley()
        .db.selectFrom('workspaces')
        .select('workspace')
        .where('deadAt', 'is not', null)
        .execute()
    while ((await dead()).length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
    expect(await dead()).toEqual([{ workspace: other.guild.id }])
    await deliver()
    expect(times(cleo.messages('dm'), other.guild.id)).toBe(1)
    other.add()
    while ((await dead()).length > 0) await new Promise((resolve) => setTimeout(resolve, 20))
  })
})
