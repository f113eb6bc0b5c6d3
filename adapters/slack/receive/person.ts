/** Who made a gesture in Slack, and the language they read. */
import type { Inside, Person } from '../../../src/chat/port/port.ts'
import { inLocale, localeNow } from '../../../src/chat/words/words.ts'
import { currentWorkspace } from '../workspace/current.ts'
import { workspaceOf } from '../workspace/of-payload.ts'
import type { Installed, ViewBody } from './payloads.ts'

/** Who made this gesture; `channelId` is where, if that is known. */
export function personOf(body: Installed & { view?: ViewBody }, channelId?: string): Person {
  return {
    platform: 'slack',
    workspace: workspaceOf(body),
    userId: body.user.id,
    ...(channelId ? { channelId } : {}),
  }
}

/** Answers every request in the language of the person who made it. */
export async function inLanguageOf<Result>(
  body: Record<string, unknown>,
  inside: Pick<Inside, 'localeOf'>,
  work: () => Promise<Result>,
): Promise<Result> {
  const person = personIn(body, currentWorkspace())
  const locale = person ? await inside.localeOf?.(person) : undefined
  return inLocale(locale, work)
}

/** The same person with the language they are answered in. */
export function withLocale(person: Person): Person {
  const locale = localeNow()
  return locale === undefined || person.locale !== undefined ? person : { ...person, locale }
}

/** The person any kind of request names, or null where it names none. */
export function personIn(body: Record<string, unknown>, workspace: string): Person | null {
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
