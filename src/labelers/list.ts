/** Everybody who ever agreed to take part, for admins: who they are and how much they did. */
import { sql } from 'kysely'
import type { Parley } from '../parley.ts'
import { type Platform, personName } from './person.ts'

export type ListedLabeler = {
  id: string
  /** Their identities, as `slack:T1:U1`; none once they were forgotten. */
  people: string[]
  submitted: number
  discarded: number
}

export async function listLabelers(parley: Parley): Promise<ListedLabeler[]> {
  const identities = await parley.db
    .selectFrom('identities')
    .select(['labelerId', 'platform', 'workspace', 'userId'])
    .orderBy('platform')
    .execute()
  const rows = await parley.db
    .selectFrom('labelers')
    .leftJoin('tallies', 'tallies.labelerId', 'labelers.id')
    .select([
      'labelers.id',
      sql<number>`coalesce(sum(tallies.submitted), 0)::float8`.as('submitted'),
      sql<number>`coalesce(sum(tallies.discarded), 0)::float8`.as('discarded'),
    ])
    .groupBy('labelers.id')
    .orderBy('labelers.id')
    .execute()
  return rows.map((row) => ({
    ...row,
    people: identities
      .filter(({ labelerId }) => labelerId === row.id)
      .map(({ platform, workspace, userId }) =>
        personName({ platform: platform as Platform, workspace, userId }),
      ),
  }))
}
