/** Chats of agents are kept as they came: calls of tools, results, reasoning, names, content in parts. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, test } from 'vitest'
import { parseDocument } from '../../src/datasets/parse.ts'
import { readLine } from '../../src/imports/readers/json.ts'
import { readParquet } from '../../src/imports/readers/parquet.ts'
import { shapeReader } from '../../src/imports/shapes/reader.ts'

const document = parseDocument(`
name: agents
access: everyone
fields: { prompt: { type: chat } }
questions: { preference: { type: ranking } }
`)
const read = shapeReader(document)

function recordOf(line: unknown) {
  const shaped = read(line)
  if ('problem' in shaped) throw new Error(JSON.stringify(shaped.problem))
  return shaped.records[0]?.record
}

/** The rows of a Parquet file that DuckDB makes of lines of JSON, with the types it infers. */
async function throughDuckDb(lines: readonly object[]) {
  const folder = mkdtempSync(join(tmpdir(), 'parley-chats-'))
  try {
    const [from, to] = [join(folder, 'x.jsonl'), join(folder, 'x.parquet')]
    writeFileSync(from, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
    const db = await (await DuckDBInstance.create()).connect()
    await db.run(`copy (select * from read_json('${from}')) to '${to}' (format parquet)`)
    db.closeSync()
    const rows = []
    for await (const batch of readParquet([readFileSync(to)])) rows.push(...batch)
    return rows.map((row) => {
      const read = readLine(row)
      return 'value' in read ? read.value : null
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const ask = { role: 'user', content: 'Is it warm in Berlin?' }
const call = {
  role: 'assistant',
  content: null,
  tool_calls: [
    {
      id: 'call_1',
      type: 'function',
      function: { name: 'weather', arguments: '{"city": "Berlin", "days": 1}' },
    },
  ],
}
const result = { role: 'tool', tool_call_id: 'call_1', content: '{"celsius": 21}' }
const say = { role: 'assistant', content: 'Yes, 21 °C.', reasoning_content: 'Above 20 is warm.' }
const tools = [
  {
    type: 'function',
    function: { name: 'weather', parameters: { type: 'object', properties: { city: {} } } },
  },
]

describe('happy: what chat templates read stays as it came', () => {
  test('a chat whose last answer thinks is its prompt and an output, tools beside it', () => {
    expect(recordOf({ messages: [ask, call, result, say], tools })).toMatchObject({
      fields: { prompt: [ask, call, result] },
      outputs: [{ id: 'o1', messages: [say] }],
      metadata: { tools },
    })
  })

  test('two answers that differ in their calls, as TRL writes a pair: no content at all', () => {
    const { content: _, ...bare } = call
    const object = {
      role: 'assistant',
      tool_calls: [
        { type: 'function', function: { name: 'weather', arguments: { city: 'Bern' } } },
      ],
    }
    expect(recordOf({ prompt: [ask], chosen: [bare], rejected: [object], tools })).toMatchObject({
      fields: { prompt: [ask] },
      outputs: [
        { id: 'o1', messages: [bare], metadata: { source: 'chosen' } },
        { id: 'o2', messages: [object], metadata: { source: 'rejected' } },
      ],
    })
  })

  test('a pair that repeats the chat before it is told once, calls and all', () => {
    const plain = { role: 'assistant', content: 'No.' }
    const whole = [ask, call, result]
    expect(recordOf({ chosen: [...whole, say], rejected: [...whole, plain] })).toMatchObject({
      fields: { prompt: whole },
      outputs: [{ messages: [say] }, { text: 'No.' }],
    })
  })

  test('images, names and the older call of one function', () => {
    const look = {
      role: 'user',
      name: 'ana',
      content: [
        { type: 'text', text: 'What is this?' },
        { type: 'image_url', image_url: { url: 'https://example.com/a.png', detail: 'low' } },
      ],
    }
    const older = {
      role: 'assistant',
      content: null,
      function_call: { name: 'look', arguments: '{}' },
    }
    const found = { role: 'function', name: 'look', content: 'A cat.' }
    const messages = [look, older, found]
    expect(recordOf({ messages })?.fields).toEqual({ prompt: messages })
  })

  test('OpenAI’s preference lines, with their tools', () => {
    const line = {
      input: { messages: [ask], tools, parallel_tool_calls: false },
      preferred_output: [call],
      non_preferred_output: [{ role: 'assistant', content: 'I cannot know.' }],
    }
    expect(recordOf(line)).toMatchObject({
      fields: { prompt: [ask] },
      outputs: [{ messages: [call] }, { text: 'I cannot know.' }],
      metadata: { tools, parallel_tool_calls: false },
    })
  })

  test('ShareGPT’s turns for tools become calls and results; a call that is no JSON stays a text', () => {
    const conversations = [
      { from: 'human', value: 'Hi' },
      { from: 'function_call', value: '{"name": "weather", "arguments": {"city": "Bonn"}}' },
      { from: 'observation', value: '12' },
      { from: 'function_call', value: 'weather(Bonn)' },
      { from: 'observation', value: '13' },
    ]
    expect(recordOf({ conversations })?.fields).toEqual({
      prompt: [
        { role: 'user', content: 'Hi' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { type: 'function', function: { name: 'weather', arguments: { city: 'Bonn' } } },
          ],
        },
        { role: 'tool', content: '12' },
        { role: 'assistant', content: 'weather(Bonn)' },
        { role: 'tool', content: '13' },
      ],
    })
  })

  test('a table gives every message every key, and every call the arguments of all', async () => {
    const calling = (name: string, given: object) => [
      ask,
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ type: 'function', function: { name, arguments: given } }],
      },
      { role: 'tool', content: '12', name },
    ]
    const lines = [
      { messages: calling('weather', { city: 'Bonn' }), tools },
      { messages: calling('news', { topics: ['a'], days: 2 }), tools: null },
    ]
    const rows = await throughDuckDb(lines)
    const [first, second] = rows.map((row) => recordOf(row))
    expect(first?.fields).toEqual({ prompt: lines[0]?.messages })
    expect(first?.metadata).toEqual({ tools })
    expect(second?.fields).toEqual({ prompt: lines[1]?.messages })
  })

  test('texts in parts: as they came where templates know them, else joined', () => {
    const parts = [
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ]
    const others = [
      { type: 'input_text', text: 'a' },
      { type: 'input_text', text: 'b' },
    ]
    const contentOf = (content: unknown) =>
      recordOf({ messages: [{ role: 'user', content }] })?.fields['prompt']
    expect(contentOf(parts)).toEqual([{ role: 'user', content: parts }])
    expect(contentOf(others)).toEqual([{ role: 'user', content: 'ab' }])
  })
})

describe('happy: tables of chats with images', () => {
  const image = { type: 'image_url', text: null, image_url: { url: 'https://example.com/a.png' } }
  const text = { type: 'text', text: 'Look.', image_url: null }

  test('a chat that shows one keeps all of its parts; one that shows none is texts', () => {
    const seen = { role: 'user', content: [text, image] }
    const said = { role: 'user', content: [text] }
    expect(recordOf({ messages: [seen, said] })?.fields).toEqual({
      prompt: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look.' },
            { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
          ],
        },
        { role: 'user', content: [{ type: 'text', text: 'Look.' }] },
      ],
    })
    expect(recordOf({ messages: [said] })?.fields).toEqual({
      prompt: [{ role: 'user', content: 'Look.' }],
    })
  })
})

describe('refused: one sentence for each', () => {
  const long = 'x'.repeat(50_000)
  test.each([
    [{ ...call, tool_calls: [{ id: 'x' }] }, 'has tool_calls, but not as chat templates read it.'],
    [{ role: 'assistant', content: null }, 'is not a message.'],
    [{ role: 'user', content: [] }, 'is not a message.'],
    [
      { role: 'user', content: [1, 2, 3].map(() => ({ type: 'text', text: long })) },
      'is longer than 100000 characters.',
    ],
    [{ ...say, reasoning_content: `${long}${long}` }, 'is longer than 100000 characters.'],
    [
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url: `data:image/png;base64,${long}${long}` } },
        ],
      },
      'is longer than 100000 characters.',
    ],
  ])('%#', (message, said) => {
    expect(read({ messages: [ask, message] })).toMatchObject({
      problem: { path: 'messages.1', message: said },
    })
  })

  test('a text of exactly the limit over two parts is taken; a chat of 501 messages is not', () => {
    const two = [1, 2].map(() => ({ type: 'text', text: long }))
    expect(recordOf({ messages: [{ role: 'user', content: two }] })?.fields).toEqual({
      prompt: [{ role: 'user', content: two }],
    })
    expect(read({ messages: Array.from({ length: 501 }, () => ask) })).toMatchObject({
      problem: { path: 'messages' },
    })
  })

  test('a text field says that the dataset may declare a chat', () => {
    const text = shapeReader(
      parseDocument(
        'name: x\naccess: everyone\nquestions: { a: { type: text } }\nfields: [prompt]',
      ),
    )
    expect(text({ messages: [{ role: 'user', content: [{ type: 'image', url: 'x' }] }] })).toEqual({
      problem: {
        path: 'prompt',
        message: 'holds more than a text, but the field prompt is text.',
        remedy: 'Declare it in the dataset: fields: { prompt: { type: chat } }.',
      },
    })
  })
})
