/** The form of an export, which an admin opens from the Home tab: first the format, then its options. */
import type { ExportForm, Person } from '../../../src/chat/port/port.ts'
import { sayOption, sayUsual } from '../../../src/chat/words/say.ts'
import { spoken, type Words } from '../../../src/chat/words/words.ts'
import { header, label, type Option, plain, type View } from '../draw/blocks.ts'
import { limits } from '../limits.ts'
import type { Handle } from '../receive/gestures.ts'
import type { ActionBody, SubmissionBody } from '../receive/payloads.ts'
import { changeView } from '../respond/repaint.ts'
import type { SlackApi } from '../send/api.ts'
import { readDatasetName, writeDatasetName } from './form-dataset.ts'
import { exportFormId } from './ids.ts'

/** `chosen` is the format whose options are shown. */
export function drawExportForm(form: ExportForm, said: Words, chosen?: string): View {
  const formats = form.formats.map(({ name, about }) => option(`${name}: ${about}`, name))
  const format = form.formats.find(({ name }) => name === chosen)
  const initial = formats.find(({ value }) => value === chosen)
  const options = format?.options ?? []
  return {
    type: 'modal',
    callback_id: exportFormId,
    private_metadata: writeDatasetName(form.dataset.name),
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

/** A format that was chosen in an open form, and which form that is. */
type FormatChosen = { dataset: string; format: string; viewId: string; hash: string | undefined }

/** Null for any other press. */
export function readFormatChosen({ view, actions }: ActionBody): FormatChosen | null {
  const format = actions[0]?.selected_option?.value
  if (view?.callback_id !== exportFormId || !view.id || !format) return null
  return { dataset: readDatasetName(view), format, viewId: view.id, hash: view.hash }
}

/** Shows the options of the format in the form it was chosen in. */
export async function showFormat(
  api: SlackApi,
  handle: Handle,
  by: Person,
  { dataset, format, viewId, hash }: FormatChosen,
): Promise<void> {
  const reply = await handle({ by, type: 'admin-export-form', dataset })
  // A form that was closed, or in which another format was chosen meanwhile, needs nothing.
  if (reply.type === 'export-form')
    await changeView(api, viewId, hash, drawExportForm(reply.form, spoken(), format))
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
  return { dataset: readDatasetName(submission.view), format, options }
}

const formatBlock = 'as'
const usualValue = 'usual'

function option(text: string, value: string): Option {
  return { text: label(text, limits.optionText), value }
}
