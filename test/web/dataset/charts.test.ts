/** The charts of a dataset beside what the terminal and the progress say of it. */
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nextAssignment } from '../../../src/assignments/next.ts'
import { datasetProgress } from '../../../src/assignments/progress.ts'
import { printTable } from '../../../src/exports/encode.ts'
import { datasetStats } from '../../../src/quality/dataset/stats.ts'
import { unmeasured } from '../../../src/quality/measures/measured.ts'
import { submitResponse } from '../../../src/responses/submit.ts'
import type { Chart } from '../../../src/web/charts/chart.ts'
import { drawChart } from '../../../src/web/charts/draw.ts'
import { datasetCharts } from '../../../src/web/dataset/charts.ts'
import { keepStatistics, type Statistics } from '../../../src/web/dataset/statistics.ts'
import { endingOf } from '../../../src/web/overview/ending.ts'
import { recentWork } from '../../../src/web/overview/recent.ts'
import { standingOf } from '../../../src/web/overview/stuck.ts'
import { makeDataset } from '../../exports/ground.ts'
import { startParley, type TestParley } from '../../support/parley.ts'
import { type Campaign, cleo, models, runCampaign } from './campaign.ts'

let at: TestParley
let campaign: Campaign
let found: Statistics
let charts: Chart[]
beforeAll(async () => {
  at = await startParley()
  campaign = await runCampaign(at.parley, at.clock)
  found = known(await keepStatistics(at.parley).find(campaign.dataset, 60_000))
  const recent = known((await recentWork(at.parley)).get(campaign.dataset.id))
  charts = datasetCharts(found, endingOf(recent, found.progress, 2), 'en')
})
afterAll(() => at.close())

function known<Value>(value: Value | null | undefined): Value {
  if (value === null || value === undefined) throw new Error('It is not there.')
  return value
}
const chartOf = (name: string) => known(charts.find((one) => one.name === name))
const sumOf = (name: string, key: string) => {
  const { columns, rows } = chartOf(name).table
  const place = columns.findIndex((column) => column.key === key)
  return rows.reduce((sum, row) => sum + Number(row[place]), 0)
}
/** As a program reads the CSV. */
const rowsOf = (name: string): Record<string, string>[] => {
  const { columns, rows } = chartOf(name).table
  const csv = printTable(
    columns.map(({ key }) => key),
    rows,
  )
  return parse(csv, { bom: true, columns: true })
}

describe('happy: the numbers are those of the terminal', () => {
  test('days add up to the progress: answers, skips, completed records', async () => {
    const progress = await datasetProgress(at.parley, campaign.dataset)
    expect(progress.completed).toBeGreaterThan(20)
    expect(progress.discarded).toBeGreaterThan(2)
    expect(sumOf('answers', 'counted')).toBe(progress.counted)
    expect(sumOf('answers', 'counted') + sumOf('answers', 'not_counted')).toBe(progress.submitted)
    expect(sumOf('answers', 'skipped')).toBe(progress.discarded)
    expect(sumOf('progress', 'completed')).toBe(progress.completed)
    expect(rowsOf('progress').at(-1)?.['completed_total']).toBe(String(progress.completed))
    expect(sumOf('skips', 'count')).toBe(progress.discarded)
    // Nine days of work, and today.
    expect(chartOf('answers').table.rows).toHaveLength(10)
  })

  test('strength, ranks, ratings and bias equal parley stats --json, to the last digit', async () => {
    const stats = await datasetStats(at.parley, cleo, { dataset: campaign.dataset.name })
    const [preference, helpful] = stats.questions
    const strengths = preference?.strength?.value ?? []
    expect(strengths.map(({ model }) => model).sort()).toEqual([...models].sort())
    expect(rowsOf('strength-preference')).toEqual(
      strengths.map((one) => ({
        ...{ model: one.model, rank: String(one.rank), judgements: String(one.judgements) },
        ...{ rank_low: String(one.rank_low), rank_high: String(one.rank_high) },
        ...limitsOf('strength', one.strength),
      })),
    )
    for (const { model, mean, ratings } of helpful?.mean_ratings ?? [])
      expect(rowsOf('ratings-helpful')).toContainEqual({
        ...{ model, ratings: String(ratings) },
        ...limitsOf('mean', mean),
      })
    for (const { labeler, questions } of stats.labelers) {
      const { position, longer_preferred: longer } = known(questions[0])
      if (!position?.value || !longer?.value) throw new Error('Everybody has judged.')
      const row = rowsOf('position-preference').find((one) => one['labeler'] === labeler)
      expect(row).toMatchObject({
        ...{ share: String(position.value), count: String(position.count) },
        p: String(position.p),
      })
      const other = rowsOf('length-preference').find((one) => one['labeler'] === labeler)
      expect(other).toMatchObject({ low: String(longer.low), high: String(longer.high) })
    }
    const [everybody] = rowsOf('position-preference')
    expect(everybody).toMatchObject({
      labeler: 'everybody',
      count: String(preference?.position?.value ? preference.position.count : ''),
    })
  })

  test('agreement over time is that of the records last answered then, with too few said', () => {
    const { stats } = found
    expect(stats.over?.map(({ day }) => day)).toEqual(
      rowsOf('agreement-preference').map((row) => row['from']),
    )
    const overlap = known(stats.questions[0]).overlap.records
    expect(sumOf('agreement-preference', 'records_with_two')).toBe(overlap)
    for (const row of rowsOf('agreement-preference'))
      expect(row['note']).toMatch(/^(Only \d+ records? ha|Not enough overlap)/)
  })

  test('every chart is drawn in both languages, without NaN', async () => {
    const recent = known((await recentWork(at.parley)).get(campaign.dataset.id))
    const ending = endingOf(recent, found.progress, 2)
    expect(ending.value?.days).toBeGreaterThan(0)
    for (const language of ['en', 'de'])
      for (const { drawing, title, how, summary, table } of datasetCharts(
        found,
        ending,
        language,
      )) {
        const svg = await drawChart(known(drawing), {
          ...{ theme: 'light', size: 'wide' },
          locale: language,
        })
        expect(svg, title).not.toMatch(/NaN|undefined|Infinity/)
        expect(`${title} ${how} ${summary}`).not.toMatch(/NaN|undefined|null/)
        expect(table.rows.flat().filter((cell) => Number.isNaN(cell))).toEqual([])
      }
  })
})

describe('happy: what happened lately', () => {
  test('answers of each 24 hours, and who is active', async () => {
    const recent = known(
      (await recentWork(at.parley, campaign.dataset.id)).get(campaign.dataset.id),
    )
    const progress = await datasetProgress(at.parley, campaign.dataset)
    expect(recent.answers.reduce((sum, count) => sum + count, 0)).toBe(progress.submitted)
    expect(recent.skips.reduce((sum, count) => sum + count, 0)).toBe(progress.discarded)
    expect(recent).toMatchObject({ today: 4, week: 4 })
    expect(recent.people).toHaveLength(4)
    expect((await recentWork(at.parley)).get(campaign.dataset.id)).toEqual(recent)
  })

  test('a dataset that moves is not stuck; after a day without anybody it is', async () => {
    const standing = async () => {
      const progress = await datasetProgress(at.parley, campaign.dataset)
      const recent = known((await recentWork(at.parley)).get(campaign.dataset.id))
      return standingOf(at.parley, campaign.dataset, progress, recent)
    }
    const now = at.clock.now()
    expect(await standing()).toEqual({ type: 'moving' })
    at.clock.advance('2 days')
    expect(await standing()).toMatchObject({ type: 'quiet' })
    at.clock.set(now)
  })
})

describe('twice: statistics are kept', () => {
  test('the same state is read once; an answer is seen after a while, and as of when is told', async () => {
    const kept = keepStatistics(at.parley)
    const [first, second] = await Promise.all([
      kept.find(campaign.dataset, 60_000),
      kept.find(campaign.dataset, 60_000),
    ])
    expect(second).toBe(first)
    const ana = known(campaign.people[0])
    const task = known(await nextAssignment(at.parley, ana, { dataset: campaign.dataset }))
    const ranks = Object.fromEntries(task.shownOrder.map((id, place) => [id, place + 1]))
    await submitResponse(at.parley, ana, {
      ...{ assignmentId: task.assignmentId, schemaVersion: 1, platform: 'slack' },
      values: {
        preference: { mode: 'full', ranks, all_unacceptable: false },
        ...{ helpful: Object.fromEntries(task.shownOrder.map((id) => [id, 3])), safe: 'yes' },
      },
    })
    expect(await kept.find(campaign.dataset, 60_000)).toBe(first)
    at.clock.advance('9 minutes')
    const later = known(await kept.find(campaign.dataset, 60_000))
    expect(later.stats.counts.answers).toBe(known(first).stats.counts.answers + 1)
    expect(later.asOf).toEqual(at.clock.now())
    expect(later.version).not.toBe(first?.version)
  })

  test('without patience there is nothing at first, and soon there is', async () => {
    const kept = keepStatistics(at.parley)
    expect(await kept.find(campaign.dataset, 0)).toBeNull()
    expect(await kept.find(campaign.dataset, 60_000)).not.toBeNull()
  })
})

describe('refused: nothing to draw', () => {
  test('an empty dataset has its charts, each with a sentence instead of a picture', async () => {
    const dataset = await makeDataset(at.parley)
    const empty = known(await keepStatistics(at.parley).find(dataset, 60_000))
    const none = datasetCharts(empty, unmeasured('None.'), 'en')
    expect(none.map(({ name }) => name)).toContain('agreement-preference')
    for (const { drawing, missing, table } of none) {
      expect(drawing).toBeNull()
      expect(missing).toMatch(/\.$/)
      expect(JSON.stringify(table)).not.toMatch(/NaN/)
    }
    const recent = (await recentWork(at.parley)).get(dataset.id)
    expect(recent).toBeUndefined()
  })
})

type Found = { value: number | null; low?: number | null; high?: number | null }

function limitsOf(key: string, estimate: Found | { value: null }): Record<string, string> {
  const { value, low, high }: Found = estimate
  return { [key]: String(value ?? ''), low: String(low ?? ''), high: String(high ?? '') }
}
