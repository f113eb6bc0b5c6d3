/** Checks among ordinary records: known answers for everybody, and one's own earlier records again. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Assignment, getAssignment } from '../../src/assignments/assignment.ts'
import { expireDue } from '../../src/assignments/lease.ts'
import { nextAssignment } from '../../src/assignments/next.ts'
import { datasetProgress } from '../../src/assignments/progress.ts'
import { insertDataset } from '../../src/datasets/create.ts'
import { deleteDataset } from '../../src/datasets/delete.ts'
import type { Dataset } from '../../src/datasets/document.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { exportToFile } from '../../src/exports/to-file.ts'
import { importAnswers } from '../../src/imports/answers/import-answers.ts'
import { importRecords } from '../../src/imports/import-records.ts'
import { forgetLabeler } from '../../src/labelers/forget.ts'
import type { Labeler } from '../../src/labelers/labeler.ts'
import type { Actor } from '../../src/parley.ts'
import { datasetStats } from '../../src/quality/dataset/stats.ts'
import { discardResponse } from '../../src/responses/discard.ts'
import { saveDraft } from '../../src/responses/draft.ts'
import { submitAndNext } from '../../src/responses/submit.ts'
import { undoResponse } from '../../src/responses/undo.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { makeDataset, makeLabeler, setStatus } from './ground.ts'
import { countDrift } from './invariants.ts'

const cleo: Actor = { type: 'admin', name: 'cleo' }
const questions = [{ type: 'ranking', name: 'preference', title: 'Which is best?' }]
let here: TestParley
let there: TestParley
let folder: string
let ana: Labeler
let ben: Labeler
let dee: Labeler
let made = 0

beforeAll(async () => {
  here = await startParley()
  there = await startParley()
  folder = mkdtempSync(join(tmpdir(), 'parley-checks-'))
  ana = await makeLabeler(here.parley, 'UANA')
  ben = await makeLabeler(here.parley, 'UBEN')
  dee = await makeLabeler(here.parley, 'UDEE')
})
afterAll(async () => {
  await here.close()
  await there.close()
  rmSync(folder, { recursive: true, force: true })
})

function dataset(more: Parameters<typeof makeDataset>[1]): Promise<Dataset> {
  return makeDataset(here.parley, { name: `checks-${++made}`, questions, outputs: 3, ...more })
}

/** A ranking as the outputs stand on the card, or by their ids. */
function ranked(order: readonly string[]) {
  const ranks = Object.fromEntries(order.map((id, at) => [id, at + 1]))
  return { preference: { mode: 'full', ranks, all_unacceptable: false } }
}

const byId = ({ shownOrder }: Assignment) => ranked(shownOrder.toSorted())

async function answer(by: Labeler, held: Assignment, values: object): Promise<Assignment | null> {
  here.clock.advance('10 seconds')
  const done = await submitAndNext(here.parley, by, {
    assignmentId: held.assignmentId,
    schemaVersion: 1,
    values,
    platform: 'slack',
  })
  return done.next
}

/** Answers whatever is dealt, up to so many cards, and returns them in their order. */
async function label(
  at: Dataset,
  by: Labeler,
  most = 1000,
  say: (held: Assignment) => object = byId,
): Promise<Assignment[]> {
  const seen: Assignment[] = []
  let held = await nextAssignment(here.parley, by, { dataset: at })
  while (held) {
    seen.push(held)
    if (seen.length === most) break
    held = await answer(by, held, say(held))
  }
  return seen
}

async function exported(from: TestParley, of: Dataset, as: string): Promise<string> {
  const to = join(folder, `${Math.random()}.jsonl`)
  await exportToFile(from.parley, cleo, { dataset: of.name, as, to })
  return readFileSync(to, 'utf8')
}

type Line = {
  record: { external_id: string }
  repeat: number
  counted: boolean
  flags: string[]
  shown: { order: string[] }
}
const linesOf = (text: string): Line[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((one) => JSON.parse(one))

const noDrift = async (of: Dataset) =>
  expect(Object.entries(await countDrift(here.parley, of)).filter(([, n]) => n !== 0)).toEqual([])

describe('happy: one’s own records again', () => {
  let repeats: Dataset
  let seen: Assignment[]
  beforeAll(async () => {
    repeats = await dataset({ records: 80, checks: { repeats: { share: 0.2, after: 5 } } })
    seen = await label(repeats, ana)
  })

  test('about one card in five is one of before, outputs the other way round, never soon after', () => {
    const again = seen.filter(({ repeat }) => repeat > 0)
    expect(seen.length - again.length).toBe(80)
    // A fifth of all cards once there is something to repeat: 75 of 80 records, and a quarter more.
    expect(again.length).toBeGreaterThan(12)
    expect(again.length).toBeLessThan(26)
    expect(new Set(again.map(({ recordId }) => recordId)).size).toBe(again.length)
    for (const [at, card] of seen.entries()) {
      if (card.repeat === 0) continue
      const before = seen.findIndex(({ recordId }) => recordId === card.recordId)
      expect(at - before).toBeGreaterThan(5)
      expect(card.shownOrder).toEqual(seen[before]?.shownOrder.toReversed())
    }
    // Nobody can count cards: the gaps differ.
    const places = seen.flatMap(({ repeat }, at) => (repeat > 0 ? [at] : []))
    const gaps = new Set(places.slice(1).map((at, n) => at - (places[n] ?? 0)))
    expect(gaps.size).toBeGreaterThan(2)
  })

  test('labelers see an ordinary card that counts as ordinary work', () => {
    const again = seen.find(({ repeat }) => repeat > 0)
    const at = seen.findIndex(({ repeat }) => repeat > 0)
    const other = seen[at - 1]
    expect(Object.keys(again ?? {}).sort()).toEqual(Object.keys(other ?? {}).sort())
    expect(again?.response).toBeNull()
    expect(again?.tally.submitted).toBe(at)
  })

  test('it holds no place: every record has the one answer it wanted, and no count drifted', async () => {
    const progress = await datasetProgress(here.parley, repeats)
    expect(progress).toMatchObject({ records: 80, completed: 80, counted: 80, pending: 0 })
    expect(progress.submitted).toBe(seen.length)
    await noDrift(repeats)
  })

  test('raw exports flag it, training and agreement leave it out, statistics say how alike', async () => {
    const again = seen.filter(({ repeat }) => repeat > 0).length
    const flagged = linesOf(await exported(here, repeats, 'raw')).filter(({ repeat }) => repeat > 0)
    expect(flagged).toHaveLength(again)
    for (const { flags, counted } of flagged)
      expect({ flags, counted }).toEqual({ flags: ['repeat'], counted: false })
    expect(linesOf(await exported(here, repeats, 'preference'))).toHaveLength(80)
    const stats = await datasetStats(here.parley, cleo, { dataset: repeats.name, resamples: 0 })
    expect(stats.counts).toEqual({ records: 80, answers: 80, labelers: 1 })
    expect(stats.left_out).toEqual({ repeat: again })
    // She ranked by id both times: three pairs of each record came out the same.
    const [own] = stats.labelers[0]?.questions ?? []
    expect(own?.consistency).toMatchObject({ value: 1, of: 3 * again })
    expect(own?.self_kappa).toEqual({ value: 1 })
  })

  test('somebody who always takes the first shown is found out by it', async () => {
    await here.parley.db
      .updateTable('places')
      .set({ wanted: 2 })
      .where('datasetId', '=', repeats.id)
      .execute()
    await label(repeats, ben, 1000, ({ shownOrder }) => ranked(shownOrder))
    const stats = await datasetStats(here.parley, cleo, { dataset: repeats.name, resamples: 0 })
    const shares = stats.labelers.map(({ questions: [own] }) => own?.consistency.value)
    expect(shares.toSorted()).toEqual([0, 1])
  })
})

describe('happy: what can become of a repeat', () => {
  let repeats: Dataset
  let held: Assignment
  beforeAll(async () => {
    repeats = await dataset({ records: 60, checks: { repeats: { share: 0.5, after: 2 } } })
    held = await upToRepeat()
  })

  async function upToRepeat(): Promise<Assignment> {
    let card = await nextAssignment(here.parley, dee, { dataset: repeats })
    while (card && card.repeat === 0) card = await answer(dee, card, byId(card))
    if (!card) throw new Error('No repeat came.')
    return card
  }
  const found = () => getAssignment(here.parley, dee, held.assignmentId)

  test('its draft stays, and the labeler gets it again', async () => {
    await saveDraft(here.parley, dee, {
      assignmentId: held.assignmentId,
      values: byId(held),
      platform: 'slack',
    })
    const again = await nextAssignment(here.parley, dee, { dataset: repeats })
    expect(again?.assignmentId).toBe(held.assignmentId)
    expect(again?.response).toMatchObject({ status: 'draft', values: byId(held) })
  })

  test('undo takes it back, another answer replaces it, and an edit keeps the one before', async () => {
    await answer(dee, held, byId(held))
    await undoResponse(here.parley, dee, { assignmentId: held.assignmentId })
    expect(await found()).toMatchObject({ status: 'leased', counted: false, repeat: 1 })
    await answer(dee, held, byId(held))
    await answer(dee, held, ranked(held.shownOrder.toSorted().toReversed()))
    expect(await found()).toMatchObject({
      status: 'submitted',
      counted: false,
      response: { revision: 3, flags: [] },
    })
    await noDrift(repeats)
  })

  test('a skip says nothing against the record, and frees nothing', async () => {
    held = await upToRepeat()
    const place = () =>
      here.parley.db
        .selectFrom('places')
        .selectAll()
        .where('datasetId', '=', repeats.id)
        .where('recordId', '=', held.recordId)
        .executeTakeFirstOrThrow()
    const before = await place()
    await discardResponse(here.parley, dee, {
      assignmentId: held.assignmentId,
      reason: 'unsafe',
      platform: 'slack',
    })
    expect(await place()).toEqual(before)
    await noDrift(repeats)
  })

  test('left lying it runs out, a new card comes, and a late answer is taken all the same', async () => {
    held = await upToRepeat()
    here.clock.advance('2 days')
    expect(await expireDue(here.parley)).toBe(1)
    await noDrift(repeats)
    const other = await nextAssignment(here.parley, dee, { dataset: repeats })
    expect(other?.assignmentId).not.toBe(held.assignmentId)
    await answer(dee, held, byId(held))
    expect(await found()).toMatchObject({ status: 'submitted', response: { flags: ['late'] } })
    await noDrift(repeats)
  })

  test('a record that was rejected meanwhile does not come back', async () => {
    await here.parley.db
      .updateTable('places')
      .set({ rejected: true })
      .where('datasetId', '=', repeats.id)
      .execute()
    const rest = await label(repeats, dee, 20)
    expect(rest.filter(({ repeat }) => repeat > 0)).toEqual([])
  })
})

describe('happy: known answers for everybody', () => {
  let golden: Dataset
  const known = ['r3', 'r9', 'r15', 'r21']
  const seen = new Map<string, Assignment[]>()

  beforeAll(async () => {
    golden = await dataset({ records: 0, checks: { gold: { share: 0.25 } } })
    const lines = Array.from({ length: 24 }, (_, n) => ({
      format: 1,
      external_id: `r${n + 1}`,
      fields: { prompt: `Question ${n + 1}` },
      outputs: ['a', 'b', 'c'].map((id) => ({ id, text: `Answer ${id}` })),
      ...(known.includes(`r${n + 1}`) ? { gold: ranked(['a', 'b', 'c']) } : {}),
    }))
    const source = [Buffer.from(lines.map((one) => JSON.stringify(one)).join('\n'))]
    await importRecords(here.parley, cleo, { dataset: golden.name, source })
    seen.set('ana', await label(golden, ana, 9))
    seen.set('dee', await label(golden, dee, 9, ({ shownOrder }) => ranked(shownOrder)))
    seen.set('ben', await label(golden, ben))
  })

  test('they come early and to all, though each record wants but one answer', () => {
    for (const [who, cards] of seen) {
      const checks = cards.filter(({ slot }) => slot === null)
      expect(checks.length, who).toBeGreaterThan(0)
      for (const { record } of checks) expect(known).toContain(record.externalId)
      expect(new Set(cards.map(({ recordId }) => recordId)).size).toBe(cards.length)
    }
  })

  test('accuracy covers all three, and nothing else counts them', async () => {
    const stats = await datasetStats(here.parley, cleo, { dataset: golden.name, resamples: 0 })
    // Twenty others, two of which Ana and Dee hold and have not answered.
    expect(stats.counts.answers).toBe(stats.counts.records)
    expect(Object.keys(stats.left_out)).toEqual(['gold'])
    const accuracy = stats.labelers.map(({ questions: [own] }) => own?.gold)
    expect(accuracy).toHaveLength(3)
    for (const one of accuracy) expect(one).toMatchObject({ value: expect.any(Number) })
    // Dee takes outputs as they stand.
    expect(accuracy.filter((one) => one?.value === 1)).toHaveLength(2)
    await noDrift(golden)
  })

  test('in raw exports they are gold and not surplus, and come back unchanged', async () => {
    const text = await exported(here, golden, 'raw')
    const checks = linesOf(text).filter(({ flags }) => flags.includes('gold'))
    expect(checks.filter(({ counted }) => !counted).length).toBeGreaterThan(0)
    for (const { flags } of checks) expect(flags).toEqual(['gold'])
    const copy = await setStatus(
      there.parley,
      await insertDataset(there.parley, golden.document),
      'ready',
    )
    for (const _ of [1, 2]) {
      const source = [Buffer.from(text)]
      const report = await importAnswers(there.parley, cleo, { dataset: copy.name, source })
      expect(report.refused).toEqual({ count: 0, lines: [] })
      expect(await exported(there, copy, 'raw')).toBe(text)
    }
  })
})

describe('happy: no more than was asked for', () => {
  test('a dataset that asks for no checks deals none and keeps no turns', async () => {
    const plain = await dataset({ records: 30 })
    const seen = await label(plain, ana)
    expect(seen).toHaveLength(30)
    expect(await turnsOf(plain)).toBe(0)
  })

  test('checks that are asked for later begin then, without a flood of what was missed', async () => {
    const later = await dataset({ records: 60 })
    const before = await label(later, ben, 41)
    await answer(ben, before.at(-1) ?? never(), byId(before.at(-1) ?? never()))
    const document = { ...later.document, checks: { repeats: { share: 0.1, after: 5 } } }
    await here.parley.db
      .updateTable('datasets')
      .set({ document: JSON.stringify(document) })
      .where('id', '=', later.id)
      .execute()
    const asked = { ...later, document }
    const rest = await label(asked, ben)
    const again = rest.filter(({ repeat }) => repeat > 0).length
    expect(again).toBeGreaterThan(0)
    expect(again).toBeLessThan(6)
    expect(await turnsOf(later)).toBe(1)
  })

  test('who leaves, and a dataset that goes, leave no turn behind', async () => {
    const left = await dataset({ records: 5, checks: { repeats: { share: 0.5, after: 1 } } })
    const eve = await makeLabeler(here.parley, 'UEVE')
    await label(left, eve)
    await label(left, ana)
    expect(await turnsOf(left)).toBe(2)
    await forgetLabeler(here.parley, cleo, { labelerId: eve.id })
    expect(await turnsOf(left)).toBe(1)
    await deleteDataset(here.parley, cleo, { dataset: left.name, force: true })
    expect(await turnsOf(left)).toBe(0)
  })

  async function turnsOf({ id }: Dataset): Promise<number> {
    const rows = await here.parley.db
      .selectFrom('checkTurns')
      .select('labelerId')
      .where('datasetId', '=', id)
      .execute()
    return rows.length
  }
})

describe('refused: shares that are none', () => {
  test.each([
    ['{ repeats: { share: 5 } }', /share/],
    ['{ repeats: { after: 20 } }', /share/],
    ['{ gold: { share: 0 } }', /share/],
    ['{ repeat: { share: 0.1 } }', /repeat/],
  ])('checks: %s is told with its key', (checks, told) => {
    const text = `name: p\ntitle: P\ntemplate: comparison\naccess: everyone\nchecks: ${checks}\n`
    expect(() => parseDocument(text)).toThrow(told)
  })

  test('a written one has its default', () => {
    const text =
      'name: p\ntitle: P\ntemplate: comparison\naccess: everyone\nchecks: { repeats: { share: 0.05 } }\n'
    expect(parseDocument(text).checks).toEqual({ repeats: { share: 0.05, after: 20 } })
  })
})

describe('twice: two presses at once', () => {
  test('a check is dealt once, and both get it', async () => {
    const repeats = await dataset({ records: 40, checks: { repeats: { share: 0.5, after: 2 } } })
    for (let n = 0; n < 12; n += 1) {
      const [one, other] = await Promise.all([
        nextAssignment(here.parley, ana, { dataset: repeats }),
        nextAssignment(here.parley, ana, { dataset: repeats }),
      ])
      expect(one?.assignmentId).toBe(other?.assignmentId)
      if (one) {
        const [next, same] = await Promise.all([
          answer(ana, one, byId(one)),
          answer(ana, one, byId(one)),
        ])
        expect(next?.assignmentId).toBe(same?.assignmentId)
      }
    }
    await noDrift(repeats)
  })
})

function never(): never {
  throw new Error('There is no such card.')
}
