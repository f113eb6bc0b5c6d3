/** The folder for LLaMA-Factory: what its rows are, and that dataset_info.json describes them. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Dataset } from '../../src/datasets/document.ts'
import { exportToFile } from '../../src/exports/to-file.ts'
import { hostile, startGround } from './format.ts'
import { answer, cleo, makeDataset, ranked, ranking } from './ground.ts'

let ground: Awaited<ReturnType<typeof startGround>>
beforeAll(async () => {
  ground = await startGround()
})
afterAll(() => ground.close())

const sky = { role: 'user', content: 'Why is the sky blue?' }
const said = (content: string) => ({ role: 'assistant', content })
const thumbs = {
  type: 'label',
  name: 'thumbs',
  title: 'Good?',
  of: 'outputs',
  options: ['up', 'down'],
  desirable: ['up'],
}

let folders = 0

async function exported(dataset: Dataset, flags: Record<string, unknown> = {}) {
  folders += 1
  const { path, counts } = await ground.export(dataset, 'llama-factory', `${folders}`, flags)
  const read = (file: string) => JSON.parse(readFileSync(join(path, file), 'utf8'))
  const info: Record<string, { file_name: string; [key: string]: unknown }> =
    read('dataset_info.json')
  // As LLaMA-Factory goes: from the name of a dataset to its file.
  const rows = Object.fromEntries(
    Object.entries(info).map(([name, { file_name }]) => [name, read(file_name)]),
  )
  return { path, info, rows, counts, whole: rows[dataset.name] }
}

describe('happy', () => {
  test('rankings become preferences', async () => {
    const dataset = await makeDataset(ground.parley)
    await ground.answered(dataset, [ranked('a', 'b', 'c')])
    const { path, info, whole } = await exported(dataset)
    expect(readdirSync(path).sort()).toEqual(['data.json', 'dataset_info.json'])
    expect(whole).toEqual([
      { messages: [sky], chosen: said('Scattering.'), rejected: said('Paint.') },
    ])
    expect(info[dataset.name]).toEqual({
      file_name: 'data.json',
      formatting: 'sharegpt',
      ranking: true,
      columns: { messages: 'messages', chosen: 'chosen', rejected: 'rejected' },
      tags: {
        role_tag: 'role',
        content_tag: 'content',
        user_tag: 'user',
        assistant_tag: 'assistant',
        observation_tag: 'tool',
        function_tag: 'function_call',
        system_tag: 'system',
      },
    })
  })

  test('labels become KTO, written answers become chats, and --question chooses', async () => {
    const dataset = await makeDataset(ground.parley, { questions: [thumbs, answer] })
    await ground.answered(dataset, [
      { thumbs: { a: 'up', b: 'down', c: 'up' }, answer: 'It scatters.' },
    ])
    const labels = await exported(dataset)
    expect(labels.whole).toEqual([
      { messages: [sky, said('Scattering.')], kto_tag: true },
      { messages: [sky, said('It just is.')], kto_tag: false },
      { messages: [sky, said('Paint.')], kto_tag: true },
    ])
    expect(labels.info[dataset.name]).toMatchObject({ columns: { kto_tag: 'kto_tag' } })
    const chats = await exported(dataset, { question: 'answer' })
    expect(chats.whole).toEqual([{ messages: [sky, said('It scatters.')] }])
    expect(chats.info[dataset.name]).not.toHaveProperty('ranking')
  })

  test('a split is two datasets of one folder', async () => {
    const dataset = await makeDataset(ground.parley)
    for (let place = 0; place < 12; place++)
      await ground.answered(dataset, [ranked('a', 'b', 'c')], {
        external_id: `r${place}`,
        fields: { prompt: `Question ${place}?` },
      })
    const { path, rows } = await exported(dataset, { split: 0.5 })
    expect(readdirSync(path).sort()).toEqual(['dataset_info.json', 'test.json', 'train.json'])
    const [train, held] = [rows[`${dataset.name}_train`], rows[`${dataset.name}_test`]]
    expect(train.length + held.length).toBe(12)
  })

  test('hostile texts arrive to the letter; turns it would skip are left out', async () => {
    const dataset = await makeDataset(ground.parley)
    await ground.answered(dataset, [ranked('a', 'b')], {
      fields: { prompt: hostile },
      outputs: [
        { id: 'a', text: hostile },
        { id: 'b', text: '] }' },
      ],
    })
    const twice = [sky, sky]
    await ground.answered(dataset, [ranked('a', 'b', 'c')], {
      external_id: 'r2',
      fields: { prompt: twice },
    })
    const { whole, counts } = await exported(dataset)
    expect(whole).toEqual([
      {
        messages: [{ role: 'user', content: hostile }],
        chosen: said(hostile),
        rejected: said('] }'),
      },
    ])
    expect(counts.dropped).toEqual({ out_of_turn: 1 })
  })

  test('nothing to export is still an array and a description', async () => {
    const dataset = await makeDataset(ground.parley, { questions: [ranking] })
    const { whole, info } = await exported(dataset)
    expect(whole).toEqual([])
    expect(info[dataset.name]).toMatchObject({ ranking: true })
  })
})

describe('twice', () => {
  test('a folder that an export wrote is replaced by the next one', async () => {
    const dataset = await makeDataset(ground.parley)
    await ground.export(dataset, 'llama-factory', 'again')
    const { path } = await ground.export(dataset, 'llama-factory', 'again')
    expect(readdirSync(path)).toHaveLength(2)
  })
})

describe('refused', () => {
  test("somebody's own dataset_info.json is never written over", async () => {
    const dataset = await makeDataset(ground.parley)
    const own = join(ground.directory, 'own')
    mkdirSync(own)
    writeFileSync(join(own, 'dataset_info.json'), '{}')
    await expect(ground.export(dataset, 'llama-factory', 'own')).rejects.toThrow('dataset_info')
    expect(readFileSync(join(own, 'dataset_info.json'), 'utf8')).toBe('{}')
  })

  test('a name with an ending, and stdout: it is a folder', async () => {
    const dataset = await makeDataset(ground.parley)
    for (const name of ['x.json', 'x.jsonl', 'x.jsonl.gz'])
      await expect(ground.export(dataset, 'llama-factory', name)).rejects.toThrow('a folder')
    const piped = { dataset: dataset.name, as: 'llama-factory', to: process.stdout }
    await expect(exportToFile(ground.parley, cleo, piped)).rejects.toThrow('needs a name')
  })
})
