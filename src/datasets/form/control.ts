/**
 * What a form of a dataset document asks, key by key, and how each value reads as a text of the form.
 * What has no row here stays in the YAML, untouched.
 */
import type { z } from 'zod'
import { isObject } from '../../json.ts'
import { platformNames, readPrefix } from '../../platforms/registry.ts'
import {
  LabelQuestion,
  MultiLabelQuestion,
  RankingQuestion,
  RatingQuestion,
  SpanQuestion,
  TextQuestion,
} from '../../questions/question.ts'
import { DatasetDocument, Field } from '../document.ts'
import { templateNames } from '../templates/names.ts'

export type Kind =
  | 'line'
  | 'text'
  | 'number'
  | 'choice'
  | 'flag'
  | 'lines'
  | 'options'
  | 'labels'
  | 'scale'
  | 'access'

export type Control = {
  /** A path in the document, or below a field or a question: `distribution.min_submitted`. */
  key: string
  kind: Kind
  values?: readonly string[]
}

/** In the order in which a form asks. */
export const documentControls: readonly Control[] = [
  { key: 'name', kind: 'line' },
  { key: 'template', kind: 'choice', values: templateNames },
  { key: 'title', kind: 'line' },
  { key: 'description', kind: 'text' },
  { key: 'guidelines', kind: 'text' },
  { key: 'access', kind: 'access' },
  { key: 'license', kind: 'line' },
  { key: 'forget', kind: 'choice', values: ['keep', 'delete'] },
  { key: 'distribution.min_submitted', kind: 'number' },
  { key: 'distribution.max_discards', kind: 'number' },
  { key: 'order', kind: 'choice', values: ['shuffled', 'fixed'] },
  { key: 'max_shown', kind: 'number' },
  { key: 'target', kind: 'number' },
  { key: 'per_labeler', kind: 'number' },
  { key: 'topics', kind: 'lines' },
  { key: 'suggestions', kind: 'choice', values: ['before', 'after', 'never'] },
  { key: 'suggestions_holdout', kind: 'number' },
  { key: 'suggestions_score', kind: 'flag' },
  { key: 'checks.gold.share', kind: 'number' },
  { key: 'checks.repeats.share', kind: 'number' },
  { key: 'checks.repeats.after', kind: 'number' },
]

export const fieldControls: readonly Control[] = [
  { key: 'name', kind: 'line' },
  { key: 'title', kind: 'line' },
  { key: 'type', kind: 'choice', values: Field.shape.type.unwrap().options },
  { key: 'required', kind: 'flag' },
]

const shapes = {
  text: TextQuestion.shape,
  rating: RatingQuestion.shape,
  label: LabelQuestion.shape,
  multi_label: MultiLabelQuestion.shape,
  ranking: RankingQuestion.shape,
  span: SpanQuestion.shape,
}
export type QuestionTypeName = keyof typeof shapes
export const questionTypeNames = Object.keys(shapes) as QuestionTypeName[]

const questionKinds: readonly Control[] = [
  { key: 'name', kind: 'line' },
  { key: 'type', kind: 'choice', values: questionTypeNames },
  { key: 'title', kind: 'line' },
  { key: 'description', kind: 'text' },
  { key: 'of', kind: 'choice', values: ['record', 'outputs'] },
  { key: 'field', kind: 'line' },
  { key: 'options', kind: 'options' },
  { key: 'labels', kind: 'labels' },
  { key: 'none_option', kind: 'flag' },
  { key: 'desirable', kind: 'lines' },
  { key: 'mode', kind: 'choice', values: RankingQuestion.shape.mode.unwrap().options },
  { key: 'ties', kind: 'flag' },
  { key: 'strength', kind: 'flag' },
  { key: 'unacceptable', kind: 'flag' },
  { key: 'edits', kind: 'flag' },
  { key: 'min_chars', kind: 'number' },
  { key: 'max_chars', kind: 'number' },
  { key: 'prefill', kind: 'line' },
  { key: 'required', kind: 'flag' },
  { key: 'when', kind: 'line' },
]

/** What a question of this type is asked for; of one that is not known, what all of them have. */
export function questionControls(type: unknown): readonly Control[] {
  const shape = shapeOf(type)
  if (!shape) return questionKinds.filter(({ key }) => ['name', 'type', 'title'].includes(key))
  return questionKinds.flatMap((control): Control[] => {
    if (!(control.key in shape)) return []
    if (type === 'rating' && control.key === 'options') return [{ ...control, kind: 'scale' }]
    // Of what can only be the record, nothing is asked.
    if (control.key === 'of' && (type === 'ranking' || type === 'span')) return []
    return [control]
  })
}

function shapeOf(type: unknown): Record<string, z.ZodType> | null {
  const name = questionTypeNames.find((one) => one === type)
  return name ? shapes[name] : null
}

/** What holds where a key is left out: the schema's default, as a form shows it; empty for none. */
export function defaultOf(
  part: 'document' | 'field' | 'question',
  control: Control,
  type?: unknown,
) {
  const shape: Record<string, z.ZodType> =
    part === 'document'
      ? DatasetDocument.shape
      : part === 'field'
        ? Field.shape
        : (shapeOf(type) ?? {})
  const [key = '', ...under] = control.key.split('.')
  let value: unknown = shape[key]?.safeParse(undefined).data
  for (const one of under) value = isObject(value) ? value[one] : undefined
  return showValue(control, value) ?? ''
}

/** A value of the document as a text of the form; null where no text of the form says the same. */
export function showValue({ kind }: Control, value: unknown): string | null {
  if (value === undefined || value === null) return ''
  switch (kind) {
    case 'line':
      return isText(value) && !/\n/.test(String(value)) ? String(value) : null
    case 'text':
      return isText(value) ? String(value) : null
    case 'choice':
      return typeof value === 'string' ? value : null
    case 'number':
      return typeof value === 'number' || typeof value === 'string' ? String(value) : null
    case 'flag':
      return typeof value === 'boolean' ? String(value) : null
    case 'lines':
      return showLines(value)
    case 'scale':
      if (typeof value === 'string') return value
      return Array.isArray(value) && value.every((one) => typeof one === 'number')
        ? value.join(', ')
        : null
    case 'options':
      return showOptions(value)
    case 'labels':
      return showLabels(value)
    case 'access':
      return showAccess(value)
  }
}

/** What a text of the form means in the document; undefined for one that is left empty. */
export function readValue({ kind }: Control, text: string): unknown {
  const bare = text.replaceAll('\r\n', '\n').trim()
  if (bare === '') return undefined
  switch (kind) {
    case 'line':
    case 'text':
    case 'choice':
      return bare
    case 'number':
      // What is no number stays as it was typed: the document says what is wrong with it.
      return /^-?\d+(\.\d+)?$/.test(bare) ? Number(bare) : bare
    case 'flag':
      return bare === 'true'
    case 'lines':
      return linesOf(bare)
    case 'scale':
      return /^\d+(\s*,\s*\d+)+$/.test(bare) ? bare.split(',').map(Number) : bare
    case 'options':
      return linesOf(bare).map(readOption)
    case 'labels':
      return Object.fromEntries(
        linesOf(bare).map((line) => {
          const [number = '', ...words] = line.split('=')
          return [number.trim(), words.join('=').trim()]
        }),
      )
    case 'access':
      return readAccess(bare)
  }
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

function isText(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number'
}

function showLines(value: unknown): string | null {
  const isPlain = (one: unknown) => isText(one) && linesOf(String(one)).length === 1
  return Array.isArray(value) && value.every(isPlain) ? value.join('\n') : null
}

/** One a line: `value`, `value = text`, `value = text = hint`. */
function showOptions(value: unknown): string | null {
  if (!Array.isArray(value)) return null
  const lines = value.map((option: unknown) => {
    if (isText(option)) return String(option)
    if (!isObject(option)) return null
    const { value: own, text, description, ...rest } = option
    const parts = description === undefined ? [own, text] : [own, text, description]
    return Object.keys(rest).length === 0 && parts.every(isText) ? parts.join(' = ') : null
  })
  // Of a text that holds the sign between them, only YAML can say where it ends.
  const isSame = lines.every((line, at) => {
    const read = line === null ? null : readOption(line)
    return JSON.stringify(read) === JSON.stringify(asWritten(value[at]))
  })
  return isSame ? lines.join('\n') : null
}

function asWritten(option: unknown): unknown {
  if (!isObject(option)) return String(option)
  const { value, text, description } = option
  return { value, text, ...(description === undefined ? {} : { description }) }
}

function readOption(line: string): unknown {
  const [value = '', text, ...hint] = line.split(' = ').map((part) => part.trim())
  if (text === undefined) return value
  return { value, text, ...(hint.length > 0 ? { description: hint.join(' = ') } : {}) }
}

/** One a line: `1 = useless`. */
function showLabels(value: unknown): string | null {
  if (!isObject(value)) return null
  const entries = Object.entries(value)
  const isPlain = entries.every(([, words]) => isText(words) && !/\n/.test(String(words)))
  return isPlain
    ? entries.map(([number, words]) => `${number} = ${String(words)}`).join('\n')
    : null
}

/** `everyone`, or one a line: `slack: U0123ABCD`, `discord: #ml`, `everyone of slack:T1`. */
function showAccess(value: unknown): string | null {
  if (isText(value)) return String(value)
  if (Array.isArray(value)) return showLines(value)
  if (!isObject(value)) return null
  const lines = Object.entries(value).map(([platform, entries]) =>
    Array.isArray(entries) && entries.every(isText)
      ? entries.map((entry) => (isPlaced(String(entry)) ? String(entry) : `${platform}: ${entry}`))
      : null,
  )
  return lines.includes(null) ? null : lines.flat().join('\n')
}

function readAccess(text: string): unknown {
  const lines = linesOf(text)
  const [only, more] = lines
  if (only !== undefined && more === undefined && !/: /.test(only)) return only
  const lists: { [platform: string]: string[] } = {}
  for (const line of lines) {
    const [, named = '', entry = ''] = /^([a-z][a-z0-9]*): +(.+)$/.exec(line) ?? []
    const platform = named || placeOf(line)
    // What names no platform is kept as it stands, for the document to refuse.
    if (platform === null) return lines
    lists[platform] = [...(lists[platform] ?? []), named ? entry : line]
  }
  return lists
}

function isPlaced(entry: string): boolean {
  return placeOf(entry) !== null
}

function placeOf(entry: string): string | null {
  const found = readPrefix(entry.trim().replace(/^everyone of /, ''))
  return found && platformNames().includes(found.platform) ? found.platform : null
}
