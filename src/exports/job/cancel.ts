/** Cancels an export that is still being written: its row is marked, and the worker that writes it stops. */

import { seenBy } from '../../datasets/access/tenants.ts'
import { writeAudit } from '../../datasets/audit.ts'
import { getDatasetById } from '../../datasets/dataset.ts'
import { conflict, ParleyError } from '../../errors.ts'
import type { Person } from '../../labelers/person.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../../parley.ts'
import type { Export } from '../options.ts'
import { exportColumns, readExport, storedPerson } from './export.ts'
import { repaintExport } from './send-files.ts'

/**
 * Cancels the named export, or the newest running one of this person. Idempotent.
 * @throws ParleyError `forbidden`; `not_found`; `conflict` when it has already ended.
 */
export async function cancelExport(
  parley: Parley,
  actor: Actor,
  input: { exportId: string } | { requestedBy: Person },
): Promise<{ cancelled: Export; dataset: string }> {
  const name = requireAdmin(actor)
  return inTransaction(parley, async (inside) => {
    const query = inside.db
      .selectFrom('exports')
      .select(exportColumns)
      .where(({ exists, selectFrom }) =>
        exists(
          selectFrom('datasets')
            .select('datasets.id')
            .whereRef('datasets.id', '=', 'exports.datasetId')
            .where(seenBy(actor)),
        ),
      )
      .forUpdate()
    const row = await ('exportId' in input
      ? query.where('id', '=', input.exportId)
      : query
          .where('requestedBy', '=', storedPerson(input.requestedBy))
          .where('state', 'in', ['queued', 'writing'])
          .orderBy('id', 'desc')
          .limit(1)
    ).executeTakeFirst()
    if (!row) throw new ParleyError('not_found', (said) => said.noExportRuns)
    const dataset = await getDatasetById(inside, row.datasetId)
    const found = { cancelled: readExport({ ...row, state: 'cancelled' }), dataset: dataset.name }
    if (row.state === 'cancelled') return found
    if (row.state !== 'queued' && row.state !== 'writing') throw conflict((said) => said.exportOver)
    await inside.db
      .updateTable('exports')
      .set({ state: 'cancelled', heartbeatAt: null, finishedAt: parley.now() })
      .where('id', '=', row.id)
      .execute()
    await writeAudit(inside, {
      actor: name,
      act: 'export-cancel',
      dataset: dataset.name,
      detail: { export: row.id },
    })
    inside.afterCommit(() => repaintExport(parley, row.id))
    return found
  })
}
