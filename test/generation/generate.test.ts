/** Models write outputs: what is asked for, what records get, what is kept aside, and what goes wrong. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ModelsStandIn, openModelsStandIn } from '../../sandbox/models/server.ts'
import { generationLines } from '../../src/chat/words/generation-lines.ts'
import { words } from '../../src/chat/words/words.ts'
import { exportToFile } from '../../src/exports/to-file.ts'
import { startGeneration } from '../../src/generation/start.ts'
import { consentVersion } from '../../src/labelers/labeler.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import {
  cleo,
  generate,
  give,
  key,
  makeDataset,
  modelsAt,
  recordLines,
  recordsOf,
} from './ground.ts'

let at: TestParley
let standIn: ModelsStandIn
beforeAll(async () => {
  at = await startParley()
  standIn = await openModelsStandIn({
    keys: [key],
    models: {
      'small-1': {},
      'large-1': {},
      refusing: { reply: (_, nth) => (nth % 2 === 0 ? 'refusal' : 'filtered') },
      silent: { reply: 'empty' },
      plain: { countsNothing: true },
    },
  })
  const prices = { input: 1000, output: 2000 }
  at.parley.models = modelsAt(standIn.url, {
    small: { model: 'small-1', key: 'SMALL_KEY', prices },
    large: { model: 'large-1', key: 'SMALL_KEY', prices, length_key: 'max_completion_tokens' },
    refusing: { key: 'SMALL_KEY' },
    silent: { key: 'SMALL_KEY' },
    plain: { key: 'SMALL_KEY', in_flight: 2 },
    keyless: {},
    wrong: { model: 'no-such', key: 'SMALL_KEY' },
    lost: { key: 'NOWHERE_SET' },
  })
})
beforeEach(() => {
  standIn.requests.length = 0
  standIn.faults.every(null)
})
afterAll(async () => {
  await standIn.close()
  await at.close()
})

describe('happy', () => {
  test('a chat of agents is asked in the words of servers; one they have no word for is none to ask with', async () => {
    const called = {
      id: 'c1',
      type: 'function',
      function: { name: 'weather', arguments: { a: 1 } },
    }
    const call = {
      role: 'assistant',
      content: null,
      reasoning_content: 'Hm.',
      tool_calls: [called],
    }
    const result = { role: 'tool', content: '12', tool_call_id: 'c1' }
    const ask = { role: 'user', content: 'Is it warm?' }
    const video = { role: 'user', content: [{ type: 'video', video: 'a.mp4' }] }
    const dataset = await makeDataset(at.parley, {
      more: 'fields: { prompt: { type: chat } }\ngenerate: { with: [small] }\n',
      lines: [
        { id: 'calls', prompt: [ask, call, result], tools: [{ type: 'function' }] },
        { id: 'video', prompt: [video] },
      ],
    })
    const done = await generate(at.parley, dataset, {})
    expect(done).toMatchObject({ state: 'done', leftOut: { no_prompt: 1 } })
    expect(standIn.requests.map(({ body }) => body.messages)).toEqual([
      [
        ask,
        {
          ...{ role: 'assistant', content: null },
          tool_calls: [{ ...called, function: { name: 'weather', arguments: '{"a":1}' } }],
        },
        result,
      ],
    ])
    const { holds } = await at.parley.db
      .selectFrom('outlines')
      .innerJoin('records', 'records.id', 'outlines.recordId')
      .select('outlines.holds')
      .where('records.externalId', '=', 'calls')
      .executeTakeFirstOrThrow()
    // The output that was added says nothing of the tools beside it.
    expect(holds).toBe(3)
  })

  test('two models write two samples each, and records that waited for outputs are open', async () => {
    const dataset = await makeDataset(at.parley, {
      more: 'generate:\n  with: [small, large]\n  system: Be brief.\n  limits: { in_flight: 4 }\n',
    })
    expect((await recordsOf(at.parley, dataset)).map(({ status }) => status)).toEqual([
      ...['needs_outputs', 'needs_outputs', 'needs_outputs'],
    ])
    const flags = { samples: '2', temperature: '0.5', topP: '0.9', seed: '7', maxTokens: '50' }
    const done = await generate(at.parley, dataset, flags)
    expect(done).toMatchObject({ state: 'done', problem: null, leftOut: {} })
    expect(done.counts).toMatchObject({ added: 12, requests: 12, cut: 0, brokenOff: 0 })
    const asked = standIn.requests.filter(({ model }) => model === 'small-1')
    expect(asked).toHaveLength(6)
    expect(asked[0]?.body).toMatchObject({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Prompt 1?' },
      ],
      ...{ temperature: 0.5, top_p: 0.9, max_tokens: 50 },
    })
    expect(asked.map(({ body }) => body.seed).toSorted()).toEqual([7, 7, 7, 8, 8, 8])
    expect(standIn.requests.find(({ model }) => model === 'large-1')?.body).toMatchObject({
      max_completion_tokens: 50,
    })
    const [first] = await recordsOf(at.parley, dataset)
    expect(first).toMatchObject({ externalId: 'r1', status: 'pending' })
    const ids = first?.outputs.map(({ id }) => id).toSorted()
    expect(ids).toEqual(['large-1', 'large-2', 'small-1', 'small-2'])
    expect(first?.outputs.find(({ id }) => id === 'small-2')).toEqual({
      id: 'small-2',
      text: 'small-1 answers 8: about "Prompt 1?" there is much to say.',
      model: 'small',
      metadata: {
        generated: {
          ...{ model: 'small-1', sample: 2, generation: done.id, finish_reason: 'stop' },
          parameters: { temperature: 0.5, top_p: 0.9, seed: 8, max_tokens: 50 },
          usage: { input_tokens: 4, output_tokens: 11 },
        },
      },
    })
    // 12 requests of 4 tokens read and 11 written, at 1000 and 2000 a million.
    expect(done.counts.cost).toBeCloseTo((12 * (4 * 1000 + 11 * 2000)) / 1e6)
  })

  test('run again it asks for nothing, and for more samples only for what is missing', async () => {
    const dataset = await makeDataset(at.parley)
    await generate(at.parley, dataset, { with: 'small' })
    standIn.requests.length = 0
    const again = await generate(at.parley, dataset, { with: 'small' })
    expect(again).toMatchObject({ state: 'done', counts: { added: 0, requests: 0 } })
    expect(standIn.requests).toHaveLength(0)
    await generate(at.parley, dataset, { with: 'small', samples: '2' })
    expect(standIn.requests).toHaveLength(3)
    expect((await recordsOf(at.parley, dataset))[0]?.outputs).toHaveLength(2)
  })

  test('the same file imported again takes no output away; another prompt asks for new ones', async () => {
    const dataset = await makeDataset(at.parley, { records: 2 })
    await generate(at.parley, dataset, { with: ['small', 'large'] })
    const before = await recordsOf(at.parley, dataset)
    expect(await give(at.parley, dataset, recordLines(2))).toMatchObject({ unchanged: 2 })
    expect(await recordsOf(at.parley, dataset)).toEqual(before)
    const changed = [{ id: 'r1', prompt: 'Another prompt?' }]
    expect(await give(at.parley, dataset, changed)).toMatchObject({ updated: 1 })
    expect((await recordsOf(at.parley, dataset))[0]).toMatchObject({
      ...{ status: 'needs_outputs', outputs: [] },
    })
    standIn.requests.length = 0
    await generate(at.parley, dataset, { with: 'small,large' })
    expect(standIn.requests).toHaveLength(2)
    const [first] = await recordsOf(at.parley, dataset)
    expect(first?.status).toBe('pending')
    expect(first?.outputs.every(({ text }) => text?.includes('Another prompt?'))).toBe(true)
  })

  test('an output that is cut off is kept aside; keep-cut adds it without asking again', async () => {
    const dataset = await makeDataset(at.parley, { records: 2 })
    const cut = await generate(at.parley, dataset, { with: 'small', maxTokens: '3' })
    expect(cut).toMatchObject({ state: 'done', counts: { added: 0, cut: 2 } })
    expect((await recordsOf(at.parley, dataset))[0]?.outputs).toEqual([])
    expect(generationLines(words(undefined), cut)).toContain(
      '2 outputs cut off at the longest length. A larger max_tokens lets new ones end; keep_cut adds them marked as cut off.',
    )
    standIn.requests.length = 0
    const kept = await generate(at.parley, dataset, { with: 'small', keepCut: true })
    expect(kept.counts).toMatchObject({ added: 2, requests: 0 })
    expect(standIn.requests).toHaveLength(0)
    expect((await recordsOf(at.parley, dataset))[0]?.outputs).toMatchObject([
      {
        text: 'small-1 answers 1:',
        metadata: { generated: { cut_off: true, finish_reason: 'length' } },
      },
    ])
  })

  test('refusals and empty texts are counted and never dealt', async () => {
    const dataset = await makeDataset(at.parley, { records: 2 })
    const done = await generate(at.parley, dataset, { with: ['refusing', 'silent'] })
    expect(done).toMatchObject({ state: 'done', counts: { added: 0, refused: 2, empty: 2 } })
    expect((await recordsOf(at.parley, dataset)).map(({ status }) => status)).toEqual([
      ...['needs_outputs', 'needs_outputs'],
    ])
  })

  test('a server that counts no tokens has them estimated, and the output says so', async () => {
    const dataset = await makeDataset(at.parley, { records: 1 })
    const done = await generate(at.parley, dataset, { with: 'plain' })
    expect(done.counts.outputTokens).toBeGreaterThan(5)
    const [first] = await recordsOf(at.parley, dataset)
    expect(first?.outputs[0]?.metadata).toMatchObject({
      generated: { usage: { estimated: true } },
    })
  })

  test('records keep the numbers of their metadata to the last digit', async () => {
    const dataset = await makeDataset(at.parley, { records: 1 })
    await at.database.pool.query(
      `update records set metadata = '{"n": 12345678901234567890}' where dataset_id =
        (select id from datasets where name = $1)`,
      [dataset],
    )
    await generate(at.parley, dataset, { with: 'small' })
    const { rows } = await at.database.pool.query(
      `select metadata::text, jsonb_array_length(outputs) as outputs from records where dataset_id =
        (select id from datasets where name = $1)`,
      [dataset],
    )
    expect(rows).toEqual([{ metadata: '{"n": 12345678901234567890}', outputs: 1 }])
  })

  test('what the models wrote leaves as a preference file names them', async () => {
    const dataset = await makeDataset(at.parley, { records: 1 })
    await generate(at.parley, dataset, { with: ['small', 'large'] })
    const { counts } = await exportToFile(at.parley, cleo, { dataset, as: 'records', dryRun: true })
    expect(counts.emitted).toBe(1)
  })
})

describe('refused', () => {
  const refusals: [string, Record<string, string>, RegExp][] = [
    ['no model', {}, /Name the models\. There are small, large, /],
    ['a model nobody knows', { with: 'smal' }, /There is no model "smal"\. Did you mean "small"\?/],
    ['a key that is not set', { with: 'lost' }, /NOWHERE_SET with the key of "lost" is not set/],
    [
      'an option nobody knows',
      { with: 'small', sample: '2' },
      /no such option\. Did you mean "samples"/,
    ],
    ['samples: 0', { with: 'small', samples: '0' }, /whole number from 1 to 20/],
    ['temperature: hot', { with: 'small', temperature: 'hot' }, /number from 0 to 2/],
    ['the same twice', { with: 'small', samples: '2', temperature: '0' }, /same output every time/],
    ['money without prices', { with: 'plain', money: '5' }, /What "plain" costs is not known/],
  ]
  test.each(refusals)('%s: one clear sentence, and nothing is started', async (_, flags, says) => {
    const dataset = await makeDataset(at.parley, { records: 1 })
    await expect(startGeneration(at.parley, cleo, { dataset, flags })).rejects.toThrow(says)
    expect(standIn.requests).toHaveLength(0)
  })

  test('a labeler starts none', async () => {
    const dataset = await makeDataset(at.parley, { records: 1 })
    const ana = {
      id: '1',
      consentVersion,
      person: { platform: 'slack', workspace: 'T1', userId: 'U1' },
    } as const
    await expect(
      startGeneration(at.parley, { type: 'labeler', labeler: ana }, { dataset }),
    ).rejects.toMatchObject({ code: 'forbidden' })
  })

  test('a model its server does not know, and a key it does not accept, stop that model alone', async () => {
    const dataset = await makeDataset(at.parley)
    const done = await generate(at.parley, dataset, { with: ['wrong', 'small', 'keyless'] })
    expect(done.state).toBe('stopped')
    expect(done.counts.added).toBe(3)
    expect(done.problem?.split('\n').toSorted()).toEqual([
      '"keyless" asks for a key. Name its variable as "key" in PARLEY_MODELS.',
      `${standIn.url} has no model "no-such". Check "model" and "base_url" of "wrong" in PARLEY_MODELS.`,
    ])
  })
})
