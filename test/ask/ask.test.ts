/** A program asks people: each question is answered by so many of them until its deadline, and asked once. */
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type AskInput, askPeople } from '../../src/ask/ask.ts'
import { askResult } from '../../src/ask/result.ts'
import { tendAsks } from '../../src/ask/tend.ts'
import { createPosts } from '../../src/assignments/post.ts'
import { applyDataset } from '../../src/datasets/apply.ts'
import { getDataset } from '../../src/datasets/dataset.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import type { Labeler } from '../../src/labelers/labeler.ts'
import type { Actor } from '../../src/parley.ts'
import { discardResponse } from '../../src/responses/discard.ts'
import { undoResponse } from '../../src/responses/undo.ts'
import { addRecords, makeLabeler } from '../assignments/ground.ts'
import { countDrift } from '../assignments/invariants.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { agent, answers, chooses, deal, openAsk, opinions } from './ground.ts'

let at: TestParley
let people: Labeler[]
let asked = 0

beforeAll(async () => {
  at = await startParley()
  people = await Promise.all(['U1', 'U2', 'U3', 'U4', 'U5'].map((id) => makeLabeler(at.parley, id)))
  await openAsk(at.parley, opinions('opinions', 'ask: { per_day: 1000 }'))
})
afterEach(async () => {
  // Nothing of one test is dealt in the next.
  at.clock.advance('31 days')
  await tendAsks(at.parley)
  const drift = await countDrift(at.parley, await getDataset(at.parley, 'opinions'))
  expect(Object.entries(drift).filter(([, rows]) => Number(rows) > 0)).toEqual([])
})
afterAll(() => at.close())

const person = (n: number): Labeler => people[n] ?? (people[0] as Labeler)
const inAnHour = () => new Date(at.clock.now().getTime() + 3_600_000)

/** Another question each time, unless the test says which. */
async function ask(input: Partial<AskInput> = {}) {
  asked += 1
  return askPeople(at.parley, agent, {
    dataset: 'opinions',
    question: `Which headline, number ${asked}?`,
    options: ['Rain today', 'It rains'],
    deadline: inAnHour(),
    ...input,
  })
}

const result = (key: string, dataset = 'opinions') => askResult(at.parley, agent, { dataset, key })
const choose = (n: number, best: string) => chooses(at.parley, person(n), best)

describe('happy: a question', () => {
  test('is pending until as many people as were asked for have answered, and says no more before', async () => {
    const { key } = await ask({ people: 3, key: 'headline' })
    expect(await result(key)).toMatchObject({
      ...{ state: 'pending', people: 3, answered: 0, questions: null, responses: [] },
    })
    await choose(0, 'It rains')
    await choose(1, 'It rains')
    expect(await result(key)).toMatchObject({ state: 'pending', answered: 2, questions: null })
    await choose(2, 'Rain today')
    const done = await result(key)
    expect(done).toMatchObject({
      state: 'answered',
      answered: 3,
      questions: {
        choice: {
          answers: 3,
          best: 'It rains',
          votes: [
            { value: 'Rain today', count: 1, of: 3, low: 0.061492 },
            { value: 'It rains', count: 2, of: 3, high: 0.938508 },
          ],
          interval: 'wilson 95%',
        },
      },
    })
    expect(done.responses).toHaveLength(3)
    expect(await deal(at.parley, person(3))).toBeNull()
  })

  test('wants as many people as it says, whatever others of the dataset want', async () => {
    await ask({ people: 1 })
    const { key } = await ask({ people: 5 })
    for (const n of [0, 1, 2, 3, 4]) {
      await deal(at.parley, person(n))
      if (await deal(at.parley, person(n))) await choose(n, 'It rains')
      if (await deal(at.parley, person(n))) await choose(n, 'It rains')
    }
    expect(await result(key)).toMatchObject({ state: 'answered', answered: 5 })
  })

  test('after its deadline the result is what there is, and nobody is dealt it any more', async () => {
    const { key } = await ask({ people: 3 })
    await choose(0, 'It rains')
    at.clock.advance('59 minutes')
    expect(await result(key)).toMatchObject({ state: 'pending' })
    at.clock.advance('1 minute')
    // Nothing ran yet: the claim knows by itself.
    expect(await deal(at.parley, person(1))).toBeNull()
    const before = await result(key)
    expect(before).toMatchObject({ state: 'expired', answered: 1, people: 3 })
    expect(before.questions?.['choice']).toMatchObject({ answers: 1, best: 'It rains' })
    await tendAsks(at.parley)
    expect(await deal(at.parley, person(1))).toBeNull()
    expect(await result(key)).toEqual(before)
  })

  test('with no answer it has none, and no consensus is made up', async () => {
    const { key } = await ask()
    at.clock.advance('1 hour')
    await tendAsks(at.parley)
    await sql`select requeue_place(dataset_id, id) from records where external_id = ${key}`.execute(
      at.parley.db,
    )
    expect(await deal(at.parley, person(0))).toBeNull()
    expect(await result(key)).toMatchObject({
      ...{ state: 'expired', answered: 0, settled_at: null },
      questions: {
        choice: { best: null, consensus: { value: null, reason: 'Nobody has answered yet.' } },
      },
    })
  })

  test('an answer after the deadline is kept and does not count, before and after the worker came', async () => {
    const { key } = await ask({ people: 3 })
    await choose(0, 'It rains')
    const [late, later] = [await deal(at.parley, person(1)), await deal(at.parley, person(2))]
    at.clock.advance('1 hour')
    const best = (card: typeof late) => ({
      choice: {
        mode: 'best_only' as const,
        ranks: Object.fromEntries((card?.shownOrder ?? []).map((id, n) => [id, n + 1])),
        all_unacceptable: false,
      },
    })
    if (!late || !later) throw new Error('They were dealt nothing.')
    expect(await answers(at.parley, person(1), late, best(late))).toMatchObject({
      outcome: 'surplus',
    })
    await tendAsks(at.parley)
    expect(await answers(at.parley, person(2), later, best(later))).toMatchObject({
      outcome: 'surplus',
    })
    expect(await result(key)).toMatchObject({ state: 'expired', answered: 1 })
  })

  test('who takes an answer back after the deadline can give it again, and nobody else is dealt it', async () => {
    const { key } = await ask({ people: 3 })
    at.clock.advance('58 minutes')
    const { assignment } = await choose(0, 'It rains')
    at.clock.advance('3 minutes')
    await tendAsks(at.parley)
    await undoResponse(at.parley, person(0), { assignmentId: assignment.assignmentId })
    expect(await result(key)).toMatchObject({ state: 'expired', answered: 0 })
    expect(await deal(at.parley, person(1))).toBeNull()
    const again = await deal(at.parley, person(0))
    expect(again?.record.externalId).toBe(key)
    await choose(0, 'Rain today')
    expect(await result(key)).toMatchObject({ state: 'expired', answered: 1 })
  })

  test('people who find it broken reject it, and the asker is told how', async () => {
    const { key } = await ask()
    for (const n of [0, 1, 2]) {
      const card = await deal(at.parley, person(n))
      const assignmentId = card?.assignmentId ?? ''
      await discardResponse(at.parley, person(n), {
        ...{ assignmentId, reason: 'unclear', platform: 'slack' },
      })
    }
    expect(await result(key)).toMatchObject({
      ...{ state: 'rejected', answered: 0, skipped: { unclear: 3 } },
    })
  })

  test('candidates keep their ids and models, and a text question takes free answers', async () => {
    const { key } = await ask({
      options: undefined,
      outputs: [
        { id: 'x', text: 'Scattering.', model: 'small' },
        { text: 'Paint.', model: 'large' },
      ],
    })
    const record = await at.parley.db
      .selectFrom('records')
      .select('outputs')
      .where('externalId', '=', key)
      .executeTakeFirstOrThrow()
    expect(record.outputs).toEqual([
      { id: 'x', text: 'Scattering.', model: 'small' },
      { id: 'o2', text: 'Paint.', model: 'large' },
    ])
    await openAsk(at.parley, 'name: words\ntemplate: completion\nask: {}\n')
    const free = await ask({ dataset: 'words', options: undefined, people: 1 })
    const card = await deal(at.parley, person(0), 'words')
    if (!card) throw new Error('There is nothing to answer.')
    await answers(at.parley, person(0), card, { completion: 'Because of the clouds.' })
    expect(await result(free.key, 'words')).toMatchObject({
      ...{ state: 'answered', responses: [{ values: { completion: 'Because of the clouds.' } }] },
    })
  })

  test('comes before other records, is audited, and is not posted in public', async () => {
    await openAsk(at.parley, opinions('mixed'))
    const mixed = await getDataset(at.parley, 'mixed')
    await at.parley.db.transaction().execute(async (db) => {
      await addRecords({ ...at.parley, db }, mixed, { records: 3 })
    })
    const { key } = await ask({ dataset: 'mixed', people: 1 })
    expect((await deal(at.parley, person(0), 'mixed'))?.record.externalId).toBe(key)
    const { rows } = await sql<{ actor: string; externalId: string }>`
      select actor, detail ->> 'external_id' as external_id from audit
      where act = 'ask' and dataset = 'mixed'`.execute(at.parley.db)
    expect(rows).toEqual([{ actor: 'key:agent', externalId: key }])
    const other = await ask({ dataset: 'mixed', people: 2 })
    const to = { platform: 'slack', workspace: 'T1', channelId: 'C1' } as const
    const posts = await createPosts(at.parley, agent, { dataset: 'mixed', to, records: 10 })
    const posted = await at.parley.db
      .selectFrom('records')
      .select('externalId')
      .where(
        'id',
        'in',
        posts.map(({ recordId }) => recordId),
      )
      .execute()
    expect(posted.map(({ externalId }) => externalId)).not.toContain(other.key)
  })

  test('a change of min_submitted leaves how many people a question wants', async () => {
    await openAsk(at.parley, opinions('changing'))
    const { key } = await ask({ dataset: 'changing', people: 2 })
    const document = parseDocument(
      `${opinions('changing')}access: everyone\ndistribution: { min_submitted: 5 }\n`,
    )
    await applyDataset(at.parley, agent, { document })
    for (const n of [0, 1]) await chooses(at.parley, person(n), 'It rains', 'changing')
    expect(await result(key, 'changing')).toMatchObject({ state: 'answered', answered: 2 })
  })
})

describe('twice: a question', () => {
  test('under the same key asks nobody twice, even at the same moment', async () => {
    const same = { key: 'once', question: 'Which one?' }
    const all = await Promise.all(Array.from({ length: 8 }, () => ask(same)))
    expect(all.filter(({ isNew }) => isNew)).toHaveLength(1)
    const { n } = await at.parley.db
      .selectFrom('asks')
      .innerJoin('records', 'records.id', 'asks.recordId')
      .select(({ fn }) => fn.countAll<string>().as('n'))
      .where('records.externalId', '=', 'once')
      .executeTakeFirstOrThrow()
    expect(n).toBe('1')
    at.clock.advance('2 hours')
    const later = await ask(same)
    expect(later).toMatchObject({ isNew: false, deadline: all[0]?.deadline })
    expect(await result('once')).toMatchObject({ state: 'expired' })
  })

  test('without a key the same words are the same question', async () => {
    const one = await ask({ question: 'Tabs or spaces?' })
    const again = await ask({ question: 'Tabs or spaces?' })
    const other = await ask({ question: 'Tabs or spaces?', people: 2 })
    expect(again).toMatchObject({ key: one.key, isNew: false })
    expect(other).toMatchObject({ isNew: true })
  })

  test('the same key for another question is refused', async () => {
    await ask({ key: 'taken', question: 'This?' })
    await expect(ask({ key: 'taken', question: 'That?' })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('Use another key'),
    })
    await expect(ask({ key: 'taken', question: 'This?', people: 4 })).rejects.toMatchObject({
      code: 'conflict',
    })
  })
})

describe('refused: a question', () => {
  const refusal = async (input: Partial<AskInput>) =>
    ask(input).then(
      () => 'asked',
      (error: Error) => error.message,
    )

  test.each<[string, Partial<AskInput>, RegExp]>([
    ['no options', { options: [] }, /two options or more, and there are none.*text or a label/],
    ['one option', { options: ['only'] }, /there is one/],
    ['the same option twice', { options: ['a', 'b', ' a'] }, /"a" is there twice/],
    ['an empty option', { options: ['a', ' '] }, /One of them is empty/],
    ['options and outputs', { outputs: [{ text: 'x' }, { text: 'y' }] }, /Give one of the two/],
    ['51 options', { options: Array.from({ length: 51 }, (_, n) => `${n}`) }, /outputs/],
    ['no words', { question: '  ' }, /fields.question: is empty/],
    ['a NUL', { question: 'a\0b' }, /NUL|character/i],
    ['half of a character', { options: ['a', '\ud800'] }, /lone surrogate/],
    ['a NUL in the key', { key: 'a\0' }, /key: holds a NUL/],
    ['a key of 201 characters', { key: 'a'.repeat(201) }, /200/],
    ['a field there is not', { fields: { contxt: 'x' } }, /fields.contxt.*Did you mean "context"/],
    ['nobody', { people: 0 }, /between 1 and 10 people/],
    ['too many people', { people: 11 }, /between 1 and 10 people/],
    ['half a person', { people: 1.5 }, /between 1 and 10 people/],
    ['a deadline that is over', { deadline: new Date(0) }, /between a minute and 30 days/],
    ['a deadline in a year', { deadline: new Date(8e15) }, /between a minute and 30 days/],
    ['no such time', { deadline: new Date('x') }, /between a minute and 30 days/],
    ['a dataset there is not', { dataset: 'opinion' }, /no dataset "opinion".*opinions/],
  ])('%s', async (_, input, said) => {
    expect(await refusal(input)).toMatch(said)
  })

  test('where programs may not ask, where nobody answers, and beyond a day’s number', async () => {
    await openAsk(at.parley, 'name: closed-door\ntemplate: comparison\n')
    expect(await refusal({ dataset: 'closed-door' })).toMatch(
      /takes no questions of programs.*ask:/,
    )
    await openAsk(at.parley, opinions('few', 'ask: { per_day: 1 }'))
    await ask({ dataset: 'few' })
    expect(await refusal({ dataset: 'few' })).toMatch(/1 question within a day/)
    await at.parley.db
      .updateTable('datasets')
      .set({ status: 'paused' })
      .where('name', '=', 'few')
      .execute()
    expect(await refusal({ dataset: 'few' })).toMatch(/"few" is paused/)
  })

  test('options where the dataset asks nothing about them', async () => {
    await openAsk(
      at.parley,
      'name: yes-no\ntemplate: labels\nask: {}\nquestions: { label: { options: [yes, no] } }\n',
    )
    expect(await refusal({ dataset: 'yes-no' })).toMatch(
      /asks nothing about options: label \(label\)/,
    )
    expect(await refusal({ dataset: 'yes-no', options: undefined })).toBe('asked')
  })

  test('a key that an imported record has, and a key that nobody asked under', async () => {
    const mixed = await openAsk(at.parley, opinions('imported'))
    await addRecords(at.parley, mixed, { records: 1 })
    expect(await refusal({ dataset: 'imported', key: 'r1' })).toMatch(/was not asked. Use another/)
    // The result of any record can be read, as far as it is.
    expect(await result('r1', 'imported')).toMatchObject({ state: 'pending', deadline: null })
    await expect(result('nothing')).rejects.toMatchObject({ code: 'not_found' })
  })

  test('an admin of other workspaces sees no such dataset', async () => {
    const other: Actor = {
      type: 'admin',
      name: 'other',
      of: { platform: 'slack', workspace: 'T9', userId: 'U9' },
    }
    await openAsk(at.parley, `${opinions('theirs')}access: { slack: ["slack:T1:U1"] }\n`)
    const input = { dataset: 'theirs', question: 'x', options: ['a', 'b'] }
    await expect(askPeople(at.parley, other, input)).rejects.toMatchObject({ code: 'not_found' })
    const { key } = await askPeople(at.parley, agent, input)
    await expect(askResult(at.parley, other, { dataset: 'theirs', key })).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  test.each<[string, RegExp]>([
    ['name: x\ntemplate: ask\n', /ask: is missing/],
    [
      'name: x\ntemplate: ask\nask: {}\nchecks: { repeats: { share: 0.1 } }\n',
      /ends at its deadline/,
    ],
    ['name: x\ntemplate: ask\nask: { most_people: 2 }\n', /less than min_submitted/],
    ['name: x\ntemplate: ask\nask: {}\nfields: { more: {} }\n', /"more" is required/],
    ['name: x\ntemplate: ask\nask: { per: 3 }\n', /per/],
    ['name: x\ntemplate: ask\nask: { to: ["#ml"] }\n', /"#ml" is nobody.*slack:#ml/s],
    ['name: x\ntemplate: ask\nask: { to: [slack:x] }\n', /"slack:x" is nobody/],
  ])('a document that could not be asked: %s', (document, said) => {
    expect(() => parseDocument(document)).toThrow(said)
  })
})
