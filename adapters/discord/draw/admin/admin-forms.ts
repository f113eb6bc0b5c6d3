/** The forms of admins: an export with its options, an import by file. Pure. */
import { exportAnswers } from '../../../../src/chat/commands/admin/export.ts'
import { typed } from '../../../../src/chat/commands/notation.ts'
import type { ExportForm } from '../../../../src/chat/port/port.ts'
import { sayOption, sayUsual } from '../../../../src/chat/words/say.ts'
import type { Words } from '../../../../src/chat/words/words.ts'
import { budgets, limits } from '../../limits.ts'
import { adminFormId, inputId } from '../../receive/form-ids.ts'
import { isDrawable } from '../../receive/ids.ts'
import { exportAsId, menuId } from '../../receive/page-ids.ts'
import { linesWithin, textWithin } from '../budget.ts'
import {
  bold,
  brief,
  button,
  type Component,
  type Label,
  label,
  type ModalBody,
  markdown,
  menu,
  modal,
  option,
  plain,
  rows,
} from '../components.ts'
import { escapeDiscord } from '../escape.ts'

/** The formats to choose from, in a menu: its form opens once one is chosen. */
export function drawFormats({ dataset, formats }: ExportForm, said: Words): Component[] {
  const options = formats
    .map(({ name, about }) => ({ name, about, id: exportAsId(name, dataset.name) }))
    .filter(({ id }) => isDrawable(id))
    .slice(0, limits.selectOptions)
    .map(({ name, about, id }) => option(name, id, { description: about }))
  return [
    markdown(bold(`${said.exportFile}: ${dataset.title}`)),
    plain(said.exportChoose),
    ...(options.length > 0 ? [menu(menuId('', 'formats'), said.exportFormat, options)] : []),
  ]
}

/** The options of the chosen format; null before one is chosen, and see isDrawable. */
export function drawExportForm(form: ExportForm, nonce: string, said: Words): ModalBody | null {
  const format = form.formats.find(({ name }) => name === form.chosen)
  if (!format) return null
  const id = adminFormId('export', form.dataset.name, nonce, format.name)
  if (!isDrawable(id)) return null
  const { options } = format
  const places = limits.modalComponents
  const shown = options.length > places ? options.slice(0, places - 1) : options
  const rest = options.slice(shown.length).map(({ name }) => sayOption(name, said))
  const values = { dataset: form.dataset.name, format: format.name }
  const command = typed('discord', exportAnswers, values)
  return modal(id, `${format.name}: ${form.dataset.title}`, [
    ...shown.map((one) => drawOption(one, nonce, said)),
    ...(rest.length > 0 ? [textWithin(said.exportMore(rest, command), budgets.notice)] : []),
    ...(options.length === 0 ? [plain(said.exportNoOptions(format.name))] : []),
  ])
}

function drawOption(
  one: ExportForm['formats'][number]['options'][number],
  nonce: string,
  said: Words,
): Label {
  const { name, values } = one
  const custom_id = inputId(0, name, nonce)
  const title = sayOption(name, said)
  if (values === null)
    return label(title, { type: 4, custom_id, style: 1, required: false, max_length: 500 })
  const options = values.slice(0, limits.selectOptions).map((value) => option(value, value))
  return label(title, {
    type: 3,
    custom_id,
    placeholder: brief(sayUsual(one, said), limits.placeholder),
    options,
    min_values: 0,
    max_values: 1,
    required: false,
  })
}

/** What was chosen, by the names of options. */
export function readExportForm(
  values: ReadonlyMap<string, string>,
  format: string | null,
): { format: string; options: Record<string, string> } {
  const options = [...values].filter(([name]) => name !== formatKey)
  return {
    format: format ?? values.get(formatKey) ?? '',
    options: Object.fromEntries(options),
  }
}

/** Every problem under the name of its field, with a button back to the form. */
export function drawExportProblems(
  problems: Readonly<Record<string, string>>,
  { dataset, format }: { dataset: string; format: string },
  said: Words,
): Component[] {
  const lines = Object.entries(problems).map(([name, problem]) => {
    const title = name === formatKey ? said.exportFormat : sayOption(name, said)
    return `${bold(title)}: ${escapeDiscord(problem)}`
  })
  const again = exportAsId(format, dataset)
  return [
    linesWithin(lines, budgets.notice),
    ...(isDrawable(again) ? rows([button(said.exportFile, again, 'primary')]) : []),
  ]
}

export function drawImportForm(
  dataset: { name: string; title: string },
  nonce: string,
  said: Words,
): ModalBody | null {
  const id = adminFormId('import', dataset.name, nonce)
  if (!isDrawable(id)) return null
  const upload = {
    type: 19 as const,
    custom_id: inputId(0, 'file', nonce),
    required: true,
    min_values: 1,
    max_values: 1,
    file_types: ['.jsonl', '.ndjson', '.json', '.csv', '.tsv', '.gz', '.parquet'],
  }
  return modal(id, `${said.importFile}: ${dataset.title}`, [
    plain(said.fileHint),
    label(said.importFile, upload, said.fileToImport),
  ])
}

const formatKey = 'as'
