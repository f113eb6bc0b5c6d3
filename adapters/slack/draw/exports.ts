/** How far an export or an import is, as a Slack message with its way to cancel; links to what is too large. */
import type { ExportProgress, ImportProgress, Interaction } from '../../../src/chat/port/port.ts'
import { escapeSlack, shorten } from '../../../src/chat/text.ts'
import { sayExport, sayLink } from '../../../src/chat/words/say.ts'
import type { Words } from '../../../src/chat/words/words.ts'
import { actions, type Block, button, type Message, section } from './blocks.ts'

export function drawExport(progress: ExportProgress, said: Words): Message {
  const text = shorten(sayExport(said, progress), 2000)
  const links = progress.links.map(
    (link): Block => ({
      type: 'section',
      text: {
        type: 'mrkdwn',
        text: `<${escapeSlack(link.url)}|${escapeSlack(shorten(link.name, 200))}>\n${escapeSlack(sayLink(said, link))}`,
        verbatim: true,
      },
    }),
  )
  return {
    text: escapeSlack(text),
    blocks: [
      section(text),
      ...links,
      ...(progress.state === 'writing'
        ? [actions(button(said.exportCancel, `${cancelId}${progress.exportId}`, 'danger'))]
        : []),
    ],
  }
}

/** What a message says of an import, with the way to end it while it is read. */
export function withCancel(message: Message, progress: ImportProgress, said: Words): Message {
  if (progress.state !== 'reading') return message
  const cancel = button(said.exportCancel, `${cancelImportId}${progress.importId}`, 'danger')
  return { ...message, blocks: [...message.blocks, actions(cancel)] }
}

/** What their buttons ask for; null for any other. */
export function parseCancelId(id: string): Cancel | null {
  const exportId = numberAfter(cancelId, id)
  if (exportId !== null) return { type: 'admin-export-cancel', exportId }
  const importId = numberAfter(cancelImportId, id)
  return importId === null ? null : { type: 'admin-import-cancel', importId }
}

function numberAfter(start: string, id: string): string | null {
  const number = id.startsWith(start) ? id.slice(start.length) : ''
  return /^\d{1,18}$/.test(number) ? number : null
}

const cancelId = 'v1:export-cancel:'
const cancelImportId = 'v1:import-cancel:'

type Cancels = 'admin-export-cancel' | 'admin-import-cancel'
type Cancel = { [Type in Cancels]: Omit<Extract<Interaction, { type: Type }>, 'by'> }[Cancels]
