/** One process at a time: a lock ends with its holder, however that ends, and the next one has it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openLocks } from '../../src/db/lock.ts'
import { openLog } from '../../src/log.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())

const locks = () => openLocks(database.url, openLog({ level: 'silent' }))
const never = new AbortController().signal

/** Ends the connection that holds a lock, as a server that restarts does. */
async function cutOff(): Promise<void> {
  await database.pool.query(
    `select pg_terminate_backend(l.pid) from pg_locks l join pg_stat_activity a using (pid)
     where l.locktype = 'advisory' and l.granted and a.application_name = 'parley-lock'
       and a.datname = current_database()`,
  )
}

describe('happy', () => {
  test('one holds it, another is refused, and has it after the first let go', async () => {
    const held = await locks().tryLock('a')
    expect(held).not.toBeNull()
    expect(await locks().tryLock('a')).toBeNull()
    await held?.release()
    await held?.lost
    const next = await locks().tryLock('a')
    expect(next).not.toBeNull()
    await next?.release()
  })

  test('another name is another lock', async () => {
    const a = await locks().tryLock('a')
    const b = await locks().tryLock('b')
    expect(a && b).not.toBeNull()
    await a?.release()
    await b?.release()
  })

  test('a waiting process gets it as soon as the holder’s connection ends', async () => {
    const held = await locks().tryLock('a')
    const next = locks().lock('a', never)
    await cutOff()
    await held?.lost
    const taken = await next
    expect(taken).not.toBeNull()
    await taken?.release()
  })
})

describe('refused', () => {
  test('who stops waiting gets nothing, and leaves nothing held', async () => {
    const held = await locks().tryLock('a')
    const stop = new AbortController()
    const next = locks().lock('a', stop.signal)
    stop.abort()
    expect(await next).toBeNull()
    await held?.release()
    const last = await locks().tryLock('a')
    expect(last).not.toBeNull()
    await last?.release()
  })

  test('a database that is away is an error, not a lock', async () => {
    const away = openLocks('postgres://127.0.0.1:9/none', openLog({ level: 'silent' }))
    await expect(away.tryLock('a')).rejects.toThrow()
  })
})
