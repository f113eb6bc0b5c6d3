/** Checks a record against its dataset, and warns about likely mistakes (lint). */
import { didYouMean } from '../datasets/did-you-mean.ts'
import type { DatasetDocument } from '../datasets/document.ts'
import { ParleyError } from '../errors.ts'
import type { LineProblem } from '../json.ts'
import type { Question } from '../questions/question.ts'
import { parseValues, type Shown, type Value } from '../questions/values.ts'
import { isEmpty, wordsOf } from '../records/message.ts'
import type {
  RecordGold,
  RecordLine,
  RecordOutput,
  RecordSuggestions,
} from '../records/record-line.ts'
import { fitField } from './fit-field.ts'
import type { LineWarning } from './warnings.ts'

/**
 * Returns the record in the dataset's shape (a single message as text if the field is text), or its
 * first problem.
 */
export function fitRecord(
  document: DatasetDocument,
  record: RecordLine,
): { record: RecordLine } | { problem: LineProblem } {
  const problems: LineProblem[] = []
  const say = (path: string, message: string, remedy: string) => {
    problems.push({ path, message, remedy })
  }
  const fields = fitFields(document, record, say)
  const ids = record.outputs.map((output) => output.id)
  const twice = ids.find((id, at) => ids.indexOf(id) !== at)
  if (twice !== undefined)
    say('outputs', `has two outputs with the id "${twice}".`, 'Give each an id of its own.')
  const suggestions = fitSuggestions(document, record, ids, say)
  const gold = record.gold && fitGold(document, record.gold, ids, say)
  const [problem] = problems
  if (problem) return { problem }
  return { record: { ...record, fields, suggestions, ...(gold ? { gold } : {}) } }
}

type Say = (path: string, message: string, remedy: string) => void

function fitFields(document: DatasetDocument, record: RecordLine, say: Say) {
  const fields: RecordLine['fields'] = {}
  for (const field of document.fields) {
    const content = Object.hasOwn(record.fields, field.name) ? record.fields[field.name] : undefined
    if (content === undefined) {
      if (field.required)
        say(
          `fields.${field.name}`,
          'is missing.',
          `Every record of this dataset has it; name the key that holds it with --map ${field.name}=KEY.`,
        )
      continue
    }
    const empty = typeof content === 'string' ? content.trim() === '' : content.every(isEmpty)
    if (empty && field.required)
      say(`fields.${field.name}`, 'is empty.', 'Write a text, or leave the record out.')
    fields[field.name] = fitField(field, content, `fields.${field.name}`, say)
  }
  const known = document.fields.map((field) => field.name)
  for (const name of Object.keys(record.fields))
    if (!known.includes(name))
      say(
        `fields.${name}`,
        'is not a field of this dataset.',
        didYouMean(name, known).trim() || `It has ${known.join(', ')}; put this into metadata.`,
      )
  return fields
}

function fitSuggestions(
  document: DatasetDocument,
  record: RecordLine,
  outputs: readonly string[],
  say: Say,
): RecordSuggestions {
  const kept: RecordSuggestions = {}
  for (const [name, suggestion] of Object.entries(record.suggestions)) {
    const question = findQuestion(document, name, `suggestions.${name}`, say)
    if (!question) continue
    const path = `suggestions.${name}.value`
    const value = fitValue(question, suggestion.value, { outputs, texts: record.fields }, path, say)
    kept[name] = { ...suggestion, value: value ?? suggestion.value }
  }
  return kept
}

/** Known answers must allow an answer to be right or wrong. An empty `gold` counts as none. */
export function fitGold(
  document: DatasetDocument,
  gold: RecordGold,
  outputs: readonly string[],
  say: Say,
): RecordGold | null {
  const kept: RecordGold = {}
  for (const [name, known] of Object.entries(gold)) {
    const path = `gold.${name}`
    const question = findQuestion(document, name, path, say)
    if (!question) continue
    if (question.type === 'text' || question.type === 'span') {
      say(path, 'cannot be compared.', 'Known answers are for ratings, labels and rankings only.')
      continue
    }
    const value = fitValue(question, known, { outputs }, path, say)
    if (value === undefined) say(path, 'is empty.', 'Write the known answer, or leave it out.')
    else if (question.type === 'ranking' && isTied(value))
      say(path, 'puts no output above another.', 'Give one a better rank, or leave it out.')
    else if (value !== null) kept[name] = value
  }
  return Object.keys(kept).length > 0 ? kept : null
}

function findQuestion(
  document: DatasetDocument,
  name: string,
  path: string,
  say: Say,
): Question | undefined {
  const question = document.questions.find((one) => one.name === name)
  if (question) return question
  const known = document.questions.map((one) => one.name)
  const offer = didYouMean(name, known).trim() || `It asks ${known.join(', ')}.`
  say(path, 'is not a question of this dataset.', offer)
  return undefined
}

/** The value as stored; undefined if it is empty, null if it was refused. */
function fitValue(
  { when: _, ...question }: Question,
  value: unknown,
  shown: Shown,
  path: string,
  say: Say,
): Value | null | undefined {
  try {
    const asked = [{ ...question, required: false }]
    return parseValues(asked, { [question.name]: value }, shown)[question.name]
  } catch (error) {
    if (!(error instanceof ParleyError)) throw error
    say(path, 'does not answer the question.', error.problems[question.name] ?? '')
    return null
  }
}

function isTied(value: Value | null): boolean {
  const ranks = value !== null && typeof value === 'object' && 'ranks' in value ? value.ranks : {}
  return new Set(Object.values(ranks)).size === 1
}

/** Slack and Discord both show texts up to this length whole in a message. */
const inlineLimit = 3000

export function lintRecord(record: RecordLine, outputsNeeded: number): LineWarning[] {
  const warnings: LineWarning[] = []
  const { outputs } = record
  if (outputs.length < outputsNeeded)
    warnings.push({
      kind: 'too few outputs',
      path: 'outputs',
      message: `has ${outputs.length} of the ${outputsNeeded} outputs it needs; it waits until it has them.`,
    })
  const seen = new Map<string, string>()
  const models = outputs.flatMap((output) =>
    output.model !== undefined && output.model.length > 3 ? [output.model.toLowerCase()] : [],
  )
  for (const [at, output] of outputs.entries()) {
    const text = textOf(output)
    const path = `outputs.${at}`
    if (text.trim() === '') warnings.push({ kind: 'empty output', path, message: 'is empty.' })
    const twin = seen.get(text)
    if (twin !== undefined)
      warnings.push({
        kind: 'identical outputs',
        path,
        message: `says the same as output "${twin}".`,
      })
    else seen.set(text, output.id)
    const named = models.length > 0 ? modelIn(text, models) : undefined
    if (named !== undefined)
      warnings.push({
        kind: 'model name in output',
        path,
        message: `names the model "${named}", so it is not blind.`,
      })
    if (text.length > inlineLimit)
      warnings.push({
        kind: 'long text',
        path,
        message: 'is too long for one message; it is paged.',
      })
  }
  return warnings
}

function modelIn(text: string, models: readonly string[]): string | undefined {
  const lower = text.toLowerCase()
  return models.find((model) => {
    const at = lower.indexOf(model)
    if (at < 0) return false
    // "bard" is a model, "bombard" is a word.
    const around = `${lower[at - 1] ?? ' '}${lower[at + model.length] ?? ' '}`
    return !/[a-z0-9]/.test(around)
  })
}

function textOf(output: RecordOutput): string {
  return output.text ?? (output.messages ?? []).map(wordsOf).join('\n')
}
