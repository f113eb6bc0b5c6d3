/** The forms an admin opens from the Home tab: an export with its options, an import by file. */
import type { ExportForm, GivenFile } from '../../../src/chat/port/port.ts'
import { sayOption, sayUsual } from '../../../src/chat/words/say.ts'
import { localeNow, type Words } from '../../../src/chat/words/words.ts'
import { asParleyError, invalid } from '../../../src/errors.ts'
import { header, label, type Option, plain, section, type View } from '../draw/blocks.ts'
import type { HowToAllow } from '../groups.ts'
import { limits } from '../limits.ts'
import { notGiven } from '../receive/files.ts'
import type { SubmissionBody } from '../receive/parse.ts'
import type { SlackApi } from '../send/api.ts'
import { slackCode } from '../send/failures.ts'
import { exportFormId, importFormId } from './ids.ts'

/** Format first; once it is chosen, the options that it takes. */
export function drawExportForm(form: ExportForm, said: Words, chosen?: string): View {
  const formats = form.formats.map(({ name, about }) => option(`${name}: ${about}`, name))
  const format = form.formats.find(({ name }) => name === chosen)
  const initial = formats.find(({ value }) => value === chosen)
  const options = format?.options ?? []
  return {
    type: 'modal',
    callback_id: exportFormId,
    private_metadata: JSON.stringify({ d: form.dataset.name }),
    title: label(said.exportFile, limits.viewTitle),
    submit: plain(said.exportFile),
    close: plain(said.close),
    blocks: [
      header(form.dataset.title),
      {
        type: 'input',
        block_id: formatBlock,
        dispatch_action: true,
        label: plain(said.exportFormat),
        element: {
          type: 'static_select',
          action_id: 'v1:format',
          ...(initial ? { initial_option: initial } : {}),
          options: formats,
        },
      },
      ...options.map((one) => drawOption(one, said)),
    ],
  }
}

function drawOption(one: ExportForm['formats'][number]['options'][number], said: Words) {
  const { name, values } = one
  const usual = option(sayUsual(one, said), usualValue)
  return {
    type: 'input' as const,
    block_id: name,
    optional: true,
    label: plain(sayOption(name, said)),
    element: values
      ? {
          type: 'static_select' as const,
          action_id: `v1:${name}`,
          initial_option: usual,
          options: [
            usual,
            ...values.filter((value) => value !== one.usual).map((value) => option(value, value)),
          ],
        }
      : { type: 'plain_text_input' as const, action_id: `v1:${name}`, max_length: 500 },
  }
}

/** The format that was chosen just now in an open form, and where the form is; null for other presses. */
export function readFormatChosen(
  body: object,
): { dataset: string; format: string; viewId: string; hash: string | undefined } | null {
  const { view, actions } = body as {
    view?: { id?: string; hash?: string; callback_id?: string; private_metadata?: string }
    actions?: { selected_option?: { value?: string } | null }[]
  }
  const format = actions?.[0]?.selected_option?.value
  if (view?.callback_id !== exportFormId || !view.id || !format) return null
  const { d } = parsed(view.private_metadata ?? '')
  return { dataset: typeof d === 'string' ? d : '', format, viewId: view.id, hash: view.hash }
}

export function readExportForm(submission: SubmissionBody): {
  dataset: string
  format: string
  options: Record<string, string>
} {
  const options: Record<string, string> = {}
  let format = ''
  for (const [block, entered] of Object.entries(submission.view.state?.values ?? {})) {
    const [element] = Object.values(entered)
    const value = element?.selected_option?.value ?? element?.value?.trim()
    if (!value || value === usualValue) continue
    if (block === formatBlock) format = value
    else options[block] = value
  }
  return { dataset: readDatasetName(submission), format, options }
}

export function drawImportForm(dataset: { name: string; title: string }, said: Words): View {
  return {
    type: 'modal',
    callback_id: importFormId,
    private_metadata: JSON.stringify({ d: dataset.name }),
    title: label(said.importFile, limits.viewTitle),
    submit: plain(said.importFile),
    close: plain(said.close),
    blocks: [
      header(dataset.title),
      section(said.fileHint),
      {
        type: 'input',
        block_id: fileBlock,
        label: plain(said.fileToImport),
        element: { type: 'file_input', action_id: 'v1:file', max_files: 1 },
      },
    ],
  }
}

/** The file that was given, its bytes to be fetched when somebody may read them; or what is wrong. */
export async function readGivenFile(
  { view }: SubmissionBody,
  api: SlackApi,
  howToAllow: HowToAllow,
  said: Words,
): Promise<{ file: GivenFile } | { problem: string }> {
  const [entered] = Object.values(view.state?.values?.[fileBlock] ?? {})
  const id = fileIdOf(entered)
  if (id === null) return { problem: said.fileMissing }
  try {
    const { name, size } = await api.fileInfo(id)
    if (!/\.((jsonl|ndjson|json|csv|tsv)(\.gz)?|parquet)$/i.test(name))
      return { problem: said.fileWrongKind }
    if (size > limits.fileInputBytes) return { problem: said.fileTooLarge }
    return { file: { name, size, ref: id } }
  } catch (error) {
    if (slackCode(error) === 'missing_scope')
      return { problem: said.importScope(await howToAllow(['files:read'])) }
    const known = asParleyError(error)
    return {
      problem: known?.code === 'unavailable' ? known.messageIn(localeNow()) : said.fileUnread,
    }
  }
}

/** The bytes of such a file, by its id: the token that opens it is looked up where it is read. */
export async function* openGivenFile(
  api: SlackApi,
  { ref }: GivenFile,
): AsyncGenerator<Uint8Array> {
  const { url } = await api.fileInfo(ref).catch((error: unknown) => {
    const code = slackCode(error)
    if (code === 'file_not_found' || code === 'file_deleted')
      throw invalid({ file: (said) => said.fileGone('slack') }, error)
    if (code === 'missing_scope') throw notGiven(error)
    throw error
  })
  yield* api.download(url, limits.fileInputBytes)
}

/** The errors of an import's form. */
export function underFile(problem: string): Record<string, string> {
  return { [fileBlock]: problem }
}

/** The dataset a form was opened for. */
export function readDatasetName({ view }: SubmissionBody): string {
  const { d } = parsed(view.private_metadata ?? '')
  return typeof d === 'string' ? d : ''
}

const formatBlock = 'as'
const fileBlock = 'file'
const usualValue = 'usual'

function option(text: string, value: string): Option {
  return { text: label(text, limits.optionText), value }
}

export function fileIdOf(entered: object | undefined): string | null {
  if (!entered || !('files' in entered) || !Array.isArray(entered.files)) return null
  const [first]: unknown[] = entered.files
  if (typeof first !== 'object' || first === null || !('id' in first)) return null
  return typeof first.id === 'string' ? first.id : null
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
