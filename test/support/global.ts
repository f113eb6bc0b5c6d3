/** One embedded Postgres for a whole run of the tests, with a migrated database to clone. */
import { mkdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { openEmbeddedPostgres } from '../../src/db/embedded.ts'
import { migrateDatabase } from '../../src/db/migrate.ts'
import { openDatabase, openQueuePool } from '../../src/db/open.ts'
import { openLog } from '../../src/log.ts'
import { openQueue } from '../../src/queue/queue.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The server's own database, from which others are made. */
    postgresUrl: string
  }
}

export const templateName = 'parley_template'

export default async function setup(project: TestProject) {
  const dataDir = join(tmpdir(), `parley-test-${process.pid}-${Date.now()}`)
  mkdirSync(dataDir, { mode: 0o755 })
  const server = await openEmbeddedPostgres({ dataDir, fast: true })
  await makeTemplate(server.url)
  project.provide('postgresUrl', server.url)
  return async () => {
    await server.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

async function makeTemplate(serverUrl: string): Promise<void> {
  const admin = new pg.Client({ connectionString: serverUrl })
  await admin.connect()
  await admin.query(`create database ${templateName}`)
  await admin.end()
  const url = serverUrl.replace(/[^/]+$/, templateName)
  const log = openLog({ level: 'warn' })
  const { db, close } = openDatabase(url, { log })
  await migrateDatabase(db, log)
  await close()
  const pool = openQueuePool(url, { log })
  const queue = await openQueue({ type: 'postgres', pool }, log)
  await queue.close()
  await pool.end()
}
