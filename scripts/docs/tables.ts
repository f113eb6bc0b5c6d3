/** Tables of docs pages that are made from the code: keys of a dataset document, variables, events of the log, metrics. */
import { z } from 'zod'
import { listVariables } from '../../src/config/variables.ts'
import { DatasetDocument, Field } from '../../src/datasets/document.ts'
import { logEvents } from '../../src/log/events.ts'
import { metricNames } from '../../src/metrics/names.ts'
import { questionShapes } from './dataset-schema.ts'

type Json = { [key: string]: unknown }

/** The document's own keys, those of what it nests after their parent. */
export function documentKeys(): string {
  const { fields: _fields, questions: _questions, ...rest } = propertiesOf(DatasetDocument)
  return table(['key', 'value', 'meaning'], rowsOf(rest))
}

export function fieldKeys(): string {
  return table(['key', 'value', 'meaning'], rowsOf(propertiesOf(Field)))
}

/** Keys every question has. */
export function commonQuestionKeys(): string {
  const names = Object.keys(questionShapes)
  const type = { enum: names, description: 'what kind of question it is' }
  return table(['key', 'value', 'meaning'], rowsOf({ type, ...commonKeys() }))
}

/** Keys of each type beside the common ones. */
export function questionKeys(): string {
  const common = new Set(['type', ...Object.keys(commonKeys())])
  const rows = Object.entries(questionShapes).flatMap(([type, shape]) => {
    const own = Object.entries(propertiesOf(shape)).filter(([key]) => !common.has(key))
    return rowsOf(Object.fromEntries(own)).map((row) => [`\`${type}\``, ...row])
  })
  return table(['type', 'key', 'value', 'meaning'], rows)
}

export function variableTable(): string {
  const rows = listVariables().map(({ name, meaning, isSecret }) => [
    `\`${name}\``,
    `${meaning}${isSecret ? ' (secret)' : ''}`,
  ])
  return table(['variable', 'meaning'], rows)
}

export function eventTable(): string {
  const rows = Object.entries(logEvents).map(([event, meaning]) => [`\`${event}\``, meaning])
  return table(['event', 'meaning'], rows)
}

export function metricTable(): string {
  const rows = Object.entries(metricNames).map(([name, { type, labels, help }]) => [
    `\`${name}\``,
    type,
    labels.map((label) => `\`${label}\``).join(' '),
    help,
  ])
  return table(['metric', 'type', 'labels', 'meaning'], rows)
}

function commonKeys(): Json {
  const all = Object.values(questionShapes).map(propertiesOf)
  const [first = {}, ...others] = all
  return Object.fromEntries(
    Object.entries(first).filter(
      ([key]) => key !== 'type' && key !== 'of' && others.every((one) => key in one),
    ),
  )
}

function propertiesOf(shape: z.ZodType): Json {
  const { properties } = z.toJSONSchema(shape, { io: 'input', target: 'draft-7' })
  return properties ?? {}
}

/** Keys that hold the same for each platform: their meaning says what. */
const perPlatform = new Set(['posts.roles', 'feedback.reactions'])

function rowsOf(properties: Json, under = ''): string[][] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    if (!isObject(schema)) return []
    const path = `${under}${name}`
    const { description } = schema
    if (typeof description !== 'string') throw new Error(`${path} has no description.`)
    const inner = perPlatform.has(path) ? undefined : schema['properties']
    return [
      [`\`${path}\``, sayValue(schema), description],
      ...(isObject(inner) ? rowsOf(inner, `${path}.`) : []),
    ]
  })
}

function sayValue(schema: Json): string {
  const { type, minimum, maximum, default: usual } = schema
  const choices = schema['const'] === undefined ? schema['enum'] : [schema['const']]
  const kinds = Array.isArray(choices)
    ? choices.map((one) => `\`${one}\``).join(' ')
    : typeof type === 'string'
      ? (kindNames[type] ?? type)
      : [...new Set(alternativesOf(schema).map((one) => sayValue(one)))].join(' or ')
  const range =
    minimum === undefined || maximum === undefined ? '' : ` ${minimum} to ${sayNumber(maximum)}`
  const isPlain = usual !== undefined && !isObject(usual) && !Array.isArray(usual)
  return `${kinds}${range}${isPlain && schema['const'] === undefined ? `; default \`${usual}\`` : ''}`
}

const kindNames: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'number',
  boolean: '`true` `false`',
  array: 'list',
  object: 'map',
}

function alternativesOf({ anyOf }: Json): Json[] {
  return Array.isArray(anyOf) ? anyOf.filter(isObject) : []
}

function sayNumber(value: unknown): string {
  return typeof value === 'number' ? value.toLocaleString('en-US') : String(value)
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
