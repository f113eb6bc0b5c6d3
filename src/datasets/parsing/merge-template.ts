/** Merges a dataset document over the template it names: key by key, fields and questions by their names. */
import { isObject } from '../../json.ts'

import { didYouMean } from '../did-you-mean.ts'
import { type Explained, kindOf, type Path } from '../explain.ts'
import { feedbackTemplate } from '../feedback/feedback.ts'
import { templateNames } from '../templates/names.ts'
import { type Parts, type Template, templates } from '../templates/templates.ts'
import { questionKeys, unknownKeys } from './known-keys.ts'

type Merged = {
  document: { [key: string]: unknown }
  /** From a path in the merged document back to the path the admin wrote. */
  pathInSource: (path: Path) => Path
}

export function mergeTemplate(source: unknown, problems: Explained[]): Merged | null {
  if (!isObject(source)) {
    const said = source === null ? 'The document is empty.' : `The document is ${kindOf(source)}.`
    problems.push({
      path: [],
      message: said,
      remedy: 'Begin with "name:"; parley dataset template prints one to edit.',
    })
    return null
  }
  const name = templateNamed(source)
  const found = templateOf(name, problems)
  if (found === undefined) return null
  const template = source['feedback'] === undefined ? found : takingFeedback(name, found)
  const fields = readParts('fields', source['fields'], template?.fields, problems)
  const questions = readParts(
    'questions',
    source['questions'],
    template?.questions,
    problems,
    template?.offered,
  )
  if (name === 'labels') requireOptions(questions, problems)
  const { template: _, distribution, ...rest } = source
  const whole = !fields.removed && !questions.removed
  const title = typeof source['name'] === 'string' ? titleFor(source['name']) : undefined
  const document = {
    ...rest,
    // A document without the template's question no longer uses that template.
    ...(template && whole ? { template: name } : {}),
    title: source['title'] ?? template?.title ?? title,
    fields: fields.list,
    questions: questions.list,
    distribution:
      distribution === undefined || isObject(distribution)
        ? { min_submitted: template?.minSubmitted ?? 1, ...distribution }
        : distribution,
  }
  if (problems.length > 0) {
    // Options missing in a template are reported above, in better words than zod's; only keys mistyped
    // beside them would stay unsaid.
    problems.push(...unknownKeys(document))
    return null
  }
  const pathInSource = (path: Path): Path => {
    const [key, at, ...under] = path
    const parts = key === 'fields' ? fields : key === 'questions' ? questions : null
    if (!parts || typeof at !== 'number') return path
    return [...(parts.paths[at] ?? path.slice(0, 1)), ...under]
  }
  return { document, pathInSource }
}

/**
 * The fields and questions of a document as its template and its own keys make them, each with the path
 * it is written at: `['questions']` for one that only the template brings. Mistakes are left out.
 */
export function listParts(source: { [key: string]: unknown }) {
  const name = templateNamed(source)
  const found = templateOf(name, [])
  const template = source['feedback'] === undefined ? found : found && takingFeedback(name, found)
  const list = (key: 'fields' | 'questions', offered?: Parts) => {
    const { list: parts, paths } = readParts(key, source[key], template?.[key], [], offered)
    return parts.map((merged, at) => ({ merged, path: paths[at] ?? [key] }))
  }
  return {
    template: template ?? null,
    fields: list('fields'),
    questions: list('questions', template?.offered),
  }
}

/** Feedback is thumbs, unless a document says what else is asked. */
function templateNamed(source: { [key: string]: unknown }): unknown {
  const { template, feedback, questions, fields } = source
  const isFeedback = feedback !== undefined && questions === undefined && fields === undefined
  return template ?? (isFeedback ? 'thumbs' : undefined)
}

/** The thumbs template as feedback answers it. */
function takingFeedback(name: unknown, template: Template | null): Template | null {
  if (name !== 'thumbs' || !template) return template
  const { fields, questions } = feedbackTemplate
  return {
    ...template,
    fields: overlaid(template.fields, fields),
    questions: overlaid(template.questions, questions),
  }
}

function overlaid(under: Parts, over: Parts): Parts {
  const names = [...new Set([...Object.keys(under), ...Object.keys(over)])]
  return Object.fromEntries(names.map((one) => [one, { ...under[one], ...over[one] }]))
}

function templateOf(name: unknown, problems: Explained[]): Template | null | undefined {
  if (name === undefined || name === null) return null
  const known = templateNames.find((one) => one === name)
  if (known) return templates[known]
  problems.push({
    path: ['template'],
    message: `${String(name)} is not a template.`,
    remedy: `Write one of ${templateNames.join(', ')}.${didYouMean(String(name), templateNames)}`,
  })
  return undefined
}

type ReadParts = { list: { [key: string]: unknown }[]; paths: Path[]; removed: boolean }

/**
 * Fields or questions, written as `name: definition` or as a list, over what the template brings.
 * A template's part that the document does not name comes first; `name: false` removes it.
 */
function readParts(
  key: 'fields' | 'questions',
  written: unknown,
  brought: Parts | undefined,
  problems: Explained[],
  offered: Parts = {},
): ReadParts {
  const say = (path: Path, message: string, remedy: string) => {
    problems.push({ path, message, remedy })
  }
  const entries = entriesOf(key, written, say)
  const named = new Set(entries.map((entry) => entry.name))
  const parts: ReadParts = { list: [], paths: [], removed: false }
  for (const [name, definition] of Object.entries(brought ?? {}))
    if (!named.has(name)) {
      parts.list.push({ name, ...definition })
      parts.paths.push([key])
    }
  for (const { name, definition, path } of entries) {
    const known: Parts = { ...offered, ...brought }
    const base = Object.hasOwn(known, name) ? known[name] : undefined
    if (definition === false) {
      if (!brought || !Object.hasOwn(brought, name))
        say(path, `"${name}" is not in the template.`, 'Leave it out.')
      parts.removed = true
      continue
    }
    const own =
      key === 'fields' && typeof definition === 'string' ? { title: definition } : definition
    if (own !== null && !isObject(own)) {
      say(path, `is ${kindOf(own)}.`, `Write keys with values, e.g. { title: ${titleFor(name)} }.`)
      continue
    }
    // A question of another type keeps only the wording of the template's question.
    const kept = own?.['type'] !== undefined && own['type'] !== base?.['type'] ? {} : base
    parts.list.push({ name, title: base?.['title'] ?? titleFor(name), ...kept, ...own })
    parts.paths.push(path)
  }
  if (parts.list.length === 0 && problems.length === 0)
    say([key], 'is empty.', `Write at least one, or name a template: ${templateNames.join(', ')}.`)
  return parts
}

type Entry = { name: string; definition: unknown; path: Path }

function entriesOf(
  key: 'fields' | 'questions',
  written: unknown,
  say: (path: Path, message: string, remedy: string) => void,
): Entry[] {
  if (written === undefined || written === null) return []
  if (isObject(written))
    return Object.entries(written).map(([name, definition]) => ({
      name,
      definition,
      path: [key, name],
    }))
  if (!Array.isArray(written)) {
    say([key], `is ${kindOf(written)}.`, 'Write "name: definition" pairs, or a list.')
    return []
  }
  return written.flatMap((item: unknown, at): Entry[] => {
    const path = [key, at]
    if (key === 'fields' && typeof item === 'string')
      return [{ name: item, definition: null, path }]
    if (!isObject(item)) {
      say(path, `is ${kindOf(item)}.`, 'Write keys with values, beginning with "name:".')
      return []
    }
    const { name, ...definition } = item
    if (typeof name === 'string') return [{ name, definition, path }]
    say([...path, 'name'], name === undefined ? 'is missing.' : `is ${kindOf(name)}.`, 'Name it.')
    return []
  })
}

function requireOptions(questions: ReadParts, problems: Explained[]) {
  const at = questions.list.findIndex((one) => one['name'] === 'label')
  const label = questions.list[at]
  if (!label || label['options'] !== undefined) return
  const known = questionKeys(label['type'])
  // A mistyped key is the likelier mistake, and named by the schema.
  if (!known.includes('options') || Object.keys(label).some((key) => !known.includes(key))) return
  problems.push({
    path: questions.paths[at] ?? ['questions'],
    message: 'The labels template does not know your labels.',
    remedy: 'Write them, e.g. questions: { label: { options: [safe, unsafe] } }.',
  })
}

/** `max_len` and `isGood` are read as "Max len" and "IsGood" by a labeler, unless a title is given. */
export function titleFor(name: string): string {
  const words = name.replace(/[_-]+/g, ' ').trim()
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}
