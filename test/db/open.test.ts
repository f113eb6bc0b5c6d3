/** The database as verbs meet it: transactions that compose, one clock, migrations, snapshots. */
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inlined, type Snapshot } from '../../src/db/copy.ts'
import { migrateDatabase, migrationFiles, pendingMigrations } from '../../src/db/migrate.ts'
import { databaseIdentity, measureClockOffset, startClock } from '../../src/db/open.ts'
import { conflict } from '../../src/errors.ts'
import { openLog } from '../../src/log.ts'
import { inTransaction } from '../../src/parley.ts'
import { openTestDatabase } from '../support/database.ts'
import { startParley, type TestParley } from '../support/parley.ts'

let house: TestParley
const log = openLog({ level: 'warn' })

beforeAll(async () => {
  house = await startParley()
})
afterAll(() => house.close())

const remember = (id: string) =>
  house.parley.db.insertInto('handled').values({ id, at: new Date() })

async function isKnown(id: string): Promise<boolean> {
  const { db } = house.parley
  const row = await db.selectFrom('handled').select('id').where('id', '=', id).executeTakeFirst()
  return row !== undefined
}

describe('happy: transactions', () => {
  test('what a verb does inside of another commits with it, and hooks run once, afterwards', async () => {
    const seen: string[] = []
    await inTransaction(house.parley, async (outer) => {
      await outer.db.insertInto('handled').values({ id: 'outer', at: outer.now() }).execute()
      await inTransaction(outer, async (inner) => {
        expect(inner.db).toBe(outer.db)
        inner.afterCommit(async () =>
          seen.push((await isKnown('outer')) ? 'committed' : 'too soon'),
        )
      })
      expect(seen).toEqual([])
    })
    await house.parley.settled()
    expect(seen).toEqual(['committed'])
  })

  test('two people who wait for each other both succeed: the deadlock is tried again', async () => {
    await remember('one').execute()
    await remember('two').execute()
    const attempts = [0, 0]
    const met = Promise.withResolvers<void>()
    let waiting = 0
    const touch = (order: [string, string], who: 0 | 1) =>
      inTransaction(house.parley, async ({ db }) => {
        attempts[who] = (attempts[who] ?? 0) + 1
        const at = new Date()
        await db.updateTable('handled').set({ at }).where('id', '=', order[0]).execute()
        if (++waiting === 2) met.resolve()
        await met.promise
        await db.updateTable('handled').set({ at }).where('id', '=', order[1]).execute()
      })
    await Promise.all([touch(['one', 'two'], 0), touch(['two', 'one'], 1)])
    expect(attempts.toSorted()).toEqual([1, 2])
  })

  test('a hook that fails harms nobody', async () => {
    const quiet = { ...house.parley }
    await inTransaction(quiet, async (inside) => {
      inside.afterCommit(() => {
        throw conflict('This hook fails on purpose; the line above belongs to a test.')
      })
    })
    await house.parley.settled()
  })
})

describe('refused: transactions', () => {
  test('a verb that refuses leaves nothing behind and rings nothing', async () => {
    const rung: string[] = []
    const refused = inTransaction(house.parley, async (inside) => {
      await inside.db.insertInto('handled').values({ id: 'refused', at: inside.now() }).execute()
      inside.afterCommit(() => rung.push('rung'))
      throw conflict('No.')
    })
    await expect(refused).rejects.toThrow('No.')
    await house.parley.settled()
    expect(rung).toEqual([])
    expect(await isKnown('refused')).toBe(false)
  })
})

describe('happy: the clock', () => {
  test('on one machine the process and the database agree', async () => {
    expect(Math.abs(await measureClockOffset(house.parley.db))).toBeLessThan(1_000)
    const clock = await startClock(house.parley.db, log)
    expect(Math.abs(clock.now().getTime() - Date.now())).toBeLessThan(2_000)
    clock.stop()
  })
})

describe('twice: migrations', () => {
  test('two processes that start together migrate once, and a third finds nothing to do', async () => {
    const empty = await openTestDatabase({ empty: true })
    try {
      const pending = await pendingMigrations(empty.db)
      const ran = await Promise.all([
        migrateDatabase(empty.db, log),
        migrateDatabase(empty.db, log),
      ])
      expect(ran.flat()).toEqual(pending)
      expect(await migrateDatabase(empty.db, log)).toEqual([])
      expect(await pendingMigrations(empty.db)).toEqual([])
    } finally {
      await empty.close()
    }
  })
})

describe('refused: migrations', () => {
  test('a gap in the numbers is named', () => {
    expect(() => migrationFiles(['001_a.ts', '003_c.ts'])).toThrow('expected 002_noun.ts')
    expect(() => migrationFiles(['001_a.ts', '001_b.ts'])).toThrow('found 001_b.ts')
  })

  test('a database of a newer Parley is left alone', async () => {
    const own = await openTestDatabase()
    try {
      await sql`insert into kysely_migration values ('999_future', '2030')`.execute(own.db)
      await expect(migrateDatabase(own.db, log)).rejects.toThrow('another version of Parley')
    } finally {
      await own.close()
    }
  })
})

describe('happy: names', () => {
  test('each database has a name of its own on a shared Redis', async () => {
    const other = await openTestDatabase()
    const { db, url } = house.database
    const [one, again, two] = [
      await databaseIdentity(db, url),
      await databaseIdentity(db, url),
      await databaseIdentity(other.db, other.url),
    ]
    await other.close()
    expect(one).toBe(again)
    expect(one).not.toBe(two)
  })
})

describe('happy: snapshots', () => {
  test('JSON of every kind arrives byte for byte, one line each', async () => {
    const { parley } = house
    const nasty = [
      'back\\slash \\n and "quotes"',
      "it's $1 and $2",
      'tab\tline\nreturn\r',
      '\u0001\u0002',
      '\\.',
      '',
      '🙂 \u2028',
    ]
    const snapshot = await parley.openSnapshot()
    const query = {
      compile: () =>
        sql`select json_build_object('text', t) from unnest(${nasty}::text[]) with ordinality u(t, n) order by n`.compile(
          parley.db,
        ),
    }
    let text = ''
    for await (const chunk of snapshot.lines(query)) {
      expect(chunk.at(-1)).toBe(10)
      text += chunk.toString()
    }
    await snapshot.close()
    const lines = text.split('\n').slice(0, -1)
    expect(lines.map((line) => JSON.parse(line).text)).toEqual(nasty)
  })

  test('a document written over several lines is still one line, and large rows stay whole', async () => {
    const { parley } = house
    const spread = JSON.stringify(
      { list: Array.from({ length: 5_000 }, (_, n) => `item ${n}`) },
      null,
      2,
    )
    const snapshot = await parley.openSnapshot()
    const query = {
      compile: () =>
        sql`select json_build_object('n', n, 'doc', ${spread}::json) from generate_series(1, 20) n order by n`.compile(
          parley.db,
        ),
    }
    let text = ''
    for await (const chunk of snapshot.lines(query)) text += chunk.toString()
    await snapshot.close()
    const rows = text.trimEnd().split('\n')
    expect(rows).toHaveLength(20)
    expect(rows.map((row) => JSON.parse(row).n)).toEqual(
      Array.from({ length: 20 }, (_, n) => n + 1),
    )
    expect(JSON.parse(rows[19] ?? '').doc).toEqual(JSON.parse(spread))
  })

  test('a reader sees one moment, whatever is written meanwhile', async () => {
    const { parley } = house
    const count = parley.db.selectFrom('handled').select(({ fn }) => fn.countAll<string>().as('n'))
    const snapshot = await parley.openSnapshot()
    const before = await snapshot.all(count)
    await remember('meanwhile').execute()
    expect(await snapshot.all(count)).toEqual(before)
    const batches: number[] = []
    for await (const rows of snapshot.rows(parley.db.selectFrom('handled').selectAll(), 2))
      batches.push(rows.length)
    expect(batches.reduce((sum, size) => sum + size, 0)).toBe(Number(before[0]?.n))
    await snapshot.close()
  })

  test('what is read beside a view shows the same moment, for several readers at once', async () => {
    const { parley } = house
    const count = parley.db.selectFrom('handled').select(({ fn }) => fn.countAll<string>().as('n'))
    const snapshots = await Promise.all(Array.from({ length: 5 }, () => parley.openSnapshot()))
    const before = await Promise.all(snapshots.map((snapshot) => snapshot.all(count)))
    await remember('beside').execute()
    const beside = await Promise.all(snapshots.map((snapshot) => snapshot.beside()))
    expect(await Promise.all(beside.map((view) => view.all(count)))).toEqual(before)
    // One of them is left in the middle.
    const query = sql`select n from generate_series(1, 100000) n`.compile(parley.db)
    for await (const chunk of beside[0]?.binary({ compile: () => query }) ?? [])
      if (chunk.length > 0) break
    for (const view of [...beside, ...snapshots]) await view.close()
    await expect
      .poll(async () => {
        const { rows } = await sql<{ n: string }>`select count(*) as n from pg_stat_activity
          where datname = current_database() and query like '%pg_export_snapshot%'
            and state = 'idle in transaction'`.execute(parley.db)
        return rows[0]?.n
      })
      .toBe('0')
  })

  test('many large rows arrive whole and in order, however slowly they are read', async () => {
    const { parley } = house
    const snapshot = await parley.openSnapshot()
    // The longest are larger than what a socket reads at once.
    const query = {
      compile: () =>
        sql`select json_build_object('n', n, 'text', repeat(md5(n::text), (n * 37) % 9000))
          from generate_series(1, 200) n order by n`.compile(parley.db),
    }
    const hash = createHash('md5')
    for await (const chunk of snapshot.lines(query)) {
      await new Promise((resolve) => setTimeout(resolve, 1))
      hash.update(chunk)
    }
    await snapshot.close()
    const expected = createHash('md5')
    for (let n = 1; n <= 200; n += 1) {
      const text = createHash('md5').update(String(n)).digest('hex')
      expected.update(`{"n" : ${n}, "text" : "${text.repeat((n * 37) % 9000)}"}\n`)
    }
    expect(hash.digest('hex')).toBe(expected.digest('hex'))
  })

  test('a query that breaks in the middle says why, and the next reader reads', async () => {
    const { parley } = house
    const broken = await parley.openSnapshot()
    const lines = (bad: number) => ({
      compile: () =>
        sql`select n / (n - ${bad}::int) from generate_series(1, 60000) n`.compile(parley.db),
    })
    const read = async (snapshot: Snapshot, bad: number) => {
      let count = 0
      for await (const chunk of snapshot.lines(lines(bad)))
        count += chunk.toString().split('\n').length - 1
      return count
    }
    await expect(read(broken, 50_000)).rejects.toThrow('division by zero')
    await broken.close()
    const whole = await parley.openSnapshot()
    expect(await read(whole, 70_000)).toBe(60_000)
    expect(await read(whole, 70_000)).toBe(60_000)
    const one = { compile: () => sql`select 1 as one`.compile(parley.db) }
    expect(await whole.all(one)).toEqual([{ one: 1 }])
    await whole.close()
  })

  test('a reader who stops early harms nobody', async () => {
    const { parley } = house
    for (let round = 0; round < 12; round++) {
      const snapshot = await parley.openSnapshot()
      const query = {
        compile: () =>
          sql`select json_build_object('n', n) from generate_series(1, 100000) n`.compile(
            parley.db,
          ),
      }
      for await (const chunk of snapshot.lines(query)) if (chunk.length > 0) break
      await snapshot.close()
    }
    expect(await parley.db.selectFrom('handled').select('id').limit(1).execute()).toHaveLength(1)
  })

  test('a $1 inside a string or a name is not a parameter', () => {
    const query = { sql: `select '$1', E'\\'$2', "$1", $1, $2`, parameters: ["o'clock", 7] }
    expect(inlined({ ...query, query: {}, queryId: {} } as never)).toBe(
      `select '$1', E'\\'$2', "$1", 'o''clock', 7`,
    )
  })
})
