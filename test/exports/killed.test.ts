/** A worker that is killed in the middle of a file leaves none; the next one writes the same bytes. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { getExport } from '../../src/exports/export.ts'
import { startExport } from '../../src/exports/start.ts'
import { exportToFile } from '../../src/exports/to-file.ts'
import { sweepExports, writeExport } from '../../src/exports/write.ts'
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

    // While its heartbeat is fresh nobody else begins.
    await writeExport(parley, id)
    expect(await getExport(parley, id)).toMatchObject({ state: 'writing', attempt: 1 })
    at.clock.advance('1 minute')
    await sweepExports(parley)
    expect(at.queue.at(-1)?.payload).toEqual({ exportId: id })
    await writeExport(parley, id)
    expect(await getExport(parley, id)).toMatchObject({ state: 'done', attempt: 2 })
    expect(readdirSync(folder).toSorted()).toEqual([name, `${name}.manifest.json`])
    const to = join(folder, 'by-hand.jsonl')
    await exportToFile(parley, cleo, { dataset: dataset.name, as, to })
    expect(readText(join(folder, name))).toBe(readText(to))
  },
  60_000,
)
