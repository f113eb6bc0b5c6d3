/** The dataset document with an Argilla dataset's questions, and warnings about what it cannot represent. */
import { checkDocument } from '../../datasets/check.ts'
import { DatasetDocument } from '../../datasets/document.ts'
import { explainIssues, pathText } from '../../datasets/explain.ts'
import { invalid } from '../../errors.ts'
import { type LaidQuestion, layNew, plainName } from './layout.ts'
import {
  type ArgillaField,
  type ArgillaQuestion,
  type ArgillaSettings,
  fieldType,
} from './settings.ts'

/**
 * `outputs` names the fields that models wrote, if no ranking shows it. The warnings are whole sentences
 * about what the document cannot represent.
 * @throws ParleyError `invalid` where no dataset can be made of it.
 */
export function documentOf(
  settings: ArgillaSettings,
  input: { name: string; outputs?: readonly string[] },
): { document: DatasetDocument; warnings: string[] } {
  const { layout, warnings } = layNew(settings, input.outputs)
  const say = (sentence: string) => warnings.push(sentence)
  const fields = settings.fields
    .filter(({ name }) => layout.fields.some((field) => field.name === name))
    .map((field) => fieldOf(field, say))
  const asked = new Map<string, LaidQuestion[]>()
  for (const laid of layout.questions) asked.set(laid.to, [...(asked.get(laid.to) ?? []), laid])
  const questions = [...asked.values()].flatMap((alike) => {
    const [laid] = alike
    const sources = settings.questions.filter(({ name }) => alike.some((one) => one.name === name))
    return laid ? [questionOf(laid, sources, say)] : []
  })
  const least = settings.distribution?.min_submitted ?? 1
  if (least > 50) say(`A record took ${least} answers there and takes 50 here, the most there are.`)
  const guidelines = settings.guidelines?.trim() ?? ''
  if (guidelines.length > 10_000) say('The guidelines are longer than 10,000 characters and cut.')
  if (layout.outputs.some(({ field }) => field === null))
    say(
      `What is ranked is the same for every record and no field: ${layout.outputs.map(({ id }) => id).join(', ')} become the outputs of each.`,
    )
  tellRest(settings, say)
  const document = checked({
    name: plainName(input.name).slice(0, 200),
    title: titleFrom(input.name),
    ...(guidelines ? { guidelines: guidelines.slice(0, 10_000) } : {}),
    fields,
    questions,
    distribution: { min_submitted: Math.min(Math.max(least, 1), 50) },
  })
  return { document, warnings }
}

type Say = (sentence: string) => void

function fieldOf(field: ArgillaField, say: Say) {
  const type = fieldType(field)
  const { name, title } = field
  if (type === 'image')
    say(`The field "${name}" holds images: here it is a text with the address of each.`)
  else if (type !== 'text' && type !== 'chat')
    say(`The field "${name}" is drawn by a template there: here its data are shown as text.`)
  return {
    name,
    title: title?.trim() || titleFrom(name),
    type: type === 'chat' ? 'chat' : 'text',
    // An image may be binary data, which has no place here.
    required: type !== 'image' && (field.required ?? true),
  }
}

function questionOf(laid: LaidQuestion, sources: readonly ArgillaQuestion[], say: Say) {
  const [source] = sources
  const about = laid.output === null ? {} : { of: 'outputs' }
  const common = {
    name: laid.to,
    title:
      (laid.output === null ? source?.title || titleFrom(laid.name) : sharedTitle(sources)) ||
      titleFrom(laid.to),
    ...(source?.description ? { description: source.description } : {}),
    // Of questions about each output, Argilla can require those whose output every record has.
    required: sources.some(({ required }) => required ?? true),
  }
  switch (laid.type) {
    case 'rating':
      return { type: 'rating', ...common, ...about, options: laid.options.map(Number) }
    case 'label_selection':
      return { type: 'label', ...common, ...about, options: optionsOf(laid, source, say) }
    case 'multi_label_selection':
      return {
        ...{ type: 'multi_label', ...common, ...about, options: optionsOf(laid, source, say) },
        ...(laid.none === null ? {} : { none_option: true }),
      }
    case 'ranking':
      // Argilla has ties, and no "all unacceptable".
      return { type: 'ranking', ...common, ties: true, unacceptable: false }
    case 'span':
      return {
        ...{ type: 'span', ...common, field: laid.field, options: optionsOf(laid, source, say) },
        ...(source?.settings.allow_overlapping === false ? { overlap: false } : {}),
      }
    default:
      return { type: 'text', ...common, ...about }
  }
}

function optionsOf(laid: LaidQuestion, source: ArgillaQuestion | undefined, say: Say) {
  const given = source?.settings.options ?? []
  const options = given
    .filter(({ value }) => value !== laid.none)
    .map(({ value, text, description }) => ({
      value: String(value),
      text: text || String(value),
      ...(description ? { description } : {}),
    }))
  const [only, second] = options
  if (!only || second) return options
  say(`The question "${laid.name}" has one option there; here it needs two, so "other" is added.`)
  return [only, { value: only.value === 'other' ? 'other-2' : 'other', text: 'Other' }]
}

/** "Rate response A" and "Rate response B" are "Rate response". */
function sharedTitle(sources: readonly ArgillaQuestion[]): string {
  const titles = sources.map(({ title, name }) => title || name)
  const [first = ''] = titles
  let length = first.length
  while (!titles.every((title) => title.startsWith(first.slice(0, length)))) length--
  return first.slice(0, length).replace(/[\s(:_#-]+$/, '')
}

function tellRest(settings: ArgillaSettings, say: Say) {
  const list = (parts: readonly { name: string }[]) => parts.map(({ name }) => name).join(', ')
  const { vectors, metadata } = settings
  if (vectors && vectors.length > 0) say(`Vectors are left out: ${list(vectors)}.`)
  if (metadata && metadata.length > 0)
    say(`Metadata come with the records, but nothing checks them here: ${list(metadata)}.`)
}

function checked(made: unknown): DatasetDocument {
  const { data, error } = DatasetDocument.safeParse(made)
  const problems = data ? checkDocument(data) : explainIssues(error.issues, made, () => [])
  if (data && problems.length === 0) return data
  throw invalid(
    Object.fromEntries(
      problems.map(({ path, message, remedy }) => [pathText(path), `${message} ${remedy}`]),
    ),
  )
}

function titleFrom(name: string): string {
  const words = name.replace(/[_-]+/g, ' ').trim()
  return (words.slice(0, 1).toUpperCase() + words.slice(1)).slice(0, 500) || name
}
