/**
 * Published datasets, whatever their shape: the document that `parley new` prints takes its own file
 * whole, can be published, and what is exported is what the source means.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { unsupportedByDiscord } from '../../adapters/discord/draw/admin/unsupported.ts'
import { unsupportedBySlack } from '../../adapters/slack/draw/questions/unsupported.ts'
import { createDataset } from '../../src/datasets/create.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { publishDataset } from '../../src/datasets/publish.ts'
import { exportToFile } from '../../src/exports/to-file.ts'
import { answeredReader } from '../../src/imports/answers/answered-rows.ts'
import { importForeign } from '../../src/imports/answers/import-foreign.ts'
import { inferDocument } from '../../src/imports/document/propose.ts'
import { importRecords } from '../../src/imports/import-records.ts'
import type { Question } from '../../src/questions/question.ts'
import { listRecords } from '../../src/records/record.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { publicShapes } from './public-lines.ts'

const cleo = { type: 'admin', name: 'cleo' } as const
const folder = mkdtempSync(join(tmpdir(), 'parley-public-'))
let at: TestParley

beforeAll(async () => {
  at = await startParley()
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await at.close()
})

describe('happy: published shapes', () => {
  test.each(publicShapes)('$name', async (shape) => {
    const { parley } = at
    const source = () => [Buffer.from(shape.lines.map((line) => JSON.stringify(line)).join('\n'))]
    const text = await inferDocument({ name: shape.name, source: source() })
    const document = parseDocument(text)
    const asked = document.questions.map(({ type, of }) => `${type} of ${of}`)
    expect(asked).toContain(firstQuestion[shape.template])
    await createDataset(parley, cleo, { document })
    const report = await importRecords(parley, cleo, { dataset: shape.name, source: source() })
    expect(report.refused).toEqual({ count: 0, lines: [] })
    expect(report.lines).toBe(shape.lines.length)
    const { records } = await listRecords(parley, { dataset: shape.name })
    expect(records).toHaveLength(shape.records ?? shape.lines.length)
    const outputs = records.map((record) =>
      record.outputs.map(({ text, model }) => said(text, model)),
    )
    expect(outputs).toContainEqual(shape.outputs)
    const unsupported = (platform: string, questions: readonly Question[]) =>
      platform === 'slack' ? unsupportedBySlack(questions) : unsupportedByDiscord(questions)
    for (const platform of ['slack', 'discord'])
      expect(unsupported(platform, document.questions)).toBeNull()
    await publishDataset(parley, cleo, { dataset: shape.name, unsupported })
    const prompts = await exported(shape.name, 'prompts')
    expect(prompts.map(({ prompt }) => prompt)).toContainEqual(shape.prompt)
  })

  test.each(publicShapes.filter(({ ranks }) => ranks !== undefined))(
    '$name: what the file says of its outputs becomes answers where somebody says whose they are',
    async (shape) => {
      const { parley } = at
      const name = `${shape.name}-answered`
      const source = () => [Buffer.from(shape.lines.map((line) => JSON.stringify(line)).join('\n'))]
      const text = await inferDocument({ name, source: source() })
      await createDataset(parley, cleo, { document: parseDocument(text) })
      const report = await importForeign(parley, cleo, {
        dataset: name,
        read: answeredReader({ source: source(), labeler: 'Ann' }),
      })
      expect(report.refused).toEqual({ count: 0, lines: [] })
      const rows = await exported(name, 'raw')
      const answer = rows.map(({ record, values }) => ({
        outputs: texts(record),
        preference: Object(values).preference,
      }))
      const ids = shape.outputs.map((_, place) => place)
      expect(answer).toContainEqual({
        outputs: shape.outputs.map(([text]) => text),
        preference: expect.objectContaining(
          shape.ranks === 'bad' ? { all_unacceptable: true } : { all_unacceptable: false },
        ),
      })
      if (shape.ranks === 'bad' || shape.ranks === undefined) return
      const ranks = rows
        .filter(({ record }) => texts(record).join() === shape.outputs.map(([one]) => one).join())
        .map(({ record, values }) => ids.map((place) => rankOf(record, values, place)))
      expect(ranks).toContainEqual(shape.ranks)
      if (new Set(shape.ranks).size === 1) return
      const [best] = shape.outputs[shape.ranks.indexOf(1)] ?? []
      const pairs = await exported(name, 'preference')
      expect(pairs).toContainEqual({
        prompt: shape.prompt,
        chosen: [{ role: 'assistant', content: best }],
        rejected: [{ role: 'assistant', content: expect.not.stringContaining(best ?? '') }],
      })
    },
  )
})

describe('happy: other answers', () => {
  const imported = async (name: string, lines: object[], labeler = 'Ann') => {
    const source = () => [Buffer.from(lines.map((line) => JSON.stringify(line)).join('\n'))]
    const document = parseDocument(await inferDocument({ name, source: source() }))
    await createDataset(at.parley, cleo, { document })
    const read = answeredReader({ source: source(), labeler })
    const report = await importForeign(at.parley, cleo, { dataset: name, read })
    expect(report.refused).toEqual({ count: 0, lines: [] })
    return (as: string) => exported(name, as)
  }
  const linesOf = (name: string) => publicShapes.find((shape) => shape.name === name)?.lines ?? []

  test('ratings of one answer are answers to the questions that new asks', async () => {
    const read = await imported('rated', linesOf('helpsteer'))
    const [row] = await read('raw')
    expect(row?.['values']).toEqual({
      ...{ helpfulness: { o1: 4 }, correctness: { o1: 4 }, coherence: { o1: 4 } },
      ...{ complexity: { o1: 0 }, verbosity: { o1: 1 } },
    })
  })

  test('KTO data leaves as it came', async () => {
    const lines = linesOf('kto-mix')
    const read = await imported('kto-again', lines)
    const rows = await read('kto')
    expect(rows).toHaveLength(lines.length)
    for (const line of lines) expect(rows).toContainEqual(line)
  })

  test('classes that are numbers are labels', async () => {
    const read = await imported('classes', linesOf('imdb'))
    const rows = await read('raw')
    expect(rows.map(({ values }) => Object(values).label).sort()).toEqual(['0', '0', '1', '1'])
  })

  test('a judge goes before the name that was given', async () => {
    const read = await imported('judged', linesOf('chatbot-arena'), 'Ann')
    const rows = await read('raw')
    expect(rows.map(({ labeler }) => labeler)).toEqual(['arena_user_1', 'arena_user_1'])
  })
})

const firstQuestion = {
  comparison: 'ranking of record',
  completion: 'text of record',
  evaluation: 'rating of outputs',
  thumbs: 'label of outputs',
  labels: 'label of record',
}

function said(text: string | undefined, model: string | undefined): string[] {
  return model === undefined ? [text ?? ''] : [text ?? '', model]
}

function texts(record: unknown): string[] {
  return Object(record).outputs.map((output: { text: string }) => output.text)
}

function rankOf(record: unknown, values: unknown, place: number): number {
  const { id } = Object(record).outputs[place]
  return Object(values).preference.ranks[id]
}

async function exported(name: string, as: string): Promise<{ [key: string]: unknown }[]> {
  const to = join(folder, `${name}-${as}.jsonl`)
  await exportToFile(at.parley, cleo, { dataset: name, as, flags: {}, to })
  const text = readFileSync(to, 'utf8').trim()
  return text === '' ? [] : text.split('\n').map((line) => JSON.parse(line))
}
