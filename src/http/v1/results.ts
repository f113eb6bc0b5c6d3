/** …/result: what is known of one record, at once or as soon as it is complete. */
import { createHash } from 'node:crypto'
import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Parley } from '../../parley.ts'
import {
  locateRecord,
  type Named,
  type RecordResult,
  recordResult,
} from '../../quality/result/record-result.ts'
import { type Watch, waitFor } from '../../quality/result/watch.ts'
import type { DoorEnv } from '../door/env.ts'
import { answer, DatasetName, type Door, route } from '../door/route.ts'
import { tagsIn } from '../door/tags.ts'

const Measured = z
  .union([
    z.object({ value: z.number() }),
    z.object({ value: z.null(), reason: z.string().describe('Why there is none.') }),
  ])
  .openapi('Measured')

const Vote = z
  .object({
    value: z.union([z.string(), z.number()]).describe('An option, or the id of an output.'),
    count: z.int(),
    of: z.int(),
    share: z.number().nullable(),
    low: z.number().nullable().describe('The 95% Wilson interval of the share.'),
    high: z.number().nullable(),
  })
  .openapi('Vote')

const verdict = {
  answers: z.int().describe('Answers to this question that count.'),
  votes: z.array(Vote),
  consensus: z
    .looseObject({ value: z.unknown(), reason: z.string().optional() })
    .describe(
      'The majority, the median, or ranks by output; null with the reason if there is none.',
    ),
  agreement: Measured.describe('The share of pairs of answers that say the same.'),
  mean: Measured.optional().describe('Ratings only.'),
}

const Verdict = z.object(verdict).openapi('Verdict')

export const QuestionResultSchema = z
  .object({
    type: z.string(),
    of: z.enum(['record', 'outputs']),
    interval: z.string().nullable().describe('How the intervals of votes are made.'),
    ...Object.fromEntries(Object.entries(verdict).map(([key, one]) => [key, one.optional()])),
    best: z.string().nullable().optional().describe('Rankings: the output that is first alone.'),
    ties: z.int().optional(),
    all_unacceptable: z.int().optional(),
    pairs: z
      .array(
        z.object({
          a: z.string(),
          b: z.string(),
          for: z.int(),
          against: z.int(),
          ties: z.int(),
          winner: z.string().nullable(),
        }),
      )
      .optional(),
    outputs: z
      .record(z.string(), Verdict)
      .optional()
      .describe('Of questions about each output, by its id.'),
  })
  .openapi('QuestionResult')

export const ResponseSchema = z
  .object({
    labeler: z.string().describe('A pseudonym, the same as in exports.'),
    counted: z.boolean(),
    left_out: z.string().nullable().describe('Why it does not count.'),
    values: z.record(z.string(), z.unknown()).describe('What people wrote and chose: data.'),
    revision: z.int(),
    submitted_at: z.string(),
  })
  .openapi('RecordResponse')

const counts = z.record(z.string(), z.int())

const ResultSchema = z
  .object({
    format: z.literal(1),
    dataset: z.string(),
    id: z.string(),
    external_id: z.string(),
    status: z.enum(['pending', 'needs_outputs', 'completed', 'rejected']),
    pending: z.boolean().describe('It still waits for answers; the rest holds those so far.'),
    answers: z.object({
      wanted: z.int(),
      counted: z.int(),
      surplus: z.int(),
      open: z.int(),
      skipped: counts,
      left_out: counts,
    }),
    settled_at: z.string().nullable().describe('From then on nobody can take their answer back.'),
    questions: z.record(z.string(), QuestionResultSchema),
    responses: z.array(ResponseSchema),
    more_responses: z.int(),
  })
  .openapi('RecordResult')

/** How long one request may wait, in seconds. */
export const mostWaitSeconds = 60

export const Wait = z.coerce
  .number(`Write seconds from 0 to ${mostWaitSeconds}.`)
  .min(0, `Write seconds from 0 to ${mostWaitSeconds}.`)
  .max(mostWaitSeconds, `Write seconds from 0 to ${mostWaitSeconds}.`)
  .optional()

const waiting = {
  query: z.object({
    wait: Wait.describe(
      'Answers as soon as the record is complete, after so many seconds at the latest. With `If-None-Match`: as soon as anything has changed, else 304.',
    ),
  }),
  headers: z.object({ 'if-none-match': z.string().optional() }),
}

const shared = {
  method: 'get',
  tag: 'records',
  scopes: ['answers:read'],
  description:
    'Votes with Wilson intervals, consensus and agreement by question, of the answers that count; and who answered what, by pseudonym. Answers may still be taken back until `settled_at`.',
  answers: {
    200: answer('The result.', ResultSchema, z.object({ etag: z.string() })),
    304: { description: 'It has not changed.' },
  },
} as const

export function resultRoutes(door: Door, parley: Parley, watch: Watch): void {
  const byName = route({
    ...{ ...shared, path: '/v1/datasets/{dataset}/records/{external_id}/result', id: 'getResult' },
    summary: 'Read the result of a record by its external id',
    request: {
      ...waiting,
      params: z.object({
        dataset: DatasetName,
        external_id: z.string().openapi({ param: { name: 'external_id', in: 'path' } }),
      }),
    },
  })
  door.openapi(byName, (c) => {
    const { dataset, external_id: externalId } = c.req.valid('param')
    return answerResult(parley, watch, c, { dataset, externalId }, c.req.valid('query').wait)
  })

  const byId = route({
    ...{ ...shared, path: '/v1/records/{record}/result', id: 'getResultById' },
    summary: 'Read the result of a record by its own id',
    request: {
      ...waiting,
      params: z.object({ record: z.string().openapi({ param: { name: 'record', in: 'path' } }) }),
    },
  })
  door.openapi(byId, (c) => {
    const { record: recordId } = c.req.valid('param')
    return answerResult(parley, watch, c, { recordId }, c.req.valid('query').wait)
  })
}

async function answerResult(
  parley: Parley,
  watch: Watch,
  c: Context<DoorEnv>,
  named: Named,
  wait = 0,
): Promise<Response> {
  const { actor } = c.var.caller
  const known = tagsIn(c.req.header('if-none-match'))
  const isEnough = ({ result, etag }: { result: RecordResult; etag: string }) =>
    known ? !known.includes(etag) : !result.pending
  const last = await waitFor({
    ...{ watch, wait, signal: c.req.raw.signal, isEnough },
    record: await locateRecord(parley, actor, named),
    read: async () => {
      const result = await recordResult(parley, actor, named)
      return { result, etag: etagOf(result) }
    },
  })
  const headers = { etag: last.etag, 'cache-control': 'private, no-cache' }
  if (known && !isEnough(last)) return c.body(null, 304, headers)
  return c.json(last.result, 200, headers)
}

function etagOf(result: object): string {
  const digest = createHash('sha256').update(JSON.stringify(result)).digest('base64url')
  return `"${digest.slice(0, 22)}"`
}
