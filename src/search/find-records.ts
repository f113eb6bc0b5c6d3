/**
 * Finds records of a dataset: by words of their prompt, outputs and answers, by what they have besides, in
 * the order they came or the most disputed first. A page costs the same in a dataset of any size.
 */
import { sql } from 'kysely'
import { getDataset } from '../datasets/dataset.ts'
import type { Dataset } from '../datasets/document.ts'
import { invalid } from '../errors.ts'
import { type Actor, type Parley, requireAdmin } from '../parley.ts'
import { wordsOf } from '../records/message.ts'
import type { Content, RecordFields, RecordOutput } from '../records/record-line.ts'
import type { RecordStatus } from '../records/record-status.ts'
import { asksKeys, keysAsked, type RecordFilter, type RecordSort } from './filter.ts'
import { toQuery } from './keys.ts'
import { type Indexed, indexedUpTo } from './progress.ts'

export type FoundRecord = {
  id: string
  externalId: string
  status: RecordStatus
  /** Of its texts, where the words stand or from the beginning on. */
  excerpt: string
  outputs: number
  models: string[]
  priority: number
  wanted: number
  counted: number
  /** 0 to 1; null while there is nothing to compare. */
  disagreement: number | null
}

export type FoundPage = {
  records: FoundRecord[]
  /** Where the next page goes on, or null at the end. */
  next: string | null
  /** How it looked: by whole words, by parts of words, or it had only to list. */
  by: 'words' | 'parts' | 'list'
  /** Parts are looked for in few records a page: the extension for them is missing. */
  isSlow: boolean
  indexed: Indexed
}

export type FindInput = RecordFilter & {
  dataset: string
  sort?: RecordSort
  cursor?: string
  /** Records of a page, at most 500. */
  limit?: number
}

/** @throws ParleyError `not_found`; `invalid` for a cursor or a pseudonym that is none. */
export async function findRecords(
  parley: Parley,
  actor: Actor,
  { dataset: name, sort = 'order', cursor, limit: asked = 50, ...filter }: FindInput,
): Promise<FoundPage> {
  requireAdmin(actor)
  const dataset = await getDataset(parley, name, actor)
  const limit = Math.min(Math.max(asked, 1), 500)
  const found = await findIds(parley, dataset, { sort, cursor, limit, filter })
  const records = await describe(parley, dataset, found.ids, filter)
  return { ...found, records, indexed: await indexedUpTo(parley, dataset) }
}

type Asked = {
  sort: RecordSort
  cursor: string | undefined
  limit: number
  filter: RecordFilter
}
type Ids = { ids: string[]; next: string | null; by: FoundPage['by']; isSlow: boolean }

/** Ids of a page, in their order. A search by words that finds nothing at all goes on by parts of words. */
export async function findIds(parley: Parley, dataset: Dataset, asked: Asked): Promise<Ids> {
  const { filter, sort, limit } = asked
  const from = readCursor(asked.cursor)
  if (filter.text === undefined && !asksKeys(filter) && sort === 'order') {
    const ids = await listIds(parley, dataset, from.id, limit + 1)
    const last = ids[limit - 1]
    const next = ids.length > limit && last ? writeCursor({ ...from, id: last }) : null
    return { ids: ids.slice(0, limit), next, by: 'list', isSlow: false }
  }
  const plan = await planSearch(parley, dataset, filter)
  const by = from.by ?? (plan.words === null && plan.part !== null ? 'parts' : 'words')
  const found = await look(parley, dataset, plan, { ...asked, from: { ...from, by } })
  const isEmpty = found.ids.length === 0 && found.next === null && asked.cursor === undefined
  if (!isEmpty || by === 'parts' || plan.part === null) return found
  return look(parley, dataset, plan, { ...asked, from: { ...from, by: 'parts' } })
}

/**
 * Every id that a search finds, `size` at a time: those after an id, in their order, empty at the end. It
 * decides once whether it looks for words or for parts of them.
 */
export function openSearch(
  parley: Parley,
  dataset: Dataset,
  filter: RecordFilter,
  size: number,
): (after: string) => Promise<string[]> {
  let by: From['by']
  return async (after) => {
    let cursor =
      by || after !== '0' ? writeCursor({ ...start, ...(by ? { by } : {}), id: after }) : undefined
    for (;;) {
      const found = await findIds(parley, dataset, { filter, sort: 'order', limit: size, cursor })
      if (found.by !== 'list') by = found.by
      if (found.ids.length > 0 || found.next === null) return found.ids
      cursor = found.next
    }
  }
}

const start = { id: '0', agreement: '-1' } as const

type From = { by?: 'words' | 'parts'; id: string; agreement: string }
type Plan = { keys: string | null; words: string | null; part: string | null; hasParts: boolean }

async function planSearch(parley: Parley, dataset: Dataset, filter: RecordFilter): Promise<Plan> {
  const { text } = filter
  const labelerId =
    filter.labeler === undefined ? null : await labelerOf(parley, dataset, filter.labeler)
  const today = parley.now().toISOString().slice(0, 10)
  const keys = toQuery(keysAsked(filter, labelerId, today))
  const isPart = text?.includes('*') === true
  const { rows } = await sql<{ words: string | null; hasParts: boolean }>`
    select ${isPart ? null : (text ?? null)}::text as given,
      nullif(websearch_to_tsquery('pg_catalog.simple', ${isPart ? '' : (text ?? '')})::text, '') as words,
      to_regclass('record_search_parts') is not null as has_parts`.execute(parley.db)
  const part = (text ?? '').replaceAll('*', '').trim()
  return {
    keys,
    words: rows[0]?.words ?? null,
    part: part === '' ? null : `%${part.replace(/[\\%_]/g, '\\$&')}%`,
    hasParts: rows[0]?.hasParts === true,
  }
}

/** How many ids parts are looked for in, for one page: with and without an index that helps. */
const spans = { indexed: 1 << 18, plain: 1 << 12 }
/** How many disputed records one page looks at. */
const mostLooked = 2_000
/** What a search has of a record may be a minute old: what no longer holds is left out, and more looked for. */
const mostRounds = 5

async function look(
  parley: Parley,
  dataset: Dataset,
  plan: Plan,
  { from, sort, limit, filter }: Omit<Asked, 'cursor'> & { from: From },
): Promise<Ids> {
  const isByParts = from.by === 'parts'
  const query = [plan.keys, isByParts ? null : plan.words].filter((one) => one !== null).join(' & ')
  // Three characters make a trigram.
  const isSlow = isByParts && !(plan.hasParts && /[\p{L}\p{N}]{3}/u.test(plan.part ?? ''))
  const span = isByParts ? (isSlow ? spans.plain : spans.indexed) : null
  const part = isByParts ? plan.part : null
  const ids: string[] = []
  let at: From | null = from
  for (let round = 0; at !== null && ids.length < limit && round < mostRounds; round++) {
    const step: { ids: string[]; looked: From | null } = await (sort === 'disagreement'
      ? lookDisputed(parley, dataset, { query, part, from: at, limit: limit - ids.length })
      : lookInOrder(parley, dataset, { query, part, from: at, span, limit: limit - ids.length }))
    ids.push(...(await stillHold(parley, dataset, step.ids, filter)))
    at = step.looked && { ...from, ...step.looked }
    if (step.ids.length === 0) break
  }
  return { ids, next: at && writeCursor(at), by: isByParts ? 'parts' : 'words', isSlow }
}

type Step = { query: string; part: string | null; from: From; limit: number }

async function lookInOrder(
  parley: Parley,
  dataset: Dataset,
  { query, part, from, span, limit }: Step & { span: number | null },
): Promise<{ ids: string[]; looked: From | null }> {
  const { rows } = await sql<{ found: { ids: string[]; looked: string | null } }>`
    select find_records(${dataset.id}, ${query === '' ? null : query}::tsquery, ${part}::text, ${from.id},
      ${span}::bigint, ${limit}) as found`.execute(parley.db)
  const { ids = [], looked = null } = rows[0]?.found ?? {}
  return { ids, looked: looked === null ? null : { ...from, id: looked } }
}

async function lookDisputed(
  parley: Parley,
  dataset: Dataset,
  { query, part, from, limit }: Step,
): Promise<{ ids: string[]; looked: From | null }> {
  const { rows } = await sql<{
    found: { ids: string[]; looked: { agreement: string; id: string } | null }
  }>`
    select most_disputed(${dataset.id}, ${query === '' ? null : query}::tsquery, ${part}::text,
      ${from.agreement}::real, ${from.id}, ${mostLooked}, ${limit}) as found`.execute(parley.db)
  const { ids = [], looked = null } = rows[0]?.found ?? {}
  return { ids, looked: looked && { ...from, ...looked } }
}

/** Those that are there and have the status that is asked for now. */
export async function stillHold(
  { db }: Pick<Parley, 'db'>,
  dataset: Dataset,
  ids: readonly string[],
  { status }: RecordFilter,
): Promise<string[]> {
  if (status === undefined || ids.length === 0) return [...ids]
  const { rows } = await sql<{ id: string }>`
    select p.record_id as id from unnest(${ids}::bigint[]) with ordinality u(id, n)
    join places p on p.dataset_id = ${dataset.id} and p.record_id = u.id
    where record_status(p) = ${status} order by u.n`.execute(db)
  return rows.map(({ id }) => id)
}

async function listIds(
  parley: Parley,
  dataset: Dataset,
  after: string,
  limit: number,
): Promise<string[]> {
  const rows = await parley.db
    .selectFrom('records')
    .select('id')
    .where('datasetId', '=', dataset.id)
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(({ id }) => id)
}

async function labelerOf(parley: Parley, dataset: Dataset, pseudonym: string): Promise<string> {
  const row = await parley.db
    .selectFrom('pseudonyms')
    .select('labelerId')
    .where('datasetId', '=', dataset.id)
    .where('pseudonym', '=', pseudonym)
    .executeTakeFirst()
  if (row) return row.labelerId
  throw invalid({
    labeler: `Nobody in "${dataset.name}" is called "${pseudonym.slice(0, 100)}". Copy the pseudonym from a record's page.`,
  })
}

type Row = Omit<FoundRecord, 'excerpt' | 'outputs' | 'models' | 'disagreement'> & {
  fields: RecordFields
  outputs: RecordOutput[]
  agreement: number | null
}

async function describe(
  parley: Parley,
  dataset: Dataset,
  ids: readonly string[],
  filter: RecordFilter,
): Promise<FoundRecord[]> {
  if (ids.length === 0) return []
  const { rows } = await sql<Row>`
    select r.id, r.external_id, record_status(p) as status, r.fields, r.outputs, p.priority, p.wanted,
      p.counted, q.agreement
    from unnest(${ids}::bigint[]) with ordinality u(id, n)
    join records r on r.dataset_id = ${dataset.id} and r.id = u.id
    join places p on p.dataset_id = ${dataset.id} and p.record_id = u.id
    left join record_search q on q.dataset_id = ${dataset.id} and q.record_id = u.id
    order by u.n`.execute(parley.db)
  return rows.map(({ fields, outputs, agreement, ...row }) => ({
    ...row,
    excerpt: excerptOf([...Object.values(fields), ...outputs.map(contentOf)], filter.text),
    outputs: outputs.length,
    models: [...new Set(outputs.flatMap(({ model }) => model ?? []))],
    disagreement: agreement === null ? null : 1 - agreement,
  }))
}

function contentOf(output: RecordOutput): Content {
  return output.text ?? output.messages ?? ''
}

const longestExcerpt = 240

/** The beginning of the first text, or the place of the first word that is looked for. */
export function excerptOf(contents: readonly Content[], text: string | undefined): string {
  const texts = contents.map((content) =>
    (typeof content === 'string' ? content : content.map(wordsOf).join('\n')).slice(0, 100_000),
  )
  const words = (text ?? '').toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
  for (const one of texts) {
    const lower = one.toLowerCase()
    const at = Math.min(...words.map((word) => lower.indexOf(word)).filter((place) => place >= 0))
    if (Number.isFinite(at)) return cut(one, at < longestExcerpt / 2 ? 0 : at - 60)
  }
  return cut(texts.find((one) => one.trim() !== '') ?? '', 0)
}

function cut(text: string, from: number): string {
  const piece = text
    .slice(from, from + longestExcerpt)
    .toWellFormed()
    .replace(/\s+/g, ' ')
    .trim()
  return `${from > 0 ? '…' : ''}${piece}${text.length > from + longestExcerpt ? '…' : ''}`
}

function writeCursor({ by, id, agreement }: From): string {
  return Buffer.from(JSON.stringify([by ?? null, id, agreement])).toString('base64url')
}

function readCursor(text: string | undefined): From {
  if (text === undefined) return { ...start }
  try {
    const [by, id, agreement] = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[]
    if (
      (by === null || by === 'words' || by === 'parts') &&
      typeof id === 'string' &&
      /^\d{1,18}$/.test(id) &&
      typeof agreement === 'string' &&
      /^-?\d(\.\d{1,20})?(e-\d{1,2})?$/.test(agreement)
    )
      return { ...(by ? { by } : {}), id, agreement }
  } catch {
    // Said below.
  }
  throw invalid({ cursor: 'This is no place in a list. Begin at the first page.' })
}
