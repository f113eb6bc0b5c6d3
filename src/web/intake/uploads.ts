/**
 * Files that were uploaded on a page, until they are imported: in the data directory, each with a note of
 * whose it is. They go when their import has ended, or after a few hours.
 */
import { randomBytes } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import type { Dataset } from '../../datasets/document.ts'
import { codeOf, conflict, invalid, notFound } from '../../errors.ts'
import { readPart } from '../../imports/readers/read-part.ts'
import { isImportable } from '../../imports/readers/rows.ts'
import type { ImportReport } from '../../imports/report.ts'
import { type Actor, type Parley, requireAdmin } from '../../parley.ts'

/** A file of a page may have so many bytes. */
export const mostUploadBytes = 1_000_000_000
/** Without a script the browser sends a form, which is held in memory. */
export const mostFormUploadBytes = 20_000_000
const keptForMs = 3 * 60 * 60_000

export type Upload = {
  id: string
  datasetId: string
  by: string
  name: string
  bytes: number
  /** Set once its import began. */
  importId?: string | undefined
  report?: ImportReport | undefined
  problem?: string | undefined
}

/**
 * Stores what comes, a chunk at a time.
 * @throws ParleyError `invalid` for a kind of file that is not read, or one that is too large; then, and
 * when the sender leaves, nothing of it stays.
 */
export async function storeUpload(
  parley: Parley,
  actor: Actor,
  dataset: Dataset,
  {
    name,
    source,
    most = mostUploadBytes,
  }: { name: string; source: AsyncIterable<Uint8Array>; most?: number },
): Promise<Upload> {
  const by = requireAdmin(actor)
  const plain = (name.split(/[\\/]/).at(-1) ?? '').replace(/\p{Cc}/gu, '').slice(-200)
  if (!isImportable(plain))
    throw invalid({
      file: 'Choose a .jsonl, .json, .csv or .parquet file; all but Parquet may be gzipped.',
    })
  const folder = await openFolder(parley)
  await sweepUploads(parley)
  const id = randomBytes(16).toString('hex')
  const part = join(folder, `${id}.part`)
  let bytes = 0
  try {
    await pipeline(
      Readable.from(source),
      async function* (chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          bytes += chunk.length
          if (bytes > most) throw tooLarge(most)
          yield chunk
        }
      },
      createWriteStream(part, { mode: 0o600 }),
    )
    if (bytes === 0) throw invalid({ file: 'The file is empty. Choose one with records.' })
    await rename(part, pathOf(parley, id))
    const upload = { id, datasetId: dataset.id, by, name: plain, bytes }
    await noteUpload(parley, upload)
    return upload
  } catch (error) {
    await rm(part, { force: true })
    await rm(pathOf(parley, id), { force: true })
    if (codeOf(error) === 'ENOSPC' || codeOf(error) === 'EDQUOT')
      throw conflict(
        'The disk of the server is full, and nothing was kept. Make room there.',
        error,
      )
    throw error
  }
}

export function tooLarge(most: number) {
  return invalid({
    file: `The file is larger than ${most / 1_000_000} MB. Gzip it, divide it, or use parley import.`,
  })
}

/** @throws `not_found` for one that is gone, of another dataset, or of somebody else. */
export async function getUpload(
  parley: Parley,
  actor: Actor,
  dataset: Dataset,
  id: string,
): Promise<Upload> {
  const by = requireAdmin(actor)
  const text = /^[0-9a-f]{32}$/.test(id)
    ? await readFile(notePath(parley, id), 'utf8').catch(() => null)
    : null
  const upload = text === null ? undefined : Note.safeParse(JSON.parse(text)).data
  if (upload && upload.datasetId === dataset.id && upload.by === by) return upload as Upload
  throw notFound('upload', id)
}

export async function noteUpload(parley: Parley, upload: Upload): Promise<void> {
  const { report } = upload
  // Why a file is cut off is a sentence here.
  const told = report?.broken ? { ...upload, report: { ...report, broken: undefined } } : upload
  await writeFile(notePath(parley, upload.id), JSON.stringify(told), { mode: 0o600 })
}

/** The file as imports read one; Parquet is read from its end. */
export function openUpload(parley: Parley, { id, name, bytes }: Upload) {
  const path = pathOf(parley, id)
  return {
    source: createReadStream(path) as AsyncIterable<Uint8Array>,
    name,
    random: { size: bytes, read: (start: number, end: number) => readPart(path, start, end) },
  }
}

export async function hasFile(parley: Parley, { id }: Upload): Promise<boolean> {
  return (await stat(pathOf(parley, id)).catch(() => null)) !== null
}

/** The note stays, and tells how its import ended. */
export async function removeFile(parley: Parley, { id }: Upload): Promise<void> {
  await rm(pathOf(parley, id), { force: true })
}

/** Removes what nobody came back for, and parts whose process died. */
export async function sweepUploads(parley: Parley): Promise<void> {
  const folder = await openFolder(parley)
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    const found = await stat(path).catch(() => null)
    if (found && Date.now() - found.mtimeMs > keptForMs) await rm(path, { force: true })
  }
}

async function openFolder({ dataDir }: Parley): Promise<string> {
  const folder = join(dataDir, 'uploads')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return folder
}

function pathOf({ dataDir }: Parley, id: string): string {
  return join(dataDir, 'uploads', `${id}.data`)
}

function notePath({ dataDir }: Parley, id: string): string {
  return join(dataDir, 'uploads', `${id}.json`)
}

const Note = z.object({
  id: z.string(),
  datasetId: z.string(),
  by: z.string(),
  name: z.string(),
  bytes: z.number(),
  importId: z.string().optional(),
  report: z.custom<ImportReport>((value) => typeof value === 'object' && value !== null).optional(),
  problem: z.string().optional(),
})
