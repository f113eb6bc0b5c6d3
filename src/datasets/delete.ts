/** Deletes a dataset with everything in it; one that holds answers only with `force`. */
import { sql } from 'kysely'
import { conflict } from '../errors.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../parley.ts'
import { counted } from '../sentences.ts'
import { writeAudit } from './audit.ts'
import { lockDataset } from './dataset.ts'

/** @throws ParleyError `conflict` when it holds answers and `force` is not set. */
export async function deleteDataset(
  parley: Parley,
  actor: Actor,
  input: { dataset: string; force?: boolean },
): Promise<{ records: number; answers: number }> {
  const by = requireAdmin(actor)
  return inTransaction(parley, async (inside) => {
    const dataset = await lockDataset(inside, input.dataset, actor)
    const { rows } = await sql<{ records: number; answers: number }>`
      select (select count(*) from records where dataset_id = ${dataset.id})::int as records,
             (select count(*) from responses where dataset_id = ${dataset.id})::int as answers
    `.execute(inside.db)
    const held = rows[0] ?? { records: 0, answers: 0 }
    if (held.answers > 0 && !input.force)
      throw conflict(
        `"${dataset.name}" holds ${counted(held.answers, 'answer')}, which would be lost. Export them first, then delete with --force.`,
      )
    const open = await inside.db
      .selectFrom('posts')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('datasetId', '=', dataset.id)
      .where('state', '=', 'open')
      .executeTakeFirstOrThrow()
    if (Number(open.count) > 0)
      throw conflict(
        `"${dataset.name}" has ${counted(Number(open.count), 'open post')} in public. Close with parley posts close first.`,
      )
    // These tables have no foreign key: every answer would pay for checking it.
    for (const table of [
      'revisions',
      'responses',
      'assignments',
      'cursors',
      'checkTurns',
      'tallies',
      'places',
      'outlines',
    ] as const)
      await inside.db.deleteFrom(table).where('datasetId', '=', dataset.id).execute()
    for (const table of ['takenSpans', 'traceDays', 'searchProgress'] as const)
      await inside.db.deleteFrom(table).where('datasetId', '=', dataset.id).execute()
    await inside.db.deleteFrom('feedTurns').where('datasetId', '=', dataset.id).execute()
    await inside.db.deleteFrom('eventTurns').where('datasetId', '=', dataset.id).execute()
    await sql`delete from fed where dataset_id = ${dataset.id} or target_id = ${dataset.id}`.execute(
      inside.db,
    )
    await inside.db.deleteFrom('datasets').where('id', '=', dataset.id).execute()
    await writeAudit(inside, {
      actor: by,
      act: 'delete dataset',
      dataset: dataset.name,
      detail: held,
    })
    return held
  })
}
