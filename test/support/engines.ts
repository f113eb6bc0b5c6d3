/** Promises that hold on both engines of the queue, each told in a test of its own beside the other. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'vitest'
import { hasRedis, redisReason } from './redis.ts'

export type EngineName = 'Postgres' | 'Redis'
/** What a test opened: closed in reverse when it ends, however it ends. */
export type Down = (() => unknown)[]

/** `about` names the kind of promise for an engine; on Redis it is skipped, and says so, without one. */
export function onEachEngine(
  about: (engine: EngineName) => string,
  title: string,
  timeout: number,
  run: (engine: EngineName, down: Down) => Promise<void>,
): void {
  for (const engine of ['Postgres', 'Redis'] as const) {
    const isThere = engine === 'Postgres' || hasRedis
    const reason = isThere ? '' : redisReason
    describe.skipIf(!isThere).concurrent(`${about(engine)}${reason}`, () => {
      test(title, { timeout }, async ({ onTestFinished }) => {
        const down: Down = []
        onTestFinished(async () => {
          for (const release of down.reverse()) await release()
        }, 60_000)
        await run(engine, down)
      })
    })
  }
}

/** A folder for the data of one installation, which a server of another account may enter. */
export function makeDataDir(name: string, down: Down): string {
  const dataDir = mkdtempSync(join(tmpdir(), `parley-${name}-`))
  chmodSync(dataDir, 0o755)
  down.push(() => rmSync(dataDir, { recursive: true, force: true }))
  return dataDir
}
