/** What endpoints hear of: after the undo window, as it is then, and again when it has changed. */
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { nextAssignment } from '../../src/assignments/next.ts'
import { getDataset } from '../../src/datasets/dataset.ts'
import type { Dataset } from '../../src/datasets/document.ts'
import { forgetLabeler } from '../../src/labelers/forget.ts'
import type { Labeler } from '../../src/labelers/labeler.ts'
import { discardResponse } from '../../src/responses/discard.ts'
import { purgeLabeler } from '../../src/responses/forget.ts'
import { submitResponse } from '../../src/responses/submit.ts'
import { undoResponse } from '../../src/responses/undo.ts'
import { type EventType, payloadOf } from '../../src/webhooks/event.ts'
import { makeEvents } from '../../src/webhooks/make-events.ts'
import { makeDataset, makeLabeler } from '../assignments/ground.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { admin, forgetAll, hear, reaching, work } from './ground.ts'
import { openReceiver, type Receiver } from './receiver.ts'

let world: TestParley
let receiver: Receiver
let ana: Labeler
let ben: Labeler
let dee: Labeler
let dataset: Dataset
let count = 0

beforeAll(async () => {
  world = await startParley()
  ana = await makeLabeler(world.parley, 'UANA')
  ben = await makeLabeler(world.parley, 'UBEN')
  dee = await makeLabeler(world.parley, 'UDEE')
})
afterAll(() => world.close())

beforeEach(async () => {
  receiver = await openReceiver()
  reaching(world.parley, receiver)
  dataset = await makeDataset(world.parley, { name: `safety-${++count}`, records: 1, wanted: 2 })
})
afterEach(async () => {
  expect(receiver.unverified).toEqual([])
  for (const { body, type } of receiver.received)
    payloadOf(type as EventType)
      .strict()
      .parse(JSON.parse(body))
  await forgetAll(world.parley)
  await receiver.close()
})

async function answer(who: Labeler, values: object = { safe: 'yes' }) {
  const task = await nextAssignment(world.parley, who, { dataset })
  if (!task) throw new Error('There is no task.')
  await send(who, task.assignmentId, values)
  return task.assignmentId
}

async function send(who: Labeler, assignmentId: string, values: object) {
  const given = { assignmentId, schemaVersion: 1, values }
  await submitResponse(world.parley, who, { ...given, platform: 'slack' })
}

const types = () => receiver.received.map(({ type }) => type).sort()

describe('happy: what is told', () => {
  test('an answer and its completed record, once they can no longer be undone', async () => {
    const { parley, clock } = world
    await hear(parley, receiver)
    await answer(ana)
    clock.advance('5 minutes')
    await answer(ben, { safe: 'no' })
    await work(parley)
    expect(receiver.received).toEqual([])
    clock.advance('6 minutes')
    await work(parley)
    expect(types()).toEqual(['response.submitted'])
    clock.advance('5 minutes')
    await work(parley)
    await work(parley)
    expect(types()).toEqual(['record.completed', 'response.submitted', 'response.submitted'])
    const [completed] = receiver.ofType('record.completed')
    expect(completed?.data).toMatchObject({
      dataset: dataset.name,
      sequence: 1,
      record: { external_id: 'r1', status: 'completed' },
      questions: { safe: { answers: 2, agreement: { value: 0 } } },
      responses: [
        { values: { safe: 'yes' }, counted: true, revision: 1, status: 'submitted' },
        { values: { safe: 'no' } },
      ],
    })
    const people = receiver.received.map(({ body }) => body).join()
    expect(people).toMatch(/"labeler":"p[0-9a-f]{4}-/)
    expect(people).not.toMatch(/UANA|UBEN/)
  })

  test('an answer that was undone is never told; given again, it is told as it is', async () => {
    const { parley, clock } = world
    await hear(parley, receiver)
    const id = await answer(ana)
    clock.advance('9 minutes')
    await undoResponse(parley, ana, { assignmentId: id })
    clock.advance('20 minutes')
    await work(parley)
    expect(receiver.received).toEqual([])
    await send(ana, id, { safe: 'no' })
    clock.advance('11 minutes')
    await work(parley)
    expect(receiver.received.map(({ data }) => data)).toMatchObject([
      { sequence: 1, response: { values: { safe: 'no' } } },
    ])
  })

  test('an edit is told again after its own window, and an edit that was undone is not', async () => {
    const { parley, clock } = world
    await hear(parley, receiver)
    const id = await answer(ana)
    await answer(ben)
    clock.advance('11 minutes')
    await work(parley)
    expect(types()).toEqual(['record.completed', 'response.submitted', 'response.submitted'])
    await send(ana, id, { safe: 'no' })
    clock.advance('9 minutes')
    await work(parley)
    expect(receiver.received).toHaveLength(3)
    await undoResponse(parley, ana, { assignmentId: id, revision: 2 })
    clock.advance('11 minutes')
    await work(parley)
    expect(receiver.received).toHaveLength(3)
    await send(ana, id, { safe: 'no' })
    clock.advance('11 minutes')
    await work(parley)
    const again = receiver.received.slice(3)
    expect(again.map(({ type }) => type).sort()).toEqual(['record.completed', 'response.submitted'])
    for (const { data } of again) expect(data).toMatchObject({ sequence: 2 })
    expect(new Set(receiver.received.map(({ id: one }) => one)).size).toBe(5)
  })

  test('a record that a purge reopens, and one that is completed again by somebody else', async () => {
    const { parley, clock } = world
    await hear(parley, receiver, { events: ['record.completed', 'record.reopened'] })
    await answer(ana)
    await answer(ben)
    clock.advance('11 minutes')
    await work(parley)
    await purgeLabeler(parley, admin, { dataset: dataset.name, labeler: ben.id })
    await work(parley)
    await work(parley)
    await answer(dee, { safe: 'no' })
    clock.advance('11 minutes')
    await work(parley)
    expect(receiver.received.map(({ type, data }) => [type, data['sequence']])).toEqual([
      ['record.completed', 1],
      ['record.reopened', 2],
      ['record.completed', 3],
    ])
  })

  test('a record that enough people found broken, unless one of them takes it back', async () => {
    const { parley, clock } = world
    dataset = await makeDataset(parley, {
      name: `broken-${count}`,
      records: 1,
      discards: 2,
      wanted: 3,
    })
    await hear(parley, receiver)
    const skip = async (who: Labeler) => {
      const task = await nextAssignment(parley, who, { dataset })
      const assignmentId = task?.assignmentId ?? ''
      await discardResponse(parley, who, { assignmentId, reason: 'broken', platform: 'slack' })
      return assignmentId
    }
    await skip(ana)
    const last = await skip(ben)
    await undoResponse(parley, ben, { assignmentId: last })
    clock.advance('20 minutes')
    await work(parley)
    expect(receiver.received).toEqual([])
    const again = { assignmentId: last, reason: 'broken', platform: 'slack' } as const
    await discardResponse(parley, ben, again)
    clock.advance('11 minutes')
    await work(parley)
    expect(types()).toEqual(['record.rejected'])
    expect(receiver.received[0]?.data).toMatchObject({
      record: { status: 'rejected' },
      responses: [{ reason: 'broken' }, { reason: 'broken' }],
    })
  })

  test('only what an endpoint asked for, of the datasets it named, and since it is there', async () => {
    const { parley, clock } = world
    const other = await makeDataset(parley, { name: `other-${count}`, records: 1 })
    await hear(parley, receiver, { events: ['record.completed'], datasets: [other.name] })
    await answer(ana)
    await answer(ben)
    clock.advance('11 minutes')
    await work(parley)
    expect(receiver.received).toEqual([])
    expect((await getDataset(parley, dataset.name)).id).toBe(dataset.id)
    const flags = await parley.db.selectFrom('datasets').select(['name', 'hasEndpoints']).execute()
    expect(flags.filter(({ hasEndpoints }) => hasEndpoints).map(({ name }) => name)).toEqual([
      other.name,
    ])
    // One that comes later hears of what comes later.
    await hear(parley, receiver)
    await purgeLabeler(parley, admin, { dataset: dataset.name, labeler: ben.id })
    clock.advance('1 minute')
    await work(parley)
    expect(types()).toEqual([])
    await answer(dee)
    clock.advance('11 minutes')
    await work(parley)
    expect(types()).toEqual(['record.completed', 'response.submitted'])
  })
})

describe('twice: events', () => {
  test('several workers at once, and one that dies before it commits, make each once', async () => {
    const { parley, clock } = world
    dataset = await makeDataset(parley, { name: `many-${count}`, records: 200, wanted: 1 })
    await hear(parley, receiver)
    for (let n = 0; n < 200; n++) await answer(n % 2 ? ana : ben)
    clock.advance('11 minutes')
    const dying = { ...parley }
    await parley.db
      .transaction()
      .execute(async (db) => {
        await makeEvents({ ...dying, db, afterCommit: () => undefined })
        throw new Error('killed')
      })
      .catch(() => undefined)
    await Promise.all([makeEvents(parley), makeEvents(parley), makeEvents(parley)])
    const { rows } = await sql<{ type: string; count: number; records: number }>`
      select type, count(*)::int as count, count(distinct record_id)::int as records
      from events group by type order by type`.execute(parley.db)
    expect(rows).toEqual([
      { type: 'record.completed', count: 200, records: 200 },
      { type: 'response.submitted', count: 200, records: 200 },
    ])
  })

  test('nothing is noted where nobody hears of it', async () => {
    const { parley } = world
    await answer(ana)
    const { rows } = await sql`select from event_turns`.execute(parley.db)
    expect(rows).toEqual([])
  })

  test('what a person has deleted is in no event any more, sent or not', async () => {
    const { parley, clock } = world
    const who = await makeLabeler(parley, `UGONE${count}`)
    await hear(parley, receiver)
    await parley.db
      .updateTable('datasets')
      .set({ document: JSON.stringify({ ...dataset.document, forget: 'delete' }) })
      .where('id', '=', dataset.id)
      .execute()
    await answer(who, { safe: 'no' })
    await answer(ana)
    clock.advance('11 minutes')
    await makeEvents(parley)
    await forgetLabeler(parley, admin, { labelerId: who.id })
    await work(parley)
    expect(types()).toEqual(['record.reopened', 'response.submitted'])
    const { rows } = await sql<{ body: string }>`select body from events`.execute(parley.db)
    expect(rows.map(({ body }) => body).join()).not.toContain('"no"')
  })
})
