/** What operators read while people work: at every role's health port, and with a key at the public one. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createClaimCode } from '../../src/labelers/roles.ts'
import { lanes as laneNames } from '../../src/queue/jobs.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { admin, type Journey, openJourney } from '../support/journey.ts'
import { readExposition, type Sample } from '../support/promql.ts'

const metricsKey = 'a key for scrapers, long enough'
let journey: Journey
let health: string

beforeAll(async () => {
  journey = await openJourney({ isMeasured: true, env: { PARLEY_METRICS_KEY: metricsKey } })
  health = await journey.service.listenForHealth(0, { needsQueue: false })
  await journey.dataset('name: pairs\ntemplate: comparison\ntitle: Pairs', pairs)
})
afterAll(() => journey.close())

const pairs = Array.from({ length: 3 }, (_, at) => ({
  id: `p${at}`,
  prompt: `Prompt ${at}?`,
  outputs: [`left ${at}`, `right ${at}`],
}))

const authorized = { headers: { authorization: `Bearer ${metricsKey}` } }

async function scrape(from = health, init: RequestInit = authorized): Promise<Sample[]> {
  const answer = await fetch(`${from}/metrics`, init)
  expect(answer.status).toBe(200)
  return readExposition(await answer.text())
}

/** The sum over series of this name that have these labels. */
function sumOf(samples: Sample[], name: string, labels: Record<string, string> = {}): number {
  return samples
    .filter((one) => one.name === name)
    .filter((one) => Object.entries(labels).every(([key, value]) => one.labels[key] === value))
    .reduce((sum, { value }) => sum + value, 0)
}

describe('happy: while people work', () => {
  test('gestures, claims, answers, 429s and rows are counted as they happen', async () => {
    const { ana, slack } = journey
    await ana.joins('pairs')
    await ana.presses('A is better')
    slack.faults.next('chat.postMessage', { status: 429, retryAfter: 1 })
    await ana.types('/parley next pairs')
    const found = await scrape()
    const slackDone = { platform: 'slack', result: 'done' }
    expect(sumOf(found, 'parley_interactions_total', { ...slackDone, gesture: 'press' })).toBe(1)
    expect(sumOf(found, 'parley_interaction_seconds_count', { platform: 'slack' })).toBe(
      sumOf(found, 'parley_interactions_total', { platform: 'slack' }),
    )
    expect(sumOf(found, 'parley_claims_total', { result: 'taken' })).toBe(2)
    expect(sumOf(found, 'parley_claims_total', { result: 'held' })).toBe(1)
    expect(sumOf(found, 'parley_answers_total', { outcome: 'counted' })).toBe(1)
    expect(sumOf(found, 'parley_rate_limited_total', { platform: 'slack' })).toBe(1)
    expect(sumOf(found, 'parley_import_rows_total', { outcome: 'created' })).toBe(3)
    const events = { route: '/slack/events', status: '200' }
    expect(sumOf(found, 'parley_http_requests_total', events)).toBeGreaterThan(2)
  })

  test('an export from chat counts its job, its rows and its messages', async () => {
    const { cleo } = journey
    await cleo.types(`/parley-admin claim ${await createClaimCode(journey.parley, admin)}`)
    await cleo.types('/parley-admin export pairs raw')
    await cleo.receives('raw.jsonl')
    await expect
      .poll(async () => sumOf(await scrape(), 'parley_jobs_total', { job: 'write-export' }), {
        timeout: 60_000,
        interval: 250,
      })
      .toBe(1)
    const found = await scrape()
    expect(sumOf(found, 'parley_exports_total', { format: 'raw', result: 'written' })).toBe(1)
    expect(sumOf(found, 'parley_export_rows_total', { format: 'raw' })).toBe(1)
    expect(sumOf(found, 'parley_export_seconds_count')).toBe(1)
  })

  test('gauges tell the stores, the pools and the event loop; no series names a dataset or person', async () => {
    const found = await scrape()
    expect(sumOf(found, 'parley_database_up')).toBe(1)
    expect(sumOf(found, 'parley_queue_up')).toBe(1)
    expect(sumOf(found, 'parley_info', { version: 'test', role: 'all' })).toBe(1)
    for (const pool of ['parley', 'queue']) {
      expect(sumOf(found, 'parley_db_pool_connections', { pool })).toBeGreaterThan(0)
      expect(sumOf(found, 'parley_db_pool_max', { pool })).toBeGreaterThan(1)
    }
    expect(found.some(({ name }) => name === 'nodejs_eventloop_lag_p99_seconds')).toBe(true)
    expect(found.some(({ name }) => name === 'parley_reminders_late')).toBe(true)
    const lanes = found.filter(({ name }) => name === 'parley_queue_jobs')
    expect(lanes).toHaveLength(3 * laneNames.length)
    const values = found.flatMap(({ labels }) => Object.values(labels))
    expect(values.filter((value) => /pairs|UANA|Ana|T0/.test(value))).toEqual([])
  })

  test('somebody who types random addresses makes no new series', async () => {
    for (const path of ['/nothing/1', '/nothing/2', '/.env'])
      await fetch(`${journey.service.address}${path}`)
    const routes = (await scrape())
      .filter(({ name }) => name === 'parley_http_requests_total')
      .map(({ labels }) => labels['route'])
    expect(routes).toContain('none')
    expect(routes.join()).not.toMatch(/nothing|env/)
  })

  test('a gesture that is refused, and one that breaks, are told apart', async () => {
    await journey.ben.types('/parley-admin pause pairs')
    const before = await scrape()
    expect(sumOf(before, 'parley_interactions_total', { result: 'refused' })).toBe(1)
    expect(sumOf(before, 'parley_interactions_total', { result: 'failed' })).toBe(0)
  })
})

describe('refused: metrics', () => {
  const status = async (address: string, authorization?: string) => {
    const headers = authorization === undefined ? {} : { authorization }
    return (await fetch(`${address}/metrics`, { headers })).status
  }

  test('without the key, with a wrong one, and not in the shape of one', async () => {
    for (const address of [health, journey.service.address]) {
      expect(await status(address)).toBe(401)
      expect(await status(address, 'Bearer a key for scrapers, long enougH')).toBe(401)
      expect(await status(address, metricsKey)).toBe(401)
      expect(await status(address, `Bearer ${metricsKey}`)).toBe(200)
    }
  })

  test('where no key is set, the public port has none; the health port answers', async () => {
    const open = await openJourney({ isMeasured: true, worker: false })
    try {
      const answer = await fetch(`${open.service.address}/metrics`)
      expect(answer.status).toBe(404)
      expect(await answer.text()).toContain('PARLEY_HEALTH_PORT')
      const own = await open.service.listenForHealth(0, { needsQueue: false })
      expect(await status(own)).toBe(200)
    } finally {
      await open.close()
    }
  })
})

describe('happy: every role has a health port', () => {
  let database: TestDatabase
  const dataDir = mkdtempSync(join(tmpdir(), 'parley-roles-'))
  beforeAll(async () => {
    database = await openTestDatabase({ max: 2 })
  })
  afterAll(async () => {
    await database.close()
    rmSync(dataDir, { recursive: true, force: true })
  })

  test.each(['web', 'worker', 'gateway'])(
    '%s',
    async (role) => {
      const child = spawn(
        process.execPath,
        ['bin/parley.js', 'start', '--role', role, '--health-port', '0'],
        {
          env: {
            PATH: process.env['PATH'],
            DATABASE_URL: database.url,
            PARLEY_SECRET: 'a secret for tests only, of no use elsewhere',
            PARLEY_DATA_DIR: dataDir,
            PORT: '0',
          },
          stdio: ['ignore', 'ignore', 'pipe'],
        },
      )
      try {
        const address = await saidAddress(child)
        expect((await fetch(`${address}/healthz`)).status).toBe(200)
        // On a busy machine a look at the queue may take longer than one request waits for it.
        await expect
          .poll(async () => (await fetch(`${address}/readyz`)).json(), { timeout: 20_000 })
          .toEqual({ ok: true, database: true, queue: true })
        expect((await fetch(`${address}/readyz`)).status).toBe(200)
        const found = await scrape(address, {})
        expect(sumOf(found, 'parley_info', { role })).toBe(1)
        expect(sumOf(found, 'parley_database_up')).toBe(1)
      } finally {
        const gone = once(child, 'exit')
        child.kill('SIGTERM')
        expect((await gone)[0]).toBe(0)
      }
    },
    60_000,
  )
})

/** Where a process says its health port is. */
function saidAddress(child: ChildProcess): Promise<string> {
  let said = ''
  return new Promise((resolve, reject) => {
    child.stderr?.on('data', (bytes: Buffer) => {
      said += bytes.toString()
      const [, address] = /Health and metrics are at (\S+)/.exec(said) ?? []
      if (address) resolve(address)
    })
    child.once('exit', () => reject(new Error(`It ended:\n${said}`)))
  })
}
