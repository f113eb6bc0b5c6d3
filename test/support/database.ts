/** A migrated database of a test file's own, cloned from the template in some milliseconds. */
import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { type OpenDatabase, openDatabase } from '../../src/db/open.ts'
import { codeOf } from '../../src/errors.ts'
import { openLog } from '../../src/log.ts'

export type TestDatabase = OpenDatabase & { url: string }

/** Clones the template; `empty` makes a database without any of our tables. */
export async function openTestDatabase(
  options: { empty?: boolean; max?: number } = {},
): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`
  const template = options.empty ? 'template0' : 'parley_template'
  await asAdmin(`create database ${name} template ${template} strategy file_copy`)
  const url = inject('postgresUrl').replace(/[^/]+$/, name)
  const opened = openDatabase(url, { log: openLog({ level: 'warn' }), max: options.max ?? 10 })
  return {
    ...opened,
    url,
    close: async () => {
      await opened.close()
      await asAdmin(`drop database if exists ${name} with (force)`)
    },
  }
}

async function asAdmin(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') })
  await client.connect()
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        await client.query(statement)
        return
      } catch (error) {
        // 55006: somebody else clones the template at this moment.
        if (codeOf(error) !== '55006' || attempt === 100) throw error
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
  } finally {
    await client.end()
  }
}
