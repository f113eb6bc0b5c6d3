/**
 * Takes one person's verdict on one message of an AI app. There is one row for a message and a person, and
 * the latest event by its own time decides, however often and in whatever order events come. The record is
 * made with the first verdict and deleted when no verdict counts any more.
 */
import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import type { Dataset } from '../datasets/document.ts'
import { conflict, invalid } from '../errors.ts'
import { labelerOfOutsider, type Outsider, outsiderKey } from '../labelers/outsider.ts'
import { inTransaction, type Parley } from '../parley.ts'
import type { ChatMessage } from '../records/message.ts'
import { writeBatch } from '../records/upsert.ts'
import { deleteAnswer, writeAnswer } from './answer.ts'
import { type Place, recordIdOf, recordOf } from './conversation.ts'
import { applyChange, type Change, momentOf, type Thumb, type Thumbs, verdictOf } from './thumbs.ts'

export type FeedbackInput = Place & {
  by: Outsider
  change: Change
  /** When it happened, with its offset (`2026-12-01T09:30:00.123456Z`); by default now. */
  at?: string | undefined
  /** Ends with the message that is judged. Needed for the first verdict on a message; later ones may leave it out. */
  conversation?: readonly ChatMessage[] | undefined
  model?: string | undefined
}

export type Taken = {
  dataset: string
  /** The record's external id. */
  record: string
  /** The verdict that counts now: of the latest event, which may not be this one. */
  verdict: Thumb | null
  reason: string | null
  /** Whether anything is different from before. */
  isChanged: boolean
}

/** A clock may be ahead by this much. */
const mostAheadMs = 10 * 60_000

/**
 * The dataset was chosen by the caller (`datasetFor`, `datasetForReaction`, …).
 * @throws ParleyError `invalid` for a time in the future, or a first verdict without its conversation; `conflict`
 *   for a closed dataset.
 */
export async function takeFeedback(
  parley: Parley,
  dataset: Dataset,
  input: FeedbackInput,
): Promise<Taken> {
  if (dataset.status === 'closed')
    throw conflict(`"${dataset.name}" is closed. Open it again with parley dataset reopen first.`)
  const at = readMoment(parley, input.at)
  return inTransaction(parley, async (inside) => {
    const { source, message } = input
    const key = { datasetId: dataset.id, source, message, person: outsiderKey(parley, input.by) }
    const held = await hold(inside, key)
    const thumbs = applyChange(held.thumbs, input.change, at)
    const [before, after] = [verdictOf(held.thumbs), verdictOf(thumbs)]
    const taken = {
      ...{ dataset: dataset.name, record: recordIdOf(input) },
      ...{ verdict: after.verdict, reason: after.reason },
    }
    if (isDeepStrictEqual(thumbs, held.thumbs)) return { ...taken, isChanged: false }
    const isSame = before.verdict === after.verdict && before.reason === after.reason
    const recordId = isSame
      ? held.recordId
      : await settle(inside, dataset, input, held.recordId, after)
    await inside.db
      .updateTable('verdicts')
      .set({
        recordId,
        verdict: after.verdict,
        decidedAt: after.at,
        thumbs: JSON.stringify(thumbs),
      })
      .where((is) => is.and(key))
      .execute()
    if (after.verdict === null && held.recordId !== null)
      await letGo(inside, dataset, held.recordId)
    return { ...taken, isChanged: !isSame }
  })
}

function readMoment(parley: Parley, text: string | undefined): string {
  const now = parley.now()
  if (text === undefined) return momentOf(now.toISOString()) ?? ''
  const at = momentOf(text)
  // Years before the epoch are a program's mistake, and the first of them Postgres does not know.
  if (at === null || Date.parse(at) < 0)
    throw invalid({ at: 'is no moment. Write it with its offset, such as 2026-12-01T09:30:00Z.' })
  if (Date.parse(at) > now.getTime() + mostAheadMs)
    throw invalid({
      at: `lies ahead: here it is ${now.toISOString()}. Set the clock of the program.`,
    })
  return at
}

type Key = { datasetId: string; source: string; message: string; person: string }

/** Locks the row of this person and message, made where there is none. */
async function hold(
  { db }: Parley,
  key: Key,
): Promise<{ thumbs: Thumbs; recordId: string | null }> {
  await db
    .insertInto('verdicts')
    .values({ ...key, decidedAt: null })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  return db
    .selectFrom('verdicts')
    .select(['thumbs', 'recordId'])
    .where((is) => is.and(key))
    .forUpdate()
    .executeTakeFirstOrThrow()
}

/** Makes the answer hold the verdict that counts now. Returns the record, or null if none counts. */
async function settle(
  inside: Parley,
  dataset: Dataset,
  input: FeedbackInput,
  known: string | null,
  { verdict, reason, at }: ReturnType<typeof verdictOf>,
): Promise<string | null> {
  const labelerId = await labelerOfOutsider(inside, input.by)
  if (verdict === null) {
    if (known !== null) await deleteAnswer(inside, dataset, { recordId: known, labelerId })
    return null
  }
  const recordId = await findOrMakeRecord(inside, dataset, input)
  await writeAnswer(inside, dataset, { recordId, labelerId, verdict, reason, at: at ?? '' })
  return recordId
}

/** Whether the record of a message is there: then a verdict needs no conversation. */
export async function isTaken(parley: Parley, dataset: Dataset, place: Place): Promise<boolean> {
  return (await findRecord(parley, dataset, recordIdOf(place))) !== null
}

async function findOrMakeRecord(
  inside: Parley,
  dataset: Dataset,
  { conversation, model, source, message }: FeedbackInput,
): Promise<string> {
  const place = { source, message }
  const id = recordIdOf(place)
  const known = await findRecord(inside, dataset, id)
  if (known !== null) return known
  if (!conversation)
    throw invalid({
      conversation:
        'is missing. The first verdict on a message brings the conversation that ends with it.',
    })
  const record = recordOf(dataset.document, place, { conversation, model })
  await writeBatch(inside, dataset, [{ line: 1, record, isPartial: true }])
  const made = await findRecord(inside, dataset, id)
  if (made === null) throw new Error('A record that was just written is not there.')
  return made
}

async function findRecord({ db }: Parley, dataset: Dataset, id: string): Promise<string | null> {
  const { rows } = await sql<{ id: string }>`
    select id from record_ids(${dataset.id}, array[${id}])`.execute(db)
  return rows[0]?.id ?? null
}

/** Deletes a record without a verdict that counts, unless somebody has answered it otherwise or holds it. */
async function letGo({ db, now }: Parley, dataset: Dataset, recordId: string): Promise<void> {
  await sql`
    select withdraw_record(${dataset.id}, ${recordId}, ${now()})
    where not exists (
      select from verdicts where dataset_id = ${dataset.id} and record_id = ${recordId})`.execute(
    db,
  )
}
