/** What models suggested comes out of Argilla and goes into it with who suggested it, and how sure they were. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openUsers } from '../../src/argilla/users.ts'
import { openRows } from '../../src/cli/import/source.ts'
import { exportToFile } from '../../src/exports/to-file.ts'
import { importForeign } from '../../src/imports/answers/import-foreign.ts'
import { findArgilla } from '../../src/imports/argilla/folder.ts'
import { argillaReader } from '../../src/imports/argilla/reader.ts'
import { addRecord, cleo, makeDataset } from '../exports/ground.ts'
import { startParley, type TestParley } from '../support/parley.ts'

let here: TestParley
let folder: string
beforeAll(async () => {
  here = await startParley()
  folder = mkdtempSync(join(tmpdir(), 'parley-argilla-suggested-'))
})
afterAll(async () => {
  await here.close()
  rmSync(folder, { recursive: true, force: true })
})

const questions = [
  { type: 'rating', name: 'helpful', title: 'How helpful?', of: 'outputs' },
  { type: 'label', name: 'kind', title: 'Kind', options: ['x', 'y'], required: false },
  { type: 'multi_label', name: 'tags', title: 'Tags', options: ['p', 'q', 'r'], required: false },
]
const texts = (...ids: string[]) => ids.map((id) => ({ id, text: `Text of ${id}` }))

test.each(['argilla', 'argilla-flat'])(
  'happy: agents and scores there and back as %s',
  async (as) => {
    const from = await makeDataset(here.parley, { questions })
    const suggestions = {
      // Not in the order in which Postgres keeps the keys.
      helpful: {
        value: { response1: 5, response2: 1, response3: 3 },
        score: [0.9, 0.25, 0.5],
        agent: 'judge-1',
      },
      kind: { value: 'x', score: 0.75, agent: 'classifier/v2' },
      tags: { value: ['p', 'r'], score: [0.5, 0.125], agent: 'tagger' },
    }
    const outputs = texts('response1', 'response2', 'response3')
    await addRecord(here.parley, from, { outputs, suggestions })
    const path = join(folder, as)
    await exportToFile(here.parley, cleo, { dataset: from.name, as, to: path })
    rmSync(join(path, 'parley.json'))
    const found = await findArgilla(path)
    const to = await makeDataset(here.parley, { questions })
    const report = await importForeign(here.parley, cleo, {
      dataset: to.name,
      read: argillaReader(
        { rows: await openRows(found?.files[0] ?? ''), settings: found?.settings ?? null },
        { users: openUsers(new Map()), trustOrder: false },
        { warning: () => undefined },
      ),
    })
    expect(report).toMatchObject({ created: 1, refused: { count: 0 }, warnings: { count: 0 } })
    const stored = await here.parley.db
      .selectFrom('records')
      .select('suggestions')
      .where('datasetId', '=', to.id)
      .executeTakeFirstOrThrow()
    expect(stored.suggestions).toEqual(suggestions)
  },
)
