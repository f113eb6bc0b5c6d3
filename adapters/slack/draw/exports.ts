/** The progress of an export, an import or a generation, with Cancel, and links to files too large to send. */
import { cancelExportId, cancelGenerationId, cancelImportId } from '../../../src/chat/port/ids.ts'
import type {
  ExportProgress,
  GenerationProgress,
  ImportProgress,
} from '../../../src/chat/port/port.ts'
import { escapeSlack, shorten } from '../../../src/chat/text.ts'
import { sayGeneration } from '../../../src/chat/words/generation-lines.ts'
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

/** A message about a generation, with Cancel while models write. */
export function drawGeneration(progress: GenerationProgress, said: Words): Message {
  const text = shorten(sayGeneration(said, progress), 2500)
  const isUnderWay = progress.state === 'queued' || progress.state === 'running'
  const cancel = () =>
    button(said.exportCancel, cancelGenerationId(progress.generationId), 'danger')
  return {
    text: escapeSlack(text),
    blocks: [section(text), ...(isUnderWay ? [actions(cancel())] : [])],
  }
}
