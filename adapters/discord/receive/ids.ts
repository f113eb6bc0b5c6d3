/**
 * What stands in buttons, menus and forms so that a press can be understood later, by another process,
 * after a redeploy: `v1:verb:assignment:schema:argument`, at most 100 characters. The version never
 * changes meaning; everything else about a press is in the database.
 */
import { type CardPress, isCount, parseCardId, readUndo } from '../../../src/chat/port/ids.ts'
import type { ReaderPart, TextView } from '../../../src/chat/port/port.ts'
import type { ZoneAt } from '../draw/zones.ts'
import { limits } from '../limits.ts'

/** Which text: of the record, the guidelines, or what the options of a question mean. */
export type TextRef = ReaderPart | { passage: number } | { guidelines: true } | { legend: number }

/** Where in the questions of a card a form begins: a question by its place, and its part. */
export type Start = { question: number; part: number }

/** What a form needs to find its way back. */
export type FormMeta = {
  assignmentId: string
  schemaVersion: number
  /** Where the next form of this card begins; null for the last: it commits. */
  next: Start | null
  /** The form shows a part of what is asked: what it does not show is kept as it was. */
  isPart: boolean
  /** The form changes an answer that was submitted before. */
  editing: boolean
  /** Makes each opening its own: phones remember what stood in a form of the same name. */
  nonce: string
}

/** Questions answered on the card itself, by a menu in pages. */
export type Pick = {
  assignmentId: string
  schemaVersion: number
  question: number
  page: number
  editing: boolean
}

export const homeVerbs = {
  guidelines: 'dataset-guidelines',
  preview: 'admin-preview',
  publish: 'admin-publish',
  pause: 'admin-pause',
  stats: 'admin-stats',
  export: 'admin-export-form',
  import: 'admin-import-form',
} as const
export type HomeVerb = keyof typeof homeVerbs

export type Pressed =
  | CardPress
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
  | { verb: 'next'; dataset: string | null }
  | { verb: 'start'; version: number; dataset: string | null; zone: string | null }
  | ({ verb: 'greet' } & Greet)
  | { verb: 'show'; what: 'home' | 'history' | 'datasets' }
  | { verb: 'manage'; dataset: string }
  | { verb: 'of'; act: HomeVerb; dataset: string; page: number; turn: boolean }
  | { verb: 'exportas'; format: string; dataset: string }
  /** A menu whose options are ids themselves. */
  | { verb: 'menu' }

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

/** Has the texts of a card shown so; `start` is where its form goes on. */
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

/** Commits what was picked and typed before. */
export function doneId(assignmentId: string, schemaVersion: number, editing: boolean): string {
  return `v1:done:${assignmentId}:${schemaVersion}${editing ? ':e' : ''}`
}

/** Start of the first card; with the time zone that was chosen there, which nobody keeps before it. */
export function startId(version: number, dataset?: string, zone?: string): string {
  const start = zone === undefined ? `v1:start:${version}` : `v1:agree:${version}:${zone}`
  const whole = `${start}:${dataset ?? ''}`
  return dataset !== undefined && whole.length <= limits.customId ? whole : start
}

/** The first card again, with the zones of a region or with the zone that was chosen. */
export function greetId({ at, zone, wish = '' }: Greet): string {
  const { region, page } = at ?? { region: '', page: 0 }
  const start = `v1:greet:${page}:${region}:${zone ?? ''}`
  const whole = `${start}:${wish}`
  return whole.length <= limits.customId ? whole : start
}

export type Greet = { at?: ZoneAt; zone?: string; wish?: string | undefined }

export function showId(what: 'home' | 'history' | 'datasets'): string {
  return `v1:${what}`
}

export function manageId(dataset: string): string {
  return `v1:manage:${dataset}`
}

export function ofId(act: HomeVerb, dataset: string, page?: number): string {
  return page === undefined ? `v1:of:${act}:${dataset}` : `v1:ofturn:${act}:${page}:${dataset}`
}

/** An export in this format: its options are asked next. */
export function exportAsId(format: string, dataset: string): string {
  return `v1:exportas:${format}:${dataset}`
}

export function menuId(assignmentId: string, which: string): string {
  return `v1:menu:${assignmentId}:${which}`
}

/** Whether an id of a dataset's can stand in a button: names may be longer than Discord's ids. */
export function isDrawable(id: string): boolean {
  return id.length <= limits.customId
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
    case 'edit': {
      const start = rest[0] === undefined ? null : readStart(rest[0])
      if (rest[0] !== undefined && start === null) return null
      return { verb: 'open', assignmentId: first, start, editing: verb === 'edit' }
    }
    case 'text': {
      const [view, marks, from = ''] = rest
      const start = from === '' ? null : readStart(from)
      if (!isView(view) || (from !== '' && start === null)) return null
      return { verb, assignmentId: first, view, start, editing: marks === 'e' }
    }
    case 'pick':
    case 'page': {
      const [schemaVersion, question, page] = rest.slice(0, 3).map(Number)
      if (!isCount(schemaVersion) || !isCount(question) || !isCount(page)) return null
      const editing = rest[3] === 'e'
      return { verb, assignmentId: first, schemaVersion, question, page, editing }
    }
    case 'done':
      return isCount(Number(rest[0]))
        ? { verb, assignmentId: first, schemaVersion: Number(rest[0]), editing: rest[1] === 'e' }
        : null
    case 'next':
      return { verb, dataset: [first, ...rest].join(':') || null }
    case 'start':
      return isCount(Number(first))
        ? { verb, version: Number(first), dataset: rest.join(':') || null, zone: null }
        : null
    case 'agree': {
      const [zone = '', ...wish] = rest
      return isCount(Number(first))
        ? { verb: 'start', version: Number(first), dataset: wish.join(':') || null, zone }
        : null
    }
    case 'greet': {
      const [region = '', zone = '', ...wish] = rest
      return {
        verb,
        ...(region === '' ? {} : { at: { region, page: Number(first) || 0 } }),
        ...(zone === '' ? {} : { zone }),
        wish: wish.join(':') || undefined,
      }
    }
    case 'home':
    case 'history':
    case 'datasets':
      return { verb: 'show', what: verb }
    case 'manage':
      return { verb, dataset: [first, ...rest].join(':') }
    case 'of':
      return isHomeVerb(first)
        ? { verb, act: first, dataset: rest.join(':'), page: 0, turn: false }
        : null
    case 'ofturn': {
      const [page = '', ...name] = rest
      return isHomeVerb(first) && isCount(Number(page))
        ? { verb: 'of', act: first, dataset: name.join(':'), page: Number(page), turn: true }
        : null
    }
    case 'exportas':
      return { verb, format: first, dataset: rest.join(':') }
    case 'menu':
      return { verb }
  }
  return parseReadId(verb ?? '', first, rest)
}

/** `read`, `turn-raw`, `file-formatted`. */
function parseReadId(verb: string, assignmentId: string, rest: readonly string[]): Pressed | null {
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

/** The name of a task form. */
export function formId(meta: FormMeta): string {
  const { assignmentId, schemaVersion, next, isPart, editing, nonce } = meta
  const marks = `${isPart ? 'p' : ''}${editing ? 'e' : ''}`
  return `v1:form:${assignmentId}:${schemaVersion}:${marks}:${next ? writeStart(next) : ''}:${nonce}`
}

/** The name of an admin's form; an export's says its format beside the opening. */
export function adminFormId(
  kind: 'export' | 'import',
  dataset: string,
  nonce: string,
  format?: string,
): string {
  return `v1:${kind}:${nonce}${format === undefined ? '' : `.${format}`}:${dataset}`
}

/** The name of the form that asks for another reason to skip. */
export function skipFormId(assignmentId: string, nonce: string): string {
  return `v1:reason:${assignmentId}:${nonce}`
}

export type Submitted =
  | { kind: 'form'; meta: FormMeta }
  | { kind: 'skip'; assignmentId: string }
  /** Forms of earlier versions asked the format within. */
  | { kind: 'export'; dataset: string; format: string | null }
  | { kind: 'import'; dataset: string }

/** Which form was submitted; null when it is none this version drew. */
export function parseFormId(id: string): Submitted | null {
  const [version, verb, ...rest] = id.split(':')
  if (version !== 'v1') return null
  const [opening = '', ...name] = rest
  if (verb === 'import') return { kind: verb, dataset: name.join(':') }
  if (verb === 'export')
    return {
      kind: verb,
      dataset: name.join(':'),
      format: opening.split('.')[1] ?? null,
    }
  if (verb === 'reason') return { kind: 'skip', assignmentId: opening }
  if (verb !== 'form') return null
  const [assignmentId = '', schema, marks = '', next = '', nonce = ''] = rest
  const start = next === '' ? null : readStart(next)
  if (!isCount(Number(schema)) || (next !== '' && start === null)) return null
  return {
    kind: 'form',
    meta: {
      assignmentId,
      schemaVersion: Number(schema),
      next: start,
      isPart: marks.includes('p'),
      editing: marks.includes('e'),
      nonce,
    },
  }
}

/** An input of a form: the place of its question, the part of it, and the opening. */
export function inputId(question: number, part: string, nonce: string): string {
  return `v1:in:${question}:${part}:${nonce}`
}

/** What of a form an input is: `question:part`; null for inputs that are no question's. */
export function inputKey(id: string): string | null {
  const [version, verb, question, part = ''] = id.split(':')
  return version === 'v1' && verb === 'in' && isCount(Number(question))
    ? `${question}:${part}`
    : null
}

function writeStart({ question, part }: Start): string {
  return `${question}.${part}`
}

function readStart(text: string): Start | null {
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

function isHomeVerb(text: string): text is HomeVerb {
  return Object.hasOwn(homeVerbs, text)
}
