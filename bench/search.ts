/**
 * Searches of records at 10,000 and at --large records, in turn in one run: milliseconds (median of
 * --repeats) and blocks of Postgres for each kind of search, with their ratios (reach 1.2). Before that, how
 * fast the job reads records for searches. Words are drawn so that one is in every record, one in each
 * hundredth, and one in five of all.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { sql } from 'kysely'
import { insertDataset } from '../src/datasets/create.ts'
import { DatasetDocument } from '../src/datasets/document.ts'
import { openEmbeddedPostgres } from '../src/db/embedded.ts'
import { migrateDatabase } from '../src/db/migrate.ts'
import type { Parley } from '../src/parley.ts'
import { type FindInput, findRecords } from '../src/search/find-records.ts'
import { readRecords } from '../src/search/read-records.ts'
import { openBench } from './answered.ts'

const { values: flags } = parseArgs({
  options: {
    large: { type: 'string', default: '100000' },
    repeats: { type: 'string', default: '9' },
  },
})
const admin = { type: 'admin', name: 'bench' } as const
const small = 10_000

const searches: Readonly<Record<string, Omit<FindInput, 'dataset'>>> = {
  'the list': {},
  'a word in every record': { text: 'everywhere' },
  'a word in one of a hundred': { text: 'sometimes' },
  'a word in five records': { text: 'needle' },
  'two words': { text: 'everywhere sometimes' },
  'a word of no record': { text: 'nowheretobefound' },
  'a part of a word': { text: 'ometim*' },
  'a status': { status: 'pending' },
  'metadata and a word': { text: 'everywhere', metadata: ['part=3'] },
  'the most disputed': { sort: 'disagreement' },
}

const dir = mkdtempSync(join(tmpdir(), 'parley-bench-'))
// Run by root, the server has an account of its own, which must be able to enter.
chmodSync(dir, 0o755)
const server = await openEmbeddedPostgres({ dataDir: dir })
try {
  const bench = await openBench(server.url)
  await migrateDatabase(bench.parley.db, bench.parley.log)
  await seed(bench.parley, 'small', small)
  await seed(bench.parley, 'large', Number(flags.large))
  await readAll(bench.parley)
  await compare(bench.parley)
  await bench.close()
} finally {
  await server.close()
  rmSync(dir, { recursive: true, force: true })
}

/** Records as an import leaves them, written by Postgres itself. */
async function seed(parley: Parley, name: string, records: number) {
  const document = DatasetDocument.parse({
    ...{ name, title: name, access: 'everyone', fields: [{ name: 'prompt', title: 'Prompt' }] },
    questions: [{ type: 'label', name: 'safe', title: 'Safe?', options: ['yes', 'no'] }],
  })
  const { id } = await insertDataset(parley, document)
  const now = parley.now()
  await sql`
    insert into records (dataset_id, external_id, fields, metadata, created_at, updated_at)
    select ${id}::bigint, 'r' || n, jsonb_build_object('prompt', 'everywhere '
      || case when n % 100 = 7 then 'sometimes ' else '' end
      || case when n % (${records}::int / 5) = 11 then 'needle ' else '' end
      || (select string_agg('w' || (hashint8(n * 31 + k) & 4095), ' ') from generate_series(1, 30) k)),
      jsonb_build_object('part', n % 10), ${now}::timestamptz, ${now}::timestamptz
    from generate_series(1, ${records}::int) n order by n`.execute(parley.db)
  await sql`
    insert into places (dataset_id, record_id, position, wanted)
    select dataset_id, id, id, 1 from records where dataset_id = ${id}`.execute(parley.db)
}

async function readAll(parley: Parley) {
  const start = performance.now()
  let read = 0
  for (let isMore = true; isMore; ) {
    const run = await readRecords(parley)
    read += run.read
    isMore = run.isMore
  }
  const seconds = (performance.now() - start) / 1000
  print('records read for searches, a second', (read / seconds).toFixed(0))
  // One of ten is disputed, the more the larger its number.
  await sql`update record_search set agreement = (record_id % 1000) / 1000.0
    where record_id % 10 = 3`.execute(parley.db)
  await sql`vacuum analyze`.execute(parley.db)
}

async function compare(parley: Parley) {
  for (const [name, search] of Object.entries(searches)) {
    const times: Record<'small' | 'large', number[]> = { small: [], large: [] }
    for (let repeat = -2; repeat < Number(flags.repeats); repeat++)
      for (const dataset of ['small', 'large'] as const) {
        const start = performance.now()
        await findRecords(parley, admin, { ...search, dataset })
        if (repeat >= 0) times[dataset].push(performance.now() - start)
      }
    const [few, many] = [median(times.small), median(times.large)]
    const blocks = [
      await blocksOf(parley, 'small', search),
      await blocksOf(parley, 'large', search),
    ]
    print(
      name,
      `${few.toFixed(1)} and ${many.toFixed(1)} ms: ${(many / few).toFixed(2)}; blocks ${blocks.join(' and ')}`,
    )
  }
}

/** Blocks that one search reads, from memory or disk, over all of its statements. */
async function blocksOf(
  parley: Parley,
  dataset: string,
  search: Omit<FindInput, 'dataset'>,
): Promise<number> {
  return parley.db.connection().execute(async (db) => {
    const count = async () => {
      await sql`select pg_stat_force_next_flush()`.execute(db)
      const { rows } = await sql<{ blocks: string }>`
        select sum(blks_hit + blks_read) as blocks from pg_stat_database
        where datname = current_database()`.execute(db)
      return Number(rows[0]?.blocks ?? 0)
    }
    await count()
    const base = await count()
    const idle = (await count()) - base
    const before = await count()
    await findRecords({ ...parley, db }, admin, { ...search, dataset })
    return Math.max(0, (await count()) - before - idle)
  })
}

function median(all: readonly number[]): number {
  return all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0
}

function print(what: string, figure: string) {
  console.log(`${what.padEnd(40)} ${figure}`)
}
