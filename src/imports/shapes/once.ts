/**
 * Shows a prompt once. Much preference data repeats whole conversations, with the prompt at the head of
 * each (and often beside them as well): what they share is the prompt, and an output is the rest.
 */
import { type ChatMessage, isPlain, sameness } from '../../records/message.ts'
import type { Content, RecordOutput } from '../../records/record-line.ts'
import type { Say } from './line.ts'
import { readTranscript } from './messages.ts'

type Told = { prompt: Content | undefined; outputs: RecordOutput[] }

/** Says a problem where an output is a whole conversation that does not begin with the prompt. */
export function tellOnce(
  prompt: Content | undefined,
  given: readonly RecordOutput[],
  say: Say,
): Told {
  const outputs = asConversations(given)
  const wholes = outputs.flatMap(({ messages }) =>
    messages && isWhole(messages) ? [messages] : [],
  )
  if (wholes.length === 0) return { prompt, outputs: [...given] }
  const shared = sharedBy(wholes)
  const asked = prompt === undefined ? null : asMessages(prompt)
  const isTold = asked === null ? shared.length > 0 : holds(shared, asked)
  if (!isTold) {
    const strangers = outputs.map(
      ({ messages }) => messages !== undefined && asked !== null && !holds(messages, asked),
    )
    const at = Math.max(0, strangers.indexOf(true))
    const key = outputs[at]?.metadata?.['source']
    say(
      typeof key === 'string' ? key : `outputs.${at}`,
      strangers[at]
        ? 'is a whole conversation that does not begin with the prompt.'
        : 'is a whole conversation that shares no beginning with the others and ends with no answer of its own.',
      'Let every conversation begin with the prompt and end with an answer, or write only the answers.',
    )
    return { prompt, outputs: [...given] }
  }
  return {
    prompt: shared,
    outputs: outputs.map(({ messages, ...output }) => {
      if (!messages) return output
      return { ...output, ...spoken(isWhole(messages) ? messages.slice(shared.length) : messages) }
    }),
  }
}

/** One message by the assistant is a text; anything longer stays a chat. */
export function spoken(messages: ChatMessage[]): { text: string } | { messages: ChatMessage[] } {
  const [only, second] = messages
  const isText = only && !second && only.role === 'assistant' && isPlain(only)
  return isText ? { text: only.content } : { messages }
}

/** Outputs whose texts are all transcripts are conversations. */
function asConversations(outputs: readonly RecordOutput[]): RecordOutput[] {
  const read = outputs.map(({ text, messages }) => messages ?? readTranscript(text))
  if (read.some((messages) => messages === null)) return [...outputs]
  return outputs.map(({ text: _, ...output }, at) => ({ ...output, messages: read[at] ?? [] }))
}

function asMessages(prompt: Content): ChatMessage[] {
  if (typeof prompt !== 'string') return prompt
  return readTranscript(prompt) ?? [{ role: 'user', content: prompt }]
}

/** An answer begins with the assistant (or what a tool said); a whole conversation does not. */
function isWhole([first]: readonly ChatMessage[]): boolean {
  return first?.role === 'user' || first?.role === 'system' || first?.role === 'developer'
}

/** What all begin with, up to the last turn that is not an answer; each keeps a message of its own. */
function sharedBy(wholes: readonly ChatMessage[][]): ChatMessage[] {
  const [first = []] = wholes
  let count = 0
  while (wholes.every((one) => count < one.length - 1 && isSame(one[count], first[count]))) count++
  // A conversation that ends with the prompt has no answer to keep.
  while (count > 0 && first[count - 1]?.role === 'assistant') count--
  return first.slice(0, count)
}

/** Whether the prompt begins the conversation, or occurs in it as a user message. */
function holds(messages: readonly ChatMessage[], asked: readonly ChatMessage[]): boolean {
  const heads = (from: number) => asked.every((one, at) => isSame(messages[from + at], one))
  const [only, second] = asked
  if (!second && only) return messages.some((one) => isSame(one, only))
  return heads(0) || (messages[0]?.role === 'system' && heads(1))
}

function isSame(a: ChatMessage | undefined, b: ChatMessage | undefined): boolean {
  return a !== undefined && b !== undefined && sameness(a) === sameness(b)
}
