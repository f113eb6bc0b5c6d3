/** Ids of forms and of the inputs in them; see ids.ts. Pure. */
import { isCount } from '../../../src/chat/port/ids.ts'
import type { AskForm, Follows } from '../../../src/chat/port/port.ts'
import { readStart, type Start, writeStart } from './task-ids.ts'

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
  /** Unique per opening: phones prefill a form of the same name with old entries. */
  nonce: string
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

/** The form of a question to an arena: the consent it gives, and the turn it continues or the channel it is asked in. */
export function askFormId({ consent, follows, thread }: AskForm, nonce: string): string {
  const turn = follows ? `${follows.battleId}.${follows.side}` : ''
  return `v1:ask:${nonce}:${consent?.key ?? ''}:${turn}:${thread ?? ''}`
}

/** The form of a message that was sent to Parley. */
export function feedbackFormId(form: string, nonce: string): string {
  return `v1:feedback:${nonce}:${form}`
}

export type Submitted =
  | { kind: 'feedback'; form: string }
  | {
      kind: 'ask'
      agreed: string | null
      follows: Follows | null
      thread: string | null
    }
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
  if (verb === 'ask') return readAsk(name)
  if (verb === 'feedback') return { kind: verb, form: name.join(':') }
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

function readAsk([agreed = '', turn = '', thread = '']: readonly string[]): Submitted {
  const [, battleId, side] = /^(\d{1,18})\.([ab])$/.exec(turn) ?? []
  return {
    kind: 'ask',
    agreed: agreed || null,
    follows: battleId !== undefined && (side === 'a' || side === 'b') ? { battleId, side } : null,
    thread: thread || null,
  }
}

/** An input of a form: the place of its question, the part of it, and the opening. */
export function inputId(question: number, part: string, nonce: string): string {
  return `v1:in:${question}:${part}:${nonce}`
}

/** An input's `question:part`; null for inputs that belong to no question. */
export function inputKey(id: string): string | null {
  const [version, verb, question, part = ''] = id.split(':')
  return version === 'v1' && verb === 'in' && isCount(Number(question))
    ? `${question}:${part}`
    : null
}
