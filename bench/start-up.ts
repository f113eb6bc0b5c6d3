/**
 * What a command of the terminal costs before it does anything: modules that are loaded, and CPU of its
 * process against that of a bare `node -e 0` in the same run. Medians over alternating rounds; each command runs
 * once before, so that what Node keeps of compiled code is there. The database is an embedded Postgres that
 * runs already.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openEmbeddedPostgres } from '../src/db/embedded.ts'

const { values: flags } = parseArgs({ options: { rounds: { type: 'string', default: '7' } } })
const rounds = Number(flags.rounds)
const program = fileURLToPath(new URL('../bin/parley.js', import.meta.url))
const counter = new URL('./count-modules.ts', import.meta.url).href

const commands: Readonly<Record<string, readonly string[]>> = {
  '--help': ['--help'],
  'a word that is none': ['nonsense'],
  'a refused argument': ['export', 'prefs', '--as', 'nothing'],
  'keys list': ['keys', 'list'],
  progress: ['progress'],
  doctor: ['doctor'],
}

const dir = mkdtempSync(join(tmpdir(), 'parley-bench-'))
// Run by root, the server has an account of its own, which must be able to enter.
chmodSync(dir, 0o755)
const server = await openEmbeddedPostgres({ dataDir: dir, fast: true })
const env = {
  ...process.env,
  ...{
    DATABASE_URL: server.url,
    PARLEY_DATA_DIR: dir,
    PARLEY_SECRET: 'of the bench alone, and long',
  },
}
try {
  const bare: number[] = []
  const costs = new Map(Object.keys(commands).map((name) => [name, [] as number[]]))
  for (const args of Object.values(commands)) cpuOf([program, ...args])
  for (let round = 0; round < rounds; round++) {
    bare.push(cpuOf(['-e', '0']))
    for (const [name, args] of Object.entries(commands))
      costs.get(name)?.push(cpuOf([program, ...args]))
  }
  const base = median(bare)
  console.log(`node -e 0: ${base} ms of CPU  (${bare.join(', ')})`)
  for (const [name, all] of costs)
    console.log(
      `${name}: ${median(all)} ms of CPU, ${(median(all) / base).toFixed(1)} times bare, ${modulesOf(commands[name] ?? [])} modules  (${all.join(', ')})`,
    )
} finally {
  await server.close()
  rmSync(dir, { recursive: true, force: true })
}

/** Milliseconds of CPU of a child, by Linux's clock of 100 ticks a second; several runs, for short ones. */
function cpuOf(args: readonly string[]): number {
  const runs = 3
  const before = ticksOfChildren()
  for (let run = 0; run < runs; run++) spawnSync(process.execPath, args, { env })
  return Math.round(((ticksOfChildren() - before) * 10) / runs)
}

function ticksOfChildren(): number {
  const text = readFileSync('/proc/self/stat', 'utf8')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return Number(fields[13]) + Number(fields[14])
}

function modulesOf(args: readonly string[]): number {
  const { stderr } = spawnSync(process.execPath, ['--import', counter, program, ...args], {
    env: { ...env, NODE_OPTIONS: '--max-semi-space-size=8' },
    encoding: 'utf8',
  })
  return Number(/^modules: (\d+)$/m.exec(stderr)?.[1])
}

function median(all: readonly number[]): number {
  return all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0
}
