/**
 * Interprets a failed request: whether and when to retry it, and the sentence with the remedy that an
 * admin reads. The server's own words are quoted only where they help, and never with the key.
 */
import { codeOf } from '../errors.ts'
import type { Model } from '../model.ts'

export type Failure = {
  /** `again`: a retry may succeed. `record`: this request is refused, others may succeed. `model`: none will. */
  type: 'again' | 'record' | 'model'
  problem: string
  /** When the server says it accepts requests again. */
  afterMs: number | null
}

/** The longest pause to wait out. If a server asks for more, the generation stops. */
const longestPauseMs = 5 * 60_000

export function failureOf(error: unknown, model: Model, now: Date): Failure {
  const instead = insteadIn(error)
  if (instead) return answeredOtherwise(instead, model)
  const status = statusOf(error)
  return status === null ? unreached(error, model) : answered(error, status, model, now)
}

/** What arrived instead of a completion: a page, a redirect, or something else. */
type Instead = 'page' | 'redirect' | 'other'

export function noCompletion(what: Instead): Error {
  return Object.assign(new Error(`It answered with no chat completion (${what}).`), {
    instead: what,
  })
}

function insteadIn(error: unknown): Instead | null {
  for (let one = error; one instanceof Error; one = one.cause)
    if ('instead' in one) return one.instead as Instead
  return null
}

function answeredOtherwise(what: Instead, { name, baseUrl }: Model): Failure {
  switch (what) {
    case 'page':
      return {
        type: 'model',
        afterMs: null,
        problem: `${baseUrl} answers with a web page and not as a model server. Check "base_url" of "${name}" in PARLEY_MODELS; it usually ends in /v1.`,
      }
    case 'redirect':
      return {
        type: 'model',
        afterMs: null,
        problem: `${baseUrl} redirects to another address. Write that one as "base_url" of "${name}" in PARLEY_MODELS.`,
      }
    case 'other':
      return {
        type: 'again',
        afterMs: null,
        problem: `"${name}" answers with something that is no chat completion. Check that "base_url" in PARLEY_MODELS leads to an OpenAI-compatible server.`,
      }
  }
}

function answered(error: unknown, status: number, model: Model, now: Date): Failure {
  const { name, key } = model
  const fatal = (problem: string): Failure => ({ type: 'model', problem, afterMs: null })
  if (status >= 300 && status < 400) return answeredOtherwise('redirect', model)
  // An error page adds nothing to its status, or comes from a server that is not a model's.
  if (isPage(error) && status < 500 && status !== 429) return answeredOtherwise('page', model)
  if (status === 401 || status === 403)
    return fatal(
      key
        ? `"${name}" does not accept our key. Check the variable ${key.variable}.`
        : `"${name}" asks for a key. Name its variable as "key" in PARLEY_MODELS.`,
    )
  if (status === 404) return fatal(notFound(error, model))
  if (status === 402 || codeOf(error) === 'insufficient_quota')
    return fatal(`The account of "${name}" has no credit left. Top it up, then start again.`)
  if (status === 429) {
    const afterMs = pauseOf(error, now)
    if (afterMs !== null && afterMs > longestPauseMs)
      return fatal(
        `"${name}" takes no more requests for ${Math.ceil(afterMs / 60_000)} minutes. Start again then.`,
      )
    return {
      type: 'again',
      afterMs,
      problem: `"${name}" takes no more requests for now. Start again later, or lower "in_flight" in PARLEY_MODELS.`,
    }
  }
  if (status >= 500 || status === 408 || status === 409 || status === 425)
    return {
      type: 'again',
      afterMs: pauseOf(error, now),
      problem: `The server of "${name}" fails (status ${status}). Start again later.`,
    }
  return {
    type: 'record',
    afterMs: null,
    problem: `"${name}" refuses a request: ${wordsOf(error, model) || `status ${status}.`} Change the option or the record it names.`,
  }
}

/** Servers return 404 both for an unknown model and for an unknown address. */
function notFound(error: unknown, model: Model): string {
  const { name, baseUrl } = model
  const said = saidBy(error)
  const isOfModel =
    codeOf(error) === 'model_not_found' ||
    /\b(models?|deployment)\b/i.test(said) ||
    (said.includes(model.model) && !'/v1/chat/completions'.includes(model.model))
  if (isOfModel)
    return `${baseUrl} has no model "${model.model}". Check "model" and "base_url" of "${name}" in PARLEY_MODELS.`
  return said === ''
    ? `${baseUrl} has no model "${model.model}", or is not the address of a model server (status 404). Check "base_url" of "${name}" in PARLEY_MODELS, which usually ends in /v1, then "model".`
    : `${baseUrl} is not the address of a model server (status 404). Check "base_url" of "${name}" in PARLEY_MODELS; it usually ends in /v1.`
}

/** The error's message: OpenAI's form, one line of text as Ollama once sent, or none. */
function saidBy(error: unknown): string {
  if (!(error instanceof Error)) return ''
  const said = 'error' in error ? error.error : undefined
  if (typeof said === 'string') return said
  const message = said && typeof said === 'object' && 'message' in said ? said.message : undefined
  if (typeof message === 'string') return message
  // The client's own message if it found none.
  return /^\d+ status code/.test(error.message) ? '' : error.message
}

function unreached(error: unknown, { name, baseUrl, timeoutMs }: Model): Failure {
  const again = (problem: string): Failure => ({ type: 'again', problem, afterMs: null })
  if (isNamed(error, 'APIConnectionTimeoutError'))
    return again(
      `"${name}" did not answer within ${Math.round(timeoutMs / 1000)} seconds. Raise "timeout_seconds" in PARLEY_MODELS, or lower the length of outputs.`,
    )
  if (error instanceof SyntaxError)
    return again(
      `"${name}" answers with something that is no chat completion. Check that "base_url" in PARLEY_MODELS leads to an OpenAI-compatible server.`,
    )
  const code = deepestCode(error)
  if (/^(UND_ERR_SOCKET|ECONNRESET|EPIPE|HPE_|UND_ERR_RES_CONTENT)/.test(code))
    return again(`"${name}" broke off in the middle of its answer. Start again later.`)
  return again(
    `"${name}" cannot be reached at ${new URL(baseUrl).host}${code ? ` (${code})` : ''}. Check "base_url" in PARLEY_MODELS, and that its server runs.`,
  )
}

function statusOf(error: unknown): number | null {
  const status = error instanceof Error && 'status' in error ? error.status : undefined
  return typeof status === 'number' ? status : null
}

function isPage(error: unknown): boolean {
  return /\btext\/html\b/i.test(headerOf(error, 'content-type') ?? '')
}

function headerOf(error: unknown, name: string): string | null {
  const headers = error instanceof Error && 'headers' in error ? error.headers : null
  return headers instanceof Headers ? headers.get(name) : null
}

/** Reads `retry-after-ms`, which some servers send, or `Retry-After` in seconds or as a date (RFC 9110). */
function pauseOf(error: unknown, now: Date): number | null {
  const ms = Number(headerOf(error, 'retry-after-ms') ?? Number.NaN)
  if (Number.isFinite(ms) && ms >= 0) return ms
  const after = headerOf(error, 'retry-after')
  if (after === null) return null
  const seconds = Number(after)
  if (after.trim() !== '' && Number.isFinite(seconds)) return Math.max(0, seconds * 1000)
  const at = Date.parse(after)
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime())
}

/** The server's message in one short line, with any key removed. */
function wordsOf(error: unknown, { key }: Model): string {
  const said: unknown =
    error instanceof Error && 'error' in error && typeof error.error === 'object' && error.error
      ? (error.error as { message?: unknown }).message
      : undefined
  const text = typeof said === 'string' ? said : ''
  const line = (key?.value ? text.replaceAll(key.value, '…') : text)
    .replaceAll(/\bsk-[\w-]{8,}/g, '…')
    .replaceAll(/\s+/g, ' ')
    .trim()
  const short = line.length > 300 ? `${line.slice(0, 300)}…` : line
  return /[.!?…]$/.test(short) || short === '' ? short : `${short}.`
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.constructor.name === name
}

function deepestCode(error: unknown): string {
  let code = ''
  for (let one = error; one instanceof Error; one = one.cause) code = codeOf(one) || code
  return code
}
