/** /v1/datasets/…/asks: a program asks people, and reads what they said. */
import { z } from '@hono/zod-openapi'
import { askPeople } from '../../ask/ask.ts'
import { type AskResult, askResult } from '../../ask/result.ts'
import type { Caller } from '../../keys/authenticate.ts'
import { allows } from '../../keys/scopes.ts'
import type { Parley } from '../../parley.ts'
import { locateRecord } from '../../quality/result/record-result.ts'
import { type Watch, waitFor } from '../../quality/result/watch.ts'
import { answer, body, DatasetName, type Door, route } from '../door/route.ts'
import { QuestionResultSchema, ResponseSchema, Wait } from './results.ts'

/** What is asked, as a body here and as the input of the MCP tool. */
export const questionShape = {
  question: z.string().min(1).describe('What people read.'),
  options: z
    .array(z.string())
    .optional()
    .describe('2 to 50 texts to choose among, where the dataset asks for a choice or a ranking.'),
  outputs: z
    .array(
      z.strictObject({
        id: z.string().optional(),
        text: z.string(),
        model: z.string().optional().describe('People never see it.'),
      }),
    )
    .optional()
    .describe('In place of options: candidates with ids and models.'),
  fields: z
    .record(z.string(), z.string())
    .optional()
    .describe('Other fields of the dataset, such as context.'),
  people: z
    .int()
    .optional()
    .describe('How many people are to answer; default: the dataset’s `min_submitted`.'),
  deadline: z.coerce
    .date('Write a moment such as 2026-03-01T09:00Z.')
    .optional()
    .openapi({ type: 'string', format: 'date-time' })
    .describe('Until when, as in 2026-03-01T09:00Z; default: the dataset’s `ask.hours` from now.'),
  key: z
    .string()
    .max(200)
    .optional()
    .describe(
      'Asking again under the same key asks nobody twice. Default: a hash of the question, so another key asks the same words again.',
    ),
}

/** The result of a question; of any record, for which the times are null. */
export const askResultShape = {
  format: z.literal(1),
  dataset: z.string(),
  key: z.string(),
  id: z.string().describe('The record’s own id.'),
  state: z
    .enum(['pending', 'answered', 'expired', 'rejected'])
    .describe(
      'pending: people may still answer; answered: enough have; expired: the deadline passed first, with the answers so far; rejected: people skipped it as unclear, unsafe or broken.',
    ),
  people: z.int().describe('How many answers it asks for.'),
  answered: z.int(),
  invited: z.int(),
  asked_at: z.string().nullable(),
  deadline: z.string().nullable(),
  settled_at: z.string().nullable().describe('From then on nobody can take their answer back.'),
  skipped: z.record(z.string(), z.int()).describe('Skips by reason.'),
  questions: z
    .record(z.string(), QuestionResultSchema)
    .nullable()
    .describe('Votes, consensus and agreement by question; null while it is pending.'),
  responses: z.array(ResponseSchema).describe('Empty while it is pending.'),
}

const AskResultSchema = z.object(askResultShape).openapi('AskResult')
const NewAsk = z.strictObject(questionShape).openapi('NewAsk')

/** Reads the result of a question, and waits up to `wait` seconds until it is no longer pending. */
export async function readAsk(
  parley: Parley,
  watch: Watch,
  { actor }: Caller,
  input: { dataset: string; key: string; wait?: number | undefined; signal?: AbortSignal },
) {
  const { dataset, key, wait = 0, signal } = input
  return waitFor({
    ...{ watch, wait, signal },
    record: await locateRecord(parley, actor, { dataset, externalId: key }),
    read: () => askResult(parley, actor, { dataset, key }),
    isEnough: ({ state }) => state !== 'pending',
  })
}

/** A key that may ask, and not read answers, sees how far a question is, but no answers. */
export function forCaller({ scopes }: Caller, result: AskResult): AskResult {
  if (allows(scopes, ['answers:read'])) return result
  return { ...result, questions: null, responses: [] }
}

export function askRoutes(door: Door, parley: Parley, watch: Watch): void {
  const ask = route({
    ...{ method: 'post', path: '/v1/datasets/{dataset}/asks', id: 'ask', tag: 'asks' },
    scopes: ['records:write'],
    summary: 'Ask people a question',
    description:
      'It becomes a record that so many people answer until its deadline. 201 where it is asked, 200 where it was asked under this key before.',
    request: { params: z.object({ dataset: DatasetName }), body: body(NewAsk) },
    refusals: ['conflict'],
    answers: {
      200: answer('It was asked before.', AskResultSchema),
      201: answer('It is asked.', AskResultSchema),
    },
  })
  door.openapi(ask, async (c) => {
    const { dataset } = c.req.valid('param')
    const { actor } = c.var.caller
    const { key, isNew } = await askPeople(parley, actor, { ...c.req.valid('json'), dataset })
    const result = await askResult(parley, actor, { dataset, key })
    const location = `/v1/datasets/${encodeURIComponent(dataset)}/asks/${encodeURIComponent(key)}`
    return c.json(forCaller(c.var.caller, result), isNew ? 201 : 200, { location })
  })

  const read = route({
    ...{ method: 'get', path: '/v1/datasets/{dataset}/asks/{key}', id: 'readAsk', tag: 'asks' },
    scopes: ['answers:read'],
    summary: 'Read what people said to a question',
    description: 'Until enough people have answered or its deadline has passed, it is `pending`.',
    request: {
      params: z.object({
        dataset: DatasetName,
        key: z.string().openapi({ param: { name: 'key', in: 'path' } }),
      }),
      query: z.object({
        wait: Wait.describe('How long the response may wait until it is no longer pending.'),
      }),
    },
    answers: { 200: answer('The result.', AskResultSchema) },
  })
  door.openapi(read, async (c) => {
    const { wait } = c.req.valid('query')
    const { signal } = c.req.raw
    const result = await readAsk(parley, watch, c.var.caller, {
      ...{ ...c.req.valid('param'), wait, signal },
    })
    return c.json(result, 200, { 'cache-control': 'private, no-cache' })
  })
}
