/**
 * Which chats the strict chat templates of models refuse. Llama, Mistral and Gemma each have one that
 * raises where people and assistants do not take turns, which ends a whole training run at that row.
 */
import { type ChatMessage, partText } from '../../records/message.ts'
import type { Chat } from './format.ts'

export type TurnProblem =
  | 'tool_turn'
  | 'developer_turn'
  | 'other_role'
  | 'system_inside'
  | 'assistant_first'
  | 'out_of_turn'
  | 'content_parts'

/**
 * Why a strict template refuses this chat with one of its answers, or null: one system message may open
 * it, then user and assistant alternate, beginning with the user; the answer is the assistant's turn.
 * Plain texts have no turns.
 */
export function turnProblem({ prompt, answers }: Chat): TurnProblem | null {
  if (typeof prompt === 'string') return null
  const ends = answers.length > 0 ? answers : [[]]
  for (const answer of ends) {
    if (typeof answer === 'string') continue
    const found =
      roleProblem(prompt) ??
      roleProblem(answer) ??
      orderProblem(prompt, answer) ??
      contentProblem([...prompt, ...answer])
    if (found) return found
  }
  return null
}

function roleProblem(messages: readonly ChatMessage[]): TurnProblem | null {
  for (const { role, tool_calls: calls = [], function_call: call } of messages)
    if (role === 'tool' || role === 'function' || calls.length > 0 || call) return 'tool_turn'
    else if (role === 'developer') return 'developer_turn'
    else if (!plainRoles.includes(role)) return 'other_role'
  return null
}

/** Images and sounds; a text in parts is one to today's templates. Of names and thoughts they take no notice. */
function contentProblem(messages: readonly ChatMessage[]): TurnProblem | null {
  const isText = ({ content }: ChatMessage) =>
    !Array.isArray(content) || content.every((part) => partText(part) !== null)
  return messages.every(isText) ? null : 'content_parts'
}

const plainRoles = ['system', 'user', 'assistant']

function orderProblem(
  prompt: readonly ChatMessage[],
  answer: readonly ChatMessage[],
): TurnProblem | null {
  const all = [...prompt, ...answer]
  const turns = all[0]?.role === 'system' ? all.slice(1) : all
  if (turns.some(({ role }) => role === 'system')) return 'system_inside'
  if (turns[0]?.role === 'assistant') return 'assistant_first'
  const inTurn = turns.every(({ role }, at) => role === (at % 2 === 0 ? 'user' : 'assistant'))
  // The answer is the assistant’s; without one, the user has the last word.
  const isAnswered =
    answer.length === 0
      ? turns.at(-1)?.role === 'user'
      : answer[0]?.role === 'assistant' && turns.at(-1)?.role === 'assistant'
  return inTurn && isAnswered ? null : 'out_of_turn'
}
