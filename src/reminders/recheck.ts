/**
 * Whether a reminder still makes sense when it is about to be sent. Everything that may have changed
 * since it was scheduled is checked again: the person's settings, their zone and quiet hours, and what
 * they did in the meantime.
 */
import { sql } from 'kysely'
import type { Dataset } from '../datasets/document.ts'
import type { Labeler } from '../labelers/labeler.ts'
import { inTransaction, type Parley } from '../parley.ts'
import { ledgerKey, skipReminder } from './outcome.ts'
import { isOn, mostIgnored, quietOf, type ReminderKind } from './reminder.ts'
import { findReminded, isAskedFor, type Reminded } from './schedule.ts'
import { afterQuiet, localDate, wallAt } from './when.ts'

export type Reminder = {
  id: string
  kind: ReminderKind
  labeler: Labeler
  person: Reminded & { zone: string }
  locale: string | null
  dataset: Dataset | null
  invitationId: string | null
  /** If this one leads to nothing either, reminders pause. */
  isLast: boolean
}

/** `until`: it must wait until then. */
export type Recheck = { reminder: Reminder } | { why: string } | { why: string; until: Date }

export async function recheckReminder(parley: Parley, reminderId: string): Promise<Recheck> {
  const row = await findRow(parley, reminderId)
  if (row?.state !== 'queued' && row?.state !== 'sending') return over
  // Who agreed to an earlier version is asked anew by the button of the reminder.
  if (row.consentVersion === null)
    return skipReminder(parley, reminderId, 'They have not agreed to take part.')
  if (await isLost(parley, row)) return skipReminder(parley, reminderId, 'No message reaches them.')
  await refreshZone(parley, row)
  return inTransaction(parley, (inside) => recheckInTurn(inside, row))
}

const over = { why: 'It was sent or given up before.' }

/**
 * Checks one reminder of a person at a time. The one that may go is `sending` from here on, and others
 * that ask for something wait for its outcome. The ledger of deliveries knows who sends and whether a
 * call began, so a sender that dies or is paused blocks nobody for long.
 */
async function recheckInTurn(parley: Parley, row: Row): Promise<Recheck> {
  const skip = (why: string) => skipReminder(parley, row.id, why)
  const locked = await lockPreferences(parley, row)
  const person = await findReminded(parley, row.labelerId)
  if (!person || person.zone === null) return skip('Nobody knows their time zone.')
  const { zone, platform, kinds } = person
  if (!isOn(row.kind, kinds, platform, row.document ?? undefined))
    return skip('They turned it off.')
  const now = parley.now()
  if (locked.silentUntil && locked.silentUntil > now) return skip('They asked for no more today.')
  const free = afterQuiet(now, zone, quietOf(person))
  const moved = row.zone === zone ? now : wallAt(row.wall, zone)
  const until = new Date(Math.max(free.getTime(), moved.getTime()))
  if (row.kind === 'digest' && localDate(until, zone) > row.wall.slice(0, 10))
    return skip('Its day is over; the next digest comes on time.')
  if (until > now) return { until, why: 'It is not the hour for it where they are.' }
  const isCounted = countedKinds.some((kind) => kind === row.kind)
  if (isCounted && (await isOneOnItsWay(parley, row)))
    return { until: new Date(now.getTime() + turnMs), why: 'Another one is on its way to them.' }
  const { ignored, isOfToday } = await countIgnored(parley, row, { zone, counted: locked.ignored })
  if (ignored >= mostIgnored) return skip('Three days in a row led to nothing.')
  if (isOnceADay(row) && (await wasSentToday(parley, row, zone)))
    return skip(`They had the ${row.kind} of today.`)
  const isLast = ignored === mostIgnored - 1 && isCounted
  if (isLast && isOfToday) return skip('They were told today that it was the last one.')
  if (!(await beginSending(parley, row.id))) return over
  const { workspace, userId } = row
  const labeler: Labeler = {
    id: row.labelerId,
    consentVersion: row.consentVersion,
    person: { platform, workspace, userId },
  }
  const dataset = datasetOf(row)
  const { kind, locale, invitationId } = row
  const reminder = { id: row.id, kind, labeler, locale, dataset, invitationId, isLast }
  return { reminder: { ...reminder, person: { ...person, zone } } }
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
    .select(['preferences.zoneCheckedAt', 'preferences.zone as chosen'])
    .select('preferences.lostAt')
    .select(['datasets.name', 'datasets.status', 'datasets.document'])
    .select(['datasets.schemaVersion', 'datasets.guidelinesVersion'])
    .where('reminders.id', '=', reminderId)
    .where('labelers.forgottenAt', 'is', null)
    .orderBy('identities.userId')
    .executeTakeFirst()
}

/** How long another reminder of the same person waits before it is checked again. */
const turnMs = 30_000

/** After a week one more is tried, if the person has worked since: they may be reachable again. */
const lostMs = 7 * 86_400_000

async function isLost(parley: Parley, { labelerId, lostAt }: Row): Promise<boolean> {
  if (lostAt === null) return false
  const isRecent = parley.now().getTime() - lostAt.getTime() < lostMs
  return isRecent || !(await hasWorkedSince(parley, labelerId, lostAt))
}

async function lockPreferences(
  parley: Parley,
  { labelerId }: Row,
): Promise<{ silentUntil: Date | null; ignored: number }> {
  const locked = await parley.db
    .selectFrom('preferences')
    .select(['silentUntil', 'ignored'])
    .where('labelerId', '=', labelerId)
    .forUpdate()
    .executeTakeFirst()
  return locked ?? { silentUntil: null, ignored: 0 }
}

/** A message that was certainly not sent and is queued again does not count. */
async function isOneOnItsWay(parley: Parley, { id, labelerId }: Row): Promise<boolean> {
  const { rows } = await sql`
    select from reminders r join deliveries d on d.key = ${ledgerKey(sql`r.id`)}
    where r.labeler_id = ${labelerId} and r.state = 'sending' and r.id <> ${id}
      and r.kind = any(${[...countedKinds]}::text[])
      and (d.state = 'sending' or d.state <> 'failed' and d.calling_at is not null)
    limit 1`.execute(parley.db)
  return rows.length > 0
}

async function beginSending(parley: Parley, reminderId: string): Promise<boolean> {
  const begun = await parley.db
    .updateTable('reminders')
    .set({ state: 'sending' })
    .where('id', '=', reminderId)
    .where('state', 'in', ['queued', 'sending'])
    .returning('id')
    .executeTakeFirst()
  return begun !== undefined
}

function datasetOf(row: Row): Dataset | null {
  const { datasetId: id, name, status, document, schemaVersion, guidelinesVersion } = row
  if (!id || name === null || status === null || document === null) return null
  if (schemaVersion === null || guidelinesVersion === null) return null
  return { id, name, status, document, schemaVersion, guidelinesVersion }
}

const zoneKeptMs = 20 * 3_600_000

/** Asks the platform for their zone once a day, unless they chose one. */
async function refreshZone(parley: Parley, row: Row): Promise<void> {
  const now = parley.now()
  const { platform, workspace, userId, labelerId } = row
  const isFresh = row.zoneCheckedAt && now.getTime() - row.zoneCheckedAt.getTime() < zoneKeptMs
  if (row.chosen !== null || isFresh) return
  await learnZone(parley, { platform, workspace, userId }, labelerId)
}

/** Stores the zone of a person's profile; if the platform gives none, the old one stays. */
export async function learnZone(
  parley: Parley,
  person: Labeler['person'],
  labelerId: string,
): Promise<void> {
  const profile = await parley.platforms
    .get(person.platform)
    ?.profile?.(person)
    .catch((error: unknown) => {
      parley.log.warn(
        { event: 'reminder.profile_unread', err: error },
        'A profile could not be read; its zone stays as it was.',
      )
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

/** Kinds that ask for work; the others only inform. */
const countedKinds = ['digest', 'nudge', 'new_work'] as const

/**
 * On how many days in a row reminders led to nothing. A day counts once it has passed, however many
 * reminders came: a person in a meeting has not ignored anything yet. Work since the day's first
 * reminder, or a pressed button, resets the count. `isOfToday`: they had one today.
 */
async function countIgnored(
  parley: Parley,
  { labelerId }: Row,
  { zone, counted }: { zone: string; counted: number },
): Promise<{ ignored: number; isOfToday: boolean }> {
  const recent = await parley.db
    .selectFrom('reminders')
    .select(['id', 'sentAt', 'answer'])
    .where('labelerId', '=', labelerId)
    .where('state', '=', 'sent')
    .where('kind', 'in', [...countedKinds])
    .orderBy('sentAt', 'desc')
    .limit(mostADay)
    .execute()
  const dayOf = ({ sentAt }: { sentAt: Date | null }) => sentAt && localDate(sentAt, zone)
  const [last] = recent
  if (!last) return { ignored: 0, isOfToday: false }
  const day = recent.filter((one) => dayOf(one) === dayOf(last))
  const isOfToday = dayOf(last) === localDate(parley.now(), zone)
  const first = day.at(-1)?.sentAt
  const isThere =
    day.some(({ answer }) => answer !== null && answer !== 'ignored') ||
    (first ? await hasWorkedSince(parley, labelerId, first) : false)
  if (!isThere && (isOfToday || last.answer === 'ignored')) return { ignored: counted, isOfToday }
  const { ignored } = await parley.db
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
  return { ignored, isOfToday }
}

/** More than anyone gets in a day. */
const mostADay = 50

async function hasWorkedSince(parley: Parley, labelerId: string, since: Date): Promise<boolean> {
  const { rows } = await sql<{ worked: boolean }>`
    select has_answered_since(${labelerId}, ${since}) as worked`.execute(parley.db)
  return rows[0]?.worked ?? false
}

/** Only people who snoozed a digest or nudge get a second one that day. */
function isOnceADay({ kind, key }: Row): boolean {
  return (kind === 'digest' || kind === 'nudge') && !isAskedFor(key)
}

/** Whether this person already had one of this kind today, in their zone. */
async function wasSentToday(parley: Parley, row: Row, zone: string): Promise<boolean> {
  const now = parley.now()
  const recent = await parley.db
    .selectFrom('reminders')
    .select('sentAt')
    .where('labelerId', '=', row.labelerId)
    .where('kind', '=', row.kind)
    .where('state', '=', 'sent')
    .where('sentAt', '>', new Date(now.getTime() - longestDayMs))
    .execute()
  const today = localDate(now, zone)
  return recent.some(({ sentAt }) => sentAt !== null && localDate(sentAt, zone) === today)
}

/** No local day is longer. */
const longestDayMs = 26 * 3_600_000
