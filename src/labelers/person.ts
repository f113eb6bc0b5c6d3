/** Somebody on a platform. A person becomes a labeler by consent; an admin may be only a person. */
import { invalid } from '../errors.ts'
import { personKey, readPersonKey } from '../platforms/keys.ts'
import { allTraits, traitsOf } from '../platforms/registry.ts'
import type { Platform } from '../platforms/traits.ts'

export type { Platform } from '../platforms/traits.ts'

/** Who made a gesture, with what the gesture itself told of them. */
export type Person = {
  platform: Platform
  /** Slack: the workspace; Discord: '' (an identity is the user alone). */
  workspace: string
  userId: string
  /** Where the gesture was made, if anywhere. */
  channelId?: string
  guildId?: string
  roles?: readonly string[]
  locale?: string
}

/** A person who agreed to take part. */
export type Labeler = { id: string; consentVersion: number | null; person: Person }

/** Reads `slack:T1:U1` or `discord:U2`, as written in PARLEY_ADMINS and `parley roles grant`. */
export function parsePerson(text: string): Person {
  const person = readPersonKey(text)
  if (person) return person
  const forms = allTraits().map(({ person: { form, example, isOfWorkspace } }) =>
    isOfWorkspace ? `${form} (${example})` : form,
  )
  throw invalid({ person: `"${text}" is not a person. Write ${forms.join(' or ')}.` })
}

/** The inverse of parsePerson. */
export const personName: (person: Person) => string = personKey

/** How old the account is, where the platform tells. */
export function accountDays(person: Person, now: Date): number | null {
  const madeAt = traitsOf(person.platform).person.madeAt?.(person.userId)
  return madeAt ? (now.getTime() - madeAt.getTime()) / 86_400_000 : null
}
