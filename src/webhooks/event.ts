/**
 * The events that endpoints get, and what each carries. Pure: the OpenAPI document, docs/webhooks.md
 * and the tests read these schemas.
 */
import { z } from 'zod'

export const eventTypes = [
  'record.completed',
  'record.rejected',
  'record.reopened',
  'response.submitted',
  'export.finished',
  'post.closed',
  'dataset.stuck',
] as const
export type EventType = (typeof eventTypes)[number]

/** What a test send carries; no endpoint asks for it. */
export const testType = 'webhook.test'

const time = z.iso.datetime().describe('UTC')
const sequence = z
  .int()
  .min(1)
  .describe(
    'how often this was reported, this time included: of two, the higher number is the newer',
  )
const record = z.object({
  id: z.string(),
  external_id: z.string(),
  status: z.enum(['pending', 'needs_outputs', 'completed', 'rejected']),
  metadata: z.record(z.string(), z.unknown()),
})
const answer = z.object({
  id: z.string(),
  labeler: z.string().describe('a pseudonym, the same as in exports of this dataset'),
  platform: z.string(),
  status: z.enum(['submitted', 'discarded']),
  reason: z.string().nullable().describe('why it was skipped'),
  revision: z.int(),
  counted: z.boolean(),
  ballot: z.boolean().describe('a vote on a public post'),
  flags: z.array(z.string()),
  values: z.record(z.string(), z.unknown()),
  seconds: z.number().nullable(),
  submitted_at: time.nullable(),
})
export type Answer = z.infer<typeof answer>

const ofRecord = z.object({
  dataset: z.string(),
  sequence,
  record,
  responses: z
    .array(answer)
    .nullable()
    .describe('oldest first; null when they are too long for one message: read the result instead'),
})

const data = {
  'record.completed': ofRecord
    .extend({
      questions: z
        .record(z.string(), z.looseObject({ type: z.string(), of: z.string() }))
        .describe(
          'votes, consensus and agreement by question, as the result of the record has them',
        ),
    })
    .describe('A record has all of its answers; they are the ones that count.'),
  'record.rejected': ofRecord.describe(
    'Enough people skipped a record for its own fault; their skips say why.',
  ),
  'record.reopened': ofRecord.describe(
    'A record that was reported as completed or rejected waits for answers again.',
  ),
  'response.submitted': z
    .object({ dataset: z.string(), sequence, record, response: answer })
    .describe('An answer can no longer be undone, or was changed since it was reported.'),
  'export.finished': z
    .object({
      dataset: z.string(),
      export: z.object({
        id: z.string(),
        as: z.string(),
        state: z.enum(['done', 'failed']),
        rows: z.int(),
        candidates: z.int().nullable(),
        files: z.array(z.object({ name: z.string(), rows: z.int(), sha256: z.string() })),
        problem: z.string().nullable(),
        created_at: time,
        finished_at: time,
      }),
    })
    .describe('An export was written, or failed for good.'),
  'post.closed': z
    .object({
      dataset: z.string(),
      record: z.object({ id: z.string(), external_id: z.string() }),
      post: z.object({
        id: z.string(),
        platform: z.string(),
        votes: z.int(),
        ranking: z.array(z.object({ id: z.string(), rank: z.int(), first: z.number().nullable() })),
        agreement: z.number().nullable(),
        alpha: z.number().nullable(),
        first: z.object({ share: z.number(), low: z.number(), high: z.number() }).nullable(),
        created_at: time,
        closed_at: time,
      }),
    })
    .describe('A public call was closed; this is its result.'),
  'dataset.stuck': z
    .object({
      dataset: z.string(),
      since: time.describe('the last answer, skip, import or publish'),
      records: z.int(),
      pending: z.int(),
      needs_outputs: z.int(),
      completed: z.int(),
      labelers: z.int(),
    })
    .describe('A dataset that is open has work left, and nobody has done any for a day.'),
} satisfies Record<EventType, z.ZodObject>

export type EventData<Type extends EventType> = z.infer<(typeof data)[Type]>

/** The whole message of an event. */
export function payloadOf(type: EventType): z.ZodObject {
  return z.object({
    type: z.literal(type),
    timestamp: time.describe('when the event was sure'),
    data: data[type],
  })
}

/** What each event is about, in one sentence. */
export function describeEvent(type: EventType): string {
  return data[type].description ?? ''
}
