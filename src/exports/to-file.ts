/** Writes an export to a file, a folder or a stream at once: what the CLI does. No job, no message. */
import { stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Writable } from 'node:stream'
import { writeAudit } from '../datasets/audit.ts'
import { getDataset } from '../datasets/dataset.ts'
import { codeOf, conflict, invalid, ParleyError } from '../errors.ts'
import { requireLabelers } from '../labelers/pseudonyms.ts'
import { type Actor, type Parley, requireAdmin } from '../parley.ts'
import type { FileKind, Format } from './formats/format.ts'
import { fileKind, formats, openFormat } from './formats/formats.ts'
import { type FormatName, parseFormatName } from './formats/names.ts'
import { type Manifest, manifestName } from './manifest.ts'
import { type ExportCounts, type ExportFlags, type ExportOptions, parseFlags } from './options.ts'
import {
  exportName,
  isFolder,
  manifestPath,
  type Target,
  type WriteInput,
  writeFiles,
} from './write-files.ts'

export type FileExport = {
  dataset: string
  as: string
  flags?: Readonly<Record<string, unknown>>
  /** A path, or a stream such as stdout; unset: a name of its own in this folder. */
  to?: string | Writable
  /** Where the manifest of a stream goes, which has no file to sit beside. */
  manifest?: string
  /** Where it goes in the end, for the audit, when that is not `to`. */
  place?: string
  /** Only count. */
  dryRun?: boolean
  onRows?: (rows: number, share: number) => void
  /** Ends it; nothing is left of what was written, and its reason is thrown. */
  signal?: AbortSignal
}

export type FileExported = {
  manifest: Manifest
  counts: ExportCounts
  path: string | null
  manifestPath: string | null
  /** The outermost folder that was made for it. */
  madeFolder: string | null
}

/**
 * Returns the manifest, the path that was written, and that of the manifest; a stream has no path.
 * @throws ParleyError `forbidden`; `not_found`; `invalid`; `conflict` for a folder that is not empty.
 */
export async function exportToFile(
  parley: Parley,
  actor: Actor,
  input: FileExport,
): Promise<FileExported> {
  const name = requireAdmin(actor)
  const as = parseFormatName(input.as)
  const flags = withEnding({ as, flags: parseFlags(input.flags ?? {}) }, input.to)
  const dataset = await getDataset(parley, input.dataset, actor)
  const options = { as, flags }
  openFormat(as, dataset.document, flags)
  await requireLabelers(parley, dataset, flags.labeler)
  const target = input.dryRun ? null : await findTarget(input, dataset.name, options)
  const madeFolder = target && 'directory' in target ? await firstMissing(target.directory) : null
  if (target) {
    const detail = { ...options, to: input.place ?? placeOf(target) }
    await writeAudit(parley, { actor: name, act: 'export', dataset: dataset.name, detail })
  }
  const manifest = await writeWhole(parley, {
    datasetId: dataset.id,
    options,
    target,
    part: String(process.pid),
    createdAt: parley.now(),
    signal: input.signal,
    ...(input.onRows ? { onRows: input.onRows } : {}),
  })
  const isOnDisk = target !== null && 'directory' in target
  return {
    manifest,
    counts: manifest.counts,
    path: isOnDisk ? join(target.directory, target.name) : null,
    manifestPath: target && manifestPath(target),
    madeFolder,
  }
}

/** The outermost folder of a path that is not there yet. */
export async function firstMissing(path: string): Promise<string | null> {
  const there = await stat(path).catch(() => null)
  if (there) return null
  const above = dirname(path)
  return above === path ? null : ((await firstMissing(above)) ?? path)
}

/** Lets an admin identify the file years later. */
function placeOf(target: Target): string {
  return 'directory' in target ? join(target.directory, target.name) : 'stdout'
}

async function writeWhole(parley: Parley, input: WriteInput): Promise<Manifest> {
  try {
    const written = await writeFiles(parley, input)
    await written.publish().catch(async (error: unknown) => {
      await written.discard()
      throw error
    })
    return written.manifest
  } catch (error) {
    throw asRefusal(error)
  }
}

/** The disk’s error as a sentence for the person who named the path. */
function asRefusal(error: unknown): unknown {
  switch (codeOf(error)) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new ParleyError(
        'forbidden',
        'Nothing may be written there. Name another place: --to.',
        { cause: error },
      )
    case 'ENOSPC':
    case 'EDQUOT':
      return conflict(
        'The disk is full, and nothing was kept. Make room, or name another place: --to.',
        error,
      )
    case 'ENOTDIR':
    case 'EEXIST':
    case 'EISDIR':
      return invalid(
        { to: 'A file or a folder of that name is in the way. Name another one.' },
        error,
      )
  }
  return error
}

/** A folder that is there already gets the file under a name of its own. */
export async function findTarget(
  { to, manifest }: Pick<FileExport, 'to' | 'manifest'>,
  dataset: string,
  options: ExportOptions,
): Promise<Target> {
  const name = exportName(dataset, options)
  if (to !== undefined && typeof to !== 'string') {
    if (isFolder(options) || options.flags.gz || options.flags.parquet)
      throw invalid({ to: 'A folder or a packed file needs a name: --to NAME.' })
    return { stream: to, manifest: manifest === undefined ? null : resolve(manifest) }
  }
  if (manifest !== undefined)
    throw invalid({
      manifest: `It lies beside the file, as ${manifestName(basename(to ?? name))}. Leave --manifest out.`,
    })
  const path = resolve(to ?? name)
  const isThere = (await stat(path).catch(() => null))?.isDirectory() ?? false
  return isThere && !isFolder(options)
    ? { directory: path, name }
    : { directory: dirname(path), name: basename(path) }
}

/** The file's ending says how it is packed. */
export function withEnding(options: ExportOptions, to: FileExport['to']): ExportFlags {
  const { flags } = options
  const as = parseFormatName(options.as)
  const format: Format = formats[as]
  if (to === undefined) return flags
  if (typeof to !== 'string') {
    // Nothing but lines goes through a pipe.
    const isTable = format.file === 'parquet' && flags.parquet === undefined
    return isTable ? { ...flags, parquet: false } : flags
  }
  if (isFolder(options)) {
    if (!/\.(jsonl|parquet|csv|json|arrow)(\.gz)?$/i.test(to)) return flags
    throw invalid({ to: `"${basename(to)}" becomes a folder here. Name it without an ending.` })
  }
  const { gz: _, parquet = false, ...rest } = flags
  const isPacked = /\.gz$/i.test(to)
  const ending = /\.(jsonl|parquet|csv|json|arrow)(\.gz)?$/i.exec(to)?.[1]?.toLowerCase()
  const asked = parquet || (ending === 'parquet' && takesParquet(as) && !isPacked)
  const isLines = format.file === 'parquet' && ending === 'jsonl' && !asked
  const kind = fileKind(as, isLines ? { parquet: false } : asked ? { parquet: true } : {})
  if (ending !== undefined && ending !== kind)
    throw invalid({
      to: `"${basename(to)}" cannot be written. End the name in ${endings(as, kind)}.`,
    })
  return {
    ...rest,
    ...(isPacked ? { gz: true } : {}),
    ...(asked ? { parquet: true } : isLines ? { parquet: false } : {}),
  }
}

function endings(as: FormatName, kind: FileKind): string {
  const format: Format = formats[as]
  if (kind === 'parquet') return format.file === kind ? '.parquet or .jsonl' : '.parquet'
  return takesParquet(as) ? `.${kind}, .${kind}.gz or .parquet` : `.${kind} or .${kind}.gz`
}

function takesParquet(as: FormatName): boolean {
  return formats[as].takes.some((flag) => flag === 'parquet')
}
