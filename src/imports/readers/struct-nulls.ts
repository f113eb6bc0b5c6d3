/**
 * Takes out of the row of a table what its columns put in: a struct of Arrow has all keys of all rows, so
 * that the arguments of one tool stand with null among those of every other.
 */
import { isObject } from '../../json.ts'

/** Where chats keep objects whose keys differ from one to the next. */
const free = new Set(['tool_calls', 'function_call', 'tools', 'chat_template_kwargs'])
const deepest = 6

/** Changes the row in place: it is nobody else's. */
export function dropForeignKeys(value: unknown, depth = 0): void {
  if (typeof value !== 'object' || value === null || depth > deepest) return
  if (!isObject(value)) {
    for (const one of Object.values(value)) dropForeignKeys(one, depth + 1)
    return
  }
  for (const [key, held] of Object.entries(value))
    if (free.has(key)) value[key] = withoutNulls(held)
    else dropForeignKeys(held, depth + 1)
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) => (one === null ? [] : [[key, withoutNulls(one)]])),
  )
}
