/** The verbs of datasets, as the terminal calls them: on the database here, or on a server. */
import type { Counts } from '../../datasets/dataset.ts'
import type { DatasetDocument, DatasetStatus } from '../../datasets/document.ts'
import type { Parley } from '../../parley.ts'
import { cliActor } from '../actor.ts'
import { part, type Server } from './server.ts'

export type ListedDataset = { name: string; status: DatasetStatus; counts: Counts }

export type ShownDataset = ListedDataset & {
  schemaVersion: number
  guidelinesVersion: number
  document: DatasetDocument
}

/** `sources`: the datasets that feed it. `problems`: what to fix before it is published, by key. */
export type CreatedDataset = {
  name: string
  document: DatasetDocument
  sources: readonly string[]
  problems: Readonly<Record<string, string>>
}

/** What publishing warns of, and how many people its groups are, in lines. */
export type OpenedDataset = { warnings: readonly string[]; reach: readonly string[] }

export type DatasetVerbs = {
  listDatasets(): Promise<ListedDataset[]>
  describeDataset(name: string): Promise<ShownDataset>
  createDataset(document: DatasetDocument): Promise<CreatedDataset>
  applyDataset(document: DatasetDocument): Promise<{
    changed: boolean
    schemaVersion: number
    guidelinesVersion: number
  }>
  publishDataset(name: string): Promise<OpenedDataset>
  reopenDataset(name: string): Promise<OpenedDataset>
  pauseDataset(name: string): Promise<void>
  closeDataset(name: string): Promise<void>
  cloneDataset(input: { dataset: string; name: string }): Promise<void>
  deleteDataset(input: { dataset: string; force: boolean }): Promise<void>
}

export function datasetsHere(parley: Parley): DatasetVerbs {
  const status = () => import('../../datasets/publish.ts')
  const opened = async (
    act: 'publishDataset' | 'reopenDataset',
    dataset: string,
  ): Promise<OpenedDataset> => {
    const { warnings, reach } = await (await status())[act](parley, cliActor, { dataset })
    const { sayReach } = await import('../../chat/words/say.ts')
    const { words } = await import('../../chat/words/words.ts')
    return { warnings, reach: sayReach(reach, words(undefined)) }
  }
  return {
    async listDatasets() {
      const { listDatasets } = await import('../../datasets/dataset.ts')
      return (await listDatasets(parley)).map(({ dataset: { name, status }, counts }) => ({
        ...{ name, status, counts },
      }))
    },
    async describeDataset(name) {
      const { describeDataset } = await import('../../datasets/dataset.ts')
      const { dataset, counts } = await describeDataset(parley, name)
      return { ...dataset, counts }
    },
    async createDataset(document) {
      const { createDataset } = await import('../../datasets/create.ts')
      const { feedProblems, sourcesOf } = await import('../../datasets/feeds/rules.ts')
      const { name, document: stored } = await createDataset(parley, cliActor, { document })
      const problems = await feedProblems(parley, cliActor, { name, document: stored })
      return { name, document: stored, sources: await sourcesOf(parley, name), problems }
    },
    async applyDataset(document) {
      const { applyDataset } = await import('../../datasets/apply.ts')
      const { changeMinSubmitted } = await import('../../assignments/distribution.ts')
      const { dataset, changed, minSubmittedChanged } = await applyDataset(parley, cliActor, {
        document,
      })
      if (minSubmittedChanged !== null)
        await changeMinSubmitted(parley, dataset, minSubmittedChanged)
      return { ...dataset, changed }
    },
    publishDataset: (name) => opened('publishDataset', name),
    reopenDataset: (name) => opened('reopenDataset', name),
    pauseDataset: async (dataset) =>
      void (await (await status()).pauseDataset(parley, cliActor, { dataset })),
    closeDataset: async (dataset) =>
      void (await (await status()).closeDataset(parley, cliActor, { dataset })),
    async cloneDataset(input) {
      const { cloneDataset } = await import('../../datasets/clone.ts')
      await cloneDataset(parley, cliActor, input)
    },
    async deleteDataset(input) {
      const { deleteDataset } = await import('../../datasets/delete.ts')
      await deleteDataset(parley, cliActor, input)
    },
  }
}

type SentCreated = Sent & Pick<CreatedDataset, 'sources' | 'problems'>

type Sent = {
  name: string
  status: DatasetStatus
  counts: Omit<Counts, 'needsOutputs'> & { needs_outputs: number }
  schema_version: number
  guidelines_version: number
  document: DatasetDocument
}

export function datasetsThere(server: Server): DatasetVerbs {
  const at = (name: string, act = '') => `/v1/datasets/${part(name)}${act}`
  const post = <Answer>(name: string, act: string, json?: unknown) =>
    server.call<Answer>('POST', at(name, act), json === undefined ? {} : { json })
  return {
    async listDatasets() {
      const { data } = await server.call<{ data: Sent[] }>('GET', '/v1/datasets')
      return data.map(readListed)
    },
    describeDataset: async (name) => readDataset(await server.call<Sent>('GET', at(name))),
    createDataset: (document) =>
      server.call<SentCreated>('POST', '/v1/datasets', { json: document }),
    async applyDataset(document) {
      const before = (await server.open('GET', at(document.name))).headers.get('etag')
      const response = await server.open('PUT', at(document.name), {
        body: JSON.stringify(document),
        headers: { 'content-type': 'application/json' },
      })
      const changed = response.headers.get('etag') !== before
      return { ...readDataset((await response.json()) as Sent), changed }
    },
    publishDataset: (name) => post(name, '/publish'),
    reopenDataset: (name) => post(name, '/reopen'),
    pauseDataset: async (name) => void (await post(name, '/pause')),
    closeDataset: async (name) => void (await post(name, '/close')),
    cloneDataset: async ({ dataset, name }) => void (await post(dataset, '/clone', { name })),
    deleteDataset: async ({ dataset, force }) =>
      void (await server.call('DELETE', at(dataset), { query: { force: force || undefined } })),
  }
}

function readListed({ name, status, counts: { needs_outputs: needsOutputs, ...counts } }: Sent) {
  const { records, ...others } = counts
  return { name, status, counts: { records, needsOutputs, ...others } }
}

function readDataset(sent: Sent): ShownDataset {
  const { schema_version: schemaVersion, guidelines_version: guidelinesVersion, document } = sent
  return { ...readListed(sent), schemaVersion, guidelinesVersion, document }
}
