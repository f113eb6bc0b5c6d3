/** docs/commands.md: what the terminal and both chats understand, as their own registries say it. */
import { commands as discordCommands } from '../../adapters/discord/receive/commands.ts'
import { words } from '../../src/chat/words/words.ts'
import { commands as cliCommands } from '../../src/cli.ts'
import { formats } from '../../src/exports/formats/formats.ts'

export function commandsPage(): string {
  return `# Every command

Made by \`npm run docs\` from the commands themselves: change those, not this page.

- [In the terminal](#in-the-terminal)
- [In Slack](#in-slack)
- [In Discord](#in-discord)

## In the terminal

Run them as \`npx parley COMMAND\`. Results go to stdout, messages to stderr. Exit codes: 0 done, 1 refused, 2
invalid input, 70 a bug, 130 interrupted. \`--help\` works everywhere.

${cliCommands.map(terminal).join('\n\n')}

## In Slack

${words('en').help('slack').split('\n').map(slackLine).join('\n')}

For admins:

${words('en').adminHelp(Object.keys(formats), 'slack').split('\n').map(slackLine).join('\n')}

## In Discord

${discordCommands.map(discord).join('\n\n')}
`
}

function terminal({ usage, about, also, options }: (typeof cliCommands)[number]): string {
  const heading = `### ${code(`parley ${usage}`)}`
  const alias = also === undefined ? '' : ` Also called ${code(also)}.`
  const rows = (options ?? []).map(([flags, meaning]) => `| ${code(flags)} | ${cell(meaning)} |`)
  const table = rows.length > 0 ? `\n\n| option | meaning |\n| --- | --- |\n${rows.join('\n')}` : ''
  return `${heading}\n\n${sentence(about)}${alias}${table}`
}

/** The help's lines are "COMMAND: what it does", or commands alone; others are whole sentences. */
function slackLine(line: string): string {
  const [, commands, meaning] = /^(\/.*?)(?:: (.*))?$/s.exec(line) ?? []
  if (commands === undefined) return `- ${line}`
  const each = commands.split(/,(?: or)? (?=\/)/).map(code)
  return `- ${each.join(', ')}${meaning === undefined ? '' : `: ${meaning}`}`
}

type Discord = (typeof discordCommands)[number]

function discord({ name, description, options = [], type }: Discord): string {
  if (type !== 1) return `### *${name}*\n\nIn the menu of one's own message.`
  const heading = `### ${code(`/${name}`)}\n\n${sentence(description ?? '')}`
  const isGroup = options.some((one) => one.type === 1)
  if (!isGroup) return options.length === 0 ? heading : `${heading}\n\n${optionLines(options)}`
  const rows = options.map(
    (one) =>
      `| ${code(`/${name} ${one.name}`)} | ${cell(one.description)} | ${(one.options ?? []).map(optionName).join(' ')} |`,
  )
  return `${heading}\n\n| command | what it does | options |\n| --- | --- | --- |\n${rows.join('\n')}`
}

type Option = NonNullable<Discord['options']>[number]

function optionName({ name, required }: Option): string {
  return code(required ? name : `[${name}]`)
}

function optionLines(options: readonly Option[]): string {
  return options.map((one) => `- ${optionName(one)}: ${one.description}`).join('\n')
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
