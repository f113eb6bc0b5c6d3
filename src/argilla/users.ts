/**
 * Whose answers Argilla's are: its users by id or name become labelers under the pseudonyms that a
 * file says. A user in no file gets a name made from their id, the same in every import.
 */
import { hash } from 'node:crypto'

/** Argilla's ids and user names, and the pseudonym of each. */
export type UserMap = ReadonlyMap<string, string>

export type Users = {
  /** The labeler's pseudonym; `user` is an id or a name, null where Argilla does not say who it was. */
  labelerOf(user: string | null): string
  /** Those who were asked for and are not in the map, so far. */
  unknown: ReadonlySet<string>
}

/** Users that our own export made have it, and their pseudonym as the last name. */
export const ourFirstName = 'Parley'

export function openUsers(map: UserMap = new Map()): Users {
  const unknown = new Set<string>()
  return {
    unknown,
    labelerOf(user) {
      const named = user === null ? 'argilla-nobody' : map.get(user)
      if (named !== undefined) return named
      const key = user ?? ''
      unknown.add(key)
      return `argilla-${hash('sha256', key).slice(0, 12)}`
    },
  }
}
