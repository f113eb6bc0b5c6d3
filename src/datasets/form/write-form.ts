/**
 * Writes what was changed in a form into the YAML of its document. Comments, order, and whatever the form
 * does not know stay as they stand; only lines that say something else are written anew.
 */
import { type Document, isMap, parseDocument as parseYaml } from 'yaml'
import { DatasetDocument } from '../document.ts'
import { questionKeys } from '../parsing/known-keys.ts'
import { type Control, readValue } from './control.ts'
import { insertInOrder, put } from './node.ts'
import { addPart, movePart, partNode, removePart, renamePart } from './part.ts'
import { controlsOf, type Form, type PartKind, readForm } from './read-form.ts'
import { restoreLines } from './restore-lines.ts'

/** Something beside values: what a button of the form does. */
export type FormAct =
  | { type: 'add'; to: PartKind; question?: string; isOptional?: boolean }
  | { type: 'remove'; from: PartKind; place: number }
  | { type: 'move'; in: PartKind; place: number; by: -1 | 1 }

/**
 * The YAML with what a person changed in a form: the entries that say something else than the form they
 * were given. `was` is the YAML that form was made of, so that what was meanwhile changed in the YAML
 * itself is kept. Unchanged where it is no YAML.
 */
export function mergeForm(input: {
  was: string
  text: string
  entries: Readonly<Record<string, string>>
}): string {
  const { was, text, entries } = input
  const [before, form] = [readForm(was), readForm(text)]
  if (!before || !form) return text
  const changes = new Map<string, string>()
  for (const [name, control] of controlsOf(before)) {
    const entry = entries[name]
    if (entry === undefined || control.isLocked) continue
    // Browsers send line breaks as CRLF.
    const given = entry.replaceAll('\r\n', '\n').trim()
    const now = given === control.value.trim() ? null : nameNow(name, before, form)
    if (now !== null) changes.set(now, given)
  }
  if (changes.size === 0) return text
  return edit(text, (document) => {
    for (const control of form.controls) {
      const given = changes.get(control.name)
      if (given !== undefined) writeTop(document, control, given)
    }
    for (const kind of ['fields', 'questions'] as const) writeParts(document, form, kind, changes)
  })
}

/** A control's name in today's form: parts are told by their own names, not by their places. */
function nameNow(name: string, before: Form, now: Form): string | null {
  const [, kind, place = '', key = ''] = /^(fields|questions)\.(\d+)\.(.+)$/.exec(name) ?? []
  if (kind !== 'fields' && kind !== 'questions') return name
  const part = before[kind][Number(place)]?.name
  const at = now[kind].findIndex((one) => one.name === part)
  return at < 0 ? null : `${kind}.${at}.${key}`
}

/** The YAML after a button of the form; unchanged where it is no YAML. */
export function actOnForm(text: string, act: FormAct): string {
  const form = readForm(text)
  if (!form) return text
  return edit(text, (document) => {
    switch (act.type) {
      case 'add':
        return addPart(document, form, act)
      case 'remove':
        return removePart(document, form, act.from, act.place)
      case 'move':
        return movePart(document, form, act.in, act.place, act.by)
    }
  })
}

function edit(text: string, change: (document: Document) => void): string {
  const document = parseYaml(text)
  if (!isMap(document.contents)) return text
  change(document)
  return restoreLines(text, document.toString({ lineWidth: 0, flowCollectionPadding: true }))
}

function writeTop(document: Document, control: Control, given: string): void {
  const path = control.key.split('.')
  const value = readValue(control, given)
  if (value !== undefined) {
    if (path.length > 1 && !isMap(document.get(path[0] ?? ''))) document.delete(path[0])
    if (!document.has(path[0]))
      insertInOrder(document, path[0] ?? '', Object.keys(DatasetDocument.shape))
    put(document, document.contents, path, value)
    return
  }
  document.deleteIn(path)
  // A map that holds nothing more says nothing more.
  for (let above = path.slice(0, -1); above.length > 0; above = above.slice(0, -1)) {
    const node = document.getIn(above)
    if (isMap(node) && node.items.length === 0) document.deleteIn(above)
  }
}

function writeParts(
  document: Document,
  form: Form,
  kind: PartKind,
  changes: ReadonlyMap<string, string>,
): void {
  for (const [place, part] of form[kind].entries()) {
    const changed = part.controls.filter(({ name }) => changes.has(name))
    if (changed.length === 0) continue
    const node = partNode(document, form, kind, place)
    for (const control of changed) {
      const value = readValue(control, changes.get(control.name) ?? '')
      if (control.key === 'name') {
        if (typeof value === 'string') renamePart(document, form, kind, place, value)
        continue
      }
      if (value === undefined) node.delete(control.key)
      else put(document, node, [control.key], value)
      if (control.key === 'type') fitType(document, node, value, control.value)
    }
  }
}

/** Keys that questions of the new type do not have go; what they cannot be without comes. */
function fitType(
  document: Document,
  node: ReturnType<typeof partNode>,
  type: unknown,
  before: string,
): void {
  const keys = questionKeys(type)
  if (keys.length === 0) return
  for (const key of questionKeys(before)) if (!keys.includes(key)) node.delete(key)
  const isScale = (one: unknown) => one === 'rating'
  if (isScale(type) !== isScale(before)) node.delete('options')
  if (keys.includes('options') && !isScale(type) && !node.has('options'))
    put(document, node, ['options'], ['yes', 'no'])
}
