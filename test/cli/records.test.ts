/** Many records by the terminal: counted, refused, deleted and requeued; a batch of named ones delivered. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeDataset, makeLabeler } from '../assignments/ground.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { doorsOf, typed } from './terminal.ts'

let here: TestParley
let folder: string

beforeAll(async () => {
  here = await startParley()
  folder = mkdtempSync(join(tmpdir(), 'parley-records-'))
  await makeDataset(here.parley, { name: 'many', records: 120 })
})
afterAll(async () => {
  await here.close()
  rmSync(folder, { recursive: true, force: true })
})

const parley = (...args: string[]) => typed(doorsOf(here), ...args)

describe('happy', () => {
  test('delete counts, asks for a yes, and says what went and what stayed', async () => {
    const where = ['--where', 'votes == 0']
    const dry = await parley('records', 'delete', 'many', ...where, '--dry-run')
    expect(dry).toMatchObject({
      code: 0,
      out: '120 records matched; 120 records would be deleted.\n',
    })
    const asked = await parley('records', 'delete', 'many', ...where)
    expect(asked.code).toBe(1)
    expect(asked.err).toContain('It would delete 120 records. Say yes (--yes)')
    const some = await parley('records', 'delete', 'many', '--where', 'external_id in ("r1", "r2")')
    expect(some).toMatchObject({ code: 0, out: '2 records matched; deleted 2 records.\n' })
    const requeued = await parley('records', 'requeue', 'many', ...where, '--dry-run')
    expect(requeued.out).toBe('118 records matched; 0 rejected records would be open again.\n')
  })

  test('deliver reads the ids of a file, plain or as the JSON that records list prints', async () => {
    await makeLabeler(here.parley, 'UANA')
    const file = join(folder, 'ids.txt')
    writeFileSync(file, 'r7\n\n{"external_id":"r9","prompt":"?"}\n{"externalId":"r8"}\n')
    const to = ['--to', 'slack:T1:UANA', '--records', file]
    expect(await parley('deliver', 'many', ...to)).toMatchObject({
      code: 0,
      out: '1 invited, 0 had an invitation already.\n',
    })
    const named = await here.parley.db
      .selectFrom('invitedRecords')
      .innerJoin('records', 'records.id', 'invitedRecords.recordId')
      .select('externalId')
      .orderBy('ordinal')
      .execute()
    expect(named.map(({ externalId }) => externalId)).toEqual(['r7', 'r9', 'r8'])
  })
})

describe('refused', () => {
  test.each([
    ['neither an id nor a selection', ['records', 'delete', 'many'], 'Name a record'],
    ['both', ['records', 'delete', 'many', 'r5', '--where', 'votes == 0'], 'not both'],
    [
      'a condition that reads nothing',
      ['records', 'requeue', 'many', '--where', 'lang'],
      '--where',
    ],
    ['a file there is not', ['deliver', 'many', '--to', 'everyone', '--records', 'no'], 'no file'],
  ])('%s', async (_, args, told) => {
    const { code, err } = await parley(...args)
    expect(code).toBe(2)
    expect(err).toContain(told)
  })
})
