/**
 * Reads a file of Argilla's records, in any of its shapes, for one dataset. Without settings beside it,
 * the dataset's own questions name the columns.
 */
import { outputsNeeded } from '../../datasets/check.ts'
import type { Dataset, DatasetDocument } from '../../datasets/document.ts'
import { invalid } from '../../errors.ts'
import { argillaSettings, planColumns } from '../../exports/argilla/settings.ts'
import { isObject, type JsonObject } from '../../json.ts'
import type { ForeignReader } from '../answers/foreign.ts'
import { foreignRows } from '../answers/foreign-rows.ts'
import { readLine } from '../readers/json.ts'
import { type RowsInput, readRows } from '../readers/rows.ts'
import { flatLists, isFlat, recordOfColumns, recordOfJson } from './flat.ts'
import { layFor } from './layout.ts'
import { foreignOf, type Reading } from './record.ts'
import { type ArgillaSettings, parseSettings } from './settings.ts'
import { isOfV1, listsOfV1, recordOfV1 } from './v1.ts'

export type ArgillaFile = {
  rows: RowsInput
  settings: ArgillaSettings | null
  /** Without settings: the columns that models wrote, if their names do not show it. */
  outputs?: readonly string[]
}

export function argillaReader(
  { rows, settings, outputs }: ArgillaFile,
  reading: Omit<Reading, 'layout'>,
  tell: { warning(sentence: string): void },
): ForeignReader {
  return (dataset) => {
    // Without settings the first row tells which columns there are.
    let known = settings && open(settings, dataset, reading, tell)
    const nested = listColumns(settings ?? settingsFor(dataset.document, outputs ?? []))
    return foreignRows({ ...rows, columns: { json: nested } }, (row, number) => {
      if (!isObject(row)) return { number, problem: noRow }
      known ??= open(guess(dataset.document, row, outputs), dataset, reading, tell)
      return foreignOf(known.reading, recordOf(known.settings, row), number)
    })
  }
}

/** Its readable records, without the problems; for a preview before an import. */
export async function* argillaRecords(
  { rows, settings, outputs }: ArgillaFile,
  document: DatasetDocument,
): AsyncGenerator<{ settings: ArgillaSettings; record: unknown }> {
  let known = settings
  const nested = listColumns(settings ?? settingsFor(document, outputs ?? []))
  for await (const lines of readRows({ ...rows, columns: { json: nested } }))
    for (const line of lines) {
      const parsed = line.problem ? null : readLine(line)
      if (!parsed || !('value' in parsed) || !isObject(parsed.value)) continue
      known ??= guess(document, parsed.value, outputs)
      yield { settings: known, record: recordOf(known, parsed.value) }
    }
}

const noRow = {
  path: '',
  message: 'is not an object.',
  remedy: 'Export the dataset from Argilla again.',
}

function open(
  settings: ArgillaSettings,
  dataset: Dataset,
  reading: Omit<Reading, 'layout'>,
  tell: { warning(sentence: string): void },
): { settings: ArgillaSettings; reading: Reading } {
  const { layout, warnings } = layFor(settings, dataset.document)
  for (const warning of warnings) tell.warning(warning)
  return { settings, reading: { ...reading, layout } }
}

function recordOf(settings: ArgillaSettings, row: JsonObject): unknown {
  if (isObject(row['fields']) && !isFlat(row)) return recordOfJson(row)
  return isOfV1(settings, row) && !isFlat(row)
    ? recordOfV1(settings, row)
    : recordOfColumns(settings, row)
}

function listColumns(settings: ArgillaSettings): string[] {
  return [...flatLists(settings), ...listsOfV1(settings)]
}

/** The settings that the dataset would have in Argilla, with these columns as its outputs. */
function settingsFor(document: DatasetDocument, outputs: readonly string[]): ArgillaSettings {
  return parseSettings(argillaSettings(planColumns(document, outputs)).settings, 'dataset')
}

const outputColumn =
  /^(response|output|completion|candidate|answer|generation|reply|chosen|rejected)([-_ ]?\w{1,3})?$/i

function guess(
  document: DatasetDocument,
  row: JsonObject,
  named: readonly string[] | undefined,
): ArgillaSettings {
  const columns = Object.keys(isObject(row['fields']) ? row['fields'] : row)
  const isOther = (name: string) => !document.fields.some((field) => field.name === name)
  const outputs = named ?? columns.filter((name) => isOther(name) && outputColumn.test(name))
  const missing = named?.find((name) => !columns.includes(name))
  if (missing !== undefined || outputs.length < outputsNeeded(document))
    throw invalid({
      '--map':
        missing === undefined
          ? "Which columns did models write? Say it with --map outputs=COLUMN,COLUMN, or import the folder with Argilla's settings (.argilla or argilla.yaml)."
          : `There is no column "${missing}". The file has ${columns.slice(0, 30).join(', ')}.`,
    })
  return settingsFor(document, outputs)
}
