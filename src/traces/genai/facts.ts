/** What a span says of a call besides its texts: who asked which model, how long it took, what it cost. */
import type { Attributes, Span, Value } from '../otlp/span.ts'

export type Facts = {
  service: string | null
  /** `chat`, `invoke_agent`, …; null where it does not say. */
  operation: string | null
  provider: string | null
  /** The model that answered, and the one that was asked where that is another name. */
  model: string | null
  requestedModel: string | null
  responseId: string | null
  conversationId: string | null
  inputTokens: number | null
  outputTokens: number | null
  finishReasons: string[]
  latencyMs: number | null
  firstTokenMs: number | null
  error: string | null
}

export function factsOf(span: Span): Facts {
  const { attributes: own, resource } = span
  const requestedModel = textOf(own, ['gen_ai.request.model', 'llm.request.model_name'])
  const answered = textOf(own, [
    'gen_ai.response.model',
    'llm.response.model_name',
    'llm.model_name',
  ])
  const firstToken = numberOf(own, ['gen_ai.response.time_to_first_chunk'])
  const took = span.end >= span.start && span.start > 0 ? span.end - span.start : null
  return {
    service: textOf(resource, ['service.name']),
    operation: operationOf(own),
    provider: textOf(own, ['gen_ai.provider.name', 'gen_ai.system', 'llm.provider', 'llm.system']),
    model: answered ?? requestedModel,
    requestedModel,
    responseId: textOf(own, ['gen_ai.response.id']),
    conversationId: textOf(own, ['gen_ai.conversation.id', 'session.id']),
    inputTokens: numberOf(own, [
      ...['gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens', 'llm.token_count.prompt'],
    ]),
    outputTokens: numberOf(own, [
      ...['gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens'],
      'llm.token_count.completion',
    ]),
    finishReasons: listOf(
      own.get('gen_ai.response.finish_reasons') ?? own.get('llm.finish_reason'),
    ),
    latencyMs: took === null ? null : Math.round(took / 1_000) / 1_000,
    firstTokenMs: firstToken === null ? null : Math.round(firstToken * 1_000_000) / 1_000,
    error: errorOf(span),
  }
}

/** OpenInference names a kind, OpenLLMetry a type of request. */
function operationOf(attributes: Attributes): string | null {
  const named = textOf(attributes, ['gen_ai.operation.name'])
  if (named !== null) return named
  const kind = textOf(attributes, ['openinference.span.kind'])?.toLowerCase() ?? null
  if (kind !== null) return kinds[kind] ?? kind
  return textOf(attributes, ['llm.request.type', 'traceloop.span.kind'])
}

const kinds: { readonly [kind: string]: string } = {
  llm: 'chat',
  agent: 'invoke_agent',
  tool: 'execute_tool',
  embedding: 'embeddings',
  retriever: 'retrieval',
}

/** Operations that are no call of a model: of agents, tools and stores, which hold such calls. */
const others =
  /^(?:create_agent|invoke_agent|invoke_workflow|execute_tool|embeddings?|retrieval|plan|.*_memory(?:_store)?|chain|tool|agent|task|workflow|reranker|rerank|guardrail|evaluator|prompt)$/

/** Whether it is a call of a model, as far as its name says; a span without one may be one. */
export function isModelCall({ operation }: Facts): boolean {
  return operation === null || !others.test(operation)
}

function errorOf({ attributes, isError, errorMessage }: Span): string | null {
  const type = textOf(attributes, ['error.type'])
  if (!isError && type === null) return null
  return [type, errorMessage].filter((one) => one).join(': ') || 'error'
}

export function textOf(attributes: Attributes, keys: readonly string[]): string | null {
  for (const key of keys) {
    const held = attributes.get(key)
    if (typeof held === 'string' && held !== '') return held
    if (typeof held === 'number') return String(held)
  }
  return null
}

function numberOf(attributes: Attributes, keys: readonly string[]): number | null {
  for (const key of keys) {
    const held = attributes.get(key)
    const number = typeof held === 'string' && held !== '' ? Number(held) : held
    if (typeof number === 'number' && Number.isFinite(number)) return number
  }
  return null
}

function listOf(value: Value | undefined): string[] {
  if (typeof value === 'string') return [value]
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}
