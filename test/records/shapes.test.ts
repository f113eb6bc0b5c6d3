/** The shapes in which records come, each recognised without being told. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDocument } from '../../src/datasets/parse.ts'
import { fitRecord } from '../../src/imports/check-record.ts'
import { shapeReader } from '../../src/imports/shapes/reader.ts'
import type { RecordLine } from '../../src/records/record-line.ts'

const comparison = parseDocument('name: a\ntemplate: comparison')
const chat = parseDocument('name: a\ntemplate: comparison\nfields: { prompt: { type: chat } }')
const withContext = parseDocument(
  'name: a\ntemplate: evaluation\nfields: { prompt: {}, context: { required: false } }',
)
const hello = { role: 'user', content: 'Hello' }
const hi = { role: 'assistant', content: 'Hi' }
const bye = { role: 'assistant', content: 'Go away' }
const bare = '\n\nHuman: Hello\n\nAssistant: Go away'

describe('happy', () => {
  test.each(['outputs', 'completions', 'responses', 'candidates'])(
    'prompt with %s as texts or objects',
    (key) => {
      const record = read(comparison, { prompt: 'p', [key]: ['one', { model: 'm', text: 'two' }] })
      expect(record.outputs).toEqual([
        { id: 'o1', text: 'one' },
        { id: 'o2', text: 'two', model: 'm' },
      ])
    },
  )

  test('what is about an output stays with it as metadata', () => {
    const { outputs } = read(comparison, {
      prompt: 'p',
      outputs: [{ id: 7, response: 'r', is_correct: false, metadata: { a: 1 } }],
    })
    expect(outputs).toEqual([{ id: '7', text: 'r', metadata: { a: 1, is_correct: false } }])
  })

  test('outputs by the name of their model', () => {
    const { outputs } = read(comparison, { prompt: 'p', responses: { small: 'a', large: 'b' } })
    expect(outputs).toEqual([
      { id: 'o1', text: 'a', model: 'small' },
      { id: 'o2', text: 'b', model: 'large' },
    ])
  })

  test('chosen and rejected beside a prompt', () => {
    const record = read(comparison, { prompt: 'p', chosen: 'good', rejected: 'bad', score: 2 })
    expect(record).toMatchObject({
      fields: { prompt: 'p' },
      outputs: [
        { id: 'o1', text: 'good' },
        { id: 'o2', text: 'bad' },
      ],
      metadata: { score: 2 },
    })
  })

  test('chosen and rejected as conversations that share their beginning', () => {
    const record = read(chat, {
      chosen: [hello, hi],
      rejected: [hello, { role: 'assistant', content: 'Go away' }],
    })
    expect(record.fields).toEqual({ prompt: [hello] })
    expect(record.outputs.map((output) => output.text)).toEqual(['Hi', 'Go away'])
  })

  test.each([
    ['chosen and rejected', { chosen: [hello, hi], rejected: [hello, bye] }],
    ['a list of outputs', { outputs: [[hello, hi], { messages: [hello, bye] }] }],
    ['columns', { answer_a: [hello, hi], answer_b: [hello, bye] }],
    ['transcripts', { response_1: '\n\nHuman: Hello\n\nAssistant: Hi', response_2: bare }],
    ['answers alone', { chosen: 'Hi', rejected: [bye] }],
  ])('a prompt that stands beside whole conversations is told once: %s', (_, sides) => {
    for (const told of ['Hello', [hello]]) {
      const record = read(comparison, { prompt: told, ...sides })
      expect(record.fields).toEqual({ prompt: 'Hello' })
      expect(record.outputs.map((output) => output.text)).toEqual(['Hi', 'Go away'])
    }
    const shaped = shapeReader(comparison, { prompt: 'asked' })({ asked: 'Hello', ...sides })
    expect(shaped).toMatchObject({
      records: [{ record: { fields: { prompt: 'Hello' }, outputs: [{ text: 'Hi' }, {}] } }],
    })
  })

  test('one completion that is the whole conversation', () => {
    const record = read(comparison, { prompt: 'Hello', completion: [hello, hi], label: true })
    expect(record.outputs).toEqual([{ id: 'o1', text: 'Hi' }])
    expect(record.metadata).toEqual({ label: true })
  })

  test('a system message fills its field, heads a chat, or is missed aloud', () => {
    const line = { system: 'Be brief.', prompt: 'Hello', output: 'Hi' }
    const fields = parseDocument(
      'name: a\ntemplate: evaluation\nfields: { system: {}, prompt: {} }',
    )
    expect(read(fields, line).fields).toEqual({ system: 'Be brief.', prompt: 'Hello' })
    const told = [{ role: 'system', content: 'Be brief.' }, hello]
    expect(read(fields, { messages: [...told, hi] }).fields).toEqual({
      system: 'Be brief.',
      prompt: 'Hello',
    })
    expect(read(chat, line)).toMatchObject({ fields: { prompt: told }, metadata: {} })
    const shaped = shapeReader(comparison)(line)
    expect(shaped).toMatchObject({
      records: [{ record: { metadata: { system: 'Be brief.' } }, warnings: [{ path: 'system' }] }],
    })
  })

  test('what messages hold besides is kept', () => {
    const record = read(comparison, { messages: [{ ...hello, toxic: false }, hi] })
    expect(record.metadata).toEqual({ messages: [{ toxic: false }, {}] })
  })

  test('a field or a map goes before what is recognised', () => {
    const line = { prompt: 'p', answer_a: 'x', answer_b: 'y', model_a: 'm' }
    const own = parseDocument('name: a\ntemplate: completion\nfields: { prompt: {}, answer_a: {} }')
    expect(read(own, line)).toMatchObject({ fields: { answer_a: 'x' }, outputs: [] })
    const mapped = shapeReader(comparison, { outputs: 'answer_b,answer_a' })(line)
    expect(mapped).toMatchObject({ records: [{ record: { outputs: [{ text: 'y' }, {}] } }] })
  })

  test.each([
    ['model_a', { o1: 1, o2: 2 }],
    ['model_b', { o1: 2, o2: 1 }],
    ['B', { o1: 2, o2: 1 }],
    ['[[A]]', { o1: 1, o2: 2 }],
    ['beta', { o1: 2, o2: 1 }],
    ['tie', { o1: 1, o2: 1 }],
    ['tie (bothbad)', undefined],
    ['nobody knows', undefined],
  ])('the winner %s', (winner, ranks) => {
    const line = { prompt: 'p', answer_a: 'x', answer_b: 'y', model_a: 'alpha', model_b: 'beta' }
    const shaped = shapeReader(comparison)({ ...line, winner })
    const said = 'records' in shaped ? shaped.records[0]?.said() : undefined
    expect(said?.ranks).toEqual(ranks)
    expect(said?.bothBad).toBe(winner.includes('bothbad') ? true : undefined)
  })

  test('columns that only look numbered are no outputs', () => {
    const line = { prompt: 'p', step_1: 'a', step_2: 'b', answers: 3, answer: 1, turn_a: 'x' }
    expect(read(comparison, line)).toMatchObject({
      outputs: [],
      metadata: { step_1: 'a', answer: 1 },
    })
  })

  test('messages that end with an answer', () => {
    const record = read(comparison, { messages: [hello, hi] })
    expect(record.fields).toEqual({ prompt: 'Hello' })
    expect(record.outputs).toEqual([{ id: 'o1', text: 'Hi' }])
    const open = read(chat, { messages: [hello, hi, hello] })
    expect(open.fields).toEqual({ prompt: [hello, hi, hello] })
    expect(open.outputs).toEqual([])
  })

  test('ShareGPT conversations', () => {
    const record = read(comparison, {
      conversations: [
        { from: 'human', value: 'Hello' },
        { from: 'gpt', value: 'Hi' },
      ],
    })
    expect(record).toMatchObject({ fields: { prompt: 'Hello' }, outputs: [{ text: 'Hi' }] })
  })

  test('instruction, input and output', () => {
    const record = read(comparison, { instruction: 'Translate.', input: 'Hallo', output: 'Hello' })
    expect(record).toMatchObject({
      fields: { prompt: 'Translate.\n\nHallo' },
      outputs: [{ id: 'o1', text: 'Hello' }],
      metadata: {},
    })
    expect(read(comparison, { instruction: 'Sing.', input: '' }).fields).toEqual({
      prompt: 'Sing.',
    })
  })

  test('where a prompt stands beside an instruction, the prompt is shown and nothing is lost', () => {
    const record = read(comparison, { prompt: 'p', instruction: 'i', input: 'n' })
    expect(record.fields).toEqual({ prompt: 'p' })
    expect(record.metadata).toEqual({ instruction: 'i', input: 'n' })
  })

  test('the fields of the dataset decide what is shown', () => {
    const record = read(withContext, { question: 'q', context: 'c', response: 'r', source: 's' })
    expect(record.fields).toEqual({ prompt: 'q', context: 'c' })
    expect(record.outputs).toEqual([{ id: 'o1', text: 'r' }])
    expect(record.metadata).toEqual({ source: 's' })
  })

  test('without an id a record is known by its content, whatever stands beside it', () => {
    const one = read(comparison, { prompt: 'p', outputs: ['a'], tag: 1 })
    expect(one.external_id).toBe(
      read(comparison, { tag: 2, outputs: ['a'], prompt: 'p' }).external_id,
    )
    expect(one.external_id).not.toBe(read(comparison, { prompt: 'p', outputs: ['b'] }).external_id)
  })

  test('a line of our own is read as it is', () => {
    const record: RecordLine = {
      format: 1,
      external_id: 'x',
      fields: { prompt: 'p' },
      outputs: [{ id: 'a', messages: [hello, hi], model: 'm', metadata: { n: 1 } }],
      metadata: { k: [1] },
      suggestions: {
        preference: {
          value: { mode: 'full', ranks: { a: 1 }, all_unacceptable: false },
          score: 0.5,
          agent: 'm',
        },
      },
      priority: 3,
    }
    expect(read(comparison, record)).toEqual(record)
  })

  test('whatever the line, nothing of it is lost without a word', () => {
    const key = fc.constantFrom('prompt', 'id', 'outputs', 'metadata', 'x', 'chosen', 'messages')
    fc.assert(
      fc.property(fc.dictionary(key, fc.jsonValue({ maxDepth: 3 })), (line) => {
        const shaped = shapeReader(comparison)(line)
        if ('problem' in shaped) {
          expect(shaped.problem.message).not.toBe('')
          expect(shaped.problem.remedy).not.toBe('')
          return
        }
        const record = shaped.records[0]?.record
        const kept = JSON.stringify(record)
        if (line['x'] !== undefined) expect(record?.metadata['x']).toEqual(line['x'])
        if (typeof line['prompt'] === 'string')
          expect(kept).toContain(JSON.stringify(line['prompt']))
      }),
      { numRuns: 500 },
    )
  })
})

describe('refused', () => {
  test('a long conversation for a text field names the remedy', () => {
    const shaped = shapeReader(comparison)({ messages: [hello, hi, hello, hi] })
    expect(shaped).toMatchObject({
      problem: { remedy: 'Declare it in the dataset: fields: { prompt: { type: chat } }.' },
    })
  })

  test('whole conversations that do not begin with the prompt that is told beside them', () => {
    const line = { prompt: 'Another', chosen: [hello, hi], rejected: [hello, bye] }
    expect(shapeReader(comparison)(line)).toMatchObject({
      problem: {
        path: 'chosen',
        message: 'is a whole conversation that does not begin with the prompt.',
      },
    })
    const apart = { chosen: [hello, hi], rejected: [{ ...hello, content: 'Oh' }, bye] }
    expect(shapeReader(comparison)(apart)).toMatchObject({ problem: { path: 'chosen' } })
  })

  test('a speaker nobody knows, and a message without its tree, by name', () => {
    const said = { conversations: [{ from: 'narrator', value: 'Once.' }] }
    expect(shapeReader(comparison)(said)).toMatchObject({
      problem: { path: 'conversations.0', message: expect.stringContaining('"narrator"') },
    })
    const loose = { message_id: 'm', parent_id: null, text: 'Hello', role: 'prompter' }
    expect(shapeReader(comparison)(loose)).toMatchObject({ problem: { path: 'parent_id' } })
  })

  test.each([
    [{ messages: [{ role: 'user', content: 5 }] }, 'messages.0'],
    [{ messages: [{ role: 'user', content: [{ type: 'image', text: 'a' }] }] }, 'prompt'],
    [{ messages: [{ role: 'user', content: 'a', images: ['x.png'] }] }, 'messages.0'],
    [{ messages: [{ role: 'user', content: 'a', tool_calls: [{}] }] }, 'messages.0'],
    [{ messages: [{ role: 'assistant', content: null }] }, 'messages.0'],
    [{ prompt: 'p', outputs: [null] }, 'outputs.0'],
    [{ prompt: 'p', outputs: 7 }, 'outputs'],
    [{ prompt: 'p', output: true }, 'output'],
    [{ prompt: 'p', chosen: true, rejected: 'b' }, 'chosen'],
    [{ prompt: ['a'] }, 'prompt.0'],
  ])('%j', (line, path) => {
    expect(shapeReader(comparison)(line)).toMatchObject({ problem: { path } })
  })
})

/** Read and fitted, as the import does. */
function read(document: typeof comparison, line: object): RecordLine {
  const shaped = shapeReader(document)(line)
  if ('problem' in shaped) throw new Error(JSON.stringify(shaped.problem))
  const [first] = shaped.records
  if (!first) throw new Error('no record')
  const fitted = fitRecord(document, first.record)
  if ('problem' in fitted) throw new Error(JSON.stringify(fitted.problem))
  return fitted.record
}
