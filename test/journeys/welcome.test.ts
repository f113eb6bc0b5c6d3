/** The first card: what somebody agrees to, in paragraphs one can read, and the way to say no. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type DiscordJourney, openDiscordJourney } from '../support/discord.ts'
import { type Journey, openJourney } from '../support/journey.ts'

const record = [{ id: 'r1', prompt: 'Which?', outputs: ['left', 'right'] }]
const datasets = ['one', 'two'].map((name) => ({
  name,
  document: `name: ${name}\ntemplate: comparison\ntitle: Dataset ${name}`,
}))

let slack: Journey
let discord: DiscordJourney

beforeAll(async () => {
  slack = await openJourney()
  discord = await openDiscordJourney()
  for (const side of [slack, discord])
    for (const { document } of datasets) await side.dataset(document, record)
})
afterAll(async () => {
  await slack.close()
  await discord.close()
})

const paragraphs = ['What is stored:', 'What it is for:', 'How to delete it:']

describe('happy: whoever says no', () => {
  test('on Slack declines, nothing of them is kept, and they read how to come back', async () => {
    const { ana, parley } = slack
    await ana.types('/parley')
    for (const title of paragraphs) await ana.receives(title)
    expect(ana.newest()).toContain('[Decline]')
    await ana.presses('Decline')
    expect(ana.newest()).toContain('nothing about you was stored')
    expect(ana.newest()).toContain('/parley')
    expect(ana.newest()).not.toContain('[Start]')
    expect(await parley.db.selectFrom('labelers').select('id').execute()).toEqual([])
    expect(await parley.db.selectFrom('identities').select('userId').execute()).toEqual([])
    await ana.types('/parley')
    expect(ana.newest()).toContain('[Start]')
  })

  test('on Discord declines too', async () => {
    const { ana } = discord
    await ana.types('/label')
    for (const title of paragraphs) expect(ana.screen()).toContain(title)
    await ana.presses('Decline')
    expect(ana.screen()).toContain('nothing about you was stored')
    const { db } = discord.parley()
    expect(await db.selectFrom('labelers').select('id').execute()).toEqual([])
  })
})

describe('happy: what Start does', () => {
  test('is said as it is: a choice where there are several, a task where one was asked for', async () => {
    const { ben, dee } = slack
    await ben.types('/parley')
    expect(ben.newest()).toContain('Press Start to agree and choose what to work on.')
    await ben.presses('Start')
    expect(ben.newest()).toContain('What would you like to work on?')
    await dee.types('/parley next one')
    expect(dee.newest()).toContain('Press Start to agree and get your first task.')
    await dee.presses('Start')
    expect(dee.newest()).toContain('[A is better]')
  })

  test('names what one can work on, each title by itself', async () => {
    const { cleo } = slack
    await cleo.types('/parley')
    expect(cleo.newest()).toMatch(/What you can work on\n• Dataset one\n• Dataset two/)
  })
})
