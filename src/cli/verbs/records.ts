/** The verbs of records, their progress, statistics and feeds, as the terminal calls them: here, or on a server. */
import type { DatasetProgress } from '../../assignments/progress.ts'
import type { FeedState } from '../../feeds/show.ts'
import type { Parley } from '../../parley.ts'
import type { datasetStats } from '../../quality/dataset/stats.ts'
import type { Stats } from '../../quality/dataset/stats-result.ts'
import type { listRecords, RecordPage, StoredRecord } from '../../records/record.ts'
import { writeFilter } from '../../search/filter.ts'
import type { FindInput, FoundPage, FoundRecord } from '../../search/find-records.ts'
import type { DeletedRecords } from '../../selections/delete.ts'
import type { Bulk, BulkInput } from '../../selections/in-batches.ts'
import type { PrioritizedRecords } from '../../selections/prioritize.ts'
import type { RequeuedRecords } from '../../selections/requeue.ts'
import { cliActor } from '../actor.ts'
import { atOrNull, part, type Server } from './server.ts'

type One = { dataset: string; externalId: string }

export type RecordVerbs = {
  listRecords(input: Parameters<typeof listRecords>[1]): Promise<RecordPage>
  getRecord(input: One): Promise<StoredRecord>
  requeueRecord(input: One): Promise<void>
  deleteRecord(input: One): Promise<void>
  requeueRecords(input: BulkInput): Promise<Bulk<RequeuedRecords>>
  prioritizeRecords(input: BulkInput & { priority: number }): Promise<Bulk<PrioritizedRecords>>
  findRecords(input: FindInput): Promise<Pick<FoundPage, 'records' | 'next' | 'by' | 'indexed'>>
  /** `force`: also those with answers, which are lost. */
  deleteRecords(input: BulkInput & { force: boolean }): Promise<Bulk<DeletedRecords>>
  datasetProgress(dataset: string): Promise<DatasetProgress>
  datasetStats(input: Parameters<typeof datasetStats>[2]): Promise<Stats>
  listFeeds(dataset: string | undefined): Promise<FeedState[]>
}

export function recordsHere(parley: Parley): RecordVerbs {
  return {
    async listRecords(input) {
      const { listRecords } = await import('../../records/record.ts')
      return listRecords(parley, input)
    },
    async getRecord(input) {
      const { getRecord } = await import('../../records/record.ts')
      return getRecord(parley, input)
    },
    async requeueRecord(input) {
      const { requeueRecord } = await import('../../assignments/distribution.ts')
      await requeueRecord(parley, cliActor, input)
    },
    async deleteRecord(input) {
      const { deleteRecord } = await import('../../records/record.ts')
      await deleteRecord(parley, cliActor, input)
    },
    async requeueRecords(input) {
      const { requeueRecords } = await import('../../selections/requeue.ts')
      return requeueRecords(parley, cliActor, input)
    },
    async prioritizeRecords(input) {
      const { prioritizeRecords } = await import('../../selections/prioritize.ts')
      return prioritizeRecords(parley, cliActor, input)
    },
    async findRecords(input) {
      const { findRecords } = await import('../../search/find-records.ts')
      return findRecords(parley, cliActor, input)
    },
    async deleteRecords(input) {
      const { deleteRecords } = await import('../../selections/delete.ts')
      return deleteRecords(parley, cliActor, input)
    },
    async datasetProgress(name) {
      const { datasetProgress } = await import('../../assignments/progress.ts')
      const { getDataset } = await import('../../datasets/dataset.ts')
      return datasetProgress(parley, await getDataset(parley, name))
    },
    async datasetStats(input) {
      const { datasetStats } = await import('../../quality/dataset/stats.ts')
      return datasetStats(parley, cliActor, input)
    },
    async listFeeds(dataset) {
      const { listFeeds } = await import('../../feeds/show.ts')
      return listFeeds(parley, dataset === undefined ? {} : { dataset })
    },
  }
}

type FoundThere = {
  data: (Omit<FoundRecord, 'externalId'> & { external_id: string })[]
  next: string | null
  by: FoundPage['by']
  indexed_until: string | null
}

type SentRecord = Omit<StoredRecord, 'externalId'> & { external_id: string }

type SentProgress = Omit<DatasetProgress, 'needsOutputs' | 'meanSeconds' | 'feeds'> & {
  needs_outputs: number
  mean_seconds: number | null
  feeds?: { to: string; pending: number; needs_outputs: number }[]
}

export function recordsThere(server: Server): RecordVerbs {
  const at = (dataset: string, rest: string) => `/v1/datasets/${part(dataset)}${rest}`
  const one = ({ dataset, externalId }: One) => at(dataset, `/records/${part(externalId)}`)
  return {
    async listRecords({ dataset, after, status, limit }) {
      const cursor = after === undefined ? undefined : Buffer.from(after).toString('base64url')
      const page = await server.call<{ data: SentRecord[]; next: string | null }>(
        ...(['GET', at(dataset, '/records')] as const),
        { query: { status, limit, cursor } },
      )
      const { data, next } = page
      return {
        records: data.map(readRecord),
        next: next === null ? null : Buffer.from(next, 'base64url').toString(),
      }
    },
    getRecord: async (input) => readRecord(await server.call<SentRecord>('GET', one(input))),
    requeueRecord: async (input) => void (await server.call('POST', `${one(input)}/requeue`)),
    deleteRecord: async (input) => void (await server.call('DELETE', one(input))),
    async requeueRecords({ dataset, ...input }) {
      const path = at(dataset, '/records/requeue')
      let requeued = 0
      const done = await toTheEnd<RequeuedRecords>(server, path, input, (one) => {
        requeued += one.requeued
        return requeued
      })
      return { ...done, requeued }
    },
    async prioritizeRecords({ dataset, ...input }) {
      const path = at(dataset, '/records/priority')
      let prioritized = 0
      const done = await toTheEnd<PrioritizedRecords>(server, path, input, (one) => {
        prioritized += one.prioritized
        return prioritized
      })
      return { ...done, prioritized }
    },
    async findRecords({ dataset, sort, cursor, limit, ...filter }) {
      const query = { ...Object.fromEntries(writeFilter(filter)), sort, cursor, limit }
      const page = await server.call<FoundThere>('GET', at(dataset, '/search'), { query })
      return {
        ...{ next: page.next, by: page.by },
        records: page.data.map(({ external_id: externalId, id, ...record }) => ({
          ...{ id, externalId, ...record },
        })),
        indexed: { until: atOrNull(page.indexed_until), share: 1 },
      }
    },
    async deleteRecords({ dataset, ...input }) {
      const path = at(dataset, '/records/delete')
      let [deleted, answers] = [0, 0]
      const done = await toTheEnd<DeletedRecords>(server, path, input, (one) => {
        deleted += one.deleted
        answers += one.answers
        return deleted
      })
      return { ...done, deleted, answers }
    },
    datasetProgress: async (name) => readProgress(await server.call('GET', at(name, '/progress'))),
    datasetStats: ({ dataset, resamples, strength, by, measures }) =>
      server.call('GET', at(dataset, '/stats'), {
        query: { resamples, strength: strength?.toLowerCase(), by: by?.join('.'), measures },
      }),
    async listFeeds(dataset) {
      const { data } = await server.call<{
        data: (Omit<FeedState, 'next'> & { next: string | null })[]
      }>('GET', '/v1/feeds', { query: { dataset } })
      return data.map((feed) => ({
        ...feed,
        next: atOrNull(feed.next),
      }))
    },
  }
}

/** A request over many records ends before all is done; it is sent again until it is. */
async function toTheEnd<Outcome>(
  server: Server,
  path: string,
  { importId, dryRun, onProgress, signal, ...asked }: Omit<BulkInput, 'dataset'>,
  onPart: (part: Outcome) => number,
): Promise<Bulk<Outcome>> {
  let json: object = { ...asked, import: importId, dry_run: dryRun }
  let matched: number | undefined
  for (;;) {
    const { dry_run: isDry, ...part } = await server.call<
      Omit<Bulk<Outcome>, 'dryRun'> & { dry_run: boolean; matched: number; stopped: boolean }
    >('POST', path, { json, ...(signal ? { signal } : {}) })
    matched ??= part.matched
    onProgress?.(onPart(part as unknown as Outcome), matched)
    if (!part.stopped || isDry)
      return { ...part, dryRun: isDry, matched } as unknown as Bulk<Outcome>
    // They were counted and confirmed by the first.
    json = { ...json, expect: undefined, yes: true }
  }
}

function readRecord({ id, external_id: externalId, ...record }: SentRecord): StoredRecord {
  return { id, externalId, ...record }
}

/** In the order in which the terminal prints them. */
function readProgress(sent: SentProgress): DatasetProgress {
  const { needs_outputs: needsOutputs, mean_seconds: meanSeconds, feeds, ...counts } = sent
  const { records, completed, rejected, submitted, counted, discarded, ...others } = counts
  const { labelers, pending, surplus } = others
  return {
    ...{ records, needsOutputs, completed, rejected, submitted, counted, discarded },
    ...{ labelers, pending, surplus, meanSeconds },
    ...(feeds
      ? {
          feeds: feeds.map(({ needs_outputs: waiting, ...feed }) => ({
            ...{ ...feed, needsOutputs: waiting },
          })),
        }
      : {}),
  }
}
