/** Reads a chat completion: a complete output, a truncated one, a refusal, or nothing. */
import { z } from 'zod'
import type { OutputKind } from '../db/schema/generation.ts'
import { type ChatMessage, longestText, wordsOf } from '../records/message.ts'

export type Answer = {
  kind: OutputKind
  text: string
  finishReason: string | null
  /** The server's own name for the model that answered, if it gives one. */
  servedBy: string | null
  usage: Usage
}

/** In tokens; estimated from characters if the server does not count. */
export type Usage = { input: number; output: number; isEstimated: boolean }

/** Only the keys we read; servers add many of their own. */
const Completion = z.object({
  model: z.string().nullish(),
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
      }),
    )
    .min(1),
  usage: z
    .object({
      prompt_tokens: z.number().nonnegative(),
      completion_tokens: z.number().nonnegative(),
    })
    .nullish(),
})

/** Null if this is not a chat completion. */
export function readAnswer(body: unknown, asked: readonly ChatMessage[]): Answer | null {
  const read = Completion.safeParse(body)
  const [choice] = read.data?.choices ?? []
  if (!read.success || !choice) return null
  const { model, usage } = read.data
  const { content, refusal } = choice.message
  const text = storable(refusal || content || '')
  const finishReason = choice.finish_reason ?? null
  return {
    kind: kindOf(text, finishReason, Boolean(refusal)),
    text: text.slice(0, longestText).toWellFormed(),
    finishReason,
    servedBy: model ?? null,
    usage: usage
      ? { input: usage.prompt_tokens, output: usage.completion_tokens, isEstimated: false }
      : {
          input: asked.reduce((sum, message) => sum + tokensOf(wordsOf(message)), 0),
          output: tokensOf(text),
          isEstimated: true,
        },
  }
}

/** A truncated text must not pass for a complete one, nor may one that is too long to store. */
function kindOf(text: string, finishReason: string | null, isRefused: boolean): OutputKind {
  if (isRefused || finishReason === 'content_filter') return 'refused'
  if (text.trim() === '') return 'empty'
  return finishReason === 'length' || text.length > longestText ? 'cut' : 'whole'
}

/** A token is about four characters. */
export function tokensOf(text: string): number {
  return Math.ceil(text.length / 4)
}

/** Drops what Postgres does not accept in text. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\u{fffd}')
}
