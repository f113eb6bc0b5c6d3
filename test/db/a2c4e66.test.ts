/**
 * A database of build a2c4e66, whose functions were born and edited in migrations, comes over whole:
 * every row, every export, and people go on where they stood.
 */
import { readFileSync } from 'node:fs'
import { Writable } from 'node:stream'
import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findAssignment } from '../../src/assignments/assignment.ts'
import { nextAssignment } from '../../src/assignments/next.ts'
import { datasetProgress } from '../../src/assignments/progress.ts'
import { getDataset } from '../../src/datasets/dataset.ts'
import { migrateDatabase, migratorOf } from '../../src/db/migrate.ts'
import { exportToFile } from '../../src/exports/to-file.ts'
import type { Labeler } from '../../src/labelers/labeler.ts'
import { openLog } from '../../src/log.ts'
import type { Actor, Parley } from '../../src/parley.ts'
import { submitAndNext } from '../../src/responses/submit.ts'
import { undoResponse } from '../../src/responses/undo.ts'
import { countDrift } from '../assignments/invariants.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { startParley, type TestParley } from '../support/parley.ts'

const folder = new URL('./a2c4e66/', import.meta.url)
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8')
const said = JSON.parse(read('expected.json'))
const names = ['colours', 'checked', 'crowd']
const admin: Actor = { type: 'admin', name: 'cleo' }
const ana: Labeler = {
  id: '1',
  consentVersion: 1,
  person: { platform: 'slack', workspace: 'T1', userId: 'UANA' },
}
let database: TestDatabase
let ground: TestParley
let parley: Parley
let before: Record<string, number>

beforeAll(async () => {
  database = await openTestDatabase({ empty: true })
  const { error } = await migratorOf(database.db).migrateTo('016_task_messages')
  expect(error).toBeUndefined()
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  await client.query(read('rows.sql'))
  await client.end()
  before = await rowCounts()
  await migrateDatabase(database.db, openLog({ level: 'error' }))
  ground = await startParley({ database })
  ground.clock.set(new Date(said.now))
  parley = ground.parley
})
afterAll(async () => {
  await ground.close()
  await database.close()
})

async function rowCounts(): Promise<Record<string, number>> {
  const { rows } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_name !~ '^kysely' order by 1`.execute(database.db)
  const counts: Record<string, number> = {}
  for (const { name } of rows) {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from ${sql.table(name)}`.execute(database.db)
    counts[name] = rows[0]?.count ?? 0
  }
  return counts
}

async function exported(dataset: string): Promise<unknown[]> {
  const parts: Buffer[] = []
  const to = new Writable({
    write: (part: Buffer, _, done) => {
      parts.push(part)
      done()
    },
  })
  await exportToFile(parley, admin, { dataset, as: 'records', to })
  return linesOf(Buffer.concat(parts).toString('utf8'))
}

function linesOf(text: string): unknown[] {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

describe('happy: a database of build a2c4e66', () => {
  test('no row of it is lost', async () => {
    expect(await rowCounts()).toMatchObject(before)
    expect(before).toMatchObject({ responses: 100, revisions: 13, records: 36 })
  })

  test.each(names)('the export of “%s” is what it was, and so is its progress', async (name) => {
    expect(await exported(name)).toMatchObject(linesOf(read(`${name}.records.jsonl`)))
    const dataset = await getDataset(parley, name)
    expect(await datasetProgress(parley, dataset)).toMatchObject(said[`${name}.progress`])
  })

  test('what somebody held is still theirs; they answer it, and take it back', async () => {
    for (const [name, held] of said.held) {
      if (held === null) continue
      const dataset = await getDataset(parley, name)
      const mine = await nextAssignment(parley, ana, { dataset })
      expect(mine?.assignmentId).toBe(held)
      const ranks = Object.fromEntries((mine?.shownOrder ?? []).map((id, at) => [id, at + 1]))
      const progress = await datasetProgress(parley, dataset)
      const done = await submitAndNext(parley, ana, {
        ...{ assignmentId: held, schemaVersion: 1, platform: 'slack' },
        values: { preference: { mode: 'full', ranks, all_unacceptable: false } },
      })
      expect(done.values).toMatchObject({ preference: { ranks } })
      expect((await datasetProgress(parley, dataset)).submitted).toBe(progress.submitted + 1)
      expect(await undoResponse(parley, ana, { assignmentId: held })).toMatchObject({
        outcome: 'undone',
      })
      expect(await datasetProgress(parley, dataset)).toEqual(progress)
      const found = await findAssignment(parley, ana, held)
      expect(found?.response).toMatchObject({ status: 'draft', values: { preference: { ranks } } })
    }
  })

  test('every count still agrees with the answers it counts', async () => {
    for (const name of names) {
      const drift = await countDrift(parley, await getDataset(parley, name))
      expect(drift, name).toEqual(Object.fromEntries(Object.keys(drift).map((key) => [key, 0])))
    }
  })
})
