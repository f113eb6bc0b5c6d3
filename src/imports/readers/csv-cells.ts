/**
 * Interprets the cells of a CSV file. A cell is its text, whatever it looks like: 007, 1e5, true and
 * {"a":1} stay as written. It is parsed as JSON only if its column holds JSON by an unambiguous name
 * (`messages`, `metadata`), by the dataset or `--map`, or because all of its first cells are chats or
 * lists of outputs.
 */
import type { DatasetDocument } from '../../datasets/document.ts'
import { isObject } from '../../json.ts'
import type { Line } from './lines.ts'

type Cells = readonly string[]
type Kind = 'text' | 'json' | 'chat' | 'number' | 'python'

/** Names that always mean lists or objects, wherever the table comes from. */
const jsonColumns = new Set([
  ...['messages', 'conversations', 'conversation', 'metadata', 'fields', 'suggestions', 'gold'],
  ...['ranks', 'values', 'shown', 'preferred_output', 'non_preferred_output'],
])
/** Names that hold one text in some tables and a list of outputs in others. */
const outputColumns = new Set(['outputs', 'completions', 'responses', 'candidates'])
/** Whole numbers of our own rows of records. */
const numberColumns = new Set(['format', 'priority'])

/** Columns whose content is known from the dataset or from `--map`. */
export type DeclaredColumns = {
  /** Lists or objects as JSON. */
  json?: readonly string[]
  /** Chats as JSON, or a user's message as text. */
  chat?: readonly string[]
}

/**
 * What the dataset and `--map` imply for the columns of a table: any of them may hold a chat field, and a
 * single column that feeds `outputs` holds a list.
 */
export function declaredColumns(
  document: Pick<DatasetDocument, 'fields'>,
  map: Readonly<Record<string, string>> = {},
): DeclaredColumns {
  const chats = document.fields.filter(({ type }) => type === 'chat').map(({ name }) => name)
  // `--map` is read whichever side names what is the dataset's.
  const pairs = Object.entries(map).flatMap(([one, other]) => [
    [one, other] as const,
    [other, one] as const,
  ])
  const fedBy = (targets: readonly string[]) =>
    pairs.filter(([target]) => targets.includes(target)).map(([, column]) => column)
  return { json: fedBy(['outputs']), chat: [...chats, ...fedBy(chats)] }
}

/** How the rows of one file are read: determined once, from the header and the first rows. */
export function rowReader(
  names: readonly string[],
  sample: readonly Cells[],
  declared: DeclaredColumns,
): (cells: Cells, number: number, line: number) => Line {
  const isOurs = names[0] === 'record' && names[1] === 'labeler'
  const isNative = names.includes('format') && names.includes('external_id')
  const whole = sample.filter((cells) => cells.length === names.length)
  const kinds = names.map((name, at) => {
    if (isNative && numberColumns.has(name)) return 'number'
    // In our own rows, these columns always hold JSON.
    if (isNative && (name === 'outputs' || name === 'responses')) return 'json'
    if (declared.json?.includes(name) || jsonColumns.has(name)) return 'json'
    if (declared.chat?.includes(name)) return 'chat'
    return kindOf(
      name,
      whole.flatMap((cells) => cells[at] || []),
    )
  })
  return (cells, number, line) => {
    if (cells.length !== names.length) return ragged(cells, names, number, line)
    const row: [string, unknown][] = []
    for (const [at, name] of names.entries()) {
      const cell = cells[at] ?? ''
      if (cell === '') continue
      const kind = kinds[at] ?? 'text'
      if (kind !== 'text' && isPython(cell)) return python(name, number)
      row.push([name, readCell(isOurs ? unguarded(cell) : cell, kind)])
    }
    return { number, text: JSON.stringify(isOurs ? oursOf(row) : Object.fromEntries(row)) }
  }
}

/** A column is of a kind if every inspected cell is. */
function kindOf(name: string, cells: readonly string[]): Kind {
  if (cells.length === 0) return 'text'
  if (cells.every(isPython) && (outputColumns.has(name) || cells.every(isPythonChat)))
    return 'python'
  // Most columns are texts, and their cells are not parsed.
  if (!cells.every((cell) => /^\s*[[{]/.test(cell))) return 'text'
  const values = cells.map(parsed)
  if (values.every(isChat)) return 'chat'
  if (outputColumns.has(name) && values.every((one) => typeof one === 'object')) return 'json'
  // OpenAI keeps the chat one level down, LLaMA-Factory writes the one message itself.
  if (name === 'input' && values.every((one) => isObject(one) && isChat(one['messages'])))
    return 'json'
  const isSide = name === 'chosen' || name === 'rejected'
  return isSide && values.every(isMessage) ? 'json' : 'text'
}

function readCell(cell: string, kind: Kind): unknown {
  if (kind === 'number') return /^\d{1,2}$/.test(cell) ? Number(cell) : cell
  if (kind === 'text' || !/^\s*[[{]/.test(cell)) return cell
  const value = parsed(cell)
  if (value === undefined) return cell
  // Later rows of a column of chats may hold plain text.
  return kind === 'chat' && !isChat(value) ? cell : value
}

/** Undefined for anything but JSON. */
function parsed(cell: string): unknown {
  try {
    return JSON.parse(cell)
  } catch {
    return undefined
  }
}

function isChat(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isMessage)
}

function isMessage(value: unknown): boolean {
  return isObject(value) && ('role' in value || 'from' in value)
}

function isPython(cell: string): boolean {
  return /^\s*[[{]\s*'/.test(cell) || isPythonChat(cell)
}

function isPythonChat(cell: string): boolean {
  return /^\s*\[\s*\{\s*'(role|content|from|value)'/.test(cell)
}

function python(name: string, number: number): Line {
  return {
    number,
    text: '',
    problem: {
      path: name,
      message: 'is a list as Python prints it, not JSON.',
      remedy: 'Write the column with json.dumps, or save the table as Parquet.',
    },
  }
}

function ragged(cells: Cells, names: readonly string[], number: number, line: number): Line {
  // Rows are lines until a cell holds a line break.
  const where = line === number ? '' : ` It begins in line ${line} of the file.`
  return {
    number,
    text: '',
    problem: {
      message: `has ${cells.length} cell${cells.length === 1 ? '' : 's'}, but the header has ${names.length}.`,
      remedy: `Put a cell that holds the separator or a line break in quotes.${where}`,
    },
  }
}

/** The apostrophe that our own csv export puts before a text that a spreadsheet would calculate. */
function unguarded(cell: string): string {
  return /^''*[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]/.test(cell) ? cell.slice(1) : cell
}

/** A row of our csv export is an answer: its record is imported, the rest becomes metadata. */
function oursOf(row: readonly (readonly [string, unknown])[]): object {
  const fields: { [name: string]: unknown } = {}
  const outputs = new Map<number, { [key: string]: unknown }>()
  for (const [name, value] of row) {
    if (name.startsWith('fields.')) fields[name.slice('fields.'.length)] = value
    const [, at, key] = /^output(\d{1,2})\.(id|text|model)$/.exec(name) ?? []
    if (at === undefined || key === undefined) continue
    const output = outputs.get(Number(at)) ?? {}
    outputs.set(Number(at), output)
    output[key === 'text' && Array.isArray(value) ? 'messages' : key] = value
  }
  const listed = [...outputs.values()].map((one) =>
    'text' in one || 'messages' in one ? one : { ...one, text: '' },
  )
  return {
    external_id: row.find(([name]) => name === 'record')?.[1],
    ...fields,
    ...(listed.length > 0 ? { outputs: listed } : {}),
  }
}
