/**
 * What stands on a card, as a short text: a page that is open for long tells by it whether its task was
 * changed elsewhere since, in another tab or in chat. Pure.
 */
import { createHash } from 'node:crypto'
import type { TaskCard } from '../port/port.ts'

/** Equal for two cards that start from the same values, in whatever order their keys are stored. */
export function seenOf({
  values,
  editing,
  schemaVersion,
}: Pick<TaskCard, 'values' | 'editing' | 'schemaVersion'>): string {
  const text = JSON.stringify([schemaVersion, editing, sorted(values)])
  return createHash('sha256').update(text).digest('base64url').slice(0, 22)
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, one]) => [key, sorted(one)])
}
