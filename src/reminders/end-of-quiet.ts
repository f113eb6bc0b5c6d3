/** When a person may be written to about something that is asked by a program, and so can wait. */
import { sql } from 'kysely'
import { findLabeler } from '../labelers/labeler.ts'
import type { Person } from '../labelers/person.ts'
import type { Parley } from '../parley.ts'
import { quietOf } from './reminder.ts'
import { findReminded } from './schedule.ts'
import { afterQuiet, everyDay } from './when.ts'

/**
 * The end of the person's quiet hours, or null where it is not quiet now. People who chose no hours have
 * the platform's; where nobody knows their time zone, there are none to hold.
 */
export async function endOfQuiet(parley: Parley, person: Person): Promise<Date | null> {
  const labeler = await findLabeler(parley, person)
  const reminded = labeler && (await findReminded(parley, labeler.id))
  const known = reminded?.zone ?? (labeler && (await zoneOf(parley, labeler.id)))
  const zone = known ?? (await profileZone(parley, person))
  if (zone === null) return null
  const { platform } = person
  const hours = reminded ?? { days: everyDay.slice(0, 5), quietFrom: null, quietUntil: null }
  const now = parley.now()
  const free = afterQuiet(now, zone, quietOf({ ...hours, platform }))
  return free > now ? free : null
}

/** Whether a dataset has a record that somebody could still be dealt. */
export async function hasOpenWork(parley: Parley, datasetId: string): Promise<boolean> {
  const { rows } = await sql`
    select from places where dataset_id = ${datasetId} and open
      and (until is null or until > ${parley.now()}) limit 1`.execute(parley.db)
  return rows.length > 0
}

async function zoneOf({ db }: Parley, labelerId: string): Promise<string | null> {
  const row = await db
    .selectFrom('labelers')
    .select('zone')
    .where('id', '=', labelerId)
    .executeTakeFirst()
  return row?.zone ?? null
}

async function profileZone(parley: Parley, person: Person): Promise<string | null> {
  const profile = await parley.platforms
    .get(person.platform)
    ?.profile?.(person)
    .catch(() => null)
  return profile?.zone ?? null
}
