/** A command as an admin types it: a process of its own, on a test's database, in a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export const program = fileURLToPath(new URL('../../bin/parley.js', import.meta.url))

export type Ended = { code: number | null; out: string; err: string }

export type House = { folder: string; databaseUrl: string; secret: string }

/** What a command finds in its environment; `more` goes before it, undefined takes a name out. */
export function environmentOf(
  { folder, databaseUrl, secret }: House,
  more: Readonly<Record<string, string | undefined>> = {},
): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env
  const settings = {
    ...{ PATH, HOME, LOG_LEVEL: 'warn', PORT: '0', PARLEY_DATA_DIR: folder },
    ...{ DATABASE_URL: databaseUrl, PARLEY_SECRET: secret, ...more },
  }
  return Object.fromEntries(
    Object.entries(settings).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  )
}

/** Starts it with its stdin open; `onErr` is told all of stderr so far. */
export function startCommand(
  args: readonly string[],
  { env, cwd, onErr }: { env: Record<string, string>; cwd?: string; onErr?: (err: string) => void },
): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [program, ...args], { env, ...(cwd ? { cwd } : {}) })
  const parts: Buffer[] = []
  let err = ''
  child.stdout.on('data', (bytes: Buffer) => parts.push(bytes))
  child.stderr.on('data', (bytes: Buffer) => {
    err += bytes
    onErr?.(err)
  })
  const ended = once(child, 'close').then(
    ([code]): Ended => ({ code, out: Buffer.concat(parts).toString('utf8'), err }),
  )
  return { child, ended }
}

/** Runs it to its end, with nothing on its stdin. */
export function runCommand(...how: Parameters<typeof startCommand>): Promise<Ended> {
  const { child, ended } = startCommand(...how)
  child.stdin?.end()
  return ended
}
