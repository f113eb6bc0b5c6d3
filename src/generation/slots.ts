/** A fixed number of slots; callers beyond that wait in order. */

/** Resolves with the function that frees the slot. */
export type Slots = { take(): Promise<() => void> }

export function openSlots(count: number): Slots {
  let free = count
  const waiting: (() => void)[] = []
  const give = () => {
    const next = waiting.shift()
    if (next) next()
    else free += 1
  }
  return {
    take: async () => {
      if (free > 0) free -= 1
      else await new Promise<void>((resolve) => waiting.push(resolve))
      let isGiven = false
      return () => {
        if (!isGiven) give()
        isGiven = true
      }
    },
  }
}
