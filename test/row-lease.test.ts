/** Leases on rows, on a table of the test's own: who holds a row, and who takes it over when. */
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  freeAt,
  type HeldRow,
  holdRows,
  isFree,
  isHeld,
  leaseRows,
  renewRows,
  setting,
  silentMs,
  taken,
} from '../src/row-lease.ts'
import { startParley, type TestParley } from './support/parley.ts'

const lease = { ...leaseRows('chores', 'aliveAt', sql`state = 'working'`), heartbeatMs: 5 }
let at: TestParley

beforeAll(async () => {
  at = await startParley({ max: 8 })
  await sql`create table chores (id bigint primary key, state text not null default 'queued',
    attempt int not null default 0, alive_at timestamptz, note text)`.execute(at.parley.db)
})
beforeEach(async () => {
  await sql`truncate chores`.execute(at.parley.db)
  await sql`insert into chores (id) values (1), (2)`.execute(at.parley.db)
})
afterAll(() => at.close())

/** Takes a row as every taker of the house does: one statement, tested and set at once. */
async function take(id: string): Promise<HeldRow | null> {
  const now = at.parley.now()
  const { rows } = await sql<HeldRow>`update chores set state = 'working',
      ${setting(taken(lease, now))}
    where id = ${id} and (state = 'queued' or state = 'working' and ${isFree(lease, now)})
    returning id, attempt`.execute(at.parley.db)
  return rows[0] ?? null
}

async function taking(id: string): Promise<HeldRow> {
  const held = await take(id)
  if (!held) throw new Error(`Somebody holds row ${id}.`)
  return held
}

/** Writes as a worker that believes it holds the row; false when it does not. */
async function write(held: HeldRow, values: object): Promise<boolean> {
  const written =
    await sql`update chores set ${setting(values)} where ${isHeld(lease, held)}`.execute(
      at.parley.db,
    )
  return written.numAffectedRows === 1n
}

async function aliveAt(id: string): Promise<Date | null> {
  const { rows } = await sql<{ aliveAt: Date | null }>`
    select alive_at from chores where id = ${id}`.execute(at.parley.db)
  return rows[0]?.aliveAt ?? null
}

describe('happy: one worker at a time', () => {
  test('a row whose worker is alive is not taken; one whose worker fell silent is', async () => {
    const first = await taking('1')
    at.clock.advance('29 seconds')
    expect(await take('1')).toBeNull()
    at.clock.advance('2 seconds')
    expect(await take('1')).toEqual({ id: '1', attempt: first.attempt + 1 })
  })

  test('a lease that is renewed does not expire', async () => {
    const held = await taking('1')
    for (let minute = 0; minute < 10; minute++) {
      at.clock.advance('20 seconds')
      expect(await renewRows(at.parley, lease, [held])).toBe(true)
      expect(await take('1')).toBeNull()
    }
  })

  test('a worker that holds rows renews all of them by itself, and writes how far it is', async () => {
    const rows = [await taking('1'), await taking('2')]
    const report = vi.fn(async () => {})
    const holding = holdRows(at.parley, lease, () => rows, {
      set: () => ({ note: 'half of it' }),
      report,
    })
    at.clock.advance('20 seconds')
    const now = at.parley.now()
    await expect.poll(() => aliveAt('1')).toEqual(now)
    await expect.poll(() => aliveAt('2')).toEqual(now)
    await expect.poll(() => report.mock.calls.length).toBeGreaterThan(2)
    await holding.stop()
    expect(holding.lost.aborted).toBe(false)
    const { rows: notes } = await sql`select note from chores`.execute(at.parley.db)
    expect(notes).toEqual([{ note: 'half of it' }, { note: 'half of it' }])
  })

  test('a slow report does not keep the lease from being renewed', async () => {
    const held = await taking('1')
    let finish = () => {}
    const slow = new Promise<void>((resolve) => {
      finish = resolve
    })
    const holding = holdRows(at.parley, lease, () => [held], { report: () => slow })
    at.clock.advance('20 seconds')
    await expect.poll(() => aliveAt('1')).toEqual(at.parley.now())
    finish()
    await holding.stop()
  })

  test('after a stop nothing is renewed: the lease runs out, or is released at once', async () => {
    const held = [await taking('1'), await taking('2')]
    const holding = holdRows(at.parley, lease, () => held)
    await holding.stop()
    expect(await write({ id: '2', attempt: 1 }, { aliveAt: null })).toBe(true)
    expect(await take('2')).toEqual({ id: '2', attempt: 2 })
    const since = await aliveAt('1')
    at.clock.set(freeAt(since ?? at.parley.now()))
    expect(await take('1')).toEqual({ id: '1', attempt: 2 })
  })

  test('what was done ends the hold: it can neither be renewed nor taken', async () => {
    const held = await taking('1')
    expect(await write(held, { state: 'done' })).toBe(true)
    expect(await renewRows(at.parley, lease, [held])).toBe(false)
    at.clock.advance('1 hour')
    expect(await take('1')).toBeNull()
  })
})

describe('refused: the worker that was paused', () => {
  test('writes and renews nothing once another took over, and learns of it', async () => {
    const paused = await taking('1')
    at.clock.set(freeAt(at.parley.now()))
    const next = await taking('1')
    expect(await write(paused, { note: 'too late' })).toBe(false)
    expect(await write(next, { note: 'in time' })).toBe(true)
    const holding = holdRows(at.parley, lease, () => [paused], {
      reason: () => new Error('Another worker has it.'),
    })
    await expect.poll(() => holding.lost.aborted).toBe(true)
    expect(() => holding.lost.throwIfAborted()).toThrow('Another worker has it.')
    await holding.stop()
    expect(await renewRows(at.parley, lease, [next])).toBe(true)
  })

  test('a renewal that fails is no loss: the next one may succeed', async () => {
    const held = await taking('1')
    const log = { ...at.parley.log, warn: vi.fn() }
    await sql`alter table chores rename to elsewhere`.execute(at.parley.db)
    const holding = holdRows({ ...at.parley, log }, lease, () => [held])
    await expect.poll(() => log.warn.mock.calls.length).toBeGreaterThan(1)
    await sql`alter table elsewhere rename to chores`.execute(at.parley.db)
    at.clock.advance('20 seconds')
    await expect.poll(() => aliveAt('1')).toEqual(at.parley.now())
    expect(holding.lost.aborted).toBe(false)
    await holding.stop()
  })
})

describe('twice: two workers never both hold a row', () => {
  test('of many that take it in the same moment one gets it, free or expired', async () => {
    for (let attempt = 1; attempt <= 5; attempt++) {
      const all = await Promise.all(Array.from({ length: 16 }, () => take('1')))
      expect(all.filter((held) => held !== null)).toEqual([{ id: '1', attempt }])
      at.clock.advance(`${silentMs / 1000 + 1} seconds`)
    }
  })

  test('of all that ever took it, at most one can write', async () => {
    const takers: HeldRow[] = []
    for (let turn = 0; turn < 6; turn++) {
      const held = await take('1')
      if (held) takers.push(held)
      at.clock.advance(turn % 2 === 0 ? '20 seconds' : '31 seconds')
      const wrote = await Promise.all(takers.map((one) => write(one, { note: `${turn}` })))
      expect(wrote.filter(Boolean)).toHaveLength(1)
      expect(wrote.at(-1)).toBe(true)
    }
    expect(takers.length).toBeGreaterThan(2)
  })
})
