/** A batch of named records: its people get these, in this order, and the claim stays exact. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expireDue } from '../../src/assignments/lease.ts'
import { nextAssignment } from '../../src/assignments/next.ts'
import type { Dataset } from '../../src/datasets/document.ts'
import { type OpenDatabase, openDatabase } from '../../src/db/open.ts'
import { ParleyError } from '../../src/errors.ts'
import type { Labeler } from '../../src/labelers/labeler.ts'
import { openLog } from '../../src/log.ts'
import type { Actor, Parley } from '../../src/parley.ts'
import { getInvitation, startInvitation } from '../../src/reminders/invitation.ts'
import { inviteLabelers } from '../../src/reminders/invite.ts'
import { discardResponse } from '../../src/responses/discard.ts'
import { submitAndNext } from '../../src/responses/submit.ts'
import { makeDataset, makeLabeler } from '../assignments/ground.ts'
import { countDrift } from '../assignments/invariants.ts'
import { calling, keyFor } from '../http/v1/client.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { randomOf } from '../support/random.ts'

const admin: Actor = { type: 'admin', name: 'cleo' }
const platform = 'slack'
let at: TestParley
let made = 0

beforeAll(async () => {
  at = await startParley()
})
afterAll(() => at.close())

const ground = (options: Parameters<typeof makeDataset>[1] = {}) =>
  makeDataset(at.parley, { name: `named-${++made}`, records: 12, ...options })

const keyOf = ({ person: { workspace, userId } }: Labeler) => `slack:${workspace}:${userId}`

/** Invites somebody to these records; they press Start. */
async function begins(dataset: Dataset, labeler: Labeler, records: readonly string[]) {
  const { invited } = await inviteLabelers(at.parley, admin, {
    ...{ dataset: dataset.name, to: [keyOf(labeler)], records },
  })
  expect(invited).toBe(1)
  const id = await invitationOf(dataset, labeler)
  await startInvitation(at.parley, labeler, await getInvitation(at.parley, id))
  return id
}

async function invitationOf(dataset: Dataset, { person }: Labeler): Promise<string> {
  const { id } = await at.parley.db
    .selectFrom('invitations')
    .select('id')
    .where('datasetId', '=', dataset.id)
    .where('userId', '=', person.userId)
    .executeTakeFirstOrThrow()
  return id
}

/** Answers until nothing is left, or so many; returns which records came, in order. */
async function answers(dataset: Dataset, labeler: Labeler, most = 100): Promise<string[]> {
  const came: string[] = []
  let given = await nextAssignment(at.parley, labeler, { dataset })
  while (given && came.length < most) {
    came.push(given.record?.externalId ?? '')
    const { next } = await submitAndNext(at.parley, labeler, {
      ...{ assignmentId: given.assignmentId, schemaVersion: 1, values: { safe: 'yes' }, platform },
    })
    given = next
  }
  return came
}

async function batchOf(dataset: Dataset, { id }: Labeler) {
  const row = await at.parley.db
    .selectFrom('tallies')
    .select(['goal', 'goalInvitation'])
    .where('datasetId', '=', dataset.id)
    .where('labelerId', '=', id)
    .executeTakeFirst()
  return row?.goal ?? null
}

async function expectRight(parley: Parley, dataset: Dataset) {
  const drift = await countDrift(parley, dataset)
  expect(drift).toEqual(Object.fromEntries(Object.keys(drift).map((key) => [key, 0])))
}

describe('happy', () => {
  test('they come first and in the order of the file; then whatever is next', async () => {
    const dataset = await ground({ records: 6 })
    const ana = await makeLabeler(at.parley, 'UNAMED1')
    await begins(dataset, ana, ['r5', 'r2', 'r4', 'r2'])
    expect(await batchOf(dataset, ana)).toBe(3)
    expect(await answers(dataset, ana)).toEqual(['r5', 'r2', 'r4', 'r1', 'r3', 'r6'])
    await expectRight(at.parley, dataset)
  })

  test('nothing is held before they come: others may answer one first, and the batch is shorter', async () => {
    const dataset = await ground({ records: 6 })
    const [ana, ben] = [
      await makeLabeler(at.parley, 'UNAMED2'),
      await makeLabeler(at.parley, 'UNAMED3'),
    ]
    await begins(dataset, ana, ['r1', 'r2', 'r6'])
    expect(await answers(dataset, ben, 2)).toEqual(['r1', 'r2'])
    expect(await answers(dataset, ana, 1)).toEqual(['r6'])
    expect(await batchOf(dataset, ana)).toBe(1)
  })

  test('with all of them answered by others, the batch is over and work goes on', async () => {
    const dataset = await ground({ records: 4 })
    const [ana, ben] = [
      await makeLabeler(at.parley, 'UNAMED4'),
      await makeLabeler(at.parley, 'UNAMED5'),
    ]
    const id = await begins(dataset, ana, ['r1', 'r2'])
    expect(await answers(dataset, ben, 2)).toEqual(['r1', 'r2'])
    const next = await nextAssignment(at.parley, ana, { dataset })
    expect(['r3', 'r4']).toContain(next?.record?.externalId)
    expect(await batchOf(dataset, ana)).toBe(null)
    expect((await getInvitation(at.parley, id)).state).toBe('done')
  })

  test('a lease that ran out is taken up again, before other records', async () => {
    const dataset = await ground({ records: 5 })
    const ana = await makeLabeler(at.parley, 'UNAMED6')
    await begins(dataset, ana, ['r4', 'r3'])
    const first = await nextAssignment(at.parley, ana, { dataset })
    at.clock.advance('2 days')
    await expireDue(at.parley)
    const again = await nextAssignment(at.parley, ana, { dataset })
    expect([again?.assignmentId, again?.shownOrder]).toEqual([
      first?.assignmentId,
      first?.shownOrder,
    ])
    expect(await answers(dataset, ana, 2)).toEqual(['r4', 'r3'])
    await expectRight(at.parley, dataset)
  })

  test('in shares: so many each, in turn, and people for whom none is left are named', async () => {
    const dataset = await ground({ wanted: 2 })
    const three = await Promise.all(
      ['USHARE1', 'USHARE2', 'USHARE3'].map((id) => makeLabeler(at.parley, id)),
    )
    const records = ['r1', 'r2', 'r3', 'r4', 'r5']
    const told = await inviteLabelers(at.parley, admin, {
      ...{ dataset: dataset.name, to: three.map(keyOf), records, each: 3 },
    })
    expect(told).toMatchObject({ invited: 2, already: 0, without: [keyOf(three[2] as Labeler)] })
    const shares: string[][] = []
    for (const labeler of three.slice(0, 2)) {
      const id = await invitationOf(dataset, labeler)
      await startInvitation(at.parley, labeler, await getInvitation(at.parley, id))
      shares.push(await answers(dataset, labeler, (await batchOf(dataset, labeler)) ?? 0))
    }
    expect(shares).toEqual([
      ['r1', 'r2', 'r3'],
      ['r4', 'r5'],
    ])
  })

  test('over HTTP', async () => {
    const dataset = await ground()
    const ana = await makeLabeler(at.parley, 'UHTTP')
    const call = calling(at.parley, await keyFor(at.parley, ['admin']))
    const body = { to: [keyOf(ana)], records: ['r9', 'r8'] }
    const told = await call('POST', `/v1/datasets/${dataset.name}/deliver`, body)
    expect([told.status, told.json.invited]).toEqual([200, 1])
    const id = await invitationOf(dataset, ana)
    await startInvitation(at.parley, ana, await getInvitation(at.parley, id))
    expect(await answers(dataset, ana, 2)).toEqual(['r9', 'r8'])
  })
})

describe('happy: many people with the same list', () => {
  let crowd: OpenDatabase
  beforeAll(() => {
    crowd = openDatabase(at.database.url, { log: openLog({ level: 'error' }), max: 30 })
  })
  afterAll(() => crowd.close())

  test('every record ends with exactly the answers it wants, whoever raced for it', {
    timeout: 120_000,
  }, async () => {
    const dataset = await ground({ records: 120, wanted: 3, discards: 50 })
    const racing: Parley = { ...at.parley, db: crowd.db }
    const records = Array.from({ length: 60 }, (_, n) => `r${n + 1}`)
    const people = await Promise.all(
      Array.from({ length: 24 }, (_, n) => makeLabeler(at.parley, `URACE${n}`)),
    )
    for (const labeler of people.slice(0, 16)) await begins(dataset, labeler, records)
    await Promise.all(people.map((labeler, n) => work(racing, dataset, labeler, randomOf(n + 1))))
    await expectRight(at.parley, dataset)
    const spread = await at.parley.db
      .selectFrom('places')
      .select(['counted', (row) => row.fn.countAll<string>().as('records')])
      .where('datasetId', '=', dataset.id)
      .groupBy('counted')
      .execute()
    expect(spread).toEqual([{ counted: 3, records: '120' }])
  })

  async function work(parley: Parley, dataset: Dataset, labeler: Labeler, random: () => number) {
    for (let idle = 0; idle < 3; ) {
      const given = await nextAssignment(parley, labeler, { dataset })
      if (!given) {
        idle++
        await new Promise((resolve) => setTimeout(resolve, 50))
        continue
      }
      const { assignmentId } = given
      try {
        if (random() < 0.05)
          await discardResponse(parley, labeler, { assignmentId, reason: 'other', platform })
        else
          await submitAndNext(parley, labeler, {
            ...{ assignmentId, schemaVersion: 1, values: { safe: 'no' }, platform },
          })
      } catch (error) {
        if (!(error instanceof ParleyError)) throw error
      }
    }
  }
})

describe('refused', () => {
  test('ids there are not, none at all; nobody is invited then', async () => {
    const dataset = await ground()
    const ana = await makeLabeler(at.parley, 'UREFUSED')
    const ask = (records: readonly string[]) =>
      inviteLabelers(at.parley, admin, { dataset: dataset.name, to: [keyOf(ana)], records })
    await expect(ask(['r1', 'r99', 'x'])).rejects.toThrow('"r99", "x"')
    await expect(ask([])).rejects.toThrow('There is no id')
    const rows = await at.parley.db
      .selectFrom('invitations')
      .select('id')
      .where('datasetId', '=', dataset.id)
      .execute()
    expect(rows).toEqual([])
  })
})
