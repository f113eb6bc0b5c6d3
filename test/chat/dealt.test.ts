/** The second answer of a session is written without a look-up: whatever changed since still counts. */
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { getAssignment } from '../../src/assignments/assignment.ts'
import { nextAssignment } from '../../src/assignments/next.ts'
import { handleInteraction } from '../../src/chat/handle.ts'
import type { Reply } from '../../src/chat/port/port.ts'
import { inSight, openSight, repeated } from '../../src/chat/port/sight.ts'
import type { Dataset } from '../../src/datasets/document.ts'
import { openFirstSight } from '../../src/db/handled.ts'
import type { Labeler } from '../../src/labelers/labeler.ts'
import type { Parley } from '../../src/parley.ts'
import { makeDataset as make, makeLabeler, safety, setStatus } from '../assignments/ground.ts'
import { countDrift } from '../assignments/invariants.ts'
import { startParley, type TestParley } from '../support/parley.ts'

let ground: TestParley
let parley: Parley
let names = 0
const made: Dataset[] = []

beforeAll(async () => {
  ground = await startParley()
  parley = ground.parley
})
afterAll(() => ground.close())
afterEach(async () => {
  for (const dataset of made.splice(0)) {
    const drift = await countDrift(parley, dataset)
    expect(drift).toEqual(Object.fromEntries(Object.keys(drift).map((key) => [key, 0])))
  }
})

/** Somebody who has answered one task, and so was dealt the next by this process. */
async function startSession(
  questions?: unknown[],
): Promise<{ dataset: Dataset; ana: Labeler; dealt: string }> {
  const name = `dealt-${++names}`
  const dataset = await make(parley, { name, records: 4, ...(questions ? { questions } : {}) })
  made.push(dataset)
  const ana = await makeLabeler(parley, `UANA${names}`)
  const first = await nextAssignment(parley, ana, { dataset })
  const reply = await answer(ana, first?.assignmentId ?? '')
  return { dataset, ana, dealt: taskOf(reply) }
}
function answer(by: Labeler, assignmentId: string, safe = 'yes'): Promise<Reply> {
  const values = { safe }
  const { person } = by
  return handleInteraction(parley, {
    by: person,
    type: 'submit',
    assignmentId,
    schemaVersion: 1,
    values,
  })
}
/** The first button of a card, a second after it was shown: before that a press is a double tap. */
function press(by: Labeler, assignmentId: string): Promise<Reply> {
  ground.clock.advance('1 second')
  const { person } = by
  return handleInteraction(parley, {
    by: person,
    type: 'press',
    assignmentId,
    schemaVersion: 1,
    press: 0,
  })
}
/** As an adapter has an answer handled: its id is marked by whatever comes of it. */
function once<Result>(id: string, work: () => Promise<Result>): Promise<Result> {
  return inSight(openSight(id, openFirstSight(parley)), work)
}
function taskOf(reply: Reply): string {
  if (reply.type !== 'task') throw new Error(`This is no task: ${JSON.stringify(reply)}`)
  return reply.card.assignmentId
}
async function answersOf({ id }: Dataset): Promise<number> {
  const rows = await parley.db
    .selectFrom('responses')
    .select('assignmentId')
    .where('datasetId', '=', id)
    .where('status', '=', 'submitted')
    .execute()
  return rows.length
}

describe('happy', () => {
  test('a labeler answers on and on, and every answer is kept', async () => {
    const { dataset, ana, dealt } = await startSession()
    const third = taskOf(await answer(ana, dealt))
    const fourth = taskOf(await answer(ana, third))
    expect(new Set([dealt, third, fourth]).size).toBe(3)
    expect((await answer(ana, fourth)).type).toBe('receipt')
    expect(await answersOf(dataset)).toBe(4)
  })
})

describe('happy: a press', () => {
  test('answers what was dealt, on and on', async () => {
    const { dataset, ana, dealt } = await startSession()
    const third = taskOf(await press(ana, dealt))
    const fourth = taskOf(await press(ana, third))
    expect((await press(ana, fourth)).type).toBe('receipt')
    expect(await answersOf(dataset)).toBe(4)
  })
  test('what was drafted since belongs to the answer', async () => {
    const why = { type: 'text', name: 'why', title: 'Why?', required: false }
    const { ana, dealt } = await startSession([safety, why])
    const { person } = ana
    const about = { by: person, assignmentId: dealt }
    await handleInteraction(parley, { ...about, type: 'draft', values: { why: 'It is rude.' } })
    taskOf(await press(ana, dealt))
    const found = await getAssignment(parley, ana, dealt)
    expect(found.response).toMatchObject({ status: 'submitted', values: { why: 'It is rude.' } })
  })
  test('a second tap on a card that has just come answers nothing', async () => {
    const { dataset, ana, dealt } = await startSession()
    const next = taskOf(await press(ana, dealt))
    const { person } = ana
    const tap = {
      by: person,
      type: 'press',
      assignmentId: next,
      schemaVersion: 1,
      press: 0,
    } as const
    expect(await handleInteraction(parley, tap)).toEqual({ type: 'nothing' })
    expect(await answersOf(dataset)).toBe(2)
    expect(taskOf(await press(ana, next))).not.toBe(next)
  })
})

describe('refused', () => {
  test('a value that is no option is refused under its question, and keeps the task', async () => {
    const { dataset, ana, dealt } = await startSession()
    expect(await answer(ana, dealt, 'perhaps')).toMatchObject({
      type: 'problems',
      problems: { safe: expect.any(String) },
    })
    expect(await answersOf(dataset)).toBe(1)
    expect((await answer(ana, dealt)).type).toBe('task')
  })
  test('a dataset that was closed since takes no more, and the answer is kept as a draft', async () => {
    const { dataset, ana, dealt } = await startSession()
    await setStatus(parley, dataset, 'closed')
    expect(await answer(ana, dealt)).toMatchObject({
      type: 'notice',
      text: expect.stringContaining('closed'),
    })
    expect(await answersOf(dataset)).toBe(1)
  })
  test('options that changed since are read as the form was drawn, and the next has the new ones', async () => {
    const { dataset, ana, dealt } = await startSession()
    const document = {
      ...dataset.document,
      questions: [
        {
          ...dataset.document.questions[0],
          options: [
            { value: 'safe', text: 'Safe' },
            { value: 'unsafe', text: 'Unsafe' },
          ],
        },
      ],
    }
    await sql`update datasets set document = ${JSON.stringify(document)}, schema_version = 2
      where id = ${dataset.id}`.execute(parley.db)
    await sql`insert into dataset_versions (dataset_id, schema_version, document, at)
      values (${dataset.id}, 1, ${JSON.stringify(dataset.document)}, ${parley.now()})
      on conflict do nothing`.execute(parley.db)
    expect(await answer(ana, dealt)).toMatchObject({
      type: 'task',
      card: {
        schemaVersion: 2,
        questions: [{ options: [{ value: 'safe' }, { value: 'unsafe' }] }],
      },
    })
    expect(await answersOf(dataset)).toBe(2)
  })
})

describe('forbidden', () => {
  test('somebody who was taken off the list since may not answer any more', async () => {
    const { dataset, ana, dealt } = await startSession()
    const document = { ...dataset.document, access: { slack: ['UBEN'] } }
    await sql`update datasets set document = ${JSON.stringify(document)}
      where id = ${dataset.id}`.execute(parley.db)
    expect(await answer(ana, dealt)).toMatchObject({
      type: 'notice',
      text: expect.stringContaining('not on the list'),
    })
    expect(await answersOf(dataset)).toBe(1)
  })
  test('somebody whose consent is gone is asked for it, and nothing is kept', async () => {
    const { dataset, ana, dealt } = await startSession()
    await sql`update labelers set consent_version = null where id = ${ana.id}`.execute(parley.db)
    expect(await answer(ana, dealt)).toMatchObject({
      type: 'notice',
      text: expect.stringContaining('agree'),
    })
    expect(await answersOf(dataset)).toBe(1)
  })
  test('the id of another labeler’s task is of no use', async () => {
    const { dataset, ana, dealt } = await startSession()
    const eve = await makeLabeler(parley, `UEVE${names}`)
    expect(await answer(eve, dealt)).toMatchObject({
      type: 'notice',
      text: expect.stringContaining('somebody else’s'),
    })
    expect(await answersOf(dataset)).toBe(1)
    expect((await answer(ana, dealt)).type).toBe('task')
  })
})

describe('twice', () => {
  test('the same gesture many times at once, of one card or of two, is let in once', async () => {
    const { dataset, ana, dealt } = await startSession()
    const all = await Promise.allSettled(
      Array.from({ length: 6 }, () => once('gesture:1', () => answer(ana, dealt))),
    )
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const one of all) if (one.status === 'rejected') expect(one.reason).toBe(repeated)
    expect(await answersOf(dataset)).toBe(2)
    await expect(once('gesture:1', () => answer(ana, dealt, 'no'))).rejects.toBe(repeated)
  })
  test('an answer that is refused marks its gesture as well', async () => {
    const { ana, dealt } = await startSession()
    const wrong = () => once('gesture:2', () => answer(ana, dealt, 'perhaps'))
    expect((await wrong()).type).toBe('problems')
    await expect(wrong()).rejects.toBe(repeated)
  })
  test('any other gesture is marked before it does anything', async () => {
    const { ana } = await startSession()
    const { person } = ana
    const help = () =>
      once('gesture:3', () => handleInteraction(parley, { by: person, type: 'help' }))
    expect((await help()).type).toBe('notice')
    await expect(help()).rejects.toBe(repeated)
  })
  test('while the database is away nothing is marked', async () => {
    const { ana, dealt } = await startSession()
    const sight = openSight('gesture:4', async () => true)
    const failing = sight.markBy(async () => {
      throw new Error('Connection terminated')
    })
    await expect(failing).rejects.toThrow('Connection terminated')
    expect([sight.isOpen(), sight.isRepeated()]).toEqual([true, false])
    expect(await sight.mark()).toBe(true)
    expect((await answer(ana, dealt)).type).toBe('task')
  })
  test('the same answer five times at once counts once and brings one task', async () => {
    const { dataset, ana, dealt } = await startSession()
    const replies = await Promise.all(Array.from({ length: 5 }, () => answer(ana, dealt)))
    expect(new Set(replies.map(taskOf)).size).toBe(1)
    expect(await answersOf(dataset)).toBe(2)
  })
  test('a different answer to what was answered is an edit', async () => {
    const { dataset, ana, dealt } = await startSession()
    await answer(ana, dealt)
    expect((await answer(ana, dealt, 'no')).type).toBe('receipt')
    expect(await answersOf(dataset)).toBe(2)
  })
})
