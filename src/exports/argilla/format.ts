/**
 * The `argilla` format: the folder Argilla 2 reads with `rg.Dataset.from_disk`, and the one it writes.
 * Argilla cannot hold some of Parley's data, so a sidecar holds the rest, and Parley restores
 * everything from the two together.
 *
 *     NAME/.argilla/dataset.json    name, guidelines, distribution
 *     NAME/.argilla/settings.json   fields, questions and metadata properties
 *     NAME/.argilla/users.json      `argilla`: {"UUID":"PSEUDONYM"}, whose answers there are
 *     NAME/load.py                  `argilla`: makes these users, then loads the folder
 *     NAME/records.json             `argilla`: an array of Argilla's records
 *     NAME/train.jsonl              `argilla-flat` instead: the flat columns of `to_datasets`
 *     NAME/parley.json              the sidecar
 * All files are UTF-8 with `\n`. Each record has its own line, in the same order in both: record n is line n + 1 of
 * records.json (line 1 is `[`, the last `]`; `,` ends all but the last record), line n of train.jsonl, and line n + 1
 * of parley.json:
 *
 *     {"format":1,"for":"argilla","dataset":DOCUMENT,"data":"records.json","output_fields":["response1","response2"],"records":[
 *     RECORD,
 *     RECORD
 *     ],"users":{"UUID":"PSEUDONYM"},"warnings":["…"],"data_sha256":"…"}
 * A sidecar's RECORD is a line of the `records` format without what the data file already holds: only
 * `fields` that differ there, and no `text` of an output that is there (an output with `messages` keeps
 * them). A data record's `fields` (in the flat form, the columns of those names) are the record's own
 * fields, which DOCUMENT names (null or no column: absent), and the text of output k under the name in
 * `output_fields` at index `in` (from 0; k if there is no `in`). To restore the line, put the data's
 * fields and then the sidecar's into `fields`, put output texts into `outputs`, and remove `in`.
 * `data_sha256` is the hash of the data file: if it differs, the file was changed since, and the two no
 * longer belong together.
 * In Argilla, a question about outputs is one question for each, QUESTION + `_` + OUTPUT FIELD; a
 * ranking is `{"value":OUTPUT FIELD,"rank":N}` for each option, best first, and a suggested ranking only
 * the fields, because the SDK accepts no ranks there; a span omits `field`. User ids are UUIDs derived
 * from the pseudonyms. Each value carries its response's status, unchanged unless the server accepts it
 * only as a draft (record.ts). Each person has one answer: the first of repeats, the newest of
 * revisions. Whatever is left out is counted in `warnings`, in the manifest and on the terminal.
 */
import { createHash } from 'node:crypto'
import type { DatasetDocument } from '../../datasets/document.ts'
import { asDouble } from '../double.ts'
import type { FolderFormat, FolderMaker } from '../formats/format.ts'
import { recordLines } from '../formats/records.ts'
import { loadScript } from './load-script.ts'
import { type ArgillaPlan, fieldOfOutput, planArgilla } from './plan.ts'
import { type Said, type ToldRecord, type ToldSuggestion, tellRecord } from './record.ts'
import type { Lose, RecordsLine } from './records-line.ts'
import { argillaSettings } from './settings.ts'

export const argilla: FolderFormat = {
  takes: [],
  type: 'folder',
  files: ['records.json', 'parley.json'],
  open: (document) => openArgilla(document, 'records.json'),
}

export const argillaFlat: FolderFormat = {
  takes: [],
  type: 'folder',
  files: ['train.jsonl', 'parley.json'],
  open: (document) => openArgilla(document, 'train.jsonl'),
}

/** Over sixty lines: the data and its sidecar are written in parallel and end together. */
function openArgilla(document: DatasetDocument, data: 'records.json' | 'train.jsonl'): FolderMaker {
  const users = new Map<string, string>()
  const losses = openLosses()
  const hash = createHash('sha256')
  const strategies: Record<string, unknown> = { data, ranks: 'with each option, best first' }
  const isArray = data === 'records.json'
  let plan: ArgillaPlan | null = null
  return {
    strategies,
    async *write(source) {
      const { dataset } = source
      const layout = await planArgilla(source)
      plan = layout
      const { names } = layout.outputs
      strategies['output_fields'] = names
      const opening = { format: 1, for: 'argilla', dataset: document, data, output_fields: names }
      yield sidecar(`${JSON.stringify(opening).slice(0, -1)},"records":[\n`)
      if (isArray) yield piece('[\n', 0)
      const columns = flatColumns(layout)
      let between = ''
      for await (const { bytes } of recordLines(source)) {
        const mine: string[] = []
        const rest: string[] = []
        for (const text of bytes.toString('utf8').split('\n').slice(0, -1)) {
          const line: RecordsLine = JSON.parse(text)
          const told = tellRecord(line, layout, losses.lose)
          noteLosses(told, losses.lose)
          const shown = isArray
            ? toRecord(line, told, layout, userOf)
            : toColumns(line, told, { columns, userOf, lose: losses.lose })
          mine.push(JSON.stringify(shown))
          rest.push(JSON.stringify(withoutTold(line, told, layout)))
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
        users: sorted(users),
        warnings: losses.warnings(),
        data_sha256: hash.digest('hex'),
      }
      yield sidecar(`${between === '' ? '' : '\n'}],${JSON.stringify(closing).slice(1)}\n`)

      function userOf(pseudonym: string): string {
        const id = userId(dataset.name, pseudonym)
        users.set(id, pseudonym)
        return id
      }
    },
    beside: () => {
      if (!plan) return []
      const files = settingsFiles(plan)
      if (!isArray) return files
      const script = { name: 'load.py', text: loadScript }
      return [...files, { name: '.argilla/users.json', text: printed(sorted(users)) }, script]
    },
    warnings: losses.warnings,
  }

  function piece(text: string, rows: number) {
    const bytes = Buffer.from(text)
    hash.update(bytes)
    return { file: data, bytes, rows }
  }
}

function noteLosses(
  { responses, suggestions }: ReturnType<typeof tellRecord>,
  lose: (what: string) => void,
): void {
  for (const { said } of responses)
    if (said.length === 0) lose('an answer without values, such as a skip')
  for (const { value } of suggestions) if (isTied(value)) lose('ties of a suggested ranking')
}

function settingsFiles(plan: ArgillaPlan): { name: string; text: string }[] {
  const { dataset, settings } = argillaSettings(plan)
  return [
    { name: '.argilla/dataset.json', text: printed(dataset) },
    { name: '.argilla/settings.json', text: printed(settings) },
  ]
}

/** Counts what Argilla cannot hold, by kind. */
export function openLosses() {
  const losses = new Map<string, number>()
  return {
    lose: (what: string) => void losses.set(what, (losses.get(what) ?? 0) + 1),
    warnings: () =>
      [...losses].sort(([a], [b]) => (a < b ? -1 : 1)).map(([what, times]) => `${times} × ${what}`),
  }
}

/** The user id of a labeler of a dataset there: a UUID (version 8, RFC 9562), always the same. */
export function userId(dataset: string, pseudonym: string): string {
  const hex = createHash('sha256').update(`${dataset}\u0000${pseudonym}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

function sidecar(text: string) {
  return { file: 'parley.json', bytes: Buffer.from(text), rows: 0 }
}

function printed(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

function sorted(users: ReadonlyMap<string, string>) {
  return Object.fromEntries([...users].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The line without what the data file already holds. */
function withoutTold({ fields, ...line }: RecordsLine, { changed }: ToldRecord, plan: ArgillaPlan) {
  const kept = Object.entries(fields).filter(([name]) => changed.includes(name))
  const { names } = plan.outputs
  return {
    ...line,
    ...(kept.length > 0 ? { fields: Object.fromEntries(kept) } : {}),
    outputs: line.outputs.map((output, at) => {
      const { text, ...rest } = output
      const field = fieldOfOutput(plan.outputs, output.id, at)
      if (text === undefined || field === null) return output
      const place = names.indexOf(field)
      return place === at ? rest : { ...rest, in: place }
    }),
    suggestions: Object.fromEntries(
      Object.entries(line.suggestions).map(([name, said]) => [
        name,
        said.score === undefined ? said : { ...said, score: withFractions(said.score) },
      ]),
    ),
    responses: line.responses.map((one) => ({ ...one, seconds: asDouble(one.seconds) })),
  }
}

function withFractions(score: number | number[] | null): unknown {
  return Array.isArray(score) ? score.map(asDouble) : asDouble(score)
}

type UserOf = (pseudonym: string) => string

/** A suggestion as Argilla's SDK accepts it: a ranking is a list, best first. */
function suggestedValue({ value }: ToldSuggestion): unknown {
  return isRanked(value) ? value.map(({ value: field }) => field) : value
}

function isTied(value: unknown): boolean {
  return isRanked(value) && new Set(value.map(({ rank }) => rank)).size < value.length
}

function isRanked(value: unknown): value is { value: string; rank: number }[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((one) => typeof one === 'object' && one !== null && 'rank' in one)
  )
}

function saidOf({ responses }: ToldRecord, question: string, userOf: UserOf) {
  return responses.flatMap(({ labeler, status, said }) =>
    said
      .filter((one: Said) => one.question === question)
      .map(({ value }) => ({ value, user_id: userOf(labeler), status })),
  )
}

/** Keys in the order of Argilla's `Record.to_dict`. */
function toRecord(line: RecordsLine, told: ToldRecord, plan: ArgillaPlan, userOf: UserOf) {
  return {
    id: line.external_id,
    fields: Object.fromEntries(told.fields),
    metadata: Object.fromEntries(told.metadata),
    suggestions: Object.fromEntries(
      told.suggestions.map((one) => [
        one.question,
        { value: suggestedValue(one), score: withFractions(one.score), agent: one.agent },
      ]),
    ),
    responses: Object.fromEntries(
      plan.questions.flatMap(({ to }) => {
        const all = saidOf(told, to, userOf)
        return all.length > 0 ? [[to, all]] : []
      }),
    ),
    vectors: {},
    status: line.status === 'completed' ? 'completed' : 'pending',
  }
}

/** What every row has, in this order. */
type FlatColumns = { fields: string[]; questions: string[]; metadata: string[] }

function flatColumns({ fields, outputs, questions, metadata }: ArgillaPlan): FlatColumns {
  return {
    fields: [...fields.map(({ to }) => to), ...outputs.names],
    questions: questions.map(({ to }) => to),
    // Declared keys have one type; Argilla has no column for any other metadata.
    metadata: metadata.map(({ name }) => name),
  }
}

function toColumns(
  line: RecordsLine,
  told: ToldRecord,
  { columns, userOf, lose }: { columns: FlatColumns; userOf: UserOf; lose: Lose },
) {
  const fields = new Map(told.fields)
  const metadata = new Map(told.metadata)
  const row: [string, unknown][] = [
    ['id', line.external_id],
    ['status', line.status === 'completed' ? 'completed' : 'pending'],
    ...columns.fields.map((name): [string, unknown] => [name, fields.get(name) ?? null]),
  ]
  for (const name of columns.questions) {
    const all = saidOf(told, name, userOf)
    const suggestion = told.suggestions.find(({ question }) => question === name)
    row.push(
      [`${name}.responses`, all.length > 0 ? all.map(({ value }) => value) : null],
      [`${name}.responses.users`, all.length > 0 ? all.map(({ user_id }) => user_id) : null],
      [`${name}.responses.status`, all.length > 0 ? all.map(({ status }) => status) : null],
      [`${name}.suggestion`, suggestion ? suggestedValue(suggestion) : null],
      [`${name}.suggestion.score`, withFractions(suggestion?.score ?? null)],
      [`${name}.suggestion.agent`, suggestion?.agent ?? null],
    )
  }
  for (const [name, value] of told.metadata)
    if (value !== null && !columns.metadata.includes(name))
      lose('metadata that are not of one kind in all records: texts, lists of texts, or numbers')
  row.push(...columns.metadata.map((name): [string, unknown] => [name, metadata.get(name) ?? null]))
  return Object.fromEntries(row)
}
