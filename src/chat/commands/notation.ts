/**
 * How commands are written on a platform: in a usage line, and with values in it. Where arguments are
 * words they stand in their places (`DATASET [records=3]`); where they are options, by name.
 */
import { traitsOf } from '../../platforms/registry.ts'
import type { Platform } from '../../platforms/traits.ts'
import { type Argument, argumentOf } from './arguments.ts'
import { type Command, roots } from './command.ts'

/** Whether a platform offers it. */
export function isOn(platform: Platform, { isOn }: Command): boolean {
  return isOn?.(traitsOf(platform).commands) ?? true
}

/** Its name as this platform writes it: `export cancel` or `export-cancel`. */
export function nameOn(platform: Platform, { name }: Command): string {
  return name.replaceAll(' ', traitsOf(platform).commands.join)
}

/** Every way to begin it: `/label` and `/parley next`; or `/parley` and `/parley resume`. */
export function waysOf(platform: Platform, command: Command): string[] {
  const { short } = traitsOf(platform).commands
  const root = `/${roots[command.rank].name}`
  return [
    ...(command.short && short !== null ? [short] : []),
    ...(command.isDefault && short === null ? [root] : []),
    `${root} ${nameOn(platform, command)}`,
  ]
}

/** `/parley-admin post DATASET [records=3]`, or `/parley-admin post dataset [records]`. */
export function usageOf(platform: Platform, command: Command): string {
  const all = argumentsOn(platform, command).map(([name, argument]) =>
    usageOfArgument(platform, command, name, argument),
  )
  const shown = all.length > mostShown ? [...all.slice(0, shownOfMany), '…'] : all
  return waysOf(platform, command)
    .map((way) => (takesArguments(command, way) ? [way, ...shown].join(' ') : way))
    .join(', ')
}

/** More arguments than these are not all named in a usage line. */
const mostShown = 6
const shownOfMany = 5

/** The command with these values, as it is typed there. */
export function typed(
  platform: Platform,
  command: Command,
  values: Readonly<Record<string, string>>,
): string {
  const places = placesOf(command)
  const all = Object.entries(values).map(([name, value]) =>
    isWords(platform) ? (places.includes(name) ? value : `${name}=${value}`) : `${name}:${value}`,
  )
  return [waysOf(platform, command).at(-1), ...all].join(' ')
}

/** One argument alone: `again=yes`, or `again:true`. */
export function typedOption(platform: Platform, name: string, isYes: boolean): string {
  return isWords(platform) ? `${name}=${isYes ? 'yes' : 'no'}` : `${name}:${isYes}`
}

/**
 * Which arguments stand in places where they are words: all that are needed, or else the first. The others
 * are written `name=value` after them, in any order.
 */
export function placesOf({ arguments: all }: Command): string[] {
  const needed = Object.entries(all).flatMap(([name, schema]) =>
    isNeededInPlace(argumentOf(schema)) ? [name] : [],
  )
  return needed.length > 0 ? needed : Object.keys(all).slice(0, 1)
}

export function isNeededInPlace(argument: ReturnType<typeof argumentOf>): boolean {
  return argument.isRequired || argument.isNeededInPlace === true
}

export function isWords(platform: Platform): boolean {
  return traitsOf(platform).commands.notation === 'words'
}

/** A file is none of the words. */
function argumentsOn(platform: Platform, command: Command) {
  return Object.entries(command.arguments)
    .map(([name, schema]) => [name, argumentOf(schema)] as const)
    .filter(([, { kind }]) => kind !== 'file' || traitsOf(platform).commands.takesFile)
}

/** Bare, the root means the default and takes nothing. */
function takesArguments({ rank }: Command, way: string): boolean {
  return way !== `/${roots[rank].name}`
}

function usageOfArgument(
  platform: Platform,
  command: Command,
  name: string,
  argument: ReturnType<typeof argumentOf>,
): string {
  if (!isWords(platform)) return argument.isRequired ? name : `[${name}]`
  const isPlaced = placesOf(command).includes(name)
  const text = argument.inUsage ?? (isPlaced ? placeholder(name, argument) : pair(name, argument))
  return isNeededInPlace(argument) ? text : `[${text}]`
}

function placeholder(name: string, { choices }: { choices: readonly string[] | null }): string {
  return choices?.join('|') ?? name.toUpperCase()
}

function pair(name: string, { kind, example }: Argument): string {
  return `${name}=${example ?? (kind === 'yesOrNo' ? 'yes' : '…')}`
}
