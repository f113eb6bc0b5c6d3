/**
 * Import: rows a second of `importRecords` (validation, upsert, places) against a bare COPY FROM of
 * the same rows, rendered beforehand, into the same indexed tables; and of the same records in a
 * Parquet file that pyarrow has written (--python PATH of one that has it; without, DuckDB writes it).
 * With --memory: peak memory at 100k and at 1M records under a heap of 256 MB.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { DuckDBInstance } from '@duckdb/node-api'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { openRows } from '../src/cli/import/source.ts'
import { createDataset } from '../src/datasets/create.ts'
import { parseDocument } from '../src/datasets/parse.ts'
import { openSnapshot } from '../src/db/copy.ts'
import { openEmbeddedPostgres } from '../src/db/embedded.ts'
import { migrateDatabase } from '../src/db/migrate.ts'
import { openDatabase } from '../src/db/open.ts'
import { importRecords } from '../src/imports/import-records.ts'
import { openLog } from '../src/log.ts'
import { type Actor, createParley } from '../src/parley.ts'
import { hash32, shuffledOutputs } from '../src/records/order.ts'

const { values: flags } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000' },
    repeats: { type: 'string', default: '5' },
    memory: { type: 'boolean', default: false },
    python: { type: 'string' },
    /** One import of this many rows, printing its peak memory: what --memory starts twice. */
    peak: { type: 'string' },
    url: { type: 'string' },
  },
})
const admin: Actor = { type: 'admin', name: 'bench' }

if (flags.peak !== undefined) await measurePeak(Number(flags.peak), flags.url ?? '')
else await main()

async function main() {
  const dir = mkdtempSync(join(tmpdir(), 'parley-bench-'))
  // Run by root, the server has an account of its own, which must be able to enter.
  chmodSync(dir, 0o755)
  const server = await openEmbeddedPostgres({ dataDir: dir })
  try {
    const { db, close } = openDatabase(server.url, { log: openLog({ level: 'error' }) })
    await migrateDatabase(db, openLog({ level: 'error' }))
    await close()
    if (flags.memory) compareMemory(server.url)
    else await compareSpeed(server.url, dir, Number(flags.rows), Number(flags.repeats))
  } finally {
    await server.close()
    rmSync(dir, { recursive: true, force: true })
  }
}

async function compareSpeed(url: string, dir: string, rows: number, repeats: number) {
  const bench = await openBench(url)
  const files = await renderFiles(dir, rows, bench.datasetId)
  const rates: { import: number[]; parquet: number[]; copy: number[] } = {
    import: [],
    parquet: [],
    copy: [],
  }
  for (let repeat = 0; repeat < repeats; repeat++) {
    rates.import.push(await rate(bench, rows, () => runImport(bench, files.lines)))
    rates.parquet.push(await rate(bench, rows, () => runImport(bench, files.table)))
    rates.copy.push(await rate(bench, rows, () => runCopy(bench.pool, files)))
  }
  const again = await rate(bench, rows, () => runImport(bench, files.lines), false)
  await bench.close()
  const [ours, base] = [median(rates.import), median(rates.copy)]
  const tables = median(rates.parquet)
  print('rows', rows)
  print('importRecords, rows/s (median)', ours, rates.import)
  print('COPY FROM records + places, rows/s (median)', base, rates.copy)
  print('the same file again, rows/s', again)
  print('ratio (reach 0.60)', (ours / base).toFixed(2))
  print('importRecords of Parquet, rows/s (median)', tables, rates.parquet)
  print('Parquet to JSON lines (reach 0.80)', (tables / ours).toFixed(2))
}

/** Times one way of filling the tables, which are emptied first. */
async function rate(bench: Bench, rows: number, work: () => Promise<void>, empty = true) {
  if (empty) await bench.pool.query('truncate records, places, tallies')
  await bench.pool.query('checkpoint')
  const from = performance.now()
  await work()
  const seconds = (performance.now() - from) / 1000
  const { rows: found } = await bench.pool.query(
    'select (select count(*) from records)::int as records, (select count(*) from places)::int as places',
  )
  if (found[0]?.records !== rows || found[0]?.places !== rows)
    throw new Error(`Expected ${rows} records with places, found ${JSON.stringify(found[0])}.`)
  return Math.round(rows / seconds)
}

async function runImport(bench: Bench, file: string) {
  const report = await importRecords(bench.parley, admin, {
    dataset: 'bench',
    ...(await openRows(file)),
  })
  if (report.refused.count > 0) throw new Error(JSON.stringify(report.refused.lines[0]))
}

/** The baseline: both tables filled by COPY, one after the other, from text rendered beforehand. */
async function runCopy(pool: pg.Pool, files: Files) {
  const client = await pool.connect()
  const columns =
    'dataset_id, id, external_id, fields, outputs, metadata, suggestions, shuffled, created_at, updated_at'
  await pipeline(
    createReadStream(files.records, { highWaterMark: 1 << 18 }),
    client.query(copyFrom(`copy records (${columns}) from stdin`)),
  )
  await pipeline(
    createReadStream(files.places, { highWaterMark: 1 << 18 }),
    client.query(
      copyFrom('copy places (dataset_id, record_id, position, wanted, needs_outputs) from stdin'),
    ),
  )
  client.release()
}

type Files = { lines: string; table: string; records: string; places: string }

async function renderFiles(dir: string, rows: number, datasetId: string): Promise<Files> {
  const files = {
    lines: join(dir, 'lines.jsonl'),
    table: join(dir, 'lines.parquet'),
    records: join(dir, 'records.copy'),
    places: join(dir, 'places.copy'),
  }
  const at = '2026-01-01T00:00:00Z'
  await save(files.lines, rows, (n) => `${JSON.stringify(lineOf(n))}\n`)
  await writeTable(files.lines, files.table)
  await save(files.records, rows, (n) => {
    const { id, prompt, outputs, category } = lineOf(n)
    const stored = outputs.map((output, i) => ({ id: `o${i + 1}`, ...output }))
    const shuffled = shuffledOutputs(id, ['o1', 'o2'])
    const json = (value: unknown) => JSON.stringify(value).replaceAll('\\', '\\\\')
    return `${[datasetId, n + 1, id, json({ prompt }), json(stored), json({ category }), '{}', `{${shuffled.join(',')}}`, at, at].join('\t')}\n`
  })
  await save(files.places, rows, (n) => {
    const position = (1n << 32n) | BigInt(hash32(lineOf(n).id))
    return `${[datasetId, n + 1, position, 3, 'f'].join('\t')}\n`
  })
  return files
}

/** The same records with a struct for each output, as pyarrow's defaults write them. */
async function writeTable(lines: string, table: string) {
  if (flags.python === undefined) {
    const instance = await DuckDBInstance.create()
    const connection = await instance.connect()
    await connection.run(`copy (from read_json('${lines}')) to '${table}' (format parquet)`)
    connection.closeSync()
    instance.closeSync()
    return
  }
  const code =
    'import sys, pyarrow.json as j, pyarrow.parquet as p; p.write_table(j.read_json(sys.argv[1]), sys.argv[2])'
  const { status } = spawnSync(flags.python, ['-c', code, lines, table], { stdio: 'inherit' })
  if (status !== 0) throw new Error(`${flags.python} wrote no table. Has it pyarrow?`)
}

function save(file: string, rows: number, line: (n: number) => string): Promise<void> {
  return pipeline(Readable.from(chunks(rows, line)), createWriteStream(file))
}

function* chunks(rows: number, line: (n: number) => string) {
  let text = ''
  for (let n = 0; n < rows; n++) {
    text += line(n)
    if (text.length > 1 << 18) {
      yield text
      text = ''
    }
  }
  yield text
}

/** About 900 bytes: a prompt and two outputs of the length people compare. */
function lineOf(n: number) {
  return {
    id: `record-${n}`,
    prompt: `${'Why is the sky "blue" at noon? '.repeat(8)}${n}`,
    category: 'generic',
    outputs: [
      { model: 'model-a', text: 'Because of scattering.\n'.repeat(13) },
      { model: 'model-b', text: 'Nobody knows for sure. '.repeat(8) },
    ],
  }
}

/** Two processes of their own, so that one's garbage is not the other's. */
function compareMemory(url: string) {
  const peaks = ['100000', '1000000'].map((rows) => {
    const child = spawnSync(
      process.execPath,
      ['--max-old-space-size=256', fileURLToPath(import.meta.url), '--peak', rows, '--url', url],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
    )
    if (child.status !== 0)
      throw new Error(`The import of ${rows} rows ended with ${child.status}.`)
    const peak = Number(child.stdout.trim())
    print(`peak memory at ${rows} rows, MB`, Math.round(peak / 1024))
    return peak
  })
  print('ratio (reach 1.15 or less)', ((peaks[1] ?? 0) / (peaks[0] ?? 1)).toFixed(2))
}

async function measurePeak(rows: number, url: string) {
  const bench = await openBench(url)
  await bench.pool.query('truncate records, places, tallies')
  const source = (function* () {
    for (const text of chunks(rows, (n) => `${JSON.stringify(lineOf(n))}\n`))
      yield Buffer.from(text)
  })()
  await importRecords(bench.parley, admin, { dataset: 'bench', source })
  await bench.close()
  // Kilobytes on every platform (libuv).
  process.stdout.write(`${process.resourceUsage().maxRSS}\n`)
}

type Bench = Awaited<ReturnType<typeof openBench>>

async function openBench(url: string) {
  const log = openLog({ level: 'error' })
  const { db, pool, close } = openDatabase(url, { log })
  const parley = createParley({
    db,
    queue: { ring: async () => true },
    now: () => new Date(),
    log,
    openSnapshot: () => openSnapshot(pool),
    admins: [],
    secret: 'bench',
    dataDir: tmpdir(),
    publicUrl: 'http://127.0.0.1',
  })
  const document = parseDocument('name: bench\ntemplate: comparison\n')
  const found = await pool.query("select id from datasets where name = 'bench'")
  const datasetId = found.rows[0]?.id ?? (await createDataset(parley, admin, { document })).id
  return { parley, pool, close, datasetId: String(datasetId) }
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

function print(what: string, value: number | string, all: readonly number[] = []) {
  process.stdout.write(`${what}: ${value}${all.length > 0 ? `   (${all.join(' ')})` : ''}\n`)
}
