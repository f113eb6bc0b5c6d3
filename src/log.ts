/**
 * The log: JSON lines on stderr, because stdout carries results only. Secrets are taken out of the
 * finished line, wherever they stood: in a URL, in a header, deep inside an SDK's error.
 */
import pino from 'pino'

export type Log = pino.Logger

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
      hooks: { streamWrite: (line) => withoutSecrets(line, known) },
    },
    options.to ?? pino.destination({ fd: 2, sync: true }),
  )
}

/** Replaces tokens of the platforms, passwords in URLs, and the given values by `[secret]`. */
export function withoutSecrets(text: string, known: readonly string[] = []): string {
  let clean = text
  for (const secret of known) clean = clean.replaceAll(secret, '[secret]')
  return clean
    .replace(/\bx(?:ox[a-z]|app)(?:\.[a-z]+)?-[A-Za-z0-9-]{8,}/g, '[secret]')
    .replace(/\b[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6,7}\.[A-Za-z0-9_-]{27,}/g, '[secret]')
    .replace(/\b(Bearer|Bot) [A-Za-z0-9._~+/-]{12,}=*/g, '$1 [secret]')
    .replace(/(:\/\/[^\s:/@"]*:)[^\s@"]+@/g, '$1[secret]@')
    .replace(/(hooks\.slack\.com\/[a-z]+\/)[^\s"\\]+/g, '$1[secret]')
}
