/** Reminders of one person that are due at once, sent by two workers; and those that cannot be sent. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { handleInteraction } from '../../src/chat/handle.ts'
import type { Person, SendFailure } from '../../src/chat/port/port.ts'
import { createDataset } from '../../src/datasets/create.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { publishDataset } from '../../src/datasets/publish.ts'
import { importRecords } from '../../src/imports/import-records.ts'
import { consentVersion, findLabeler } from '../../src/labelers/labeler.ts'
import { deliverDue, sweepDeliveries } from '../../src/outbound/deliver.ts'
import type { Actor } from '../../src/parley.ts'
import { fireReminders } from '../../src/reminders/fire.ts'
import { getInvitation, startInvitation } from '../../src/reminders/invitation.ts'
import { inviteLabelers } from '../../src/reminders/invite.ts'
import { settleReminders } from '../../src/reminders/outcome.ts'
import { getPreferences } from '../../src/reminders/preferences.ts'
import { enrolLabeler, scheduleDigest } from '../../src/reminders/schedule.ts'
import { startParley, type TestParley } from '../support/parley.ts'

const actor: Actor = { type: 'admin', name: 'the test' }
const place = { platform: 'slack', workspace: 'T1' } as const
const datasets = ['first', 'second', 'third'] as const

let house: TestParley
let other: TestParley
/** Who cannot be written to, and why. */
const closed = new Map<string, SendFailure>()
const meanings = new WeakMap<Error, SendFailure>()

beforeAll(async () => {
  house = await startParley({ max: 12 })
  other = await startParley({ database: house.database })
  for (const { parley } of [house, other]) {
    const slack = parley.platforms.get('slack')
    if (!slack) continue
    parley.platforms.set('slack', {
      ...slack,
      profile: async () => ({ zone: 'UTC', locale: null }),
      send: async (to, reply, attempt) => {
        await attempt?.starting()
        // Long enough for the other worker to look at the same person meanwhile.
        await new Promise((resolve) => setTimeout(resolve, 20))
        const failure = 'userId' in to ? closed.get(to.userId) : undefined
        if (failure) throw refusal(failure)
        return slack.send(to, reply)
      },
      failureOf: (error) => (error instanceof Error && meanings.get(error)) || { type: 'unknown' },
    })
  }
  for (const name of datasets) await makeDataset(name)
}, 60_000)
afterAll(async () => {
  await other.close()
  await house.close()
})
beforeEach(async () => {
  closed.clear()
  for (const one of [house, other]) {
    one.sent.length = 0
    one.clock.set(new Date('2026-03-02T09:00:00Z'))
  }
  for (const table of ['reminders', 'deliveries', 'preferences', 'invitations'] as const)
    await house.parley.db.deleteFrom(table).execute()
})

function refusal(failure: SendFailure): Error {
  const error = new Error('Slack says no.')
  meanings.set(error, failure)
  return error
}

async function makeDataset(name: string): Promise<void> {
  const document = parseDocument(
    `name: ${name}\ntitle: The ${name}\ntemplate: thumbs\naccess: everyone\n`,
  )
  await createDataset(house.parley, actor, { document })
  const records = Array.from({ length: 40 }, (_, i) => ({
    ...{ external_id: `r${i}`, prompt: `p${i}`, outputs: [`o${i}`] },
  }))
  const source = [Buffer.from(records.map((one) => JSON.stringify(one)).join('\n'))]
  await importRecords(house.parley, actor, { dataset: name, source })
  await publishDataset(house.parley, actor, { dataset: name })
}

/** Somebody who began a batch of each of these and lets them lie; without a digest. */
async function begins(userId: string, names: readonly string[]): Promise<Person> {
  const { parley } = house
  const by: Person = { platform: 'slack', workspace: 'T1', userId }
  await handleInteraction(parley, { by, type: 'consent', version: consentVersion })
  const labeler = await findLabeler(parley, by)
  if (!labeler) throw new Error(`${userId} did not agree.`)
  await parley.settled()
  await enrolLabeler(parley, labeler)
  await parley.db.updateTable('labelers').set({ zone: 'UTC' }).execute()
  await handleInteraction(parley, { by, type: 'prefer', change: { kind: 'digest', on: false } })
  for (const dataset of names) {
    await inviteLabelers(parley, actor, { dataset, to: [`slack:T1:${userId}`], each: 5 })
    const { id } = await parley.db
      .selectFrom('invitations')
      .select('id')
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow()
    await startInvitation(parley, labeler, await getInvitation(parley, id))
  }
  return by
}

/** Time goes on for both; each fires and delivers what is due, at once. */
async function pass(time: string): Promise<string[]> {
  const before = [house.sent.length, other.sent.length]
  for (const one of [house, other]) one.clock.advance(time)
  await Promise.all([house, other].map(({ parley }) => fireReminders(parley)))
  await Promise.all([house, other].map(({ parley }) => deliverDue(parley, place)))
  await settleReminders(house.parley)
  return [house, other]
    .flatMap(({ sent }, i) => sent.slice(before[i]))
    .flatMap(({ to, reply }) =>
      'userId' in to && reply.type === 'reminder' ? [`${to.userId} ${reply.reminder.kind}`] : [],
    )
    .sort()
}

async function statesOf(kind: 'nudge' | 'digest') {
  const rows = await house.parley.db
    .selectFrom('reminders')
    .select(['state', 'reason'])
    .where('kind', '=', kind)
    .orderBy('id')
    .execute()
  return rows.map(({ state, reason }) => (reason === null ? state : `${state}: ${reason}`))
}

describe('twice: two workers and two nudges due at once', () => {
  test('each of ten people gets one a day, whoever is faster; the other batch is looked after tomorrow', async () => {
    const people = Array.from({ length: 10 }, (_, i) => `U${i}`)
    for (const userId of people) await begins(userId, ['first', 'second'])
    const one = people.map((userId) => `${userId} nudge`)
    expect(await pass('1 day')).toEqual(one)
    expect(await pass('1 minute')).toEqual([])
    const states = await statesOf('nudge')
    expect(states.filter((state) => state === 'sent')).toHaveLength(10)
    expect(states.filter((state) => state.startsWith('skipped'))).toHaveLength(10)
    expect(states.filter((state) => state === 'waiting')).toHaveLength(20)
    expect(await pass('1 day')).toEqual(one)
  })

  test('the third that led to nothing is the last, though a digest and a nudge are due at once', async () => {
    const by = await begins('ULAST', ['first'])
    const { db } = house.parley
    await handleInteraction(house.parley, {
      by,
      type: 'prefer',
      change: { kind: 'digest', on: true },
    })
    await handleInteraction(house.parley, { by, type: 'prefer', change: { digestAt: '09:00' } })
    const labeler = await findLabeler(house.parley, by)
    if (labeler) await scheduleDigest(house.parley, labeler.id)
    await db.updateTable('preferences').set({ ignored: 2 }).execute()
    await db
      .insertInto('reminders')
      .values({
        ...{
          key: 'before',
          kind: 'digest',
          labelerId: labeler?.id ?? '',
          wall: '2026-03-01T09:00',
        },
        ...{ zone: 'UTC', state: 'sent', answer: 'ignored' },
        ...{ dueAt: new Date('2026-03-01T09:00:00Z'), sentAt: new Date('2026-03-01T09:00:00Z') },
        createdAt: new Date('2026-03-01T09:00:00Z'),
      })
      .execute()
    expect(await pass('1 day')).toHaveLength(1)
    expect(await pass('1 minute')).toEqual([])
    expect(await pass('1 day')).toEqual([])
  })

  test('a sender that dies after its look holds the other nudge up for as long as it is silent, no longer', async () => {
    await begins('UDEAD', ['first', 'second'])
    const { db } = house.parley
    house.clock.advance('1 day')
    other.clock.advance('1 day')
    await fireReminders(house.parley)
    const [dead] = await db.selectFrom('reminders').select('id').orderBy('id').limit(1).execute()
    const key = `reminder:${dead?.id}`
    await db
      .updateTable('reminders')
      .set({ state: 'sending' })
      .where('id', '=', dead?.id ?? '')
      .execute()
    const sending = { state: 'sending', attempt: 1, claimedAt: house.clock.now() } as const
    await db.updateTable('deliveries').set(sending).where('key', '=', key).execute()
    expect(await pass('1 second')).toEqual([])
    expect((await statesOf('nudge')).sort()).toEqual(['queued', 'sending'])
    for (const one of [house, other]) one.clock.advance('31 seconds')
    await sweepDeliveries(house.parley)
    expect(await pass('1 second')).toEqual(['UDEAD nudge'])
    expect(await pass('1 minute')).toEqual([])
  })
})

describe('happy: a person who has other things to do', () => {
  test('a nudge and a digest of one day that lead to nothing are one day; the first of the third is the last', async () => {
    await begins('UBUSY', ['first'])
    await handleInteraction(house.parley, {
      by: { ...place, userId: 'UBUSY' },
      type: 'prefer',
      change: { kind: 'digest', on: true },
    })
    const labeler = await findLabeler(house.parley, { ...place, userId: 'UBUSY' })
    if (labeler) await scheduleDigest(house.parley, labeler.id)
    const days: string[][] = []
    for (let day = 1; day <= 4; day++) {
      const atNine = day === 1 ? [] : await pass('30 minutes')
      days.push([...atNine, ...(await pass('30 minutes')), ...(await pass('23 hours'))])
    }
    expect(days).toEqual([['UBUSY digest'], ['UBUSY nudge', 'UBUSY digest'], ['UBUSY nudge'], []])
  })
})

describe('refused: a person nobody can write to', () => {
  test('the reminder ends with its reason; a week of silence, and one more try for who works', async () => {
    const by = await begins('UGONE', ['first'])
    closed.set('UGONE', { type: 'gone', reason: 'user_disabled' })
    expect(await pass('1 day')).toEqual([])
    expect(await statesOf('nudge')).toEqual(['failed: user_disabled', 'waiting'])
    const calls = async () =>
      (
        await house.parley.db
          .selectFrom('deliveries')
          .select('id')
          .where('callingAt', 'is not', null)
          .where('kind', '=', 'reminder')
          .execute()
      ).length
    const before = await calls()
    for (let day = 0; day < 9; day++) await pass('1 day')
    expect(await calls()).toBe(before)
    const next = await handleInteraction(house.parley, { by, type: 'next', dataset: 'first' })
    if (next.type !== 'task') throw new Error(JSON.stringify(next))
    house.clock.advance('2 seconds')
    other.clock.advance('2 seconds')
    const { assignmentId, schemaVersion } = next.card
    await handleInteraction(house.parley, {
      by,
      type: 'press',
      assignmentId,
      schemaVersion,
      press: 0,
    })
    closed.clear()
    expect((await pass('1 day')).concat(await pass('1 day'))).toContain('UGONE nudge')
  })

  test('what they change in their reminders opens the door again, and they read why it was shut', async () => {
    const by = await begins('USHUT', ['first'])
    closed.set('USHUT', { type: 'gone', reason: 'cannot_dm' })
    await pass('1 day')
    const labeler = await findLabeler(house.parley, by)
    if (!labeler) throw new Error('They are somebody.')
    expect(await getPreferences(house.parley, labeler)).toMatchObject({ lost: true })
    closed.clear()
    await handleInteraction(house.parley, {
      by,
      type: 'prefer',
      change: { kind: 'nudge', on: true },
    })
    expect(await getPreferences(house.parley, labeler)).toMatchObject({ lost: false })
    expect(await pass('1 day')).toEqual(['USHUT nudge'])
  })

  test('one that was tried twenty times ends too, and the next day has its own', async () => {
    await begins('UTRIED', ['first'])
    closed.set('UTRIED', { type: 'later', afterMs: 1000 })
    for (const one of [house, other]) one.clock.advance('1 day')
    for (let i = 0; i < 21; i++) await pass('2 seconds')
    expect(await statesOf('nudge')).toEqual(['failed: Slack says no.', 'waiting'])
    closed.clear()
    expect(await pass('1 day')).toEqual(['UTRIED nudge'])
  })
})
