/** The overview and a dataset's page as an admin sees them, and what others do not get. */
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDataset } from '../../../src/datasets/create.ts'
import { parseDocument } from '../../../src/datasets/parse.ts'
import type { Person } from '../../../src/labelers/person.ts'
import { grantRole } from '../../../src/labelers/roles.ts'
import { datasetStats } from '../../../src/quality/dataset/stats.ts'
import { makeDataset } from '../../exports/ground.ts'
import { chromiumPath, orSkipped } from '../../support/chromium.ts'
import { expectNoViolations, openSite, type WebSite, webAdmin } from '../../support/web.ts'
import { cleo, runCampaign } from './campaign.ts'

const page = '/admin/datasets/helpfulness'
const cli = { type: 'admin', name: 'cli' } as const
let site: WebSite
beforeAll(async () => {
  site = await openSite()
  await runCampaign(site.parley, site.clock)
})
afterAll(() => site.close())

/** Asked again until the statistics are there, as the page itself does. */
async function textOf(path: string, headers: Record<string, string> = {}): Promise<string> {
  for (;;) {
    const text = await (await site.get(path, webAdmin, headers)).text()
    if (!text.includes('hx-trigger="load delay:2s"')) return text
  }
}

/** The addresses of pictures on a page, as the browser reads them. */
const picturesIn = (text: string) =>
  [...text.matchAll(/(?:src|srcset)="([^"]+\.svg\?[^"]+)"/g)].map(([, address = '']) =>
    address.replaceAll('&amp;', '&'),
  )

describe.skipIf(!chromiumPath)(`happy: pages in the browser${orSkipped}`, () => {
  test('the overview shows how far all is, and every picture is there', async () => {
    const tab = await site.open('/admin', webAdmin)
    await tab.page.getByRole('link', { name: 'Which answer helps more?' }).first().waitFor()
    await expectPictures(tab.page, 1)
    await expectNoViolations(tab)
  })

  test('the dataset’s page: charts with tables, pause and go on', async () => {
    const tab = await site.open(page, webAdmin)
    await tab.page.getByRole('heading', { name: 'Answers a day' }).waitFor()
    await expectPictures(tab.page, 10)
    await tab.page.evaluate(
      'for (const one of document.querySelectorAll("main details")) one.open = true',
    )
    await expectNoViolations(tab)
    await tab.page.getByRole('button', { name: 'Pause' }).click()
    await tab.page.getByText('It is paused. Tasks that are open can still be answered.').waitFor()
    await tab.page.getByRole('button', { name: 'Go on' }).click()
    await tab.page.getByText('It is open: people are given its tasks.').waitFor()
    expect(tab.problems).toEqual([])
  })
})

/** All of them drawn, in the look the browser chose. */
async function expectPictures(
  tab: Awaited<ReturnType<WebSite['open']>>['page'],
  count: number,
): Promise<void> {
  const widths = await tab.evaluate<number[]>(`Promise.all([...document.images]
    .filter((image) => image.currentSrc.includes('/charts/') || image.loading === 'lazy')
    .map(async (image) => {
      image.loading = 'eager'
      await image.decode()
      return image.naturalWidth
    }))`)
  expect(widths).toHaveLength(count)
  expect(widths.filter((width) => width === 0)).toEqual([])
}

describe('happy: files of charts', () => {
  test('a picture has a policy of its own, is kept by its address, and not sent twice', async () => {
    const [address = ''] = picturesIn(await textOf(page))
    const found = await site.get(address, webAdmin)
    expect(found.headers.get('content-type')).toBe('image/svg+xml; charset=utf-8')
    expect(found.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'unsafe-inline'",
    )
    expect(found.headers.get('x-content-type-options')).toBe('nosniff')
    expect(found.headers.get('cache-control')).toBe('private, max-age=86400, immutable')
    const etag = found.headers.get('etag') ?? ''
    const again = await site.get(address, webAdmin, { 'if-none-match': etag })
    expect(again.status).toBe(304)
    const other = await site.get(address.replace(/v=[^&]+/, 'v=old'), webAdmin)
    expect(other.headers.get('cache-control')).toBe('private, no-cache')
  })

  test('the page’s table and its CSV hold what parley stats --json says', async () => {
    const stats = await datasetStats(site.parley, cleo, { dataset: 'helpfulness' })
    const text = await textOf(page)
    const csv = await (await site.get(`${page}/charts/strength-preference.csv`, webAdmin)).text()
    const rows = parse(csv, { bom: true, columns: true })
    const strengths = stats.questions[0]?.strength?.value ?? []
    expect(strengths).toHaveLength(3)
    for (const [at, { model, strength, rank }] of strengths.entries()) {
      const said = { model, rank: String(rank), strength: String(strength.value) }
      expect(rows[at]).toMatchObject(said)
      const shown = (strength.value ?? 0).toFixed(2)
      const name = model.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
      const row = new RegExp(`>${quoted(name.replaceAll('"', '&quot;'))}</th>.*?</tr>`, 's').exec(
        text,
      )
      expect(row?.[0]).toContain(`>${shown}<`)
    }
    expect(text).not.toContain('<script>alert(1)</script>')
    expect(text).not.toMatch(/NaN|undefined/)
  })

  test('both pages speak German, with German numbers', async () => {
    const headers = { 'accept-language': 'de' }
    expect(await textOf('/admin', headers)).toContain('Vermutlich fertig')
    const text = await textOf(page, headers)
    for (const said of ['Antworten am Tag', 'Stärke der Modelle', 'Gründe fürs Überspringen'])
      expect(text).toContain(said)
  })

  test('every link between a dataset’s pages leads to a page', async () => {
    const text = await textOf(page)
    const tabs = /<nav class="tabs".*?<\/nav>/s.exec(text)?.[0] ?? ''
    const links = [...tabs.matchAll(/href="([^"]+)"/g)].map(([, href = '']) => href)
    expect(links).toContain(`${page}/records`)
    for (const link of [...links, '/admin/datasets/new'])
      expect((await site.get(link, webAdmin)).status, link).toBe(200)
  })

  test('the first answer of each page is small', async () => {
    expect((await (await site.get('/admin', webAdmin)).text()).length).toBeLessThan(60_000)
    expect((await textOf(page)).length).toBeLessThan(120_000)
    const bare = (await textOf(page)).replace(
      /<section class="card" id="chart-.*?<\/section>/gs,
      '',
    )
    expect(bare.length).toBeLessThan(60_000)
  })
})

describe('refused: what cannot be', () => {
  test('publishing what is not ready says all that is missing, on the dataset’s page', async () => {
    const document = parseDocument('name: bare\ntemplate: comparison')
    await createDataset(site.parley, cli, { document })
    const answer = await site.post('/admin/datasets/bare/publish', webAdmin)
    expect(answer.status).toBe(422)
    const text = await answer.text()
    expect(text).toContain('It cannot be published yet:')
    expect(text).toContain('access:')
    const early = await site.post('/admin/datasets/bare/pause', webAdmin)
    expect(early.status).toBe(409)
  })

  test('a chart or a dataset that does not exist is not found', async () => {
    for (const path of [
      `${page}/charts/nothing.svg`,
      '/admin/datasets/none',
      '/admin/datasets/none/charts/answers.svg',
      '/admin/datasets/none/charts/answers.csv',
    ])
      expect((await site.get(path, webAdmin)).status, path).toBe(404)
  })
})

describe('forbidden: other people’s datasets', () => {
  test('an admin of another workspace sees none of it, and changes nothing', async () => {
    const stranger: Person = { platform: 'slack', workspace: 'T2', userId: 'USTRANGER' }
    await grantRole(site.parley, cli, { role: 'admin', person: 'slack:T2:USTRANGER' })
    await makeDataset(site.parley, { name: 'elsewhere', access: { slack: ['T1'] } })
    const overview = await (await site.get('/admin', stranger)).text()
    expect(overview).not.toContain('elsewhere')
    for (const path of ['', '/charts', '/charts/answers.svg', '/charts/answers.csv'])
      expect((await site.get(`/admin/datasets/elsewhere${path}`, stranger)).status, path).toBe(404)
    for (const act of ['publish', 'pause', 'close', 'reopen'])
      expect((await site.post(`/admin/datasets/elsewhere/${act}`, stranger)).status, act).toBe(404)
    expect((await site.get('/admin/datasets/elsewhere/charts/answers.svg')).status).toBe(401)
  })
})

function quoted(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
