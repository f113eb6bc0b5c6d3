/**
 * The race: 200 people over 200 connections of their own, with leases that run out, late answers,
 * skips, drafts, edits, undo, triple submits, priorities, a purge, requeues, an import and changes of
 * min_submitted in the middle. The clock runs thousands of times faster than the wall's, so that a
 * lease lasts about a second. It prints its table; what must hold is asserted.
 */
import { sql } from 'kysely'
import type { PoolClient } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { changeMinSubmitted, requeueRecord } from '../../src/assignments/distribution.ts'
import { expireDue } from '../../src/assignments/lease.ts'
import { nextAssignment } from '../../src/assignments/next.ts'
import { datasetProgress } from '../../src/assignments/progress.ts'
import type { Dataset } from '../../src/datasets/document.ts'
import { type OpenDatabase, openDatabase } from '../../src/db/open.ts'
import { ParleyError } from '../../src/errors.ts'
import { consentVersion, type Labeler } from '../../src/labelers/labeler.ts'
import { openLog } from '../../src/log.ts'
import type { Actor, Parley } from '../../src/parley.ts'
import { discardResponse } from '../../src/responses/discard.ts'
import { saveDraft } from '../../src/responses/draft.ts'
import { purgeLabeler } from '../../src/responses/forget.ts'
import { submitAndNext, submitResponse } from '../../src/responses/submit.ts'
import { undoResponse } from '../../src/responses/undo.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { addRecords, makeDataset } from './ground.ts'
import { countDrift } from './invariants.ts'

const people = 200
const speed = 2000
const first = 350
const more = 100
const wanted = 3
const admin: Actor = { type: 'admin', name: 'cleo' }

let quiet: TestParley
let crowd: OpenDatabase
let racing: Parley

beforeAll(async () => {
  quiet = await startParley()
  crowd = openDatabase(quiet.database.url, { log: openLog({ level: 'error' }), max: people })
  await connectAll(crowd)
  const started = performance.now()
  const at = quiet.clock.now().getTime()
  racing = {
    ...quiet.parley,
    db: crowd.db,
    now: () => new Date(at + (performance.now() - started) * speed),
  }
})
afterAll(async () => {
  await crowd.close()
  await quiet.close()
})

/** Opens all connections before the start, some at a time: a busy machine is slow to accept them. */
async function connectAll({ pool }: OpenDatabase): Promise<void> {
  const clients: PoolClient[] = []
  while (clients.length < people)
    clients.push(...(await Promise.all(Array.from({ length: 10 }, () => pool.connect()))))
  for (const client of clients) client.release()
}

describe('two hundred people at once', () => {
  test('every record ends with exactly the answers it wants, and every count is right', {
    timeout: 120_000,
  }, async () => {
    const dataset = await makeDataset(quiet.parley, {
      name: 'race',
      records: first,
      outputs: 4,
      wanted,
      discards: 2,
      order: 'shuffled',
      priority: (n) => (n % 7 === 0 ? 5 : n % 5 === 0 ? 9 : 0),
    })
    const seen: Tally = new Map()
    const race = { dataset, seen, isOver: false, purged: new Set<string>() }
    const labelers = Array.from({ length: people }, (_, i) => labelerOf(i + 1))
    const at = quiet.parley.now()
    await quiet.parley.db
      .insertInto('labelers')
      .values(labelers.map(() => ({ consentVersion, consentedAt: at, createdAt: at })))
      .execute()
    const began = performance.now()
    await Promise.all([
      ...labelers.map((labeler) => label(race, labeler)),
      disturb(race, labelers).finally(() => {
        race.isOver = true
      }),
    ])
    const took = performance.now() - began
    // The table is of the moment when everybody has gone home and the last leases have run out.
    racing = { ...racing, now: later(racing.now) }
    await expireDue(racing)
    await drain(race)
    const drift = await countDrift(quiet.parley, dataset)
    const { progress, spread } = await report(race, took, drift)
    expect(drift).toEqual(Object.fromEntries(Object.keys(drift).map((key) => [key, 0])))
    expect(unexpected(seen)).toEqual([])
    expect(progress).toMatchObject({ records: first + more, pending: 0, needsOutputs: 0 })
    expect(spread.filter((row) => !row.rejected).map((row) => row.counted)).toEqual([wanted])
  })
})

type Tally = Map<string, number>
type Race = { dataset: Dataset; seen: Tally; isOver: boolean; purged: Set<string> }

function labelerOf(n: number): Labeler {
  const person = { platform: 'slack' as const, workspace: 'T1', userId: `U${n}` }
  return { id: String(n), consentVersion, person }
}

/** One person's session: asks, answers in one of many ways, comes back late. */
async function label(race: Race, labeler: Labeler): Promise<void> {
  const late: string[] = []
  const answer = (assignmentId: string, safe: string) => ({
    assignmentId,
    schemaVersion: 1,
    values: { safe },
    platform: 'slack' as const,
  })
  const submit = async (assignmentId: string, safe = 'yes') => {
    const { outcome } = await submitResponse(racing, labeler, answer(assignmentId, safe))
    note(race, `submit: ${outcome}`)
  }
  const skip = async (assignmentId: string) => {
    const reason = Math.random() < 0.6 ? 'unclear' : 'not_my_field'
    const { outcome } = await discardResponse(racing, labeler, {
      assignmentId,
      reason,
      platform: 'slack',
    })
    note(race, `skip: ${outcome}`)
  }
  const undo = async (assignmentId: string) => {
    const { outcome, assignment } = await undoResponse(racing, labeler, { assignmentId })
    note(race, `undo: ${outcome}, now ${assignment.status}`)
  }
  const act = async (assignmentId: string) => {
    const chance = Math.random()
    if (chance < 0.08) return skip(assignmentId)
    if (chance < 0.11) {
      await skip(assignmentId)
      return undo(assignmentId)
    }
    if (chance < 0.19) {
      late.push(assignmentId)
      return saveDraft(racing, labeler, answer(assignmentId, 'no'))
    }
    if (chance < 0.25)
      return Promise.all([submit(assignmentId), submit(assignmentId), submit(assignmentId)])
    if (chance < 0.29) {
      await submit(assignmentId)
      await submit(assignmentId, 'no')
      const again = Math.random()
      if (again < 0.3) return undo(assignmentId)
      return again < 0.6 ? Promise.all([undo(assignmentId), undo(assignmentId)]) : undefined
    }
    if (chance < 0.35) {
      await submit(assignmentId)
      await undo(assignmentId)
      if (Math.random() < 0.5) return submit(assignmentId, 'no')
      return Math.random() < 0.5 ? skip(assignmentId) : undefined
    }
    if (chance < 0.38) {
      await submit(assignmentId)
      return Promise.all([undo(assignmentId), submit(assignmentId, 'no'), undo(assignmentId)])
    }
    if (chance < 0.6) return submit(assignmentId)
    const done = await submitAndNext(racing, labeler, answer(assignmentId, 'yes'))
    note(race, `submit: ${done.outcome}`)
    if (done.next && Math.random() < 0.5) return submit(done.next.assignmentId)
  }
  while (!race.isOver && !race.purged.has(labeler.id)) {
    const next = await attempt(race, () => nextAssignment(racing, labeler, race))
    note(race, next ? 'next: a record' : 'next: nothing')
    await pause(next ? 20 : 100)
    if (next) await attempt(race, () => act(next.assignmentId))
    const due = late.length > 0 && Math.random() < 0.1 ? late.shift() : undefined
    if (due) await attempt(race, () => submit(due))
  }
  for (const due of late) await attempt(race, () => submit(due))
}

/** What admins and the sweep do meanwhile; returns when nothing is pending any more. */
async function disturb(race: Race, labelers: readonly Labeler[]): Promise<void> {
  const { dataset } = race
  const until = async (share: number) => {
    for (;;) {
      const { counted, records } = await datasetProgress(quiet.parley, dataset)
      if (counted >= share * records * wanted) return
      await pause(50)
    }
  }
  await until(0.15)
  await changeMinSubmitted(racing, dataset, 5)
  await until(0.25)
  await addRecords(racing, dataset, { from: first + 1, records: more, outputs: 4 })
  // The import knows the document, which this test leaves at 3.
  await changeMinSubmitted(racing, dataset, 5)
  await until(0.35)
  for (const labeler of labelers.slice(0, 3)) {
    race.purged.add(labeler.id)
    await purgeLabeler(racing, admin, { dataset: dataset.name, labeler: labeler.id })
  }
  await until(0.45)
  await changeMinSubmitted(racing, dataset, 2)
  await until(0.55)
  await Promise.all([changeMinSubmitted(racing, dataset, wanted), requeueSome(race)])
  await changeMinSubmitted(racing, dataset, wanted)
  // A record that nobody can reach would keep this waiting: then the table shall say so.
  for (let calm = 0, looks = 0; calm < 5 && looks < 400; looks++) {
    await pause(100)
    await expireDue(racing)
    const { pending } = await datasetProgress(quiet.parley, dataset)
    calm = pending === 0 ? calm + 1 : 0
  }
}

async function requeueSome(race: Race): Promise<void> {
  const { rows } = await sql<{ externalId: string }>`
    select r.external_id from places p join records r on r.dataset_id = p.dataset_id and r.id = p.record_id
    where p.dataset_id = ${race.dataset.id} and p.rejected order by p.record_id limit 5
  `.execute(quiet.parley.db)
  for (const { externalId } of rows)
    await requeueRecord(racing, admin, { dataset: race.dataset.name, externalId })
  race.seen.set('requeued', rows.length)
}

/** What undo and late skips reopened in the last moment is done by people who come afterwards. */
async function drain(race: Race): Promise<void> {
  for (let n = people + 1; n <= people + 8; n++) {
    const labeler = labelerOf(n)
    for (;;) {
      const next = await nextAssignment(racing, labeler, race)
      if (!next) break
      await submitResponse(racing, labeler, {
        assignmentId: next.assignmentId,
        schemaVersion: 1,
        values: { safe: 'yes' },
        platform: 'slack',
      })
      note(race, 'after the race: answered')
    }
  }
}

async function report(race: Race, took: number, drift: Record<string, number>) {
  const { db } = quiet.parley
  const id = race.dataset.id
  const spread = await sql<{ rejected: boolean; counted: number; records: number }>`
    select rejected, counted, count(*)::int as records from places where dataset_id = ${id}
    group by 1, 2 order by 1, 2`.execute(db)
  const slots = await sql<{ slot: number; assignments: number }>`
    select slot, count(*)::int as assignments from assignments where dataset_id = ${id} and counted
    group by 1 order by 1`.execute(db)
  const late = await sql<{ late: number }>`
    select count(*)::int as late from responses where dataset_id = ${id} and 'late' = any(flags)
  `.execute(db)
  const server = await sql<{ deadlocks: number }>`
    select deadlocks::int from pg_stat_database where datname = current_database()`.execute(db)
  const progress = await datasetProgress(quiet.parley, race.dataset)
  console.log(
    `The race took ${(took / 1000).toFixed(1)} s over ${crowd.pool.totalCount} connections.`,
  )
  console.table(spread.rows)
  console.table({
    ...progress,
    'never reached': progress.pending,
    'late answers': late.rows[0]?.late,
    deadlocks: server.rows[0]?.deadlocks,
    ...Object.fromEntries(Object.entries(drift).map(([key, rows]) => [`drift: ${key}`, rows])),
  })
  console.table(Object.fromEntries([...race.seen].sort(([a], [b]) => (a < b ? -1 : 1))))
  console.table(slots.rows)
  return { progress, spread: spread.rows }
}

/** Refusals a person may meet in a race; anything else is a bug. */
const refusals = ['conflict: Undo works', 'conflict: You have answered']

function unexpected(seen: Tally): string[] {
  const errors = [...seen.keys()].filter((key) => key.startsWith('error '))
  return errors.filter((key) => !refusals.some((refusal) => key.startsWith(`error ${refusal}`)))
}

async function attempt<Result>(race: Race, work: () => Promise<Result>): Promise<Result | null> {
  try {
    return await work()
  } catch (error) {
    const text = error instanceof ParleyError ? `${error.code}: ${error.message}` : String(error)
    note(race, `error ${text.slice(0, 60)}`)
    return null
  }
}

function note(race: Race, what: string) {
  race.seen.set(what, (race.seen.get(what) ?? 0) + 1)
}

function pause(most: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.random() * most))
}

function later(now: () => Date): () => Date {
  return () => new Date(now().getTime() + 7_200_000)
}
