/** Many agents ask, many people answer, and deadlines pass, all at once: nobody is asked twice, nothing late counts. */
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { askPeople } from '../../src/ask/ask.ts'
import { tendAsks } from '../../src/ask/tend.ts'
import { getDataset } from '../../src/datasets/dataset.ts'
import type { Labeler } from '../../src/labelers/labeler.ts'
import { makeLabeler } from '../assignments/ground.ts'
import { countDrift } from '../assignments/invariants.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { agent, answers, deal, openAsk, opinions } from './ground.ts'

let at: TestParley
let people: Labeler[]

beforeAll(async () => {
  at = await startParley({ max: 20 })
  people = await Promise.all(Array.from({ length: 12 }, (_, n) => makeLabeler(at.parley, `U${n}`)))
  await openAsk(at.parley, opinions('opinions', 'ask: { per_day: 1000 }'))
})
afterAll(() => at.close())

const questions = 40

/** Every question by two agents at once, with one to four people and one to two and a half hours. */
async function ask(n: number): Promise<void> {
  const input = {
    ...{ dataset: 'opinions', question: `Which, ${n}?`, options: ['a', 'b'], key: `q${n}` },
    people: 1 + (n % 4),
    deadline: new Date(at.clock.now().getTime() + (60 + (n % 5) * 20) * 60_000),
  }
  await Promise.all([askPeople(at.parley, agent, input), askPeople(at.parley, agent, input)])
}

/** Answers what they are dealt until nothing is left; now and then they hold it for a while. */
async function work(labeler: Labeler, nth: number): Promise<void> {
  for (let done = 0, empty = 0; empty < 9; ) {
    const dealtAt = at.clock.now()
    const card = await deal(at.parley, labeler)
    if (!card) {
      empty++
      at.clock.advance('20 seconds')
      continue
    }
    dealt.push({ key: card.record.externalId, at: dealtAt })
    if ((done + nth) % 3 === 0) at.clock.advance('4 minutes')
    await answers(at.parley, labeler, card, {
      choice: { mode: 'best_only', ranks: { a: 1, b: 2 }, all_unacceptable: false },
    })
    done++
  }
}

const dealt: { key: string; at: Date }[] = []

test('happy: twelve people race over forty questions whose deadlines pass meanwhile', async () => {
  const askAll = () => Promise.all(Array.from({ length: questions }, (_, n) => ask(n)))
  await askAll()
  const tending = (async () => {
    for (let n = 0; n < 15; n++) await tendAsks(at.parley)
  })()
  await Promise.all([askAll(), tending, ...people.map(work)])
  at.clock.advance('4 hours')
  await tendAsks(at.parley)
  const { rows } = await sql<{
    key: string
    people: number
    deadline: Date
    counted: number
    late: number
    endedAt: Date | null
  }>`
    select r.external_id as key, q.people, q.deadline, q.ended_at,
      (select count(*)::int from assignments a where a.dataset_id = q.dataset_id
        and a.record_id = q.record_id and a.counted) as counted,
      (select count(*)::int from assignments a
        join responses s on s.dataset_id = a.dataset_id and s.assignment_id = a.id
        where a.dataset_id = q.dataset_id and a.record_id = q.record_id and a.counted
          and s.submitted_at >= q.deadline) as late
    from asks q join records r on r.dataset_id = q.dataset_id and r.id = q.record_id
    order by q.record_id`.execute(at.parley.db)
  expect(rows).toHaveLength(questions)
  expect(rows.filter((row) => row.counted > row.people)).toEqual([])
  expect(rows.filter((row) => row.late > 0)).toEqual([])
  expect(rows.filter((row) => row.endedAt === null)).toEqual([])
  const deadlines = new Map(rows.map(({ key, deadline }) => [key, deadline]))
  expect(dealt.filter((one) => one.at >= (deadlines.get(one.key) ?? new Date(0)))).toEqual([])
  const drift = await countDrift(at.parley, await getDataset(at.parley, 'opinions'))
  expect(Object.entries(drift).filter(([, count]) => Number(count) > 0)).toEqual([])
}, 120_000)
