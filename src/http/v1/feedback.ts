/** /v1/feedback: a person's thumb on a message of an AI app, from the program that shows it. */
import { z } from '@hono/zod-openapi'
import { datasetFor } from '../../feedback/datasets.ts'
import { openFeedbackIntake } from '../../feedback/take.ts'
import type { Parley } from '../../parley.ts'
import { readPersonKey } from '../../platforms/keys.ts'
import { ChatMessage, longestText } from '../../records/message.ts'
import { answer, body, type Door, route } from '../door/route.ts'

const verdict = z.enum(['up', 'down']).nullable()

const NewFeedback = z
  .strictObject({
    source: z
      .string()
      .min(1)
      .max(200)
      .describe('The name of the program, which a dataset lists under `feedback.from`.'),
    message: z
      .string()
      .min(1)
      .max(500)
      .describe('What the program calls the message; the same for every verdict on it.'),
    person: z
      .string()
      .min(1)
      .max(500)
      .describe(
        'Who gave it, as the program calls them. Only a keyed hash of it is stored. `slack:T1:U1` or `discord:U1` is that person wherever they appear.',
      ),
    verdict: verdict.describe('null: it was taken back.'),
    reason: z.string().min(1).max(longestText).optional(),
    conversation: z
      .array(ChatMessage)
      .min(1)
      .max(500)
      .optional()
      .describe(
        'Messages up to the one that is judged, which is the last and the assistant’s. Needed with the first verdict on a message.',
      ),
    model: z.string().min(1).max(200).optional().describe('The model that wrote it.'),
    at: z.iso
      .datetime({ offset: true })
      .optional()
      .describe('When it was given; the latest decides. Default: now.'),
    dataset: z.string().optional().describe('Where several datasets take this source.'),
  })
  .openapi('NewFeedback')

const TakenFeedback = z
  .object({
    dataset: z.string(),
    record: z.string().describe('The external id of the record.'),
    verdict: verdict.describe(
      'The verdict that counts now: the latest, which may not be this one.',
    ),
    reason: z.string().nullable(),
    changed: z.boolean().describe('Whether this changed the verdict that counts.'),
  })
  .openapi('Feedback')

/** Conversations may be long. */
const mostBytes = 4_000_000

export function feedbackRoutes(door: Door, parley: Parley): void {
  const give = route({
    ...{ method: 'post', path: '/v1/feedback', id: 'giveFeedback', tag: 'feedback' },
    scopes: ['records:write'],
    summary: 'Give a verdict on a message of an AI app',
    description:
      'There is one verdict for a message and a person, and the latest decides: send each change as it happens, in whatever order, as often as you like. docs/feedback.md of Parley has a block and a handler for Bolt apps.',
    request: { body: body(NewFeedback) },
    refusals: ['not_found', 'conflict'],
    answers: { 200: answer('The verdict that counts now.', TakenFeedback) },
    mostBytes,
  })
  const take = openFeedbackIntake(parley)
  door.openapi(give, async (c) => {
    const { dataset: named, person, verdict: set, reason, ...given } = c.req.valid('json')
    const { source } = given
    const dataset = await datasetFor(parley, c.var.caller.actor, { source, dataset: named })
    const by = readPersonKey(person) ?? { source, name: person }
    const { isChanged, ...taken } = await take(dataset, {
      ...given,
      by,
      change: { set, reason },
    })
    return c.json({ ...taken, changed: isChanged })
  })
}
