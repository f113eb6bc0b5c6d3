/**
 * The demo as whoever tries Parley first meets it: `npm run demo` in a process of its own, its pages in
 * a real browser on a phone and on a desk. Four gestures to the first saved label, and nothing that
 * axe-core objects to.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chromiumPath, openChromium, orSkipped } from '../support/chromium.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'

const phone = { width: 390, height: 844 }
const desk = { width: 1280, height: 800 }
const program = fileURLToPath(new URL('../../bin/parley.js', import.meta.url))

let browser: Browser
let demo: ChildProcess
let database: TestDatabase
const dataDir = mkdtempSync(join(tmpdir(), 'parley-demo-page-'))
/** The desk, and the stand-ins within it. */
const at = { desk: '', slack: '', discord: '' }

beforeAll(async () => {
  if (chromiumPath === undefined) return
  database = await openTestDatabase()
  const { PATH = '', HOME = '' } = process.env
  demo = spawn(process.execPath, [program, 'demo', '--port', '0'], {
    env: {
      ...{ PATH, HOME, DATABASE_URL: database.url, PARLEY_DATA_DIR: dataDir },
      PARLEY_SECRET: 'a secret for tests only, of no use elsewhere',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  at.desk = await untilOpen(demo)
  const page = await (await fetch(at.desk)).text()
  for (const name of ['slack', 'discord'] as const)
    at[name] = new RegExp(`id="${name}"[^>]*src="([^"]+)"`).exec(page)?.[1] ?? ''
  browser = await openChromium()
})
afterAll(async () => {
  await browser?.close()
  if (demo?.exitCode === null) {
    demo.kill('SIGINT')
    await once(demo, 'exit')
  }
  await database?.close()
  rmSync(dataDir, { recursive: true, force: true })
})

/** The address that the demo prints. */
function untilOpen(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    const read = (bytes: Buffer) => {
      said += bytes
      const [, url] = /Open (http:\/\/\S+) in a browser/.exec(said) ?? []
      if (url !== undefined) resolve(url)
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('exit', (code) => reject(new Error(`The demo ended (${code}):\n${said}`)))
  })
}

async function sit(url: string, viewport: typeof phone): Promise<Page> {
  const page = await browser.newPage({ viewport, colorScheme: 'light' })
  page.setDefaultTimeout(20_000)
  await page.goto(url)
  await page.getByLabel(/^Message /).waitFor()
  return page
}

/** What axe-core says is wrong with the page as it is now: each rule with what breaks it. */
async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const found: unknown = await page.evaluate(
    'axe.run(document, { iframes: false }).then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => [id, html, failureSummary].join(" "))))',
  )
  return Array.isArray(found) ? found.map(String) : ['axe did not answer']
}

describe.skipIf(chromiumPath === undefined)(`happy: the demo by hand${orSkipped}`, () => {
  test('in Slack the fourth gesture saves the first label', async () => {
    const page = await sit(`${at.slack}/?as=Dee`, phone)
    let gestures = 0
    const press = async (name: string | RegExp, nth: 'first' | 'last') => {
      gestures += 1
      const all = page.locator('.stream').getByRole('button', { name })
      await (nth === 'first' ? all.first() : all.last()).click()
    }
    await press(/^\/parley(?!-)/, 'first')
    await page.getByText('Welcome to Parley').waitFor()
    await press('Start', 'last')
    await page.getByText('What would you like to work on?').first().waitFor()
    expect(await isWhole(page, 'Start')).toBe(true)
    gestures += 1
    const row = page.locator('.stream .block-section', { hasText: 'Which of the two is better?' })
    await row.getByRole('button', { name: 'Start' }).first().click()
    await page.getByRole('button', { name: 'A is better' }).last().waitFor()
    await reads(page)
    await press('A is better', 'last')
    await page
      .getByText(/Saved: A > B/)
      .first()
      .waitFor()
    expect(gestures).toBeLessThanOrEqual(4)
    expect(await faultsOf(page)).toEqual([])
    await page.close()
  })

  test('in Discord a hub says where to begin, and the third gesture saves the first label', async () => {
    const page = await sit(`${at.discord}/?as=Gus`, phone)
    const press = async (name: string) =>
      page.locator('.stream').getByRole('button', { name }).last().click()
    await page.getByText('Press Start to get a task.').waitFor()
    expect(await faultsOf(page)).toEqual([])
    await press('Start')
    await page.getByText('Welcome to Parley').waitFor()
    await press('Start')
    await page.getByRole('button', { name: 'A is better' }).last().waitFor()
    await reads(page)
    await press('A is better')
    await page
      .getByText(/Saved: A > B/)
      .first()
      .waitFor()
    expect(await faultsOf(page)).toEqual([])
    await page.close()
  })

  test('one on each platform reads German', async () => {
    const slack = await sit(`${at.slack}/?as=Lena`, desk)
    await slack
      .locator('.stream')
      .getByRole('button', { name: /^\/parley(?!-)/ })
      .click()
    // Slack tells a newcomer's language only when it is asked, which nobody waits for.
    await slack.getByText(/Welcome to Parley|Willkommen bei Parley/).waitFor()
    await slack.getByLabel(/^Message /).fill('/parley')
    await slack.getByLabel(/^Message /).press('Enter')
    await slack.getByText('Willkommen bei Parley').last().waitFor()
    await slack.close()
    const discord = await sit(`${at.discord}/?as=Max`, desk)
    await discord.getByLabel(/^Message /).fill('/label')
    await discord.getByLabel(/^Message /).press('Enter')
    await discord.getByText('Willkommen bei Parley').waitFor()
    await discord.close()
  })

  test.each([
    ['a phone', phone],
    ['a desk', desk],
  ])('axe-core objects to nothing on %s', async (_, viewport) => {
    const pages = { slack: `${at.slack}/?as=Cleo`, discord: `${at.discord}/?as=Cleo` }
    for (const [name, url] of Object.entries(pages)) {
      const page = await sit(url, viewport)
      expect([name, await faultsOf(page)]).toEqual([name, []])
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      await page.getByLabel(/^Message /).fill('/parley')
      expect([`${name}, typing`, await faultsOf(page)]).toEqual([`${name}, typing`, []])
      await page.close()
    }
    const page = await browser.newPage({ viewport })
    await page.goto(at.desk)
    await page.locator('#now').waitFor()
    expect(['desk', await faultsOf(page)]).toEqual(['desk', []])
    await page.close()
  })

  test('a row that is new and open at once, as the app is while Home is open, can be read', async () => {
    const page = await sit(`${at.slack}/?as=Ben`, desk)
    await page.evaluate(
      "document.querySelector('.side .row[aria-current]').classList.add('is-fresh')",
    )
    expect(await faultsOf(page)).toEqual([])
    await page.close()
  })
})

/** Whether every button of this name is one line high: no word of it is broken. */
async function isWhole(page: Page, name: string): Promise<boolean> {
  const heights = await page
    .locator('.stream')
    .getByRole('button', { name })
    .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().height))
  return heights.every((height) => height < 60)
}

/** A press in the first second after a repaint is taken for one meant for what stood there before. */
async function reads(page: Page): Promise<void> {
  await page.waitForTimeout(1500)
}
