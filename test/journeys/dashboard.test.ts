/** From chat to a page: an admin's link to the dashboard and a labeler's to their tasks, on both platforms. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createClaimCode, revokeRole } from '../../src/labelers/roles.ts'
import { chromiumPath, openChromium, orSkipped } from '../support/chromium.ts'
import { type DiscordJourney, openDiscordJourney } from '../support/discord.ts'
import { admin, type Journey, openJourney, publicUrl } from '../support/journey.ts'

let slack: Journey
let discord: DiscordJourney
let browser: Browser | undefined
beforeAll(async () => {
  ;[slack, discord] = await Promise.all([openJourney(), openDiscordJourney()])
  const thumbs = 'name: help\ntemplate: thumbs\ntitle: Help\n'
  const records = [{ id: 'r1', prompt: 'Why?', output: 'Because.' }]
  await slack.dataset(thumbs, records)
  await discord.dataset(thumbs, records)
})
afterAll(async () => {
  await browser?.close()
  await Promise.all([slack.close(), discord.close()])
})

const pathOf = (address: string) => new URL(address).pathname
/** The button on the page of a link, pressed by a browser that came from there. */
const press = (address: string, path: string, cookie = '') =>
  fetch(`${address}${path}`, {
    ...{ method: 'POST', redirect: 'manual' },
    headers: { origin: publicUrl, 'sec-fetch-site': 'same-origin', cookie },
  })
const cookieOf = (answer: Response) => answer.headers.get('set-cookie')?.split(';')[0] ?? ''
const look = (address: string, path: string, cookie: string) =>
  fetch(`${address}${path}`, { redirect: 'manual', headers: { cookie } })

describe('happy: to the dashboard from chat', () => {
  test('an admin on Slack gets a private link; it signs in once, with a cookie of this host', async () => {
    const { cleo, parley, service } = slack
    await cleo.types('/parley-admin dashboard')
    expect(cleo.newest()).toContain('for admins')
    await cleo.types(`/parley-admin claim ${await createClaimCode(parley, admin)}`)
    slack.slack.channel('team', { members: ['Ana', 'Cleo'] })
    await cleo.types('/parley-admin dashboard', { channel: 'team' })
    expect(cleo.newest()).toContain('once and within five minutes')
    expect(slack.ana.messages().join('\n')).not.toContain('five minutes')
    const link = cleo.address('Open the dashboard')
    expect(link).toMatch(/^https:\/\/parley\.example\/sign-in\/[\w-]{43}$/)
    const seen = await fetch(`${service.address}${pathOf(link)}`)
    expect(seen.status).toBe(200)
    const answer = await press(service.address, pathOf(link))
    expect(answer.headers.get('set-cookie')).toMatch(
      /^__Host-parley=[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; Secure; SameSite=Lax/,
    )
    const page = await look(service.address, '/admin', cookieOf(answer))
    expect(await page.text()).toContain('/admin/datasets/help')
    expect((await press(service.address, pathOf(link))).status).toBe(410)
    await revokeRole(parley, admin, {
      role: 'admin',
      person: `slack:${slack.slack.teamId}:${cleo.id}`,
    })
    expect((await look(service.address, '/admin', cookieOf(answer))).status).toBe(403)
  })

  test('a labeler gets one to their tasks, once they agreed, and sees no dashboard', async () => {
    const { ana, service } = slack
    await ana.types('/parley open')
    expect(ana.newest()).toContain('agree first')
    await ana.joins('help')
    await ana.types('/parley open')
    const answer = await press(service.address, pathOf(ana.address('Open my tasks')))
    expect(answer.headers.get('location')).toBe('/work')
    expect((await look(service.address, '/admin', cookieOf(answer))).status).toBe(403)
  })

  test('on Discord it is the same, in German for people who read it', async () => {
    const { ana, cleo, service } = discord
    const parley = discord.parley()
    await cleo.types(`/parley-admin claim code:${await createClaimCode(parley, admin)}`)
    await cleo.types('/parley-admin dashboard')
    const answer = await press(service.address, pathOf(cleo.address('Open the dashboard')))
    const page = await look(service.address, '/admin', cookieOf(answer))
    expect(await page.text()).toContain('/admin/datasets/help')
    expect(ana.messages().join('\n')).not.toContain('five minutes')
    discord.discord.person('Max', { locale: 'de' })
    const max = discord.person('Max')
    await max.types('/parley öffnen')
    expect(max.messages().at(-1)).toContain('Stimme bitte zuerst zu')
  })

  test.skipIf(!chromiumPath)(`in a browser, from the link to the dataset${orSkipped}`, async () => {
    const { cleo, service } = discord
    const parley = discord.parley()
    parley.publicUrl = service.address
    await cleo.types('/parley-admin dashboard')
    expect(cleo.messages().at(-1)).toContain('only on the machine Parley runs on')
    browser = await openChromium()
    const page = await browser.newPage({ locale: 'de-DE' })
    page.setDefaultTimeout(10_000)
    await page.goto(cleo.address('Open the dashboard'))
    await page.getByRole('button').click()
    await page.getByRole('link', { name: 'Help' }).waitFor()
    expect(pathOf(page.url())).toBe('/admin')
    const [cookie] = await page.context().cookies()
    expect(cookie).toMatchObject({ name: 'parley', httpOnly: true, sameSite: 'Lax' })
    parley.publicUrl = publicUrl
  })
})
