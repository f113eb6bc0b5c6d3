/**
 * Reads what a dataset's statistics need, record by record, out of one snapshot: who answered, how
 * fast, what was shown first, the values; and who wrote which output. Texts stay in Postgres.
 */

import type { RawBuilder } from 'kysely'
import type { Snapshot } from '../../db/copy.ts'
import type { Parley } from '../../parley.ts'
import {
  type Cells,
  hasRow,
  openChunk,
  readDouble,
  readIntegers,
  readText,
  readTruth,
  readWhole,
  skipRow,
  startCells,
  startTexts,
} from './cells.ts'
import {
  answersQuery,
  type Grouping,
  type Judged,
  type Range,
  recordsQuery,
} from './stats-queries.ts'

export type RecordAnswers = {
  record: string
  outline: Outline
  /** Bytes of each output, in the order of the outline's ids; null where there are none. */
  lengths: readonly number[] | null
  /** What there is to read, in bytes. */
  reading: number | null
  /** Known answers, and of marked text how long the text is. */
  known: string[]
  /** The known answers, written as an answer's values; null on nearly all records. */
  gold: string[] | null
  /** What a model suggests, written as an answer's values; null where nothing was held out. */
  suggested: string[] | null
  /** What stands under the metadata key asked for, or the period; '' where nothing does, or none is asked for. */
  group: string
  answers: RowAnswer[]
}

export type RowAnswer = {
  labeler: string
  /** Why it does not count, or ''. */
  reason: string
  isRepeat: boolean
  seconds: number | null
  /** The output shown first, and how many were shown. */
  first: string
  shown: number
  /** Whether a suggestion came with the card, now that chance decides that; '' where there was none to see. */
  suggested: '' | 'shown' | 'held_out'
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
 * Yields all answered records, a chunk at a time; each is parsed on demand and may be freed afterwards.
 * Answers and records are streamed in parallel, each in the order of records: merging them here is
 * cheaper than in Postgres.
 */
export async function* readAnswers(
  parley: Parley,
  snapshot: Snapshot,
  datasetId: string,
  questions: readonly Judged[],
  { by = null, heldOutSince = null }: { by?: Grouping | null; heldOutSince?: string | null } = {},
): AsyncGenerator<Iterable<RecordAnswers>> {
  const beside = await snapshot.beside()
  try {
    await snapshot.set(settings)
    const texts = startTexts()
    const rowsOf = (from: Snapshot, query: RawBuilder<unknown>) =>
      openRows(from.binary({ compile: () => query.compile(parley.db) }), startCells(texts))
    const range = await rangeOf(parley, snapshot, datasetId)
    const answers = rowsOf(snapshot, answersQuery(datasetId, range, questions, heldOutSince))
    const records = rowsOf(beside, recordsQuery(datasetId, questions, by, heldOutSince))
    const reader = openReader(answers.cells, records.cells, questions)
    while (await answers.hasMore()) yield reader.read(await records.hasMore())
    yield reader.end()
  } finally {
    await beside.close()
  }
}

/**
 * How Postgres reads: answers in the order of an index rather than sorted, since then the
 * first come at once and are counted while the others are read. By one process: to gather the rows
 * of several costs more than they bring, and others need the cores, too.
 */
const settings = {
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  // A record's answers lie near each other, or are in memory; 4 is for turning disks.
  random_page_cost: '1.1',
  // In case they must be sorted after all.
  work_mem: '64MB',
}

/** The first and the last of a dataset's records: others' answers between them are few. */
async function rangeOf(parley: Parley, snapshot: Snapshot, datasetId: string): Promise<Range> {
  const end = (direction: 'asc' | 'desc') =>
    parley.db
      .selectFrom('records')
      .select('id')
      .where('datasetId', '=', datasetId)
      .orderBy('id', direction)
      .limit(1)
  const [first] = await snapshot.all(end('asc'))
  const [last] = await snapshot.all(end('desc'))
  return { first: first?.id ?? '0', last: last?.id ?? '0' }
}

/** Rows as they come; `cells` reads the current chunk. */
function openRows(bytes: AsyncIterable<Buffer>, cells: Cells) {
  const chunks = bytes[Symbol.asyncIterator]()
  const ask = () => {
    const next = chunks.next()
    // The reader gets the failure; until it reads, the rejection must not count as unhandled.
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

function openReader(answers: Cells, records: Cells, questions: readonly Judged[]) {
  const readOutline = outlineReader()
  const isSpan = questions.map(({ type }) => type === 'span')
  let id = -1
  let current = newRecord(id)
  // Only rows of the current chunk, whose records have been read.
  let answered: number | null = null
  let described: number | null = null

  /** Advances to a record or past it; false if it is not in the current chunk. */
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
    /** The rows of both current chunks; ends where either does, and continues with the next. */
    *read(hasRecords: boolean): Generator<RecordAnswers> {
      for (;;) {
        if (answered === null) {
          if (!hasRow(answers)) return
          answered = readWhole(answers) ?? -1
        }
        if (answered !== id) {
          if (!reach(answered) && hasRecords) return
          if (current.answers.length > 0) yield settled(current, isSpan)
          id = answered
          current = newRecord(id)
          if (described === id) {
            readRecord(records, current, readOutline, questions.length)
            described = null
          }
        }
        current.answers.push(readAnswer(answers, questions.length))
        answered = null
      }
    },
    *end(): Generator<RecordAnswers> {
      if (current.answers.length > 0) yield settled(current, isSpan)
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
    known: [],
    gold: null,
    suggested: null,
    group: '',
    answers: [],
  }
}

function readAnswer(cells: Cells, questions: number): RowAnswer {
  const labeler = String(readWhole(cells))
  const reason = readText(cells)
  const isRepeat = readTruth(cells)
  const time = readDouble(cells)
  // If the clock went back, there is no duration.
  const seconds = time !== null && time >= 0 ? time : null
  const shown = readWhole(cells) ?? 0
  const first = readText(cells)
  const came = readText(cells)
  const suggested = came === '' || came === 'held_out' ? came : 'shown'
  const values = readValues(cells, questions)
  return { labeler, reason, isRepeat, seconds, shown, first, suggested, values }
}

function readRecord(
  cells: Cells,
  record: RecordAnswers,
  readOutline: (text: string) => Outline,
  questions: number,
): void {
  const isGold = readTruth(cells)
  record.outline = readOutline(readText(cells))
  record.lengths = readIntegers(cells)
  record.reading = record.lengths?.reduce((sum, length) => sum + length, 0) ?? null
  const gold = readValues(cells, questions)
  record.known = gold
  if (isGold) record.gold = gold
  record.group = readText(cells)
  const suggested = readText(cells)
  if (suggested !== '')
    record.suggested = (JSON.parse(suggested) as (string | null)[]).map((text) => text ?? '')
}

function readValues(cells: Cells, questions: number): string[] {
  const values: string[] = []
  for (let question = 0; question < questions; question += 1) values.push(readText(cells))
  return values
}

/**
 * Answers to a record with known answers measure the labeler, not the record. Marked text is compared with
 * how long its text is: `LENGTH:JSON`.
 */
function settled(record: RecordAnswers, isSpan: readonly boolean[]): RecordAnswers {
  for (const [place, is] of isSpan.entries()) {
    if (!is) continue
    const length = record.known[place] ?? ''
    for (const { values } of record.answers)
      if (values[place]) values[place] = `${length}:${values[place]}`
    if (record.gold) record.gold[place] = ''
  }
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
