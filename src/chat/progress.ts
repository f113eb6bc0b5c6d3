/** How far a dataset is, in words: the same in chat and in the terminal. */
import type { DatasetProgress } from '../assignments/progress.ts'
import type { Dataset } from '../datasets/shape.ts'

export function sayProgress(dataset: Dataset, progress: DatasetProgress): string {
  const wanted = dataset.document.distribution.min_submitted
  const { records, completed, submitted, counted, surplus, discarded, labelers } = progress
  const left = (progress.pending * wanted * (progress.meanSeconds ?? 0)) / 3600
  return [
    `${dataset.name} (${dataset.status})`,
    `${completed} of ${records} records completed, ${wanted} ${wanted === 1 ? 'answer' : 'answers'} each`,
    `${submitted} answers by ${labelers} ${labelers === 1 ? 'person' : 'people'}: ${counted} counted, ${surplus} surplus; ${discarded} skips`,
    ...(left >= 0.1 ? [`about ${left.toFixed(1)} hours of work left, at most`] : []),
    ...(progress.rejected ? [`${progress.rejected} records rejected by labelers`] : []),
    ...(progress.needsOutputs ? [`${progress.needsOutputs} records wait for outputs`] : []),
  ].join('\n')
}
