/** Gestures of admins. Every one but the claim of the first admin checks the role before anything else. */
import { datasetProgress } from '../assignments/progress.ts'
import { getDataset, listDatasets } from '../datasets/dataset.ts'
import { pauseDataset, publishDataset } from '../datasets/publish.ts'
import { startExport } from '../exports/start.ts'
import { adminActor, claimAdmin } from '../labelers/roles.ts'
import { datasetStats } from '../quality/stats.ts'
import type { Gestures } from './handle.ts'
import { sayProgress } from './progress.ts'
import { sayStats } from './stats.ts'

export const adminGestures: Gestures<
  | 'claim-admin'
  | 'admin-progress'
  | 'admin-stats'
  | 'admin-publish'
  | 'admin-pause'
  | 'admin-export'
  | 'admin-help'
> = {
  'claim-admin': async (parley, { by, code }) => {
    await claimAdmin(parley, by, { code })
    return { type: 'notice', text: 'You are an admin of Parley now. Type /parley-admin help.' }
  },
  'admin-progress': async (parley, { by, dataset }) => {
    await adminActor(parley, by)
    const datasets =
      dataset === undefined
        ? (await listDatasets(parley)).map((one) => one.dataset)
        : [await getDataset(parley, dataset)]
    const said = await Promise.all(
      datasets.map(async (one) => sayProgress(one, await datasetProgress(parley, one))),
    )
    return {
      type: 'notice',
      text:
        said.join('\n\n') ||
        'There is no dataset yet. Create one with `npx parley dataset create FILE`.',
    }
  },
  'admin-stats': async (parley, { by, dataset }) => {
    const actor = await adminActor(parley, by)
    return { type: 'notice', text: sayStats(await datasetStats(parley, actor, { dataset })) }
  },
  'admin-publish': async (parley, { by, dataset }) => {
    const actor = await adminActor(parley, by)
    const { warnings } = await publishDataset(parley, actor, { dataset })
    return { type: 'notice', text: [`“${dataset}” is ready.`, ...warnings].join('\n') }
  },
  'admin-pause': async (parley, { by, dataset }) => {
    const actor = await adminActor(parley, by)
    await pauseDataset(parley, actor, { dataset })
    return { type: 'notice', text: `“${dataset}” is paused. Open cards may still be answered.` }
  },
  'admin-export': async (parley, { by, dataset, format, options }) => {
    const actor = await adminActor(parley, by)
    await startExport(parley, actor, { dataset, as: format, flags: options, requestedBy: by })
    return {
      type: 'notice',
      text: `Export of “${dataset}” as ${format} has started. The file comes as a private message.`,
    }
  },
  'admin-help': async (parley, { by }) => {
    await adminActor(parley, by)
    return { type: 'notice', text: helpText }
  },
}

const helpText = [
  '/parley-admin progress [DATASET]: how far it is',
  '/parley-admin stats DATASET: how much people agree, and which models they prefer',
  '/parley-admin export DATASET FORMAT [pairs=all labelers=each shape=text …]: a file for training, sent to you alone',
  '/parley-admin publish DATASET, /parley-admin pause DATASET',
  '/parley-admin deliver DATASET everyone [each=20] [due=2026-12-24]: invites people to a batch',
  '/parley-admin remind DATASET: a word about it in this channel each working day; … off ends it',
  'Formats: raw, records, sft, preference. Everything else is in the terminal: npx parley --help',
].join('\n')
