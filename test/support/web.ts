/**
 * Pages as people see them: one Parley that serves, one headless browser, a tab for each person. Open one
 * in beforeAll, close it in afterAll; tests of pages that need no browser use `get` and `post`.
 */
import { fileURLToPath } from 'node:url'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { expect } from 'vitest'
import type { ChatAdapter } from '../../src/chat/port/port.ts'
import { httpApp } from '../../src/http/app.ts'
import { listen } from '../../src/http/listen.ts'
import { hashOf } from '../../src/keys/token.ts'
import type { Person } from '../../src/labelers/person.ts'
import { beginSession, findSession } from '../../src/web/session/sessions.ts'
import { findVisitor } from '../../src/web/session/visitor.ts'
import { openChromium } from './chromium.ts'
import { startParley } from './parley.ts'

export type WebSite = Awaited<ReturnType<typeof openSite>>

const drawings = fileURLToPath(new URL('../../sandbox/page/client', import.meta.url))

/** An admin of everything, by the configuration of every test. */
export const webAdmin: Person = { platform: 'slack', workspace: 'T1', userId: 'UADMIN' }

/** A person of Slack's workspace T1, or an API key. */
type Who = Person | { key: string }

/** A tab: the page, and what the browser complained about (blocked by the policy, failed, thrown). */
export type Tab = { page: Page; context: BrowserContext; problems: string[] }

export async function openSite(options: Parameters<typeof startParley>[0] = {}) {
  const at = await startParley(options)
  const { parley } = at
  let browser: Browser | undefined
  const app = httpApp(parley, [...parley.platforms.values()] as ChatAdapter[], { drawings })
  const { address, stop } = await listen(app.fetch, { host: '127.0.0.1', port: 0, setting: 'PORT' })
  parley.publicUrl = address

  /** A session, as after pressing the button of a link. */
  const signIn = async (who: Who) => {
    const owner =
      'key' in who
        ? ({ type: 'key', hash: hashOf(who.key) } as const)
        : ({ type: 'person', person: who } as const)
    const { token } = await beginSession(parley, owner)
    const session = await findSession(parley, token)
    const visitor = session && (await findVisitor(parley, session))
    return { cookie: `parley=${token}`, token, csrf: visitor?.csrf ?? '' }
  }

  return {
    ...at,
    address,
    signIn,
    /** Fetches a page as this person, following nothing. */
    get: async (path: string, who?: Who, headers: Record<string, string> = {}) =>
      fetch(`${address}${path}`, {
        redirect: 'manual',
        headers: { ...(who ? { cookie: (await signIn(who)).cookie } : {}), ...headers },
      }),
    /** Sends a form as this person from a page of ours. */
    post: async (path: string, who: Who | undefined, fields: Record<string, string> = {}) => {
      const session = who ? await signIn(who) : null
      return fetch(`${address}${path}`, {
        method: 'POST',
        redirect: 'manual',
        headers: { origin: address, ...(session ? { cookie: session.cookie } : {}) },
        body: new URLSearchParams({ ...(session ? { csrf: session.csrf } : {}), ...fields }),
      })
    },
    /** Opens a tab of its own in the one browser; signed in where a person is given. */
    open: async (path: string, who?: Who, { width = 1280, locale = 'en-GB' } = {}) => {
      browser ??= await openChromium()
      const context = await browser.newContext({
        viewport: { width, height: 900 },
        locale,
        timezoneId: 'UTC',
      })
      context.setDefaultTimeout(10_000)
      if (who) {
        const { token } = await signIn(who)
        const rules = { httpOnly: true, sameSite: 'Lax' } as const
        await context.addCookies([{ name: 'parley', value: token, url: address, ...rules }])
      }
      const page = await context.newPage()
      const problems: string[] = []
      page.on('console', (line) => {
        if (line.type() === 'error') problems.push(line.text())
      })
      page.on('pageerror', (error) => problems.push(String(error)))
      await page.goto(`${address}${path}`)
      return { page, context, problems } satisfies Tab
    },
    close: async () => {
      await browser?.close()
      await stop()
      await at.close()
    },
  }
}

/**
 * Holds a page to what everybody must be able to use: no violation that axe finds, and nothing that runs
 * over the edge, at 1280 and 390 px, in light and dark; and the browser had nothing to complain about.
 */
export async function expectNoViolations({ page, problems }: Tab): Promise<void> {
  const found: string[] = []
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 900 })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      // Preloading, axe writes the styles of shadow roots into <style>, which the policy of pages refuses.
      const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ preload: false })
      // Dark changes the colours and nothing else.
      if (colorScheme === 'dark') axe.withRules(['color-contrast', 'link-in-text-block'])
      const { violations } = await axe.analyze()
      for (const { id, help, nodes } of violations)
        found.push(`${width} ${colorScheme}: ${id}: ${help}: ${nodes[0]?.html}`)
    }
    const wide = await page.evaluate('document.documentElement.scrollWidth')
    if (Number(wide) > width) found.push(`${width}: the page is ${wide} px wide`)
  }
  expect(found).toEqual([])
  expect(problems).toEqual([])
}
