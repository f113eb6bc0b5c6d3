/** Every migration can be taken back, and leads to the same database when it is run again. */
import { sql } from 'kysely'
import { NO_MIGRATIONS } from 'kysely/migration'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrateDatabase, migratorOf } from '../../src/db/migrate.ts'
import { openLog } from '../../src/log.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'

const log = openLog({ level: 'warn' })
let database: TestDatabase

beforeAll(async () => {
  database = await openTestDatabase({ empty: true })
})
afterAll(() => database.close())

/** What stands in the database, but for the migrator's own tables. */
async function outline(): Promise<string[]> {
  const { rows } = await sql<{ line: string }>`
    select format('column %s.%s %s %s %s', table_name, column_name, data_type,
      is_nullable, column_default) as line
    from information_schema.columns where table_schema = 'public' and table_name !~ '^kysely'
    union all
    select format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
    from pg_constraint
    where connamespace = 'public'::regnamespace and conrelid::regclass::text !~ '^kysely'
    union all
    select format('index %s', indexdef) from pg_indexes
    where schemaname = 'public' and tablename !~ '^kysely'
    union all
    select format('trigger %s', pg_get_triggerdef(oid)) from pg_trigger where not tgisinternal
    union all
    select format('function %s', pg_get_functiondef(oid)) from pg_proc
    where pronamespace = 'public'::regnamespace and prokind = 'f'
    union all
    select format('type %s', typname) from pg_type
    where typnamespace = 'public'::regnamespace and typtype in ('e', 'd')
    order by 1`.execute(database.db)
  return rows.map(({ line }) => line)
}

test('twice: each migration is reverted to what was before it, and applied again', async () => {
  const migrator = migratorOf(database.db)
  const all = await migrator.getMigrations()
  const before: string[][] = [await outline()]
  for (const { name } of all) {
    expect(await migrator.migrateUp()).toMatchObject({ results: [{ status: 'Success' }] })
    before.push(await outline())
    expect(before.at(-1), name).not.toEqual(before.at(-2))
  }
  for (const { name } of all.toReversed()) {
    expect(await outline(), `before ${name} is taken back`).toEqual(before.pop())
    const { error, results } = await migrator.migrateDown()
    expect([error, results], name).toMatchObject([
      undefined,
      [{ status: 'Success', migrationName: name }],
    ])
  }
  expect(await outline()).toEqual(before.pop())
  const again = await migrateDatabase(database.db, log)
  expect(again).toEqual(all.map(({ name }) => name))
})

test('happy: rows that only the newest knows do not stand in the way back', async () => {
  const { db } = database
  const at = new Date('2026-03-02T09:00:00Z')
  const { id: labelerId } = await db
    .insertInto('labelers')
    .values({ createdAt: at })
    .returning('id')
    .executeTakeFirstOrThrow()
  const person = { platform: 'slack', workspace: 'T1', userId: 'UANA' } as const
  await db
    .insertInto('identities')
    .values({ ...person, labelerId })
    .execute()
  for (const state of ['waiting', 'queued', 'sending', 'sent', 'skipped', 'failed'] as const)
    await db
      .insertInto('reminders')
      .values({
        ...{ key: state, kind: 'digest', labelerId, state },
        ...{ wall: '2026-03-02T09:00', zone: 'UTC', dueAt: at, createdAt: at },
      })
      .execute()
  for (const kind of ['card', 'notice', 'reminder'] as const)
    await db
      .insertInto('deliveries')
      .values({
        ...{ key: kind, kind, platform: 'slack', workspace: 'T1', recipient: 'UANA' },
        ...{ content: '{}', dueAt: at, createdAt: at },
      })
      .execute()
  const migrator = migratorOf(db)
  expect((await migrator.migrateTo('014_checks')).error).toBeUndefined()
  const { rows: reminders } = await sql`select key, state from reminders order by id`.execute(db)
  expect(reminders.map((row) => Object.values(row ?? {}).join(' '))).toEqual([
    'waiting waiting',
    'queued queued',
    'sending queued',
    'sent sent',
    'skipped skipped',
    'failed skipped',
  ])
  expect((await migrator.migrateTo('011_links')).error).toBeUndefined()
  const { rows: messages } = await sql`select key from deliveries order by id`.execute(db)
  expect(messages).toEqual([{ key: 'card' }, { key: 'notice' }])
  expect((await migrator.migrateTo(NO_MIGRATIONS)).error).toBeUndefined()
})
