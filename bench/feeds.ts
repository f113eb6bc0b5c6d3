/**
 * Feeds: accepted prompts that become records of another dataset, records a second, against
 * `importRecords` of the very same lines into a dataset like it. Alternating, medians.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { sql } from 'kysely'
import { createDataset } from '../src/datasets/create.ts'
import { parseDocument } from '../src/datasets/parse.ts'
import { publishDataset } from '../src/datasets/publish.ts'
import { openSnapshot } from '../src/db/copy.ts'
import { openEmbeddedPostgres } from '../src/db/embedded.ts'
import { migrateDatabase } from '../src/db/migrate.ts'
import { openDatabase } from '../src/db/open.ts'
import { feedDue } from '../src/feeds/feed.ts'
import { importRecords } from '../src/imports/import-records.ts'
import { openLog } from '../src/log.ts'
import { type Actor, createParley, type Parley } from '../src/parley.ts'
import { listRecords } from '../src/records/record.ts'

const { values: flags } = parseArgs({
  options: {
    records: { type: 'string', default: '10000' },
    repeats: { type: 'string', default: '5' },
  },
})
const admin: Actor = { type: 'admin', name: 'bench' }
const records = Number(flags.records)

const dir = mkdtempSync(join(tmpdir(), 'parley-bench-'))
// Run by root, the server has an account of its own, which must be able to enter.
chmodSync(dir, 0o755)
const server = await openEmbeddedPostgres({ dataDir: dir })
const log = openLog({ level: 'error' })
const { db, pool, close } = openDatabase(server.url, { log })
try {
  await migrateDatabase(db, log)
  await measure(
    createParley({
      ...{ db, log, secret: 'of the bench alone, of no use elsewhere', dataDir: dir },
      ...{ admins: [], publicUrl: 'http://127.0.0.1' },
      queue: { ring: async () => true },
      now: () => new Date('2026-03-02T12:00:00Z'),
      openSnapshot: () => openSnapshot(pool),
    }),
  )
} finally {
  await close()
  await server.close()
  rmSync(dir, { recursive: true, force: true })
}

async function measure(parley: Parley) {
  for (const name of ['fed', 'imported'])
    await open(parley, `name: ${name}\ntemplate: prompt-review`)
  await open(
    parley,
    `name: ask\ntemplate: prompt-writing\ntarget: ${records}\ntopics: [a, b, c]\nfeeds: [{ to: fed }]`,
  )
  await writeAll(parley)
  await note(parley)
  await feedDue(parley)
  const lines = await linesOf(parley)
  const rates: { feeds: number[]; imports: number[] } = { feeds: [], imports: [] }
  for (let repeat = 0; repeat < Number(flags.repeats); repeat++) {
    await empty(parley)
    await note(parley)
    rates.feeds.push(await rate(() => feedDue(parley)))
    rates.imports.push(await rate(() => bring(parley, lines)))
  }
  const [ours, base] = [median(rates.feeds), median(rates.imports)]
  print(`feedDue of ${records} records, records/s (median)`, ours, rates.feeds)
  print('importRecords of the same, records/s (median)', base, rates.imports)
  print('ratio (reach 0.50)', (ours / base).toFixed(2))
}

async function open(parley: Parley, text: string) {
  const document = parseDocument(`access: everyone\n${text}`)
  await createDataset(parley, admin, { document })
  await publishDataset(parley, admin, { dataset: document.name })
}

/** A hundred people have written all of it an hour ago. */
async function writeAll({ db }: Parley) {
  await sql`insert into labelers (created_at) select '2026-03-02Z' from generate_series(1, 100)`.execute(
    db,
  )
  await sql`
    with given as (
      insert into assignments (dataset_id, record_id, labeler_id, slot, status, counted, created_at)
      select p.dataset_id, p.record_id, 1 + p.record_id % 100, 0, 'submitted', true, '2026-03-02Z'
      from places p join datasets d on d.id = p.dataset_id and d.name = 'ask'
      returning dataset_id, id, record_id, labeler_id
    )
    insert into responses (dataset_id, assignment_id, record_id, labeler_id, status, "values", platform,
      submitted_at, schema_version, guidelines_version)
    select dataset_id, id, record_id, labeler_id, 'submitted',
      jsonb_build_object('prompt', 'Prompt ' || id || ': ' || repeat('what would one ask here? ', 12)),
      'slack', '2026-03-02T11:00:00Z', 1, 1
    from given`.execute(db)
  await sql`
    update places p set counted = 1 from datasets d where d.id = p.dataset_id and d.name = 'ask'`.execute(
    db,
  )
  await sql`vacuum analyze`.execute(db)
}

/** Presses note what to feed as they are stored; here all of it is noted at once, outside what is timed. */
async function note({ db }: Parley) {
  await sql`select note_all_feeds(id) from datasets where name = 'ask'`.execute(db)
}

async function linesOf(parley: Parley): Promise<Buffer> {
  const lines: string[] = []
  for (let after: string | null = ''; after !== null; ) {
    const page: Awaited<ReturnType<typeof listRecords>> = await listRecords(parley, {
      dataset: 'fed',
      after,
      limit: 1000,
    })
    for (const { externalId, fields, metadata } of page.records)
      lines.push(JSON.stringify({ format: 1, external_id: externalId, fields, metadata }))
    after = page.next
  }
  if (lines.length !== records) throw new Error(`${lines.length} of ${records} records were fed.`)
  return Buffer.from(lines.join('\n'))
}

async function bring(parley: Parley, lines: Buffer) {
  const { created } = await importRecords(parley, admin, { dataset: 'imported', source: [lines] })
  if (created !== records) throw new Error(`${created} records were imported.`)
}

async function empty({ db }: Parley) {
  for (const name of ['fed', 'imported'])
    for (const table of ['assignments', 'places', 'outlines', 'records', 'tallies'])
      await sql`
        delete from ${sql.table(table)} where dataset_id = (select id from datasets where name = ${name})`.execute(
        db,
      )
  await sql`delete from fed`.execute(db)
  await sql`vacuum analyze`.execute(db)
}

async function rate(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return Math.round(records / ((performance.now() - began) / 1000))
}

function median(all: readonly number[]): number {
  return all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0
}

function print(what: string, value: number | string, all?: readonly number[]) {
  console.log(`${what}: ${value}${all ? `  [${all.join(', ')}]` : ''}`)
}
