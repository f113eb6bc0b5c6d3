/** Where a command reads from: a file, or stdin. */
import { createReadStream } from 'node:fs'
import { glob, open, readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { invalid } from '../../errors.ts'
import { isAddress } from '../../fetch/safe.ts'
import { counted } from '../../imports/readers/lines.ts'
import { isImportable, type RowsInput } from '../../imports/readers/rows.ts'

/** Is told how many more bytes were read. */
export type OnBytes = (bytes: number) => void

/** @throws ParleyError `invalid` when there is no such file. */
export async function openSource(
  file: string,
  onBytes?: OnBytes,
): Promise<AsyncIterable<Uint8Array>> {
  if (file === '-') return process.stdin
  const found = await stat(file).catch(() => null)
  if (!found?.isFile())
    throw invalid({ [file]: 'There is no such file. Name a file, or - for stdin.' })
  const source = createReadStream(file)
  return onBytes ? counted(source, onBytes) : source
}

/** Bytes of all these files; null where one comes through a pipe. */
export async function sizeOf(files: readonly string[]): Promise<number | null> {
  if (files.includes('-')) return null
  const sizes = await Promise.all(
    files.map(async (file) => (await stat(file).catch(() => null))?.size ?? 0),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** A file as an import reads it: its name tells its kind, and Parquet may read any part of it. */
export async function openRows(
  file: string,
  onBytes?: OnBytes,
): Promise<Required<Pick<RowsInput, 'source' | 'name'>> & Pick<RowsInput, 'random'>> {
  const source = await openSource(file, onBytes)
  if (file === '-') return { source, name: '' }
  const { size } = await stat(file)
  return {
    source,
    name: basename(file),
    random: {
      size,
      read: (start, end) => {
        onBytes?.(end - start)
        return readPart(file, start, end)
      },
    },
  }
}

async function readPart(file: string, start: number, end: number): Promise<Uint8Array> {
  const handle = await open(file)
  try {
    const bytes = Buffer.alloc(end - start)
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, start)
    return bytes.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

/**
 * What is named, with the files that patterns (`*`, `?`, `[a-z]`, `**`) stand for in the order of their
 * names. A file that is called so is meant itself.
 * @throws ParleyError `invalid` for a pattern that no file fits, and for a file that is named twice.
 */
export async function expandFiles(named: readonly string[]): Promise<string[]> {
  const all: string[] = []
  for (const one of named) {
    const isPattern = /[*?[{]/.test(one) && !isAddress(one)
    if (!isPattern || (await stat(one).catch(() => null))) {
      all.push(one)
      continue
    }
    const found: string[] = []
    for await (const file of glob(one)) found.push(file)
    found.sort()
    if (found.length === 0) throw invalid({ [one]: 'No file is called so.' })
    all.push(...found)
  }
  const twice = all.find((one, at) => all.indexOf(one) !== at)
  if (twice !== undefined) throw invalid({ [twice]: 'It is named twice. Name it once.' })
  return all
}

/**
 * The files to import: the file itself, or those of a folder as Hugging Face keeps a dataset (its own,
 * and those under `data/`), in the order of their names. Manifests and settings are no data.
 * @throws ParleyError `invalid` for a folder that holds none.
 */
export async function listFiles(path: string): Promise<string[]> {
  const found = path === '-' ? null : await stat(path).catch(() => null)
  if (!found?.isDirectory()) return [path]
  const inside = (await readdir(path, { withFileTypes: true })).filter(({ name }) => name !== '')
  const below = inside.some((one) => one.isDirectory() && one.name === 'data')
    ? (await readdir(join(path, 'data'), { withFileTypes: true })).map((one) => ({
        name: join('data', one.name),
        isFile: () => one.isFile(),
      }))
    : []
  const files = [...inside, ...below]
    .filter((one) => one.isFile() && isImportable(one.name))
    .map(({ name }) => name)
    .filter(
      (name) => !/(^|\.)manifest\.json$|^dataset_(info|infos)\.json$|^state\.json$/.test(name),
    )
    .sort()
  if (files.length > 0) return files.map((name) => join(path, name))
  const isSaved = [...inside, ...below].some(({ name }) => name.endsWith('.arrow'))
  throw invalid({
    [path]: isSaved
      ? 'The folder holds Arrow files (save_to_disk). Write Parquet instead: dataset.to_parquet("data.parquet").'
      : 'The folder holds no file to import: .jsonl, .json, .csv or .parquet.',
  })
}
