/**
 * Cuts long text into pieces that read well and lose nothing, and escapes text for platforms. Pure.
 * Pieces end at a paragraph, else a line, a sentence, a word, a grapheme: never inside a character.
 */

/** `raw` pieces joined are the text itself; `text` is what to show (code fences closed and reopened). */
export type Piece = { raw: string; text: string }

/** What one UTF-16 unit costs against a limit. */
export type Cost = (unit: number) => number

/** Cuts a text into pieces of at most `most`; with `fences`, each piece is whole Markdown by itself. */
export function splitText(
  text: string,
  most: number,
  options: { cost?: Cost; fences?: boolean } = {},
): Piece[] {
  const cost = options.cost ?? one
  const pieces: Piece[] = []
  let open = ''
  for (let at = 0; at < text.length; ) {
    const reserved = options.fences ? fenceRoom(open, most) : 0
    const end = cutAt(text, at, most - reserved, cost)
    const raw = text.slice(at, end)
    if (!options.fences) pieces.push({ raw, text: raw })
    else {
      const still = fenceAfter(raw, open)
      const before = open ? `${open}\n` : ''
      const after = still ? `${raw.endsWith('\n') ? '' : '\n'}${marksOf(still)}` : ''
      const whole = before + raw + after
      // A fence line too long to repeat: better a bare piece than one over the limit.
      pieces.push({ raw, text: costOf(whole, cost) <= most ? whole : raw })
      open = still
    }
    at = end
  }
  return pieces
}

/** The start of a text that costs at most `most`, cut as well as splitText cuts. */
export function startOf(text: string, most: number, cost: Cost = one): string {
  return text.slice(0, cutAt(text, 0, most, cost))
}

/** A short form for titles and buttons: the text, or its start and "…". */
export function shorten(text: string, most: number, cost: Cost = one): string {
  if (costOf(text, cost) <= most) return text
  const end = graphemeEnd(text, reach(text, 0, most - 1, cost))
  return `${text.slice(0, end).trimEnd()}…`
}

export function costOf(text: string, cost: Cost = one): number {
  // Most texts hold nothing that costs more: looking for that is ten times as quick as adding up.
  const isPlain = cost === one || plainWhere.get(cost)?.test(text) === false
  if (isPlain) return text.length
  let sum = 0
  for (let i = 0; i < text.length; i++) sum += cost(text.charCodeAt(i))
  return sum
}

/** Escapes the three control characters of Slack's text objects, as its documentation asks. */
export function escapeSlack(text: string): string {
  if (!/[&<>]/.test(text)) return text
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** The exact inverse of escapeSlack; also what turns a slash command's text into what was typed. */
export function unescapeSlack(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

/** What a unit costs once escaped by escapeSlack. */
export function escapedCost(unit: number): number {
  if (unit === 38) return 5
  return unit === 60 || unit === 62 ? 4 : 1
}

/** What a unit costs once escaped and written as JSON the way Slack does: `\uXXXX` and `\/`. */
export function jsonCost(unit: number): number {
  if (unit === 34 || unit === 92 || unit === 10 || unit === 47) return 2
  if (unit < 32 || unit > 126) return 6
  return escapedCost(unit)
}

function one(): number {
  return 1
}

/** Of a cost, the units that do not cost 1. */
const plainWhere = new Map<Cost, RegExp>([
  [escapedCost, /[&<>]/],
  [jsonCost, /[^ -~]|["&/<>\\]/],
])

/** Where the piece that begins at `at` ends; always further on, even when nothing fits. */
function cutAt(text: string, at: number, most: number, cost: Cost): number {
  const end = reach(text, at, most, cost)
  if (end >= text.length) return text.length
  const earliest = at + Math.ceil((end - at) * 0.6)
  const best = boundaryBefore(text, earliest, end) ?? graphemeEnd(text, end)
  return best > at ? best : at + charLength(text, at)
}

/** The furthest end so that `text.slice(at, end)` costs at most `most`. */
function reach(text: string, at: number, most: number, cost: Cost): number {
  let sum = 0
  for (let i = at; i < text.length; i++) {
    sum += cost(text.charCodeAt(i))
    if (sum > most) return i
  }
  return text.length
}

const boundaries = [/\n[ \t]*\n+/g, /\n/g, /[.!?…]["'”’)\]]*\s+|[。！？]+/g, /\s+/g]

function boundaryBefore(text: string, earliest: number, end: number): number | null {
  const window = text.slice(earliest, end)
  for (const boundary of boundaries) {
    let last = -1
    for (const found of window.matchAll(boundary)) last = found.index + found[0].length
    if (last > 0) return graphemeEnd(text, earliest + last)
  }
  return null
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })
/** Longer "characters" than this are somebody's joke and may be cut between code points. */
const longestGrapheme = 64

/** The last grapheme boundary at or before `end`. */
function graphemeEnd(text: string, end: number): number {
  if (end <= 0 || end >= text.length) return Math.min(Math.max(end, 0), text.length)
  const from = wholeFrom(text, Math.max(0, end - longestGrapheme))
  const window = text.slice(from, end + longestGrapheme)
  const holding = graphemes.segment(window).containing(end - from)
  const start = from + (holding?.index ?? end - from)
  if (start === end || start > from) return start
  return wholeFrom(text, end)
}

/** Steps back from the middle of a surrogate pair. */
function wholeFrom(text: string, at: number): number {
  const unit = text.charCodeAt(at)
  const before = text.charCodeAt(at - 1)
  return unit >= 0xdc00 && unit <= 0xdfff && before >= 0xd800 && before <= 0xdbff ? at - 1 : at
}

function charLength(text: string, at: number): number {
  return String.fromCodePoint(text.codePointAt(at) ?? 0).length
}

/** The opening line of the fence that is still open after this text, or ''. */
function fenceAfter(raw: string, open: string): string {
  let still = open
  for (const line of raw.split('\n')) {
    const marks = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1]
    if (!marks) continue
    if (!still) still = line.trim()
    else if (marks.startsWith(marksOf(still)) && line.trim() === marks) still = ''
  }
  return still
}

function marksOf(fence: string): string {
  return /^(`+|~+)/.exec(fence)?.[1] ?? '```'
}

/** Room kept for a reopened fence and for closing one. */
function fenceRoom(open: string, most: number): number {
  return Math.min(Math.floor(most / 4), open.length + 16)
}

/** `30m`, `24h`, `7d` in hours; null for anything else. */
export function readHours(text: string): number | null {
  const [, count, unit] = /^(\d{1,4})([mhd])$/.exec(text.trim()) ?? []
  if (count === undefined) return null
  return Number(count) * (unit === 'd' ? 24 : unit === 'm' ? 1 / 60 : 1)
}

/** Weekday, day and time as a clock in this zone shows them: "Tue, Nov 24, 09:30". */
export function formatMoment(language: string, at: Date, zone: string): string {
  return new Intl.DateTimeFormat(language, {
    weekday: 'short',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: zone,
  }).format(at)
}

/** A day of the calendar, such as 2026-12-24, the same for everybody: "Thu, Dec 24". */
export function formatDay(language: string, day: string): string {
  return new Intl.DateTimeFormat(language, {
    weekday: 'short',
    month: 'short',
    day: 'numeric',
    timeZone: 'UTC',
  }).format(new Date(`${day}T12:00:00Z`))
}

/** Deals `total` out: the modest get all they need, the rest share evenly; `least` comes first. */
export function share(
  needs: readonly number[],
  total: number,
  least?: readonly number[],
): number[] {
  const given = needs.map((need, i) => Math.min(need, least?.[i] ?? 0))
  let left = total - given.reduce((sum, one) => sum + one, 0)
  let open = needs.map((_, i) => i).filter((i) => (given[i] ?? 0) < (needs[i] ?? 0))
  while (open.length > 0 && left >= open.length) {
    const each = Math.floor(left / open.length)
    for (const i of open) {
      const more = Math.min(each, (needs[i] ?? 0) - (given[i] ?? 0))
      given[i] = (given[i] ?? 0) + more
      left -= more
    }
    open = open.filter((i) => (given[i] ?? 0) < (needs[i] ?? 0))
  }
  return given
}

/** The words of a text or of the last turn of a chat. */
export function textOf(content: string | readonly { content: string }[]): string {
  return typeof content === 'string' ? content : (content.at(-1)?.content ?? '')
}

/** The first words of a text on one line, cut at a blank where there is one near. */
export function firstWords(text: string, most: number): string {
  const line = text
    .slice(0, most * 4)
    .toWellFormed()
    .replace(/\s+/g, ' ')
    .trim()
  if (line.length <= most) return line
  // A letter is one unit or two: no more of them are looked at than can matter.
  const letters = [...line.slice(0, most * 2 + 1)]
  if (letters.length <= most) return line
  const start = letters.slice(0, most - 1).join('')
  const blank = start.lastIndexOf(' ')
  return `${blank > most / 2 ? start.slice(0, blank) : start}…`
}
