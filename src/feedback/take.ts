/**
 * Takes people's verdicts on messages of AI apps. There is one row for a message and a person, and the
 * latest event by its own time decides, however often and in whatever order events come. The record is
 * made with the first verdict and deleted when no verdict counts any more.
 */
import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import type { Dataset } from '../datasets/document.ts'
import { conflict, invalid } from '../errors.ts'
import { labelersOfOutsiders, type Outsider, outsiderKey } from '../labelers/outsider.ts'
import { inTransaction, type Parley } from '../parley.ts'
import type { ChatMessage } from '../records/message.ts'
import { together } from '../together.ts'
import { deleteAnswer, type Given, writeAnswers } from './answer.ts'
import { type Place, recordIdOf } from './conversation.ts'
import { findOrMakeRecords, isTaken, letGo, makesRecord } from './judged-record.ts'
import {
  applyChange,
  type Change,
  momentOf,
  type Thumb,
  type Thumbs,
  type Verdict,
  verdictOf,
} from './thumbs.ts'

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

type Take = (dataset: Dataset, input: FeedbackInput) => Promise<Taken>

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
  const [taken] = await takeAll(parley, dataset, [readEvent(parley, dataset, input)])
  return onlyOne(taken)
}

function onlyOne(taken: Taken | undefined): Taken {
  if (!taken) throw new Error('A verdict was taken and nothing came of it.')
  return taken
}

/**
 * Opens a place where programs' verdicts come in: those of one dataset that arrive while others are being
 * written are written together, in one transaction. One at a time they would wait for each other's commit,
 * at the sums of the dataset, and for connections. Throws what `takeFeedback` does.
 */
export function openFeedbackIntake(parley: Parley): Take {
  const writers = new Map<string, (event: Event) => Promise<Taken>>()
  const writerOf = (dataset: Dataset) => {
    // Who read another version of the dataset writes by that version, as a request of its own would.
    const key = `${dataset.id} ${dataset.schemaVersion}`
    const known = writers.get(key)
    if (known) return known
    if (writers.size >= mostWriters) writers.clear()
    const write = (events: readonly Event[]) => takeAll(parley, dataset, events)
    const made = together(write, { alone: true, gather: true })
    writers.set(key, made)
    return made
  }
  // What the others of a batch would be refused with, were it among them.
  const takeAlone = together(
    (all: readonly { dataset: Dataset; event: Event }[]) =>
      Promise.all(all.map(({ dataset, event }) => takeAll(parley, dataset, [event]))),
    { most: 1, lanes: 2 },
  )
  return async (dataset, input) => {
    const event = readEvent(parley, dataset, input)
    if (makesRecord(dataset, input) || (await isTaken(parley, dataset, input)))
      return writerOf(dataset)(event)
    const [taken] = await takeAlone({ dataset, event })
    return onlyOne(taken)
  }
}

const mostWriters = 1_000

/** What somebody did, with its moment and the key of who did it. */
type Event = { input: FeedbackInput; at: string; person: string }

function readEvent(parley: Parley, dataset: Dataset, input: FeedbackInput): Event {
  if (dataset.status === 'closed')
    throw conflict(`"${dataset.name}" is closed. Open it again with parley dataset reopen first.`)
  return { input, at: readMoment(parley, input.at), person: outsiderKey(parley, input.by) }
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

/** In one transaction: what one of them causes, all get. */
async function takeAll(
  parley: Parley,
  dataset: Dataset,
  events: readonly Event[],
): Promise<Taken[]> {
  return inTransaction(parley, async (inside) => {
    const taken = new Map<Event, Taken>()
    for (let left = events; left.length > 0; ) {
      // Two about one message of one person are taken one after the other.
      const now = [...new Map(left.toReversed().map((event) => [rowKey(event), event])).values()]
      await takeRound(inside, dataset, now, taken)
      left = left.filter((event) => !taken.has(event))
    }
    return events.flatMap((event) => taken.get(event) ?? [])
  })
}

function rowKey({ input: { source, message }, person }: Event): string {
  return JSON.stringify([source, message, person])
}

type Held = { thumbs: Thumbs; recordId: string | null }
type Decided = { event: Event; held: Held; thumbs: Thumbs; after: Verdict; isSame: boolean }

/** Takes events that differ in their row. */
async function takeRound(
  inside: Parley,
  dataset: Dataset,
  events: readonly Event[],
  taken: Map<Event, Taken>,
): Promise<void> {
  const rows = await hold(inside, dataset, events)
  const changed: Decided[] = []
  for (const event of events) {
    const held = rows.get(rowKey(event)) ?? { thumbs: {}, recordId: null }
    const thumbs = applyChange(held.thumbs, event.input.change, event.at)
    const [before, after] = [verdictOf(held.thumbs), verdictOf(thumbs)]
    const isSame = before.verdict === after.verdict && before.reason === after.reason
    taken.set(event, {
      ...{ dataset: dataset.name, record: recordIdOf(event.input) },
      ...{ verdict: after.verdict, reason: after.reason, isChanged: !isSame },
    })
    if (!isDeepStrictEqual(thumbs, held.thumbs))
      changed.push({ event, held, thumbs, after, isSame })
  }
  const records = await settle(
    inside,
    dataset,
    changed.filter(({ isSame }) => !isSame),
  )
  await store(inside, dataset, changed, records)
  const gone = changed.flatMap(({ held, after }) =>
    after.verdict === null && held.recordId !== null ? [held.recordId] : [],
  )
  for (const recordId of new Set(gone)) await letGo(inside, dataset, recordId)
}

/** Locks the rows of these people and messages, made where there are none; in one order, as everybody does. */
async function hold(
  { db }: Parley,
  { id }: Dataset,
  events: readonly Event[],
): Promise<Map<string, Held>> {
  const keys = JSON.stringify(
    events.map(({ input: { source, message }, person }) => ({ source, message, person })),
  )
  const input = sql`jsonb_to_recordset(${keys}::jsonb) as u(source text, message text, person text)`
  await sql`
    insert into verdicts (dataset_id, source, message, person)
    select ${id}::bigint, source, message, person from ${input} order by 2, 3, 4
    on conflict do nothing`.execute(db)
  // Each by its key: a planner that knows little of the table would read all of it.
  const { rows } = await sql<Held & { source: string; message: string; person: string }>`
    select v.* from (select source, message, person from ${input} order by 1, 2, 3 offset 0) u
    cross join lateral (
      select source, message, person, thumbs, record_id from verdicts
      where dataset_id = ${id} and source = u.source and message = u.message and person = u.person
      for update) v`.execute(db)
  return new Map(
    rows.map(({ source, message, person, thumbs, recordId }) => [
      JSON.stringify([source, message, person]),
      { thumbs, recordId },
    ]),
  )
}

/** Makes answers hold the verdicts that count now. Returns the record of each that does. */
async function settle(
  inside: Parley,
  dataset: Dataset,
  decided: readonly Decided[],
): Promise<Map<Decided, string>> {
  const records = new Map<Decided, string>()
  if (decided.length === 0) return records
  const labelers = await labelersOfOutsiders(
    inside,
    decided.map(({ event }) => event.input.by),
  )
  const labelerOf = ({ event }: Decided) => labelers.get(event.person) ?? ''
  const standing = decided.filter(({ after }) => after.verdict !== null)
  for (const one of decided)
    if (one.after.verdict === null && one.held.recordId !== null)
      await deleteAnswer(inside, dataset, {
        recordId: one.held.recordId,
        labelerId: labelerOf(one),
      })
  const ids = await findOrMakeRecords(
    inside,
    dataset,
    standing.map(({ event }) => event.input),
  )
  const given = standing.flatMap((one): Given[] => {
    const { verdict, reason, at } = one.after
    const recordId = ids.get(recordIdOf(one.event.input))
    if (verdict === null || recordId === undefined) return []
    records.set(one, recordId)
    return [{ recordId, labelerId: labelerOf(one), verdict, reason, at: at ?? '' }]
  })
  await writeAnswers(inside, dataset, given)
  return records
}

/** What counts of each now; a verdict that stays as it was keeps its record. */
async function store(
  { db }: Parley,
  { id }: Dataset,
  changed: readonly Decided[],
  records: ReadonlyMap<Decided, string>,
): Promise<void> {
  if (changed.length === 0) return
  const rows = changed.map((one) => ({
    ...{ source: one.event.input.source, message: one.event.input.message },
    ...{ person: one.event.person, verdict: one.after.verdict, decided_at: one.after.at },
    ...{ thumbs: one.thumbs },
    record_id: one.isSame ? one.held.recordId : (records.get(one) ?? null),
  }))
  await sql`
    insert into verdicts (dataset_id, source, message, person, verdict, decided_at, thumbs, record_id)
    select ${id}::bigint, u.* from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as u(source text,
      message text, person text, verdict text, decided_at timestamptz, thumbs jsonb, record_id bigint)
    on conflict (dataset_id, source, message, person) do update set verdict = excluded.verdict,
      decided_at = excluded.decided_at, thumbs = excluded.thumbs, record_id = excluded.record_id`.execute(
    db,
  )
}
