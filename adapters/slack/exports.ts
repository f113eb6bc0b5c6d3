/** How far an export is, as a Slack message with its way to cancel, and links to what is too large. */
import type { ExportProgress, Interaction } from '../../src/chat/port.ts'
import { sayExport, sayLink } from '../../src/chat/say.ts'
import { escapeSlack, shorten } from '../../src/chat/text.ts'
import type { Words } from '../../src/chat/words.ts'
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

/** What its button asks for; null for any other. */
export function parseExportId(id: string): Omit<Cancel, 'by'> | null {
  const exportId = id.startsWith(cancelId) ? id.slice(cancelId.length) : ''
  return /^\d{1,18}$/.test(exportId) ? { type: 'admin-export-cancel', exportId } : null
}

const cancelId = 'v1:export-cancel:'

type Cancel = Extract<Interaction, { type: 'admin-export-cancel' }>
