/** A demo's database: its own while it is open, however quiet it is, and gone afterwards. */
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openScratchDatabase } from '../../src/db/scratch.ts'
import { openTestDatabase } from '../support/database.ts'

let server: Awaited<ReturnType<typeof openTestDatabase>>
beforeAll(async () => {
  server = await openTestDatabase()
})
afterAll(() => server.close())

const open = () => openScratchDatabase({ databaseUrl: server.url, dataDir: '' })

async function ask(text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

const named = (url: string) =>
  ask(`select 1 from pg_database where datname = '${new URL(url).pathname.slice(1)}'`)

describe('twice', () => {
  test('a demo that opens drops what a killed one left, and not what another uses without a connection of its pool', async () => {
    const leftover = 'parley_demo_00000000abcd'
    await ask(`create database ${leftover}`)
    const all = await Promise.all([open(), open()])
    const later = await open()
    for (const { url } of [...all, later]) expect(await named(url)).toHaveLength(1)
    expect(await named(`postgres://host/${leftover}`)).toEqual([])
    for (const one of [...all, later]) {
      await one.drop()
      expect(await named(one.url)).toEqual([])
    }
  })
})
