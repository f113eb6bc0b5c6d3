/**
 * Collects what is wrong with a payload, in the words and with the JSON pointers Slack puts into
 * `response_metadata.messages`.
 */
import { isObject, type Json, type JsonObject, length } from '../json.ts'
import { type LimitId, limits } from './limits.ts'

export type Surface = 'message' | 'modal' | 'home'

export type Check = {
  surface: Surface
  problems: { message: string; pointer: string }[]
}

export function fail(check: Check, pointer: string, message: string): void {
  check.problems.push({ message, pointer })
}

/** The lines of `response_metadata.messages`. */
export function messagesOf(check: Check): string[] {
  return check.problems.map((p) => `[ERROR] ${p.message} [json-pointer:${p.pointer}]`)
}

/** Refuses keys Slack does not know on this object. */
export function onlyKeys(check: Check, value: JsonObject, at: string, keys: readonly string[]) {
  for (const key of Object.keys(value)) {
    if (!keys.includes(key)) fail(check, at, `invalid additional property: ${key}`)
  }
}

export function needs(check: Check, value: JsonObject, at: string, keys: readonly string[]): void {
  for (const key of keys) {
    if (value[key] === undefined || value[key] === null) {
      fail(check, at, `missing required field: ${key}`)
    }
  }
}

/** A string within its limit; absent is fine. */
export function checkString(
  check: Check,
  value: Json | undefined,
  at: string,
  limit: LimitId,
  min = 0,
) {
  if (value === undefined) return
  if (typeof value !== 'string') return fail(check, at, 'must be a string')
  const size = length(value)
  if (size > limits[limit].max) {
    fail(check, at, `must be less than ${limits[limit].max + 1} characters`)
  }
  if (size < min) fail(check, at, `must be more than ${min - 1} characters`)
}

export function checkBoolean(check: Check, value: JsonObject, at: string, keys: string[]): void {
  for (const key of keys) {
    if (value[key] !== undefined && typeof value[key] !== 'boolean') {
      fail(check, `${at}/${key}`, 'must be a boolean')
    }
  }
}

/** A whole number between two bounds; absent is fine. */
export function checkInteger(
  check: Check,
  value: Json | undefined,
  at: string,
  bounds: { min: number; max: number },
) {
  if (value === undefined) return
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    return fail(check, at, 'must be an integer')
  }
  if (value < bounds.min) fail(check, at, `must be greater than ${bounds.min - 1}`)
  if (value > bounds.max) fail(check, at, `must be less than ${bounds.max + 1}`)
}

/** A list within its limit; answers its entries, or none when it is not a list. */
export function checkList(
  check: Check,
  value: Json | undefined,
  at: string,
  limit: LimitId,
  min = 1,
): Json[] {
  if (!Array.isArray(value)) {
    fail(check, at, 'must be an array')
    return []
  }
  if (value.length > limits[limit].max) {
    fail(check, at, `no more than ${limits[limit].max} items allowed`)
  }
  if (value.length < min) {
    fail(check, at, min === 1 ? 'must have at least 1 item' : `must have at least ${min} items`)
  }
  return value
}

export function checkOneOf(
  check: Check,
  value: Json | undefined,
  at: string,
  allowed: readonly string[],
): void {
  if (value === undefined) return
  if (typeof value !== 'string' || !allowed.includes(value)) {
    fail(check, at, `unsupported value: must be one of ${allowed.join(', ')}`)
  }
}

/** A text object of one of the allowed types; absent is fine. */
export function checkText(
  check: Check,
  value: Json | undefined,
  at: string,
  limit: LimitId,
  allowed: readonly ('plain_text' | 'mrkdwn')[] = ['plain_text'],
) {
  if (value === undefined) return
  if (!isObject(value)) return fail(check, at, 'must provide an object')
  const type = value['type']
  const known: readonly string[] = allowed
  if (typeof type !== 'string' || !known.includes(type)) {
    return fail(check, `${at}/type`, `unsupported type: ${String(type)}`)
  }
  const extra = type === 'plain_text' ? 'emoji' : 'verbatim'
  onlyKeys(check, value, at, ['type', 'text', extra])
  checkBoolean(check, value, at, [extra])
  needs(check, value, at, ['text'])
  checkString(check, value['text'], `${at}/text`, limit, 1)
}
