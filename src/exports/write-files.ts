/**
 * Writes all files of one export into a folder: the data (one file, or a folder of files) and the
 * manifest beside it. Files get their final names once everything is written; an export that is stopped
 * earlier leaves nothing behind. The data may go into a stream instead.
 */
import { createHash } from 'node:crypto'
import { lstat, mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Writable } from 'node:stream'
import { codeOf, conflict } from '../errors.ts'
import type { Parley } from '../parley.ts'
import type { FolderMaker, Format, RowMaker } from './formats/format.ts'
import { fileKind, formats, openFormat } from './formats/formats.ts'
import { parseFormatName } from './formats/names.ts'
import { buildManifest, type Manifest, manifestName, printManifest } from './manifest.ts'
import type { ExportCounts, ExportFile, ExportOptions } from './options.ts'
import { type Output, openOutput, syncDirectory, writeWhole } from './output.ts'
import { openRowSizes, type RowSizes } from './row-sizes.ts'
import { openSource, type Source } from './source.ts'
import { halves, streamExport } from './stream.ts'

export type Written = {
  manifest: Manifest
  /** Everything the export consists of, the manifest last. */
  files: ExportFile[]
  /** Gives everything its name. */
  publish(): Promise<void>
  discard(): Promise<void>
}

export type WriteInput = {
  datasetId: string
  options: ExportOptions
  /** Null writes nothing and only counts. */
  target: Target | null
  /** Distinguishes two writers of the same export. */
  part: string
  createdAt: Date
  /** Called after each piece, with the share of the records that was read; what it throws ends it. */
  onRows?: (rows: number, share: number) => void
  /** Ends the writing; what was written goes, and its reason is thrown. */
  signal?: AbortSignal | undefined
}

/** A stream's manifest has a path of its own, or is not wanted. */
export type Target =
  | { directory: string; name: string }
  | { stream: Writable; manifest: string | null }

export async function writeFiles(parley: Parley, input: WriteInput): Promise<Written> {
  const { options, target, signal } = input
  const counts: ExportCounts = { candidates: 0, emitted: 0, dropped: {} }
  const sizes = openRowSizes()
  const beside = target && manifestPath(target)
  const part = `${beside}.${input.part}.part`
  const made = beside ? await mkdir(dirname(beside), { recursive: true, mode: 0o700 }) : undefined
  let layout = nowhere
  const discard = async () => {
    await layout.discard()
    if (beside) await rm(part, { force: true })
    if (beside && made) await removeEmpty(dirname(beside), made)
  }
  try {
    layout = await openLayout(input)
    const source = await openSource(parley, input.datasetId)
    // Postgres may sort for a long time before the first row; stopping must not wait for that.
    const leave = () => void source.close()
    signal?.addEventListener('abort', leave)
    // Released as soon as the last row is read: an open view keeps the database from cleaning up.
    const format = await writeRows(source, layout, input, { counts, sizes }).finally(() =>
      source.close(),
    )
    signal?.removeEventListener('abort', leave)
    const strategies = format?.strategies ?? {}
    const files = await layout.finish(format?.beside)
    const warnings = format && 'warnings' in format ? format.warnings() : []
    const manifest = buildManifest(source.dataset, options, {
      strategies,
      counts,
      files,
      statistics: source.statistics,
      sizes: format && 'row' in format && sizes.characters > 0 ? sizes : null,
      warnings,
      createdAt: input.createdAt,
    })
    const text = printManifest(manifest)
    if (beside) await writeFile(part, text, { mode: 0o600 })
    signal?.throwIfAborted()
    return {
      manifest,
      files: beside ? [...files, { name: basename(beside), rows: 0, sha256: sha256(text) }] : files,
      publish: async () => {
        await layout.publish()
        if (!beside) return
        await rename(part, beside)
        await syncDirectory(dirname(beside))
      },
      discard,
    }
  } catch (error) {
    await discard()
    throw signal?.aborted ? signal.reason : error
  }
}

/** Writes all rows; returns the format that made them, unless they came as finished lines. */
async function writeRows(
  source: Source,
  layout: Layout,
  { options, signal, onRows }: WriteInput,
  sums: { counts: ExportCounts; sizes: RowSizes },
) {
  signal?.throwIfAborted()
  const as = parseFormatName(options.as)
  const format = openFormat(as, source.dataset.document, options.flags)
  const how = { flags: options.flags, kind: fileKind(as, options.flags) }
  const { watched, share } = onRows ? watch(source) : { watched: source, share: () => 1 }
  for await (const { half, bytes, rows } of streamExport(watched, format, how, sums)) {
    await layout.write(half, bytes, rows)
    signal?.throwIfAborted()
    onRows?.(sums.counts.emitted, share())
  }
  return 'lines' in format ? null : format
}

/** Where the manifest goes, if it goes anywhere. */
export function manifestPath(target: Target): string | null {
  return 'stream' in target ? target.manifest : join(target.directory, manifestName(target.name))
}

/** Folders that were made for it and hold nothing, from the innermost to the first that was made. */
async function removeEmpty(folder: string, first: string): Promise<void> {
  for (let path = folder; path.startsWith(first); path = dirname(path)) {
    const failed = await rmdir(path).catch((error: unknown) => error)
    if (failed) return
  }
}

/** The source, and how much of it has been read: every line of it is a record. */
function watch(source: Source): { watched: Source; share(): number } {
  let read = 0
  const { records } = source.statistics
  return {
    watched: {
      ...source,
      lines: async function* (query) {
        for await (const chunk of source.lines(query)) {
          for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) read += 1
          yield chunk
        }
      },
    },
    share: () => (records > 0 ? Math.min(1, read / records) : 1),
  }
}

/** The name of what an export writes: a file, or a folder. */
export function exportName(dataset: string, options: ExportOptions): string {
  const name = `${dataset}-${options.as}`
  return isFolder(options) ? name : `${name}${ending(options)}`
}

/** A split is a folder, and so is a format whose data needs a companion file. */
export function isFolder({ as, flags }: ExportOptions): boolean {
  const format: Format = formats[parseFormatName(as)]
  const isJson = fileKind(parseFormatName(as), flags) === 'json'
  return flags.split !== undefined || format.type === 'folder' || isJson
}

/** What is written where; `target` null counts only. */
type Layout = {
  write(half: string, bytes: Buffer, rows: number): Promise<void>
  finish(beside: RowMaker['beside'] | FolderMaker['beside']): Promise<ExportFile[]>
  publish(): Promise<void>
  discard(): Promise<void>
}

async function openLayout({ options, target, part }: WriteInput): Promise<Layout> {
  if (!target) return nowhere
  if ('stream' in target) return openStream(target)
  const path = join(target.directory, target.name)
  if (isFolder(options)) return openFolder(path, target.name, part, options)
  return openFile(path, target.name, part)
}

/**
 * Bytes in a stream cannot be taken back, so a stopped export has to say so. Their hash, a tenth of the
 * work, is made for a manifest alone.
 */
function openStream({ stream, manifest }: Extract<Target, { stream: Writable }>): Layout {
  const hash = manifest === null ? null : createHash('sha256')
  let total = 0
  // Each write reports its own failure; without this listener the process would crash too.
  const ignore = () => undefined
  stream.on('error', ignore)
  const discard = async () => void stream.off('error', ignore)
  return {
    write: async (_, bytes, rows) => {
      total += rows
      hash?.update(bytes)
      // A stream with a descriptor has written the bytes when it calls back; others may still hold them.
      const own = 'fd' in stream ? bytes : Buffer.from(bytes)
      await new Promise<void>((resolve, reject) => {
        stream.write(own, (error) => (error ? reject(asGone(error)) : resolve()))
      })
    },
    finish: async () => (hash ? [{ name: '-', rows: total, sha256: hash.digest('hex') }] : []),
    publish: discard,
    discard,
  }
}

/** `| head` ends before we do. */
function asGone(error: Error): Error {
  return codeOf(error) === 'EPIPE'
    ? conflict('The reader of the export stopped before its end.', error)
    : error
}

const nowhere: Layout = {
  write: async () => undefined,
  finish: async () => [],
  publish: async () => undefined,
  discard: async () => undefined,
}

function openFile(path: string, name: string, part: string): Layout {
  const output = openOutput(path, part)
  let total = 0
  return {
    write: async (_, bytes, rows) => {
      total += rows
      await output.write(bytes)
    },
    finish: async () => [{ name, rows: total, sha256: await output.finish() }],
    publish: () => output.publish(),
    discard: () => output.discard(),
  }
}

async function openFolder(
  path: string,
  name: string,
  part: string,
  options: ExportOptions,
): Promise<Layout> {
  await refuseForeign(path)
  const folder = `${path}.${part}.part`
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { mode: 0o700 })
  const outputs = new Map<string, { file: string; output: Output; rows: number }>()
  for (const [half, file] of filesIn(options)) {
    outputs.set(half, { file, output: openOutput(join(folder, file), part), rows: 0 })
  }
  return {
    write: async (half, bytes, rows) => {
      const into = outputs.get(half)
      if (!into) throw new Error(`This folder has no ${half}.`)
      into.rows += rows
      await into.output.write(bytes)
    },
    finish: async (beside) => {
      const files: ExportFile[] = []
      for (const { file, output, rows } of outputs.values()) {
        files.push({ name: `${name}/${file}`, rows, sha256: await output.finish() })
        await output.publish()
      }
      if (!beside) return files
      const named = Object.fromEntries([...outputs].map(([half, { file }]) => [half, file]))
      for (const { name: file, text } of beside(named)) {
        await mkdir(dirname(join(folder, file)), { recursive: true, mode: 0o700 })
        await writeWhole(join(folder, file), part, text)
        files.push({ name: `${name}/${file}`, rows: 0, sha256: sha256(text) })
      }
      return files
    },
    publish: async () => {
      await refuseForeign(path)
      await rm(path, { recursive: true, force: true })
      await rename(folder, path)
    },
    discard: async () => {
      for (const { output } of outputs.values()) await output.discard()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The files of a folder by what is written into them. */
function filesIn(options: ExportOptions): [half: string, file: string][] {
  const format: Format = formats[parseFormatName(options.as)]
  if (format.type === 'folder') return format.files.map((file) => [file, file])
  return halves(options.flags).map((half) => [
    half,
    `${half === 'whole' ? 'data' : half}${ending(options)}`,
  ])
}

function ending({ as, flags }: ExportOptions): string {
  return `.${fileKind(parseFormatName(as), flags)}${flags.gz ? '.gz' : ''}`
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** A folder is replaced only if an earlier export is all it holds. */
export async function refuseForeign(path: string): Promise<void> {
  const there = await lstat(path).catch(() => null)
  if (!there) return
  const names = there.isDirectory() ? await readdir(path) : ['a file of that name']
  const isOurs = names.some((name) => dataFile.test(name))
  // Without the sidecar it is a folder that Argilla wrote.
  const beside = names.includes('parley.json')
    ? ['parley.json', 'records.json', '.argilla', 'load.py']
    : isOurs
      ? ['dataset_info.json']
      : []
  const foreign = names.find((name) => !dataFile.test(name) && !beside.includes(name))
  if (foreign !== undefined)
    throw conflict(
      `${path} is there already and holds ${foreign}. Name a folder that is new or empty.`,
    )
}

const dataFile = /^(data\.json|(train|test)\.(json|jsonl|jsonl\.gz|parquet))$/
