/**
 * Whether a person may label a dataset now, including channels and groups of its access list. Group
 * membership is fetched from the platform and cached for at most ten minutes: one gesture pays for that,
 * an older entry is refreshed in the background, and a slow platform is not waited for.
 */
import { LRUCache } from 'lru-cache'
import { groupsIn, groupText, mayLabel } from '../datasets/access/access.ts'
import { type Homes, homesOf } from '../datasets/access/homes.ts'
import type { Dataset } from '../datasets/document.ts'
import { asParleyError, ParleyError } from '../errors.ts'
import type { Parley } from '../parley.ts'
import type { Person } from './person.ts'

/**
 * `meant` are the homes that entries without a workspace mean; by default Parley's own.
 * @throws ParleyError `unavailable` if the platform does not report their membership.
 */
export async function isLetIn(
  parley: Parley,
  dataset: { document: Pick<Dataset['document'], 'access'> },
  person: Person,
  meant?: Homes,
): Promise<boolean> {
  const homes = meant ?? (await homesOf(parley))
  if (mayLabel(dataset, person, undefined, homes)) return true
  const groups = groupsIn(dataset.document.access, person.platform, person, homes)
  if (groups.length === 0) return false
  const memberships = membershipsOf(parley)
  const asked = await Promise.allSettled(groups.map((group) => memberships.isIn(person, group)))
  const facts = groups.filter((_, i) => {
    const one = asked[i]
    return one?.status === 'fulfilled' && one.value
  })
  if (mayLabel(dataset, person, new Set(facts), homes)) return true
  const failed = asked.find((one) => one.status === 'rejected')
  if (failed) throw failed.reason
  return false
}

export type Memberships = { isIn(person: Person, group: string): Promise<boolean> }

/** The adapter may return a list up to a minute old; with these nine it is ten. */
const keptForMs = 9 * 60_000
/** From this age on, a look-up returns the cached entry and refreshes it. */
const refreshedAfterMs = 5 * 60_000
/** After a failure, the platform is not asked again for a moment. */
const failedForMs = 5_000

/** The cached answers of one platform, with the clock for their age. */
export function openMemberships(options: {
  now: () => Date
  ask: (person: Person, group: string) => Promise<boolean>
  /** How long a person waits for the platform; the whole gesture has three seconds in Slack. */
  patienceMs?: number
}): Memberships {
  const { ask, patienceMs = 1500 } = options
  const now = () => options.now().getTime()
  const kept = new LRUCache<string, { isIn: boolean; at: number }>({ max: 50_000 })
  const failures = new LRUCache<string, { error: ParleyError; at: number }>({ max: 1000 })
  const asking = new Map<string, Promise<boolean>>()

  /** Asks once for all waiting gestures; a late answer is cached for the next gesture. */
  const askOnce = (key: string, person: Person, group: string): Promise<boolean> => {
    const running = asking.get(key)
    if (running) return running
    const at = now()
    const run = ask(person, group)
      .then(
        (isIn) => {
          kept.set(key, { isIn, at })
          failures.delete(key)
          return isIn
        },
        (cause: unknown) => {
          const error = asParleyError(cause) ?? notTold(cause)
          failures.set(key, { error, at })
          throw error
        },
      )
      .finally(() => asking.delete(key))
    // Nobody may be waiting when it fails.
    run.catch(() => {})
    asking.set(key, run)
    return run
  }

  return {
    async isIn(person, group) {
      // The gesture itself contains the person's roles, so the cache is not used.
      if (person.roles !== undefined) return inTime(ask(person, group), patienceMs)
      const key = [person.platform, person.workspace, person.userId, group].join(' ')
      const known = kept.get(key)
      const age = known ? now() - known.at : Number.POSITIVE_INFINITY
      const failed = failures.get(key)
      const isResting = failed !== undefined && now() - failed.at < failedForMs
      if (known && age < keptForMs) {
        if (age >= refreshedAfterMs && !isResting) askOnce(key, person, group)
        return known.isIn
      }
      if (isResting) throw failed.error
      return inTime(askOnce(key, person, group), patienceMs)
    },
  }
}

// One cache per composition of platforms; a Parley inside a transaction shares its Map of them.
const caches = new WeakMap<Parley['platforms'], Memberships>()

function membershipsOf(parley: Parley): Memberships {
  const { platforms } = parley
  const known = caches.get(platforms)
  if (known) return known
  const opened = openMemberships({
    now: parley.now,
    ask: async (person, group) =>
      (await platforms
        .get(person.platform)
        ?.memberOf?.(person, groupText(person.platform, group))) ?? false,
  })
  caches.set(platforms, opened)
  return opened
}

async function inTime(answer: Promise<boolean>, patienceMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(notTold(new Error('It took too long.'))), patienceMs)
  })
  return Promise.race([answer, late]).finally(() => clearTimeout(timer))
}

function notTold(cause: unknown): ParleyError {
  return new ParleyError('unavailable', (said) => said.membershipUnknown, { cause })
}
