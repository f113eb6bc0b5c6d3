/**
 * What a record brings to a chat template beside roles and texts: messages that hold more, the tools a
 * model could call, and arguments of the template (`tools` and `chat_template_kwargs` of its metadata, as
 * TRL names their columns). An export asks for it once, so that all rows of a file have the same columns.
 */
import { isObject, type JsonObject } from '../json.ts'
import { isPlain } from './message.ts'
import type { RecordLine } from './record-line.ts'

/** Bits of `outlines.holds`. */
export const holding = { messages: 1, tools: 2, templateKwargs: 4 } as const

type Metadata = RecordLine['metadata']

/** Null, which takes no room, for the many that hold nothing of it. */
export function holdsOf({ fields, outputs, metadata }: RecordLine): number | null {
  const isRich = [...Object.values(fields), ...outputs.map((output) => output.messages ?? '')].some(
    (content) => typeof content !== 'string' && !content.every(isPlain),
  )
  const found =
    (isRich ? holding.messages : 0) |
    (toolsOf(metadata) ? holding.tools : 0) |
    (templateKwargsOf(metadata) ? holding.templateKwargs : 0)
  return found === 0 ? null : found
}

/** The tools as a list, also where they came as JSON in a text; null without any. */
export function toolsOf(metadata: Metadata): JsonObject[] | null {
  const given = Object.hasOwn(metadata, 'tools') ? unfolded(metadata['tools']) : undefined
  return Array.isArray(given) && given.length > 0 && given.every(isObject) ? given : null
}

export function templateKwargsOf(metadata: Metadata): JsonObject | null {
  const name = 'chat_template_kwargs'
  const given = Object.hasOwn(metadata, name) ? unfolded(metadata[name]) : undefined
  return isObject(given) && Object.keys(given).length > 0 ? given : null
}

function unfolded(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}
