/** The time lanes pace by: real, but where a test or the demo lets a day pass in a moment. */

/** Milliseconds from anywhere; `after` calls once they have gone by. */
export type Time = { now(): number; after(ms: number, work: () => void): { cancel(): void } }

export const realTime: Time = {
  now: () => performance.now(),
  after: (ms, work) => {
    const timer = setTimeout(work, ms)
    return { cancel: () => clearTimeout(timer) }
  },
}
