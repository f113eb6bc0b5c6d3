/**
 * Whether a reminder still makes sense at the moment it is to be sent. Everything that may have
 * changed since it was put down is looked at again: the person's wishes, their zone and its quiet
 * hours, what they did meanwhile.
 */
import { DateTime } from 'luxon'
import type { Dataset } from '../datasets/shape.ts'
import { consentVersion, type Labeler } from '../labelers/labeler.ts'
import type { Parley } from '../parley.ts'
import { isOn, mostIgnored, quietOf, type ReminderKind } from './reminder.ts'
import { againKey, findReminded, type Reminded, scheduleReminder } from './schedule.ts'
import { afterQuiet, localDate } from './when.ts'

export type Reminder = {
  id: string
  kind: ReminderKind
  labeler: Labeler
  person: Reminded & { zone: string }
  locale: string | null
  dataset: Dataset | null
  invitationId: string | null
  /** If this one leads to nothing either, Parley keeps quiet. */
  isLast: boolean
}

/** `until`: not before that moment. */
export type Recheck = { reminder: Reminder } | { why: string } | { why: string; until: Date }

export async function recheckReminder(parley: Parley, reminderId: string): Promise<Recheck> {
  const row = await findRow(parley, reminderId)
  if (row?.state !== 'queued') return { why: 'It was sent or given up before.' }
  const skip = (why: string) => skipReminder(parley, reminderId, why)
  if (row.consentVersion !== consentVersion) return skip('They have not agreed to take part.')
  await refreshZone(parley, row)
  const person = await findReminded(parley, row.labelerId)
  if (!person || person.zone === null) return skip('Nobody knows their time zone.')
  const { zone, platform, kinds, days } = person
  if (!isOn(row.kind, kinds, platform, row.document ?? undefined))
    return skip('They turned it off.')
  const now = parley.now()
  if (row.silentUntil && row.silentUntil > now) return skip('They asked for no more today.')
  const free = afterQuiet(now, zone, quietOf(platform, days))
  const moved = row.zone === zone ? now : inZone(row.wall, zone)
  const until = new Date(Math.max(free.getTime(), moved.getTime()))
  if (row.kind === 'digest' && localDate(until, zone) > row.wall.slice(0, 10))
    return skip('Its day is over; the next digest comes on time.')
  if (until > now) return { until, why: 'It is not the hour for it where they are.' }
  const ignored = await countIgnored(parley, row)
  if (ignored >= mostIgnored) return skip('Three in a row led to nothing.')
  if (row.kind === 'nudge' && (await sentToday(parley, row, zone)).length > 0)
    return skip('They had one nudge today.')
  if (row.kind === 'digest' && (await hadDigestToday(parley, row, zone)))
    return skip('They had the digest of today.')
  const { workspace, userId } = row
  const labeler: Labeler = {
    id: row.labelerId,
    consentVersion: row.consentVersion,
    person: { platform, workspace, userId },
  }
  const dataset = datasetOf(row)
  const { kind, locale, invitationId } = row
  const isLast = ignored === mostIgnored - 1 && countedKinds.some((one) => one === kind)
  const reminder = { id: row.id, kind, labeler, locale, dataset, invitationId, isLast }
  return { reminder: { ...reminder, person: { ...person, zone } } }
}

/** Notes why a reminder is not sent; an idle batch is looked at again tomorrow. */
export async function skipReminder(
  parley: Parley,
  reminderId: string,
  why: string,
): Promise<{ why: string }> {
  await parley.db
    .updateTable('reminders')
    .set({ state: 'skipped', reason: why })
    .where('id', '=', reminderId)
    .where('state', '=', 'queued')
    .execute()
  await scheduleNextNudge(parley, reminderId)
  return { why }
}

/** It is with the person now. */
export async function markReminded(parley: Parley, reminderId: string): Promise<void> {
  await parley.db
    .updateTable('reminders')
    .set({ state: 'sent', sentAt: parley.now() })
    .where('id', '=', reminderId)
    .where('state', '=', 'queued')
    .execute()
  await scheduleNextNudge(parley, reminderId)
}

type Row = NonNullable<Awaited<ReturnType<typeof findRow>>>

async function findRow(parley: Parley, reminderId: string) {
  return parley.db
    .selectFrom('reminders')
    .innerJoin('labelers', 'labelers.id', 'reminders.labelerId')
    .innerJoin('preferences', 'preferences.labelerId', 'reminders.labelerId')
    .innerJoin('identities', (join) =>
      join
        .onRef('identities.labelerId', '=', 'reminders.labelerId')
        .onRef('identities.platform', '=', 'preferences.platform')
        .onRef('identities.workspace', '=', 'preferences.workspace'),
    )
    .leftJoin('datasets', 'datasets.id', 'reminders.datasetId')
    .select(['reminders.id', 'reminders.kind', 'reminders.labelerId', 'reminders.invitationId'])
    .select(['reminders.key', 'reminders.wall', 'reminders.zone', 'reminders.state'])
    .select('reminders.datasetId')
    .select(['labelers.consentVersion', 'labelers.locale'])
    .select(['preferences.workspace', 'identities.userId', 'preferences.platform'])
    .select(['preferences.silentUntil', 'preferences.zoneCheckedAt', 'preferences.zone as chosen'])
    .select('preferences.ignored')
    .select(['datasets.name', 'datasets.status', 'datasets.document'])
    .select(['datasets.schemaVersion', 'datasets.guidelinesVersion'])
    .where('reminders.id', '=', reminderId)
    .where('labelers.forgottenAt', 'is', null)
    .orderBy('identities.userId')
    .executeTakeFirst()
}

function datasetOf(row: Row): Dataset | null {
  const { datasetId: id, name, status, document, schemaVersion, guidelinesVersion } = row
  if (!id || name === null || status === null || document === null) return null
  if (schemaVersion === null || guidelinesVersion === null) return null
  return { id, name, status, document, schemaVersion, guidelinesVersion }
}

const zoneKeptMs = 20 * 3_600_000

/** Asks the platform where they are now, once a day, unless they said so themselves. */
async function refreshZone(parley: Parley, row: Row): Promise<void> {
  const now = parley.now()
  const { platform, workspace, userId, labelerId } = row
  const isFresh = row.zoneCheckedAt && now.getTime() - row.zoneCheckedAt.getTime() < zoneKeptMs
  if (row.chosen !== null || isFresh) return
  await learnZone(parley, { platform, workspace, userId }, labelerId)
}

/** Stores the zone of somebody's profile; what the platform does not tell stays as it was. */
export async function learnZone(
  parley: Parley,
  person: Labeler['person'],
  labelerId: string,
): Promise<void> {
  const profile = await parley.platforms
    .get(person.platform)
    ?.profile?.(person)
    .catch((error: unknown) => {
      parley.log.warn({ err: error }, 'A profile could not be read; its zone stays as it was.')
      return null
    })
  const zone = profile?.zone
  if (zone)
    await parley.db.updateTable('labelers').set({ zone }).where('id', '=', labelerId).execute()
  await parley.db
    .updateTable('preferences')
    .set({ zoneCheckedAt: parley.now() })
    .where('labelerId', '=', labelerId)
    .execute()
}

/** When it is this time on a wall elsewhere. */
function inZone(wall: string, zone: string): Date {
  return DateTime.fromISO(wall, { zone }).toJSDate()
}

/** Those that ask for something; the others tell. */
const countedKinds = ['digest', 'nudge', 'new_work'] as const

/**
 * How many reminders in a row led to nothing, the last one included if nothing was done since. Work
 * and a pressed button both say that somebody is there.
 */
async function countIgnored(parley: Parley, { labelerId, ignored }: Row): Promise<number> {
  const last = await parley.db
    .selectFrom('reminders')
    .select(['id', 'sentAt', 'answer'])
    .where('labelerId', '=', labelerId)
    .where('state', '=', 'sent')
    .where('kind', 'in', [...countedKinds])
    .orderBy('sentAt', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (!last?.sentAt) return 0
  const worked = await parley.db
    .selectFrom('responses')
    .select('assignmentId')
    .where('labelerId', '=', labelerId)
    .where('submittedAt', '>', last.sentAt)
    .limit(1)
    .executeTakeFirst()
  const isThere = worked !== undefined || (last.answer !== null && last.answer !== 'ignored')
  if (!isThere && last.answer === 'ignored') return ignored
  const counted = await parley.db
    .updateTable('preferences')
    .set((one) => ({ ignored: isThere ? 0 : one('ignored', '+', 1) }))
    .where('labelerId', '=', labelerId)
    .returning('ignored')
    .executeTakeFirstOrThrow()
  if (!isThere)
    await parley.db
      .updateTable('reminders')
      .set({ answer: 'ignored' })
      .where('id', '=', last.id)
      .execute()
  return counted.ignored
}

/** Whether a digest went out today, unless this is that very one, put off by an hour or two. */
async function hadDigestToday(parley: Parley, row: Row, zone: string): Promise<boolean> {
  const sent = await sentToday(parley, row, zone)
  return sent.length > 0 && !sent.some((id) => row.key === againKey(id))
}

/** The reminders of this kind that went to this person on this day of theirs. */
async function sentToday(
  parley: Parley,
  { labelerId, kind }: Row,
  zone: string,
): Promise<string[]> {
  const now = parley.now()
  const recent = await parley.db
    .selectFrom('reminders')
    .select(['id', 'sentAt'])
    .where('labelerId', '=', labelerId)
    .where('kind', '=', kind)
    .where('state', '=', 'sent')
    .where('sentAt', '>', new Date(now.getTime() - longestDayMs))
    .execute()
  const today = localDate(now, zone)
  return recent.flatMap(({ id, sentAt }) =>
    sentAt !== null && localDate(sentAt, zone) === today ? [id] : [],
  )
}

/** No day is longer on any wall. */
const longestDayMs = 26 * 3_600_000

/** A batch that is still being worked on is looked after again in a day. */
async function scheduleNextNudge(parley: Parley, reminderId: string): Promise<void> {
  const row = await parley.db
    .selectFrom('reminders')
    .innerJoin('invitations', 'invitations.id', 'reminders.invitationId')
    .select(['reminders.labelerId', 'reminders.datasetId', 'invitations.id'])
    .where('reminders.id', '=', reminderId)
    .where('reminders.kind', '=', 'nudge')
    .where('invitations.state', '=', 'started')
    .executeTakeFirst()
  const person = row && (await findReminded(parley, row.labelerId))
  if (!row || !person) return
  await scheduleReminder(parley, person, {
    kind: 'nudge',
    about: `i${row.id}`,
    at: new Date(parley.now().getTime() + 86_400_000),
    invitationId: row.id,
    ...(row.datasetId === null ? {} : { datasetId: row.datasetId }),
  })
}
