/** How a person and a workspace or server are written wherever a platform has to be named with them. */
import { allTraits, isPlatform, readPrefix, traitsOf } from './registry.ts'
import type { Platform } from './traits.ts'

export type PersonKey = { platform: Platform; workspace: string; userId: string }

/** Reads `slack:T1:U1` or `discord:U2`; null for anything else. */
export function readPersonKey(text: string): PersonKey | null {
  const found = readPrefix(text.trim())
  if (!found) return null
  const { platform } = found
  const [first = '', second = '', ...more] = found.rest.split(':')
  const isOfWorkspace = traitsOf(platform).person.isOfWorkspace
  if (first === '' || more.length > 0 || (second !== '') !== isOfWorkspace) return null
  if (!isOfWorkspace && found.rest.includes(':')) return null
  return isOfWorkspace
    ? { platform, workspace: first, userId: second }
    : { platform, workspace: '', userId: first }
}

/** The inverse; also for people of a platform that is no longer connected. */
export function personKey({ platform, workspace, userId }: PersonKey): string {
  const isOfWorkspace = isPlatform(platform)
    ? traitsOf(platform).person.isOfWorkspace
    : workspace !== ''
  return isOfWorkspace ? `${platform}:${workspace}:${userId}` : `${platform}:${userId}`
}

/** Whether a text names a workspace or server as PARLEY_INSTALL_ALLOW does (`slack:T1`). */
export function isPlaceKey(text: string): boolean {
  const found = readPrefix(text)
  return found !== null && traitsOf(found.platform).place.mayBeAllowed.test(found.rest)
}

/** `slack:TEAM:USER or discord:USER`. */
export function personForms(): string {
  return allTraits()
    .map(({ person }) => person.form)
    .join(' or ')
}

/** `slack:TEAM or discord:SERVER`. */
export function placeForms(): string {
  return allTraits()
    .map(({ place }) => place.form)
    .join(' or ')
}

/** `slack:T1:U1,discord:U2`. */
export function personExamples(): string {
  return allTraits()
    .map(({ person }) => person.example)
    .join(',')
}

/** `slack:T0123ABCD,discord:80351110224678912`. */
export function placeExamples(): string {
  return allTraits()
    .map(({ name, place }) => `${name}:${place.exampleId}`)
    .join(',')
}

/** The workspace or server a gesture was made in, or null: a private message may name none. */
export function placeOf(by: {
  platform: Platform
  workspace: string
  guildId?: string | undefined
}): string | null {
  const { isOfWorkspace } = traitsOf(by.platform).person
  return (isOfWorkspace ? by.workspace : by.guildId) || null
}
