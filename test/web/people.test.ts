/** People on pages: found, looked at, paused, written to and purged, by admins of their datasets alone. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sql } from 'kysely'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nextAssignment } from '../../src/assignments/next.ts'
import { giveConsent } from '../../src/labelers/consent.ts'
import { consentVersion, type Labeler } from '../../src/labelers/labeler.ts'
import type { Person } from '../../src/labelers/person.ts'
import { submitAndNext } from '../../src/responses/submit.ts'
import { findPeople } from '../../src/web/people/find-people.ts'
import { drawAnew } from '../../src/web/people/picture.ts'
import { makeDataset } from '../assignments/ground.ts'
import { chromiumPath } from '../support/chromium.ts'
import { expectNoViolations, openSite, type WebSite, webAdmin } from '../support/web.ts'

let site: WebSite
let pictures: Server
let ana: Labeler
let ben: Labeler
let asked = 0

const slack = (userId: string): Person => ({ platform: 'slack', workspace: 'T1', userId })
const hostile = '<img src=x onerror=alert(1)>"\'&'

/** Agrees, answers what there is, and is called this. */
async function joins(
  userId: string,
  name: string | null,
  dataset: Parameters<typeof nextAssignment>[2]['dataset'],
) {
  const labeler = await giveConsent(site.parley, slack(userId), { version: consentVersion })
  let held = await nextAssignment(site.parley, labeler, { dataset })
  while (held) {
    const { next } = await submitAndNext(site.parley, labeler, {
      ...{ assignmentId: held.assignmentId, schemaVersion: 1, platform: 'slack' },
      values: { safe: 'yes' },
    })
    held = next
  }
  if (name !== null)
    await site.parley.db
      .insertInto('profiles')
      .values({
        platform: 'slack',
        workspace: 'T1',
        userId,
        place: 'T1',
        name,
        readAt: site.clock.now(),
      })
      .execute()
  return labeler
}

beforeAll(async () => {
  site = await openSite()
  const png = await sharp({ create: { width: 300, height: 200, channels: 3, background: 'teal' } })
    .withMetadata({ exif: { IFD0: { Copyright: 'A secret place' } } })
    .png()
    .toBuffer()
  pictures = createServer((request, response) => {
    asked++
    if (request.url === '/big') response.end(Buffer.alloc(50_000_000))
    else if (request.url === '/inward')
      response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end()
    else if (request.url === '/svg') response.end('<svg xmlns="http://www.w3.org/2000/svg"/>')
    else response.end(png)
  })
  await new Promise<void>((resolve) => pictures.listen(0, '127.0.0.1', resolve))
  const dataset = await makeDataset(site.parley, { name: 'safety', records: 3, wanted: 2 })
  ana = await joins('UANA', 'Ana Lima', dataset)
  ben = await joins('UBEN', hostile, dataset)
})
afterAll(async () => {
  await site.close()
  pictures.close()
})

/** A private address, which the guard lets through for this test's own server only. */
async function wears(labeler: Labeler, path: string) {
  const { port } = pictures.address() as AddressInfo
  site.parley.fetching = { allow: [`127.0.0.1:${port}`] }
  await sql`update profiles set picture = ${`http://127.0.0.1:${port}${path}`}, image = null,
    image_at = null where user_id = ${labeler.person.userId}`.execute(site.parley.db)
  return site.get(`/admin/people/${labeler.id}/picture`, webAdmin)
}

describe('happy', () => {
  test('people come page by page, in any order, and are found by name, number, account and pseudonym', async () => {
    const admin = { type: 'admin', name: 'test' } as const
    for (const order of ['answers', 'name', 'newest'] as const) {
      const seen: string[] = []
      let after: string | undefined
      do {
        const found = await findPeople(site.parley, admin, { order, after, limit: 1 })
        seen.push(...found.people.map(({ id }) => id))
        after = found.next ?? undefined
      } while (after !== undefined)
      expect(seen.toSorted()).toEqual([ana.id, ben.id].toSorted())
    }
    const page = await (await site.get(`/admin/people/${ana.id}`, webAdmin)).text()
    const pseudonym = /<code>(p[0-9a-f]+-[0-9a-f]+)<\/code>/.exec(page)?.[1] ?? ''
    for (const search of ['lima', `#${ana.id}`, 'slack:T1:UANA', 'UANA', pseudonym]) {
      const { people } = await findPeople(site.parley, admin, { search, order: 'name', limit: 9 })
      expect([search, people.map(({ name }) => name)]).toEqual([search, ['Ana Lima']])
    }
    const none = await findPeople(site.parley, admin, { search: '%', order: 'name', limit: 9 })
    expect(none.people).toEqual([])
  })

  test('a picture comes from our own address, small, without what the file told, and is fetched once', async () => {
    const before = asked
    const first = await wears(ana, '/ana.png')
    expect(first.headers.get('content-type')).toBe('image/webp')
    const again = await site.get(`/admin/people/${ana.id}/picture`, webAdmin)
    const bytes = Buffer.from(await again.arrayBuffer())
    const { width, height, exif } = await sharp(bytes).metadata()
    expect([width, height, exif, asked - before]).toEqual([96, 96, undefined, 1])
  })

  test('an admin pauses, lets go on, limits, writes and purges, and reads what became of it', async () => {
    const home = `/admin/people/${ana.id}`
    const act = async (path: string, fields: Record<string, string>) => {
      const sent = await site.post(`${home}/${path}`, webAdmin, fields)
      expect([path, sent.status]).toEqual([path, 303])
      return (await site.get(sent.headers.get('location') ?? '', webAdmin)).text()
    }
    const paused = { act: 'pause', pause_dataset: 'safety', reason: 'Read the guide' }
    expect(await act('pause', paused)).toContain('Read the guide')
    expect(await act('pause', { ...paused, act: 'resume' })).not.toContain('Read the guide')
    expect(await act('quota', { quota_dataset: 'safety', quota: '7' })).toContain('>7<')
    await act('message', { message_dataset: '', text: 'Thank you!' })
    const preview = await (await site.get(`${home}/purge`, webAdmin)).text()
    expect(preview).toMatch(/would no longer count<\/dt><dd>3<\/dd>/)
    expect(preview).toMatch(/would reopen<\/dt><dd>3<\/dd>/)
    await act('purge', { dataset: 'safety' })
    const { rows } = await sql<{ act: string }>`
      select act from audit where detail ->> 'labeler' = ${ana.id} order by id`.execute(
      site.parley.db,
    )
    expect(rows.map(({ act }) => act)).toEqual([
      'pause labeler',
      'resume labeler',
      'set quota',
      'message labeler',
      'purge labeler',
    ])
  })
})

describe('refused', () => {
  test.each(['/svg', '/big', '/inward'])('a picture that is %s is nobody’s', async (path) => {
    const answer = await wears(ben, path)
    expect(answer.headers.get('content-type')).toBe('image/svg+xml')
    expect(await answer.text()).toContain('<circle')
  })

  test('bytes that are no picture', async () => {
    await expect(drawAnew(Buffer.from('<svg/>')))
      .resolves.toBeNull()
      .catch(() => undefined)
  })

  test('people of others do not exist: no page, picture or act; nobody looks without signing in', async () => {
    const stranger: Person = { platform: 'slack', workspace: 'T2', userId: 'UTWO' }
    await sql`insert into roles (platform, workspace, user_id, role, granted_by, at)
      values ('slack', 'T2', 'UTWO', 'admin', 'test', now())`.execute(site.parley.db)
    await sql`update datasets set document = jsonb_set(document::jsonb, '{access}', '{"slack": ["everyone of slack:T1"]}')
      where name = 'safety'`.execute(site.parley.db)
    for (const path of ['', '/picture', '/purge']) {
      const answer = await site.get(`/admin/people/${ana.id}${path}`, stranger)
      expect([path, answer.status]).toEqual([path, 404])
    }
    const list = await (await site.get('/admin/people', stranger)).text()
    expect(list).not.toContain('Ana Lima')
    const sent = await site.post(`/admin/people/${ana.id}/quota`, stranger, {
      ...{ quota_dataset: 'safety', quota: '1' },
    })
    expect(sent.status).toBe(404)
    expect((await site.get(`/admin/people/${ana.id}`)).status).not.toBe(200)
  })
})

describe.skipIf(!chromiumPath)('happy: in a browser', () => {
  test('the list, a person with a hostile name, and the measures hold at both widths', async () => {
    await wears(ben, '/ben.png')
    for (const path of [
      '/admin/people',
      `/admin/people/${ben.id}`,
      `/admin/people/${ben.id}/purge`,
      '/admin/datasets/safety/people',
    ]) {
      const tab = await site.open(path, webAdmin)
      expect(await tab.page.textContent('main')).toContain(
        path.endsWith('purge') ? 'safety' : hostile,
      )
      await expectNoViolations(tab).catch((error: Error) => {
        throw new Error(`${path}: ${error.message}`)
      })
      await tab.context.close()
    }
  })
})
