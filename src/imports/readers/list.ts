/**
 * Cuts one JSON list (`[{…}, {…}]`, as LLaMA-Factory, Argilla and pandas write it) into its elements
 * with flat memory: the file is never parsed as a whole.
 */
import { isUtf8 } from 'node:buffer'
import { invalid } from '../../errors.ts'
import {
  backslash,
  closeBrace,
  closeBracket,
  comma,
  openBrace,
  openBracket,
  quote,
} from './characters.ts'
import { type ByteSource, type Line, type LineLimits, notUtf8, tooLongLine } from './lines.ts'

/**
 * Yields the elements of each chunk together, numbered from 1. `isWrapped`: the list was inside an object,
 * whose later keys do not belong to a record.
 * @throws ParleyError `invalid` when the list is not closed, or is followed by something.
 */
export async function* splitList(source: ByteSource, limits: LineLimits = {}, isWrapped = false) {
  const longest = limits.longestLine ?? 10_000_000
  let number = 0
  let depth = 0
  let isText = false
  let isEscaped = false
  let isOver = false
  const checkRest = restChecker(isWrapped ? 1 : 0)
  let held: Uint8Array[] | null = []
  let size = 0
  for await (const chunk of source) {
    const lines: Line[] = []
    let from = 0
    const hold = (to: number) => {
      size += to - from
      if (size > longest) held = null
      else held?.push(chunk.subarray(from, to))
    }
    const take = (to: number) => {
      hold(to)
      const line = lineOf(number + 1, held, longest)
      if (line) {
        number++
        lines.push(line)
      }
      held = []
      size = 0
    }
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]
      if (isOver) checkRest(byte)
      else if (isText) {
        if (isEscaped) isEscaped = false
        else if (byte === backslash) isEscaped = true
        else if (byte === quote) isText = false
      } else if (byte === quote) {
        isText = true
      } else if (byte === openBracket || byte === openBrace) {
        depth++
        if (depth === 1) from = at + 1
      } else if (byte === closeBracket || byte === closeBrace) {
        depth--
        if (depth === 0) {
          take(at)
          isOver = true
          from = at + 1
        }
      } else if (byte === comma && depth === 1) {
        take(at)
        from = at + 1
      }
    }
    if (depth > 0) hold(chunk.length)
    if (lines.length > 0) yield lines
  }
  if (!isOver)
    throw invalid({ file: 'The JSON list has no end: the file is cut off. Save it once more.' })
}

/** Checks what follows the list: the end of the object around it, or nothing. */
function restChecker(levels: number): (byte: number | undefined) => void {
  let open = levels
  let isText = false
  let isEscaped = false
  return (byte) => {
    if (isText) {
      if (isEscaped) isEscaped = false
      else if (byte === backslash) isEscaped = true
      else if (byte === quote) isText = false
      return
    }
    const isSpace = byte === 32 || (byte !== undefined && byte >= 9 && byte <= 13)
    if (open === 0 && !isSpace)
      throw invalid({ file: 'Something stands after the end of the JSON list. Remove it.' })
    if (byte === quote) isText = true
    else if (byte === openBracket || byte === openBrace) open++
    else if (byte === closeBracket || byte === closeBrace) open--
  }
}

function lineOf(number: number, held: Uint8Array[] | null, longest: number): Line | null {
  if (held === null) return tooLongLine(number, longest)
  const bytes = Buffer.concat(held)
  if (!isUtf8(bytes)) return notUtf8(number)
  const text = bytes.toString('utf8').trim()
  return text === '' ? null : { number, text }
}
