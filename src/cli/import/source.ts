/** The files a command reads: single files, folders, patterns, stdin. */
import { createReadStream } from 'node:fs'
import { glob, readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { invalid } from '../../errors.ts'
import { isAddress } from '../../fetch/safe.ts'
import { counted } from '../../imports/readers/lines.ts'
import { readPart } from '../../imports/readers/read-part.ts'
import { isImportable, type RowsInput } from '../../imports/readers/rows.ts'

/** Called with how many more bytes were read. */
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

/** The size of all these files in bytes; null if one is a pipe. */
export async function sizeOf(files: readonly string[]): Promise<number | null> {
  if (files.includes('-')) return null
  const sizes = await Promise.all(
    files.map(async (file) => (await stat(file).catch(() => null))?.size ?? 0),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** Opens a file for an import. Its name tells its kind; Parquet needs random access. */
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

/**
 * Expands patterns (`*`, `?`, `[a-z]`, `**`) to the files they match, sorted by name. A file that is
 * named exactly like the pattern wins.
 * @throws ParleyError `invalid` for a pattern without a match, and for a file that is named twice.
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
 * The files to import: the file itself, or the files of a folder in Hugging Face's layout (at the top
 * and under `data/`), sorted by name. Manifests and settings are skipped.
 * @throws ParleyError `invalid` for a folder without data.
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
