/** What a card of one press did not ask is offered once the answer is saved, on both platforms. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type DiscordJourney, openDiscordJourney } from '../../support/discord.ts'
import { type Journey, openJourney } from '../../support/journey.ts'

const document = (name: string) =>
  `name: ${name}\ntitle: ${name}\ntemplate: comparison\norder: fixed\nquestions:\n  why: { type: text, title: What is wrong with both?, when: preference.all_unacceptable, required: false }`
const records = (name: string) =>
  [1, 2].map((n) => ({ id: `${name}${n}`, prompt: `${name} ${n}?`, outputs: ['yes', 'no'] }))

let slack: Journey
let discord: DiscordJourney
beforeAll(async () => {
  slack = await openJourney()
  discord = await openDiscordJourney()
})
afterAll(async () => {
  await slack.close()
  await discord.close()
})

describe('happy: the answer is saved first, then one press says why', () => {
  test('on Slack', async () => {
    const { ana } = slack
    await slack.dataset(document('both'), records('both'))
    await ana.joins('both')
    await ana.presses('Both bad')
    expect(ana.newest()).toContain('Saved: both bad · “both 1?”')
    expect(await slack.raw('both')).toMatchObject([{ status: 'submitted', counted: true }])
    await ana.presses('Say why')
    await ana.writes('What is wrong with both?', 'Neither answers.')
    await ana.submits()
    const newest = (await slack.raw('both')).find(({ revision }) => revision === 2)
    expect(newest?.values).toMatchObject({ why: 'Neither answers.' })
    while (ana.modal()) await ana.closes()
  })

  test('on Discord; who has nothing to add goes on with the next one', async () => {
    const { ana } = discord
    await discord.dataset(document('both'), records('both'))
    await ana.joins('both')
    await ana.presses('Both bad')
    expect(ana.screen()).toContain('Saved: both bad · “both 1?”')
    expect(ana.screen()).toContain('[Say why]')
    expect(await discord.raw('both')).toMatchObject([{ status: 'submitted', counted: true }])
    await ana.presses('Say why')
    await ana.writes('What is wrong with both?', 'Neither answers.')
    await ana.submits()
    const newest = (await discord.raw('both')).find(({ revision }) => revision === 2)
    expect(newest?.values).toMatchObject({ why: 'Neither answers.' })
    await ana.presses('Next')
    await ana.presses('A is better', { in: 'both 2?' })
    // The question does not apply to it.
    expect(ana.screen()).not.toContain('[Say why]')
  })
})
