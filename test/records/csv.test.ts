/** CSV as people and programs save it: a cell is the text that was written, wherever lines end and whatever divides them. */
import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDocument } from '../../src/datasets/parse.ts'
import { readCsv } from '../../src/imports/readers/csv.ts'
import { type DeclaredColumns, declaredColumns } from '../../src/imports/readers/csv-cells.ts'
import type { Line } from '../../src/imports/readers/lines.ts'

const chat = [
  { role: 'user', content: 'Hi' },
  { role: 'assistant', content: 'Ho' },
]

/** Texts that other readers take for something else. */
const lookalikes = [
  ...[
    '42',
    '007',
    '1e5',
    '0x10',
    '1_000',
    'true',
    'False',
    'null',
    'NULL',
    'NA',
    'None',
    'nan',
    '2026-01-02',
  ],
  ...[
    '{"a": 1}',
    '[2, 1]',
    '[]',
    '{}',
    '"quoted"',
    "['a', 'b']",
    '[{"role": "user"}',
    '-',
    '+1',
    '.5',
  ],
]

describe('happy: a cell is the text that stands in it', () => {
  test.each([
    'prompt',
    'chosen',
    'outputs',
    'output',
    'note',
    'input',
    'id',
    'priority',
    'format',
    'label',
  ])('a column %s of texts that look like numbers or JSON', async (column) => {
    const texts = ['plain', ...lookalikes]
    const file = stringify([[column, 'x'], ...texts.map((text) => [text, 'y'])], { quoted: true })
    expect((await valuesOf(file)).map((row) => row[column])).toEqual(texts)
  })

  test('a column of which every cell looks like JSON, but none like a chat', async () => {
    for (const column of ['prompt', 'chosen', 'answer', 'note']) {
      const texts = ['{"a": 1}', '[1, 2]', '{"role of": "x"}', '["a"]']
      const file = stringify([[column], ...texts.map((text) => [text])])
      expect((await valuesOf(file)).map((row) => row[column])).toEqual(texts)
    }
  })

  test('an answer that happens to be a chat, among others that are none', async () => {
    const texts = ['Write a chat.', JSON.stringify(chat)]
    const file = stringify([['chosen', 'rejected'], ...texts.map((text) => [text, 'no'])])
    expect((await valuesOf(file)).map(({ chosen }) => chosen)).toEqual(texts)
  })

  test('any text survives, whatever ends the lines and divides the cells', async () => {
    const cell = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }),
        fc.constantFrom(',', ';', '\t', '|'),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.boolean(),
        async (rows, delimiter, end, isMarked) => {
          const head = stringify([['b', 'c']], { delimiter, record_delimiter: end })
          const body = stringify(rows, { quoted: true, delimiter, record_delimiter: end })
          const read = await valuesOf(`${isMarked ? '\ufeff' : ''}${head}${body}`)
          expect(read).toEqual(rows.map(([b, c]) => ({ b, c })))
        },
      ),
      { numRuns: 100 },
    )
  })
})

describe('happy: what is declared to hold JSON', () => {
  test('columns whose name means nothing else', async () => {
    const file = stringify([
      ['messages', 'metadata', 'ranks'],
      [JSON.stringify(chat), '{"a":{"b":1}}', '{"o1":1}'],
    ])
    expect(await valuesOf(file)).toEqual([
      { messages: chat, metadata: { a: { b: 1 } }, ranks: { o1: 1 } },
    ])
  })

  test('columns of which every cell is a chat, or a list of outputs', async () => {
    const row = [JSON.stringify(chat), '["a","b"]', JSON.stringify({ from: 'gpt', value: 'x' })]
    const file = stringify([['prompt', 'outputs', 'chosen'], row, row])
    const read = { prompt: chat, outputs: ['a', 'b'], chosen: { from: 'gpt', value: 'x' } }
    expect(await valuesOf(file)).toEqual([read, read])
  })

  test('a field that the dataset calls a chat, row by row, and what --map feeds to outputs', async () => {
    const document = parseDocument(
      'name: d\ntemplate: comparison\nfields: { prompt: { type: chat }, note: { type: text } }',
    )
    const columns = declaredColumns(document, { prompt: 'talk', list: 'outputs' })
    const file = stringify([
      ['talk', 'list', 'note'],
      [JSON.stringify(chat), '["a","b"]', '[1]'],
      ['{"a": 1}', '["c","d"]', '[2]'],
    ])
    expect(await valuesOf(file, columns)).toEqual([
      { talk: chat, list: ['a', 'b'], note: '[1]' },
      { talk: '{"a": 1}', list: ['c', 'd'], note: '[2]' },
    ])
  })

  test('our own rows of records', async () => {
    const file = 'format,external_id,fields,priority\n1,007,"{""prompt"":""p""}",3\n'
    expect(await valuesOf(file)).toEqual([
      { format: 1, external_id: '007', fields: { prompt: 'p' }, priority: 3 },
    ])
  })

  test('our own csv export: its record with the outputs, without the apostrophes', async () => {
    const file = stringify([
      [
        'record',
        'labeler',
        'fields.prompt',
        'output1.id',
        'output1.text',
        'output1.model',
        'output1.p.rank',
        'output2.id',
        'output2.text',
      ],
      ['r1', 'p_a', "'=1+1", 'a', "''=x", 'm', '1', 'b', 'two'],
    ])
    expect(await valuesOf(`\ufeff${file}`)).toEqual([
      {
        external_id: 'r1',
        prompt: '=1+1',
        outputs: [
          { id: 'a', text: "'=x", model: 'm' },
          { id: 'b', text: 'two' },
        ],
      },
    ])
  })
})

describe('happy: files as programs save them', () => {
  test.each([
    ['a header that ends with LF and rows with CRLF', 'a,b\n1,x\r\n2,y\r\n'],
    ['a header that ends with CRLF and rows with LF', 'a,b\r\n1,x\n2,y\n'],
    ['lines that end with CR', 'a,b\r1,x\r2,y'],
    ['sep=; before the header', 'sep=;\r\na;b\r\n1;x\r\n2;y\r\n'],
    ['sep= in quotes, after a byte order mark', '\ufeff"sep=|"\na|b\n1|x\n2|y\n'],
    ['SEP= with a tab', 'SEP=\t\na\tb\n1\tx\n2\ty\n'],
    ['empty lines', '\n\na,b\n\n1,x\n\n2,y\n\n'],
    ['rows of separators alone', 'a,b\n1,x\n,\n2,y\n,\n"",""\n'],
    ['bars', 'a|b\n1|x\n2|y'],
    ['names with spaces around them', ' a , b \n1,x\n2,y'],
  ])('%s', async (_, text) => {
    expect(await valuesOf(text)).toEqual([
      { a: '1', b: 'x' },
      { a: '2', b: 'y' },
    ])
  })

  test.each(['utf16le', 'utf16be'])('"Unicode Text" of Excel (%s)', async (encoding) => {
    const bytes = Buffer.from('\ufeffid\tprompt\r\n1\tÜber "alles"\r\n2\t日本🙂\r\n', 'utf16le')
    if (encoding === 'utf16be') bytes.swap16()
    expect(await valuesOf(bytes)).toEqual([
      { id: '1', prompt: 'Über "alles"' },
      { id: '2', prompt: '日本🙂' },
    ])
  })

  test.each([
    [
      'a name with a comma',
      'frage;antwort, lang\n1;2\n3;4,5\n',
      { frage: '1', 'antwort, lang': '2' },
    ],
    ['texts full of commas', 'id|prompt\n1|a,b,c,d\n2|e,f,g,h\n', { id: '1', prompt: 'a,b,c,d' }],
    [
      'tabs beside commas',
      'id\tprompt, asked, once\n1\ta\n',
      { id: '1', 'prompt, asked, once': 'a' },
    ],
    ['a header in quotes', '"a;1","b;2"\n1,2\n', { 'a;1': '1', 'b;2': '2' }],
    ['a line break in the header', '"a\nb",c\n1,2\n', { 'a\nb': '1', c: '2' }],
    ['one column', 'prompt\nHi; you|there\n', { prompt: 'Hi; you|there' }],
  ])('the separator is what divides every row: %s', async (_, text, first) => {
    expect((await valuesOf(text))[0]).toEqual(first)
  })

  test.each([
    ['every cell', '"a", "b"\n"1", "x, y"\n"2", "say ""hi"", Bo\nb"\n'],
    ['the cells that need quotes', 'a, b\n1, "x, y"\n2, "say ""hi"", Bo\nb"\n'],
    ['semicolons', '"a"; "b"\n"1"; "x, y"\n"2"; "say ""hi"", Bo\nb"\n'],
    ['a header without blanks', 'a,b\n1,  "x, y"\n2,  "say ""hi"", Bo\nb"\n'],
  ])('blanks before quotes are no part of a cell: %s', async (_, text) => {
    expect(await valuesOf(text)).toEqual([
      { a: '1', b: 'x, y' },
      { a: '2', b: 'say "hi", Bo\nb' },
    ])
  })

  test('blanks at the head of a text stay, and so does a quotation mark that is nobody else’s', async () => {
    expect(await valuesOf('a,b\n1,  if x:\n2, "quoted" word\n3,"  y"\n')).toEqual([
      { a: '1', b: '  if x:' },
      { a: '2', b: ' "quoted" word' },
      { a: '3', b: '  y' },
    ])
    const lines = await linesOf('a,b\n1, "oops\n2,x,y\n3,z\n')
    expect(lines.map(({ number }) => number)).toEqual([2, 3, 4])
  })

  test('quotation marks in the middle of a cell are text', async () => {
    const text = 'a,b\n5" disk,"a ""b"" c"\nsay "hi",it\'s\n'
    expect(await valuesOf(text)).toEqual([
      { a: '5" disk', b: 'a "b" c' },
      { a: 'say "hi"', b: "it's" },
    ])
  })
})

describe('refused: a row that is torn is named, and the others are read', () => {
  test('by its row in a spreadsheet and its line in the file', async () => {
    const text = 'a,b\n1,"x\ny"\n\n2,z,w\n3\n4,ok\n'
    const lines = await linesOf(text)
    expect(lines.map(({ number, problem }) => [number, problem?.message])).toEqual([
      [2, undefined],
      [4, 'has 3 cells, but the header has 2.'],
      [5, 'has 1 cell, but the header has 2.'],
      [6, undefined],
    ])
    expect(lines[1]?.problem?.remedy).toContain('line 5 of the file')
  })

  test('a column of chats as Python prints them', async () => {
    const text = stringify([['chosen'], ["[{'role': 'user', 'content': 'x'}]"]])
    const [line] = await linesOf(text)
    expect(line?.problem).toMatchObject({ path: 'chosen', remedy: expect.stringContaining('json') })
  })

  test.each([
    ['Windows-1252', Buffer.from('a\nBär\n', 'latin1'), 'CSV UTF-8'],
    ['UTF-16 without its mark', Buffer.from('a,b\n1,2\n', 'utf16le'), 'UTF-16 without a mark'],
    ['UTF-16 that is cut off', Buffer.from('\ufeffab', 'utf16le').subarray(0, 5), 'cut off'],
  ])('%s', async (_, bytes, said) => {
    await expect(linesOf(bytes)).rejects.toThrow(said)
  })
})

async function linesOf(text: string | Buffer, columns: DeclaredColumns = {}): Promise<Line[]> {
  const bytes = Buffer.from(text)
  // Five bytes at a time, so that every boundary is met.
  const pieces = Array.from({ length: Math.ceil(bytes.length / 5) }, (_, at) =>
    bytes.subarray(at * 5, at * 5 + 5),
  )
  const all: Line[] = []
  for await (const lines of readCsv(pieces, { columns })) all.push(...lines)
  return all
}

async function valuesOf(text: string | Buffer, columns: DeclaredColumns = {}) {
  return (await linesOf(text, columns)).map(({ text, problem }) => {
    expect(problem).toBeUndefined()
    return JSON.parse(text)
  })
}
