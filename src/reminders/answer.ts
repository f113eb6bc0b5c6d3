/** What a person says to a reminder: later, not today, not this kind any more. */
import { DateTime } from 'luxon'
import { ParleyError } from '../errors.ts'
import type { Labeler } from '../labelers/labeler.ts'
import { inTransaction, type Parley } from '../parley.ts'
import { changePreferences } from './preferences.ts'
import { type Later, parseWallTime, quietOf, type ReminderKind } from './reminder.ts'
import { againKey, findReminded, wallOf } from './schedule.ts'
import { afterQuiet, everyDay, nextAt } from './when.ts'

/**
 * Puts a reminder off; returns the moment it comes again, or null for "not today".
 * @throws ParleyError `not_found` when it is not theirs. Said twice, the last word counts.
 */
export async function remindLater(
  parley: Parley,
  labeler: Labeler,
  input: { reminderId: string; until: Later },
): Promise<{ at: Date | null; zone: string }> {
  return inTransaction(parley, async (inside) => {
    const { kind, datasetId, invitationId } = await lockOwn(inside, labeler, input.reminderId)
    const person = await findReminded(inside, labeler.id)
    const zone = person?.zone
    if (!person || !zone) throw gone()
    const now = inside.now()
    await inside.db
      .updateTable('reminders')
      .set({ answer: input.until })
      .where('id', '=', input.reminderId)
      .execute()
    await inside.db
      .deleteFrom('reminders')
      .where('key', '=', againKey(input.reminderId))
      .where('state', '=', 'waiting')
      .execute()
    const at = laterAt(now, { ...person, zone }, input.until)
    await inside.db
      .updateTable('preferences')
      .set({ ignored: 0, silentUntil: at === null ? endOfDay(now, zone) : null })
      .where('labelerId', '=', labeler.id)
      .execute()
    // Tomorrow's digest comes by itself.
    if (at && !(kind === 'digest' && input.until === 'tomorrow'))
      await inside.db
        .insertInto('reminders')
        .values({
          ...{ key: againKey(input.reminderId), kind, labelerId: labeler.id, datasetId },
          ...{ invitationId, wall: wallOf(at, zone), zone, dueAt: at, createdAt: now },
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    return { at, zone }
  })
}

/** Turns the kind of a reminder off, for good. */
export async function turnOff(
  parley: Parley,
  labeler: Labeler,
  input: { reminderId: string },
): Promise<ReminderKind> {
  return inTransaction(parley, async (inside) => {
    const { kind } = await lockOwn(inside, labeler, input.reminderId)
    await inside.db
      .updateTable('reminders')
      .set({ answer: 'off' })
      .where('id', '=', input.reminderId)
      .execute()
    await changePreferences(inside, labeler, { kind, on: false })
    return kind
  })
}

function laterAt(
  now: Date,
  person: { zone: string; platform: 'slack' | 'discord'; days: number[]; digestAt: string },
  until: Later,
): Date | null {
  const { zone, platform, days } = person
  const theirs = everyDay.filter((day) => days.includes(day))
  const quiet = quietOf(platform, days)
  switch (until) {
    case 'hour':
      return afterQuiet(new Date(now.getTime() + 3_600_000), zone, quiet)
    case 'afternoon':
      return nextAt(now, { time: { hour: 14, minute: 0 }, zone, days: theirs })
    case 'tomorrow':
      return nextAt(endOfDay(now, zone), {
        time: parseWallTime(person.digestAt) ?? { hour: 9, minute: 30 },
        zone,
        days: theirs,
      })
    case 'not-today':
      return null
  }
}

function endOfDay(now: Date, zone: string): Date {
  return DateTime.fromJSDate(now, { zone }).endOf('day').toJSDate()
}

async function lockOwn(parley: Parley, labeler: Labeler, reminderId: string) {
  const row = /^\d{1,18}$/.test(reminderId)
    ? await parley.db
        .selectFrom('reminders')
        .select(['kind', 'datasetId', 'invitationId'])
        .where('id', '=', reminderId)
        .where('labelerId', '=', labeler.id)
        .forUpdate()
        .executeTakeFirst()
    : undefined
  if (!row) throw gone()
  return row
}

function gone(): ParleyError {
  return new ParleyError('not_found', (said) => said.reminderOver)
}
