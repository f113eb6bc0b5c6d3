/** Files in which one person has answered already become their answers, under the name that was given. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Dataset } from '../../src/datasets/document.ts'
import { answeredReader } from '../../src/imports/answers/answered-rows.ts'
import { importForeign } from '../../src/imports/answers/import-foreign.ts'
import { answer, cleo, makeDataset, ranking } from '../exports/ground.ts'
import { exportLines } from '../support/journey.ts'
import { startParley, type TestParley } from '../support/parley.ts'

let here: TestParley
beforeAll(async () => {
  here = await startParley()
})
afterAll(() => here.close())

const completions = { questions: [answer], distribution: { min_submitted: 1 } }

async function bring(dataset: Dataset, content: string, name = 'file.jsonl') {
  const read = answeredReader({ source: [Buffer.from(content)], name, labeler: 'ann' })
  return importForeign(here.parley, cleo, { dataset: dataset.name, read })
}

const lines = (...rows: object[]) => rows.map((row) => JSON.stringify(row)).join('\n')

describe('happy', () => {
  test('completions that one person wrote are theirs, fill the places and train', async () => {
    const dataset = await makeDataset(here.parley, completions)
    const report = await bring(
      dataset,
      lines(
        { id: 'a', prompt: 'Why?', completion: 'Because.' },
        {
          id: 'b',
          messages: [
            { role: 'user', content: 'How?' },
            { role: 'assistant', content: 'So.' },
          ],
        },
        { id: 'c', prompt: 'Who?', answer: 'Me.', labeler: 'ben' },
      ),
    )
    expect(report).toMatchObject({ created: 3, answers: { created: 3 }, refused: { count: 0 } })
    const raw = await exportLines(here.parley, dataset.name, 'raw')
    expect(raw.map(({ labeler, values, counted }) => ({ labeler, values, counted }))).toEqual([
      { labeler: 'ann', values: { answer: 'Because.' }, counted: true },
      { labeler: 'ann', values: { answer: 'So.' }, counted: true },
      { labeler: 'ben', values: { answer: 'Me.' }, counted: true },
    ])
    expect(raw.map(({ record }) => record.outputs)).toEqual([[], [], []])
    expect(await exportLines(here.parley, dataset.name, 'sft')).toHaveLength(3)
  })

  test('chosen and rejected is how they ranked; more columns are answers by their names', async () => {
    const dataset = await makeDataset(here.parley, {
      questions: [ranking, { type: 'rating', name: 'clear', title: 'Clear?', options: [1, 2, 3] }],
    })
    const table = 'id,prompt,chosen,rejected,clear\nr1,Why?,good,bad,3\n'
    expect(await bring(dataset, table, 'table.csv')).toMatchObject({ answers: { created: 1 } })
    const pairs = lines({ id: 'r2', prompt: 'Why?', chosen: 'good', rejected: 'bad' })
    expect(await bring(dataset, pairs)).toMatchObject({ answers: { created: 1 } })
    const raw = await exportLines(here.parley, dataset.name, 'raw')
    expect(raw.map(({ values }) => values)).toEqual([
      { clear: 3 },
      { preference: expect.objectContaining({ ranks: { o1: 1, o2: 2 } }) },
    ])
  })
})

describe('twice', () => {
  test('the same file changes nothing; a changed answer is a new revision', async () => {
    const dataset = await makeDataset(here.parley, completions)
    const row = { prompt: 'Without an id?', completion: 'Yes.' }
    await bring(dataset, lines(row))
    expect(await bring(dataset, lines(row))).toMatchObject({
      ...{ created: 0, unchanged: 1 },
      answers: { created: 0, changed: 0, unchanged: 1 },
    })
    // Its id is that of the prompt, whatever the answer.
    expect(await bring(dataset, lines({ ...row, completion: 'No.' }))).toMatchObject({
      created: 0,
      answers: { created: 0, changed: 1 },
    })
  })
})

describe('refused', () => {
  test('a row without an answer says what would be one; the others are kept', async () => {
    const dataset = await makeDataset(here.parley, completions)
    const report = await bring(
      dataset,
      lines(
        { prompt: 'Bare?' },
        { prompt: 'Two?', outputs: ['x', 'y'] },
        { prompt: 'One?', answer: 'x' },
      ),
    )
    expect(report).toMatchObject({ created: 1, refused: { count: 2 } })
    for (const { message, remedy } of report.refused.lines) {
      expect(message).toBe('holds no answer.')
      expect(remedy).toContain('answer')
    }
  })
})
