/** /v1/imports: what was imported into a dataset, and taking it back. */
import { z } from '@hono/zod-openapi'
import { getDataset } from '../../datasets/dataset.ts'
import { undoImport } from '../../imports/answers/undo-import.ts'
import { listImports } from '../../imports/import-row.ts'
import type { Parley } from '../../parley.ts'
import { fromIdCursor, PageQuery, pageOf, toCursor } from '../door/page.ts'
import { answer, DatasetName, type Door, route } from '../door/route.ts'

const ImportSchema = z
  .object({
    id: z.string(),
    source: z.string(),
    kind: z.string(),
    state: z.enum(['queued', 'running', 'done', 'stopped', 'failed', 'undone']),
    imported_by: z.string(),
    started_at: z.iso.datetime(),
    report: z.looseObject({}).describe('Its counts; empty while it runs.'),
  })
  .openapi('Import')

const Undone = z.object({
  dataset: z.string(),
  answers: z.int(),
  records: z.int(),
  kept: z.object({ count: z.int(), ids: z.array(z.string()) }).describe('Records that stay.'),
  changed: z.looseObject({ records: z.int(), answers: z.int() }).describe('Changes that stay.'),
})

export function importRoutes(door: Door, parley: Parley): void {
  const list = route({
    ...{ method: 'get', path: '/v1/datasets/{dataset}/imports', id: 'listImports' },
    ...{ tag: 'records', scopes: ['records:write'] },
    summary: 'List the imports of a dataset, newest first',
    request: { params: z.object({ dataset: DatasetName }), query: z.object(PageQuery) },
    answers: { 200: answer('A page of imports.', pageOf(ImportSchema)) },
  })
  door.openapi(list, async (c) => {
    const { cursor, limit = 50 } = c.req.valid('query')
    const { name } = await getDataset(parley, c.req.valid('param').dataset, c.var.caller.actor)
    const before = fromIdCursor(cursor)
    const found = await listImports(parley, {
      ...{ dataset: name, limit: limit + 1 },
      ...(before === undefined ? {} : { before }),
    })
    const data = found.slice(0, limit).map(({ importedBy, startedAt, ...one }) => ({
      ...{ ...one, imported_by: importedBy, started_at: startedAt },
    }))
    return c.json({ data, next: toCursor(found.length > limit ? (data.at(-1)?.id ?? null) : null) })
  })

  const undo = route({
    ...{ method: 'post', path: '/v1/imports/{import}/undo', id: 'undoImport' },
    ...{ tag: 'records', scopes: ['admin'] },
    summary: 'Take an import back: its answers, and its records that nobody else has touched',
    request: { params: z.object({ import: z.string() }) },
    answers: { 200: answer('What went, and what stays.', Undone) },
  })
  door.openapi(undo, async (c) =>
    c.json(await undoImport(parley, c.var.caller.actor, { id: c.req.valid('param').import })),
  )
}
