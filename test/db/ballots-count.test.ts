/** What was left out before answers made elsewhere counted whole counts after the upgrade. */
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migratorOf } from '../../src/db/migrate.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase({ empty: true })
})
afterAll(() => database.close())

test('happy: surplus ballots made elsewhere become ballots that count; those of people here stay', async () => {
  const migrator = migratorOf(database.db)
  await migrator.migrateTo('017_function_files')
  await sql`
    insert into datasets (name, document, created_at, updated_at) values ('d', '{}', now(), now())
  `.execute(database.db)
  await sql`
    insert into records (dataset_id, external_id, fields, created_at, updated_at)
    values (1, 'r', '{}', now(), now())`.execute(database.db)
  await sql`
    insert into places (dataset_id, record_id, position, wanted, counted, taken)
    values (1, 1, 1, 1, 1, 1)`.execute(database.db)
  // 1 fills the place; 2 and 3 came from elsewhere, 3 was taken out; 4 is of somebody here.
  for (const [labeler, platform, counted, flags] of [
    [1, 'slack', true, '{}'],
    [2, 'import', false, '{surplus}'],
    [3, 'import', false, '{excluded}'],
    [4, 'slack', false, '{surplus}'],
  ]) {
    await sql`
      insert into assignments (dataset_id, record_id, labeler_id, slot, status, counted, created_at)
      values (1, 1, ${labeler}, ${Number(labeler) - 1}, 'submitted', ${counted}, now())
    `.execute(database.db)
    await sql`
      insert into responses (dataset_id, assignment_id, record_id, labeler_id, status, platform,
        submitted_at, schema_version, guidelines_version, flags)
      values (1, ${labeler}, 1, ${labeler}, 'submitted', ${platform}, now(), 1, 1, ${flags}::text[])
    `.execute(database.db)
    await sql`
      insert into tallies (dataset_id, labeler_id, submitted, counted)
      values (1, ${labeler}, 1, ${counted ? 1 : 0})`.execute(database.db)
  }
  await migrator.migrateTo('018_imports')
  const { rows } = await sql`
    select a.labeler_id as who, a.counted, a.slot, a.post_id as post, r.flags, t.counted as tally
    from assignments a join responses r on r.assignment_id = a.id
    join tallies t on t.labeler_id = a.labeler_id order by a.labeler_id`.execute(database.db)
  expect(rows).toEqual([
    { who: '1', counted: true, slot: 0, post: null, flags: [], tally: '1' },
    { who: '2', counted: true, slot: null, post: '0', flags: [], tally: '1' },
    { who: '3', counted: false, slot: 2, post: null, flags: ['excluded'], tally: '0' },
    { who: '4', counted: false, slot: 3, post: null, flags: ['surplus'], tally: '0' },
  ])
  const { rows: places } = await sql`select polled, posted, counted from places`.execute(
    database.db,
  )
  expect(places).toEqual([{ polled: true, posted: true, counted: 1 }])
})
