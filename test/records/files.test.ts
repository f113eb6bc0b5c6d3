/** Files of every kind and shape become the same records, and what is wrong in one is told by its row. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openRows } from '../../src/cli/import/source.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import type { Line } from '../../src/imports/readers/lines.ts'
import { type RowsInput, readRows } from '../../src/imports/readers/rows.ts'
import { shapeReader } from '../../src/imports/shapes/reader.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-files-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const messages = [
  { role: 'user', content: 'Why is the sky blue?' },
  { role: 'assistant', content: 'Scattering, "mostly".\nOf light.' },
]

describe('happy: a table is rows', () => {
  test.each([',', ';', '\t'])('CSV with %j between its cells', async (delimiter) => {
    const text = `\ufeff${stringify(
      [
        ['id', 'prompt', 'messages', 'outputs', 'note'],
        ['007', '[not json', JSON.stringify(messages), '["a","b"]', '[1,2]'],
        ['8', 'two\nlines, "quoted"; and\ttabs', '', '', ''],
      ],
      { delimiter },
    )}`
    expect(await valuesOf({ name: 'a.csv', source: pieces(Buffer.from(text)) })).toEqual([
      { id: '007', prompt: '[not json', messages, outputs: ['a', 'b'], note: '[1,2]' },
      { id: '8', prompt: 'two\nlines, "quoted"; and\ttabs' },
    ])
  })

  test('any text survives a CSV file, whatever is in it, gzip or not', async () => {
    const cell = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 })
    const safe = cell.filter((text) => !/^\s*[[{]/.test(text) && !text.includes('\ufeff'))
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(safe, safe), { minLength: 1, maxLength: 5 }),
        fc.boolean(),
        async (rows, isPacked) => {
          const bytes = Buffer.from(stringify([['prompt', 'b'], ...rows], { quoted: true }))
          const source = [isPacked ? gzipSync(bytes) : bytes]
          const read = await valuesOf({ name: isPacked ? 'a.csv.gz' : 'a.csv', source })
          expect(read).toEqual(rows.map(([prompt, b]) => ({ prompt, b })))
        },
      ),
      { numRuns: 60 },
    )
  })

  test('our own csv export gives its records back, without the apostrophes', async () => {
    const header =
      '\ufeffrecord,labeler,fields.prompt,output1.id,output1.text,output1.model,output1.preference.rank'
    const text = `${header}\r\nr1,p_a,'=1+1,a,''-x,m,1\r\n`
    expect(await valuesOf({ name: 'x.csv', source: [Buffer.from(text)] })).toEqual([
      { external_id: 'r1', prompt: '=1+1', outputs: [{ id: 'a', text: "'-x", model: 'm' }] },
    ])
  })

  test.each(['zstd', 'snappy', 'gzip', 'uncompressed', 'lz4_raw', 'brotli'])(
    'Parquet packed with %s, messages nested, group by group',
    async (codec) => {
      const path = join(folder, `${codec}.parquet`)
      await duck(`copy (select 'r' || i as id, 'Ask ' || i as prompt, i::bigint as n, i / 2 as half,
        [{'role': 'user', 'content': 'x' || i}, {'role': 'assistant', 'content': 'ü'}] as messages,
        case when i = 3 then null else true end as label
        from range(5000) t(i) order by i) to '${path}' (format parquet, codec '${codec}', row_group_size 2048)`)
      const rows = await valuesOf(await openRows(path))
      expect(rows).toHaveLength(5000)
      expect(rows[3]).toEqual({
        id: 'r3',
        prompt: 'Ask 3',
        n: 3,
        half: 1.5,
        messages: [
          { role: 'user', content: 'x3' },
          { role: 'assistant', content: 'ü' },
        ],
        label: null,
      })
      const piped = await valuesOf({ source: (await openRows(path)).source })
      expect(piped).toEqual(rows)
    },
  )

  test('a JSON list is read element by element, however it is cut into pieces', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue(), { maxLength: 6 }),
        fc.boolean(),
        async (all, nice) => {
          const text = JSON.stringify(all, null, nice ? 2 : undefined)
          const read = await valuesOf({ name: 'a.json', source: pieces(Buffer.from(` ${text}\n`)) })
          expect(read).toEqual(JSON.parse(text))
        },
      ),
    )
  })
})

describe('happy: one JSON object that holds a table', () => {
  const rows = [
    { prompt: 'What is 2 + 2?', answer_a: '4', answer_b: null },
    { prompt: '"Quoted", {and} [more]', answer_a: 'x', answer_b: 'y' },
  ]
  const index = (list: readonly unknown[]) => Object.fromEntries(list.map((one, at) => [at, one]))
  const names = ['prompt', 'answer_a', 'answer_b'] as const
  const asColumns = Object.fromEntries(
    names.map((name) => [name, index(rows.map((row) => row[name]))]),
  )
  const asSplit = { columns: names, index: [0, 1], data: rows.map((row) => Object.values(row)) }

  test.each([
    ['pandas, to_json()', asColumns],
    ['pandas, orient="index"', index(rows)],
    ['pandas, orient="split"', asSplit],
    ['pandas, orient="table"', { schema: { fields: [], pandas_version: '1.4.0' }, data: rows }],
    ['a list under data', { data: rows }],
    ['a list under rows, with words before and after', { version: '1', rows, next: { a: [1] } }],
  ])('%s', async (_, table) => {
    for (const indent of [undefined, 2])
      for (const name of ['a.json', 'a.jsonl', 'stdin']) {
        const bytes = Buffer.from(`\ufeff${JSON.stringify(table, null, indent)}\n`)
        expect(await valuesOf({ name, source: [bytes] })).toEqual(rows)
        expect(await valuesOf({ name, source: [gzipSync(bytes)] })).toEqual(rows)
      }
  })

  test('what only looks like one is read line by line', async () => {
    const lines = [
      { outputs: { '0': 'a', '1': 'b' }, prompt: 'p' },
      { data: [{ role: 'user', content: 'Hi' }] },
      { id: 'x', data: [{ note: 1 }] },
      { data: ['Hi', 'Ho'], id: '0' },
    ]
    for (const line of lines) {
      const text = `${JSON.stringify(line)}\n${JSON.stringify({ prompt: 'q' })}\n`
      expect(await valuesOf({ name: 'a.json', source: pieces(Buffer.from(text)) })).toEqual([
        line,
        { prompt: 'q' },
      ])
    }
    const many = `${JSON.stringify(asColumns)}\n`.repeat(2)
    expect(await valuesOf({ name: 'a.jsonl', source: [Buffer.from(many)] })).toEqual([
      asColumns,
      asColumns,
    ])
  })

  test('one that is too long to turn around says how to write it', async () => {
    const limits = { longestLine: 40 }
    const source = [Buffer.from(JSON.stringify(asColumns))]
    await expect(linesOf({ name: 'a.json', source, limits })).rejects.toThrow('orient="records"')
  })

  test('a list under a key is read however long it is, and nothing after it is lost', async () => {
    const limits = { longestLine: 80 }
    const whole = JSON.stringify({ data: rows })
    expect(await valuesOf({ name: 'a.json', source: pieces(Buffer.from(whole)), limits })).toEqual(
      rows,
    )
    const twice = { name: 'a.json', source: [Buffer.from(`${whole}\n${whole}`)] }
    await expect(linesOf(twice)).rejects.toThrow('Something stands after')
    const cut = { name: 'a.json', source: [Buffer.from(whole.slice(0, -3))] }
    await expect(linesOf(cut)).rejects.toThrow('cut off')
  })
})

describe('happy: the shapes trainers read', () => {
  const readerOf = (document: string) => {
    const read = shapeReader(parseDocument(document))
    return (line: unknown) => {
      const shaped = read(line)
      return 'problem' in shaped ? shaped : shaped.records[0]
    }
  }
  const read = readerOf('name: d\ntemplate: comparison')
  const chat = readerOf('name: d\ntemplate: comparison\nfields: { prompt: { type: chat } }')
  const ask = [{ role: 'user', content: 'Q' }]
  const answer = (content: string) => [{ role: 'assistant', content }]
  const pair = [
    { id: 'o1', text: 'good', metadata: { source: 'chosen' } },
    { id: 'o2', text: 'bad', metadata: { source: 'rejected' } },
  ]

  test.each([
    ['TRL, texts', { prompt: 'Q', chosen: 'good', rejected: 'bad' }],
    ['TRL, chats', { prompt: ask, chosen: answer('good'), rejected: answer('bad') }],
    [
      'TRL, prompt implied',
      { chosen: [...ask, ...answer('good')], rejected: [...ask, ...answer('bad')] },
    ],
    [
      'OpenAI DPO',
      {
        input: { messages: ask },
        preferred_output: answer('good'),
        non_preferred_output: answer('bad'),
      },
    ],
    [
      'OpenAI DPO with its settings',
      {
        input: { messages: ask, tools: [], parallel_tool_calls: true },
        preferred_output: answer('good'),
        non_preferred_output: answer('bad'),
      },
    ],
    [
      'A pair beside other generations,',
      { prompt: 'Q', chosen: 'good', rejected: 'bad', generations: ['bad', 'fair'] },
    ],
    [
      'LLaMA-Factory',
      {
        conversations: [{ from: 'human', value: 'Q' }],
        chosen: { from: 'gpt', value: 'good' },
        rejected: { from: 'gpt', value: 'bad' },
      },
    ],
  ])('%s preferences', (_, line) => {
    expect(read(line)).toMatchObject({ record: { fields: { prompt: 'Q' }, outputs: pair } })
    expect(chat(line)).toMatchObject({ record: { fields: { prompt: ask }, outputs: pair } })
  })

  test('the settings of an OpenAI line are its metadata', () => {
    const input = { messages: ask, tools: [], parallel_tool_calls: true }
    const line = { input, preferred_output: answer('a'), non_preferred_output: answer('b') }
    expect(read(line)).toMatchObject({
      record: { metadata: { tools: [], parallel_tool_calls: true } },
    })
  })

  test('a pair that is among the generations is not told twice', () => {
    const line = { prompt: 'Q', chosen: answer('a'), rejected: answer('b') }
    expect(read({ ...line, generations: ['b', 'a', 'c'], ratings: [1, 5, 3] })).toMatchObject({
      record: { outputs: [{ text: 'b' }, { text: 'a' }, { text: 'c' }] },
    })
    const scored = { ...line, generations: ['b', 'a'], ratings: [1, 5] }
    for (const one of [scored, { ...line, generations: ['b', 'a'] }]) {
      const shaped = read(one)
      expect(shaped && 'said' in shaped ? shaped.said().ranks : null).toEqual({ o1: 2, o2: 1 })
    }
    const others = { generations: ['x', 'y'], ratings: [1, 5] }
    expect(read({ ...line, ...others })).toMatchObject({
      record: { outputs: [{ text: 'a' }, { text: 'b' }], metadata: others },
    })
  })

  test.each(['conversations', 'conversation', 'messages', 'data'])(
    '%s as texts by turns',
    (key) => {
      const shaped = chat({ [key]: ['Q', 'first', 'And?', 'second'], source: 'lima' })
      expect(shaped).toMatchObject({
        record: {
          fields: { prompt: [...ask, ...answer('first'), { role: 'user', content: 'And?' }] },
          outputs: [{ text: 'second' }],
          metadata: { source: 'lima' },
        },
      })
    },
  )

  test.each(['response', 'output', 'completion', 'answer'])('several texts as %s', (key) => {
    const shaped = read({ question: 'Q', [key]: ['a', 'b'], scores: [1, 3] })
    expect(shaped).toMatchObject({
      record: { outputs: [{ text: 'a', metadata: { score: 1 } }, { text: 'b' }] },
    })
  })

  test('an answer with other names for it, as TriviaQA has it', () => {
    const answer = { value: 'Paris', aliases: ['City of Light'] }
    expect(read({ question: 'Q', answer })).toMatchObject({
      record: { outputs: [{ text: 'Paris', metadata: { aliases: ['City of Light'] } }] },
    })
  })

  test('NeMo ranks are kept beside each completion', () => {
    const completions = ['b', 'a'].map((text, rank) => ({ rank, completion: answer(text) }))
    expect(read({ context: ask, completions })).toMatchObject({
      record: {
        fields: { prompt: 'Q' },
        outputs: [
          { text: 'b', metadata: { rank: 0 } },
          { text: 'a', metadata: { rank: 1 } },
        ],
      },
    })
  })

  test('KTO, OpenAI chats and Alpaca', () => {
    expect(read({ prompt: ask, completion: answer('x'), label: true })).toMatchObject({
      record: { fields: { prompt: 'Q' }, outputs: [{ text: 'x' }], metadata: { label: true } },
    })
    expect(read({ messages: [{ ...ask[0], name: null }, ...answer('x')] })).toMatchObject({
      record: { fields: { prompt: 'Q' }, outputs: [{ text: 'x' }] },
    })
    expect(read({ instruction: 'Sum', input: '1 2', output: '3' })).toMatchObject({
      record: { fields: { prompt: 'Sum\n\n1 2' }, outputs: [{ text: '3' }] },
    })
  })
})

describe('refused: what cannot be read says why and where', () => {
  test('a row with too many cells, and one whose quotes are broken; the rest is read', async () => {
    const text = 'id,prompt\n1,a,b\n2,"c", d"\n3,e"e\n'
    const lines = await linesOf({ name: 'a.csv', source: [Buffer.from(text)] })
    expect(lines.map(({ number, problem }) => [number, problem?.message])).toEqual([
      [2, 'has 3 cells, but the header has 2.'],
      [3, 'has 3 cells, but the header has 2.'],
      [4, undefined],
    ])
  })

  test('a list as Python prints it is named with its column', async () => {
    const text = "id,outputs\n1,\"['a', 'b']\"\n"
    const [line] = await linesOf({ name: 'a.csv', source: [Buffer.from(text)] })
    expect(line?.problem).toMatchObject({
      path: 'outputs',
      remedy: expect.stringContaining('json'),
    })
  })

  test.each([
    ['a.csv', Buffer.from([0x61, 0x0a, 0xe4, 0x0a]), 'CSV UTF-8'],
    ['a.csv', Buffer.from('a,a\n1,2\n'), 'Two columns'],
    ['a.csv', Buffer.from(`a\n"${'x'.repeat(2000)}`), 'quotation mark is not closed'],
    ['a.json', Buffer.from('[{"a":1}'), 'cut off'],
    ['a.json', Buffer.from('[{"a":1}] [2]'), 'Something stands after'],
    ['a.parquet', Buffer.from('PAR1 and no more of it PAR1'), 'not a Parquet file'],
    ['a.parquet', Buffer.from('x'), 'not a Parquet file'],
    ['a.arrow', Buffer.from('x'), 'to_parquet'],
    ['a.xlsx', Buffer.from('x'), 'CSV'],
    ['a.csv.gz', gzipSync(Buffer.alloc(100_000, 'a')), 'unpacks to more'],
  ])('%s: %#', async (name, bytes, said) => {
    const limits = { longestLine: 1000, mostUnpacked: 50_000 }
    await expect(linesOf({ name, source: [bytes], limits })).rejects.toThrow(said)
  })

  test('a table of endless columns', async () => {
    const source = [Buffer.from(`${'a,'.repeat(1100)}b\n`)]
    await expect(linesOf({ name: 'a.csv', source })).rejects.toThrow('1000 columns')
  })

  test('a Parquet file that unpacks to more than it may', async () => {
    const path = join(folder, 'bomb.parquet')
    await duck(
      `copy (select repeat('a', 100000) as prompt from range(100)) to '${path}' (format parquet, codec 'zstd')`,
    )
    const limits = { mostUnpacked: 1000 }
    await expect(linesOf({ ...(await openRows(path)), limits })).rejects.toThrow(
      'unpacks to too much',
    )
  })

  test('a damaged Parquet file ends in a sentence', async () => {
    const path = join(folder, 'whole.parquet')
    await duck(
      `copy (select 'p' || i as prompt from range(100) t(i)) to '${path}' (format parquet, codec 'zstd')`,
    )
    const { source } = await openRows(path)
    const chunks: Uint8Array[] = []
    for await (const chunk of source) chunks.push(chunk)
    const bytes = Buffer.concat(chunks)
    bytes.fill(7, 10, 60)
    writeFileSync(path, bytes)
    await expect(linesOf(await openRows(path))).rejects.toThrow('damaged')
  })
})

async function linesOf(input: RowsInput): Promise<Line[]> {
  const all: Line[] = []
  for await (const lines of readRows(input)) all.push(...lines)
  return all
}

async function valuesOf(input: RowsInput): Promise<unknown[]> {
  return (await linesOf(input)).map(
    (line) => line.problem ?? line.row?.value ?? JSON.parse(line.text),
  )
}

/** The bytes three at a time, so that every boundary is met. */
function pieces(bytes: Buffer): Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / 3) }, (_, at) =>
    bytes.subarray(at * 3, at * 3 + 3),
  )
}

async function duck(statement: string): Promise<void> {
  const database = await DuckDBInstance.create(':memory:')
  const connection = await database.connect()
  await connection.run(statement)
  connection.closeSync()
  database.closeSync()
}
