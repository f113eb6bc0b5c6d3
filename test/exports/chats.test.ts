/** Chats of agents leave as they came in every format that can hold them; the others say why not. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openRows } from '../../src/cli/import/source.ts'
import { answeredReader } from '../../src/imports/answers/answered-rows.ts'
import { importForeign } from '../../src/imports/answers/import-foreign.ts'
import { startGround } from './format.ts'
import { cleo, makeDataset, ranked, ranking, readRows } from './ground.ts'

let ground: Awaited<ReturnType<typeof startGround>>
beforeAll(async () => {
  ground = await startGround()
})
afterAll(() => ground.close())

const tools = [
  {
    type: 'function',
    function: { name: 'weather', parameters: { type: 'object', properties: { city: {} } } },
  },
]
const called = { id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"a":1}' } }
const ask = { role: 'user', content: 'Is it warm in Bonn?' }
const call = { role: 'assistant', content: null, tool_calls: [called] }
const result = { role: 'tool', content: '12', tool_call_id: 'c1' }
const yes = { role: 'assistant', content: 'No, 12 °C.' }
const plain = { role: 'assistant', content: 'It is.' }
const look = {
  role: 'user',
  content: [
    { type: 'text', text: 'What is this?' },
    { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
  ],
}
const thought = { ...yes, reasoning_content: 'Above 20 is warm.' }

const questions = [
  ranking,
  { type: 'text', name: 'answer', title: 'Answer', required: true },
  {
    ...{ type: 'label', name: 'good', title: 'Good?', of: 'outputs', required: false },
    ...{ options: ['up', 'down'], desirable: ['up'] },
  },
]
const outputs = (a: object[], b: object[]) => [
  { id: 'a', messages: a },
  { id: 'b', messages: b },
]

async function agents(more: Record<string, Record<string, unknown>> = {}) {
  const dataset = await makeDataset(ground.parley, {
    fields: [{ name: 'prompt', title: 'Prompt', type: 'chat' }],
    questions,
  })
  const records = {
    calls: {
      fields: { prompt: [ask, call, result] },
      outputs: outputs([yes], [call]),
      metadata: { tools, parallel_tool_calls: false, chat_template_kwargs: { thinking: true } },
    },
    plain: { fields: { prompt: [ask] }, outputs: outputs([yes], [plain]) },
    ...more,
  }
  for (const [external_id, record] of Object.entries(records))
    await ground.answered(
      dataset,
      [{ ...ranked('a', 'b'), answer: 'Mild.', good: { a: 'up', b: 'down' } }],
      { external_id, ...record },
    )
  return dataset
}

const beside = {
  calls: { tools, chat_template_kwargs: { thinking: true } },
  plain: { tools: null, chat_template_kwargs: {} },
}
const written = [{ role: 'assistant', content: 'Mild.' }]
const asked = [ask, call, result]

describe('happy: formats whose readers are chat templates', () => {
  test.each([
    ['preference', { prompt: asked, chosen: [yes], rejected: [call], ...beside.calls }],
    [
      'tpo',
      { prompt: asked, chosen: [yes], rejected: [call], reference: written, ...beside.calls },
    ],
    ['sft', { prompt: asked, completion: written, ...beside.calls }],
    ['prompts', { prompt: asked, ...beside.calls }],
  ])('%s has messages as they came, and the tools in a column of all rows', async (as, first) => {
    const dataset = await agents()
    const { path, counts } = await ground.export(dataset, as, `${as}.jsonl`)
    expect(counts).toEqual({ candidates: 2, emitted: 2, dropped: {} })
    const [row, other] = readRows(path)
    expect(row).toEqual(first)
    expect(other).toMatchObject({ prompt: [ask], ...beside.plain })
    expect(Object.keys(other ?? {})).toEqual(Object.keys(row ?? {}))
  })

  test('reward and kto carry them too', async () => {
    const dataset = await agents()
    const reward = readRows((await ground.export(dataset, 'reward', 'reward.jsonl')).path)
    expect(reward[0]).toMatchObject({ chosen: [yes], rejected: [call], margin: 1, tools })
    const kto = readRows((await ground.export(dataset, 'kto', 'kto.jsonl')).path)
    expect(kto).toContainEqual({
      ...{ prompt: asked, completion: [call], label: false },
      ...beside.calls,
    })
  })

  test('a dataset of plain chats has no such column, whatever its metadata is', async () => {
    const dataset = await makeDataset(ground.parley)
    await ground.answered(dataset, [ranked('a', 'b', 'c')], { metadata: { tools: ['hammer'] } })
    const { path } = await ground.export(dataset, 'preference', 'hammer.jsonl')
    expect(Object.keys(readRows(path)[0] ?? {})).toEqual(['prompt', 'chosen', 'rejected'])
  })

  test('Parquet has them as JSON, which says so; plain chats stay lists of structs', async () => {
    const dataset = await agents()
    const { path } = await ground.export(dataset, 'preference', 'rich.parquet')
    const file = await asyncBufferFromFile(path)
    const { schema } = await parquetMetadataAsync(file)
    expect(schema.flatMap((one) => (one.logical_type?.type === 'JSON' ? one.name : []))).toEqual([
      ...['prompt', 'chosen', 'rejected', 'tools', 'chat_template_kwargs'],
    ])
    const compressors = { ZSTD: (at: Uint8Array) => zstdDecompressSync(at) }
    const lines = readRows((await ground.export(dataset, 'preference', 'rich.jsonl')).path)
    expect(await parquetReadObjects({ file, compressors })).toEqual(lines)
  })

  test('the text shape, and strict turns, leave them out by name', async () => {
    const dataset = await agents({
      image: { fields: { prompt: [look] }, outputs: outputs([yes], [plain]) },
      thought: { fields: { prompt: [ask] }, outputs: outputs([thought], [plain]) },
    })
    const text = await ground.export(dataset, 'preference', 'text.jsonl', { shape: 'text' })
    expect(text.counts).toEqual({
      ...{ candidates: 4, emitted: 1 },
      dropped: { tool_calls: 1, content_parts: 1, empty: 1 },
    })
    const strict = await ground.export(dataset, 'preference', 'strict.jsonl', { turns: 'strict' })
    expect(strict.counts.dropped).toEqual({ tool_turn: 1, content_parts: 1 })
  })
})

describe('happy: whatever reader brought them', () => {
  const lines = [
    { id: 'r1', prompt: asked, chosen: [thought], rejected: [call], tools },
    { id: 'r2', prompt: [look], chosen: [yes], rejected: [plain], tools },
  ]
  const rows = [
    { prompt: asked, chosen: [thought], rejected: [call], tools },
    { prompt: [look], chosen: [yes], rejected: [plain], tools },
  ]

  async function bring(name: string) {
    const dataset = await makeDataset(ground.parley, {
      fields: [{ name: 'prompt', title: 'Prompt', type: 'chat' }],
      questions: [ranking],
    })
    const opened = await openRows(join(ground.directory, name))
    const report = await importForeign(ground.parley, cleo, {
      dataset: dataset.name,
      read: answeredReader({ ...opened, labeler: 'study' }),
    })
    expect(report.refused).toMatchObject({ count: 0 })
    return readRows((await ground.export(dataset, 'preference', `${name}.out.jsonl`)).path)
  }

  const cell = (value: unknown) =>
    `"${(typeof value === 'string' ? value : JSON.stringify(value)).replaceAll('"', '""')}"`

  test('JSON lines, a list of JSON, CSV with cells of JSON, and Parquet with typed columns', async () => {
    const files = {
      'x.jsonl': lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
      'x.json': JSON.stringify(lines),
      'x.csv': [
        'id,prompt,chosen,rejected,tools',
        ...lines.map((line) => Object.values(line).map(cell).join(',')),
      ].join('\n'),
    }
    for (const [name, text] of Object.entries(files))
      writeFileSync(join(ground.directory, name), text)
    const db = await (await DuckDBInstance.create()).connect()
    const [from, to] = ['x.jsonl', 'x.parquet'].map((name) => join(ground.directory, name))
    await db.run(`copy (select * from read_json('${from}')) to '${to}' (format parquet)`)
    db.closeSync()
    for (const name of [...Object.keys(files), 'x.parquet'])
      expect([name, await bring(name)]).toEqual([name, rows])
  })
})

describe('happy: OpenAI', () => {
  test('calls, results and tools in its words; arguments are a text', async () => {
    const object = { ...called, function: { name: 'weather', arguments: { city: 'Bonn' } } }
    const dataset = await agents({
      objects: {
        fields: { prompt: [ask, { role: 'assistant', tool_calls: [object] }, result] },
        outputs: outputs([yes], [plain]),
      },
    })
    const text = { ...called, function: { name: 'weather', arguments: '{"city":"Bonn"}' } }
    const sft = await ground.export(dataset, 'openai-sft', 'openai.jsonl')
    expect(readRows(sft.path)).toEqual([
      {
        messages: [ask, { ...call, weight: 0 }, result, ...written],
        ...{ tools, parallel_tool_calls: false },
      },
      {
        messages: [ask, { role: 'assistant', tool_calls: [text], weight: 0 }, result, ...written],
      },
      { messages: [ask, ...written] },
    ])
    const dpo = await ground.export(dataset, 'openai-dpo', 'openai-dpo.jsonl')
    expect(readRows(dpo.path)[0]).toEqual({
      input: { messages: asked, tools, parallel_tool_calls: false },
      preferred_output: [yes],
      non_preferred_output: [call],
    })
  })

  test('what it has no word for leaves the row out by name', async () => {
    const nameless = { ...call, tool_calls: [{ ...called, id: undefined }] }
    const video = { role: 'user', content: [{ type: 'video', video: 'a.mp4' }] }
    const pair = outputs([yes], [plain])
    const dataset = await agents({
      thought: { fields: { prompt: [ask, thought, ask] }, outputs: pair },
      video: { fields: { prompt: [video] }, outputs: pair },
      nameless: {
        fields: { prompt: [ask, nameless, { ...result, name: 'weather' }] },
        outputs: pair,
      },
      other: { fields: { prompt: [ask, call, { ...result, name: 'news' }] }, outputs: pair },
      same: { fields: { prompt: [ask, call, { ...result, name: 'weather' }] }, outputs: pair },
      loose: { outputs: pair, fields: { prompt: [ask] }, metadata: { tools: [{ name: 'x' }] } },
    })
    const { counts, manifest } = await ground.export(dataset, 'openai-sft', 'odd.jsonl')
    const dropped = {
      ...{ content_parts: 1, message_name: 1, no_tool_call_id: 1, reasoning: 1, tools: 1 },
    }
    expect(counts).toEqual({ candidates: 8, emitted: 3, dropped })
    expect(manifest?.counts.dropped).toEqual(dropped)
  })
})

describe('happy: LLaMA-Factory', () => {
  test('calls are turns of JSON under a role of their own, tools a text beside them', async () => {
    const dataset = await agents()
    const { path, counts } = await ground.export(dataset, 'llama-factory', 'factory', {
      ...{ turns: 'as-is', question: 'answer' },
    })
    expect(counts.emitted).toBe(2)
    expect(JSON.parse(readFileSync(join(path, 'data.json'), 'utf8'))).toEqual([
      {
        messages: [
          ask,
          { role: 'function_call', content: '[{"name":"weather","arguments":{"a":1}}]' },
          { role: 'tool', content: '12' },
          ...written,
        ],
        tools: JSON.stringify(tools),
      },
      { messages: [ask, ...written], tools: '' },
    ])
    const info = JSON.parse(readFileSync(join(path, 'dataset_info.json'), 'utf8'))
    expect(info[dataset.name]).toMatchObject({
      columns: { messages: 'messages', tools: 'tools' },
      tags: { observation_tag: 'tool', function_tag: 'function_call' },
    })
  })
})

describe('refused: readers of texts', () => {
  test.each([
    ['nemo', { turns: 'as-is' }],
    ['ms-swift', { turns: 'as-is' }],
    ['verl', { rows: 'sft', turns: 'as-is' }],
  ])('%s joins parts that are texts, and drops the rest by name', async (as, flags) => {
    const words = [
      { type: 'text', text: 'Is it ' },
      { type: 'text', text: 'warm?' },
    ]
    const dataset = await agents({
      image: { fields: { prompt: [look] }, outputs: outputs([yes], [plain]) },
      words: {
        fields: { prompt: [{ role: 'user', content: words }] },
        outputs: outputs([yes], [plain]),
      },
    })
    const file = as === 'verl' ? 'verl.jsonl' : `${as}.jsonl`
    const { path, counts } = await ground.export(dataset, as, file, flags)
    expect(counts.dropped).toEqual({ tool_calls: 1, content_parts: 1 })
    expect(JSON.stringify(readRows(path))).toContain('{"role":"user","content":"Is it warm?"}')
    expect(JSON.stringify(readRows(path))).not.toContain('tools')
  })
})
