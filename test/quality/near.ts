/** Reads a statistic that must exist, and compares numbers to an absolute tolerance. */
import { expect } from 'vitest'
import type { Measured } from '../../src/quality/measures/measured.ts'

export function known<T>(result: Measured<T>): T {
  if ('reason' in result) throw new Error(result.reason)
  return result.value
}

export function near(result: Measured, expected: number, tolerance = 1e-6): void {
  close(known(result), expected, tolerance)
}

export function close(actual: number | undefined, expected: number, tolerance = 1e-6): void {
  const distance = Math.abs((actual ?? Number.NaN) - expected)
  expect(distance, `${actual} is not ${expected}`).toBeLessThan(tolerance)
}

/** Equal, or both without a value; the second way says NaN. */
export function same(result: Measured, second: number, tolerance = 1e-6): void {
  if (result.value === null) expect(Number.isFinite(second)).toBe(false)
  else close(result.value, second, tolerance)
}

export function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0)
}
