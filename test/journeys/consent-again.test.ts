/**
 * A consent that says more than the one somebody gave: the first card comes again, once, whatever they
 * were doing; what they typed and the task they held are theirs as before.
 */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type DiscordJourney, openDiscordJourney } from '../support/discord.ts'
import { type Journey, openJourney } from '../support/journey.ts'

const document = 'name: essays\ntitle: Essays\ntemplate: completion'
const records = Array.from({ length: 4 }, (_, i) => ({ id: `${i}`, prompt: `Essay ${i}` }))

let slack: Journey
let discord: DiscordJourney

beforeAll(async () => {
  slack = await openJourney()
  discord = await openDiscordJourney()
  slack.slack.person('Ana', { picture: 'https://avatars.example/ana.png' })
  for (const side of [slack, discord]) await side.dataset(document, records)
})
afterAll(async () => {
  await slack.close()
  await discord.close()
})

type Db = Journey['database']['db']

/** As after an upgrade: people agreed to less, nobody is known by name, and the process is a new one. */
async function upgraded({ database: { db }, restart }: Journey | DiscordJourney): Promise<void> {
  await sql`delete from profiles`.execute(db)
  await sql`update labelers set consent_version = 1`.execute(db)
  await restart()
}

const versions = async (db: Db) =>
  (await db.selectFrom('labelers').select('consentVersion').execute()).map(
    (one) => one.consentVersion,
  )
const names = async (db: Db) =>
  (await db.selectFrom('profiles').select('name').execute()).map(({ name }) => name)

describe('happy: an earlier consent is asked anew', () => {
  test('on Slack, in the middle of a form: one press, and the text stands in it as typed', async () => {
    const { ana } = slack
    const { db } = slack.database
    await ana.joins('essays')
    await ana.presses('Answer')
    await upgraded(slack)
    await ana.writes('Your answer', 'Half an essay, and it is not lost.')
    await ana.submits()
    expect(JSON.stringify(ana.modal()?.view)).toContain('your name and picture there')
    expect(await names(db)).toEqual([])
    await ana.presses('Start')
    expect(await versions(db)).toEqual([2])
    while (ana.modal()) await ana.closes()
    await ana.types('/parley next essays')
    await ana.presses('Answer')
    expect(JSON.stringify(ana.modal()?.view['state'])).toContain('it is not lost')
    await ana.submits()
    const lines = await slack.raw('essays')
    expect(lines.filter(({ status }) => status === 'submitted')).toMatchObject([
      { values: { completion: 'Half an essay, and it is not lost.' }, revision: 1 },
    ])
    expect(await names(db)).toEqual(['ana'])
    // Names are for admins: no export knows them.
    expect(JSON.stringify(lines)).not.toMatch(/avatars|"ana"/)
  })

  test('on Discord, in the middle of a form, too', async () => {
    const { ana } = discord
    const { db } = discord.database
    await ana.joins('essays')
    await ana.presses('Answer')
    await upgraded(discord)
    await ana.writes('Your answer', 'Half an essay here.')
    await ana.submits()
    expect(ana.screen()).toContain('your name and picture there')
    expect(await names(db)).toEqual([])
    await ana.presses('Start')
    expect(await versions(db)).toEqual([2])
    await ana.presses('Answer')
    expect(JSON.stringify(ana.modal())).toContain('Half an essay here.')
    await ana.submits()
    expect(await discord.raw('essays')).toMatchObject([
      { status: 'submitted', values: { completion: 'Half an essay here.' } },
    ])
    expect(await names(db)).toEqual(['Ana'])
  })

  test('whatever else they do: a command, a button of an old card, the Home tab', async () => {
    const { ana } = slack
    const { db } = slack.database
    while (ana.modal()) await ana.closes()
    for (const gesture of [
      () => ana.types('/parley'),
      () => ana.types('/parley history'),
      () => ana.types('/parley progress'),
    ]) {
      await sql`update labelers set consent_version = 1`.execute(db)
      await gesture()
      expect(ana.newest()).toContain('[Start]')
    }
    await ana.presses('Start')
    expect(await versions(db)).toEqual([2])
  })
})
