/** Changes how many answers records need, requeues rejected ones, and excludes people from a record. */
import { sql } from 'kysely'
import { writeAudit } from '../datasets/audit.ts'
import { getDataset } from '../datasets/dataset.ts'
import type { Dataset } from '../datasets/document.ts'
import { conflict, notFound } from '../errors.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../parley.ts'

/**
 * Sets the number of answers that every record of a dataset needs: a lower number marks the newest
 * counted ones surplus, a higher one promotes surplus answers, then reopens records. In batches, each
 * under its places' locks; run again, it finishes an interrupted change.
 */
export async function changeMinSubmitted(
  parley: Parley,
  dataset: Dataset,
  minSubmitted: number,
): Promise<void> {
  for (let after: string | null = '0'; after !== null; ) {
    const from: string = after
    after = await inTransaction(parley, async ({ db }) => {
      const { rows } = await sql<{ last: string | null }>`
        select want_answers(${dataset.id}, ${minSubmitted}, ${from}, 500) as last`.execute(db)
      return rows[0]?.last ?? null
    })
  }
}

/** Requeues a rejected record: surplus answers are promoted, then it reopens. */
export async function requeueRecord(
  parley: Parley,
  actor: Actor,
  input: { dataset: string; externalId: string },
): Promise<void> {
  const by = requireAdmin(actor)
  const dataset = await getDataset(parley, input.dataset, actor)
  await inTransaction(parley, async (inside) => {
    const record = await inside.db
      .selectFrom('records')
      .select('id')
      .where('datasetId', '=', dataset.id)
      .where('externalId', '=', input.externalId)
      .executeTakeFirst()
    if (!record) throw notFound(`record in "${dataset.name}" with the id`, input.externalId)
    const { rows } = await sql<{ opened: boolean }>`
      select requeue_place(${dataset.id}, ${record.id}) as opened`.execute(inside.db)
    if (!rows[0]?.opened)
      throw conflict(`"${input.externalId}" is not rejected; it is being labeled as it is.`)
    await writeAudit(inside, {
      actor: by,
      act: 'requeue record',
      dataset: dataset.name,
      detail: { external_id: input.externalId },
    })
  })
}

/** Never gives this record to this labeler, for example the author of its text. */
export async function excludeLabeler(
  parley: Parley,
  input: { datasetId: string; recordId: string; labelerId: string },
): Promise<void> {
  await parley.db
    .insertInto('assignments')
    .values({ ...input, status: 'excluded', createdAt: parley.now() })
    .onConflict((at) => at.doNothing())
    .execute()
}
