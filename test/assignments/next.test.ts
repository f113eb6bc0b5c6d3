/** Who gets which record: next, leases, order, blocks. */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  findAssignment,
  getAssignment,
  parseAssignmentId,
} from '../../src/assignments/assignment.ts'
import { excludeLabeler } from '../../src/assignments/distribution.ts'
import { expireDue, renewLease } from '../../src/assignments/lease.ts'
import { nextAssignment } from '../../src/assignments/next.ts'
import type { Dataset } from '../../src/datasets/document.ts'
import type { Labeler } from '../../src/labelers/labeler.ts'
import type { Parley } from '../../src/parley.ts'
import { discardResponse } from '../../src/responses/discard.ts'
import { submitAndNext, submitResponse } from '../../src/responses/submit.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { makeDataset, makeLabeler, setStatus } from './ground.ts'
import { countDrift } from './invariants.ts'

let ground: TestParley
let parley: Parley
let ana: Labeler
let ben: Labeler

beforeAll(async () => {
  ground = await startParley()
  parley = ground.parley
  ana = await makeLabeler(parley, 'UANA')
  ben = await makeLabeler(parley, 'UBEN')
})
afterAll(() => ground.close())

const yes = (assignmentId: string) => ({
  assignmentId,
  schemaVersion: 1,
  values: { safe: 'yes' },
  platform: 'slack' as const,
})

async function next(labeler: Labeler, dataset: Dataset) {
  const given = await nextAssignment(parley, labeler, { dataset })
  if (!given) throw new Error('Nothing was left.')
  return given
}

describe('happy', () => {
  test('a labeler gets a record with all that a card needs, in one call', async () => {
    const dataset = await makeDataset(parley, { name: 'one', records: 1 })
    const given = await next(ana, dataset)
    expect(given).toMatchObject({
      status: 'leased',
      slot: 0,
      record: { externalId: 'r1', fields: { prompt: 'Question 1' } },
      response: null,
      tally: { submitted: 0 },
    })
    expect([...given.shownOrder].sort()).toEqual(['o1', 'o2'])
    expect(parseAssignmentId(given.assignmentId)).not.toBeNull()
    expect(given.leaseUntil?.getTime()).toBe(parley.now().getTime() + 30 * 60_000)
  })

  test('records come by priority, then in the order of the file', async () => {
    const dataset = await makeDataset(parley, {
      name: 'priorities',
      records: 4,
      priority: (n) => (n === 3 ? 9 : n === 2 ? 5 : 0),
    })
    const order: string[] = []
    let given = await nextAssignment(parley, ana, { dataset })
    while (given) {
      order.push(given.record.externalId)
      given = (await submitAndNext(parley, ana, yes(given.assignmentId))).next
    }
    expect(order).toEqual(['r3', 'r2', 'r1', 'r4'])
  })

  test('two labelers see the outputs of one record in different orders', async () => {
    const dataset = await makeDataset(parley, { name: 'orders', records: 1, outputs: 3, wanted: 3 })
    const [first, second] = [await next(ana, dataset), await next(ben, dataset)]
    expect(first.recordId).toBe(second.recordId)
    expect([first.slot, second.slot]).toEqual([0, 1])
    const [a, b, c] = first.shownOrder
    expect(second.shownOrder).toEqual([b, c, a])
  })

  test('a form with text to write is held for an hour', async () => {
    const questions = [{ type: 'text', name: 'answer', title: 'Answer' }]
    const dataset = await makeDataset(parley, { name: 'text', questions })
    const { leaseUntil } = await next(ana, dataset)
    expect(leaseUntil?.getTime()).toBe(parley.now().getTime() + 60 * 60_000)
  })

  test('a slow labeler gets three times their mean time', async () => {
    const dataset = await makeDataset(parley, { name: 'slow' })
    const given = await next(ana, dataset)
    ground.clock.advance('20 minutes')
    const { next: second } = await submitAndNext(parley, ana, yes(given.assignmentId))
    expect(second?.leaseUntil?.getTime()).toBe(parley.now().getTime() + 60 * 60_000)
  })

  test('a lease that ran out goes to somebody else, and the slot with it', async () => {
    const dataset = await makeDataset(parley, { name: 'expiry', records: 1 })
    const given = await next(ana, dataset)
    expect(await nextAssignment(parley, ben, { dataset })).toBeNull()
    ground.clock.advance('31 minutes')
    const taken = await next(ben, dataset)
    expect(taken).toMatchObject({ recordId: given.recordId, slot: 0 })
    expect(await countDrift(parley, dataset)).toMatchObject({ 'places.leased': 0 })
  })

  test('the sweep frees what ran out, and its labeler may take it up again as it was', async () => {
    const dataset = await makeDataset(parley, { name: 'sweep', records: 1, outputs: 4 })
    const given = await next(ana, dataset)
    ground.clock.advance('31 minutes')
    expect(await expireDue(parley)).toBeGreaterThan(0)
    const found = await getAssignment(parley, ana, given.assignmentId)
    expect(found.status).toBe('expired')
    const again = await next(ana, dataset)
    expect(again).toMatchObject({
      assignmentId: given.assignmentId,
      shownOrder: given.shownOrder,
      status: 'leased',
    })
  })

  test('renewing keeps a record with its labeler', async () => {
    const dataset = await makeDataset(parley, { name: 'renew', records: 1 })
    const { assignmentId } = await next(ana, dataset)
    ground.clock.advance('20 minutes')
    expect(await renewLease(parley, ana, { assignmentId, document: dataset.document })).toBe(true)
    ground.clock.advance('20 minutes')
    expect(await nextAssignment(parley, ben, { dataset })).toBeNull()
  })

  test('a record whose place was locked when the labeler passed is found looking back', async () => {
    const dataset = await makeDataset(parley, { name: 'lookback', records: 3 })
    const { rows } = await sql<{ id: string }>`
      select id from records where dataset_id = ${dataset.id} and external_id = 'r1'
    `.execute(parley.db)
    const passed = await parley.db.transaction().execute(async (db) => {
      await sql`select from places where record_id = ${rows[0]?.id ?? ''} for update`.execute(db)
      return next(ana, dataset)
    })
    expect(passed.record.externalId).toBe('r2')
    const third = await submitAndNext(parley, ana, yes(passed.assignmentId))
    expect(third.next?.record.externalId).toBe('r3')
    const first = await submitAndNext(parley, ana, yes(third.next?.assignmentId ?? ''))
    expect(first.next?.record.externalId).toBe('r1')
  })

  test('more outputs than one card shows are dealt in balanced blocks', async () => {
    for (const [n, most] of [
      [4, 2],
      [5, 2],
      [6, 4],
      [7, 7],
      [9, 6],
    ] as const) {
      const ids = Array.from({ length: n }, (_, i) => `o${i}`)
      const { rows } = await sql<{ shown: string[] }>`
        select shown_order(${ids}, slot, ${most}) as shown from generate_series(0, ${n - 1}) slot
      `.execute(parley.db)
      for (let place = 0; place < most; place++)
        expect(rows.map(({ shown }) => shown[place]).sort()).toEqual(ids)
      for (const { shown } of rows) expect(new Set(shown).size).toBe(most)
    }
  })

  test('somebody who steps aside from what they hold gets another record', async () => {
    const dataset = await makeDataset(parley, { name: 'after', records: 2 })
    const given = await next(ana, dataset)
    const other = await nextAssignment(parley, ana, { dataset, after: given.assignmentId })
    expect(other?.recordId).not.toBe(given.recordId)
  })
})

describe('refused', () => {
  test('a paused dataset gives nothing new, but what is held stays', async () => {
    const dataset = await makeDataset(parley, { name: 'paused', records: 2 })
    const given = await next(ana, dataset)
    const paused = await setStatus(parley, dataset, 'paused')
    expect(await nextAssignment(parley, ben, { dataset: paused })).toBeNull()
    expect((await next(ana, paused)).assignmentId).toBe(given.assignmentId)
    await setStatus(parley, dataset, 'closed')
    expect(await nextAssignment(parley, ana, { dataset })).toBeNull()
  })

  test('nobody is given a record twice, nor one they are kept from', async () => {
    const dataset = await makeDataset(parley, { name: 'twice', records: 2, wanted: 5 })
    const given = await next(ana, dataset)
    const { next: second } = await submitAndNext(parley, ana, yes(given.assignmentId))
    await excludeLabeler(parley, {
      datasetId: dataset.id,
      recordId: given.recordId,
      labelerId: ben.id,
    })
    await discardResponse(parley, ana, {
      assignmentId: second?.assignmentId ?? '',
      reason: 'other',
      platform: 'slack',
    })
    expect(await nextAssignment(parley, ana, { dataset })).toBeNull()
    const only = await next(ben, dataset)
    expect(only.recordId).toBe(second?.recordId)
    expect((await submitAndNext(parley, ben, yes(only.assignmentId))).next).toBeNull()
  })

  test('text that is no assignment id finds nothing', async () => {
    for (const id of ['', '1', '1-', '-1', '1-1x', '01-1', '1-99999999999999999999', "1-1' or 1"])
      expect(await findAssignment(parley, ana, id)).toBeNull()
    expect(await findAssignment(parley, ana, '99999-1')).toBeNull()
    await expect(getAssignment(parley, ana, '99999-1')).rejects.toMatchObject({ code: 'not_found' })
    await expect(
      renewLease(parley, ana, {
        assignmentId: 'x',
        document: (await makeDataset(parley, { name: 'ids' })).document,
      }),
    ).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('forbidden', () => {
  test('somebody else’s assignment can be neither read, renewed nor answered', async () => {
    const dataset = await makeDataset(parley, { name: 'others', records: 1 })
    const { assignmentId } = await next(ana, dataset)
    await expect(findAssignment(parley, ben, assignmentId)).rejects.toMatchObject({
      code: 'forbidden',
    })
    expect(await renewLease(parley, ben, { assignmentId, document: dataset.document })).toBe(false)
    await expect(submitResponse(parley, ben, yes(assignmentId))).rejects.toMatchObject({
      code: 'forbidden',
    })
  })
})

describe('twice', () => {
  test('asking ten times at once gives one record', async () => {
    const dataset = await makeDataset(parley, { name: 'at-once', records: 20 })
    const given = await Promise.all(Array.from({ length: 10 }, () => next(ana, dataset)))
    expect(new Set(given.map(({ assignmentId }) => assignmentId)).size).toBe(1)
    expect(Object.values(await countDrift(parley, dataset)).every((rows) => rows === 0)).toBe(true)
  })
})
