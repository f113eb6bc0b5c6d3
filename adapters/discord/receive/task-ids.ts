/** Ids of what stands on a task card and in its readers; see ids.ts. Pure. */
import { isCount, readUndo } from '../../../src/chat/port/ids.ts'
import type { ReaderPart, TextView } from '../../../src/chat/port/port.ts'

/** Which text: of the record, the guidelines, or what the options of a question mean. */
export type TextRef = ReaderPart | { passage: number } | { guidelines: true } | { legend: number }

/** Where in the questions of a card a form begins: a question by its place, and its part. */
export type Start = { question: number; part: number }

/** Questions answered on the card itself, by a menu in pages. */
export type Pick = {
  assignmentId: string
  schemaVersion: number
  question: number
  page: number
  editing: boolean
}

/**
 * Opens the form of a card, from a question on; `editing` that of an earlier answer. Where a start is
 * named the card itself is on the screen.
 */
export function openId(
  assignmentId: string,
  { start, editing }: { start?: Start; editing?: boolean } = {},
): string {
  const isNamed = start && (editing || start.question > 0 || start.part > 0)
  const from = isNamed ? `:${writeStart(start)}` : ''
  return `v1:${editing ? 'edit' : 'open'}:${assignmentId}${from}`
}

/** `turn` pages inside an open reader, `file` hands the text out as a file, `new` opens a reader. */
export type ReadAs = 'new' | 'turn' | 'file'

/** With a `view` the text is read so whatever the card shows. */
export function readId(
  { assignmentId, schemaVersion }: { assignmentId: string; schemaVersion: number },
  ref: TextRef,
  page: number,
  as: ReadAs,
  view?: TextView,
): string {
  const verb = `${as === 'new' ? 'read' : as}${view ? `-${view}` : ''}`
  return `v1:${verb}:${assignmentId}:${schemaVersion}:${page}:${writeRef(ref)}`
}

/** Shows a card's texts in this mode; `start` is where its form continues. */
export function textId(
  assignmentId: string,
  view: TextView,
  { start, editing }: { start?: Start | undefined; editing: boolean },
): string {
  return `v1:text:${assignmentId}:${view}:${editing ? 'e' : ''}:${start ? writeStart(start) : ''}`
}

export function pickId(verb: 'pick' | 'page', pick: Pick): string {
  const { assignmentId, schemaVersion, question, page, editing } = pick
  return `v1:${verb}:${assignmentId}:${schemaVersion}:${question}:${page}${editing ? ':e' : ''}`
}

/** Commits what was chosen and typed so far. */
export function doneId(assignmentId: string, schemaVersion: number, editing: boolean): string {
  return `v1:done:${assignmentId}:${schemaVersion}${editing ? ':e' : ''}`
}

/** A press on a task card, its menus or its readers. */
export type TaskPress =
  | ReturnType<typeof readUndo>
  | { verb: 'open'; assignmentId: string; start: Start | null; editing: boolean }
  | {
      verb: 'read'
      assignmentId: string
      schemaVersion: number
      page: number
      as: ReadAs
      ref: TextRef
      /** Null: as the card has it. */
      view: TextView | null
    }
  | { verb: 'text'; assignmentId: string; view: TextView; start: Start | null; editing: boolean }
  | ({ verb: 'pick' | 'page' } & Pick)
  | { verb: 'done'; assignmentId: string; schemaVersion: number; editing: boolean }

/** Reads the parts behind a verb back; null for another verb, or for what was never drawn. */
export function parseTaskId(verb: string, parts: readonly string[]): TaskPress | null {
  const [assignmentId = '', ...rest] = parts
  switch (verb) {
    case 'undo':
      return readUndo(assignmentId, rest[0])
    case 'open':
    case 'edit': {
      const start = rest[0] === undefined ? null : readStart(rest[0])
      if (rest[0] !== undefined && start === null) return null
      return { verb: 'open', assignmentId, start, editing: verb === 'edit' }
    }
    case 'text': {
      const [view, marks, from = ''] = rest
      const start = from === '' ? null : readStart(from)
      if (!isView(view) || (from !== '' && start === null)) return null
      return { verb, assignmentId, view, start, editing: marks === 'e' }
    }
    case 'pick':
    case 'page': {
      const [schemaVersion, question, page] = rest.slice(0, 3).map(Number)
      if (!isCount(schemaVersion) || !isCount(question) || !isCount(page)) return null
      return { verb, assignmentId, schemaVersion, question, page, editing: rest[3] === 'e' }
    }
    case 'done': {
      const schemaVersion = Number(rest[0])
      if (!isCount(schemaVersion)) return null
      return { verb, assignmentId, schemaVersion, editing: rest[1] === 'e' }
    }
  }
  return parseReadId(verb, assignmentId, rest)
}

/** `read`, `turn-raw`, `file-formatted`. */
function parseReadId(
  verb: string,
  assignmentId: string,
  rest: readonly string[],
): TaskPress | null {
  const [name, view, more] = verb.split('-')
  if (name !== 'read' && name !== 'turn' && name !== 'file') return null
  if (more !== undefined || (view !== undefined && !isView(view))) return null
  const [schemaVersion, page] = rest.slice(0, 2).map(Number)
  const ref = readRef(rest[2], rest.slice(3).join(':'))
  if (!ref || !isCount(schemaVersion) || !isCount(page)) return null
  const as = name === 'read' ? 'new' : name
  return { verb: 'read', assignmentId, schemaVersion, page, as, ref, view: view ?? null }
}

function isView(text: string | undefined): text is TextView {
  return text === 'raw' || text === 'formatted'
}

export function writeStart({ question, part }: Start): string {
  return `${question}.${part}`
}

export function readStart(text: string): Start | null {
  const [question, part] = text.split('.').map(Number)
  return isCount(question) && isCount(part) ? { question, part } : null
}

function writeRef(ref: TextRef): string {
  if ('field' in ref) return `f:${ref.field}`
  if ('all' in ref) return 'a'
  if ('output' in ref) return `o:${ref.output}`
  if ('passage' in ref) return `p:${ref.passage}`
  return 'legend' in ref ? `l:${ref.legend}` : 'g'
}

function readRef(kind: string | undefined, name: string): TextRef | null {
  if (kind === 'f') return { field: name }
  if (kind === 'g') return { guidelines: true }
  if (kind === 'a') return { all: true }
  const place = Number(name)
  if (name === '' || !isCount(place)) return null
  if (kind === 'o') return { output: place }
  if (kind === 'p') return { passage: place }
  return kind === 'l' ? { legend: place } : null
}
