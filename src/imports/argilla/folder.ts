/**
 * Argilla's files: the folder of `Dataset.to_disk` or of a Hub repository of Argilla 2 (`.argilla/`), one of Argilla 1
 * (`argilla.yaml`), or the one our own export writes (`parley.json`).
 */
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { parse as parseYaml } from 'yaml'
import { invalid } from '../../errors.ts'
import { isObject } from '../../json.ts'
import { isImportable } from '../readers/rows.ts'
import { type ArgillaSettings, parseSettings } from './settings.ts'
import { readSidecarHead, type SidecarHead } from './sidecar.ts'
import { settingsOfV1 } from './v1.ts'

export type ArgillaFolder = {
  /** The dataset's name there, else the folder's. */
  name: string
  settings: ArgillaSettings
  /** The records: all that the folder has, or the one file that was named. */
  files: string[]
  /** Our own export: the sidecar and its metadata. */
  sidecar: { file: string; head: SidecarHead } | null
}

/**
 * Looks for Argilla's settings in a folder, or around a file of it; null where there are none.
 * @throws ParleyError `invalid` where they cannot be read.
 */
export async function findArgilla(path: string): Promise<ArgillaFolder | null> {
  const found = await stat(path).catch(() => null)
  if (!found) return null
  const isFolder = found.isDirectory()
  const above = dirname(path)
  // Settings are beside the data or above a folder `data`; `.argilla` is in the folder itself.
  const places = isFolder
    ? [path, ...(basename(path) === '.argilla' ? [above] : [])]
    : [above, dirname(above)]
  for (const place of places) {
    const settings = await readSettings(place)
    if (!settings) continue
    const isData = !isFolder && isImportable(path) && !isSettings(path)
    const sidecar = await findSidecar(place)
    return {
      ...settings,
      name: settings.name ?? basename(place),
      files: isData ? [path] : await dataFiles(place),
      sidecar: sidecar && (!isData || basename(path) === sidecar.head.data) ? sidecar : null,
    }
  }
  return null
}

/** The largest settings file that is read. */
const mostBytes = 10_000_000

async function readSettings(
  folder: string,
): Promise<{ name: string | null; settings: ArgillaSettings } | null> {
  const v2 = await readPart(join(folder, '.argilla', 'settings.json'))
  if (v2 !== null) {
    const dataset = await readPart(join(folder, '.argilla', 'dataset.json'))
    const name = isObject(dataset) ? dataset['name'] : null
    return {
      name: typeof name === 'string' ? name : null,
      settings: parseSettings(v2, 'settings.json'),
    }
  }
  const v1 = await readPart(join(folder, 'argilla.yaml'))
  return v1 === null ? null : { name: null, settings: settingsOfV1(v1, 'argilla.yaml') }
}

/** Null where there is no such file. */
async function readPart(file: string): Promise<unknown> {
  const found = await stat(file).catch(() => null)
  if (!found?.isFile()) return null
  if (found.size > mostBytes)
    throw invalid({
      [basename(file)]: `It is larger than ${mostBytes / 1e6} MB. Is it the right file?`,
    })
  const text = await readFile(file, 'utf8')
  try {
    // JSON is YAML too, but the YAML reader is slow and accepts more than JSON.
    return file.endsWith('.json') ? JSON.parse(text) : parseYaml(text, { maxAliasCount: 100 })
  } catch (cause) {
    const said = cause instanceof Error ? cause.message.split('\n')[0] : String(cause)
    throw invalid({ [basename(file)]: `It cannot be read: ${said}. Write it again.` }, cause)
  }
}

function isSettings(path: string): boolean {
  return ['settings.json', 'dataset.json', 'argilla.yaml', 'parley.json'].includes(basename(path))
}

/** `records.json`, else every table in the folder and in `data`. */
async function dataFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder)
  if (names.includes('records.json')) return [join(folder, 'records.json')]
  const below = names.includes('data') ? await readdir(join(folder, 'data')).catch(() => []) : []
  return [...names, ...below.map((name) => join('data', name))]
    .filter((name) => isImportable(name) && !/\.json(\.gz)?$/i.test(name))
    .sort()
    .map((name) => join(folder, name))
}

async function findSidecar(folder: string): Promise<ArgillaFolder['sidecar']> {
  const file = join(folder, 'parley.json')
  const found = await stat(file).catch(() => null)
  const head = found?.isFile() ? await readSidecarHead(file) : null
  return head && { file, head }
}
