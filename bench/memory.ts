/**
 * Memory: the peak of a process that imports records, and of one that exports answers, at 100k and at
 * 1M rows, under a heap of 256 MB and started as bin/parley.js is. Flat means that ten times the rows take at most 1.15 times as much.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { insertDataset } from '../src/datasets/create.ts'
import { DatasetDocument } from '../src/datasets/document.ts'
import { openEmbeddedPostgres } from '../src/db/embedded.ts'
import { migrateDatabase } from '../src/db/migrate.ts'
import { exportToFile } from '../src/exports/to-file.ts'
import { importRecords } from '../src/imports/import-records.ts'
import type { Actor } from '../src/parley.ts'
import { openAnsweredBench, openBench } from './answered.ts'

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    small: { type: 'string', default: '100000' },
    large: { type: 'string', default: '1000000' },
  },
})
const admin: Actor = { type: 'admin', name: 'bench' }
const [what, url = '', rows = '0'] = positionals
if (what === undefined) await compare()
else await work(what, url, Number(rows))

async function compare() {
  const small = await peaks(Number(flags.small))
  const large = await peaks(Number(flags.large))
  for (const [name, few] of small) {
    const many = large.get(name) ?? 0
    print(`${name}: ${few} MB at ${flags.small}, ${many} MB at ${flags.large} rows`)
    print(`${name}: ratio ${(many / few).toFixed(2)} (reach 1.15)`)
  }
}

/** One server and one database a size; every measured process is fresh. */
async function peaks(rows: number): Promise<Map<string, number>> {
  const dir = mkdtempSync(join(tmpdir(), 'parley-bench-'))
  // Run by root, the server has an account of its own, which must be able to enter.
  chmodSync(dir, 0o755)
  const server = await openEmbeddedPostgres({ dataDir: dir, fast: true })
  try {
    const bench = await openAnsweredBench(server.url, Math.ceil(rows / 3))
    await bench.close()
    const found = new Map<string, number>()
    for (const name of ['export raw', 'export preference', 'import'])
      found.set(name, measure(name, server.url, rows))
    return found
  } finally {
    await server.close()
    rmSync(dir, { recursive: true, force: true })
  }
}

function measure(name: string, serverUrl: string, count: number): number {
  const run = spawnSync(
    process.execPath,
    [
      '--max-old-space-size=256',
      '--max-semi-space-size=8',
      '--expose-gc',
      fileURLToPath(import.meta.url),
      name,
      serverUrl,
      String(count),
    ],
    { encoding: 'utf8' },
  )
  if (run.status !== 0) throw new Error(`${name} failed: ${run.stderr}`)
  return Number(run.stdout)
}

async function work(name: string, serverUrl: string, count: number) {
  const { parley, close } = await openBench(serverUrl)
  const dir = mkdtempSync(join(tmpdir(), 'parley-bench-'))
  try {
    if (name === 'import') {
      await migrateDatabase(parley.db, parley.log)
      const document = DatasetDocument.parse({
        name: 'imported',
        title: 'Which answer helps most?',
        fields: [{ name: 'prompt', title: 'Prompt' }],
        questions: [{ type: 'ranking', name: 'preference', title: 'Which is better?' }],
      })
      const { name: dataset } = await insertDataset(parley, document)
      const { created } = await importRecords(parley, admin, { dataset, source: linesOf(count) })
      if (created !== count) throw new Error(`${created} of ${count} records were imported.`)
    } else {
      const to = join(dir, 'out.jsonl')
      await exportToFile(parley, admin, { dataset: 'bench', as: name.replace('export ', ''), to })
    }
  } finally {
    await close()
    rmSync(dir, { recursive: true, force: true })
  }
  print(String(Math.round(process.resourceUsage().maxRSS / 1024)))
}

/** Records as a file would bring them, 64 kB at a time. */
function* linesOf(count: number): Generator<Buffer> {
  const text = 'The quick brown fox jumps over the lazy dog. '.repeat(8)
  let lines = ''
  for (let n = 0; n < count; n += 1) {
    const outputs = [{ text: `${n} ${text}` }, { text: `${text} ${n}` }]
    lines += `${JSON.stringify({ id: `r${n}`, prompt: `${n}: ${text}`, outputs })}\n`
    if (lines.length < 65_536) continue
    yield Buffer.from(lines)
    lines = ''
  }
  yield Buffer.from(lines)
}

function print(line: string) {
  process.stdout.write(`${line}\n`)
}
