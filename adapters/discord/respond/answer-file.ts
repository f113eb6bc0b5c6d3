/** Texts uploaded as a file in a form. */
import type { Words } from '../../../src/chat/words/words.ts'
import type { Filled } from '../draw/questions/inputs.ts'
import { budgets } from '../limits.ts'
import type { Parsed } from '../receive/parsed.ts'
import type { Attachment } from '../receive/payload.ts'
import type { AnswerContext } from './answers.ts'

/** The texts of a form's files; a file that is not text becomes a problem, and typed text stays. */
export async function withFiles(
  { entered, files }: Extract<Parsed, { type: 'form' }>,
  context: AnswerContext,
  said: Words,
): Promise<{ entered: Map<string, Filled>; problem: string | null }> {
  const all = new Map(entered)
  let problem: string | null = null
  for (const [key, file] of files) {
    const text = await readAnswerFile(file, context, said)
    if ('text' in text) all.set(key, { file: text.text })
    else problem = text.problem
  }
  return { entered: all, problem }
}

async function readAnswerFile(
  { name, size, url }: Attachment,
  context: AnswerContext,
  said: Words,
): Promise<{ text: string } | { problem: string }> {
  if (!/\.(md|markdown|txt|text)$/i.test(name)) return { problem: said.fileNotText }
  if (size > budgets.answerFile) return { problem: said.fileTooLong }
  try {
    const chunks: Uint8Array[] = []
    for await (const chunk of context.download(url, budgets.answerFile)) chunks.push(chunk)
    const bytes = Buffer.concat(chunks)
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return text.includes('\u0000') ? { problem: said.fileNotText } : { text }
  } catch (error) {
    if (error instanceof TypeError) return { problem: said.fileNotText }
    context.log.warn(
      { event: 'discord.file_unread', err: error },
      'A file given as an answer could not be read.',
    )
    return { problem: said.fileNotRead }
  }
}
