/**
 * The wire log: every call the bot makes and every delivery it receives, one JSON line each, in
 * the form interfaces.md fixes. Tokens and secrets never reach it.
 */
import { appendFileSync } from 'node:fs'
import { isObject, type Json } from './json.ts'

type Platform = 'slack' | 'discord'

export type WireLine = {
  at: string
  platform: Platform
  direction: 'call' | 'delivery'
  method: string
  path: string
  status: number
  request: Json
  response: Json
}

export type Wire = {
  lines: WireLine[]
  write(line: Omit<WireLine, 'platform'>): void
}

const kept = 20_000

/** Opens a log that keeps the last lines in memory and, when asked, all of them in a file. */
export function openWire(options: {
  platform: Platform
  path?: string
  secrets: readonly string[]
}): Wire {
  const lines: WireLine[] = []
  return {
    lines,
    write(line) {
      const written: WireLine = {
        at: line.at,
        platform: options.platform,
        direction: line.direction,
        method: line.method,
        path: line.path,
        status: line.status,
        request: redact(line.request, options.secrets),
        response: redact(line.response, options.secrets),
      }
      lines.push(written)
      if (lines.length > kept) lines.splice(0, lines.length - kept)
      if (options.path !== undefined) appendFileSync(options.path, `${JSON.stringify(written)}\n`)
    },
  }
}

const secretKeys = new Set([
  ...['token', 'bot_token', 'access_token', 'refresh_token', 'client_secret'],
])

function redact(value: Json, secrets: readonly string[]): Json {
  if (typeof value === 'string') {
    return secrets.reduce((text, secret) => text.replaceAll(secret, '[redacted]'), value)
  }
  if (Array.isArray(value)) return value.map((entry) => redact(entry, secrets))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      key,
      secretKeys.has(key) && typeof entry === 'string' ? '[redacted]' : redact(entry, secrets),
    ]),
  )
}
