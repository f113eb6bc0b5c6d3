/** Converts an Argilla value to Parley's: output ids, dense ranks, spans with their field. */

import { isObject } from '../../json.ts'
import type { RecordOutput } from '../../records/record-line.ts'
import type { WarningKind } from '../warnings.ts'
import type { LaidQuestion } from './layout.ts'

/**
 * The value, or why there is none. `isLoss` marks values that Argilla's files lost, which is not a
 * mistake, so that the rest of the record can still be imported.
 */
export type ReadValue = { value: unknown } | { why: string; isLoss: WarningKind | null }

export type Told = {
  /** A list without ranks is in the order of preference; `suggested` ones are, with ranks of null too. */
  trustOrder: boolean | 'suggested'
  outputs: readonly RecordOutput[]
  record: { fields: { [name: string]: unknown } }
}

export function readValue(laid: LaidQuestion, given: unknown, told: Told): ReadValue {
  if (laid.output !== null && !told.outputs.some(({ id }) => id === laid.output))
    return { why: 'the record has no such output', isLoss: 'value left out' }
  switch (laid.type) {
    case 'rating': {
      const rating = typeof given === 'string' && given.trim() !== '' ? Number(given) : given
      return { value: rating }
    }
    case 'multi_label_selection': {
      const chosen = [given].flat().map(String)
      return { value: chosen.filter((one) => one !== laid.none) }
    }
    case 'ranking':
      return rankingOf(laid, given, told)
    case 'span':
      return spansOf(laid, given, told)
    default:
      return { value: typeof given === 'string' ? given : String(given) }
  }
}

function rankingOf(laid: LaidQuestion, given: unknown, told: Told): ReadValue {
  const rows = rowsOf(given)
  if (!rows) return { why: 'is no ranking', isLoss: null }
  const isBare = rows.every((one) => !isObject(one) || (one['rank'] ?? null) === null)
  const isOrder = told.trustOrder === 'suggested' && isBare
  const items = rows.map((one, at) =>
    isObject(one)
      ? { option: String(one['value']), rank: isOrder ? at + 1 : one['rank'] }
      : { option: String(one), rank: told.trustOrder ? at + 1 : undefined },
  )
  const stranger = items.find(({ option }) => !laid.outputOf.has(option))
  if (stranger)
    return { why: `ranks "${stranger.option.slice(0, 100)}", which is no option`, isLoss: null }
  if (items.length > 0 && items.every(({ rank }) => rank === undefined))
    return {
      why: 'it is a list without ranks, as Argilla 2 writes its files; its REST API has them',
      isLoss: 'ranks unknown',
    }
  const ranks = items.flatMap(({ option, rank }) => {
    const output = laid.outputOf.get(option) ?? option
    // Argilla ranks all of its fixed fields, including those that a record leaves empty.
    const isThere = told.outputs.some(({ id }) => id === output)
    return isThere && rank !== null && rank !== undefined ? [[output, rank] as const] : []
  })
  return ranks.length > 0
    ? { value: { ranks: Object.fromEntries(ranks) } }
    : { why: 'nothing in it has a rank', isLoss: 'value left out' }
}

function spansOf(laid: LaidQuestion, given: unknown, { record }: Told): ReadValue {
  const rows = rowsOf(given)
  const field = laid.field ?? ''
  const text = record.fields[field]
  // Argilla's server counts characters as Python does, which are code points.
  const length = typeof text === 'string' ? [...text].length : 0
  const spans = rows?.map((one) => {
    if (!isObject(one)) return null
    const { label, start, end } = one
    const isInside =
      Number.isInteger(start) &&
      Number.isInteger(end) &&
      Number(start) >= 0 &&
      Number(start) < Number(end) &&
      Number(end) <= length
    return isInside && laid.options.includes(String(label))
      ? { field, start, end, label: String(label) }
      : null
  })
  return spans?.every((one) => one !== null)
    ? { value: spans }
    : { why: `marks what is not in the field "${field}"`, isLoss: null }
}

/** A list, or Hugging Face's form of a list of objects: an object of lists of equal length. */
export function rowsOf(value: unknown): unknown[] | null {
  if (Array.isArray(value)) return value
  if (!isObject(value)) return null
  const columns = Object.entries(value)
  const [first] = columns
  if (!first || !Array.isArray(first[1])) return null
  return first[1].map((_, at) =>
    Object.fromEntries(
      columns.map(([name, column]) => [name, Array.isArray(column) ? column[at] : undefined]),
    ),
  )
}
