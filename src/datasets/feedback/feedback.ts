/** Which feedback on messages of AI apps a dataset takes, and what the thumbs template brings to it then. */
import { z } from 'zod'
import { eachPlatform } from '../../platforms/schema.ts'

const Ids = z.array(z.string().min(1).max(200)).min(1).max(200)

const Reactions = z.strictObject({
  channels: Ids.describe('the channels, by their ids'),
  apps: Ids.describe('the apps whose messages are meant, by the member ids of their bots'),
})

/** Which feedback a dataset takes. */
export const Feedback = z.strictObject({
  from: z
    .array(z.string().min(1).max(200))
    .min(1)
    .max(50)
    .optional()
    .describe('the names that programs give as `source` in `POST /v1/feedback`'),
  messages: z
    .boolean()
    .optional()
    .describe('people with access may send messages with **Send to Parley**; default: true'),
  reactions: z
    .lazy(() => eachPlatform(Reactions))
    .optional()
    .describe(
      '👍 and 👎 on messages of some apps in some channels, as `{ slack: { apps: [U0BOT], channels: [C0HELP] } }` (with `SLACK_REACTIONS`)',
    ),
})
export type Feedback = z.infer<typeof Feedback>

/** The field that holds what was asked, and the question that holds why. */
export const askedField = 'prompt'
export const reasonName = 'reason'

/**
 * What the thumbs template brings to a dataset that takes feedback: whole conversations, one verdict on
 * each message, and why.
 */
export const feedbackTemplate = {
  fields: { [askedField]: { type: 'chat', required: false } },
  questions: {
    thumbs: { of: 'record' },
    [reasonName]: { title: 'Why?', type: 'text', required: false },
  },
} as const
