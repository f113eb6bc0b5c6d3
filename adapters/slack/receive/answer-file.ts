/** A long answer given as a text file in a form: the file input, and how its text is read. */

import { unescapeSlack } from '../../../src/chat/text.ts'
import { localeNow, type Words } from '../../../src/chat/words/words.ts'
import { asParleyError } from '../../../src/errors.ts'
import type { Question } from '../../../src/questions/question.ts'
import { type Block, label, plain } from '../draw/blocks.ts'
import { inputId } from '../draw/questions/input.ts'
import { budgets, limits } from '../limits.ts'
import type { SlackApi } from '../send/api.ts'
import { fileIdOf } from './files.ts'
import { blockId } from './ids.ts'
import type { Meta } from './metadata.ts'
import type { SubmissionBody, ViewBody } from './payloads.ts'

/** The first text that is required, which may be given as a file; null when there is none. */
export function fileQuestion(questions: readonly Question[]): string | null {
  const asked = questions.find(
    (one) => one.type === 'text' && one.of === 'record' && one.required && one.when === undefined,
  )
  return asked?.name ?? null
}

export function drawFileInput(assignmentId: string, question: string, said: Words): Block {
  return {
    type: 'input',
    block_id: blockId(assignmentId, question, place),
    optional: true,
    label: label(said.orFile, limits.inputLabel),
    hint: plain(said.orFileHint),
    element: { type: 'file_input', action_id: 'v1:file', filetypes: [...kinds], max_files: 1 },
  }
}

/** The text of the file in a form, and the question it answers; null without a file. */
export async function readAnswerFile(
  { view }: SubmissionBody,
  { assignmentId }: Meta,
  api: SlackApi,
  said: Words,
): Promise<{ question: string; text: string } | { errors: Record<string, string> } | null> {
  for (const [block, entered] of Object.entries(view.state?.values ?? {})) {
    if (!block.startsWith(`${assignmentId}:`) || !block.endsWith(`:${place}`)) continue
    const id = fileIdOf(Object.values(entered)[0])
    if (id === null) continue
    const question = block.slice(assignmentId.length + 1, -place.length - 1)
    if (wasTyped(view, blockId(assignmentId, question)))
      return { errors: { [block]: said.fileAndText } }
    const read = await readText(id, api, said)
    return 'problem' in read ? { errors: { [block]: read.problem } } : { question, text: read.text }
  }
  return null
}

/** Whether the text in an input changed since the form was opened. */
function wasTyped({ blocks = [], state }: ViewBody, block: string): boolean {
  const typed = state?.values?.[block]?.[inputId]?.value ?? ''
  const start = blocks.find(({ block_id }) => block_id === block)?.element?.initial_value ?? ''
  return typed.trim() !== '' && typed !== start && typed !== unescapeSlack(start)
}

const place = 'file'
const kinds = ['md', 'markdown', 'txt', 'text'] as const

async function readText(
  id: string,
  api: SlackApi,
  said: Words,
): Promise<{ text: string } | { problem: string }> {
  try {
    const { name, size, url } = await api.fileInfo(id)
    if (!/\.(md|markdown|txt|text)$/i.test(name)) return { problem: said.fileNotText }
    if (size > budgets.answerFileBytes) return { problem: said.fileTooLong }
    const chunks: Uint8Array[] = []
    for await (const chunk of api.download(url, budgets.answerFileBytes)) chunks.push(chunk)
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
    return text.includes('\u0000') ? { problem: said.fileNotText } : { text }
  } catch (error) {
    if (error instanceof TypeError) return { problem: said.fileNotText }
    const known = asParleyError(error)
    return {
      problem: known?.code === 'unavailable' ? known.messageIn(localeNow()) : said.fileNotRead,
    }
  }
}
