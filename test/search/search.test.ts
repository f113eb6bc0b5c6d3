/** Records are found by words, parts of words and what they have besides, and told how far that is known. */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nextAssignment } from '../../src/assignments/next.ts'
import { deleteDataset } from '../../src/datasets/delete.ts'
import type { Dataset } from '../../src/datasets/document.ts'
import { forgetLabeler } from '../../src/labelers/forget.ts'
import type { Labeler } from '../../src/labelers/labeler.ts'
import { pseudonymsOf } from '../../src/labelers/pseudonyms.ts'
import type { Actor } from '../../src/parley.ts'
import { deleteRecord } from '../../src/records/record.ts'
import { RecordLine } from '../../src/records/record-line.ts'
import { upsertRecords } from '../../src/records/upsert.ts'
import { discardResponse } from '../../src/responses/discard.ts'
import { submitResponse } from '../../src/responses/submit.ts'
import { undoResponse } from '../../src/responses/undo.ts'
import { readFilter } from '../../src/search/filter.ts'
import { type FindInput, findRecords } from '../../src/search/find-records.ts'
import { readRecords } from '../../src/search/read-records.ts'
import { deleteRecords } from '../../src/selections/delete.ts'
import { makeDataset, makeLabeler, safety } from '../assignments/ground.ts'
import { countDrift } from '../assignments/invariants.ts'
import { calling, keyFor } from '../http/v1/client.ts'
import { startParley, type TestParley } from '../support/parley.ts'

const admin: Actor = { type: 'admin', name: 'cleo' }
let at: TestParley
let made = 0

beforeAll(async () => {
  at = await startParley()
})
afterAll(() => at.close())

const why = { type: 'text', name: 'why', title: 'Why?', required: false }

async function ground(records: readonly object[], wanted = 3): Promise<Dataset> {
  const name = `search-${++made}`
  const questions = [safety, why]
  const dataset = await makeDataset(at.parley, { name, records: 0, wanted, questions })
  await load(dataset, records)
  return dataset
}

async function load(dataset: Dataset, records: readonly object[]) {
  const lines = records.map((record, n) =>
    RecordLine.parse({
      ...{ format: 1, external_id: `r${n + 1}`, outputs: [] },
      ...record,
    }),
  )
  await upsertRecords(at.parley, dataset, lines)
}

async function find(dataset: Dataset, input: Omit<FindInput, 'dataset'>): Promise<string[]> {
  const page = await findRecords(at.parley, admin, { dataset: dataset.name, ...input })
  return page.records.map(({ externalId }) => externalId)
}

/** Everything that waits is read. */
async function readAll() {
  while ((await readRecords(at.parley)).isMore);
}

const people = new Map<string, Labeler>()

async function answer(dataset: Dataset, userId: string, values: object) {
  const labeler = people.get(userId) ?? (await makeLabeler(at.parley, userId))
  people.set(userId, labeler)
  const given = await nextAssignment(at.parley, labeler, { dataset })
  if (!given) throw new Error('Nothing is left.')
  const { assignmentId } = given
  const one = { assignmentId, schemaVersion: 1, values, platform: 'slack' as const }
  await submitResponse(at.parley, labeler, one)
  return { labeler, assignmentId }
}

async function nextOf(dataset: Dataset, userId: string): Promise<string | undefined> {
  const given = await nextAssignment(at.parley, await makeLabeler(at.parley, userId), { dataset })
  return given?.record?.externalId
}

const prompt = (text: string) => ({ fields: { prompt: text } })

describe('happy: finds', () => {
  test('words of prompt, outputs and answers; all of them, in order, either, without', async () => {
    const dataset = await ground([
      {
        ...prompt('How do refunds work?'),
        outputs: [{ id: 'a', text: 'By card.', model: 'Tiny 1' }],
      },
      prompt('Where is my parcel?'),
      prompt('Refunds for a parcel that never came'),
    ])
    await answer(dataset, 'UANA', { safe: 'yes', why: 'Sounds trustworthy' })
    await readAll()
    expect(await find(dataset, { text: 'REFUNDS' })).toEqual(['r1', 'r3'])
    expect(await find(dataset, { text: 'parcel refunds' })).toEqual(['r3'])
    expect(await find(dataset, { text: '"my parcel"' })).toEqual(['r2'])
    expect(await find(dataset, { text: 'card or where' })).toEqual(['r1', 'r2'])
    expect(await find(dataset, { text: 'refunds -parcel' })).toEqual(['r1'])
    expect(await find(dataset, { text: 'trustworthy' })).toEqual(['r1'])
    expect(await find(dataset, { text: 'r2' })).toEqual(['r2'])
  })

  test('parts of words where no whole word fits, or a star asks for them; texts without spaces', async () => {
    const dataset = await ground([
      prompt('Unbelievable'),
      prompt('believe'),
      prompt('東京タワーの高さは？'),
      prompt('a 100% `code()` %_\\ case'),
    ])
    await readAll()
    const page = await findRecords(at.parley, admin, { dataset: dataset.name, text: 'believab' })
    expect(page).toMatchObject({ by: 'parts', next: null, isSlow: false })
    expect(page.records.map(({ externalId }) => externalId)).toEqual(['r1'])
    expect(await find(dataset, { text: 'believe' })).toEqual(['r2'])
    expect(await find(dataset, { text: 'believ*' })).toEqual(['r1', 'r2'])
    expect(await find(dataset, { text: '京タワ' })).toEqual(['r3'])
    expect(await find(dataset, { text: '%_\\' })).toEqual(['r4'])
    expect(await find(dataset, { text: 'nowhere%' })).toEqual([])
  })

  test('what records have besides: status, model, metadata, labeler, flags, days, language', async () => {
    const dataset = await ground(
      [
        { ...prompt('one'), metadata: { lang: 'de', batch: { part: 2 }, tags: ['x', "it's"] } },
        { ...prompt('two'), outputs: [{ id: 'a', text: 'b', model: "O'Model \\ 2" }] },
        { ...prompt('three'), gold: { safe: 'no' } },
      ],
      1,
    )
    const ana = await answer(dataset, 'UBEN', { safe: 'yes' })
    at.clock.advance('40 days')
    await answer(dataset, 'UCAT', { safe: 'yes' })
    await readAll()
    const day = at.clock.now().toISOString().slice(0, 10)
    const names = await pseudonymsOf(at.parley, dataset.id, [ana.labeler.id])
    expect(await find(dataset, { status: 'completed' })).toEqual(['r1', 'r2'])
    expect(await find(dataset, { status: 'pending' })).toEqual(['r3'])
    expect(await find(dataset, { model: "o'model \\ 2" })).toEqual(['r2'])
    expect(await find(dataset, { language: 'DE' })).toEqual(['r1'])
    expect(await find(dataset, { metadata: ['batch.part=2', "tags=it's"] })).toEqual(['r1'])
    expect(await find(dataset, { gold: true })).toEqual(['r3'])
    expect(await find(dataset, { labeler: names.get(ana.labeler.id) ?? '' })).toEqual(['r1'])
    expect(await find(dataset, { from: day, to: day })).toEqual(['r2'])
    expect(await find(dataset, { from: '2020-02-02' })).toEqual(['r1', 'r2'])
    expect(await find(dataset, { text: 'two', status: 'completed' })).toEqual(['r2'])
    expect(await find(dataset, { text: 'two', status: 'pending' })).toEqual([])
  })

  test('the most disputed first, and only those if asked', async () => {
    const dataset = await ground([prompt('calm'), prompt('wild'), prompt('half')], 2)
    for (const [who, all] of [
      ['UA', ['yes', 'yes', 'no']],
      ['UB', ['yes', 'no', 'no']],
    ] as const)
      for (const safe of all) await answer(dataset, who, { safe })
    await readAll()
    const page = await findRecords(at.parley, admin, {
      dataset: dataset.name,
      sort: 'disagreement',
    })
    expect(page.records).toMatchObject([{ externalId: 'r2', disagreement: 1 }])
    expect(await find(dataset, { disputed: true })).toEqual(['r2'])
    expect(await find(dataset, { disputed: true, text: 'calm' })).toEqual([])
    expect(await find(dataset, { sort: 'disagreement', text: 'wil*' })).toEqual(['r2'])
  })

  test('page by page, each record once, with and without words', async () => {
    const many = Array.from({ length: 23 }, (_, n) => prompt(n % 2 ? 'odd one' : 'even one'))
    const dataset = await ground(many)
    await readAll()
    for (const [input, count] of [
      [{}, 23],
      [{ text: 'one' }, 23],
      [{ text: 'odd' }, 11],
      [{ text: 'dd*' }, 11],
    ] as const) {
      const seen: string[] = []
      let cursor: string | null = null
      do {
        const page = await findRecords(at.parley, admin, {
          ...{ dataset: dataset.name, limit: 5, ...input },
          ...(cursor === null ? {} : { cursor }),
        })
        seen.push(...page.records.map(({ externalId }) => externalId))
        cursor = page.next
      } while (cursor !== null)
      expect(seen).toHaveLength(count)
      expect(new Set(seen).size).toBe(count)
    }
  })

  test('blocks of ids far apart, and other datasets’ records between them are not found', async () => {
    const dataset = await ground([prompt('here zebra')])
    await ground([prompt('elsewhere zebra')])
    await sql`select setval(pg_get_serial_sequence('records', 'id'),
      (select max(id) from records) + 9000000)`.execute(at.parley.db)
    await load(dataset, [{ external_id: 'far', ...prompt('far zebra') }])
    await readAll()
    expect(await find(dataset, { text: 'zebra' })).toEqual(['r1', 'far'])
    expect(await find(dataset, { text: 'zebra', limit: 1 })).toEqual(['r1'])
  })
})

describe('happy: keeps up', () => {
  test('it says how far it has come, and reads what changed', async () => {
    const dataset = await ground([prompt('before')])
    const unread = await findRecords(at.parley, admin, { dataset: dataset.name, text: 'before' })
    expect(unread).toMatchObject({ records: [], indexed: { until: null, share: 0 } })
    await readAll()
    const read = await findRecords(at.parley, admin, { dataset: dataset.name, text: 'before' })
    expect(read.indexed).toEqual({ until: at.clock.now(), share: 1 })
    expect(read.records).toHaveLength(1)
    at.clock.advance('1 minute')
    await load(dataset, [prompt('afterwards')])
    await readAll()
    expect(await find(dataset, { text: 'afterwards' })).toEqual(['r1'])
    expect(await find(dataset, { text: 'before' })).toEqual([])
  })

  test('an answer that is edited, taken back or skipped; nothing is read twice', async () => {
    const dataset = await ground([prompt('question')], 2)
    const { labeler, assignmentId } = await answer(dataset, 'UEVE', { safe: 'yes', why: 'First' })
    await readAll()
    expect(await find(dataset, { text: 'first' })).toEqual(['r1'])
    const edit = { assignmentId, schemaVersion: 1, platform: 'slack' as const }
    await submitResponse(at.parley, labeler, { ...edit, values: { safe: 'yes', why: 'Second' } })
    await readAll()
    expect(await find(dataset, { text: 'second' })).toEqual(['r1'])
    at.clock.advance('5 minutes')
    await undoResponse(at.parley, labeler, { assignmentId })
    await undoResponse(at.parley, labeler, { assignmentId })
    await readAll()
    expect(await find(dataset, { text: 'second' })).toEqual([])
    await discardResponse(at.parley, labeler, {
      assignmentId,
      reason: 'unclear',
      platform: 'slack',
    })
    await readAll()
    expect(await find(dataset, { flag: 'skipped' })).toEqual(['r1'])
    expect((await readRecords(at.parley)).read).toBe(0)
  })

  test('what is deleted is found no more, at once', async () => {
    const dataset = await ground([prompt('secret plan'), prompt('plan')])
    const { labeler } = await answer(dataset, 'UFAY', { safe: 'yes', why: 'My private reason' })
    await readAll()
    expect(await find(dataset, { text: 'private' })).toEqual(['r1'])
    const kept = { ...dataset.document, forget: 'delete' }
    await at.parley.db
      .updateTable('datasets')
      .set({ document: JSON.stringify(kept) })
      .where('id', '=', dataset.id)
      .execute()
    await forgetLabeler(at.parley, admin, { labelerId: labeler.id })
    const { rows } = await sql<{ said: string | null }>`
      select said from record_search where said like '%private%'`.execute(at.parley.db)
    expect(rows).toEqual([])
    await readAll()
    expect(await find(dataset, { text: 'private' })).toEqual([])
    await deleteRecord(at.parley, admin, { dataset: dataset.name, externalId: 'r2' })
    expect(await find(dataset, { text: 'plan' })).toEqual(['r1'])
  })
})

test('happy: a dataset that is deleted leaves nothing for searches', async () => {
  const dataset = await ground([prompt('gone')])
  await readAll()
  await deleteDataset(at.parley, admin, { dataset: dataset.name })
  for (const table of ['recordSearch', 'searchProgress'] as const) {
    const rows = await at.parley.db
      .selectFrom(table)
      .select('datasetId')
      .where('datasetId', '=', dataset.id)
      .execute()
    expect(rows).toEqual([])
  }
})

describe('happy: what is found is changed', () => {
  test('priority, counted first; over HTTP and all that a search finds', async () => {
    const dataset = await ground([prompt('urgent one'), prompt('calm'), prompt('urgent two')])
    await readAll()
    const call = calling(at.parley, await keyFor(at.parley, ['admin']))
    const path = `/v1/datasets/${dataset.name}`
    const asked = { found: { q: 'urgent' }, priority: 7 }
    const dry = await call('POST', `${path}/records/priority`, { ...asked, dry_run: true })
    expect(dry.json).toEqual({ matched: 2, prioritized: 2, dry_run: true, stopped: false })
    const done = await call('POST', `${path}/records/priority`, { ...asked, expect: 2 })
    expect(done.json).toMatchObject({ prioritized: 2, dry_run: false })
    const found = await call('GET', `${path}/search?q=urgent&limit=1`)
    expect(found.json).toMatchObject({
      data: [{ external_id: 'r1', priority: 7, excerpt: 'urgent one' }],
      by: 'words',
      indexed_until: at.clock.now().toISOString(),
    })
    const rest = await call('GET', `${path}/search?q=urgent&cursor=${found.json.next}`)
    expect(rest.json).toMatchObject({ data: [{ external_id: 'r3' }], next: null })
    const [first, second] = [await nextOf(dataset, 'UGIL'), await nextOf(dataset, 'UHAL')]
    expect([first, second]).toEqual(['r1', 'r1'])
    expect(Object.values(await countDrift(at.parley, dataset)).every((n) => n === 0)).toBe(true)
    const none = { found: { q: 'urgent' }, ids: ['r1'], priority: 1 }
    expect((await call('POST', `${path}/records/priority`, none)).status).toBe(422)
    const wrong = await call('GET', `${path}/search?from=yesterday`)
    expect([wrong.status, Object.keys(wrong.json.error.problems)]).toEqual([422, ['from']])
  })

  test('deleted, however many pages they are', async () => {
    const many = Array.from({ length: 1203 }, (_, n) => prompt(n % 3 ? 'drop' : 'keep'))
    const dataset = await ground(many)
    await readAll()
    const input = { dataset: dataset.name, found: { text: 'drop' } }
    await expect(deleteRecords(at.parley, admin, input)).rejects.toThrow('802')
    expect(await deleteRecords(at.parley, admin, { ...input, expect: 802 })).toMatchObject({
      deleted: 802,
      matched: 802,
    })
    expect(await find(dataset, { text: 'drop' })).toEqual([])
    expect(await find(dataset, { text: 'keep', limit: 500 })).toHaveLength(401)
  })
})

describe('happy: without the extension', () => {
  test('parts of words are looked for in a few records a page, and it says so', async () => {
    const dataset = await ground([prompt('Unbelievable')])
    await readAll()
    await sql`drop index record_search_parts`.execute(at.parley.db)
    await sql`create index record_search_words on record_search using gin (words)`.execute(
      at.parley.db,
    )
    const page = await findRecords(at.parley, admin, { dataset: dataset.name, text: 'believab' })
    expect(page).toMatchObject({ by: 'parts', isSlow: true, records: [{ externalId: 'r1' }] })
    expect(await find(dataset, { text: 'unbelievable' })).toEqual(['r1'])
  })
})

describe('refused', () => {
  test('a filter that cannot be read, each part by its name', () => {
    const read = () =>
      readFilter({ status: 'done', flag: 'x', metadata: 'no', from: '2026-02-30', to: '1' })
    expect(read).toThrow(expect.objectContaining({ code: 'invalid' }))
    try {
      read()
    } catch (error) {
      expect(Object.keys((error as { problems: object }).problems).sort()).toEqual(
        ['flag', 'from', 'metadata', 'status', 'to'].sort(),
      )
    }
    expect(readFilter({ q: '  ', status: '' })).toEqual({})
  })

  test('a pseudonym of nobody, a cursor of no list, another dataset', async () => {
    const dataset = await ground([prompt('x')])
    await expect(find(dataset, { labeler: 'p-nobody' })).rejects.toMatchObject({ code: 'invalid' })
    await expect(find(dataset, { cursor: 'bm9wZQ' })).rejects.toMatchObject({ code: 'invalid' })
    const only: Actor = { type: 'admin', name: 'key', only: '999999' }
    await expect(
      findRecords(at.parley, only, { dataset: dataset.name, text: 'x' }),
    ).rejects.toMatchObject({ code: 'not_found' })
  })

  test('hostile words are words', async () => {
    const dataset = await ground([
      prompt("' | '#d1' & !!"),
      prompt('\u202eabc \u0001 <b>'),
      prompt('x'.repeat(100_000)),
    ])
    await readAll()
    for (const text of ["'", "' | '#d1", '#d1', '!!!', '(((', '\\', ':*', 'a:*', '<->', '"', '-'])
      await find(dataset, { text })
    expect(await find(dataset, { text: 'x'.repeat(500) })).toEqual(['r3'])
  })
})
