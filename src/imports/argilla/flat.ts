/**
 * Argilla 2's records as its files hold them: `records.json` of `to_disk`, and the flat columns of `to_datasets`
 * (`QUESTION.responses`, `.responses.users`, `.responses.status`, `QUESTION.suggestion`, `.score`, `.agent`, a column
 * for each field and each key of the metadata).
 */
import { isObject, type JsonObject } from '../../json.ts'
import { gatherResponses, type Said } from './gather.ts'
import type { ArgillaRecord } from './record.ts'
import { type ArgillaSettings, optionValues, questionType } from './settings.ts'
import { rowsOf } from './value.ts'

/** `id` is the external id there. */
export function recordOfJson(row: JsonObject): unknown {
  const { id, responses, ...record } = row
  // REST has a list of responses; its own shape is kept.
  if (!isObject(responses)) return row
  const said = Object.entries(responses).flatMap(([question, all]) =>
    (Array.isArray(all) ? all : []).filter(isObject).map(
      (one): Said => ({
        question,
        user: textOf(one['user_id']),
        value: one['value'],
        status: textOf(one['status']),
      }),
    ),
  )
  return { ...record, external_id: textOf(id), responses: gatherResponses(said) }
}

/** Whether a row has the columns of Argilla 2. */
export function isFlat(row: JsonObject): boolean {
  return Object.keys(row).some((key) => key.endsWith('.responses') || key.endsWith('.suggestion'))
}

export function recordOfColumns(settings: ArgillaSettings, row: JsonObject): ArgillaRecord {
  const rest = new Map(Object.entries(row))
  const take = (column: string) => {
    const value = rest.get(column)
    rest.delete(column)
    return value ?? null
  }
  const said: Said[] = []
  const suggestions: [string, { value: unknown; score: unknown; agent: string | null }][] = []
  for (const question of settings.questions) {
    const { name } = question
    const values = listOf(take(`${name}.responses`))
    const users = listOf(take(`${name}.responses.users`))
    const statuses = listOf(take(`${name}.responses.status`))
    for (const [at, value] of values.entries())
      said.push({
        question: name,
        user: textOf(users[at]),
        value,
        status: textOf(statuses[at]),
      })
    const value = take(`${name}.suggestion`)
    const score = take(`${name}.suggestion.score`)
    const agent = textOf(take(`${name}.suggestion.agent`))
    if (value !== null)
      suggestions.push([name, { value: labelOf(question, value), score: numberOf(score), agent }])
  }
  const externalId = textOf(take('id'))
  const serverId = textOf(take('_server_id'))
  take('status')
  const vectors = namedColumns(
    (settings.vectors ?? []).map(({ name }) => name),
    take,
  )
  return {
    id: serverId,
    external_id: externalId,
    fields: namedColumns(
      settings.fields.map(({ name }) => name),
      take,
    ),
    responses: gatherResponses(said),
    suggestions: Object.fromEntries(suggestions),
    vectors,
    metadata: Object.fromEntries([...rest].filter(([, value]) => value !== null)),
  }
}

function namedColumns(names: readonly string[], take: (column: string) => unknown) {
  return Object.fromEntries(
    names.map((name) => [name, take(name)]).filter(([, value]) => value !== null),
  )
}

/** Hugging Face stores suggested labels as numbers (ClassLabel): their index among the options. */
function labelOf(question: ArgillaSettings['questions'][number], value: unknown): unknown {
  const isLabel = /label_selection$/.test(questionType(question))
  const named = (one: unknown) =>
    isLabel && typeof one === 'number' ? (optionValues(question)[one] ?? one) : one
  return Array.isArray(value) ? value.map(named) : named(value)
}

function listOf(value: unknown): unknown[] {
  return rowsOf(value) ?? []
}

export function textOf(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value)
}

/** A cell of a CSV file is always text. */
export function numberOf(value: unknown): unknown {
  return typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value))
    ? Number(value)
    : value
}

/** The columns of a table that hold lists; in CSV they are written as JSON. */
export function flatLists(settings: ArgillaSettings): string[] {
  return settings.questions.flatMap((question) => [
    `${question.name}.responses`,
    `${question.name}.responses.users`,
    `${question.name}.responses.status`,
    ...(['label_selection', 'text', 'rating'].includes(questionType(question))
      ? []
      : [`${question.name}.suggestion`, `${question.name}.suggestion.score`]),
  ])
}
