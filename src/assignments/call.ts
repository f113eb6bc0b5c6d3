/** Calls one of the database's functions (src/db/functions): one round trip, one transaction. */
import type { RawBuilder } from 'kysely'
import { codeOf } from '../errors.ts'
import type { Parley } from '../parley.ts'

const gates = new WeakMap<Parley['db'], { running: number; waiting: (() => void)[] }>()

/**
 * Returns the one row; at most `mostCalls` of a handle run at once. A deadlock is retried, unless it
 * aborted the caller's transaction.
 */
export async function callFunction<Row>(parley: Parley, query: RawBuilder<Row>): Promise<Row> {
  const { db, mostCalls } = parley
  // A caller that already holds a connection need not wait for one.
  if (mostCalls === undefined || db.isTransaction) return call(parley, query)
  const gate = gates.get(db) ?? { running: 0, waiting: [] }
  gates.set(db, gate)
  if (gate.running < mostCalls) gate.running++
  else await new Promise<void>((turn) => gate.waiting.push(turn))
  try {
    return await call(parley, query)
  } finally {
    const next = gate.waiting.shift()
    if (next) next()
    else gate.running--
  }
}

async function call<Row>(parley: Parley, query: RawBuilder<Row>): Promise<Row> {
  for (let attempt = 1; ; attempt++) {
    try {
      const { rows } = await query.execute(parley.db)
      if (rows[0] === undefined) throw new Error('A function of the database returned no row.')
      return rows[0]
    } catch (error) {
      const again = codeOf(error) === '40P01' && !parley.db.isTransaction && attempt < 8
      if (!again) throw error
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * 2 ** attempt))
    }
  }
}
