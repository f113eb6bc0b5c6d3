/**
 * The `argilla` format: the folder Argilla 2 reads with `rg.Dataset.from_disk`, and the one it writes.
 * Argilla has no place for much of what Parley keeps (its own files lose ranks and statuses), so a
 * sidecar holds the rest, and Parley brings everything back from the two together.
 *
 *     NAME/.argilla/dataset.json    name, guidelines, distribution
 *     NAME/.argilla/settings.json   fields and questions
 *     NAME/records.json             `argilla`: an array of Argilla's records
 *     NAME/train.jsonl              `argilla-flat` instead: the flat columns of `to_datasets`
 *     NAME/parley.json              the sidecar
 *
 * All files are UTF-8 with `\n`. Every record stands on a line of its own, in the same order in both:
 * record n is line n + 1 of records.json (line 1 is `[`, the last `]`; `,` ends all but the last
 * record), line n of train.jsonl, and line n + 1 of parley.json:
 *
 *     {"format":1,"for":"argilla","dataset":DOCUMENT,"data":"records.json","output_fields":"response","records":[
 *     RECORD,
 *     RECORD
 *     ],"users":{"UUID":"PSEUDONYM"},"warnings":["…"],"data_sha256":"…"}
 *
 * A sidecar's RECORD is a line of the `records` format without what the data file says of it:
 * `fields` is absent, and so is the `text` of each output (one with `messages` keeps them). A data
 * record's `fields` (in the flat form its columns of those names) are the record's own fields, which
 * DOCUMENT names (null or no column: not there), and output k's text as `output_fields` + k, from 1. To have the line back: the
 * record's fields go to `fields`, output texts into `outputs`. `data_sha256` is that of the data file:
 * if it differs, somebody changed the file since, and the two do not belong together any more.
 *
 * What Argilla is told, for those who read it there: a question about outputs is one question for each,
 * QUESTION + `_` + OUTPUT FIELD; a ranking is the output fields best first; a span leaves `field` away.
 * Users are UUIDs made of the pseudonyms. A response's status stands with each of its values; one
 * with a ranking is a draft, since Argilla's SDK sends rankings without ranks and its server
 * accepts that of drafts only. Metadata that is neither text nor number nor a list of texts stays out.
 * One answer a person: of repeats the first, and of revisions the newest. What was left out is counted
 * in `warnings`, here, in the manifest and on the terminal.
 */
import { createHash } from 'node:crypto'
import { type RawBuilder, sql } from 'kysely'
import type { DatasetDocument } from '../datasets/shape.ts'
import type { Question } from '../questions/question.ts'
import type { RecordOutput, RecordSuggestions } from '../records/shape.ts'
import {
  argillaSettings,
  outputFieldPrefix,
  outputNames,
  questionNames,
} from './argilla-settings.ts'
import { asDouble } from './double.ts'
import type { FolderFormat, FolderMaker } from './formats.ts'
import { recordLines } from './records.ts'
import type { Source } from './source.ts'
import { readRanks } from './usable.ts'

export const argilla: FolderFormat = {
  about: "Argilla's own folder, with what it cannot say in a sidecar",
  takes: [],
  type: 'folder',
  files: ['records.json', 'parley.json'],
  open: (document) => openArgilla(document, 'records.json'),
}

export const argillaFlat: FolderFormat = {
  about: "the same with the flat columns of Argilla's datasets",
  takes: [],
  type: 'folder',
  files: ['train.jsonl', 'parley.json'],
  open: (document) => openArgilla(document, 'train.jsonl'),
}

/** A line of the `records` format. */
type Line = {
  external_id: string
  status: string
  fields: Record<string, unknown>
  outputs: RecordOutput[]
  metadata: Record<string, unknown>
  suggestions: RecordSuggestions
  responses: {
    labeler: string
    repeat: number
    status: string
    revision: number
    seconds: number | null
    values: Record<string, unknown>
  }[]
}

/** One value of one person, or a model's suggestion, under the name of Argilla's question. */
type Said = { question: string; value: unknown }

function openArgilla(document: DatasetDocument, data: 'records.json' | 'train.jsonl'): FolderMaker {
  const prefix = outputFieldPrefix(document)
  const users = new Map<string, string>()
  const losses = new Map<string, number>()
  const lose = (what: string) => losses.set(what, (losses.get(what) ?? 0) + 1)
  const hash = createHash('sha256')
  let wide: Wide = { outputs: 0, fields: [], metadata: [] }
  const warnings = () =>
    [...losses].sort(([a], [b]) => (a < b ? -1 : 1)).map(([what, times]) => `${times} × ${what}`)
  return {
    strategies: { data, output_fields: prefix, ranks: 'in parley.json; in Argilla best first' },
    async *write(source) {
      const { dataset } = source
      wide = await measure(source, prefix)
      const { outputs } = wide
      const opening = { format: 1, for: 'argilla', dataset: document, data, output_fields: prefix }
      yield sidecar(`${JSON.stringify(opening).slice(0, -1)},"records":[\n`)
      const isArray = data === 'records.json'
      if (isArray) yield piece('[\n', 0)
      const names = questionNames(document, outputNames(prefix, outputs))
      let between = ''
      for await (const { bytes } of recordLines(source)) {
        const mine: string[] = []
        const rest: string[] = []
        for (const text of bytes.toString('utf8').split('\n').slice(0, -1)) {
          const line: Line = JSON.parse(text)
          const told = tell(line, document, { prefix, lose, userOf })
          const shown = isArray ? toRecord(line, told, names) : toColumns(line, told, names, wide)
          mine.push(JSON.stringify(shown))
          rest.push(JSON.stringify(withoutTexts(line)))
        }
        if (mine.length === 0) continue
        const ends = isArray ? ',\n' : '\n'
        yield piece(
          `${isArray ? between : ''}${mine.join(ends)}${isArray ? '' : '\n'}`,
          mine.length,
        )
        yield sidecar(`${between}${rest.join(',\n')}`)
        between = ',\n'
      }
      if (isArray) yield piece(between === '' ? ']\n' : '\n]\n', 0)
      const closing = {
        users: Object.fromEntries([...users].sort(([a], [b]) => (a < b ? -1 : 1))),
        warnings: warnings(),
        data_sha256: hash.digest('hex'),
      }
      yield sidecar(`${between === '' ? '' : '\n'}],${JSON.stringify(closing).slice(1)}\n`)

      function userOf(pseudonym: string): string {
        const id = uuidOf(`${dataset.name}\u0000${pseudonym}`)
        users.set(id, pseudonym)
        return id
      }
    },
    beside: () => {
      const { dataset, settings } = argillaSettings(document, outputNames(prefix, wide.outputs))
      return [
        { name: '.argilla/dataset.json', text: `${JSON.stringify(dataset, null, 2)}\n` },
        { name: '.argilla/settings.json', text: `${JSON.stringify(settings, null, 2)}\n` },
      ]
    },
    warnings,
  }

  function piece(text: string, rows: number) {
    const bytes = Buffer.from(text)
    hash.update(bytes)
    return { file: data, bytes, rows }
  }
}

function sidecar(text: string) {
  return { file: 'parley.json', bytes: Buffer.from(text), rows: 0 }
}

/** The line without what the data file says of it. */
function withoutTexts({ fields: _, ...line }: Line) {
  return {
    ...line,
    outputs: line.outputs.map((output) => {
      const { text, ...rest } = output
      return text === undefined ? output : rest
    }),
    suggestions: Object.fromEntries(
      Object.entries(line.suggestions).map(([name, said]) => [
        name,
        said.score === undefined ? said : { ...said, score: asDouble(said.score) },
      ]),
    ),
    responses: line.responses.map((one) => ({ ...one, seconds: asDouble(one.seconds) })),
  }
}

type Told = {
  fields: [string, unknown][]
  metadata: [string, unknown][]
  suggestions: (Said & { score?: unknown; agent?: string })[]
  responses: { user: string; status: string; said: Said[] }[]
}

type How = {
  prefix: string
  lose: (what: string) => void
  userOf: (pseudonym: string) => string
}

/** What of a record can be told to Argilla; what cannot is counted. */
function tell(line: Line, document: DatasetDocument, { prefix, lose, userOf }: How): Told {
  const fieldOf = new Map(line.outputs.map(({ id }, at) => [id, `${prefix}${at + 1}`]))
  const say = (values: Record<string, unknown>): Said[] =>
    document.questions.flatMap((question) =>
      Object.hasOwn(values, question.name)
        ? sayValue(question, values[question.name], { document, fieldOf, lose })
        : [],
    )
  for (const output of line.outputs)
    if (output.messages) lose('an output of messages, which is a text there')
  const seen = new Set<string>()
  // Newest first, so that the first of a person is the one that counts.
  const answers = line.responses
    .toSorted((a, b) => a.repeat - b.repeat || b.revision - a.revision)
    .filter(({ labeler }) => !seen.has(labeler) && seen.add(labeler))
  for (let left = line.responses.length - answers.length; left > 0; left--)
    lose('a repeated or replaced answer, since a person has one answer there')
  const isRanked = (values: Record<string, unknown>) =>
    document.questions.some(({ type, name }) => type === 'ranking' && Object.hasOwn(values, name))
  return {
    fields: [
      ...Object.entries(line.fields),
      ...line.outputs.map(({ id, text, messages }): [string, string] => [
        fieldOf.get(id) ?? id,
        text ?? (messages ?? []).map(({ role, content }) => `${role}: ${content}`).join('\n\n'),
      ]),
    ],
    metadata: Object.entries(line.metadata).filter(([, value]) => {
      const fits = isTerm(value) || (Array.isArray(value) && value.every((one) => isText(one)))
      if (!fits) lose('metadata that is neither text nor number nor a list of texts')
      return fits
    }),
    suggestions: Object.entries(line.suggestions).flatMap(([name, { value, score, agent }]) =>
      say({ [name]: value }).map((said) => ({
        ...said,
        ...(score === undefined ? {} : { score: asDouble(score) }),
        ...(agent === undefined ? {} : { agent }),
      })),
    ),
    responses: answers
      .toSorted((a, b) => (a.labeler < b.labeler ? -1 : 1))
      .map(({ labeler, status, values }) => {
        const said = say(values)
        if (said.length === 0) lose('an answer without values, such as a skip')
        return { user: userOf(labeler), status: isRanked(values) ? 'draft' : status, said }
      }),
  }
}

type Saying = {
  document: DatasetDocument
  fieldOf: ReadonlyMap<string, string>
  lose: (what: string) => void
}

/** A value as Argilla takes it: one, one for each output, or none. */
function sayValue(question: Question, value: unknown, saying: Saying): Said[] {
  const { document, fieldOf, lose } = saying
  if (question.type === 'ranking') {
    const ballot = readRanks(value)
    const ranks = Object.entries(ballot?.ranks ?? {}).filter(([id]) => fieldOf.has(id))
    lose('a ranking, whose ranks Argilla leaves out of its files')
    if (ranks.length === 0) return []
    const best = ranks.toSorted(([, a], [, b]) => a - b).map(([id]) => fieldOf.get(id))
    return [{ question: question.name, value: best }]
  }
  if (question.type === 'span') {
    const first = document.questions.find(
      (one) => one.type === 'span' && one.field === question.field,
    )
    if (first?.name !== question.name || !Array.isArray(value)) {
      lose('spans of a second question about one field')
      return []
    }
    return [
      {
        question: question.name,
        value: value.map(({ label, start, end }: Record<string, unknown>) => ({
          label,
          start,
          end,
        })),
      },
    ]
  }
  if (question.of === 'record') return [{ question: question.name, value }].filter(isSayable)
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value)
    .flatMap(([id, one]) => {
      const field = fieldOf.get(id)
      return field === undefined ? [] : [{ question: `${question.name}_${field}`, value: one }]
    })
    .filter(isSayable)

  function isSayable({ value: one }: Said): boolean {
    const isNone = Array.isArray(one) && one.length === 0
    if (isNone) lose('the answer “none of these”')
    return !isNone
  }
}

/** Keys in the order of Argilla's `Record.to_dict`. */
function toRecord(line: Line, told: Told, questions: readonly string[]) {
  return {
    id: line.external_id,
    fields: Object.fromEntries(told.fields),
    metadata: Object.fromEntries(told.metadata),
    suggestions: Object.fromEntries(
      told.suggestions.map(({ question, value, score = null, agent = null }) => [
        question,
        { value, score, agent },
      ]),
    ),
    responses: Object.fromEntries(
      questions.flatMap((name) => {
        const all = told.responses.flatMap(({ user, status, said }) =>
          said
            .filter(({ question }) => question === name)
            .map(({ value }) => ({ value, user_id: user, status })),
        )
        return all.length > 0 ? [[name, all]] : []
      }),
    ),
    vectors: {},
    status: line.status === 'completed' ? 'completed' : 'pending',
  }
}

/** Every row has the same columns. */
function toColumns(line: Line, told: Told, questions: readonly string[], wide: Wide) {
  const fields = new Map(told.fields)
  const columns: [string, unknown][] = [
    ['id', line.external_id],
    ['status', line.status === 'completed' ? 'completed' : 'pending'],
    ...wide.fields.map((name): [string, unknown] => [name, fields.get(name) ?? null]),
  ]
  for (const name of questions) {
    const all = told.responses.flatMap(({ user, status, said }) =>
      said
        .filter(({ question }) => question === name)
        .map(({ value }) => ({ value, user, status })),
    )
    const suggestion = told.suggestions.find(({ question }) => question === name)
    columns.push(
      [`${name}.responses`, all.length > 0 ? all.map(({ value }) => value) : null],
      [`${name}.responses.users`, all.length > 0 ? all.map(({ user }) => user) : null],
      [`${name}.responses.status`, all.length > 0 ? all.map(({ status }) => status) : null],
      [`${name}.suggestion`, suggestion?.value ?? null],
      [`${name}.suggestion.score`, suggestion?.score ?? null],
      [`${name}.suggestion.agent`, suggestion?.agent ?? null],
    )
  }
  const taken = new Set(columns.map(([name]) => name))
  const metadata = new Map(told.metadata)
  // A column is one thing: of the same name, metadata stays in the sidecar alone.
  for (const name of wide.metadata)
    if (!taken.has(name)) columns.push([name, metadata.get(name) ?? null])
  return Object.fromEntries(columns)
}

/** What all records have together, told before the first is written. */
type Wide = { outputs: number; fields: string[]; metadata: string[] }

async function measure(source: Source, prefix: string): Promise<Wide> {
  const { dataset } = source
  const rows = async (query: RawBuilder<unknown>) => {
    let text = ''
    for await (const chunk of source.lines(query)) text += chunk.toString('utf8')
    return text.split('\n').slice(0, -1)
  }
  const [most] = await rows(sql`select coalesce(max(jsonb_array_length(outputs)), 0)
    from records where dataset_id = ${dataset.id}`)
  const keys = await rows(sql`select to_json(key) from
    (select distinct jsonb_object_keys(metadata) as key from records
     where dataset_id = ${dataset.id}) found`)
  // A ranking needs two options there, also of a dataset that has no outputs yet.
  const isRanked = dataset.document.questions.some(({ type }) => type === 'ranking')
  const outputs = Math.max(Number(most ?? 0), isRanked ? 2 : 0)
  return {
    outputs,
    fields: [...dataset.document.fields.map(({ name }) => name), ...outputNames(prefix, outputs)],
    metadata: keys.map((key): string => JSON.parse(key)).sort(),
  }
}

/** A UUID (version 8, RFC 9562) that is the same whenever the same text is given. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

function isText(value: unknown): boolean {
  return typeof value === 'string'
}

function isTerm(value: unknown): boolean {
  return isText(value) || typeof value === 'number'
}
