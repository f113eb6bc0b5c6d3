/** A span as both encodings of OTLP say it, and what reading a request counts. */

/** A value of JSON, however deep: what an attribute may hold. */
export type Value = string | number | boolean | null | Value[] | { [key: string]: Value }
export type Attributes = ReadonlyMap<string, Value>

export type Span = {
  /** Of its trace's id. */
  hash: number
  /** 32 and 16 hex digits in lower case. */
  traceId: string
  spanId: string
  parentSpanId: string | null
  name: string
  /** Nanoseconds since 1970, as exact as a double is; 0 where it does not say. */
  start: number
  end: number
  isError: boolean
  errorMessage: string
  attributes: Attributes
  events: { name: string; attributes: Attributes }[]
  resource: Attributes
}

/** What a request holds: all of its spans, those that are none, and why the first of these is none. */
export type Count = { spans: number; rejected: number; problem: string | null }

/** Whether spans of this trace are wanted at all; asked before anything else of a span is read. */
export type Wanted = (traceHash: number) => boolean

export const deepest = 64

/** Of one span. Everything else that is thrown while a request is read makes all of it unreadable. */
export function rejectSpan(count: Count, problem: string): void {
  count.rejected++
  count.problem ??= problem
}

export const badTraceId =
  'A span needs a traceId of 16 bytes that are not all zero, in JSON as 32 hex digits.'
export const badSpanId =
  'A span needs a spanId of 8 bytes that are not all zero, in JSON as 16 hex digits.'
export const tooDeep = `An attribute is nested more than ${deepest} levels deep.`

/** Texts as Postgres can store them: no NUL, no half of a character. */
export function cleanText(text: string): string {
  return (text.includes('\u0000') ? text.replaceAll('\u0000', '\ufffd') : text).toWellFormed()
}

/** A number where it keeps its digits, else the digits as a text. */
export function wholeNumber(digits: bigint): number | string {
  const number = Number(digits)
  return Number.isSafeInteger(number) ? number : String(digits)
}

/** JSON has no infinity; OTLP writes these as texts, too. */
export function decimal(number: number): number | string {
  return Number.isFinite(number) ? number : String(number)
}
