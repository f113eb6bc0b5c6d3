/** The queries behind a dataset's statistics: answers, records, and the groups they are split by. */

import { type RawBuilder, sql } from 'kysely'
import { didYouMean } from '../../datasets/did-you-mean.ts'
import type { Snapshot } from '../../db/copy.ts'
import { invalid, type ParleyError } from '../../errors.ts'
import type { Parley } from '../../parley.ts'
import type { Question } from '../../questions/question.ts'

/** The questions whose answers can be compared. */
export type Judged = Exclude<Question, { type: 'text' }>

export type Range = { first: string; last: string }

export function answersQuery(
  datasetId: string,
  { first, last }: Range,
  questions: readonly Judged[],
  heldOutSince: string | null = null,
): RawBuilder<unknown> {
  const suggested =
    heldOutSince === null
      ? sql`null::text`
      : sql`case when s.submitted_at >= ${heldOutSince} then s.suggested end`
  return sql`
    select s.record_id, s.labeler_id, ${reasonIn(datasetId)}, ${isIn(datasetId, repeated)},
      s.seconds, s.shown, s.shown_first, ${suggested} ${valuesIn(sql`s."values"`, questions)}
    from responses s
    where s.dataset_id = ${datasetId} and s.record_id between ${first} and ${last}
    order by s.record_id`
}

export function recordsQuery(
  datasetId: string,
  questions: readonly Judged[],
  by: Grouping | null,
  heldOutSince: string | null = null,
): RawBuilder<unknown> {
  const suggested =
    heldOutSince === null
      ? sql`null::text`
      : sql`(select jsonb_build_array(${sql.join(
          questions.map(({ type, name }) =>
            type === 'ranking'
              ? sql`(r.suggestions -> ${sql.lit(name)} -> 'value' -> 'ranks')::text`
              : sql`(r.suggestions -> ${sql.lit(name)} -> 'value')::text`,
          ),
        )})::text from records r where r.dataset_id = k.dataset_id and r.id = k.record_id)`
  // Looked up record by record, so that both come in the order of the index.
  const group =
    by === null
      ? sql`null::text`
      : typeof by === 'string'
        ? periodOf(by)
        : sql`(select ${textAt(by)} from records r
          where r.dataset_id = k.dataset_id and r.id = k.record_id)`
  return sql`
    select k.record_id, k.gold is not null, k.outline, k.lengths
      ${knownIn(questions)}, ${group}, ${suggested}
    from outlines k where k.dataset_id = ${datasetId}
    order by k.record_id`
}

/**
 * When the first answer came from which suggestions were held out: from then on chance decided who saw them.
 * Null where none were.
 */
export async function findHeldOut(
  parley: Parley,
  snapshot: Snapshot,
  datasetId: string,
): Promise<string | null> {
  const first = sql<{ at: string | null }>`
    select min(submitted_at)::text as at from responses
    where dataset_id = ${datasetId} and suggested = 'held_out'`
  const [row] = await snapshot.all({ compile: () => first.compile(parley.db) })
  return row?.at ?? null
}

/**
 * The most common values under a key, by number of records, and how many more there are. They are known
 * before the pass, which then keeps sums only for these.
 */
export async function findGroups(
  parley: Parley,
  snapshot: Snapshot,
  datasetId: string,
  by: MetadataKey,
  most: number,
): Promise<{ values: Set<string>; more: number }> {
  const counted = sql<{ value: string; groups: string }>`
    select value, count(*) over () as groups from (
      select ${textAt(by)} as value, count(*) as records from records r
      where r.dataset_id = ${datasetId} group by 1
    ) counted where value is not null
    order by records desc, value collate "C" limit ${most}`
  const rows = await snapshot.all({ compile: () => counted.compile(parley.db) })
  if (rows.length === 0) throw await noSuchKey(parley, datasetId, by)
  const values = new Set(rows.map(({ value }) => value))
  return { values, more: Number(rows[0]?.groups ?? 0) - values.size }
}

/** A key of records' metadata, as a path of names. */
export type MetadataKey = readonly string[]

/** Days, weeks (from Monday) and months, of UTC. */
export const periods = ['day', 'week', 'month'] as const
export type Period = (typeof periods)[number]

/** What records are put into groups by: a key, or when they were last answered. */
export type Grouping = MetadataKey | Period

/** The first day of the period of a moment, as `2026-03-02`. */
function firstDayOf(period: Period, moment: RawBuilder<unknown>): RawBuilder<string> {
  return sql`to_char(date_trunc(${sql.lit(period)}, ${moment} at time zone 'UTC'), 'YYYY-MM-DD')`
}

/** The period of a record's last answer: one look-up a record, along the index of its answers. */
function periodOf(period: Period): RawBuilder<unknown> {
  return sql`(select ${firstDayOf(period, sql`max(s.submitted_at)`)} from responses s
    where s.record_id = k.record_id and s.dataset_id = k.dataset_id and s.status = 'submitted')`
}

/** Always as text; a key with dots may be one name or a path through several. */
function textAt(by: MetadataKey): RawBuilder<unknown> {
  return sql`nullif(coalesce(r.metadata ->> ${by.join('.')}, r.metadata #>> ${[...by]}), '')`
}

function valuesIn(answer: RawBuilder<unknown>, questions: readonly Judged[]) {
  const values = questions.map(({ type, name }) =>
    type === 'ranking'
      ? sql`, (${answer} -> ${sql.lit(name)} -> 'ranks')::text`
      : sql`, (${answer} -> ${sql.lit(name)})::text`,
  )
  return sql.join(values, sql``)
}

/** Known answers; of marked text, for which there are none, how long the text is, in code points. */
function knownIn(questions: readonly Judged[]) {
  const values = questions.map((question) =>
    question.type === 'span'
      ? sql`, (select length(r.fields ->> ${question.field}) from records r
          where r.dataset_id = k.dataset_id and r.id = k.record_id)::text`
      : valuesIn(sql`k.gold`, [question]),
  )
  return sql.join(values, sql``)
}

/** As in exports: submitted and counted answers without an excluding flag count. */
function reasonIn(datasetId: string): RawBuilder<unknown> {
  return whyLeftOut(isIn(datasetId, uncounted), isIn(datasetId, repeated))
}

/**
 * Why a response (`s`) does not count, or null, given whether its assignment is uncounted or repeated and
 * whether it is repeated.
 */
export function whyLeftOut(
  isUncounted: RawBuilder<unknown>,
  isRepeated: RawBuilder<unknown>,
): RawBuilder<string | null> {
  return sql`
  case when s.status = 'submitted' and cardinality(s.flags) = 0 and not ${isUncounted}
      then null
    when s.status <> 'submitted' then s.status
    when 'gold' = any(s.flags) then 'gold'
    when 'repeat' = any(s.flags) then 'repeat'
    when 'same_person' = any(s.flags) then 'same_person'
    when 'not_blind' = any(s.flags) then 'not_blind'
    when 'excluded' = any(s.flags) then 'excluded'
    when ${isRepeated} then 'repeat'
    when ${isUncounted} then 'surplus' end`
}

/** Must match the index's condition; see migration 009. */
const uncounted = sql`not a.counted or a.repeat > 0`

const repeated = sql`a.repeat > 0`

/** Whether it is one of these few assignments: looked up in a table, which keeps the order. */
function isIn(datasetId: string, those: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(s.assignment_id in (
    select a.id from assignments a
    where a.dataset_id = ${datasetId} and a.status = 'submitted' and (${those})))`
}

/** Names the existing keys, found in a few records. */
async function noSuchKey(parley: Parley, datasetId: string, by: MetadataKey): Promise<ParleyError> {
  const keys = sql<{ key: string }>`
    select distinct jsonb_object_keys(metadata) as key from (
      select metadata from records where dataset_id = ${datasetId} limit 1000) few
    order by 1 limit 20`
  const { rows } = await keys.execute(parley.db)
  const known = rows.map(({ key }) => key)
  const [first = ''] = by
  const remedy =
    known.length === 0
      ? 'No record has metadata.'
      : `There are ${known.join(', ')}.${by.length > 1 ? '' : didYouMean(first, known)}`
  return invalid({ by: `No record has "${by.join('.')}" in its metadata. ${remedy}` })
}
