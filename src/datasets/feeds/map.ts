/** What a feed makes of an accepted record: which text goes into which field of the other dataset. Pure. */
import { didYouMean } from '../did-you-mean.ts'
import type { DatasetDocument, Field } from '../document.ts'
import type { Feed } from './feed.ts'

export type FeedMap = {
  /** Field by field the templates, of which the first that has all of its texts is taken. */
  fields: { [field: string]: readonly string[] }
  /** The text question whose answers become outputs; null where none do. */
  outputs: string | null
  /** Every answer is a record of its own: a field is made of what one person wrote. */
  isByAnswer: boolean
}

const reference = /\$\{([^}]+)\}|\$([A-Za-z0-9_][A-Za-z0-9_-]*)/g

/** `$name` and `${name}` in a template. */
export function namesIn(template: string): string[] {
  return [...template.matchAll(reference)].map(([, braced, bare]) => braced ?? bare ?? '')
}

/** The name, when a template is nothing but one: then a chat keeps its turns. */
export function wholeName(template: string): string | null {
  const [name] = namesIn(template)
  return name !== undefined && template.trim().replace(reference, '') === '' ? name : null
}

/** The text of a template; null when one of its names has none. */
export function fillTemplate(
  template: string,
  read: (name: string) => string | undefined,
): string | null {
  let isMissing = false
  const text = template.replace(reference, (_, braced?: string, bare?: string) => {
    const value = read(braced ?? bare ?? '')
    if (value === undefined) isMissing = true
    return value ?? ''
  })
  return isMissing || text.trim() === '' ? null : text
}

/** What is written in the feed, and what goes without saying: names that are the same in both. */
export function feedMap(source: DatasetDocument, feed: Feed, target: DatasetDocument): FeedMap {
  const written = feed.map ?? {}
  const texts = textQuestions(source)
  const fields: FeedMap['fields'] = {}
  for (const { name } of target.fields) {
    const given = Object.hasOwn(written, name) ? written[name] : undefined
    if (given !== undefined) fields[name] = [given].flat()
    else if (hasField(source, name) || texts.includes(name)) fields[name] = [`\${${name}}`]
  }
  const inFields = Object.values(fields).flat().flatMap(namesIn)
  const single = Object.values(fields).filter((all) => all.length === 1)
  return {
    fields,
    outputs: outputsOf(source, written['outputs'], target, inFields),
    isByAnswer: single
      .flat()
      .flatMap(namesIn)
      .some((name) => !hasField(source, name)),
  }
}

function outputsOf(
  source: DatasetDocument,
  given: string | string[] | undefined,
  target: DatasetDocument,
  inFields: readonly string[],
): string | null {
  const [written] = [given ?? []].flat()
  if (written !== undefined) return wholeName(written)
  if (!asksOfOutputs(target)) return null
  const free = source.questions.filter(
    ({ name, type, of }) => type === 'text' && of === 'record' && !inFields.includes(name),
  )
  const found =
    free.find(({ name }) => name === 'completion') ?? free.find(({ required }) => required)
  return found?.name ?? null
}

/** What keeps a dataset from taking what this feed would bring, by key of the feed; empty where nothing does. */
export function mapProblems(
  source: DatasetDocument,
  feed: Feed,
  target: DatasetDocument,
): { [key: string]: string } {
  const problems: { [key: string]: string } = {}
  const { fields } = feedMap(source, feed, target)
  const names = target.fields.map(({ name }) => name)
  for (const key of Object.keys(feed.map ?? {}))
    if (key !== 'outputs' && !names.includes(key))
      problems[`map.${key}`] =
        `"${key}" is no field of "${feed.to}".${didYouMean(key, names)} It has ${names.join(', ')}.`
  if (feed.map?.['outputs'] !== undefined && !asksOfOutputs(target))
    problems['map.outputs'] =
      `"${feed.to}" asks about no outputs. Leave outputs out, or feed a dataset that ranks or rates them.`
  for (const field of target.fields) {
    const templates = fields[field.name]
    if (!templates && field.required)
      problems['map'] =
        `"${feed.to}" requires the field "${field.name}", and nothing here is called that. Write map: { ${field.name}: $NAME }.`
    const chat = (templates ?? []).map(wholeName).find((name) => isChat(source, name))
    if (chat && field.type !== 'chat')
      problems[`map.${field.name}`] =
        `"${chat}" is a chat, and "${field.name}" of "${feed.to}" a text. Give it "type: chat" there.`
  }
  if (target.target !== undefined)
    problems['to'] = `People write the prompts of "${feed.to}" themselves. Feed another dataset.`
  return problems
}

/** Whether cards of this dataset say something of outputs. */
export function asksOfOutputs({ questions }: Pick<DatasetDocument, 'questions'>): boolean {
  return questions.some(({ type, of }) => type === 'ranking' || of === 'outputs')
}

function textQuestions({ questions }: DatasetDocument): string[] {
  return questions.flatMap(({ name, type, of }) => (type === 'text' && of === 'record' ? name : []))
}

function hasField({ fields }: DatasetDocument, name: string): boolean {
  return fields.some((field) => field.name === name)
}

function isChat({ fields }: DatasetDocument, name: string | null): boolean {
  return fields.some((field: Field) => field.name === name && field.type === 'chat')
}
