/** The way to the database: waited for, noticed when pooled, and explained when it is none. */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { reachDatabase } from '../../src/db/reach.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { openJourney } from '../support/journey.ts'
import { hasPooler, poolerReason, startPooler } from '../support/pooler.ts'
import { freePort } from '../support/redis.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase({ empty: true })
})
afterAll(() => database.close())

const changed = (change: (url: URL) => void) => {
  const url = new URL(database.url)
  change(url)
  return url.href
}

describe('happy', () => {
  test('Postgres itself is no pooler', async () => {
    expect(await reachDatabase(database.url)).toEqual({ isPooled: false })
  })

  test('a server that is not there yet is waited for', async () => {
    const closed = await freePort()
    let asked = 0
    const now = () => asked++ * 20_000
    const url = changed((one) => {
      one.port = String(closed)
    })
    await expect(reachDatabase(url, { waitMs: 60_000, now })).rejects.toThrow('Nothing listens at')
    expect(asked).toBeGreaterThan(3)
  })
})

describe.skipIf(!hasPooler)(`happy: through a pooler in transaction mode${poolerReason}`, () => {
  test.each(['', 'options'])(
    'it is noticed, whether it refuses options or drops them (%s)',
    async (ignored) => {
      const pooler = await startPooler(inject('postgresUrl'), ignored)
      try {
        expect(await reachDatabase(pooler.urlOf(database.url))).toEqual({ isPooled: true })
      } finally {
        await pooler.stop()
      }
    },
  )

  test('a day of labeling works with DATABASE_DIRECT_URL beside it', async () => {
    const pooler = await startPooler(inject('postgresUrl'))
    const journey = await openJourney({ databaseUrl: pooler.urlOf, directUrl: (url) => url })
    try {
      const { ana, ben } = journey
      const records = Array.from({ length: 4 }, (_, i) => ({
        ...{ id: `r${i}`, prompt: `Question ${i}`, outputs: ['left', 'right'] },
      }))
      await journey.dataset('name: pooled\ntemplate: comparison\ntitle: Pairs', records)
      for (const person of [ana, ben]) {
        await person.joins('pooled')
        for (let i = 0; i < 4; i++) {
          journey.clock.advance(2)
          await person.presses('A is better')
        }
        await person.presses('Undo')
        await person.presses('B is better')
      }
      const counted = (await journey.raw('pooled')).filter((line) => line.counted)
      expect(counted).toHaveLength(8)
    } finally {
      await journey.close()
      await pooler.stop()
    }
  })

  test('without it, start says so at once and names the remedy', async () => {
    const pooler = await startPooler(inject('postgresUrl'))
    try {
      await expect(openJourney({ databaseUrl: pooler.urlOf })).rejects.toThrow(
        /connection pooler .* Set DATABASE_DIRECT_URL/,
      )
    } finally {
      await pooler.stop()
    }
  })
})

describe('refused: each with what to do', () => {
  test.each<[string, (url: URL) => void, RegExp]>([
    [
      'a wrong password',
      (url) => {
        url.password = 'wrong'
      },
      /refuses the password of "parley"\. Put the right one into DATABASE_URL/,
    ],
    [
      'a database that is not there',
      (url) => {
        url.pathname = '/nowhere'
      },
      /There is no database "nowhere".*createdb "nowhere"/,
    ],
    [
      'a host that is not there',
      (url) => {
        url.hostname = 'nobody.invalid'
      },
      /There is no host "nobody\.invalid"/,
    ],
    [
      'encryption the server does not have',
      (url) => {
        url.search = '?sslmode=require'
      },
      /does not encrypt connections. Take sslmode out/,
    ],
  ])('%s', async (_name, change, sentence) => {
    await expect(reachDatabase(changed(change))).rejects.toThrow(sentence)
    await expect(reachDatabase(changed(change))).rejects.toMatchObject({ code: 'conflict' })
  })

  test('a user who may not create schemas is told which grant is missing', async () => {
    const name = database.url.replace(/^.*\//, '')
    await sql`create role ${sql.id(`small_${name}`)} login password 'small'`.execute(database.db)
    const url = changed((one) => {
      one.username = `small_${name}`
      one.password = 'small'
    })
    try {
      await expect(reachDatabase(url)).rejects.toThrow(
        `grant create on database "${name}" to "small_${name}"`,
      )
    } finally {
      await sql`drop role ${sql.id(`small_${name}`)}`.execute(database.db)
    }
  })
})
