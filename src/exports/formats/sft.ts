/**
 * The `sft` format: a prompt and the completion a person wrote for it, for supervised fine-tuning.
 * TRL reads it as prompt-completion data (https://huggingface.co/docs/trl/dataset_formats).
 */
import { z } from 'zod'
import type { DatasetDocument } from '../../datasets/document.ts'
import { invalid } from '../../errors.ts'
import type { ChatMessage } from '../../records/message.ts'
import { answerFlags, type choices } from '../options.ts'
import { type Edits, openEdits } from '../pairs/edits.ts'
import { parseKeep, unusable } from '../pairs/usable.ts'
import type { ExportResponse } from '../source.ts'
import {
  authorColumn,
  buildCompletion,
  buildPrompt,
  fill,
  noPrompt,
  promptParts,
  TrainerText,
  textColumns,
  textQuestions,
  writtenNames,
  writtenText,
} from './content.ts'
import type { Made, RowFormat } from './format.ts'

export const sft: RowFormat = {
  takes: [
    'shape',
    'question',
    'choice',
    'edits',
    ...answerFlags,
    'turns',
    'split',
    'seed',
    'gz',
    'parquet',
  ],
  type: 'rows',
  open(document, flags) {
    const parts = promptParts(document)
    const inPrompt = writtenNames(document, parts)
    const edits = openEdits(document, flags)
    const completion = writtenTemplate(document, flags.question, inPrompt, edits)
    const { shape = 'messages', turns = 'as-is' } = flags
    const keep = parseKeep(flags.keep, document)
    const choose = openChoice(document, flags.choice ?? 'all')
    return {
      strategies: {
        shape,
        prompt: parts.map(({ role, template }) => ({ [role]: template })),
        ...(completion === null ? {} : { completion }),
        choice: choose.strategy,
        ...(edits.strategy === null ? {} : { edits: edits.strategy }),
        turns,
      },
      turns,
      needsTimes: choose.strategy !== 'all',
      isTemplated: shape === 'messages',
      columns: [
        ...textColumns(['prompt', 'completion'], shape),
        ...(inPrompt.size > 0 ? [authorColumn] : []),
      ],
      row: inPrompt.size > 0 ? AuthoredRow : SftRow,
      make(record): Made {
        const shared = buildPrompt(parts, record.fields, shape)
        const promptOf = ({ values }: ExportResponse) =>
          inPrompt.size > 0 ? buildPrompt(parts, record.fields, shape, values) : shared
        const dropped: string[] = []
        const written: Written[] = []
        for (const response of completion === null ? [] : record.responses) {
          const why = unusable(response) ?? (keep(record) ? null : 'not_kept')
          const text = fill(completion ?? '', response.values)
          const content = buildCompletion(text, shape)
          const prompt = promptOf(response)
          if (why) dropped.push(why)
          else if (prompt === null) dropped.push(noPrompt(parts, record.fields, shape))
          else if (content === null) dropped.push('unanswered')
          else written.push({ prompt, content, response })
        }
        const improved = edits.read(record)
        dropped.push(...improved.dropped)
        for (const { edited, response } of improved.found) {
          const prompt = promptOf(response)
          if (!keep(record)) dropped.push('not_kept')
          else if (prompt === null) dropped.push('no_prompt')
          else written.push({ prompt, content: edited, response })
        }
        const chosen = choose.from(written)
        dropped.push(...Array<string>(written.length - chosen.length).fill('not_chosen'))
        return {
          rows: chosen.map((one) => rowOf(one, inPrompt.size > 0)),
          dropped,
        }
      },
    }
  },
}

function rowOf({ prompt, content, response }: Written, isAuthored: boolean) {
  return {
    row: {
      ...{ prompt, completion: content },
      ...(isAuthored ? { author: response.labeler } : {}),
    },
    chat: { prompt, answers: [content] },
  }
}

const SftRow = z.strictObject({ prompt: TrainerText, completion: TrainerText })
/** Whose prompt it is, where labelers wrote it. */
const AuthoredRow = SftRow.extend({ author: z.string().min(1) })

type Written = {
  prompt: string | ChatMessage[]
  content: string | ChatMessage[]
  response: ExportResponse
}

/** Which of a record's completions become rows. Of equally rated ones the last one written wins. */
export function openChoice(document: DatasetDocument, choice: (typeof choices)[number]) {
  const latest = <One extends Given>(written: readonly One[]) =>
    written.toSorted((a, b) => timeOf(b.response) - timeOf(a.response)).slice(0, 1)
  switch (choice) {
    case 'all':
      return { strategy: choice, from: <One extends Given>(written: readonly One[]) => written }
    case 'latest':
      return { strategy: choice, from: latest }
    case 'best-rated': {
      const rating = document.questions.find(
        ({ type, of }) => type === 'rating' && of === 'record',
      )?.name
      if (rating === undefined)
        throw invalid({
          choice: 'This dataset asks for no rating of the completion. Choose all or latest.',
        })
      return {
        strategy: `${choice} by ${rating}, then latest`,
        from<One extends Given>(written: readonly One[]) {
          const best = Math.max(...written.map(({ response }) => ratingOf(response, rating)))
          return latest(written.filter(({ response }) => ratingOf(response, rating) === best))
        },
      }
    }
  }
}

type Given = { response: ExportResponse }

/** The rating given with the completion; without one it is behind all that have one. */
function ratingOf({ values }: ExportResponse, question: string): number {
  const value = Object.hasOwn(values, question) ? values[question] : undefined
  return typeof value === 'number' ? value : -1
}

function timeOf({ submitted_at: at }: ExportResponse): number {
  return at ? Date.parse(at) : 0
}

/** The written completions, unless only edits are requested, or there is nothing else. */
function writtenTemplate(
  document: DatasetDocument,
  question: string | undefined,
  inPrompt: ReadonlySet<string>,
  { strategy }: Edits,
): string | null {
  if (strategy === 'only') return null
  const isWritten =
    document.export?.completion !== undefined ||
    inPrompt.size > 0 ||
    document.questions.some(
      ({ type, of, required }) => type === 'text' && of === 'record' && required,
    )
  return strategy === 'with' && !isWritten && question === undefined
    ? null
    : completionTemplate(document, question, inPrompt)
}

/**
 * The question asked for, else `export.completion`, else the first text that must be written, or beside
 * a prompt of their own, the one named completion. What is the prompt is no completion.
 */
function completionTemplate(
  document: DatasetDocument,
  question: string | undefined,
  inPrompt: ReadonlySet<string>,
): string {
  const names = textQuestions(document).filter((name) => !inPrompt.has(name))
  const isUsual = (name: string) => inPrompt.size > 0 && name === 'completion'
  return writtenText(document, question, { names, flag: 'question', what: 'completions', isUsual })
}
