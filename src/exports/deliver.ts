/**
 * Tells the requester of an export, in private, how far it is, and sends the files. Each file is
 * marked once it is sent: a worker that dies in between repeats at most the one it was sending.
 */
import { join } from 'node:path'
import { z } from 'zod'
import { getDatasetById } from '../datasets/dataset.ts'
import { asParleyError } from '../errors.ts'
import { platforms } from '../labelers/person.ts'
import type { Parley } from '../parley.ts'
import { exportColumns, heartbeatMs, readExport, staleAfterMs } from './export.ts'
import type { Export, ExportFile } from './shape.ts'

/** Sends what is written and not yet delivered, unless somebody else is at it. */
export async function deliverExport(parley: Parley, exportId: string): Promise<void> {
  const claimed = await claimDelivery(parley, exportId)
  if (claimed) await deliverClaimed(parley, claimed)
}

/** Tells the requester, once, of an export that failed for good. */
export async function tellFailure(parley: Parley, exportId: string): Promise<void> {
  const told = await parley.db
    .updateTable('exports')
    .set({ deliveredAt: parley.now() })
    .where('id', '=', exportId)
    .where('state', '=', 'failed')
    .where('deliveredAt', 'is', null)
    .returning(exportColumns)
    .executeTakeFirst()
  if (!told) return
  const failed = readExport(told)
  const dataset = await getDatasetById(parley, failed.datasetId)
  const what = `The export of “${dataset.name}” as ${failed.options.as} failed.`
  await quietly(parley, failed, paint(parley, failed, `${what} ${failed.problem ?? ''}`.trim()))
}

/** Puts the progress into one message, painted over as it goes. It never holds the writing up. */
export async function reportExport(
  parley: Parley,
  found: Export,
  dataset: string,
  rows: number,
): Promise<void> {
  const text =
    rows === 0
      ? `Exporting “${dataset}” as ${found.options.as} …`
      : `Exporting “${dataset}” as ${found.options.as}: ${count(rows)} so far …`
  await quietly(parley, found, paint(parley, found, text))
}

async function claimDelivery(parley: Parley, exportId: string): Promise<Export | null> {
  const now = parley.now()
  const stale = new Date(now.getTime() - staleAfterMs)
  const row = await parley.db
    .updateTable('exports')
    .set({ heartbeatAt: now })
    .where('id', '=', exportId)
    .where('state', '=', 'written')
    .where('deliveredAt', 'is', null)
    .where((is) => is.or([is('heartbeatAt', 'is', null), is('heartbeatAt', '<', stale)]))
    .returning(exportColumns)
    .executeTakeFirst()
  return row ? readExport(row) : null
}

async function deliverClaimed(parley: Parley, claimed: Export): Promise<void> {
  const { requestedBy, directory } = claimed
  const dataset = await getDatasetById(parley, claimed.datasetId)
  const summary = await summarize(parley, claimed, dataset.name)
  // A large file takes its time to upload, and nobody else may begin meanwhile.
  const timer = setInterval(() => {
    update(parley, claimed, { heartbeatAt: parley.now() }).catch((error: unknown) => {
      parley.log.warn({ err: error, export: claimed.id }, 'A heartbeat of an export failed.')
    })
  }, heartbeatMs)
  try {
    for (const file of claimed.files) {
      // Chat takes no empty file: the message above and the manifest say that there is nothing.
      if (!requestedBy || !directory || file.sent || isEmpty(file)) continue
      const { name } = file
      const path = join(directory, name)
      await parley.send(requestedBy, { type: 'file', name: flat(name), path, text: about(file) })
      await update(parley, claimed, { files: JSON.stringify(marked(claimed.files, file)) })
    }
  } catch (error) {
    clearInterval(timer)
    // Whoever asked for it cannot be reached any more: no attempt after this one would find them.
    if (asParleyError(error)?.code === 'forbidden') {
      const problem = 'Its files lie on the server: whoever asked for them cannot be reached.'
      const over = { state: 'done', deliveredAt: parley.now(), heartbeatAt: null, problem } as const
      await update(parley, claimed, over)
      return
    }
    // Nobody holds it now: the queue's next attempt or the sweep goes on with the files not sent.
    await update(parley, claimed, { heartbeatAt: null })
    throw error
  } finally {
    clearInterval(timer)
  }
  await update(parley, claimed, {
    state: 'done',
    deliveredAt: parley.now(),
    heartbeatAt: null,
  })
  await quietly(parley, claimed, paint(parley, claimed, summary))
}

/** What cannot be told is logged: the export itself goes on. */
async function quietly(parley: Parley, { id }: Export, telling: Promise<void>): Promise<void> {
  await telling.catch((error: unknown) => {
    parley.log.warn({ err: error, export: id }, 'The requester of an export could not be told.')
  })
}

/** The first word makes the message, the others repaint it. */
async function paint(parley: Parley, found: Export, text: string): Promise<void> {
  if (!found.requestedBy) return
  const row = await parley.db
    .selectFrom('exports')
    .select('message')
    .where('id', '=', found.id)
    .executeTakeFirst()
  const reply = { type: 'notice', text } as const
  const delivered = Delivered.safeParse(row?.message)
  if (delivered.success) return parley.repaint(delivered.data, reply)
  const sent = await parley.send(found.requestedBy, reply)
  await parley.db
    .updateTable('exports')
    .set({ message: JSON.stringify(sent) })
    .where('id', '=', found.id)
    .execute()
}

const Delivered = z.object({
  platform: z.enum(platforms),
  workspace: z.string(),
  channel: z.string(),
  message: z.string(),
})

async function summarize(parley: Parley, found: Export, dataset: string): Promise<string> {
  const row = await parley.db
    .selectFrom('exports')
    .select(['rows', 'candidates'])
    .where('id', '=', found.id)
    .executeTakeFirstOrThrow()
  const dropped = Number(row.candidates ?? 0) - Number(row.rows)
  if (Number(row.rows) === 0)
    return `“${dataset}” as ${found.options.as}: there is nothing to export yet.${dropped > 0 ? ` ${dropped} left out; the manifest says why.` : ''}`
  const left = dropped > 0 ? ` ${dropped} left out; the manifest says why.` : ''
  return `“${dataset}” as ${found.options.as}: ${count(Number(row.rows))}.${left}`
}

function isEmpty({ name, rows }: ExportFile): boolean {
  return rows === 0 && !/\.manifest\.json$|\/dataset_info\.json$/.test(name)
}

function about(file: ExportFile): string {
  if (file.name.endsWith('.manifest.json')) return 'How it was made, and what was left out and why.'
  return `${count(file.rows)}, sha256 ${file.sha256}`
}

function count(rows: number): string {
  return rows === 1 ? '1 row' : `${rows.toLocaleString('en-US')} rows`
}

/** Chat knows no folders. */
function flat(name: string): string {
  return name.replaceAll('/', '-')
}

function marked(files: ExportFile[], sent: ExportFile): ExportFile[] {
  sent.sent = true
  return files
}

async function update(
  parley: Parley,
  { id }: Export,
  set: {
    state?: 'done'
    files?: string
    deliveredAt?: Date
    heartbeatAt?: Date | null
    problem?: string
  },
): Promise<void> {
  await parley.db.updateTable('exports').set(set).where('id', '=', id).execute()
}
