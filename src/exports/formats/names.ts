/** The export formats by name, each with what it is for; apart from what writes them, so that help loads fast. */
import { didYouMean } from '../../datasets/did-you-mean.ts'
import { invalid } from '../../errors.ts'

export const aboutFormats = {
  raw: 'every answer with everything known about it, one per line',
  records: 'every record with all its answers, for import',
  sft: 'a prompt and the completion a person wrote, for supervised fine-tuning',
  preference: 'a prompt with a chosen and a rejected output, for DPO and reward models',
  tpo: 'a chosen and a rejected output with an answer a person wrote, for TPO',
  reward: 'every decided pair with a margin, for reward models',
  kto: 'a completion and whether it is desirable, for KTO',
  prompts: 'each prompt once, for reinforcement learning',
  'openai-sft': "chats for OpenAI's supervised fine-tuning",
  'openai-dpo': "preferences for OpenAI's DPO",
  'llama-factory': 'a folder for LLaMA-Factory: preferences, KTO or chats, with dataset_info.json',
  nemo: 'two outputs with their ranks per row, for NeMo; every output with --ranks all',
  verl: 'Parquet for verl: prompts with their ground truth, or chats with --rows sft',
  'ms-swift': 'chats for ms-swift: with a rejected response, with a label for KTO, or alone',
  'axolotl-rm': "a question with a chosen and a rejected answer, for axolotl's reward models",
  vertex: "preferences for Vertex AI's tuning of Gemini",
  nova: 'preferences for the DPO of Amazon Nova',
  arena:
    'one battle of two models per row: winner and both conversations, as in public arena files',
  argilla: "Argilla's own folder, with what it cannot represent in a sidecar",
  'argilla-flat': "the same with the flat columns of Argilla's datasets",
  csv: 'a table for spreadsheets: one row per counted answer, columns for each question and output',
} as const

export type FormatName = keyof typeof aboutFormats

/** @throws ParleyError `invalid`, naming the formats there are. */
export function parseFormatName(text: string): FormatName {
  const names = Object.keys(aboutFormats)
  const found = names.find((name): name is FormatName => name === text)
  if (found) return found
  throw invalid({
    as: `There is no export format "${text}".${didYouMean(text, names)} There are ${names.join(', ')}.`,
  })
}
