/**
 * A record that travelled through a table: programs that write tables give every struct all keys of all
 * rows, with nulls, and some keep lists and objects as texts of JSON. Both say the same as the line did.
 */
import { isObject, type JsonObject } from '../../json.ts'
import { parseJson } from '../readers/json.ts'

/** Lists and objects, however they are stored. */
const nested = ['fields', 'outputs', 'metadata', 'suggestions', 'gold', 'responses']

/** The line as our own export writes it; what it holds of metadata, answers and values is left as it is. */
export function lineOfTable(row: JsonObject): JsonObject {
  const line: JsonObject = {}
  for (const [key, value] of Object.entries(row)) {
    const held = typeof value === 'string' && nested.includes(key) ? unfolded(value) : value
    if (held !== null) line[key] = held
  }
  const { fields, outputs } = line
  if (isObject(fields))
    line['fields'] = Object.fromEntries(
      Object.entries(withoutNulls(fields)).map(([name, content]) => [name, chatOfTable(content)]),
    )
  if (Array.isArray(outputs))
    line['outputs'] = outputs.map((one: unknown) => {
      if (!isObject(one)) return one
      const output = withoutNulls(one)
      return 'messages' in output
        ? { ...output, messages: chatOfTable(output['messages']) }
        : output
    })
  return line
}

/** A message that only calls tools has no content: there a null is what it says. */
function chatOfTable(content: unknown): unknown {
  if (!Array.isArray(content)) return content
  return content.map((one: unknown) => {
    if (!isObject(one)) return one
    return one['content'] === null ? { ...withoutNulls(one), content: null } : withoutNulls(one)
  })
}

function unfolded(text: string): unknown {
  const parsed = /^\s*[[{]/.test(text) ? parseJson(text, { anyKey: true }) : null
  return parsed && 'value' in parsed ? parsed.value : text
}

function withoutNulls(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null))
}
