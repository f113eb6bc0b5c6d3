/** Servers that fail in every way there is: what is tried again, what stops, and what an admin reads. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Fault, type ModelsStandIn, openModelsStandIn } from '../../sandbox/models/server.ts'
import { inGerman } from '../../src/german-refusals.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { generate, key, makeDataset, modelsAt, recordsOf } from './ground.ts'

let at: TestParley
let standIn: ModelsStandIn
beforeAll(async () => {
  at = await startParley()
  standIn = await openModelsStandIn({
    keys: [key],
    models: { small: {}, large: {}, strict: { refuses: ['temperature'] } },
  })
  const prices = { input: 1_000_000, output: 1_000_000 }
  at.parley.models = modelsAt(
    standIn.url,
    {
      small: { key: 'SMALL_KEY', prices, in_flight: 4 },
      large: { key: 'SMALL_KEY', prices },
      strict: { key: 'SMALL_KEY' },
      hasty: { model: 'small', key: 'SMALL_KEY', timeout_seconds: 1 },
      stranger: { model: 'small', key: 'OTHER_KEY' },
      nowhere: { base_url: await closedAddress() },
      astray: { base_url: standIn.url.replace('/v1', '/v2'), key: 'SMALL_KEY' },
    },
    { SMALL_KEY: key, OTHER_KEY: 'sk-another-canary-77' },
  )
})
afterEach(() => {
  standIn.faults.every(null)
  standIn.requests.length = 0
})
afterAll(async () => {
  await standIn.close()
  await at.close()
})

/** Where nobody listens any more. */
async function closedAddress(): Promise<string> {
  const gone = await openModelsStandIn({ models: {} })
  await gone.close()
  return gone.url
}

describe('happy: what passes by itself is tried again', () => {
  const passing: [string, Fault][] = [
    ['a full server that names its time', { type: 'status', status: 429, retryAfter: '0.05' }],
    [
      'a full server that names a date',
      { type: 'status', status: 429, retryAfter: 'Mon, 02 Mar 2026 09:00:00 GMT' },
    ],
    ['a server that fails', { type: 'status', status: 500 }],
    ['a gateway with a page', { type: 'page', status: 502 }],
    ['an answer that breaks off', { type: 'cut' }],
    ['a connection that breaks', { type: 'drop' }],
    ['half of some JSON', { type: 'malformed' }],
    ['JSON of something else', { type: 'other' }],
  ]
  test.each(passing)('%s', async (_, fault) => {
    const dataset = await makeDataset(at.parley, { records: 1 })
    standIn.faults.next(fault)
    const done = await generate(at.parley, dataset, { with: 'small' })
    expect(done).toMatchObject({ state: 'done', problem: null, leftOut: {} })
    expect(done.counts).toMatchObject({ added: 1, requests: 2, brokenOff: 0 })
    expect((await recordsOf(at.parley, dataset))[0]?.outputs).toHaveLength(1)
  })

  test('Retry-After holds for every request of the model, and not for other models', async () => {
    const dataset = await makeDataset(at.parley, { records: 8 })
    const openFrom = performance.now() + 1000
    standIn.faults.every(({ model }) =>
      model === 'small' && performance.now() < openFrom
        ? { type: 'status', status: 429, retryAfter: 1 }
        : null,
    )
    const done = await generate(at.parley, dataset, { with: ['small', 'large'] })
    expect(done).toMatchObject({ state: 'done', counts: { added: 16 } })
    // Those that were under way met it once each; nobody asked again before its time.
    const refused = standIn.requests.filter(({ status }) => status === 429)
    expect(refused.length).toBeLessThanOrEqual(4)
  })
})

describe('refused: one sentence with its remedy, nothing lost', () => {
  const failing: [string, string, Fault | null, RegExp][] = [
    ['a full server', 'small', { type: 'status', status: 429 }, /takes no more requests for now/],
    [
      'a full server for an hour',
      'small',
      { type: 'status', status: 429, retryAfter: 3600 },
      /takes no more requests for 60 minutes\. Start again then/,
    ],
    [
      'an empty account',
      'small',
      { type: 'status', status: 429, code: 'insufficient_quota' },
      /has no credit left\. Top it up/,
    ],
    ['a failing server', 'small', { type: 'status', status: 503 }, /fails \(status 503\)/],
    ['a slow server', 'hasty', { type: 'slow', ms: 3000 }, /did not answer within 1 seconds/],
    ['answers that break off', 'small', { type: 'cut' }, /broke off in the middle of its answer/],
    ['half of some JSON', 'small', { type: 'malformed' }, /is no chat completion/],
    ['JSON of something else', 'small', { type: 'other' }, /is no chat completion/],
    ['a web page', 'small', { type: 'page' }, /web page and not as a model server/],
    ['a page that is not found', 'small', { type: 'page', status: 404 }, /web page and not/],
    [
      'a redirect',
      'small',
      { type: 'redirect', to: 'http://169.254.169.254/v1/chat/completions' },
      /redirects to another address/,
    ],
    [
      'a key nobody accepts',
      'stranger',
      null,
      /does not accept our key\. Check the variable OTHER_KEY/,
    ],
    [
      'no server',
      'nowhere',
      null,
      /cannot be reached at 127\.0\.0\.1:\d+ \(ECONNREFUSED\)\. .*server runs/,
    ],
    [
      'a wrong address',
      'astray',
      null,
      /\/v2 is not the address of a model server \(status 404\)\. Check "base_url" of "astray"/,
    ],
    [
      'a wrong address of a server on FastAPI',
      'small',
      { type: 'foreign', status: 404, body: { detail: 'Not Found' } },
      /is not the address of a model server/,
    ],
    [
      'a wrong address of Ollama',
      'small',
      { type: 'foreign', status: 404, body: '404 page not found' },
      /is not the address of a model server/,
    ],
    [
      'a missing model of Ollama',
      'small',
      {
        ...{ type: 'foreign', status: 404 },
        body: {
          error: { message: 'model "small" not found, try pulling it first', type: 'api_error' },
        },
      },
      /has no model "small"\. Check "model"/,
    ],
    [
      'a missing model of an earlier vLLM',
      'small',
      {
        ...{ type: 'foreign', status: 404 },
        body: { object: 'error', message: 'The model `small` does not exist.', code: 404 },
      },
      /has no model "small"\. Check "model"/,
    ],
    [
      'a 404 that says nothing',
      'small',
      { type: 'foreign', status: 404, body: '' },
      /has no model "small", or is not the address of a model server/,
    ],
  ]
  test.each(failing)('%s', async (_, model, fault, says) => {
    const dataset = await makeDataset(at.parley, { records: 2 })
    standIn.faults.every(() => fault)
    const stopped = await generate(at.parley, dataset, { with: model })
    expect(stopped.state).toBe('stopped')
    expect(stopped.problem).toMatch(says)
    expect(stopped.problem).not.toMatch(/\n/)
    expect(stopped.problem).not.toContain('canary')
    expect(inGerman(stopped.problem ?? '')).not.toMatch(
      /\b(the|this|is|not|of|Write|Check|Start)\b/,
    )
    expect(stopped.counts.added).toBe(0)
    // Once it works again, the same command writes all of it, and nothing counts as cut off.
    standIn.faults.every(null)
    const done = await generate(at.parley, dataset, { with: 'large' })
    expect(done.counts).toMatchObject({ added: 2, brokenOff: 0 })
  })

  test('a parameter the model takes no part in is named in the words of its server', async () => {
    const dataset = await makeDataset(at.parley, { records: 3 })
    const stopped = await generate(at.parley, dataset, { with: 'strict', temperature: '1' })
    expect(stopped).toMatchObject({ state: 'stopped', leftOut: { failed: 3 } })
    expect(stopped.problem).toBe(
      `"strict" refuses a request: Unsupported parameter: 'temperature' is not supported with this model. Change the option or the record it names.`,
    )
  })

  test('one record the server refuses keeps no other from its output', async () => {
    const dataset = await makeDataset(at.parley, { records: 6 })
    standIn.faults.every(({ body }) =>
      JSON.stringify(body.messages).includes('Prompt 3?')
        ? { type: 'status', status: 400, message: 'Too long for this model' }
        : null,
    )
    const stopped = await generate(at.parley, dataset, { with: 'small' })
    expect(stopped).toMatchObject({
      state: 'stopped',
      counts: { added: 5 },
      leftOut: { failed: 1 },
    })
    expect(stopped.problem).toContain('Too long for this model.')
  })

  test('a server that is broken is left alone after a few requests, not asked for every record', async () => {
    const dataset = await makeDataset(at.parley, { records: 60 })
    standIn.faults.every(() => ({ type: 'status', status: 500 }))
    const stopped = await generate(at.parley, dataset, { with: 'small' })
    expect(stopped.state).toBe('stopped')
    expect(standIn.requests.length).toBeLessThan(60)
  })

  test('a budget that is used up stops it cleanly, says how to go on, and is never passed', async () => {
    const dataset = await makeDataset(at.parley, { records: 40 })
    // A request reads 2 tokens, is expected to write 20 and writes 11, at 1 a token.
    const flags = { with: 'small', maxTokens: '20' }
    const stopped = await generate(at.parley, dataset, { ...flags, money: '150' })
    expect(stopped.state).toBe('stopped')
    expect(stopped.counts.cost).toBeGreaterThan(100)
    expect(stopped.counts.cost).toBeLessThanOrEqual(150)
    // Its tokens are estimated before it is asked.
    expect(stopped.problem?.replace(/cost 2\d\./, 'cost 2x.')).toBe(
      `The budget has no room for another request: ${stopped.counts.cost} of 150 spent, and one may cost 2x. Go on with a larger one: parley generate ${dataset} --money AMOUNT.`,
    )
    const spent = stopped.counts.added
    // The limit holds for the dataset, whoever starts again.
    const again = await generate(at.parley, dataset, { ...flags, money: '150' })
    expect(again).toMatchObject({ state: 'stopped', counts: { requests: 0, added: 0 } })
    const done = await generate(at.parley, dataset, { ...flags, money: '1000' })
    expect(done).toMatchObject({ state: 'done', counts: { added: 40 - spent, brokenOff: 0 } })
    const tokens = await generate(at.parley, dataset, { with: 'large', tokens: '10' })
    expect(tokens.problem).toMatch(
      /^The budget is used up: \d+ of 10 tokens spent\. .* --tokens NUMBER\.$/,
    )
    const unspent = await makeDataset(at.parley, { records: 1 })
    // Nobody bounded the output: it is expected to have 1,000 tokens.
    const never = await generate(at.parley, unspent, { with: 'large', tokens: '10' })
    expect(never.problem?.replace(/take 100\d\./, 'take 100x.')).toBe(
      `The budget has no room for another request: 0 of 10 tokens spent, and one may take 100x. Go on with a larger one: parley generate ${unspent} --tokens NUMBER.`,
    )
  })
})

test('no key is in any row, however its server repeats it', async () => {
  const { rows } = await at.database.pool.query<{ tables: string }>(
    `select query_to_xml('select * from generations', true, false, '')::text
      || query_to_xml('select * from generated_outputs', true, false, '')::text
      || query_to_xml('select * from records', true, false, '')::text
      || query_to_xml('select * from audit', true, false, '')::text as tables`,
  )
  expect(rows[0]?.tables).toContain('small')
  expect(rows[0]?.tables).not.toContain('canary')
})
