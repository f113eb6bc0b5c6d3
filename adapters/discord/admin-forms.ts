/** The forms of admins: an export with its options, an import by file. Pure. */
import type { ExportForm } from '../../src/chat/port.ts'
import { sayFormats, sayOption } from '../../src/chat/say.ts'
import type { Words } from '../../src/chat/words.ts'
import { type Label, label, type ModalBody, modal, option, plain } from './components.ts'
import { adminFormId, inputId, isDrawable } from './ids.ts'
import { limits } from './limits.ts'

/** Format first; what a format does not know is refused when the form is sent. Null: see isDrawable. */
export function drawExportForm(form: ExportForm, nonce: string, said: Words): ModalBody | null {
  const id = adminFormId('export', form.dataset.name, nonce)
  if (!isDrawable(id)) return null
  const formats = form.formats.slice(0, limits.selectOptions)
  const format = label(said.exportFormat, {
    type: 3,
    custom_id: inputId(0, formatKey, nonce),
    options: formats.map(({ name, about }) => option(name, name, { description: about })),
    min_values: 1,
    max_values: 1,
    required: true,
  })
  // A modal has few places; the command takes what has none here.
  const options = form.options
    .filter(({ values }) => values !== null)
    .slice(0, limits.modalComponents - 1)
    .map(
      ({ name, values }): Label =>
        label(
          sayOption(name, said),
          {
            type: 3,
            custom_id: inputId(0, name, nonce),
            placeholder: said.exportUsual,
            options: (values ?? [])
              .slice(0, limits.selectOptions)
              .map((value) => option(value, value)),
            min_values: 0,
            max_values: 1,
            required: false,
          },
          sayFormats(form, name),
        ),
    )
  return modal(id, `${said.exportFile}: ${form.dataset.title}`, [format, ...options])
}

/** What was chosen, by the names of options. */
export function readExportForm(values: ReadonlyMap<string, string>): {
  format: string
  options: Record<string, string>
} {
  const options = [...values].filter(([name]) => name !== formatKey)
  return { format: values.get(formatKey) ?? '', options: Object.fromEntries(options) }
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
