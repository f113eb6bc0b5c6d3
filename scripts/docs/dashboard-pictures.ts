/**
 * Takes the pictures of docs/dashboard.md: the overview, a dataset's charts, and the form that changes it.
 * Needs a Chromium; run it after the pages change: node scripts/docs/dashboard-pictures.ts
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { loadConfig, projectRoot } from '../../src/config.ts'
import { createDataset } from '../../src/datasets/create.ts'
import { readDocument } from '../../src/datasets/read.ts'
import { openScratchDatabase } from '../../src/db/scratch.ts'
import { createSignInLink } from '../../src/labelers/sign-in.ts'
import { openParley } from '../../src/open.ts'
import { openChromium } from '../../test/support/chromium.ts'
import { startClock } from '../../test/support/parley.ts'
import { cleo, runCampaign } from '../../test/web/dataset/campaign.ts'

const days = 9
const names = ['harbor-large', 'harbor-small', 'pebble-7b']
const admin = { platform: 'slack', workspace: 'T0123ABCD', userId: 'U0CLEO' } as const

const folder = mkdtempSync(join(tmpdir(), 'parley-pictures-'))
// As root, Postgres runs as an account of its own, which passes through.
chmodSync(folder, 0o755)
const own = { PARLEY_DATA_DIR: folder, PORT: '0', LOG_LEVEL: 'error' }
const scratch = await openScratchDatabase(loadConfig(own))
const clock = startClock(new Date(Date.now() - (days + 0.5) * 86_400_000))
const open = await openParley(
  loadConfig({
    ...{ ...own, DATABASE_URL: scratch.url, PARLEY_SECRET: scratch.secret },
    PARLEY_ADMINS: `slack:${admin.workspace}:${admin.userId}`,
  }),
  { now: clock.now },
)
const browser = await openChromium()
try {
  const { parley } = open
  parley.publicUrl = await open.listen()
  await runCampaign(parley, clock, { days, names, records: 160 })
  for (const name of ['topics', 'writing']) {
    const document = readDocument(join(projectRoot, 'samples', `${name}.yaml`))
    await createDataset(parley, cleo, { document })
  }
  const page = await browser.newPage({
    ...{ viewport: { width: 1280, height: 820 }, colorScheme: 'light', locale: 'en-GB' },
  })
  const { url } = await createSignInLink(parley, admin, { goesTo: '/admin' })
  await page.goto(url)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('link', { name: 'helps more' }).first().waitFor()
  await take(page, 'dashboard-overview.png')
  await page.goto(`${parley.publicUrl}/admin/datasets/helpfulness`)
  await page.locator('img[src*="charts"]').first().waitFor()
  await take(page, 'dashboard-dataset.png')
  await page.goto(`${parley.publicUrl}/admin/datasets/helpfulness/edit`)
  await take(page, 'dashboard-edit.png')
} finally {
  await browser.close()
  await open.close()
  await scratch.drop()
  rmSync(folder, { recursive: true, force: true })
}

async function take(page: Page, name: string): Promise<void> {
  await page.waitForLoadState('networkidle')
  await page.screenshot({ path: join(projectRoot, 'docs', name) })
}
