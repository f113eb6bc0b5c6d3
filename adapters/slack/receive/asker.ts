/** Who made a gesture in Slack, and the language that was found for them. */
import type { Person } from '../../../src/chat/port/port.ts'
import { localeNow } from '../../../src/chat/words/words.ts'

/** The person with the language that was found for them. */
export function speaking(person: Person): Person {
  const locale = localeNow()
  return locale === undefined || person.locale !== undefined ? person : { ...person, locale }
}

/** Who made the gesture that Slack tells of, or null where nobody did. */
export function personOf(body: Record<string, unknown>, workspace: string): Person | null {
  const userId = idIn(body['user']) ?? idIn(body['user_id']) ?? idIn(eventUser(body['event']))
  return userId ? { platform: 'slack', workspace, userId } : null
}

function eventUser(event: unknown): unknown {
  return typeof event === 'object' && event !== null && 'user' in event ? event.user : undefined
}

function idIn(user: unknown): string | undefined {
  if (typeof user === 'string') return user
  if (typeof user !== 'object' || user === null || !('id' in user)) return undefined
  return typeof user.id === 'string' ? user.id : undefined
}
