/**
 * The `arena` format: one battle a row as the public arena files have them: `model_a`, `model_b`, `winner`
 * (`model_a`, `model_b`, `tie` or `both_bad`) and both conversations. Any vote on two outputs of known
 * models is one, the first output of the record being A; an import of the file reads it back.
 */
import { z } from 'zod'
import { invalid } from '../../errors.ts'
import { readRanks } from '../../quality/result/record-disagreement.ts'
import { ChatMessage } from '../../records/message.ts'
import { answerFlags } from '../options.ts'
import { parseKeep, unusable } from '../pairs/usable.ts'
import type { ExportRecord, ExportResponse } from '../source.ts'
import { buildCompletion, buildPrompt, noCompletion, promptParts } from './content.ts'
import type { MadeRow, RowFormat } from './format.ts'

export const arena: RowFormat = {
  takes: ['question', ...answerFlags, 'turns', 'split', 'seed', 'gz', 'parquet'],
  type: 'rows',
  open(document, flags) {
    const parts = promptParts(document)
    const { turns = 'as-is' } = flags
    const keep = parseKeep(flags.keep, document)
    const asked = document.questions.filter(({ type }) => type === 'ranking')
    const question = asked.find(({ name }) => (flags.question ?? asked[0]?.name) === name)
    if (!question)
      throw invalid({
        as: 'This dataset asks for no such ranking. The format arena has votes on two outputs.',
      })
    return {
      strategies: {
        question: question.name,
        rows: 'counted answers',
        a: 'the first output',
        turns,
      },
      turns,
      needsTimes: true,
      columns: [
        ...(['id', 'model_a', 'model_b', 'winner', 'judge'] as const).map((name) => ({
          ...{ name, type: 'string' as const },
        })),
        { name: 'conversation_a', type: 'messages' },
        { name: 'conversation_b', type: 'messages' },
        { name: 'turn', type: 'int' },
        { name: 'timestamp', type: 'string' },
      ],
      row: ArenaRow,
      make(record) {
        const rows: MadeRow[] = []
        const dropped: string[] = []
        const prompt = buildPrompt(parts, record.fields, 'messages')
        for (const response of record.responses) {
          const why = unusable(response) ?? (keep(record) ? null : 'not_kept')
          const made = why ?? battleOf(record, response, question.name, prompt)
          if (typeof made === 'string') dropped.push(made)
          else rows.push(made)
        }
        return { rows, dropped }
      },
    }
  },
}

const ArenaRow = z.strictObject({
  id: z.string().min(1),
  model_a: z.string().min(1),
  model_b: z.string().min(1),
  winner: z.enum(['model_a', 'model_b', 'tie', 'both_bad']),
  judge: z.string().min(1),
  conversation_a: z.array(ChatMessage).min(2),
  conversation_b: z.array(ChatMessage).min(2),
  turn: z.int().min(0),
  timestamp: z.string().nullable(),
})

type Side = { id: string; model: string; answer: ChatMessage[] }

/** Both outputs with their models, or why the record is no battle. */
function sidesOf({ outputs }: ExportRecord): { a: Side; b: Side } | string {
  const [a, b, more] = outputs.map((output): Side | string => {
    const content = output.text ?? output.messages
    const answer = buildCompletion(content, 'messages')
    if (!Array.isArray(answer)) return noCompletion(content, 'messages')
    return output.model === undefined ? 'no_model' : { ...output, model: output.model, answer }
  })
  if (a === undefined || b === undefined || more !== undefined) return 'not_two_outputs'
  if (typeof a === 'string') return a
  return typeof b === 'string' ? b : { a, b }
}

/** One vote as a battle, or why it is none. */
function battleOf(
  record: ExportRecord,
  { labeler, values, submitted_at: at }: ExportResponse,
  question: string,
  prompt: ReturnType<typeof buildPrompt>,
): MadeRow | string {
  const sides = sidesOf(record)
  if (typeof sides === 'string') return sides
  if (!Array.isArray(prompt)) return 'no_prompt'
  const { a, b } = sides
  const winner = winnerOf(values[question], a.id, b.id)
  if (winner === null) return 'unanswered'
  const row = {
    id: record.external_id,
    ...{ model_a: a.model, model_b: b.model, winner, judge: labeler },
    conversation_a: [...prompt, ...a.answer],
    conversation_b: [...prompt, ...b.answer],
    turn: prompt.filter(({ role }) => role === 'user').length,
    timestamp: at ?? null,
  }
  return { row, chat: { prompt, answers: [a.answer, b.answer] } }
}

function winnerOf(value: unknown, a: string, b: string) {
  if (isBothBad(value)) return 'both_bad'
  const ranks = readRanks(value)?.ranks
  const [first, second] = [ranks?.[a], ranks?.[b]]
  if (first === undefined || second === undefined) return null
  return first < second ? 'model_a' : first > second ? 'model_b' : 'tie'
}

function isBothBad(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'all_unacceptable' in value &&
    value.all_unacceptable === true
  )
}
