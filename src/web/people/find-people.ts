/** Reads the people an admin may see: who answered in a dataset of theirs, with what they did there. */
import { type RawBuilder, sql } from 'kysely'
import { seenBy } from '../../datasets/access/tenants.ts'
import { ParleyError } from '../../errors.ts'
import { type Platform, personName } from '../../labelers/person.ts'
import type { Actor, Parley } from '../../parley.ts'

export const orders = ['answers', 'name', 'newest'] as const
export type Order = (typeof orders)[number]

export type FoundPerson = {
  id: string
  /** As the platform calls them; null where nobody agreed to that, or no name is known. */
  name: string | null
  hasPicture: boolean
  /** `slack:T1:U1`; none once they are forgotten, or for imported people. */
  accounts: string[]
  datasets: number
  answers: number
  skipped: number
  /** The mean of their answers' times; null without any. */
  seconds: number | null
  isPaused: boolean
}

export type PeoplePage = { people: FoundPerson[]; next: string | null }

/**
 * One page of people. `after` is the `next` of the page before. The cost grows with the people there are,
 * not with their answers: numbers are summed already, one row a person and dataset.
 */
export async function findPeople(
  { db }: Parley,
  actor: Actor,
  input: { search?: string; order: Order; after?: string | undefined; limit: number },
): Promise<PeoplePage> {
  const { search = '', order, limit } = input
  const { rows } = await sql<Row>`
    select * from (${allPeople(actor)}) p
    where ${matches(search)} and ${behind(order, readCursor(input.after))}
    order by ${sorted[order]} limit ${limit + 1}`.execute(db)
  const people = rows.slice(0, limit)
  const last = rows.length > limit ? people.at(-1) : undefined
  return { people: people.map(readRow), next: last ? cursorOf(order, last) : null }
}

/** @throws ParleyError `not_found` for somebody this actor cannot see. */
export async function getPerson({ db }: Parley, actor: Actor, id: string): Promise<FoundPerson> {
  const { rows } = /^[1-9]\d{0,17}$/.test(id)
    ? await sql<Row>`
        select * from (${allPeople(actor)}) p where p.id = ${id}`.execute(db)
    : { rows: [] }
  const [found] = rows
  if (found) return readRow(found)
  throw new ParleyError('not_found', `There is no labeler "${id}" in the datasets that you see.`)
}

export type PersonDataset = {
  name: string
  title: string
  pseudonym: string | null
  answers: number
  counted: number
  skipped: number
  seconds: number | null
  pausedAt: Date | null
  reason: string | null
  quota: number | null
}

/** What somebody did in each dataset that this actor sees, by name. */
export async function listPersonDatasets(
  { db }: Parley,
  actor: Actor,
  labelerId: string,
): Promise<PersonDataset[]> {
  const { rows } = await sql<PersonDataset>`
    select datasets.name, coalesce(datasets.document ->> 'title', datasets.name) as title,
      y.pseudonym, t.submitted::float8 as answers, t.counted::float8 as counted,
      t.discarded::float8 as skipped, t.seconds / nullif(t.submitted, 0) as seconds,
      l.paused_at as "pausedAt", l.reason, l.quota
    from tallies t join datasets on datasets.id = t.dataset_id
    left join pseudonyms y on y.dataset_id = t.dataset_id and y.labeler_id = t.labeler_id
    left join labeler_limits l on l.dataset_id = t.dataset_id and l.labeler_id = t.labeler_id
    where t.labeler_id = ${labelerId} and ${seenBy(actor)}
    order by datasets.name`.execute(db)
  return rows
}

/** The names of these labelers, for a table that knows them by number. */
export async function namesOf(
  { db }: Parley,
  labelerIds: readonly string[],
): Promise<Map<string, { name: string | null; hasPicture: boolean }>> {
  const { rows } = await sql<{ id: string; name: string | null; hasPicture: boolean }>`
    select i.labeler_id as id, min(f.name) as name, bool_or(f.picture is not null) as "hasPicture"
    from identities i join profiles f using (platform, workspace, user_id)
    where i.labeler_id = any(${[...labelerIds]}::bigint[]) group by 1`.execute(db)
  return new Map(rows.map(({ id, ...rest }) => [id, rest]))
}

type Row = Omit<FoundPerson, 'accounts'> & {
  accounts: { platform: Platform; workspace: string; userId: string }[]
}

function readRow({ accounts, ...row }: Row): FoundPerson {
  return { ...row, accounts: accounts.map(personName) }
}

function allPeople(actor: Actor): RawBuilder<unknown> {
  return sql`
    select m.*, f.name, coalesce(f.has_picture, false) as "hasPicture",
      coalesce(f.accounts, '[]'::json) as accounts,
      exists (select from labeler_limits l where l.labeler_id = m.id and l.paused_at is not null
        and (l.dataset_id is null or l.dataset_id = any(m.seen))) as "isPaused"
    from (
      select t.labeler_id as id, count(*)::float8 as datasets, sum(t.submitted)::float8 as answers,
        sum(t.discarded)::float8 as skipped, array_agg(t.dataset_id) as seen,
        sum(t.seconds) / nullif(sum(t.submitted), 0) as seconds
      from tallies t join datasets on datasets.id = t.dataset_id
      where t.labeler_id <> 0 and ${seenBy(actor)} group by 1
    ) m left join lateral (
      select min(p.name) as name, bool_or(p.picture is not null) as has_picture,
        json_agg(json_build_object('platform', i.platform, 'workspace', i.workspace,
          'userId', i.user_id) order by i.platform) as accounts
      from identities i left join profiles p using (platform, workspace, user_id)
      where i.labeler_id = m.id
    ) f on true`
}

/** A part of the name, a number, a user id, or a pseudonym in any of those datasets. */
function matches(search: string): RawBuilder<boolean> {
  const text = search.trim()
  if (text === '') return sql<boolean>`true`
  const part = `%${text.replaceAll(/[\\%_]/g, (mark) => `\\${mark}`)}%`
  const id = text.replace(/^.*:/, '')
  return sql<boolean>`(p.name ilike ${part} or p.id::text = ${text.replace(/^#/, '')}
    or exists (select from identities i where i.labeler_id = p.id and i.user_id = ${id})
    or exists (select from pseudonyms y where y.labeler_id = p.id and y.pseudonym = ${text}
      and y.dataset_id = any(p.seen)))`
}

/** People without a name come last. */
const nameKey = sql`coalesce(lower(p.name), chr(1114111))`

const sorted: Readonly<Record<Order, RawBuilder<unknown>>> = {
  answers: sql`p.answers desc, p.id desc`,
  newest: sql`p.id desc`,
  name: sql`${nameKey} collate "C", p.id`,
}

type Cursor = { key: string; id: string } | null

function behind(order: Order, cursor: Cursor): RawBuilder<boolean> {
  if (cursor === null) return sql<boolean>`true`
  const { key, id } = cursor
  if (order === 'newest') return sql<boolean>`p.id < ${id}::bigint`
  if (order === 'name')
    return sql<boolean>`(${nameKey} collate "C", p.id) > (${key} collate "C", ${id}::bigint)`
  return sql<boolean>`(p.answers, p.id) < (${Number(key) || 0}::float8, ${id}::bigint)`
}

function cursorOf(order: Order, { id, answers, name }: Row): string {
  const key = order === 'answers' ? String(answers) : (name?.toLowerCase() ?? '\u{10ffff}')
  return Buffer.from(JSON.stringify([key, id])).toString('base64url')
}

/** What is no cursor of ours is the first page. */
function readCursor(text: string | undefined): Cursor {
  try {
    const [key, id] = JSON.parse(Buffer.from(text ?? '', 'base64url').toString()) as unknown[]
    return typeof key === 'string' && typeof id === 'string' && /^\d{1,18}$/.test(id)
      ? { key, id }
      : null
  } catch {
    return null
  }
}
