/**
 * A command as an admin types it, on a test's database, in a folder of its own: in a process of its own where
 * a test is about processes, else in a terminal that stays open, for most of a command is its start.
 */
import { type ChildProcess, fork, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { CommandLine } from './command-process.ts'

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

/** Types it into a terminal that stays open, after what was typed there before has ended. */
export function typeCommand(
  args: readonly string[],
  { env, cwd = process.cwd() }: { env: Record<string, string>; cwd?: string },
): Promise<Ended> {
  const ended = typed.then(() => inTerminal({ args, env, cwd, mark: `\0${randomUUID()}\0` }))
  typed = ended.catch(() => undefined)
  return ended
}

let typed: Promise<unknown> = Promise.resolve()
let terminal: ChildProcess | undefined

async function inTerminal(line: CommandLine): Promise<Ended> {
  const child = isOpen(terminal) ? terminal : openTerminal()
  terminal = child
  const listening = new AbortController()
  const gone = once(child, 'exit', listening).then(([code, signal]) => {
    throw new Error(`The terminal ended (${signal ?? code}) at: ${line.args.join(' ')}`)
  })
  const all = Promise.all([
    readTo(line.mark, 1, child.stderr),
    readTo(line.mark, 2, child.stdout),
  ] as const)
  child.send(line)
  const [[err = ''], [out = '', code]] = await Promise.race([all, gone])
  gone.catch(() => {})
  listening.abort()
  return { code: Number(code), out, err }
}

const isOpen = (child: ChildProcess | undefined): child is ChildProcess =>
  child !== undefined && child.exitCode === null && child.signalCode === null

/** It ends with the process of the tests, which does not wait for it. */
function openTerminal(): ChildProcess {
  const file = fileURLToPath(new URL('./command-process.ts', import.meta.url))
  const child = fork(file, { silent: true, execArgv: ['--max-semi-space-size=8', '--expose-gc'] })
  child.unref()
  child.channel?.unref()
  for (const stream of [child.stdin, child.stdout, child.stderr])
    if (stream && 'unref' in stream && typeof stream.unref === 'function') stream.unref()
  return child
}

/** What comes from now on, in the parts that so many marks end. */
async function readTo(
  mark: string,
  marks: number,
  from: NodeJS.ReadableStream | null,
): Promise<string[]> {
  const parts: Buffer[] = []
  let text = ''
  const { promise, resolve } = Promise.withResolvers<void>()
  const listen = (bytes: Buffer) => {
    parts.push(bytes)
    text = Buffer.concat(parts).toString('utf8')
    if (text.split(mark).length > marks) resolve()
  }
  from?.on('data', listen)
  await promise
  from?.off('data', listen)
  return text.split(mark)
}
