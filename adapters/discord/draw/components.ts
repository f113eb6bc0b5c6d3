/**
 * The pieces of Discord's Components V2 that everything is drawn with, as plain JSON. Our own texts and
 * those of datasets are escaped here; long ones are cut with "…".
 */
import { shorten } from '../../../src/chat/text.ts'
import { budgets, flags, limits } from '../limits.ts'
import { escapeDiscord } from './escape.ts'

export type TextDisplay = { type: 10; content: string }
export type Button = {
  type: 2
  style: 1 | 2 | 3 | 4
  label: string
  custom_id: string
}
/** Opens a page; Discord tells nobody of the press. */
export type LinkButton = { type: 2; style: 5; label: string; url: string }
export type Option = { label: string; value: string; description?: string; default?: boolean }
export type Select = {
  type: 3
  custom_id: string
  options: Option[]
  placeholder?: string
  min_values?: number
  max_values?: number
  required?: boolean
}
export type Row = { type: 1; components: (Button | LinkButton | Select)[] }
export type Section = { type: 9; components: TextDisplay[]; accessory: Button }
export type FileShown = { type: 13; file: { url: string } }
export type Separator = { type: 14; divider: boolean; spacing: 1 | 2 }
export type Container = { type: 17; components: (TextDisplay | Section)[] }
export type Component = TextDisplay | Row | Section | FileShown | Separator | Container

export type TextInput = {
  type: 4
  custom_id: string
  style: 1 | 2
  required: boolean
  max_length: number
  value?: string
  placeholder?: string
}
export type RadioGroup = { type: 21; custom_id: string; options: Option[]; required: boolean }
export type CheckboxGroup = {
  type: 22
  custom_id: string
  options: Option[]
  required: boolean
  min_values: number
  max_values: number
}
export type FileUpload = {
  type: 19
  custom_id: string
  required: boolean
  min_values: number
  max_values: number
  /** Extensions the picker offers; older clients offer all files, so the core checks again. */
  file_types: string[]
}
export type Input = TextInput | Select | RadioGroup | CheckboxGroup | FileUpload
export type Label = { type: 18; label: string; description?: string; component: Input }

/** Body of a message: create, edit, callback types 4 and 7. */
export type MessageBody = {
  flags: number
  components: Component[]
  /** No drawn text can mention anybody. */
  allowed_mentions: { parse: [] }
  attachments?: { id: string; filename: string }[]
}
/** `data` of a callback of type 9. */
export type ModalBody = {
  custom_id: string
  title: string
  components: (Label | TextDisplay)[]
}

export function message(components: Component[], ephemeral = false): MessageBody {
  return {
    flags: flags.componentsV2 | (ephemeral ? flags.ephemeral : 0),
    components,
    allowed_mentions: { parse: [] },
  }
}

/** Our own Markdown; untrusted text in it must be escaped already. */
export function markdown(content: string): TextDisplay {
  return { type: 10, content }
}

/** Text as it is: no markup, nothing that pings. */
export function plain(text: string): TextDisplay {
  return markdown(escapeDiscord(text.trim() === '' ? '…' : text))
}

/** One line in bold. */
export function bold(text: string, most: number = budgets.title): string {
  return `**${escapeDiscord(brief(text, most))}**`
}

/** One line in small grey letters. */
export function small(text: string, most: number = budgets.line): string {
  return `-# ${escapeDiscord(brief(text, most))}`
}

/** One line, cut with "…"; of a long text, only the relevant start is read. */
export function brief(text: string, most: number): string {
  const start = text.slice(0, most * 4).toWellFormed()
  const line = flat(start) + (start.length < text.length ? '…' : '')
  return shorten(line || '…', most)
}

/** `id` holds the action: after a restart nothing else is known about the button. */
export function button(text: string, id: string, style?: 'primary' | 'danger' | 'quiet'): Button {
  const styles = { primary: 1, danger: 4, quiet: 2 } as const
  return {
    type: 2,
    style: styles[style ?? 'quiet'],
    label: brief(text, limits.buttonLabel),
    custom_id: id,
  }
}

/** A button that opens a page. */
export function linkButton(text: string, url: string): LinkButton {
  return { type: 2, style: 5, label: brief(text, limits.buttonLabel), url }
}

/** Buttons in rows of five. */
export function rows(buttons: readonly (Button | LinkButton)[]): Row[] {
  const made: Row[] = []
  for (let i = 0; i < buttons.length; i += limits.rowButtons)
    made.push({ type: 1, components: buttons.slice(i, i + limits.rowButtons) })
  return made
}

export function section(text: TextDisplay, accessory: Button): Section {
  return { type: 9, components: [text], accessory }
}

/** A frame around one text, which separates it from its neighbours. */
export function box(inside: TextDisplay | Section): Container {
  return { type: 17, components: [inside] }
}

export const rule: Separator = { type: 14, divider: true, spacing: 1 }

export function option(
  text: string,
  value: string,
  more: { description?: string | undefined; chosen?: boolean } = {},
): Option {
  return {
    label: brief(text, limits.optionText),
    value,
    ...(more.description ? { description: brief(more.description, limits.optionText) } : {}),
    ...(more.chosen ? { default: true } : {}),
  }
}

/** A menu on a message: one of its options, at once. */
export function menu(id: string, placeholder: string, options: Option[]): Row {
  const select: Select = {
    type: 3,
    custom_id: id,
    placeholder: brief(placeholder, limits.placeholder),
    options,
  }
  return { type: 1, components: [select] }
}

export function label(title: string, component: Input, description = ''): Label {
  return {
    type: 18,
    label: brief(title, limits.labelText),
    ...(description.trim() ? { description: brief(description, limits.labelDescription) } : {}),
    component,
  }
}

export function modal(id: string, title: string, components: (Label | TextDisplay)[]): ModalBody {
  return { custom_id: id, title: brief(title, limits.modalTitle), components }
}

function flat(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
