/**
 * The CLI door: one table of commands, each calling the same verb as chat does. Results go to stdout,
 * messages to stderr, so that output can be piped. Exit codes: 0 done, 1 refused, 2 invalid input, 70 our fault,
 * 130 stopped.
 */
import { Command, CommanderError } from 'commander'
import { type Arguments, type CliCommand, type Doors, say, type Where } from './cli/command.ts'
import { arenaCommands } from './cli/commands/arena.ts'
import { datasetCommands } from './cli/commands/dataset.ts'
import { deliverCommands } from './cli/commands/deliver.ts'
import { discordCommands } from './cli/commands/discord.ts'
import { exportCommands } from './cli/commands/export.ts'
import { feedCommands } from './cli/commands/feeds.ts'
import { generateCommands } from './cli/commands/generate.ts'
import { importCommands } from './cli/commands/import.ts'
import { keyCommands } from './cli/commands/keys.ts'
import { labelerCommands } from './cli/commands/labelers.ts'
import { operateCommands } from './cli/commands/operate.ts'
import { postCommands } from './cli/commands/posts.ts'
import { recordCommands } from './cli/commands/records.ts'
import { slackCommands } from './cli/commands/slack.ts'
import { statsCommands } from './cli/commands/stats.ts'
import { webhookCommands } from './cli/commands/webhooks.ts'
import { asParleyError, codeOf, type ParleyError } from './errors.ts'

export const commands: readonly CliCommand[] = [
  ...operateCommands,
  ...datasetCommands,
  ...importCommands,
  ...recordCommands,
  ...generateCommands,
  ...feedCommands,
  ...arenaCommands,
  ...exportCommands,
  ...statsCommands,
  ...labelerCommands,
  ...deliverCommands,
  ...postCommands,
  ...keyCommands,
  ...webhookCommands,
  ...slackCommands,
  ...discordCommands,
]

/** Runs a command line and returns its exit code. */
export async function runCli(
  argv: readonly string[],
  loadDoors: (where: Where) => Promise<Doors>,
): Promise<number> {
  // One listener, however many command lines a process runs.
  process.stdout.off('error', onStdoutError).on('error', onStdoutError)
  let code = 0
  let running: CliCommand | undefined
  const program = buildProgram(async (command, args, where) => {
    running = command
    const [work, doors] = await Promise.all([command.load(), loadDoors(where)])
    const result = await work(doors, args)
    code = typeof result === 'number' ? result : 0
  })
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return code
  } catch (error) {
    return exitCodeOf(error, running)
  }
}

/** The reader of stdout may close it early, as `| head` does; the command continues. */
function onStdoutError(error: Error): void {
  if (codeOf(error) !== 'EPIPE') throw error
}

/** Builds the command-line parser; `run` gets the command and its arguments. */
export function buildProgram(
  run: (command: CliCommand, args: Arguments, where: Where) => Promise<void>,
): Command {
  const program = new Command('parley')
    .description('Collects human feedback for language models in Slack and Discord.')
    .option('--server <url>', 'work on the Parley that serves there (PARLEY_SERVER)')
    .option('--key <key>', 'with a key of its HTTP API (PARLEY_API_KEY)')
    .showSuggestionAfterError()
    .showHelpAfterError('(add --help to see what it takes)')
    .exitOverride()
  for (const command of commands) {
    const words = command.usage.split(' ')
    const names = words.filter((word) => !/^[<[]/.test(word))
    let parent = program
    for (const name of names.slice(0, -1)) parent = childOf(parent, name)
    const leaf = parent
      .command(words.slice(names.length - 1).join(' '))
      .description(command.about)
      .exitOverride()
    if (command.also !== undefined) leaf.alias(command.also)
    for (const [flags, about] of command.options ?? []) leaf.option(flags, about)
    leaf.action(async () => {
      await run(command, { words: leaf.args, options: leaf.opts() }, program.opts())
    })
  }
  return program
}

function childOf(parent: Command, name: string): Command {
  const known = parent.commands.find((one) => one.name() === name)
  return (
    known ??
    parent
      .command(name)
      .description(groups[name] ?? '')
      .exitOverride()
  )
}

const groups: Readonly<Record<string, string>> = {
  dataset: 'create, change and publish datasets',
  records: 'look at the records of a dataset',
  posts: 'the public calls of a dataset',
  feeds: 'what accepted records become in other datasets',
  arena: 'where people ask two models and vote',
  roles: 'who may run admin commands',
  labelers: 'the people who answered',
  keys: 'keys for the HTTP API',
  webhooks: 'addresses that get events',
  slack: 'set the Slack app up',
  discord: 'set the Discord app up',
}

/** A verb reports a problem by the key it was given; the terminal names the option that was typed. */
function asTyped(error: ParleyError, command: CliCommand | undefined): string {
  const options = (command?.options ?? []).map(([flags]) => /--([\w-]+)/.exec(flags)?.[1])
  const lines = Object.entries(error.problems).map(([where, what]) => {
    const name = where.replace(/_|[A-Z]/g, (mark) => `-${mark === '_' ? '' : mark.toLowerCase()}`)
    return `${options.includes(name) ? `--${name}: ` : where ? `${where}: ` : ''}${what}`
  })
  return lines.join('\n') || error.message
}

function exitCodeOf(error: unknown, command: CliCommand | undefined): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  const known = asParleyError(error)
  if (known) {
    say(asTyped(known, command))
    return known.code === 'invalid' ? 2 : 1
  }
  say(error instanceof Error ? (error.stack ?? error.message) : String(error))
  return 70
}
