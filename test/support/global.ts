/** One embedded Postgres for a whole run of the tests, with a migrated database to clone. */
import { existsSync, mkdirSync, rmSync, statfsSync } from 'node:fs'
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

type Shared = { url: string; close(): Promise<void> }

/** Vitest loads this module for each project anew; what they share is kept where all of them find it. */
const kept: { [name: symbol]: { server: Promise<Shared>; users: number } | undefined } = globalThis
const key = Symbol.for('parley.test.postgres')

export default async function setup(project: TestProject) {
  kept[key] ??= { server: startServer(), users: 0 }
  const shared = kept[key]
  shared.users++
  const { url, close } = await shared.server
  project.provide('postgresUrl', url)
  return async () => {
    shared.users--
    if (shared.users > 0) return
    kept[key] = undefined
    await close()
  }
}

/** Its data, and what tests put into the folder for temporary files, lie in one folder, gone at the end. */
async function startServer(): Promise<Shared> {
  const folder = join(roomyMemory() ?? tmpdir(), `parley-test-${process.pid}-${Date.now()}`)
  mkdirSync(join(folder, 'tmp'), { recursive: true, mode: 0o755 })
  process.env['TMPDIR'] = join(folder, 'tmp')
  const server = await openEmbeddedPostgres({ dataDir: folder, fast: true })
  await makeTemplate(server.url)
  return {
    url: server.url,
    close: async () => {
      await server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Linux's folder in memory, where it has room: files come and go there at a third of the cost, and no disk is waited for. */
function roomyMemory(): string | null {
  const folder = '/dev/shm'
  if (!existsSync(folder)) return null
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize > 3e9 ? folder : null
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
