/** Everything a record's page shows: the record, every answer with how it came about, and what admins did. */
import { sql } from 'kysely'
import { seenBy } from '../../datasets/access/tenants.ts'
import { getDataset } from '../../datasets/dataset.ts'
import type { Dataset } from '../../datasets/document.ts'
import { notFound } from '../../errors.ts'
import { pseudonymsOf } from '../../labelers/pseudonyms.ts'
import type { Actor, Parley } from '../../parley.ts'
import { recordDisagreement } from '../../quality/result/record-disagreement.ts'
import type { Values } from '../../questions/values.ts'
import { getRecord, type StoredRecord } from '../../records/record.ts'

export type GivenAnswer = {
  id: string
  labelerId: string
  pseudonym: string
  /** As the platform calls them; null where they have not agreed to that. */
  name: string | null
  platform: string
  status: 'submitted' | 'discarded' | 'draft'
  reason: string | null
  values: Values
  counted: boolean
  flags: string[]
  seconds: number | null
  at: Date | null
  /** Ids of the outputs as they saw them; null where nobody knows. */
  order: string[] | null
  /** How the texts were shown: as Markdown, or as they are written. */
  rendering: string | null
  suggested: string | null
  revision: number
  earlier: {
    revision: number
    status: string
    values: Values
    at: Date | null
    reason: string | null
  }[]
}

export type RecordAct = { at: Date; actor: string; act: string; note: string }

export type RecordView = {
  dataset: Dataset
  record: StoredRecord
  createdAt: Date
  answers: GivenAnswer[]
  /** People who have it before them now. */
  open: number
  disagreement: number | null
  acts: RecordAct[]
  /** The record after this one in the dataset, or null. */
  next: string | null
}

/** @throws ParleyError `not_found` for a record the actor does not see. */
export async function readRecord(parley: Parley, actor: Actor, id: string): Promise<RecordView> {
  const found = await locate(parley, actor, id)
  const dataset = await getDataset(parley, found.name, actor)
  const record = await getRecord(parley, { dataset: found.name, externalId: found.externalId })
  const answers = await answersOf(parley, dataset, id)
  const compared = answers.filter(
    ({ status, counted, flags }) =>
      status === 'submitted' && counted && !flags.includes('excluded'),
  )
  return {
    ...{ dataset, record, createdAt: found.createdAt, answers, open: record.leased },
    disagreement: recordDisagreement(
      dataset.document.questions,
      compared.map(({ values }) => values),
    ),
    acts: await actsOn(parley, dataset, record.externalId),
    next: await nextOf(parley, dataset, id),
  }
}

type Located = { name: string; externalId: string; createdAt: Date }

/** Dataset by dataset, each time by the key of records. */
async function locate(parley: Parley, actor: Actor, id: string): Promise<Located> {
  const { rows } = /^[1-9]\d{0,17}$/.test(id)
    ? await sql<Located>`
        select datasets.name, found.external_id, found.created_at from datasets cross join lateral (
          select r.external_id, r.created_at from records r
          where r.dataset_id = datasets.id and r.id = ${id} offset 0
        ) found where ${seenBy(actor)} limit 1`.execute(parley.db)
    : { rows: [] }
  const [found] = rows
  if (found) return found
  throw notFound('record', id)
}

type Row = Omit<GivenAnswer, 'pseudonym' | 'earlier'>

async function answersOf(parley: Parley, dataset: Dataset, id: string): Promise<GivenAnswer[]> {
  const { rows } = await sql<Row>`
    select a.id, s.labeler_id, (
        select min(f.name) from identities i join profiles f using (platform, workspace, user_id)
        where i.labeler_id = s.labeler_id) as name, s.platform, s.status, s.reason, s."values", a.counted, s.flags,
      s.seconds, s.submitted_at as at, s.rendering, s.suggested, s.revision,
      case when s.platform <> 'import' or a.shown_at is not null then a.shown_order end as "order"
    from responses s join assignments a on a.dataset_id = s.dataset_id and a.id = s.assignment_id
    where s.record_id = ${id} and s.dataset_id is not distinct from ${dataset.id}
      and s.status <> 'draft'
    order by s.submitted_at, a.id limit ${mostAnswers}`.execute(parley.db)
  const { rows: revisions } = await sql<GivenAnswer['earlier'][number] & { id: string }>`
    select assignment_id as id, revision, status, "values", submitted_at as at, reason from revisions
    where record_id = ${id} and dataset_id is not distinct from ${dataset.id}
    order by assignment_id, revision desc limit ${mostAnswers}`.execute(parley.db)
  const earlier = Map.groupBy(revisions, ({ id: answer }) => answer)
  const names = await pseudonymsOf(
    parley,
    dataset.id,
    rows.map(({ labelerId }) => labelerId),
  )
  return rows.map((row) => ({
    ...row,
    pseudonym: names.get(row.labelerId) ?? '',
    earlier: earlier.get(row.id) ?? [],
  }))
}

/** Of a post with more votes the first are shown. */
export const mostAnswers = 200
/** Acts of admins on a dataset among which those on one record are looked for, the newest first. */
const mostActs = 2000

async function actsOn(parley: Parley, dataset: Dataset, externalId: string): Promise<RecordAct[]> {
  const { rows } = await sql<RecordAct>`
    select at, actor, act, coalesce(detail ->> 'note', '') as note from (
      select * from audit where dataset = ${dataset.name} order by id desc limit ${mostActs}) x
    where detail ->> 'external_id' = ${externalId} limit 20`.execute(parley.db)
  return rows
}

async function nextOf(parley: Parley, { id: datasetId }: Dataset, id: string) {
  const row = await parley.db
    .selectFrom('records')
    .select('id')
    .where('datasetId', '=', datasetId)
    .where('id', '>', id)
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  return row?.id ?? null
}
