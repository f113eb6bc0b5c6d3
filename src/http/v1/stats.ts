/** /v1/datasets/{dataset}/stats: agreement, strength of models, habits of labelers. */
import { z } from '@hono/zod-openapi'
import type { Parley } from '../../parley.ts'
import { datasetStats } from '../../quality/dataset/stats.ts'
import { strengthMethods } from '../../quality/dataset/stats-result.ts'
import { answer, DatasetName, type Door, route } from '../door/route.ts'

const methods = strengthMethods.map((method) => method.toLowerCase())

const StatsSchema = z
  .looseObject({
    format: z.literal(1),
    dataset: z.string(),
    resamples: z.int(),
    counts: z.object({ records: z.int(), answers: z.int(), labelers: z.int() }),
    left_out: z.record(z.string(), z.number()),
    questions: z.array(z.looseObject({ name: z.string(), type: z.string(), answers: z.int() })),
    labelers: z.array(z.looseObject({ labeler: z.string() })),
  })
  .describe('As docs/statistics.md describes it.')
  .openapi('Stats')

export function statsRoutes(door: Door, parley: Parley): void {
  const read = route({
    ...{ method: 'get', path: '/v1/datasets/{dataset}/stats', id: 'getStats' },
    ...{ tag: 'answers', scopes: ['answers:read'] },
    summary: 'Read the statistics of a dataset, as parley stats --json prints them',
    request: {
      params: z.object({ dataset: DatasetName }),
      query: z.object({
        resamples: z.coerce
          .number()
          .int()
          .min(0)
          .max(10_000)
          .optional()
          .describe('For the intervals; default: 200, none: 0.'),
        strength: z.enum(methods as [string, ...string[]]).optional(),
        measures: z
          .stringbool()
          .optional()
          .openapi({ type: 'boolean' })
          .describe('The classical measures too; default: yes.'),
        by: z.string().min(1).optional().describe('Also by a key of the metadata, such as `lang`.'),
      }),
    },
    answers: { 200: answer('The statistics.', StatsSchema) },
  })
  door.openapi(read, async (c) => {
    const { resamples, strength, by, measures = true } = c.req.valid('query')
    const path = by?.replace(/^metadata\./, '').split('.')
    const stats = await datasetStats(parley, c.var.caller.actor, {
      dataset: c.req.valid('param').dataset,
      measures,
      strength: strengthMethods.find((method) => method.toLowerCase() === strength),
      ...(resamples === undefined ? {} : { resamples }),
      ...(path === undefined ? {} : { by: path }),
    })
    return c.json(stats)
  })
}
