/** What tests of a pilot stand on: a small dataset that people answered, then a large import. */
import { sql } from 'kysely'
import { nextAssignment } from '../../src/assignments/next.ts'
import type { Dataset } from '../../src/datasets/document.ts'
import type { Labeler } from '../../src/labelers/labeler.ts'
import type { Parley } from '../../src/parley.ts'
import { submitResponse } from '../../src/responses/submit.ts'
import type { TestParley } from '../support/parley.ts'
import { makeDataset, makeLabeler } from './ground.ts'

const records = 5000
const others = 200

/** Nobody but the test looks at the tables and writes statistics of them. */
export async function keepStatistics(parley: Parley): Promise<void> {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_stat_user_tables where schemaname = 'public'`.execute(parley.db)
  for (const { name } of rows)
    await sql`alter table ${sql.table(name)} set (autovacuum_enabled = off)`.execute(parley.db)
}

export async function labelersOf(parley: Parley, count: number): Promise<Labeler[]> {
  const people: Labeler[] = []
  for (let n = 0; n < count; n++) people.push(await makeLabeler(parley, `U${n}`))
  return people
}

export async function pilotOf(
  ground: TestParley,
  parley: Parley,
  people: Labeler[],
  [answers, who]: readonly [number, number],
): Promise<[Dataset, Dataset]> {
  const checks = { repeats: { share: 0.2, after: 5 } }
  const first = await makeDataset(parley, { name: 'first', records: answers, wanted: 2 })
  const ranking = { type: 'ranking', name: 'preference', title: 'Which is best?' }
  const crowd = await makeDataset(parley, {
    ...{ name: 'crowd', records: 40, wanted: 2, questions: [ranking], checks },
  })
  const taking = people.slice(0, who)
  for (let n = 0; n < answers; n++) {
    const labeler = taking[n % who]
    if (!labeler) continue
    ground.clock.advance('20 seconds')
    const held = await nextAssignment(parley, labeler, { dataset: first })
    if (held) await answer(parley, labeler, held.assignmentId)
  }
  return [first, crowd]
}

export function answer(parley: Parley, labeler: Labeler, assignmentId: string, safe = 'yes') {
  const rest = { schemaVersion: 1, platform: 'slack' as const, values: { safe } }
  return submitResponse(parley, labeler, { assignmentId, ...rest })
}

/** The real import, and what two hundred people made of some of it. */
export async function importMany(parley: Parley, dataset: Dataset): Promise<void> {
  const at = parley.now()
  await sql`
    with new as (
      insert into records (dataset_id, external_id, fields, outputs, shuffled, created_at, updated_at)
      select ${dataset.id}, 'n' || g, jsonb_build_object('prompt', repeat('Why is it so? ', 20)),
        '[{"id": "o1", "text": "One."}, {"id": "o2", "text": "Two."}]', array['o1', 'o2'], ${at}, ${at}
      from generate_series(1, ${records}::int) g returning id)
    insert into places (dataset_id, record_id, position, wanted)
    select ${dataset.id}, id, id << 32, 2 from new`.execute(parley.db)
  await sql`
    with people as (
      insert into labelers (consent_version, consented_at, created_at)
      select 1, ${at}, ${at} from generate_series(1, ${others}::int) returning id
    ), named as (
      insert into identities (platform, workspace, user_id, labeler_id)
      select 'slack', 'T1', 'UX' || id, id from people
    ), who as (select id, row_number() over (order by id) - 1 as n from people
    ), what as (
      select record_id, row_number() over (order by record_id desc) - 1 as n from places
      where dataset_id = ${dataset.id} order by record_id desc limit ${others * 10}
    ), mine as (
      insert into assignments (dataset_id, record_id, labeler_id, slot, shown_order, shown_at, status,
        counted, created_at)
      select ${dataset.id}, what.record_id, who.id, 0, array['o1', 'o2'], ${at}, 'submitted', true, ${at}
      from what join who on who.n = what.n % ${others}
      returning dataset_id, id, record_id, labeler_id
    ), told as (
      insert into tallies (dataset_id, labeler_id, submitted, counted)
      select ${dataset.id}, id, 10, 10 from people
    ), placed as (
      update places p set counted = 1, taken = 1 from what
      where p.dataset_id = ${dataset.id} and p.record_id = what.record_id
    )
    insert into responses (dataset_id, assignment_id, record_id, labeler_id, status, "values",
      platform, seconds, submitted_at, schema_version, guidelines_version)
    select dataset_id, id, record_id, labeler_id, 'submitted', '{"safe": "yes"}', 'slack', 5, ${at}, 1, 1
    from mine`.execute(parley.db)
}

/** Pages of each table looked at so far, by whoever; nobody but this connection does. */
export async function touched(parley: Parley): Promise<Record<string, number>> {
  await sql`select pg_stat_force_next_flush()`.execute(parley.db)
  const { rows } = await sql<{ name: string; pages: number }>`
    select relname as name, (heap_blks_hit + heap_blks_read + coalesce(idx_blks_hit, 0)
      + coalesce(idx_blks_read, 0))::int as pages
    from pg_statio_user_tables where schemaname = 'public'`.execute(parley.db)
  return Object.fromEntries(rows.map(({ name, pages }) => [name, pages]))
}
