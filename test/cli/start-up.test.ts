/** What a command loads before it does anything: help, refused words and refused arguments need little. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

/** The count, and the packages that were loaded. NODE_OPTIONS spares the program its second start. */
function loadedBy(...args: string[]) {
  const counter = join(root, 'bench/count-modules.ts')
  const { stderr, status } = spawnSync(
    process.execPath,
    ['--import', counter, join(root, 'bin/parley.js'), ...args],
    {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], NODE_OPTIONS: '--max-semi-space-size=8' },
    },
  )
  const count = Number(/^modules: (\d+)$/m.exec(stderr)?.[1])
  return { status, count, packages: /^packages: (.*)$/m.exec(stderr)?.[1]?.split(' ') }
}

describe('happy: what is loaded', () => {
  test('help and a word that is none: the declared commands, and no package but the parser’s', () => {
    for (const [args, code] of [
      [['--help'], 0],
      [['nonsense'], 2],
      [['export', '--as', 'raw'], 2],
    ] as const) {
      const { status, count, packages } = loadedBy(...args)
      expect(status).toBe(code)
      expect(packages).toEqual(['commander', 'fastest-levenshtein'])
      expect(count).toBeLessThan(60)
    }
  })

  test('a refused argument opens neither database nor queue, and no writer of files', () => {
    const { status, count, packages } = loadedBy('export', 'prefs', '--as', 'nothing')
    expect(status).toBe(2)
    expect(count).toBeLessThan(220)
    for (const heavy of ['kysely', 'pg', 'bullmq', 'ioredis', 'yaml', 'hyparquet-writer', 'undici'])
      expect(packages).not.toContain(heavy)
  })
})
