/**
 * Reads a dataset out of one snapshot, record by record in the order of external ids. Postgres writes
 * the JSON and groups each record's answers; a record's text is sent once however many answered it.
 */
import { type RawBuilder, sql } from 'kysely'
import type { Dataset } from '../datasets/document.ts'
import type { Snapshot } from '../db/copy.ts'
import type { ResponseStatus } from '../db/schema.ts'
import { ParleyError } from '../errors.ts'
import { ensurePseudonyms, lacksPseudonyms } from '../labelers/pseudonyms.ts'
import type { Parley } from '../parley.ts'
import type { RecordFields, RecordOutput } from '../records/record-line.ts'
import type { RecordStatus } from '../records/record-status.ts'
import { doubleText, suggestionsText } from './double.ts'

/** One view of one dataset; close it soon: while it is open, the tables it sees cannot be tidied. */
export type Source = {
  dataset: Dataset
  /** Chunks of whole lines, each line one record: pieces of JSON between separators. */
  lines(query: RawBuilder<unknown>): AsyncIterable<Buffer>
  /** Answers that were replaced by later ones are there at all. */
  hasRevisions: boolean
  /** Some record has a known answer. */
  hasGold: boolean
  /** What its records bring to chat templates: bits of `holding`. */
  holds: number
  /** Only these records are read, by their ids; all of them unless it is there. */
  only?: readonly string[]
  /** What the dataset holds, for the manifest. */
  statistics: { records: number; submitted: number; counted: number; discarded: number }
  close(): Promise<void>
}

/** A record with everybody's current answer, as the formats that train read it. */
export type ExportRecord = {
  external_id: string
  status: RecordStatus
  fields: RecordFields
  outputs: RecordOutput[]
  metadata: Record<string, unknown>
  responses: ExportResponse[]
  /** How much text there is; read only if it is needed. */
  reading?: number | null
}
export type ExportResponse = {
  labeler: string
  repeat: number
  status: ResponseStatus
  counted: boolean
  flags: string[]
  values: Record<string, unknown>
  /** Read only if it is needed. */
  submitted_at?: string | null
  seconds?: number | null
  /** Why it is not among the answers asked for. */
  outside?: string | null
}

/**
 * Opens the view. Everybody who answered in it has a pseudonym by then. `sample`: only so many of its
 * records are read, those with answers first.
 */
export async function openSource(
  parley: Parley,
  datasetId: string,
  { sample }: { sample?: number } = {},
): Promise<Source> {
  for (;;) {
    await ensurePseudonyms(parley, datasetId)
    const snapshot = await parley.openSnapshot()
    try {
      // Somebody new may have answered meanwhile: then make their pseudonym and open the view again.
      if (!(await lacksPseudonyms(parley, snapshot, datasetId)))
        return await describe(parley, snapshot, datasetId, sample)
    } catch (error) {
      await snapshot.close()
      throw error
    }
    await snapshot.close()
  }
}

/**
 * Yields the records a chunk at a time, by external id or, given a seed, by a hash of both; each is parsed when its turn comes and may be forgotten after
 * it, so that memory stays that of a chunk.
 */
export async function* readRecords(
  source: Source,
  {
    withTimes = false,
    withSpeed = false,
    seed = null,
  }: { withTimes?: boolean; withSpeed?: boolean; seed?: number | null } = {},
): AsyncGenerator<Iterable<ExportRecord>> {
  const { dataset, hasGold } = source
  const answer = sql`'{"labeler":' || to_json(y.pseudonym)::text || ',"repeat":' || a.repeat::text
    || ',"status":"' || s.status || '","counted":' || a.counted::text
    || ',"flags":' || ${flags(hasGold)} || ',"values":' || s."values"::text
    ${withTimes ? sql`|| ',"submitted_at":' || ${time('s.submitted_at')}` : sql``}
    ${withSpeed ? sql`|| ',"seconds":' || coalesce(s.seconds::text, 'null')` : sql``} || '}'`
  const reading = sql`',"reading":', coalesce((select sum(n) from unnest(e.lengths) n), 0),`
  const order =
    seed === null ? sql`` : sql`sha256(convert_to(${`${seed}:`} || r.external_id, 'UTF8')),`
  const lines = source.lines(sql`
    select concat('{"external_id":', to_json(r.external_id), ',"status":"', ${recordStatus},
      '","fields":', r.fields, ',"outputs":', r.outputs, ',"metadata":', r.metadata,
      ${withSpeed ? reading : sql``} ',"responses":[', g.answers, ']}')
    from records r
    join places p on p.dataset_id = r.dataset_id and p.record_id = r.id
    ${withSpeed ? sql`join outlines e on e.dataset_id = r.dataset_id and e.record_id = r.id` : sql``}
    left join (${answers({ ...source, hasRevisions: false }, answer, sql`','`)}) g on g.record_id = r.id
    where r.dataset_id = ${dataset.id} ${among(source, sql`r.id`)}
    order by ${order} r.external_id`)
  for await (const chunk of lines) yield parseRecords(chunk)
}

/** Between a record and its answers. JSON text never holds it, and COPY sees nothing special in it. */
export const separator = '\u0003'

/** A record as raw and records lines say it, without its braces. */
export function recordPart(withPriority: boolean, hasGold: boolean) {
  return sql`
  '"external_id":', to_json(r.external_id), ',"status":"', ${recordStatus},
  '","fields":', r.fields, ',"outputs":', r.outputs, ',"metadata":', r.metadata,
  ',"suggestions":', ${suggestionsText('r.suggestions')}, ${hasGold ? sql`',"gold":' || k.gold::text` : sql`''`}, ${withPriority ? sql`',"priority":', p.priority` : sql`''`}`
}

/**
 * An answer as raw and records lines say it, without its braces: a text. Short texts are put together
 * by `||`, which takes half of what `concat` does; it knows no null, so every part says what it is then.
 */
export function answerPart(hasGold: boolean) {
  return sql`
  '"labeler":' || to_json(y.pseudonym)::text || ',"platform":"' || s.platform
  || '","repeat":' || a.repeat::text || ',"status":"' || s.status
  || '","reason":' || coalesce(to_json(s.reason)::text, 'null')
  || ',"revision":' || s.revision::text || ',"counted":' || (a.counted and s.newest)::text
  || ',"values":' || s."values"::text || ',"shown":{"order":' || array_to_json(a.shown_order)::text
  || ',"expanded":' || array_to_json(a.expanded)::text
  || ',"suggestions":' || a.suggestions_shown::text
  || case when a.suggested is null then '' else ',"suggested":"' || a.suggested || '"' end
  || case when s.rendering is null then '' else ',"rendering":"' || s.rendering || '"' end
  || ',"at":' || ${time('a.shown_at')}
  || '},"seconds":' || ${doubleText('s.seconds')}
  || ',"submitted_at":' || ${time('s.submitted_at')}
  || ',"schema_version":' || s.schema_version::text
  || ',"guidelines_version":' || s.guidelines_version::text || ',"flags":' || ${flags(hasGold)}
  || case when a.post_id is null then '' else ',"ballot":true' end`
}

/** How many outputs the record with the most of them has. */
export async function mostOutputs({ dataset, lines }: Source): Promise<number> {
  let text = ''
  const query = sql`select coalesce(max(jsonb_array_length(outputs)), 0) from records
    where dataset_id = ${dataset.id}`
  for await (const chunk of lines(query)) text += chunk.toString('utf8')
  return Number(text)
}

/** Every record's answers in one text, in the order of pseudonym, repeat and revision. */
export function answers(
  source: Pick<Source, 'dataset' | 'hasRevisions' | 'hasGold' | 'only'>,
  answer: RawBuilder<unknown>,
  between: RawBuilder<unknown>,
): RawBuilder<unknown> {
  const { dataset, hasRevisions, hasGold } = source
  const here = sql`dataset_id = ${dataset.id} ${among(source, sql`record_id`)}`
  const columns = sql`dataset_id, assignment_id, record_id, labeler_id, revision, status, reason,
    "values", platform, seconds, submitted_at, schema_version, guidelines_version, flags, rendering`
  const newest = sql`select ${columns}, true as newest from responses where ${here}`
  const all = sql`${newest} union all select ${columns}, false from revisions where ${here}`
  return sql`
    select s.record_id,
      string_agg(${answer}, ${between} order by y.place, a.repeat, s.revision) as answers
    from (${hasRevisions ? all : newest}) s
    join assignments a on a.dataset_id = ${dataset.id} and a.id = s.assignment_id
    join (select labeler_id, pseudonym, row_number() over (order by pseudonym) as place
          from pseudonyms where dataset_id = ${dataset.id}) y on y.labeler_id = s.labeler_id
    ${hasGold ? known(dataset, sql`s.record_id`) : sql``}
    group by s.record_id`
}

/** Of a source of some records: whose ids a column must be one of. */
export function among(
  { only }: Pick<Source, 'only'>,
  id: RawBuilder<unknown>,
): RawBuilder<unknown> {
  if (!only) return sql``
  const ids = sql.join(only.map((one) => sql`${one}::bigint`))
  return only.length === 0 ? sql`and false` : sql`and ${id} in (${ids})`
}

/** The known answers of a record as `k`, where it has any. */
export function known(dataset: Dataset, record: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`left join outlines k on k.dataset_id = ${dataset.id} and k.record_id = ${record}
    and k.gold is not null`
}

async function describe(
  parley: Parley,
  snapshot: Snapshot,
  datasetId: string,
  sample: number | undefined,
): Promise<Source> {
  await snapshot.set({
    work_mem: '32MB',
    jit: 'off',
    // A dataset is read whole. Row by row is how the planner would join tables it knows little of,
    // such as those that were filled a minute ago. A sample is found by its keys.
    ...(sample === undefined ? { enable_nestloop: 'off' } : { enable_hashjoin: 'off' }),
  })
  const [dataset] = await snapshot.all(
    parley.db
      .selectFrom('datasets')
      .select(['id', 'name', 'status', 'document', 'schemaVersion', 'guidelinesVersion'])
      .where('id', '=', datasetId),
  )
  if (!dataset) throw new ParleyError('not_found', 'This dataset is gone.')
  const revisions = await snapshot.all(
    parley.db
      .selectFrom('revisions')
      .select('revision')
      .where('datasetId', '=', datasetId)
      .limit(1),
  )
  const gold = await snapshot.all(
    parley.db
      .selectFrom('outlines')
      .select('recordId')
      .where('datasetId', '=', datasetId)
      .where('gold', 'is not', null)
      .limit(1),
  )
  const [held] = await snapshot.all(
    parley.db
      .selectFrom('outlines')
      .select(sql<number>`coalesce(bit_or(holds), 0)`.as('holds'))
      .where('datasetId', '=', datasetId)
      .where('holds', 'is not', null),
  )
  const sum = (column: 'records' | 'submitted' | 'counted' | 'discarded') =>
    sql<number>`coalesce(sum(${sql.ref(column)}), 0)::float8`.as(column)
  const [statistics] = await snapshot.all(
    parley.db
      .selectFrom('tallies')
      .select([sum('records'), sum('submitted'), sum('counted'), sum('discarded')])
      .where('datasetId', '=', datasetId),
  )
  return {
    ...(sample === undefined ? {} : { only: await sampleOf(parley, snapshot, datasetId, sample) }),
    dataset,
    hasRevisions: revisions.length > 0,
    hasGold: gold.length > 0,
    holds: held?.holds ?? 0,
    statistics: statistics ?? { records: 0, submitted: 0, counted: 0, discarded: 0 },
    lines: (query) => snapshot.lines({ compile: () => query.compile(parley.db) }),
    close: () => snapshot.close(),
  }
}

/** Records with answers, and the first of all; however large the dataset is, few rows are looked at. */
async function sampleOf(
  parley: Parley,
  snapshot: Snapshot,
  datasetId: string,
  most: number,
): Promise<string[]> {
  const answered = await snapshot.all(
    parley.db
      .selectFrom('responses')
      .select('recordId as id')
      .where('datasetId', '=', datasetId)
      .where('status', '=', 'submitted')
      // Several people answer one record.
      .limit(most * 5),
  )
  const first = await snapshot.all(
    parley.db
      .selectFrom('records')
      .select('id')
      .where('datasetId', '=', datasetId)
      .orderBy('externalId')
      .limit(most),
  )
  return [...new Set([...answered, ...first].map(({ id }) => id))].slice(0, most)
}

const recordStatus = sql`record_status(p)`

/**
 * Milliseconds and Z, as JavaScript writes times. JSON leaves out zeros at the end; with a millionth
 * more there are none, and what is beyond milliseconds is cut off. to_char takes twice as long.
 */
function time(column: string) {
  return sql`coalesce(left(to_json((${sql.raw(column)} at time zone 'UTC')::timestamp(3)
    + interval '1 microsecond')::text, 24) || 'Z"', 'null')`
}

const flagOrder = sql`array['late', 'surplus', 'same_person', 'gold', 'repeat', 'fast',
  'edited_after_reveal', 'not_blind', 'excluded', 'corrected']`

/**
 * The stored flags; `surplus` for an answer beyond the places, `gold` for one to a record whose answer
 * is known, `repeat` for one to a record that came back; always in one order. What was dealt as a check
 * held no place, and is beyond none.
 */
function flags(hasGold: boolean) {
  const repeat = sql`(a.repeat > 0 and s.status = 'submitted'
    and not s.flags && array['repeat', 'same_person'])`
  const gold = hasGold ? sql`(k.record_id is not null and s.status = 'submitted')` : sql`false`
  const surplus = sql`(s.newest and s.status = 'submitted' and not a.counted and a.repeat = 0
    and not (a.slot is null and ${gold})
    and not s.flags && array['surplus', 'same_person', 'gold', 'repeat', 'excluded'])`
  return sql`case when s.flags = '{}' and not ${surplus} and not ${gold} and not ${repeat} then '[]'
    else array_to_json(array(
      select flag from unnest(s.flags
        || case when ${surplus} then array['surplus'] end
        || case when ${repeat} then array['repeat'] end
        || case when ${gold} and not s.flags && array['gold'] then array['gold'] end) flag
      order by array_position(${flagOrder}, flag), flag))::text end`
}

function* parseRecords(chunk: Buffer): Generator<ExportRecord> {
  let start = 0
  for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
    yield JSON.parse(chunk.toString('utf8', start, end))
    start = end + 1
  }
}
