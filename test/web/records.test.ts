/** Pages of records: found, looked at, reviewed and changed many at once, by the admins who may. */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nextAssignment } from '../../src/assignments/next.ts'
import type { Dataset } from '../../src/datasets/document.ts'
import { createKey } from '../../src/keys/create.ts'
import type { Labeler } from '../../src/labelers/labeler.ts'
import { getRecord } from '../../src/records/record.ts'
import { RecordLine } from '../../src/records/record-line.ts'
import { upsertRecords } from '../../src/records/upsert.ts'
import { submitResponse } from '../../src/responses/submit.ts'
import { readRecords } from '../../src/search/read-records.ts'
import { makeDataset, makeLabeler, safety } from '../assignments/ground.ts'
import { countDrift } from '../assignments/invariants.ts'
import { chromiumPath, orSkipped } from '../support/chromium.ts'
import { expectNoViolations, openSite, type WebSite, webAdmin } from '../support/web.ts'

const hostile =
  '<img src=x onerror="document.title=1"><script>document.title=2</script>\u202eabc "q" \'r\''
const questions = [
  safety,
  { type: 'ranking', name: 'best', title: 'Which is best?', mode: 'full', required: false },
  { type: 'text', name: 'why', title: 'Why?', required: false },
]

let site: WebSite
let dataset: Dataset
let ids: Map<string, string>
const people = new Map<string, Labeler>()

beforeAll(async () => {
  site = await openSite()
  dataset = await makeDataset(site.parley, { name: 'prefs', records: 0, wanted: 2, questions })
  const outputs = [
    { id: 'a', text: `**Bold** ${hostile}`, model: '<b>tiny</b>' },
    { id: 'b', text: 'x'.repeat(99_000), model: 'large' },
  ]
  const lines = ['refunds by card', hostile, 'parcels', 'a last one'].map((prompt, n) =>
    RecordLine.parse({
      ...{ format: 1, external_id: `r${n + 1}`, fields: { prompt }, outputs },
      metadata: n === 0 ? { batch: 'may', [hostile]: hostile } : {},
    }),
  )
  await upsertRecords(site.parley, dataset, lines)
  const ranks = { a: 1, b: 2 }
  const best = { mode: 'full', ranks, all_unacceptable: false }
  await answer('UANA', { safe: 'yes', best, why: `Because ${hostile}` })
  await answer('UBEN', { safe: 'no', best: { ...best, ranks: { a: 2, b: 1 } } })
  await readRecords(site.parley)
  const rows = await site.parley.db.selectFrom('records').select(['id', 'externalId']).execute()
  ids = new Map(rows.map(({ id, externalId }) => [externalId, id]))
})
afterAll(() => site.close())

async function answer(userId: string, values: object): Promise<void> {
  const labeler = people.get(userId) ?? (await makeLabeler(site.parley, userId))
  people.set(userId, labeler)
  const given = await nextAssignment(site.parley, labeler, { dataset })
  site.clock.advance('30 seconds')
  const { assignmentId } = given ?? { assignmentId: '' }
  const one = { assignmentId, schemaVersion: 1, values, platform: 'slack' as const }
  await submitResponse(site.parley, labeler, one)
}

const list = '/admin/datasets/prefs/records'
const recordAt = (externalId: string) => `/admin/records/${ids.get(externalId)}`
const answersTo = async () => {
  const { rows } = await sql<{ id: string; flags: string[]; revision: number; safe: string }>`
    select assignment_id as id, flags, revision, "values" ->> 'safe' as safe from responses
    order by assignment_id`.execute(site.parley.db)
  return rows
}
const said = async (path: string) => (await site.get(path, webAdmin)).text()

describe('happy: the list', () => {
  test('finds by words and filters, and stays small', async () => {
    const all = await said(list)
    expect(Buffer.byteLength(all)).toBeLessThan(60_000)
    for (const id of ['r1', 'r2', 'r3', 'r4']) expect(all).toContain(`>${id}</a>`)
    const found = await said(`${list}?q=refunds`)
    expect(found).toContain('>r1</a>')
    expect(found).not.toContain('>r2</a>')
    expect(await said(`${list}?disputed=yes&sort=disagreement`)).toContain('1.00')
    expect(await said(`${list}?metadata=batch%3Dmay`)).not.toContain('>r3</a>')
    expect(await said(`${list}?q=refun`)).toContain('contain them as a part')
    expect(await said(`${list}?q=nothinglikethis`)).toContain('Nothing found')
    const wrong = await site.get(`${list}?from=soon`, webAdmin)
    expect([wrong.status, await wrong.text()]).toEqual([422, expect.stringContaining('not a day')])
  })

  test('changes many: counted first, then only if they are as many', async () => {
    const change = { act: 'priority', scope: 'found', filter: 'q=parcels', priority: '9' }
    const plan = await (await site.post(`${list}/change`, webAdmin, change)).text()
    expect(plan).toContain('1 record would get priority 9.')
    expect(await priorityOf('r3')).toBe(0)
    const wrong = await site.post(`${list}/change`, webAdmin, { ...change, expect: '2' })
    expect(wrong.status).toBe(409)
    const done = await site.post(`${list}/change`, webAdmin, { ...change, expect: '1' })
    expect([done.status, done.headers.get('location')]).toEqual([303, `${list}?q=parcels`])
    expect(await priorityOf('r3')).toBe(9)
    const chosen = { act: 'delete', scope: 'chosen', id: 'r4' }
    expect(await (await site.post(`${list}/change`, webAdmin, chosen)).text()).toContain(
      '1 record would be deleted.',
    )
    await site.post(`${list}/change`, webAdmin, { ...chosen, expect: '1' })
    expect(await said(list)).not.toContain('>r4</a>')
    const kept = { act: 'delete', scope: 'chosen', id: 'r1' }
    expect(await (await site.post(`${list}/change`, webAdmin, kept)).text()).toContain(
      '1 record stay',
    )
    const nobody = {
      act: 'assign',
      scope: 'found',
      filter: 'status=pending',
      people: 'slack:T1:UANA',
    }
    const assign = await (await site.post(`${list}/change`, webAdmin, nobody)).text()
    expect(assign).toContain('2 records would be assigned to slack:T1:UANA')
    const assigned = await site.post(`${list}/change`, webAdmin, { ...nobody, expect: '2' })
    expect(assigned.status).toBe(303)
    const rows = await site.parley.db.selectFrom('invitedRecords').selectAll().execute()
    expect(rows).toHaveLength(2)
    expect((await site.post(`${list}/change`, webAdmin, { act: 'delete' })).status).toBe(422)
  })
})

async function priorityOf(externalId: string) {
  return (await getRecord(site.parley, { dataset: 'prefs', externalId })).priority
}

describe('happy: a record', () => {
  test('an answer is excluded and included; the counts stay right', async () => {
    const [first] = await answersTo()
    const path = `${recordAt('r1')}/answers/${first?.id}`
    expect((await getRecord(site.parley, { dataset: 'prefs', externalId: 'r1' })).status).toBe(
      'completed',
    )
    expect((await site.post(`${path}/exclude`, webAdmin)).status).toBe(303)
    expect((await answersTo())[0]?.flags).toEqual(['excluded'])
    expect((await getRecord(site.parley, { dataset: 'prefs', externalId: 'r1' })).status).toBe(
      'pending',
    )
    await site.post(`${path}/exclude`, webAdmin)
    await expectRight()
    await site.post(`${path}/include`, webAdmin)
    expect((await answersTo())[0]?.flags).toEqual([])
    expect((await getRecord(site.parley, { dataset: 'prefs', externalId: 'r1' })).status).toBe(
      'completed',
    )
    await expectRight()
    expect(await said(recordAt('r1'))).toContain('include answer')
  })

  test('an answer is corrected, its labeler’s own kept; a later change wins', async () => {
    const [first] = await answersTo()
    const path = `${recordAt('r1')}/answers/${first?.id}/correct`
    expect(await said(path)).toContain('name="best.0"')
    const form = { revision: '1', safe: 'o1', 'best.0': '2', 'best.1': '1', why: 'Better' }
    const wrong = await site.post(path, webAdmin, { ...form, safe: '' })
    expect([wrong.status, await wrong.text()]).toEqual([422, expect.stringContaining('Better')])
    expect((await site.post(path, webAdmin, form)).status).toBe(303)
    const [after] = await answersTo()
    expect(after).toMatchObject({ flags: ['corrected'], revision: 2, safe: 'no' })
    expect(await said(recordAt('r1'))).toContain('1 earlier version')
    expect((await site.post(path, webAdmin, { ...form, why: 'Again' })).status).toBe(409)
    await expectRight()
  })

  test('an answer goes back to its labeler with a note', async () => {
    const second = (await answersTo())[1]
    const path = `${recordAt('r1')}/answers/${second?.id}/send-back`
    const done = await site.post(path, webAdmin, { note: 'Please say why.' })
    expect(done.headers.get('location')).toBe(recordAt('r1'))
    const queued = await site.parley.db
      .selectFrom('deliveries')
      .select('content')
      .where('kind', '=', 'notice')
      .execute()
    expect(JSON.stringify(queued)).toContain('Please say why.')
    expect((await site.post(path, webAdmin)).status).toBe(404)
    await expectRight()
    await answer('UBEN', { safe: 'no' })
  })

  test('known answers are set, checked and removed', async () => {
    const path = `${recordAt('r3')}/known`
    const wrong = await site.post(path, webAdmin, { 'best.0': '1', 'best.1': '1' })
    expect([wrong.status, await wrong.text()]).toEqual([
      422,
      expect.stringContaining('above another'),
    ])
    expect((await site.post(path, webAdmin, { safe: 'o0' })).status).toBe(303)
    const known = async () =>
      (await getRecord(site.parley, { dataset: 'prefs', externalId: 'r3' })).gold
    expect(await known()).toEqual({ safe: 'yes' })
    expect(await said(recordAt('r3'))).toContain('Change known answers')
    await site.post(path, webAdmin, {})
    expect(await known()).toBeNull()
  })

  test('whose it is stands by name where they agreed to that', async () => {
    const { platform, workspace, userId } = { ...webAdmin, userId: 'UANA' }
    await site.parley.db
      .insertInto('profiles')
      .values({
        ...{ platform, workspace, userId, place: workspace, name: 'Ana <b>Lee</b>' },
        readAt: site.clock.now(),
      })
      .execute()
    expect(await said(recordAt('r1'))).toContain('Ana &lt;b&gt;Lee&lt;/b&gt;')
  })

  test('in German', async () => {
    const tab = await site.get(recordAt('r1'), webAdmin, { 'accept-language': 'de' })
    expect(await tab.text()).toContain('Bekannte Antworten')
  })
})

async function expectRight() {
  expect(Object.values(await countDrift(site.parley, dataset)).every((n) => n === 0)).toBe(true)
}

describe('refused', () => {
  test('nobody, another dataset’s key, ids of others, forms of elsewhere', async () => {
    expect((await site.get(list)).status).toBe(401)
    const other = await makeDataset(site.parley, { name: 'others', records: 1 })
    const cli = { type: 'admin', name: 'cli' } as const
    const { key } = await createKey(site.parley, cli, {
      name: 'one',
      scopes: ['admin'],
      dataset: other.name,
    })
    for (const path of [list, recordAt('r1'), `${recordAt('r1')}/known`])
      expect((await site.get(path, { key })).status).toBe(404)
    const [first] = await answersTo()
    const exclude = `${recordAt('r1')}/answers/${first?.id}/exclude`
    expect((await site.post(exclude, webAdmin, { csrf: 'wrong' })).status).toBe(403)
    expect(
      (await site.post(`${recordAt('r3')}/answers/${first?.id}/exclude`, webAdmin)).status,
    ).toBe(404)
    expect((await site.get('/admin/records/nothing', webAdmin)).status).toBe(404)
    expect((await site.get('/admin/datasets/nowhere/records', webAdmin)).status).toBe(404)
  })
})

describe('happy: in a browser', () => {
  test.skipIf(!chromiumPath)(
    `an admin finds a record, reads it, corrects it, and runs no model’s script${orSkipped}`,
    async () => {
      const tab = await site.open(list, webAdmin)
      const { page } = tab
      await expectNoViolations(tab)
      await page.getByLabel('Words').fill('refunds')
      await page.getByRole('button', { name: 'Search' }).click()
      await page.getByRole('link', { name: 'r1', exact: true }).click()
      await page.getByRole('heading', { name: 'r1', exact: true }).waitFor()
      await expectNoViolations(tab)
      expect(await page.title()).toContain('r1')
      await page.getByRole('link', { name: 'Correct' }).first().click()
      await page.getByRole('heading', { name: 'Correct an answer' }).waitFor()
      await expectNoViolations(tab)
      await page.goto(`${site.address}${list}`)
      await page.getByRole('checkbox', { name: 'Choose r2' }).check()
      await page.getByLabel('What to do').selectOption('priority')
      await page.getByRole('button', { name: 'Count first' }).click()
      await page.getByText('would get priority 5').waitFor()
      await expectNoViolations(tab)
      await page.getByRole('button', { name: 'Change priority' }).click()
      await page.getByText('1 record changed.').waitFor()
      expect(await page.title()).not.toMatch(/^[12]/)
    },
  )
})
