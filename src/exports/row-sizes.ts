/** What the manifest reports about the rows: the longest one, and how many strict readers refuse. */
import { wordsOf } from '../records/message.ts'
import type { Chat, Text } from './formats/format.ts'
import { turnProblem } from './formats/turns.ts'

export type RowSizes = {
  /** Of the longest row; its prompt and the longest of its answers. */
  characters: number
  /** Of the row with the most; an estimate, see below. */
  tokens: number
  /** Rows that strict chat templates refuse, by reason; null where none could be among them. */
  refused: { [reason: string]: number } | null
  /** Rows next to another row of the same prompt; null where the order does not matter. */
  neighbors: number | null
}

export function openRowSizes(): RowSizes {
  return { characters: 0, tokens: 0, refused: null, neighbors: null }
}

/** Counts a row and returns its characters. */
export function countRow(sizes: RowSizes, chat: Chat): number {
  const longest = (lengthOf: (text: Text) => number) =>
    lengthOf(chat.prompt) + Math.max(0, ...chat.answers.map(lengthOf))
  const characters = longest((text) => sumOf(text, (one) => one.length))
  const bytes = longest((text) => sumOf(text, (one) => Buffer.byteLength(one)))
  sizes.characters = Math.max(sizes.characters, characters)
  sizes.tokens = Math.max(sizes.tokens, Math.ceil(bytes / bytesOfToken))
  return characters
}

/** Counts a row that strict chat templates refuse. */
export function countRefusal(sizes: RowSizes, chat: Chat): void {
  sizes.refused ??= {}
  const why = turnProblem(chat)
  if (why) sizes.refused[why] = (sizes.refused[why] ?? 0) + 1
}

/**
 * English and code have more bytes per token, Cyrillic about as many, Chinese one token per character.
 * Tokenizers differ; a limit set by this estimate is on the safe side.
 */
const bytesOfToken = 3

export function printRowSizes({ characters, tokens, refused, neighbors }: RowSizes) {
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
  return text.reduce((sum, message) => sum + lengthOf(wordsOf(message)), 0)
}
