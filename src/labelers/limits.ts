/**
 * What an admin sets for one labeler: a pause, in a dataset or in all, and a quota of answers to a dataset.
 * The claim asks `limit_of` (src/db/functions/labeler.sql) before it deals anything new; what somebody
 * holds already stays theirs to answer.
 */
import { sql } from 'kysely'
import { writeAudit } from '../datasets/audit.ts'
import { getDataset } from '../datasets/dataset.ts'
import { forbidden, invalid, ParleyError } from '../errors.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../parley.ts'
import { findLabelerId } from './find.ts'

/** Why nothing new is dealt to a labeler in a dataset; null where nothing stands in the way. */
export type LimitedBy = 'paused' | 'quota' | null

export async function limitOf(
  { db }: Parley,
  labelerId: string,
  datasetId: string,
): Promise<LimitedBy> {
  const { rows } = await sql<{ limit: LimitedBy }>`
    select limit_of(${datasetId}, ${labelerId}) as "limit"`.execute(db)
  return rows[0]?.limit ?? null
}

/** A limit as it stands; `dataset` is null for every dataset. */
export type Limit = {
  dataset: string | null
  pausedAt: Date | null
  reason: string | null
  quota: number | null
}

export async function listLimits({ db }: Parley, labelerId: string): Promise<Limit[]> {
  return db
    .selectFrom('labelerLimits')
    .leftJoin('datasets', 'datasets.id', 'labelerLimits.datasetId')
    .select(['datasets.name as dataset', 'labelerLimits.pausedAt'])
    .select(['labelerLimits.reason', 'labelerLimits.quota'])
    .where('labelerLimits.labelerId', '=', labelerId)
    .orderBy('datasets.name')
    .execute()
}

/** The labeler that an admin names, and the dataset that they name beside them; null: every dataset. */
export type Meant = { labelerId: string; dataset: { id: string; name: string } | null }

/**
 * @throws ParleyError `not_found`, also for people of none of the datasets that the actor may see;
 * `forbidden` for an act on every dataset by an admin of some.
 */
export async function meantBy(
  parley: Parley,
  actor: Actor,
  input: { labeler: string; dataset?: string | undefined },
): Promise<Meant> {
  requireAdmin(actor)
  const isOfSome = actor.type === 'admin' && (actor.of !== undefined || actor.only !== undefined)
  if (input.dataset === undefined) {
    if (isOfSome)
      throw forbidden('You are an admin of some datasets. Name the one that this is about.')
    return { labelerId: await findLabelerId(parley, input.labeler), dataset: null }
  }
  const { id, name } = await getDataset(parley, input.dataset, actor)
  const labelerId = await findLabelerId(parley, input.labeler, { id, name })
  if (isOfSome && !(await takesPart(parley, labelerId, id)))
    throw new ParleyError(
      'not_found',
      `There is no labeler "${input.labeler}" in "${name}". npx parley labelers list ${name} shows their numbers, people and pseudonyms.`,
    )
  return { labelerId, dataset: { id, name } }
}

async function takesPart({ db }: Parley, labelerId: string, datasetId: string): Promise<boolean> {
  const row = await db
    .selectFrom('tallies')
    .select('labelerId')
    .where('datasetId', '=', datasetId)
    .where('labelerId', '=', labelerId)
    .executeTakeFirst()
  return row !== undefined
}

/** Pauses somebody, or lets them go on (`reason` undefined). False where it was so before. */
export async function writePause(
  parley: Parley,
  actor: Actor,
  { labelerId, dataset }: Meant,
  pause: { reason: string | null } | null,
): Promise<boolean> {
  const by = requireAdmin(actor)
  return inTransaction(parley, async (inside) => {
    const datasetId = dataset?.id ?? null
    const at = inside.now()
    const { rows } = pause
      ? await sql`
          insert into labeler_limits as l (labeler_id, dataset_id, paused_at, reason)
          values (${labelerId}, ${datasetId}, ${at}, ${pause.reason})
          on conflict (labeler_id, dataset_id) do update
            set paused_at = excluded.paused_at, reason = excluded.reason
            where l.paused_at is null
          returning labeler_id`.execute(inside.db)
      : await sql`
          update labeler_limits set paused_at = null, reason = null
          where labeler_id = ${labelerId} and dataset_id is not distinct from ${datasetId}::bigint
            and paused_at is not null
          returning labeler_id`.execute(inside.db)
    if (rows.length === 0) return false
    await writeAudit(inside, {
      actor: by,
      act: pause ? 'pause labeler' : 'resume labeler',
      ...(dataset ? { dataset: dataset.name } : {}),
      detail: { labeler: labelerId },
    })
    return true
  })
}

/**
 * Sets how many answers to a dataset somebody may give; null lifts it.
 * @throws ParleyError `invalid` for anything but a whole number from 1.
 */
export async function setQuota(
  parley: Parley,
  actor: Actor,
  input: { labeler: string; dataset: string; quota: number | null },
): Promise<void> {
  const { quota } = input
  if (quota !== null && !(Number.isInteger(quota) && quota >= 1 && quota <= 1_000_000_000))
    throw invalid({ quota: 'Write a whole number of answers, from 1, or "none".' })
  const { labelerId, dataset } = await meantBy(parley, actor, input)
  if (dataset === null) return
  await inTransaction(parley, async (inside) => {
    await inside.db
      .insertInto('labelerLimits')
      .values({ labelerId, datasetId: dataset.id, pausedAt: null, reason: null, quota })
      .onConflict((one) => one.columns(['labelerId', 'datasetId']).doUpdateSet({ quota }))
      .execute()
    await writeAudit(inside, {
      ...{ actor: requireAdmin(actor), act: 'set quota', dataset: dataset.name },
      detail: { labeler: labelerId, quota },
    })
  })
}
