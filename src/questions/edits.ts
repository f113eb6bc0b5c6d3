/**
 * Edits: what a person made of a model's output, beside what they judged. A question with `edits: true`
 * keeps them in the answer under `NAME.edits`, by output, so that drafts, undo, revisions and exports carry
 * them like any other value. Names of questions hold no dot.
 */
import { distance } from 'fastest-levenshtein'
import type { Say } from '../sentences.ts'
import type { Question, TextQuestion } from './question.ts'

/** An output as somebody improved it. */
export type OutputEdit = {
  /** The whole text as it should be. */
  text: string
  /** Characters inserted, deleted or replaced (Levenshtein, UTF-16); for long, very different texts an upper limit. */
  distance: number
  /** Nothing but white space differs. */
  white_space?: true
}
/** By output id. */
export type EditsValue = Record<string, OutputEdit>

type Asked = { name: string; edits?: boolean | undefined }

/** The question of a dataset whose answers hold edits; at most one does. */
export function editedQuestion<Q extends Asked>(questions: readonly Q[]): Q | undefined {
  return questions.find((one) => one.edits === true)
}

/** Where an answer keeps the edits of a question. */
export function editsKey(question: string): string {
  return `${question}.edits`
}

/** Whether this is a name under which some question's edits are kept. */
export function isEditsKey(name: string): boolean {
  return name.endsWith('.edits')
}

/**
 * The question as tables and programs see it that know none of this: an optional text about each output. Null
 * for a question without edits.
 */
export function editsQuestion(question: Question): TextQuestion | null {
  if (!('edits' in question) || !question.edits) return null
  const title = `${question.title} (improved)`.slice(-500)
  return { type: 'text', name: editsKey(question.name), title, required: false, of: 'outputs' }
}

/** Whether an answer to these questions may have a value of this name. */
export function isValueName(questions: readonly Asked[], name: string): boolean {
  return questions.some((one) => one.name === name || isEditsOf(one, name))
}

/** Whether this is the name under which edits of the question are kept. */
export function isEditsOf({ name, edits }: Asked, key: string): boolean {
  return edits === true && key === editsKey(name)
}

/** The edits in an answer: by output id, none where it has none. */
export function editsIn(
  questions: readonly Asked[],
  values: Readonly<Record<string, unknown>> | undefined,
): EditsValue {
  const question = editedQuestion(questions)
  const key = question && editsKey(question.name)
  if (key === undefined || !values || !Object.hasOwn(values, key)) return {}
  const read = readEdits(values[key], null)
  return read.value ?? {}
}

/** The same answer with these edits; without the key where there are none. */
export function withEdits<V extends object>(
  questions: readonly Asked[],
  values: V,
  edits: EditsValue,
): V {
  const question = editedQuestion(questions)
  if (!question) return values
  const key = editsKey(question.name)
  const others = Object.entries(values).filter(([name]) => name !== key)
  const own = Object.keys(edits).length > 0 ? [[key, edits] as const] : []
  return Object.fromEntries([...others, ...own]) as V
}

/** What an edit changed; null where it changed nothing. */
export function compareEdit(original: string, text: string): OutputEdit | null {
  if (text === original) return null
  const isSpace = original.replace(/\s+/gu, '') === text.replace(/\s+/gu, '')
  return {
    text,
    distance: distanceOf(original, text),
    ...(isSpace ? { white_space: true as const } : {}),
  }
}

/** More cells of the table than this take longer than anybody who pressed Save should wait. */
const mostCells = 2e8

function distanceOf(a: string, b: string): number {
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let end = 0
  const most = Math.min(a.length, b.length) - start
  while (end < most && a[a.length - 1 - end] === b[b.length - 1 - end]) end++
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)]
  if (left.length * right.length > mostCells) return Math.max(left.length, right.length)
  return distance(left, right)
}

/** The text of an output that can be edited: its own, or that of the last turn, if the assistant has it. */
export function editableText(output: Editable): string | null {
  if (output.text !== undefined) return output.text
  const last = output.messages?.at(-1)
  return last?.role === 'assistant' && typeof last.content === 'string' ? last.content : null
}

/** The output with its text, or the last turn of its chat, replaced. */
export function editedContent<M extends Message>(
  output: { text?: string | undefined; messages?: M[] | undefined },
  text: string,
): string | M[] {
  const last = output.messages?.at(-1)
  if (output.text !== undefined || !last || !output.messages) return text
  return [...output.messages.slice(0, -1), { ...last, content: text }]
}

/** Content may also be parts, or nothing beside calls of tools: those are no text to edit. */
type Message = { role: string; content?: unknown }
type Editable = { text?: string | undefined; messages?: readonly Message[] | undefined }

/** Reads edits as they are stored; `outputs` are those that may be named, null for any. */
export function readEdits(
  raw: unknown,
  outputs: readonly string[] | null,
): { value?: EditsValue; problem?: Say } {
  if (!isObject(raw)) return { problem: (said) => said.answerEach }
  const entries: [string, OutputEdit][] = []
  for (const [id, one] of Object.entries(raw)) {
    if (outputs && !outputs.includes(id)) return { problem: (said) => said.noSuchOutput }
    if (one === undefined || one === null) continue
    const edit = readEdit(one)
    if (!edit) return { problem: (said) => said.unreadable }
    const problem = textProblem(edit.text)
    if (problem) return { problem }
    entries.push([id, edit])
  }
  return entries.length > 0 ? { value: Object.fromEntries(entries) } : {}
}

function readEdit(raw: unknown): OutputEdit | null {
  if (!isObject(raw)) return null
  const { text, distance: changed, white_space, ...others } = raw
  if (typeof text !== 'string' || !Number.isSafeInteger(changed) || Number(changed) < 1) return null
  if (white_space !== undefined && white_space !== true) return null
  if (Object.keys(others).length > 0) return null
  return {
    text,
    distance: Number(changed),
    ...(white_space ? { white_space } : {}),
  }
}

const mostChars = 100_000

function textProblem(text: string): Say | null {
  if (text.trim() === '') return (said) => said.writeText
  if (text.includes('\u0000')) return (said) => said.holdsNul
  if (!text.isWellFormed()) return (said) => said.halfCharacter
  const length = [...text].length
  return length > mostChars ? (said) => said.tooLong(mostChars, length) : null
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
