/**
 * A person's language: stored with their labeler, refreshed once a day from their profile. Only the first
 * gesture of a new person waits for the profile, and not for long: if it comes late, the next gesture
 * uses it.
 */
import { LRUCache } from 'lru-cache'
import type { Parley } from '../parley.ts'
import type { Person } from './person.ts'

export type Locales = {
  /** The person's locale, such as `de-DE`; one sent with the gesture takes precedence. */
  localeOf(person: Person): Promise<string | undefined>
  /** Resolves when all look-ups and writes are done. */
  settled(): Promise<void>
}

const keptForMs = 24 * 60 * 60_000
/** The database answers in a moment or the first words are English. */
const patienceMs = 250
/** Slack sends no language with a gesture, requires a response within three seconds, and answers in 0.1 s. */
const firstMs = 1000

export function openLocales(parley: Parley, limits: { firstMs?: number } = {}): Locales {
  const kept = new LRUCache<string, { locale: string | undefined; at: number }>({ max: 50_000 })
  const now = () => parley.now().getTime()

  /** Asks the platform for the locale, if it has one, and stores it for a labeler. */
  const refresh = async (key: string, person: Person) => {
    const profile = await parley.platforms.get(person.platform)?.profile?.(person)
    if (!profile?.locale) return
    kept.set(key, { locale: profile.locale, at: now() })
    await storeLocale(parley, person, profile.locale)
  }
  const running = new Set<Promise<unknown>>()
  const later = (work: Promise<unknown>): Promise<unknown> => {
    // A person who cannot be found gets English; a send that fails reports why itself.
    const done = work.catch((error: unknown) =>
      parley.log.info(
        { event: 'locale.unread', err: error },
        'Nobody could say which language somebody reads.',
      ),
    )
    running.add(done)
    return done.finally(() => running.delete(done))
  }

  return {
    settled: async () => {
      while (running.size > 0) await Promise.all(running)
    },
    async localeOf(person) {
      const key = [person.platform, person.workspace, person.userId].join(' ')
      const known = kept.get(key)
      if (person.locale !== undefined) {
        if (known?.locale !== person.locale) {
          kept.set(key, { locale: person.locale, at: now() })
          later(storeLocale(parley, person, person.locale))
        }
        return person.locale
      }
      if (known && now() - known.at < keptForMs) return known.locale
      // Set before anything is asked, so that however many gestures come it is asked once.
      kept.set(key, { locale: known?.locale, at: now() })
      const asked = later(refresh(key, person))
      if (known) return known.locale
      const stored = await inTime(findLocale(parley, person), patienceMs).catch(() => null)
      if (!stored) await inTime(asked, limits.firstMs ?? firstMs)
      const heard = kept.get(key)?.locale
      if (heard === undefined && stored) kept.set(key, { locale: stored, at: now() })
      return heard ?? stored ?? undefined
    },
  }
}

/** The stored language; used for messages that nobody waits for. */
export async function findLocale(parley: Parley, person: Person): Promise<string | null> {
  const row = await parley.db
    .selectFrom('identities')
    .innerJoin('labelers', 'labelers.id', 'identities.labelerId')
    .select('labelers.locale')
    .where('identities.platform', '=', person.platform)
    .where('identities.workspace', '=', person.workspace)
    .where('identities.userId', '=', person.userId)
    .executeTakeFirst()
  return row?.locale ?? null
}

async function storeLocale(parley: Parley, person: Person, locale: string): Promise<void> {
  await parley.db
    .updateTable('labelers')
    .set({ locale })
    .from('identities')
    .whereRef('identities.labelerId', '=', 'labelers.id')
    .where('identities.platform', '=', person.platform)
    .where('identities.workspace', '=', person.workspace)
    .where('identities.userId', '=', person.userId)
    .where('labelers.forgottenAt', 'is', null)
    .where('labelers.locale', 'is distinct from', locale)
    .execute()
}

async function inTime<Result>(answer: Promise<Result>, patienceMs: number): Promise<Result | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), patienceMs)
  })
  answer.catch(() => {})
  return Promise.race([answer, late]).finally(() => clearTimeout(timer))
}
