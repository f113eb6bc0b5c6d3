/** Statistics say how much suggestions sway people, from answers as they are stored, exported and imported. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { reportStats, sayReport } from '../../src/chat/words/stats-lines.ts'
import { drawStats } from '../../src/cli/stats.ts'
import type { Dataset } from '../../src/datasets/document.ts'
import { importAnswers } from '../../src/imports/answers/import-answers.ts'
import { datasetStats } from '../../src/quality/dataset/stats.ts'
import { startGround } from '../exports/format.ts'
import { cleo, makeDataset, readText } from '../exports/ground.ts'
import { randomOf } from '../support/random.ts'

let ground: Awaited<ReturnType<typeof startGround>>
beforeAll(async () => {
  ground = await startGround()
})
afterAll(() => ground.close())

const safety = { type: 'label', name: 'safe', title: 'Is it safe?', options: ['yes', 'no'] }
const pair = { type: 'ranking', name: 'best', title: 'Which is better?' }
const order = (first: string, second: string) => ({
  mode: 'full',
  ranks: { [first]: 1, [second]: 2 },
  all_unacceptable: false,
})

type Line = { record: object; labeler: string; values: object; suggested: string | null }

let names = 0
/** A dataset of these answers, as an export of `raw` writes them. */
async function datasetOf(lines: readonly Line[], document: object): Promise<Dataset> {
  const dataset = await makeDataset(ground.parley, {
    distribution: { min_submitted: 50 },
    ...document,
    name: `sway-${++names}`,
  })
  const texts = lines.map(({ record, labeler, values, suggested }, n) =>
    JSON.stringify({
      ...{ format: 1, dataset: 'sway' },
      record: { status: 'pending', fields: { prompt: 'x' }, outputs: [], metadata: {}, ...record },
      ...{ labeler, platform: 'slack', repeat: 0, status: 'submitted', reason: null, revision: 1 },
      ...{ counted: true, values },
      shown: {
        ...{ order: 'outputs' in record ? ['a', 'b'] : [], expanded: [] },
        suggestions: suggested === 'before',
        ...(suggested === null ? {} : { suggested }),
        at: '2027-01-01T00:00:00.000Z',
      },
      seconds: 5,
      submitted_at: new Date(Date.UTC(2027, 0, 2) + n).toISOString(),
      ...{ schema_version: 1, guidelines_version: 1, flags: [] },
    }),
  )
  const source = [Buffer.from(texts.join('\n'))]
  const report = await importAnswers(ground.parley, cleo, { dataset: dataset.name, source })
  expect(report.refused.lines).toEqual([])
  return dataset
}

const statsOf = (dataset: Dataset) =>
  datasetStats(ground.parley, cleo, { dataset: dataset.name, resamples: 0 })

/** Two hundred people label 40 records each; this share of them says what is suggested. */
function crowd(copy: number, seed: number): Line[] {
  const random = randomOf(seed)
  const lines: Line[] = []
  for (let n = 0; n < 1000; n += 1) {
    const truth = random() < 0.5 ? 'yes' : 'no'
    const suggestion = random() < 0.6 ? truth : truth === 'yes' ? 'no' : 'yes'
    const record = {
      external_id: `r${String(n).padStart(4, '0')}`,
      suggestions: { safe: { value: suggestion, agent: 'guard', score: 0.9 } },
    }
    for (let nth = 0; nth < 8; nth += 1) {
      const person = (n * 8 + nth * 25) % 200
      const isShown = random() >= 0.3
      const own = random() < 0.75 ? truth : truth === 'yes' ? 'no' : 'yes'
      const safe = person < 200 * copy && isShown ? suggestion : own
      const suggested = isShown ? 'before' : 'held_out'
      lines.push({
        record,
        labeler: `p${String(person).padStart(3, '0')}`,
        values: { safe },
        suggested,
      })
    }
  }
  const byRecord = (line: Line) => `${JSON.stringify(line.record)}${line.labeler}`
  return lines.toSorted((a, b) => (byRecord(a) < byRecord(b) ? -1 : 1))
}

describe('happy', () => {
  test('where a tenth of two hundred copy, stats find it, in the terminal and in chat', async () => {
    const dataset = await datasetOf(crowd(0.1, 1), { questions: [safety], suggestions: 'before' })
    const stats = await statsOf(dataset)
    const [question] = stats.questions
    expect(question?.suggestions).toMatchObject({
      value: expect.any(Number),
      shown: { of: expect.any(Number) },
      held_out: { of: expect.any(Number) },
    })
    const found = question?.suggestions
    if (!found || found.value === null) throw new Error('There is no effect.')
    expect(found.low).toBeGreaterThan(0)
    // But for the few from before the first that was held out.
    const judged = found.shown.of + found.held_out.of
    expect(question?.answers).toBe(8000)
    expect(judged).toBeGreaterThan(7980)
    expect(found.value).toBeCloseTo(found.shown.value - found.held_out.value, 5)
    expect(drawStats(stats)).toMatch(
      /suggestions {4}sway by \.\d\d \(\.\d\d to \.\d\d\): agreed with in \.\d\d of \d+ with them, \.\d\d of \d+ held out/,
    )
    expect(sayReport(reportStats(stats))).toMatch(/difference \.\d\d \(.+\)\. They sway people\./)
  }, 60_000)

  test('where nobody does, the interval holds 0 and nothing is said of sway', async () => {
    const dataset = await datasetOf(crowd(0, 4), { questions: [safety], suggestions: 'before' })
    const stats = await statsOf(dataset)
    const found = stats.questions[0]?.suggestions
    if (!found || found.value === null) throw new Error('There is no effect.')
    expect(found.low).toBeLessThan(0)
    expect(found.high).toBeGreaterThan(0)
    expect(sayReport(reportStats(stats))).not.toContain('They sway people')
  }, 60_000)

  test('of rankings it is the pairs; answers from before the hold-out do not count, nor hidden questions', async () => {
    const outputs = ['a', 'b'].map((id) => ({ id, text: id }))
    const lines = Array.from({ length: 120 }, (_, n): Line => {
      const suggested = n < 40 ? 'before' : n % 2 === 0 ? 'held_out' : 'after'
      const follows = suggested === 'after'
      return {
        record: {
          external_id: `r${String(n).padStart(3, '0')}`,
          outputs,
          suggestions: { best: { value: order('a', 'b') }, safe: { value: 'yes' } },
        },
        labeler: `p${n % 6}${n}`.slice(0, 2),
        values: { best: follows ? order('a', 'b') : order('b', 'a'), safe: 'yes' },
        suggested,
      }
    })
    const dataset = await datasetOf(lines, { questions: [pair, safety], suggestions: 'after' })
    const [best, safe] = (await statsOf(dataset)).questions
    expect(best?.suggestions).toMatchObject({
      value: 1,
      high: 1,
      shown: { value: 1, of: 40 },
      held_out: { value: 0, of: 40 },
    })
    expect(safe?.suggestions).toMatchObject({ value: 0 })
    const usual = await datasetOf(lines, { questions: [pair, safety] })
    const [hidden] = (await statsOf(usual)).questions
    expect(hidden?.suggestions).toBeUndefined()
  })

  test('without a hold-out nothing is said; with a few held-out answers, why not', async () => {
    const few = crowd(0, 3).slice(0, 40)
    const never = few.map((line) => ({ ...line, suggested: 'before' }))
    const document = { questions: [safety], suggestions: 'before' }
    const [none] = (await statsOf(await datasetOf(never, document))).questions
    expect(none?.suggestions).toBeUndefined()
    const little = few.map((line, n) => ({ ...line, suggested: n < 5 ? 'held_out' : 'before' }))
    const [some] = (await statsOf(await datasetOf(little, document))).questions
    expect(some?.suggestions).toEqual({
      value: null,
      reason: expect.stringMatching(/^Not enough is held out: 5 answers without and 35 with/),
    })
  })

  test('how suggestions came survives raw and records, byte for byte', async () => {
    const document = { questions: [safety], suggestions: 'before' }
    const from = await datasetOf(crowd(0.1, 4).slice(0, 80), document)
    for (const as of ['raw', 'records']) {
      const before = await ground.export(from, as, `sway-${as}-before.jsonl`)
      expect(readText(before.path)).toContain('"suggestions":false,"suggested":"held_out","at"')
      const to = await makeDataset(ground.parley, {
        distribution: { min_submitted: 50 },
        ...document,
      })
      const source = [Buffer.from(readText(before.path))]
      await importAnswers(ground.parley, cleo, { dataset: to.name, source })
      const after = await ground.export(to, as, `sway-${as}-after.jsonl`)
      expect(readText(after.path).replaceAll(to.name, from.name)).toBe(readText(before.path))
    }
  })
})
