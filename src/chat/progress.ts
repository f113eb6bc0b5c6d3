/** How far a dataset is, in words: the same in chat and in the terminal. */
import type { DatasetProgress } from '../assignments/progress.ts'
import type { Dataset } from '../datasets/shape.ts'
import { spoken } from './words.ts'

export function sayProgress(dataset: Dataset, progress: DatasetProgress): string {
  const wanted = dataset.document.distribution.min_submitted
  const { records, completed } = progress
  const said = spoken()
  const left = (progress.pending * wanted * (progress.meanSeconds ?? 0)) / 3600
  return [
    said.progressOf(dataset.name, dataset.status),
    said.progressRecords(completed, records, wanted),
    said.progressAnswers(progress),
    ...(left >= 0.1 ? [said.progressHours(left.toFixed(1))] : []),
    ...(progress.rejected ? [said.progressRejected(progress.rejected)] : []),
    ...(progress.needsOutputs ? [said.progressOutputs(progress.needsOutputs)] : []),
  ].join('\n')
}
