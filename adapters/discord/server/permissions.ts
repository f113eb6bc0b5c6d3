/** A person's permissions in a channel, computed from roles and overwrites as Discord does. Pure. */

export type Role = { id: string; name: string; permissions: string }
export type Overwrite = { id: string; type: number; allow: string; deny: string }

export const administrator = 1n << 3n
export const viewChannel = 1n << 10n
export const sendMessages = 1n << 11n
export const sendMessagesInThreads = 1n << 38n

/**
 * `held` are the ids of the person's roles; an administrator has every permission.
 * https://docs.discord.com/developers/topics/permissions#permission-overwrites
 */
export function permissionsIn(
  overwrites: readonly Overwrite[],
  guild: string,
  { roles, held, userId }: { roles: readonly Role[]; held: readonly string[]; userId: string },
): bigint {
  const mine = roles.filter(({ id }) => id === guild || held.includes(id))
  const base = mine.reduce((sum, one) => sum | BigInt(one.permissions), 0n)
  if (base & administrator) return (1n << 64n) - 1n
  const apply = (before: bigint, some: readonly Overwrite[]) => {
    const denied = some.reduce((sum, one) => sum | BigInt(one.deny), 0n)
    const allowed = some.reduce((sum, one) => sum | BigInt(one.allow), 0n)
    return (before & ~denied) | allowed
  }
  const ofAll = apply(
    base,
    overwrites.filter(({ id }) => id === guild),
  )
  const ofRoles = apply(
    ofAll,
    overwrites.filter(({ id, type }) => type === 0 && id !== guild && held.includes(id)),
  )
  return apply(
    ofRoles,
    overwrites.filter(({ id, type }) => type === 1 && id === userId),
  )
}
