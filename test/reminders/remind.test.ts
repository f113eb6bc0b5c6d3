/** Who is reminded of what, at which hour of theirs, and when Parley keeps quiet instead. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { handleInteraction } from '../../src/chat/handle.ts'
import type { Person, PreferenceChange, Reply } from '../../src/chat/port/port.ts'
import { sayBatch } from '../../src/chat/words/say.ts'
import { words } from '../../src/chat/words/words.ts'
import { createDataset } from '../../src/datasets/create.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { closeDataset, publishDataset } from '../../src/datasets/publish.ts'
import { importRecords } from '../../src/imports/import-records.ts'
import { consentVersion } from '../../src/labelers/labeler.ts'
import { deliverDue } from '../../src/outbound/deliver.ts'
import type { Actor } from '../../src/parley.ts'
import { announceChanges } from '../../src/reminders/announce.ts'
import { fireChannelDigests } from '../../src/reminders/channel-digest.ts'
import { fireReminders } from '../../src/reminders/fire.ts'
import { inviteLabelers } from '../../src/reminders/invite.ts'
import { sentences } from '../../src/sentences.ts'
import { startParley, type TestParley } from '../support/parley.ts'

const actor: Actor = { type: 'admin', name: 'the test' }
const boss: Person = { platform: 'slack', workspace: 'T1', userId: 'UADMIN', channelId: 'C1' }

let house: TestParley
let zones: Map<string, string>
let nth = 0

beforeAll(async () => {
  house = await startParley()
  zones = new Map()
  const slack = house.parley.platforms.get('slack')
  if (slack)
    house.parley.platforms.set('slack', {
      ...slack,
      profile: async ({ userId }) => ({ zone: zones.get(userId) ?? 'UTC', locale: null }),
    })
})
afterAll(() => house.close())
beforeEach(async () => {
  house.sent.length = 0
  await house.parley.db.deleteFrom('reminders').execute()
  await house.parley.db.deleteFrom('preferences').execute()
  house.clock.set(new Date('2026-03-02T09:00:00Z'))
})

async function makeDataset(extra = ''): Promise<string> {
  nth++
  const name = `d${nth}`
  const document = parseDocument(
    `name: ${name}\ntitle: Dataset ${nth}\ntemplate: thumbs\naccess: everyone\n${extra}`,
  )
  await createDataset(house.parley, actor, { document })
  const records = Array.from({ length: 40 }, (_, i) => ({
    external_id: `r${i}`,
    prompt: `p${i}`,
    outputs: [`o${i}`],
  }))
  const source = [Buffer.from(records.map((one) => JSON.stringify(one)).join('\n'))]
  await importRecords(house.parley, actor, { dataset: name, source })
  await publishDataset(house.parley, actor, { dataset: name })
  return name
}

/** Somebody who agreed to take part, at home in a zone. */
async function join(userId: string, zone: string, dataset: string): Promise<Person> {
  const by: Person = { platform: 'slack', workspace: 'T1', userId }
  zones.set(userId, zone)
  await handleInteraction(house.parley, { by, type: 'consent', version: consentVersion, dataset })
  await settle()
  return by
}

/** Lets what was handed to afterCommit run. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 30))
}

/**
 * Moves time on, by quarters of an hour while anybody may be written to, by hours at night; what was sent
 * meanwhile, with the hour in UTC.
 */
async function pass(hours: number): Promise<string[]> {
  const heard: string[] = []
  const end = house.clock.now().getTime() + hours * 3_600_000
  for (;;) {
    const now = house.clock.now()
    if (now.getTime() >= end) break
    const isNight = now.getUTCHours() < 6 || now.getUTCHours() >= 18
    const left = (end - now.getTime()) / 60_000
    house.clock.advance(`${Math.min(isNight ? 60 : 15, left)} minutes`)
    await announceChanges(house.parley)
    await fireReminders(house.parley)
    await fireChannelDigests(house.parley)
    const before = house.sent.length
    await deliverDue(house.parley, { platform: 'slack', workspace: 'T1' })
    for (const { to, reply } of house.sent.slice(before)) {
      const who = 'userId' in to ? to.userId : to.channelId
      heard.push(`${house.clock.now().toISOString().slice(5, 16)} ${who} ${said(reply)}`)
    }
  }
  return heard
}

function said(reply: Reply): string {
  if (reply.type === 'reminder') return reply.reminder.kind
  const isText = reply.type === 'notice' || reply.type === 'answered'
  return isText ? (reply.text.split('\n')[0] ?? '') : reply.type
}

async function answer(by: Person): Promise<Reply> {
  const next = await handleInteraction(house.parley, { by, type: 'next' })
  if (next.type !== 'task') throw new Error(JSON.stringify(next))
  const { assignmentId, schemaVersion } = next.card
  house.clock.advance('2 seconds')
  return handleInteraction(house.parley, {
    ...{ by, type: 'press', assignmentId, schemaVersion, press: 0 },
  })
}

describe('happy: a digest', () => {
  test('comes at half past nine wherever people are, and follows them when they move', async () => {
    const name = await makeDataset()
    await join('UBER', 'Europe/Berlin', name)
    await join('UNYC', 'America/New_York', name)
    // 9:00 in UTC is past half past nine in Berlin.
    expect(await pass(24)).toEqual(['03-02T14:30 UNYC digest', '03-03T08:30 UBER digest'])
    zones.set('UBER', 'America/New_York')
    expect(await pass(24)).toEqual(
      ['03-03T14:30 UNYC digest', '03-04T14:30 UBER digest'].slice(0, 1),
    )
    expect((await pass(6)).sort()).toEqual(['03-04T14:30 UBER digest', '03-04T14:30 UNYC digest'])
    // And goes on: the date they had in both zones is no reason to end. New York ignored three.
    expect(await pass(24)).toEqual(['03-05T14:30 UBER digest'])
    await closeDataset(house.parley, actor, { dataset: name })
  })

  test('stays at half past nine over both edges of summer time', async () => {
    const name = await makeDataset()
    house.clock.set(new Date('2026-03-27T12:00:00Z'))
    await join('UDST', 'Europe/Berlin', name)
    expect(await pass(24 * 4)).toEqual(['03-30T07:30 UDST digest', '03-31T07:30 UDST digest'])
    await closeDataset(house.parley, actor, { dataset: name })
  })

  test('goes on tomorrow for whoever chooses another hour after today’s', async () => {
    const name = await makeDataset()
    const by = await join('UHOUR', 'UTC', name)
    expect(await pass(1)).toEqual(['03-02T09:30 UHOUR digest'])
    await handleInteraction(house.parley, { by, type: 'prefer', change: { digestAt: '16:00' } })
    expect(await pass(31)).toEqual(['03-03T16:00 UHOUR digest'])
    await closeDataset(house.parley, actor, { dataset: name })
  })

  test('put off until tomorrow it is tomorrow’s digest, and no second one', async () => {
    const name = await makeDataset()
    const by = await join('UPUT', 'UTC', name)
    expect(await pass(1)).toEqual(['03-02T09:30 UPUT digest'])
    const { id } = await house.parley.db
      .selectFrom('reminders')
      .select('id')
      .where('state', '=', 'sent')
      .executeTakeFirstOrThrow()
    const gesture = { type: 'remind-later', reminderId: id } as const
    await handleInteraction(house.parley, { by, ...gesture, until: 'tomorrow' })
    await handleInteraction(house.parley, { by, ...gesture, until: 'tomorrow' })
    expect(await pass(30)).toEqual(['03-03T09:30 UPUT digest'])
    await closeDataset(house.parley, actor, { dataset: name })
  })

  test('is not sent late: what an outage of a day left lying is not caught up on', async () => {
    const name = await makeDataset()
    await join('ULATE', 'UTC', name)
    house.clock.set(new Date('2026-03-04T20:00:00Z'))
    expect(await pass(14)).toEqual(['03-05T09:30 ULATE digest'])
    await closeDataset(house.parley, actor, { dataset: name })
  })

  test('is not sent when nothing waits', async () => {
    const name = await makeDataset()
    await join('UIDLE', 'UTC', name)
    await closeDataset(house.parley, actor, { dataset: name })
    await house.parley.db.updateTable('audit').set({ announced: true }).execute()
    expect(await pass(48)).toEqual([])
  })
})

describe('happy: quiet hours and days of one’s own', () => {
  test('are kept to, told after each change, and can be none', async () => {
    const name = await makeDataset()
    const by = await join('UQUIET', 'Europe/Berlin', name)
    const prefer = async (change: PreferenceChange) => {
      const reply = await handleInteraction(house.parley, { by, type: 'prefer', change })
      return reply.type === 'preferences' ? reply.notice : reply
    }
    expect(await prefer({ quietUntil: '11:00' })).toBe(
      'Saved. Quiet hours: 18:00 to 11:00. Days: Mon, Tue, Wed, Thu, Fri. Time zone: Europe/Berlin.',
    )
    expect(await prefer({ days: [1, 3, 6] })).toContain('Days: Mon, Wed, Sat.')
    // The digest of half past nine waits for eleven; Monday was over, Tuesday and Friday are not hers.
    expect(await pass(24 * 6)).toEqual(['03-04T10:00 UQUIET digest', '03-07T10:00 UQUIET digest'])
    expect(await prefer({ quiet: 'none' })).toContain('Quiet hours: none.')
    await answer(by)
    expect(await pass(24)).toEqual(['03-09T08:30 UQUIET digest'])
    expect(await prefer({ quietFrom: '22:00' })).toContain('Quiet hours: 22:00 to 09:00.')
    expect(await prefer({ quiet: 'usual' })).toContain('Quiet hours: 18:00 to 09:00.')
    expect(await prefer({ quietFrom: '25:00' })).toMatchObject({
      type: 'notice',
      text: '“25:00” is not a time. Write it like 09:30.',
    })
    expect(await prefer({ days: [] })).toMatchObject({ type: 'notice' })
    await closeDataset(house.parley, actor, { dataset: name })
  })
})

describe('happy: a batch with a due date', () => {
  test('a day that was named is that day for every reader, until its end where it was named', async () => {
    const name = await makeDataset()
    for (const [userId, zone] of [
      ['UNUUK', 'America/Nuuk'],
      ['UKIRI', 'Pacific/Kiritimati'],
    ] as const)
      await join(userId, zone, name)
    await house.parley.db.updateTable('audit').set({ announced: true }).execute()
    zones.set('UADMIN', 'Europe/Berlin')
    for (const [due, shown] of [
      ['2026-12-24', ['due Thu, Dec 24', 'due Thu, Dec 24']],
      ['2026-12-24T17:00', ['due Thu, Dec 24, 14:00', 'due Fri, Dec 25, 06:00']],
    ] as const) {
      house.sent.length = 0
      await handleInteraction(house.parley, {
        ...{ by: boss, type: 'admin-deliver', dataset: name, to: 'everyone', due },
      })
      await deliverDue(house.parley, { platform: 'slack', workspace: 'T1' })
      const told = house.sent.flatMap(({ to, reply }) =>
        reply.type === 'invitation' && 'userId' in to
          ? [[to.userId, sayBatch(reply.invitation, words('en'))] as const]
          : [],
      )
      expect(told.filter(([who]) => who === 'UNUUK' || who === 'UKIRI').sort()).toEqual([
        ['UKIRI', shown[1]],
        ['UNUUK', shown[0]],
      ])
      await house.parley.db.updateTable('invitations').set({ state: 'ended' }).execute()
    }
    const row = await house.parley.db
      .selectFrom('invitations')
      .select(['dueAt', 'dueDay'])
      .where('dueDay', 'is not', null)
      .executeTakeFirst()
    zones.delete('UADMIN')
    expect(row).toEqual({ dueAt: new Date('2026-12-24T22:59:59.999Z'), dueDay: '2026-12-24' })
    await closeDataset(house.parley, actor, { dataset: name })
  })

  test('is nudged once a day while it lies still, told of its deadline, and not when it is done', async () => {
    const name = await makeDataset()
    const by = await join('UBATCH', 'UTC', name)
    await house.parley.db.updateTable('audit').set({ announced: true }).execute()
    await handleInteraction(house.parley, {
      by,
      type: 'prefer',
      change: { kind: 'digest', on: false },
    })
    const { invited } = await inviteLabelers(house.parley, actor, {
      ...{ dataset: name, to: ['slack:T1:UBATCH'], each: 3 },
      due: new Date('2026-03-05T17:00:00Z'),
    })
    expect(invited).toBe(1)
    expect(await pass(0.25)).toEqual(['03-02T09:15 UBATCH invitation'])
    const { id } = await house.parley.db
      .selectFrom('invitations')
      .select('id')
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow()
    await handleInteraction(house.parley, { by, type: 'start-invitation', invitationId: id })
    await answer(by)
    expect(await pass(72)).toEqual([
      '03-03T09:15 UBATCH nudge',
      '03-04T09:15 UBATCH nudge',
      '03-04T17:00 UBATCH deadline',
      '03-05T09:15 UBATCH nudge',
    ])
    await answer(by)
    const last = await answer(by)
    expect(last).toMatchObject({ type: 'receipt', notice: expect.stringContaining('batch of 3') })
    expect(await pass(48)).toEqual([])
  })

  test('before consent one message is all: an ignored invitation ends it', async () => {
    const name = await makeDataset()
    await inviteLabelers(house.parley, actor, { dataset: name, to: ['slack:T1:UNEW'], each: 5 })
    expect(await pass(24 * 5)).toEqual([expect.stringContaining('UNEW invitation')])
    await closeDataset(house.parley, actor, { dataset: name })
  })
})

describe('happy: news', () => {
  test('of work goes to whoever has no digest, of results to whoever answered', async () => {
    const name = await makeDataset()
    const ana = await join('UANA', 'UTC', name)
    const ben = await join('UBEN', 'UTC', name)
    for (const by of [ana, ben])
      await handleInteraction(house.parley, {
        by,
        type: 'prefer',
        change: { kind: 'digest', on: false },
      })
    await handleInteraction(house.parley, {
      by: ben,
      type: 'prefer',
      change: { kind: 'new_work', on: false },
    })
    await house.parley.db.updateTable('audit').set({ announced: true }).execute()
    const more = await makeDataset()
    expect(await pass(2)).toEqual([expect.stringContaining('UANA new_work')])
    await answer(ben)
    const done = await house.parley.db
      .selectFrom('tallies')
      .innerJoin('datasets', 'datasets.id', 'tallies.datasetId')
      .select('datasets.name')
      .where('submitted', '>', '0')
      .orderBy('datasets.id', 'desc')
      .executeTakeFirstOrThrow()
    await closeDataset(house.parley, actor, { dataset: done.name })
    expect(await pass(2)).toEqual([expect.stringContaining('UBEN results')])
    for (const dataset of [name, more].filter((one) => one !== done.name))
      await closeDataset(house.parley, actor, { dataset })
  })

  test('an admin has a channel told each working day how far it is and what is stuck', async () => {
    const name = await makeDataset('distribution: { min_submitted: 3 }\n')
    const reply = await handleInteraction(house.parley, {
      ...{ by: boss, type: 'admin-remind', dataset: name, on: true },
    })
    expect(said(reply)).toContain('every working day')
    await house.parley.db.updateTable('audit').set({ announced: true }).execute()
    const heard = await pass(25)
    expect(heard).toHaveLength(2)
    const [{ reply: first } = { reply: null }] = house.sent
    expect(first?.type === 'notice' && first.text).toContain('0 of 40 records completed')
    expect(first?.type === 'notice' && first.text).toContain('Each record needs 3 answers')
    await handleInteraction(house.parley, {
      by: boss,
      type: 'admin-remind',
      dataset: name,
      on: false,
    })
    expect(await pass(25)).toEqual([])
    await closeDataset(house.parley, actor, { dataset: name })
  })
})

describe('refused', () => {
  test('inviting to what nobody may label yet, to nobody, or to somebody who is not let in', async () => {
    const name = await makeDataset()
    const to = ['slack:T1:U1']
    await expect(
      inviteLabelers(house.parley, actor, { dataset: name, to, each: 0 }),
    ).rejects.toThrow('whole number')
    await expect(
      inviteLabelers(house.parley, actor, { dataset: name, to: ['role:reviewer'] }),
    ).rejects.toThrow('That names nobody')
    await closeDataset(house.parley, actor, { dataset: name })
    await expect(inviteLabelers(house.parley, actor, { dataset: name, to })).rejects.toThrow(
      'closed',
    )
  })

  test('a zone that does not exist is told, and nothing changes', async () => {
    const name = await makeDataset()
    const by = await join('UZONE', 'UTC', name)
    const reply = await handleInteraction(house.parley, {
      by,
      type: 'prefer',
      change: { zone: 'Mars' },
    })
    expect(said(reply)).toContain('Mars')
    await closeDataset(house.parley, actor, { dataset: name })
  })
})

describe('forbidden', () => {
  test('nobody but an admin invites or writes to a channel', async () => {
    const by: Person = { platform: 'slack', workspace: 'T1', userId: 'UNOBODY', channelId: 'C1' }
    for (const gesture of [
      { type: 'admin-deliver', dataset: 'd1', to: 'everyone' },
      { type: 'admin-remind', dataset: 'd1', on: true },
    ] as const)
      expect(said(await handleInteraction(house.parley, { by, ...gesture }))).toContain('admins')
  })

  test('a reminder answers to its own person alone', async () => {
    const name = await makeDataset()
    await join('UMINE', 'UTC', name)
    const other = await join('UOTHER', 'UTC', name)
    await pass(1)
    const row = await house.parley.db
      .selectFrom('reminders')
      .innerJoin('identities', 'identities.labelerId', 'reminders.labelerId')
      .select('reminders.id')
      .where('userId', '=', 'UMINE')
      .executeTakeFirstOrThrow()
    const gesture = { type: 'turn-off', reminderId: row.id } as const
    expect(said(await handleInteraction(house.parley, { by: other, ...gesture }))).toContain(
      sentences('en').reminderOver,
    )
    await closeDataset(house.parley, actor, { dataset: name })
  })
})
