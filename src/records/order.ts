/** Repeatable random orders, of records and of outputs. */

/** 32 bits of a text: FNV-1a with murmur3's finish, so that near ids fall far apart. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** The output ids in an order seeded by the record; what labelers see are rotations of it. */
export function shuffledOutputs(externalId: string, ids: readonly string[]): string[] {
  return ids
    .map((id) => ({ id, at: hash32(`${externalId}\u0000${id}`) }))
    .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
    .map(({ id }) => id)
}
