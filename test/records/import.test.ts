/** Records are imported: what is kept, what is refused and how it is said, and what a rerun does. */
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDataset } from '../../src/datasets/create.ts'
import { getDataset } from '../../src/datasets/dataset.ts'
import type { Dataset } from '../../src/datasets/document.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { closeDataset, publishDataset } from '../../src/datasets/publish.ts'
import { type ImportInput, importRecords } from '../../src/imports/import-records.ts'
import type { Actor } from '../../src/parley.ts'
import { startParley, type TestParley } from '../support/parley.ts'

const cleo: Actor = { type: 'admin', name: 'cleo' }
const ana: Actor = {
  type: 'labeler',
  labeler: {
    id: '1',
    consentVersion: 1,
    person: { platform: 'slack', workspace: 'T1', userId: 'UANA' },
  },
}
let parleys: TestParley
let made = 0

beforeAll(async () => {
  parleys = await startParley()
})
afterAll(() => parleys.close())

describe('happy: what an admin imports is there', () => {
  test('a file of prompts with candidates becomes records with places', async () => {
    const dataset = await datasetOf('template: comparison')
    const report = await importLines(dataset, [
      {
        id: 'v-1',
        prompt: 'Why is the sky blue?',
        category: 'science',
        candidates: [
          { model: 'alpaca', text: 'Scattering.', answer_id: 'k1' },
          { model: 'bard', text: 'Because.' },
        ],
      },
      { id: 'v-2', prompt: 'Only a prompt' },
    ])
    expect(report).toMatchObject({ lines: 2, created: 2, updated: 0, refused: { count: 0 } })
    expect(report.warnings.byKind).toEqual({ 'too few outputs': 1 })
    const [first, second] = await recordsOf(dataset)
    expect(first).toMatchObject({
      externalId: 'v-1',
      fields: { prompt: 'Why is the sky blue?' },
      outputs: [
        { id: 'o1', model: 'alpaca', text: 'Scattering.', metadata: { answer_id: 'k1' } },
        { id: 'o2', model: 'bard', text: 'Because.' },
      ],
      metadata: { category: 'science' },
      wanted: 3,
      needsOutputs: false,
      open: true,
    })
    expect(first?.shuffled.toSorted()).toEqual(['o1', 'o2'])
    expect(second).toMatchObject({ externalId: 'v-2', needsOutputs: true, open: false })
    expect(await tallyOf(dataset)).toEqual({ records: '2', needsOutputs: '1' })
  })

  test('a gzip file is read as it is', async () => {
    const dataset = await datasetOf('template: completion')
    const report = await importBytes(
      dataset,
      gzipSync('{"id":1,"prompt":"a"}\n{"id":2,"prompt":"b"}'),
    )
    expect(report.created).toBe(2)
  })

  test('records of a draft are shuffled as one file, records of a fixed order keep it', async () => {
    const lines = Array.from({ length: 2500 }, (_, at) => ({ id: `r${at}`, prompt: `p${at}` }))
    const shuffled = await datasetOf('template: completion')
    await importLines(shuffled, lines)
    const first = await queueOf(shuffled, 50)
    expect(first.some((id) => Number(id.slice(1)) > 1500)).toBe(true)
    const fixed = await datasetOf('template: completion\norder: fixed')
    await importLines(fixed, lines)
    expect(await queueOf(fixed, 3)).toEqual(['r0', 'r1', 'r2'])
    expect((await queueOf(fixed, 2500)).at(-1)).toBe('r2499')
  })

  test('keys that are not recognised are named by hand', async () => {
    const dataset = await datasetOf('template: comparison')
    const report = await importLines(
      dataset,
      [{ nr: 7, ask: { text: 'Why?' }, left: 'a', right: 'b' }],
      { map: { prompt: 'ask.text', outputs: 'left,right', id: 'nr' } },
    )
    expect(report.created).toBe(1)
    expect(await recordsOf(dataset)).toMatchObject([
      {
        externalId: '7',
        fields: { prompt: 'Why?' },
        outputs: [
          { id: 'o1', text: 'a' },
          { id: 'o2', text: 'b' },
        ],
      },
    ])
  })
})

describe('twice: importing again', () => {
  test('the same file changes nothing', async () => {
    const dataset = await datasetOf('template: comparison')
    const lines = [{ id: 'a', prompt: 'p', outputs: ['x', 'y'] }]
    await importLines(dataset, lines)
    const before = await recordsOf(dataset)
    expect(await importLines(dataset, lines)).toMatchObject({
      created: 0,
      updated: 0,
      unchanged: 1,
    })
    expect(await recordsOf(dataset)).toEqual(before)
    expect(await tallyOf(dataset)).toEqual({ records: '1', needsOutputs: '0' })
  })

  test('a record that gets its outputs stops waiting for them', async () => {
    const dataset = await datasetOf('template: comparison')
    await importLines(dataset, [{ id: 'a', prompt: 'p' }])
    const report = await importLines(dataset, [{ id: 'a', prompt: 'p', outputs: ['x', 'y'] }])
    expect(report).toMatchObject({ created: 0, updated: 1 })
    expect(await recordsOf(dataset)).toMatchObject([{ open: true, needsOutputs: false }])
    expect(await tallyOf(dataset)).toEqual({ records: '1', needsOutputs: '0' })
  })

  test('an answered record keeps its outputs while its metadata may change', async () => {
    const dataset = await datasetOf('template: comparison')
    await importLines(dataset, [{ id: 'a', prompt: 'p', outputs: ['x', 'y'] }])
    await answer(dataset, 'submitted')
    const changed = await importLines(dataset, [{ id: 'a', prompt: 'p', outputs: ['x', 'z'] }])
    expect(changed).toMatchObject({ updated: 0, refused: { count: 1 } })
    expect(changed.refused.lines[0]).toMatchObject({
      line: 1,
      message: 'changes a record that people have answered.',
    })
    const meta = await importLines(dataset, [{ id: 'a', prompt: 'p', outputs: ['x', 'y'], tag: 1 }])
    expect(meta).toMatchObject({ updated: 1, refused: { count: 0 } })
    expect(await recordsOf(dataset)).toMatchObject([
      { metadata: { tag: 1 }, outputs: [{ text: 'x' }, { text: 'y' }] },
    ])
  })

  test('a record that somebody has on the screen is refused for now', async () => {
    const dataset = await datasetOf('template: comparison')
    await importLines(dataset, [{ id: 'a', prompt: 'p', outputs: ['x', 'y'] }])
    await answer(dataset, 'leased')
    const report = await importLines(dataset, [{ id: 'a', prompt: 'P', outputs: ['x', 'y'] }])
    expect(report.refused.lines[0]?.remedy).toContain('Import the line again later')
  })

  test('a line that repeats an id is kept in place of the earlier one, and said so', async () => {
    const dataset = await datasetOf('template: completion')
    const report = await importLines(dataset, [
      { id: 'a', prompt: 'one' },
      { id: 'a', prompt: 'two' },
    ])
    expect(report).toMatchObject({ lines: 2, created: 1, repeated: 1 })
    expect(report.warnings.lines[0]).toMatchObject({ line: 2, kind: 'repeated line' })
    expect(await recordsOf(dataset)).toMatchObject([{ fields: { prompt: 'two' } }])
  })

  test('two imports of one file at once make each record once', async () => {
    const dataset = await datasetOf('template: completion')
    const lines = Array.from({ length: 3000 }, (_, at) => ({ id: `r${at}`, prompt: `p${at}` }))
    const reports = await Promise.all([
      importLines(dataset, lines),
      importLines(dataset, lines.toReversed()),
    ])
    expect(reports[0].created + reports[1].created).toBe(3000)
    expect(await tallyOf(dataset)).toEqual({ records: '3000', needsOutputs: '0' })
    expect((await queueOf(dataset, 4000)).length).toBe(3000)
  })
})

describe('refused: bad input is told line by line and harms nothing', () => {
  const deep = `{"id":"deep","prompt":"p","x":${'['.repeat(120)}${']'.repeat(120)}}`
  const bad: [string, string, RegExp][] = [
    ['not JSON', '{"id":"x","prompt":', /is not JSON/],
    ['a list', '[1,2]', /is a list, not an object/],
    ['a bare text', '"hello"', /not an object/],
    ['an output that is true', '{"prompt":"p","outputs":["a",true]}', /outputs\.1.*boolean true/],
    [
      'an output without text',
      '{"prompt":"p","outputs":[{"model":"m"}]}',
      /outputs\.0.*has no text/,
    ],
    ['an output text that is true', '{"prompt":"p","outputs":[{"text":true}]}', /outputs\.0\.text/],
    ['a prompt that is a number', '{"id":"x","prompt":5}', /prompt.*number 5/],
    ['no prompt', '{"id":"x"}', /fields\.prompt.*missing/],
    ['an empty prompt', '{"id":"x","prompt":"  "}', /fields\.prompt.*empty/],
    ['NUL', '{"id":"x","prompt":"a\\u0000b"}', /prompt.*NUL/],
    ['half a character', '{"id":"x","prompt":"a\\ud800b"}', /prompt.*lone surrogate/],
    ['half a character in a key', '{"id":"x","prompt":"p","\\udc00":1}', /broken character/],
    ['__proto__', '{"id":"x","prompt":"p","__proto__":{"a":1}}', /__proto__.*not allowed/],
    ['escaped __proto__', '{"id":"x","prompt":"p","m":{"__pr\\u006fto__":1}}', /__proto__/],
    ['depth 10,000', deep, /nested more than 100 levels/],
    ['an infinite number', '{"id":"x","prompt":"p","n":1e999}', /too large a number/],
    ['an id that loses digits', '{"id":12345678901234567890,"prompt":"p"}', /too large a number/],
    ['an id beyond exact numbers', '{"id":1e17,"prompt":"p"}', /which is no id/],
    ['metadata that loses digits', '{"prompt":"p","user":9007199254740993}', /user.*too large/],
    [
      'a key that rings the bell',
      '{"format":1,"external_id":"x","fields":{"prompt":"p"},"\\u0007\\u001b[31m":1}',
      /"\?\?\[31m"/,
    ],
    ['an id that is a list', '{"id":[1],"prompt":"p"}', /which is no id/],
    [
      'an unknown key',
      '{"format":1,"external_id":"x","feilds":{"prompt":"p"}}',
      /feilds.*Did you mean "fields"/,
    ],
    ['an unknown format', '{"format":2,"external_id":"x","fields":{"prompt":"p"}}', /"format": 1/],
    ['a raw line', '{"format":1,"dataset":"d","record":{},"values":{}}', /--from parley/],
    [
      'an unknown field',
      '{"format":1,"external_id":"x","fields":{"prompt":"p","promt":"q"}}',
      /Did you mean "prompt"/,
    ],
    [
      'two outputs of one id',
      '{"format":1,"external_id":"x","fields":{"prompt":"p"},"outputs":[{"id":"a","text":"1"},{"id":"a","text":"2"}]}',
      /two outputs with the id "a"/,
    ],
    [
      'a suggestion for no question',
      '{"format":1,"external_id":"x","fields":{"prompt":"p"},"suggestions":{"qualty":{"value":1}}}',
      /qualty.*Did you mean "quality"/,
    ],
    [
      'a suggestion that answers nothing',
      '{"format":1,"external_id":"x","fields":{"prompt":"p"},"outputs":[{"id":"a","text":"1"}],"suggestions":{"quality":{"value":{"a":9}}}}',
      /Choose one of 1, 2, 3, 4, 5/,
    ],
    ['a text over the bound', `{"id":"x","prompt":"${'a'.repeat(100_001)}"}`, /longer than 100000/],
    ['51 outputs', JSON.stringify({ prompt: 'p', outputs: Array(51).fill('a') }), /more than 50/],
  ]
  test.each(bad)('%s', async (_, line, expected) => {
    const dataset = await datasetOf('template: evaluation')
    const report = await importText(
      dataset,
      `{"id":"good","prompt":"p"}\n${line}\n{"id":"after","prompt":"p"}\n`,
    )
    expect(report).toMatchObject({ lines: 3, created: 2, refused: { count: 1 } })
    const [told] = report.refused.lines
    expect(told?.line).toBe(2)
    expect(`${told?.path}: ${told?.message} ${told?.remedy}`).toMatch(expected)
    expect(told?.remedy).not.toBe('')
    expect(Reflect.get({}, 'a')).toBeUndefined()
  })

  test('a line of more than 10 MB is passed over, the next one is kept', async () => {
    const dataset = await datasetOf('template: completion')
    const long = Buffer.from(
      `{"id":"long","prompt":"${'x'.repeat(11_000_000)}"}\n{"id":"b","prompt":"p"}`,
    )
    const report = await importBytes(dataset, long)
    expect(report).toMatchObject({ lines: 2, created: 1, refused: { count: 1 } })
    expect(report.refused.lines[0]).toMatchObject({ line: 1, message: 'is longer than 10 MB.' })
  })

  test('a line that is not UTF-8 is refused and the others are kept', async () => {
    const dataset = await datasetOf('template: completion')
    const bytes = Buffer.concat([
      Buffer.from('{"id":"a","prompt":"p"}\n{"id":"b","prompt":"'),
      Buffer.from([0xc3, 0x28]),
      Buffer.from('"}\n{"id":"c","prompt":"p"}'),
    ])
    const report = await importBytes(dataset, bytes)
    expect(report).toMatchObject({ lines: 3, created: 2 })
    expect(report.refused.lines[0]).toMatchObject({ line: 2, message: 'is not UTF-8 text.' })
  })

  test('empty and identical outputs are warnings, and the record is kept', async () => {
    const dataset = await datasetOf('template: comparison')
    const report = await importLines(dataset, [{ prompt: 'p', outputs: ['', 'same', 'same'] }])
    expect(report).toMatchObject({ created: 1, refused: { count: 0 } })
    expect(report.warnings.byKind).toEqual({ 'empty output': 1, 'identical outputs': 1 })
  })

  test('with all-or-nothing one bad line keeps everything out', async () => {
    const dataset = await datasetOf('template: completion')
    const report = await importText(dataset, '{"id":"a","prompt":"p"}\n{"id":"b"}\n', {
      allOrNothing: true,
    })
    expect(report).toMatchObject({ created: 0, rolledBack: true, refused: { count: 1 } })
    expect(await recordsOf(dataset)).toEqual([])
    const whole = await importText(dataset, '{"id":"a","prompt":"p"}\n', { allOrNothing: true })
    expect(whole).toMatchObject({ created: 1, rolledBack: false })
    expect(await recordsOf(dataset)).toHaveLength(1)
  })

  test('a damaged gzip file is said to be damaged', async () => {
    const dataset = await datasetOf('template: completion')
    const bytes = gzipSync('{"id":"a","prompt":"p"}\n'.repeat(1000)).subarray(0, 40)
    await expect(importBytes(dataset, bytes)).rejects.toThrow(/damaged or cut off/)
  })

  test('a gzip file that unpacks to more than is allowed is stopped', async () => {
    const dataset = await datasetOf('template: completion')
    const bytes = gzipSync(Buffer.alloc(5_000_000, 32))
    const limits = { mostUnpacked: 1_000_000 }
    await expect(importBytes(dataset, bytes, { limits })).rejects.toThrow(/unpacks to more/)
  })

  test('a thousand bad lines are counted and the first hundred named', async () => {
    const dataset = await datasetOf('template: completion')
    const report = await importText(dataset, 'nonsense\n'.repeat(1000))
    expect(report.refused.count).toBe(1000)
    expect(report.refused.lines).toHaveLength(100)
  })

  test('a closed dataset takes no records', async () => {
    const dataset = await datasetOf('template: completion\naccess: everyone')
    await publishDataset(parleys.parley, cleo, { dataset: dataset.name })
    await closeDataset(parleys.parley, cleo, { dataset: dataset.name })
    await expect(importLines(dataset, [{ prompt: 'p' }])).rejects.toMatchObject({
      code: 'conflict',
    })
  })

  test('a mapping that names nothing of the dataset is told what there is', async () => {
    const dataset = await datasetOf('template: completion')
    await expect(importLines(dataset, [{ q: 'p' }], { map: { promt: 'q' } })).rejects.toMatchObject(
      { code: 'invalid', message: expect.stringContaining('"prompt"') },
    )
  })
})

describe('forbidden', () => {
  test('a labeler cannot import', async () => {
    const dataset = await datasetOf('template: completion')
    await expect(
      importRecords(parleys.parley, ana, { dataset: dataset.name, source: [] }),
    ).rejects.toMatchObject({ code: 'forbidden' })
  })
})

async function datasetOf(yaml: string): Promise<Dataset> {
  made++
  const document = parseDocument(`name: import-${made}\n${yaml}\n`)
  await createDataset(parleys.parley, cleo, { document })
  return getDataset(parleys.parley, document.name)
}

type More = Omit<ImportInput, 'dataset' | 'source'>

function importLines(dataset: Dataset, lines: readonly object[], more: More = {}) {
  return importText(dataset, lines.map((line) => JSON.stringify(line)).join('\n'), more)
}

function importText(dataset: Dataset, text: string, more: More = {}) {
  return importBytes(dataset, Buffer.from(text), more)
}

/** Hands the bytes over in uneven pieces, as files and sockets do. */
function importBytes(dataset: Dataset, bytes: Uint8Array, more: More = {}) {
  const source = (function* () {
    for (let at = 0; at < bytes.length; at += 65_521) yield bytes.subarray(at, at + 65_521)
  })()
  return importRecords(parleys.parley, cleo, { dataset: dataset.name, source, ...more })
}

function recordsOf(dataset: Dataset) {
  return parleys.parley.db
    .selectFrom('records')
    .innerJoin('places', (join) =>
      join
        .onRef('places.datasetId', '=', 'records.datasetId')
        .onRef('places.recordId', '=', 'records.id'),
    )
    .selectAll('records')
    .select(['wanted', 'priority', 'position', 'needsOutputs', 'open'])
    .where('records.datasetId', '=', dataset.id)
    .orderBy('externalId')
    .execute()
}

async function queueOf(dataset: Dataset, limit: number): Promise<string[]> {
  const rows = await parleys.parley.db
    .selectFrom('places')
    .innerJoin('records', (join) =>
      join
        .onRef('places.datasetId', '=', 'records.datasetId')
        .onRef('places.recordId', '=', 'records.id'),
    )
    .select('externalId')
    .where('places.datasetId', '=', dataset.id)
    .orderBy('position')
    .limit(limit)
    .execute()
  return rows.map((row) => row.externalId)
}

function tallyOf(dataset: Dataset) {
  return parleys.parley.db
    .selectFrom('tallies')
    .select(['records', 'needsOutputs'])
    .where('datasetId', '=', dataset.id)
    .where('labelerId', '=', '0')
    .executeTakeFirst()
}

async function answer(dataset: Dataset, status: 'submitted' | 'leased') {
  const [record] = await recordsOf(dataset)
  await parleys.parley.db
    .insertInto('assignments')
    .values({
      datasetId: dataset.id,
      recordId: record?.id ?? '',
      labelerId: '1',
      status,
      postId: null,
      slot: 0,
      shownAt: null,
      leaseUntil: new Date(parleys.clock.now().getTime() + 60_000),
      createdAt: parleys.clock.now(),
    })
    .execute()
}
