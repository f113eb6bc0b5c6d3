/**
 * The sweep of reminders: 100,000 that are due, half of them digests, found and queued in one call;
 * beside it a plain `insert ... select` of as many deliveries in the same run. Each size runs in a
 * fresh process under a heap of 64 MB, so that peaks of memory can be compared and uncollected garbage
 * does not count; a third run has as many reminders and deliveries behind it. Then a dataset's
 * announcement is queued for as many people.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { sql } from 'kysely'
import { insertDataset } from '../src/datasets/create.ts'
import { DatasetDocument } from '../src/datasets/document.ts'
import { openEmbeddedPostgres } from '../src/db/embedded.ts'
import { migrateDatabase } from '../src/db/migrate.ts'
import type { Parley } from '../src/parley.ts'
import { announceChanges } from '../src/reminders/announce.ts'
import { fireReminders } from '../src/reminders/fire.ts'
import { openBench } from './answered.ts'

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    small: { type: 'string', default: '10000' },
    large: { type: 'string', default: '100000' },
  },
})
type Measured = { count: number; seconds: number; plainSeconds: number; megabytes: number }

const [what, due = '0', history = '0'] = positionals
if (what === undefined) compare()
else print(JSON.stringify(await work(what, Number(due), Number(history))))

function compare() {
  const [small, large] = [Number(flags.small), Number(flags.large)]
  const few = measure('fire', small)
  const many = measure('fire', large)
  const late = measure('fire', large, large)
  say(`${small} due`, few)
  say(`${large} due`, many)
  say(`${large} due after ${large} that were sent`, late)
  reach('peak memory', many.megabytes / few.megabytes, 1.15)
  reach('cost of one, among many / among few', relative(many) / relative(few), 1.15)
  reach('cost of one, after history / without', relative(late) / relative(many), 1.15)
  const fewTold = measure('announce', small)
  const manyTold = measure('announce', large)
  say(`news for ${small}`, fewTold)
  say(`news for ${large}`, manyTold)
  reach('peak memory of news', manyTold.megabytes / fewTold.megabytes, 1.15)
  reach('cost of news, for many / for few', relative(manyTold) / relative(fewTold), 1.15)
  print(`load ${loadavg()[0]?.toFixed(1)}`)
}

/** How many times as long as the plain insert of the same run: the machine has its moods. */
function relative({ seconds, plainSeconds }: Measured): number {
  return seconds / plainSeconds
}

/** A process and a server of its own for each. */
function measure(name: string, count: number, before = 0): Measured {
  const run = spawnSync(
    process.execPath,
    [
      '--max-old-space-size=64',
      '--max-semi-space-size=8',
      fileURLToPath(import.meta.url),
      name,
      String(count),
      String(before),
    ],
    { encoding: 'utf8' },
  )
  if (run.status !== 0) throw new Error(`${name} of ${count} failed: ${run.stderr}`)
  return JSON.parse(run.stdout)
}

async function work(name: string, count: number, before: number): Promise<Measured> {
  const dir = mkdtempSync(join(tmpdir(), 'parley-bench-'))
  // Run by root, the server has an account of its own, which must be able to enter.
  chmodSync(dir, 0o755)
  const server = await openEmbeddedPostgres({ dataDir: dir })
  const { parley, close } = await openBench(server.url)
  try {
    await migrateDatabase(parley.db, parley.log)
    const dataset = await fill(parley, count, name === 'fire' ? 2 : 1)
    await remember(parley, dataset, before)
    const plainSeconds = await insertPlainly(parley, dataset, count)
    if (name === 'fire') await remind(parley, dataset, { count, state: 'waiting', daysAgo: 0 })
    else await tellOfRecords(parley)
    await sql`vacuum analyze`.execute(parley.db)
    const began = performance.now()
    if (name === 'fire') await fireReminders(parley)
    else await announceChanges(parley)
    const seconds = (performance.now() - began) / 1000
    await expectAll(parley, name, count)
    return { count, seconds, plainSeconds, megabytes: process.resourceUsage().maxRSS / 1024 }
  } finally {
    await close()
    await server.close()
    rmSync(dir, { recursive: true, force: true })
  }
}

/** So many people over four workspaces; one in `share` wants no digest. */
async function fill(parley: Parley, count: number, share: number): Promise<string> {
  const document = DatasetDocument.parse({
    name: 'bench',
    title: 'Which answer helps most?',
    access: 'everyone',
    fields: [{ name: 'prompt', title: 'Prompt' }],
    questions: [{ type: 'ranking', name: 'preference', title: 'Which is better?' }],
  })
  const { id } = await insertDataset(parley, document)
  await sql`update datasets set status = 'ready' where id = ${id}`.execute(parley.db)
  await sql`
    with people as (
      insert into labelers (zone, created_at) select 'Europe/Berlin', now()
      from generate_series(1, ${count}::int) returning id
    ), named as (
      insert into identities (platform, workspace, user_id, labeler_id)
      select 'slack', 'T' || id % 4, 'U' || id, id from people
    )
    insert into preferences (labeler_id, platform, workspace, kinds)
    select id, 'slack', 'T' || id % 4, jsonb_build_object('digest', id % ${share}::int > 0)
    from people`.execute(parley.db)
  return id
}

/** A reminder for each of so many people: a digest, or news for those who want none. */
async function remind(
  parley: Parley,
  dataset: string,
  { count, state, daysAgo }: { count: number; state: 'waiting' | 'sent'; daysAgo: number },
): Promise<void> {
  await sql`
    insert into reminders (key, kind, labeler_id, dataset_id, wall, zone, due_at, state, created_at)
    select kind || ':' || labeler_id || ':bench:' || at::date, kind, labeler_id,
      case when kind = 'new_work' then ${dataset}::bigint end,
      to_char(at at time zone 'Europe/Berlin', 'YYYY-MM-DD"T"HH24:MI'), 'Europe/Berlin', at,
      ${state}, at
    from (
      select labeler_id,
        case when (kinds ->> 'digest')::boolean then 'digest' else 'new_work' end as kind,
        now() - make_interval(days => ${daysAgo}, secs => (labeler_id % 60)::int) as at
      from preferences order by labeler_id limit ${count}
    ) due`.execute(parley.db)
}

/** What was sent the week before, in both tables. */
async function remember(parley: Parley, dataset: string, count: number): Promise<void> {
  await remind(parley, dataset, { count, state: 'sent', daysAgo: 7 })
  await sql`
    insert into deliveries (key, kind, platform, workspace, recipient, content, state, dataset_id,
      priority, due_at, created_at, finished_at)
    select 'reminder:' || id, 'reminder', 'slack', 'T' || labeler_id % 4, 'U' || labeler_id,
      jsonb_build_object('reminderId', id::text), 'sent', ${dataset}, 7, due_at, due_at, due_at
    from reminders`.execute(parley.db)
}

async function tellOfRecords(parley: Parley): Promise<void> {
  await sql`
    insert into audit (actor, act, dataset, at) values ('bench', 'import records', 'bench', now())
  `.execute(parley.db)
}

/** The baseline: as many deliveries, from the same people, in one statement; taken away again. */
async function insertPlainly(parley: Parley, dataset: string, count: number): Promise<number> {
  const began = performance.now()
  await sql`
    insert into deliveries (key, kind, platform, workspace, recipient, content, dataset_id,
      priority, due_at, created_at)
    select 'plain:' || labeler_id, 'reminder', platform, workspace, 'U' || labeler_id,
      jsonb_build_object('reminderId', labeler_id::text), ${dataset}, 7, now(), now()
    from preferences order by labeler_id limit ${count}`.execute(parley.db)
  const seconds = (performance.now() - began) / 1000
  await sql`delete from deliveries where key like 'plain:%'`.execute(parley.db)
  return seconds
}

/** Nobody may have been passed over. */
async function expectAll(parley: Parley, name: string, count: number): Promise<void> {
  const { rows } =
    name === 'fire'
      ? await sql<{ n: number }>`
          select count(*)::int as n from deliveries where state = 'queued'`.execute(parley.db)
      : await sql<{ n: number }>`
          select count(*)::int as n from reminders where state = 'waiting'`.execute(parley.db)
  if (rows[0]?.n !== count) throw new Error(`${rows[0]?.n} of ${count} were queued.`)
}

function say(name: string, { count, seconds, plainSeconds, megabytes }: Measured) {
  const ratio = (plainSeconds / seconds).toFixed(2)
  print(
    `${name}: ${Math.round(count / seconds)} a second, ${ratio} of a plain insert's, ${Math.round(megabytes)} MB`,
  )
}

function reach(name: string, ratio: number, most: number) {
  print(`${name}: ${ratio.toFixed(2)} (reach ${most})`)
  if (ratio > most) process.exitCode = 1
}

function print(line: string) {
  process.stdout.write(`${line}\n`)
}
