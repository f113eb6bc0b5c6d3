/** Who may label in Discord: roles and channels, judged by what each gesture tells at that moment. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { closeDataset, pauseDataset, publishDataset } from '../../../src/datasets/publish.ts'
import { type DiscordJourney, openDiscordJourney } from '../../support/discord.ts'
import { admin } from '../../support/journey.ts'

let journey: DiscordJourney
const records = (name: string) =>
  [1, 2, 3].map((n) => ({ id: `${name}${n}`, prompt: `${name} ${n}?`, outputs: ['yes', 'no'] }))

beforeAll(async () => {
  journey = await openDiscordJourney()
  const { discord } = journey
  discord.role('verified', { people: ['Ana'] })
  discord.channel('arena')
  discord.channel('back room')
})
afterAll(() => journey.close())

const comparison = (name: string, access: string) =>
  `name: ${name}\ntemplate: comparison\ntitle: ${name}\norder: fixed\naccess: { discord: ["${access}"] }`

describe('happy', () => {
  test('people with the role get in, others learn why not, and the name became an id', async () => {
    const { ana, ben, discord } = journey
    const dataset = await journey.dataset(comparison('roles', '@verified'), records('role'))
    const { id } = discord.role('verified')
    expect(dataset.document.access).toEqual({
      discord: [`<@&${id}:${discord.guild.id}|@verified>`],
    })
    await ana.joins('roles')
    expect(ana.screen()).toContain('role 1?')
    await ben.types('/label dataset:roles')
    expect(ben.screen()).not.toContain('role 1?')
    expect(await ben.autocomplete('/label dataset:ro')).toEqual([])
  })

  test('who sees the channel is let in', async () => {
    const { dee, ben, discord } = journey
    discord.forbid('back room', ['VIEW_CHANNEL'], 'everyone')
    discord.allow('back room', ['VIEW_CHANNEL'], { person: 'Dee' })
    discord.allow('back room', ['VIEW_CHANNEL'], 'bot')
    await journey.dataset(comparison('room', '#back room'), records('room'))
    await dee.joins('room')
    expect(dee.screen()).toContain('room 1?')
    await ben.types('/label dataset:room')
    expect(ben.screen()).not.toContain('room 1?')
  })

  test('in a direct message, which tells no roles, Discord is asked', async () => {
    const { ana } = journey
    await ana.types('/parley next dataset:roles', { channel: 'dm' })
    expect(ana.messages('dm').join('\n')).toContain('role')
  })
})

describe('forbidden', () => {
  test('a role that is taken away counts at the very next press, however fresh the card', async () => {
    const { discord } = journey
    discord.person('Fay', { roles: ['verified'] })
    const fay = journey.person('Fay')
    await journey.dataset(comparison('fresh', '@verified'), records('fresh'))
    await fay.joins('fresh')
    await fay.presses('A is better', { in: 'fresh 1?' })
    expect(await journey.raw('fresh')).toHaveLength(1)
    discord.takeRole('Fay', 'verified')
    await fay.presses('A is better', { in: 'fresh 2?' })
    expect(fay.screen()).toContain('not on the list')
    expect(await journey.raw('fresh')).toHaveLength(1)
    discord.giveRole('Fay', 'verified')
    await fay.presses('A is better', { in: 'fresh 2?' })
    expect(await journey.raw('fresh')).toHaveLength(2)
  })
})

describe('refused', () => {
  test('a paused dataset takes what is open and gives nothing new; a closed one says so', async () => {
    const { dee } = journey
    await journey.dataset('name: pausing\ntemplate: comparison\ntitle: Pausing', records('pause'))
    await dee.joins('pausing')
    await pauseDataset(journey.parley(), admin, { dataset: 'pausing' })
    await dee.presses('A is better', { in: 'pause' })
    expect(await journey.raw('pausing')).toHaveLength(1)
    expect(dee.screen()).toContain('Saved: A > B')
    await publishDataset(journey.parley(), admin, { dataset: 'pausing' })
    await dee.joins('pausing')
    await closeDataset(journey.parley(), admin, { dataset: 'pausing' })
    await dee.presses('A is better', { in: 'pause' })
    await dee.types('/label dataset:pausing')
    expect(dee.screen()).toMatch(/closed/)
  })
})
