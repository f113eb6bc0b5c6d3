/**
 * What a labeler wants to be reminded of, where and when. There is a row from the moment they may be
 * reminded at all: after their consent in Slack, or once they asked for it.
 */
import { invalid } from '../errors.ts'
import type { Labeler } from '../labelers/labeler.ts'
import { inTransaction, type Parley } from '../parley.ts'
import {
  isOn,
  mostIgnored,
  parseWallTime,
  type ReminderKind,
  reminderKinds,
  sayWallTime,
} from './reminder.ts'
import { scheduleDigest } from './schedule.ts'
import { everyDay, isZone, type Weekday } from './when.ts'

export type Preferences = {
  kinds: { kind: ReminderKind; on: boolean }[]
  /** Null while nobody knows where they are; nothing is sent before it is known. */
  zone: string | null
  /** `09:30` on their wall. */
  digestAt: string
  days: Weekday[]
  /** Parley keeps quiet because its reminders led to nothing. */
  resting: boolean
  /** The last message could not be delivered: Parley may not write to them. */
  lost: boolean
}

export type PreferenceChange =
  | { kind: ReminderKind; on: boolean }
  | { all: boolean }
  | { zone: string }
  | { digestAt: string }
  | { days: readonly number[] }

export async function getPreferences(parley: Parley, labeler: Labeler): Promise<Preferences> {
  const row = await parley.db
    .selectFrom('labelers')
    .leftJoin('preferences', 'preferences.labelerId', 'labelers.id')
    .select([
      'preferences.kinds',
      'preferences.digestAt',
      'preferences.days',
      'preferences.zone',
      'preferences.ignored',
      'preferences.lostAt',
      'preferences.platform',
      'labelers.zone as profileZone',
    ])
    .where('labelers.id', '=', labeler.id)
    .executeTakeFirstOrThrow()
  const platform = row.platform ?? labeler.person.platform
  return {
    kinds: reminderKinds.map((kind) => ({ kind, on: isOn(kind, row.kinds ?? {}, platform) })),
    zone: row.zone ?? row.profileZone,
    digestAt: row.digestAt ?? '09:30',
    days: everyDay.filter((day) => (row.days ?? [1, 2, 3, 4, 5]).includes(day)),
    resting: (row.ignored ?? 0) >= mostIgnored,
    lost: row.lostAt !== null,
  }
}

/**
 * Changes one thing, and sends to where the change was made from now on.
 * @throws ParleyError `invalid` for a zone, time or day that does not exist.
 */
export async function changePreferences(
  parley: Parley,
  labeler: Labeler,
  change: PreferenceChange,
): Promise<Preferences> {
  const { platform, workspace } = labeler.person
  const set = changeOf(change)
  return inTransaction(parley, async (inside) => {
    await inside.db
      .insertInto('preferences')
      .values({ labelerId: labeler.id, platform, workspace })
      .onConflict((conflict) =>
        conflict
          .column('labelerId')
          .doUpdateSet({ platform, workspace, ignored: 0, lostAt: null, lostReason: null }),
      )
      .execute()
    const { kinds } = await inside.db
      .selectFrom('preferences')
      .select('kinds')
      .where('labelerId', '=', labeler.id)
      .forUpdate()
      .executeTakeFirstOrThrow()
    const { kinds: chosen, ...rest } = set
    await inside.db
      .updateTable('preferences')
      .set({ ...rest, kinds: JSON.stringify({ ...kinds, ...chosen }) })
      .where('labelerId', '=', labeler.id)
      .execute()
    await scheduleDigest(inside, labeler.id)
    return getPreferences(inside, labeler)
  })
}

function changeOf(change: PreferenceChange): {
  kinds?: Record<string, boolean>
  zone?: string
  digestAt?: string
  days?: number[]
} {
  if ('kind' in change) return { kinds: { [change.kind]: change.on } }
  if ('all' in change)
    return { kinds: Object.fromEntries(reminderKinds.map((kind) => [kind, change.all])) }
  if ('zone' in change) {
    if (!isZone(change.zone)) throw invalid({ zone: (said) => said.badZone(change.zone) })
    return { zone: change.zone }
  }
  if ('digestAt' in change) {
    const time = parseWallTime(change.digestAt)
    if (!time) throw invalid({ time: (said) => said.badTime(change.digestAt) })
    return { digestAt: sayWallTime(time) }
  }
  const days = everyDay.filter((day) => change.days.includes(day))
  if (days.length === 0) throw invalid({ days: (said) => said.noDays })
  return { days }
}
