/** What a CLI command is, and what its run may use. */

import type { DiscordConfig } from '../config/platforms.ts'
import type { Config, Environment } from '../config.ts'
import { invalid } from '../errors.ts'
import type { Parley } from '../parley.ts'
import type { Verbs } from './verbs/verbs.ts'

/** What doors.ts opens: everything that needs the settings, the adapters or the sandbox. */
export type Doors = {
  config(): Config
  environment(): Environment
  /**
   * Opens the stores and connects the adapters, without starting them. @throws `conflict` where a server is named.
   */
  open(): Promise<{
    parley: Parley
    queueHealth(): Promise<{ ok: boolean; detail: string; remedy?: string }>
    close(): Promise<void>
  }>
  /** The server that --server or PARLEY_SERVER names, if any. */
  server(): { url: string; key: string } | null
  /** The verbs: on the database here, or on the server that --server or PARLEY_SERVER names. */
  verbs(): Promise<{ verbs: Verbs; close(): Promise<void> }>
  /** The Slack app's manifest, in the form api.slack.com takes. */
  slackManifest(input: {
    publicUrl: string
    mode: 'http' | 'socket' | 'oauth'
    reactions: boolean
  }): Promise<object>
  /** Registers our commands with Discord if they changed; `invite` is the link that adds Parley to a server. */
  discordRegister(settings: DiscordConfig & { publicUrl: string }): Promise<{
    outcome: 'changed' | 'unchanged'
    names: string[]
    invite: string
  }>
  start(options: { role: string; healthPort?: number }): Promise<number>
  demo(options: { check: boolean; port: number | undefined }): Promise<number>
  sandbox(options: { port: number | undefined }): Promise<number>
}

export type Arguments = {
  words: readonly string[]
  options: Readonly<Record<string, string | boolean | string[] | undefined>>
}

export type CliCommand = {
  /** Words and arguments in commander's syntax, e.g. `dataset create <file>`. */
  usage: string
  about: string
  /** An alias. */
  also?: string
  /** Flags and what they mean, e.g. `['--json', 'print JSON']`. */
  options?: readonly (readonly [string, string])[]
  /** Loads the code behind it: help, a refused word and other commands do not pay for it. */
  load(): Promise<Run>
}

/** Where the verbs are called, as `--server URL --key KEY` say; without them, as the settings say. */
export type Where = { server?: string; key?: string }

/** If it resolves to a number, that is the exit code; otherwise the exit code is 0. */
export type Run = (doors: Doors, args: Arguments) => Promise<unknown>

/** Opens Parley here, runs a verb, and closes Parley again: for commands that need the machine it runs on. */
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

/** Calls verbs where Parley is: here, or on a server. */
export async function withVerbs<Result>(
  doors: Doors,
  work: (verbs: Verbs) => Promise<Result>,
): Promise<Result> {
  const { verbs, close } = await doors.verbs()
  try {
    return await work(verbs)
  } finally {
    await close()
  }
}

/** Prints one line of a result to stdout. */
export function print(line: string) {
  process.stdout.write(`${line}\n`)
}

/** Prints one line for the person at the terminal to stderr. */
export function say(line: string) {
  process.stderr.write(`${line}\n`)
}

/** Reads a flag that is a count. @throws `invalid` unless it is a whole number of at least 1. */
export function readCount(flag: string, text: unknown, example: number): number {
  const count = Number(text)
  if (/^\d+$/.test(String(text)) && count > 0) return count
  throw invalid({
    [flag]: `"${String(text)}" is not a count. Write a whole number such as ${example}.`,
  })
}
