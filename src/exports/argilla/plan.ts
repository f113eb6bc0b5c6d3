/**
 * How a dataset is laid out in Argilla 2, where every record has the same fixed fields: what its fields,
 * outputs and questions are called there, which questions can be required, and which keys of the
 * metadata are declared. All of this is read from the records before the first is written.
 */
import { type RawBuilder, sql } from 'kysely'
import type { DatasetDocument, Field } from '../../datasets/document.ts'
import { editsQuestion } from '../../questions/edits.ts'
import type { Question } from '../../questions/question.ts'
import type { Source } from '../source.ts'
import { noneOption } from './none.ts'

export type ArgillaPlan = {
  document: DatasetDocument
  fields: PlannedField[]
  outputs: PlannedOutputs
  questions: PlannedQuestion[]
  metadata: PlannedMetadata[]
}
export type PlannedField = { name: string; to: string; type: 'text' | 'chat'; required: boolean }
export type PlannedOutputs = {
  /** The fields that hold them. */
  names: string[]
  /** The output id of each field; null if ids differ between records, so that the position decides. */
  ids: string[] | null
  /** The common prefix of all names, where the position decides. */
  prefix: string
}
/** One of Argilla's: a question about outputs is one for each of them. */
export type PlannedQuestion = {
  question: Question
  to: string
  /** The index of the output it is about. */
  output: number | null
  required: boolean
}
export type PlannedMetadata = { name: string; type: 'terms' | 'integer' | 'float' }

export async function planArgilla(source: Source): Promise<ArgillaPlan> {
  const { document } = source.dataset
  const has = await lookThrough(source)
  const taken = new Set<string>()
  const fields = document.fields.map((field) => ({
    name: field.name,
    to: freeName(field.name, taken),
    type: typeInArgilla(field.type),
    required: field.required && !has.lackingFields.has(field.name),
  }))
  const questionNames = document.questions.map(({ name }) => name)
  // A ranking needs two options there, even if the dataset has no outputs yet.
  const isRanked = document.questions.some(({ type }) => type === 'ranking')
  const most = Math.max(has.mostOutputs, isRanked ? 2 : 0)
  const outputs = planOutputs(has, most, [...taken, ...questionNames])
  for (const name of outputs.names) taken.add(name)
  const questions = planQuestions(document, outputs, taken)
  return {
    ...{ document, fields, outputs },
    questions: requireSome(questions, has.lackingQuestions),
    metadata: has.metadata
      .filter(({ name }) => !taken.has(name) && !reserved.has(name) && name.length <= 200)
      .flatMap(({ name, kinds }) => {
        const type = metadataType(kinds)
        return type && name !== '' ? [{ name, type }] : []
      }),
  }
}

/** The field that holds an output; null for an output without a field. */
export function fieldOfOutput({ names, ids }: PlannedOutputs, id: string, place: number) {
  return names[ids ? ids.indexOf(id) : place] ?? null
}

/** Names that Argilla's SDK cannot load: attributes of its own collection (settings/_resource.py). */
const reserved = new Set(['add', 'count', 'index', 'remove', 'serialize'])

/** There, no two parts of a dataset may share a name, whatever their kind. */
function freeName(name: string, taken: Set<string>): string {
  let free = name
  for (let n = 2; taken.has(free) || reserved.has(free); n++) free = `${name}-${n}`
  taken.add(free)
  return free
}

function planOutputs(has: Found, most: number, taken: readonly string[]): PlannedOutputs {
  const ids = has.idLists && sharedOrder(has.idLists)
  // "a" and "b" are poor names for fields; data that came from Argilla gets its own names back.
  const isName = (id: string) => /^[A-Za-z][A-Za-z0-9_-]{2,}$/.test(id) && !reserved.has(id)
  const isFree = (id: string) =>
    !taken.some((name) => name === id || name.endsWith(`_${id}`)) && !has.models.has(id)
  const prefix = outputPrefix(taken)
  if (ids && ids.length === most && ids.every((id) => isName(id) && isFree(id)))
    return { names: ids, ids, prefix }
  return { names: Array.from({ length: most }, (_, at) => `${prefix}${at + 1}`), ids: null, prefix }
}

function outputPrefix(taken: readonly string[]): string {
  const isTaken = (prefix: string) => {
    const numbered = new RegExp(`(^|_)${prefix}\\d+$`)
    return taken.some((name) => numbered.test(name))
  }
  let prefix = 'response'
  while (isTaken(prefix)) prefix = `parley_${prefix}`
  return prefix
}

/** The one list that contains all others; null if there is none. */
function sharedOrder(lists: readonly string[][]): string[] | null {
  const [longest] = [...lists].sort((a, b) => b.length - a.length)
  if (!longest) return null
  return lists.every((list) => isWithin(list, longest)) ? longest : null
}

function isWithin(list: readonly string[], whole: readonly string[]): boolean {
  let from = 0
  return list.every((id) => {
    const at = whole.indexOf(id, from)
    from = at + 1
    return at >= 0
  })
}

function planQuestions(
  document: DatasetDocument,
  { names }: PlannedOutputs,
  taken: Set<string>,
): PlannedQuestion[] {
  return document.questions.flatMap((question): PlannedQuestion[] => {
    const isAsked = question.required && question.when === undefined
    const edits = planEdits(question, names, taken)
    if (question.of === 'outputs')
      // A record may have fewer outputs than there are fields.
      return [
        ...names.map((field, output) => ({
          ...{ question, output },
          to: freeName(`${question.name}_${field}`, taken),
          required: isAsked && output === 0,
        })),
        ...edits,
      ]
    if (isSecondSpan(question, document)) return []
    const to = freeName(question.name, taken)
    return [{ question, to, output: null, required: isAsked }, ...edits]
  })
}

/** There, edits of outputs are one text question for each output. */
function planEdits(
  question: Question,
  names: readonly string[],
  taken: Set<string>,
): PlannedQuestion[] {
  const edits = editsQuestion(question)
  if (!edits) return []
  return names.map((field, output) => ({
    ...{ question: edits, output, required: false },
    to: freeName(`${editsName(question.name)}_${field}`, taken),
  }))
}

/** The name of edits there, without the output's; names may not contain a dot. */
export function editsName(question: string): string {
  return `${question}_edit`
}

/** Argilla allows one span question per field. */
function isSecondSpan(question: Question, document: DatasetDocument): boolean {
  if (question.type !== 'span') return false
  const first = document.questions.find(
    (one) => one.type === 'span' && one.field === question.field,
  )
  return first?.name !== question.name
}

/**
 * Argilla refuses a submitted answer without a value for each required question, and a dataset without
 * a required question. So a question stays required unless an answer was submitted without it; if none
 * would stay required, the first one does.
 */
function requireSome(
  questions: readonly PlannedQuestion[],
  lacking: ReadonlySet<string>,
): PlannedQuestion[] {
  const isAnswered = ({ question }: PlannedQuestion) => !lacking.has(question.name)
  const first =
    questions.find((one) => one.required && isAnswered(one)) ??
    questions.find((one) => (one.output ?? 0) === 0 && isAnswered(one)) ??
    questions[0]
  return questions.map((one) => ({
    ...one,
    required: one === first || (one.required && isAnswered(one)),
  }))
}

function metadataType(kinds: readonly string[]): PlannedMetadata['type'] | null {
  const said = kinds.filter((kind) => kind !== 'null')
  const only = (...some: string[]) => said.every((kind) => some.includes(kind))
  if (said.length === 0) return null
  if (only('text', 'texts')) return 'terms'
  if (only('integer')) return 'integer'
  return only('integer', 'float') ? 'float' : null
}

/** The properties of a dataset's records that the plan depends on. */
type Found = {
  mostOutputs: number
  /** All distinct lists of output ids; null if there are too many. */
  idLists: string[][] | null
  models: Set<string>
  metadata: { name: string; kinds: string[] }[]
  /** Fields that are missing on some records. */
  lackingFields: Set<string>
  /** Questions that a submitted answer leaves out. */
  lackingQuestions: Set<string>
}

const mostIdLists = 100

async function lookThrough(source: Source): Promise<Found> {
  const { dataset } = source
  const rows = async (query: RawBuilder<unknown>) => {
    let text = ''
    for await (const chunk of source.lines(query)) text += chunk.toString('utf8')
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line))
  }
  const here = sql`dataset_id = ${dataset.id}`
  const idLists: string[][] = await rows(sql`select ids::text from (
    select distinct jsonb_path_query_array(outputs, '$[*].id') as ids from records where ${here}
    limit ${sql.lit(mostIdLists + 1)}) found`)
  const [most]: (number | undefined)[] = await rows(
    sql`select to_json(coalesce(max(jsonb_array_length(outputs)), 0)) from records where ${here}`,
  )
  const models: string[] = await rows(sql`select to_json(model) from (
    select distinct jsonb_array_elements(outputs)->>'model' as model from records where ${here}) found
    where model is not null limit 1000`)
  const metadata: Found['metadata'] = await rows(sql`
    select json_build_object('name', key, 'kinds', array_agg(distinct kind order by kind)) from (
      select key, case jsonb_typeof(value)
        when 'string' then 'text'
        when 'number' then case when value::numeric % 1 = 0 and abs(value::numeric) < 1e15
          then 'integer' else 'float' end
        when 'array' then case when value @? '$[*] ? (@.type() != "string")' then 'other' else 'texts' end
        when 'null' then 'null' else 'other' end as kind
      from records, jsonb_each(metadata) where ${here}) found
    group by key order by key collate "C"`)
  return {
    ...{ mostOutputs: most ?? 0, models: new Set(models), metadata },
    idLists: idLists.length > mostIdLists ? null : idLists,
    lackingFields: new Set(await rows(lackingFields(source))),
    lackingQuestions: new Set(await rows(lackingQuestions(source))),
  }
}

function lackingFields({ dataset }: Source) {
  const names = dataset.document.fields.flatMap(({ name, required }) => (required ? [name] : []))
  return sql`select to_json(name) from unnest(array[${list(names)}]::text[]) name
    where exists (select from records r where r.dataset_id = ${dataset.id} and not r.fields ? name)`
}

/** Of those about outputs the first must be answered. */
function lackingQuestions({ dataset }: Source) {
  const { questions } = dataset.document
  const names = (of: string, isNone?: boolean) =>
    list(
      questions.flatMap((one) =>
        one.of === of && (isNone === undefined || (noneOption(one) !== null) === isNone)
          ? [one.name]
          : [],
      ),
    )
  const submitted = sql`from responses s join records r
    on r.dataset_id = s.dataset_id and r.id = s.record_id
    where s.dataset_id = ${dataset.id} and s.status = 'submitted'`
  const first = sql`s."values"->name->(r.outputs->0->>'id')`
  return sql`select to_json(name)::text from unnest(array[${names('record')}]::text[]) name
    where exists (select ${submitted} and not s."values" ? name)
    union select to_json(name)::text from unnest(array[${names('outputs')}]::text[]) name
    where exists (select ${submitted} and ${first} is null)
    union select to_json(name)::text from unnest(array[${names('record', false)}]::text[]) name
    where exists (select ${submitted} and s."values"->name = '[]')
    union select to_json(name)::text from unnest(array[${names('outputs', false)}]::text[]) name
    where exists (select ${submitted} and ${first} = '[]')`
}

function list(names: readonly string[]): RawBuilder<unknown> {
  return names.length > 0 ? sql.join(names) : sql``
}

/** A link to an image or a sound stays a text there, as it does in every export. */
export function typeInArgilla(type: Field['type']): PlannedField['type'] {
  return type === 'chat' ? 'chat' : 'text'
}
