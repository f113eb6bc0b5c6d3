/** What a person makes of an output: it joins their answer, can be taken back, and is lost by nothing. */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { getAssignment } from '../../src/assignments/assignment.ts'
import { nextAssignment } from '../../src/assignments/next.ts'
import { handleInteraction } from '../../src/chat/handle.ts'
import { improveId } from '../../src/chat/port/ids.ts'
import type { Reply } from '../../src/chat/port/port.ts'
import type { Dataset } from '../../src/datasets/document.ts'
import type { Labeler } from '../../src/labelers/labeler.ts'
import type { Parley } from '../../src/parley.ts'
import { purgeLabeler } from '../../src/responses/forget.ts'
import { improveOutput } from '../../src/responses/improve.ts'
import { writeMyData } from '../../src/responses/my-data.ts'
import { submitResponse } from '../../src/responses/submit.ts'
import { undoResponse } from '../../src/responses/undo.ts'
import { makeDataset, makeLabeler, setStatus } from '../assignments/ground.ts'
import { countDrift } from '../assignments/invariants.ts'
import { startParley, type TestParley } from '../support/parley.ts'

let ground: TestParley
let parley: Parley
let ana: Labeler
let ben: Labeler
beforeAll(async () => {
  ground = await startParley()
  parley = ground.parley
  ana = await makeLabeler(parley, 'UANA')
  ben = await makeLabeler(parley, 'UBEN')
})
afterAll(() => ground.close())

const question = { type: 'ranking', name: 'best', title: 'Which is better?', edits: true }
const why = { type: 'text', name: 'why', title: 'Why?', required: false }

let names = 0
type Task = { dataset: Dataset; id: string; shown: string[] }
/** A pair that Ana answered: the output she was shown first is better. */
async function answered(more: { tie?: boolean; outputs?: number } = {}): Promise<Task> {
  const { tie = false, outputs = 2 } = more
  const name = `improve-${++names}`
  const dataset = await makeDataset(parley, {
    name,
    records: 2,
    outputs,
    questions: [question, why],
  })
  const given = await nextAssignment(parley, ana, { dataset })
  if (!given) throw new Error('Nothing was left.')
  ground.clock.advance('10 seconds')
  const { assignmentId: id, shownOrder: shown } = given
  const ranks = Object.fromEntries(shown.map((one, place) => [one, tie ? 1 : place + 1]))
  const values = { best: { mode: 'full', ranks, all_unacceptable: false } }
  await submitResponse(parley, ana, {
    assignmentId: id,
    schemaVersion: 1,
    values,
    platform: 'slack',
  })
  return { dataset, id, shown }
}

const improve = (id: string, output: string, text: string, by = ana) =>
  improveOutput(parley, by, { assignmentId: id, output, text, platform: 'slack' })

async function answerOf(id: string) {
  const found = await getAssignment(parley, ana, id)
  return found.response
}
const editsOf = async (id: string) => (await answerOf(id))?.values['best.edits']

const gesture = (act: object) => {
  ground.clock.advance('2 seconds')
  return handleInteraction(parley, { by: ana.person, ...act } as never)
}
const form = (reply: Reply) => {
  if (reply.type !== 'form') throw new Error(`There is no form: ${JSON.stringify(reply)}`)
  return reply.card
}
const submit = (assignmentId: string, text: string) =>
  gesture({ type: 'submit', assignmentId, schemaVersion: 1, values: { text } })

describe('happy', () => {
  test('an improved text joins the answer, says how far it is, and Undo takes it back alone', async () => {
    const { dataset, id, shown } = await answered()
    const [first = ''] = shown
    const [other] = shown.slice(1)
    const original = first === 'o1' ? 'Answer 1' : 'Answer 2'
    const saved = await improve(id, first, `${original}, at last`)
    expect(saved).toMatchObject({ outcome: 'edited', revision: 2 })
    expect(await answerOf(id)).toMatchObject({
      status: 'submitted',
      values: {
        best: { ranks: { [first]: 1, [other ?? '']: 2 } },
        'best.edits': { [first]: { text: `${original}, at last`, distance: 9 } },
      },
    })
    await undoResponse(parley, ana, { assignmentId: id, revision: 2 })
    expect(await answerOf(id)).toMatchObject({ status: 'submitted', revision: 3 })
    expect(await editsOf(id)).toBeUndefined()
    const drift = await countDrift(parley, dataset)
    expect(drift).toEqual(Object.fromEntries(Object.keys(drift).map((key) => [key, 0])))
  })

  test('the own text of the output takes an edit back, and white space alone is flagged', async () => {
    const { id } = await answered()
    await improve(id, 'o1', 'Answer  1')
    expect(await editsOf(id)).toEqual({
      o1: { text: 'Answer  1', distance: 1, white_space: true },
    })
    await improve(id, 'o1', 'Answer 1')
    expect(await editsOf(id)).toBeUndefined()
    expect(await answerOf(id)).toMatchObject({ revision: 3 })
  })

  test('the receipt offers the best, and another; after a tie each, so that nobody guesses', async () => {
    const { id } = await answered()
    const receipt = await gesture({ type: 'open', assignmentId: id })
    expect(receipt).toMatchObject({
      type: 'receipt',
      saved: {
        improve: [
          { what: { letter: 'A' }, id: improveId(id, 0) },
          { what: 'another', id: improveId(id) },
        ],
      },
    })
    const which = await gesture({ type: 'edit', assignmentId: improveId(id) })
    expect(which).toMatchObject({
      type: 'receipt',
      notice: 'Which one would you like to improve?',
      saved: {
        improve: [{ what: { letter: 'A' } }, { what: { letter: 'B' }, id: improveId(id, 1) }],
      },
    })
    const tied = await answered({ tie: true, outputs: 3 })
    expect(await gesture({ type: 'open', assignmentId: tied.id })).toMatchObject({
      saved: { improve: [0, 1, 2].map((place) => ({ id: improveId(tied.id, place) })) },
    })
    const many = await answered({ tie: true, outputs: 7 })
    expect(await gesture({ type: 'open', assignmentId: many.id })).toMatchObject({
      saved: { improve: [{ what: 'one', id: improveId(many.id) }] },
    })
  })

  test('the form starts with the text; what is typed and not saved is there again, also after an edit', async () => {
    const { id, shown } = await answered()
    const assignmentId = improveId(id, 1)
    const original = shown[1] === 'o1' ? 'Answer 1' : 'Answer 2'
    const card = form(await gesture({ type: 'edit', assignmentId }))
    expect(card).toMatchObject({
      assignmentId,
      improving: true,
      editing: true,
      values: { text: original },
      questions: [{ name: 'text', title: 'B, as it should be', required: true }],
      outputs: [{ letter: 'A' }, { letter: 'B' }],
      presses: [],
      taps: null,
    })
    await gesture({ type: 'draft', assignmentId, values: { text: 'Half of' }, editing: true })
    expect(form(await gesture({ type: 'edit', assignmentId })).values).toEqual({ text: 'Half of' })
    expect(await editsOf(id)).toBeUndefined()
    const [first = '', second = ''] = shown
    const values = {
      best: { mode: 'full', ranks: { [first]: 2, [second]: 1 }, all_unacceptable: false },
    }
    await gesture({ type: 'submit', assignmentId: id, schemaVersion: 1, values })
    expect(await answerOf(id)).toMatchObject({ values: { best: { ranks: { [second]: 1 } } } })
    expect(form(await gesture({ type: 'edit', assignmentId })).values).toEqual({ text: 'Half of' })
    await gesture({
      type: 'draft',
      assignmentId: id,
      values: { ...values, why: 'so' },
      editing: true,
    })
    expect(form(await gesture({ type: 'edit', assignmentId })).values).toEqual({ text: 'Half of' })
  })

  test('a changed ranking keeps what was made of the outputs, and Undo goes back step by step', async () => {
    const { id, shown } = await answered()
    await submit(improveId(id, 0), 'Much better.')
    const [first = '', second = ''] = shown
    const turned = {
      best: { mode: 'full', ranks: { [first]: 2, [second]: 1 }, all_unacceptable: false },
    }
    await gesture({ type: 'submit', assignmentId: id, schemaVersion: 1, values: turned })
    expect(await editsOf(id)).toMatchObject({ [first]: { text: 'Much better.' } })
    await undoResponse(parley, ana, { assignmentId: id })
    expect(await answerOf(id)).toMatchObject({ values: { best: { ranks: { [first]: 1 } } } })
    expect(await editsOf(id)).toMatchObject({ [first]: { text: 'Much better.' } })
    await undoResponse(parley, ana, { assignmentId: id })
    expect(await editsOf(id)).toBeUndefined()
    await undoResponse(parley, ana, { assignmentId: id })
    expect(await answerOf(id)).toMatchObject({ status: 'draft' })
  })

  test('the receipt says what was improved, and that nothing was where nothing changed', async () => {
    const { id } = await answered()
    const saved = await submit(improveId(id, 0), 'Much better.')
    expect(saved).toMatchObject({
      type: 'task',
      card: { dataset: { title: expect.any(String) } },
      undo: { assignmentId: id, revision: 2, summary: expect.stringContaining('A improved') },
    })
    const { id: other, shown } = await answered()
    const original = shown[0] === 'o1' ? 'Answer 1' : 'Answer 2'
    expect(await submit(improveId(other, 0), original)).toMatchObject({
      type: 'task',
      notice: 'Nothing was changed, so there is nothing to save.',
      undo: { revision: 1 },
    })
  })
})

describe('twice', () => {
  test('the same text again changes nothing, and two outputs improved at once keep both', async () => {
    const { id } = await answered()
    const both = await Promise.all([improve(id, 'o1', 'One!'), improve(id, 'o2', 'Two!')])
    expect(both.map(({ outcome }) => outcome)).toEqual(['edited', 'edited'])
    expect(await editsOf(id)).toMatchObject({ o1: { text: 'One!' }, o2: { text: 'Two!' } })
    expect(await improve(id, 'o1', 'One!')).toMatchObject({ outcome: 'same', revision: 3 })
  })
})

describe('refused', () => {
  test('a call of a tool is no text: nobody is offered to improve it, and an old button says why', async () => {
    const { dataset, id, shown } = await answered()
    const call = { id: 'c1', type: 'function', function: { name: 'weather', arguments: {} } }
    const messages = [{ role: 'assistant', content: null, tool_calls: [call] }]
    await sql`update records set outputs = (
      select jsonb_agg(case when one ->> 'id' = ${shown[0]}
        then (one - 'text') || jsonb_build_object('messages', ${JSON.stringify(messages)}::jsonb) else one end)
      from jsonb_array_elements(outputs) one) where dataset_id = ${dataset.id}`.execute(parley.db)
    const which = await gesture({ type: 'edit', assignmentId: improveId(id) })
    expect(which).toMatchObject({
      type: 'receipt',
      saved: { improve: [{ what: { letter: 'B' }, id: improveId(id, 1) }] },
    })
    expect(await gesture({ type: 'edit', assignmentId: improveId(id, 0) })).toMatchObject({
      type: 'notice',
      text: expect.stringContaining('is not a text'),
    })
  })

  test('before there is an answer, of an output that is not there, and once the dataset is closed', async () => {
    const { dataset, id } = await answered()
    const open = await nextAssignment(parley, ana, { dataset })
    await expect(improve(open?.assignmentId ?? '', 'o1', 'Too soon.')).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('Answer this first'),
    })
    await expect(improve(id, 'o9', 'Which?')).rejects.toMatchObject({ code: 'conflict' })
    expect(await gesture({ type: 'edit', assignmentId: improveId(id, 9) })).toMatchObject({
      type: 'notice',
      text: expect.stringContaining('cannot be improved here'),
    })
    await setStatus(parley, dataset, 'closed')
    expect(await gesture({ type: 'edit', assignmentId: improveId(id, 0) })).toMatchObject({
      type: 'notice',
      text: expect.stringContaining('closed'),
    })
    // Typed into a form that was open: it is kept.
    await submit(improveId(id, 0), 'Too late.')
    expect((await answerOf(id))?.draft?.['best.edits']).toMatchObject({})
    expect(JSON.stringify((await answerOf(id))?.draft)).toContain('Too late.')
  })

  test('an empty text is asked for under its input', async () => {
    const { id } = await answered()
    expect(await submit(improveId(id, 0), '  ')).toMatchObject({
      type: 'problems',
      problems: { text: expect.stringMatching(/\.$/) },
    })
  })
})

describe('forbidden', () => {
  test('nobody improves somebody else’s answer', async () => {
    const { id } = await answered()
    await expect(improve(id, 'o1', 'Mine now.', ben)).rejects.toMatchObject({ code: 'forbidden' })
    expect(await editsOf(id)).toBeUndefined()
  })
})

describe('happy: what leaves with its author', () => {
  test('my-data tells edits, and a purge takes them out of what counts', async () => {
    const { dataset, id } = await answered()
    await improve(id, 'o1', 'Mine alone.')
    const { readFileSync } = await import('node:fs')
    expect(readFileSync((await writeMyData(parley, ana)).path, 'utf8')).toContain('Mine alone.')
    await purgeLabeler(
      parley,
      { type: 'admin', name: 'cleo' },
      { dataset: dataset.name, labeler: ana.id },
    )
    const { rows } = await sql<{ flags: string[] }>`
      select flags from responses where "values" ? 'best.edits' and dataset_id = ${dataset.id}`.execute(
      parley.db,
    )
    expect(rows).toEqual([{ flags: ['excluded'] }])
  })
})
