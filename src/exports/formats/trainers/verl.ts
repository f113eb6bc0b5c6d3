/**
 * The `verl` format: Parquet for verl's RL trainers, a prompt with what a reward function checks
 * answers against, or for its SFT trainer, whole chats
 * (https://verl.readthedocs.io/en/latest/preparation/prepare_data.html; verl/utils/dataset).
 */
import { z } from 'zod'
import { didYouMean } from '../../../datasets/did-you-mean.ts'
import type { DatasetDocument } from '../../../datasets/document.ts'
import { invalid } from '../../../errors.ts'
import { majority } from '../../../quality/measures/consensus/majority.ts'
import { answerFlags, type ExportFlags } from '../../options.ts'
import { parseKeep, unusable } from '../../pairs/usable.ts'
import type { ExportRecord } from '../../source.ts'
import { buildPrompt, promptParts, writtenNames } from '../content.ts'
import { derive, oneAnswer, PlainMessages, wholeChat } from '../derive.ts'
import type { Made, RowFormat, RowMaker } from '../format.ts'
import { prompts } from '../prompts.ts'
import { sft } from '../sft.ts'

export const verl: RowFormat = {
  takes: [
    'rows',
    'question',
    'choice',
    'edits',
    ...answerFlags,
    'turns',
    'split',
    'seed',
    'parquet',
  ],
  type: 'rows',
  file: 'parquet',
  open: (document, flags) =>
    flags.rows === 'sft' ? openChats(document, flags) : openPrompts(document, flags),
}

function openChats(document: DatasetDocument, { rows: _, ...flags }: ExportFlags): RowMaker {
  const written = sft.open(document, { turns: 'strict', ...flags, shape: 'messages' })
  return {
    ...written,
    // Its dataset unpacks structs of texts, and no JSON.
    isTemplated: false,
    strategies: { rows: 'sft', ...written.strategies },
    columns: [{ name: 'messages', type: 'messages' }],
    row: z.strictObject({ messages: PlainMessages }),
    make: (record) => derive(written.make(record), (chat) => ({ messages: wholeChat(chat) })),
  }
}

const PromptRow = z.strictObject({
  data_source: z.string().min(1),
  prompt: PlainMessages,
  reward_model: z.strictObject({ style: z.enum(['rule', 'model']), ground_truth: z.string() }),
  extra_info: z.strictObject({ index: z.int().min(0), external_id: z.string() }),
})

function openPrompts(document: DatasetDocument, { rows: _, ...flags }: ExportFlags): RowMaker {
  const { from, ...made } = openTruth(document, { turns: 'strict', ...flags, shape: 'messages' })
  let index = -1
  return {
    strategies: { rows: 'rl', ground_truth: from, ...made.strategies },
    ...(made.turns ? { turns: made.turns } : {}),
    needsTimes: made.needsTimes ?? false,
    columns: [
      { name: 'data_source', type: 'string' },
      { name: 'prompt', type: 'messages' },
      {
        name: 'reward_model',
        type: 'struct',
        fields: [
          { name: 'style', type: 'string' },
          { name: 'ground_truth', type: 'string' },
        ],
      },
      {
        name: 'extra_info',
        type: 'struct',
        fields: [
          { name: 'index', type: 'int' },
          { name: 'external_id', type: 'string' },
        ],
      },
    ],
    row: PromptRow,
    make(record) {
      return derive(made.make(record), ({ prompt, answers }) => {
        const truth = answers.length > 0 ? oneAnswer(answers[0]) : ''
        if (truth === null) return 'not_one_answer'
        index += 1
        return {
          data_source: document.name,
          prompt,
          // Without a style its trainer ends in validation; a model judges where nothing can be checked.
          reward_model: { style: answers.length > 0 ? 'rule' : 'model', ground_truth: truth },
          extra_info: { index, external_id: record.external_id },
        }
      })
    },
  }
}

/** Prompts with what people say is right: the text they wrote, else the label most chose, else nothing. */
function openTruth(document: DatasetDocument, flags: ExportFlags): RowMaker & { from: string } {
  const inPrompt = writtenNames(document, promptParts(document))
  // Of a prompt that is just written, a label says what kind it is.
  const fit = document.questions.filter(
    ({ name, type, of }) =>
      of === 'record' &&
      ((type === 'text' && !inPrompt.has(name)) || (type === 'label' && inPrompt.size === 0)),
  )
  const names = fit.map(({ name }) => name)
  if (flags.question !== undefined && !names.includes(flags.question))
    throw invalid({
      question: `"${flags.question}" says no truth about a record.${didYouMean(flags.question, names)}`,
    })
  const texts = fit.filter(({ type }) => type === 'text')
  const asked = fit.find(({ name }) => name === flags.question)
  const label = asked?.type === 'label' ? asked : fit.find(({ type }) => type === 'label')
  const isWritten =
    asked?.type === 'text' ||
    (!asked && (document.export?.completion !== undefined || texts.some((text) => text.required)))
  if (isWritten) {
    const { choice = 'latest', edits = 'without', ...others } = flags
    return { from: 'the written answer', ...sft.open(document, { ...others, edits, choice }) }
  }
  if (flags.edits && flags.edits !== 'without')
    throw invalid({ edits: 'Edits are chats here: ask for --rows sft, or leave the option out.' })
  if (flags.choice)
    throw invalid({ choice: 'No text is written here that could be chosen. Leave it out.' })
  const { question: __, edits: ___, ...others } = flags
  if (label)
    return { from: `the majority of ${label.name}`, ...openLabels(document, others, label.name) }
  return { from: 'none', ...prompts.open(document, others) }
}

function openLabels(document: DatasetDocument, flags: ExportFlags, question: string): RowMaker {
  const base = prompts.open(document, flags)
  const parts = promptParts(document)
  const keep = parseKeep(flags.keep, document)
  const { unique: _, ...strategies } = base.strategies
  return {
    ...base,
    strategies,
    make(record): Made {
      const prompt = buildPrompt(parts, record.fields, 'messages')
      const labels = labelsOf(record, question)
      const most = majority(labels).value
      if (!keep(record)) return { rows: [], dropped: ['not_kept'] }
      if (prompt === null) return { rows: [], dropped: ['no_prompt'] }
      if (most === null) return { rows: [], dropped: [labels.length > 0 ? 'tie' : 'unanswered'] }
      const answers = [[{ role: 'assistant', content: most }]]
      return { rows: [{ row: {}, chat: { prompt, answers } }], dropped: [] }
    },
  }
}

function labelsOf({ responses }: ExportRecord, question: string): string[] {
  return responses.flatMap((response) => {
    const value = Object.hasOwn(response.values, question) ? response.values[question] : undefined
    return unusable(response) === null && typeof value === 'string' ? [value] : []
  })
}
