/** The exports of a dataset that workers write, the newest first. */
import { seenBy } from '../../datasets/access/tenants.ts'
import { type Actor, type Parley, requireAdmin } from '../../parley.ts'
import type { Export } from '../options.ts'
import { exportColumns, readExport } from './export.ts'

/** `isExpired`: its files are gone. For an admin of another workspace there are none. */
export async function listExports(
  parley: Parley,
  actor: Actor,
  { dataset, limit = 20 }: { dataset: string; limit?: number },
): Promise<(Export & { isExpired: boolean })[]> {
  requireAdmin(actor)
  const rows = await parley.db
    .selectFrom('exports')
    .innerJoin('datasets', 'datasets.id', 'exports.datasetId')
    .select(exportColumns.map((column) => `exports.${column}` as const))
    .select('exports.expiredAt')
    .where('datasets.name', '=', dataset)
    .where(seenBy(actor))
    .orderBy('exports.id', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => ({ ...readExport(row), isExpired: row.expiredAt !== null }))
}
