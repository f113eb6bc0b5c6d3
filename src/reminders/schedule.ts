/**
 * Schedules reminders: a row says what, for whom, and at which local time; its key keeps it one row
 * however often it is scheduled. fire.ts queues them when they are due, recheck.ts checks whether they
 * still make sense.
 */

import { sql } from 'kysely'
import { DateTime } from 'luxon'
import type { Labeler } from '../labelers/labeler.ts'
import type { Parley } from '../parley.ts'
import type { Platform } from '../platforms/traits.ts'
import {
  digestTime,
  isOn,
  parseWallTime,
  quietOf,
  type ReminderKind,
  sayWallTime,
} from './reminder.ts'
import { afterQuiet, everyDay, localDate, nextAt } from './when.ts'

export type Reminded = {
  labelerId: string
  platform: Platform
  kinds: { [kind: string]: boolean }
  zone: string | null
  digestAt: string
  days: number[]
  quietFrom: string | null
  quietUntil: string | null
}

/** After consent: reminders go to where it was given. The platform decides whether they are on at first. */
export async function enrolLabeler(parley: Parley, labeler: Labeler): Promise<void> {
  const { platform, workspace } = labeler.person
  await parley.db
    .insertInto('preferences')
    .values({ labelerId: labeler.id, platform, workspace, digestAt: sayWallTime(digestTime) })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** Schedules a person's next digest if they want one, in place of one that is already waiting. */
export async function scheduleDigest(parley: Parley, labelerId: string): Promise<void> {
  await parley.db
    .deleteFrom('reminders')
    .where('labelerId', '=', labelerId)
    .where('kind', '=', 'digest')
    .where('state', '=', 'waiting')
    .execute()
  const person = await findReminded(parley, labelerId)
  const due = person && nextDigest(person, parley.now())
  if (!due || (await scheduleReminder(parley, person, { kind: 'digest', about: 'all', at: due })))
    return
  // That day's digest has been sent already, in another zone or at another hour.
  const next = nextDigest(person, due)
  if (next) await scheduleReminder(parley, person, { kind: 'digest', about: 'all', at: next })
}

/**
 * When a person's next digest is due, or null if they get none. Never on the date `had` again: people
 * who moved west since then have that date twice.
 */
export function nextDigest(
  person: Pick<Reminded, 'platform' | 'kinds' | 'zone' | 'digestAt' | 'days'>,
  after: Date,
  had = '',
): Date | null {
  const { platform, kinds, zone, digestAt, days } = person
  const time = parseWallTime(digestAt)
  if (zone === null || !time || !isOn('digest', kinds, platform)) return null
  const rule = { time, zone, days: everyDay.filter((day) => days.includes(day)) }
  const next = nextAt(after, rule)
  return localDate(next, zone, time) <= had ? nextAt(next, rule) : next
}

type Occasion = {
  kind: ReminderKind
  /** What it is about; a person gets one reminder of a kind about it per day. */
  about: string
  at: Date
  datasetId?: string
  invitationId?: string
}

/**
 * Schedules one reminder outside the person's quiet hours; false if it is already scheduled or their
 * zone is unknown.
 */
export async function scheduleReminder(
  parley: Parley,
  person: Reminded,
  occasion: Occasion,
): Promise<boolean> {
  return (await scheduleReminders(parley, [person], occasion)) === 1
}

/** The same for many people in one statement; returns how many were new. */
export async function scheduleReminders(
  parley: Parley,
  people: readonly Reminded[],
  { kind, about, at: asked, datasetId, invitationId }: Occasion,
): Promise<number> {
  // The calendar costs more than the row: people with the same clock and days share one look-up.
  const sameHours = Map.groupBy(people, ({ zone, platform, days, quietFrom, quietUntil }) =>
    JSON.stringify([zone, platform, days, quietFrom, quietUntil]),
  )
  const due = [...sameHours.values()].flatMap((alike) => {
    const [one] = alike
    if (!one || one.zone === null) return []
    const { zone } = one
    const at = kind === 'digest' ? asked : afterQuiet(asked, zone, quietOf(one))
    const [date, wall] = [localDate(at, zone), wallOf(at, zone)]
    return alike.map(({ labelerId }) => {
      return { key: `${kind}:${labelerId}:${about}:${date}`, labelerId, zone, wall, at }
    })
  })
  if (due.length === 0) return 0
  const { numAffectedRows = 0n } = await sql`
    insert into reminders (key, kind, labeler_id, dataset_id, invitation_id, wall, zone, due_at,
      created_at)
    select key, ${kind}, labeler_id, ${datasetId ?? null}, ${invitationId ?? null}, wall, zone,
      due_at, ${parley.now()}
    from unnest(${due.map(({ key }) => key)}::text[],
      ${due.map(({ labelerId }) => labelerId)}::bigint[], ${due.map(({ wall }) => wall)}::text[],
      ${due.map(({ zone }) => zone)}::text[], ${due.map(({ at }) => at)}::timestamptz[])
      as due (key, labeler_id, wall, zone, due_at)
    on conflict do nothing`.execute(parley.db)
  return Number(numAffectedRows)
}

/** A person who may be reminded, with their settings; null if they may not yet. */
export async function findReminded(parley: Parley, labelerId: string): Promise<Reminded | null> {
  const row = await parley.db
    .selectFrom('preferences')
    .innerJoin('labelers', 'labelers.id', 'preferences.labelerId')
    .select([
      'preferences.labelerId',
      'preferences.platform',
      'preferences.kinds',
      'preferences.digestAt',
      'preferences.days',
      'preferences.quietFrom',
      'preferences.quietUntil',
      'preferences.zone',
      'labelers.zone as profileZone',
    ])
    .where('preferences.labelerId', '=', labelerId)
    .where('labelers.forgottenAt', 'is', null)
    .executeTakeFirst()
  if (!row) return null
  const { profileZone, ...person } = row
  return { ...person, zone: person.zone ?? profileZone }
}

/** The key of a reminder that its recipient snoozed until this local time. */
export function againKey(reminderId: string, wall: string): string {
  return `again:${reminderId}:${wall}`
}

/** Whether the person asked for this one, by snoozing another. */
export function isAskedFor(key: string): boolean {
  return key.startsWith('again:')
}

/** The local time, such as 2026-11-24T09:30. */
export function wallOf(at: Date, zone: string): string {
  return DateTime.fromJSDate(at, { zone }).toFormat("yyyy-MM-dd'T'HH:mm")
}
