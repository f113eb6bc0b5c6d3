/** One process at a time creates, starts or stops the embedded Postgres: a lock file that outlives no process. */

import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { codeOf, ParleyError } from '../errors.ts'

export const lockLastsMs = 150_000

const held = new Set<string>()

/** One process at a time makes, starts or stops the server of a home. */
export async function locked<Result>(home: string, work: () => Promise<Result>): Promise<Result> {
  const file = join(home, 'lock')
  const mine = `${process.pid} ${randomBytes(8).toString('hex')}`
  const giveUpAt = Date.now() + lockLastsMs + 30_000
  for (;;) {
    try {
      writeFileSync(file, mine, { flag: 'wx' })
      held.add(mine)
      break
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
    }
    if (Date.now() > giveUpAt)
      throw refused(
        `Another Parley has been starting the database for minutes. If there is none, delete ${file}.`,
      )
    if (!removeStale(file)) await sleep(50)
  }
  try {
    return await work()
  } finally {
    held.delete(mine)
    if (readOr(file, '') === mine) rmSync(file, { force: true })
  }
}

/** Removes a lock whose process has ended; by renaming, so that only one of two processes succeeds. */
function removeStale(file: string): boolean {
  const seen = readOr(file, '')
  const pid = Number(seen.split(' ')[0])
  // In a container that was killed and started again the old pid may be this very process's.
  const alive = pid === process.pid ? held.has(seen) : isAlive(pid)
  if (seen === '' ? ageOf(file) < 5_000 : alive && ageOf(file) < lockLastsMs) return false
  const aside = `${file}.${randomBytes(4).toString('hex')}`
  try {
    renameSync(file, aside)
  } catch {
    return false
  }
  if (readOr(aside, '') !== seen && !existsSync(file)) renameSync(aside, file)
  else rmSync(aside, { force: true })
  return true
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

export function ageOf(file: string): number {
  try {
    return Date.now() - statSync(file).mtimeMs
  } catch {
    return 0
  }
}

export function readOr(file: string, otherwise: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return otherwise
  }
}

export function refused(message: string, cause?: unknown): ParleyError {
  return new ParleyError(
    'unavailable',
    `${message} Or set DATABASE_URL to a Postgres server, version 15 or newer.`,
    { cause },
  )
}
