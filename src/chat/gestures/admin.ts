/** Gestures of admins. Every one but the claim of the first admin checks the role before anything else. */
import { datasetProgress } from '../../assignments/progress.ts'
import { getDataset, listDatasets } from '../../datasets/dataset.ts'
import { pauseDataset, publishDataset } from '../../datasets/publish.ts'
import { cancelExport } from '../../exports/job/cancel.ts'
import { startExport } from '../../exports/job/start.ts'
import { cancelGeneration } from '../../generation/cancel.ts'
import { startGeneration } from '../../generation/start.ts'
import { adminActor, claimAdmin } from '../../labelers/roles.ts'
import { datasetStats } from '../../quality/dataset/stats.ts'
import { deliver } from '../commands/admin/deliver.ts'
import { hub } from '../commands/admin/hub.ts'
import { sayHelp } from '../commands/help-text.ts'
import { typed } from '../commands/notation.ts'
import { sayInChat } from '../words/chat-remedies.ts'
import { progressTable } from '../words/progress-lines.ts'
import { sayReach } from '../words/say.ts'
import { reportStats, sayReport } from '../words/stats-lines.ts'
import { spoken } from '../words/words.ts'
import type { Gestures } from './gesture.ts'

export const adminGestures: Gestures<
  | 'claim-admin'
  | 'admin-progress'
  | 'admin-stats'
  | 'admin-publish'
  | 'admin-pause'
  | 'admin-export'
  | 'admin-export-cancel'
  | 'admin-generate'
  | 'admin-generate-cancel'
  | 'admin-help'
> = {
  'claim-admin': async (parley, { by, code }) => {
    await claimAdmin(parley, by, { code })
    return { type: 'notice', text: spoken().nowAdmin }
  },
  'admin-progress': async (parley, { by, dataset }) => {
    const actor = await adminActor(parley, by)
    const datasets =
      dataset === undefined
        ? (await listDatasets(parley, actor)).map((one) => one.dataset)
        : [await getDataset(parley, dataset, actor)]
    const counted = await Promise.all(
      datasets.map(async (one) => ({
        dataset: one,
        progress: await datasetProgress(parley, one),
      })),
    )
    const table = progressTable(counted)
    return {
      type: 'notice',
      text: table.lines.join('\n\n') || spoken().noDatasetYet,
      ...(counted.length > 1 ? { table } : {}),
    }
  },
  'admin-stats': async (parley, { by, dataset }) => {
    const actor = await adminActor(parley, by)
    const report = reportStats(await datasetStats(parley, actor, { dataset }))
    return { type: 'notice', text: sayReport(report), report }
  },
  'admin-publish': async (parley, { by, dataset }) => {
    const actor = await adminActor(parley, by)
    const { warnings, reach, dataset: opened } = await publishDataset(parley, actor, { dataset })
    const lines = [
      ...sayReach(reach, spoken()),
      ...warnings.map((one) => sayInChat(spoken().refusal(one))),
    ]
    const ready = opened.document.arena
      ? spoken().isReadyArena(dataset)
      : spoken().isReady(
          dataset,
          typed(by.platform, deliver, { dataset, to: 'everyone' }),
          typed(by.platform, hub, { dataset }),
        )
    return { type: 'notice', text: [ready, ...lines].join('\n') }
  },
  'admin-pause': async (parley, { by, dataset }) => {
    const actor = await adminActor(parley, by)
    await pauseDataset(parley, actor, { dataset })
    return { type: 'notice', text: spoken().isPaused(dataset) }
  },
  'admin-export': async (parley, { by, dataset, format, options }) => {
    const actor = await adminActor(parley, by)
    await startExport(parley, actor, { dataset, as: format, flags: options, requestedBy: by })
    return {
      type: 'notice',
      text: spoken().exportStarted(dataset, format),
    }
  },
  'admin-export-cancel': async (parley, { by, exportId }) => {
    const actor = await adminActor(parley, by)
    const asked = exportId === undefined ? { requestedBy: by } : { exportId }
    const { cancelled, dataset } = await cancelExport(parley, actor, asked)
    return { type: 'notice', text: spoken().exportCancelled(dataset, cancelled.options.as) }
  },
  'admin-generate': async (parley, { by, dataset, flags }) => {
    const actor = await adminActor(parley, by)
    const asked = { dataset, flags, requestedBy: by }
    const { generation, isNew } = await startGeneration(parley, actor, asked)
    const models = generation.options.models.join(', ')
    const said = spoken()
    const text = isNew
      ? said.generationStarted(dataset, models)
      : said.generationFollowed(dataset, models)
    return { type: 'notice', text }
  },
  'admin-generate-cancel': async (parley, { by, generationId }) => {
    const actor = await adminActor(parley, by)
    const which = generationId === undefined ? { followedBy: by } : { generationId }
    const { dataset } = await cancelGeneration(parley, actor, which)
    return { type: 'notice', text: spoken().generationCancelled(dataset) }
  },
  'admin-help': async (parley, { by }) => {
    await adminActor(parley, by)
    return { type: 'notice', text: sayHelp('admin', by.platform, spoken()) }
  },
}
