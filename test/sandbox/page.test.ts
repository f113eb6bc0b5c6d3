/** The page of the stand-in Slack in a real browser, as a newcomer, an admin and an attacker use it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createClaimCode } from '../../src/labelers/roles.ts'
import { chromiumPath, openChromium, orSkipped } from '../support/chromium.ts'
import { admin, type Journey, openJourney } from '../support/journey.ts'

const phone = { width: 390, height: 844 }
const desk = { width: 1280, height: 800 }

let browser: Browser
/** Whatever a page complained of; nothing may. */
const complaints: string[] = []

beforeAll(async () => {
  if (chromiumPath !== undefined) browser = await openChromium()
})
afterAll(async () => {
  await browser?.close()
  expect(complaints).toEqual([])
})

/** Opens the page as this person, in a browser of their own. */
async function sit(url: string, name: string, viewport = desk): Promise<Page> {
  const page = await browser.newPage({ viewport, acceptDownloads: true })
  page.setDefaultTimeout(10_000)
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('dialog', (dialog) => {
    complaints.push(`a dialog of the browser: ${dialog.message()}`)
    void dialog.dismiss()
  })
  await page.goto(`${url}/?as=${name}`)
  await composer(page).waitFor()
  return page
}

const composer = (page: Page) => page.getByLabel(/^Message /)
const inMessages = (page: Page, name: string) =>
  page.locator('.stream').getByRole('button', { name, exact: true })
const form = (page: Page) => page.getByRole('dialog')

async function type(page: Page, text: string): Promise<void> {
  await composer(page).fill(text)
  await composer(page).press('Enter')
}

/** Nothing sticks out to the right, so nobody scrolls sideways. */
async function isWithin(page: Page): Promise<boolean> {
  return page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')
}

describe.skipIf(chromiumPath === undefined)(`happy: labeling on the page${orSkipped}`, () => {
  let journey: Journey
  const files = mkdtempSync(join(tmpdir(), 'parley-page-'))

  beforeAll(async () => {
    journey = await openJourney()
    await journey.dataset('name: pairs\ntemplate: comparison\ntitle: Which is better?', [
      ...['One', 'Two', 'Three'].map((word, i) => ({
        id: `p${i}`,
        prompt: `Say ${word}.`,
        outputs: [`${word}, gladly.`, `No ${word}.`],
      })),
    ])
    await journey.dataset(
      [
        'name: rated',
        'title: How good?',
        'fields: { prompt: { title: Prompt } }',
        'questions:',
        '  good: { title: How good is it?, type: rating, of: outputs, options: 1-5 }',
        '  why: { title: Why?, type: text, min_chars: 5 }',
      ].join('\n'),
      ['a', 'b', 'c', 'd'].map((id) => ({ id, prompt: `Prompt ${id}`, outputs: ['left', 'right'] })),
    )
  })
  afterAll(async () => {
    const { seen } = journey.slack.faults
    await journey.close()
    rmSync(files, { recursive: true, force: true })
    expect(seen).toEqual([])
  })

  /** A press of somebody who takes a second to read first. */
  async function press(target: Locator): Promise<void> {
    await target.waitFor()
    journey.clock.advance(1)
    await target.click()
  }

  test('a newcomer types /parley, presses Start, chooses and says which is better', async () => {
    const page = await sit(journey.slack.url, 'Ana')
    await composer(page).pressSequentially('/par')
    await page.getByRole('option', { name: '/parley', exact: true }).waitFor()
    await composer(page).press('Enter')
    await composer(page).press('Enter')
    await press(inMessages(page, 'Start').last())
    await page.getByText('What would you like to work on?').waitFor()
    expect(await page.getByText('Only visible to you').count()).toBe(1)
    const choice = page.locator('.block-section', { hasText: 'Which is better?' }).last()
    await press(choice.getByRole('button', { name: 'Start' }))
    await press(inMessages(page, 'A is better').last())
    await page.getByText('Saved: A > B').waitFor()
    expect(await journey.raw('pairs')).toHaveLength(1)
    await page.close()
  })

  test('she takes it back, and skips what she cannot judge', async () => {
    const page = await sit(journey.slack.url, 'Ana')
    await press(inMessages(page, 'Undo').last())
    await page.getByText('Saved: A > B').waitFor({ state: 'detached' })
    await press(inMessages(page, 'Skip').last())
    await page
      .getByText(/Skipped/)
      .first()
      .waitFor()
    await page.getByLabel('Skip, because…').last().waitFor()
    await page.close()
  })

  test('Ben fills a form, is shown what is missing, and keeps what he typed', async () => {
    const page = await sit(journey.slack.url, 'Ben')
    await type(page, '/parley next rated')
    await press(inMessages(page, 'Start').last())
    await press(inMessages(page, 'Answer').last())
    await form(page).waitFor()
    await form(page).getByRole('radiogroup').first().getByLabel('4').check()
    await form(page).getByLabel('Why?').fill('no')
    await form(page).getByRole('button', { name: 'Submit' }).click()
    await form(page).getByText('Please complete this required field.').first().waitFor()
    expect(await form(page).getByRole('radio', { checked: true }).count()).toBe(1)
    expect(await form(page).getByLabel('Why?').inputValue()).toBe('no')
    const second = form(page).getByRole('radiogroup').nth(1)
    await second.getByLabel('2').check()
    await form(page).getByLabel('Why?').fill('The first is kinder.')
    await form(page).getByLabel('Why?').press('Control+Enter')
    await expect.poll(() => journey.raw('rated')).toHaveLength(1)
    await page.keyboard.press('Escape')
    await form(page).waitFor({ state: 'hidden' })
    await page.close()
  })

  test('Cleo claims the role, exports in chat, and downloads the file', async () => {
    const code = await createClaimCode(journey.parley, admin)
    const page = await sit(journey.slack.url, 'Cleo')
    await type(page, `/parley-admin claim ${code}`)
    await page.getByText(/admin/i).last().waitFor()
    await type(page, '/parley-admin export rated raw')
    const link = page.getByRole('link', { name: /rated\S*\.jsonl/ }).last()
    await link.waitFor()
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
    const path = join(files, 'download')
    await download.saveAs(path)
    const [line] = readFileSync(path, 'utf8').split('\n')
    expect(JSON.parse(line ?? '')).toMatchObject({ dataset: 'rated', status: 'submitted' })
    // Ana has no part in it: the file was sent to Cleo alone.
    const address = (await link.getAttribute('href')) ?? ''
    const stolen = await fetch(journey.slack.url + address.replace('Cleo', 'Ana'))
    expect(stolen.status).toBe(404)
    await page.close()
  })

  test('Dee does it all on a phone, without scrolling sideways', async () => {
    const page = await sit(journey.slack.url, 'Dee', phone)
    await page.getByRole('button', { name: 'Channels and people' }).click()
    await page.getByRole('link', { name: 'Ben' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('navigation', { name: 'Conversations' }).waitFor({ state: 'hidden' })
    await type(page, '/parley next rated')
    await press(inMessages(page, 'Start').last())
    const answer = inMessages(page, 'Answer').last()
    await answer.waitFor()
    expect(await isWithin(page)).toBe(true)
    const box = await answer.boundingBox()
    expect(box?.height).toBeGreaterThanOrEqual(44)
    await press(answer)
    await form(page).waitFor()
    expect(await isWithin(page)).toBe(true)
    for (const group of await form(page).getByRole('radiogroup').all()) {
      await group.getByLabel('3').check()
    }
    await form(page).getByLabel('Why?').fill('They are alike.')
    await form(page).getByRole('button', { name: 'Submit' }).click()
    await expect.poll(() => journey.raw('rated')).toHaveLength(2)
    await form(page).getByRole('button', { name: 'Close', exact: true }).click()
    await form(page).waitFor({ state: 'hidden' })
    await page.close()
  })

  test('two people at once each see their own', async () => {
    const [ana, ben] = await Promise.all(['Ana', 'Ben'].map((name) => sit(journey.slack.url, name)))
    if (!ana || !ben) throw new Error('Two pages were opened.')
    await type(ben, '/parley next pairs')
    await inMessages(ben, 'A is better').last().waitFor()
    const before = await ana.locator('.message').count()
    await press(inMessages(ben, 'B is better').last())
    await ben.getByText('Saved: B > A').last().waitFor()
    expect(await ana.getByText('Saved: B > A').count()).toBe(0)
    expect(await ana.locator('.message').count()).toBe(before)
    await Promise.all([ana.close(), ben.close()])
  })
})
