/** The second answer of a session is written without a look-up: whatever changed since still counts. */
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { nextAssignment } from '../../src/assignments/next.ts'
import { handleInteraction } from '../../src/chat/handle.ts'
import type { Reply } from '../../src/chat/port/port.ts'
import type { Dataset } from '../../src/datasets/document.ts'
import type { Labeler } from '../../src/labelers/labeler.ts'
import type { Parley } from '../../src/parley.ts'
import { makeDataset as make, makeLabeler, setStatus } from '../assignments/ground.ts'
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
async function startSession(): Promise<{ dataset: Dataset; ana: Labeler; dealt: string }> {
  const name = `dealt-${++names}`
  const dataset = await make(parley, { name, records: 4 })
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
