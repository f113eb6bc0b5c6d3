/** /v1/audit: what admins did. */
import { z } from '@hono/zod-openapi'
import { readAudit } from '../../datasets/read-audit.ts'
import type { Parley } from '../../parley.ts'
import { fromIdCursor, PageQuery, pageOf, toCursor } from '../door/page.ts'
import { answer, type Door, route } from '../door/route.ts'

const Entry = z
  .object({
    id: z.string(),
    at: z.iso.datetime(),
    actor: z.string().describe('`cli`, `key:NAME`, `slack:T1:U1`, `system:JOB`'),
    act: z.string(),
    dataset: z.string().nullable(),
    detail: z.record(z.string(), z.unknown()),
  })
  .openapi('AuditEntry')

const moment = z.coerce.date(
  'Write a day such as 2026-03-01, or a moment such as 2026-03-01T09:00Z.',
)

export function auditRoutes(door: Door, parley: Parley): void {
  const read = route({
    ...{ method: 'get', path: '/v1/audit', id: 'readAudit', tag: 'audit', scopes: ['admin'] },
    summary: 'Read what admins did, newest first',
    request: {
      query: z.object({
        actor: z.string().optional(),
        act: z.string().optional().describe('For example `publish dataset`.'),
        dataset: z.string().optional(),
        since: moment.optional().openapi({ type: 'string', format: 'date-time' }),
        until: moment.optional().openapi({ type: 'string', format: 'date-time' }),
        ...PageQuery,
      }),
    },
    answers: { 200: answer('A page of entries.', pageOf(Entry)) },
  })
  door.openapi(read, async (c) => {
    const { cursor, ...asked } = c.req.valid('query')
    const before = fromIdCursor(cursor)
    const filter = Object.fromEntries(
      Object.entries({ ...asked, before }).filter(([, value]) => value !== undefined),
    )
    const { entries, next } = await readAudit(parley, c.var.caller.actor, filter)
    return c.json({ data: entries, next: toCursor(next) })
  })
}
