/** What a chosen span becomes in a dataset: a record, or why it becomes none. Pure. */
import { outputsNeeded } from '../datasets/check.ts'
import { promptField } from '../datasets/traces/check.ts'
import { fitRecord } from '../imports/check-record.ts'
import type { Say } from '../imports/shapes/line.ts'
import { readMessages } from '../imports/shapes/messages.ts'
import { spoken } from '../imports/shapes/once.ts'
import type { JsonObject } from '../json.ts'
import { mostOutputs } from '../records/generated.ts'
import { type ChatMessage, isEmpty } from '../records/message.ts'
import type { RecordLine, RecordOutput } from '../records/record-line.ts'
import { conversationOf } from './genai/conversation.ts'
import type { Facts } from './genai/facts.ts'
import type { Span } from './otlp/span.ts'
import { redactLine } from './redact.ts'
import type { Rule } from './rules.ts'

/** `without`: what the span does not hold, which is nobody's mistake; `problem`: why it is refused. */
export type Made = { line: RecordLine } | { without: 'prompt' | 'output' } | { problem: string }

/** Names a span among all: a trace id and a span id, as in W3C's `traceparent`. */
export function recordId({ traceId, spanId }: Pick<Span, 'traceId' | 'spanId'>): string {
  return `${traceId}-${spanId}`
}

export function makeRecord(rule: Rule, span: Span, facts: Facts): Made {
  const { document } = rule.dataset
  const said = conversationOf(span)
  const problems: string[] = []
  const say: Say = (path, message, remedy) => {
    problems.push(`${path} ${message} ${remedy}`)
  }
  if (said.prompt.length === 0) return { without: 'prompt' }
  const prompt = readMessages(said.prompt, 'the prompt', say)
  const outputs = said.outputs.slice(0, mostOutputs).flatMap((one, at) => {
    const messages = readMessages([one], 'the output', say)
    return messages?.every(isEmpty) === false ? [outputOf(messages, at, facts)] : []
  })
  if (!prompt || problems.length > 0) return { problem: problems[0] ?? '' }
  if (prompt.every(isEmpty)) return { without: 'prompt' }
  const isWaiting = document.generate !== undefined
  if (outputs.length === 0 && outputsNeeded(document) > 0 && !isWaiting)
    return { without: 'output' }
  return fitted(rule, {
    external_id: recordId(span),
    fields: { [promptField]: prompt },
    outputs,
    metadata: metadataOf(rule, span, facts, said.tools),
  })
}

/** Redacted before anything else looks at it: what is said of a problem may repeat a text. */
function fitted(
  { dataset, patterns }: Rule,
  given: Pick<RecordLine, 'external_id' | 'fields' | 'outputs' | 'metadata'>,
): Made {
  try {
    const { line, places } = redactLine(patterns, given)
    const metadata = places > 0 ? { ...line.metadata, redacted: places } : line.metadata
    const whole: RecordLine = { format: 1, ...line, metadata, suggestions: {}, priority: 0 }
    const found = fitRecord(dataset.document, whole)
    if ('record' in found) return { line: found.record }
    const { path, message, remedy } = found.problem
    return { problem: `${path} ${message} ${remedy}` }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return { problem: 'The patterns of redact take too long over it. Make them simpler.' }
  }
}

function outputOf(messages: ChatMessage[], at: number, { model }: Facts): RecordOutput {
  return {
    id: `o${at + 1}`,
    ...spoken(messages),
    ...(model === null ? {} : { model: model.slice(0, 200) }),
  }
}

/** What people filter and compare by; what a span does not say is left out. */
function metadataOf(
  { dataset }: Rule,
  span: Span,
  facts: Facts,
  tools: readonly JsonObject[],
): RecordLine['metadata'] {
  const { start, attributes: own, resource } = span
  const attributes = (dataset.document.traces?.keep ?? []).flatMap((key) => {
    const held = own.get(key) ?? resource.get(key)
    return held === undefined ? [] : [[key, held] as const]
  })
  const said: { [key: string]: unknown } = {
    trace_id: span.traceId,
    span_id: span.spanId,
    parent_span_id: span.parentSpanId,
    span: span.name === '' ? null : span.name,
    service: facts.service,
    operation: facts.operation,
    provider: facts.provider,
    model: facts.model,
    requested_model: facts.requestedModel === facts.model ? null : facts.requestedModel,
    response_id: facts.responseId,
    conversation_id: facts.conversationId,
    started_at: start > 0 ? isoOf(start) : null,
    latency_ms: facts.latencyMs,
    first_token_ms: facts.firstTokenMs,
    input_tokens: facts.inputTokens,
    output_tokens: facts.outputTokens,
    finish_reasons: facts.finishReasons.length > 0 ? facts.finishReasons : null,
    error: facts.error,
    tools: tools.length > 0 ? tools : null,
    attributes: attributes.length > 0 ? Object.fromEntries(attributes) : null,
  }
  return Object.fromEntries(Object.entries(said).filter(([, held]) => held !== null))
}

/** Null beyond what a date can say. */
function isoOf(nanoseconds: number): string | null {
  const at = new Date(Math.floor(nanoseconds / 1_000_000))
  return Number.isNaN(at.getTime()) ? null : at.toISOString()
}
