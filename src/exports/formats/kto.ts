/**
 * The `kto` format: a prompt, one completion, and whether it is desirable (Ethayarajh et al. 2024;
 * https://huggingface.co/docs/trl/kto_trainer). Labels say it by their desirable set, ratings by
 * thresholds on the mean, rankings by their best and worst level. Its trainers take a neighbouring
 * row's completion for the KL term, so the rows come in an order by seed, those of one prompt apart.
 */
import { z } from 'zod'
import { didYouMean } from '../../datasets/did-you-mean.ts'
import type { DatasetDocument } from '../../datasets/document.ts'
import { invalid } from '../../errors.ts'
import type { Question } from '../../questions/question.ts'
import { answerFlags, type ExportFlags } from '../options.ts'
import { plain } from '../pairs/outputs.ts'
import { openRanked } from '../pairs/ranked.ts'
import { meanRating } from '../pairs/rated.ts'
import { parseKeep, unusable } from '../pairs/usable.ts'
import type { ExportRecord } from '../source.ts'
import {
  buildCompletion,
  buildPrompt,
  noCompletion,
  noPrompt,
  recordPromptParts,
  TrainerText,
  textColumns,
} from './content.ts'
import type { MadeRow, RowFormat } from './format.ts'

/** Ratings in the upper and the lower quarter of the scale are clear; those in between are not. */
const clearShare = 0.25

export const kto: RowFormat = {
  takes: ['shape', 'question', ...answerFlags, 'turns', 'split', 'seed', 'gz', 'parquet'],
  type: 'rows',
  open(document, flags) {
    const question = judgedQuestion(document, flags.question)
    const parts = recordPromptParts(document)
    const { shape = 'messages', turns = 'as-is' } = flags
    const keep = parseKeep(flags.keep, document)
    const { judge, strategy } = openJudge(document, question, flags)
    return {
      strategies: {
        shape,
        prompt: parts.map(({ role, template }) => ({ [role]: template })),
        question: question.name,
        label: strategy,
        order: 'seeded; rows of one prompt apart',
        turns,
      },
      turns,
      isTemplated: shape === 'messages',
      isSpread: true,
      columns: [
        ...textColumns(['prompt', 'completion'], shape),
        { name: 'label', type: 'boolean' },
      ],
      row: z.strictObject({ prompt: TrainerText, completion: TrainerText, label: z.boolean() }),
      make(record) {
        const prompt = buildPrompt(parts, record.fields, shape)
        const rows: MadeRow[] = []
        const dropped: string[] = []
        const verdicts = judge(record)
        for (const [place, output] of record.outputs.entries()) {
          const content = output.text ?? output.messages
          const completion = buildCompletion(content, shape)
          const verdict = verdicts[place] ?? 'unanswered'
          if (!keep(record)) dropped.push('not_kept')
          else if (prompt === null) dropped.push(noPrompt(parts, record.fields, shape))
          else if (completion === null) dropped.push(noCompletion(content, shape))
          else if (typeof verdict === 'string') dropped.push(verdict)
          else
            rows.push({
              row: { prompt, completion, label: verdict },
              chat: { prompt, answers: [completion] },
            })
        }
        return { rows, dropped }
      },
    }
  },
}

/** For each output of a record: desirable, undesirable, or why neither. */
type Judge = (record: ExportRecord) => (boolean | string)[]

/** The requested question, or the first that tells what is desirable: labels, ratings, rankings. */
function judgedQuestion(document: DatasetDocument, asked: string | undefined): Question {
  const fit = document.questions.filter(
    (question) =>
      (question.type === 'label' && question.desirable !== undefined) ||
      (question.type === 'rating' && question.of === 'outputs') ||
      question.type === 'ranking',
  )
  const names = fit.map(({ name }) => name)
  const order = ['label', 'rating', 'ranking']
  const first = fit.sort((a, b) => order.indexOf(a.type) - order.indexOf(b.type))[0]
  const question = asked === undefined ? first : fit.find(({ name }) => name === asked)
  if (question) return question
  if (asked !== undefined)
    throw invalid({
      question: `"${asked}" does not say what is desirable.${didYouMean(asked, names)}`,
    })
  throw invalid({
    as: 'This dataset does not say what is desirable. Give a label question "desirable: [up]", rate outputs, or rank them.',
  })
}

function openJudge(
  document: DatasetDocument,
  question: Question,
  flags: ExportFlags,
): { judge: Judge; strategy: string } {
  if (question.type === 'rating') {
    const [low, high] = [Math.min(...question.options), Math.max(...question.options)]
    const from = high - (high - low) * clearShare
    const to = low + (high - low) * clearShare
    return {
      strategy: `mean rating >= ${from} is desirable, <= ${to} is not`,
      judge: (record) =>
        record.outputs.map(({ id }) => {
          const mean = meanRating(record, question.name, id)
          if (mean === null) return 'unanswered'
          return mean >= from ? true : mean <= to ? false : 'between_thresholds'
        }),
    }
  }
  if (question.type === 'ranking') {
    const { shape: _, turns: __, ...others } = flags
    const ranked = openRanked(
      document,
      { ...others, question: question.name, shape: 'messages' },
      { pairs: 'all', labelers: 'consensus' },
    )
    return {
      strategy: 'best level of the consensus is desirable, worst is not',
      judge: byLevel(ranked),
    }
  }
  const desirable = question.type === 'label' ? (question.desirable ?? []) : []
  return {
    strategy: `majority of the labels; desirable: ${desirable.join(', ')}`,
    judge: (record) =>
      record.outputs.map((output) => majority(record, question, output.id, desirable)),
  }
}

/** Outputs that nothing beats are desirable, those that beat nothing are not. */
function byLevel(ranked: ReturnType<typeof openRanked>): Judge {
  return (record) => {
    const { pairs, dropped } = ranked.make(record)
    return record.outputs.map(({ text, messages }) => {
      const content = buildCompletion(text ?? messages, 'messages')
      if (content === null) return 'empty'
      const mine = plain(content)
      const wins = pairs.some(({ chosen }) => plain(chosen) === mine)
      const loses = pairs.some(({ rejected }) => plain(rejected) === mine)
      if (wins !== loses) return wins
      return wins ? 'between_levels' : (dropped[0] ?? 'tie')
    })
  }
}

function majority(
  record: ExportRecord,
  question: Question,
  output: string,
  desirable: readonly string[],
): boolean | string {
  const labels = record.responses.flatMap((response) => {
    if (unusable(response)) return []
    const value: unknown = Object.getOwnPropertyDescriptor(response.values, question.name)?.value
    // A label of the whole record speaks of its one output.
    if (typeof value === 'string') return record.outputs.length === 1 ? [value] : []
    if (typeof value !== 'object' || value === null) return []
    const one: unknown = Object.getOwnPropertyDescriptor(value, output)?.value
    return typeof one === 'string' ? [one] : []
  })
  if (labels.length === 0) return 'unanswered'
  const good = labels.filter((label) => desirable.includes(label)).length
  if (good * 2 === labels.length) return 'tie'
  return good * 2 > labels.length
}
