/**
 * Agreement on marked text. By character: each one is a unit, whose value is the labels that a person gave it, or
 * none; so that long marks weigh more, and a mark that begins a word early costs that word. By mark: the F-measure
 * of one person's marks against another's, exact (same place, same label) and of marks that overlap under one label.
 * K. Krippendorff, "Content Analysis", 4th ed., 2018, ch. 12 (alpha, nominal); G. Hripcsak and A. Rothschild,
 * "Agreement, the F-measure, and reliability in information retrieval", JAMIA 12, 2005 (mean F over pairs);
 * I. Segura-Bedmar et al., SemEval-2013 task 9, 2013 (exact and type matching).
 */

export type Mark = { start: number; end: number; label: string }

/** How many characters have which labels by each answer: `values` is one for each answer, '' for none. */
export type Stretch = { characters: number; values: string[] }

/** Characters alike are counted together; `length` is that of the text, which marks may not exceed. */
export function stretchesOf(answers: readonly (readonly Mark[])[], length: number): Stretch[] {
  const edges = new Set([0, length])
  for (const { start, end } of answers.flat()) edges.add(start).add(end)
  const places = [...edges].filter((at) => at <= length).sort((a, b) => a - b)
  const indexOf = new Map(places.map((at, index) => [at, index]))
  const labels = answers.map((marks) => labelsAt(marks, indexOf, places.length))
  const found = new Map<string, Stretch>()
  for (const [index, from] of places.entries()) {
    const to = places[index + 1]
    if (to === undefined) break
    const values = labels.map((one) => [...(one[index] ?? [])].sort().join('\u0000'))
    const key = JSON.stringify(values)
    const known = found.get(key)
    if (known) known.characters += to - from
    else found.set(key, { characters: to - from, values })
  }
  return [...found.values()]
}

function labelsAt(
  marks: readonly Mark[],
  indexOf: ReadonlyMap<number, number>,
  places: number,
): (Set<string> | undefined)[] {
  const at = new Array<Set<string> | undefined>(places)
  for (const { start, end, label } of marks) {
    const last = indexOf.get(end) ?? places - 1
    for (let index = indexOf.get(start) ?? places; index < last; index += 1) {
      const labels = at[index] ?? new Set()
      at[index] = labels.add(label)
    }
  }
  return at
}

/** How many marks of two answers match, of how many they have together: their quotient is F1. */
export type Matches = { exact: number; overlap: number; of: number }

export function matchesOf(one: readonly Mark[], other: readonly Mark[]): Matches {
  const keys = new Set(other.map(keyOf))
  const exact = one.filter((mark) => keys.has(keyOf(mark))).length
  return {
    exact: 2 * exact,
    overlap: meeting(one, other) + meeting(other, one),
    of: one.length + other.length,
  }
}

function keyOf({ start, end, label }: Mark): string {
  return `${start} ${end} ${label}`
}

/** How many of `marks` share a character and the label with one of the others. */
function meeting(marks: readonly Mark[], others: readonly Mark[]): number {
  const byLabel = Map.groupBy(others, ({ label }) => label)
  const reaches = new Map<string, { starts: number[]; ends: number[] }>()
  for (const [label, group] of byLabel) {
    const sorted = group.toSorted((a, b) => a.start - b.start)
    let most = 0
    const ends = sorted.map(({ end }) => {
      most = Math.max(most, end)
      return most
    })
    reaches.set(label, { starts: sorted.map(({ start }) => start), ends })
  }
  return marks.filter(({ start, end, label }) => {
    const known = reaches.get(label)
    if (!known) return false
    // The last that begins before this one ends: some mark up to it reaches beyond this one's start, or none does.
    const before = known.starts.findLastIndex((at) => at < end)
    return before >= 0 && (known.ends[before] ?? 0) > start
  }).length
}
