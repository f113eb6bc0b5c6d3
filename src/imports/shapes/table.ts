/**
 * The families of shapes, in the order in which they are tried. Each rewrites what it knows into the
 * keys that reader.ts reads (`prompt`, `messages`, `outputs`), and leaves the rest as it is.
 */
import type { JsonObject } from '../../json.ts'
import { readColumns } from './columns.ts'
import { readParallel, readSides, readStructs, readSummaries } from './lists.ts'
import type { Reading } from './reading.ts'
import { readTree } from './tree.ts'
import { readHistory, readOpenAi, readPost, readSwift, readTurns, readVertex } from './vendors.ts'

/** Null where the line is of another shape; several for a line that holds several records. */
type Family = (reading: Reading) => Reading[] | null

const families: readonly Family[] = [
  readTree,
  readOpenAi,
  readVertex,
  readSwift,
  readHistory,
  readTurns,
  readSides,
  readSummaries,
  readStructs,
  readParallel,
  readColumns,
  readPost,
]

/**
 * Applies the families one after another. Keys the dataset claims (`claimed`) are left alone: a field
 * named `answer_a` is shown as a field, and `--map` takes precedence over recognition.
 */
export function recognise(line: JsonObject, claimed: ReadonlySet<string>): Reading[] {
  let readings: Reading[] = [{ line, verdict: {} }]
  for (const family of families) {
    const [only, second] = readings
    if (only && !second) readings = tryFamily(family, only, claimed) ?? readings
    else readings = readings.flatMap((one) => tryFamily(family, one, claimed) ?? [one])
  }
  return readings
}

function tryFamily(
  family: Family,
  reading: Reading,
  claimed: ReadonlySet<string>,
): Reading[] | null {
  const read = family(reading)
  if (!read || claimed.size === 0) return read
  const before = reading.line
  const isTaken = (key: string) => read.some(({ line }) => line[key] !== before[key])
  return Object.keys(before).some((key) => claimed.has(key) && isTaken(key)) ? null : read
}
