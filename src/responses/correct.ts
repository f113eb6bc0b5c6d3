/** Corrects an answer in its labeler's place: flagged `corrected`, with their own kept as a revision. */
import { sql } from 'kysely'
import { holdDataset } from '../datasets/access/tenants.ts'
import { writeAudit } from '../datasets/audit.ts'
import { getDataset } from '../datasets/dataset.ts'
import { conflict, notFound } from '../errors.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../parley.ts'
import { parseValues } from '../questions/values.ts'
import { type NamedAnswer, readAnswerId, recordOf } from './exclude.ts'

/**
 * `revision` is the one that was looked at. Returns whether that changed anything.
 * @throws ParleyError `invalid` with one problem per question; `not_found`; `conflict` where the answer was
 * changed since.
 */
export async function correctAnswer(
  parley: Parley,
  actor: Actor,
  { values: given, revision, ...named }: NamedAnswer & { values: unknown; revision: number },
): Promise<boolean> {
  const by = requireAdmin(actor)
  const dataset = await getDataset(parley, named.dataset, actor)
  const id = readAnswerId(named.answerId)
  const row = await parley.db
    .selectFrom('assignments')
    .select('shownOrder')
    .where('datasetId', '=', dataset.id)
    .where('id', '=', id)
    .executeTakeFirst()
  if (!row) throw notFound('answer', named.answerId)
  const values = parseValues(dataset.document.questions, given, { outputs: row.shownOrder })
  return inTransaction(parley, async (inside) => {
    await holdDataset(inside, actor, dataset)
    const { rows } = await sql<{ outcome: string }>`
      select correct_answer(${dataset.id}, ${id}, ${revision}, ${JSON.stringify(values)}::jsonb,
        ${dataset.schemaVersion}) as outcome`.execute(inside.db)
    const outcome = rows[0]?.outcome
    if (outcome === 'not_found') throw notFound('answer', named.answerId)
    if (outcome === 'changed')
      throw conflict('This answer was changed meanwhile. Look at it again, then correct it.')
    if (outcome === 'same') return false
    await writeAudit(inside, {
      actor: by,
      act: 'correct answer',
      dataset: dataset.name,
      detail: { answer: id, external_id: await recordOf(inside, dataset.id, id) },
    })
    return true
  })
}
