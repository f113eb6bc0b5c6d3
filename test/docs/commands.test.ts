/** Command lines that the documentation quotes are read by the real parsers: terminal, npm and chat. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CommanderError } from 'commander'
import { describe, expect, test } from 'vitest'
import { commands as discordCommands } from '../../adapters/discord/receive/commands.ts'
import { parseCommand } from '../../adapters/slack/receive/parse.ts'
import { asCommand } from '../../adapters/slack/receive/payloads.ts'
import { words } from '../../src/chat/words/words.ts'
import { buildProgram } from '../../src/cli.ts'
import { readPages, root } from './page.ts'

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const pages = readPages()
const blockLines = pages.flatMap(({ path, blocks }) =>
  blocks
    .filter(({ language }) => ['', 'sh', 'bash', 'shell'].includes(language))
    .flatMap(({ lines }) => joined(lines).map((line) => ({ path, line }))),
)
const inline = pages.flatMap(({ path, inline }) => inline.map((line) => ({ path, line })))

describe('happy: command lines in the documentation', () => {
  test('each in a block is a whole command of the terminal', async () => {
    const found = blockLines.flatMap(parleyCommands)
    expect(found.length).toBeGreaterThan(30)
    expect(await refusedOf(found, [])).toEqual([])
  })

  test('each in a sentence names a command and options there are', async () => {
    // A sentence may speak of a command without its arguments, or of a group of commands.
    const partial = ['missingArgument', 'optionMissingArgument', 'help'].map(
      (code) => `commander.${code}`,
    )
    const found = inline.flatMap(parleyCommands)
    expect(found.length).toBeGreaterThan(30)
    expect(await refusedOf(found, partial)).toEqual([])
  })

  test('each npm script is there', () => {
    const lines = [...blockLines, ...inline]
    const named = lines.flatMap(({ path, line }) =>
      [...line.matchAll(/\bnpm (?:run ([\w:]+)|(start|test)\b)/g)].map(([, run, short]) => ({
        path,
        name: run ?? short ?? '',
      })),
    )
    expect(named.length).toBeGreaterThan(5)
    expect(named.filter(({ name }) => scripts[name] === undefined)).toEqual([])
  })

  test('each chat command is understood by Slack or Discord', () => {
    const found = [...blockLines, ...inline].filter(({ line }) => /^\/(parley|label)/.test(line))
    expect(found.length).toBeGreaterThan(10)
    expect(found.filter(({ line }) => !isKnownInChat(line)).map(said)).toEqual([])
  })
})

describe('refused: command lines in the documentation', () => {
  test.each([
    'npx parley exprot prefs',
    'npx parley export prefs --az sft',
    'npx parley export',
    'npx parley dataset make x.yaml',
  ])('%s is found', async (line) => {
    expect(await refusedOf(parleyCommands({ path: 'x', line }), [])).toHaveLength(1)
  })

  test('a chat command there is not is found', () => {
    expect(isKnownInChat('/parley-admin exprot prefs sft')).toBe(false)
    expect(isKnownInChat('/parley-admin export prefs sft')).toBe(true)
  })
})

type Line = { path: string; line: string }
type Quoted = Line & { args: string[] }

const said = ({ path, line }: Line) => `${path}: ${line}`

/** Lines that end with a backslash go on. */
function joined(lines: readonly string[]): string[] {
  return lines
    .join('\n')
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
}

/** The `parley …` in a line of a shell, after variables; placeholders stand for themselves. */
function parleyCommands({ path, line }: Line): Quoted[] {
  const plain = line.replace(/\s#.*$/, '')
  return plain.split(/&&|;|\|/).flatMap((part) => {
    const [, rest] = /^\s*(?:[A-Z_]+=\S*\s+)*(?:npx )?parley ([a-z].*)$/.exec(part) ?? []
    if (rest === undefined) return []
    const args = [...rest.matchAll(/"([^"]*)"|(\S+)/g)].map(
      ([, quoted, bare]) => quoted ?? bare ?? '',
    )
    const end = args.findIndex((word) => /^[<>]$/.test(word))
    const own = (end < 0 ? args : args.slice(0, end)).filter((word) => word !== '…')
    return [{ path, line, args: own }]
  })
}

async function refusedOf(all: readonly Quoted[], allowed: readonly string[]): Promise<string[]> {
  const refused: string[] = []
  for (const one of all) {
    const program = buildProgram(async () => {})
    for (const command of [
      program,
      ...program.commands,
      ...program.commands.flatMap((c) => c.commands),
    ])
      command.configureOutput({ writeErr: () => {}, writeOut: () => {} })
    try {
      await program.parseAsync(one.args, { from: 'user' })
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error
      if (error.exitCode !== 0 && !allowed.includes(error.code))
        refused.push(`${said(one)} (${error.message})`)
    }
  }
  return refused
}

function isKnownInChat(line: string): boolean {
  const [first = ''] = line.slice(1).split(/, /)
  const [name = '', ...rest] = first.split(/\s+/)
  const verb = rest[0]?.replace(/[,.…]+$/, '') ?? ''
  const known = discordCommands.find((one) => one.name === name)
  if (known && (verb === '' || verb === verb.toUpperCase())) return true
  // One that stands alone has no other words.
  if (known && !known.options?.some(({ type }) => type === 1)) return true
  if (known?.options?.some((one) => one.name === verb)) return true
  const typed = { command: `/${name}`, text: rest.join(' '), user_id: 'U1', team_id: 'T1' }
  const command = parseCommand(
    asCommand({ ...typed, channel_id: 'C1', response_url: '' }),
    words('en'),
  )
  return 'gesture' in command || command.help === undefined
}
