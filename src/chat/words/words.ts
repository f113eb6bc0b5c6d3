/**
 * Which catalogue somebody reads: chosen by their language, and by what commands look like on the platform
 * they are on.
 */

import { AsyncLocalStorage } from 'node:async_hooks'
import { traitsOf } from '../../platforms/registry.ts'
import type { Platform } from '../../platforms/traits.ts'
import { isGerman } from '../../sentences.ts'
import { roots } from '../commands/command.ts'
import { commands } from '../commands/commands.ts'
import { placesOf, typed } from '../commands/notation.ts'
import { english, type Words } from './english.ts'
import { german } from './german.ts'

export type { Words } from './english.ts'

/**
 * The same as a platform writes commands: one that offers no bare /parley has a short form of it. Made once
 * a language.
 */
export function wordsOn(platform: Platform | undefined, locale: string | undefined): Words {
  const catalogue = words(locale)
  if (platform === undefined || isPlain(platform)) return catalogue
  const made = onPlatforms.get(platform) ?? new Map<Words, Words>()
  onPlatforms.set(platform, made)
  const known = made.get(catalogue) ?? each(catalogue, (text) => sayOn(platform, text))
  made.set(catalogue, known)
  return known
}

const onPlatforms = new Map<Platform, Map<Words, Words>>()

/** A sentence that names commands, as this platform writes them: `/label`, `/parley next dataset:NAME`. */
export function sayOn(platform: Platform, text: string): string {
  if (isPlain(platform)) return text
  const { short } = traitsOf(platform).commands
  const told = short === null ? text : text.replace(bareCommand, short)
  return told.replace(withName, (all, root: string, verb: string, value: string) => {
    const command = commands.find((one) => roots[one.rank].name === root && one.name === verb)
    const [argument] = command ? placesOf(command) : []
    return command && argument ? typed(platform, command, { [argument]: value }) : all
  })
}

/** Whether sentences stand there as they are in the catalogue. */
function isPlain(platform: Platform): boolean {
  const { short, notation } = traitsOf(platform).commands
  return short === null && notation === 'words'
}

/** A command with a placeholder for its argument; a code (`ABCD-EFGH`) is none. */
const withName = /\/(parley(?:-admin)?) ([a-z]+(?:-[a-z]+)*) ([A-Z]{4,})\b(?!-)/g

const verbs = commands.flatMap(({ rank, name }) => (rank === 'labeler' ? [name] : []))
const bareCommand = new RegExp(`/parley(?![\\w-])(?! (?:${verbs.join('|')})\\b)`, 'g')

/** Passes every sentence of a catalogue through this function. */
function each<Part>(part: Part, say: (text: string) => string): Part {
  const made = (value: unknown): unknown => {
    if (typeof value === 'string') return say(value)
    if (typeof value === 'function')
      return (...given: unknown[]) => made(Reflect.apply(value, undefined, given))
    if (Array.isArray(value)) return value.map(made)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, made(one)]))
  }
  // The same shape, sentence by sentence, which the compiler cannot follow.
  return made(part) as Part
}

/** The catalogue in a person's language (`de`, `de-AT`, `de_DE`); English where there is no other. */
export function words(locale: string | undefined): Words {
  return isGerman(locale) ? german : english
}

const tongue = new AsyncLocalStorage<{ locale: string | undefined; on: Platform | undefined }>()

/** Whatever `work` says is said in this language; set once where a gesture or a message comes in. */
export function inLocale<Result>(
  locale: string | undefined,
  work: () => Result,
  on?: Platform,
): Result {
  return tongue.run({ locale, on }, work)
}

/** The language of the person being answered; undefined where it is not set. */
export function localeNow(): string | undefined {
  return tongue.getStore()?.locale
}

/** The catalogue for the person being answered. */
export function spoken(): Words {
  const now = tongue.getStore()
  return wordsOn(now?.on, now?.locale)
}
