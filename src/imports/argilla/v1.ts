/**
 * Argilla 1's feedback datasets as the Hugging Face Hub keeps them: `argilla.yaml`, and a table with a
 * column for each field and each question (a list of values with their users and statuses), which
 * keeps ranks; `QUESTION-suggestion`, `QUESTION-suggestion-metadata`, `external_id`, and `metadata` as JSON.
 */
import { isObject, type JsonObject } from '../../json.ts'
import { parseJson } from '../readers/json.ts'
import { numberOf, textOf } from './flat.ts'
import { gatherResponses, type Said } from './gather.ts'
import type { ArgillaRecord } from './record.ts'
import { type ArgillaSettings, parseSettings } from './settings.ts'
import { rowsOf } from './value.ts'

/**
 * `from` names the file, for the messages.
 * @throws ParleyError `invalid`, one problem per mistake.
 */
export function settingsOfV1(value: unknown, from: string): ArgillaSettings {
  if (!isObject(value)) return parseSettings(value, from)
  const { metadata_properties: metadata, vectors_settings: vectors, questions, ...rest } = value
  return parseSettings(
    {
      ...rest,
      metadata,
      vectors,
      questions: Array.isArray(questions) ? questions.map(questionOf) : questions,
    },
    from,
  )
}

/** Options are a list of values, or an object of values and the words shown for them. */
function questionOf(question: unknown): unknown {
  if (!isObject(question)) return question
  const { type, field, values, labels, options = values ?? labels, ...rest } = question
  const all = Array.isArray(options)
    ? options.map((value: unknown) => (isObject(value) ? value : { value }))
    : isObject(options)
      ? Object.entries(options).map(([value, text]) => ({ value, text: textOf(text) }))
      : []
  return { ...rest, settings: { type, options: all, ...(field === undefined ? {} : { field }) } }
}

/** Whether a row has the columns of Argilla 1: in Argilla 2 no column has a question's plain name. */
export function isOfV1({ questions }: ArgillaSettings, row: JsonObject): boolean {
  const has = (column: string) => Object.hasOwn(row, column)
  return has('external_id') || questions.some(({ name }) => has(name) || has(`${name}-suggestion`))
}

export function recordOfV1(settings: ArgillaSettings, row: JsonObject): ArgillaRecord {
  const said: Said[] = settings.questions.flatMap(({ name }) =>
    (rowsOf(row[name]) ?? []).filter(isObject).map((one) => ({
      question: name,
      user: textOf(one['user_id']),
      value: one['value'],
      // It was the default there.
      status: textOf(one['status']) ?? 'submitted',
    })),
  )
  const suggestions = settings.questions.flatMap(({ name }): Suggested[] => {
    const value = row[`${name}-suggestion`] ?? null
    const about = objectOf(row[`${name}-suggestion-metadata`])
    const { score, agent } = about
    return value === null
      ? []
      : [[name, { value, score: numberOf(score ?? null), agent: textOf(agent) }]]
  })
  const given = settings.fields.map(({ name }) => [name, row[name] ?? null] as const)
  return {
    external_id: textOf(row['external_id']),
    fields: Object.fromEntries(given.filter(([, value]) => value !== null)),
    metadata: objectOf(row['metadata']),
    responses: gatherResponses(said.filter(({ value }) => value !== null)),
    suggestions: Object.fromEntries(suggestions),
    vectors: objectOf(row['vectors']),
  }
}

type Suggested = [string, { value: unknown; score: unknown; agent: string | null }]

/** An object, or one written as JSON in a text. */
function objectOf(value: unknown): JsonObject {
  if (isObject(value)) return value
  if (typeof value !== 'string') return {}
  const parsed = parseJson(value)
  return 'value' in parsed && isObject(parsed.value) ? parsed.value : {}
}

/** The columns of a table that hold lists or objects; in CSV they are written as JSON. */
export function listsOfV1(settings: ArgillaSettings): string[] {
  return [
    'vectors',
    ...settings.questions.flatMap(({ name }) => [
      name,
      `${name}-suggestion`,
      `${name}-suggestion-metadata`,
    ]),
  ]
}
