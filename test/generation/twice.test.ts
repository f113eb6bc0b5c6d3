/**
 * What happens twice is done once: workers that are killed, paused or started together, admins who start
 * the same generation, records that are answered, changed or deleted while models write.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type ModelsStandIn, openModelsStandIn } from '../../sandbox/models/server.ts'
import type { GenerationProgress } from '../../src/chat/port/port.ts'
import { deleteDataset } from '../../src/datasets/delete.ts'
import { cancelGeneration } from '../../src/generation/cancel.ts'
import { getGeneration } from '../../src/generation/generation.ts'
import { runGeneration, sweepGenerations } from '../../src/generation/run.ts'
import { generateForWaiting, startGeneration } from '../../src/generation/start.ts'
import { deleteRecord } from '../../src/records/record.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import {
  cleo,
  generate,
  give,
  key,
  makeDataset,
  modelsAt,
  patience,
  recordsOf,
  until,
} from './ground.ts'

let at: TestParley
let standIn: ModelsStandIn
const entries = { small: { key: 'SMALL_KEY', in_flight: 4 }, large: { key: 'SMALL_KEY' } }
beforeAll(async () => {
  at = await startParley({ max: 8 })
  standIn = await openModelsStandIn({ keys: [key], models: { small: {}, large: {} } })
  at.parley.models = modelsAt(standIn.url, entries)
})
afterEach(() => {
  standIn.faults.every(null)
  standIn.requests.length = 0
  at.queue.length = 0
})
afterAll(async () => {
  await standIn.close()
  await at.close()
})

/** How often each output is there: once, each on its own record. */
async function outputsOnce(dataset: string, records: number, each: number): Promise<void> {
  const all = await recordsOf(at.parley, dataset)
  expect(all).toHaveLength(records)
  for (const { outputs } of all) {
    expect(outputs).toHaveLength(each)
    expect(new Set(outputs.map(({ id }) => id)).size).toBe(each)
  }
}

function startWorker(id: string) {
  const models = Object.fromEntries(
    Object.entries(entries).map(([name, entry]) => [name, { base_url: standIn.url, ...entry }]),
  )
  const file = fileURLToPath(new URL('./generator.ts', import.meta.url))
  const now = at.parley.now().toISOString()
  return spawn(process.execPath, [file, at.database.url, id, now, JSON.stringify(models), key], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
}

describe('twice: workers', () => {
  test('killed again and again in the middle, each output is stored once, and what was cut off is counted', async () => {
    const dataset = await makeDataset(at.parley, { records: 30 })
    const flags = { with: 'small', samples: '2' }
    const { generation } = await startGeneration(at.parley, cleo, { dataset, flags })
    let hangFrom = 10
    standIn.faults.every(({ nth }) => (nth > hangFrom ? { type: 'slow', ms: 600_000 } : null))
    for (const asked of [14, 28]) {
      const worker = startWorker(generation.id)
      await standIn.asked(asked)
      // What answered before the others hang is stored before the worker dies.
      await until(
        async () => (await stored(generation.id)) >= hangFrom - (asked === 28 ? 4 : 0),
        'Storing',
      )
      worker.kill('SIGKILL')
      await once(worker, 'exit')
      hangFrom = 24
      at.clock.advance('31 seconds')
    }
    standIn.faults.every(null)
    at.queue.length = 0
    await sweepGenerations(at.parley)
    expect(at.queue.map(({ payload }) => payload)).toContainEqual({ generationId: generation.id })
    await runGeneration(at.parley, generation.id, { patience })
    const done = await getGeneration(at.parley, generation.id)
    expect(done).toMatchObject({ state: 'done', attempt: 3, counts: { added: 60 } })
    // The eight that hung when their workers died, and none of those that were only noted.
    expect(done.counts.brokenOff).toBe(8)
    await outputsOnce(dataset, 30, 2)
    const { rows } = await at.database.pool.query(
      `select count(*)::int as outputs,
        count(*) filter (where begun_at is not null and done_at is null)::int as open
       from generated_outputs where generation_id = $1`,
      [generation.id],
    )
    expect(rows).toEqual([{ outputs: 60, open: 0 }])
  }, 60_000)

  test('two workers that come at once: one works, the other is rung for when it may be dead', async () => {
    const dataset = await makeDataset(at.parley, { records: 10 })
    const { generation } = await startGeneration(at.parley, cleo, {
      dataset,
      flags: { with: 'small' },
    })
    at.queue.length = 0
    const run = () => runGeneration(at.parley, generation.id, { patience })
    await Promise.all([run(), run(), run()])
    expect(standIn.requests).toHaveLength(10)
    await outputsOnce(dataset, 10, 1)
    for (const { name, delayMs } of at.queue) {
      expect(name).toBe('generate-outputs')
      expect(delayMs).toBeLessThanOrEqual(31_000)
    }
  })

  test('a worker that was paused for too long stores nothing once another has begun', async () => {
    const dataset = await makeDataset(at.parley, { records: 4 })
    const { generation } = await startGeneration(at.parley, cleo, {
      dataset,
      flags: { with: 'small' },
    })
    const worker = startWorker(generation.id)
    standIn.faults.every(({ nth }) => (nth <= 4 ? { type: 'slow', ms: 700 } : null))
    await standIn.asked(4)
    worker.kill('SIGSTOP')
    at.clock.advance('31 seconds')
    await runGeneration(at.parley, generation.id, { patience })
    expect(await getGeneration(at.parley, generation.id)).toMatchObject({
      ...{ state: 'done', attempt: 2, counts: { added: 4, brokenOff: 4 } },
    })
    const before = await recordsOf(at.parley, dataset)
    worker.kill('SIGCONT')
    await once(worker, 'exit')
    expect(await recordsOf(at.parley, dataset)).toEqual(before)
  }, 30_000)
})

test('twice: a cancel in the middle counts the requests it cut off, and none that was not sent', async () => {
  const dataset = await makeDataset(at.parley, { records: 30 })
  const flags = { with: 'small' }
  const { generation } = await startGeneration(at.parley, cleo, { dataset, flags })
  standIn.faults.every(({ nth }) => (nth > 6 ? { type: 'slow', ms: 600_000 } : null))
  const running = runGeneration(at.parley, generation.id, { patience })
  await standIn.asked(10)
  await until(async () => (await stored(generation.id)) === 6, 'Storing')
  await cancelGeneration(at.parley, cleo, { dataset })
  await running
  standIn.faults.every(null)
  const next = await startGeneration(at.parley, cleo, { dataset, flags })
  await runGeneration(at.parley, next.generation.id, { patience })
  const done = await getGeneration(at.parley, next.generation.id)
  expect(done).toMatchObject({ state: 'done', counts: { added: 24, requests: 24, brokenOff: 4 } })
  await outputsOnce(dataset, 30, 1)
}, 60_000)

test('twice: a process that stops stores what is under way and hands the rest over; nothing counts as cut off', async () => {
  const dataset = await makeDataset(at.parley, { records: 12 })
  const flags = { with: 'small' }
  const { generation } = await startGeneration(at.parley, cleo, { dataset, flags })
  standIn.faults.every(() => ({ type: 'slow', ms: 400 }))
  const stop = new AbortController()
  const stopped = runGeneration({ ...at.parley, stopping: stop.signal }, generation.id, {
    patience,
  })
  await standIn.asked(4)
  at.queue.length = 0
  stop.abort()
  await stopped
  expect(await getGeneration(at.parley, generation.id)).toMatchObject({
    ...{ state: 'queued', counts: { added: 4, requests: 4, brokenOff: 0 } },
  })
  expect(at.queue).toMatchObject([{ payload: { generationId: generation.id } }])
  standIn.faults.every(null)
  await runGeneration(at.parley, generation.id, { patience })
  expect(await getGeneration(at.parley, generation.id)).toMatchObject({
    ...{ state: 'done', counts: { added: 12, requests: 12, brokenOff: 0 } },
  })
  await outputsOnce(dataset, 12, 1)
})

async function stored(id: string): Promise<number> {
  return (await getGeneration(at.parley, id)).counts.added
}

/** What the message to somebody said, oldest first. */
function toldTo(userId: string): GenerationProgress[] {
  return at.sent
    .filter(({ to }) => 'userId' in to && to.userId === userId)
    .flatMap(({ reply, repaints }) => [reply, ...repaints])
    .flatMap((reply) => (reply.type === 'generation-progress' ? [reply.progress] : []))
}

describe('twice: admins', () => {
  const dee = { type: 'admin', name: 'discord:UDEE' } as const
  const who = {
    cleo: { platform: 'slack', workspace: 'T1', userId: 'UCLEO' },
    dee: { platform: 'discord', workspace: '', userId: 'UDEE' },
  } as const

  test('two who start at once have one generation: one started it, both follow it, nothing is doubled', async () => {
    const dataset = await makeDataset(at.parley, { records: 6 })
    const flags = { with: 'small' }
    const both = await Promise.all([
      startGeneration(at.parley, cleo, { dataset, flags, requestedBy: who.cleo }),
      startGeneration(at.parley, dee, { dataset, flags, requestedBy: who.dee }),
    ])
    expect(both.filter(({ isNew }) => isNew)).toHaveLength(1)
    expect(new Set(both.map(({ generation }) => generation.id)).size).toBe(1)
    const id = both[0].generation.id
    await runGeneration(at.parley, id, { patience })
    expect(standIn.requests).toHaveLength(6)
    await outputsOnce(dataset, 6, 1)
    for (const person of Object.values(who)) {
      const told = toldTo(person.userId).filter(({ generationId }) => generationId === id)
      expect(told.at(-1)).toMatchObject({ state: 'done', counts: { added: 6 } })
      const messages = at.sent.filter(
        ({ to, reply }) =>
          'userId' in to &&
          to.userId === person.userId &&
          reply.type === 'generation-progress' &&
          reply.progress.generationId === id,
      )
      expect(messages).toHaveLength(1)
    }
    // Told once: the sweep finds nobody left to tell.
    at.queue.length = 0
    at.clock.advance('2 minutes')
    await sweepGenerations(at.parley)
    expect(at.queue).toEqual([])
  })

  test('cancelled in the middle it stops asking, keeps what is written, and the next one goes on', async () => {
    const dataset = await makeDataset(at.parley, { records: 12 })
    const flags = { with: 'small' }
    const { generation } = await startGeneration(at.parley, cleo, {
      dataset,
      flags,
      requestedBy: who.cleo,
    })
    standIn.faults.every(({ nth }) => (nth > 4 ? { type: 'slow', ms: 600_000 } : null))
    const running = runGeneration(at.parley, generation.id, { patience })
    await standIn.asked(8)
    await until(async () => (await stored(generation.id)) === 4, 'Storing')
    const { dataset: named } = await cancelGeneration(at.parley, dee, { dataset })
    expect(named).toBe(dataset)
    await running
    expect(await getGeneration(at.parley, generation.id)).toMatchObject({
      ...{ state: 'cancelled', counts: { added: 4 } },
    })
    expect(toldTo('UCLEO').at(-1)).toMatchObject({ state: 'cancelled' })
    // Again, it is still cancelled; nothing else is under way.
    await cancelGeneration(at.parley, dee, { generationId: generation.id })
    await expect(cancelGeneration(at.parley, dee, { dataset })).rejects.toThrow(
      'No generation that you could cancel is under way.',
    )
    standIn.faults.every(null)
    expect(await generate(at.parley, dataset, flags)).toMatchObject({
      ...{ state: 'done', counts: { added: 8 } },
    })
    await outputsOnce(dataset, 12, 1)
    await expect(
      cancelGeneration(at.parley, cleo, {
        generationId: (await generate(at.parley, dataset, flags)).id,
      }),
    ).rejects.toThrow('already')
  }, 30_000)

  test('an admin of another workspace neither starts nor cancels it', async () => {
    const dataset = await makeDataset(at.parley, { records: 1 })
    const { generation } = await startGeneration(at.parley, cleo, {
      dataset,
      flags: { with: 'small' },
    })
    const stranger = {
      ...({ type: 'admin', name: 'slack:T9:U9' } as const),
      of: { platform: 'slack', workspace: 'T9', userId: 'U9' },
    } as const
    await expect(startGeneration(at.parley, stranger, { dataset })).rejects.toMatchObject({
      code: 'not_found',
    })
    await expect(
      cancelGeneration(at.parley, stranger, { generationId: generation.id }),
    ).rejects.toMatchObject({ code: 'not_found' })
    await runGeneration(at.parley, generation.id, { patience })
  })
})

describe('twice: records that change meanwhile', () => {
  test('an answered record keeps its outputs, an open one gets its own later, a changed one new ones', async () => {
    const outputs = ['first', 'second']
    const lines = ['answered', 'open', 'changed', 'deleted', 'plain'].map((id) => ({
      ...{ id, prompt: `About ${id}?`, outputs },
    }))
    const dataset = await makeDataset(at.parley, { lines })
    // All are asked for before anything happens to them.
    standIn.faults.every(() => ({ type: 'slow', ms: 500 }))
    const { generation } = await startGeneration(at.parley, cleo, {
      dataset,
      flags: { with: 'large' },
    })
    const running = runGeneration(at.parley, generation.id, { patience })
    await standIn.asked(5)
    await lease(dataset, 'open')
    await answer(dataset, 'answered')
    await give(at.parley, dataset, [{ id: 'changed', prompt: 'Another?', outputs }])
    await deleteRecord(at.parley, cleo, { dataset, externalId: 'deleted' })
    await running
    const done = await getGeneration(at.parley, generation.id)
    expect(done.leftOut).toEqual({ answered: 1, leased: 1, gone: 1 })
    expect(done.counts).toMatchObject({ added: 1, requests: 5 })
    const count = async () =>
      Object.fromEntries(
        (await recordsOf(at.parley, dataset)).map((one) => [one.externalId, one.outputs.length]),
      )
    expect(await count()).toEqual({ answered: 2, open: 2, changed: 2, plain: 3 })
    // The lease runs out: its output is there already, and is not asked for again.
    standIn.faults.every(null)
    standIn.requests.length = 0
    at.clock.advance('3 hours')
    const next = await generate(at.parley, dataset, { with: 'large' })
    expect(next).toMatchObject({ state: 'done', counts: { added: 2 }, leftOut: { answered: 1 } })
    expect(standIn.requests.map(({ body }) => body.messages.at(-1)?.content)).toEqual(['Another?'])
    expect(await count()).toEqual({ answered: 2, open: 3, changed: 3, plain: 3 })
  })

  test('a dataset that is deleted while models write ends it without a word', async () => {
    const dataset = await makeDataset(at.parley, { records: 4 })
    const flags = { with: 'small' }
    const { generation } = await startGeneration(at.parley, cleo, { dataset, flags })
    standIn.faults.every(() => ({ type: 'slow', ms: 300 }))
    const running = runGeneration(at.parley, generation.id, { patience })
    await standIn.asked(4)
    await deleteDataset(at.parley, cleo, { dataset })
    await running
    await expect(getGeneration(at.parley, generation.id)).rejects.toMatchObject({
      code: 'not_found',
    })
    const { rows } = await at.database.pool.query(
      'select count(*)::int as left from generated_outputs where generation_id = $1',
      [generation.id],
    )
    expect(rows).toEqual([{ left: 0 }])
  })

  test('records that come in while models write are written for as well, by what the dataset names', async () => {
    const more = 'generate:\n  with: [small, large]\n'
    const dataset = await makeDataset(at.parley, { records: 2, more })
    const first = await generateForWaiting(at.parley, dataset)
    // The same news twice changes nothing.
    expect((await generateForWaiting(at.parley, dataset))?.id).toBe(first?.id)
    await runGeneration(at.parley, first?.id ?? '', { patience })
    await at.parley.settled?.()
    await outputsOnce(dataset, 2, 2)
    await give(at.parley, dataset, [{ id: 'late', prompt: 'And this?' }])
    await generateForWaiting(at.parley, dataset)
    await at.parley.settled?.()
    for (const { payload } of [...at.queue])
      if (payload['generationId'])
        await runGeneration(at.parley, String(payload['generationId']), { patience })
    await outputsOnce(dataset, 3, 2)
    expect((await recordsOf(at.parley, dataset)).every(({ status }) => status === 'pending')).toBe(
      true,
    )
    expect(await generateForWaiting(at.parley, await makeDataset(at.parley))).toBeNull()
  })
})

async function idsOf(dataset: string, externalId: string) {
  const { rows } = await at.database.pool.query<{ dataset: string; record: string }>(
    `select d.id as dataset, r.id as record from datasets d join records r on r.dataset_id = d.id
     where d.name = $1 and r.external_id = $2`,
    [dataset, externalId],
  )
  const [row] = rows
  if (!row) throw new Error(`There is no ${externalId}.`)
  return row
}

let people = 0

/** Somebody has it open for an hour. */
async function lease(dataset: string, externalId: string): Promise<string> {
  people += 1
  const { dataset: id, record } = await idsOf(dataset, externalId)
  const { rows } = await at.database.pool.query<{ id: string }>(
    `insert into assignments (dataset_id, record_id, labeler_id, slot, shown_order, status, lease_until, created_at)
     values ($1, $2, $3, 0, array['o1','o2'], 'leased', $4::timestamptz + interval '1 hour', $4) returning id`,
    [id, record, 900 + people, at.parley.now()],
  )
  return rows[0]?.id ?? ''
}

async function answer(dataset: string, externalId: string): Promise<void> {
  const id = await lease(dataset, externalId)
  await at.database.pool.query(
    `update assignments set status = 'submitted', lease_until = null where id = $1`,
    [id],
  )
}
