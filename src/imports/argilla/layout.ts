/**
 * Maps Argilla's fields and questions to ours. Argilla has fixed fields where Parley has a list of
 * outputs: the fields that a ranking ranks (or that the admin names) are the outputs. If a ranking ranks
 * options that are not fields, these options are the outputs of every record.
 */
import type { DatasetDocument } from '../../datasets/document.ts'
import { invalid } from '../../errors.ts'
import { noneValue } from '../../exports/argilla/none.ts'
import { editsName } from '../../exports/argilla/plan.ts'
import { editsQuestion } from '../../questions/edits.ts'
import {
  type ArgillaField,
  type ArgillaQuestion,
  type ArgillaSettings,
  fieldType,
  optionValues,
  questionType,
} from './settings.ts'

export type Layout = {
  /** Argilla's fields that are fields here, under the same names. */
  fields: { name: string; type: string }[]
  outputs: LaidOutput[]
  questions: LaidQuestion[]
  vectors: string[]
}
export type LaidOutput = {
  id: string
  /** The field that holds it; null where every record has the same text. */
  field: string | null
  text: string | null
}
export type LaidQuestion = {
  /** Its name in Argilla. */
  name: string
  /** The question here. */
  to: string
  /** The output it is about, if the question here is about each output. */
  output: string | null
  type: string
  /** The values of its options, in their order. */
  options: string[]
  /** The option "none of these", which is not an option here; our own export writes one. */
  none: string | null
  /** Rankings: the output behind an option. */
  outputOf: ReadonlyMap<string, string>
  /** Spans: the field they mark. */
  field: string | null
  required: boolean
}
/** A layout, and whole sentences about what it cannot represent. */
export type Laid = { layout: Layout; warnings: string[] }

/**
 * Lays out a new dataset from these settings; `named` are the fields that models wrote.
 * @throws ParleyError `invalid` for a field that is not there.
 */
export function layNew(settings: ArgillaSettings, named?: readonly string[]): Laid {
  const known = settings.fields.map(({ name }) => name)
  const stranger = named?.find((name) => !known.includes(name))
  if (stranger !== undefined)
    throw invalid({
      '--outputs': `"${stranger}" is not a field of Argilla's dataset. It has ${known.join(', ')}.`,
    })
  return lay(settings, named ? named.map(outputOfField) : rankedOutputs(settings))
}

/**
 * Lays out an existing dataset: if nothing is ranked, unknown fields are outputs; questions it does not
 * have are left out.
 * @throws ParleyError `invalid` where it asks none of these questions.
 */
export function layFor(settings: ArgillaSettings, document: DatasetDocument): Laid {
  const isRanked = document.questions.some(({ type }) => type === 'ranking')
  const isField = (name: string) => document.fields.some((field) => field.name === name)
  const outputs = isRanked
    ? rankedOutputs(settings).filter(({ field }) => field === null || !isField(field))
    : settings.fields
        .filter((field) => isText(field) && !isField(field.name))
        .map(({ name }) => outputOfField(name))
  const { layout, warnings } = lay(settings, outputs)
  const edits = document.questions.flatMap((one) => {
    const question = editsQuestion(one)
    return question ? [{ question, name: editsName(one.name) }] : []
  })
  const known = layout.questions.map((laid) => {
    const isOwn = document.questions.some(({ name }) => name === laid.to)
    const edited = isOwn ? undefined : edits.find(({ name }) => name === laid.to)
    return edited ? { ...laid, to: edited.question.name } : laid
  })
  const asking = [...document.questions, ...edits.map(({ question }) => question)]
  const questions = known.filter((laid) => {
    const question = asking.find(({ name }) => name === laid.to)
    const fits = question && argillaTypes[question.type] === laid.type
    const about = (question?.of ?? 'record') === 'outputs'
    if (fits && about === (laid.output !== null)) return true
    warnings.push(
      `The question "${laid.name}" is left out with its answers: the dataset ${question ? `asks "${laid.to}" otherwise` : 'does not ask it'}.`,
    )
    return false
  })
  if (questions.length === 0 && settings.questions.length > 0)
    throw invalid({
      dataset: `"${document.name}" asks none of Argilla's questions (${settings.questions.map(({ name }) => name).join(', ')}). Make one that does: parley dataset create --from-argilla PATH.`,
    })
  const fields = layout.fields.filter(({ name }) => isField(name))
  const asked = questions.map((laid) => withOwnNone(laid, document))
  return { layout: { ...layout, fields, questions: asked }, warnings }
}

/** A dataset may have an option of that name itself. */
function withOwnNone(laid: LaidQuestion, { questions }: DatasetDocument): LaidQuestion {
  const question = questions.find(({ name }) => name === laid.to)
  const isOwn =
    question?.type === 'multi_label' && question.options.some(({ value }) => value === laid.none)
  return isOwn ? { ...laid, none: null } : laid
}

const argillaTypes = {
  text: 'text',
  rating: 'rating',
  label: 'label_selection',
  multi_label: 'multi_label_selection',
  ranking: 'ranking',
  span: 'span',
} as const

function isText(field: ArgillaField): boolean {
  return fieldType(field) === 'text' || fieldType(field) === 'chat'
}

function outputOfField(name: string): LaidOutput {
  return { id: name, field: name, text: null }
}

/** The outputs according to the rankings: their fields, else the options they rank. */
function rankedOutputs(settings: ArgillaSettings): LaidOutput[] {
  const rankings = settings.questions.filter((one) => questionType(one) === 'ranking')
  for (const ranking of rankings) {
    const fields = [...rankedFields(ranking, settings.fields).values()]
    if (fields.length > 0)
      return settings.fields
        .map(({ name }) => name)
        .filter((name) => fields.includes(name))
        .map(outputOfField)
  }
  const [first] = rankings
  return (first?.settings.options ?? []).map(({ value, text }) => ({
    id: String(value),
    field: null,
    text: text ?? String(value),
  }))
}

/** The field behind each option of a ranking; none where one option is no field. */
function rankedFields(
  { settings }: ArgillaQuestion,
  fields: readonly ArgillaField[],
): Map<string, string> {
  const found = new Map<string, string>()
  for (const { value, text } of settings.options ?? []) {
    const field =
      fields.find(({ name }) => name === String(value)) ??
      fields.find(({ name, title }) =>
        [value, text].some((said) => [name, title].some((one) => isAlike(said, one))),
      )
    if (!field || [...found.values()].includes(field.name)) return new Map()
    found.set(String(value), field.name)
  }
  return found
}

/** "response-1" and "Response 1" mean the same to the author of the settings. */
function isAlike(a: unknown, b: unknown): boolean {
  const plain = (text: unknown) =>
    String(text ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]/gu, '')
  return plain(a) !== '' && plain(a) === plain(b)
}

function lay(settings: ArgillaSettings, outputs: readonly LaidOutput[]): Laid {
  const warnings: string[] = []
  const isOutput = (name: string) => outputs.some(({ field }) => field === name)
  const bases = basesOf(settings.questions, outputs)
  const names = new Map<string, string>()
  const questions = settings.questions.flatMap((question): LaidQuestion[] => {
    const type = questionType(question)
    const { base, output } = bases.get(question.name) ?? { base: question.name, output: null }
    const why = unaskable(question, settings, outputs)
    if (why !== null) {
      warnings.push(`The question "${question.name}" is left out with its answers: ${why}.`)
      return []
    }
    const to = names.get(base) ?? uniqueName(base, [...names.values()])
    names.set(base, to)
    return [
      {
        ...{ name: question.name, to, output, type },
        ...optionsOf(question, type),
        outputOf: outputOfOption(question, settings),
        field: question.settings.field ?? null,
        required: question.required ?? true,
      },
    ]
  })
  return {
    layout: {
      fields: settings.fields
        .filter(({ name }) => !isOutput(name))
        .map((field) => ({ name: field.name, type: fieldType(field) })),
      outputs: [...outputs],
      questions,
      vectors: (settings.vectors ?? []).map(({ name }) => name),
    },
    warnings,
  }
}

function optionsOf(question: ArgillaQuestion, type: string) {
  const options = optionValues(question)
  const others = options.filter((value) => value !== noneValue)
  const isNone = type === 'multi_label_selection' && others.length < options.length
  return isNone ? { options: others, none: noneValue } : { options, none: null }
}

function outputOfOption(question: ArgillaQuestion, { fields }: ArgillaSettings) {
  if (questionType(question) !== 'ranking') return new Map<string, string>()
  const ranked = rankedFields(question, fields)
  return ranked.size > 0 ? ranked : new Map(optionValues(question).map((value) => [value, value]))
}

/** Why a question cannot be asked here; null if it can. */
function unaskable(
  question: ArgillaQuestion,
  settings: ArgillaSettings,
  outputs: readonly LaidOutput[],
): string | null {
  const type = questionType(question)
  if (!Object.values<string>(argillaTypes).includes(type)) return `there is no "${type}" here`
  if (type === 'ranking') {
    const ranked = [...outputOfOption(question, settings).values()]
    const isWhole =
      ranked.length === outputs.length && outputs.every(({ id }) => ranked.includes(id))
    return isWhole ? null : 'it ranks other things than the outputs of the records'
  }
  if (type !== 'span') return null
  const field = settings.fields.find(({ name }) => name === question.settings.field)
  if (!field || fieldType(field) !== 'text') return 'spans are marked in a text field here'
  return outputs.some((output) => output.field === field.name)
    ? 'spans are marked in a field here, and this one is an output'
    : null
}

/** Merges questions that repeat for every output, as our own export writes them, into one. */
function basesOf(
  questions: readonly ArgillaQuestion[],
  outputs: readonly LaidOutput[],
): Map<string, { base: string; output: string }> {
  const found = new Map<string, { base: string; output: string }>()
  if (outputs.length === 0) return found
  // "b_a" is another output than "a".
  const byLength = outputs.toSorted((a, b) => b.id.length - a.id.length)
  const splits = questions.flatMap((question) => {
    if (['ranking', 'span'].includes(questionType(question))) return []
    const output = byLength.find(({ id }) =>
      new RegExp(`[^ ][ ._-]${escaped(id)}$`).test(question.name),
    )
    if (!output) return []
    const base = question.name.slice(0, -output.id.length - 1)
    const kind = JSON.stringify([base, questionType(question), optionValues(question)])
    return [{ name: question.name, base, kind, output: output.id }]
  })
  for (const { name, base, kind, output } of splits) {
    const isWhole = splits.filter((one) => one.kind === kind).length === outputs.length
    const isTaken = questions.some((question) => question.name === base)
    if (isWhole && !isTaken) found.set(name, { base, output })
  }
  return found
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

/** Argilla takes any name; here names are without spaces. */
export function plainName(name: string): string {
  return name.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^[^A-Za-z0-9]+|-+$/g, '')
}

function uniqueName(name: string, taken: readonly string[]): string {
  const plain = plainName(name) || 'question'
  let unique = plain
  for (let n = 2; taken.includes(unique); n++) unique = `${plain}-${n}`
  return unique
}
