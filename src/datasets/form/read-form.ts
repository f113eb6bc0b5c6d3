/** Reads the YAML of a dataset document into what a form shows, whether the document is right or not. */
import { parseDocument as parseYaml } from 'yaml'
import { isObject } from '../../json.ts'
import type { Path } from '../explain.ts'
import { listParts, titleFor } from '../parsing/merge-template.ts'
import type { Parts } from '../templates/templates.ts'
import {
  type Control,
  defaultOf,
  documentControls,
  fieldControls,
  questionControls,
  showValue,
} from './control.ts'

export type FormControl = Control & {
  /** What it is called in the form and in its posts: `questions.0.title`. */
  name: string
  value: string
  /** What holds while it is empty. */
  usual: string
  /** Written in a way that only the YAML can say: shown, and changed there. */
  isLocked: boolean
}
export type FormPart = {
  /** Its name in the document. */
  name: string
  /** Where it is written; `['questions']` for one that only the template brings. */
  path: Path
  isBrought: boolean
  controls: FormControl[]
  /** Its keys that the form does not know. */
  others: string[]
}
export type Form = {
  controls: FormControl[]
  fields: FormPart[]
  questions: FormPart[]
  /** Keys of the document that the form does not know. */
  others: string[]
}
export type PartKind = 'fields' | 'questions'

/** Null for a text that is no YAML, or whose top is no map. */
export function readForm(text: string): Form | null {
  const source = sourceOf(text)
  if (!source) return null
  const { template, fields, questions } = listParts(source)
  const name = source['name']
  const usuals: Record<string, string> = {
    title: template?.title ?? (typeof name === 'string' ? titleFor(name) : ''),
    'distribution.min_submitted': String(template?.minSubmitted ?? 1),
  }
  const controls = documentControls.map((control) =>
    controlOf(control, control.key, at(source, control.key), {
      usual: usuals[control.key] ?? defaultOf('document', control),
    }),
  )
  const asked = new Set(documentControls.map(({ key }) => key.split('.')[0]))
  return {
    controls,
    fields: fields.map((part, place) => partOf('fields', place, part, source, template?.fields)),
    questions: questions.map((part, place) =>
      partOf('questions', place, part, source, { ...template?.offered, ...template?.questions }),
    ),
    others: Object.keys(source).filter(
      (key) => !asked.has(key) && key !== 'fields' && key !== 'questions',
    ),
  }
}

/** Every control of a form by its name. */
export function controlsOf({ controls, fields, questions }: Form): Map<string, FormControl> {
  const all = [...controls, ...[...fields, ...questions].flatMap((part) => part.controls)]
  return new Map(all.map((control) => [control.name, control]))
}

function partOf(
  kind: PartKind,
  place: number,
  { merged, path }: { merged: { [key: string]: unknown }; path: Path },
  source: { [key: string]: unknown },
  brought: Parts | undefined,
): FormPart {
  const name = String(merged['name'] ?? '')
  const own = { ...ownOf(source, path), name }
  const type = merged['type']
  const part = kind === 'fields' ? 'field' : 'question'
  const asked = kind === 'fields' ? fieldControls : questionControls(type)
  const base = brought && Object.hasOwn(brought, name) ? brought[name] : undefined
  const kept = base?.['type'] === type ? base : undefined
  const controls = asked.map((control) => {
    const written = at(own, control.key)
    const usual =
      showValue(control, kept?.[control.key]) ||
      (control.key === 'title' ? String(base?.['title'] ?? titleFor(name)) : '') ||
      defaultOf(part, control, type)
    const value = control.key === 'type' ? (type ?? written) : written
    return controlOf(control, `${kind}.${place}.${control.key}`, value, { usual })
  })
  const known = new Set(asked.map(({ key }) => key))
  return {
    ...{ name, path, controls, isBrought: path.length === 1 },
    others: Object.keys(own).filter((key) => !known.has(key)),
  }
}

function controlOf(
  control: Control,
  name: string,
  value: unknown,
  { usual }: { usual: string },
): FormControl {
  const shown = showValue(control, value)
  return { ...control, name, value: shown ?? '', usual, isLocked: shown === null }
}

/** What is written of a part itself; a text is a field's title, or its name in a list. */
function ownOf(source: { [key: string]: unknown }, path: Path): { [key: string]: unknown } {
  if (path.length === 1) return {}
  const written = at(source, path.join('\u0000'), '\u0000')
  if (typeof written === 'string') return typeof path[1] === 'number' ? {} : { title: written }
  return isObject(written) ? { ...written } : {}
}

function at(source: unknown, key: string, between = '.'): unknown {
  return key.split(between).reduce<unknown>((here, one) => {
    if (Array.isArray(here)) return here[Number(one)]
    return isObject(here) && Object.hasOwn(here, one) ? here[one] : undefined
  }, source)
}

function sourceOf(text: string): { [key: string]: unknown } | null {
  if (text.length > 1_000_000) return null
  try {
    const document = parseYaml(text, { prettyErrors: false })
    const value: unknown = document.errors.length > 0 ? null : document.toJS({ maxAliasCount: 100 })
    return isObject(value) ? value : null
  } catch {
    return null
  }
}
