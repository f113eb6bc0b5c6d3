/** Ids around the work: the first card, home, panels of datasets, menus; see ids.ts. Pure. */
import { isCount } from '../../../src/chat/port/ids.ts'
import type { ZoneAt } from '../draw/home/zones.ts'
import { limits } from '../limits.ts'

export const homeVerbs = {
  guidelines: 'dataset-guidelines',
  preview: 'admin-preview',
  publish: 'admin-publish',
  pause: 'admin-pause',
  stats: 'admin-stats',
  export: 'admin-export-form',
  import: 'admin-import-form',
} as const
export type HomeVerb = keyof typeof homeVerbs

/** Start of the first card, with the time zone chosen there: nothing is stored before Start. */
export function startId(version: number, dataset?: string, zone?: string): string {
  const start = zone === undefined ? `v1:start:${version}` : `v1:agree:${version}:${zone}`
  const whole = `${start}:${dataset ?? ''}`
  return dataset !== undefined && whole.length <= limits.customId ? whole : start
}

/** The first card again, with the zones of a region or with the zone that was chosen. */
export function greetId({ at, zone, wish = '' }: Greet): string {
  const { region, page } = at ?? { region: '', page: 0 }
  const start = `v1:greet:${page}:${region}:${zone ?? ''}`
  const whole = `${start}:${wish}`
  return whole.length <= limits.customId ? whole : start
}

export type Greet = { at?: ZoneAt; zone?: string; wish?: string | undefined }

export function showId(what: 'home' | 'history' | 'datasets'): string {
  return `v1:${what}`
}

export function manageId(dataset: string): string {
  return `v1:manage:${dataset}`
}

export function ofId(act: HomeVerb, dataset: string, page?: number): string {
  return page === undefined ? `v1:of:${act}:${dataset}` : `v1:ofturn:${act}:${page}:${dataset}`
}

/** An export in this format: its options are asked next. */
export function exportAsId(format: string, dataset: string): string {
  return `v1:exportas:${format}:${dataset}`
}

export function menuId(assignmentId: string, which: string): string {
  return `v1:menu:${assignmentId}:${which}`
}

/** A press on the first card, on home, on a panel or in a menu. */
export type PagePress =
  | { verb: 'next'; dataset: string | null }
  | { verb: 'start'; version: number; dataset: string | null; zone: string | null }
  | ({ verb: 'greet' } & Greet)
  | { verb: 'show'; what: 'home' | 'history' | 'datasets' }
  | { verb: 'manage'; dataset: string }
  | { verb: 'of'; act: HomeVerb; dataset: string; page: number; turn: boolean }
  | { verb: 'exportas'; format: string; dataset: string }
  /** A menu whose options are ids themselves. */
  | { verb: 'menu' }

/** Reads the parts behind a verb back; null for another verb, or for what was never drawn. */
export function parsePageId(verb: string, parts: readonly string[]): PagePress | null {
  const [first = '', ...rest] = parts
  switch (verb) {
    case 'next':
      return { verb, dataset: parts.join(':') || null }
    case 'start':
      return startOf(first, rest, null)
    case 'agree': {
      const [zone = '', ...wish] = rest
      return startOf(first, wish, zone)
    }
    case 'greet': {
      const [region = '', zone = '', ...wish] = rest
      return {
        verb,
        ...(region === '' ? {} : { at: { region, page: Number(first) || 0 } }),
        ...(zone === '' ? {} : { zone }),
        wish: wish.join(':') || undefined,
      }
    }
    case 'home':
    case 'history':
    case 'datasets':
      return { verb: 'show', what: verb }
    case 'manage':
      return { verb, dataset: parts.join(':') }
    case 'of':
      return isHomeVerb(first)
        ? { verb, act: first, dataset: rest.join(':'), page: 0, turn: false }
        : null
    case 'ofturn': {
      const [page = '', ...name] = rest
      return isHomeVerb(first) && isCount(Number(page))
        ? { verb: 'of', act: first, dataset: name.join(':'), page: Number(page), turn: true }
        : null
    }
    case 'exportas':
      return { verb, format: first, dataset: rest.join(':') }
    case 'menu':
      return { verb }
  }
  return null
}

function startOf(version: string, wish: readonly string[], zone: string | null): PagePress | null {
  return isCount(Number(version))
    ? { verb: 'start', version: Number(version), dataset: wish.join(':') || null, zone }
    : null
}

function isHomeVerb(text: string): text is HomeVerb {
  return Object.hasOwn(homeVerbs, text)
}
