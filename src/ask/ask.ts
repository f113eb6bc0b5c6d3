/**
 * A program asks people: the question becomes a record that a number of them answer before a deadline. Asking
 * again under the same key asks nobody twice. Inviting people is the worker's (src/ask/tend.ts), which
 * finds the row if its ring is lost.
 */
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { holdDataset } from '../datasets/access/tenants.ts'
import { writeAudit } from '../datasets/audit.ts'
import { getDataset } from '../datasets/dataset.ts'
import type { Ask, Dataset } from '../datasets/document.ts'
import { conflict, invalid } from '../errors.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../parley.ts'
import { writeBatch } from '../records/upsert.ts'
import { counted } from '../sentences.ts'
import { type Asking, contentOf, recordOf } from './question.ts'

export type AskInput = Asking & {
  dataset: string
  /** How many people are to answer; by default the dataset's `min_submitted`. */
  people?: number | undefined
  /** Until when; by default the dataset's `ask.hours` from now. */
  deadline?: Date | undefined
  /** Under the same key the same question is asked once; by default a hash of what is asked. */
  key?: string | undefined
}

export type Asked = { dataset: string; key: string; deadline: Date; people: number; isNew: boolean }

/** A question that ends before anybody has read it helps nobody. */
const soonestMs = 60_000
const longestMs = 30 * 86_400_000

/**
 * Asks a question, or returns the one that was asked under this key.
 * @throws ParleyError `not_found`; `conflict` where the dataset takes no questions, the day's number is
 * used up, or the key names another question; `invalid` for one that does not fit.
 */
export async function askPeople(parley: Parley, actor: Actor, input: AskInput): Promise<Asked> {
  const by = requireAdmin(actor)
  const dataset = await getDataset(parley, input.dataset, actor)
  const rules = rulesOf(dataset)
  const people = peopleOf(dataset, rules, input.people)
  const key = input.key?.trim() || defaultKey(dataset, input, people)
  const record = recordOf(dataset.document, input, key)
  const content = contentOf(record, people)
  return inTransaction(parley, async (inside) => {
    await holdDataset(inside, actor, dataset)
    // One question of a dataset at a time: neither the day's number nor a key is passed by two at once.
    await sql`select pg_advisory_xact_lock(hashint8extended(${dataset.id}, 7021))`.execute(
      inside.db,
    )
    const before = await findAsked(inside, dataset, key)
    if (before) return sameOf(before, { dataset, key, content })
    const deadline = deadlineOf(inside, rules, input.deadline)
    await checkDay(inside, dataset, rules)
    await writeBatch(inside, dataset, [{ line: 1, record }])
    await writeAsk(inside, dataset, { key, content, people, deadline, by })
    await writeAudit(inside, {
      ...{ actor: by, act: 'ask', dataset: dataset.name },
      detail: { external_id: key, people, deadline },
    })
    inside.afterCommit(() => inside.queue.ring('tend-asks', {}))
    return { dataset: dataset.name, key, deadline, people, isNew: true }
  })
}

function rulesOf({ name, status, document }: Dataset): Ask {
  if (!document.ask)
    throw conflict(
      `"${name}" takes no questions of programs. Add "ask: {}" to its document with parley dataset apply, or ask in another dataset.`,
    )
  if (status !== 'ready')
    throw conflict(`"${name}" is ${status}, so nobody would answer. Publish it, then ask.`)
  return document.ask
}

function peopleOf({ name, document }: Dataset, { most_people }: Ask, people?: number): number {
  const wanted = people ?? document.distribution.min_submitted
  if (Number.isInteger(wanted) && wanted >= 1 && wanted <= most_people) return wanted
  throw invalid({
    people: `Ask between 1 and ${counted(most_people, 'person', 'people')} in "${name}".`,
  })
}

function deadlineOf(parley: Parley, { hours }: Ask, deadline?: Date): Date {
  const now = parley.now().getTime()
  const at = deadline ?? new Date(now + hours * 3_600_000)
  const left = at.getTime() - now
  if (left >= soonestMs && left <= longestMs) return at
  throw invalid({ deadline: 'Leave people between a minute and 30 days to answer.' })
}

function defaultKey({ document }: Dataset, asking: Asking, people: number): string {
  const content = contentOf(recordOf(document, asking, 'ask'), people)
  return `ask-${createHash('sha256').update(content).digest('hex').slice(0, 24)}`
}

type Before = { content: string | null; deadline: Date | null; people: number | null }

async function findAsked(parley: Parley, dataset: Dataset, key: string): Promise<Before | null> {
  const found = await parley.db
    .selectFrom('records')
    .leftJoin('asks', (join) =>
      join
        .onRef('asks.datasetId', '=', 'records.datasetId')
        .onRef('asks.recordId', '=', 'records.id'),
    )
    .select(['asks.content', 'asks.deadline', 'asks.people'])
    .where('records.datasetId', '=', dataset.id)
    .where('records.externalId', '=', key)
    .executeTakeFirst()
  return found ?? null
}

function sameOf(
  { content, deadline, people }: Before,
  asked: { dataset: Dataset; key: string; content: string },
): Asked {
  const { dataset, key } = asked
  if (content === null || deadline === null || people === null)
    throw conflict(`"${key}" is a record of "${dataset.name}" that was not asked. Use another key.`)
  if (content !== asked.content)
    throw conflict(
      `Under the key "${key}" another question was asked, of ${counted(people, 'person', 'people')}. Use another key for this one.`,
    )
  return { dataset: dataset.name, key, deadline, people, isNew: false }
}

async function checkDay(parley: Parley, { id, name }: Dataset, { per_day }: Ask): Promise<void> {
  const since = new Date(parley.now().getTime() - 86_400_000)
  const { rows } = await sql<{ asked: number }>`
    select count(*)::int as asked from (select from asks where dataset_id = ${id}
      and asked_at > ${since} limit ${per_day}) recent`.execute(parley.db)
  if ((rows[0]?.asked ?? 0) >= per_day)
    throw conflict(
      `"${name}" was asked ${counted(per_day, 'question')} within a day, as many as it takes. Ask again tomorrow, or raise ask.per_day.`,
    )
}

async function writeAsk(
  parley: Parley,
  dataset: Dataset,
  asked: { key: string; content: string; people: number; deadline: Date; by: string },
): Promise<void> {
  const { key, content, people, deadline, by } = asked
  const now = parley.now()
  await sql`
    with record as (
      select id from records where dataset_id = ${dataset.id} and external_id = ${key}),
    placed as (
      update places set wanted = ${people}, until = ${deadline}
      where dataset_id = ${dataset.id} and record_id = (select id from record))
    insert into asks (dataset_id, record_id, content, people, deadline, asked_by, asked_at, wave_at)
    select ${dataset.id}, id, ${content}, ${people}, ${deadline}, ${by}, ${now}, ${now}
    from record`.execute(parley.db)
}
