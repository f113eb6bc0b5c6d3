/** How suggestions come with a card: before the answer, after it, held out by chance, or never. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { getAssignment } from '../../src/assignments/assignment.ts'
import { nextAssignment } from '../../src/assignments/next.ts'
import { handleInteraction } from '../../src/chat/handle.ts'
import type { Reply } from '../../src/chat/port/port.ts'
import { insertDataset } from '../../src/datasets/create.ts'
import { type Dataset, DatasetDocument } from '../../src/datasets/document.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import type { Labeler } from '../../src/labelers/labeler.ts'
import type { Parley } from '../../src/parley.ts'
import { RecordLine } from '../../src/records/record-line.ts'
import { upsertRecords } from '../../src/records/upsert.ts'
import { discardResponse } from '../../src/responses/discard.ts'
import { improveOutput } from '../../src/responses/improve.ts'
import { submitResponse } from '../../src/responses/submit.ts'
import { undoResponse } from '../../src/responses/undo.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { makeLabeler, safety, setStatus } from './ground.ts'

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

const pair = { type: 'ranking', name: 'best', title: 'Which is better?' }
const safe = { safe: { value: 'yes', agent: 'guard-1', score: 0.82 } }
const order = {
  best: {
    value: { mode: 'full', ranks: { o1: 2, o2: 1 }, all_unacceptable: false },
    agent: 'judge',
  },
}

let names = 0
async function makeDataset(
  more: Record<string, unknown>,
  { records = 1, suggestions = safe as object, plain = 0 } = {},
): Promise<Dataset> {
  const document = DatasetDocument.parse({
    name: `suggested-${++names}`,
    title: 'Is it safe?',
    access: 'everyone',
    fields: [{ name: 'prompt', title: 'Prompt' }],
    questions: [safety],
    order: 'fixed',
    distribution: { min_submitted: 50 },
    ...more,
  })
  const draft = await insertDataset(parley, document)
  const outputs = ['o1', 'o2'].map((id) => ({ id, text: `Text ${id}` }))
  const lines = Array.from({ length: records + plain }, (_, n) =>
    RecordLine.parse({
      ...{ format: 1, external_id: `r${n}`, fields: { prompt: `Question ${n}` }, outputs },
      suggestions: n < records ? suggestions : {},
    }),
  )
  await upsertRecords(parley, draft, lines)
  return setStatus(parley, draft, 'ready')
}

/** Deals all of a dataset's records to somebody; says how the suggestions of each came. */
async function dealAll(dataset: Dataset, to: Labeler): Promise<Map<string, string | null>> {
  const came = new Map<string, string | null>()
  for (;;) {
    const given = await nextAssignment(parley, to, { dataset })
    if (!given) return came
    expect(given.suggestionsShown).toBe(given.suggested === 'before')
    came.set(given.record.externalId, given.suggested)
    const { assignmentId } = given
    await discardResponse(parley, to, { assignmentId, reason: 'not_my_field', platform: 'slack' })
  }
}

async function open(dataset: Dataset): Promise<string> {
  const given = await nextAssignment(parley, ana, { dataset })
  if (!given) throw new Error('Nothing was left.')
  ground.clock.advance('5 seconds')
  return given.assignmentId
}
const submit = (assignmentId: string, values: object) =>
  submitResponse(parley, ana, { assignmentId, schemaVersion: 1, values, platform: 'slack' })
const flagsOf = async (id: string) => (await getAssignment(parley, ana, id)).response?.flags

const gesture = (act: object): Promise<Reply> => {
  ground.clock.advance('2 seconds')
  return handleInteraction(parley, { by: ana.person, ...act } as never)
}

describe('happy: how they are dealt', () => {
  test.each([
    [{ suggestions: 'before' }, 'before'],
    [{ suggestions: 'after' }, 'after'],
    [{ suggestions: 'never' }, null],
    [{}, 'before'],
    [{ questions: [pair] }, null],
  ])('%j: %s', async (more, came) => {
    const suggestions = 'questions' in more ? order : safe
    const dataset = await makeDataset(more, { suggestions, plain: 1 })
    expect([...(await dealAll(dataset, ana)).values()]).toEqual([came, null])
  })

  test('a share is held out, each time the same by seed, and others by another seed', async () => {
    const more = { suggestions: 'before', suggestions_holdout: 0.25 }
    const [one, same, other] = await Promise.all([
      makeDataset(more, { records: 400 }),
      makeDataset(more, { records: 400 }),
      makeDataset({ ...more, suggestions_seed: 7 }, { records: 400 }),
    ])
    const [first, second, third] = [
      await dealAll(one, ana),
      await dealAll(same, ana),
      await dealAll(other, ana),
    ]
    expect(second).toEqual(first)
    expect(third).not.toEqual(first)
    for (const dealt of [first, third]) {
      const held = [...dealt.values()].filter((came) => came === 'held_out').length
      expect(held).toBeGreaterThan(70)
      expect(held).toBeLessThan(130)
    }
    // Another person's cards are others.
    expect(await dealAll(one, ben)).not.toEqual(first)
  }, 60_000)

  test('a card without its suggestion looks like one that has none', async () => {
    const dataset = await makeDataset(
      { suggestions: 'before', suggestions_holdout: 0.5 },
      { records: 30 },
    )
    const seen: unknown[] = []
    for (let n = 0; n < 30; n += 1) {
      const reply = await gesture({ type: 'next', dataset: dataset.name })
      if (reply.type !== 'task') throw new Error('There is no task.')
      const { assignmentId, values, suggestion } = reply.card
      const { suggested } = await getAssignment(parley, ana, assignmentId)
      seen.push(suggested)
      if (suggested === 'held_out') expect({ values, suggestion }).toEqual({ values: {} })
      else
        expect({ values, suggestion }).toEqual({
          values: { safe: 'yes' },
          suggestion: 'A model suggests: yes (guard-1)',
        })
      await submit(assignmentId, { safe: 'no' })
    }
    expect(new Set(seen)).toEqual(new Set(['before', 'held_out']))
  })

  test('how sure the model is stands beside it where the dataset wants that', async () => {
    const dataset = await makeDataset({ suggestions: 'before', suggestions_score: true })
    expect(await gesture({ type: 'next', dataset: dataset.name })).toMatchObject({
      card: { suggestion: 'A model suggests: yes (guard-1, .82)' },
    })
  })
})

describe('happy: after the answer', () => {
  test('it appears with what was saved; one press changes the answer and flags it, Undo takes that back', async () => {
    const dataset = await makeDataset({ suggestions: 'after' })
    const id = await open(dataset)
    expect(await gesture({ type: 'open', assignmentId: id })).toMatchObject({
      card: { values: {} },
    })
    const saved = await gesture({ type: 'press', assignmentId: id, schemaVersion: 1, press: 1 })
    expect(saved).toMatchObject({
      type: 'receipt',
      saved: {
        summary: expect.stringMatching(
          /^Saved: no .*\nA model suggested otherwise: yes \(guard-1\)$/,
        ),
        adopt: { assignmentId: `${id}!`, schemaVersion: 1, revision: 1 },
      },
    })
    expect(await flagsOf(id)).toEqual([])
    const press = { type: 'press', assignmentId: `${id}!`, schemaVersion: 1, press: 1 }
    const changed = await gesture(press)
    expect(changed).toMatchObject({
      saved: {
        summary: expect.stringMatching(/^Saved: yes .*\nA model suggested the same: yes/),
      },
    })
    expect(await flagsOf(id)).toEqual(['edited_after_reveal'])
    // Pressed twice, or on an older screen: nothing changes.
    await gesture(press)
    expect((await getAssignment(parley, ana, id)).response).toMatchObject({ revision: 2 })
    await undoResponse(parley, ana, { assignmentId: id, revision: 2 })
    expect((await getAssignment(parley, ana, id)).response).toMatchObject({
      values: { safe: 'no' },
      flags: [],
    })
  })

  test('an edit by hand is flagged as well, and one given again after Undo; the first answer never is', async () => {
    const dataset = await makeDataset({ suggestions: 'after' }, { records: 2 })
    const id = await open(dataset)
    await submit(id, { safe: 'no' })
    await submit(id, { safe: 'yes' })
    expect(await flagsOf(id)).toEqual(['edited_after_reveal'])
    await submit(id, { safe: 'no' })
    expect(await flagsOf(id)).toEqual([])
    const other = await open(dataset)
    await submit(other, { safe: 'no' })
    await undoResponse(parley, ana, { assignmentId: other })
    expect(await flagsOf(other)).toEqual([])
    await submit(other, { safe: 'no' })
    expect(await flagsOf(other)).toEqual([])
    await undoResponse(parley, ana, { assignmentId: other })
    await submit(other, { safe: 'yes' })
    expect(await flagsOf(other)).toEqual(['edited_after_reveal'])
  })

  test('what somebody makes of an output changes no judgement', async () => {
    const questions = [{ ...pair, edits: true }]
    const dataset = await makeDataset({ suggestions: 'after', questions }, { suggestions: order })
    const id = await open(dataset)
    const best = { mode: 'full', ranks: { o1: 1, o2: 2 }, all_unacceptable: false }
    await submit(id, { best })
    const better = {
      assignmentId: id,
      output: 'o1',
      text: 'A better text',
      platform: 'slack',
    } as const
    await improveOutput(parley, ana, better)
    expect(await flagsOf(id)).toEqual([])
    await gesture({ type: 'press', assignmentId: `${id}!`, schemaVersion: 1, press: 2 })
    expect((await getAssignment(parley, ana, id)).response).toMatchObject({
      values: {
        best: { ranks: { o1: 2, o2: 1 } },
        'best.edits': { o1: { text: 'A better text' } },
      },
      flags: ['edited_after_reveal'],
    })
  })

  test('a card from which it was held out shows nothing afterwards either', async () => {
    const dataset = await makeDataset(
      { suggestions: 'after', suggestions_holdout: 0.5 },
      { records: 20 },
    )
    const shown: boolean[] = []
    for (let n = 0; n < 20; n += 1) {
      const id = await open(dataset)
      const { suggested } = await getAssignment(parley, ana, id)
      const reply = await gesture({ type: 'press', assignmentId: id, schemaVersion: 1, press: 1 })
      const text = JSON.stringify(reply)
      expect(text.includes('A model suggested')).toBe(suggested === 'after')
      shown.push(suggested === 'after')
    }
    expect(new Set(shown).size).toBe(2)
  })
})

describe('refused', () => {
  test.each([
    ['suggestions: never', 'holds out what nobody is shown'],
    ['questions: { best: { type: ranking } }', 'holds out what nobody is shown'],
  ])('a hold-out beside %s', (line, why) => {
    const questions = line.startsWith('questions')
      ? line
      : `${line}\nquestions: { safe: { type: label, options: [yes, no] } }`
    expect(() =>
      parseDocument(`name: x\nfields: { prompt: Prompt }\nsuggestions_holdout: 0.1\n${questions}`),
    ).toThrow(expect.objectContaining({ message: expect.stringContaining(why) }))
  })

  test('a hold-out of nearly everything', () => {
    expect(() =>
      parseDocument(
        'name: x\nfields: { prompt: Prompt }\nsuggestions_holdout: 0.9\nquestions: { safe: { type: label, options: [a, b] } }',
      ),
    ).toThrow(/suggestions_holdout/)
  })
})

describe('forbidden', () => {
  test('nobody changes somebody else’s answer to a suggestion', async () => {
    const dataset = await makeDataset({ suggestions: 'after' })
    const id = await open(dataset)
    await submit(id, { safe: 'no' })
    ground.clock.advance('2 seconds')
    const press = { type: 'press', assignmentId: `${id}!`, schemaVersion: 1, press: 1 } as const
    expect(await handleInteraction(parley, { by: ben.person, ...press })).toMatchObject({
      type: 'notice',
    })
    expect((await getAssignment(parley, ana, id)).response).toMatchObject({
      values: { safe: 'no' },
    })
  })
})
