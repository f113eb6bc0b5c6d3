/** The shapes in which records come, each recognised without being told. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseDocument } from '../../src/datasets/parse.ts'
import { fitRecord } from '../../src/records/check.ts'
import type { RecordLine } from '../../src/records/shape.ts'
import { shapeReader } from '../../src/records/shapes/reader.ts'

const comparison = parseDocument('name: a\ntemplate: comparison')
const chat = parseDocument('name: a\ntemplate: comparison\nfields: { prompt: { type: chat } }')
const withContext = parseDocument(
  'name: a\ntemplate: evaluation\nfields: { prompt: {}, context: { required: false } }',
)
const hello = { role: 'user', content: 'Hello' }
const hi = { role: 'assistant', content: 'Hi' }

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

  test.each([
    [{ messages: [{ role: 'user', content: 5 }] }, 'messages.0'],
    [{ messages: [{ role: 'user', content: 'a', tool_calls: [] }] }, 'messages.0'],
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
