/**
 * Takes docs/sandbox.png, the picture in the README: a ranking of three in the stand-in Slack beside a pair
 * in the stand-in Discord. Needs a Chromium; run it after the cards change: node scripts/docs/picture.ts
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FrameLocator } from 'playwright-core'
import { projectRoot } from '../../src/config.ts'
import { openChromium } from '../../test/support/chromium.ts'

const folder = mkdtempSync(join(tmpdir(), 'parley-picture-'))
// As root, the demo's Postgres runs as an account of its own, which passes through.
chmodSync(folder, 0o755)
const { PATH = '', HOME = '' } = process.env
const demo = spawn(process.execPath, [join(projectRoot, 'bin/parley.js'), 'demo', '--port', '0'], {
  env: { PATH, HOME, PARLEY_DATA_DIR: folder },
  stdio: ['ignore', 'pipe', 'pipe'],
})
const browser = await openChromium()
try {
  const page = await browser.newPage({
    viewport: { width: 1440, height: 860 },
    colorScheme: 'light',
  })
  await page.goto(await addressOf(demo))
  const slack = page.frameLocator('#slack')
  await say(slack, '/parley')
  await slack.getByText('Welcome to Parley').waitFor()
  await press(slack, 'Start')
  await slack.getByText('What would you like to work on?').first().waitFor()
  await say(slack, '/parley next prefs')
  await slack.getByText('Which answer helps most?').last().waitFor()
  const discord = page.frameLocator('#discord')
  await press(discord, 'Start')
  await discord.getByText('Welcome to Parley').waitFor()
  await press(discord, 'Start')
  await discord.getByRole('button', { name: 'A is better' }).last().waitFor()
  await discord.getByRole('button', { name: 'A is better' }).last().scrollIntoViewIfNeeded()
  await page.screenshot({ path: join(projectRoot, 'docs/sandbox.png') })
} finally {
  await browser.close()
  demo.kill('SIGINT')
  await once(demo, 'exit')
  rmSync(folder, { recursive: true, force: true })
}

async function say(frame: FrameLocator, text: string) {
  const box = frame.getByLabel(/^Message /)
  await box.fill(text)
  await box.press('Enter')
}

async function press(frame: FrameLocator, name: string) {
  await frame.locator('.stream').getByRole('button', { name }).last().click()
}

/** The address that the demo prints. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    const read = (bytes: Buffer) => {
      said += bytes
      const [, url] = /Open (http:\/\/\S+) in a browser/.exec(said) ?? []
      if (url !== undefined) resolve(url)
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('exit', (code) => reject(new Error(`The demo ended (${code}): ${said}`)))
  })
}
