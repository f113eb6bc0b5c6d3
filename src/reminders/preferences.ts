/**
 * What a labeler wants to be reminded of, where and when. The row exists as soon as they may be
 * reminded: after their consent in Slack, or once they ask for it.
 */
import { invalid } from '../errors.ts'
import type { Labeler } from '../labelers/labeler.ts'
import { inTransaction, type Parley } from '../parley.ts'
import {
  digestTime,
  type Hours,
  isOn,
  mostIgnored,
  noQuiet,
  parseWallTime,
  quietOf,
  type ReminderKind,
  reminderKinds,
  sayWallTime,
} from './reminder.ts'
import { scheduleDigest } from './schedule.ts'
import { everyDay, isZone, type Weekday, workdays } from './when.ts'

export type Preferences = {
  kinds: { kind: ReminderKind; on: boolean }[]
  /** Null while unknown; nothing is sent until it is known. */
  zone: string | null
  /** `09:30` on their wall. */
  digestAt: string
  days: Weekday[]
  /** Quiet hours in their local time; null for none. */
  quiet: { from: string; until: string } | null
  /** Reminders are paused, because they led to nothing. */
  resting: boolean
  /** The last message could not be delivered. */
  lost: boolean
}

export type PreferenceChange =
  | { kind: ReminderKind; on: boolean }
  | { all: boolean }
  | { zone: string }
  | { digestAt: string }
  | { days: readonly number[] }
  /** Changes one end of the quiet hours. */
  | { quietFrom: string }
  | { quietUntil: string }
  | { quiet: 'none' | 'usual' }

export async function getPreferences(parley: Parley, labeler: Labeler): Promise<Preferences> {
  const row = await parley.db
    .selectFrom('labelers')
    .leftJoin('preferences', 'preferences.labelerId', 'labelers.id')
    .select([
      'preferences.kinds',
      'preferences.digestAt',
      'preferences.days',
      'preferences.quietFrom',
      'preferences.quietUntil',
      'preferences.zone',
      'preferences.ignored',
      'preferences.lostAt',
      'preferences.platform',
      'labelers.zone as profileZone',
    ])
    .where('labelers.id', '=', labeler.id)
    .executeTakeFirstOrThrow()
  const platform = row.platform ?? labeler.person.platform
  const days = row.days ?? workdays
  return {
    kinds: reminderKinds.map((kind) => ({ kind, on: isOn(kind, row.kinds ?? {}, platform) })),
    zone: row.zone ?? row.profileZone,
    digestAt: row.digestAt ?? sayWallTime(digestTime),
    days: everyDay.filter((day) => days.includes(day)),
    quiet: sayQuiet({ platform, days, quietFrom: row.quietFrom, quietUntil: row.quietUntil }),
    resting: (row.ignored ?? 0) >= mostIgnored,
    lost: row.lostAt !== null,
  }
}

/**
 * Changes one setting. From now on, reminders go to where the change was made.
 * @throws ParleyError `invalid` for a zone, time or day that does not exist.
 */
export async function changePreferences(
  parley: Parley,
  labeler: Labeler,
  change: PreferenceChange,
): Promise<Preferences> {
  const { platform, workspace } = labeler.person
  const before = await getPreferences(parley, labeler)
  const set = changeOf(change, before.quiet)
  return inTransaction(parley, async (inside) => {
    await inside.db
      .insertInto('preferences')
      .values({ labelerId: labeler.id, platform, workspace, digestAt: sayWallTime(digestTime) })
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

/** The quiet hours as times of day; null for none. */
function sayQuiet(hours: Hours): Preferences['quiet'] {
  const { from, until } = quietOf(hours)
  const quiet = { from: sayWallTime(from), until: sayWallTime(until) }
  return quiet.from === quiet.until ? null : quiet
}

type Changed = {
  kinds?: Record<string, boolean>
  zone?: string
  digestAt?: string
  days?: number[]
  quietFrom?: string | null
  quietUntil?: string | null
}

function changeOf(change: PreferenceChange, quiet: Preferences['quiet']): Changed {
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
  if ('quiet' in change) {
    const hours = change.quiet === 'none' ? noQuiet : { from: null, until: null }
    return { quietFrom: hours.from, quietUntil: hours.until }
  }
  if ('quietFrom' in change || 'quietUntil' in change) return changeQuiet(change, quiet)
  const days = everyDay.filter((day) => change.days.includes(day))
  if (days.length === 0) throw invalid({ days: (said) => said.noDays })
  return { days }
}

/** Stores both ends: the other one as it was, or a usual value if there was none. */
function changeQuiet(
  change: { quietFrom: string } | { quietUntil: string },
  quiet: Preferences['quiet'],
): Changed {
  const text = 'quietFrom' in change ? change.quietFrom : change.quietUntil
  const time = parseWallTime(text)
  if (!time) throw invalid({ time: (said) => said.badTime(text) })
  const at = sayWallTime(time)
  const other = quiet ?? { from: '18:00', until: '09:00' }
  const [from, until] = 'quietFrom' in change ? [at, other.until] : [other.from, at]
  // From nine to nine means no quiet hours, rather than a whole day.
  if (from === until) return { quietFrom: noQuiet.from, quietUntil: noQuiet.until }
  return { quietFrom: from, quietUntil: until }
}
