/** Reads a submitted form. Pure. */
import type { Interaction, Person } from '../../../src/chat/port/port.ts'
import type { Filled } from '../draw/questions/inputs.ts'
import { inputKey, parseFormId } from './form-ids.ts'
import type { Parsed } from './parsed.ts'
import { type Attachment, attachmentIn, personOf, type Raw, type RawComponent } from './payload.ts'

export function parseModal(raw: Raw): Parsed {
  const by = personOf(raw)
  const submitted = parseFormId(raw.data?.custom_id ?? '')
  if (!submitted) return { type: 'say', text: (said) => said.oldButton }
  const inputs = inputsIn(raw.data?.components)
  const attachmentOf = (input: RawComponent) => attachmentIn(raw, input.values?.[0])
  if (submitted.kind === 'skip') {
    const { assignmentId } = submitted
    const [text] = inputs.flatMap(({ value }) => (typeof value === 'string' ? [value] : []))
    const own = text?.trim() ? { text } : {}
    const gesture: Interaction = { by, type: 'discard', assignmentId, reason: 'other', ...own }
    return { type: 'gesture', gesture, asked: {} }
  }
  if (submitted.kind === 'ask') {
    const { agreed, follows, thread } = submitted
    const [prompt = ''] = inputs.flatMap(({ value }) => (typeof value === 'string' ? [value] : []))
    const gesture: Interaction = {
      ...{ by, type: 'ask', prompt, inForm: true },
      ...(agreed === null ? {} : { agreed }),
      ...(follows === null ? {} : { follows }),
      ...(thread === null ? {} : { thread }),
    }
    return { type: 'gesture', gesture, asked: {} }
  }
  if (submitted.kind === 'feedback') return parseFeedback(by, submitted.form, inputs)
  if (submitted.kind === 'import') {
    const [file] = inputs.flatMap((input) => attachmentOf(input) ?? [])
    const { dataset } = submitted
    return { type: 'import', by, dataset, file: file ?? null, most: raw.attachment_size_limit ?? 0 }
  }
  if (submitted.kind === 'export') {
    const { dataset, format } = submitted
    const chosen = inputs.flatMap(({ custom_id = '', value, values }) => {
      const one = typeof value === 'string' ? value.trim() : values?.[0]
      const key = inputKey(custom_id)?.split(':')[1]
      return key && one ? [[key, one] as const] : []
    })
    return { type: 'export', by, dataset, format, values: new Map(chosen) }
  }
  const entered = new Map<string, Filled>()
  const files = new Map<string, Attachment>()
  for (const input of inputs) {
    const key = inputKey(input.custom_id ?? '')
    if (key === null) continue
    const file = input.type === 19 ? attachmentOf(input) : null
    if (file) files.set(key, file)
    entered.set(key, filledOf(input))
  }
  return { type: 'form', by, meta: submitted.meta, entered, files }
}

function parseFeedback(by: Person, form: string, inputs: readonly RawComponent[]): Parsed {
  const filled = new Map(
    inputs.map((input) => [inputKey(input.custom_id ?? '')?.split(':')[1], filledOf(input)]),
  )
  const [verdict] = filled.get('verdict')?.chosen ?? []
  if (verdict !== 'up' && verdict !== 'down') return { type: 'say', text: (said) => said.oldButton }
  const gesture: Interaction = {
    ...{ by, type: 'send-verdict', form, verdict, inForm: true },
    place: Number(filled.get('dataset')?.chosen?.[0] ?? 0),
    asked: filled.get('asked')?.text ?? '',
    reason: filled.get('reason')?.text ?? '',
  }
  return { type: 'gesture', gesture, asked: {} }
}

function filledOf({ type, value, values }: RawComponent): Filled {
  if (type === 4) return { text: typeof value === 'string' ? value : '' }
  if (type === 19) return {}
  return { chosen: values ?? (typeof value === 'string' && value !== '' ? [value] : []) }
}

/** Inputs are inside labels; older forms had rows. */
function inputsIn(components: readonly RawComponent[] = []): RawComponent[] {
  return components.flatMap((one) => {
    if (one.component) return inputsIn([one.component])
    if (one.components) return inputsIn(one.components)
    return one.custom_id === undefined ? [] : [one]
  })
}
