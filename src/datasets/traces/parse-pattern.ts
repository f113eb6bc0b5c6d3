/**
 * Reads a pattern for redaction: a regular expression without what makes one slow. An admin writes it
 * once, strangers write what it is run over; so it is compiled for a search without backtracking
 * (search.ts). Backreferences, lookaround and lazy quantifiers are refused, with a remedy.
 */
import { invalid } from '../../errors.ts'

/** Whether a character (a code point) is one of them. */
export type Characters = { ascii: Uint8Array; others: (character: string) => boolean }
export type Edge = 'start' | 'end' | 'word' | 'no word'
/** A step of the search; `next` and `or` are places in the program. */
export type Step =
  | { type: 'one of'; of: Characters }
  | { type: 'edge'; edge: Edge }
  | { type: 'either'; next: number; or: number }
  | { type: 'go'; next: number }
  | { type: 'found' }
export type Pattern = { source: string; program: readonly Step[] }

type Node =
  | { type: 'one of'; of: Characters }
  | { type: 'edge'; edge: Edge }
  | { type: 'row'; parts: Node[] }
  | { type: 'choice'; options: Node[] }
  | { type: 'repeat'; part: Node; least: number; most: number }

type Reading = { text: string; at: number; ignoreCase: boolean }

const mostSteps = 2_000
const mostRepeats = 1_000

/** @throws ParleyError `invalid` for what is no such pattern. */
export function parsePattern(source: string): Pattern {
  const ignoreCase = source.startsWith('(?i)')
  const reading = { text: source, at: ignoreCase ? 4 : 0, ignoreCase }
  const node = readChoice(reading)
  if (reading.at < source.length) throw wrong('has a ")" without its "(".', 'Write \\) for one.')
  if (isEmpty(node))
    throw wrong('also finds nothing at all, between any two characters.', 'Write + instead of *.')
  const program: Step[] = []
  write(node, program)
  program.push({ type: 'found' })
  return { source, program }
}

function readChoice(reading: Reading): Node {
  const options = [readRow(reading)]
  while (reading.text[reading.at] === '|') {
    reading.at++
    options.push(readRow(reading))
  }
  const [only, second] = options
  return only && !second ? only : { type: 'choice', options }
}

function readRow(reading: Reading): Node {
  const parts: Node[] = []
  while (reading.at < reading.text.length && !'|)'.includes(reading.text[reading.at] ?? '|'))
    parts.push(readRepeat(reading, readOne(reading)))
  return { type: 'row', parts }
}

function readRepeat(reading: Reading, part: Node): Node {
  const found = /^(?:[*+?]|\{(\d{1,4})(,)?(\d{1,4})?\})/.exec(reading.text.slice(reading.at))
  if (!found) return part
  reading.at += found[0].length
  const after = reading.text[reading.at]
  if (after === '?' || after === '+')
    throw wrong(
      `has "${found[0]}${after}", which takes as little or as much as it can.`,
      'Say what must not be in it instead, such as <[^>]*> for <.*?>.',
    )
  if (after === '*' || (after === '{' && /^\{\d/.test(reading.text.slice(reading.at))))
    throw wrong('repeats a repetition.', 'Write one of them.')
  const [least, most] = boundsOf(found)
  if (least > most || Math.max(least, most === Number.POSITIVE_INFINITY ? 0 : most) > mostRepeats)
    throw wrong(`repeats something ${found[0]} times.`, `Write at most {${mostRepeats}}.`)
  return { type: 'repeat', part, least, most }
}

function boundsOf([sign, least, comma, most]: RegExpExecArray): [number, number] {
  if (sign === '*') return [0, Number.POSITIVE_INFINITY]
  if (sign === '+') return [1, Number.POSITIVE_INFINITY]
  if (sign === '?') return [0, 1]
  if (comma === undefined) return [Number(least), Number(least)]
  return [Number(least), most === undefined ? Number.POSITIVE_INFINITY : Number(most)]
}

function readOne(reading: Reading): Node {
  const rest = reading.text.slice(reading.at)
  if (rest.startsWith('(')) return readGroup(reading, rest)
  const taken =
    /^(?:\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]|\\[pP]\{[^}]*\}|\\u[\dA-Fa-f]{4}|\\[\s\S]|[\s\S])/u
  const [one = ''] = taken.exec(rest) ?? []
  if (/^[*+?]$/.test(one) || /^\{\d/.test(rest))
    throw wrong(`begins to repeat with "${one}" where nothing stands before it.`, `Write \\${one}.`)
  if (one === '' || one === '[' || one === '\\')
    throw wrong(`has a "${one}" without its end.`, `Write \\${one} for the character itself.`)
  reading.at += one.length
  if (one === '^') return { type: 'edge', edge: 'start' }
  if (one === '$') return { type: 'edge', edge: 'end' }
  if (one === '\\b') return { type: 'edge', edge: 'word' }
  if (one === '\\B') return { type: 'edge', edge: 'no word' }
  if (/^\\[1-9k]/.test(one))
    throw wrong(`has "${one}", which refers back to a group.`, 'Write out what it stands for.')
  return { type: 'one of', of: charactersOf(one, reading.ignoreCase) }
}

function readGroup(reading: Reading, rest: string): Node {
  const [opening = '('] = /^\((?:\?(?:<?[=!]|:|<\w*>|[^)]?))?/.exec(rest) ?? []
  if (opening !== '(' && opening !== '(?:')
    throw wrong(
      `has "${opening}": it may not look around, nor name a group.`,
      'Write (…) for a group, \\b for the edge of a word, and (?i) at the very beginning.',
    )
  reading.at += opening.length
  const node = readChoice(reading)
  if (reading.text[reading.at] !== ')')
    throw wrong('has a "(" without its ")".', 'Write \\( for the character itself.')
  reading.at++
  return node
}

/** One character at a time there is nothing to go back over: JavaScript's own classes are safe. */
function charactersOf(source: string, ignoreCase: boolean): Characters {
  const escaped = /^[{}\]/]$/.test(source) ? `\\${source}` : source
  let regex: RegExp
  try {
    regex = new RegExp(`^${escaped}$`, ignoreCase ? 'ui' : 'u')
  } catch (cause) {
    throw wrong(`has "${source}", which is no class of characters.`, 'See docs/traces.md.', cause)
  }
  const ascii = new Uint8Array(128)
  for (let code = 0; code < 128; code++) ascii[code] = regex.test(String.fromCharCode(code)) ? 1 : 0
  return { ascii, others: (character) => regex.test(character) }
}

function isEmpty(node: Node): boolean {
  switch (node.type) {
    case 'one of':
      return false
    case 'edge':
      return true
    case 'row':
      return node.parts.every(isEmpty)
    case 'choice':
      return node.options.some(isEmpty)
    case 'repeat':
      return node.least === 0 || isEmpty(node.part)
  }
}

function write(node: Node, program: Step[]): void {
  if (program.length > mostSteps)
    throw wrong('is too long once its repetitions are written out.', 'Write smaller numbers in {}.')
  switch (node.type) {
    case 'one of':
    case 'edge':
      program.push(node)
      return
    case 'row':
      for (const part of node.parts) write(part, program)
      return
    case 'choice':
      writeChoice(node.options, program)
      return
    case 'repeat':
      for (let at = 0; at < node.least; at++) write(node.part, program)
      writeMore(node, program)
  }
}

function writeChoice([first, ...others]: readonly Node[], program: Step[]): void {
  if (!first) return
  if (others.length === 0) {
    write(first, program)
    return
  }
  const either = { type: 'either' as const, next: program.length + 1, or: 0 }
  program.push(either)
  write(first, program)
  const go = { type: 'go' as const, next: 0 }
  program.push(go)
  either.or = program.length
  writeChoice(others, program)
  go.next = program.length
}

function writeMore({ part, least, most }: Node & { type: 'repeat' }, program: Step[]): void {
  if (most === Number.POSITIVE_INFINITY) {
    const either = { type: 'either' as const, next: program.length + 1, or: 0 }
    program.push(either)
    write(part, program)
    program.push({ type: 'go', next: program.indexOf(either) })
    either.or = program.length
    return
  }
  const eithers = Array.from({ length: most - least }, () => {
    const either = { type: 'either' as const, next: program.length + 1, or: 0 }
    program.push(either)
    write(part, program)
    return either
  })
  for (const either of eithers) either.or = program.length
}

function wrong(message: string, remedy: string, cause?: unknown) {
  return invalid({ '': `${message} ${remedy}` }, cause)
}
