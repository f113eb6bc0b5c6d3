/** A person's answer to a reminder: later, not today, or no more of this kind. */
import { getDataset } from '../datasets/dataset.ts'
import type { Dataset } from '../datasets/document.ts'
import { ParleyError } from '../errors.ts'
import type { Labeler } from '../labelers/labeler.ts'
import { isLetIn } from '../labelers/memberships.ts'
import { inTransaction, type Parley } from '../parley.ts'
import { changePreferences } from './preferences.ts'
import {
  digestTime,
  type Hours,
  isId,
  type Later,
  parseWallTime,
  quietOf,
  type ReminderKind,
} from './reminder.ts'
import { againKey, findReminded, wallOf } from './schedule.ts'
import { afterQuiet, endOfDay, nextAt } from './when.ts'

/** The result of snoozing a reminder: when it comes again, or the dataset in which there is nothing left to do. */
export type PutOff = { at: Date; zone: string } | { at: null } | { over: Dataset }

/**
 * Snoozes a reminder, or all of today's: `at` is null then. The last choice counts.
 * @throws ParleyError `not_found` for another person's reminder.
 */
export async function remindLater(
  parley: Parley,
  labeler: Labeler,
  input: { reminderId: string; until: Later },
): Promise<PutOff> {
  const { until, reminderId } = input
  const over = await findOver(parley, labeler, reminderId)
  return inTransaction(parley, async (inside) => {
    const { kind, datasetId, invitationId } = await noteAnswer(inside, labeler, reminderId, until)
    const person = await findReminded(inside, labeler.id)
    const zone = person?.zone
    if (!person || !zone) throw gone()
    const now = inside.now()
    await inside.db
      .deleteFrom('reminders')
      .where('labelerId', '=', labeler.id)
      .where('kind', '=', kind)
      .where('datasetId', 'is not distinct from', datasetId)
      .where('invitationId', 'is not distinct from', invitationId)
      .where('state', '=', 'waiting')
      .where('key', 'like', 'again:%')
      .execute()
    const at = laterAt(now, { ...person, zone }, until)
    await inside.db
      .updateTable('preferences')
      .set({ ignored: 0, silentUntil: at === null ? endOfDay(now, zone) : null })
      .where('labelerId', '=', labeler.id)
      .execute()
    if (at === null) return { at }
    if (over) return { over }
    // Tomorrow's digest comes anyway.
    if (kind === 'digest' && until === 'tomorrow') return { at, zone }
    const wall = wallOf(at, zone)
    await inside.db
      .insertInto('reminders')
      .values({
        ...{ key: againKey(reminderId, wall), kind, labelerId: labeler.id, datasetId },
        ...{ invitationId, wall, zone, dueAt: at, createdAt: now },
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
    const { kind } = await noteAnswer(inside, labeler, input.reminderId, 'off')
    await changePreferences(inside, labeler, { kind, on: false })
    return kind
  })
}

/** Begins work from a reminder, which shows that the person is there. */
export async function beginFromReminder(
  parley: Parley,
  labeler: Labeler,
  input: { reminderId: string },
): Promise<ReminderKind> {
  return (await noteAnswer(parley, labeler, input.reminderId, 'start')).kind
}

/** The dataset or batch that a reminder asks work for, if nothing is left for this person to do there. */
async function findOver(
  parley: Parley,
  labeler: Labeler,
  reminderId: string,
): Promise<Dataset | null> {
  if (!isId(reminderId)) return null
  const row = await parley.db
    .selectFrom('reminders')
    .innerJoin('datasets', 'datasets.id', 'reminders.datasetId')
    .leftJoin('invitations', 'invitations.id', 'reminders.invitationId')
    .select(['datasets.name', 'invitations.state'])
    .where('reminders.id', '=', reminderId)
    .where('reminders.labelerId', '=', labeler.id)
    .where('reminders.kind', 'in', ['new_work', 'nudge', 'deadline'])
    .executeTakeFirst()
  if (!row) return null
  const dataset = await getDataset(parley, row.name)
  const isOver = dataset.status === 'closed' || (row.state !== null && row.state !== 'started')
  return isOver || !(await isLetIn(parley, dataset, labeler.person)) ? dataset : null
}

function laterAt(
  now: Date,
  person: Hours & { zone: string; digestAt: string },
  until: Later,
): Date | null {
  const { zone } = person
  const quiet = quietOf(person)
  const { days } = quiet
  switch (until) {
    case 'hour':
      return afterQuiet(new Date(now.getTime() + 3_600_000), zone, quiet)
    case 'afternoon':
      return nextAt(now, { time: { hour: 14, minute: 0 }, zone, days })
    case 'tomorrow':
      return nextAt(endOfDay(now, zone), {
        time: parseWallTime(person.digestAt) ?? digestTime,
        zone,
        days,
      })
    case 'not-today':
      return null
  }
}

/** Stores a person's answer to one of their reminders, and locks its row. */
async function noteAnswer(
  parley: Parley,
  labeler: Labeler,
  reminderId: string,
  answer: Later | 'off' | 'start',
) {
  const row = isId(reminderId)
    ? await parley.db
        .updateTable('reminders')
        .set({ answer })
        .where('id', '=', reminderId)
        .where('labelerId', '=', labeler.id)
        .returning(['kind', 'datasetId', 'invitationId'])
        .executeTakeFirst()
    : undefined
  if (!row) throw gone()
  return row
}

function gone(): ParleyError {
  return new ParleyError('not_found', (said) => said.reminderOver)
}
