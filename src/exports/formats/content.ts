/**
 * Turns stored text and messages into what a trainer reads: prompts as explicit messages (or one
 * text), completions as the assistant's messages (or one text). A prompt is never a prefix of an answer.
 */
import { z } from 'zod'
import { didYouMean } from '../../datasets/did-you-mean.ts'
import type { DatasetDocument } from '../../datasets/document.ts'
import { isWriting, writtenQuestion } from '../../datasets/writing.ts'
import { invalid } from '../../errors.ts'
import {
  asPlain,
  type BeyondText,
  beyondText,
  ChatMessage,
  isEmpty,
} from '../../records/message.ts'
import type { Content, RecordFields } from '../../records/record-line.ts'
import type { Shape } from '../options.ts'
import type { Column } from './format.ts'

/** One message of the prompt: who says it, and a template with $names of fields and written texts in it. */
export type PromptPart = { role: string; template: string }

/**
 * How this dataset's prompts are made: its `export.prompt`, else what labelers write as a prompt, the
 * field named prompt (or the first one) as the user's message, after fields named system and context as
 * the system's.
 */
export function promptParts(document: DatasetDocument): PromptPart[] {
  const names = document.fields.map((field) => field.name)
  const given = document.export?.prompt
  if (given) {
    const parts = given.flatMap((message) =>
      Object.entries(message).map(([role, template]) => ({ role, template })),
    )
    const known = [...names, ...textQuestions(document)]
    for (const { template } of parts)
      checkNames('export.prompt', 'field or text question', template, known)
    return parts
  }
  const before = names.filter((name) => systemFields.includes(name))
  const others = names.filter((name) => !before.includes(name))
  const isWritten = isWriting(document) || names.includes('prompt')
  const prompt = isWritten ? writtenQuestion : (others[0] ?? names[0] ?? 'prompt')
  return [
    ...systemFields.flatMap((name) =>
      name !== prompt && before.includes(name) ? [{ role: 'system', template: `\${${name}}` }] : [],
    ),
    { role: 'user', template: `\${${prompt}}` },
  ]
}

/** The texts that are written about a record as a whole. */
export function textQuestions({ questions }: DatasetDocument): string[] {
  return questions.flatMap(({ name, type, of }) => (type === 'text' && of === 'record' ? name : []))
}

/** The questions whose answers these prompts are made of: then every answer has a prompt of its own. */
export function writtenNames(
  { fields }: DatasetDocument,
  parts: readonly PromptPart[],
): ReadonlySet<string> {
  const all = parts.flatMap(({ template }) =>
    [...template.matchAll(reference)].map(([, braced, bare]) => braced ?? bare ?? ''),
  )
  return new Set(all.filter((name) => !fields.some((field) => field.name === name)))
}

/**
 * The same, for what judges a record's outputs: they are answers to one prompt.
 * @throws ParleyError `invalid` where every answer has a prompt of its own.
 */
export function recordPromptParts(document: DatasetDocument): PromptPart[] {
  const parts = promptParts(document)
  const [written] = writtenNames(document, parts)
  if (written === undefined) return parts
  throw invalid({
    as: `The prompts of this dataset are what labelers write ($${written}), and outputs are judged as answers to a record. Export prompts, sft, raw or records.`,
  })
}

/** Fields that become the system message, in the order in which they are joined. */
const systemFields = ['system', 'system_prompt', 'system_message', 'context']

/**
 * The prompt of one record (with one answer's `values`, where those are part of it) in the shape asked
 * for, or null when it is empty or does not fit it.
 */
export function buildPrompt(
  parts: readonly PromptPart[],
  fields: RecordFields,
  shape: Shape,
  values: Readonly<Record<string, unknown>> = {},
): string | ChatMessage[] | null {
  const from = { ...textsIn(values), ...fields }
  const messages = parts.flatMap(({ role, template }) => {
    const whole = wholeName(template)
    const content = whole === null ? fill(template, from) : lookUp(from, whole)
    if (content === undefined) return []
    if (typeof content !== 'string') return content
    return content.trim() === '' ? [] : [{ role, content }]
  })
  joinSystem(messages)
  const asks = messages.some((message) => message.role !== 'system' && !isEmpty(message))
  if (!asks) return null
  if (shape === 'messages') return messages
  const isOneTurn = messages.every(({ role }) => role === 'system' || role === 'user')
  const texts = messages.flatMap((message) => asPlain(message)?.content ?? [])
  return isOneTurn && texts.length === messages.length ? texts.join('\n\n') : null
}

/** Why a record has no prompt in the requested shape: a plain text cannot hold it, or there is no question in it. */
export function noPrompt(
  parts: readonly PromptPart[],
  fields: RecordFields,
  shape: Shape,
): BeyondText | 'no_prompt' {
  if (shape === 'messages') return 'no_prompt'
  const messages = buildPrompt(parts, fields, 'messages')
  return (Array.isArray(messages) && beyondText(messages)) || 'no_prompt'
}

function textsIn(values: Readonly<Record<string, unknown>>): RecordFields {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value]] : [],
    ),
  )
}

/** Chat templates take one message of the system's, at the head: what several fields say is joined. */
function joinSystem(messages: ChatMessage[]) {
  const end = messages.findIndex(({ role }) => role !== 'system')
  const heads = messages.slice(0, Math.max(0, end))
  const texts = heads.flatMap((message) => asPlain(message)?.content ?? [])
  // Those that hold more than texts stay as they are.
  if (heads.length < 2 || texts.length < heads.length) return
  messages.splice(0, heads.length, { role: 'system', content: texts.join('\n\n') })
}

/** A completion in the requested shape; null if it is empty or does not fit. */
export function buildCompletion(
  content: Content | undefined,
  shape: Shape,
): string | ChatMessage[] | null {
  if (content === undefined) return null
  const messages = typeof content === 'string' ? [{ role: 'assistant', content }] : content
  if (messages.every(isEmpty)) return null
  if (shape === 'messages') return messages
  const [only, ...more] = messages
  return only && more.length === 0 ? (asPlain(only)?.content ?? null) : null
}

/** Why a record's output does not fit the requested shape. */
export function noCompletion(content: Content | undefined, shape: Shape): BeyondText | 'empty' {
  const isChat = shape === 'text' && typeof content === 'object' && !content.every(isEmpty)
  return (isChat && beyondText(content)) || 'empty'
}

/** A prompt without what does not make it another one: case, spacing, forms of the same letters. */
export function plainPrompt(prompt: unknown): string {
  const text = JSON.stringify(prompt).normalize('NFKC').toLowerCase()
  return text.replaceAll(/(?:\\[nrt]|\s)+/g, ' ').replaceAll(/" | "/g, '"')
}

/** What a row holds where a text or messages belong; explicit, and never empty. */
export const TrainerText = z.union([
  z.string().refine((text) => text.trim() !== '', 'is empty'),
  z.array(ChatMessage).min(1),
])

/** Columns of texts, by the shape of all of them. */
export function textColumns(names: readonly string[], shape: Shape = 'messages'): Column[] {
  return names.map((name) => ({ name, type: shape === 'messages' ? 'messages' : 'string' }))
}

/** Who wrote the prompt of a row, by pseudonym. */
export const authorColumn: Column = { name: 'author', type: 'string' }

/** Fills a template with texts; undefined when one of them is missing. */
export function fill(
  template: string,
  from: Readonly<Record<string, unknown>>,
): string | undefined {
  let isMissing = false
  const text = template.replace(reference, (_, braced?: string, bare?: string) => {
    const value = lookUp(from, braced ?? bare ?? '')
    if (typeof value !== 'string') isMissing = true
    return typeof value === 'string' ? value : ''
  })
  return isMissing ? undefined : text
}

/** @throws ParleyError `invalid` when a template speaks of something the dataset does not have. */
function checkNames(where: string, what: string, template: string, known: readonly string[]): void {
  for (const [, braced, bare] of template.matchAll(reference)) {
    const name = braced ?? bare ?? ''
    if (!known.includes(name))
      throw invalid({
        [where]: `"$${name}" is no ${what} of this dataset.${didYouMean(name, known)}`,
      })
  }
}

const reference = /\$\{([^}]+)\}|\$([A-Za-z0-9_][A-Za-z0-9_-]*)/g

/** The name, when a template is nothing but one: then a chat keeps its turns. */
function wholeName(template: string): string | null {
  const found = /^\s*(?:\$\{([^}]+)\}|\$([A-Za-z0-9_][A-Za-z0-9_-]*))\s*$/.exec(template)
  return found?.[1] ?? found?.[2] ?? null
}

function lookUp<T>(from: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(from, name) ? from[name] : undefined
}

/**
 * The template of a text that people write: the question asked for with `flag`, else `export.completion`,
 * else the first of `names` that must be written, or that is usual here.
 * @throws ParleyError `invalid` if there is none; `what` names what the dataset is missing.
 */
export function writtenText(
  document: DatasetDocument,
  asked: string | undefined,
  {
    names,
    flag,
    what,
    isUsual = () => false,
  }: {
    names: readonly string[]
    flag: 'question' | 'reference'
    what: string
    isUsual?: (name: string) => boolean
  },
): string {
  if (asked !== undefined) {
    if (names.includes(asked)) return `\${${asked}}`
    throw invalid({
      [flag]: `"${asked}" is no text question about the record.${didYouMean(asked, names)}`,
    })
  }
  const given = document.export?.completion
  if (given !== undefined) {
    checkNames('export.completion', 'text question', given, names)
    return given
  }
  const isRequired = (name: string) =>
    document.questions.some((question) => question.name === name && question.required)
  const found = names.find((name) => isRequired(name) || isUsual(name))
  if (found) return `\${${found}}`
  const offer = names.length > 0 ? ` Choose one with --${flag}: ${names.join(', ')}.` : ''
  throw invalid({
    as: `This dataset asks for no text that must be written, so it holds no ${what}.${offer}`,
  })
}
