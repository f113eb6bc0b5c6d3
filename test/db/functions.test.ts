/** The database's functions: each stands once as text, and is applied again when its text changes. */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readFunctionFiles } from '../../src/db/functions.ts'
import { migrateDatabase, migratorOf } from '../../src/db/migrate.ts'
import { openLog } from '../../src/log.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'

const log = openLog({ level: 'error' })
let database: TestDatabase

beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())

async function definitionOf(name: string): Promise<string> {
  const { rows } = await sql<{ definition: string }>`
    select pg_get_functiondef(${name}::regproc) as definition`.execute(database.db)
  return rows[0]?.definition ?? ''
}

describe('happy', () => {
  test('every function of the database is one that stands in a file, once', async () => {
    const files = await readFunctionFiles()
    const { rows } = await sql<{ name: string }>`
      select proname as name from pg_proc
      where pronamespace = 'public'::regnamespace and prokind = 'f' order by 1`.execute(database.db)
    const written = files.flatMap(({ functions }) => functions).sort()
    expect(written.length).toBeGreaterThan(40)
    expect(rows.map(({ name }) => name)).toEqual(written)
    // As the way back finds them: by the line each begins with.
    const begun = files.flatMap(({ text }) => text.match(/create (or replace )?function/gi) ?? [])
    expect(begun).toHaveLength(written.length)
  })

  test('every body is one that Postgres takes, whatever calls what', async () => {
    const { rows } = await sql<{ name: string; language: string }>`
      select p.oid::regprocedure::text as name, l.lanname as language
      from pg_proc p join pg_language l on l.oid = p.prolang
      where p.pronamespace = 'public'::regnamespace`.execute(database.db)
    for (const { name, language } of rows) {
      const validator = language === 'sql' ? 'fmgr_sql_validator' : 'plpgsql_validator'
      await sql.raw(`select ${validator}('${name}'::regprocedure)`).execute(database.db)
    }
  })

  test('none that reads a table was planned for a small one and keeps that plan', async () => {
    // A plan is kept for as long as the connection, and made by whoever called first: each says so itself.
    const { rows } = await sql<{ name: string }>`
      select proname as name from pg_proc
      where pronamespace = 'public'::regnamespace
        and prosrc ~ '(from|join|update|delete from)\\s+(assignments|check_turns|cursors|datasets|dataset_versions|identities|labelers|outlines|places|posts|records|responses|revisions|tallies)\\M'
        and not coalesce(proconfig, '{}') @> '{enable_seqscan=off}' order by 1`.execute(database.db)
    expect(rows).toEqual([])
  })

  test('no migration after the one that keeps the files writes a function', async () => {
    const { db } = database
    const names = (await migratorOf(db).getMigrations()).map(({ name }) => name)
    const bare = await openTestDatabase({ empty: true })
    try {
      const migrator = migratorOf(bare.db)
      await migrator.migrateTo('017_function_files')
      const functions = async () => {
        const { rows } = await sql`select proname, xmin::text from pg_proc
          where pronamespace = 'public'::regnamespace order by 1`.execute(bare.db)
        return rows
      }
      const before = await functions()
      await migrator.migrateTo(names.at(-1) ?? '')
      expect(await functions()).toEqual(before)
    } finally {
      await bare.close()
    }
  })
})

describe('twice', () => {
  test('a file whose text changed is applied again, and no other', async () => {
    const { db } = database
    expect(await migrateDatabase(db, log)).toEqual([])
    const before = await definitionOf('is_fault')
    await sql`create or replace function is_fault(p_reason text) returns boolean language sql
      immutable as 'select false'`.execute(db)
    await sql`update function_files set hash = 'of yesterday' where name = 'discard'`.execute(db)
    const submit = await definitionOf('submit_answer')
    await sql`update function_files set functions = '{}' where name = 'submit'`.execute(db)
    expect(await migrateDatabase(db, log)).toEqual([])
    expect(await definitionOf('is_fault')).toBe(before)
    expect(await definitionOf('submit_answer')).toBe(submit)
    const { rows: kept } = await sql<{ functions: string[] }>`
      select functions from function_files where name = 'submit'`.execute(db)
    expect(kept, 'the untouched file is not applied').toEqual([{ functions: [] }])
  })

  test('a process that serves meanwhile never misses a function', async () => {
    const { db } = database
    let isOver = false
    let calls = 0
    const serve = async () => {
      while (!isOver) {
        await sql`select next_assignment(1, 1, '', 30, 10, false, null, ${new Date()})`.execute(db)
        calls++
      }
    }
    const serving = [serve(), serve()]
    for (let n = 0; n < 5; n++) {
      await sql`update function_files set hash = ''`.execute(db)
      await Promise.all([migrateDatabase(db, log), migrateDatabase(db, log)])
    }
    isOver = true
    await Promise.all(serving)
    expect(calls).toBeGreaterThan(0)
  })
})

describe('refused', () => {
  test('a text that Postgres does not take leaves every function as it was', async () => {
    const { db } = database
    await sql`update function_files set hash = ''`.execute(db)
    await sql`drop table revisions cascade`.execute(db)
    // A function over a row of a table that is gone cannot be made; nothing before it is kept.
    await sql`alter table places rename to elsewhere`.execute(db)
    const before = await definitionOf('submit_answer')
    await expect(migrateDatabase(db, log)).rejects.toThrow('places')
    expect(await definitionOf('submit_answer')).toBe(before)
    const { rows } = await sql`select from function_files where hash <> ''`.execute(db)
    expect(rows).toEqual([])
  })
})
