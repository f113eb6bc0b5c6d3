/**
 * Reads a command, from the words somebody typed after it or from the options a platform sent, into an
 * Interaction; or into what to say, where it was not understood.
 */
import { distance } from 'fastest-levenshtein'
import type { Platform } from '../../platforms/traits.ts'
import type { GivenFile, Interaction, Person, Rank } from '../port/port.ts'
import type { Words } from '../words/english.ts'
import { argumentOf } from './arguments.ts'
import { type Command, roots } from './command.ts'
import { commands } from './commands.ts'
import { isNeededInPlace, isOn, isWords, nameOn, placesOf, usageOf, waysOf } from './notation.ts'

/** `help` is what to show below, so that people see what there is. */
export type Understood = { gesture: Interaction } | { say: Say; help?: Interaction }
type Say = (said: Words) => string

/** Values as they came, by the names of arguments. */
type Raw = Map<string, string | GivenFile>

/** `next prefs`, `post prefs #evals 3 24h`: what stands after `/parley` or `/parley-admin`. */
export function readWords(
  by: Person,
  rank: Rank,
  words: readonly string[],
  all: readonly Command[] = commands,
): Understood {
  const found = findTyped(by, rank, words, all)
  if (!found) return unknown(by, rank, words[0]?.toLowerCase() ?? '', all)
  const { command, rest } = found
  if (!isOn(by.platform, command)) return notHere(command)
  return readPlaces(by, command, rest)
}

/**
 * The options of a platform that lays them out. `way` is how the command was chosen (`/label`, `/parley next`),
 * `fileOf` gives the file that an option names.
 */
export function readOptions(
  by: Person,
  way: string,
  options: ReadonlyMap<string, string>,
  fileOf: (value: string) => GivenFile | null,
  all: readonly Command[] = commands,
): Understood {
  const command = findByWay(by.platform, way, all)
  const name = way.split(/[ /]/).at(-1) ?? ''
  if (!command) return { say: (said) => said.unknownCommand(name, null) }
  if (!isOn(by.platform, command)) return notHere(command)
  const isNamed = (key: string) => Object.hasOwn(command.arguments, key)
  const filled = [...options].filter(([, value]) => value !== '')
  const raw: Raw = new Map(
    filled.flatMap(([key, value]) => {
      const schema = isNamed(key) ? command.arguments[key] : undefined
      const isFile = schema && argumentOf(schema).kind === 'file'
      const read = isFile ? fileOf(value) : value
      return schema && read !== null ? [[key, read] as const] : []
    }),
  )
  const others = filled.filter(([key]) => command.isOpen && !isNamed(key))
  return readGiven(by, command, raw, Object.fromEntries(others))
}

/** The command that begins like this on a platform: `/parley next`, or `/parley` for its default. */
export function findByWay(
  platform: Platform,
  way: string,
  all: readonly Command[] = commands,
): Command | undefined {
  return all.find(
    (one) =>
      waysOf(platform, one).includes(way) || (one.isDefault && way === `/${roots[one.rank].name}`),
  )
}

/** The command whose name these words begin with, the longest first. */
function findTyped(
  { platform }: Person,
  rank: Rank,
  words: readonly string[],
  all: readonly Command[],
): { command: Command; rest: readonly string[] } | null {
  const ofRank = all.filter((one) => one.rank === rank)
  if (words.length === 0) {
    const command = ofRank.find(({ isDefault }) => isDefault)
    return command ? { command, rest: [] } : null
  }
  const named = ofRank
    .map((command) => ({ command, name: nameOn(platform, command).split(' ') }))
    .sort((a, b) => b.name.length - a.name.length)
  for (const { command, name } of named) {
    const isNamed = name.every((word, at) => words[at]?.toLowerCase() === word)
    // A dataset may be called `cancel`: with more words after it, it is one.
    const isWhole = name.length === 1 || words.length === name.length
    if (isNamed && isWhole) return { command, rest: words.slice(name.length) }
  }
  return null
}

/** What is needed first, in order; then `name=value`, or a word that can be only one of them. */
function readPlaces(by: Person, command: Command, words: readonly string[]): Understood {
  const raw: Raw = new Map()
  const others: [string, string][] = []
  const rest = [...words]
  const whole = restOf(command)
  if (whole !== null) {
    const text = words.join(' ').trim()
    return readGiven(by, command, text === '' ? raw : raw.set(whole, text), {})
  }
  for (const name of placesOf(command)) {
    const [word] = rest
    if (word === undefined || word.includes('=')) break
    raw.set(name, word)
    rest.shift()
  }
  for (const word of rest) {
    const [name, value] = pairOf(word) ?? [bareName(command, raw, word), word]
    if (name !== null && Object.hasOwn(command.arguments, name)) raw.set(name, value)
    else if (name !== null && command.isOpen) others.push([name, value])
    else if (hasOptions(command)) return notAnOption(by, command, word)
  }
  return readGiven(by, command, raw, Object.fromEntries(others))
}

/** The argument that is all of what was typed after the command; null where there is none. */
function restOf({ arguments: all }: Command): string | null {
  const found = Object.entries(all).find(([, schema]) => argumentOf(schema).isRest)
  return found?.[0] ?? null
}

/** What stands after a command that takes all of it, such as a question; null for any other. */
export function textAfter(
  platform: Platform,
  rank: Rank,
  typed: string,
  all: readonly Command[] = commands,
): { name: string; text: string } | null {
  const [, name = '', text = ''] = /^\s*(\S+)\s+([\s\S]+)$/.exec(typed) ?? []
  const command = all.find(
    (one) => one.rank === rank && nameOn(platform, one) === name.toLowerCase(),
  )
  return command && restOf(command) !== null ? { name, text } : null
}

/** `each=20`, or as in a terminal `--each=20`. */
function pairOf(word: string): [string, string] | null {
  const at = word.indexOf('=')
  return at < 1 ? null : [word.slice(0, at).replace(/^--/, ''), word.slice(at + 1)]
}

function bareName(command: Command, raw: Raw, word: string): string | null {
  const found = Object.entries(command.arguments).find(
    ([name, schema]) => !raw.has(name) && argumentOf(schema).isBare?.(word),
  )
  return found?.[0] ?? null
}

/** Extra words are ignored if it takes none. */
function hasOptions(command: Command): boolean {
  return command.isOpen === true || Object.keys(command.arguments).length > placesOf(command).length
}

function readGiven(
  by: Person,
  command: Command,
  raw: Raw,
  others: Record<string, string>,
): Understood {
  const given: Record<string, unknown> = {}
  for (const [name, schema] of Object.entries(command.arguments)) {
    const argument = argumentOf(schema)
    const value = raw.get(name)
    if (value === undefined) {
      const isNeeded = isWords(by.platform) ? isNeededInPlace(argument) : argument.isRequired
      if (isNeeded) return missing(by, command, argument)
      continue
    }
    const read = schema.safeParse(value)
    if (!read.success) return missing(by, command, {})
    given[name] = read.data
  }
  return { gesture: command.interaction(by, given, others) }
}

/** How it is written, for a reply to an incomplete command. */
function missing(
  { platform }: Person,
  command: Command,
  { ask, hint }: Pick<ReturnType<typeof argumentOf>, 'ask' | 'hint'>,
): Understood {
  return {
    say: (said) => {
      const lead = ask?.[said.language] ?? said.writeItLike
      return [`${lead}: ${usageOf(platform, command)}.`, hint?.[said.language]]
        .filter(Boolean)
        .join(' ')
    },
  }
}

function notAnOption({ platform }: Person, command: Command, word: string): Understood {
  return {
    say: (said) => `${said.badOption(word)} ${said.writeItLike}: ${usageOf(platform, command)}.`,
  }
}

function notHere({ instead, name }: Command): Understood {
  return { say: (said) => instead?.answer[said.language] ?? said.unknownCommand(name, null) }
}

function unknown(by: Person, rank: Rank, verb: string, all: readonly Command[]): Understood {
  const names = all
    .filter((one) => one.rank === rank && isOn(by.platform, one))
    .map((one) => nameOn(by.platform, one).split(' ')[0] ?? '')
  return {
    say: (said) => said.unknownCommand(verb, nearest(verb, names)),
    help: { by, type: rank === 'admin' ? 'admin-help' : 'help' },
  }
}

function nearest(word: string, known: readonly string[]): string | null {
  const [best] = known
    .map((one) => ({ one, away: distance(word, one) }))
    .sort((a, b) => a.away - b.away)
  return best && best.away <= Math.max(1, Math.floor(best.one.length / 3)) ? best.one : null
}
