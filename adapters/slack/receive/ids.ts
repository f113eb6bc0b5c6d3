/** The ids in Slack's views and in buttons that only Slack has; for the others see chat/port/ids.ts. */
import { type CardPress, isCount, parseCardId, readUndo } from '../../../src/chat/port/ids.ts'
import type { ReaderPart, TextView } from '../../../src/chat/port/port.ts'

/** `read` opens a reader, `turn` changes its page, `file` sends the whole text as a file. */
export type ReadAs = 'read' | 'turn' | 'file'

export type Pressed =
  | CardPress
  | { verb: 'open' | 'edit' | 'guidelines'; assignmentId: string }
  | ReturnType<typeof readUndo>
  | {
      verb: 'read'
      assignmentId: string
      page: number
      as: ReadAs
      part: ReaderPart
      /** Null: as the card has it. */
      view: TextView | null
    }
  | { verb: 'text'; assignmentId: string; view: TextView }
  | { verb: 'next'; dataset: string | null }
  | { verb: 'start'; version: number; dataset: string | null }

export const formId = 'v1:form'
export const readerId = 'v1:reader'
export const noticeId = 'v1:notice'

export function aboutId(verb: 'open' | 'edit' | 'guidelines', assignmentId: string): string {
  return `v1:${verb}:${assignmentId}`
}

/** With a `view`, the text is shown in that view whatever the card shows. */
export function readId(
  assignmentId: string,
  part: ReaderPart,
  page: number,
  as: ReadAs,
  view?: TextView,
): string {
  return `v1:${as}${view ? `-${view}` : ''}:${assignmentId}:${page}:${writePart(part)}`
}

/** Shows the texts of a card rendered, or as they were written. */
export function textId(assignmentId: string, view: TextView): string {
  return `v1:text:${assignmentId}:${view}`
}

export function startId(version: number, dataset?: string): string {
  return dataset === undefined ? `v1:start:${version}` : `v1:start:${version}:${dataset}`
}

/** Reads an id back; null for anything this version never drew. */
export function parseId(id: string): Pressed | null {
  const ofCard = parseCardId(id)
  if (ofCard) return ofCard
  const [version, verb, first = '', ...rest] = id.split(':')
  if (version !== 'v1') return null
  switch (verb) {
    case 'undo':
      return readUndo(first, rest[0])
    case 'open':
    case 'edit':
    case 'guidelines':
      return { verb, assignmentId: first }
    case 'text': {
      const view = readView(rest[0])
      return view && { verb, assignmentId: first, view }
    }
    case 'next':
      return { verb, dataset: first || null }
    case 'start':
      return isCount(Number(first))
        ? { verb, version: Number(first), dataset: rest[0] || null }
        : null
  }
  return parseReadId(verb ?? '', first, rest)
}

/** `read`, `turn-raw`, `file-formatted`. */
function parseReadId(verb: string, assignmentId: string, rest: readonly string[]): Pressed | null {
  const [as, view, more] = verb.split('-')
  if ((as !== 'read' && as !== 'turn' && as !== 'file') || more !== undefined) return null
  const [page, kind, ...name] = rest
  const part = readPart(kind, name.join(':'))
  const number = Number(page)
  if (!part || !isCount(number) || (view !== undefined && !readView(view))) return null
  return { verb: 'read', assignmentId, page: number, as, part, view: readView(view) }
}

function readView(text: string | undefined): TextView | null {
  return text === 'raw' || text === 'formatted' ? text : null
}

function writePart(part: ReaderPart): string {
  if ('all' in part) return 'a'
  return 'output' in part ? `o:${part.output}` : `f:${part.field}`
}

function readPart(kind: string | undefined, name: string): ReaderPart | null {
  if (kind === 'a') return { all: true }
  if (kind === 'f') return { field: name }
  return kind === 'o' && isCount(Number(name)) ? { output: Number(name) } : null
}

/** The input blocks of a form: `<assignment>:<question>[:<place>]`, places being numbers or words. */
export function blockId(assignmentId: string, question: string, place?: string | number): string {
  return place === undefined
    ? `${assignmentId}:${question}`
    : `${assignmentId}:${question}:${place}`
}

/** The question an input block of this assignment is about; null for any other block. */
export function questionOf(assignmentId: string, block: string): string | null {
  const own = `${assignmentId}:`
  return block.startsWith(own) ? (block.slice(own.length).split(':')[0] ?? null) : null
}
