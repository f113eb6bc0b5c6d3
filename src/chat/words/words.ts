/**
 * Which catalogue somebody reads: chosen by their language, and by what commands look like on the platform
 * they are on.
 */

import { AsyncLocalStorage } from 'node:async_hooks'
import { traitsOf } from '../../platforms/registry.ts'
import type { Platform } from '../../platforms/traits.ts'
import { isGerman } from '../../sentences.ts'
import { english, type Words } from './english.ts'
import { german } from './german.ts'

export type { Words } from './english.ts'

/**
 * The same for whoever reads it on a platform: one that offers no bare /parley has a short form of it.
 * Made once a language.
 */
export function wordsOn(platform: Platform | undefined, locale: string | undefined): Words {
  const catalogue = words(locale)
  if (platform === undefined || traitsOf(platform).commands.short === null) return catalogue
  const made = onPlatforms.get(platform) ?? new Map<Words, Words>()
  onPlatforms.set(platform, made)
  const known = made.get(catalogue) ?? each(catalogue, (text) => sayOn(platform, text))
  made.set(catalogue, known)
  return known
}

const onPlatforms = new Map<Platform, Map<Words, Words>>()

/** A sentence that names the bare command, with what this platform has in its place. */
export function sayOn(platform: Platform, text: string): string {
  const { short } = traitsOf(platform).commands
  return short === null ? text : text.replace(bareCommand, short)
}

const bareCommand =
  /\/parley(?![\w-])(?! (?:next|resume|home|datasets|progress|history|reminders|link|my-data|help)\b)/g

/** Every sentence of a catalogue, whatever it is made of, through this. */
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

/** The language of whoever is answered now; undefined where nobody said which. */
export function localeNow(): string | undefined {
  return tongue.getStore()?.locale
}

/** The catalogue for whoever is answered now. */
export function spoken(): Words {
  const now = tongue.getStore()
  return wordsOn(now?.on, now?.locale)
}
