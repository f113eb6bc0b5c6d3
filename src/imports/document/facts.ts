/** Counts a file's content while it is read; a dataset document is drafted from it. */
import type { JsonObject, LineProblem } from '../../json.ts'
import { beyondText, isEmpty } from '../../records/message.ts'
import type { Content } from '../../records/record-line.ts'
import type { ShapedRecord } from '../shapes/line.ts'
import { type Known, noteKnown } from './known.ts'

export type FieldFacts = {
  /** In how many records it has a text. */
  filled: number
  /** Whether any is a conversation of several turns, the system's message aside. */
  isChat: boolean
}
type Scale = { least: number; most: number }

export type Facts = {
  unit: 'line' | 'row'
  lines: number
  /** False where the file is longer than what was read of it. */
  isWhole: boolean
  records: number
  fields: Map<string, FieldFacts>
  mostOutputs: number
  fewestOutputs: number
  ranked: number
  withStrength: number
  labeled: number
  judged: number
  /** By aspect; null if a value is not a whole number from 0 to 10, so that no scale fits. */
  ratings: Map<string, Scale | null>
  /** Values of a key `label` in records without outputs; null when they are no classes. */
  classes: Set<string> | null
  classed: number
  /** Metadata of records: how much text each key holds. */
  metadata: Map<string, number>
  aboutOutputs: Set<string>
  /** Questions of the suggestions and known answers. */
  known: Map<string, Known>
  refused: number
  problems: { number: number; problem: LineProblem }[]
}

const mostClasses = 20

export function emptyFacts(unit: 'line' | 'row'): Facts {
  return {
    ...{ unit, lines: 0, isWhole: true, records: 0, fields: new Map() },
    ...{
      mostOutputs: 0,
      fewestOutputs: Infinity,
      ranked: 0,
      withStrength: 0,
      labeled: 0,
      judged: 0,
    },
    ...{ ratings: new Map(), classes: new Set(), classed: 0 },
    ...{ metadata: new Map(), aboutOutputs: new Set(), known: new Map(), refused: 0, problems: [] },
  }
}

export function noteLine(facts: Facts, number: number, problem: LineProblem | null) {
  facts.lines++
  if (!problem) return
  facts.refused++
  if (facts.problems.length < 3) facts.problems.push({ number, problem })
}

export function noteRecord(facts: Facts, { record, said: tell }: ShapedRecord, line: JsonObject) {
  const said = tell()
  facts.records++
  noteKnown(facts.known, record)
  for (const [name, content] of Object.entries(record.fields)) noteField(facts, name, content)
  const { length } = record.outputs
  facts.mostOutputs = Math.max(facts.mostOutputs, length)
  facts.fewestOutputs = Math.min(facts.fewestOutputs, length)
  if (said.ranks || said.bothBad) facts.ranked++
  if (said.strength) facts.withStrength++
  if (said.labels) facts.labeled++
  if (said.labeler !== undefined) facts.judged++
  for (const [name, rated] of Object.entries(said.ratings ?? {}))
    noteRatings(facts, name, Object.values(rated))
  for (const [key, value] of Object.entries(record.metadata)) {
    const length = typeof value === 'string' ? value.length : 0
    if (facts.metadata.has(key) || facts.metadata.size < 200)
      facts.metadata.set(key, (facts.metadata.get(key) ?? 0) + length)
  }
  for (const output of record.outputs)
    for (const key of Object.keys(output.metadata ?? {}))
      if (key !== 'source' && facts.aboutOutputs.size < 200) facts.aboutOutputs.add(key)
  if (length === 0) noteClass(facts, line['label'])
}

function noteField(facts: Facts, name: string, content: Content) {
  const messages = typeof content === 'string' ? [{ role: 'user', content }] : content
  const before = facts.fields.get(name) ?? { filled: 0, isChat: false }
  const isFilled = messages.some((message) => !isEmpty(message))
  const turns = messages.filter(({ role }, at) => at > 0 || role !== 'system')
  facts.fields.set(name, {
    filled: before.filled + (isFilled ? 1 : 0),
    isChat: before.isChat || turns.length > 1 || beyondText(messages) !== null,
  })
}

function noteRatings(facts: Facts, name: string, ratings: readonly number[]) {
  const before = facts.ratings.get(name)
  const isScale = ratings.every((one) => Number.isInteger(one) && one >= 0 && one <= 10)
  if (before === null || !isScale) facts.ratings.set(name, null)
  else
    facts.ratings.set(name, {
      least: Math.min(before?.least ?? Infinity, ...ratings),
      most: Math.max(before?.most ?? -Infinity, ...ratings),
    })
}

/** The aspects that can be asked as ratings. */
export function scalesOf({ ratings }: Facts): Map<string, Scale> {
  return new Map([...ratings].flatMap(([name, scale]) => (scale ? [[name, scale] as const] : [])))
}

function noteClass(facts: Facts, label: unknown) {
  if (label === undefined || label === null || label === '') return
  const text = typeof label === 'object' ? null : String(label)
  if (text === null || text.length > 60) facts.classes = null
  facts.classed++
  if (text !== null) facts.classes?.add(text)
  if ((facts.classes?.size ?? 0) > mostClasses) facts.classes = null
}
