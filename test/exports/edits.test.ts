/** Outputs that labelers improved: completions and pairs, beside the others, alone or left out. */
import { createReadStream, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openUsers } from '../../src/argilla/users.ts'
import { openRows } from '../../src/cli/import/source.ts'
import type { Dataset } from '../../src/datasets/document.ts'
import { exportToFile } from '../../src/exports/to-file.ts'
import { importAnswers } from '../../src/imports/answers/import-answers.ts'
import { importForeign } from '../../src/imports/answers/import-foreign.ts'
import { findArgilla } from '../../src/imports/argilla/folder.ts'
import { argillaReader } from '../../src/imports/argilla/reader.ts'
import { startGround } from './format.ts'
import {
  addAnswer,
  answer,
  bothBad,
  cleo,
  makeDataset,
  ranked,
  readRows,
  readText,
} from './ground.ts'

let ground: Awaited<ReturnType<typeof startGround>>
beforeAll(async () => {
  ground = await startGround()
})
afterAll(() => ground.close())

const ranking = { type: 'ranking', name: 'preference', title: 'Which is better?', edits: true }
const rating = { type: 'rating', name: 'quality', title: 'How good?', of: 'outputs', edits: true }
const user = (content: string) => [{ role: 'user', content }]
const assistant = (content: string) => [{ role: 'assistant', content }]

const edit = (id: string, text: string, more: object = {}) => ({
  [id]: { text, distance: 7, ...more },
})
const improved = (...edits: object[]) => ({ 'preference.edits': Object.assign({}, ...edits) })

let names = 0
async function rows(dataset: Dataset, as: string, flags: Record<string, unknown> = {}) {
  const { path, counts } = await ground.export(dataset, as, `e${++names}.jsonl`, flags)
  return { rows: readRows(path), dropped: counts.dropped }
}

describe('happy', () => {
  test('an edit is a pair over its original, beside the pair of the ranking, alone or not at all', async () => {
    const dataset = await makeDataset(ground.parley, { questions: [ranking] })
    await ground.answered(dataset, [
      { ...ranked('a', 'b', 'c'), ...improved(edit('a', 'Rayleigh scattering.')) },
      ranked('a', 'b', 'c'),
    ])
    const ofRanking = {
      prompt: user('Why is the sky blue?'),
      chosen: assistant('Scattering.'),
      rejected: assistant('Paint.'),
    }
    const ofEdit = {
      prompt: user('Why is the sky blue?'),
      chosen: assistant('Rayleigh scattering.'),
      rejected: assistant('Scattering.'),
    }
    expect((await rows(dataset, 'preference')).rows).toEqual([ofRanking, ofEdit])
    expect((await rows(dataset, 'preference', { edits: 'without' })).rows).toEqual([ofRanking])
    expect((await rows(dataset, 'preference', { edits: 'only' })).rows).toEqual([ofEdit])
  })

  test('the pair has the whole chat before it, and the edit of a chat its last turn', async () => {
    const dataset = await makeDataset(ground.parley, {
      questions: [ranking],
      fields: [{ name: 'prompt', title: 'Prompt', type: 'chat' }],
    })
    const prompt = [
      { role: 'system', content: 'Be brief.' },
      ...user('Hello?'),
      ...assistant('Hi.'),
      ...user('Why is the sky blue?'),
    ]
    const messages = [...assistant('Hm.'), ...user('Well?'), ...assistant('Scattering.')]
    await ground.answered(
      dataset,
      [{ ...ranked('a', 'b'), ...improved(edit('a', 'Rayleigh scattering.')) }],
      {
        fields: { prompt },
        outputs: [
          { id: 'a', messages },
          { id: 'b', text: 'It just is.' },
        ],
      },
    )
    const found = await rows(dataset, 'preference', { edits: 'only' })
    expect(found.rows).toEqual([
      {
        prompt,
        chosen: [...messages.slice(0, 2), ...assistant('Rayleigh scattering.')],
        rejected: messages,
      },
    ])
    const completions = await rows(dataset, 'sft')
    expect(completions.rows).toEqual([{ prompt, completion: found.rows[0]?.['chosen'] }])
  })

  test('after both bad and after a tie there is no pair but that of the edit', async () => {
    const dataset = await makeDataset(ground.parley, { questions: [ranking] })
    await ground.answered(dataset, [{ ...bothBad, ...improved(edit('b', 'It scatters light.')) }])
    await ground.answered(
      dataset,
      [{ ...ranked(['a', 'b', 'c']), ...improved(edit('c', 'The air scatters it.')) }],
      { external_id: 'r2' },
    )
    const { rows: found, dropped } = await rows(dataset, 'preference')
    expect(found.map(({ chosen, rejected }) => [chosen, rejected])).toEqual([
      [assistant('It scatters light.'), assistant('It just is.')],
      [assistant('The air scatters it.'), assistant('Paint.')],
    ])
    expect(dropped).toEqual({ both_bad: 1, tie: 1 })
  })

  test('an edit of white space alone is a completion and no pair; what does not count trains nothing', async () => {
    const dataset = await makeDataset(ground.parley, { questions: [ranking] })
    const space = edit('a', 'Scat tering.', { white_space: true })
    const record = await ground.answered(dataset, [
      { ...ranked('a', 'b', 'c'), ...improved(space) },
      ranked('a', 'b', 'c'),
    ])
    await addAnswer(ground.parley, dataset, record, {
      labeler: ground.people[3] ?? '',
      values: { ...ranked('b', 'a', 'c'), ...improved(edit('b', 'By someone taken out.')) },
      counted: false,
      flags: ['excluded'],
    })
    expect(await rows(dataset, 'preference', { edits: 'only' })).toEqual({
      rows: [],
      dropped: { white_space: 1, excluded: 1 },
    })
    expect((await rows(dataset, 'sft')).rows).toEqual([
      { prompt: user('Why is the sky blue?'), completion: assistant('Scat tering.') },
    ])
  })

  test('ratings bring edits too: completions and pairs of a dataset that ranks and writes nothing', async () => {
    const dataset = await makeDataset(ground.parley, { questions: [rating] })
    await ground.answered(dataset, [
      { quality: { a: 4, b: 2, c: 1 }, 'quality.edits': edit('a', 'Rayleigh scattering.') },
    ])
    const edited = {
      prompt: 'Why is the sky blue?',
      chosen: 'Rayleigh scattering.',
      rejected: 'Scattering.',
    }
    const rated = { ...edited, chosen: 'Scattering.', rejected: 'Paint.' }
    const flags = { shape: 'text' }
    expect((await rows(dataset, 'preference', flags)).rows).toEqual([rated, edited])
    const only = { ...flags, edits: 'only' }
    expect((await rows(dataset, 'preference', only)).rows).toEqual([edited])
    // What an edit is worth no rating says; as a vote it is its author's.
    expect((await rows(dataset, 'reward', flags)).dropped).toMatchObject({ no_margin: 1 })
    const votes = await rows(dataset, 'reward', {
      ...flags,
      pairs: 'best-worst',
      margin: 'vote-share',
    })
    expect(votes.rows.map(({ margin }) => margin)).toEqual([1, 1])
    expect((await rows(dataset, 'sft', { shape: 'text' })).rows).toEqual([
      { prompt: 'Why is the sky blue?', completion: 'Rayleigh scattering.' },
    ])
  })

  test('written completions and edits stand side by side, and each alone where that is asked', async () => {
    const dataset = await makeDataset(ground.parley, { questions: [ranking, answer] })
    await ground.answered(dataset, [
      { ...ranked('a', 'b', 'c'), answer: 'Written.', ...improved(edit('a', 'Edited.')) },
    ])
    const texts = async (edits?: string) =>
      (await rows(dataset, 'sft', { shape: 'text', ...(edits ? { edits } : {}) })).rows.map(
        ({ completion }) => completion,
      )
    expect(await texts()).toEqual(['Written.', 'Edited.'])
    expect(await texts('without')).toEqual(['Written.'])
    expect(await texts('only')).toEqual(['Edited.'])
  })

  test('every format of pairs and chats reads them; a margin is the one vote of their author', async () => {
    const dataset = await makeDataset(ground.parley, { questions: [ranking] })
    await ground.answered(dataset, [
      {
        ...bothBad,
        ...improved(edit('a', 'Rayleigh scattering.'), edit('b', 'It scatters.')),
      },
    ])
    const reward = await rows(dataset, 'reward')
    expect(reward.rows.map(({ margin, weight, group }) => ({ margin, weight, group }))).toEqual(
      [1, 2].map(() => ({
        margin: 1,
        weight: 0.5,
        group: expect.stringMatching(/^r1\/.+\/edit$/),
      })),
    )
    expect((await rows(dataset, 'reward', { margin: 'rank-gap' })).dropped).toEqual({
      both_bad: 1,
      no_margin: 2,
    })
    const formats = ['openai-dpo', 'nemo', 'ms-swift', 'axolotl-rm', 'vertex', 'nova']
    for (const as of [...formats, 'openai-sft'])
      expect(await rows(dataset, as, { edits: 'only' })).toMatchObject({ rows: { length: 2 } })
    expect((await rows(dataset, 'kto')).rows).toEqual([])
  })

  test('raw, records and a spreadsheet carry them; an export of an import is the same bytes', async () => {
    const questions = [ranking, { ...answer, required: false }]
    const from = await makeDataset(ground.parley, { questions })
    await ground.answered(from, [
      {
        ...ranked('a', 'b', 'c'),
        ...improved(edit('a', 'Scat tering.', { white_space: true }), edit('c', 'Paint?')),
      },
    ])
    const { path } = await ground.export(from, 'raw', 'edits-raw.jsonl')
    expect(readRows(path)[0]?.['values']).toMatchObject({
      'preference.edits': {
        a: { text: 'Scat tering.', distance: 7, white_space: true },
        c: { text: 'Paint?', distance: 7 },
      },
    })
    for (const as of ['raw', 'records']) {
      const before = await ground.export(from, as, `edits-${as}-before.jsonl`)
      const to = await makeDataset(ground.parley, { questions })
      const source = createReadStream(before.path)
      const report = await importAnswers(ground.parley, cleo, { dataset: to.name, source })
      expect(report.refused.count).toBe(0)
      const after = await ground.export(to, as, `edits-${as}-after.jsonl`)
      expect(readText(after.path).replaceAll(to.name, from.name)).toBe(readText(before.path))
    }
    const table = await ground.export(from, 'csv', 'edits.csv')
    expect(readText(table.path)).toContain('output1.preference.edit')
    expect(readText(table.path)).toContain('Scat tering.')
  })
})

describe('happy: in Argilla', () => {
  test.each(['argilla', 'argilla-flat'])(
    'as %s they are texts about each output, which come back as edits',
    async (as) => {
      const questions = [ranking, { ...answer, required: false }]
      const from = await makeDataset(ground.parley, { questions })
      await ground.answered(from, [
        {
          ...ranked('a', 'b', 'c'),
          ...improved({ c: { text: 'Blue paint.', distance: 6 } }),
        },
      ])
      const path = join(ground.directory, `edits-${as}`)
      await exportToFile(ground.parley, cleo, { dataset: from.name, as, to: path })
      const settings = readText(join(path, '.argilla/settings.json'))
      expect(settings).toContain('preference_edit_response3')
      // As somebody gets it out of Argilla, who has nothing of ours beside it.
      rmSync(join(path, 'parley.json'))
      const found = await findArgilla(path)
      const to = await makeDataset(ground.parley, { questions })
      const report = await importForeign(ground.parley, cleo, {
        dataset: to.name,
        read: argillaReader(
          { rows: await openRows(found?.files[0] ?? ''), settings: found?.settings ?? null },
          { users: openUsers(new Map()), trustOrder: true, unknownAs: 'submitted' },
          { warning: () => undefined },
        ),
      })
      expect(report.refused.count).toBe(0)
      const { rows: lines } = await rows(to, 'raw')
      expect(lines).toMatchObject([
        { values: { 'preference.edits': { response3: { text: 'Blue paint.', distance: 6 } } } },
      ])
    },
  )
})

describe('refused', () => {
  test.each([
    ['preference', 'only'],
    ['sft', 'with'],
  ])('%s with edits %s, of a dataset that collects none', async (as, edits) => {
    const dataset = await makeDataset(ground.parley)
    const flags = { edits }
    await expect(
      exportToFile(ground.parley, cleo, { dataset: dataset.name, as, flags, dryRun: true }),
    ).rejects.toMatchObject({
      code: 'invalid',
      problems: { edits: expect.stringContaining('collects no edits') },
    })
  })

  test('an export of prompts or of raw lines does not choose among edits', async () => {
    const dataset = await makeDataset(ground.parley, { questions: [ranking] })
    const flags = { edits: 'only' }
    for (const as of ['raw', 'prompts', 'kto'])
      await expect(
        exportToFile(ground.parley, cleo, { dataset: dataset.name, as, flags, dryRun: true }),
      ).rejects.toMatchObject({ problems: { edits: expect.stringContaining('does not take') } })
  })
})
