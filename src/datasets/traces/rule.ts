/** What a dataset document says of production traces: which of them become its records. */
import { z } from 'zod'

const Name = z.string().min(1).max(200)
/** One, or several of which one is enough; `*` stands for any characters. */
const Names = z.union([Name, z.array(Name).min(1).max(50)])
const Attributes = z.record(Name, z.union([z.string().max(1000), z.number(), z.boolean()]))
const count = () => z.int().min(0).max(1_000_000_000).optional()

/** All of it must hold. */
const Match = z.strictObject({
  service: Names.optional().describe(
    'the services (`service.name`) it takes from, such as `[support-bot, "agent-*"]`; default: all',
  ),
  model: Names.optional().describe('the models that answered, or were asked, such as `gpt-5*`'),
  operation: Names.optional().describe(
    'kinds of span, such as `invoke_agent`; default: calls of a model (`chat` and the like)',
  ),
  error: z
    .boolean()
    .optional()
    .describe('`true`: only spans that ended in an error; `false`: only those that did not'),
  min_tokens: count().describe('at least so many tokens, those of prompt and answer together'),
  max_tokens: count().describe('at most so many tokens'),
  min_latency_ms: count().describe('took at least so many milliseconds'),
  attributes: Attributes.optional().describe(
    'values of attributes of the span or its resource, such as `{ deployment.environment.name: production }`; `*` stands for any characters',
  ),
})

export const Traces = z.strictObject({
  match: Match.optional().describe('which spans; default: every call of a model'),
  sample: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe('how much of the traffic: 0.05 for one trace in twenty, always the same ones'),
  per_day: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(500)
    .describe('at most so many records of what happened on one day (UTC)'),
  redact: z
    .array(z.string().min(1).max(500))
    .min(1)
    .max(50)
    .optional()
    .describe(
      'patterns of what is replaced by `[redacted]` before anything is stored (docs/traces.md)',
    ),
  keep: z
    .array(Name)
    .min(1)
    .max(50)
    .optional()
    .describe('attributes of the span or its resource that are kept in `metadata.attributes`'),
})
export type Traces = z.infer<typeof Traces>

/** Keys of `traces` and of its `match`, for "did you mean". */
export const traceKeys = { traces: Object.keys(Traces.shape), match: Object.keys(Match.shape) }
