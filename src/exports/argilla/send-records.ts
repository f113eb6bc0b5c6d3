/** Sends records with their answers and suggestions to a dataset of a running Argilla, in batches. */

import { type ArgillaServer, tell } from '../../argilla/ask.ts'
import { RestAnything } from '../../argilla/rest-shape.ts'
import { asDouble } from '../double.ts'
import type { ArgillaPlan } from './plan.ts'
import type { ToldRecord } from './record.ts'
import type { OpenedDataset } from './send-dataset.ts'
import type { SentToArgilla } from './sent.ts'

const mostTold = 100

type Batch = {
  plan: ArgillaPlan
  opened: OpenedDataset
  /** Ids there by pseudonym. */
  users: ReadonlyMap<string, string>
  batch: readonly ToldRecord[]
  /** Counts the results. */
  done: SentToArgilla
}

/**
 * One bad record makes the server refuse the whole batch. So a refused batch is sent in halves, until the
 * bad record is alone and can be named.
 */
export async function putRecords(server: ArgillaServer, what: Batch): Promise<void> {
  const { opened, batch, done } = what
  const told = await tell(
    server,
    {
      method: 'PUT',
      path: `datasets/${encodeURIComponent(opened.id)}/records/bulk`,
      body: { items: batch.map((record) => itemOf(record, what)) },
    },
    RestAnything,
  )
  if (!('refused' in told)) {
    done.records += batch.length
    done.answers += batch.reduce((sum, { responses }) => sum + responses.length, 0)
    return
  }
  const [only, second] = batch
  if (only && !second) {
    done.refused.count++
    if (done.refused.records.length < mostTold)
      done.refused.records.push({ externalId: only.externalId, why: told.refused.why })
    return
  }
  const half = Math.ceil(batch.length / 2)
  await putRecords(server, { ...what, batch: batch.slice(0, half) })
  await putRecords(server, { ...what, batch: batch.slice(half) })
}

function itemOf(record: ToldRecord, { plan, opened, users }: Batch) {
  const isFloat = (name: string) =>
    plan.metadata.some((one) => one.name === name && one.type === 'float')
  return {
    external_id: record.externalId,
    fields: Object.fromEntries(record.fields),
    metadata: Object.fromEntries(
      record.metadata.map(([name, value]) => [name, isFloat(name) ? asDouble(value) : value]),
    ),
    responses: record.responses.map(({ labeler, status, said }) => ({
      user_id: users.get(labeler),
      status,
      // Never null: its own SDK cannot read a record with an answer whose values are null.
      values: Object.fromEntries(said.map(({ question, value }) => [question, { value }])),
    })),
    suggestions: record.suggestions.flatMap(({ question, value, score, agent }) => {
      const id = opened.questions.get(question)
      return id === undefined ? [] : [{ question_id: id, value, score, agent }]
    }),
  }
}
