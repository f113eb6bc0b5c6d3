/** Which rule takes a span. Pure. */
import type { Traces } from '../datasets/traces/rule.ts'
import { type Facts, isModelCall } from './genai/facts.ts'
import type { Span, Value } from './otlp/span.ts'

type Match = NonNullable<Traces['match']>
type Test = (span: Span, facts: Facts) => boolean

/** A rule's conditions, compiled once for many spans. */
export function matcherOf(match: Match = {}): Test {
  const tests = [...namesOf(match), ...numbersOf(match), ...attributesOf(match)]
  return (span, facts) => tests.every((test) => test(span, facts))
}

function namesOf({ service, model, operation, error }: Match): Test[] {
  const tests: Test[] = []
  if (service !== undefined) {
    const isOne = anyOf(service)
    tests.push((_, facts) => facts.service !== null && isOne(facts.service))
  }
  if (model !== undefined) {
    const isOne = anyOf(model)
    tests.push((_, { model: answered, requestedModel: asked }) =>
      [answered, asked].some((one) => one !== null && isOne(one)),
    )
  }
  if (operation === undefined) tests.push((_, facts) => isModelCall(facts))
  else {
    const isOne = anyOf(operation)
    tests.push((_, facts) => facts.operation !== null && isOne(facts.operation))
  }
  if (error !== undefined) tests.push((_, facts) => (facts.error !== null) === error)
  return tests
}

function numbersOf({ min_tokens, max_tokens, min_latency_ms }: Match): Test[] {
  const tests: Test[] = []
  if (min_tokens !== undefined) tests.push((_, facts) => tokensOf(facts) >= min_tokens)
  if (max_tokens !== undefined) tests.push((_, facts) => tokensOf(facts) <= max_tokens)
  if (min_latency_ms !== undefined)
    tests.push((_, { latencyMs }) => latencyMs !== null && latencyMs >= min_latency_ms)
  return tests
}

/** A span that says nothing of its tokens has no number that a bound could be held to. */
function tokensOf({ inputTokens, outputTokens }: Facts): number {
  if (inputTokens === null && outputTokens === null) return Number.NaN
  return (inputTokens ?? 0) + (outputTokens ?? 0)
}

function attributesOf({ attributes = {} }: Match): Test[] {
  return Object.entries(attributes).map(([key, wanted]): Test => {
    const isWanted =
      typeof wanted === 'string' ? anyOf(wanted) : (held: string) => held === String(wanted)
    return ({ attributes: own, resource }) => {
      const held = own.get(key) ?? resource.get(key)
      return held !== undefined && textsOf(held).some(isWanted)
    }
  })
}

/** Of a list, one that fits is enough. */
function textsOf(held: Value): string[] {
  if (Array.isArray(held)) return held.flatMap((one) => (Array.isArray(one) ? [] : textsOf(one)))
  return typeof held === 'object' ? [] : [String(held)]
}

function anyOf(names: string | readonly string[]): (text: string) => boolean {
  const tests = [names].flat().map((name) => {
    const pieces = name.split('*')
    return pieces.length === 1
      ? (text: string) => text === name
      : (text: string) => fits(pieces, text)
  })
  return (text) => tests.some((test) => test(text))
}

/** Whether a text is these pieces in this order with anything in between: no way back is ever tried. */
function fits(pieces: readonly string[], text: string): boolean {
  const [head = '', ...others] = pieces
  const tail = others.pop() ?? ''
  if (text.length < head.length + tail.length) return false
  if (!text.startsWith(head) || !text.endsWith(tail)) return false
  const end = text.length - tail.length
  let at = head.length
  for (const piece of others) {
    const found = text.indexOf(piece, at)
    if (found < 0 || found + piece.length > end) return false
    at = found + piece.length
  }
  return true
}
