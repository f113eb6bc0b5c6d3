/** A dataset full of answered records, made by Postgres itself: what the export's benches stand on. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { insertDataset } from '../src/datasets/create.ts'
import { DatasetDocument } from '../src/datasets/document.ts'
import { openSnapshot } from '../src/db/copy.ts'
import { migrateDatabase } from '../src/db/migrate.ts'
import { openDatabase } from '../src/db/open.ts'
import { openLog } from '../src/log.ts'
import { createParley, type Parley } from '../src/parley.ts'

export type AnsweredBench = {
  parley: Parley
  pool: ReturnType<typeof openDatabase>['pool']
  dataset: string
  answers: number
  close(): Promise<void>
}

/** Three people have ranked the two outputs of each record; texts are some hundred characters long. */
export async function openAnsweredBench(url: string, records: number): Promise<AnsweredBench> {
  const bench = await openBench(url)
  await migrateDatabase(bench.parley.db, bench.parley.log)
  const document = DatasetDocument.parse({
    name: 'bench',
    title: 'Which answer helps most?',
    access: 'everyone',
    fields: [{ name: 'prompt', title: 'Prompt' }],
    questions: [{ type: 'ranking', name: 'preference', title: 'Which is better?' }],
    distribution: { min_submitted: 3 },
  })
  const { id } = await insertDataset(bench.parley, document)
  const run = (text: string) => sql.raw(text.replaceAll('$dataset', id)).execute(bench.parley.db)
  await run(`insert into labelers (created_at) select now() from generate_series(1, 50)`)
  await run(`
    insert into records (dataset_id, external_id, fields, outputs, metadata, created_at, updated_at)
    select $dataset, md5(n::text), jsonb_build_object('prompt', repeat(md5(n || 'p') || ' ', 8)),
      jsonb_build_array(
        jsonb_build_object('id', 'o1', 'text', repeat(md5(n || 'a') || ' ', 12), 'model', 'm1'),
        jsonb_build_object('id', 'o2', 'text', repeat(md5(n || 'b') || ' ', 12), 'model', 'm2')),
      jsonb_build_object('topic', 'maths', 'n', n), now(), now()
    from generate_series(1, ${records}) n`)
  await run(`
    insert into places (dataset_id, record_id, position, wanted, counted)
    select dataset_id, id, id, 3, 3 from records where dataset_id = $dataset`)
  await run(`
    insert into assignments (dataset_id, record_id, labeler_id, slot, shown_order, shown_at, status,
      counted, created_at)
    select dataset_id, id, (select min(id) from labelers) + (id * 7 + slot) % 50, slot,
      '{o1,o2}', now(), 'submitted', true, now()
    from records, generate_series(0, 2) slot where dataset_id = $dataset order by slot, id`)
  await run(`
    insert into responses (dataset_id, assignment_id, record_id, labeler_id, status, "values",
      platform, seconds, submitted_at, schema_version, guidelines_version)
    select dataset_id, id, record_id, labeler_id, 'submitted', jsonb_build_object('preference',
        jsonb_build_object('mode', 'full', 'all_unacceptable', false,
          'ranks', jsonb_build_object('o1', 1 + (id % 5 = 0)::int, 'o2', 2 - (id % 5 = 0)::int))),
      'slack', 12.5, now(), 1, 1 from assignments where dataset_id = $dataset`)
  await run('analyze')
  await bench.pool.query('vacuum')
  return { ...bench, dataset: document.name, answers: records * 3 }
}

/** A Parley on a database that is there already. */
export async function openBench(url: string): Promise<Omit<AnsweredBench, 'dataset' | 'answers'>> {
  const log = openLog({ level: 'error' })
  const { db, pool, close } = openDatabase(url, { log, max: 4 })
  const parley = createParley({
    db,
    queue: { ring: async () => true },
    now: () => new Date(),
    log,
    openSnapshot: () => openSnapshot(pool),
    admins: [],
    secret: 'a secret for benches only, of no use elsewhere',
    dataDir: mkdtempSync(join(tmpdir(), 'parley-bench-data-')),
    publicUrl: 'http://127.0.0.1',
  })
  return { parley, pool, close }
}
