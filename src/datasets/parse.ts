/**
 * Reads a dataset document an admin wrote by hand (YAML or JSON): the template is merged in, every
 * default filled, and every mistake named with its line, its key and what to write instead.
 */

import { isMap, isNode, isPair, isScalar, LineCounter, parseDocument as parseYaml } from 'yaml'
import { invalid } from '../errors.ts'
import { platformNames } from '../platforms/registry.ts'
import {
  LabelQuestion,
  MultiLabelQuestion,
  type Question,
  RankingQuestion,
  RatingQuestion,
  SpanQuestion,
  TextQuestion,
} from '../questions/question.ts'
import { checkDocument } from './check.ts'
import { didYouMean } from './did-you-mean.ts'
import { DatasetDocument, Field, Posts, templateNames } from './document.ts'
import { type Explained, explainIssues, kindOf, type Path, pathText } from './explain.ts'
import { laterTemplates, type Parts, type Template, templates } from './templates.ts'

export type ParseOptions = {
  format?: 'yaml' | 'json'
  /** The document's own name, for the messages. */
  file?: string
  /** Reads a guidelines file named in the document; absent where no file may be read. */
  readGuidelines?: (name: string) => string | null
  /** How many lists and maps may lie within each other in brackets; 500 unless a test says less. */
  deepest?: number
}

const longestDocument = 1_000_000
/** A document nested thousands deep exhausts the reader's stack. */
const tooDeep = 'The document is nested too deeply. Write it flat, as the templates show.'

/** @throws ParleyError `invalid`, one problem per mistake, keyed `file:line key.path`. */
export function parseDocument(text: string, options: ParseOptions = {}): DatasetDocument {
  const source = readSource(text, options)
  const problems: Explained[] = []
  const merged = mergeTemplate(source.value, problems)
  if (merged) {
    readGuidelines(merged.document, options, problems)
    const { success, data, error } = DatasetDocument.safeParse(merged.document)
    const found = success
      ? checkDocument(data)
      : explainIssues(error.issues, merged.document, (path) => knownKeys(path, merged.document))
    problems.push(...found.map((one) => ({ ...one, path: merged.pathInSource(one.path) })))
    if (success && problems.length === 0) return data
  }
  const lines = problems.map((problem) => ({ ...problem, line: source.lineOf(problem.path) }))
  lines.sort((a, b) => a.line - b.line)
  throw invalid(
    Object.fromEntries(
      lines.map(({ line, path, message, remedy }) => [
        [where(options.file, line), pathText(path)].filter(Boolean).join(' '),
        `${message} ${remedy}`,
      ]),
    ),
  )
}

/** `prefs.yaml:12`, or `line 12` for a text without a name. */
function where(file: string | undefined, line: number): string {
  return file === undefined ? `line ${line}` : `${file}:${line}`
}

type Source = { value: unknown; lineOf: (path: Path) => number }

function readSource(text: string, options: ParseOptions): Source {
  const refuse = (line: number, message: string) =>
    invalid({ [where(options.file, line)]: message })
  if (text.length > longestDocument)
    throw refuse(
      1,
      'This is too large for a dataset document. Records are loaded by parley import.',
    )
  if (text.includes('\u0000') || !text.isWellFormed())
    throw refuse(1, 'This is not a text file. Save the document as UTF-8.')
  if (depthOf(text) > (options.deepest ?? 500)) throw refuse(1, tooDeep)
  const lines = new LineCounter()
  const document = parsed(text, lines, refuse)
  const first = document.errors[0]
  if (first) {
    if (first.message.includes('call stack')) throw refuse(1, tooDeep)
    const said = first.message.split('\n')[0]?.replace(/ at line \d+.*$/, '') ?? first.code
    throw refuse(lines.linePos(first.pos[0]).line, `${said}. Fix the ${nameOf(options)} here.`)
  }
  if (options.format === 'json') checkJson(text, refuse)
  const lineOf = (path: Path) => {
    const at = offsetOf(document.contents, path)
    return at === null ? 1 : lines.linePos(at).line
  }
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 })
    return { value, lineOf }
  } catch (cause) {
    throw refuse(1, `${cause instanceof Error ? cause.message : String(cause)}. Use fewer aliases.`)
  }
}

/** Brackets that are open at once at most; those of a text between them count too, and do no harm. */
function depthOf(text: string): number {
  let [depth, most] = [0, 0]
  for (const char of text.match(/[[\]{}]/g) ?? []) {
    depth = Math.max(0, depth + (char === '[' || char === '{' ? 1 : -1))
    most = Math.max(most, depth)
  }
  return most
}

function nameOf(options: ParseOptions): string {
  return options.format === 'json' ? 'JSON' : 'YAML'
}

function parsed(text: string, lines: LineCounter, refuse: (line: number, said: string) => Error) {
  try {
    return parseYaml(text, { lineCounter: lines, prettyErrors: false, stringKeys: false })
  } catch (cause) {
    if (cause instanceof RangeError) throw refuse(1, tooDeep)
    throw cause
  }
}

/** YAML reads more than JSON does; a document called JSON is held to JSON. */
function checkJson(text: string, refuse: (line: number, said: string) => Error) {
  try {
    JSON.parse(text)
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause)
    const at = Number(/position (\d+)/.exec(said)?.[1] ?? 0)
    throw refuse(text.slice(0, at).split('\n').length, `${said}. Fix the JSON here.`)
  }
}

/** Where in the text the node at this path (or the nearest one above it) begins. */
function offsetOf(root: unknown, path: Path): number | null {
  let here = root
  let at = startOf(root)
  for (const key of path) {
    if (!isNode(here) || !('items' in here) || !Array.isArray(here.items)) return at
    const next: unknown = isMap(here)
      ? here.items.find((pair) => keyOf(pair) === String(key))
      : here.items[Number(key)]
    if (next === undefined) return at
    if (isPair(next)) {
      at = startOf(next.key) ?? at
      here = next.value
    } else {
      at = startOf(next) ?? at
      here = next
    }
  }
  return at
}

function keyOf(pair: unknown): string | null {
  if (!isPair(pair)) return null
  return isScalar(pair.key) ? String(pair.key.value) : null
}

function startOf(node: unknown): number | null {
  return isNode(node) ? (node.range?.[0] ?? null) : null
}

type Merged = {
  document: { [key: string]: unknown }
  /** From a path in the merged document back to the path the admin wrote. */
  pathInSource: (path: Path) => Path
}

function mergeTemplate(source: unknown, problems: Explained[]): Merged | null {
  if (!isObject(source)) {
    const said = source === null ? 'The document is empty.' : `The document is ${kindOf(source)}.`
    problems.push({
      path: [],
      message: said,
      remedy: 'Begin with "name:"; parley dataset template prints one to edit.',
    })
    return null
  }
  const name = source['template']
  const template = templateOf(name, problems)
  if (template === undefined) return null
  const fields = readParts('fields', source['fields'], template?.fields, problems)
  const questions = readParts('questions', source['questions'], template?.questions, problems)
  if (name === 'labels') requireOptions(questions, problems)
  const { template: _, distribution, ...rest } = source
  const whole = !fields.removed && !questions.removed
  const title = typeof source['name'] === 'string' ? titleFor(source['name']) : undefined
  const document = {
    ...rest,
    // What had a template's question taken out is no longer that template.
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
    // Options missing in a template are told above, in better words than zod's; only keys mistyped
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

function templateOf(name: unknown, problems: Explained[]): Template | null | undefined {
  if (name === undefined || name === null) return null
  const known = templateNames.find((one) => one === name)
  if (known) return templates[known]
  const later = laterTemplates.some((one) => one === name)
  problems.push({
    path: ['template'],
    message: later ? `"${name}" is not available yet.` : `${String(name)} is not a template.`,
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
    const base = brought && Object.hasOwn(brought, name) ? brought[name] : undefined
    if (definition === false) {
      if (!base) say(path, `"${name}" is not in the template.`, 'Leave it out.')
      parts.removed = true
      continue
    }
    const own =
      key === 'fields' && typeof definition === 'string' ? { title: definition } : definition
    if (own !== null && !isObject(own)) {
      say(path, `is ${kindOf(own)}.`, `Write keys with values, e.g. { title: ${titleFor(name)} }.`)
      continue
    }
    // Another type shares no keys with the template's question but its words.
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
function titleFor(name: string): string {
  const words = name.replace(/[_-]+/g, ' ').trim()
  return words.slice(0, 1).toUpperCase() + words.slice(1)
}

function readGuidelines(
  document: { [key: string]: unknown },
  options: ParseOptions,
  problems: Explained[],
) {
  const written = document['guidelines']
  if (typeof written !== 'string' || !/^[^\s]+\.(md|txt)$/i.test(written.trim())) return
  const path = ['guidelines']
  if (!options.readGuidelines) {
    problems.push({
      path,
      message: `names the file "${written}", which cannot be read from here.`,
      remedy: 'Write the text of the guidelines itself.',
    })
    return
  }
  const text = options.readGuidelines(written.trim())
  if (text === null)
    problems.push({
      path,
      message: `There is no file "${written}" beside the document.`,
      remedy: 'Fix the name, or write the text of the guidelines itself.',
    })
  else document['guidelines'] = text.replace(/\r\n/g, '\n').trim()
}

/** The mistyped keys of the document, its questions and its fields. */
function unknownKeys(document: { [key: string]: unknown }): Explained[] {
  const issues = DatasetDocument.safeParse(document).error?.issues ?? []
  return explainIssues(
    issues.filter(({ code }) => code === 'unrecognized_keys'),
    document,
    (path) => knownKeys(path, document),
  )
}

function knownKeys(path: Path, document: { [key: string]: unknown }): readonly string[] {
  const [key, at, under] = path
  if (key === undefined) return Object.keys(DatasetDocument.shape)
  if (key === 'fields') return Object.keys(Field.shape)
  if (key === 'questions' && under === 'options') return ['value', 'text', 'description']
  if (key === 'questions' && typeof at === 'number') {
    const questions = document['questions']
    const question: unknown = Array.isArray(questions) ? questions[at] : undefined
    return questionKeys(isObject(question) ? question['type'] : undefined)
  }
  if (key === 'distribution') return ['min_submitted', 'max_discards']
  if (key === 'access') return platformNames()
  if (key === 'posts') return at === 'roles' ? platformNames() : Object.keys(Posts.shape)
  return key === 'export' ? ['prompt', 'completion'] : []
}

const questionShapes = {
  text: TextQuestion,
  rating: RatingQuestion,
  label: LabelQuestion,
  multi_label: MultiLabelQuestion,
  ranking: RankingQuestion,
  span: SpanQuestion,
} satisfies { [T in Question['type']]: { shape: object } }

function questionKeys(type: unknown): readonly string[] {
  for (const [name, { shape }] of Object.entries(questionShapes))
    if (name === type) return Object.keys(shape)
  return []
}

function isObject(value: unknown): value is { [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
