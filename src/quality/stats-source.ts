/**
 * Reads what a dataset's statistics need, record by record, out of one snapshot: who answered, how
 * fast, what was shown first, the values; and who wrote which output. Texts stay in Postgres.
 */
import { type RawBuilder, sql } from 'kysely'
import type { Snapshot } from '../db/copy.ts'
import type { Parley } from '../parley.ts'
import type { Question } from '../questions/question.ts'
import { type Cells, startCells } from './cells.ts'

/** The questions whose answers can be compared. */
export type Judged = Exclude<Question, { type: 'text' | 'span' }>

export type RecordAnswers = {
  record: string
  outline: Outline
  /** Bytes of each output, in the order of the outline's ids; null where there are none. */
  lengths: readonly number[] | null
  /** What there is to read, in bytes. */
  reading: number | null
  /** The known answers, written as an answer's values; null on nearly all records. */
  gold: string[] | null
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
  ids: readonly string[]
  placeOf: ReadonlyMap<string, number>
  modelOf: ReadonlyMap<string, string>
}

/**
 * Yields all records that anybody answered, a chunk at a time; each is read when its turn comes and
 * may be forgotten after it.
 */
export async function* readAnswers(
  parley: Parley,
  snapshot: Snapshot,
  datasetId: string,
  questions: readonly Judged[],
): AsyncGenerator<Iterable<RecordAnswers>> {
  const query = answersQuery(datasetId, questions)
  const lines = snapshot.lines({ compile: () => query.compile(parley.db) })
  const cells = startCells()
  const readOutline = outlineReader()
  let id = -1
  let current = newRecord(id)
  function* readChunk(chunk: Buffer): Generator<RecordAnswers> {
    cells.open(chunk)
    while (cells.isOpen()) {
      const record = cells.number()
      if (record !== id) {
        if (current.answers.length > 0) yield settled(current)
        id = record
        current = newRecord(record)
      }
      const labeler = cells.text()
      if (labeler !== '') current.answers.push(readAnswer(cells, labeler, questions.length))
      else readRecord(cells, current, readOutline, questions.length)
    }
  }
  for await (const chunk of lines) yield readChunk(chunk)
  if (current.answers.length > 0) yield [settled(current)]
}

const noOutputs: Outline = { key: '', ids: [], placeOf: new Map(), modelOf: new Map() }

function newRecord(id: number): RecordAnswers {
  return {
    record: String(id),
    outline: noOutputs,
    lengths: null,
    reading: null,
    gold: null,
    answers: [],
  }
}

function readAnswer(cells: Cells, labeler: string, questions: number): RowAnswer {
  const reason = cells.text()
  const repeat = Math.max(0, cells.number())
  const hundredths = cells.number()
  const shown = Math.max(0, cells.number())
  const first = cells.text()
  cells.text()
  const seconds = hundredths < 0 ? null : hundredths / 100
  return { labeler, reason, repeat, seconds, shown, first, values: readValues(cells, questions) }
}

function readRecord(
  cells: Cells,
  record: RecordAnswers,
  readOutline: (text: string) => Outline,
  questions: number,
): void {
  const isGold = cells.text() !== ''
  for (const _ of ['repeat', 'seconds', 'shown']) cells.number()
  record.outline = readOutline(cells.text())
  record.lengths = cells.numbers()
  record.reading = record.lengths?.reduce((sum, length) => sum + length, 0) ?? null
  const gold = readValues(cells, questions)
  if (isGold) record.gold = gold
}

function readValues(cells: Cells, questions: number): string[] {
  const values: string[] = []
  for (let question = 0; question < questions; question += 1) values.push(cells.text())
  return values
}

/** Whatever is said of a record with known answers is about the labeler, not about the record. */
function settled(record: RecordAnswers): RecordAnswers {
  if (record.gold === null) return record
  for (const answer of record.answers)
    if (answer.reason === '' || answer.reason === 'surplus') answer.reason = 'gold'
  return record
}

function outlineReader(): (text: string) => Outline {
  const known = new Map<string, Outline>()
  return (text) => {
    if (text === '') return noOutputs
    let outline = known.get(text)
    if (outline === undefined) {
      if (known.size >= 4096) known.clear()
      outline = buildOutline(text)
      known.set(text, outline)
    }
    return outline
  }
}

function buildOutline(key: string): Outline {
  const [ids, models]: [string[], (string | null)[]] = JSON.parse(key)
  const modelOf = new Map<string, string>()
  for (const [place, id] of ids.entries()) {
    const model = models[place]
    if (typeof model === 'string') modelOf.set(id, model)
  }
  return { key, ids, placeOf: new Map(ids.map((id, place) => [id, place])), modelOf }
}

/** Rows of answers and rows of the records themselves, merged in the order of records. */
function answersQuery(datasetId: string, questions: readonly Judged[]): RawBuilder<unknown> {
  // Written as text below the sort, where Postgres may do it in parallel.
  const valuesIn = (answer: RawBuilder<unknown>) =>
    questions.map(({ type, name }) =>
      type === 'ranking'
        ? sql`, (${answer} -> ${sql.lit(name)} -> 'ranks')::text`
        : sql`, (${answer} -> ${sql.lit(name)})::text`,
    )
  return sql`
    (select s.record_id, s.labeler_id, ${reason}, nullif(a.repeat, 0),
      case when s.seconds >= 0 then (s.seconds * 100)::int end, s.shown, s.shown_first,
      null::int[] ${sql.join(valuesIn(sql`s."values"`), sql``)}
    from responses s
    -- the few that differ from all others; see migration 009
    left join assignments a on a.dataset_id = ${datasetId} and a.id = s.assignment_id
      and a.status = 'submitted' and (not a.counted or a.repeat > 0)
    where s.dataset_id = ${datasetId}
    order by s.record_id)
    union all
    (select k.record_id, null::bigint, case when k.gold is not null then 'gold' end, null::smallint,
      null::int, null::smallint, k.outline, k.lengths ${sql.join(valuesIn(sql`k.gold`), sql``)}
    from outlines k where k.dataset_id = ${datasetId}
    order by k.record_id)
    order by 1`
}

/** As exports say it: what is submitted, counted, and has no flag that speaks against it, counts. */
const reason = sql`
  case when s.status = 'submitted' and a.id is null and s.flags = '{}' then null
    when s.status <> 'submitted' then s.status
    when 'gold' = any(s.flags) then 'gold'
    when 'repeat' = any(s.flags) then 'repeat'
    when 'same_person' = any(s.flags) then 'same_person'
    when 'excluded' = any(s.flags) then 'excluded'
    when a.repeat > 0 then 'repeat'
    when a.id is null or a.counted then null
    else 'surplus' end`
