/** Says which answers train a model: submitted, counted, and without a flag that speaks against them. */
import { invalid } from '../errors.ts'
import { type Condition, holds, parseWhen } from '../questions/when.ts'
import type { ExportRecord, ExportResponse } from './source.ts'

const against = ['gold', 'repeat', 'same_person', 'excluded']

/** Why this answer is left out of training, or null. */
export function unusable(response: ExportResponse): string | null {
  if (response.status !== 'submitted') return response.status
  const flag = against.find((one) => response.flags.includes(one))
  if (flag) return flag
  if (response.repeat > 0) return 'repeat'
  return response.counted ? null : 'surplus'
}

/** The records an export keeps: those whose metadata fulfils `--keep`. */
export type Keep = (record: ExportRecord) => boolean

/** @throws ParleyError `invalid` when the expression cannot be read. */
export function parseKeep(text: string | undefined): Keep {
  if (text === undefined) return () => true
  const condition = readCondition(text)
  // Both `lang == "en"` and `metadata.lang == "en"` are what people write.
  return ({ metadata }) => holds(condition, { ...metadata, metadata })
}

function readCondition(text: string): Condition {
  if (/\w\s*\(/.test(text.replaceAll(/\b(and|or|not)\s*\(/g, '(')))
    throw invalid({
      keep: `"${text}" asks for a statistic. Only the records' metadata can be asked about, as in lang == "en".`,
    })
  try {
    return parseWhen(text)
  } catch (error) {
    throw invalid(
      { keep: error instanceof Error ? error.message.replace(/^when: /, '') : text },
      error,
    )
  }
}
