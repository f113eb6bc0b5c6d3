/** Writes an export to a file, a folder or a stream at once: what the CLI does. No job, no message. */
import { basename, dirname, resolve } from 'node:path'
import type { Writable } from 'node:stream'
import { writeAudit } from '../datasets/audit.ts'
import { getDataset } from '../datasets/dataset.ts'
import { invalid } from '../errors.ts'
import { type Actor, type Parley, requireAdmin } from '../parley.ts'
import { exportName, isFolder, writeFiles } from './files.ts'
import {
  type FileKind,
  type FormatName,
  fileKind,
  formats,
  openFormat,
  parseFormatName,
} from './formats.ts'
import type { Manifest } from './manifest.ts'
import { type ExportCounts, type ExportFlags, type ExportOptions, parseFlags } from './shape.ts'
import { openSource } from './source.ts'
import { streamExport } from './stream.ts'

export type FileExport = {
  dataset: string
  as: string
  flags?: Readonly<Record<string, unknown>>
  /** A path, or a stream such as stdout; unset: a name of its own in this folder. */
  to?: string | Writable
  /** Only count. */
  dryRun?: boolean
  onRows?: (rows: number) => void
}

/**
 * Returns the manifest and the path that was written; to a stream there is neither.
 * @throws ParleyError `forbidden`; `not_found`; `invalid`; `conflict` for a folder that is not empty.
 */
export async function exportToFile(
  parley: Parley,
  actor: Actor,
  input: FileExport,
): Promise<{ manifest: Manifest | null; counts: ExportCounts; path: string | null }> {
  const name = requireAdmin(actor)
  const as = parseFormatName(input.as)
  const flags = withEnding({ as, flags: parseFlags(input.flags ?? {}) }, input.to)
  const dataset = await getDataset(parley, input.dataset)
  const options = { as, flags }
  const format = openFormat(as, dataset.document, flags)
  if (!input.dryRun)
    await writeAudit(parley, { actor: name, act: 'export', dataset: dataset.name, detail: options })
  if (input.to !== undefined && typeof input.to !== 'string' && !input.dryRun) {
    if (isFolder(options) || flags.gz || flags.parquet)
      throw invalid({ to: 'A folder or a packed file needs a name: --to NAME.' })
    const counts: ExportCounts = { candidates: 0, emitted: 0, dropped: {} }
    await pour(parley, dataset.id, format, { flags, kind: fileKind(as, flags) }, counts, input.to)
    return { manifest: null, counts, path: null }
  }
  const path = resolve(typeof input.to === 'string' ? input.to : exportName(dataset.name, options))
  const written = await writeFiles(parley, {
    datasetId: dataset.id,
    options,
    target: input.dryRun ? null : { directory: dirname(path), name: basename(path) },
    part: String(process.pid),
    createdAt: parley.now(),
    ...(input.onRows ? { onRows: input.onRows } : {}),
  })
  await written.publish()
  return {
    manifest: written.manifest,
    counts: written.manifest.counts,
    path: input.dryRun ? null : path,
  }
}

/** The file's ending says how it is packed. */
function withEnding(options: ExportOptions, to: FileExport['to']): ExportFlags {
  const { flags } = options
  if (typeof to !== 'string') return flags
  if (isFolder(options)) {
    if (!/\.(parquet|csv|json|arrow)$/i.test(to)) return flags
    throw invalid({ to: `"${basename(to)}" becomes a folder here. Name it without an ending.` })
  }
  const as = parseFormatName(options.as)
  const { gz: _, parquet = false, ...rest } = flags
  const isPacked = /\.gz$/i.test(to)
  const ending = /\.(jsonl|parquet|csv|json|arrow)(\.gz)?$/i.exec(to)?.[1]?.toLowerCase()
  const asked = parquet || (ending === 'parquet' && takesParquet(as) && !isPacked)
  const kind = fileKind(as, { parquet: asked })
  if (ending !== undefined && ending !== kind)
    throw invalid({
      to: `"${basename(to)}" cannot be written. End the name in ${endings(as, kind)}.`,
    })
  return { ...rest, ...(isPacked ? { gz: true } : {}), ...(asked ? { parquet: true } : {}) }
}

function endings(as: FormatName, kind: FileKind): string {
  if (kind === 'parquet') return '.parquet'
  return takesParquet(as) ? `.${kind}, .${kind}.gz or .parquet` : `.${kind} or .${kind}.gz`
}

function takesParquet(as: FormatName): boolean {
  return formats[as].takes.some((flag) => flag === 'parquet')
}

async function pour(
  parley: Parley,
  datasetId: string,
  format: ReturnType<typeof openFormat>,
  how: { flags: ExportFlags; kind: FileKind },
  counts: ExportCounts,
  to: Writable,
): Promise<void> {
  const source = await openSource(parley, datasetId)
  try {
    for await (const { bytes } of streamExport(source, format, how, counts))
      if (!to.write(bytes)) await new Promise((ready) => to.once('drain', ready))
  } finally {
    await source.close()
  }
}
