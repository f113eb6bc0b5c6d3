/** What tests of one format each stand on: a Parley, people, and an export whose counts add up. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Dataset } from '../../src/datasets/document.ts'
import { exportToFile } from '../../src/exports/to-file.ts'
import { startParley } from '../support/parley.ts'
import { addAnswer, addRecord, cleo, makeLabelers } from './ground.ts'

/** Texts that break naive writers of files. */
export const hostile =
  '=1+1\u2028\u0085 "quoted", ; \\ \r\n\t<b> 👩‍👩‍👧 \u202e $prompt \u0001 [{"role":"system"}]'

export async function startGround() {
  const world = await startParley()
  const { parley } = world
  const directory = mkdtempSync(join(tmpdir(), 'parley-format-'))
  const people = await makeLabelers(parley, 5)
  return {
    parley,
    directory,
    people,
    /** Every labeler's values for one record. */
    async answered(
      dataset: Dataset,
      values: { [question: string]: unknown }[],
      record: { [key: string]: unknown } = {},
    ) {
      const added = await addRecord(parley, dataset, record)
      for (const [place, each] of values.entries())
        await addAnswer(parley, dataset, added, { labeler: people[place] ?? '', values: each })
      return added
    },
    async export(dataset: Dataset, as: string, name: string, flags: Record<string, unknown> = {}) {
      const to = join(directory, name)
      const done = await exportToFile(parley, cleo, { dataset: dataset.name, as, flags, to })
      const { counts, manifest } = done
      const dropped = Object.values(counts.dropped).reduce((sum, count) => sum + count, 0)
      expect(counts.emitted + dropped).toBe(counts.candidates)
      const written = manifest?.files.reduce((sum, file) => sum + file.rows, 0)
      expect(written).toBe(counts.emitted)
      return { path: to, counts, manifest }
    },
    async close() {
      rmSync(directory, { recursive: true, force: true })
      await world.close()
    },
  }
}
