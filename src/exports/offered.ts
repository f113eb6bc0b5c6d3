/**
 * What a form of an export offers: the formats that can be made of a dataset, and for each the options
 * that it takes there, with the choice that is made where nothing is said. What a format makes of no
 * flag at all it tells itself, so that a form never says another than the file's manifest.
 */
import type { DatasetDocument } from '../datasets/document.ts'
import { asParleyError } from '../errors.ts'
import type { Format } from './formats/format.ts'
import { formats } from './formats/formats.ts'
import { aboutFormats, parseFormatName } from './formats/names.ts'
import {
  averages,
  choices,
  type ExportFlags,
  editStrategies,
  type FlagName,
  fastStrategies,
  labelerStrategies,
  marginStrategies,
  pairSources,
  pairStrategies,
  rankStrategies,
  rowStrategies,
  shapes,
  turnStrategies,
} from './options.ts'

export type OfferedFormat = {
  name: string
  /** What it is for, in a few words. */
  about: string
  options: OfferedOption[]
}
export type OfferedOption = {
  name: string
  /** Null: it is typed. */
  values: readonly string[] | null
  /** What is chosen where nothing is said; null where that is nothing, or depends on the answers. */
  usual: string | null
}

type Asked = {
  name: FlagName
  values: readonly string[] | null
  usual?: string
  /** Of one that is typed: what shows whether this dataset has a use for it. */
  sample?: unknown
}

/** In the order in which a form asks; of those typed, nothing is the usual. */
const asked: readonly Asked[] = [
  { name: 'rows', values: rowStrategies },
  { name: 'from', values: pairSources },
  { name: 'pairs', values: pairStrategies },
  { name: 'labelers', values: labelerStrategies },
  { name: 'average', values: averages },
  { name: 'min_gap', values: null, sample: 1 },
  { name: 'reference', values: null },
  { name: 'choice', values: choices },
  { name: 'edits', values: editStrategies },
  { name: 'ranks', values: rankStrategies, usual: 'pairs' },
  { name: 'margin', values: marginStrategies },
  { name: 'shape', values: shapes },
  { name: 'turns', values: turnStrategies },
  { name: 'fast', values: fastStrategies, usual: 'keep' },
  { name: 'keep', values: null },
  { name: 'since', values: null },
  { name: 'until', values: null },
  { name: 'labeler', values: null },
]

export function offeredFormats(document: DatasetDocument): OfferedFormat[] {
  return Object.entries(aboutFormats).flatMap(([name, about]) => {
    const format = formats[parseFormatName(name)]
    const made = strategiesOf(format, document)
    if (made === null) return []
    const options = asked.flatMap(
      ({ name: option, values: all, usual, sample }): OfferedOption[] => {
        if (!format.takes.includes(option)) return []
        if (all === null) {
          const isOf = sample === undefined || strategiesOf(format, document, { [option]: sample })
          return isOf ? [{ name: option, values: null, usual: null }] : []
        }
        // What this dataset's kind of rows has no use for is not asked.
        const values = all.filter((value) => strategiesOf(format, document, { [option]: value }))
        const own = made[option]
        if (typeof own === 'string' && values.includes(own))
          return values.length > 1 ? [{ name: option, values, usual: own }] : []
        if (perKind.includes(option) || values.length === 0) return []
        return [{ name: option, values, usual: usual ?? null }]
      },
    )
    return [{ name, about, options }]
  })
}

/**
 * The same with what a chat's form has no room for: which question, how rows are divided, and how the file is
 * packed. In the order in which a page asks.
 */
export function fullyOfferedFormats(document: DatasetDocument): OfferedFormat[] {
  return offeredFormats(document).map((offered) => {
    const format: Format = formats[parseFormatName(offered.name)]
    const takes = (flag: FlagName) => format.takes.includes(flag)
    const questions = takes('question')
      ? document.questions.filter(({ name }) => strategiesOf(format, document, { question: name }))
      : []
    const usual = strategiesOf(format, document)?.['question']
    const question: OfferedOption = {
      name: 'question',
      values: questions.map(({ name }) => name),
      usual: typeof usual === 'string' ? usual : null,
    }
    const isTable = format.file === 'parquet'
    return {
      ...offered,
      options: [
        ...(questions.length > 1 ? [question] : []),
        ...offered.options,
        ...(takes('split') ? [{ name: 'split', values: null, usual: null }] : []),
        ...(takes('seed') ? [{ name: 'seed', values: null, usual: '0' }] : []),
        ...(takes('parquet')
          ? [{ name: 'parquet', values: yesNo, usual: isTable ? 'yes' : 'no' }]
          : []),
        ...(takes('gz') ? [{ name: 'gz', values: yesNo, usual: 'no' }] : []),
      ],
    }
  })
}

const yesNo = ['yes', 'no'] as const

const perKind: readonly FlagName[] = [
  'from',
  'average',
  'pairs',
  'labelers',
  'choice',
  'edits',
  'shape',
  'turns',
  'rows',
]

/** Null where the dataset holds nothing for this format, asked for in this way. */
function strategiesOf(
  format: Format,
  document: DatasetDocument,
  flags: ExportFlags = {},
): Record<string, unknown> | null {
  if (format.type === 'lines') return {}
  try {
    return format.open(document, flags).strategies
  } catch (error) {
    if (asParleyError(error)?.code === 'invalid') return null
    throw error
  }
}
