/**
 * Lines as single programs write them: OpenAI's preference files, Vertex AI's `contents`, Alpaca's and
 * LLaMA-Factory's `history`, ms-swift's `rejected_response`, UltraChat's and LIMA's lists of turns.
 */
import { isObject, type JsonObject } from '../../json.ts'
import { own, without } from './line.ts'
import type { Reading } from './reading.ts'

/** OpenAI's preference lines keep the chat one level down. */
export function readOpenAi({ line, verdict }: Reading): Reading[] | null {
  const { input, preferred_output, non_preferred_output, ...rest } = line
  if (!isObject(input) || preferred_output === undefined || non_preferred_output === undefined)
    return null
  const { messages, ...settings } = input
  return [
    {
      // `tools` and `parallel_tool_calls` stand in every one of their lines: they are metadata, not part of the prompt.
      line: {
        ...settings,
        ...rest,
        messages,
        chosen: preferred_output,
        rejected: non_preferred_output,
      },
      verdict,
    },
  ]
}

/** Vertex AI: `contents` of `parts`, a `systemInstruction`, scored completions. */
export function readVertex({ line, verdict }: Reading): Reading[] | null {
  const { contents, systemInstruction, system_instruction = systemInstruction, ...rest } = line
  if (!Array.isArray(contents) || !contents.every((one) => isObject(one) && 'parts' in one))
    return null
  const system = isObject(system_instruction) ? partsText(system_instruction) : ''
  return [
    {
      line: {
        ...rest,
        messages: [...(system ? [{ role: 'system', content: system }] : []), ...contents],
      },
      verdict,
    },
  ]
}

function partsText(instruction: JsonObject): string {
  const parts = Array.isArray(instruction['parts']) ? instruction['parts'] : []
  return parts
    .flatMap((one) => (isObject(one) && typeof one['text'] === 'string' ? one['text'] : []))
    .join('')
}

/** Alpaca's earlier rounds, `[[asked, answered], …]`, come before the instruction. */
export function readHistory({ line, verdict }: Reading): Reading[] | null {
  const history = own(line, 'history')
  const isRounds = (one: unknown): one is [string, string] =>
    Array.isArray(one) && one.length === 2 && one.every((text) => typeof text === 'string')
  if (!Array.isArray(history) || !history.every(isRounds)) return null
  const key = ['instruction', 'prompt', 'query', 'question'].find(
    (one) => typeof own(line, one) === 'string',
  )
  if (key === undefined) return null
  if (history.length === 0) return [{ line: without(line, ['history']), verdict }]
  const input = key === 'instruction' ? own(line, 'input') : undefined
  const asked = [own(line, key), input].filter(
    (one) => typeof one === 'string' && one.trim() !== '',
  )
  const prompt = [
    ...history.flatMap(([question, answer]) => [
      { role: 'user', content: question },
      { role: 'assistant', content: answer },
    ]),
    { role: 'user', content: asked.join('\n\n') },
  ]
  const rest = without(line, ['history', key, ...(input === undefined ? [] : ['input'])])
  return [{ line: { ...rest, prompt }, verdict }]
}

/** ms-swift: the chat ends with the better answer; the worse one has its own key. */
export function readSwift({ line, verdict }: Reading): Reading[] | null {
  const [messages, rejected] = [own(line, 'messages'), own(line, 'rejected_response')]
  if (!Array.isArray(messages) || typeof rejected !== 'string') return null
  const last: unknown = messages.at(-1)
  if (!isObject(last) || last['role'] !== 'assistant' || messages.length < 2) return null
  const rest = without(line, ['messages', 'rejected_response'])
  return [{ line: { ...rest, messages: messages.slice(0, -1), chosen: last, rejected }, verdict }]
}

/** SHP calls the post that was answered its history. */
export function readPost({ line, ...reading }: Reading): Reading[] | null {
  const history = own(line, 'history')
  if (typeof history !== 'string' || 'prompt' in line || !reading.outputs) return null
  return [{ ...reading, line: { ...without(line, ['history']), prompt: history } }]
}

/** UltraChat (`data`), LIMA (`conversations`): texts by turns, the user's first. */
export function readTurns({ line, ...reading }: Reading): Reading[] | null {
  const key = ['messages', 'conversations', 'conversation', 'data'].find((one) =>
    isTurns(own(line, one)),
  )
  const turns = key === undefined ? null : own(line, key)
  if (key === undefined || !isTurns(turns)) return null
  if (key === 'data' && (turns.length < 2 || 'prompt' in line || 'messages' in line)) return null
  const messages = turns.map((content, at) => ({
    role: at % 2 === 0 ? 'user' : 'assistant',
    content,
  }))
  const as = key === 'data' ? 'messages' : key
  return [{ ...reading, line: { ...without(line, [key]), [as]: messages } }]
}

/** LIMA has questions alone, too; a single text under `data` can be anything. */
function isTurns(held: unknown): held is string[] {
  return Array.isArray(held) && held.length > 0 && held.every((one) => typeof one === 'string')
}
