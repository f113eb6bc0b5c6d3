/** A person on a platform. Consent makes them a labeler; an admin need not be a labeler. */
import { invalid } from '../errors.ts'
import { personKey, readPersonKey } from '../platforms/keys.ts'
import { allTraits, traitsOf } from '../platforms/registry.ts'
import type { Platform } from '../platforms/traits.ts'

export type { Platform } from '../platforms/traits.ts'

/** The person who made a gesture, with the details the gesture contains. */
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

/** The account's age, if the platform reports it. */
export function accountDays(person: Person, now: Date): number | null {
  const madeAt = traitsOf(person.platform).person.madeAt?.(person.userId)
  return madeAt ? (now.getTime() - madeAt.getTime()) / 86_400_000 : null
}
