/** What a channel reads about a dataset each working day: how far, how people agree, what is stuck. */
import { lastAnswerAt } from '../../assignments/last-answer.ts'
import { type DatasetProgress, datasetProgress } from '../../assignments/progress.ts'
import type { Dataset } from '../../datasets/document.ts'
import type { Parley } from '../../parley.ts'
import { datasetStats } from '../../quality/dataset/stats.ts'
import { sayProgress } from '../words/progress-lines.ts'
import { sayEstimate } from '../words/stats-lines.ts'
import { words } from '../words/words.ts'

/** It names no labeler. Null if there is nothing left to report. */
export async function sayChannelDigest(parley: Parley, datasetId: string): Promise<string | null> {
  const dataset = await parley.db
    .selectFrom('datasets')
    .select(['id', 'name', 'status', 'document', 'schemaVersion', 'guidelinesVersion'])
    .where('id', '=', datasetId)
    .where('status', 'in', ['ready', 'paused'])
    .executeTakeFirst()
  if (!dataset) return null
  const said = words(undefined)
  const progress = await datasetProgress(parley, dataset)
  const stuck = await listStuck(parley, dataset, progress)
  return [
    said.channelDigestTitle(dataset.document.title),
    // Records that wait for outputs or were taken out are reported once, below, with the remedy.
    sayProgress(dataset, { ...progress, needsOutputs: 0, rejected: 0 }),
    await sayAgreement(parley, dataset),
    stuck.length > 0 ? [`${said.channelDigestStuck}:`, ...stuck].join('\n') : '',
  ]
    .filter(Boolean)
    .join('\n\n')
}

async function sayAgreement(parley: Parley, dataset: Dataset): Promise<string> {
  const actor = { type: 'system', job: 'digest' } as const
  const stats = await datasetStats(parley, actor, { dataset: dataset.name, resamples: 0 })
  return stats.questions
    .filter(({ answers }) => answers > 0)
    .map(({ title, agreement }) => {
      const said = sayEstimate(agreement)
      if (agreement.value === null) return words(undefined).agreementUnknown(title, said)
      const few = agreement.too_few === undefined ? '' : `, ${words(undefined).statsTooFew}`
      return words(undefined).agreementOn(title, `${said}${few}`)
    })
    .join('\n')
}

const idleMs = 24 * 3_600_000

async function listStuck(
  parley: Parley,
  dataset: Dataset,
  progress: DatasetProgress,
): Promise<string[]> {
  const said = words(undefined)
  const wanted = dataset.document.distribution.min_submitted
  const { pending, labelers, needsOutputs, rejected } = progress
  const lines: string[] = []
  if (dataset.status === 'paused') lines.push(said.stuckPaused)
  if (pending > 0 && labelers < wanted) lines.push(said.stuckPeople(wanted, labelers))
  if (pending > 0 && dataset.status === 'ready') {
    const last = await lastAnswerAt(parley, dataset.id)
    if (!last || parley.now().getTime() - last.getTime() > idleMs)
      lines.push(said.stuckIdle(pending))
  }
  if (needsOutputs > 0) lines.push(said.stuckOutputs(needsOutputs))
  if (rejected > 0) lines.push(said.stuckRejected(rejected, dataset.name))
  return lines
}
