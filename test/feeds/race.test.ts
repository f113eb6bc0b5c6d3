/**
 * Writers, reviewers and workers at once, with edits, undo and a purge in the middle, on a clock that runs
 * fast: in the end every prompt that counts is in the other dataset once, as it is now or as people answered
 * it, and nothing else is there but what people had answered.
 */
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expireDue } from '../../src/assignments/lease.ts'
import { getDataset } from '../../src/datasets/dataset.ts'
import { type OpenDatabase, openDatabase } from '../../src/db/open.ts'
import { ParleyError } from '../../src/errors.ts'
import { feedDue } from '../../src/feeds/feed.ts'
import { forgetLabeler } from '../../src/labelers/forget.ts'
import type { Labeler } from '../../src/labelers/labeler.ts'
import { openLog } from '../../src/log.ts'
import type { Parley } from '../../src/parley.ts'
import { purgeLabeler } from '../../src/responses/forget.ts'
import { undoResponse } from '../../src/responses/undo.ts'
import { makeLabeler } from '../assignments/ground.ts'
import { countDrift } from '../assignments/invariants.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { admin, answer, open, review, send, write } from './ground.ts'

const writers = 20
const reviewers = 8
const speed = 2000

let quiet: TestParley
let crowd: OpenDatabase
let racing: Parley
beforeAll(async () => {
  quiet = await startParley()
  crowd = openDatabase(quiet.database.url, { log: openLog({ level: 'error' }), max: 40 })
  const [at, started] = [quiet.clock.now().getTime(), performance.now()]
  const now = () => new Date(at + (performance.now() - started) * speed)
  racing = { ...quiet.parley, db: crowd.db, now }
})
afterAll(async () => {
  await crowd.close()
  await quiet.close()
})

/** Refusals of people who meet each other; anything else is a fault. */
async function attempt<Result>(work: () => Promise<Result>): Promise<Result | null> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ParleyError && error.code !== 'invalid') return null
    throw error
  }
}

const pause = (most: number) => new Promise((resolve) => setTimeout(resolve, Math.random() * most))

test('what counts is there once, and nothing else that nobody answered', {
  timeout: 120_000,
}, async () => {
  await open(
    quiet.parley,
    review('race-look', 'distribution: { min_submitted: 1 }'),
    write('race-ask', 'race-look', 'forget: delete').replace('target: 20', 'target: 150'),
  )
  const people: Labeler[] = []
  for (let n = 0; n < writers + reviewers; n++)
    people.push(await makeLabeler(quiet.parley, `UR${n}`))
  const [ask, look] =
    people.length > 0 ? [people.slice(0, writers), people.slice(writers)] : [[], []]
  let isOver = false
  let texts = 0
  const text = () => `prompt number ${++texts}, as it was thought of`
  const writer = async (who: Labeler) => {
    for (let round = 0; ; round++) {
      const id = await attempt(() => answer(racing, who, 'race-ask', { prompt: text() }))
      if (id === null) return
      await pause(15)
      const chance = Math.random()
      if (chance < 0.2) await attempt(() => send(racing, who, id, { prompt: text() }))
      if (chance > 0.85) await attempt(() => undoResponse(racing, who, { assignmentId: id }))
      if (round > 12) return
    }
  }
  const reviewer = async (who: Labeler) => {
    while (!isOver) {
      await attempt(() =>
        answer(racing, who, 'race-look', { clarity: 4, relevance: 4, safe: 'yes' }),
      )
      await pause(40)
    }
  }
  const worker = async () => {
    while (!isOver) {
      await feedDue(racing)
      await pause(30)
    }
  }
  const disturb = async () => {
    await pause(300)
    await purgeLabeler(racing, admin, { dataset: 'race-ask', labeler: ask[0]?.id ?? '' })
    await forgetLabeler(racing, admin, { labelerId: ask[1]?.id ?? '' })
  }
  await Promise.all([
    ...look.map(reviewer),
    worker(),
    worker(),
    worker(),
    Promise.all([...ask.map(writer), disturb()]).then(async () => {
      await pause(600)
      isOver = true
    }),
  ])
  // Everybody has gone home; what was still open has run out.
  const later = new Date(racing.now().getTime() + 3 * 3_600_000)
  racing = { ...racing, now: () => later }
  await expireDue(racing)
  await feedDue(racing)
  await feedDue(racing)
  const { rows } = await sql<{
    prompt: string | null
    shown: string | null
    state: string | null
    copies: number
    answered: boolean
  }>`
    with counts as (
      select a.id, s."values" ->> 'prompt' as prompt from assignments a
      join datasets d on d.id = a.dataset_id and d.name = 'race-ask'
      join responses s on s.dataset_id = a.dataset_id and s.assignment_id = a.id
      where a.counted
    ), there as (
      select f.assignment_id, r.id, r.fields ->> 'prompt' as shown, r.metadata #>> '{fed,state}' as state,
        exists (select from responses s where s.record_id = r.id and s.dataset_id = r.dataset_id
          and s.status <> 'draft') as answered
      from records r join datasets d on d.id = r.dataset_id and d.name = 'race-look'
      left join fed f on f.target_id = r.dataset_id and f.target_record = r.id
    )
    select c.prompt, t.shown, t.state, t.answered, count(*) over (partition by c.id)::int as copies
    from counts c full join there t on t.assignment_id = c.id`.execute(quiet.parley.db)
  expect(rows.length).toBeGreaterThan(100)
  for (const row of rows) {
    if (row.prompt === null) expect(row).toMatchObject({ state: 'withdrawn', answered: true })
    else if (row.state === 'changed') expect(row).toMatchObject({ answered: true, copies: 1 })
    else expect(row).toMatchObject({ shown: row.prompt, state: 'current', copies: 1 })
  }
  // Nobody was ever dealt their own text.
  const own = await sql<{ n: number }>`
    select count(*)::int as n from fed f
    join assignments s on s.dataset_id = f.dataset_id and s.id = f.assignment_id
    join assignments a on a.dataset_id = f.target_id and a.record_id = f.target_record
      and a.labeler_id = s.labeler_id and a.status <> 'excluded'`.execute(quiet.parley.db)
  expect(own.rows[0]?.n).toBe(0)
  for (const name of ['race-ask', 'race-look']) {
    const drift = await countDrift(quiet.parley, await getDataset(quiet.parley, name))
    expect(drift).toEqual(Object.fromEntries(Object.keys(drift).map((key) => [key, 0])))
  }
})
