/** The table for spreadsheets: what it holds, and that nothing in it is ever calculated. */
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Dataset } from '../../src/datasets/document.ts'
import { hostile, startGround } from './format.ts'
import { addAnswer, addRecord, answer, makeDataset, ranked, ranking, readText } from './ground.ts'

let ground: Awaited<ReturnType<typeof startGround>>
beforeAll(async () => {
  ground = await startGround()
})
afterAll(() => ground.close())

const rating = { type: 'rating', name: 'clear', title: 'Clear?', required: false }
const tags = {
  type: 'multi_label',
  name: 'record',
  title: 'Which?',
  options: ['=x', 'b'],
  required: false,
}

async function exported(dataset: Dataset, name = 'table.csv', flags: Record<string, unknown> = {}) {
  const { path, counts } = await ground.export(dataset, 'csv', name, flags)
  const text = readText(path)
  const rows: Record<string, string>[] = parse(text, { bom: true, columns: true })
  return { text, rows, counts }
}

describe('happy', () => {
  test('each counted answer is a row, each question a column', async () => {
    const dataset = await makeDataset(ground.parley, {
      questions: [ranking, { ...answer, required: false }, rating, tags],
    })
    await ground.answered(dataset, [
      { ...ranked('b', ['a', 'c']), answer: 'Light, "blue"', clear: 4, record: ['=x', 'b'] },
      { answer: 'Two\nlines' },
    ])
    const { rows } = await exported(dataset)
    expect(Object.keys(rows[0] ?? {})).toEqual([
      'record',
      'labeler',
      'fields.prompt',
      ...['output1.id', 'output1.text', 'output1.model', 'output1.preference.rank'],
      ...['output2.id', 'output2.text', 'output2.model', 'output2.preference.rank'],
      ...['output3.id', 'output3.text', 'output3.model', 'output3.preference.rank'],
      'preference.all_unacceptable',
      'answer',
      'clear',
      'values.record',
    ])
    const first = rows.find(({ clear }) => clear === '4')
    expect(first).toMatchObject({
      record: 'r1',
      'fields.prompt': 'Why is the sky blue?',
      answer: 'Light, "blue"',
      'values.record': '["=x","b"]',
    })
    expect(first).toMatchObject({
      ...{ 'output1.id': 'a', 'output1.text': 'Scattering.', 'output1.preference.rank': '2' },
      ...{ 'output2.id': 'b', 'output2.model': '', 'output2.preference.rank': '1' },
      'output3.preference.rank': '2',
      'preference.all_unacceptable': 'false',
    })
    const second = rows.find(({ clear }) => clear === '')
    expect(second).toMatchObject({ answer: 'Two\nlines', 'output1.preference.rank': '' })
    expect(new Set(rows.map(({ labeler }) => labeler)).size).toBe(2)
  })

  test('what is said of each output stands beside it, as many as a record has', async () => {
    const helpful = { type: 'rating', name: 'helpful', title: 'Helpful?', of: 'outputs' }
    const compare = { ...ranking, strength: true, unacceptable: false }
    const dataset = await makeDataset(ground.parley, { questions: [compare, helpful] })
    const two = [
      { id: 'x', text: 'one', model: 'm-1' },
      { id: 'y', messages: [{ role: 'assistant', content: 'two' }], model: 'm-2' },
    ]
    await ground.answered(
      dataset,
      [{ preference: { mode: 'full', ranks: { x: 2, y: 1 }, strength: 2 }, helpful: { y: 5 } }],
      { external_id: 'r1', outputs: two },
    )
    await ground.answered(dataset, [{ ...ranked('z'), helpful: { z: 1 } }], {
      external_id: 'r2',
      outputs: [{ id: 'z', text: 'alone' }],
    })
    const { rows } = await exported(dataset)
    expect(rows).toMatchObject([
      {
        ...{ 'output1.model': 'm-1', 'output1.preference.rank': '2', 'output1.helpful': '' },
        ...{ 'output2.model': 'm-2', 'output2.preference.rank': '1', 'output2.helpful': '5' },
        'output2.text': '[{"role":"assistant","content":"two"}]',
        'preference.strength': '2',
      },
      { 'output1.text': 'alone', 'output1.helpful': '1', 'output2.id': '', 'output2.text': '' },
    ])
    expect(Object.keys(rows[0] ?? {})).not.toContain('preference.all_unacceptable')
  })

  test('answers that do not count stay out, with their reasons', async () => {
    const dataset = await makeDataset(ground.parley)
    const added = await ground.answered(dataset, [{ answer: 'counted' }])
    const [, second = '', third = '', fourth = ''] = ground.people
    const values = { answer: 'not counted' }
    await addAnswer(ground.parley, dataset, added, { labeler: second, status: 'draft', values })
    await addAnswer(ground.parley, dataset, added, { labeler: third, flags: ['gold'], values })
    await addAnswer(ground.parley, dataset, added, { labeler: fourth, counted: false, values })
    const { rows, counts } = await exported(dataset)
    expect(rows.map((row) => row['answer'])).toEqual(['counted'])
    expect(counts.dropped).toMatchObject({ draft: 1, surplus: 1 })
    expect(counts.candidates).toBe(4)
  })

  test('it is packed when the name says so', async () => {
    const dataset = await makeDataset(ground.parley)
    await ground.answered(dataset, [{ answer: 'one' }])
    expect((await exported(dataset, 'table.csv.gz')).rows).toHaveLength(1)
  })

  test('an empty export keeps its columns', async () => {
    const dataset = await makeDataset(ground.parley)
    await addRecord(ground.parley, dataset)
    const { text } = await exported(dataset)
    const outputs = [1, 2, 3].flatMap((n) =>
      ['id', 'text', 'model', 'preference.rank'].map((part) => `output${n}.${part}`),
    )
    expect(text).toBe(
      `\ufeffrecord,labeler,fields.prompt,${outputs},preference.all_unacceptable,answer\r\n`,
    )
  })
})

describe('forbidden', () => {
  test('no text of a labeler or a record is ever a formula', async () => {
    const openings = ['=', '+', '-', '@', '\t', '\r', '\n', '\uff1d', '\uff0b', '\uff0d', '\uff20']
    const dataset = await makeDataset(ground.parley)
    for (const [place, opening] of openings.entries())
      await ground.answered(dataset, [{ answer: `${opening}cmd|' /C calc'!A1` }], {
        external_id: `=r${String(place).padStart(2, '0')}`,
        fields: { prompt: `${opening}HYPERLINK("http://example.com")` },
      })
    const { rows } = await exported(dataset)
    expect(rows.map((row) => row['answer'])).toEqual(
      openings.map((opening) => `'${opening}cmd|' /C calc'!A1`),
    )
    const all = rows.flatMap((row) => Object.values(row))
    expect(all.filter((cell) => /^[=+\-@\t\r\n＝＋－＠]/.test(cell))).toEqual([])
  })

  test('hostile texts stay in their cell', async () => {
    const dataset = await makeDataset(ground.parley)
    await ground.answered(dataset, [{ answer: hostile }, { answer: '",\r\n=2+2,"' }], {
      fields: { prompt: [{ role: 'user', content: hostile }] },
    })
    const { rows } = await exported(dataset)
    expect(rows.map((row) => row['answer']).sort()).toEqual(['",\r\n=2+2,"', `'${hostile}`])
    expect(JSON.parse(rows[0]?.['fields.prompt'] ?? '')).toEqual([
      { role: 'user', content: hostile },
    ])
  })
})

describe('refused', () => {
  test('an ending that says something else', async () => {
    const dataset = await makeDataset(ground.parley)
    await expect(exported(dataset, 'table.jsonl')).rejects.toThrow('.csv')
    await expect(ground.export(dataset, 'raw', 'raw.csv')).rejects.toThrow('.jsonl')
  })
})
