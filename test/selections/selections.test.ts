/** Many records are deleted and requeued by what they have in common, counted first, through every door. */
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nextAssignment } from '../../src/assignments/next.ts'
import { createPosts } from '../../src/assignments/post.ts'
import type { Dataset } from '../../src/datasets/document.ts'
import { importRecords } from '../../src/imports/import-records.ts'
import { listImports } from '../../src/imports/import-row.ts'
import type { Actor } from '../../src/parley.ts'
import { listRecords } from '../../src/records/record.ts'
import { discardResponse } from '../../src/responses/discard.ts'
import { submitResponse } from '../../src/responses/submit.ts'
import { deleteRecords } from '../../src/selections/delete.ts'
import { mostUnasked } from '../../src/selections/in-batches.ts'
import { requeueRecords } from '../../src/selections/requeue.ts'
import { makeDataset, makeLabeler } from '../assignments/ground.ts'
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

/** A dataset with these lines, imported. */
async function ground(lines: readonly object[], options: { wanted?: number } = {}) {
  const name = `set-${++made}`
  const dataset = await makeDataset(at.parley, { name, records: 0, discards: 1, ...options })
  await load(dataset, lines)
  return dataset
}

async function load(dataset: Dataset, lines: readonly object[]) {
  const text = lines.map((line) => JSON.stringify(line)).join('\n')
  const report = await importRecords(at.parley, admin, {
    ...{ dataset: dataset.name, kind: 'jsonl' },
    source: Readable.from([Buffer.from(text)]),
  })
  expect(report.refused.count).toBe(0)
}

const line = (n: number, metadata: object = {}) => ({
  ...{ external_id: `r${n}`, prompt: `Question ${n}?`, outputs: ['yes', 'no'] },
  metadata: { batch: n % 2 ? 'odd' : 'even', ...metadata },
})

const lines = (count: number, from = 1) => Array.from({ length: count }, (_, n) => line(from + n))

async function idsOf(dataset: Dataset): Promise<string[]> {
  const { records } = await listRecords(at.parley, { dataset: dataset.name, limit: 1000 })
  return records.map(({ externalId }) => externalId)
}

async function answer(dataset: Dataset, userId: string, act: 'yes' | 'no' | 'skip' | 'hold') {
  const labeler = await makeLabeler(at.parley, userId)
  const given = await nextAssignment(at.parley, labeler, { dataset })
  if (!given) throw new Error('Nothing is left.')
  const { assignmentId } = given
  if (act === 'skip')
    await discardResponse(at.parley, labeler, { assignmentId, reason: 'broken', platform: 'slack' })
  else if (act !== 'hold')
    await submitResponse(at.parley, labeler, {
      ...{ assignmentId, schemaVersion: 1, values: { safe: act }, platform: 'slack' },
    })
  return given.record?.externalId ?? ''
}

async function expectRight(dataset: Dataset) {
  const drift = await countDrift(at.parley, dataset)
  expect(drift).toEqual(Object.fromEntries(Object.keys(drift).map((key) => [key, 0])))
}

describe('happy: deletes', () => {
  test('those of one import, and no others', async () => {
    const dataset = await ground(lines(3))
    await load(dataset, lines(4, 10))
    const [newest] = await listImports(at.parley, { dataset: dataset.name })
    const input = { dataset: dataset.name, importId: newest?.id ?? '' }
    const dry = await deleteRecords(at.parley, admin, { ...input, dryRun: true })
    expect(dry).toMatchObject({ matched: 4, deleted: 4, dryRun: true })
    expect(await idsOf(dataset)).toHaveLength(7)
    const done = await deleteRecords(at.parley, admin, input)
    expect(done).toMatchObject({ matched: 4, deleted: 4, dryRun: false, stopped: false })
    expect(await idsOf(dataset)).toEqual(['r1', 'r2', 'r3'])
    expect(await deleteRecords(at.parley, admin, input)).toMatchObject({ matched: 0, deleted: 0 })
    await expectRight(dataset)
  })

  test('those a condition holds for: metadata, status, votes, statistics and ids', async () => {
    const dataset = await ground(lines(10))
    const said = [
      await answer(dataset, 'Udel1', 'yes'),
      await answer(dataset, 'Udel2', 'no'),
      await answer(dataset, 'Udel3', 'skip'),
    ]
    const count = async (where: string) =>
      (await deleteRecords(at.parley, admin, { dataset: dataset.name, where, dryRun: true }))
        .matched
    expect(await count('metadata.batch == "odd"')).toBe(5)
    expect(await count('status == "rejected"')).toBe(1)
    expect(await count('status in ("completed", "rejected")')).toBe(3)
    expect(await count('votes == 0 and metadata.batch in ("odd", "even")')).toBe(8)
    expect(await count('majority(safe) == "no"')).toBe(1)
    expect(await count(`external_id == "${said[0]}"`)).toBe(1)
    expect(await count('not metadata.batch == "odd" and priority == 0')).toBe(5)
  })

  test('what people answered or hold stays, and is named; with force the answers go too', async () => {
    const dataset = await ground(lines(6))
    const answered = await answer(dataset, 'Ukeep1', 'yes')
    const held = await answer(dataset, 'Ukeep2', 'hold')
    const input = { dataset: dataset.name, where: 'priority == 0' }
    const done = await deleteRecords(at.parley, admin, input)
    expect(done).toMatchObject({ matched: 6, deleted: 4, answers: 0 })
    expect(done.kept).toMatchObject({ answered: 1, held: 1, posted: 0 })
    expect(done.kept.ids.toSorted()).toEqual([answered, held].toSorted())
    const forced = await deleteRecords(at.parley, admin, { ...input, force: true })
    expect(forced).toMatchObject({ matched: 2, deleted: 2, answers: 1 })
    expect(await idsOf(dataset)).toEqual([])
    await expectRight(dataset)
  })

  test('a record of a post stays, even with force', async () => {
    const dataset = await makeDataset(at.parley, {
      ...{ name: 'posted', records: 3 },
      questions: [{ type: 'ranking', name: 'best', title: 'Which?' }],
    })
    const to = { platform: 'slack', workspace: 'T1', channelId: 'C1' } as const
    await createPosts(at.parley, admin, { dataset: dataset.name, to, records: 1 })
    const input = { dataset: dataset.name, where: 'priority == 0', force: true }
    const done = await deleteRecords(at.parley, admin, input)
    expect(done).toMatchObject({ deleted: 2, kept: { posted: 1 } })
  })

  test('named ones, in any order and named twice', async () => {
    const dataset = await ground(lines(5))
    const input = { dataset: dataset.name, ids: ['r4', 'r2', 'r4'] }
    expect(await deleteRecords(at.parley, admin, input)).toMatchObject({ deleted: 2 })
    expect(await idsOf(dataset)).toEqual(['r1', 'r3', 'r5'])
  })
})

describe('happy: many', () => {
  test('more than a few want a yes or the count; the audit has both ends of it', async () => {
    const dataset = await ground(lines(mostUnasked + 1))
    const input = { dataset: dataset.name, where: 'priority == 0' }
    const sayHow = `--expect ${mostUnasked + 1}`
    await expect(deleteRecords(at.parley, admin, input)).rejects.toThrow(sayHow)
    await expect(deleteRecords(at.parley, admin, { ...input, expect: 5 })).rejects.toThrow('not 5')
    expect(await idsOf(dataset)).toHaveLength(mostUnasked + 1)
    const done = await deleteRecords(at.parley, admin, { ...input, expect: mostUnasked + 1 })
    expect(done.deleted).toBe(mostUnasked + 1)
    const acts = await at.parley.db
      .selectFrom('audit')
      .select(['act', 'detail'])
      .where('dataset', '=', dataset.name)
      .where('act', 'like', 'delete records%')
      .orderBy('id')
      .execute()
    expect(acts.map(({ act }) => act)).toEqual(['delete records', 'delete records: done'])
    expect(acts[1]?.detail).toMatchObject({ where: 'priority == 0', changed: mostUnasked + 1 })
  })

  test('one that was stopped goes on when it is run again', async () => {
    const dataset = await ground(lines(1200))
    const input = { dataset: dataset.name, where: 'metadata.batch == "odd"', yes: true }
    const stop = new AbortController()
    const cut = await deleteRecords(at.parley, admin, {
      ...{ ...input, signal: stop.signal },
      onProgress: () => stop.abort(),
    })
    expect(cut.stopped).toBe(true)
    expect(cut.deleted).toBe(250)
    const rest = await deleteRecords(at.parley, admin, input)
    expect(rest).toMatchObject({ deleted: 350, stopped: false })
    await expectRight(dataset)
  })
})

describe('happy: requeues', () => {
  test('rejected records of a selection are open again; others stay as they are', async () => {
    const dataset = await ground(lines(4))
    const skipped = [await answer(dataset, 'Ureq1', 'skip'), await answer(dataset, 'Ureq2', 'skip')]
    await answer(dataset, 'Ureq3', 'yes')
    const input = { dataset: dataset.name, where: 'priority == 0' }
    const dry = await requeueRecords(at.parley, admin, { ...input, dryRun: true })
    expect(dry).toMatchObject({ matched: 4, requeued: 2 })
    expect(await requeueRecords(at.parley, admin, input)).toMatchObject({ requeued: 2 })
    const { records } = await listRecords(at.parley, { dataset: dataset.name, status: 'pending' })
    expect(records.map(({ externalId }) => externalId)).toEqual(expect.arrayContaining(skipped))
    await expectRight(dataset)
  })
})

describe('happy: over HTTP', () => {
  test('counts, asks, deletes and requeues', async () => {
    const dataset = await ground(lines(8))
    await answer(dataset, 'Uhttp', 'skip')
    const call = calling(at.parley, await keyFor(at.parley, ['admin']))
    const path = `/v1/datasets/${dataset.name}/records`
    const requeued = await call('POST', `${path}/requeue`, { where: 'status == "rejected"' })
    expect([requeued.status, requeued.json]).toEqual([
      200,
      { matched: 1, requeued: 1, dry_run: false, stopped: false },
    ])
    const dry = await call('POST', `${path}/delete`, { ids: ['r1', 'r2'], dry_run: true })
    expect(dry.json).toMatchObject({ matched: 2, dry_run: true })
    const wrong = await call('POST', `${path}/delete`, { ids: ['r1'], expect: 3 })
    expect(wrong.status).toBe(409)
    const where = 'metadata.batch == "even"'
    const done = await call('POST', `${path}/delete`, { where, force: true })
    expect(done.json).toMatchObject({ matched: 4, deleted: 4 })
    const reader = calling(at.parley, await keyFor(at.parley, ['answers:read']))
    expect((await reader('POST', `${path}/delete`, { where })).status).toBe(403)
  })
})

describe('refused', () => {
  const where = (text: string) => {
    const input = { dataset: 'words', where: text, dryRun: true }
    return deleteRecords(at.parley, admin, input)
  }
  beforeAll(() => makeDataset(at.parley, { name: 'words' }))

  test.each([
    ['a word that is nothing of a record', 'not statsu == "rejected"', 'Did you mean "status"?'],
    ['metadata by its bare name', 'lang == "de"', 'Write metadata.lang'],
    ['a status there is not', 'status != "rejectd"', 'Did you mean "rejected"?'],
    ['a question without a statistic', 'safe == "yes"', 'majority(safe)'],
    ['half a condition', 'status ==', 'expected a value'],
  ])('%s', async (_, text, remedy) => {
    await expect(where(text)).rejects.toThrow(remedy)
  })

  test('no selection at all, ids there are not, an import of another dataset', async () => {
    const dataset = await ground(lines(1))
    const [other] = await listImports(at.parley, { dataset: dataset.name })
    const all = { dataset: 'words' }
    await expect(deleteRecords(at.parley, admin, all)).rejects.toThrow('Say which records')
    const ids = ['r1', 'nobody', 'nothing']
    await expect(deleteRecords(at.parley, admin, { ...all, ids })).rejects.toThrow(
      '"nobody", "nothing"',
    )
    const importId = other?.id ?? ''
    await expect(deleteRecords(at.parley, admin, { ...all, importId })).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  test('an admin of another workspace finds no such dataset, and a labeler is no admin', async () => {
    const of = { platform: 'slack', workspace: 'T9', userId: 'U9' } as const
    const stranger: Actor = { type: 'admin', name: 'eve', of }
    const input = { dataset: 'words', where: 'votes == 0' }
    const theirs = await makeDataset(at.parley, { name: 'theirs' })
    await at.parley.db
      .updateTable('datasets')
      .set({ document: JSON.stringify({ ...theirs.document, access: { slack: ['slack:T1'] } }) })
      .where('id', '=', theirs.id)
      .execute()
    await expect(
      deleteRecords(at.parley, stranger, { ...input, dataset: 'theirs' }),
    ).rejects.toMatchObject({ code: 'not_found' })
    const labeler = await makeLabeler(at.parley, 'Unobody')
    await expect(
      requeueRecords(at.parley, { type: 'labeler', labeler }, input),
    ).rejects.toMatchObject({ code: 'forbidden' })
  })
})
