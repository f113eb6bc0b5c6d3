/**
 * Position balance: how often each model's output was shown first, beside what an even deal gives.
 * Blocks of outputs are dealt so that each stands first equally often, so of n outputs it is 1/n of
 * the cards, however many one card shows.
 * F. Yates, "Incomplete randomized blocks", Ann. Eugen. 7, 1936 (balanced blocks).
 */
import { tidy } from '../../dataset/stats-read.ts'
import type { ShownFirst } from '../../dataset/stats-result.ts'
import type { Outline } from '../../dataset/stats-source.ts'

/** Counts outputs by outline; they are split by model when it is read. */
export function startShownFirst() {
  const models = new Map<string, ShownFirst>()
  const firsts = new Map<Outline, number[]>()
  // Records alike mostly follow each other.
  let last: { outline: Outline; counts: number[] } | null = null
  const settle = () => {
    for (const [{ ids, modelOf }, counts] of firsts) {
      const cards = counts.reduce((sum, count) => sum + count, 0)
      for (const [place, id] of ids.entries()) {
        const model = modelOf.get(id)
        if (model === undefined) continue
        const found = models.get(model) ?? { count: 0, of: 0, expected: 0 }
        models.set(model, found)
        found.of += cards
        found.expected += cards / ids.length
        found.count += counts[place] ?? 0
      }
    }
    firsts.clear()
    last = null
  }
  const countsOf = (outline: Outline) => {
    let counts = firsts.get(outline)
    if (counts === undefined) {
      if (firsts.size >= 4096) settle()
      // By place, and last of all what is none of the outputs.
      counts = new Array<number>(outline.ids.length + 1).fill(0)
      firsts.set(outline, counts)
    }
    return counts
  }
  return {
    add(outline: Outline, first: string) {
      if (first === '' || outline.ids.length < 2) return
      if (last?.outline !== outline) last = { outline, counts: countsOf(outline) }
      const place = outline.placeOf.get(first) ?? outline.ids.length
      last.counts[place] = (last.counts[place] ?? 0) + 1
    },
    /** What was dealt of this model's outputs, ready to be shown. */
    read(model: string): ShownFirst {
      settle()
      const { count, of, expected } = models.get(model) ?? { count: 0, of: 0, expected: 0 }
      return { count, of, expected: tidy(expected) }
    },
  }
}
