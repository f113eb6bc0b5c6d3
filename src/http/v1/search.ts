/** /v1/datasets/{dataset}/search: records by their words and by what they have besides. */
import { z } from '@hono/zod-openapi'
import type { Parley } from '../../parley.ts'
import { recordStatuses } from '../../records/record-status.ts'
import { answerFlags, readFilter, recordSorts } from '../../search/filter.ts'
import { findRecords } from '../../search/find-records.ts'
import { PageQuery, pageOf } from '../door/page.ts'
import { answer, DatasetName, type Door, route } from '../door/route.ts'

const day = z.string().max(10).optional()
const yes = z.enum(['yes']).optional()

/** As `readFilter` reads them. */
export const FilterQuery = {
  q: z
    .string()
    .max(500)
    .optional()
    .describe(
      'Words of prompt, outputs and answers: all of them; `"in this order"`, `this or that`, `-without`, `part*`.',
    ),
  status: z.enum(recordStatuses).optional(),
  disputed: yes.describe('Those in which half of the pairs of labelers differ.'),
  gold: yes.describe('Those with known answers.'),
  model: z.string().max(200).optional().describe('A model that wrote one of the outputs.'),
  metadata: z
    .string()
    .max(500)
    .optional()
    .describe('`key=value`; a path with dots: `batch.part=2`.'),
  labeler: z.string().max(100).optional().describe('The pseudonym of somebody who answered it.'),
  flag: z.enum(answerFlags).optional().describe('A flag of one of its answers.'),
  language: z.string().max(100).optional().describe('`metadata.language`, else `metadata.lang`.'),
  from: day.describe('Answered on this day (UTC) or later, such as `2026-12-24`.'),
  to: day.describe('Answered on this day or earlier.'),
}

const Found = z
  .object({
    id: z.string(),
    external_id: z.string(),
    status: z.enum(recordStatuses),
    excerpt: z.string().describe('Of its texts, where the words stand or from the beginning on.'),
    outputs: z.int(),
    models: z.array(z.string()),
    priority: z.int(),
    wanted: z.int(),
    counted: z.int(),
    disagreement: z
      .number()
      .nullable()
      .describe('0 to 1, of the question its labelers differ on most; null for fewer than two.'),
  })
  .openapi('FoundRecord')

export function searchRoutes(door: Door, parley: Parley): void {
  const search = route({
    ...{ method: 'get', path: '/v1/datasets/{dataset}/search', id: 'findRecords', tag: 'records' },
    scopes: ['answers:read'],
    summary: 'Find records by words and by what they have besides',
    description:
      'A page costs the same in a dataset of any size; one may be short, or empty, and still have a `next`. Records and answers are found a minute after they came.',
    request: {
      params: z.object({ dataset: DatasetName }),
      query: z.object({
        ...FilterQuery,
        sort: z.enum(recordSorts).optional().describe('As they came, or the most disputed first.'),
        ...PageQuery,
      }),
    },
    answers: {
      200: answer(
        'A page of records.',
        pageOf(Found).extend({
          by: z.enum(['words', 'parts', 'list']).describe('Whole words, or parts of words.'),
          indexed_until: z.string().nullable().describe('What came later is not found yet.'),
        }),
      ),
    },
  })
  door.openapi(search, async (c) => {
    const { sort, cursor, limit, ...texts } = c.req.valid('query')
    const { records, next, by, indexed } = await findRecords(parley, c.var.caller.actor, {
      ...{ ...readFilter(texts), dataset: c.req.valid('param').dataset },
      ...(sort === undefined ? {} : { sort }),
      ...(cursor === undefined ? {} : { cursor }),
      ...(limit === undefined ? {} : { limit }),
    })
    const data = records.map(({ externalId, ...record }) => ({
      external_id: externalId,
      ...record,
    }))
    return c.json({ data, next, by, indexed_until: indexed.until?.toISOString() ?? null })
  })
}
