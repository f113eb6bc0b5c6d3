/** Answers: submit, draft, skip, undo, history, and what they do to a record's places. */
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { getAssignment } from '../../src/assignments/assignment.ts'
import { changeMinSubmitted, requeueRecord } from '../../src/assignments/distribution.ts'
import { expireDue } from '../../src/assignments/lease.ts'
import { nextAssignment } from '../../src/assignments/next.ts'
import { datasetProgress } from '../../src/assignments/progress.ts'
import type { Dataset } from '../../src/datasets/document.ts'
import type { Labeler } from '../../src/labelers/labeler.ts'
import type { Actor, Parley } from '../../src/parley.ts'
import { discardResponse } from '../../src/responses/discard.ts'
import { saveDraft } from '../../src/responses/draft.ts'
import { purgeLabeler } from '../../src/responses/forget.ts'
import { listHistory } from '../../src/responses/history.ts'
import type { SkipReason } from '../../src/responses/reason.ts'
import { submitAndNext, submitResponse } from '../../src/responses/submit.ts'
import { undoResponse } from '../../src/responses/undo.ts'
import { type Ground, makeDataset as make, makeLabeler, setStatus } from '../assignments/ground.ts'
import { countDrift } from '../assignments/invariants.ts'
import { startParley, type TestParley } from '../support/parley.ts'

let ground: TestParley
let parley: Parley
let [ana, ben, eve]: Labeler[] = []
const made: Dataset[] = []
const cleo: Actor = { type: 'admin', name: 'cleo' }

beforeAll(async () => {
  ground = await startParley()
  parley = ground.parley
  ana = await makeLabeler(parley, 'UANA')
  ben = await makeLabeler(parley, 'UBEN')
  eve = await makeLabeler(parley, 'UEVE')
})
afterAll(() => ground.close())
afterEach(async () => {
  for (const dataset of made.splice(0)) {
    const drift = await countDrift(parley, dataset)
    expect(drift).toEqual(Object.fromEntries(Object.keys(drift).map((key) => [key, 0])))
  }
})

let names = 0
async function makeDataset(more: Ground = {}): Promise<Dataset> {
  const dataset = await make(parley, { name: `answers-${++names}`, records: 1, ...more })
  made.push(dataset)
  return dataset
}
async function take(labeler: Labeler | undefined, dataset: Dataset): Promise<string> {
  const given = labeler && (await nextAssignment(parley, labeler, { dataset }))
  if (!given) throw new Error('Nothing was left.')
  return given.assignmentId
}
function who(labeler: Labeler | undefined): Labeler {
  if (!labeler) throw new Error('Nobody.')
  return labeler
}
function submit(labeler: Labeler | undefined, assignmentId: string, safe = 'yes', id?: string) {
  return submitResponse(parley, who(labeler), {
    assignmentId,
    schemaVersion: 1,
    values: { safe },
    platform: 'slack',
    ...(id ? { interaction: id } : {}),
  })
}
function skip(labeler: Labeler | undefined, assignmentId: string, reason: SkipReason = 'unclear') {
  return discardResponse(parley, who(labeler), { assignmentId, reason, platform: 'slack' })
}
function undo(labeler: Labeler | undefined, assignmentId: string, revision?: number) {
  return undoResponse(parley, who(labeler), {
    assignmentId,
    ...(revision === undefined ? {} : { revision }),
  })
}
async function read(labeler: Labeler | undefined, assignmentId: string) {
  return getAssignment(parley, who(labeler), assignmentId)
}

describe('happy', () => {
  test('the answer that was missing completes its record', async () => {
    const dataset = await makeDataset({ wanted: 2 })
    const [first, second] = [await take(ana, dataset), await take(ben, dataset)]
    ground.clock.advance('12 seconds')
    expect(await submit(ana, first)).toMatchObject({ outcome: 'counted', completed: false })
    expect(await submit(ben, second)).toMatchObject({ outcome: 'counted', completed: true })
    expect((await read(ana, first)).response).toMatchObject({
      status: 'submitted',
      values: { safe: 'yes' },
      revision: 1,
      seconds: 12,
      flags: [],
    })
    expect(await datasetProgress(parley, dataset)).toMatchObject({
      records: 1,
      completed: 1,
      pending: 0,
      counted: 2,
      labelers: 2,
      meanSeconds: 12,
    })
  })

  test('an answer after its lease ran out counts while the record wants one, else it is kept', async () => {
    const dataset = await makeDataset({ wanted: 1 })
    const late = await take(ana, dataset)
    ground.clock.advance('31 minutes')
    await expireDue(parley)
    const held = await take(ben, dataset)
    expect(await submit(ana, late)).toMatchObject({ outcome: 'counted' })
    expect(await submit(ben, held)).toMatchObject({ outcome: 'surplus', counted: false })
    expect((await read(ana, late)).response?.flags).toEqual(['late'])
    expect((await read(ben, held)).response?.flags).toEqual(['surplus'])
  })

  test('a changed answer is an edit: the old one stays as a revision, nothing is counted twice', async () => {
    const dataset = await makeDataset()
    const id = await take(ana, dataset)
    await submit(ana, id)
    expect(await submit(ana, id, 'no')).toMatchObject({ outcome: 'edited', counted: true })
    const { rows } = await sql<{ values: unknown; revision: number }>`
      select "values", revision from revisions where dataset_id = ${dataset.id}`.execute(parley.db)
    expect(rows).toEqual([{ values: { safe: 'yes' }, revision: 1 }])
    expect((await read(ana, id)).response).toMatchObject({ values: { safe: 'no' }, revision: 2 })
  })

  test('a draft is kept while writing, and beside the answer once there is one', async () => {
    const dataset = await makeDataset()
    const assignmentId = await take(ana, dataset)
    const draft = (safe: string) =>
      saveDraft(parley, who(ana), { assignmentId, values: { safe }, platform: 'slack' })
    await draft('no')
    expect((await read(ana, assignmentId)).response).toMatchObject({
      status: 'draft',
      values: { safe: 'no' },
    })
    await submit(ana, assignmentId)
    await draft('no')
    expect((await read(ana, assignmentId)).response).toMatchObject({
      status: 'submitted',
      values: { safe: 'yes' },
      draft: { safe: 'no' },
    })
  })

  test('undo gives the record back with the answer as a draft, though the next one is held', async () => {
    const dataset = await makeDataset({ records: 2 })
    const id = await take(ana, dataset)
    const { next } = await submitAndNext(parley, who(ana), {
      assignmentId: id,
      schemaVersion: 1,
      values: { safe: 'no' },
      platform: 'slack',
    })
    const undone = await undo(ana, id)
    expect(undone).toMatchObject({
      outcome: 'undone',
      assignment: {
        status: 'leased',
        slot: 0,
        response: { status: 'draft', values: { safe: 'no' } },
      },
    })
    expect(await take(ana, dataset)).toBe(id)
    await submit(ana, id)
    expect(await take(ana, dataset)).toBe(next?.assignmentId)
  })

  test('undo after edits brings the answers before them back, one by one, and keeps the place', async () => {
    const dataset = await makeDataset({ wanted: 1 })
    const first = await take(ana, dataset)
    await submit(ana, first, 'yes')
    const { submittedAt } = (await read(ana, first)).response ?? {}
    ground.clock.advance('1 minute')
    await submit(ana, first, 'no')
    await submit(ana, first, 'yes')
    await submit(ana, first, 'no')
    const states = []
    for (let i = 0; i < 4; i++) {
      const { outcome, assignment } = await undo(ana, first, 4 + i)
      states.push([outcome, assignment.response?.values['safe'], assignment.counted])
      if (i === 2) expect(assignment.response?.submittedAt).toEqual(submittedAt)
    }
    expect(states).toEqual([
      ['restored', 'yes', true],
      ['restored', 'no', true],
      ['restored', 'yes', true],
      ['undone', 'yes', false],
    ])
    // Answered anew after it was taken back: nothing before that comes back.
    const { revision } = await submit(ana, first, 'no')
    expect(revision).toBe(8)
    expect(await undo(ana, first, revision)).toMatchObject({ outcome: 'undone' })
  })

  test('undo of an edit is over after ten minutes; then the edit stands', async () => {
    const dataset = await makeDataset()
    const id = await take(ana, dataset)
    await submit(ana, id, 'yes')
    ground.clock.advance('1 hour')
    const { revision } = await submit(ana, id, 'no')
    expect(await undo(ana, id, revision)).toMatchObject({ outcome: 'restored' })
    // The first answer is an hour old.
    await expect(undo(ana, id, 3)).rejects.toMatchObject({ code: 'conflict' })
    expect((await read(ana, id)).response?.values).toEqual({ safe: 'yes' })
  })

  test('undo of a counted answer lets the oldest surplus one count instead', async () => {
    const dataset = await makeDataset({ wanted: 2 })
    const [first, second] = [await take(ana, dataset), await take(ben, dataset)]
    await submit(ana, first)
    await changeMinSubmitted(parley, dataset, 1)
    ground.clock.advance('1 minute')
    expect(await submit(ben, second)).toMatchObject({ outcome: 'surplus' })
    expect((await undo(ana, first)).assignment).toMatchObject({ status: 'expired' })
    expect(await read(ben, second)).toMatchObject({ counted: true, response: { flags: [] } })
    expect(await submit(ana, first)).toMatchObject({ outcome: 'surplus' })
  })

  test('a skip frees the place for somebody else, and undo takes it back', async () => {
    const dataset = await makeDataset({ wanted: 1 })
    const id = await take(ana, dataset)
    await skip(ana, id, 'not_my_field')
    expect((await undo(ana, id)).assignment.status).toBe('leased')
    await skip(ana, id, 'not_my_field')
    const other = await take(ben, dataset)
    expect((await undo(ana, id)).assignment.status).toBe('expired')
    expect(await submit(ana, id)).toMatchObject({ outcome: 'counted' })
    expect(await submit(ben, other)).toMatchObject({ outcome: 'surplus' })
  })

  test('enough people finding fault reject a record; a requeue opens it again', async () => {
    const dataset = await makeDataset({ wanted: 3, discards: 2 })
    const [first, second] = [await take(ana, dataset), await take(ben, dataset)]
    expect(await skip(ana, first, 'unsafe')).toMatchObject({ rejected: false })
    expect(await skip(ben, second, 'broken')).toMatchObject({ rejected: true })
    expect(await datasetProgress(parley, dataset)).toMatchObject({ rejected: 1, pending: 0 })
    expect(await nextAssignment(parley, who(eve), { dataset })).toBeNull()
    await requeueRecord(parley, cleo, { dataset: dataset.name, externalId: 'r1' })
    expect(await datasetProgress(parley, dataset)).toMatchObject({ rejected: 0, pending: 1 })
    await submit(eve, await take(eve, dataset))
  })

  test('undo of the skip that rejected a record opens it again', async () => {
    const dataset = await makeDataset({ discards: 1 })
    const id = await take(ana, dataset)
    expect(await skip(ana, id)).toMatchObject({ rejected: true })
    expect((await undo(ana, id)).assignment.status).toBe('leased')
    expect(await submit(ana, id)).toMatchObject({ outcome: 'counted', completed: true })
  })

  test('wanting fewer answers keeps the newest as surplus; wanting more lets them count again', async () => {
    const dataset = await makeDataset({ wanted: 2 })
    const ids = [await take(ana, dataset), await take(ben, dataset)] as const
    await submit(ana, ids[0])
    ground.clock.advance('1 minute')
    await submit(ben, ids[1])
    await changeMinSubmitted(parley, dataset, 1)
    expect(await read(ben, ids[1])).toMatchObject({ counted: false })
    expect((await read(ben, ids[1])).response?.flags).toEqual(['surplus'])
    await changeMinSubmitted(parley, dataset, 3)
    expect(await read(ben, ids[1])).toMatchObject({ counted: true })
    expect(await datasetProgress(parley, dataset)).toMatchObject({ counted: 2, pending: 1 })
    await submit(eve, await take(eve, dataset))
    expect(await datasetProgress(parley, dataset)).toMatchObject({ counted: 3, completed: 1 })
  })

  test('a purge takes a labeler’s answers out of what counts and repairs their records', async () => {
    const dataset = await makeDataset({ records: 2, wanted: 1, discards: 1 })
    const first = await take(ana, dataset)
    await submit(ana, first)
    await skip(ana, await take(ana, dataset))
    await purgeLabeler(parley, cleo, { dataset: dataset.name, labeler: who(ana).id })
    expect(await datasetProgress(parley, dataset)).toMatchObject({
      pending: 2,
      rejected: 0,
      counted: 0,
      submitted: 1,
    })
    expect((await read(ana, first)).response?.flags).toEqual(['excluded'])
    expect(await submit(ben, await take(ben, dataset))).toMatchObject({ outcome: 'counted' })
    await undo(ana, first)
    expect(await submit(ana, first)).toMatchObject({ outcome: 'surplus' })
  })

  test('history shows the last answers and skips, newest first', async () => {
    const dataset = await makeDataset({ records: 3 })
    const history = await makeLabeler(parley, 'UHISTORY')
    const first = await take(history, dataset)
    await submit(history, first)
    ground.clock.advance('11 minutes')
    const second = await take(history, dataset)
    await skip(history, second)
    const past = await listHistory(parley, history)
    expect(past.map((one) => [one.assignmentId, one.canUndo, one.canEdit])).toEqual([
      [second, true, true],
      [first, false, true],
    ])
  })

  test('a button of an earlier schema is read by the schema it was drawn from', async () => {
    const dataset = await makeDataset()
    const id = await take(ana, dataset)
    await parley.db
      .updateTable('datasets')
      .set({ schemaVersion: 2 })
      .where('id', '=', dataset.id)
      .execute()
    const { assignment } = await submit(ana, id)
    expect(assignment.dataset.schemaVersion).toBe(2)
    expect((await read(ana, id)).response?.schemaVersion).toBe(1)
  })
})

describe('refused', () => {
  test('an answer that does not fit is told per question and changes nothing', async () => {
    const dataset = await makeDataset()
    const id = await take(ana, dataset)
    await expect(submit(ana, id, 'maybe')).rejects.toMatchObject({
      code: 'invalid',
      problems: { safe: 'Choose one of the labels.' },
    })
    expect(await read(ana, id)).toMatchObject({ status: 'leased', response: null })
  })

  test('a closed dataset takes no answer but keeps it as a draft', async () => {
    const dataset = await makeDataset()
    const id = await take(ana, dataset)
    await setStatus(parley, dataset, 'closed')
    await expect(submit(ana, id)).rejects.toMatchObject({ code: 'conflict' })
    expect((await read(ana, id)).response).toMatchObject({
      status: 'draft',
      values: { safe: 'yes' },
    })
    await expect(skip(ana, id)).rejects.toMatchObject({ code: 'conflict' })
  })

  test('a paused dataset still takes what was given out', async () => {
    const dataset = await makeDataset()
    const id = await take(ana, dataset)
    await setStatus(parley, dataset, 'paused')
    expect(await submit(ana, id)).toMatchObject({ outcome: 'counted' })
  })

  test('undo ends after ten minutes', async () => {
    const dataset = await makeDataset()
    const id = await take(ana, dataset)
    await submit(ana, id)
    ground.clock.advance('11 minutes')
    await expect(undo(ana, id)).rejects.toMatchObject({ code: 'conflict' })
  })

  test('what was answered cannot be skipped, and what is not rejected cannot be requeued', async () => {
    const dataset = await makeDataset()
    const id = await take(ana, dataset)
    await submit(ana, id)
    await expect(skip(ana, id)).rejects.toMatchObject({ code: 'conflict' })
    const requeue = (externalId: string) =>
      requeueRecord(parley, cleo, { dataset: dataset.name, externalId })
    await expect(requeue('r1')).rejects.toMatchObject({ code: 'conflict' })
    await expect(requeue('r9')).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('forbidden', () => {
  test('nobody answers, drafts, skips or undoes for somebody else', async () => {
    const dataset = await makeDataset()
    const assignmentId = await take(ana, dataset)
    const draft = { assignmentId, values: { safe: 'no' }, platform: 'slack' as const }
    await expect(submit(ben, assignmentId)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(skip(ben, assignmentId)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(undo(ben, assignmentId)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(saveDraft(parley, who(ben), draft)).rejects.toMatchObject({ code: 'forbidden' })
    expect(await read(ana, assignmentId)).toMatchObject({ status: 'leased', response: null })
  })

  test('only an admin requeues and purges', async () => {
    const dataset = await makeDataset()
    const actor: Actor = { type: 'labeler', labeler: who(ana) }
    const name = dataset.name
    await expect(
      requeueRecord(parley, actor, { dataset: name, externalId: 'r1' }),
    ).rejects.toMatchObject({ code: 'forbidden' })
    await expect(
      purgeLabeler(parley, actor, { dataset: name, labeler: who(ben).id }),
    ).rejects.toMatchObject({ code: 'forbidden' })
  })
})

describe('twice', () => {
  test('pressing submit five times at once makes one answer and no revision', async () => {
    const dataset = await makeDataset({ wanted: 2 })
    const id = await take(ana, dataset)
    const outcomes = await Promise.all([1, 2, 3, 4, 5].map(() => submit(ana, id)))
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual([
      'counted',
      'same',
      'same',
      'same',
      'same',
    ])
    expect((await read(ana, id)).response?.revision).toBe(1)
  })

  test('a gesture delivered again after an edit or an undo changes nothing', async () => {
    const dataset = await makeDataset()
    const id = await take(ana, dataset)
    await submit(ana, id, 'yes', 'press-1')
    await submit(ana, id, 'no', 'press-2')
    expect(await submit(ana, id, 'yes', 'press-1')).toMatchObject({ outcome: 'same' })
    expect((await read(ana, id)).response?.values).toEqual({ safe: 'no' })
    for (const outcome of ['restored', 'undone'])
      expect(await undo(ana, id)).toMatchObject({ outcome })
    expect(await submit(ana, id, 'no', 'press-2')).toMatchObject({ outcome: 'same' })
    expect((await read(ana, id)).status).toBe('leased')
  })

  test('one Undo pressed twice takes one thing back, of an answer that was changed too', async () => {
    const dataset = await makeDataset()
    const id = await take(ana, dataset)
    await submit(ana, id, 'yes')
    const { revision } = await submit(ana, id, 'no')
    const undone = await Promise.all([undo(ana, id, revision), undo(ana, id, revision)])
    expect(undone.map(({ outcome }) => outcome).sort()).toEqual(['changed', 'restored'])
    expect((await read(ana, id)).response).toMatchObject({
      status: 'submitted',
      values: { safe: 'yes' },
    })
  })

  test('skipping and undoing twice has one effect', async () => {
    const dataset = await makeDataset({ discards: 2 })
    const id = await take(ana, dataset)
    await skip(ana, id)
    expect(await skip(ana, id)).toEqual({ outcome: 'same', rejected: false })
    const undone = await Promise.all([undo(ana, id), undo(ana, id)])
    expect(undone.map(({ outcome }) => outcome).sort()).toEqual(['same', 'undone'])
  })

  test('purging and changing the number of answers twice changes nothing more', async () => {
    const dataset = await makeDataset({ wanted: 2 })
    await submit(ana, await take(ana, dataset))
    for (const _ of [1, 2])
      await purgeLabeler(parley, cleo, { dataset: dataset.name, labeler: who(ana).id })
    for (const _ of [1, 2]) await changeMinSubmitted(parley, dataset, 3)
    expect(await datasetProgress(parley, dataset)).toMatchObject({ counted: 0, pending: 1 })
  })
})
