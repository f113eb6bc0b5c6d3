/** What a purge of one labeler would change, before anybody decides: by dataset, and nothing is written. */
import { sql } from 'kysely'
import { seenBy } from '../datasets/access/tenants.ts'
import { getDataset } from '../datasets/dataset.ts'
import { findLabelerId } from '../labelers/find.ts'
import { exportsSince, type WrittenExport } from '../labelers/written-exports.ts'
import { type Actor, type Parley, requireAdmin } from '../parley.ts'

export type PurgePreview = {
  dataset: string
  /** Answers that count now and would not any more. */
  counted: number
  /** Completed records that nobody's surplus answer would complete again. */
  reopened: number
  /** Exports since their first answer, which keep it. */
  exports: WrittenExport[]
}

/**
 * For one dataset, or each that this actor may see and the labeler answered in.
 * @throws ParleyError `not_found` for nobody.
 */
export async function previewPurge(
  parley: Parley,
  actor: Actor,
  input: { labeler: string; dataset?: string | undefined },
): Promise<PurgePreview[]> {
  requireAdmin(actor)
  const only =
    input.dataset === undefined ? undefined : await getDataset(parley, input.dataset, actor)
  const labelerId = await findLabelerId(parley, input.labeler, only)
  const datasets = await parley.db
    .selectFrom('datasets')
    .innerJoin('tallies', 'tallies.datasetId', 'datasets.id')
    .select(['datasets.id', 'datasets.name'])
    .where('tallies.labelerId', '=', labelerId)
    .where(seenBy(actor))
    .$if(only !== undefined, (query) => query.where('datasets.id', '=', only?.id ?? ''))
    .orderBy('datasets.name')
    .execute()
  const previews: PurgePreview[] = []
  for (const dataset of datasets)
    previews.push({
      dataset: dataset.name,
      ...(await countPurge(parley, dataset.id, labelerId)),
      exports: await exportsOf(parley, dataset, labelerId),
    })
  return previews
}

/** A record reopens where fewer answers are left than it wants, those kept as surplus included. */
async function countPurge(
  { db }: Parley,
  datasetId: string,
  labelerId: string,
): Promise<{ counted: number; reopened: number }> {
  const { rows } = await sql<{ counted: number; reopened: number }>`
    select count(*)::float8 as counted, count(*) filter (
      where p.counted >= p.wanted and not p.rejected and p.counted - 1 + (
        select count(*) from assignments o
        join responses r on r.dataset_id = o.dataset_id and r.assignment_id = o.id
        where o.dataset_id = a.dataset_id and o.record_id = a.record_id
          and o.labeler_id <> a.labeler_id and o.repeat = 0 and not o.counted
          and o.status = 'submitted' and r.flags && array['surplus']
          and not r.flags && array['excluded', 'same_person', 'not_blind']
      ) < p.wanted)::float8 as reopened
    from assignments a
    join places p on p.dataset_id = a.dataset_id and p.record_id = a.record_id
    where a.labeler_id = ${labelerId} and a.dataset_id = ${datasetId} and a.counted`.execute(db)
  return rows[0] ?? { counted: 0, reopened: 0 }
}

async function exportsOf(
  parley: Parley,
  dataset: { id: string; name: string },
  labelerId: string,
): Promise<WrittenExport[]> {
  const { since } = await parley.db
    .selectFrom('responses')
    .select(({ fn }) => fn.min('submittedAt').as('since'))
    .where('labelerId', '=', labelerId)
    .where('datasetId', '=', dataset.id)
    .executeTakeFirstOrThrow()
  return since ? exportsSince(parley, dataset, since) : []
}
