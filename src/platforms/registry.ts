/**
 * The platforms there are. Slack and Discord are built in; an adapter from elsewhere adds its row with
 * `registerPlatform` before Parley opens. Everything that lists, reads or writes platforms asks here.
 */
import { discord } from './discord.ts'
import { slack } from './slack.ts'
import type { Platform, PlatformTraits } from './traits.ts'

const rows = new Map<string, PlatformTraits>([slack, discord].map((row) => [row.name, row]))

/** @throws Error for a name another row has, or one that would not read as `name:…`. */
export function registerPlatform(row: PlatformTraits): void {
  const known = rows.get(row.name)
  if (known === row) return
  if (known) throw new Error(`There is a platform "${row.name}" already.`)
  if (!/^[a-z][a-z0-9]*$/.test(row.name))
    throw new Error(`"${row.name}" is no name for a platform. Write it like "slack".`)
  rows.set(row.name, row)
}

export function platformNames(): Platform[] {
  return [...rows.values()].map(({ name }) => name)
}

export function allTraits(): PlatformTraits[] {
  return [...rows.values()]
}

export function isPlatform(name: unknown): name is Platform {
  return typeof name === 'string' && rows.has(name)
}

/** @throws Error for a platform nobody registered: its rows are of a Parley that had its adapter. */
export function traitsOf(platform: Platform): PlatformTraits {
  const row = rows.get(platform)
  if (row) return row
  throw new Error(`There is no platform "${platform}". Start Parley with its adapter.`)
}

export function labelOf(platform: Platform): string {
  return traitsOf(platform).label
}

/** The other platforms by their labels, as a choice: where a code of this one can be typed. */
export function labelsBut(platform: Platform, or: string): string {
  return allTraits()
    .filter(({ name }) => name !== platform)
    .map(({ label }) => label)
    .join(` ${or} `)
}

/** `slack` and the rest of `slack:T1:U1`, or null where a text does not begin with a platform. */
export function readPrefix(text: string): { platform: Platform; rest: string } | null {
  const [, name, rest = ''] = /^([a-z][a-z0-9]*):(.*)$/s.exec(text) ?? []
  return isPlatform(name) ? { platform: name, rest } : null
}
