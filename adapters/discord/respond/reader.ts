/** Texts in full, page by page or as a file. */
import { fileText } from '../../../src/chat/cards/content.ts'
import type { Reader, Reply } from '../../../src/chat/port/port.ts'
import { type MessageBody, message } from '../draw/components.ts'
import { drawMessage, fileName } from '../draw/message.ts'
import { legendOf } from '../draw/questions/legend.ts'
import { drawPage } from '../draw/task/reading.ts'
import type { Parsed } from '../receive/parsed.ts'
import { type Answer, type AnswerContext, beside, type Place, place } from './answers.ts'
import { cardOf } from './task-card.ts'

/** One page of a text, in a new reader or in place of the last page; or all of it as a file. */
export async function read(
  parsed: Extract<Parsed, { type: 'read' }>,
  context: AnswerContext,
  at: Place,
): Promise<Answer> {
  const { page, as, ref } = parsed
  const found = await findText(parsed, context)
  if ('type' in found) return beside(drawMessage(found, at.said).components, at)
  const { assignmentId, schemaVersion } = parsed.on
  if (as === 'file') {
    const name = fileName(`${found.title}.md`)
    const bytes = new TextEncoder().encode(fileText(found.content, at.said))
    const body: MessageBody = {
      ...message([{ type: 13, file: { url: `attachment://${name}` } }], at.ephemeral),
      attachments: [{ id: '0', filename: name }],
    }
    return { type: 'message', body, files: [{ name, bytes }] }
  }
  const drawn = drawPage(found, page, { ref, schemaVersion }, at.said, assignmentId)
  return as === 'turn' ? place(drawn, at) : beside(drawn, at)
}

type Told = Exclude<Reply, { type: 'nothing' | 'reader' }>

async function findText(
  { by, on, ref, part, view }: Extract<Parsed, { type: 'read' }>,
  { handle, shown }: AnswerContext,
): Promise<Omit<Reader, 'assignmentId'> | Told> {
  const { assignmentId, schemaVersion } = on
  if ('legend' in ref) {
    const form = await shown(by, assignmentId, schemaVersion)
    const question = form?.questions[ref.legend]
    if (question) return { title: question.title, content: legendOf(question) ?? question.title }
  }
  let asked = part
  if ('passage' in ref && !asked) {
    const card = await cardOf(handle, by, { assignmentId, editing: false })
    const name = 'type' in card ? undefined : card.passages[ref.passage]?.name
    asked = name === undefined ? null : { field: name }
  }
  const reply =
    'guidelines' in ref
      ? await handle({ by, type: 'guidelines', assignmentId })
      : await handle({
          ...{ by, type: 'read', assignmentId, part: asked ?? { field: '' } },
          ...(view ? { view } : {}),
        })
  if (reply.type === 'reader') {
    const { title, content, rendering } = reply.reader
    return { title, content, ...(rendering ? { rendering } : {}) }
  }
  return reply.type === 'nothing' ? { type: 'notice', text: '…' } : reply
}
