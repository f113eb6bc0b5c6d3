/**
 * What a server of Argilla 2.8.0 takes of a record and what it refuses, in its own words: every rule and
 * every sentence here was said by a real one (scripts/real/argilla.sh starts the same trip against it).
 */
export type Part = { id: string; name: string; required: boolean; settings: Settings }
type Settings = {
  type: string
  options?: { value: unknown }[]
  field?: string
  [key: string]: unknown
}
export type Laid = {
  fields: Part[]
  questions: Part[]
  metadata: { name: string; settings: { type: string } }[]
  users: ReadonlySet<string>
}
export type Item = {
  external_id?: string
  fields: Record<string, unknown>
  metadata?: Record<string, unknown> | null
  responses?: {
    user_id: string
    status: string
    values: Record<string, { value: unknown }> | null
  }[]
  suggestions?: { question_id: string; value: unknown; score?: unknown; agent?: unknown }[]
}

/** Null for what it takes, else its sentence (`text` is the body as it came: a float is one by its text). */
export function refusalOfBulk(items: readonly Item[], laid: Laid, text: string): string | null {
  if (items.length === 0) return 'items: List should have at least 1 item after validation, not 0'
  if (items.length > 500)
    return `items: List should have at most 500 items after validation, not ${items.length}`
  const ids = items.map(({ external_id }) => external_id)
  if (new Set(ids).size < ids.length) return 'items: Value error, External IDs must be unique'
  for (const [at, item] of items.entries()) {
    const why = refusalOf(item, laid, text)
    if (why !== null) return `Record at position ${at} is not valid because ${why}`
  }
  return null
}

function refusalOf(item: Item, laid: Laid, text: string): string | null {
  return (
    fieldProblem(item, laid) ??
    metadataProblem(item, laid, text) ??
    responsesProblem(item, laid) ??
    suggestionsProblem(item, laid)
  )
}

function fieldProblem({ fields }: Item, laid: Laid): string | null {
  const unknown = Object.keys(fields).filter(
    (name) => !laid.fields.some((one) => one.name === name),
  )
  if (unknown.length > 0) return `found fields values for non configured fields: ['${unknown}']`
  for (const { name, required, settings } of laid.fields) {
    const held = fields[name] ?? null
    if (held === null && required) return `missing required value for field: '${name}'`
    if (held === null) continue
    if (settings.type === 'text' && typeof held !== 'string') return `field ${name} is no text`
    if (settings.type !== 'chat') continue
    if (!Array.isArray(held)) return `field ${name} is no list`
    if (held.length > 500)
      return `Number of chat messages in field '${name}' exceeds the maximum allowed value of 500`
    for (const { role, content } of held) {
      const length = [...String(content)].length
      if (length < 1) return 'String should have at least 1 character'
      if (length > 20_000) return 'String should have at most 20000 characters'
      if (String(role).length > 20) return 'String should have at most 20 characters'
    }
  }
  return null
}

function metadataProblem({ metadata }: Item, laid: Laid, text: string): string | null {
  for (const [name, value] of Object.entries(metadata ?? {})) {
    const type = laid.metadata.find((one) => one.name === name)?.settings.type
    const said = `'${name}' metadata property validation failed because '${value}' is not`
    if (value === null || (type !== 'integer' && type !== 'float')) continue
    const isFloat = !text.includes(`"${name}":${value},`) && !text.includes(`"${name}":${value}}`)
    const isWritten = isFloat || /[.e]/.test(String(value))
    if (type === 'float' && !isWritten) return `metadata is not valid: ${said} a float.`
    if (type === 'integer' && !(Number.isInteger(value) && !/e/.test(String(value))))
      return `metadata is not valid: ${said} an integer.`
  }
  return null
}

function responsesProblem({ responses = [], fields }: Item, laid: Laid): string | null {
  const said = (why: string) => `record does not have valid responses: ${why}`
  const people = responses.map(({ user_id }) => user_id)
  const twice = people.find((id, at) => people.indexOf(id) !== at)
  if (twice) return `'responses' contains several responses for the same user_id='${twice}'`
  for (const { user_id, status, values } of responses) {
    if (!laid.users.has(user_id)) return said(`user with id ${user_id} not found`)
    const given = Object.entries(values ?? {})
    if (status === 'submitted' && given.length === 0)
      return said('missing response values for submitted response')
    const stranger = given.find(([name]) => !laid.questions.some((one) => one.name === name))
    if (stranger)
      return said(`found response value for non configured question with name='${stranger[0]}'`)
    for (const question of laid.questions) {
      const value = values?.[question.name]?.value
      if (value === undefined && question.required && status === 'submitted')
        return said(`missing response value for required question with name='${question.name}'`)
      const why = value === undefined ? null : valueProblem(question, value, fields, status)
      if (why !== null) return said(why)
    }
  }
  return null
}

function suggestionsProblem({ suggestions = [], fields }: Item, laid: Laid): string | null {
  for (const { question_id, value, score = null, agent = null } of suggestions) {
    const question = laid.questions.find(({ id }) => id === question_id)
    if (!question) return `question_id=${question_id} does not exist`
    const said = (why: string) => `record does not have valid suggestions: ${why}`
    const why = valueProblem(question, value, fields, null)
    if (why !== null) return said(why)
    if (
      agent !== null &&
      !/^[a-zA-Z0-9-_:./\s]*[a-zA-Z0-9][a-zA-Z0-9-_:./\s]*$/.test(String(agent))
    )
      return 'String should match pattern'
    if ([score].flat().some((one) => one !== null && !(Number(one) >= 0 && Number(one) <= 1)))
      return 'Value error, score must be between 0 and 1'
    if (score !== null && Array.isArray(value) && !Array.isArray(score))
      return said(
        'a single score value is not allowed for a suggestion with a multiple items value',
      )
    if (Array.isArray(score) && (!Array.isArray(value) || value.length !== score.length))
      return said('number of items on value and score attributes doesn’t match')
  }
  return null
}

function valueProblem(
  { settings }: Part,
  value: unknown,
  fields: Item['fields'],
  status: string | null,
): string | null {
  const options = (settings.options ?? []).map((one) => one.value)
  switch (settings.type) {
    case 'text':
      return typeof value === 'string' ? null : 'text question expects a text value'
    case 'rating':
      return options.includes(value) ? null : `${value} is not a valid rating for rating question.`
    case 'label_selection':
      return options.includes(value)
        ? null
        : `'${value}' is not a valid label for label selection question.`
    case 'multi_label_selection':
      if (!Array.isArray(value)) return 'multi label selection questions expects a list of values'
      if (value.length === 0)
        return 'multi label selection questions expects a list of values, found empty list'
      return value.every((one) => options.includes(one)) && new Set(value).size === value.length
        ? null
        : `${value} are not valid labels for multi label selection question`
    case 'ranking':
      return rankingProblem(value, options, status)
    case 'span':
      return spanProblem(value, options, fields[settings.field ?? ''])
    default:
      return `there is no question of type ${settings.type}`
  }
}

function rankingProblem(value: unknown, options: unknown[], status: string | null): string | null {
  if (!Array.isArray(value)) return 'ranking question expects a list of values'
  if (status === 'submitted' && value.length !== options.length)
    return `ranking question expects a list containing ${options.length} values, found a list of ${value.length} values`
  const ranks = value.map((one) => one.rank ?? null)
  const isRank = (rank: unknown) =>
    Number.isInteger(rank) && Number(rank) >= 1 && Number(rank) <= options.length
  if (status === 'submitted' && !ranks.every(isRank))
    return `[${ranks.map((rank) => rank ?? 'None')}] are not valid ranks for ranking question.`
  const values = value.map((one) => one.value)
  return values.every((one) => options.includes(one)) && new Set(values).size === values.length
    ? null
    : `${values} are not valid values for ranking question`
}

function spanProblem(value: unknown, options: unknown[], field: unknown): string | null {
  if (!Array.isArray(value)) return 'span question expects a list of values'
  const length = [...String(field ?? '')].length
  for (const { label, start, end } of value) {
    if (!options.includes(label)) return `undefined label '${label}' for span question`
    if (!(start >= 0 && end > start)) return "'end' must have a value greater than 'start'"
    if (end > length)
      return `span question response value \`end\` must have a value lower or equal than record field length that is \`${length}\``
  }
  return null
}
