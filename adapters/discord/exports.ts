/** How far an export is, as a Discord message with its way to cancel, and links to what is too large. */
import type { ExportProgress, Interaction } from '../../src/chat/port.ts'
import { sayExport, sayLink } from '../../src/chat/say.ts'
import type { Words } from '../../src/chat/words.ts'
import { textWithin } from './budget.ts'
import { button, type Component, markdown, rows } from './components.ts'
import { escapeDiscord } from './escape.ts'
import { budgets } from './limits.ts'

export function drawExport(progress: ExportProgress, said: Words): Component[] {
  return [
    textWithin(sayExport(said, progress), budgets.notice),
    ...progress.links
      .slice(0, mostLinks)
      .map((link) =>
        markdown(
          `[${escapeDiscord(link.name).slice(0, 200)}](${link.url})\n${escapeDiscord(sayLink(said, link))}`,
        ),
      ),
    ...(progress.state === 'writing'
      ? rows([button(said.exportCancel, `${cancelId}${progress.exportId}`, 'danger')])
      : []),
  ]
}

/** What its button asks for; null for any other. */
export function parseExportId(id: string): Omit<Cancel, 'by'> | null {
  const exportId = id.startsWith(cancelId) ? id.slice(cancelId.length) : ''
  return /^\d{1,18}$/.test(exportId) ? { type: 'admin-export-cancel', exportId } : null
}

const cancelId = 'v1:export-cancel:'
/** An export has four files at most: two halves, what lies beside them, and the manifest. */
const mostLinks = 4

type Cancel = Extract<Interaction, { type: 'admin-export-cancel' }>
