/** A program asks what came out for one record, and gets votes, consensus and agreement that can be checked by hand. */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Dataset } from '../../src/datasets/document.ts'
import type { Actor } from '../../src/parley.ts'
import { recordResult } from '../../src/quality/result/record-result.ts'
import {
  type Answer,
  addAnswer,
  addRecord,
  bothBad,
  cleo,
  makeDataset,
  makeLabelers,
  ranked,
} from '../exports/ground.ts'
import { startParley, type TestParley } from '../support/parley.ts'

const label = { type: 'label', name: 'safe', title: 'Is it safe?', options: ['yes', 'no'] }
const tags = { type: 'multi_label', name: 'tags', title: 'Which?', options: ['x', 'y', 'z'] }
const rating = { type: 'rating', name: 'helpful', title: 'How helpful?', of: 'outputs' }
const why = { type: 'text', name: 'why', title: 'Why?', required: false }
const two = {
  outputs: [
    { id: 'a', text: 'Scattering.' },
    { id: 'b', text: 'It just is.' },
  ],
}
let at: TestParley
let labelers: string[]

beforeAll(async () => {
  at = await startParley()
  labelers = await makeLabelers(at.parley, 6)
})
afterAll(() => at.close())

/** A record answered by one labeler after the other. */
async function answered(dataset: Dataset, answers: Omit<Answer, 'labeler'>[], record = {}) {
  const added = await addRecord(at.parley, dataset, record)
  for (const [nth, answer] of answers.entries())
    await addAnswer(at.parley, dataset, added, { labeler: labelers[nth] ?? '', ...answer })
  return recordResult(at.parley, cleo, { dataset: dataset.name, externalId: added.externalId })
}

const chose = (safe: string) => ({ values: { safe } })

describe('happy: the result of a record', () => {
  test('labels: votes with Wilson intervals, the majority, and how many pairs agree', async () => {
    const dataset = await makeDataset(at.parley, { questions: [label] })
    const result = await answered(dataset, [chose('yes'), chose('yes'), chose('no')])
    expect(result).toMatchObject({
      format: 1,
      dataset: dataset.name,
      external_id: 'r1',
      status: 'completed',
      pending: false,
      answers: { wanted: 3, counted: 3, surplus: 0, open: 0, skipped: {}, left_out: {} },
    })
    expect(result.questions['safe']).toEqual({
      type: 'label',
      of: 'record',
      interval: 'wilson 95%',
      answers: 3,
      // By hand: (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n) with z = 1.96, n = 3.
      votes: [
        { value: 'yes', count: 2, of: 3, share: 0.666667, low: 0.20766, high: 0.938508 },
        { value: 'no', count: 1, of: 3, share: 0.333333, low: 0.061492, high: 0.79234 },
      ],
      consensus: { value: 'yes' },
      agreement: { value: 0.333333 },
    })
  })

  test('a draw is nobody’s to decide, and a record without answers has no result', async () => {
    const dataset = await makeDataset(at.parley, { questions: [label] })
    const drawn = await answered(dataset, [chose('yes'), chose('no')])
    expect(drawn).toMatchObject({ status: 'pending', pending: true })
    expect(drawn.questions['safe']).toMatchObject({
      consensus: { value: null, reason: 'The most frequent answers are tied.' },
      agreement: { value: 0 },
    })
    const none = await answered(dataset, [], { external_id: 'r2' })
    expect(none.settled_at).toBeNull()
    expect(none.questions['safe']).toMatchObject({
      votes: [
        { value: 'yes', count: 0, of: 0, share: null, low: null, high: null },
        { value: 'no', count: 0, of: 0, share: null, low: null, high: null },
      ],
      consensus: { value: null, reason: 'Nobody has answered yet.' },
    })
  })

  test('two outputs: the share that prefers each, ties and both-bad for themselves', async () => {
    const dataset = await makeDataset(at.parley)
    const result = await answered(
      dataset,
      [ranked('a', 'b'), ranked('a', 'b'), ranked(['a', 'b']), bothBad].map((values) => ({
        values,
      })),
      two,
    )
    expect(result.questions['preference']).toMatchObject({
      answers: 4,
      votes: [
        { value: 'a', count: 2, of: 3, low: 0.20766, high: 0.938508 },
        { value: 'b', count: 0, of: 3, low: 0 },
      ],
      consensus: { value: { a: 1, b: 2 } },
      best: 'a',
      ties: 1,
      all_unacceptable: 1,
      pairs: [{ a: 'a', b: 'b', for: 2, against: 0, ties: 1, winner: 'a' }],
      agreement: { value: 0.333333 },
    })
  })

  test('what most find equal has no best output', async () => {
    const dataset = await makeDataset(at.parley)
    const tied = [{ values: ranked(['a', 'b']) }, { values: ranked(['a', 'b']) }]
    const result = await answered(dataset, [...tied, { values: ranked('a', 'b') }], two)
    expect(result.questions['preference']).toMatchObject({ best: null, ties: 2 })
  })

  test('sets of labels, ratings of each output, and texts', async () => {
    const dataset = await makeDataset(at.parley, { questions: [tags, rating, why] })
    const say = (chosen: string[], a: number, b: number) => ({
      values: { tags: chosen, helpful: { a, b }, why: `${chosen}!` },
    })
    const result = await answered(
      dataset,
      [say(['x'], 1, 4), say(['x', 'y'], 2, 5), say(['x'], 4, 5)],
      two,
    )
    expect(result.questions).toMatchObject({
      tags: {
        votes: [
          { value: 'x', count: 3, of: 3, share: 1, high: 1 },
          { value: 'y', count: 1, of: 3 },
          { value: 'z', count: 0, of: 3, low: 0 },
        ],
        consensus: { value: ['x'] },
        agreement: { value: 0.333333 },
      },
      helpful: {
        of: 'outputs',
        outputs: {
          a: { answers: 3, consensus: { value: 2 }, mean: { value: 2.333333 } },
          b: { answers: 3, consensus: { value: 5 }, mean: { value: 4.666667 } },
        },
      },
      why: { interval: null, answers: 3, votes: [], consensus: { value: null } },
    })
    expect(result.responses.map(({ values }) => values['why'])).toEqual(['x!', 'x,y!', 'x!'])
  })

  test('what does not count is listed with its reason and changes nothing', async () => {
    const dataset = await makeDataset(at.parley, { questions: [label] })
    const result = await answered(dataset, [
      chose('yes'),
      { ...chose('no'), counted: false, flags: ['surplus'] },
      { ...chose('no'), counted: false, flags: ['same_person'] },
      { status: 'discarded', reason: 'unclear' },
      { status: 'draft', ...chose('no') },
    ])
    expect(result.answers).toEqual({
      wanted: 3,
      counted: 1,
      surplus: 1,
      open: 0,
      skipped: { unclear: 1 },
      left_out: { same_person: 1 },
    })
    expect(result.questions['safe']).toMatchObject({ answers: 1, consensus: { value: 'yes' } })
    expect(result.responses.map(({ counted, left_out }) => [counted, left_out])).toEqual([
      [true, null],
      [false, 'surplus'],
      [false, 'same_person'],
    ])
  })

  test('labelers have the pseudonyms of exports, and nobody else gets one', async () => {
    const dataset = await makeDataset(at.parley, { questions: [label] })
    const first = await answered(dataset, [chose('yes'), chose('no')])
    const names = first.responses.map(({ labeler }) => labeler)
    expect(new Set(names).size).toBe(2)
    for (const name of names) expect(name).toMatch(/^p[\da-f]+-[\da-f]{20}$/)
    const again = await recordResult(at.parley, cleo, { recordId: first.id })
    expect(again).toEqual(first)
    const stored = await at.parley.db
      .selectFrom('pseudonyms')
      .select('pseudonym')
      .where('datasetId', '=', dataset.id)
      .execute()
    expect(stored.map(({ pseudonym }) => pseudonym).sort()).toEqual(names.sort())
  })

  test('it is settled once nobody can undo any more', async () => {
    const dataset = await makeDataset(at.parley, { questions: [label] })
    const result = await answered(dataset, [chose('yes')])
    expect(result.settled_at).toBe(new Date(at.clock.now().getTime() + 10 * 60_000).toISOString())
  })

  test('it reads the record’s own rows, however many others there are', async () => {
    const dataset = await makeDataset(at.parley, { questions: [label] })
    const fill = async (from: number, to: number) => {
      for (let n = from; n < to; n += 1)
        await answered(dataset, [chose('yes'), chose('yes')], { external_id: `r${n}` })
      await sql`analyze`.execute(at.parley.db)
    }
    const rowsRead = () =>
      at.parley.db.transaction().execute(async (db) => {
        // A table of a few pages is read as a whole, which says nothing of a large one.
        await sql`set local enable_seqscan = off`.execute(db)
        const soFar = async () => {
          const { rows } = await sql<{ n: string }>`
            select sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) as n
            from pg_stat_xact_user_tables
            where relname in ('responses', 'assignments', 'records', 'places')`.execute(db)
          return Number(rows[0]?.n)
        }
        // What this connection read before may not be flushed yet.
        const before = await soFar()
        const named = { dataset: dataset.name, externalId: 'r3' }
        await recordResult({ ...at.parley, db }, cleo, named)
        return (await soFar()) - before
      })
    await fill(0, 5)
    expect(await rowsRead()).toBeLessThan(20)
    await fill(5, 60)
    expect(await rowsRead()).toBeLessThan(20)
  })
})

describe('refused: the result of a record', () => {
  const other: Actor = {
    type: 'admin',
    name: 'other',
    of: { platform: 'slack', workspace: 'T9', userId: 'U9' },
  }

  test('a record that is not there, or a dataset of others', async () => {
    const dataset = await makeDataset(at.parley, {
      questions: [label],
      access: { slack: ['slack:T1:U1'] },
    })
    const { id } = await addRecord(at.parley, dataset)
    const named = { dataset: dataset.name, externalId: 'r1' }
    await expect(
      recordResult(at.parley, cleo, { ...named, externalId: 'nothing' }),
    ).rejects.toMatchObject({ code: 'not_found' })
    for (const recordId of ['99999999', 'x', "1' or '1", '0'])
      await expect(recordResult(at.parley, cleo, { recordId })).rejects.toMatchObject({
        code: 'not_found',
      })
    for (const asked of [named, { recordId: id }])
      await expect(recordResult(at.parley, other, asked)).rejects.toMatchObject({
        code: 'not_found',
      })
  })
})
