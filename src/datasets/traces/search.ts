/**
 * Finds all places of a pattern in a text, each the first and longest there is. All ways through the
 * pattern are walked at once, character by character (Thompson's construction), so that no text makes
 * it slow: the steps are at most those of the pattern for every character. Pure.
 */
import type { Characters, Edge, Pattern } from './parse-pattern.ts'

export type Place = { start: number; end: number }
/** Steps that are left; below zero the search ends with what it has. */
export type Budget = { steps: number }

type Ways = { at: Int32Array; starts: Int32Array; seen: Int32Array; count: number; turn: number }
type Search = { text: string; program: Pattern['program']; budget: Budget }

export function findPlaces({ program }: Pattern, text: string, budget: Budget): Place[] {
  const search: Search = { text, program, budget }
  const first = firstOf(program)
  const places: Place[] = []
  let now = openWays(program.length)
  let then = openWays(program.length)
  let best: Place | null = null
  for (let at = 0; at <= text.length && budget.steps >= 0; ) {
    if (now.count === 0 && best === null) at = skipTo(first, text, at)
    if (best === null && at < text.length) follow(search, now, 0, at, at)
    const code = text.codePointAt(at) ?? -1
    const after = at + (code > 0xffff ? 2 : 1)
    then.count = 0
    then.turn++
    for (let nth = 0; nth < now.count; nth++) {
      budget.steps--
      const start = now.starts[nth] ?? 0
      const step = program[now.at[nth] ?? 0]
      if (best !== null && start > best.start) break
      if (step?.type === 'found') best = { start, end: at }
      else if (step?.type === 'one of' && code >= 0 && isOneOf(step.of, code))
        follow(search, then, (now.at[nth] ?? 0) + 1, start, after)
    }
    ;[now, then] = [then, now]
    if (best !== null && (now.count === 0 || code < 0)) {
      places.push(best)
      // The search continues at the end of the match, which may lie behind.
      at = best.end
      best = null
      now.count = 0
      now.turn++
    } else at = after
  }
  return places
}

function openWays(size: number): Ways {
  const list = () => new Int32Array(size)
  return { at: list(), starts: list(), seen: list().fill(-1), count: 0, turn: 0 }
}

/** Adds a place of the program, and all that are reached from it without another character. */
function follow(search: Search, ways: Ways, from: number, start: number, at: number): void {
  const open = [from]
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    search.budget.steps--
    if (ways.seen[place] === ways.turn) continue
    ways.seen[place] = ways.turn
    const step = search.program[place]
    if (step?.type === 'go') open.push(step.next)
    else if (step?.type === 'either') open.push(step.or, step.next)
    else if (step?.type === 'edge') {
      if (isEdge(step.edge, search.text, at)) open.push(place + 1)
    } else {
      ways.at[ways.count] = place
      ways.starts[ways.count++] = start
    }
  }
}

function isOneOf({ ascii, others }: Characters, code: number): boolean {
  return code < 128 ? ascii[code] === 1 : others(String.fromCodePoint(code))
}

function isEdge(edge: Edge, text: string, at: number): boolean {
  if (edge === 'start') return at === 0
  if (edge === 'end') return at === text.length
  return (isWord(text.charCodeAt(at - 1)) !== isWord(text.charCodeAt(at))) === (edge === 'word')
}

function isWord(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 95
  )
}

const starts = new WeakMap<Pattern['program'], Uint8Array>()

/** Which ASCII characters a place can begin with; lets it skip most of a text. */
function firstOf(program: Pattern['program']): Uint8Array {
  const known = starts.get(program)
  if (known) return known
  const first = new Uint8Array(128)
  const seen = new Set<number>()
  const open = [0]
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const step = program[place]
    if (!step || seen.has(place)) continue
    seen.add(place)
    if (step.type === 'go') open.push(step.next)
    else if (step.type === 'either') open.push(step.or, step.next)
    else if (step.type === 'edge') open.push(place + 1)
    else if (step.type === 'one of')
      for (let code = 0; code < 128; code++) if (step.of.ascii[code] === 1) first[code] = 1
  }
  starts.set(program, first)
  return first
}

function skipTo(first: Uint8Array, text: string, from: number): number {
  let at = from
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code >= 128 || first[code] === 1) return at
  }
  return at
}
