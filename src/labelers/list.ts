/** Lists everybody who agreed to take part, for admins: their accounts and how much they did. */
import { sql } from 'kysely'
import type { Parley } from '../parley.ts'
import { type Platform, personName } from './person.ts'

export type ListedLabeler = {
  id: string
  /** Their identities, as `slack:T1:U1`; none once they were forgotten. */
  people: string[]
  submitted: number
  discarded: number
  /** Their pseudonym in the dataset's exports and statistics; null without one, or before the first export. */
  pseudonym: string | null
}

/** Everybody, or those who take part in one dataset, with their numbers there. */
export async function listLabelers(
  parley: Parley,
  dataset?: { id: string },
): Promise<ListedLabeler[]> {
  const identities = await parley.db
    .selectFrom('identities')
    .select(['labelerId', 'platform', 'workspace', 'userId'])
    .orderBy('platform')
    .execute()
  const rows = await parley.db
    .selectFrom('labelers')
    .leftJoin('tallies', (join) => {
      const own = join.onRef('tallies.labelerId', '=', 'labelers.id')
      return dataset ? own.on('tallies.datasetId', '=', dataset.id) : own
    })
    .leftJoin('pseudonyms', (join) =>
      join
        .onRef('pseudonyms.labelerId', '=', 'labelers.id')
        .on('pseudonyms.datasetId', '=', dataset?.id ?? null),
    )
    .$if(dataset !== undefined, (query) => query.where('tallies.labelerId', 'is not', null))
    .select([
      'labelers.id',
      sql<number>`coalesce(sum(tallies.submitted), 0)::float8`.as('submitted'),
      sql<number>`coalesce(sum(tallies.discarded), 0)::float8`.as('discarded'),
    ])
    .select((row) => row.fn.max('pseudonyms.pseudonym').as('pseudonym'))
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
