/** What a dataset's page is made of, found for an admin who may see it. */
import type { Context } from 'hono'
import { getDataset } from '../../datasets/dataset.ts'
import type { Dataset } from '../../datasets/document.ts'
import type { Parley } from '../../parley.ts'
import { recentOf } from '../overview/keep.ts'
import { type Line, readLines } from '../overview/lines.ts'
import { adminOf } from '../session/visitor.ts'
import type { KeptStatistics, Statistics } from './statistics.ts'

/** `statistics` is null while they are being read, `failed` where that came to nothing (the log says why). */
export type ForPage = { line: Line; statistics: Statistics | null | 'failed' }

/** The dataset the address names. @throws ParleyError `not_found` for one this admin does not see. */
export async function datasetAt(parley: Parley, c: Context): Promise<Dataset> {
  return getDataset(parley, c.req.param('name') ?? '', adminOf(c))
}

/** @param patienceMs How long to wait for statistics that are not at hand. */
export async function findForPage(
  parley: Parley,
  kept: KeptStatistics,
  dataset: Dataset,
  patienceMs: number,
): Promise<ForPage> {
  const [{ by: recents }, statistics] = await Promise.all([
    recentOf(parley),
    // Without its statistics a dataset can still be paused.
    kept.find(dataset, patienceMs).catch(() => 'failed' as const),
  ])
  const [line] = await readLines(parley, [dataset], recents)
  if (!line) throw new Error('One dataset has one line.')
  return { line, statistics }
}
