/** Why a dataset does not go on, as one reason an admin can act on. */
import { sql } from 'kysely'
import type { DatasetProgress } from '../../assignments/progress.ts'
import { platformsOf } from '../../datasets/access/access.ts'
import type { Dataset } from '../../datasets/document.ts'
import type { Parley } from '../../parley.ts'
import type { Platform } from '../../platforms/traits.ts'
import { lastMoveAt, stuckHours } from '../../webhooks/stuck.ts'
import type { Recent } from './recent.ts'

/** `quiet` is a stall that nothing here explains; `moving` and `done` are none. */
export type Standing =
  | { type: 'moving' | 'done' | 'draft' | 'paused' | 'closed' | 'empty' }
  | { type: 'outputs'; records: number }
  | { type: 'away'; platforms: readonly Platform[]; since: Date }
  | { type: 'nobody'; since: Date }
  | { type: 'few'; people: number; wanted: number; since: Date }
  | { type: 'exhausted'; people: number; since: Date }
  | { type: 'held'; tasks: number; since: Date }
  | { type: 'quiet'; since: Date }

/** Whether an admin has to do something. */
export function isStuck({ type }: Standing): boolean {
  return !['moving', 'done', 'draft', 'paused', 'closed'].includes(type)
}

export async function standingOf(
  parley: Parley,
  dataset: Dataset,
  progress: DatasetProgress,
  recent: Recent,
): Promise<Standing> {
  const { status, document } = dataset
  if (status !== 'ready') return { type: status }
  if (progress.records === 0) return { type: isFilledByChat(dataset) ? 'moving' : 'empty' }
  if (progress.pending === 0)
    return progress.needsOutputs > 0
      ? { type: 'outputs', records: progress.needsOutputs }
      : { type: 'done' }
  const away = platformsOf(document.access).filter((one) => !parley.platforms.has(one))
  const since = recent.lastAt ?? (await lastMoveAt(parley, dataset))
  if (parley.platforms.size > 0 && away.length > 0) return { type: 'away', platforms: away, since }
  if (parley.now().getTime() - since.getTime() < stuckHours * 3_600_000) return { type: 'moving' }
  if (progress.labelers === 0) return { type: 'nobody', since }
  return whyQuiet(parley, dataset, progress, since)
}

/** Arenas and feedback: their records come from people, one by one. */
function isFilledByChat({ document }: Dataset): boolean {
  return (
    document.arena !== undefined || document.feedback !== undefined || document.ask !== undefined
  )
}

async function whyQuiet(
  parley: Parley,
  { id, document }: Dataset,
  progress: DatasetProgress,
  since: Date,
): Promise<Standing> {
  const wanted = document.distribution.min_submitted
  if (progress.labelers < wanted) return { type: 'few', people: progress.labelers, wanted, since }
  const { rows } = await sql<{ unseen: number; held: number }>`
    select (select count(*) from tallies t where t.dataset_id = ${id} and t.submitted > 0
        and t.submitted + t.discarded < ${progress.records})::float8 as unseen,
      (select count(*) from assignments a
        where a.dataset_id = ${id} and a.status = 'leased' and a.lease_until > ${parley.now()}
      )::float8 as held`.execute(parley.db)
  const [found] = rows
  if (found?.unseen === 0) return { type: 'exhausted', people: progress.labelers, since }
  const held = found?.held ?? 0
  return held >= progress.pending ? { type: 'held', tasks: held, since } : { type: 'quiet', since }
}
