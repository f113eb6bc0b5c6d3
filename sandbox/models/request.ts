/**
 * What a request for a chat completion may say, field by field as OpenAI's published reference has it
 * (platform.openai.com/docs/api-reference/chat/create). Real servers refuse a field they do not know.
 */
import { z } from 'zod'

const text = z.string()
const parts = z.array(z.looseObject({ type: z.string() })).min(1)
const name = z.string().optional()

const Message = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('developer'), content: z.union([text, parts]), name }),
  z.strictObject({ role: z.literal('system'), content: z.union([text, parts]), name }),
  z.strictObject({ role: z.literal('user'), content: z.union([text, parts]), name }),
  z.strictObject({
    role: z.literal('assistant'),
    content: z.union([text, parts]).nullish(),
    refusal: z.string().nullish(),
    name,
    audio: z.unknown().optional(),
    tool_calls: z.array(z.looseObject({ id: z.string(), type: z.string() })).optional(),
    function_call: z.unknown().optional(),
  }),
  z.strictObject({
    role: z.literal('tool'),
    content: z.union([text, parts]),
    tool_call_id: z.string(),
  }),
  z.strictObject({ role: z.literal('function'), content: text.nullable(), name: z.string() }),
])

const between = (least: number, most: number) => z.number().min(least).max(most).nullish()
const count = z.int().min(1).nullish()

/** Every field the reference lists; what it only describes by an object is not looked into. */
export const CompletionRequest = z.strictObject({
  model: z.string().min(1),
  messages: z.array(Message).min(1),
  audio: z.unknown().optional(),
  frequency_penalty: between(-2, 2),
  function_call: z.unknown().optional(),
  functions: z.unknown().optional(),
  logit_bias: z.record(z.string(), z.number()).nullish(),
  logprobs: z.boolean().nullish(),
  max_completion_tokens: count,
  max_tokens: count,
  metadata: z.record(z.string(), z.string()).nullish(),
  moderation: z.unknown().optional(),
  modalities: z.array(z.enum(['text', 'audio'])).nullish(),
  n: z.int().min(1).max(128).nullish(),
  parallel_tool_calls: z.boolean().optional(),
  prediction: z.unknown().optional(),
  presence_penalty: between(-2, 2),
  prompt_cache_key: z.string().optional(),
  prompt_cache_options: z.unknown().optional(),
  prompt_cache_retention: z.unknown().optional(),
  reasoning_effort: z.string().nullish(),
  response_format: z.looseObject({ type: z.string() }).optional(),
  safety_identifier: z.string().max(64).optional(),
  seed: z.int().nullish(),
  service_tier: z.string().nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
  store: z.boolean().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z
    .strictObject({
      include_usage: z.boolean().optional(),
      include_obfuscation: z.boolean().optional(),
    })
    .nullish(),
  temperature: between(0, 2),
  tool_choice: z.unknown().optional(),
  tools: z.array(z.looseObject({ type: z.string() })).optional(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  top_p: between(0, 1),
  user: z.string().optional(),
  verbosity: z.enum(['low', 'medium', 'high']).nullish(),
  web_search_options: z.unknown().optional(),
})
export type CompletionRequest = z.output<typeof CompletionRequest>

export type ApiError = {
  status: number
  message: string
  type: string
  param: string | null
  code: string | null
}

/** What is wrong with a request, in the words and the form of the real API; null for a good one. */
export function requestProblem(body: unknown): ApiError | null {
  const { error, data } = CompletionRequest.safeParse(body)
  const bad = (message: string, param: string | null, code: string | null): ApiError => ({
    ...{ status: 400, type: 'invalid_request_error', message, param, code },
  })
  const [issue] = error?.issues ?? []
  if (issue) {
    if (issue.code === 'unrecognized_keys' && issue.path.length === 0)
      return bad(`Unrecognized request argument supplied: ${issue.keys.join(', ')}`, null, null)
    const at = issue.path.map((part) => (typeof part === 'number' ? `[${part}]` : part)).join('.')
    return bad(`Invalid value for '${at}': ${issue.message}.`, at || null, 'invalid_value')
  }
  if (data?.max_tokens && data.max_completion_tokens)
    return bad(
      "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
      'max_tokens',
      'invalid_parameter_combination',
    )
  if (data?.stream_options && !data.stream)
    return bad(
      "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
      'stream_options',
      null,
    )
  return null
}
