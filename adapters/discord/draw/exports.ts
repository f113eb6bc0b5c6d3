/** How far an export or an import is, as a Discord message with its way to cancel; links to what is too large. */
import type { ExportProgress, ImportProgress, Interaction } from '../../../src/chat/port/port.ts'
import { sayExport, sayImport, sayLink } from '../../../src/chat/words/say.ts'
import type { Words } from '../../../src/chat/words/words.ts'
import { budgets } from '../limits.ts'
import { textWithin } from './budget.ts'
import { button, type Component, markdown, rows } from './components.ts'
import { escapeDiscord } from './escape.ts'

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

export function drawImport(progress: ImportProgress, said: Words): Component[] {
  const cancel = () => button(said.exportCancel, `${cancelImportId}${progress.importId}`, 'danger')
  return [
    textWithin(sayImport(said, progress)),
    ...(progress.state === 'reading' ? rows([cancel()]) : []),
  ]
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
/** An export has four files at most: two halves, what lies beside them, and the manifest. */
const mostLinks = 4

type Cancels = 'admin-export-cancel' | 'admin-import-cancel'
type Cancel = { [Type in Cancels]: Omit<Extract<Interaction, { type: Type }>, 'by'> }[Cancels]
