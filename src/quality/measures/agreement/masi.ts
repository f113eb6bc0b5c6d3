/**
 * Distance between two sets of labels: 1 - Jaccard x M, where M is 1 for equal sets, 2/3 if one
 * holds the other, 1/3 if they overlap and 0 if they are disjoint.
 * R. Passonneau, "Measuring agreement on set-valued items (MASI)", LREC 2006.
 */
export function masiDistance(a: readonly string[], b: readonly string[]): number {
  const [first, second] = [new Set(a), new Set(b)]
  const shared = [...first].filter((label) => second.has(label)).length
  const all = first.size + second.size - shared
  if (all === 0 || shared === all) return 0
  const holds = shared === first.size || shared === second.size
  return 1 - (shared / all) * (holds ? 2 / 3 : 1 / 3)
}
