/** Invitations and reminders in Slack, over days: who is written to at which hour, and what they can say. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createClaimCode } from '../../src/labelers/roles.ts'
import { fireReminders } from '../../src/reminders/fire.ts'
import { localDate } from '../../src/reminders/when.ts'
import { admin, type Journey, openJourney } from '../support/journey.ts'
import { passMinute } from '../support/minute.ts'

const pairs = `
name: pairs
title: Which is better?
template: comparison
distribution: { min_submitted: 1 }
`
const records = Array.from({ length: 60 }, (_, i) => ({
  external_id: `r${i}`,
  prompt: `Question ${i}`,
  outputs: [`one ${i}`, `two ${i}`],
}))

let journey: Journey
beforeAll(async () => {
  journey = await openJourney({ worker: false })
  await journey.dataset(pairs, records)
  // A Monday morning in UTC, before anybody's half past nine in Berlin.
  const now = journey.clock.now()
  const monday = Date.UTC(2027, 0, 4, 6)
  journey.clock.advance((monday - now.getTime()) / 1000)
}, 60_000)
afterAll(() => journey.close())

const minute = () =>
  passMinute(journey.parley, { platform: 'slack', workspace: journey.slack.teamId })

/** Lets time pass by the half hour; returns at which hour something new stood in her messages. */
async function pass(hours: number, who = journey.ana): Promise<string[]> {
  const heard: string[] = []
  const half = 1800 - ((journey.clock.now().getTime() / 1000) % 1800)
  // A second past the half hour, as a sweep would be.
  journey.clock.advance(half + 1)
  for (let halves = 0; halves < hours * 2; halves++) {
    journey.clock.advance(1800)
    const before = who.messages().length
    await minute()
    if (who.messages().length > before)
      heard.push(`${journey.clock.now().toISOString().slice(5, 16)} ${who.newest().split('\n')[0]}`)
  }
  return heard
}

describe('happy: an invitation', () => {
  test('an admin invites from chat, and the person gets one message with count and minutes', async () => {
    const code = await createClaimCode(journey.parley, admin)
    await journey.cleo.types(`/parley-admin claim ${code}`)
    journey.slack.person('Ana', { tz: 'Europe/Berlin' })
    const to = `slack:${journey.slack.teamId}:${journey.ana.id}`
    await journey.cleo.types(`/parley-admin deliver pairs ${to} each=3 due=2027-01-08`)
    expect(journey.cleo.screen()).toContain('1 person is invited')
    await minute()
    expect(journey.ana.newest()).toContain('You are invited: “Which is better?”')
    expect(journey.ana.newest()).toContain('3 tasks')
    const leased = await journey.parley.db.selectFrom('assignments').selectAll().execute()
    expect(leased).toEqual([])
  })

  test('invited again she reads nothing new', async () => {
    const before = journey.ana.messages().length
    const to = `slack:${journey.slack.teamId}:${journey.ana.id}`
    await journey.cleo.types(`/parley-admin deliver pairs ${to} each=3`)
    expect(journey.cleo.screen()).toContain('1 had an invitation already')
    await minute()
    expect(journey.ana.messages().length).toBe(before)
  })

  test('Start brings the welcome first, then n of m is counted, and the batch ends', async () => {
    await journey.ana.presses('Start')
    await journey.ana.presses('Start')
    expect(journey.ana.newest()).toContain('0 of 3 done')
    await journey.ana.presses('A is better')
    expect(journey.ana.newest()).toContain('1 of 3 done')
    await journey.ana.presses('A is better')
    await journey.ana.presses('Skip')
    expect(journey.ana.newest()).toContain('That was your batch of 3')
    const [invitation] = await journey.parley.db.selectFrom('invitations').selectAll().execute()
    expect(invitation?.state).toBe('done')
  })
})

describe('happy: a week of digests', () => {
  test('comes at half past nine in Berlin on working days while there is work, and rests after three ignored ones', async () => {
    const heard = await pass(24 * 9)
    expect(heard).toEqual([
      '01-04T08:30 Good morning. This is waiting for you:',
      '01-05T08:30 Good morning. This is waiting for you:',
      '01-06T08:30 Good morning. This is waiting for you:',
    ])
    const said = 'after this message Parley keeps quiet'
    expect(journey.ana.newest()).toContain(said)
    expect(journey.ana.messages().filter((one) => one.includes(said))).toHaveLength(1)
  })

  test('who works again hears of it again', async () => {
    await journey.ana.types('/parley')
    await journey.ana.presses('A is better')
    const heard = await pass(24)
    expect(heard).toHaveLength(1)
  })

  test('Later in an hour comes once more in an hour, and the buttons are gone', async () => {
    await pass(4)
    const id = await lastReminder()
    await journey.ana.hands.choose('Later', 'In an hour')
    await journey.quiet()
    expect(journey.ana.screen()).toContain('All right: again')
    const heard = await pass(2)
    expect(heard).toHaveLength(1)
    expect(await lastReminder()).not.toBe(id)
  })

  test('Not today keeps quiet until tomorrow', async () => {
    await journey.ana.presses('Not today')
    expect(journey.ana.screen()).toContain('nothing more today')
    const today = localDate(journey.clock.now(), 'Europe/Berlin').slice(5)
    const heard = await pass(24)
    expect(heard).toHaveLength(1)
    expect(heard[0]).not.toContain(today)
  })
})

describe('happy: her own wishes', () => {
  test('/parley reminders shows every setting and saves each change', async () => {
    await journey.ana.types('/parley reminders')
    expect(journey.ana.screen()).toContain('Your reminders')
    expect(journey.ana.screen()).toContain('Europe/Berlin')
    expect(journey.ana.screen()).toContain('Quiet hours: 18:00 to 09:00')
    await journey.ana.chooses('Quiet from', '20:00')
    expect(journey.ana.screen()).toContain('Saved. Quiet hours: 20:00 to 09:00. Days: Mon')
    await journey.ana.ticks('Days', ['Mon', 'Wed'])
    expect(journey.ana.screen()).toContain('Days: Mon, Wed. Time zone: Europe/Berlin.')
    await journey.ana.presses('No quiet hours')
    expect(journey.ana.screen()).toContain('Quiet hours: none')
    await journey.ana.presses('Turn everything off')
    expect(journey.ana.screen()).toContain('Saved.')
    expect(await pass(48)).toEqual([])
  })
})

describe('twice: a sweep', () => {
  test('two at once hand each reminder over once', async () => {
    await journey.ana.types('/parley reminders')
    await journey.parley.db.updateTable('preferences').set({ kinds: '{}', ignored: 0 }).execute()
    const { db } = journey.parley
    const { labelerId } = await db
      .selectFrom('preferences')
      .select('labelerId')
      .executeTakeFirstOrThrow()
    const at = new Date(journey.clock.now().getTime() - 1000)
    await db
      .insertInto('reminders')
      .values(
        Array.from({ length: 500 }, (_, i) => ({
          ...{ key: `test:${i}`, kind: 'results' as const, labelerId, wall: '2027-01-01T09:30' },
          ...{ zone: 'UTC', dueAt: at, createdAt: at },
        })),
      )
      .execute()
    const fired = await Promise.all(
      [1, 2, 3].map(() => fireReminders(journey.parley, { batch: 50 })),
    )
    expect(fired.reduce((sum, one) => sum + one)).toBeGreaterThanOrEqual(500)
    const { count } = await db
      .selectFrom('deliveries')
      .select((one) => one.fn.countAll<string>().as('count'))
      .where('kind', '=', 'reminder')
      .executeTakeFirstOrThrow()
    expect(Number(count)).toBeGreaterThanOrEqual(500)
  })
})

async function lastReminder(): Promise<string | undefined> {
  const row = await journey.parley.db
    .selectFrom('reminders')
    .select('id')
    .where('state', '=', 'sent')
    .orderBy('sentAt', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row?.id
}
