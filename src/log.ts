/**
 * The log: JSON lines on stderr, because stdout carries results only. Secrets are taken out of the
 * finished line, wherever they stood: in a URL, in a header, deep inside an SDK's error.
 */
import pino from 'pino'
import type { LogEvent } from './log/events.ts'
import { withoutPassword } from './secrets.ts'

/** What a line tells besides its sentence: `event` is its stable key (src/log/events.ts). */
type About = Readonly<{ event: LogEvent; [more: string]: unknown }>

/** Each line has an event, so that alerts and searches need not know sentences. */
export type Log = Record<
  'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal',
  (about: About, message: string) => void
>

/** Opens the log; `secrets` are values that must never appear in it. */
export function openLog(
  options: { level?: string; secrets?: readonly string[]; to?: pino.DestinationStream } = {},
): Log {
  const known = (options.secrets ?? []).filter((secret) => secret.length >= 8)
  return pino(
    {
      level: options.level ?? 'info',
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: plainError },
      hooks: { streamWrite: (line) => withoutSecrets(line, known) },
    },
    options.to ?? pino.destination({ fd: 2, sync: true }),
  )
}

/** What Postgres quotes of a row or a parameter: people's own words. */
const quoting = ['detail', 'where', 'internalQuery']

/**
 * An error without the objects SDKs hang on it: pg's whole client, with its key to cancel queries, and
 * ioredis's command, whose arguments are the password where it is AUTH.
 */
function plainError(error: unknown): object {
  const all = error instanceof Error ? pino.stdSerializers.err(error) : { message: error }
  const isPostgres = 'severity' in all && 'routine' in all
  return Object.fromEntries(
    Object.entries(all)
      .filter(([key]) => !(isPostgres && quoting.includes(key)))
      .filter(([, value]) => !isObject(value) || isPlain(value))
      .map(([key, value]) => [key, key === 'command' ? nameOf(value) : value]),
  )
}

function nameOf(command: unknown): unknown {
  return isObject(command) && 'name' in command ? command.name : undefined
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function isPlain(value: object): boolean {
  const kind: unknown = Object.getPrototypeOf(value)
  return kind === Object.prototype || kind === Array.prototype || kind === null
}

/** Replaces API keys, secrets of webhooks, tokens of the platforms, passwords in URLs, and the given values by `[secret]`. */
export function withoutSecrets(text: string, known: readonly string[] = []): string {
  let clean = text
  for (const secret of known) clean = clean.replaceAll(secret, '[secret]')
  return withoutPassword(clean, '[secret]')
    .replace(/\bx(?:ox[a-z]|app)(?:\.[a-z]+)?-[A-Za-z0-9-]{8,}/g, '[secret]')
    .replace(/\b[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6,7}\.[A-Za-z0-9_-]{27,}/g, '[secret]')
    .replace(/\bprl_[A-Za-z0-9]{8,}/g, '[secret]')
    .replace(/\bwhsec_[A-Za-z0-9+/]{8,}=*/g, '[secret]')
    .replace(/\b(Bearer|Bot) [A-Za-z0-9._~+/-]{12,}=*/g, '$1 [secret]')
    .replace(/(hooks\.slack\.com\/[a-z]+\/)[^\s"\\]+/g, '$1[secret]')
}
