/** A file too large for chat: the link in the message opens it for a day, and nothing else does. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cancelExport } from '../../src/exports/job/cancel.ts'
import { getExport } from '../../src/exports/job/export.ts'
import { startExport } from '../../src/exports/job/start.ts'
import { sweepExports, writeExport } from '../../src/exports/job/write.ts'
import { httpApp } from '../../src/http/app.ts'
import { addRecord, cleo, makeDataset } from '../exports/ground.ts'
import { startParley, type TestParley } from '../support/parley.ts'

let at: TestParley
let link: URL
let id: string
const cleoHerself = { platform: 'slack', workspace: 'T1', userId: 'UCLEO' } as const

beforeAll(async () => {
  at = await startParley()
  const small = at.parley.platforms.get('slack')
  if (small) at.parley.platforms.set('slack', { ...small, mostFileBytes: 10 })
  const dataset = await makeDataset(at.parley, {})
  await addRecord(at.parley, dataset)
  const asked = { dataset: dataset.name, as: 'records', requestedBy: cleoHerself }
  id = (await startExport(at.parley, cleo, asked)).id
  await writeExport(at.parley, id)
  const said = at.sent[0]?.repaints.at(-1)
  const links = said?.type === 'export-progress' ? said.progress.links : []
  link = new URL(links[0]?.url ?? '')
})
afterAll(() => at.close())

const get = (url: URL, method = 'GET') =>
  httpApp(at.parley, []).request(`${url.pathname}${url.search}`, { method })

describe('happy', () => {
  test('it downloads the file, and says how large it is before', async () => {
    const [head, file] = [await get(link, 'HEAD'), await get(link)]
    expect(head.status).toBe(200)
    expect(await head.text()).toBe('')
    const text = await file.text()
    expect(JSON.parse(text.split('\n')[0] ?? '')).toHaveProperty('external_id')
    expect(Number(head.headers.get('content-length'))).toBe(Buffer.byteLength(text))
    expect(file.headers.get('content-disposition')).toContain('attachment')
    expect(file.headers.get('x-content-type-options')).toBe('nosniff')
    expect(file.headers.get('cache-control')).toContain('no-store')
  })
})

describe('forbidden', () => {
  test('another file, another export, a longer time or a path with the same signature', async () => {
    const changed = (change: (url: URL) => void) => {
      const url = new URL(link)
      change(url)
      return get(url)
    }
    const answers = [
      await changed((url) => url.searchParams.set('expires', '9999999999')),
      await changed((url) => url.searchParams.delete('signature')),
      await changed((url) => {
        url.pathname = url.pathname.replace(/[^/]+$/, '..%2F..%2Fsecret')
      }),
      await changed((url) => {
        url.pathname = url.pathname.replace(/\d+/, String(Number(id) + 1))
      }),
    ]
    for (const answer of answers) expect(answer.status).toBe(403)
  })
})

describe('refused', () => {
  test('after a day the link is over, after a week the files are gone', async () => {
    at.clock.advance('25 hours')
    const over = await get(link)
    expect([over.status, await over.text()]).toEqual([410, expect.stringContaining('24 hours')])
    at.clock.advance('7 days')
    await sweepExports(at.parley)
    const row = await at.parley.db
      .selectFrom('exports')
      .select('expiredAt')
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    expect(row.expiredAt).not.toBeNull()
  })
})

describe('twice', () => {
  test('a cancelled export is cancelled once, and is not written any more', async () => {
    const dataset = await makeDataset(at.parley, {})
    const asked = { dataset: dataset.name, as: 'raw', requestedBy: cleoHerself }
    const started = await startExport(at.parley, cleo, asked)
    await cancelExport(at.parley, cleo, { requestedBy: cleoHerself })
    await cancelExport(at.parley, cleo, { exportId: started.id })
    await writeExport(at.parley, started.id)
    expect(await getExport(at.parley, started.id)).toMatchObject({ state: 'cancelled', files: [] })
    await expect(cancelExport(at.parley, cleo, { exportId: id })).rejects.toMatchObject({
      code: 'conflict',
    })
  })
})
