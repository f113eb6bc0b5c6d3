/**
 * Reports an export's progress to its requester in private, and sends the files. Each file is marked
 * once it is sent: if a worker dies, at most the file it was sending is sent again, unless the platform
 * recognises the attempt's id.
 */

import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { getDatasetById } from '../../datasets/dataset.ts'
import { StoredMessage } from '../../deliveries/delivered.ts'
import { asParleyError, unavailable } from '../../errors.ts'
import { findLocale } from '../../labelers/locale.ts'
import type { Platform } from '../../labelers/person.ts'
import type { Parley } from '../../parley.ts'
import { holdRows, isFree, isHeld, taken } from '../../row-lease.ts'
import { type Sentences, sentences } from '../../sentences.ts'
import { isManifest } from '../manifest.ts'
import type { Export, ExportFile, ExportProgress } from '../options.ts'
import { linkTo, sentName } from './download-link.ts'
import { exportColumns, getExport, readExport, sendingLease } from './export.ts'

/**
 * Sends files that are written and not yet delivered, unless another worker is sending them. A worker
 * that was paused sends nothing more once another has taken over.
 */
export async function deliverExport(parley: Parley, exportId: string): Promise<void> {
  const claimed = await claimDelivery(parley, exportId)
  if (claimed) await deliverClaimed(parley, claimed)
}

/** Notifies the requester once that an export failed for good. */
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
  const { as: format } = failed.options
  parley.metrics?.count('parley_exports_total', { format, result: 'failed' })
  const dataset = await getDatasetById(parley, failed.datasetId)
  await quietly(parley, failed, paint(parley, failed, progressOf(failed, dataset.name, 'failed')))
}

/** Shows the progress in one message and updates it. It never blocks the writing. */
export async function reportExport(
  parley: Parley,
  found: Export,
  dataset: string,
  rows: number,
): Promise<void> {
  const progress = progressOf({ ...found, rows }, dataset, 'writing')
  await quietly(parley, found, paint(parley, found, progress))
}

/** Updates the export's message, if it has one. */
export async function repaintExport(parley: Parley, exportId: string): Promise<void> {
  const found = await getExport(parley, exportId)
  const dataset = await getDatasetById(parley, found.datasetId)
  if (found.state === 'cancelled')
    await quietly(parley, found, paint(parley, found, progressOf(found, dataset.name, 'cancelled')))
}

async function claimDelivery(parley: Parley, exportId: string): Promise<Export | null> {
  const now = parley.now()
  const row = await parley.db
    .updateTable('exports')
    .set(taken(sendingLease, now))
    .where('id', '=', exportId)
    .where('state', '=', 'written')
    .where('deliveredAt', 'is', null)
    .where(isFree(sendingLease, now))
    .returning(exportColumns)
    .executeTakeFirst()
  return row ? readExport(row) : null
}

async function deliverClaimed(parley: Parley, claimed: Export): Promise<void> {
  const { requestedBy, directory } = claimed
  const dataset = await getDatasetById(parley, claimed.datasetId)
  // A large upload takes time, and no other worker may start meanwhile.
  const holding = holdRows(parley, sendingLease, () => [claimed])
  try {
    if (requestedBy && directory) {
      const at = await openConversation(parley, claimed, dataset.name)
      const said = sentences((await findLocale(parley, requestedBy)) ?? undefined)
      for (const file of claimed.files) {
        // Chat takes no empty file: the message above and the manifest say that there is nothing.
        if (file.sent || file.linked || isEmpty(file)) continue
        if (!(await holding.renew())) return
        const id = `x${claimed.id}.${claimed.files.indexOf(file)}`
        const went = await sendFile(parley, at, join(directory, file.name), file, id, said)
        file[went] = true
        await update(parley, claimed, { files: JSON.stringify(claimed.files) })
      }
    }
  } catch (error) {
    await holding.stop()
    // The requester can no longer be reached: no later attempt would succeed.
    if (asParleyError(error)?.code === 'forbidden') {
      const problem = 'The person who requested it cannot be reached; its files are on the server.'
      const over = { state: 'done', deliveredAt: parley.now(), heartbeatAt: null, problem } as const
      await update(parley, claimed, over)
      return
    }
    // Released: the queue's next attempt or the sweep continues with the unsent files.
    await update(parley, claimed, { heartbeatAt: null })
    throw error
  } finally {
    await holding.stop()
  }
  const over = { state: 'done', deliveredAt: parley.now(), heartbeatAt: null } as const
  if (!(await update(parley, claimed, over))) return
  const summary = await summarize(parley, claimed, dataset.name)
  await quietly(parley, claimed, paint(parley, claimed, summary))
}

/**
 * Where its message is. Files are sent by the conversation's own address, so that each file and its
 * text are one message, and a retry repeats nothing that arrived.
 */
async function openConversation(
  parley: Parley,
  found: Export,
  dataset: string,
): Promise<{ platform: Platform; workspace: string; channelId: string }> {
  const known = await findMessage(parley, found)
  if (!known) await paint(parley, found, progressOf(found, dataset, 'writing'))
  const { platform, workspace, channel } = known ?? (await getMessage(parley, found))
  return { platform, workspace, channelId: channel }
}

/** A file that is too large for the platform, or refused there, gets a link in the message above. */
async function sendFile(
  parley: Parley,
  to: { platform: Platform; workspace: string; channelId: string },
  path: string,
  file: ExportFile,
  id: string,
  said: Sentences,
): Promise<'sent' | 'linked'> {
  const adapter = parley.platforms.get(to.platform)
  const { size } = await stat(path)
  if (size > (adapter?.mostFileBytes ?? Number.POSITIVE_INFINITY)) return 'linked'
  try {
    const reply = {
      type: 'file',
      name: sentName(file.name),
      path,
      text: about(file, said),
    } as const
    await parley.send(to, reply, { id, starting: async () => {} })
    return 'sent'
  } catch (error) {
    if (adapter?.refusesFile?.(error)) return 'linked'
    throw error
  }
}

/** A failed notification is logged; the export itself continues. */
async function quietly(parley: Parley, { id }: Export, telling: Promise<void>): Promise<void> {
  await telling.catch((error: unknown) => {
    parley.log.warn(
      { event: 'export.requester_not_told', err: error, export: id },
      'The person who requested an export could not be notified.',
    )
  })
}

/** The first report sends the message, later ones update it. */
async function paint(parley: Parley, found: Export, progress: ExportProgress): Promise<void> {
  if (!found.requestedBy) return
  const reply = { type: 'export-progress', progress } as const
  const delivered = await findMessage(parley, found)
  if (delivered) return parley.repaint(delivered, reply)
  const sent = await parley.send(found.requestedBy, reply)
  await parley.db
    .updateTable('exports')
    .set({ message: JSON.stringify(sent) })
    .where('id', '=', found.id)
    .execute()
}

async function findMessage(parley: Parley, { id }: Export) {
  const row = await parley.db
    .selectFrom('exports')
    .select('message')
    .where('id', '=', id)
    .executeTakeFirst()
  return StoredMessage.safeParse(row?.message).data ?? null
}

async function getMessage(parley: Parley, found: Export) {
  const message = await findMessage(parley, found)
  if (message) return message
  throw unavailable('The conversation of an export')
}

function progressOf(
  found: Export,
  dataset: string,
  state: ExportProgress['state'],
): ExportProgress {
  const { id, options, rows, problem } = found
  const { as } = options
  return { exportId: id, dataset, as, state, rows, left: 0, problem, links: [] }
}

async function summarize(parley: Parley, found: Export, dataset: string): Promise<ExportProgress> {
  const row = await parley.db
    .selectFrom('exports')
    .select(['rows', 'candidates'])
    .where('id', '=', found.id)
    .executeTakeFirstOrThrow()
  const rows = Number(row.rows)
  const left = Math.max(0, Number(row.candidates ?? 0) - rows)
  const links = await Promise.all(
    found.files
      .filter(({ linked }) => linked)
      .map(async ({ name }) => {
        const { size } = await stat(join(found.directory ?? '', name))
        return { name: sentName(name), bytes: size, ...linkTo(parley, found.id, name) }
      }),
  )
  return { ...progressOf({ ...found, rows, problem: null }, dataset, 'done'), left, links }
}

function isEmpty({ name, rows }: ExportFile): boolean {
  return (
    rows === 0 &&
    !isManifest(name) &&
    !/\/((dataset_info|parley|dataset|settings|users)\.json|load\.py)$/.test(name)
  )
}

/** The text sent with a file. */
function about(file: ExportFile, said: Sentences): string {
  return isManifest(file.name) ? said.exportManifest : said.exportFile(file.rows, file.sha256)
}

/** False if another worker delivers it, or has delivered it. */
async function update(
  parley: Parley,
  held: Export,
  set: {
    state?: 'done'
    files?: string
    deliveredAt?: Date
    heartbeatAt?: Date | null
    problem?: string
  },
): Promise<boolean> {
  const updated = await parley.db
    .updateTable('exports')
    .set(set)
    .where(isHeld(sendingLease, held))
    .returning('id')
    .executeTakeFirst()
  return updated !== undefined
}
