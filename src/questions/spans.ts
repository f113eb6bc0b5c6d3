/** Marked text: which characters carry which label. Positions are code points, as Python and Argilla count them. */
import type { Say } from '../sentences.ts'
import type { SpanQuestion } from './question.ts'

/** From `start` up to, but not including, `end`. */
export type Span = { field: string; start: number; end: number; label: string }
export type SpanValue = Span[]

/** More than anybody marks; fewer than make a form too large to store. */
const mostSpans = 10_000

/**
 * Spans in the order of the text, or what is wrong with them. An empty list is an answer: there is nothing to
 * mark. `text` is the field's text; without one there is nothing that spans could be checked against.
 */
export function readSpans(
  question: SpanQuestion,
  raw: unknown,
  text: string | undefined,
): { value: SpanValue } | { problem: Say } {
  if (text === undefined) return { problem: (said) => said.spanOnPage }
  if (!Array.isArray(raw)) return { problem: (said) => said.spanUnreadable }
  if (raw.length > mostSpans) return { problem: (said) => said.spansTooMany(mostSpans) }
  const length = codePoints(text)
  const spans: SpanValue = []
  for (const one of raw) {
    const read = readSpan(question, one, length)
    if ('problem' in read) return read
    spans.push(read.span)
  }
  spans.sort(inOrder)
  return { value: spans, ...clashOf(question, spans) }
}

/** Those of an unfinished answer that are spans at all. */
export function keepSpans(
  question: SpanQuestion,
  raw: unknown,
  text: string | undefined,
): SpanValue | undefined {
  if (text === undefined || !Array.isArray(raw)) return undefined
  const length = codePoints(text)
  return raw
    .slice(0, mostSpans)
    .flatMap((one) => {
      const read = readSpan(question, one, length)
      return 'span' in read ? [read.span] : []
    })
    .sort(inOrder)
}

/** How many characters a text has as spans count them. */
export function codePoints(text: string): number {
  let pairs = 0
  for (let i = 0; i < text.length; i++) if ((text.codePointAt(i) ?? 0) > 0xffff) pairs += 1
  return text.length - pairs
}

function readSpan(
  question: SpanQuestion,
  raw: unknown,
  length: number,
): { span: Span } | { problem: Say } {
  if (typeof raw !== 'object' || raw === null) return { problem: (said) => said.spanUnreadable }
  const { field = question.field, start, end, label } = raw as { [key: string]: unknown }
  if (field !== question.field || !Number.isInteger(start) || !Number.isInteger(end))
    return { problem: (said) => said.spanUnreadable }
  const [from, to] = [Number(start), Number(end)]
  if (from < 0 || to > length) return { problem: (said) => said.spanOutside(length) }
  if (from >= to) return { problem: (said) => said.spanEmpty }
  if (!question.options.some(({ value }) => value === label))
    return { problem: (said) => said.spanLabel }
  return { span: { field: question.field, start: from, end: to, label: String(label) } }
}

function clashOf(question: SpanQuestion, spans: readonly Span[]): { problem?: Say } {
  let reach = 0
  for (const [i, span] of spans.entries()) {
    const before = spans[i - 1]
    if (before && inOrder(before, span) === 0) return { problem: (said) => said.spanTwice }
    if (question.overlap === false && span.start < reach)
      return { problem: (said) => said.spanOverlaps }
    reach = Math.max(reach, span.end)
  }
  return {}
}

function inOrder(a: Span, b: Span): number {
  return a.start - b.start || a.end - b.end || (a.label < b.label ? -1 : a.label > b.label ? 1 : 0)
}
