/**
 * The five ways Parley says no. A ParleyError is made for the person who will read it: a whole
 * sentence that says what to do next. Anything else that is thrown is a bug.
 */
import { type Say, sentences } from './sentences.ts'

export type ErrorCode = 'invalid' | 'not_found' | 'forbidden' | 'conflict' | 'unavailable'

export class ParleyError extends Error {
  readonly code: ErrorCode
  /** What is wrong where: one sentence per question, variable or line. Empty but for `invalid`. */
  readonly problems: Readonly<Record<string, string>>
  /** The same for people who read another language; what only admins read has no other. */
  readonly #message: string | Say
  readonly #problems: Readonly<Record<string, string | Say>>

  constructor(
    code: ErrorCode,
    message: string | Say,
    more: { problems?: Readonly<Record<string, string | Say>>; cause?: unknown } = {},
  ) {
    super(sayIn(undefined, message), more.cause === undefined ? undefined : { cause: more.cause })
    this.name = 'ParleyError'
    this.code = code
    this.#message = message
    this.#problems = more.problems ?? {}
    this.problems = this.problemsIn(undefined)
  }

  messageIn(locale: string | undefined): string {
    return sayIn(locale, this.#message)
  }

  problemsIn(locale: string | undefined): Record<string, string> {
    return Object.fromEntries(
      Object.entries(this.#problems).map(([where, what]) => [where, sayIn(locale, what)]),
    )
  }
}

/** Says what is wrong where; the message is every problem on a line of its own. */
export function invalid(
  problems: Readonly<Record<string, string | Say>>,
  cause?: unknown,
): ParleyError {
  const lines: Say = (said) =>
    Object.entries(problems)
      .map(([where, what]) => {
        const text = typeof what === 'string' ? said.refusal(what) : what(said)
        return where ? `${where}: ${text}` : text
      })
      .join('\n')
  return new ParleyError('invalid', lines, { problems, cause })
}

/** Runs every check, so that a form shows all of its problems at once. */
export async function checkAll(checks: readonly (() => unknown)[]): Promise<void> {
  const problems: Record<string, string> = {}
  for (const check of checks)
    try {
      await check()
    } catch (error) {
      if (!(error instanceof ParleyError) || error.code !== 'invalid') throw error
      for (const [where, what] of Object.entries(error.problems)) problems[where] ??= what
    }
  if (Object.keys(problems).length > 0) throw invalid(problems)
}

export function notFound(what: string, name: string): ParleyError {
  return new ParleyError('not_found', `There is no ${what} "${name}".`)
}

export function forbidden(message: string | Say): ParleyError {
  return new ParleyError('forbidden', message)
}

export function conflict(message: string | Say, cause?: unknown): ParleyError {
  return new ParleyError('conflict', message, { cause })
}

/** Says that something outside of Parley is away; the caller may try again. */
export function unavailable(what: string, cause?: unknown): ParleyError {
  const message = `${capital(what)} cannot be reached right now. Try again in a moment.`
  return new ParleyError('unavailable', message, { cause })
}

/**
 * The ParleyError in whatever was thrown: itself, `unavailable` for a lost database connection, `invalid`
 * for text that Postgres cannot hold, or null for a bug. Doors ask this first, so that neither a restart
 * of Postgres nor a NUL in a name is "our fault".
 */
export function asParleyError(error: unknown): ParleyError | null {
  if (error instanceof ParleyError) return error
  const unstorable = unstorableIn(error)
  if (unstorable) return new ParleyError('invalid', unstorable, { cause: error })
  return isConnectionLost(error)
    ? new ParleyError('unavailable', (said) => said.away('database'), { cause: error })
    : null
}

/** The short code a driver or the system put on an error, as '40P01' or 'ECONNREFUSED'. */
export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return ''
  return typeof error.code === 'string' ? error.code : ''
}

/** Postgres stores every character but NUL, and no half of a surrogate pair in JSON. */
function unstorableIn(error: unknown): Say | null {
  const code = codeOf(error)
  if (code === '22021' || code === '22P05') return (said) => said.holdsNul
  const detail = error instanceof Error && 'detail' in error ? String(error.detail) : ''
  return code === '22P02' && / surrogate /.test(detail) ? (said) => said.halfCharacter : null
}

const lostCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  // Postgres: shut down by an admin, crash of another backend, starting up or stopping, all slots taken.
  '57P01',
  '57P02',
  '57P03',
  '53300',
])

function isConnectionLost(error: unknown): boolean {
  const code = codeOf(error)
  if (lostCodes.has(code) || /^08...$/.test(code)) return true
  // pg gives these no code.
  return (
    error instanceof Error &&
    /^Connection terminated|^timeout exceeded when trying to connect|^Client has encountered a connection error/.test(
      error.message,
    )
  )
}

function sayIn(locale: string | undefined, what: string | Say): string {
  const said = sentences(locale)
  return typeof what === 'string' ? said.refusal(what) : what(said)
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** What a promise leads to; null where it says that there is no such thing (any more). */
export async function ifThere<Result>(wanted: Promise<Result>): Promise<Result | null> {
  return wanted.catch((error: unknown) => {
    if (asParleyError(error)?.code === 'not_found') return null
    throw error
  })
}
