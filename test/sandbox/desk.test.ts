/** The stand-ins side by side, and the clock they share. */
import { get } from 'node:http'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDiscordStandIn } from '../../sandbox/discord/server.ts'
import { openDesk } from '../../sandbox/page/desk.ts'
import { openSlackStandIn } from '../../sandbox/slack/server.ts'
import { chromiumPath, openChromium, orSkipped } from '../support/chromium.ts'

let at = Date.UTC(2027, 0, 4, 6)
const turned: string[] = []
const pages = { slack: '', discord: '' }
let desk: Awaited<ReturnType<typeof openDesk>>
const closing: (() => Promise<void>)[] = []

beforeAll(async () => {
  desk = await openDesk({
    pages: () => pages,
    now: () => at,
    dashboard: async () => 'http://127.0.0.1:1/sign-in/token',
    turn: async (to) => {
      turned.push(to)
      at += 3_600_000
    },
  })
  const shared = { people: [{ name: 'Ana' }], now: () => at, framedBy: desk.url }
  const slack = await openSlackStandIn(shared)
  const discord = await openDiscordStandIn(shared)
  Object.assign(pages, { slack: slack.url, discord: discord.url })
  closing.push(slack.close, discord.close, desk.close)
})
afterAll(async () => {
  for (const close of closing) await close()
})

const turn = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${desk.url}/clock`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

describe('happy: the clock', () => {
  test('is told and turned on', async () => {
    const before = at
    const answer = await turn({ to: 'hour' })
    expect(await answer.json()).toEqual({ now: before + 3_600_000 })
    expect(await (await fetch(`${desk.url}/clock`)).json()).toEqual({ now: at })
    expect(turned).toEqual(['hour'])
  })
})

describe('happy: the dashboard', () => {
  test('is one press away, by a link made at that moment', async () => {
    const answer = await fetch(`${desk.url}/dashboard`, { redirect: 'manual' })
    expect([answer.status, answer.headers.get('location')]).toEqual([
      303,
      'http://127.0.0.1:1/sign-in/token',
    ])
    expect(await (await fetch(desk.url)).text()).toContain('href="/dashboard"')
  })
})

describe('refused: the clock', () => {
  test('goes nowhere else, and not for another site', async () => {
    expect((await turn({ to: 'yesterday' })).status).toBe(422)
    expect((await turn({ to: 'hour' }, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect(turned).toEqual(['hour'])
  })
})

describe('refused: a name that was made to lead here', () => {
  test('is told nothing by the desk or by either stand-in', async () => {
    for (const url of [desk.url, pages.slack, pages.discord]) {
      const { port } = new URL(url)
      expect(await statusFor(url, `rebound.example:${port}`)).toBe(403)
      expect(await statusFor(url, `localhost:${port}`)).not.toBe(403)
    }
  })
})

/** What a browser gets whose address bar shows another name. */
function statusFor(url: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { host } }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    }).on('error', reject)
  })
}

describe.skipIf(!chromiumPath)(`happy: side by side${orSkipped}`, () => {
  let browser: Browser
  let page: Page
  beforeAll(async () => {
    browser = await openChromium()
    page = await browser.newPage({ viewport: { width: 1200, height: 700 } })
    await page.goto(desk.url)
  })
  afterAll(() => browser.close())

  test('both are there and may be used, and the clock shows their time', async () => {
    for (const [pane, shows] of [
      ['#slack', 'you are Ana'],
      ['#discord', 'general'],
    ] as const)
      await expect
        .poll(() => page.frameLocator(pane).locator('body').innerText(), { timeout: 15_000 })
        .toContain(shows)
    await page.getByRole('button', { name: '+ 1 day' }).click()
    await expect.poll(() => turned).toEqual(['hour', 'day'])
  })

  test('on a phone it is one at a time', async () => {
    await page.setViewportSize({ width: 390, height: 760 })
    expect(await page.locator('#discord').isVisible()).toBe(false)
    await page.getByRole('button', { name: 'Discord' }).click()
    expect(await page.locator('#slack').isVisible()).toBe(false)
    expect(await page.locator('#discord').isVisible()).toBe(true)
    const wide = await page.evaluate('document.documentElement.scrollWidth')
    expect(wide).toBeLessThanOrEqual(390)
  })
})
