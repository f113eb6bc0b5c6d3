/** Prompts that labelers wrote, as files: each with its author, its own completion, and back again unchanged. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nextAssignment } from '../../src/assignments/next.ts'
import { createDataset } from '../../src/datasets/create.ts'
import type { Dataset } from '../../src/datasets/document.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { publishDataset } from '../../src/datasets/publish.ts'
import { offeredFormats } from '../../src/exports/offered.ts'
import { exportToFile } from '../../src/exports/to-file.ts'
import { importAnswers } from '../../src/imports/answers/import-answers.ts'
import { submitResponse } from '../../src/responses/submit.ts'
import { makeLabeler } from '../assignments/ground.ts'
import { startParley } from '../support/parley.ts'
import { startGround } from './format.ts'
import { cleo, makeDataset, readRows } from './ground.ts'

let ground: Awaited<ReturnType<typeof startGround>>
let written: Dataset
beforeAll(async () => {
  ground = await startGround()
  written = await open()
})
afterAll(() => ground.close())

const text = `
name: ask
template: prompt-writing
target: 4
topics: [rain, snow]
access: everyone
questions: { completion: {}, kind: { type: label, options: [question, task], required: false } }`

const said = [
  { prompt: 'Why does it rain?', completion: 'Clouds cool.', kind: 'question' },
  { prompt: 'Write a haiku about snow.', kind: 'task' },
  { prompt: '=1+1 "<b>" $prompt\n\u2028👩‍👩‍👧', completion: 'Two.' },
]

/** Three of four prompts are written, each by somebody else. */
async function open(): Promise<Dataset> {
  const { parley } = ground
  await createDataset(parley, cleo, { document: parseDocument(text) })
  const { dataset } = await publishDataset(parley, cleo, { dataset: 'ask' })
  for (const [at, values] of said.entries()) {
    const labeler = await makeLabeler(parley, `U${at}`)
    const task = await nextAssignment(parley, labeler, { dataset })
    await submitResponse(parley, labeler, {
      ...{ assignmentId: task?.assignmentId ?? '', schemaVersion: 1, values },
      platform: 'slack',
    })
  }
  return dataset
}

const user = (content: string | undefined) => [{ role: 'user', content }]
const pseudonym = expect.stringMatching(/^p[0-9a-f]{4}-[0-9a-f]{20}$/)

describe('happy: a dataset of written prompts', () => {
  test('prompts carry each text with its author', async () => {
    const { path, counts } = await ground.export(written, 'prompts', 'prompts.jsonl')
    const rows = readRows(path)
    expect(rows).toEqual(said.map(({ prompt }) => ({ prompt: user(prompt), author: pseudonym })))
    expect(new Set(rows.map(({ author }) => author)).size).toBe(3)
    expect(counts.dropped).toEqual({})
  })

  test('as texts, of one topic only', async () => {
    const { path } = await ground.export(written, 'prompts', 'rain.jsonl', {
      shape: 'text',
      keep: 'metadata.topic == "snow"',
    })
    expect(readRows(path)).toEqual([{ prompt: said[1]?.prompt, author: pseudonym }])
  })

  test('sft pairs each with the completion of the same person; without one it says so', async () => {
    const { path, counts } = await ground.export(written, 'sft', 'sft.jsonl')
    expect(readRows(path)).toEqual(
      [said[0], said[2]].map((one) => ({
        prompt: user(one?.prompt),
        completion: [{ role: 'assistant', content: one?.completion }],
        author: pseudonym,
      })),
    )
    expect(counts.dropped).toEqual({ unanswered: 1 })
  })

  test('Parquet has the column too', async () => {
    const { path } = await ground.export(written, 'prompts', 'prompts.parquet', { parquet: true })
    const rows = await parquetReadObjects({
      file: await asyncBufferFromFile(path),
      compressors: { ZSTD: (at) => zstdDecompressSync(at) },
    })
    expect(rows).toMatchObject(
      said.map(({ prompt }) => ({ prompt: user(prompt), author: pseudonym })),
    )
  })

  test('verl takes them as prompts whose answers a model judges', async () => {
    const { path, manifest } = await ground.export(written, 'verl', 'verl.parquet')
    const rows = await parquetReadObjects({
      file: await asyncBufferFromFile(path),
      compressors: { ZSTD: (at) => zstdDecompressSync(at) },
    })
    expect(rows.map((row) => row['prompt'])).toEqual(said.map(({ prompt }) => user(prompt)))
    expect(manifest?.export.strategies).toMatchObject({ ground_truth: 'none' })
  })

  test('chats for other trainers hold the same two texts', async () => {
    const { path } = await ground.export(written, 'openai-sft', 'openai.jsonl')
    expect(readRows(path)[0]).toEqual({
      messages: [...user(said[0]?.prompt), { role: 'assistant', content: 'Clouds cool.' }],
    })
  })

  test('raw and records go into an empty Parley and come out as the same bytes', async () => {
    const { path } = await ground.export(written, 'records', 'records.jsonl')
    const lines = readRows(path)
    expect(lines.map((line) => [line['external_id'], line['metadata']])).toEqual([
      ['prompt-000001', { topic: 'rain' }],
      ['prompt-000002', { topic: 'snow' }],
      ['prompt-000003', { topic: 'rain' }],
      ['prompt-000004', { topic: 'snow' }],
    ])
    const there = await startParley()
    try {
      await createDataset(there.parley, cleo, { document: parseDocument(text) })
      const source = [readFileSync(path)]
      const { refused } = await importAnswers(there.parley, cleo, { dataset: 'ask', source })
      expect(refused.count).toBe(0)
      const { dataset } = await publishDataset(there.parley, cleo, { dataset: 'ask' })
      for (const as of ['records', 'raw']) {
        const to = join(ground.directory, `again-${as}.jsonl`)
        await exportToFile(there.parley, cleo, { dataset: 'ask', as, to })
        const { path: first } = await ground.export(written, as, `first-${as}.jsonl`)
        expect(readFileSync(to, 'utf8')).toBe(readFileSync(first, 'utf8'))
      }
      // What was imported is known: the same text again is refused there, too.
      const labeler = await makeLabeler(there.parley, 'U9')
      const task = await nextAssignment(there.parley, labeler, { dataset })
      const again = { prompt: 'why does it RAIN?' }
      const submit = { assignmentId: task?.assignmentId ?? '', schemaVersion: 1, values: again }
      await expect(
        submitResponse(there.parley, labeler, { ...submit, platform: 'slack' }),
      ).rejects.toThrow(/exactly this before/)
    } finally {
      await there.close()
    }
  })

  test('a form offers what can be made of them, and nothing that judges outputs', () => {
    const names = offeredFormats(written.document).map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['raw', 'records', 'prompts', 'sft', 'csv']))
    for (const name of ['preference', 'reward', 'kto', 'nemo', 'openai-dpo'])
      expect(names).not.toContain(name)
  })
})

describe('happy: any dataset', () => {
  const newprompt = { type: 'text', name: 'newprompt', title: 'Your own' }
  const asked = { prompt: [{ system: '$context' }, { user: '$newprompt' }] }

  test('may export a text that labelers write as the prompt', async () => {
    const dataset = await makeDataset(ground.parley, {
      fields: [
        { name: 'prompt', title: 'Prompt' },
        { name: 'context', title: 'C', required: false },
      ],
      questions: [newprompt, { type: 'text', name: 'reply', title: 'Reply', required: false }],
      export: { ...asked, completion: '$reply' },
    })
    await ground.answered(
      dataset,
      [{ newprompt: 'One', reply: 'I' }, { newprompt: 'Two' }, { newprompt: 'one' }],
      {
        fields: { prompt: 'Old', context: 'Be brief.' },
      },
    )
    const { path, counts } = await ground.export(dataset, 'prompts', 'any.jsonl')
    const system = { role: 'system', content: 'Be brief.' }
    expect(readRows(path)).toEqual(
      ['One', 'Two'].map((content) => ({
        prompt: [system, { role: 'user', content }],
        author: pseudonym,
      })),
    )
    expect(counts.dropped).toEqual({ duplicate: 1 })
    const sft = await ground.export(dataset, 'sft', 'any-sft.jsonl')
    expect(readRows(sft.path)).toMatchObject([{ completion: [{ content: 'I' }] }])
  })

  test('is told that outputs judged for one record have no prompt of each labeler', async () => {
    const dataset = await makeDataset(ground.parley, {
      questions: [{ type: 'ranking', name: 'best', title: 'Best?' }, newprompt],
      export: { prompt: [{ user: '$newprompt' }] },
    })
    for (const as of ['preference', 'kto', 'nemo', 'reward'])
      await expect(ground.export(dataset, as, `no-${as}.jsonl`)).rejects.toThrow(
        /The prompts of this dataset are what labelers write \(\$newprompt\)/,
      )
  })
})
