/** The open form of a person: finding its fields, what keeps it from being sent, what is sent. */
import { type JsonObject, length, list, text } from '../json.ts'
import { kind, selects } from './components.ts'
import { fileJson } from './payloads.ts'
import { resolvedOf } from './resolve.ts'
import { enteredIn, fieldOf, isRequired } from './screen.ts'
import type { Form, User, World } from './world.ts'

/** The field that reads so; throws a sentence with the form otherwise. */
export function findField(
  form: Form,
  wanted: { user: User; what: string; label: string; types: readonly number[]; look: () => string },
): JsonObject {
  const { user, what, label, types, look } = wanted
  const fields = fieldsOf(form).filter(({ field }) => types.includes(Number(field['type'])))
  const levels: ((name: string) => boolean)[] = [
    (name) => name === label,
    (name) => name.toLowerCase() === label.toLowerCase(),
    (name) => name.toLowerCase().includes(label.toLowerCase()),
  ]
  for (const matches of levels) {
    const [found, other] = fields.filter((one) =>
      [one.label, text(one.field['custom_id']), text(one.field['placeholder'])].some(
        (name) => name !== '' && matches(name),
      ),
    )
    if (found && other) {
      throw new Error(`${user.name} sees several ${what}s that read "${label}".\n\n${look()}`)
    }
    if (found) return found.field
  }
  throw new Error(`The form ${user.name} sees has no ${what} "${label}".\n\n${look()}`)
}

export function fieldsOf(form: Form): { label: string; field: JsonObject }[] {
  return form.components.flatMap((one) => {
    const { label, field } = fieldOf(one)
    return field ? [{ label, field }] : []
  })
}

/** How many options a select or group of boxes takes. */
export function countsOf(field: JsonObject): { min: number; max: number } {
  const options = Array.isArray(field['options']) ? field['options'].length : 1
  const most = field['type'] === kind.checkboxGroup ? options : 1
  const least = isRequired(field) ? 1 : 0
  const { min_values: min, max_values: max } = field
  return {
    min: typeof min === 'number' ? min : least,
    max: typeof max === 'number' ? max : most,
  }
}

/** Why the client's picker does not take a file by its name; undefined when it does. */
export function nameRefusal(field: JsonObject, name: string): string | undefined {
  const types = list(field['file_types']).filter((type) => typeof type === 'string')
  const isTaken =
    types.length === 0 ||
    types.some((type) => !type.startsWith('.') || name.toLowerCase().endsWith(type))
  return isTaken ? undefined : `${name} is no file of this kind.`
}

/** What the client says under the fields instead of sending the form. */
export function unfinished(form: Form): Map<string, string> {
  const errors = new Map<string, string>()
  for (const { label, field } of fieldsOf(form)) {
    const problem = problemOf(form, field)
    if (problem !== null) errors.set(text(field['custom_id']), `${label}: ${problem}`)
  }
  return errors
}

function problemOf(form: Form, field: JsonObject): string | null {
  const entered = enteredIn(form, field)
  const needs = isRequired(field)
  switch (field['type']) {
    case kind.textInput: {
      const size = length(String(entered))
      if (size === 0) return needs ? 'This is a required field.' : null
      const { min_length: min, max_length: max } = field
      if (typeof min === 'number' && size < min) return `Must be ${min} or more in length.`
      const most = typeof max === 'number' ? max : 4000
      return size > most ? `Must be ${most} or fewer in length.` : null
    }
    case kind.checkbox:
      return null
    case kind.radioGroup:
      return needs && entered === '' ? 'This is a required field.' : null
    case kind.fileUpload: {
      const files = form.files.get(text(field['custom_id'])) ?? []
      return fits(files.length, field)
    }
    default:
      return fits(Array.isArray(entered) ? entered.length : 0, field)
  }
}

function fits(count: number, field: JsonObject): string | null {
  const { min, max } = countsOf(field)
  if (count === 0 && !isRequired(field)) return null
  if (count < min || count === 0) return `Choose at least ${Math.max(min, 1)}.`
  return count > max ? `Choose at most ${max}.` : null
}

/** The `data` of the submission. */
export function submission(world: World, user: User, form: Form): JsonObject {
  const resolved: Record<string, JsonObject> = {}
  let number = 0
  const idOf = (one: JsonObject) => {
    number += 1
    return typeof one['id'] === 'number' && one['id'] > 0 ? one['id'] : number
  }
  const components = form.components.map((one): JsonObject => {
    const id = idOf(one)
    if (one['type'] === kind.text) return { type: kind.text, id }
    const { field } = fieldOf(one)
    const sent = field ? [sentField({ world, user, form, resolved }, field, idOf(field))] : []
    if (one['type'] === kind.label) return { type: kind.label, id, component: sent[0] ?? null }
    return { type: kind.row, id, components: sent }
  })
  return {
    custom_id: form.customId,
    components,
    ...(Object.keys(resolved).length > 0 && { resolved }),
  }
}

type Sending = { world: World; user: User; form: Form; resolved: Record<string, JsonObject> }

function sentField(sending: Sending, field: JsonObject, id: number): JsonObject {
  const { world, user, form, resolved } = sending
  const entered = enteredIn(form, field)
  const sent = { type: Number(field['type']), id, custom_id: text(field['custom_id']) }
  switch (field['type']) {
    case kind.textInput:
      return { ...sent, value: String(entered) }
    case kind.checkbox:
      return { ...sent, value: entered === true }
    case kind.radioGroup:
      return { ...sent, value: entered === '' ? null : String(entered) }
    case kind.fileUpload: {
      const files = form.files.get(sent.custom_id) ?? []
      for (const file of files) {
        resolved['attachments'] = {
          ...resolved['attachments'],
          [file.id]: fileJson(world, file, true),
        }
      }
      return { ...sent, values: files.map((file) => file.id) }
    }
    default: {
      const values = Array.isArray(entered) ? entered : []
      if (sent.type === kind.stringSelect || !selects.includes(sent.type))
        return { ...sent, values }
      const guildId = world.channels.get(form.channelId)?.guildId ?? null
      const found = resolvedOf(world, user, guildId, values)
      for (const [key, entries] of Object.entries(found)) {
        resolved[key] = { ...resolved[key], ...entries }
      }
      return { ...sent, values }
    }
  }
}
