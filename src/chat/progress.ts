/** How far a dataset is, in words: the same in chat and in the terminal. */
import type { Counts } from '../datasets/dataset.ts'
import type { Dataset } from '../datasets/shape.ts'

export function sayProgress(dataset: Dataset, counts: Counts): string {
  const wanted = dataset.document.distribution.min_submitted
  return [
    `${dataset.name} (${dataset.status})`,
    `${counts.completed} of ${counts.records} records completed, ${wanted} ${wanted === 1 ? 'answer' : 'answers'} each`,
    `${counts.submitted} answers, ${counts.counted} counted, ${counts.discarded} skips`,
    ...(counts.rejected ? [`${counts.rejected} records rejected by labelers`] : []),
    ...(counts.needsOutputs ? [`${counts.needsOutputs} records wait for outputs`] : []),
  ].join('\n')
}
