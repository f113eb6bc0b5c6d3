/** A campaign without a terminal: from chat to the dashboard, a dataset and its records, a labeler's page, charts, the file. */
import { readFileSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createClaimCode } from '../../src/labelers/roles.ts'
import { chromiumPath, openChromium, orSkipped } from '../support/chromium.ts'
import { admin, type Journey, openJourney } from '../support/journey.ts'

let journey: Journey
let browser: Browser
beforeAll(async () => {
  if (!chromiumPath) return
  ;[journey, browser] = await Promise.all([openJourney(), openChromium()])
  journey.parley.publicUrl = journey.service.address
})
afterAll(async () => {
  await browser?.close()
  await journey?.close()
})

type Member = Journey['ana']

/** Asks the bot for a link and presses the button behind it. */
async function signIn(who: Member, command: string, label: string) {
  await who.types(command)
  const page = await browser.newPage({ locale: 'en-GB' })
  page.setDefaultTimeout(20_000)
  await page.goto(who.address(label))
  await page.getByRole('main').getByRole('button').click()
  return page
}

const line = (n: number) =>
  JSON.stringify({
    id: `r${n}`,
    prompt: `Say no, kindly. (${n})`,
    outputs: [
      { id: 'x', text: 'I would love to, and cannot.', model: 'warm' },
      { id: 'y', text: 'No.', model: 'cold' },
    ],
  })

describe.skipIf(!chromiumPath)(`happy: a campaign on pages${orSkipped}`, () => {
  test('made, filled, published, answered, watched and exported', async () => {
    const { ana, cleo, clock, parley } = journey
    await cleo.types(`/parley-admin claim ${await createClaimCode(parley, admin)}`)
    const desk = await signIn(cleo, '/parley-admin dashboard', 'Open the dashboard')

    await desk.getByRole('link', { name: 'New dataset' }).click()
    await desk.getByRole('link', { name: 'Start with this: Compare outputs' }).click()
    await desk.getByLabel('Name').first().fill('tone')
    await desk.locator('#form').getByLabel('Title').first().fill('Which one is kinder?')
    await desk.getByLabel('Answers for each record').fill('1')
    await desk.getByText('The document has no mistakes.').waitFor()
    await desk.getByRole('button', { name: 'Create draft' }).click()
    await desk.getByText('“tone” is a draft now').waitFor()

    await desk.getByRole('link', { name: 'Import', exact: true }).click()
    const buffer = Buffer.from([line(1), line(2)].join('\n'))
    const file = { name: 'tone.jsonl', mimeType: 'application/x-ndjson', buffer }
    await desk.getByLabel('File of records').setInputFiles(file)
    await desk.getByRole('button', { name: 'Upload and check' }).click()
    await desk.getByRole('button', { name: 'Import 2 records' }).click()
    await desk.getByRole('heading', { name: 'tone.jsonl was imported' }).waitFor()
    await desk.getByRole('link', { name: 'Charts', exact: true }).click()
    await desk.getByRole('button', { name: 'Publish' }).click()
    await desk.getByRole('button', { name: 'Pause' }).waitFor()

    await ana.joins('tone')
    const work = await signIn(ana, '/parley open', 'Open my tasks')
    await work.getByRole('link', { name: 'Resume' }).click()
    for (const n of [1, 2]) {
      clock.advance(2)
      const warm = await work.locator('.output', { hasText: 'love to' }).getAttribute('data-letter')
      await work.getByRole('button', { name: `${warm} is better` }).click()
      await work
        .getByText(`Saved: ${warm} >`)
        .and(work.getByText(`(${n})`))
        .waitFor()
    }

    clock.advance(60)
    await desk.goto(`${journey.service.address}/admin/datasets/tone`)
    await desk.getByText('2 of 2').first().waitFor()
    await desk.locator('picture img').first().waitFor()
    const width = 'document.querySelector("picture img").naturalWidth'
    await expect.poll(() => desk.evaluate(width), { timeout: 20_000 }).toBeGreaterThan(0)
    await desk.getByRole('link', { name: 'Exports', exact: true }).click()
    await desk.getByRole('button', { name: 'Start the export' }).click()
    const link = desk.getByRole('link', { name: 'tone-preference.jsonl', exact: true })
    const [download] = await Promise.all([desk.waitForEvent('download'), link.click()])
    const rows = readFileSync(await download.path(), 'utf8')
      .trim()
      .split('\n')
    expect(rows.map((row) => JSON.parse(row))).toMatchObject(
      [1, 2].map((n) => ({
        prompt: [{ role: 'user', content: `Say no, kindly. (${n})` }],
        chosen: [{ role: 'assistant', content: 'I would love to, and cannot.' }],
        rejected: [{ role: 'assistant', content: 'No.' }],
      })),
    )
  })
})
