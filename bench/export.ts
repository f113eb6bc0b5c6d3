/**
 * Export: answers a second of `raw` and of `preference` against a Node COPY TO of the same joined
 * columns into a file, once in the order the export promises and once in whatever order is fastest.
 * The consensus makes one row a record, labelers=each one an answer; rates count answers read.
 * Every way is run in turn, five times; medians and all figures are printed.
 */
import { chmodSync, createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { to as copyTo } from 'pg-copy-streams'
import { openEmbeddedPostgres } from '../src/db/embedded.ts'
import { exportToFile } from '../src/exports/to-file.ts'
import { type AnsweredBench, openAnsweredBench } from './answered.ts'

const columns = `
  select r.external_id, p.rejected, p.needs_outputs, p.counted, p.wanted, r.fields, r.outputs,
    r.metadata, r.suggestions, y.pseudonym, s.platform, a.repeat, s.status, s.reason, s.revision,
    a.counted, s."values", a.shown_order, a.expanded, a.suggestions_shown, a.shown_at, s.seconds,
    s.submitted_at, s.schema_version, s.guidelines_version, s.flags
  from responses s
  join assignments a on a.dataset_id = s.dataset_id and a.id = s.assignment_id
  join records r on r.dataset_id = s.dataset_id and r.id = s.record_id
  join places p on p.dataset_id = s.dataset_id and p.record_id = s.record_id
  join pseudonyms y on y.dataset_id = s.dataset_id and y.labeler_id = s.labeler_id`
const order = 'r.external_id, y.pseudonym, a.repeat, s.revision'

const { values: flags } = parseArgs({
  options: {
    records: { type: 'string', default: '100000' },
    repeats: { type: 'string', default: '5' },
  },
})
const records = Number(flags.records)
const dir = mkdtempSync(join(tmpdir(), 'parley-bench-'))
// Run by root, the server has an account of its own, which must be able to enter.
chmodSync(dir, 0o755)
const server = await openEmbeddedPostgres({ dataDir: dir })
try {
  const bench = await openAnsweredBench(server.url, records)
  await compare(bench)
  await bench.close()
} finally {
  await server.close()
  rmSync(dir, { recursive: true, force: true })
}

async function compare(bench: AnsweredBench) {
  const ways = {
    raw: () => run(bench, 'raw'),
    preference: () => run(bench, 'preference'),
    'preference, labelers=each': () => run(bench, 'preference', { labelers: 'each' }),
    'COPY TO, ordered': () => copy(bench, `${columns} order by ${order}`),
    'COPY TO, unordered': () => copy(bench, columns),
  }
  const rates = new Map<string, number[]>(Object.keys(ways).map((name) => [name, []]))
  for (let repeat = 0; repeat < Number(flags.repeats); repeat += 1)
    for (const [name, way] of Object.entries(ways)) {
      const start = performance.now()
      await way()
      const seconds = (performance.now() - start) / 1000
      rates.get(name)?.push(Math.round(bench.answers / seconds))
    }
  const of = (name: string) => median(rates.get(name) ?? [])
  print('records, answers', `${records}, ${bench.answers}`)
  print('The baseline is this statement, piped by pg-copy-streams to a file', `copy (${columns})`)
  for (const [name, all] of rates) print(`${name}, answers/s (median)`, `${of(name)} of ${all}`)
  for (const [name, reach] of [
    ['raw', 0.75],
    ['preference', 0.5],
    ['preference, labelers=each', 0.5],
  ] as const)
    for (const base of ['COPY TO, ordered', 'COPY TO, unordered'])
      print(`${name} / ${base} (reach ${reach})`, (of(name) / of(base)).toFixed(2))
}

async function run(bench: AnsweredBench, as: string, flags = {}) {
  const { counts } = await exportToFile(
    bench.parley,
    { type: 'admin', name: 'bench' },
    { dataset: bench.dataset, as, flags, to: join(dir, `out-${as}.jsonl`) },
  )
  if (counts.emitted === 0) throw new Error(`Nothing came of ${as}.`)
}

async function copy(bench: AnsweredBench, statement: string) {
  const client = await bench.pool.connect()
  try {
    const stream = client.query(copyTo(`copy (${statement}) to stdout`, { highWaterMark: 1 << 18 }))
    await pipeline(stream, createWriteStream(join(dir, 'copy.tsv')))
  } finally {
    client.release()
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

function print(what: string, value: string) {
  process.stdout.write(`${what}: ${value}\n`)
}
