/** A record has one status, whoever asks: the list, the progress, the export and what waits agree. */
import { Writable } from 'node:stream'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { changeMinSubmitted, requeueRecord } from '../../src/assignments/distribution.ts'
import { nextAssignment } from '../../src/assignments/next.ts'
import { createPosts } from '../../src/assignments/post.ts'
import { datasetProgress } from '../../src/assignments/progress.ts'
import { applyDataset } from '../../src/datasets/apply.ts'
import { createDataset } from '../../src/datasets/create.ts'
import { describeDataset, getDataset } from '../../src/datasets/dataset.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { publishDataset } from '../../src/datasets/publish.ts'
import { ParleyError } from '../../src/errors.ts'
import { exportToFile } from '../../src/exports/to-file.ts'
import { importRecords } from '../../src/imports/import-records.ts'
import type { Labeler } from '../../src/labelers/labeler.ts'
import type { Actor, Parley } from '../../src/parley.ts'
import { closePost } from '../../src/posts/close-post.ts'
import { deleteRecord, listRecords } from '../../src/records/record.ts'
import { discardResponse } from '../../src/responses/discard.ts'
import { purgeLabeler } from '../../src/responses/forget.ts'
import { submitResponse } from '../../src/responses/submit.ts'
import { undoResponse } from '../../src/responses/undo.ts'
import { makeLabeler } from '../assignments/ground.ts'
import { countDrift } from '../assignments/invariants.ts'
import { startParley, type TestParley } from '../support/parley.ts'

const cleo: Actor = { type: 'admin', name: 'cleo' }
const channel = { platform: 'slack' as const, workspace: 'T1', channelId: 'C1' }
let ground: TestParley
let parley: Parley
let people: Labeler[]

beforeAll(async () => {
  ground = await startParley()
  parley = ground.parley
  people = []
  for (const name of ['UANA', 'UBEN', 'UCAT']) people.push(await makeLabeler(parley, name))
})
afterAll(() => ground.close())

function documentOf(name: string, ranking: 'required' | 'optional' | 'none') {
  const asked = `
  - { name: best, type: ranking, title: Which is best?, required: ${ranking === 'required'} }`
  return parseDocument(`
name: ${name}
title: Is it safe?
access: everyone
fields: [{ name: prompt, title: Prompt }]
questions:
  - { name: safe, type: label, title: Is it safe?, options: ["yes", "no"], required: ${ranking !== 'required'} }${ranking === 'none' ? '' : asked}
distribution: { min_submitted: 1, max_discards: 2 }
`)
}

async function importFile(dataset: string, records: object[]): Promise<void> {
  const source = [Buffer.from(records.map((one) => JSON.stringify(one)).join('\n'))]
  await importRecords(parley, cleo, { dataset, source })
}

async function exportedStatuses(dataset: string): Promise<Record<string, string>> {
  const parts: Buffer[] = []
  const to = new Writable({
    write: (part: Buffer, _, done) => {
      parts.push(part)
      done()
    },
  })
  await exportToFile(parley, cleo, { dataset, as: 'records', to })
  const lines = Buffer.concat(parts).toString('utf8').trim().split('\n').filter(Boolean)
  return Object.fromEntries(
    lines.map((line) => JSON.parse(line)).map((one) => [one.external_id, one.status]),
  )
}

/** Every view of a dataset says the same. */
async function expectAgreement(name: string): Promise<Record<string, string>> {
  const { records } = await listRecords(parley, { dataset: name, limit: 1000 })
  const listed = Object.fromEntries(records.map((one) => [one.externalId, one.status]))
  expect(await exportedStatuses(name)).toEqual(listed)
  const count = (status: string) => records.filter((one) => one.status === status).length
  const counts = {
    records: records.length,
    completed: count('completed'),
    rejected: count('rejected'),
    needsOutputs: count('needs_outputs'),
  }
  const dataset = await getDataset(parley, name)
  expect(await datasetProgress(parley, dataset)).toMatchObject({
    ...counts,
    pending: count('pending'),
  })
  expect((await describeDataset(parley, name)).counts).toMatchObject(counts)
  for (const status of ['pending', 'completed', 'rejected', 'needs_outputs'] as const) {
    const some = await listRecords(parley, { dataset: name, status, limit: 1000 })
    expect(some.records).toHaveLength(count(status))
  }
  const drift = await countDrift(parley, dataset)
  expect(drift).toEqual(Object.fromEntries(Object.keys(drift).map((key) => [key, 0])))
  return listed
}

const value = (ranking: string, outputs: readonly string[]) => ({
  ...(ranking === 'required' ? {} : { safe: 'yes' }),
  ...(outputs.length > 1
    ? {
        best: {
          mode: 'full',
          ranks: Object.fromEntries(outputs.map((id, at) => [id, at + 1])),
          all_unacceptable: false,
        },
      }
    : {}),
})

describe('happy: one status of a record', () => {
  test('an optional ranking asks for no outputs, and what was answered stays completed', async () => {
    await createDataset(parley, cleo, { document: documentOf('later', 'none') })
    await importFile('later', [
      { id: 'a', prompt: 'p' },
      { id: 'b', prompt: 'q' },
    ])
    await publishDataset(parley, cleo, { dataset: 'later' })
    const [ana] = people
    if (!ana) throw new Error('Nobody.')
    const dataset = await getDataset(parley, 'later')
    const held = await nextAssignment(parley, ana, { dataset })
    await submitResponse(parley, ana, {
      ...{ assignmentId: held?.assignmentId ?? '', schemaVersion: 1, platform: 'slack' },
      values: { safe: 'yes' },
    })
    await applyDataset(parley, cleo, { document: documentOf('later', 'optional') })
    expect(Object.values(await expectAgreement('later')).sort()).toEqual(['completed', 'pending'])
    const next = await nextAssignment(parley, ana, {
      dataset: await getDataset(parley, 'later'),
    })
    expect(next, 'the other record is dealt, without outputs to rank').not.toBeNull()
  })
})

const step = fc.record({
  verb: fc.constantFrom(
    ...([
      'answer',
      'answer',
      'answer',
      'skip',
      'skip',
      'undo',
      'import',
      'poorer',
      'want',
    ] as const),
    ...(['requeue', 'purge', 'post', 'delete', 'apply', 'hold'] as const),
  ),
  who: fc.nat(2),
  what: fc.nat(5),
})

describe('twice: any sequence of verbs', () => {
  test('list, progress, export and counts agree after it, and none is negative', async () => {
    let runs = 0
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...(['required', 'optional', 'none'] as const)),
        fc.array(step, { minLength: 12, maxLength: 30 }),
        async (ranking, steps) => {
          const name = `run-${++runs}`
          await createDataset(parley, cleo, { document: documentOf(name, ranking) })
          await importFile(name, recordsOf(4))
          await publishDataset(parley, cleo, { dataset: name })
          const state: State = { name, ranking, answered: [], wanted: 1 }
          for (const one of steps)
            await perform(state, one).catch((error: unknown) => {
              if (!(error instanceof ParleyError)) throw error
            })
          await expectAgreement(name)
        },
      ),
      { numRuns: 25, seed: 20260302 },
    )
  }, 240_000)
})

type Step = typeof step extends fc.Arbitrary<infer One> ? One : never
type State = {
  name: string
  ranking: 'required' | 'optional' | 'none'
  answered: { labeler: Labeler; id: string }[]
  wanted: number
}

/** Every other one without outputs. */
function recordsOf(count: number): object[] {
  return Array.from({ length: count }, (_, n) => ({
    id: `r${n}`,
    prompt: `Why? (${n})`,
    outputs: n % 2 === 0 ? ['x', 'y'] : [],
  }))
}

async function perform(state: State, { verb, who, what }: Step): Promise<void> {
  ground.clock.advance('20 seconds')
  const labeler = people[who]
  if (!labeler) return
  const dataset = await getDataset(parley, state.name)
  switch (verb) {
    case 'hold':
      await nextAssignment(parley, labeler, { dataset })
      return
    case 'answer':
    case 'skip': {
      const held = await nextAssignment(parley, labeler, { dataset })
      if (!held) return
      const { assignmentId, shownOrder } = held
      state.answered.push({ labeler, id: assignmentId })
      const given = { assignmentId, platform: 'slack' as const }
      if (verb === 'skip') await discardResponse(parley, labeler, { ...given, reason: 'broken' })
      else {
        const values = value(state.ranking, state.ranking === 'none' ? [] : shownOrder)
        await submitResponse(parley, labeler, { ...given, schemaVersion: 1, values })
      }
      return
    }
    case 'undo': {
      const last = state.answered.at(-1 - what)
      if (last) await undoResponse(parley, last.labeler, { assignmentId: last.id })
      return
    }
    case 'import':
      return importFile(state.name, recordsOf(4 + what))
    case 'poorer':
      return importFile(state.name, [{ id: `r${what}`, prompt: `Why? (${what})`, outputs: [] }])
    case 'want':
      state.wanted = 1 + (what % 3)
      return changeMinSubmitted(parley, dataset, state.wanted)
    case 'requeue':
      return requeueRecord(parley, cleo, { dataset: state.name, externalId: `r${what}` })
    case 'purge':
      await purgeLabeler(parley, cleo, { dataset: state.name, labeler: labeler.id })
      return
    case 'post': {
      const [post] = await createPosts(parley, cleo, { dataset: state.name, to: channel })
      if (post && what > 2) await closePost(parley, cleo, { postId: post.id, early: true })
      return
    }
    case 'delete':
      return deleteRecord(parley, cleo, { dataset: state.name, externalId: `r${what}` })
    case 'apply':
      await applyDataset(parley, cleo, { document: documentOf(state.name, state.ranking) })
  }
}
