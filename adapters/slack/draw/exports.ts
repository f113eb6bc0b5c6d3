/** The progress of an export or import, with Cancel, and links to files too large to send. */
import { cancelExportId, cancelImportId } from '../../../src/chat/port/ids.ts'
import type { ExportProgress, ImportProgress } from '../../../src/chat/port/port.ts'
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
        ? [actions(button(said.exportCancel, cancelExportId(progress.exportId), 'danger'))]
        : []),
    ],
  }
}

/** A message about an import, with Cancel while the file is read. */
export function withCancel(message: Message, progress: ImportProgress, said: Words): Message {
  if (progress.state !== 'reading') return message
  const cancel = button(said.exportCancel, cancelImportId(progress.importId), 'danger')
  return { ...message, blocks: [...message.blocks, actions(cancel)] }
}
