/** Starts an export: stores the request as a row and queues the job that writes it. */
import { writeAudit } from '../../datasets/audit.ts'
import { lockDataset } from '../../datasets/dataset.ts'
import type { Dataset } from '../../datasets/document.ts'
import { checkAll } from '../../errors.ts'
import type { Person } from '../../labelers/person.ts'
import { requireLabelers } from '../../labelers/pseudonyms.ts'
import { type Actor, inTransaction, type Parley, requireAdmin } from '../../parley.ts'
import { openFormat, requireTaken } from '../formats/formats.ts'
import { type FormatName, parseFormatName } from '../formats/names.ts'
import { type Export, type ExportFlags, parseFlags } from '../options.ts'
import { parseKeep } from '../pairs/usable.ts'
import { exportColumns, readExport, storedPerson } from './export.ts'

/** @throws ParleyError `invalid` with every problem, by option. */
async function readWanted(
  parley: Parley,
  dataset: Dataset,
  { as, flags = {} }: { as: string; flags?: Readonly<Record<string, unknown>> },
): Promise<{ as: FormatName; flags: ExportFlags }> {
  const { keep, labeler } = flags
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)
  await checkAll([
    () => parseFormatName(as),
    () => parseFlags(flags),
    () => requireTaken(parseFormatName(as), flags),
    () => parseKeep(text(keep), dataset.document),
    () => requireLabelers(parley, dataset, text(labeler)),
  ])
  const wanted = { as: parseFormatName(as), flags: parseFlags(flags) }
  openFormat(wanted.as, dataset.document, wanted.flags)
  return wanted
}

/**
 * Returns the running export if the same one is requested again.
 * @throws ParleyError `forbidden`; `not_found`; `invalid` for a format or an option that does not fit.
 */
export async function startExport(
  parley: Parley,
  actor: Actor,
  input: {
    dataset: string
    as: string
    flags?: Readonly<Record<string, unknown>>
    /** Who gets the files in a private message. */
    requestedBy?: Person
  },
): Promise<Export> {
  const name = requireAdmin(actor)
  return inTransaction(parley, async (inside) => {
    const dataset = await lockDataset(inside, input.dataset, actor)
    const { as, flags } = await readWanted(inside, dataset, input)
    const options = JSON.stringify({ as, flags })
    const requestedBy = storedPerson(input.requestedBy)
    const found = await inside.db
      .selectFrom('exports')
      .select(exportColumns)
      .where('datasetId', '=', dataset.id)
      .where('state', 'in', ['queued', 'writing'])
      .where('options', '=', JSON.parse(options))
      .where('requestedBy', 'is not distinct from', requestedBy)
      .executeTakeFirst()
    if (found) return readExport(found)
    const row = await inside.db
      .insertInto('exports')
      .values({ datasetId: dataset.id, options, requestedBy, createdAt: parley.now() })
      .returning(exportColumns)
      .executeTakeFirstOrThrow()
    await writeAudit(inside, {
      actor: name,
      act: 'export',
      dataset: dataset.name,
      detail: { as, flags, export: row.id },
    })
    inside.afterCommit(() => parley.queue.ring('write-export', { exportId: row.id }))
    return readExport(row)
  })
}
