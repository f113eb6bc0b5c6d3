/** Completions as the reference has them: whole, cut off at a length, refused, filtered or empty. */
import type { CompletionRequest } from './request.ts'

export type Reply = 'text' | 'refusal' | 'filtered' | 'empty'

export type Behaviour = {
  /** How long an answer takes. */
  latencyMs?: number
  reply?: Reply | ((request: CompletionRequest, nth: number) => Reply)
  /** What it writes; by default a sentence about the last message. */
  text?: (request: CompletionRequest, nth: number) => string
  /** Leave out the usage, as some servers do. */
  countsNothing?: boolean
  /** Parameters this model takes no part in, as reasoning models refuse `max_tokens`. */
  refuses?: readonly string[]
}

export type Completion = ReturnType<typeof complete>

const fingerprint = 'fp_stand_in'

/** Tokens here are words. */
const tokensOf = (text: string) => text.split(/\s+/).filter(Boolean)

export function complete(request: CompletionRequest, behaviour: Behaviour, nth: number) {
  const { reply = 'text' } = behaviour
  const kind = typeof reply === 'function' ? reply(request, nth) : reply
  const most = request.max_completion_tokens ?? request.max_tokens ?? Number.POSITIVE_INFINITY
  const whole = tokensOf(kind === 'text' ? (behaviour.text ?? sentence)(request, nth) : '')
  const isCut = whole.length > most
  const content = kind === 'text' ? whole.slice(0, most).join(' ') : kind === 'empty' ? '' : null
  const refusal = kind === 'refusal' ? 'I cannot help with that.' : null
  const read = tokensOf(request.messages.map(textOf).join(' ')).length
  const written = tokensOf(content ?? refusal ?? '').length
  return {
    id: `chatcmpl-${nth}`,
    object: 'chat.completion' as const,
    created: 1_780_000_000 + nth,
    model: request.model,
    choices: [
      {
        index: 0,
        message: { role: 'assistant' as const, content, refusal, annotations: [] },
        logprobs: null,
        finish_reason:
          kind === 'filtered' ? 'content_filter' : isCut ? 'length' : ('stop' as string),
      },
    ],
    ...(behaviour.countsNothing
      ? {}
      : {
          usage: { prompt_tokens: read, completion_tokens: written, total_tokens: read + written },
        }),
    service_tier: 'default',
    system_fingerprint: fingerprint,
  }
}

/** The same completion as events of a stream; without its last one it was cut off. */
export function* chunks(whole: Completion, request: CompletionRequest): Generator<string> {
  const { id, created, model, usage } = whole
  const [choice] = whole.choices
  const base = {
    id,
    object: 'chat.completion.chunk',
    created,
    model,
    system_fingerprint: fingerprint,
  }
  const event = (choices: object[], more: object = {}) =>
    `data: ${JSON.stringify({ ...base, choices, ...more })}\n\n`
  const delta = (said: object, finish: string | null = null) =>
    event([{ index: 0, delta: said, logprobs: null, finish_reason: finish }])
  yield delta({ role: 'assistant', content: '', refusal: null })
  const said = choice?.message.refusal ?? choice?.message.content ?? ''
  const key = choice?.message.refusal ? 'refusal' : 'content'
  for (const [n, word] of tokensOf(said).entries())
    yield delta({ [key]: n === 0 ? word : ` ${word}` })
  yield delta({}, choice?.finish_reason ?? 'stop')
  if (request.stream_options?.include_usage && usage) yield event([], { usage })
  yield 'data: [DONE]\n\n'
}

function sentence(request: CompletionRequest, nth: number): string {
  const last = request.messages.at(-1)
  const said = last ? textOf(last) : ''
  const seed = request.seed ?? nth
  return `${request.model} answers ${seed}: about "${said.slice(0, 200)}" there is much to say.`
}

function textOf({ content }: CompletionRequest['messages'][number]): string {
  return typeof content === 'string' ? content : ''
}
