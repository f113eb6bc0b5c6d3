/**
 * Reads what a dataset's statistics need, record by record, out of one snapshot: who answered, how
 * fast, what was shown first, the values; and who wrote which output. Texts stay in Postgres.
 */
import { type RawBuilder, sql } from 'kysely'
import type { Snapshot } from '../db/copy.ts'
import type { Parley } from '../parley.ts'
import type { Question } from '../questions/question.ts'
import {
  type Cells,
  hasRow,
  openChunk,
  readDouble,
  readIntegers,
  readText,
  readWhole,
  skipRow,
  startCells,
  startTexts,
} from './cells.ts'

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
 * may be forgotten after it. Answers and records arrive side by side, each in the order of records:
 * to merge them here is cheaper than to have Postgres do it.
 */
export async function* readAnswers(
  parley: Parley,
  snapshot: Snapshot,
  datasetId: string,
  questions: readonly Judged[],
): AsyncGenerator<Iterable<RecordAnswers>> {
  const beside = await snapshot.beside()
  try {
    await prepare(parley, snapshot)
    const texts = startTexts()
    const rowsOf = (from: Snapshot, query: RawBuilder<unknown>) =>
      openRows(from.binary({ compile: () => query.compile(parley.db) }), startCells(texts))
    const answers = rowsOf(snapshot, answersQuery(datasetId, questions))
    const records = rowsOf(beside, recordsQuery(datasetId, questions))
    const reader = openReader(answers.cells, records.cells, questions.length)
    while (await answers.hasMore()) yield reader.read(await records.hasMore())
    yield reader.end()
  } finally {
    await beside.close()
  }
}

async function prepare(parley: Parley, snapshot: Snapshot): Promise<void> {
  await snapshot.all({ compile: () => sql`set local work_mem = '64MB'`.compile(parley.db) })
  await snapshot.all({ compile: () => sql`set local jit = off`.compile(parley.db) })
  // Most of the work is turning values into text, which other workers do as well as the first.
  for (const cost of ['parallel_tuple_cost', 'parallel_setup_cost'])
    await snapshot.all({ compile: () => sql`set local ${sql.ref(cost)} = 0`.compile(parley.db) })
}

/** Rows as they come; `cells` reads the chunk at hand. */
function openRows(bytes: AsyncIterable<Buffer>, cells: Cells) {
  const chunks = bytes[Symbol.asyncIterator]()
  const ask = () => {
    const next = chunks.next()
    // Whoever reads is told of a failure; until somebody does, it is nobody's.
    next.catch(() => {})
    return next
  }
  // Asked for before it is needed: both connections work while either is read.
  let next = ask()
  return {
    cells,
    /** Opens the next chunk once this one is read; false when there is none. */
    async hasMore(): Promise<boolean> {
      while (!hasRow(cells)) {
        const { value, done } = await next
        if (done) return false
        openChunk(cells, value)
        next = ask()
      }
      return true
    },
  }
}

function openReader(answers: Cells, records: Cells, questions: number) {
  const readOutline = outlineReader()
  let id = -1
  let current = newRecord(id)
  // Of the rows at hand, whose records are read already and nothing else.
  let answered: number | null = null
  let described: number | null = null

  /** Goes on to a record or past it; false when that is not in the chunk at hand. */
  const reach = (record: number): boolean => {
    for (;;) {
      if (described === null) {
        if (!hasRow(records)) return false
        described = readWhole(records) ?? -1
      }
      if (described >= record) return true
      skipRow(records)
      described = null
    }
  }
  return {
    /** What the chunks at hand hold; ends where either does, to go on with the next. */
    *read(hasRecords: boolean): Generator<RecordAnswers> {
      for (;;) {
        if (answered === null) {
          if (!hasRow(answers)) return
          answered = readWhole(answers) ?? -1
        }
        if (answered !== id) {
          if (!reach(answered) && hasRecords) return
          if (current.answers.length > 0) yield settled(current)
          id = answered
          current = newRecord(id)
          if (described === id) {
            readRecord(records, current, readOutline, questions)
            described = null
          }
        }
        current.answers.push(readAnswer(answers, questions))
        answered = null
      }
    },
    *end(): Generator<RecordAnswers> {
      if (current.answers.length > 0) yield settled(current)
    },
  }
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

function readAnswer(cells: Cells, questions: number): RowAnswer {
  const labeler = String(readWhole(cells))
  const reason = readText(cells)
  const repeat = readWhole(cells) ?? 0
  const seconds = readDouble(cells)
  const shown = readWhole(cells) ?? 0
  const first = readText(cells)
  return { labeler, reason, repeat, seconds, shown, first, values: readValues(cells, questions) }
}

function readRecord(
  cells: Cells,
  record: RecordAnswers,
  readOutline: (text: string) => Outline,
  questions: number,
): void {
  const isGold = readText(cells) !== ''
  record.outline = readOutline(readText(cells))
  record.lengths = readIntegers(cells)
  record.reading = record.lengths?.reduce((sum, length) => sum + length, 0) ?? null
  const gold = readValues(cells, questions)
  if (isGold) record.gold = gold
}

function readValues(cells: Cells, questions: number): string[] {
  const values: string[] = []
  for (let question = 0; question < questions; question += 1) values.push(readText(cells))
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

function answersQuery(datasetId: string, questions: readonly Judged[]): RawBuilder<unknown> {
  return sql`
    select s.record_id, s.labeler_id, ${reason}, a.repeat, s.seconds, s.shown, s.shown_first
      ${valuesIn(sql`s."values"`, questions)}
    from responses s
    -- the few that differ from all others; see migration 009
    left join assignments a on a.dataset_id = ${datasetId} and a.id = s.assignment_id
      and a.status = 'submitted' and (not a.counted or a.repeat > 0)
    where s.dataset_id = ${datasetId}
    order by s.record_id`
}

function recordsQuery(datasetId: string, questions: readonly Judged[]): RawBuilder<unknown> {
  return sql`
    select k.record_id, case when k.gold is not null then 'gold' end, k.outline, k.lengths
      ${valuesIn(sql`k.gold`, questions)}
    from outlines k where k.dataset_id = ${datasetId}
    order by k.record_id`
}

/** Written as text below the sort, where Postgres may do it in parallel. */
function valuesIn(answer: RawBuilder<unknown>, questions: readonly Judged[]) {
  const values = questions.map(({ type, name }) =>
    type === 'ranking'
      ? sql`, (${answer} -> ${sql.lit(name)} -> 'ranks')::text`
      : sql`, (${answer} -> ${sql.lit(name)})::text`,
  )
  return sql.join(values, sql``)
}

/** As exports say it: what is submitted, counted, and has no flag that speaks against it, counts. */
const reason = sql`
  case when s.status = 'submitted' and a.id is null and cardinality(s.flags) = 0 then null
    when s.status <> 'submitted' then s.status
    when 'gold' = any(s.flags) then 'gold'
    when 'repeat' = any(s.flags) then 'repeat'
    when 'same_person' = any(s.flags) then 'same_person'
    when 'excluded' = any(s.flags) then 'excluded'
    when a.repeat > 0 then 'repeat'
    when a.id is null or a.counted then null
    else 'surplus' end`
