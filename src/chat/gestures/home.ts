/** Home: open work, recent answers, and for admins the state of their datasets with buttons. */
import { datasetProgress } from '../../assignments/progress.ts'
import { findDataset, getDataset, listDatasets } from '../../datasets/dataset.ts'
import type { Dataset } from '../../datasets/document.ts'
import { forbidden } from '../../errors.ts'
import { offeredFormats } from '../../exports/offered.ts'
import { consentVersion, findLabeler, type Labeler } from '../../labelers/labeler.ts'
import { isLetIn } from '../../labelers/memberships.ts'
import type { Person } from '../../labelers/person.ts'
import { adminActor, findAdmin } from '../../labelers/roles.ts'
import type { Parley } from '../../parley.ts'
import { helpFor } from '../commands/help-text.ts'
import type { AdminDataset, Home } from '../port/port.ts'
import { sayProgress } from '../words/progress-lines.ts'
import { spoken } from '../words/words.ts'
import type { Gestures } from './gesture.ts'
import { cancelImport, startImport } from './imports/given-import.ts'
import { recentAnswers, welcome } from './next-task.ts'
import { findHeld, listWaiting, whyNothing } from './open-work.ts'
import { sendPreview } from './preview.ts'

export const homeGestures: Gestures<
  | 'home'
  | 'dataset-guidelines'
  | 'admin-preview'
  | 'admin-export-form'
  | 'admin-import-form'
  | 'admin-import'
  | 'admin-import-cancel'
> = {
  home: async (parley, { by }) => {
    const labeler = await findLabeler(parley, by)
    const isIn = labeler?.consentVersion === consentVersion
    const [theirs, admin] = await Promise.all([
      isIn ? labelersHome(parley, labeler) : newcomersHome(parley, by),
      adminPanel(parley, by),
    ])
    return { type: 'home', home: { ...theirs, admin, help: helpFor(by, admin !== null) } }
  },
  'dataset-guidelines': async (parley, { by, dataset: name }) => {
    const dataset = await findReadable(parley, by, name)
    // The same words whether there is none: names of datasets are not given away.
    if (dataset === null) throw forbidden((said) => said.notInvited(name))
    return {
      type: 'reader',
      reader: {
        assignmentId: '',
        title: spoken().guidelines,
        content: dataset.document.guidelines ?? spoken().noGuidelines,
      },
    }
  },
  'admin-preview': async (parley, { by, dataset }) => {
    const actor = await adminActor(parley, by)
    await sendPreview(parley, actor, { dataset, to: by })
    return { type: 'notice', text: spoken().previewSent }
  },
  'admin-export-form': async (parley, { by, dataset, format }) => {
    const actor = await adminActor(parley, by)
    const { name, document } = await getDataset(parley, dataset, actor)
    return {
      type: 'export-form',
      form: {
        dataset: { name, title: document.title },
        formats: offeredFormats(document),
        ...(format === undefined ? {} : { chosen: format }),
      },
    }
  },
  'admin-import-form': async (parley, { by, dataset }) => {
    const actor = await adminActor(parley, by)
    const { name, document } = await getDataset(parley, dataset, actor)
    return { type: 'import-form', dataset: { name, title: document.title } }
  },
  'admin-import': async (parley, { by, dataset, file }) => {
    const actor = await adminActor(parley, by)
    const { name, document } = await getDataset(parley, dataset, actor)
    await startImport(parley, actor, { dataset: name, file, requestedBy: by })
    return { type: 'notice', text: spoken().importing(file.name, document.title) }
  },
  'admin-import-cancel': async (parley, { by, importId }) => {
    const actor = await adminActor(parley, by)
    const asked = importId === undefined ? { requestedBy: by } : { importId }
    const { file, dataset } = await cancelImport(parley, actor, asked)
    return { type: 'notice', text: spoken().importStopped(file, dataset) }
  },
}

type Theirs = Omit<Home, 'admin' | 'help'>

async function labelersHome(parley: Parley, labeler: Labeler): Promise<Theirs> {
  const [waiting, recent, held] = await Promise.all([
    listWaiting(parley, labeler),
    recentAnswers(parley, labeler, shownAnswers),
    findHeld(parley, labeler),
  ])
  const open = held === undefined ? undefined : await heldIn(parley, labeler, held)
  return {
    welcome: null,
    notice: waiting.length > 0 || open ? null : await whyQuiet(parley, labeler, recent.length > 0),
    resume: open ? { name: open.name, title: open.document.title } : null,
    waiting,
    recent,
  }
}

const shownAnswers = 10

async function newcomersHome(parley: Parley, person: Person): Promise<Theirs> {
  const first = await welcome(parley, person)
  const none = { resume: null, waiting: [], recent: [] }
  return first.type === 'welcome'
    ? { ...none, welcome: first.welcome, notice: null }
    : { ...none, welcome: null, notice: first.text }
}

/** The dataset of an open task, if it is still open to work and the task still theirs. */
async function heldIn(
  parley: Parley,
  labeler: Labeler,
  datasetId: string,
): Promise<Dataset | undefined> {
  const all = await parley.db
    .selectFrom('datasets')
    .select(['id', 'name', 'status', 'document', 'schemaVersion', 'guidelinesVersion'])
    .where('id', '=', datasetId)
    .where('status', '=', 'ready')
    .execute()
  const [dataset] = all
  return dataset && (await isLetIn(parley, dataset, labeler.person)) ? dataset : undefined
}

async function whyQuiet(parley: Parley, labeler: Labeler, hasAnswered: boolean): Promise<string> {
  const why = await whyNothing(parley, labeler.person)
  const said = spoken()
  return !hasAnswered || why === said.nothingPaused ? why : said.allDoneHome
}

/** The dataset, for those who are let in and for its admins. */
async function findReadable(parley: Parley, by: Person, name: string): Promise<Dataset | null> {
  const dataset = await findDataset(parley, name)
  if (dataset && (await isLetIn(parley, dataset, by))) return dataset
  const actor = await findAdmin(parley, by)
  return actor && findDataset(parley, name, actor)
}

async function adminPanel(parley: Parley, person: Person): Promise<Home['admin']> {
  const actor = await findAdmin(parley, person)
  if (actor === null) return null
  const all = await listDatasets(parley, actor)
  // Running exports come first, finished ones last.
  const weight = { ready: 0, paused: 1, draft: 2, closed: 3 }
  const sorted = all
    .map(({ dataset }) => dataset)
    .sort((a, b) => weight[a.status] - weight[b.status] || Number(b.id) - Number(a.id))
  const datasets = await Promise.all(
    sorted.slice(0, shownDatasets).map(async (dataset): Promise<AdminDataset> => {
      const progress = await datasetProgress(parley, dataset)
      return {
        name: dataset.name,
        title: dataset.document.title,
        status: dataset.status,
        progress: sayProgress(dataset, progress, false),
      }
    }),
  )
  return { datasets, more: sorted.length - datasets.length }
}

const shownDatasets = 10
