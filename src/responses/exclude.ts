/** Excludes one answer or skip from counts, statistics and training, or takes that back. */
import { sql } from 'kysely'
import { holdDataset } from '../datasets/access/tenants.ts'
import { writeAudit } from '../datasets/audit.ts'
import { getDataset } from '../datasets/dataset.ts'
import { notFound } from '../errors.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../parley.ts'

/** An answer as an admin names it: the id of its assignment, in a dataset. */
export type NamedAnswer = { dataset: string; answerId: string }

/** Returns whether that changed anything. @throws ParleyError `not_found`. */
export async function excludeAnswer(
  parley: Parley,
  actor: Actor,
  { isExcluded, ...named }: NamedAnswer & { isExcluded: boolean },
): Promise<boolean> {
  const by = requireAdmin(actor)
  const dataset = await getDataset(parley, named.dataset, actor)
  const id = readAnswerId(named.answerId)
  return inTransaction(parley, async (inside) => {
    await holdDataset(inside, actor, dataset)
    const { rows } = await sql<{ outcome: string }>`
      select exclude_answer(${dataset.id}, ${id}, ${isExcluded}) as outcome`.execute(inside.db)
    const outcome = rows[0]?.outcome
    if (outcome === 'not_found') throw notFound('answer', named.answerId)
    if (outcome === 'same') return false
    await writeAudit(inside, {
      actor: by,
      act: isExcluded ? 'exclude answer' : 'include answer',
      dataset: dataset.name,
      detail: { answer: id, external_id: await recordOf(inside, dataset.id, id) },
    })
    return true
  })
}

/** @throws ParleyError `not_found` for what is no id. */
export function readAnswerId(text: string): string {
  if (/^[1-9]\d{0,17}$/.test(text)) return text
  throw notFound('answer', text)
}

/** The external id of the record that an answer is to. */
export async function recordOf({ db }: Parley, datasetId: string, id: string): Promise<string> {
  const { rows } = await sql<{ externalId: string }>`
    select r.external_id from assignments a
    join records r on r.dataset_id = a.dataset_id and r.id = a.record_id
    where a.dataset_id = ${datasetId} and a.id = ${id}`.execute(db)
  return rows[0]?.externalId ?? ''
}
