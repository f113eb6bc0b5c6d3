/**
 * Position balance: how often each model's output was shown first, beside what an even deal gives.
 * Blocks of outputs are dealt so that each stands first equally often, so of n outputs it is 1/n of
 * the cards, however many one card shows.
 * F. Yates, "Incomplete randomized blocks", Ann. Eugen. 7, 1936 (balanced blocks).
 */
import { tidy } from './stats-read.ts'
import type { ShownFirst } from './stats-shape.ts'
import type { Outline } from './stats-source.ts'

/** Counts outputs by outline; models are told apart when it is read. */
export function startShownFirst() {
  const models = new Map<string, ShownFirst>()
  const firsts = new Map<Outline, Map<string, number>>()
  const settle = () => {
    for (const [{ ids, modelOf }, counts] of firsts) {
      const cards = [...counts.values()].reduce((sum, count) => sum + count, 0)
      for (const id of ids) {
        const model = modelOf.get(id)
        if (model === undefined) continue
        const found = models.get(model) ?? { count: 0, of: 0, expected: 0 }
        models.set(model, found)
        found.of += cards
        found.expected += cards / ids.length
        found.count += counts.get(id) ?? 0
      }
    }
    firsts.clear()
  }
  return {
    add(outline: Outline, first: string) {
      if (first === '' || outline.ids.length < 2) return
      let counts = firsts.get(outline)
      if (counts === undefined) {
        if (firsts.size >= 4096) settle()
        counts = new Map()
        firsts.set(outline, counts)
      }
      counts.set(first, (counts.get(first) ?? 0) + 1)
    },
    /** What was dealt of this model's outputs, ready to be shown. */
    read(model: string): ShownFirst {
      settle()
      const { count, of, expected } = models.get(model) ?? { count: 0, of: 0, expected: 0 }
      return { count, of, expected: tidy(expected) }
    },
  }
}
