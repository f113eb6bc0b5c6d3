/**
 * What the charts of a dataset are drawn from, kept for a while: it costs as much as reading all answers.
 * One dataset at a time is read, however many people look, and pages say as of when it is.
 */
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { type DatasetProgress, datasetProgress } from '../../assignments/progress.ts'
import type { Dataset } from '../../datasets/document.ts'
import type { Parley } from '../../parley.ts'
import { datasetStats, type Stats } from '../../quality/dataset/stats.ts'
import type { Period } from '../../quality/dataset/stats-queries.ts'
import { dayOf, type History, mostPeriods, periodFor, periodsFrom, readHistory } from './history.ts'

export type Statistics = {
  asOf: Date
  /** Changes when the numbers may have: for addresses and ETags. */
  version: string
  stats: Stats
  history: History
  progress: DatasetProgress
  /** What agreement over time is by. */
  period: Period
}

/** Read again at the latest after this, though no count has changed: an answer may have been edited. */
const mostMs = 10 * 60_000
/** Read again only after this, and so many times what reading took: then it uses a small share of a core. */
const leastMs = 15_000
const share = 30

export type KeptStatistics = {
  /**
   * Those at hand if they are fresh; else new ones, or after `patienceMs` the older ones, or null when there
   * are none: then it is still being read, and asking again finds it.
   */
  find(dataset: Dataset, patienceMs: number): Promise<Statistics | null>
}

type Kept = { found: Statistics; tookMs: number }

export function keepStatistics(parley: Parley): KeptStatistics {
  const kept = new LRUCache<string, Kept>({ max: 60 })
  const running = new Map<string, Promise<Statistics>>()
  let turn: Promise<unknown> = Promise.resolve()

  const read = (dataset: Dataset, progress: DatasetProgress, version: string) => {
    const found = running.get(dataset.id)
    if (found) return found
    const next = turn.then(async () => {
      const began = performance.now()
      const statistics = await readStatistics(parley, dataset, progress, version)
      kept.set(dataset.id, { found: statistics, tookMs: performance.now() - began })
      return statistics
    })
    // Who waits hears of a failure; those after it go on.
    turn = next.catch(() => {})
    const tracked = next.finally(() => running.delete(dataset.id))
    running.set(dataset.id, tracked)
    tracked.catch((error: unknown) =>
      parley.log.warn(
        { event: 'web.statistics_failed', err: error, dataset: dataset.name },
        'The statistics of a dataset could not be read for its page.',
      ),
    )
    return tracked
  }

  return {
    async find(dataset, patienceMs) {
      const progress = await datasetProgress(parley, dataset)
      const version = versionOf(dataset, progress)
      const at = kept.get(dataset.id)
      if (at && isFresh(at, version, parley.now())) return at.found
      return within(read(dataset, progress, version), patienceMs, at?.found ?? null)
    },
  }
}

function isFresh({ found, tookMs }: Kept, version: string, now: Date): boolean {
  const age = now.getTime() - found.asOf.getTime()
  if (age >= 0 && age < Math.max(leastMs, share * tookMs)) return true
  return found.version === version && age >= 0 && age < mostMs
}

async function readStatistics(
  parley: Parley,
  dataset: Dataset,
  progress: DatasetProgress,
  version: string,
): Promise<Statistics> {
  const asOf = parley.now()
  const history = await inSnapshot(parley, dataset.id)
  const today = dayOf(asOf)
  const first = history.days[0]?.day ?? today
  const last = history.days.at(-1)?.day ?? today
  const period = periodFor(first, last, mostPeriods)
  const days = periodsFrom(first, last, period, mostPeriods)
  const system = { type: 'system', job: 'dashboard' } as const
  const stats = await datasetStats(parley, system, {
    dataset: dataset.name,
    over: { period, days },
  })
  return { asOf, version, stats, history, progress, period }
}

async function inSnapshot(parley: Parley, datasetId: string): Promise<History> {
  const snapshot = await parley.openSnapshot()
  try {
    return await readHistory(parley, snapshot, datasetId)
  } finally {
    await snapshot.close()
  }
}

/** From what reads as many rows as there are labelers. */
function versionOf(dataset: Dataset, progress: DatasetProgress): string {
  const text = JSON.stringify([dataset.status, dataset.document, progress])
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

/** What comes within this time, else the other. */
async function within<Value, Other>(
  work: Promise<Value>,
  ms: number,
  otherwise: Other,
): Promise<Value | Other> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Other>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), ms)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
