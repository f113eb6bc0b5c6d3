/**
 * Outputs that models wrote here: how they are marked, added to records, and kept when the file that
 * the record came from is imported again.
 */
import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import type { Dataset } from '../datasets/document.ts'
import { isObject } from '../json.ts'
import type { Parley } from '../parley.ts'
import type { RecordFields, RecordLine, RecordOutput } from './record-line.ts'

/** The key of an output's metadata that says how a model wrote it. */
export const generatedKey = 'generated'
/** As many outputs as one record may have. */
export const mostOutputs = 50

/** Whether the output ends where it reached its longest length, in the middle of what it says. */
export function isCutOff({ metadata }: Pick<RecordOutput, 'metadata'>): boolean {
  const made = metadata?.[generatedKey]
  return isObject(made) && made['cut_off'] === true
}

/**
 * Lines of records that are there already, each with the outputs that models wrote since: a file that
 * is imported again says nothing of them. Other fields would ask for other outputs, so those go.
 */
export async function withGenerated<Line extends { record: RecordLine }>(
  parley: Parley,
  dataset: Dataset,
  lines: readonly Line[],
): Promise<readonly Line[]> {
  const ids = lines.map(({ record }) => record.external_id)
  const { rows } = await sql<{
    externalId: string
    fields: RecordFields
    outputs: RecordOutput[]
  }>`
    select external_id, fields, outputs from records
    where exists (select from generations where dataset_id = ${dataset.id})
      and dataset_id = ${dataset.id} and external_id = any(${ids}::text[])
      and outputs @? ${`$[*].metadata.${generatedKey}`}::jsonpath`.execute(parley.db)
  if (rows.length === 0) return lines
  const held = new Map(rows.map((row) => [row.externalId, row]))
  return lines.map((line) => {
    const { record } = line
    const found = held.get(record.external_id)
    if (!found || !isDeepStrictEqual(found.fields, record.fields)) return line
    const given = new Set(record.outputs.map(({ id }) => id))
    const kept = found.outputs.filter(
      ({ id, metadata }) => metadata?.[generatedKey] !== undefined && !given.has(id),
    )
    const outputs = [...record.outputs, ...kept].slice(0, mostOutputs)
    return { ...line, record: { ...record, outputs } }
  })
}
