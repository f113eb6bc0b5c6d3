/**
 * Writes all files of one export into a folder: the data (one file, or a folder of them)
 * and the manifest beside it. Nothing has its final name before everything is written.
 */
import { createHash } from 'node:crypto'
import { lstat, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { conflict } from '../errors.ts'
import type { Parley } from '../parley.ts'
import {
  type FolderMaker,
  type Format,
  fileKind,
  formats,
  openFormat,
  parseFormatName,
  type RowMaker,
} from './formats.ts'
import { buildManifest, type Manifest, printManifest } from './manifest.ts'
import { type Output, openOutput, syncDirectory, writeWhole } from './output.ts'
import type { ExportCounts, ExportFile, ExportOptions } from './shape.ts'
import { openSource } from './source.ts'
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
  /** Where, and under which name; null writes nothing and only counts. */
  target: { directory: string; name: string } | null
  /** Tells two writers of the same export apart. */
  part: string
  createdAt: Date
  /** Called after each piece with the rows so far; what it throws ends the writing. */
  onRows?: (rows: number) => void
}

export async function writeFiles(parley: Parley, input: WriteInput): Promise<Written> {
  const { options, target } = input
  const counts: ExportCounts = { candidates: 0, emitted: 0, dropped: {} }
  const layout = await openLayout(input)
  try {
    const source = await openSource(parley, input.datasetId)
    const read = async () => {
      const as = parseFormatName(options.as)
      const format = openFormat(as, source.dataset.document, options.flags)
      const how = { flags: options.flags, kind: fileKind(as, options.flags) }
      for await (const { half, bytes, rows } of streamExport(source, format, how, counts)) {
        await layout.write(half, bytes, rows)
        input.onRows?.(counts.emitted)
      }
      return 'lines' in format ? null : format
    }
    // The view is let go as soon as the last row is read: the database cannot tidy up behind it.
    const format = await read().finally(() => source.close())
    const strategies = format?.strategies ?? {}
    const files = await layout.finish(format?.beside)
    const warnings = format && 'warnings' in format ? format.warnings() : []
    const manifest = buildManifest(source.dataset, options, {
      strategies,
      counts,
      files,
      statistics: source.statistics,
      warnings,
      createdAt: input.createdAt,
    })
    const text = printManifest(manifest)
    const name = `${target?.name ?? ''}.manifest.json`
    if (target) await writeFile(`${join(target.directory, name)}.${input.part}.part`, text)
    return {
      manifest,
      files: [...files, { name, rows: 0, sha256: sha256(text) }],
      publish: async () => {
        if (!target) return
        await layout.publish()
        const path = join(target.directory, name)
        await rename(`${path}.${input.part}.part`, path)
        await syncDirectory(target.directory)
      },
      discard: () => layout.discard(),
    }
  } catch (error) {
    await layout.discard()
    throw error
  }
}

/** The name of what an export writes: a file, or a folder. */
export function exportName(dataset: string, options: ExportOptions): string {
  const name = `${dataset}-${options.as}`
  return isFolder(options) ? name : `${name}${ending(options)}`
}

/** A split is a folder, and so is what must lie beside a file of its own. */
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
  const path = join(target.directory, target.name)
  await mkdir(target.directory, { recursive: true })
  if (isFolder(options)) return openFolder(path, target.name, part, options)
  return openFile(path, target.name, part)
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
    discard: async () => {
      await output.discard()
      await rm(`${path}.manifest.json.${part}.part`, { force: true })
    },
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
  await mkdir(folder)
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
        await mkdir(dirname(join(folder, file)), { recursive: true })
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
      await rm(`${path}.manifest.json.${part}.part`, { force: true })
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
async function refuseForeign(path: string): Promise<void> {
  const there = await lstat(path).catch(() => null)
  if (!there) return
  const names = there.isDirectory() ? await readdir(path) : ['a file of that name']
  const isOurs = names.some((name) => dataFile.test(name))
  // Without the sidecar it is a folder that Argilla wrote.
  const beside = names.includes('parley.json')
    ? ['parley.json', 'records.json', '.argilla']
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
