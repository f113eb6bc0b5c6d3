/** Calls at once share a run; each gets what is its own, and none what is older than it. */
import { describe, expect, test } from 'vitest'
import { together } from '../src/together.ts'

/** Runs that end when they are told to; `runs` is what each was given. */
function held() {
  const runs: number[][] = []
  const gates: (() => void)[] = []
  const run = async (items: readonly number[]) => {
    runs.push([...items])
    await new Promise<void>((resolve) => gates.push(resolve))
    if (items.includes(13)) throw new Error('13')
    return items.map((item) => item * 2)
  }
  return { runs, run, open: () => gates.shift()?.() }
}

/** What is to happen before the next turn has happened. */
const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('happy', () => {
  test('the first starts at once, what comes meanwhile is one run, and no more than may be', async () => {
    const { runs, run, open } = held()
    const call = together(run, { most: 3 })
    const first = call(1)
    const rest = [2, 3, 4, 5].map(call)
    expect(runs).toEqual([[1]])
    open()
    expect(await first).toBe(2)
    await turn()
    expect(runs).toEqual([[1], [2, 3, 4]])
    open()
    await turn()
    open()
    expect(await Promise.all(rest)).toEqual([4, 6, 8, 10])
    expect(runs).toEqual([[1], [2, 3, 4], [5]])
  })
})

describe('happy: gathered', () => {
  test('what arrives in the same turn is one run, and so is what comes meanwhile', async () => {
    const { runs, run, open } = held()
    const call = together(run, { gather: true })
    const first = [1, 2, 3].map(call)
    expect(runs).toEqual([])
    await turn()
    expect(runs).toEqual([[1, 2, 3]])
    const rest = [4, 5].map(call)
    open()
    await turn()
    open()
    expect(await Promise.all([...first, ...rest])).toEqual([2, 4, 6, 8, 10])
    expect(runs).toEqual([
      [1, 2, 3],
      [4, 5],
    ])
  })
})

describe('refused', () => {
  test('what one causes, all of its run get; alone, it is the only one', async () => {
    for (const alone of [false, true]) {
      const call = together(
        async (items: readonly number[]) => {
          await turn()
          if (items.includes(13)) throw new Error('13')
          return items.map(String)
        },
        { alone },
      )
      const all = await Promise.allSettled([1, 12, 13, 14].map(call))
      const kept = all.map((one) => (one.status === 'fulfilled' ? one.value : null))
      expect(kept).toEqual(alone ? ['1', '12', null, '14'] : ['1', null, null, null])
    }
  })
})
