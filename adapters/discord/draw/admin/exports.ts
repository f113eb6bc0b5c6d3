/** The progress of an export, an import or a generation, with Cancel, and links to files too large for Discord. */
import {
  cancelExportId,
  cancelGenerationId,
  cancelImportId,
} from '../../../../src/chat/port/ids.ts'
import type {
  ExportProgress,
  GenerationProgress,
  ImportProgress,
} from '../../../../src/chat/port/port.ts'
import { sayGeneration } from '../../../../src/chat/words/generation-lines.ts'
import { sayExport, sayImport, sayLink } from '../../../../src/chat/words/say.ts'
import type { Words } from '../../../../src/chat/words/words.ts'
import { budgets } from '../../limits.ts'
import { textWithin } from '../budget.ts'
import { button, type Component, markdown, rows } from '../components.ts'
import { escapeDiscord } from '../escape.ts'

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
      ? rows([button(said.exportCancel, cancelExportId(progress.exportId), 'danger')])
      : []),
  ]
}

export function drawImport(progress: ImportProgress, said: Words): Component[] {
  const cancel = () => button(said.exportCancel, cancelImportId(progress.importId), 'danger')
  return [
    textWithin(sayImport(said, progress)),
    ...(progress.state === 'reading' ? rows([cancel()]) : []),
  ]
}

export function drawGeneration(progress: GenerationProgress, said: Words): Component[] {
  const isUnderWay = progress.state === 'queued' || progress.state === 'running'
  const cancel = () =>
    button(said.exportCancel, cancelGenerationId(progress.generationId), 'danger')
  return [
    textWithin(sayGeneration(said, progress), budgets.notice),
    ...(isUnderWay ? rows([cancel()]) : []),
  ]
}

/** An export has four files at most: two halves, what lies beside them, and the manifest. */
const mostLinks = 4
