/** docs/commands.md: what the terminal and both chats understand, as their own registries say it. */
import { useMessageName } from '../../adapters/discord/receive/own-message.ts'
import { argumentOf } from '../../src/chat/commands/arguments.ts'
import { roots } from '../../src/chat/commands/command.ts'
import { commands } from '../../src/chat/commands/commands.ts'
import { isOn, usageOf } from '../../src/chat/commands/notation.ts'
import { commands as cliCommands } from '../../src/cli.ts'
import type { Platform } from '../../src/platforms/traits.ts'

export function commandsPage(): string {
  return `# Every command

Made by \`npm run docs\` from the commands themselves: change those, not this page.

- [In the terminal](#in-the-terminal)
- [In Slack](#in-slack)
- [In Discord](#in-discord)
- [What the commands of chat take](#what-the-commands-of-chat-take)

## In the terminal

Run them as \`npx parley COMMAND\`. Results go to stdout, messages to stderr. Exit codes: 0 done, 1 refused, 2
invalid input, 70 a bug, 130 interrupted. \`--help\` works everywhere.

\`--server URL\` (or \`PARLEY_SERVER\`) works on the Parley that serves there, with a key of its HTTP API in
\`PARLEY_API_KEY\` (or \`--key\`, which other people on the machine can see). The same commands print the same. What
needs the machine itself (\`migrate\`, \`doctor\`, imports from Argilla and of answers, exports to storage) is run there.

${cliCommands.map(terminal).join('\n\n')}

## In Slack

${inChat('slack')}

## In Discord

${inChat('discord')}

In the menu of one's own message: *${useMessageName}*.

## What the commands of chat take

In Slack arguments are words: those in capitals stand in their places, the others follow as \`name=value\`. Discord
offers them by name.

${argumentsTable()}
`
}

function terminal({ usage, about, also, options }: (typeof cliCommands)[number]): string {
  const heading = `### ${code(`parley ${usage}`)}`
  const alias = also === undefined ? '' : ` Also called ${code(also)}.`
  const rows = (options ?? []).map(([flags, meaning]) => `| ${code(flags)} | ${cell(meaning)} |`)
  const table = rows.length > 0 ? `\n\n| option | meaning |\n| --- | --- |\n${rows.join('\n')}` : ''
  return `${heading}\n\n${sentence(about)}${alias}${table}`
}

/** The commands of each rank that a platform offers. */
function inChat(platform: Platform): string {
  const here = commands.filter((one) => isOn(platform, one))
  const [labeler, admin] = (['labeler', 'admin'] as const).map((rank) => {
    const rows = here
      .filter((one) => one.rank === rank)
      .map((one) => `| ${waysIn(usageOf(platform, one))} | ${cell(one.about.en)} |`)
    return `| command | what it does |\n| --- | --- |\n${rows.join('\n')}`
  })
  return `${labeler}\n\nFor admins:\n\n${admin}`
}

function waysIn(usage: string): string {
  return usage
    .split(/, (?=\/)/)
    .map((one) => code(cell(one)))
    .join(', ')
}

/** Each argument once, with the commands that take it. */
function argumentsTable(): string {
  const takers = new Map<string, string[]>()
  for (const { rank, name: command, arguments: all } of commands)
    for (const [name, schema] of Object.entries(all)) {
      const row = `| ${code(name)} | ${cell(argumentOf(schema).about.en)} |`
      takers.set(row, [...(takers.get(row) ?? []), code(`/${roots[rank].name} ${command}`)])
    }
  const rows = [...takers].map(([row, all]) => `${row} ${all.join(', ')} |`)
  return `| argument | what it is | of |\n| --- | --- | --- |\n${rows.join('\n')}`
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`
}

function code(text: string): string {
  return `\`${text}\``
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
