/** An admin asks how good the answers of a dataset are, and gets numbers that can be checked by hand. */
import { existsSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { handleInteraction } from '../../src/chat/handle.ts'
import { reportStats, sayReport } from '../../src/chat/words/stats-lines.ts'
import { drawStats } from '../../src/cli/stats.ts'
import type { Dataset } from '../../src/datasets/document.ts'
import { importRecords } from '../../src/imports/import-records.ts'
import { consentVersion } from '../../src/labelers/labeler.ts'
import type { Person } from '../../src/labelers/person.ts'
import type { Actor } from '../../src/parley.ts'
import { startPatterns } from '../../src/quality/dataset/patterns.ts'
import { datasetStats, type Stats } from '../../src/quality/dataset/stats.ts'
import { strengthMethods } from '../../src/quality/dataset/stats-result.ts'
import {
  type Answer,
  addAnswer,
  addRecord,
  cleo,
  makeDataset,
  makeLabelers,
  ranked,
  ranking,
} from '../exports/ground.ts'
import { startParley, type TestParley } from '../support/parley.ts'

const label = { type: 'label', name: 'safe', title: 'Is it safe?', options: ['yes', 'no'] }
const rating = { type: 'rating', name: 'helpful', title: 'How helpful?', of: 'outputs' }
const admin: Person = { platform: 'slack', workspace: 'T1', userId: 'UADMIN' }
let at: TestParley
let labelers: string[]
const [ana, ben, cat] = [0, 1, 2].map((index) => () => labelers[index] ?? '')

beforeAll(async () => {
  at = await startParley()
  labelers = await makeLabelers(at.parley, 4)
})
afterAll(async () => {
  await at.close()
})

const read = (dataset: Dataset, resamples = 0): Promise<Stats> =>
  datasetStats(at.parley, cleo, { dataset: dataset.name, resamples })

/** One record, answered so. */
async function answered(dataset: Dataset, n: number, answers: Answer[], record = {}) {
  const added = await addRecord(at.parley, dataset, { external_id: `r${n}`, ...record })
  for (const answer of answers) await addAnswer(at.parley, dataset, added, answer)
}

/** Thirty records that two people label: 20 times both yes, 5 times both no, 5 times they differ. */
async function thirtyLabelled(): Promise<Dataset> {
  const dataset = await makeDataset(at.parley, { questions: [label] })
  for (let n = 0; n < 30; n += 1) {
    const [first, second] = n < 20 ? ['yes', 'yes'] : n < 25 ? ['no', 'no'] : ['yes', 'no']
    await answered(dataset, n, [
      { labeler: ana?.() ?? '', values: { safe: first }, seconds: 10 },
      { labeler: ben?.() ?? '', values: { safe: second }, seconds: 20 },
    ])
  }
  return dataset
}

describe('happy: the statistics of a dataset', () => {
  let thirty: Dataset
  beforeAll(async () => {
    thirty = await thirtyLabelled()
  })

  test('two people who label thirty records agree as it is worked out by hand', async () => {
    const stats = await read(thirty, 100)
    expect(stats.counts).toEqual({ records: 30, answers: 60, labelers: 2 })
    expect(stats.left_out).toEqual({})
    const [safe] = stats.questions
    expect(safe?.overlap).toEqual({ records: 30, answers: 60 })
    // 45 yes, 15 no: 1 - 59 * (5 * 2) / (2 * 45 * 15).
    expect(safe?.agreement).toMatchObject({ metric: 'alpha (nominal)', value: 0.562963 })
    expect(safe?.raw_agreement).toMatchObject({ value: 0.833333 })
    const agreement = safe?.agreement
    const { low = 1, high = 0 } = agreement && agreement.value !== null ? agreement : {}
    expect(low).toBeLessThan(0.5)
    expect(high).toBeGreaterThan(0.6)
    expect(safe?.disputed).toHaveLength(5)
    expect(safe?.disputed[0]).toEqual({ external_id: 'r25', disagreement: 1, answers: 2 })
    const paces = stats.labelers.map(({ median_seconds: median }) => Math.round(median.value ?? 0))
    expect(paces.sort()).toEqual([10, 20])
    for (const { answers, questions } of stats.labelers) {
      expect(answers).toBe(30)
      expect(questions[0]?.leave_one_out).toMatchObject({ value: 0.833333, count: 25, of: 30 })
    }
  })

  test('of labels it is said which are likely true and who is likely right, by Dawid and Skene', async () => {
    const dataset = await makeDataset(at.parley, { questions: [label] })
    for (let n = 0; n < 40; n += 1) {
      const truth = n < 30 ? 'yes' : 'no'
      // Cat is wrong about every fourth.
      const said = [truth, truth, n % 4 === 0 ? (n < 30 ? 'no' : 'yes') : truth]
      await answered(
        dataset,
        n,
        said.map((safe, index) => ({ labeler: labelers[index] ?? '', values: { safe } })),
      )
    }
    const stats = await read(dataset)
    expect(stats.questions[0]?.likely_labels).toMatchObject({
      value: [
        { label: 'no', share: expect.closeTo(0.25, 2) },
        { label: 'yes', share: expect.closeTo(0.75, 2) },
      ],
      from_one_record_in: 1,
    })
    const accuracy = stats.labelers.map(({ questions }) => questions[0]?.likely_accuracy?.value)
    expect(accuracy.sort()).toEqual([
      expect.closeTo(0.75, 2),
      expect.closeTo(1, 2),
      expect.closeTo(1, 2),
    ])
    expect(drawStats(stats)).toMatch(/likely true +no \.25, yes \.75/)
  })

  test('labelers go by the pseudonyms they have in exports, and by nothing else', async () => {
    const stats = await read(thirty)
    const names = await at.parley.db
      .selectFrom('pseudonyms')
      .select('pseudonym')
      .where('datasetId', '=', thirty.id)
      .orderBy('pseudonym')
      .execute()
    expect(stats.labelers.map(({ labeler }) => labeler)).toEqual(names.map((one) => one.pseudonym))
    expect(stats.labelers.every(({ labeler }) => /^p[0-9a-f]{4}-/.test(labeler))).toBe(true)
  })

  test('without intervals nothing pretends to have one', async () => {
    const [safe] = (await read(thirty)).questions
    expect(safe?.agreement).toEqual({ metric: 'alpha (nominal)', value: 0.562963 })
  })

  test('somebody who always chooses what is shown first is seen, and who wins is ranked', async () => {
    const dataset = await makeDataset(at.parley, { questions: [ranking] })
    const outputs = [
      { id: 'a', text: 'A long and careful answer.', model: 'large' },
      { id: 'b', text: 'Short.', model: 'small' },
    ]
    for (let n = 0; n < 32; n += 1) {
      const shown = n % 2 === 0 ? ['a', 'b'] : ['b', 'a']
      await answered(
        dataset,
        n,
        [
          // Ana takes the first; Ben prefers a, but for every fourth, which he ties.
          { labeler: ana?.() ?? '', values: ranked(...shown), shown },
          {
            labeler: ben?.() ?? '',
            values: n % 4 === 0 ? ranked(['a', 'b']) : ranked('a', 'b'),
            shown,
          },
        ],
        { outputs },
      )
    }
    const stats = await read(dataset, 100)
    const [preference] = stats.questions
    const habits = new Map(
      stats.labelers.map(({ questions }) => [questions[0]?.ties?.value ?? -1, questions[0]]),
    )
    const [first, second] = [habits.get(0), habits.get(0.25)]
    expect(first?.position).toMatchObject({ value: 1, expected: 0.5, count: 32, of: 32, p: 0 })
    expect(first?.longer_preferred).toMatchObject({ value: 0.5, of: 32 })
    expect(second?.longer_preferred).toMatchObject({ value: 1, count: 24, of: 24 })
    // Of the 32 pairs both judged, 8 agree (n = 2, 6, 10, …): n = 0, 4, … are ties of Ben's alone.
    expect(preference?.raw_agreement).toMatchObject({ value: 0.25 })
    // A tie in 8 of 64: chance is (1/8)^2 + (7/8)^2 / 2.
    const chance = (1 / 8) ** 2 + (7 / 8) ** 2 / 2
    expect(preference?.agreement.value).toBeCloseTo((0.25 - chance) / (1 - chance), 6)
    // a: 16 + 24 wins; b: 16.
    expect(preference?.strength?.value?.map(({ model, rank }) => [model, rank])).toEqual([
      ['large', 1],
      ['small', 2],
    ])
    const [large] = preference?.strength?.value ?? []
    // Davidson with two models: odds of 40 to 16, so half of its logarithm each way.
    expect(large?.strength.value).toBeCloseTo(Math.log(40 / 16) / 2, 6)
    expect(large?.judgements).toBe(64)
    expect(large?.shown_first).toEqual({ count: 32, of: 64, expected: 32 })
    expect(large).toMatchObject({ rank_low: 1, rank_high: 1 })
    // All 32 of Ana's, and Ben's 8 without a tie on which a stood first.
    expect(preference?.position).toMatchObject({ of: 56, count: 40 })
  })

  test('strength is told by three methods, each by its name, and all agree on who is first', async () => {
    const dataset = await makeDataset(at.parley, { questions: [ranking] })
    const outputs = ['large', 'small', 'tiny'].map((model, n) => {
      return { id: 'abc'[n] ?? '', text: `Answer ${n}.`, model }
    })
    for (let n = 0; n < 40; n += 1) {
      const order = n % 4 === 0 ? ranked('b', 'a', 'c') : n % 4 === 1 ? ranked('a', 'c', 'b') : null
      const values = order ?? ranked('a', ['b', 'c'])
      await answered(dataset, n, [{ labeler: ana?.() ?? '', values }], { outputs })
    }
    const strengths = new Map<string, number[]>()
    for (const strength of strengthMethods) {
      const stats = await datasetStats(at.parley, cleo, {
        dataset: dataset.name,
        resamples: 50,
        strength,
      })
      const found = stats.questions[0]?.strength
      expect(found?.value?.[0]).toMatchObject({ model: 'large', rank: 1, rank_low: 1 })
      expect(found?.value !== null && found?.method).toBe(strength)
      strengths.set(strength, found?.value?.map(({ strength: one }) => one.value ?? 0) ?? [])
      expect(drawStats(stats)).toContain(`${strength}: logarithms of odds`)
    }
    // Small and tiny are tied but for ten records each way; only small ever beats large.
    const [best = 0, ...others] = strengths.get('Bradley-Terry') ?? []
    expect(others[0]).toBeGreaterThan(others[1] ?? 0)
    expect(best + (others[0] ?? 0) + (others[1] ?? 0)).toBeCloseTo(0, 5)
    expect(strengths.get('Plackett-Luce')).not.toEqual(strengths.get('Bradley-Terry'))
  })

  test('of outputs shown in blocks it is told how often each stood first, beside an even deal', async () => {
    const dataset = await makeDataset(at.parley, { questions: [ranking, rating], max_shown: 2 })
    const outputs = ['large', 'small', 'tiny'].map((model, n) => {
      return { id: 'abc'[n] ?? '', text: `Answer ${n}.`, model }
    })
    const blocks = [
      ['a', 'b'],
      ['b', 'c'],
      ['a', 'c'],
    ]
    for (let n = 0; n < 30; n += 1) {
      const shown = blocks[n % 3] ?? []
      const helpful = Object.fromEntries(shown.map((id) => [id, 3]))
      const values = { ...ranked(...shown), helpful }
      await answered(dataset, n, [{ labeler: ana?.() ?? '', values, shown }], { outputs })
    }
    const stats = await read(dataset)
    const [preference, helpful] = stats.questions
    const first = (model: string) =>
      preference?.strength?.value?.find((one) => one.model === model)?.shown_first
    expect(first('large')).toEqual({ count: 20, of: 30, expected: 10 })
    expect(first('tiny')).toEqual({ count: 0, of: 30, expected: 10 })
    expect(helpful?.mean_ratings?.map(({ shown_first }) => shown_first?.count)).toEqual([20, 10, 0])
    expect(drawStats(stats)).toContain('20 of 30 (even 10)')
  })

  test('who ranks a record again is told how alike, with kappa beside the share', async () => {
    const dataset = await makeDataset(at.parley, { questions: [ranking] })
    for (let n = 0; n < 10; n += 1)
      await answered(dataset, n, [
        // The first came too late to count, which says nothing against it.
        {
          labeler: ana?.() ?? '',
          values: ranked('a', 'b'),
          ...(n === 0 ? { counted: false } : {}),
        },
        {
          labeler: ana?.() ?? '',
          values: n < 8 ? ranked('a', 'b') : ranked('b', 'a'),
          repeat: 1,
          counted: false,
        },
      ])
    const stats = await read(dataset)
    const [own] = stats.labelers[0]?.questions ?? []
    expect(own?.consistency).toMatchObject({ count: 8, of: 10 })
    // No ties, so chance is one half.
    expect(own?.self_kappa).toEqual({ value: 0.6 })
    expect(stats.left_out).toEqual({ repeat: 10, surplus: 1 })
    expect(drawStats(stats)).toContain('.80 of 10 (kappa .60)')
  })

  test('ratings of outputs make a mean a model, and agreement by output', async () => {
    const dataset = await makeDataset(at.parley, { questions: [rating] })
    const outputs = [
      { id: 'a', text: 'One.', model: 'large' },
      { id: 'b', text: 'Two.', model: 'small' },
    ]
    for (let n = 0; n < 30; n += 1)
      await answered(
        dataset,
        n,
        [
          { labeler: ana?.() ?? '', values: { helpful: { a: 5, b: 1 } } },
          { labeler: ben?.() ?? '', values: { helpful: { a: n < 15 ? 5 : 4, b: 1 } } },
        ],
        { outputs },
      )
    const [helpful] = (await read(dataset, 100)).questions
    expect(helpful?.mean_ratings).toMatchObject([
      { model: 'large', ratings: 60, mean: { value: 4.75 } },
      { model: 'small', ratings: 60, mean: { value: 1, low: 1 } },
    ])
    // Values 1 (60 times), 4 (15), 5 (45); the 15 pairs of 4 and 5 are squared distance 1 each.
    const expected = 2 * (60 * 15 * 9 + 60 * 45 * 16 + 15 * 45 * 1)
    expect(helpful?.interval_alpha?.value).toBeCloseTo(1 - (119 * 15 * 2) / expected, 6)
    expect(helpful?.agreement.metric).toBe('alpha (ordinal)')
    expect(helpful?.raw_agreement.value).toBeCloseTo(45 / 60, 6)
    // One of two outputs is a step of four apart.
    expect(helpful?.disputed[0]).toMatchObject({ external_id: 'r15', disagreement: 0.125 })
  })

  test('answers that do not count are left out, and it is said why', async () => {
    const dataset = await makeDataset(at.parley, { questions: [label] })
    const others: Partial<Answer>[] = [
      { flags: ['gold'], counted: false },
      { flags: ['same_person'], counted: false },
      { flags: ['excluded'], counted: false },
      { counted: false },
      { status: 'draft' },
      { status: 'discarded', reason: 'unclear', values: {} },
    ]
    for (const [n, other] of others.entries())
      await answered(dataset, n, [
        { labeler: ana?.() ?? '', values: { safe: 'yes' }, flags: ['late'] },
        { labeler: ben?.() ?? '', values: { safe: 'no' }, ...other },
      ])
    await answered(dataset, 99, [
      { labeler: cat?.() ?? '', values: { safe: 'yes' } },
      { labeler: cat?.() ?? '', values: { safe: 'yes' }, repeat: 1, counted: false },
    ])
    await answered(dataset, 98, [
      { labeler: cat?.() ?? '', values: { safe: 'yes' } },
      {
        labeler: cat?.() ?? '',
        values: { safe: 'no' },
        repeat: 1,
        counted: false,
        flags: ['repeat'],
      },
    ])
    const stats = await read(dataset)
    expect(stats.left_out).toEqual({
      discarded: 1,
      draft: 1,
      excluded: 1,
      gold: 1,
      repeat: 2,
      same_person: 1,
      surplus: 1,
    })
    expect(stats.counts).toEqual({ records: 8, answers: 8, labelers: 2 })
    expect(stats.questions[0]?.overlap.records).toBe(0)
    const self = stats.labelers.flatMap(({ questions }) => questions[0]?.consistency ?? [])
    expect(self).toContainEqual(expect.objectContaining({ value: 0.5, count: 1, of: 2 }))
    const said = sayReport(reportStats(stats))
    expect(said).toContain('1 on gold records')
    expect(said).toContain('2 on repeated records')
    expect(said).toContain('1 not submitted')
  })

  test('under thirty shared records there are numbers, and it is said that they are too few', async () => {
    const dataset = await makeDataset(at.parley, { questions: [label] })
    for (let n = 0; n < 20; n += 1) {
      const values = { safe: n % 2 ? 'yes' : 'no' }
      await answered(dataset, n, [
        { labeler: ana?.() ?? '', values },
        { labeler: ben?.() ?? '', values },
      ])
    }
    const stats = await read(dataset, 100)
    const agreement = stats.questions[0]?.agreement
    expect(agreement).toMatchObject({
      value: 1,
      high: 1,
      too_few: 'Only 20 records have two answers; below 30 agreement is mostly luck.',
    })
    // All agreed, and yet: 1 of 20 might not have.
    expect(agreement?.value === null ? 1 : agreement?.low).toBeLessThan(0.9)
    expect(drawStats(stats)).toMatch(
      /agreement +1\.00 \(.* to 1\.00\) +alpha.*, too few to rely on/,
    )
    expect(sayReport(reportStats(stats))).toContain('too few to rely on')
  })

  test('without two answers to anything it says that there is not enough overlap, in words', async () => {
    const dataset = await makeDataset(at.parley, { questions: [label] })
    await answered(dataset, 1, [{ labeler: ana?.() ?? '', values: { safe: 'yes' } }])
    const stats = await read(dataset, 20)
    expect(stats.questions[0]?.agreement).toHaveProperty(
      'reason',
      expect.stringMatching(/^Not enough overlap: 0 /),
    )
    expect(JSON.stringify(stats)).not.toMatch(/NaN|Infinity/)
    expect(drawStats(stats)).toContain('Not enough overlap')
    expect(sayReport(reportStats(stats))).toContain('Not enough overlap')
  })

  test('a dataset nobody has answered yet says so', async () => {
    const dataset = await makeDataset(at.parley)
    await addRecord(at.parley, dataset)
    const stats = await read(dataset, 20)
    expect(stats.counts).toEqual({ records: 0, answers: 0, labelers: 0 })
    expect(sayReport(reportStats(stats))).toContain('No answer counts yet.')
    expect(drawStats(stats)).toContain('0 answers')
  })

  test('an admin reads it in chat, with how to read it', async () => {
    const reply = await handleInteraction(at.parley, {
      by: admin,
      type: 'admin-stats',
      dataset: thirty.name,
    })
    expect(reply.type === 'notice' && reply.text).toMatch(/Agreement \.56 \(.*alpha \(nominal\)/)
    expect(reply.type === 'notice' && reply.text).toContain('.3 to .5 is usual')
  })
})

describe('forbidden: statistics are for admins', () => {
  test('a labeler gets none', async () => {
    const dataset = await makeDataset(at.parley)
    const person: Person = { platform: 'slack', workspace: 'T1', userId: 'UANA' }
    const labeler: Actor = {
      type: 'labeler',
      labeler: { id: ana?.() ?? '', consentVersion, person },
    }
    await expect(datasetStats(at.parley, labeler, { dataset: dataset.name })).rejects.toMatchObject(
      {
        code: 'forbidden',
      },
    )
    const reply = await handleInteraction(at.parley, {
      by: person,
      type: 'admin-stats',
      dataset: dataset.name,
    })
    expect(reply.type === 'notice' && reply.text).toContain('for admins')
  })
})

describe('refused: statistics of nothing', () => {
  test('a dataset that is not there is named, with the nearest one', async () => {
    await makeDataset(at.parley, { name: 'support' })
    await expect(datasetStats(at.parley, cleo, { dataset: 'suport' })).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining('support'),
    })
  })
})

describe('twice: the same answers give the same numbers', () => {
  test('intervals and all', async () => {
    const dataset = await thirtyLabelled()
    expect(await read(dataset, 50)).toEqual(await read(dataset, 50))
  })

  test('records counted together weigh what they weigh one by one, however many kinds there are', () => {
    const sums = new Map<string, number>()
    const patterns = startPatterns<string>(2000, (key, weights) =>
      sums.set(key, (sums.get(key) ?? 0) + (weights[1] ?? 0)),
    )
    const weights = new Float64Array(2001).fill(0.5)
    for (let n = 0; n < 3000; n += 1) patterns.count([`${n % 1000}`], () => `${n % 1000}`, weights)
    patterns.flush()
    expect(sums.size).toBe(1000)
    expect(new Set(sums.values())).toEqual(new Set([1.5]))
  })
})

const file = new URL('../../../shared/data/gsm8k_test1319_x4.jsonl', import.meta.url)

describe.skipIf(!existsSync(file))('happy: GSM8K (skipped where ../shared/data is absent)', () => {
  test('three people who see right from wrong 8 times in 10 put the four models in their order', async () => {
    const { parley } = at
    const dataset = await makeDataset(parley, { questions: [ranking] })
    await importRecords(parley, cleo, { dataset: dataset.name, source: [readFileSync(file)] })
    const records = await parley.db
      .selectFrom('records')
      .select(['id', 'outputs'])
      .where('datasetId', '=', dataset.id)
      .orderBy('id')
      .execute()
    const random = seeded(5)
    const right = new Map<string, number>()
    const rows = records.flatMap(({ id, outputs }) => {
      const truths = outputs.map(({ model = '', metadata }) => {
        const isCorrect = metadata?.['is_correct'] === true
        right.set(model, (right.get(model) ?? 0) + Number(isCorrect))
        return isCorrect
      })
      return labelers.slice(0, 3).map((labeler) => {
        const seen = truths.map((isCorrect) => (random() < 0.8 ? isCorrect : !isCorrect))
        const level = seen.includes(true) ? 2 : 1
        const ranks = Object.fromEntries(outputs.map((one, n) => [one.id, seen[n] ? 1 : level]))
        const shown = outputs.map((one) => one.id)
        return { record: id, labeler, shown, values: { preference: { mode: 'full', ranks } } }
      })
    })
    await putAll(dataset, rows)
    const stats = await read(dataset, 100)
    const [preference] = stats.questions
    const truth = [...right].sort(([, a], [, b]) => b - a).map(([model]) => model)
    expect(truth).toHaveLength(4)
    expect(preference?.strength?.value?.map(({ model }) => model)).toEqual(truth)
    for (const { rank, rank_low: low = 9, rank_high: high = 0 } of preference?.strength?.value ??
      []) {
      expect(low).toBeLessThanOrEqual(rank)
      expect(high).toBeGreaterThanOrEqual(rank)
      expect(high - low).toBeLessThan(2)
    }
    expect(preference?.agreement.value).toBeGreaterThan(0.1)
    expect(stats.labelers).toHaveLength(3)
  }, 120_000)
})

type Put = { record: string; labeler: string; shown: string[]; values: unknown }

/** Many answers at once, where submitting would have put them. */
async function putAll(dataset: Dataset, rows: readonly Put[]) {
  const { db, now } = at.parley
  for (let start = 0; start < rows.length; start += 1000) {
    const part = rows.slice(start, start + 1000)
    const made = await db
      .insertInto('assignments')
      .values(
        part.map(({ record, labeler, shown }) => ({
          datasetId: dataset.id,
          recordId: record,
          labelerId: labeler,
          shownOrder: shown,
          status: 'submitted' as const,
          counted: true,
          createdAt: now(),
        })),
      )
      .returning('id')
      .execute()
    await db
      .insertInto('responses')
      .values(
        part.map(({ record, labeler, values }, index) => ({
          datasetId: dataset.id,
          assignmentId: made[index]?.id ?? '',
          recordId: record,
          labelerId: labeler,
          status: 'submitted' as const,
          values: JSON.stringify(values),
          platform: 'slack',
          seconds: 9,
          submittedAt: now(),
          schemaVersion: 1,
          guidelinesVersion: 1,
        })),
      )
      .execute()
  }
}

/** Numerical Recipes' generator: the same numbers in every run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
