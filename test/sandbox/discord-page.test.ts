/** The page of the stand-in Discord in a real browser: a button, a form, a phone, hostile text. */
import { mkdirSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, openChromium, orSkipped } from '../support/chromium.ts'
import { openBot } from './discord/bot.ts'

let browser: Browser
beforeAll(async () => {
  if (chromiumPath !== undefined) browser = await openChromium()
})
afterAll(async () => {
  await browser?.close()
})

describe.skipIf(chromiumPath === undefined)(`happy: Discord by hand${orSkipped}`, () => {
  test('on a phone, by keyboard: a command, a button, a form; hostile text is only read', async () => {
    const hostile = '<img src=x onerror=alert(1)> **bold** \\*plain\\*'
    const submitted: unknown[] = []
    const bot = await openBot(async ({ raw, answer }) => {
      if (raw['type'] === 2) {
        const components = [
          { type: 10, content: hostile },
          { type: 1, components: [{ type: 2, style: 1, label: 'Answer', custom_id: 'answer' }] },
        ]
        await answer(4, { flags: 32768 | 64, components: [{ type: 17, components }] })
      } else if (raw['type'] === 3) {
        const component = { type: 4, style: 2, custom_id: 'why' }
        const components = [{ type: 18, label: 'Why?', component }]
        await answer(9, { custom_id: 'form', title: 'Say why', components })
      } else if (raw['type'] === 5) {
        submitted.push(JSON.stringify(raw['data']))
        await answer(4, { content: 'Saved', flags: 64 })
      }
    })
    await bot.register([{ name: 'label', type: 1, description: 'Labels something' }])
    const page = await browser.newPage({ viewport: { width: 390, height: 844 } })
    page.setDefaultTimeout(10_000)
    const complaints: string[] = []
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('console', (line) => line.type() === 'error' && complaints.push(line.text()))
    await page.goto(`${bot.discord.url}/?as=Ana`)
    // Nobody wrote anything yet: the page says what to do, and does it by one press.
    await page.getByText('Nobody has written anything here yet.').waitFor()
    await page.getByRole('button', { name: '/label' }).click()
    await page.getByText('<img src=x onerror=alert(1)>').waitFor()
    expect(await page.locator('strong', { hasText: 'bold' }).count()).toBe(1)
    expect(await page.getByText('*plain*').count()).toBe(1)
    await page.getByRole('button', { name: 'Answer' }).focus()
    await page.keyboard.press('Enter')
    await page.getByLabel('Why?').fill('it is shorter')
    await page.getByRole('button', { name: 'Submit' }).press('Enter')
    await page.getByText('Saved').waitFor()
    expect(submitted.join()).toContain('it is shorter')
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    expect(complaints).toEqual([])
    const shots = process.env['PAGE_SHOTS']
    if (shots !== undefined) {
      mkdirSync(shots, { recursive: true })
      await page.screenshot({ path: `${shots}/discord.png` })
    }
    await bot.close()
  })

  test('another site may neither act as Ana nor look through her eyes', async () => {
    const bot = await openBot()
    const headers = { 'sec-fetch-site': 'cross-site' }
    for (const path of ['', '/Ana/seen', '/Ana/live']) {
      const { status } = await fetch(`${bot.discord.url}/people/discord${path}`, { headers })
      expect(status).toBe(403)
    }
    await bot.close()
  })
})
