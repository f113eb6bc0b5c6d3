/**
 * Reads what a dataset's statistics need, record by record, out of one snapshot: who answered, how
 * fast, what was shown first, the values; and who wrote which output. Texts stay in Postgres.
 */
import { type RawBuilder, sql } from 'kysely'
import type { Snapshot } from '../db/copy.ts'
import type { Parley } from '../parley.ts'
import type { Question } from '../questions/question.ts'

/** The questions whose answers can be compared. */
export type Judged = Exclude<Question, { type: 'text' | 'span' }>

export type RecordAnswers = {
  record: string
  outline: Outline
  answers: RowAnswer[]
}

export type RowAnswer = {
  labeler: string
  /** Why it does not count, or ''. */
  reason: string
  repeat: number
  seconds: number | null
  /** The output shown first, and how many were shown. */
  first: string
  shown: number
  /** The JSON text of each judged question's value, of a ranking its ranks; '' where unanswered. */
  values: string[]
}

/** The outputs of a record; the same object for records alike. */
export type Outline = {
  key: string
  ids: string[]
  modelOf: Map<string, string>
  /** In bytes; null where this record's were not asked for. */
  lengthOf: Map<string, number> | null
  /** What there is to read, in bytes. */
  reading: number | null
}

/**
 * Yields all records that anybody answered, a chunk at a time; each is read when its turn comes and
 * may be forgotten after it. Lengths are taken of one record in `lengthsEvery`.
 */
export async function* readAnswers(
  parley: Parley,
  snapshot: Snapshot,
  datasetId: string,
  questions: readonly Judged[],
  lengthsEvery: number,
): AsyncGenerator<Iterable<RecordAnswers>> {
  const query = answersQuery(datasetId, questions, lengthsEvery)
  const lines = snapshot.lines({ compile: () => query.compile(parley.db) })
  const readOutline = outlineReader()
  let current: RecordAnswers = { record: '', outline: noOutputs, answers: [] }
  function* readChunk(chunk: Buffer): Generator<RecordAnswers> {
    let start = 0
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      const cells = chunk.toString('utf8', start, end).split(delimiter)
      start = end + 1
      const [record = '', labeler = ''] = cells
      if (record !== current.record) {
        if (current.answers.length > 0) yield current
        current = { record, outline: noOutputs, answers: [] }
      }
      if (labeler === '') current.outline = readOutline(cells.at(-1) ?? '')
      else current.answers.push(readAnswer(cells, questions.length))
    }
  }
  for await (const chunk of lines) yield readChunk(chunk)
  if (current.answers.length > 0) yield [current]
}

const newline = 0x0a
const delimiter = '\u0002'
const between = '\u0003'

const noOutputs: Outline = {
  key: '',
  ids: [],
  modelOf: new Map(),
  lengthOf: null,
  reading: null,
}

function readAnswer(cells: readonly string[], questions: number): RowAnswer {
  const [, labeler = '', repeat = '', reason = '', seconds = '', shown = ''] = cells
  return {
    labeler,
    reason,
    repeat: Number(repeat),
    seconds: seconds === '' ? null : Number(seconds) / 100,
    shown: Number(shown),
    values: cells.slice(6, 6 + questions),
    first: cells[6 + questions] ?? '',
  }
}

function outlineReader(): (text: string) => Outline {
  const known = new Map<string, Outline>()
  return (text) => {
    const [ids = '', models = '', lengths = '', fields = ''] = text.split(between)
    const key = `${ids}${between}${models}`
    let outline = known.get(key)
    if (outline === undefined) {
      if (known.size >= 4096) known.clear()
      outline = buildOutline(key, ids, models)
      known.set(key, outline)
    }
    if (lengths === '') return outline
    const sizes: number[] = JSON.parse(lengths)
    return {
      ...outline,
      lengthOf: new Map(outline.ids.map((id, place) => [id, sizes[place] ?? 0])),
      reading: sizes.reduce((sum, size) => sum + size, Number(fields)),
    }
  }
}

function buildOutline(key: string, ids: string, models: string): Outline {
  const names: string[] = JSON.parse(ids)
  const written: (string | null)[] = JSON.parse(models)
  const modelOf = new Map<string, string>()
  for (const [place, id] of names.entries()) {
    const model = written[place]
    if (typeof model === 'string') modelOf.set(id, model)
  }
  return { ...noOutputs, key, ids: names, modelOf }
}

/** Rows of answers and rows of the records themselves, merged in the order of records. */
function answersQuery(
  datasetId: string,
  questions: readonly Judged[],
  lengthsEvery: number,
): RawBuilder<unknown> {
  // Written as text below the sort, where Postgres may do it in parallel.
  const values = questions.map(({ type, name }) =>
    type === 'ranking'
      ? sql`, (s."values" -> ${sql.lit(name)} -> 'ranks')::text`
      : sql`, (s."values" -> ${sql.lit(name)})::text`,
  )
  const blanks = questions.map(() => sql`, null::text`)
  // Without a question about outputs, records are only read for their lengths.
  const isAboutOutputs = questions.some(({ type, of }) => type !== 'label' || of === 'outputs')
  const some = isAboutOutputs ? sql`` : sql`and r.id % ${lengthsEvery} = 0`
  return sql`
    (select s.record_id, s.labeler_id, nullif(a.repeat, 0), ${reason}, (s.seconds * 100)::int,
      cardinality(a.shown_order) ${sql.join(values, sql``)}, a.shown_order[1]
    from responses s
    join assignments a on a.dataset_id = ${datasetId} and a.id = s.assignment_id
    where s.dataset_id = ${datasetId}
    order by s.record_id)
    union all
    (select r.id, null::bigint, null::smallint, null::text, null::int, null::int
      ${sql.join(blanks, sql``)}, ${outline(lengthsEvery)}
    from records r where r.dataset_id = ${datasetId} ${some}
    order by r.id)
    order by 1`
}

/** As exports say it: what is submitted, counted, and has no flag that speaks against it, counts. */
const reason = sql`
  case when s.status = 'submitted' and a.counted and a.repeat = 0 and s.flags = '{}' then null
    when s.status <> 'submitted' then s.status
    when 'gold' = any(s.flags) then 'gold'
    when 'repeat' = any(s.flags) then 'repeat'
    when 'same_person' = any(s.flags) then 'same_person'
    when 'excluded' = any(s.flags) then 'excluded'
    when a.repeat > 0 then 'repeat'
    when a.counted then null
    else 'surplus' end`

/** Ids and models as two lists of JSON; one by one only where an output has no model. */
function outline(lengthsEvery: number): RawBuilder<unknown> {
  const models = sql`jsonb_path_query_array(r.outputs, '$[*].model')`
  const each = (column: RawBuilder<unknown>) =>
    sql`(select coalesce(json_agg(${column} order by n), '[]')::text
      from jsonb_array_elements(r.outputs) with ordinality u(o, n))`
  const sizes = sql`octet_length(coalesce(o ->> 'text', o ->> 'messages'))`
  return sql`jsonb_path_query_array(r.outputs, '$[*].id') || ${between}::text ||
    case when jsonb_array_length(${models}) = jsonb_array_length(r.outputs)
      then ${models}::text else ${each(sql`o -> 'model'`)} end ||
    case when r.id % ${lengthsEvery} <> 0 then '' else ${between}::text || ${each(sizes)} ||
      ${between}::text || octet_length(r.fields::text) end`
}
