/** Imports in the terminal: several shards at once, a try that writes nothing, the list, and the way back. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { nextAssignment } from '../../src/assignments/next.ts'
import { datasetProgress } from '../../src/assignments/progress.ts'
import { runCli } from '../../src/cli.ts'
import type { Dataset } from '../../src/datasets/document.ts'
import { submitResponse } from '../../src/responses/submit.ts'
import { makeLabeler, setStatus } from '../assignments/ground.ts'
import { countDrift } from '../assignments/invariants.ts'
import { makeDataset } from '../exports/ground.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { doorsOf } from './terminal.ts'

let here: TestParley
let folder: string
beforeAll(async () => {
  here = await startParley()
  folder = mkdtempSync(join(tmpdir(), 'parley-shards-'))
})
afterAll(async () => {
  await here.close()
  rmSync(folder, { recursive: true, force: true })
})

let out: string
let err: string
beforeEach(() => {
  out = ''
  err = ''
})

const questions = [
  { type: 'ranking', name: 'preference', title: 'Which is better?', required: false },
]
async function opened(more: object = {}): Promise<Dataset> {
  const dataset = await makeDataset(here.parley, { questions, ...more })
  return setStatus(here.parley, dataset, 'ready')
}

async function parley(...args: string[]): Promise<number> {
  out = ''
  err = ''
  const write = (note: (text: string) => void) => (text: string | Uint8Array) => {
    note(String(text))
    return true
  }
  const stdout = vi.spyOn(process.stdout, 'write').mockImplementation(
    write((text) => {
      out += text
    }),
  )
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation(
    write((text) => {
      err += text
    }),
  )
  try {
    return await runCli(args, async () => doorsOf(here))
  } finally {
    stdout.mockRestore()
    stderr.mockRestore()
  }
}

let written = 0
function file(lines: readonly object[], name = `${++written}.jsonl`): string {
  const path = join(folder, name)
  writeFileSync(path, lines.map((line) => JSON.stringify(line)).join('\n'))
  return path
}

const record = (id: string, more: object = {}) => ({
  ...{ id, prompt: `Question ${id}?`, outputs: ['x', 'y'] },
  ...more,
})
const ballot = (external_id: string, labeler: string, first = 'o1') => ({
  ...{ external_id, labeler, submitted_at: '2025-01-01T00:00:00Z' },
  ranks: { [first]: 1, [first === 'o1' ? 'o2' : 'o1']: 2 },
})

describe('happy: several shards at once', () => {
  test('files, folders and quoted patterns are one import, and a bad line names its file', async () => {
    const dataset = await opened()
    mkdirSync(join(folder, 'shards'), { recursive: true })
    const one = file([record('a1'), record('a2')], 'shards/part-1.jsonl')
    const two = file([record('b1'), { id: 'b2' }], 'shards/part-2.jsonl')
    const more = file([record('c1')], 'single.jsonl')
    const pattern = join(folder, 'shards', 'part-*.jsonl')
    expect(await parley('import', dataset.name, pattern, more)).toBe(2)
    expect(out).toContain(`${two} line 2 fields.prompt: is missing.`)
    expect(out).toContain(`${one}:\n2 lines: 2 created, 0 updated, 0 unchanged, 0 refused.\n`)
    expect(out).toContain(`${more}:\n1 line: 1 created, 0 updated, 0 unchanged, 0 refused.\n`)
    expect(out).toContain('All together:\n5 lines: 4 created, 0 updated, 0 unchanged, 1 refused.\n')
    await parley('import', 'list', dataset.name, '--json')
    const [row, ...others] = out.trim().split('\n')
    expect(others).toEqual([])
    expect(JSON.parse(row ?? '')).toMatchObject({
      ...{ state: 'done', source: `${pattern} ${more}` },
      report: { lines: 5, created: 4, refused: 1 },
    })
  })

  test('a record that several files have answers to is one record', async () => {
    const dataset = await opened()
    await parley('import', dataset.name, file([record('a'), record('b')]))
    const one = file([ballot('a', 'ann'), ballot('a', 'bob')])
    const two = file([ballot('a', 'cy'), ballot('b', 'cy')])
    for (const how of [['--dry-run'], []]) {
      await parley('import', dataset.name, one, two, '--from', 'ballots', ...how)
      const [, all = ''] = out.split('All together:\n')
      expect(all).toContain('Records: 0 created, 0 updated, 2 unchanged.')
      expect(all).toContain('Answers: 4 created')
    }
    await parley('import', 'list', dataset.name, '--json')
    const [row = ''] = out.split('\n')
    expect(JSON.parse(row)).toMatchObject({ report: { unchanged: 2, answers: { created: 4 } } })
  })

  test('all or nothing is of all the files', async () => {
    const dataset = await opened()
    const good = file([record('a')])
    const bad = file([record('b'), { id: 'c' }])
    expect(await parley('import', dataset.name, good, bad, '--all-or-nothing')).toBe(2)
    expect(out).toContain('1 line refused; nothing was kept (--all-or-nothing).')
    expect(await datasetProgress(here.parley, dataset)).toMatchObject({ records: 0 })
    expect(await parley('import', dataset.name, good, '--all-or-nothing')).toBe(0)
    expect(await datasetProgress(here.parley, dataset)).toMatchObject({ records: 1 })
  })
})

describe('happy: a try', () => {
  test('tells what an import would do, of records and answers, and writes nothing', async () => {
    const dataset = await opened()
    const records = file([record('a'), record('b'), record('a', { lang: 'en' }), { id: 'x' }])
    expect(await parley('import', dataset.name, records, '--dry-run')).toBe(2)
    const tried = out.replace('Nothing was written: this was a try (--dry-run).\n', '')
    expect(tried).not.toBe(out)
    expect(await datasetProgress(here.parley, dataset)).toMatchObject({ records: 0 })
    await parley('import', 'list', dataset.name)
    expect(out).toBe('')
    expect(await parley('import', dataset.name, records)).toBe(2)
    expect(out).toBe(tried)
    const ballots = file([ballot('a', 'ann'), ballot('b', 'ann'), ballot('zz', 'ann')])
    expect(await parley('import', dataset.name, ballots, '--from', 'ballots', '--dry-run')).toBe(2)
    expect(out).toContain('Records: 0 created, 0 updated, 2 unchanged.\n')
    expect(out).toContain('Answers: 2 created, 0 changed, 0 unchanged, 0 surplus, 1 refused.\n')
    expect(await datasetProgress(here.parley, dataset)).toMatchObject({ records: 2, submitted: 0 })
    expect(await countDrift(here.parley, dataset)).toMatchObject({ 'tallies of labelers': 0 })
  })
})

describe('happy: the way back', () => {
  test('records that nobody answered go, those that people answered stay and are named', async () => {
    const dataset = await opened({ order: 'fixed', distribution: { min_submitted: 1 } })
    await parley('import', dataset.name, file([record('kept')]))
    await parley(
      'import',
      dataset.name,
      file([record('a'), record('b'), record('c'), record('kept', { lang: 'de' })]),
    )
    const id = await newest(dataset)
    const ana = await makeLabeler(here.parley, 'UANA')
    for (let n = 0; n < 2; n++) await answer(dataset, ana)
    expect(await parley('import', 'undo', id)).toBe(0)
    expect(out).toBe(
      `Taken back from ${dataset.name}: 2 records and 0 answers.\n1 record stays, because people have answered or hold it: a.\n1 record that it changed stays as it is now (metadata of 1).\n`,
    )
    expect(await datasetProgress(here.parley, dataset)).toMatchObject({ records: 2, completed: 2 })
    await holds(dataset)
    expect(await parley('import', 'undo', id)).toBe(1)
    expect(err).toContain('was taken back before')
  })

  test('ballots go, their records want answers again, and a later import of the same file brings them back', async () => {
    const dataset = await opened()
    await parley('import', dataset.name, file([record('a'), record('b')]))
    const few = file([ballot('a', 'p0'), ballot('a', 'p1')])
    await parley('import', dataset.name, few, '--from', 'ballots')
    const first = await newest(dataset)
    const many = file(['p2', 'p3', 'p4', 'p5'].map((who) => ballot('a', who, 'o2')))
    await parley('import', dataset.name, many, '--from', 'ballots')
    const second = await newest(dataset)
    const all = { submitted: 6, counted: 6, completed: 1, pending: 1 }
    expect(await datasetProgress(here.parley, dataset)).toMatchObject(all)
    await parley('import', 'undo', first)
    expect(out).toContain('0 records and 2 answers')
    await holds(dataset)
    const left = { submitted: 4, counted: 4, completed: 1 }
    expect(await datasetProgress(here.parley, dataset)).toMatchObject(left)
    await parley('import', 'undo', second)
    expect(await datasetProgress(here.parley, dataset)).toMatchObject({
      ...{ submitted: 0, counted: 0, completed: 0, pending: 2 },
    })
    await holds(dataset)
    await parley('import', dataset.name, few, many, '--from', 'ballots')
    expect(await datasetProgress(here.parley, dataset)).toMatchObject(all)
    await holds(dataset)
  })

  test('what is left of ballots fills places again, so that nobody is asked for more than is missing', async () => {
    const dataset = await opened()
    await parley('import', dataset.name, file([record('a')]))
    const three = file(['p0', 'p1', 'p2'].map((who) => ballot('a', who)))
    await parley('import', dataset.name, three, '--from', 'ballots')
    const first = await newest(dataset)
    await parley('import', dataset.name, file([ballot('a', 'p3')]), '--from', 'ballots')
    await parley('import', 'undo', first)
    await holds(dataset)
    expect(await datasetProgress(here.parley, dataset)).toMatchObject({ counted: 1, pending: 1 })
    let asked = 0
    for (const who of ['UA', 'UB', 'UC', 'UD'])
      if (await answer(dataset, await makeLabeler(here.parley, who))) asked++
    expect(asked).toBe(2)
    await holds(dataset)
  })
})

describe('refused', () => {
  test('a pattern that fits nothing, a file named twice, an import that is not there', async () => {
    const dataset = await opened()
    expect(await parley('import', dataset.name, join(folder, 'none-*.jsonl'))).toBe(2)
    expect(err).toContain('No file is called so.')
    const one = file([record('a')])
    expect(await parley('import', dataset.name, one, one)).toBe(2)
    expect(err).toContain('It is named twice.')
    for (const id of ['99999', 'abc']) expect(await parley('import', 'undo', id)).toBe(1)
    expect(err).toContain('There is no import')
  })

  test('one that is still running is not undone', async () => {
    const dataset = await opened()
    await here.parley.db
      .insertInto('imports')
      .values({
        ...{ datasetId: dataset.id, importedBy: 'cleo', source: 'x', kind: 'auto' },
        ...{ afterRecord: '0', startedAt: here.parley.now(), seenAt: here.parley.now() },
      })
      .execute()
    const id = await newest(dataset)
    expect(await parley('import', 'undo', id)).toBe(1)
    expect(err).toContain('is still running')
    here.clock.advance('2 minutes')
    expect(await parley('import', 'undo', id)).toBe(0)
  })
})

async function newest(dataset: Dataset): Promise<string> {
  await parley('import', 'list', dataset.name, '--limit', '1')
  return out.split('\t')[0] ?? ''
}

async function answer(
  dataset: Dataset,
  labeler: Awaited<ReturnType<typeof makeLabeler>>,
): Promise<boolean> {
  const given = await nextAssignment(here.parley, labeler, { dataset })
  if (!given) return false
  await submitResponse(here.parley, labeler, {
    ...{ assignmentId: given.assignmentId, schemaVersion: 1, platform: 'slack' },
    values: { preference: { ranks: { o1: 1, o2: 2 } } },
  })
  return true
}

async function holds(dataset: Dataset): Promise<void> {
  const drift = await countDrift(here.parley, dataset)
  expect(drift).toEqual(Object.fromEntries(Object.keys(drift).map((key) => [key, 0])))
}
