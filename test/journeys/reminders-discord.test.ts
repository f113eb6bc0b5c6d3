/** Reminders on Discord: nothing before somebody turns it on, and where they are is asked once. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { environmentOf, typeCommand } from '../support/command.ts'
import { type DiscordJourney, openDiscordJourney } from '../support/discord.ts'
import { journeySecret } from '../support/journey.ts'
import { passMinute } from '../support/minute.ts'

const pairs = `
name: pairs
title: Which is better?
template: comparison
distribution: { min_submitted: 1 }
`
const records = Array.from({ length: 20 }, (_, i) => ({
  external_id: `r${i}`,
  prompt: `Question ${i}`,
  outputs: [`one ${i}`, `two ${i}`],
}))

let journey: DiscordJourney
beforeAll(async () => {
  journey = await openDiscordJourney({ worker: false })
  await journey.dataset(pairs, records)
  journey.clock.advance((Date.UTC(2027, 0, 4, 6) - journey.clock.now().getTime()) / 1000)
}, 60_000)
afterAll(() => journey.close())

/** By half hours; when each reminder came, in UTC. */
async function pass(hours: number): Promise<string[]> {
  const heard: string[] = []
  for (let half = 0; half < hours * 2; half++) {
    journey.clock.advance(1800 - ((journey.clock.now().getTime() / 1000) % 1800) + 1)
    const before = await countSent()
    await passMinute(journey.parley(), { platform: 'discord', workspace: '' })
    if ((await countSent()) > before) heard.push(journey.clock.now().toISOString().slice(5, 16))
  }
  return heard
}

async function countSent(): Promise<number> {
  const { db } = journey.parley()
  return (await db.selectFrom('reminders').select('id').where('state', '=', 'sent').execute())
    .length
}

const question = 'choose your time zone'

describe('happy: where somebody is', () => {
  test('is asked once, on the first card, and may be left unsaid', async () => {
    const { ben } = journey
    await ben.types('/label dataset:pairs')
    expect(ben.messages().at(-1)).toContain(question)
    await ben.presses('Start')
    expect(ben.messages().at(-1)).toContain('Which is better?')
    await ben.types('/parley next')
    expect(ben.messages().join('\n')).not.toContain(question)
  })

  test('is said with two choices, kept with Start and not before, and changed in /parley reminders', async () => {
    const { dee } = journey
    await dee.types('/label dataset:pairs')
    await dee.chooses('Your time zone', 'Europe')
    await dee.chooses('Your time zone: Europe (Page 1 of 3)', 'Europe/Berlin')
    expect(dee.messages()).toHaveLength(1)
    expect(dee.messages().at(-1)).toContain('Your time zone: Europe/Berlin')
    const { db } = journey.parley()
    expect(await db.selectFrom('preferences').select('zone').execute()).toEqual([{ zone: null }])
    await dee.presses('Start')
    expect(dee.messages().at(-1)).toContain('Which is better?')
    const chosen = () =>
      db.selectFrom('preferences').select('zone').where('zone', '=', 'Europe/Berlin')
    await expect.poll(async () => (await chosen().execute()).length).toBe(1)
    await dee.types('/parley reminders')
    expect(dee.messages().at(-1)).toContain('Your time zone: Europe/Berlin')
    expect(dee.messages().at(-1)).toContain('The daily digest: off')
    await dee.chooses('Your time zone', 'Asia')
    await dee.chooses('Your time zone: Asia (Page 1 of 4)', 'Asia/Bangkok')
    expect(dee.messages().at(-1)).toContain('Your time zone: Asia/Bangkok')
    expect(dee.messages().at(-1)).toContain('Quiet hours: 22:00 to 09:00')
    await dee.chooses('Quiet until', 'Quiet until: 07:00')
    await dee.chooses('Days', 'Sat', 'Sun')
    expect(dee.messages().at(-1)).toContain(
      'Saved. Quiet hours: 22:00 to 07:00. Days: Sat, Sun. Time zone: Asia/Bangkok.',
    )
    await dee.presses('No quiet hours')
    expect(dee.messages().at(-1)).toContain('Quiet hours: none')
  })
})

describe('forbidden: before anybody asked', () => {
  test('who takes part hears nothing', async () => {
    expect(await pass(26)).toEqual([])
  })
})

describe('happy: who asks for the digest', () => {
  test('is asked where they are, and gets it at half past nine there', async () => {
    await journey.ben.types('/parley reminders')
    await journey.ben.chooses('Your reminders', 'Turn on: The daily digest')
    expect(journey.ben.screen()).toContain('Your time zone is not known yet')
    await journey.ben.chooses('Your time zone', 'Asia')
    await journey.ben.chooses('Your time zone: Asia (Page 1 of 4)', 'Asia/Bangkok')
    expect(journey.ben.screen()).not.toContain('Your time zone is not known yet')
    expect(await pass(24)).toEqual(['01-06T02:30'])
  })

  test('moves, says so, and has the next one at half past nine there, once a day', async () => {
    await journey.ben.types('/parley reminders')
    await journey.ben.chooses('Your time zone', 'Europe')
    await journey.ben.chooses('Your time zone: Europe (Page 1 of 3)', 'Europe/Berlin')
    expect(await pass(31)).toEqual(['01-07T08:30'])
  })

  test('after a restart “In an hour” still answers, and it comes once more in an hour', async () => {
    await journey.restart()
    await journey.ben.presses('In an hour')
    expect(journey.ben.screen()).toContain('All right: again')
    expect(await pass(3)).toHaveLength(1)
  })
})

describe('refused: a person whose direct messages are closed', () => {
  test('is tried once and left in peace, and reads why; opened and chosen anew, it goes on', async () => {
    const { ben, discord, database, dataDir } = journey
    const toBen = () => discord.wire.filter((line) => line.status === 403).length
    discord.closeDms('Ben')
    const before = toBen()
    expect(await pass(24)).toEqual([])
    expect(toBen()).toBe(before + 1)
    expect(await pass(48)).toEqual([])
    expect(toBen()).toBe(before + 1)
    const { db } = journey.parley()
    const ended = db
      .selectFrom('reminders')
      .select(['state', 'reason'])
      .where('state', '=', 'failed')
    expect(await ended.execute()).toEqual([{ state: 'failed', reason: expect.any(String) }])
    const house = { folder: dataDir, databaseUrl: database.url, secret: journeySecret }
    const { out } = await typeCommand(['doctor'], { env: environmentOf(house, discord.env) })
    expect(out).toContain('reminders: do not reach everybody (1 discord')

    discord.closeDms('Ben', false)
    await ben.types('/parley reminders')
    expect(ben.screen()).toContain('Parley could not message you last time.')
    await ben.chooses('Time of the digest', '10:00')
    expect(ben.screen()).not.toContain('Parley could not message you')
    expect(await pass(24)).toHaveLength(1)
  }, 60_000)
})
