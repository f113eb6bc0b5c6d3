/**
 * A completed record that came from a trace, as `gen_ai.evaluation.result` events of its span: what the
 * newest GenAI conventions of OpenTelemetry say (semantic-conventions-genai, docs/gen-ai/gen-ai-events.md),
 * as a request of OTLP logs in JSON. Pure.
 */
import { isObject, type JsonObject } from '../../json.ts'
import { counted } from '../../sentences.ts'

type Evaluation = {
  name: string
  label: string | null
  value: number | null
  explanation: string
  answers: number
  agreement: number | null
  /** The output it is about, where the span has several. */
  output: string | null
}

const longestExplanation = 4_000
/** Outputs that came with the span; models wrote the others later (src/traces/record.ts). */
const ofSpan = /^o\d+$/

/** Whether there is a span or a response, and something to say of it. */
export function hasEvaluations(data: JsonObject): boolean {
  return contextOf(data) !== null && evaluationsOf(data).length > 0
}

/** The body of an event as webhooks have it, as an ExportLogsServiceRequest. */
export function asLogs(body: string): string {
  const event: unknown = JSON.parse(body)
  const { data, timestamp } = isObject(event) ? event : {}
  const context = isObject(data) ? contextOf(data) : null
  if (!isObject(data) || !context) return JSON.stringify({ resourceLogs: [] })
  const time = `${Date.parse(String(timestamp))}000000`
  const { traceId, spanId, responseId } = context
  const logRecords = evaluationsOf(data).map((one) => ({
    ...{ timeUnixNano: time, observedTimeUnixNano: time, severityNumber: 9 },
    eventName: 'gen_ai.evaluation.result',
    ...(traceId !== null && spanId !== null ? { traceId, spanId, flags: 1 } : {}),
    attributes: attributes({
      'gen_ai.evaluation.name': one.name,
      'gen_ai.evaluation.score.label': one.label,
      'gen_ai.evaluation.score.value': one.value,
      'gen_ai.evaluation.explanation': one.explanation,
      'gen_ai.response.id': responseId,
      'parley.dataset': textOf(data['dataset']),
      'parley.record': context.record,
      'parley.answers': String(one.answers),
      'parley.agreement': one.agreement,
      'parley.output': one.output,
    }),
  }))
  const resource = { attributes: attributes({ 'service.name': 'parley' }) }
  return JSON.stringify({
    resourceLogs: [{ resource, scopeLogs: [{ scope: { name: 'parley' }, logRecords }] }],
  })
}

function attributes(held: { readonly [key: string]: string | number | null }) {
  return Object.entries(held).flatMap(([key, value]) =>
    value === null
      ? []
      : {
          key,
          value:
            typeof value === 'number'
              ? { doubleValue: value }
              : key === 'parley.answers'
                ? { intValue: value }
                : { stringValue: value },
        },
  )
}

function contextOf({ record }: JsonObject) {
  if (!isObject(record) || !isObject(record['metadata'])) return null
  const { trace_id: trace, span_id: span, response_id: response } = record['metadata']
  const id = (one: unknown, digits: number) =>
    typeof one === 'string' && one.length === digits && /^[\da-f]+$/.test(one) ? one : null
  const found = { traceId: id(trace, 32), spanId: id(span, 16), responseId: textOf(response) }
  if ((found.traceId === null || found.spanId === null) && found.responseId === null) return null
  return { ...found, record: textOf(record['external_id']) }
}

function evaluationsOf(data: JsonObject): Evaluation[] {
  const questions = isObject(data['questions']) ? data['questions'] : {}
  const comments = commentsIn(data, questions)
  return Object.entries(questions).flatMap(([name, result]) => {
    if (!isObject(result)) return []
    if (result['type'] === 'ranking') return rankings(name, result, comments)
    if (!isObject(result['outputs'])) return verdict(name, result, comments, null)
    const ids = Object.keys(result['outputs']).filter((id) => ofSpan.test(id))
    const each = result['outputs']
    return ids.flatMap((id) => {
      const one = each[id]
      return isObject(one) ? verdict(name, one, comments, ids.length > 1 ? id : null) : []
    })
  })
}

type Vote = { value: string; count: number; share: number | null }

/** A label has its share of the votes, a rating its mean; texts are in the explanation of the others. */
function verdict(
  name: string,
  said: JsonObject,
  comments: string,
  output: string | null,
): Evaluation[] {
  const answers = Number(said['answers'] ?? 0)
  const votes = votesIn(said)
  if (answers === 0 || votes.length === 0) return []
  const consensus = measured(said['consensus'])
  const mean = measured(said['mean'])
  const label = Array.isArray(consensus)
    ? consensus.map(String).join(', ')
    : typeof consensus === 'string'
      ? consensus
      : null
  const share = votes.find(({ value }) => value === label)?.share ?? null
  const value = numberOf(mean ?? (typeof consensus === 'number' ? consensus : share))
  const explanation = explain(answers, votes, comments)
  return [{ ...{ name, label, value, explanation, answers, output }, agreement: agreed(said) }]
}

/** How often it was put first alone, and its rank by the consensus. */
function rankings(name: string, said: JsonObject, comments: string): Evaluation[] {
  const answers = Number(said['answers'] ?? 0)
  const ranks = measured(said['consensus'])
  const votes = votesIn(said)
  const own = votes.filter(({ value }) => ofSpan.test(value))
  if (answers === 0) return []
  return own.map(({ value: id, share }) => {
    const rank = isObject(ranks) ? ranks[id] : undefined
    return {
      ...{ name, answers, value: share, agreement: agreed(said) },
      label: typeof rank === 'number' ? `rank ${rank} of ${votes.length}` : null,
      explanation: explain(answers, votes, comments),
      output: own.length > 1 ? id : null,
    }
  })
}

function explain(answers: number, votes: readonly Vote[], comments: string): string {
  const chosen = votes
    .filter(({ count }) => count > 0)
    .map(({ value, count }) => `${value} ${count}`)
  const said = `${counted(answers, 'answer')}: ${chosen.join(', ') || 'none chosen'}.`
  return `${said}${comments}`.slice(0, longestExplanation)
}

/** What people wrote in words, each on a line of its own. */
function commentsIn(data: JsonObject, questions: JsonObject): string {
  const texts = Object.entries(questions).flatMap(([name, one]) =>
    isObject(one) && one['type'] === 'text' && one['of'] === 'record' ? name : [],
  )
  const responses = Array.isArray(data['responses']) ? data['responses'].filter(isObject) : []
  return responses
    .flatMap(({ values }) =>
      texts.flatMap((name) => (isObject(values) ? (values[name] ?? []) : [])),
    )
    .filter((text) => typeof text === 'string' && text.trim() !== '')
    .map((text) => `\n${String(text)}`)
    .join('')
}

function votesIn({ votes }: JsonObject): Vote[] {
  return (Array.isArray(votes) ? votes.filter(isObject) : []).map(({ value, count, share }) => ({
    ...{ value: String(value), count: Number(count), share: numberOf(share) },
  }))
}

/** Null where it could not be measured. */
function measured(found: unknown): unknown {
  return isObject(found) ? (found['value'] ?? null) : null
}

function agreed({ agreement }: JsonObject): number | null {
  return numberOf(measured(agreement))
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
