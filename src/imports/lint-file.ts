/** Reads a file as an import would and stores nothing: what of it can be kept, and which keys its rows have. */
import { getDataset } from '../datasets/dataset.ts'
import { isObject, type JsonObject } from '../json.ts'
import { type Actor, type Parley, requireAdmin } from '../parley.ts'
import { type ImportInput, lineReader, requireOpen } from './import-records.ts'
import { declaredColumns } from './readers/csv-cells.ts'
import { readLine } from './readers/json.ts'
import { readRows, unitOf } from './readers/rows.ts'
import { emptyReport, type ImportReport, refuse } from './report.ts'

export type Linted = {
  /** `created` counts the records that could be read, whether they are there already or not. */
  report: ImportReport
  /** Keys of the first rows, each with its first content, shortened. */
  keys: { name: string; sample: string }[]
  /** False where the file has more lines than were read. */
  isWhole: boolean
}

/** Rows whose keys are offered. */
const firstRows = 50
const mostLines = 20_000

/**
 * @throws ParleyError `forbidden`; `not_found`; `conflict` for a closed dataset; `invalid` for a file that
 * cannot be read at all, or a mapping that names nothing of the dataset.
 */
export async function lintFile(
  parley: Parley,
  actor: Actor,
  input: Pick<ImportInput, 'dataset' | 'source' | 'name' | 'random' | 'map' | 'limits'>,
): Promise<Linted> {
  requireAdmin(actor)
  const dataset = await getDataset(parley, input.dataset, actor)
  requireOpen(dataset)
  const report = emptyReport(unitOf(input))
  const read = lineReader(dataset, input, report)
  const keys = new Map<string, string>()
  let isWhole = true
  const columns = declaredColumns(dataset.document, input.map)
  reading: for await (const lines of readRows({ ...input, columns }))
    for (const line of lines) {
      if (report.lines >= mostLines) {
        isWhole = false
        break reading
      }
      report.lines++
      if (line.problem) {
        refuse(report, line.number, { path: '', ...line.problem })
        continue
      }
      const parsed = report.lines <= firstRows ? readLine(line) : null
      if (parsed && 'value' in parsed && isObject(parsed.value)) noteKeys(keys, parsed.value)
      report.created += read(line)?.length ?? 0
    }
  report.refused.lines.sort((a, b) => a.line - b.line)
  return { report, isWhole, keys: [...keys].map(([name, sample]) => ({ name, sample })) }
}

function noteKeys(keys: Map<string, string>, row: JsonObject): void {
  for (const [name, value] of Object.entries(row)) {
    if (keys.get(name)) continue
    const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
    const flat = text.replace(/\s+/g, ' ').trim()
    keys.set(name, flat.length > 60 ? `${flat.slice(0, 59).toWellFormed()}…` : flat)
  }
}
