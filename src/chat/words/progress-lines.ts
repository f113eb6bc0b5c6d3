/** How far a dataset is, in words: the same in chat and in the terminal. */
import type { DatasetProgress } from '../../assignments/progress.ts'
import type { Dataset } from '../../datasets/document.ts'
import type { Table } from '../port/port.ts'
import { spoken } from './words.ts'

export type Counted = { dataset: Dataset; progress: DatasetProgress }

/** How far all datasets are, beside each other; each as lines where there is no table. */
export function progressTable(all: readonly Counted[]): Table {
  const said = spoken()
  const { dataset, completed, records, answers, labelers } = said.progressColumns
  const count = (value: number) => ({ value, text: String(value) })
  return {
    caption: said.progressTable,
    columns: [dataset, completed, records, answers, labelers],
    rows: all.map(({ dataset: one, progress }) => [
      said.progressOf(one.name, one.status),
      count(progress.completed),
      count(progress.records),
      count(progress.submitted),
      count(progress.labelers),
    ]),
    lines: all.map((one) => sayProgress(one.dataset, one.progress)),
  }
}

/** `isNamed` is false where its name and status stand beside it. */
export function sayProgress(
  dataset: Pick<Dataset, 'name' | 'status' | 'document'>,
  progress: DatasetProgress,
  isNamed = true,
): string {
  const wanted = dataset.document.distribution.min_submitted
  const { records, completed } = progress
  const said = spoken()
  const left = (progress.pending * wanted * (progress.meanSeconds ?? 0)) / 3600
  return [
    ...(isNamed ? [said.progressOf(dataset.name, dataset.status)] : []),
    said.progressRecords(completed, records, wanted),
    said.progressAnswers(progress),
    ...(left * 60 >= 1 ? [said.progressHours(left)] : []),
    ...(progress.rejected ? [said.progressRejected(progress.rejected)] : []),
    ...(progress.needsOutputs ? [said.progressOutputs(progress.needsOutputs)] : []),
    ...(progress.feeds ?? []).map((feed) => said.progressFeeds(feed)),
  ].join('\n')
}
