/**
 * Statistics of a whole dataset against a Node COPY TO of its answers (record, labeler, value): once
 * without intervals (reach 1.5x the time) and once with 200 resamples (reach 4x). The ways are run in
 * turn, five times; medians and all figures are printed. Then the peak memory of a fresh process at
 * a tenth of the answers and at all of them. `--kind label` takes labels instead of rankings of 3.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { sql } from 'kysely'
import { to as copyTo } from 'pg-copy-streams'
import { insertDataset } from '../src/datasets/create.ts'
import { DatasetDocument } from '../src/datasets/document.ts'
import { openEmbeddedPostgres } from '../src/db/embedded.ts'
import { migrateDatabase } from '../src/db/migrate.ts'
import type { Parley } from '../src/parley.ts'
import { datasetStats } from '../src/quality/dataset/stats.ts'
import { openBench } from './answered.ts'

const { values: flags } = parseArgs({
  options: {
    records: { type: 'string', default: '333334' },
    repeats: { type: 'string', default: '5' },
    kind: { type: 'string', default: 'ranking' },
    /** What the memory half starts: one run over this dataset, printing its peak. */
    peak: { type: 'string' },
    url: { type: 'string', default: '' },
  },
})
const admin = { type: 'admin', name: 'bench' } as const
type Bench = Awaited<ReturnType<typeof openBench>>

if (flags.peak !== undefined) await measurePeak(flags.url, flags.peak)
else await main()

async function main() {
  const dir = mkdtempSync(join(tmpdir(), 'parley-bench-'))
  // Run by root, the server has an account of its own, which must be able to enter.
  chmodSync(dir, 0o755)
  const server = await openEmbeddedPostgres({ dataDir: dir })
  try {
    const bench = await openBench(server.url)
    await migrateDatabase(bench.parley.db, bench.parley.log)
    const records = Number(flags.records)
    await seed(bench, 'small', Math.ceil(records / 10))
    const datasetId = await seed(bench, 'large', records)
    await compare(bench, datasetId, records * 3)
    await bench.close()
    const [few = 0, many = 0] = ['small', 'large'].map((name) => peakOf(server.url, name))
    print('peak memory, a tenth of the answers; all of them', `${few} MB; ${many} MB`)
    print('peak memory, ratio (reach 1.15)', (many / few).toFixed(2))
  } finally {
    await server.close()
    rmSync(dir, { recursive: true, force: true })
  }
}

async function compare({ parley, pool }: Bench, datasetId: string, answers: number) {
  const run = async (resamples: number) => {
    const stats = await datasetStats(parley, admin, { dataset: 'large', resamples })
    if (stats.counts.answers !== answers) throw new Error(`Only ${stats.counts.answers} counted.`)
  }
  const statement = `select record_id, labeler_id, "values" from responses where dataset_id = ${datasetId}`
  const copy = async (text: string) => {
    const client = await pool.connect()
    try {
      const stream = client.query(copyTo(`copy (${text}) to stdout`, { highWaterMark: 1 << 18 }))
      await pipeline(stream, new Writable({ write: (_chunk, _encoding, done) => done() }))
    } finally {
      client.release()
    }
  }
  const named = `select r.external_id, y.pseudonym, s."values" from responses s
    join records r on r.dataset_id = s.dataset_id and r.id = s.record_id
    join pseudonyms y on y.dataset_id = s.dataset_id and y.labeler_id = s.labeler_id
    where s.dataset_id = ${datasetId}`
  const ways = {
    'COPY TO': () => copy(statement),
    'COPY TO, with external ids and pseudonyms': () => copy(named),
    'statistics without intervals': () => run(0),
    'statistics with 200 resamples': () => run(200),
  }
  const seconds = new Map<string, number[]>(Object.keys(ways).map((name) => [name, []]))
  await run(0)
  for (let repeat = 0; repeat < Number(flags.repeats); repeat += 1)
    for (const [name, way] of Object.entries(ways)) {
      const start = performance.now()
      await way()
      seconds.get(name)?.push((performance.now() - start) / 1000)
    }
  const of = (name: string) => median(seconds.get(name) ?? [])
  print('answers', `${answers}, ${flags.kind === 'label' ? 'labels' : 'rankings of 3'}`)
  print('The baseline is this statement, piped by pg-copy-streams to nowhere', statement)
  for (const [name, all] of seconds)
    print(`${name}, s (median)`, `${of(name).toFixed(2)} of ${all.map((one) => one.toFixed(2))}`)
  for (const base of ['COPY TO', 'COPY TO, with external ids and pseudonyms']) {
    const [without, resampled] = ['without intervals', 'with 200 resamples'].map((how) =>
      (of(`statistics ${how}`) / of(base)).toFixed(2),
    )
    print(`without intervals / ${base} (reach 1.5)`, without ?? '')
    print(`with 200 resamples / ${base} (reach 4)`, resampled ?? '')
  }
}

/** Three people have answered each record; written by Postgres itself. */
async function seed({ parley, pool }: Bench, name: string, records: number): Promise<string> {
  const isLabel = flags.kind === 'label'
  const document = DatasetDocument.parse({
    name,
    title: 'Which answer helps most?',
    access: 'everyone',
    fields: [{ name: 'prompt', title: 'Prompt' }],
    questions: [
      isLabel
        ? { type: 'label', name: 'answer', title: 'Is it safe?', options: ['yes', 'no', 'unclear'] }
        : { type: 'ranking', name: 'answer', title: 'Which is better?' },
    ],
    distribution: { min_submitted: 3 },
  })
  const { id } = await insertDataset(parley, document)
  const run = (text: string) => write(parley, text.replaceAll('$dataset', id))
  await run(`insert into labelers (created_at) select now() from generate_series(1, 200)`)
  const output = (n: number) =>
    `jsonb_build_object('id', 'o${n}', 'text', repeat(md5(n || 'o${n}') || ' ', 8 + n % ${4 + n}), 'model', 'm${n}')`
  await run(`
    insert into records (dataset_id, external_id, fields, outputs, created_at, updated_at)
    select $dataset, md5(n::text), jsonb_build_object('prompt', repeat(md5(n || 'p') || ' ', 8)),
      jsonb_build_array(${isLabel ? '' : [1, 2, 3].map(output).join(', ')}), now(), now()
    from generate_series(1, ${records}) n`)
  await run(`
    insert into places (dataset_id, record_id, position, wanted, counted)
    select dataset_id, id, id, 3, 3 from records where dataset_id = $dataset`)
  await run(`
    insert into outlines (dataset_id, record_id, outline, lengths)
    select dataset_id, id, '${isLabel ? '[[],[]]' : '[["o1","o2","o3"],["m1","m2","m3"]]'}',
      array(select octet_length(o ->> 'text') from jsonb_array_elements(outputs) o)
        || octet_length(fields ->> 'prompt')
    from records where dataset_id = $dataset`)
  await run(
    `insert into tallies (dataset_id, labeler_id, records) values ($dataset, 0, ${records})`,
  )
  // Slot by slot, as answers come in: a record's answers lie far apart.
  await run(`
    insert into assignments (dataset_id, record_id, labeler_id, slot, shown_order, shown_at, status,
      counted, created_at)
    select dataset_id, id, (select min(id) from labelers) + (id * 7 + slot * 13) % 200, slot,
      case slot when 0 then '{o1,o2,o3}'::text[] when 1 then '{o2,o3,o1}' else '{o3,o1,o2}' end,
      now(), 'submitted', true, now()
    from records, generate_series(0, 2) slot where dataset_id = $dataset order by slot, id`)
  const value = isLabel
    ? `to_jsonb((array['yes', 'no', 'unclear'])[1 + h % 3])`
    : `jsonb_build_object('mode', 'full', 'all_unacceptable', false, 'ranks', jsonb_build_object(
        'o1', 1 + h % 3, 'o2', 1 + (h + 1 + h / 7 % 2) % 3, 'o3', 1 + (h + 2 - h / 7 % 2) % 3))`
  await run(`
    insert into responses (dataset_id, assignment_id, record_id, labeler_id, status, "values",
      platform, seconds, submitted_at, schema_version, guidelines_version)
    select dataset_id, id, record_id, labeler_id, 'submitted',
      jsonb_build_object('answer', ${value}), 'slack', 5 + h % 60, now(), 1, 1
    from assignments, lateral (select abs(hashint8(id)) h) x where dataset_id = $dataset`)
  await run('analyze')
  await pool.query('vacuum')
  return id
}

async function write(parley: Parley, text: string) {
  await sql.raw(text).execute(parley.db)
}

function peakOf(url: string, name: string): number {
  const self = fileURLToPath(import.meta.url)
  const run = spawnSync(
    process.execPath,
    // As bin/parley.js starts it.
    [
      '--max-old-space-size=256',
      '--max-semi-space-size=8',
      '--expose-gc',
      self,
      '--peak',
      name,
      '--url',
      url,
    ],
    { encoding: 'utf8' },
  )
  if (run.status !== 0) throw new Error(`The statistics failed: ${run.stderr}`)
  return Number(run.stdout)
}

async function measurePeak(url: string, name: string) {
  const { parley, close } = await openBench(url)
  await datasetStats(parley, admin, { dataset: name, resamples: 200 })
  await close()
  process.stdout.write(`${Math.round(process.resourceUsage().maxRSS / 1024)}\n`)
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}

function print(what: string, value: string) {
  process.stdout.write(`${what}: ${value}\n`)
}
