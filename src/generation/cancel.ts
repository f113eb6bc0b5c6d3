/** Cancels a running generation: marks its row, and its worker stops. What it wrote stays. */

import { seenBy } from '../datasets/access/tenants.ts'
import { writeAudit } from '../datasets/audit.ts'
import { getDataset, getDatasetById } from '../datasets/dataset.ts'
import { conflict, ParleyError } from '../errors.ts'
import { type Person, personName } from '../labelers/person.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../parley.ts'
import { type Generation, generationColumns, isOver, readGeneration } from './generation.ts'
import { tellGeneration } from './tell.ts'

/** The generation named, the dataset's, or the newest this person follows. */
export type Which = { generationId: string } | { dataset: string } | { followedBy: Person }

/**
 * Idempotent.
 * @throws ParleyError `forbidden`; `not_found`; `conflict` when it has already ended.
 */
export async function cancelGeneration(
  parley: Parley,
  actor: Actor,
  which: Which,
): Promise<{ cancelled: Generation; dataset: string }> {
  const by = requireAdmin(actor)
  return inTransaction(parley, async (inside) => {
    const row = await findRow(inside, actor, which)
    if (!row) throw new ParleyError('not_found', (said) => said.noGenerationRuns)
    const dataset = await getDatasetById(inside, row.datasetId)
    const found = readGeneration(row)
    const told = { cancelled: { ...found, state: 'cancelled' as const }, dataset: dataset.name }
    if (found.state === 'cancelled') return told
    if (isOver(found)) throw conflict((said) => said.generationOver)
    await inside.db
      .updateTable('generations')
      .set({ state: 'cancelled', heartbeatAt: null, finishedAt: parley.now() })
      .where('id', '=', row.id)
      .execute()
    const detail = { generation: row.id }
    await writeAudit(inside, { actor: by, act: 'generate-cancel', dataset: dataset.name, detail })
    inside.afterCommit(() => tellGeneration(parley, row.id))
    return told
  })
}

async function findRow(parley: Parley, actor: Actor, which: Which) {
  const query = parley.db
    .selectFrom('generations')
    .select(generationColumns)
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('datasets')
          .select('datasets.id')
          .whereRef('datasets.id', '=', 'generations.datasetId')
          .where(seenBy(actor)),
      ),
    )
    .forUpdate()
  if ('generationId' in which) return query.where('id', '=', which.generationId).executeTakeFirst()
  const running = query.where('state', 'in', ['queued', 'running']).orderBy('id', 'desc').limit(1)
  if ('dataset' in which) {
    const { id } = await getDataset(parley, which.dataset, actor)
    return running.where('datasetId', '=', id).executeTakeFirst()
  }
  const person = personName(which.followedBy)
  return running
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('generationFollowers')
          .select('person')
          .whereRef('generationId', '=', 'generations.id')
          .where('person', '=', person),
      ),
    )
    .executeTakeFirst()
}
