/** Brings the database to the newest migration and functions, one process at a time. */
import { readdir } from 'node:fs/promises'
import { type Kysely, PostgresAdapter, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import { conflict } from '../errors.ts'
import type { Log } from '../log.ts'
import { applyFunctions } from './functions.ts'
import { applyPlatforms } from './platforms.ts'
import type { Database } from './schema.ts'
import { applySearchIndex } from './search-index.ts'

const folder = new URL('../../migrations/', import.meta.url)

/**
 * Runs what is missing and returns the names of the migrations that ran; then applies the functions
 * whose text changed. Both under kysely's lock, which its migrator takes once more and counts.
 */
export async function migrateDatabase(db: Kysely<Database>, log: Log): Promise<string[]> {
  const lock = new PostgresAdapter()
  return db.connection().execute(async (one) => {
    await lock.acquireMigrationLock(one, lockOptions)
    try {
      const migrations = await runMigrations(one)
      if (migrations.length > 0)
        log.info({ event: 'database.migrated', migrations }, 'Migrated the database.')
      const functions = await one.transaction().execute(async (transaction) => {
        await applyPlatforms(transaction)
        await applySearchIndex(transaction)
        return applyFunctions(transaction)
      })
      if (functions.length > 0)
        log.info(
          { event: 'database.functions_renewed', functions },
          'Renewed functions of the database.',
        )
      return migrations
    } finally {
      await lock.releaseMigrationLock(one, lockOptions)
    }
  })
}

const lockOptions = { lockTable: 'kysely_migration_lock', lockRowId: 'migration_lock' }

/** Each file is a module: they are loaded only where one has to run. */
async function runMigrations(db: Kysely<Database>): Promise<string[]> {
  const [all, done] = [await migrationNames(), await executedMigrations(db)]
  if (all.length === done.length && all.every((name, at) => name === done[at])) return []
  const { error, results = [] } = await migratorOf(db).migrateToLatest()
  const failed = results.find(({ status }) => status === 'Error')
  if (failed)
    throw new Error(`Migration ${failed.migrationName} failed; its changes were rolled back.`, {
      cause: error,
    })
  if (error instanceof Error && error.message.startsWith('corrupted migrations'))
    throw conflict(
      `This database was migrated by another version of Parley. Run that version, or restore a backup. (${error.message})`,
      error,
    )
  if (error) throw error
  return results.map(({ migrationName }) => migrationName)
}

/** The names of the migrations that have not run yet; for `doctor` and `/readyz`. */
export async function pendingMigrations(db: Kysely<Database>): Promise<string[]> {
  const done = new Set(await executedMigrations(db))
  return (await migrationNames()).filter((name) => !done.has(name))
}

async function migrationNames(): Promise<string[]> {
  return migrationFiles(await readdir(folder)).map(nameOf)
}

const nameOf = (file: string) => file.replace(/\.ts$/, '')

/** Those that kysely has noted, by name; none in a new database. */
async function executedMigrations(db: Kysely<Database>): Promise<string[]> {
  const { rows: there } = await sql<{ there: boolean }>`
    select to_regclass('kysely_migration') is not null as there`.execute(db)
  if (!there[0]?.there) return []
  const { rows } = await sql<{ name: string }>`
    select name from kysely_migration order by name collate "C"`.execute(db)
  return rows.map(({ name }) => name)
}

/** Of all migrations there are, up and down. */
export function migratorOf(db: Kysely<Database>): Migrator {
  return new Migrator({
    db: db.withoutPlugins(),
    provider: {
      getMigrations: async () => {
        const files = migrationFiles(await readdir(folder))
        const modules = files.map(async (file): Promise<[string, Migration]> => {
          const migration: Migration = await import(new URL(file, folder).href)
          return [nameOf(file), migration]
        })
        return Object.fromEntries(await Promise.all(modules))
      },
    },
  })
}

/** The migrations among these files in order. @throws when a number is missing or used twice. */
export function migrationFiles(files: readonly string[]): string[] {
  const sorted = files.filter((file) => file.endsWith('.ts')).sort()
  for (const [index, file] of sorted.entries()) {
    const number = String(index + 1).padStart(3, '0')
    if (!new RegExp(`^${number}_[a-z][a-z_]*\\.ts$`).test(file))
      throw new Error(
        `Migrations must be numbered without gaps: expected ${number}_noun.ts, found ${file}.`,
      )
  }
  return sorted
}
