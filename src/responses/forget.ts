/**
 * Excludes one labeler's answers: each is flagged `excluded` and kept in raw, their skips no longer count
 * against a record, and a surplus answer fills each freed place or it reopens.
 */
import { sql } from 'kysely'
import { writeAudit } from '../datasets/audit.ts'
import { getDataset } from '../datasets/dataset.ts'
import { findLabelerId } from '../labelers/find.ts'
import { dropProfile } from '../labelers/profile.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../parley.ts'

/**
 * Works in batches of records; an interrupted run is finished by running it again. `labeler` is a number, a person
 * or a pseudonym. Returns how many answers counted before.
 * @throws ParleyError `not_found` for nobody.
 */
export async function purgeLabeler(
  parley: Parley,
  actor: Actor,
  input: { dataset: string; labeler: string },
): Promise<{ counted: number }> {
  const by = requireAdmin(actor)
  const dataset = await getDataset(parley, input.dataset, actor)
  const labelerId = await findLabelerId(parley, input.labeler, dataset)
  const { rows: held } = await sql<{ counted: number }>`
    select count(*)::float8 as counted from assignments
    where dataset_id = ${dataset.id} and labeler_id = ${labelerId} and counted`.execute(parley.db)
  await writeAudit(parley, {
    actor: by,
    act: 'purge labeler',
    dataset: dataset.name,
    detail: { labeler: labelerId },
  })
  for (let after: string | null = '0'; after !== null; ) {
    const from: string = after
    after = await inTransaction(parley, async ({ db }) => {
      const { rows } = await sql<{ last: string | null }>`
        select purge_answers(${dataset.id}, ${labelerId}, ${from}, 200) as last`.execute(db)
      return rows[0]?.last ?? null
    })
  }
  await dropProfile(parley, labelerId)
  return { counted: held[0]?.counted ?? 0 }
}
