/** A worker that is killed in the middle of a file leaves none; the next one writes the same bytes. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { getExport } from '../../src/exports/job/export.ts'
import { startExport } from '../../src/exports/job/start.ts'
import { sweepExports, writeExport } from '../../src/exports/job/write.ts'
import { exportToFile } from '../../src/exports/to-file.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import {
  addAnswer,
  addRecord,
  cleo,
  makeDataset,
  makeLabelers,
  ranked,
  readText,
} from './ground.ts'

let at: TestParley
beforeAll(async () => {
  at = await startParley()
})
afterAll(() => at.close())

test.each(['raw', 'preference'])(
  'twice: %s, killed and begun anew',
  async (as) => {
    const { parley } = at
    const dataset = await makeDataset(parley)
    const [ana = ''] = await makeLabelers(parley, 1)
    for (let n = 0; n < 20; n += 1) {
      const record = await addRecord(parley, dataset, { external_id: `r${n}` })
      await addAnswer(parley, dataset, record, { labeler: ana, values: ranked('a', 'b', 'c') })
    }
    const { id } = await startExport(parley, cleo, { dataset: dataset.name, as })
    const writer = spawn(process.execPath, [
      fileURLToPath(new URL('./writer.ts', import.meta.url)),
      at.database.url,
      parley.dataDir,
      id,
      parley.now().toISOString(),
      parley.secret,
    ])
    let said = ''
    writer.stderr.on('data', (bytes: Buffer) => {
      said += bytes
    })
    await Promise.race([once(writer.stdout, 'data'), once(writer, 'exit')])
    expect(said).toBe('')
    const folder = join(parley.dataDir, 'exports', id)
    const name = `${dataset.name}-${as}.jsonl`
    expect(readdirSync(folder)).toEqual([`${name}.1.part`])
    writer.kill('SIGKILL')
    await once(writer, 'exit')

    // While its heartbeat is fresh nobody else begins; who looked is rung once it is not.
    at.clock.advance('12 seconds')
    await writeExport(parley, id)
    expect(await getExport(parley, id)).toMatchObject({ state: 'writing', attempt: 1 })
    const [rung] = at.queue.filter(({ payload }) => payload['exportId'] === id).slice(1)
    expect(rung?.delayMs).toBeLessThanOrEqual(31_000)
    at.clock.advance('31 seconds')
    at.queue.length = 0
    await sweepExports(parley)
    expect(at.queue.map(({ payload }) => payload)).toEqual([{ exportId: id }])
    await writeExport(parley, id)
    expect(await getExport(parley, id)).toMatchObject({ state: 'done', attempt: 2 })
    expect(readdirSync(folder).toSorted()).toEqual([`.${name}.manifest.json`, name])
    const to = join(folder, 'by-hand.jsonl')
    await exportToFile(parley, cleo, { dataset: dataset.name, as, to })
    expect(readText(join(folder, name))).toBe(readText(to))
  },
  60_000,
)

test('twice: a worker that was paused while sending and wakes up late sends nothing more', async () => {
  const { parley } = at
  const dataset = await makeDataset(parley)
  const [ana = ''] = await makeLabelers(parley, 1)
  const record = await addRecord(parley, dataset, { external_id: 'r' })
  await addAnswer(parley, dataset, record, { labeler: ana, values: ranked('a', 'b', 'c') })
  const requestedBy = { platform: 'slack', workspace: 'T1', userId: 'UCLEO' } as const
  const { id } = await startExport(parley, cleo, { dataset: dataset.name, as: 'raw', requestedBy })
  const slack = parley.platforms.get('slack')
  if (!slack) throw new Error('Slack is off.')
  const asleep = Promise.withResolvers<void>()
  const woken = Promise.withResolvers<void>()
  let isFirst = true
  parley.platforms.set('slack', {
    ...slack,
    send: async (to, reply) => {
      const delivered = await slack.send(to, reply)
      if (reply.type !== 'file' || !isFirst) return delivered
      isFirst = false
      asleep.resolve()
      await woken.promise
      return delivered
    },
  })
  const sleeper = writeExport(parley, id)
  await asleep.promise
  // A sleeper's heart does not beat.
  at.clock.advance('31 seconds')
  await parley.db.updateTable('exports').set({ heartbeatAt: null }).where('id', '=', id).execute()
  await writeExport(parley, id)
  const filesSent = () => at.sent.filter(({ reply }) => reply.type === 'file').length
  const before = filesSent()
  expect(await getExport(parley, id)).toMatchObject({ state: 'done' })
  woken.resolve()
  await sleeper
  expect(filesSent()).toBe(before)
  expect(await getExport(parley, id)).toMatchObject({ state: 'done' })
  parley.platforms.set('slack', slack)
})
