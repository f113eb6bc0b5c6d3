/** Signing in on pages: by a link that works once, by a key; and what nobody gets by other ways. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createKey } from '../../src/keys/create.ts'
import { revokeKey } from '../../src/keys/revoke.ts'
import { grantRole, revokeRole } from '../../src/labelers/roles.ts'
import { createSignInLink, sweepSignIns } from '../../src/labelers/sign-in.ts'
import { chromiumPath, orSkipped } from '../support/chromium.ts'
import { expectNoViolations, openSite, type WebSite, webAdmin } from '../support/web.ts'

let site: WebSite
beforeAll(async () => {
  site = await openSite()
})
afterAll(() => site.close())

const cli = { type: 'admin', name: 'cli' } as const
const linkFor = async (goesTo = '/admin') => {
  const { url } = await createSignInLink(site.parley, webAdmin, { goesTo })
  return new URL(url).pathname
}
const sessionIn = (answer: Response) =>
  /(?:^|, )parley=([^;]+)/.exec(answer.headers.get('set-cookie') ?? '')?.[1] ?? ''

describe('happy: signing in', () => {
  test.skipIf(!chromiumPath)(
    `a link opens the dashboard, and the menu signs out${orSkipped}`,
    async () => {
      const tab = await site.open(await linkFor('/admin/activity'))
      const { page } = tab
      await expectNoViolations(tab)
      await page.getByRole('button', { name: 'Continue' }).click()
      await page.getByRole('heading', { name: 'Activity' }).waitFor()
      expect(new URL(page.url()).pathname).toBe('/admin/activity')
      await expectNoViolations(tab)
      await page.getByText('Slack UADMIN', { exact: true }).click()
      await page.getByRole('button', { name: 'Sign out', exact: true }).click()
      await page.getByText('You are signed out.').waitFor()
      await page.goto(`${site.address}/admin`)
      await page.getByRole('heading', { name: 'Sign in to Parley' }).waitFor()
      tab.problems.length = 0
      await expectNoViolations(tab)
    },
  )

  test('looking at a link spends nothing, however often, and HEAD neither', async () => {
    const path = await linkFor()
    for (let look = 0; look < 3; look++) expect((await site.get(path)).status).toBe(200)
    const head = await fetch(`${site.address}${path}`, { method: 'HEAD' })
    expect(head.status).toBe(200)
    const answer = await site.post(path, undefined)
    expect(answer.status).toBe(303)
    expect(answer.headers.get('location')).toBe('/admin')
  })

  test('a key with the scope admin signs in until it is revoked', async () => {
    const { id, key } = await createKey(site.parley, cli, { name: 'page', scopes: ['admin'] })
    const answer = await site.post('/sign-in', undefined, { key, to: '/admin/activity' })
    expect(answer.headers.get('location')).toBe('/admin/activity')
    const cookie = `parley=${sessionIn(answer)}`
    expect((await site.get('/admin', undefined, { cookie })).status).toBe(200)
    await revokeKey(site.parley, cli, { id })
    expect((await site.get('/admin', undefined, { cookie })).status).toBe(401)
  })

  test('pages are sent so that nothing foreign is loaded and nobody keeps them', async () => {
    const answer = await site.get('/admin', webAdmin)
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(answer.headers.get('cache-control')).toContain('no-store')
    const text = await answer.text()
    expect(text).not.toMatch(/ style=|<style|<script>|https?:\/\//)
    for (const [, address] of text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)) {
      const asset = await site.get(address ?? '')
      expect(asset.status).toBe(200)
      expect(asset.headers.get('cache-control')).toContain('immutable')
    }
  })

  test('the token of a session is replaced, and requests under way still pass', async () => {
    const { cookie } = await site.signIn(webAdmin)
    site.clock.advance('16 minutes')
    const answers = await Promise.all(
      [1, 2, 3].map(() => site.get('/admin', undefined, { cookie })),
    )
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    const renewed = answers.map(sessionIn).filter((token) => token !== '')
    expect(renewed).toHaveLength(1)
    const now = { cookie: `parley=${renewed[0]}` }
    expect((await site.get('/admin', undefined, now)).status).toBe(200)
    expect((await site.get('/admin', undefined, { cookie })).status).toBe(200)
  })
})

describe('refused: signing in', () => {
  test('a link that was used, has expired or was made up', async () => {
    const path = await linkFor()
    const both = await Promise.all([site.post(path, undefined), site.post(path, undefined)])
    expect(both.map(({ status }) => status).sort()).toEqual([303, 410])
    expect(await (await site.get(path)).text()).toContain('was used already')
    const late = await linkFor()
    site.clock.advance('6 minutes')
    const answer = await site.post(late, undefined)
    expect(answer.status).toBe(410)
    expect(await answer.text()).toContain('/parley-admin dashboard')
    expect((await site.post('/sign-in/made-up', undefined)).status).toBe(404)
  })

  test('a session that was there before the sign-in is not the one after it', async () => {
    const planted = await site.signIn(webAdmin)
    const answer = await fetch(`${site.address}${await linkFor()}`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: site.address, cookie: planted.cookie, 'x-csrf-token': planted.csrf },
    })
    expect(answer.status).toBe(303)
    expect(sessionIn(answer)).not.toBe(planted.token)
    expect((await site.get('/admin', undefined, { cookie: planted.cookie })).status).toBe(401)
  })

  test('a copied token ends the session once the newer one was seen', async () => {
    const { cookie } = await site.signIn(webAdmin)
    site.clock.advance('16 minutes')
    const newer = sessionIn(await site.get('/admin', undefined, { cookie }))
    const now = { cookie: `parley=${newer}` }
    expect((await site.get('/admin', undefined, now)).status).toBe(200)
    site.clock.advance('2 minutes')
    expect((await site.get('/admin', undefined, { cookie })).status).toBe(401)
    expect((await site.get('/admin', undefined, now)).status).toBe(401)
  })

  test('nobody comes for half a day, or a week has passed', async () => {
    const idle = await site.signIn(webAdmin)
    site.clock.advance('13 hours')
    expect((await site.get('/admin', undefined, { cookie: idle.cookie })).status).toBe(401)
    await sweepSignIns(site.parley)
    const left = await site.parley.db.selectFrom('webSessions').select('id').execute()
    expect(left).toEqual([])
  })

  test('signing out everywhere ends every session of the person, and of nobody else', async () => {
    const [one, two] = [await site.signIn(webAdmin), await site.signIn(webAdmin)]
    const ben = { platform: 'slack', workspace: 'T1', userId: 'UBEN' } as const
    const other = await site.signIn(ben)
    await site.post('/sign-out', webAdmin, { where: 'everywhere' })
    for (const { cookie } of [one, two])
      expect((await site.get('/admin', undefined, { cookie })).status).toBe(401)
    expect((await site.get('/admin', undefined, { cookie: other.cookie })).status).toBe(403)
  })

  test('a role that was lost opens nothing at the next request', async () => {
    const eve = { platform: 'slack', workspace: 'T1', userId: 'UEVE' } as const
    const role = { role: 'admin', person: 'slack:T1:UEVE' } as const
    await grantRole(site.parley, cli, role)
    const { cookie } = await site.signIn(eve)
    expect((await site.get('/admin', undefined, { cookie })).status).toBe(200)
    await revokeRole(site.parley, cli, role)
    const answer = await site.get('/admin', undefined, { cookie })
    expect(answer.status).toBe(403)
    expect(await answer.text()).toContain('Only an admin of Parley may do this.')
  })

  test.each([
    ['another site', { origin: 'https://evil.example' }],
    ['another site, by its fetch header', { 'sec-fetch-site': 'cross-site' }],
    ['nowhere', {}],
    ['a page of ours with the token of another session', { origin: 'self' }],
  ])('a form from %s', async (_, headers: Record<string, string>) => {
    const { cookie } = await site.signIn(webAdmin)
    const other = await site.signIn(webAdmin)
    const isSelf = headers['origin'] === 'self'
    const answer = await fetch(`${site.address}/sign-out`, {
      method: 'POST',
      headers: { cookie, ...headers, ...(isSelf ? { origin: site.address } : {}) },
      body: new URLSearchParams({ csrf: isSelf ? other.csrf : '', where: 'everywhere' }),
    })
    expect(answer.status).toBe(403)
    expect((await site.get('/admin', undefined, { cookie })).status).toBe(200)
  })

  test('keys that may do less, wrong keys, and too many of them', async () => {
    const { key } = await createKey(site.parley, cli, { name: 'less', scopes: ['exports'] })
    expect((await site.post('/sign-in', undefined, { key })).status).toBe(403)
    const tries = []
    for (let at = 0; at < 10; at++)
      tries.push((await site.post('/sign-in', undefined, { key: `prl_${at}` })).status)
    expect(tries.at(0)).toBe(403)
    expect(tries.at(-1)).toBe(429)
    site.clock.advance('1 minute')
    expect((await site.post('/sign-in', undefined, { key: 'prl_x' })).status).toBe(403)
  })

  test('a way on that leads elsewhere', async () => {
    for (const to of [
      '//evil.example',
      'https://evil.example',
      '/\\evil.example',
      'javascript:1',
    ]) {
      const { key } = await createKey(site.parley, cli, {
        name: `to-${to.length}-${to.charCodeAt(1)}`,
        scopes: ['admin'],
      })
      const answer = await site.post('/sign-in', undefined, { key, to })
      expect(answer.headers.get('location')).toBe('/admin')
    }
  })

  test('pages that are not there say so, in German too', async () => {
    const answer = await site.get('/admin/nothing', webAdmin, { 'accept-language': 'de-DE' })
    expect(answer.status).toBe(404)
    expect(await answer.text()).toContain('Hier ist nichts')
    const head = await site.get('/sign-out', webAdmin)
    expect([head.status, head.headers.get('allow')]).toEqual([405, 'POST'])
    const part = await site.get('/admin/nothing', webAdmin, { 'hx-request': 'true' })
    expect(await part.text()).toMatch(/^<div class="notice/)
  })
})
