/** What the manifest tells of the rows themselves: how long they get, and which readers refuse some. */
import type { Chat, Text } from './formats/formats.ts'
import { turnProblem } from './formats/turns.ts'

export type Told = {
  /** Of the longest row; its prompt and the longest of its answers. */
  characters: number
  /** Of the row that has most; an estimate, see below. */
  tokens: number
  /** Rows that strict chat templates refuse, by reason; null where none could be among them. */
  refused: { [reason: string]: number } | null
  /** Rows beside another one of their prompt; null where the order does not matter. */
  neighbors: number | null
}

export function openTold(): Told {
  return { characters: 0, tokens: 0, refused: null, neighbors: null }
}

/** Counts a row in, and returns its characters. */
export function tell(told: Told, chat: Chat): number {
  const longest = (lengthOf: (text: Text) => number) =>
    lengthOf(chat.prompt) + Math.max(0, ...chat.answers.map(lengthOf))
  const characters = longest((text) => sumOf(text, (one) => one.length))
  const bytes = longest((text) => sumOf(text, (one) => Buffer.byteLength(one)))
  told.characters = Math.max(told.characters, characters)
  told.tokens = Math.max(told.tokens, Math.ceil(bytes / bytesOfToken))
  return characters
}

export function tellRefusal(told: Told, chat: Chat): void {
  told.refused ??= {}
  const why = turnProblem(chat)
  if (why) told.refused[why] = (told.refused[why] ?? 0) + 1
}

/**
 * Of English and code more, of Cyrillic about as many, of Chinese a token a character: tokenizers
 * differ, and whoever sets a limit by this is on the safe side.
 */
const bytesOfToken = 3

export function printTold({ characters, tokens, refused, neighbors }: Told) {
  return {
    longest_row: {
      characters,
      tokens_estimate: tokens,
      estimated: `UTF-8 bytes / ${bytesOfToken}, without the chat template`,
    },
    ...(refused
      ? {
          strict_template_refuses: {
            rows: Object.values(refused).reduce((sum, count) => sum + count, 0),
            reasons: Object.fromEntries(Object.entries(refused).sort()),
          },
        }
      : {}),
    ...(neighbors === null ? {} : { same_prompt_neighbors: neighbors }),
  }
}

function sumOf(text: Text, lengthOf: (one: string) => number): number {
  if (typeof text === 'string') return lengthOf(text)
  return text.reduce((sum, { content }) => sum + lengthOf(content), 0)
}
