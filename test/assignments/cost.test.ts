/** What a claim costs, in pages of the database looked at; the same for any size (bench/claim.ts). */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nextAssignment } from '../../src/assignments/next.ts'
import { type OpenDatabase, openDatabase } from '../../src/db/open.ts'
import { openLog } from '../../src/log.ts'
import type { Parley } from '../../src/parley.ts'
import { submitResponse } from '../../src/responses/submit.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { makeDataset, makeLabeler } from './ground.ts'

let ground: TestParley
let one: OpenDatabase
let parley: Parley

beforeAll(async () => {
  ground = await startParley()
  one = openDatabase(ground.database.url, { log: openLog({ level: 'error' }), max: 1 })
  parley = { ...ground.parley, db: one.db }
})
afterAll(async () => {
  await one.close()
  await ground.close()
})

/** The most of all but two: autovacuum beside it may let a connection read its catalogs anew. */
function usualMost(costs: readonly number[]): number {
  return costs.toSorted((a, b) => b - a)[2] ?? 0
}

describe('happy', () => {
  test.each([
    ['300', 300],
    ['6,000', 6000],
  ])('a claim among %s records looks at no more than 100 pages', async (name, records) => {
    const dataset = await makeDataset(parley, { name: `cost-${records}`, records, wanted: 3 })
    const ana = await makeLabeler(parley, `U${name}`)
    const costs: number[] = []
    for (let n = 0; n < 40; n++) {
      const pages = await pagesOf(sql`select next_assignment(${dataset.id}, ${ana.id}, '', 30, 10,
        false, null, ${parley.now()})`)
      if (n >= 10) costs.push(pages)
      const held = await nextAssignment(parley, ana, { dataset })
      await submitResponse(parley, ana, {
        assignmentId: held?.assignmentId ?? '',
        schemaVersion: 1,
        values: { safe: 'yes' },
        platform: 'slack',
      })
    }
    console.log(`Pages of a claim among ${name} records: ${Math.max(...costs)} at most.`)
    expect(usualMost(costs)).toBeLessThanOrEqual(100)
  })

  test('walking past three hundred records of one’s own stays within 100 pages each', async () => {
    const dataset = await makeDataset(parley, { name: 'cost-own', records: 400, wanted: 3 })
    const ben = await makeLabeler(parley, 'UBEN')
    for (let n = 0; n < 300; n++) {
      const held = await nextAssignment(parley, ben, { dataset })
      await submitResponse(parley, ben, {
        assignmentId: held?.assignmentId ?? '',
        schemaVersion: 1,
        values: { safe: 'yes' },
        platform: 'slack',
      })
    }
    const pages = await pagesOf(sql`select next_assignment(${dataset.id}, ${ben.id}, '', 30, 10,
      false, null, ${parley.now()})`)
    expect(pages).toBeLessThanOrEqual(100)
  })

  test.each([
    ['300', 300],
    ['3,000', 3000],
  ])(
    'a check on somebody with %s answers looks at no more than 100 pages',
    async (name, answers) => {
      const checks = { repeats: { share: 0.5, after: 20 }, gold: { share: 0.5 } }
      const dataset = await makeDataset(parley, {
        name: `checks-${answers}`,
        records: answers,
        checks,
      })
      const cat = await makeLabeler(parley, `UCAT${answers}`)
      const costs: number[] = []
      let again = 0
      // Everything is answered in one go first, as it would have been before checks were asked for.
      await sql`
      with mine as (
        insert into assignments (dataset_id, record_id, labeler_id, slot, shown_order, shown_at,
          status, counted, created_at)
        select dataset_id, id, ${cat.id}, 0, shuffled, ${parley.now()}, 'submitted', true,
          ${parley.now()}
        from records where dataset_id = ${dataset.id} order by id limit ${answers - 30}
        returning dataset_id, id, record_id, labeler_id
      )
      insert into responses (dataset_id, assignment_id, record_id, labeler_id, status, "values",
        platform, seconds, submitted_at, schema_version, guidelines_version)
      select dataset_id, id, record_id, labeler_id, 'submitted', '{"safe": "yes"}', 'slack', 5,
        ${parley.now()}::timestamptz - (100000 - id) * interval '10 seconds', 1, 1
      from mine`.execute(parley.db)
      for (let n = 0; n < 40; n++) {
        const next = sql`select next_with_checks(${dataset.id}, ${cat.id}, '', 30, 10, false, null,
        ${parley.now()}, ${JSON.stringify(checks)}::jsonb)`
        const pages = await pagesOf(next)
        const held = await nextAssignment(parley, cat, { dataset })
        if (!held) break
        if (held.repeat > 0) {
          again++
          costs.push(pages)
        }
        ground.clock.advance('10 seconds')
        await submitResponse(parley, cat, {
          assignmentId: held.assignmentId,
          schemaVersion: 1,
          values: { safe: 'yes' },
          platform: 'slack',
        })
      }
      const most = Math.max(...costs)
      console.log(`Pages of a repeat among ${name} answers: ${most} at most.`)
      expect(again).toBeGreaterThan(5)
      expect(usualMost(costs)).toBeLessThanOrEqual(100)
    },
  )
})

/**
 * Runs a statement and says how many shared pages it touched, in its functions too. Run once and taken
 * back first: a connection looks its catalogs up anew after any analyze, which counts as pages as well.
 */
async function pagesOf(statement: ReturnType<typeof sql>): Promise<number> {
  const warm = await parley.db.startTransaction().execute()
  await statement.execute(warm)
  await warm.rollback().execute()
  const { rows } = await sql<{ 'QUERY PLAN': Plan[] }>`
    explain (analyze, buffers, format json) ${statement}`.execute(parley.db.withoutPlugins())
  const plan = rows[0]?.['QUERY PLAN'][0]?.Plan
  return (plan?.['Shared Hit Blocks'] ?? Infinity) + (plan?.['Shared Read Blocks'] ?? 0)
}

type Plan = { Plan: { 'Shared Hit Blocks': number; 'Shared Read Blocks': number } }
