/** What a CLI command is, and what its run may use. */

import type { DiscordConfig } from '../config/platforms.ts'
import type { Config, Environment } from '../config.ts'
import { invalid } from '../errors.ts'
import type { Actor, Parley } from '../parley.ts'

/** What main.ts hands in: whatever needs the adapters or the sandbox. */
export type Doors = {
  config(): Config
  environment(): Environment
  /** Opens the stores, and the adapters (connected, not started) when a command must ask them. */
  open(): Promise<{
    parley: Parley
    queueHealth(): Promise<{ ok: boolean; detail: string; remedy?: string }>
    close(): Promise<void>
  }>
  /** The manifest of the Slack app, as it is written at api.slack.com. */
  slackManifest(input: { publicUrl: string; mode: 'http' | 'socket' | 'oauth' }): object
  /** Tells Discord our commands where it has others; `invite` is the link that adds Parley to a server. */
  discordRegister(settings: DiscordConfig & { publicUrl: string }): Promise<{
    outcome: 'changed' | 'unchanged'
    names: string[]
    invite: string
  }>
  start(options: { role: string }): Promise<number>
  demo(options: { check: boolean; port: number | undefined }): Promise<number>
  sandbox(options: { port: number | undefined }): Promise<number>
}

export type Arguments = {
  words: readonly string[]
  options: Readonly<Record<string, string | boolean | string[] | undefined>>
}

export type CliCommand = {
  /** Words and arguments as commander reads them, e.g. `dataset create <file>`. */
  usage: string
  about: string
  /** Another word that is typed for it. */
  also?: string
  /** Flags and what they mean, e.g. `['--json', 'print JSON']`. */
  options?: readonly (readonly [string, string])[]
  /** A number it resolves to is the exit code; anything else is 0. */
  run(doors: Doors, args: Arguments): Promise<unknown>
}

/** Whoever runs commands on the machine is an admin there; the audit says it was the CLI. */
export const cliActor: Actor = { type: 'admin', name: 'cli' }

/** Runs a verb in a Parley that is opened for it and closed after it. */
export async function withParley<Result>(
  doors: Doors,
  work: (parley: Parley) => Promise<Result>,
): Promise<Result> {
  const { parley, close } = await doors.open()
  try {
    return await work(parley)
  } finally {
    await close()
  }
}

/** One line of a result, on stdout. */
export function print(line: string) {
  process.stdout.write(`${line}\n`)
}

/** One line of talk, on stderr. */
export function say(line: string) {
  process.stderr.write(`${line}\n`)
}

/** A flag that counts something. @throws `invalid` for anything but a whole number from 1 on. */
export function readCount(flag: string, text: unknown, example: number): number {
  const count = Number(text)
  if (/^\d+$/.test(String(text)) && count > 0) return count
  throw invalid({
    [flag]: `"${String(text)}" is not a count. Write a whole number such as ${example}.`,
  })
}
