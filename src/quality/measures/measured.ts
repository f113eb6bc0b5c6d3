/** The one shape of a statistic: a value, or null with the reason why there is none. Never NaN. */
export type Measured<T = number> = { value: T } | { value: null; reason: string }

export function measured<T>(value: T): { value: T } {
  return { value }
}

/** Says why a statistic has no value, in a sentence an admin can act on. */
export function unmeasured(reason: string): { value: null; reason: string } {
  return { value: null, reason }
}

/** Keeps a finite number and turns what cannot be computed (0/0, overflow) into null. */
export function finite(value: number, reason: string): Measured {
  return Number.isFinite(value) ? { value } : { value: null, reason }
}
