/** What an export keeps: by statistics and metadata, by date, by labeler, and of several completions one. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Dataset } from '../../src/datasets/document.ts'
import { startGround } from './format.ts'
import { addAnswer, answer, makeDataset, ranked, ranking, readRows } from './ground.ts'

let ground: Awaited<ReturnType<typeof startGround>>
let dataset: Dataset

const questions = [
  ranking,
  { ...answer, required: false },
  { type: 'rating', name: 'clarity', title: 'Clear?', required: false },
  { type: 'rating', name: 'helpful', title: 'Helpful?', of: 'outputs', required: false },
  { type: 'label', name: 'safe', title: 'Safe?', options: ['yes', 'no'], required: false },
]
const written = (text: string, clarity: number, safe: string) => ({
  ...ranked('a', 'b', 'c'),
  answer: text,
  clarity,
  safe,
  helpful: { a: clarity, b: 1 },
})

beforeAll(async () => {
  ground = await startGround()
  dataset = await makeDataset(ground.parley, { questions })
  await ground.answered(
    dataset,
    [written('one', 5, 'yes'), written('two', 4, 'yes'), written('three', 4, 'no')],
    { external_id: 'clear', metadata: { lang: 'de', tags: ['code'] } },
  )
  await ground.answered(
    dataset,
    [written('four', 1, 'no'), { ...written('five', 5, 'no'), ...ranked('c', 'b', 'a') }],
    { external_id: 'unclear', metadata: { lang: 'en' } },
  )
  await ground.answered(dataset, [written('six', 3, 'yes')], { external_id: 'alone' })
})
afterAll(() => ground.close())

describe('happy: --keep', () => {
  test.each([
    ['mean(clarity) >= 4', ['clear']],
    ['median(clarity) == 3', ['alone', 'unclear']],
    ['min(clarity) < 3', ['unclear']],
    ['max(clarity) == 5', ['clear', 'unclear']],
    ['mean(helpful) > 2.1', ['clear']],
    ['majority(safe) == "no"', ['unclear']],
    ['agreement(preference) >= .5', ['clear']],
    ['not agreement(preference) >= .5', ['alone', 'unclear']],
    ['agreement(safe) > 0.9', ['unclear']],
    ['agreement(clarity) > .8', ['clear']],
    ['count(answer) in (1, 2)', ['alone', 'unclear']],
    ['votes >= 2', ['clear', 'unclear']],
    ["metadata.lang == 'de'", ['clear']],
    ['lang in ("de", en) and votes == 2', ['unclear']],
    ['tags == code or votes == 1', ['alone', 'clear']],
    ['votes >= 2 and not (lang == “de” or mean(clarity) > 4)', ['unclear']],
  ])('%s keeps the records it holds for', async (keep, expected) => {
    const { path } = await ground.export(dataset, 'csv', 'kept.csv', { keep })
    const ids = readFileSync(path, 'utf8').split('\r\n').slice(1, -1)
    expect([...new Set(ids.map((line) => line.split(',')[0]))].sort()).toEqual(expected)
  })

  test.each(['preference', 'reward', 'kto', 'prompts', 'nemo', 'openai-dpo'])(
    '%s keeps by statistics too',
    async (as) => {
      const { counts } = await ground.export(dataset, as, `${as}.jsonl`, {
        keep: 'mean(clarity) >= 4',
      })
      expect(counts.emitted).toBeGreaterThan(0)
      expect(counts.dropped['not_kept']).toBeGreaterThan(0)
    },
  )
})

describe('happy: one completion of several', () => {
  test.each(['all', 'best-rated', 'latest'])('%s', async (choice) => {
    const { path, counts, manifest } = await ground.export(dataset, 'sft', 'sft.jsonl', {
      choice,
      question: 'answer',
      shape: 'text',
    })
    const texts = readRows(path).map((row) => String(row['completion']))
    expect(manifest?.export.flags['choice']).toBe(choice)
    expect(String(manifest?.export.strategies['choice'])).toMatch(choice)
    if (choice === 'all') expect(texts).toHaveLength(6)
    else {
      expect(texts).toHaveLength(3)
      expect(counts.dropped).toEqual({ not_chosen: 3 })
    }
    if (choice === 'best-rated') expect(texts.toSorted()).toEqual(['five', 'one', 'six'])
  })

  test('the latest is the one that was submitted last, and a filter by date leaves the others out', async () => {
    const dated = await makeDataset(ground.parley, { questions: [answer] })
    const record = await ground.answered(dated, [])
    for (const [place, day] of ['2026-03-05', '2026-03-09', '2026-03-07'].entries()) {
      const labeler = ground.people[place] ?? ''
      await addAnswer(ground.parley, dated, record, { labeler, values: { answer: day } })
      await ground.parley.db
        .updateTable('responses')
        .set({ submittedAt: new Date(`${day}T12:00:00Z`) })
        .where('datasetId', '=', dated.id)
        .where('labelerId', '=', labeler)
        .execute()
    }
    const texts = async (flags: Record<string, unknown>) => {
      const asked = { shape: 'text', ...flags }
      const { path, counts } = await ground.export(dated, 'sft', 'dated.jsonl', asked)
      return { texts: readRows(path).map((row) => row['completion']), dropped: counts.dropped }
    }
    expect(await texts({ choice: 'latest' })).toEqual({
      texts: ['2026-03-09'],
      dropped: { not_chosen: 2 },
    })
    expect(await texts({ since: '2026-03-06', until: '2026-03-07' })).toEqual({
      texts: ['2026-03-07'],
      dropped: { before_since: 1, after_until: 1 },
    })
    expect(await texts({ until: '2026-03-07T11:00Z' })).toEqual({
      texts: ['2026-03-05'],
      dropped: { after_until: 2 },
    })
    const { path } = await ground.export(dated, 'raw', 'raw.jsonl')
    const one = readRows(path).find((row) => String(row['submitted_at']).startsWith('2026-03-09'))
    expect(await texts({ labeler: one?.['labeler'] })).toEqual({
      texts: ['2026-03-09'],
      dropped: { other_labeler: 2 },
    })
  })

  test('answers faster than one can read count, unless --fast drop leaves them out', async () => {
    const timed = await makeDataset(ground.parley, { questions: [answer] })
    // 1,190 characters take 50 seconds to read; under a fifth of that nobody has read them.
    const fields = { prompt: 'x'.repeat(1190) }
    const record = await ground.answered(timed, [], { fields, outputs: [] })
    for (const [place, seconds] of [9.9, 10.1, null].entries()) {
      const labeler = ground.people[place] ?? ''
      await addAnswer(ground.parley, timed, record, { labeler, values: { answer: `${seconds}` } })
      await ground.parley.db
        .updateTable('responses')
        .set({ seconds })
        .where('datasetId', '=', timed.id)
        .where('labelerId', '=', labeler)
        .execute()
    }
    const dropped = async (as: string, flags: Record<string, unknown>) =>
      (await ground.export(timed, as, `${as}.jsonl`, flags)).counts
    for (const as of ['sft', 'openai-sft']) {
      expect(await dropped(as, {})).toMatchObject({ emitted: 3 })
      expect(await dropped(as, { fast: 'keep' })).toMatchObject({ emitted: 3 })
      expect(await dropped(as, { fast: 'drop' })).toEqual({
        ...{ candidates: 3, emitted: 2 },
        dropped: { fast: 1 },
      })
    }
  })
})
