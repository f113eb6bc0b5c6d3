/** The data directory, and whether the embedded Postgres, which runs as another account, can enter it. */

import { createHash } from 'node:crypto'
import { existsSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

/**
 * Started by root, Postgres runs as another account. Below a folder closed to others (such as /root)
 * it could not reach its data, so the directory then lies below /var/lib/parley, named by its path.
 */
export function openToServer(directory: string): string {
  if (process.getuid?.() !== 0 || isOpenToOthers(directory)) return directory
  const owner = basename(directory) === '.parley' ? dirname(directory) : directory
  const name = basename(owner).replace(/[^A-Za-z0-9._-]/g, '_')
  const hash = createHash('sha256').update(directory).digest('hex').slice(0, 8)
  return join('/var/lib/parley', `${name}-${hash}`)
}

/** Whether every other account may pass through all folders down to `path`. */
export function isOpenToOthers(path: string): boolean {
  for (let at = resolve(path); ; at = dirname(at)) {
    if (existsSync(at) && (statSync(at).mode & 0o001) === 0) return false
    if (at === dirname(at)) return true
  }
}
