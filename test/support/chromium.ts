/** A headless Chromium for tests of pages, where the machine has one; .ci/run installs it. */
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const known = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
]

/** Where the browser is; undefined when there is none, and tests of pages are then skipped. */
export const chromiumPath = known.find((path) => path !== undefined && existsSync(path))

/** For the title of what is skipped. */
export const orSkipped = chromiumPath
  ? ''
  : ' (skipped: no Chromium here; apt-get install chromium-headless-shell, or set CHROMIUM)'

export function openChromium(): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error(`There is no Chromium${orSkipped}.`)
  // As root, and in containers, there is no sandbox to be had; the page is our own.
  return chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] })
}
