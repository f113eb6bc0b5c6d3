/** The records of judged messages: made with the first verdict that counts, deleted after the last. */
import { sql } from 'kysely'
import type { Dataset } from '../datasets/document.ts'
import { invalid, ParleyError } from '../errors.ts'
import type { Parley } from '../parley.ts'
import type { ChatMessage } from '../records/message.ts'
import { writeBatch } from '../records/upsert.ts'
import { type Place, recordIdOf, recordOf } from './conversation.ts'

/** A message, and what is known of it. */
export type Judged = Place & {
  conversation?: readonly ChatMessage[] | undefined
  model?: string | undefined
}

/** Whether the record of a message is there: then a verdict needs no conversation. */
export async function isTaken(parley: Parley, dataset: Dataset, place: Place): Promise<boolean> {
  return (await findRecords(parley, dataset, [recordIdOf(place)])).size > 0
}

/** Whether a verdict brings what a record of its message needs. */
export function makesRecord(dataset: Dataset, judged: Judged): boolean {
  try {
    newRecord(dataset, judged)
    return true
  } catch (error) {
    if (error instanceof ParleyError) return false
    throw error
  }
}

/**
 * The records of messages by their external ids; those that are not there yet are made together, in one
 * order, also when others make some.
 * @throws ParleyError `invalid` for a new one without its conversation, or with one that does not fit.
 */
export async function findOrMakeRecords(
  inside: Parley,
  dataset: Dataset,
  all: readonly Judged[],
): Promise<Map<string, string>> {
  const messages = new Map<string, Judged>()
  for (const one of all) {
    const id = recordIdOf(one)
    if (!messages.get(id)?.conversation) messages.set(id, one)
  }
  const ids = [...messages.keys()].sort()
  const known = await findRecords(inside, dataset, ids)
  const missing = ids.filter((id) => !known.has(id))
  if (missing.length === 0) return known
  const batch = missing.map((id, at) => {
    const record = newRecord(dataset, messages.get(id))
    return { line: at + 1, record, isPartial: true }
  })
  await writeBatch(inside, dataset, batch)
  const made = await findRecords(inside, dataset, ids)
  if (made.size < ids.length) throw new Error('A record that was just written is not there.')
  return made
}

function newRecord({ document }: Dataset, judged: Judged | undefined) {
  if (!judged?.conversation)
    throw invalid({
      conversation:
        'is missing. The first verdict on a message brings the conversation that ends with it.',
    })
  const { source, message, conversation, model } = judged
  return recordOf(document, { source, message }, { conversation, model })
}

async function findRecords(
  { db }: Parley,
  { id }: Dataset,
  externalIds: readonly string[],
): Promise<Map<string, string>> {
  if (externalIds.length === 0) return new Map()
  const { rows } = await sql<{ id: string; externalId: string }>`
    select id, external_id from record_ids(${id}, ${externalIds}::text[])`.execute(db)
  return new Map(rows.map((row) => [row.externalId, row.id]))
}

/** Deletes a record without a verdict that counts, unless somebody has answered it otherwise or holds it. */
export async function letGo(
  { db, now }: Parley,
  dataset: Dataset,
  recordId: string,
): Promise<void> {
  await sql`
    select withdraw_record(${dataset.id}, ${recordId}, ${now()})
    where not exists (
      select from verdicts where dataset_id = ${dataset.id} and record_id = ${recordId})`.execute(
    db,
  )
}
