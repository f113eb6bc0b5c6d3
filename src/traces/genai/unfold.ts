/** Lists and objects that arrive as JSON in a text, as most instrumentations write them. */
import { cleanText, deepest, type Value } from '../otlp/span.ts'

/** What the text holds; the value itself where it is no such text, or nested without end. */
export function unfolded(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value
  try {
    const held: unknown = /\d{16}/.test(value) ? JSON.parse(value, keepDigits) : JSON.parse(value)
    return cleaned(held, 0)
  } catch {
    return value
  }
}

/** A number that would lose digits becomes a text of them. */
function keepDigits(_key: string, value: unknown, context?: { source?: string }): unknown {
  const isRounded = typeof value === 'number' && !Number.isSafeInteger(value)
  return isRounded && /^-?\d+$/.test(context?.source ?? '') ? context?.source : value
}

/** @throws RangeError for what is nested too deep. */
function cleaned(value: unknown, depth: number): Value {
  if (depth > deepest) throw new RangeError('nested too deep')
  if (typeof value === 'string') return cleanText(value)
  if (typeof value !== 'object' || value === null)
    return typeof value === 'number' || typeof value === 'boolean' ? value : null
  if (Array.isArray(value)) return value.map((one) => cleaned(one, depth + 1))
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== '__proto__')
      .map(([key, one]) => [cleanText(key), cleaned(one, depth + 1)]),
  )
}
