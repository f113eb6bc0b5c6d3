/**
 * Reads one line of untrusted JSON: nesting, keys and lone surrogates are checked before anything else
 * reads it. Values that Postgres cannot store unchanged are refused here.
 */

import type { LineProblem } from '../../json.ts'
import {
  backslash,
  closeBrace,
  closeBracket,
  comma,
  openBrace,
  openBracket,
  quote,
} from './characters.ts'
import type { Line } from './lines.ts'

type Parsed = { value: unknown } | { problem: LineProblem }

const deepest = 100
const mostValues = 500_000
/** Shorter texts are too small to do harm. */
const longText = 1_000_000
/** How much deeper a record is nested in the line of an export. */
const exportLevels = 4

/**
 * `anyKey` is for our own exports: an output may have the id "__proto__" and ranks name it, and 1e20
 * comes out of Postgres in digits. Only tests set the limits.
 */
export type ReadOptions = { anyKey?: boolean; mostValues?: number; longText?: number }

export function parseJson(text: string, options: ReadOptions = {}): Parsed {
  const bomb =
    text.length > (options.longText ?? longText)
      ? bombProblem(text, options.mostValues ?? mostValues)
      : null
  if (bomb) return { problem: bomb }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    return { problem: syntaxProblem(text, cause) }
  }
  const problem = walk(value, {
    // Only an escape can smuggle a NUL or half of a character into valid UTF-8.
    escaped: text.includes('\\u'),
    anyKey: options.anyKey ?? false,
    longDigits: () => !options.anyKey && isLong(text),
    mostValues: Number.POSITIVE_INFINITY,
  })
  return problem ? { problem } : { value }
}

/** A line's value; a row of a table has the same limits as a line of JSON. */
export function readLine(line: Pick<Line, 'text' | 'row'>, options: ReadOptions = {}): Parsed {
  const { text, row } = line
  if (!row) return parseJson(text, options)
  const { anyKey = false } = options
  const problem = walk(row.value, {
    escaped: true,
    anyKey,
    longDigits: (value) => !anyKey && isLong(String(value)),
    mostValues: options.mostValues ?? mostValues,
  })
  return problem ? { problem } : { value: row.value }
}

/** Ten megabytes of brackets unpack to a gigabyte of empty lists: they are counted before that. */
function bombProblem(text: string, most: number): LineProblem | null {
  let depth = 0
  let values = 0
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at)
    if (char === quote) at = endOfText(text, at)
    else if (char === closeBracket || char === closeBrace) depth--
    else if (char === comma) values++
    else if (char === openBracket || char === openBrace) {
      values++
      if (++depth > deepest + exportLevels) return tooDeep('')
    }
    if (values > most) return tooMany(most)
  }
  return null
}

function tooMany(most: number): LineProblem {
  return refuse(
    '',
    `holds more than ${most} values.`,
    'Split the record, or leave out what nobody reads.',
  )
}

/** Where the text that begins here ends: at the next quotation mark that is not escaped. */
function endOfText(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let before = end - 1
    while (text.charCodeAt(before) === backslash) before--
    if ((end - before) % 2 === 1) return end
  }
  return text.length
}

type Checks = {
  escaped: boolean
  anyKey: boolean
  longDigits: (value: number) => boolean
  mostValues: number
}

function isLong(text: string): boolean {
  return /\d{16}/.test(text)
}

function syntaxProblem(text: string, cause: unknown): LineProblem {
  const start = text.trimStart()
  if (start === '[')
    return refuse('', 'begins a JSON list.', "Write one record a line, e.g. with jq -c '.[]'.")
  if (start === '{')
    return refuse(
      '',
      'is only the start of a record.',
      'Write one record a line, e.g. with jq -c .',
    )
  const python = pythonProblem(text)
  if (python) return python
  const said = cause instanceof Error ? cause.message : String(cause)
  // A record is one line: the engine's own "line 1" would be read as the file's.
  const reason = said
    .replace(/,? ?\.{0,3}"[\s\S]*" is not valid JSON$/, '')
    .replace(/ \(line 1 column \d+\)$/, '')
  return refuse(
    '',
    `is not JSON: ${reason}.`,
    'Fix the line; a record is one JSON object per line.',
  )
}

/** What Python writes that is no JSON: json.dumps lets NaN through, and print shows a dict. */
function pythonProblem(text: string): LineProblem | null {
  const texts = /"(?:[^"\\]|\\.)*"/g
  const bare = text.replace(texts, '""')
  const number = /[:[,]\s*(-?(?:NaN|Infinity))\s*[,\]}]/.exec(bare)
  if (number) {
    const before = bare.slice(0, number.index + 1)
    // The key stands right before the number, unless that is an item of a list.
    const keys = [...text.matchAll(texts)].slice(0, before.split('""').length - 1)
    const key = number[0].startsWith(':') ? keys.at(-1)?.[0].slice(1, -1) : undefined
    return refuse(
      key ?? '',
      `is ${number[1]}, which Python writes but JSON does not have.`,
      'Write null or leave it out: to_json of pandas does, json.dumps does not.',
    )
  }
  const isDict = /^\s*\{\s*'/.test(text) || /[:[,]\s*(?:True|False|None)\s*[,\]}]/.test(bare)
  return isDict
    ? refuse('', 'is a dict as Python prints it, not JSON.', 'Write each line with json.dumps.')
    : null
}

/** Visits every value with an explicit stack instead of recursion. */
function walk(root: unknown, checks: Checks): LineProblem | null {
  const { escaped, anyKey } = checks
  const most = anyKey ? deepest + exportLevels : deepest
  if (typeof root !== 'object' || root === null) return checkLeaf(root, [], checks)
  const open: { value: object; path: string[] }[] = [{ value: root, path: [] }]
  let values = 0
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, path } = next
    if (path.length >= most) return tooDeep(`${path.slice(0, 3).join('.')}…`)
    const isList = Array.isArray(value)
    for (const [key, held] of Object.entries(value)) {
      if (++values > checks.mostValues) return tooMany(checks.mostValues)
      if (!isList) {
        if (key === '__proto__' && !anyKey)
          return refuse(at(path, key), 'is a key that is not allowed.', 'Rename the key.')
        if (escaped && !isClean(key))
          return refuse(at(path, '?'), 'is a key with a broken character in it.', 'Rename the key.')
      }
      if (typeof held === 'object' && held !== null)
        open.push({ value: held, path: [...path, key] })
      else if (escaped || typeof held === 'number') {
        const problem = checkLeaf(held, [...path, key], checks)
        if (problem) return problem
      }
    }
  }
  return null
}

function tooDeep(path: string): LineProblem {
  return refuse(
    path,
    `is nested more than ${deepest} levels deep.`,
    'Flatten it, or write it as a text.',
  )
}

function checkLeaf(value: unknown, path: string[], checks: Checks): LineProblem | null {
  const { escaped, longDigits } = checks
  if (typeof value === 'number') {
    // Beyond 2^53 a double rounds, which would turn one platform id into another.
    const rounded = Number.isInteger(value) && !Number.isSafeInteger(value) && longDigits(value)
    return Number.isFinite(value) && !rounded
      ? null
      : refuse(path.join('.'), 'is too large a number.', 'Write it as a text, in quotes.')
  }
  if (typeof value !== 'string' || !escaped || isClean(value)) return null
  return value.includes('\u0000')
    ? refuse(path.join('.'), 'holds a NUL character (\\u0000).', 'Remove the character.')
    : refuse(path.join('.'), 'holds half of a character (a lone surrogate).', 'Fix the text.')
}

function isClean(text: string): boolean {
  return text.isWellFormed() && !text.includes('\u0000')
}

function at(path: string[], key: string): string {
  return [...path, key].join('.')
}

function refuse(path: string, message: string, remedy: string): LineProblem {
  return { path, message, remedy }
}
