/** /v1/datasets/{dataset}/responses: all answers as NDJSON, the rows of `parley export --as raw`. */
import { z } from '@hono/zod-openapi'
import { exportToFile } from '../../exports/to-file.ts'
import type { Parley } from '../../parley.ts'
import { lineStream } from '../door/line-stream.ts'
import { DatasetName, type Door, route } from '../door/route.ts'

export function responseRoutes(door: Door, parley: Parley): void {
  const read = route({
    ...{ method: 'get', path: '/v1/datasets/{dataset}/responses', id: 'readResponses' },
    ...{ tag: 'answers', scopes: ['answers:read'] },
    summary: 'Read all answers, one line for each revision',
    description:
      'The rows of `parley export --as raw`, of one moment, in the order of external ids. The body ends early only if something breaks: then the connection is cut, and no last line is complete.',
    request: { params: z.object({ dataset: DatasetName }) },
    answers: {
      200: {
        description: 'A line of JSON for each answer and each answer it replaced.',
        content: { 'application/x-ndjson': { schema: { type: 'string' as const } } },
      },
    },
  })
  door.openapi(read, async (c) => {
    const { dataset } = c.req.valid('param')
    const { actor } = c.var.caller
    const lines = await lineStream((to, signal) =>
      exportToFile(parley, actor, { dataset, as: 'raw', to, place: 'HTTP', signal }),
    )
    const headers = { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' }
    return c.body(lines, 200, headers)
  })
}
