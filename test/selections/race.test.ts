/**
 * Records are deleted and requeued by the hundred while people claim, draft, answer, skip, edit and undo
 * over connections of their own: whatever goes, every counter and status is right afterwards.
 */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expireDue } from '../../src/assignments/lease.ts'
import { nextAssignment } from '../../src/assignments/next.ts'
import type { Dataset } from '../../src/datasets/document.ts'
import { type OpenDatabase, openDatabase } from '../../src/db/open.ts'
import { ParleyError } from '../../src/errors.ts'
import type { Labeler } from '../../src/labelers/labeler.ts'
import { openLog } from '../../src/log.ts'
import type { Actor, Parley } from '../../src/parley.ts'
import { discardResponse } from '../../src/responses/discard.ts'
import { saveDraft } from '../../src/responses/draft.ts'
import { submitAndNext, submitResponse } from '../../src/responses/submit.ts'
import { undoResponse } from '../../src/responses/undo.ts'
import { deleteRecords } from '../../src/selections/delete.ts'
import { requeueRecords } from '../../src/selections/requeue.ts'
import { addRecords, makeDataset, makeLabeler } from '../assignments/ground.ts'
import { countDrift } from '../assignments/invariants.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { randomOf } from '../support/random.ts'

const people = 40
const admin: Actor = { type: 'admin', name: 'cleo' }
const platform = 'slack'

let quiet: TestParley
let crowd: OpenDatabase
let racing: Parley

beforeAll(async () => {
  quiet = await startParley()
  crowd = openDatabase(quiet.database.url, { log: openLog({ level: 'error' }), max: people })
  const began = performance.now()
  const at = quiet.clock.now().getTime()
  // A lease lasts about a second.
  const now = () => new Date(at + (performance.now() - began) * 1500)
  racing = { ...quiet.parley, db: crowd.db, now }
})
afterAll(async () => {
  await crowd.close()
  await quiet.close()
})

describe.each([1, 2, 3])('happy: deletions while people label, seed %i', (seed) => {
  test('every counter and status is right, and nothing is left of what went', {
    timeout: 120_000,
  }, async () => {
    const dataset = await makeDataset(quiet.parley, {
      ...{ name: `race-${seed}`, records: 300, wanted: 2, discards: 1, order: 'shuffled' },
    })
    const labelers = await Promise.all(
      Array.from({ length: people }, (_, n) => makeLabeler(quiet.parley, `U${seed}-${n}`)),
    )
    const random = randomOf(seed)
    const race = { dataset, isOver: false, deleted: 0 }
    await Promise.all([
      ...labelers.map((labeler, n) => label(race, labeler, randomOf(seed * 1000 + n))),
      disturb(race, random).finally(() => {
        race.isOver = true
      }),
    ])
    const late = { ...racing, now: () => new Date(racing.now().getTime() + 86_400_000) }
    await expireDue(late)
    const drift = await countDrift(quiet.parley, dataset)
    expect(drift).toEqual(Object.fromEntries(Object.keys(drift).map((key) => [key, 0])))
    expect(race.deleted).toBeGreaterThan(20)
    expect(await orphans(dataset)).toEqual({ assignments: 0, responses: 0, outlines: 0, places: 0 })
  })
})

type Race = { dataset: Dataset; isOver: boolean; deleted: number }

async function label(race: Race, labeler: Labeler, random: () => number): Promise<void> {
  const { dataset } = race
  const answer = (assignmentId: string) => ({
    ...({ assignmentId, schemaVersion: 1, platform } as const),
    values: { safe: random() < 0.5 ? 'yes' : 'no' },
  })
  const seen: string[] = []
  const acts = [
    (id: string) => submitAndNext(racing, labeler, answer(id)),
    (id: string) => submitResponse(racing, labeler, answer(id)),
    (id: string) =>
      discardResponse(racing, labeler, { assignmentId: id, reason: 'unclear', platform }),
    (id: string) =>
      saveDraft(racing, labeler, { assignmentId: id, values: { safe: 'no' }, platform }),
    (id: string) => undoResponse(racing, labeler, { assignmentId: id }),
  ]
  while (!race.isOver) {
    try {
      const given = await nextAssignment(racing, labeler, { dataset })
      if (given) seen.push(given.assignmentId)
      const old = seen[Math.floor(random() * seen.length)]
      const act = acts[Math.floor(random() * acts.length)]
      if (act && given) await act(given.assignmentId)
      if (act && old && random() < 0.3) await act(old)
      if (!given) await new Promise((resolve) => setTimeout(resolve, 20))
    } catch (error) {
      // What is refused is refused in words: a task may be gone.
      if (!(error instanceof ParleyError)) throw error
    }
  }
}

/** Selections of every kind, forced and not, with new records between them. */
async function disturb(race: Race, random: () => number): Promise<void> {
  const { dataset } = race
  for (let round = 0; round < 12; round++) {
    const lot = Math.floor(random() * 5)
    const wheres = [
      `external_id in (${Array.from({ length: 30 }, () => `"r${1 + Math.floor(random() * 600)}"`).join(', ')})`,
      'status == "rejected"',
      'votes == 1',
      'status == "completed" and majority(safe) == "no"',
      'status == "pending" and priority == 0 and votes == 0',
    ]
    const where = wheres[lot] ?? ''
    const input = { dataset: dataset.name, where, yes: true }
    if (random() < 0.4) await requeueRecords(racing, admin, input)
    else {
      const force = random() < 0.6
      race.deleted += (await deleteRecords(racing, admin, { ...input, force })).deleted
    }
    await addRecords(racing, dataset, { records: 25, from: 301 + round * 25 })
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
}

async function orphans(dataset: Dataset) {
  const { rows } = await sql<Record<string, number>>`
    select
      (select count(*)::int from assignments a where dataset_id = ${dataset.id} and not exists
        (select from records r where r.dataset_id = a.dataset_id and r.id = a.record_id)) as assignments,
      (select count(*)::int from responses s where dataset_id = ${dataset.id} and not exists
        (select from assignments a where a.dataset_id = s.dataset_id and a.id = s.assignment_id)) as responses,
      (select count(*)::int from outlines o where dataset_id = ${dataset.id} and not exists
        (select from records r where r.dataset_id = o.dataset_id and r.id = o.record_id)) as outlines,
      (select count(*)::int from places p where dataset_id = ${dataset.id} and not exists
        (select from records r where r.dataset_id = p.dataset_id and r.id = p.record_id)) as places
  `.execute(quiet.parley.db)
  return rows[0]
}
