/** Reads the text of a dataset document, YAML or JSON, and finds the line of each of its keys. */

import { isMap, isNode, isPair, isScalar, LineCounter, parseDocument as parseYaml } from 'yaml'
import { invalid } from '../../errors.ts'
import type { Path } from '../explain.ts'

export type ParseOptions = {
  format?: 'yaml' | 'json'
  /** The document's own name, for the messages. */
  file?: string
  /** Reads a guidelines file named in the document; absent where no file may be read. */
  readGuidelines?: (name: string) => string | null
  /** How many lists and maps may lie within each other in brackets; 500 unless a test says less. */
  deepest?: number
}

const longestDocument = 1_000_000

/** A document nested thousands deep exhausts the reader's stack. */
const tooDeep = 'The document is nested too deeply. Write it flat, as the templates show.'

/** `prefs.yaml:12`, or `line 12` for a text without a name. */
export function where(file: string | undefined, line: number): string {
  return file === undefined ? `line ${line}` : `${file}:${line}`
}

type Source = { value: unknown; lineOf: (path: Path) => number }

export function readSource(text: string, options: ParseOptions): Source {
  const refuse = (line: number, message: string) =>
    invalid({ [where(options.file, line)]: message })
  if (text.length > longestDocument)
    throw refuse(
      1,
      'This is too large for a dataset document. Records are loaded by parley import.',
    )
  if (text.includes('\u0000') || !text.isWellFormed())
    throw refuse(1, 'This is not a text file. Save the document as UTF-8.')
  if (depthOf(text) > (options.deepest ?? 500)) throw refuse(1, tooDeep)
  const lines = new LineCounter()
  const document = parsed(text, lines, refuse)
  const first = document.errors[0]
  if (first) {
    if (first.message.includes('call stack')) throw refuse(1, tooDeep)
    const said = first.message.split('\n')[0]?.replace(/ at line \d+.*$/, '') ?? first.code
    throw refuse(lines.linePos(first.pos[0]).line, `${said}. Fix the ${nameOf(options)} here.`)
  }
  if (options.format === 'json') checkJson(text, refuse)
  const lineOf = (path: Path) => {
    const at = offsetOf(document.contents, path)
    return at === null ? 1 : lines.linePos(at).line
  }
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 })
    return { value, lineOf }
  } catch (cause) {
    throw refuse(1, `${cause instanceof Error ? cause.message : String(cause)}. Use fewer aliases.`)
  }
}

/** Brackets that are open at once at most; those of a text between them count too, and do no harm. */
function depthOf(text: string): number {
  let [depth, most] = [0, 0]
  for (const char of text.match(/[[\]{}]/g) ?? []) {
    depth = Math.max(0, depth + (char === '[' || char === '{' ? 1 : -1))
    most = Math.max(most, depth)
  }
  return most
}

function nameOf(options: ParseOptions): string {
  return options.format === 'json' ? 'JSON' : 'YAML'
}

function parsed(text: string, lines: LineCounter, refuse: (line: number, said: string) => Error) {
  try {
    return parseYaml(text, { lineCounter: lines, prettyErrors: false, stringKeys: false })
  } catch (cause) {
    if (cause instanceof RangeError) throw refuse(1, tooDeep)
    throw cause
  }
}

/** YAML accepts more than JSON; a .json document must be JSON. */
function checkJson(text: string, refuse: (line: number, said: string) => Error) {
  try {
    JSON.parse(text)
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause)
    const at = Number(/position (\d+)/.exec(said)?.[1] ?? 0)
    throw refuse(text.slice(0, at).split('\n').length, `${said}. Fix the JSON here.`)
  }
}

/** Where in the text the node at this path (or the nearest one above it) begins. */
function offsetOf(root: unknown, path: Path): number | null {
  let here = root
  let at = startOf(root)
  for (const key of path) {
    if (!isNode(here) || !('items' in here) || !Array.isArray(here.items)) return at
    const next: unknown = isMap(here)
      ? here.items.find((pair) => keyOf(pair) === String(key))
      : here.items[Number(key)]
    if (next === undefined) return at
    if (isPair(next)) {
      at = startOf(next.key) ?? at
      here = next.value
    } else {
      at = startOf(next) ?? at
      here = next
    }
  }
  return at
}

function keyOf(pair: unknown): string | null {
  if (!isPair(pair)) return null
  return isScalar(pair.key) ? String(pair.key.value) : null
}

function startOf(node: unknown): number | null {
  return isNode(node) ? (node.range?.[0] ?? null) : null
}
