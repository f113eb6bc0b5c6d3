/**
 * The claim: p99 of `nextAssignment` among a million records and among ten thousand, 1,000 labelers
 * taking turns over 16 connections, and the pages of the database one claim looks at. The baseline is
 * the same verb on the small dataset. Then a labeler with 100,000 answers of their own beside a fresh
 * one, and what a whole `submitAndNext` does a second.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { sql } from 'kysely'
import { nextAssignment } from '../src/assignments/next.ts'
import { insertDataset } from '../src/datasets/create.ts'
import { type Dataset, DatasetDocument } from '../src/datasets/document.ts'
import { openSnapshot } from '../src/db/copy.ts'
import { openEmbeddedPostgres } from '../src/db/embedded.ts'
import { migrateDatabase } from '../src/db/migrate.ts'
import { openDatabase } from '../src/db/open.ts'
import { consentVersion, type Labeler } from '../src/labelers/labeler.ts'
import { openLog } from '../src/log.ts'
import { createParley, type Parley } from '../src/parley.ts'
import { submitAndNext, submitResponse } from '../src/responses/submit.ts'

const { values: flags } = parseArgs({
  options: {
    records: { type: 'string', default: '1000000' },
    claims: { type: 'string', default: '3000' },
    repeats: { type: 'string', default: '5' },
  },
})
const few = 10_000
const labelers = 1000
const connections = 16

await main()

async function main() {
  const dir = mkdtempSync(join(tmpdir(), 'parley-bench-'))
  // Run by root, the server has an account of its own, which must be able to enter.
  chmodSync(dir, 0o755)
  const server = await openEmbeddedPostgres({ dataDir: dir })
  const log = openLog({ level: 'error' })
  const { db, pool, close } = openDatabase(server.url, { log, max: connections })
  try {
    await migrateDatabase(db, log)
    const parley = createParley({
      db,
      log,
      queue: { ring: async () => true },
      now: () => new Date(),
      openSnapshot: () => openSnapshot(pool),
      admins: [],
      secret: 'bench',
      dataDir: dir,
      publicUrl: 'http://127.0.0.1',
    })
    const small = await fill(parley, 'small', few)
    const large = await fill(parley, 'large', Number(flags.records))
    await sql`vacuum analyze`.execute(db)
    await compareClaims(parley, small, large)
    await compareLabelers(parley, large)
    await measureSessions(parley, large)
  } finally {
    await close()
    await server.close()
    rmSync(dir, { recursive: true, force: true })
  }
}

async function fill(parley: Parley, name: string, records: number): Promise<Dataset> {
  const document = DatasetDocument.parse({
    name,
    title: 'Which is better?',
    fields: [{ name: 'prompt', title: 'Prompt' }],
    questions: [{ type: 'label', name: 'safe', title: 'Safe?', options: ['yes', 'no'] }],
    distribution: { min_submitted: 5 },
  })
  const dataset = await insertDataset(parley, document)
  await sql`
    with new as (
      insert into records (dataset_id, external_id, fields, outputs, shuffled, created_at, updated_at)
      select ${dataset.id}, 'r' || g, jsonb_build_object('prompt', repeat('Why is it so? ', 20)),
        '[{"id":"a","text":"It is."},{"id":"b","text":"It is not."}]', '{a,b}', now(), now()
      from generate_series(1, ${records}::int) g returning dataset_id, id)
    insert into places (dataset_id, record_id, position, wanted)
    select dataset_id, id, (1::bigint << 32) | (hashint8extended(id, 0) & 4294967295), 5 from new
  `.execute(parley.db)
  await sql`update datasets set status = 'ready' where id = ${dataset.id}`.execute(parley.db)
  return { ...dataset, status: 'ready' }
}

/** Alternating rounds of claims; every claimed record is answered, outside of what is measured. */
async function compareClaims(parley: Parley, small: Dataset, large: Dataset) {
  await claims(parley, small, 1000)
  await claims(parley, large, 1000)
  const rounds = { small: [] as Round[], large: [] as Round[] }
  for (let n = 0; n < Number(flags.repeats); n++) {
    rounds.small.push(await claims(parley, small, Number(flags.claims)))
    rounds.large.push(await claims(parley, large, Number(flags.claims)))
  }
  const pages = { small: await pagesOf(parley, small), large: await pagesOf(parley, large) }
  for (const size of ['small', 'large'] as const)
    console.log(
      `${size === 'small' ? few : flags.records} records: p50 ${median(rounds[size], 'p50')} ms, p99 ${median(rounds[size], 'p99')} ms, ${pages[size]} pages a claim`,
    )
  const ratio = median(rounds.large, 'p99') / median(rounds.small, 'p99')
  console.log(`p99 ratio ${ratio.toFixed(2)} (reach 1.3), pages at most 100`)
}

type Round = { p50: number; p99: number }

async function claims(parley: Parley, dataset: Dataset, count: number): Promise<Round> {
  const times: number[] = []
  let left = count
  await Promise.all(
    Array.from({ length: connections }, async (_, lane) => {
      for (let turn = 0; left-- > 0; turn++) {
        const labeler = labelerOf(1 + lane + connections * (turn % (labelers / connections)))
        const began = performance.now()
        const given = await nextAssignment(parley, labeler, { dataset })
        times.push(performance.now() - began)
        if (!given) throw new Error('Nothing was left.')
        await submitResponse(parley, labeler, answerTo(given.assignmentId))
      }
    }),
  )
  return roundOf(times)
}

async function compareLabelers(parley: Parley, large: Dataset) {
  const own = Math.min(100_000, Number(flags.records) / 5)
  await sql`
    with mine as (
      insert into assignments (dataset_id, record_id, labeler_id, slot, status, created_at)
      select dataset_id, record_id, 5001, 4, 'expired', now() from places
      where dataset_id = ${large.id} and open order by position offset 20000 limit ${own}
      returning record_id)
    insert into cursors (dataset_id, labeler_id, priority, position, record_id)
    select ${large.id}, 5001, 0, max(position), 0 from places join mine using (record_id)
  `.execute(parley.db)
  await sql`update assignments set status = 'submitted' where labeler_id = 5001`.execute(parley.db)
  await sql`vacuum analyze assignments`.execute(parley.db)
  for (const [who, id] of [
    [`with ${own} answers of their own`, 5001],
    ['who is new', 5002],
  ] as const) {
    const labeler = labelerOf(id)
    const times: number[] = []
    for (let n = 0; n < 500; n++) {
      const began = performance.now()
      const given = await nextAssignment(parley, labeler, { dataset: large })
      times.push(performance.now() - began)
      await submitResponse(parley, labeler, answerTo(given?.assignmentId ?? ''))
    }
    const { p50, p99 } = roundOf(times)
    console.log(`a labeler ${who}: p50 ${p50} ms, p99 ${p99} ms over one connection`)
  }
}

async function measureSessions(parley: Parley, dataset: Dataset) {
  const began = performance.now()
  let answers = 0
  await Promise.all(
    Array.from({ length: connections }, async (_, lane) => {
      const labeler = labelerOf(6001 + lane)
      let given = await nextAssignment(parley, labeler, { dataset })
      while (given && performance.now() - began < 5000) {
        given = (await submitAndNext(parley, labeler, answerTo(given.assignmentId))).next
        answers++
      }
    }),
  )
  const seconds = (performance.now() - began) / 1000
  console.log(
    `submitAndNext: ${Math.round(answers / seconds)} a second over ${connections} connections`,
  )
}

/** The mean over fresh claims of the pages `next_assignment` touches, in its statements too. */
async function pagesOf(parley: Parley, dataset: Dataset): Promise<number> {
  let pages = 0
  const times = 50
  await parley.db.connection().execute(async (db) => {
    for (let n = -20; n < times; n++) {
      const labeler = labelerOf(n < 0 ? 8000 : 9000 + n)
      const { rows } = await sql<{ 'QUERY PLAN': Plan[] }>`
        explain (analyze, buffers, format json) select next_assignment(${dataset.id}, ${labeler.id},
          '', 30, 10, false, null, ${parley.now()})`.execute(db.withoutPlugins())
      const plan = rows[0]?.['QUERY PLAN'][0]?.Plan
      if (n >= 0 && plan) pages += plan['Shared Hit Blocks'] + plan['Shared Read Blocks']
    }
  })
  return Math.round(pages / times)
}

type Plan = { Plan: { 'Shared Hit Blocks': number; 'Shared Read Blocks': number } }

function answerTo(assignmentId: string) {
  return { assignmentId, schemaVersion: 1, values: { safe: 'yes' }, platform: 'slack' as const }
}

function labelerOf(n: number): Labeler {
  const person = { platform: 'slack' as const, workspace: 'T1', userId: `U${n}` }
  return { id: String(n), consentVersion, person }
}

function roundOf(times: number[]): Round {
  const sorted = times.sort((a, b) => a - b)
  const at = (share: number) => Number((sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(2))
  return { p50: at(0.5), p99: at(0.99) }
}

function median(rounds: Round[], key: keyof Round): number {
  const sorted = rounds.map((round) => round[key]).sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
