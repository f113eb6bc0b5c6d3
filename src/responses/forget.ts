/**
 * Takes one labeler's answers out of what counts: each is flagged `excluded` and kept in raw, their
 * skips no longer speak against a record, and every place is filled by a surplus answer or reopened.
 */
import { sql } from 'kysely'
import { writeAudit } from '../datasets/audit.ts'
import { getDataset } from '../datasets/dataset.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../parley.ts'

/** In batches of records; running it again finishes what was cut short. */
export async function purgeLabeler(
  parley: Parley,
  actor: Actor,
  input: { dataset: string; labelerId: string },
): Promise<void> {
  const by = requireAdmin(actor)
  const dataset = await getDataset(parley, input.dataset)
  await writeAudit(parley, {
    actor: by,
    act: 'purge labeler',
    dataset: dataset.name,
    detail: { labeler: input.labelerId },
  })
  for (let after: string | null = '0'; after !== null; ) {
    const from: string = after
    after = await inTransaction(parley, async ({ db }) => {
      const { rows } = await sql<{ last: string | null }>`
        select purge_answers(${dataset.id}, ${input.labelerId}, ${from}, 200) as last`.execute(db)
      return rows[0]?.last ?? null
    })
  }
}
