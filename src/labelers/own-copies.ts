/**
 * Temporary files with a person's own data. A copy is deleted once it was delivered; one left by a crash
 * is deleted when the person is forgotten, and by the sweep in any case.
 */
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from '../errors.ts'
import type { Parley } from '../parley.ts'

/** The folder of one labeler's copies, created if missing. */
export async function openCopies(
  parley: Pick<Parley, 'dataDir'>,
  labelerId: string,
): Promise<string> {
  const folder = join(parley.dataDir, 'my-data', labelerId)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return folder
}

export async function removeCopies(
  parley: Pick<Parley, 'dataDir'>,
  labelerId: string,
): Promise<void> {
  await rm(join(parley.dataDir, 'my-data', labelerId), { recursive: true, force: true })
}

const keptForMs = 10 * 60_000

/** Removes undelivered copies, also files of versions that kept them for an hour. */
export async function sweepCopies(parley: Pick<Parley, 'dataDir' | 'now'>): Promise<void> {
  const root = join(parley.dataDir, 'my-data')
  for (const name of await namesIn(root)) {
    const path = join(root, name)
    const found = await stat(path).catch(() => null)
    if (found && parley.now().getTime() - found.mtimeMs > keptForMs)
      await rm(path, { recursive: true, force: true })
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw error
  }
}
