/** JSON as it comes over the wire, and the few questions one asks of it before trusting it. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type JsonObject = { [key: string]: Json }

/** Reads JSON text; undefined when it is not JSON. */
export function parseJson(text: string): Json | undefined {
  try {
    const value: Json = JSON.parse(text)
    return value
  } catch {
    return undefined
  }
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function object(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {}
}

export function list(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : []
}

export function objects(value: Json | undefined): JsonObject[] {
  return list(value).filter(isObject)
}

export function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}

/** A copy without the keys whose value is undefined. */
export function compact(value: { [key: string]: Json | undefined }): JsonObject {
  const kept: JsonObject = {}
  for (const [key, entry] of Object.entries(value)) if (entry !== undefined) kept[key] = entry
  return kept
}

/** Structural equality with keys in any order; what "the same option" means to Slack. */
export function same(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((entry, i) => same(entry, b[i]))
  }
  if (!isObject(a) || !isObject(b)) return false
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => same(a[key], b[key]))
}

/** Length in code points (nicklambourne/slackblocks spec/limits.json counts so). */
export function length(value: string): number {
  let count = 0
  for (const _ of value) count++
  return count
}
