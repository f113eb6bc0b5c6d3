/** Answers brought back from exports: the same bytes go out again, and twice is once. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { changeMinSubmitted } from '../../src/assignments/distribution.ts'
import { expireDue } from '../../src/assignments/lease.ts'
import { nextAssignment } from '../../src/assignments/next.ts'
import { datasetProgress } from '../../src/assignments/progress.ts'
import { insertDataset } from '../../src/datasets/create.ts'
import type { Dataset } from '../../src/datasets/document.ts'
import { exportToFile } from '../../src/exports/to-file.ts'
import { importAnswers } from '../../src/imports/answers/import-answers.ts'
import type { Labeler } from '../../src/labelers/labeler.ts'
import type { Actor } from '../../src/parley.ts'
import { discardResponse } from '../../src/responses/discard.ts'
import { saveDraft } from '../../src/responses/draft.ts'
import { purgeLabeler } from '../../src/responses/forget.ts'
import { submitResponse } from '../../src/responses/submit.ts'
import { undoResponse } from '../../src/responses/undo.ts'
import { makeDataset, makeLabeler, setStatus } from '../assignments/ground.ts'
import { countDrift } from '../assignments/invariants.ts'
import { startParley, type TestParley } from '../support/parley.ts'

let here: TestParley
let there: TestParley
let folder: string
let people: Labeler[]
const cleo: Actor = { type: 'admin', name: 'cleo' }

beforeAll(async () => {
  here = await startParley()
  there = await startParley()
  folder = mkdtempSync(join(tmpdir(), 'parley-roundtrip-'))
  people = []
  for (const name of ['UANA', 'UBEN', 'UEVE', 'UDAN'])
    people.push(await makeLabeler(here.parley, name))
})
afterAll(async () => {
  await here.close()
  await there.close()
  rmSync(folder, { recursive: true, force: true })
})

const questions = [
  { type: 'ranking', name: 'preference', title: 'Which is best?' },
  { type: 'text', name: 'why', title: 'Why?', required: false },
]

let made = 0
async function makePair(): Promise<[Dataset, Dataset]> {
  const name = `trip-${++made}`
  const dataset = await makeDataset(here.parley, {
    name,
    questions,
    records: 4,
    outputs: 3,
    wanted: 2,
    discards: 2,
    priority: (n) => n % 3,
  })
  const empty = await insertDataset(there.parley, dataset.document)
  return [dataset, await setStatus(there.parley, empty, 'ready')]
}

async function exported(from: TestParley, dataset: Dataset, as: string): Promise<string> {
  const to = join(folder, `${dataset.name}-${Math.random()}.jsonl`)
  await exportToFile(from.parley, cleo, { dataset: dataset.name, as, to })
  return readFileSync(to, 'utf8')
}

function imported(into: TestParley, dataset: Dataset, text: string) {
  return importAnswers(into.parley, cleo, { dataset: dataset.name, source: [Buffer.from(text)] })
}

/** One thing that one of four people does. */
type Step = { who: number; what: number; ranks: number[]; why: string; minutes: number }
const step: fc.Arbitrary<Step> = fc.record({
  who: fc.nat(3),
  what: fc.nat(9),
  ranks: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 3, maxLength: 3 }),
  why: fc.oneof(
    fc.constant(''),
    fc.string({ unit: 'grapheme' }),
    fc.constant('two\nlines \u2028 and "quotes" \\n'),
  ),
  minutes: fc.nat(20),
})

async function perform(dataset: Dataset, { who, what, ranks, why, minutes }: Step): Promise<void> {
  const labeler = people[who]
  if (!labeler) return
  here.clock.advance(`${minutes} minutes`)
  if (what === 9) await expireDue(here.parley)
  const given = await nextAssignment(here.parley, labeler, { dataset })
  if (!given) return
  const { assignmentId } = given
  const values = {
    preference: { mode: 'full', ranks: { o1: ranks[0], o2: ranks[1], o3: ranks[2] } },
    ...(why.trim() && !why.includes('\0') ? { why } : {}),
  }
  const platform = 'slack'
  const answer = { assignmentId, schemaVersion: 1, values, platform } as const
  if (what === 0) await saveDraft(here.parley, labeler, answer)
  else if (what === 1)
    await discardResponse(here.parley, labeler, { assignmentId, platform, reason: 'unclear' })
  else if (what === 2)
    await discardResponse(here.parley, labeler, { assignmentId, platform, reason: 'other' })
  else await submitResponse(here.parley, labeler, answer)
  if (what === 3 || what === 2) await undoResponse(here.parley, labeler, { assignmentId })
  if (what === 4)
    await submitResponse(here.parley, labeler, { ...answer, values: { ...values, why: 'changed' } })
}

describe('happy', () => {
  test('an export of an empty instance that imported an export is the same bytes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 25 }),
        fc.constantFrom('raw', 'records'),
        fc.integer({ min: 1, max: 3 }),
        fc.boolean(),
        async (steps, as, wanted, purges) => {
          const [dataset, empty] = await makePair()
          for (const one of steps) await perform(dataset, one)
          await changeMinSubmitted(here.parley, dataset, wanted)
          await changeMinSubmitted(here.parley, dataset, 2)
          if (purges)
            await purgeLabeler(here.parley, cleo, {
              dataset: dataset.name,
              labeler: people[0]?.id ?? '',
            })
          const text = await exported(here, dataset, as)
          const report = await imported(there, empty, text)
          expect(report.refused.lines).toEqual([])
          expect(await exported(there, empty, as)).toBe(text)
          const drift = await countDrift(there.parley, empty)
          expect(drift).toEqual(Object.fromEntries(Object.keys(drift).map((key) => [key, 0])))
        },
      ),
      { numRuns: 25 },
    )
  }, 120_000)

  test('labeling goes on where the export left off', async () => {
    const [dataset, empty] = await makePair()
    for (let n = 0; n < 5; n++)
      await perform(dataset, { who: n % 2, what: 5, ranks: [1, 2, 3], why: '', minutes: 1 })
    await imported(there, empty, await exported(here, dataset, 'records'))
    const before = await datasetProgress(there.parley, empty)
    expect(before).toMatchObject({ records: 4, counted: 5, completed: 2, pending: 2 })
    const zoe = await makeLabeler(there.parley, `UZOE${made}`)
    for (;;) {
      const given = await nextAssignment(there.parley, zoe, { dataset: empty })
      if (!given) break
      await submitResponse(there.parley, zoe, {
        assignmentId: given.assignmentId,
        schemaVersion: 1,
        values: { preference: { ranks: { o1: 1, o2: 2, o3: 3 } } },
        platform: 'slack',
      })
    }
    expect(await datasetProgress(there.parley, empty)).toMatchObject({ counted: 7, completed: 3 })
  })
})

describe('refused', () => {
  test('lines that no export wrote are named, the good ones kept', async () => {
    const [dataset, empty] = await makePair()
    await perform(dataset, { who: 0, what: 5, ranks: [1, 2, 3], why: '', minutes: 1 })
    const good = (await exported(here, dataset, 'raw')).trimEnd()
    const lines = [
      '{"format":1',
      good.replace('"preference":', '"preferred":'),
      good.replace('"revision":1', '"revision":0'),
      good.replace('"o1":', '"o9":'),
      good,
    ]
    const report = await imported(there, empty, lines.join('\n'))
    expect(report).toMatchObject({ lines: 5, created: 1, refused: { count: 4 } })
    expect(report.refused.lines.map(({ line }) => line)).toEqual([1, 2, 3, 4])
    expect(report.refused.lines[1]?.remedy).toContain('preference')
  })

  test('a closed dataset takes no answers', async () => {
    const [, empty] = await makePair()
    await setStatus(there.parley, empty, 'closed')
    await expect(imported(there, empty, '')).rejects.toMatchObject({ code: 'conflict' })
  })
})

describe('forbidden', () => {
  test('only an admin imports answers', async () => {
    const [dataset] = await makePair()
    const actor: Actor = {
      type: 'labeler',
      labeler: people[0] ?? (await makeLabeler(here.parley, 'X')),
    }
    await expect(
      importAnswers(here.parley, actor, { dataset: dataset.name, source: [] }),
    ).rejects.toMatchObject({ code: 'forbidden' })
  })
})

describe('twice', () => {
  test('the same file again changes nothing, here or there', async () => {
    const [dataset, empty] = await makePair()
    for (let n = 0; n < 12; n++)
      await perform(dataset, { who: n % 4, what: n % 7, ranks: [1, 1, 2], why: '', minutes: 2 })
    const text = await exported(here, dataset, 'raw')
    await imported(there, empty, text)
    const again = await imported(there, empty, text)
    expect(again).toMatchObject({ created: 0, updated: 0, answers: { created: 0, changed: 0 } })
    expect(await exported(there, empty, 'raw')).toBe(text)
    const own = await imported(here, dataset, text)
    expect(own).toMatchObject({ created: 0, updated: 0, refused: { count: 0 } })
    expect(await exported(here, dataset, 'raw')).toBe(text)
  })
})
