/** What the overview shows of each dataset: read for the datasets on one page together. */
import { type DatasetProgress, progressOfAll } from '../../assignments/progress.ts'
import type { Dataset } from '../../datasets/document.ts'
import { pseudonymsOf } from '../../labelers/pseudonyms.ts'
import type { Parley } from '../../parley.ts'
import type { Forecast } from '../../quality/measures/forecast.ts'
import type { Measured } from '../../quality/measures/measured.ts'
import { endingOf } from './ending.ts'
import { nothingRecent, type Recent } from './recent.ts'
import { type Standing, standingOf } from './stuck.ts'

export type Line = {
  dataset: Dataset
  progress: DatasetProgress
  recent: Recent
  standing: Standing
  ending: Measured<Forecast>
  /** Pseudonyms of the most diligent of the last 24 hours. */
  people: readonly string[]
}

export async function readLines(
  parley: Parley,
  datasets: readonly Dataset[],
  recents: ReadonlyMap<string, Recent>,
): Promise<Line[]> {
  const progresses = await progressOfAll(parley, datasets)
  return Promise.all(
    datasets.map(async (dataset) => {
      const progress = progresses.get(dataset.id)
      if (!progress) throw new Error('Every dataset has its progress.')
      const recent = recents.get(dataset.id) ?? nothingRecent
      const [standing, people] = await Promise.all([
        standingOf(parley, dataset, progress, recent),
        namesOf(parley, dataset.id, recent),
      ])
      const { min_submitted: wanted } = dataset.document.distribution
      return {
        dataset,
        progress,
        recent,
        standing,
        people,
        ending: endingOf(recent, progress, wanted),
      }
    }),
  )
}

async function namesOf(parley: Parley, datasetId: string, { people }: Recent): Promise<string[]> {
  if (people.length === 0) return []
  const ids = people.slice(0, 3).map(({ labelerId }) => labelerId)
  const names = await pseudonymsOf(parley, datasetId, ids)
  return ids.flatMap((id) => names.get(id) ?? [])
}
