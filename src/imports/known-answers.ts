/** Sets the known answers of one record (gold), with which labelers' answers are compared. */
import { holdDataset } from '../datasets/access/tenants.ts'
import { writeAudit } from '../datasets/audit.ts'
import { getDataset } from '../datasets/dataset.ts'
import { invalid, notFound } from '../errors.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../parley.ts'
import type { RecordGold } from '../records/record-line.ts'
import { fitGold } from './check-record.ts'

/**
 * Replaces all known answers of a record; none removes them. From then on answers to it are checks: they
 * show how its labelers do, and train no model.
 * @throws ParleyError `invalid` for what no answer can be compared with; `not_found`.
 */
export async function setKnownAnswers(
  parley: Parley,
  actor: Actor,
  { dataset: name, externalId, gold }: { dataset: string; externalId: string; gold: RecordGold },
): Promise<void> {
  const by = requireAdmin(actor)
  const dataset = await getDataset(parley, name, actor)
  await inTransaction(parley, async (inside) => {
    await holdDataset(inside, actor, dataset)
    const record = await inside.db
      .selectFrom('records')
      .select(['id', 'outputs'])
      .where('datasetId', '=', dataset.id)
      .where('externalId', '=', externalId)
      .forUpdate()
      .executeTakeFirst()
    if (!record) throw notFound('record', externalId)
    const problems: Record<string, string> = {}
    const ids = record.outputs.map(({ id }) => id)
    const known = fitGold(dataset.document, gold, ids, (path, message, remedy) => {
      problems[path.replace(/^gold\./, '')] = `It ${message} ${remedy}`
    })
    if (Object.keys(problems).length > 0) throw invalid(problems)
    await inside.db
      .updateTable('outlines')
      .set({ gold: known === null ? null : JSON.stringify(known) })
      .where('datasetId', '=', dataset.id)
      .where('recordId', '=', record.id)
      .execute()
    await inside.db
      .updateTable('recordSearch')
      .set({ mark: '' })
      .where('datasetId', '=', dataset.id)
      .where('recordId', '=', record.id)
      .execute()
    await writeAudit(inside, {
      actor: by,
      act: known === null ? 'remove known answers' : 'set known answers',
      dataset: dataset.name,
      detail: { external_id: externalId, questions: Object.keys(known ?? {}) },
    })
  })
}
