/** From a card in Slack and in Discord to its page and back: the link opens the task, and chat follows. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, openChromium, orSkipped } from '../support/chromium.ts'
import { openDiscordJourney } from '../support/discord.ts'
import { newestOf, openJourney, publicUrl } from '../support/journey.ts'

const prefs = 'name: prefs\ntemplate: comparison\nmax_shown: 2'
const records = ['sky', 'sea', 'sun'].map((name) => ({
  external_id: name,
  fields: { prompt: `Why is the ${name} as it is?` },
  outputs: [
    { id: 'x', text: 'Because of **light**.' },
    { id: 'y', text: 'Nobody knows.' },
  ],
}))

let browser: Browser
beforeAll(async () => {
  if (chromiumPath) browser = await openChromium()
})
afterAll(() => browser?.close())

/** The newest link to a page that the platform was sent, as the browser reaches this service. */
function linkIn(wire: unknown, address: string): string {
  const links = JSON.stringify(wire).match(/https:\/\/parley\.example\/card\/[\w.-]+/g) ?? []
  const newest = links.at(-1)
  if (newest === undefined) throw new Error('No card leads to a page.')
  return newest.replace(publicUrl, address)
}

async function open(link: string) {
  const page = await browser.newPage()
  page.setDefaultTimeout(60_000)
  await page.goto(link)
  return page
}

describe.skipIf(!chromiumPath)(`happy: from chat to a page and back${orSkipped}`, () => {
  test('in Slack', async () => {
    const journey = await openJourney()
    const { ana, service, clock } = journey
    await journey.dataset(prefs, records)
    await ana.joins('prefs')
    expect(ana.newest()).toContain('[Open on a page]')
    const link = linkIn(journey.slack.wire, service.address)
    clock.advance(2)
    const page = await open(link)
    expect(await page.locator('.output strong').textContent()).toBe('light')
    await page.keyboard.press('1')
    await page.locator('.receipt', { hasText: 'A > B' }).waitFor()
    expect(await page.getByText('The next task waits in Slack.').isVisible()).toBe(true)
    const answers = newestOf(await journey.raw('prefs'))
    expect(answers).toMatchObject([{ status: 'submitted', platform: 'slack', counted: true }])
    // The card in chat follows, and the same link shows the receipt, which takes it back.
    await ana.receives('Saved: A > B')
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByRole('button', { name: /A is better/ }).waitFor()
    await ana.receives('[A is better]')
    expect(journey.slack.faults.seen).toEqual([])
    await page.close()
    await journey.close()
  })

  test('in Discord', async () => {
    const journey = await openDiscordJourney()
    const { ben, clock, service } = journey
    await journey.dataset(prefs, records)
    await ben.joins('prefs')
    expect(ben.screen()).toContain('Open on a page')
    const link = linkIn(journey.discord.wire, service.address)
    clock.advance(2)
    const page = await open(link)
    await page.keyboard.press('3')
    await page.locator('.receipt', { hasText: 'B > A' }).waitFor()
    expect(newestOf(await journey.raw('prefs'))).toMatchObject([
      { status: 'submitted', platform: 'discord', counted: true },
    ])
    await page.close()
    await journey.close()
  })
})
