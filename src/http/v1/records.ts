/** /v1/datasets/{dataset}/records: records in, one or many, and those there are. */
import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { requeueRecord } from '../../assignments/distribution.ts'
import { getDataset } from '../../datasets/dataset.ts'
import { invalid } from '../../errors.ts'
import { type Intake, openIntake } from '../../imports/add-record.ts'
import { importRecords } from '../../imports/import-records.ts'
import { inOneGo, recordImport } from '../../imports/import-row.ts'
import type { FileKind } from '../../imports/readers/rows.ts'
import type { ImportReport } from '../../imports/report.ts'
import { allows } from '../../keys/scopes.ts'
import type { Parley } from '../../parley.ts'
import { deleteRecord, getRecord, listRecords, type StoredRecord } from '../../records/record.ts'
import { recordStatuses } from '../../records/record-status.ts'
import { readBody } from '../door/body.ts'
import type { DoorEnv } from '../door/env.ts'
import { errorBody, newRef, refuse } from '../door/errors.ts'
import { fromCursor, PageQuery, pageOf, toCursor } from '../door/page.ts'
import { answer, DatasetName, type Door, route } from '../door/route.ts'

const anyOf = ['records:write', 'answers:read'] as const
const tag = 'records'
const all = '/v1/datasets/{dataset}/records'
const one = `${all}/{external_id}` as const

export const ExternalId = z
  .string()
  .min(1)
  .openapi({ param: { name: 'external_id', in: 'path' }, example: 'prompt-17' })

const RecordSchema = z
  .object({
    id: z.string(),
    external_id: z.string(),
    status: z.enum(recordStatuses),
    fields: z.record(z.string(), z.unknown()),
    outputs: z.array(z.looseObject({ id: z.string() })),
    metadata: z.record(z.string(), z.unknown()),
    suggestions: z.record(z.string(), z.unknown()),
    gold: z
      .record(z.string(), z.unknown())
      .nullable()
      .optional()
      .describe('Known answers; for keys with the scope admin.'),
    priority: z.int(),
    wanted: z.int().describe('Answers it asks for.'),
    counted: z.int().describe('Answers that count.'),
    leased: z.int().describe('People who are at it now.'),
    discards: z.int(),
  })
  .openapi('Record')

const Added = z
  .object({
    external_id: z.string(),
    outcome: z.enum(['created', 'updated', 'unchanged']),
    parts: z.array(z.string()).describe('What was another in a record that was updated.'),
    warnings: z.array(z.string()),
  })
  .openapi('AddedRecord')

const Problem = z.object({
  line: z.int(),
  path: z.string(),
  message: z.string(),
  remedy: z.string(),
})

const Report = z
  .object({
    import: z.string().nullable().describe('Its number, to undo it by; null if nothing was kept.'),
    unit: z.enum(['line', 'row']),
    lines: z.int(),
    created: z.int(),
    updated: z.int(),
    unchanged: z.int(),
    repeated: z.int(),
    refused: z
      .object({ count: z.int(), lines: z.array(Problem) })
      .describe('The first hundred by line.'),
    warnings: z.object({ count: z.int(), lines: z.array(z.looseObject({ line: z.int() })) }),
    rolled_back: z
      .boolean()
      .describe('`all_or_nothing` was asked for and a line was refused: nothing was kept.'),
  })
  .openapi('ImportReport')

/** How each content type is read; JSON may also be one record. */
const kinds: Readonly<Record<string, FileKind | 'auto'>> = {
  'application/x-ndjson': 'jsonl',
  'application/jsonl': 'jsonl',
  'text/csv': 'csv',
  'application/vnd.apache.parquet': 'parquet',
  // Any of these but CSV, recognized by its first bytes; or JSON of any length.
  'application/octet-stream': 'auto',
}

/** One record of JSON is held in memory, as a line of an import is. */
const mostRecordBytes = 10_000_000

export function recordRoutes(door: Door, parley: Parley): void {
  addRoute(door, parley)
  readRoutes(door, parley)
  changeRoutes(door, parley)
}

const text = { schema: { type: 'string' as const } }
const yesOrNo = z.stringbool().optional()

function addRoute(door: Door, parley: Parley): void {
  const add = route({
    ...{ method: 'post', path: all, id: 'addRecords', tag, scopes: ['records:write'] },
    summary: 'Add records: one as JSON, or any number as a stream of lines',
    description:
      'Lines are read as `parley import` reads a file, in every shape it knows, while they come; gzip is recognised. Good lines are kept and bad ones reported, so that only those have to be sent again. A record whose `external_id` is there already is updated, unless people have answered it.',
    request: {
      params: z.object({ dataset: DatasetName }),
      query: z.object({
        all_or_nothing: yesOrNo
          .openapi({ type: 'boolean' })
          .describe('Keep nothing if a line is refused.'),
        dry_run: yesOrNo.openapi({ type: 'boolean' }).describe('Only report what would be kept.'),
        map: z
          .string()
          .optional()
          .describe(
            'Which key feeds a field, for shapes that are not recognised: `prompt=question,context=passage`.',
          ),
      }),
      body: {
        required: true,
        content: {
          // Not a schema of zod, which would read the body: the reader of imports checks it.
          'application/json': {
            schema: {
              type: 'object' as const,
              description:
                'A record line, such as `{"external_id": "r1", "fields": {"prompt": "…"}, "outputs": [{"text": "…", "model": "m"}]}`.',
            },
          },
          ...Object.fromEntries(Object.keys(kinds).map((type) => [type, text])),
        },
      },
    },
    answers: {
      200: answer(
        'For a stream, its report; for one record, that it existed already.',
        z.union([Report, Added]),
      ),
      201: answer('Of one record: it was created.', Added),
    },
    refusals: ['conflict', 'too_large'],
    mostBytes: null,
  })
  const intake = openIntake(parley)
  door.openapi(add, async (c) => {
    const { dataset } = c.req.valid('param')
    const asked = c.req.valid('query')
    const type = (c.req.header('content-type') ?? '').toLowerCase().split(/[;\s]/)[0] ?? ''
    const kind = kinds[type]
    if (kind !== undefined) return addMany(parley, c, { ...asked, dataset, kind }, readBody(c))
    const json = await readJson(c)
    if (json === null)
      return refuse(
        c,
        'too_large',
        'One record may have 10,000,000 bytes. Send many as a stream, with Content-Type: application/x-ndjson.',
      )
    if (!/^\s*\[/.test(json)) return addOne(intake, c, dataset, json)
    return addMany(parley, c, { ...asked, dataset, kind: 'json' }, [Buffer.from(json)])
  })
}

type Call = Context<DoorEnv>

async function addOne(intake: Intake, c: Call, dataset: string, json: string): Promise<Response> {
  const added = await intake(c.var.caller.actor, { dataset, text: json })
  const [first] = added
  if (!first || added.length > 1) return c.json({ data: added }, 201)
  return c.json(first, first.outcome === 'created' ? 201 : 200)
}

type Many = {
  dataset: string
  kind: FileKind | 'auto'
  all_or_nothing?: boolean | undefined
  dry_run?: boolean | undefined
  map?: string | undefined
}

/** One import, listed and undone like any other. */
async function addMany(
  parley: Parley,
  c: Call,
  asked: Many,
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<Response> {
  const { actor } = c.var.caller
  const { kind, all_or_nothing: isWhole, dry_run: isTried } = asked
  const dataset = await getDataset(parley, asked.dataset, actor)
  const map = readMap(asked.map)
  const row = { dataset, by: actor.name, source: 'HTTP', kind }
  let id: string | null = null
  const run = (inside: Parley) =>
    recordImport(inside, row, (importId) => {
      id = importId
      return importRecords(inside, actor, {
        ...{ dataset: dataset.name, importId, source },
        ...(kind === 'auto' ? {} : { kind }),
        ...(map ? { map } : {}),
      })
    })
  const isKept = (report: ImportReport) =>
    isTried !== true && report.refused.count === 0 && !report.broken
  const report = isTried || isWhole ? await inOneGo(parley, run, isKept) : await run(parley)
  const isLost = isTried === true || (isWhole === true && !isKept(report))
  const shown = showReport(report, isLost ? null : id, isLost && isTried !== true)
  if (report.broken === undefined && !shown.rolled_back) return c.json(shown)
  const problems = problemsOf(report)
  const message = report.broken?.message ?? 'A line was refused, so nothing was kept.'
  return c.json({ ...errorBody('invalid', message, problems, newRef()), report: shown }, 422)
}

/** The text of a body, or null for one that is too large. */
async function readJson(c: Call): Promise<string | null> {
  const announced = c.req.header('content-length')
  if (announced !== undefined && Number(announced) > mostRecordBytes) return null
  if (announced !== undefined && c.var.bodyHash === undefined) return c.req.text()
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of readBody(c)) {
    length += chunk.length
    if (length > mostRecordBytes) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function readMap(text: string | undefined): Record<string, string> | undefined {
  if (text === undefined) return undefined
  return Object.fromEntries(
    text.split(',').map((pair) => {
      const [, field, key] = /^([^=]+)=(.+)$/.exec(pair) ?? []
      if (!field || !key) throw invalid({ map: `"${pair}" is not field=key.` })
      return [field, key]
    }),
  )
}

function showReport(report: ImportReport, id: string | null, isLost: boolean) {
  const { unit, lines, created, updated, unchanged, parts, repeated, refused, warnings } = report
  const { byKind, ...told } = warnings
  const counts = isLost ? { created: 0, updated: 0, unchanged: 0 } : { created, updated, unchanged }
  return {
    ...{ import: id, unit, lines, ...counts, parts: isLost ? {} : parts, repeated, refused },
    warnings: { ...told, by_kind: byKind },
    rolled_back: isLost,
  }
}

function problemsOf({ unit, refused }: ImportReport): Record<string, string> {
  return Object.fromEntries(
    refused.lines.map(({ line, path, message, remedy }) => [
      `${unit} ${line}${path === '' ? '' : ` ${path}`}`,
      `${message} ${remedy}`,
    ]),
  )
}

function readRoutes(door: Door, parley: Parley): void {
  const list = route({
    ...{ method: 'get', path: all, id: 'listRecords', tag, scopes: anyOf },
    summary: 'List the records of a dataset, in the order of their external ids',
    request: {
      params: z.object({ dataset: DatasetName }),
      query: z.object({ status: z.enum(recordStatuses).optional(), ...PageQuery }),
    },
    answers: { 200: answer('A page of records.', pageOf(RecordSchema)) },
  })
  door.openapi(list, async (c) => {
    const { dataset: name } = c.req.valid('param')
    const { cursor, status, limit } = c.req.valid('query')
    await getDataset(parley, name, c.var.caller.actor)
    const after = fromCursor(cursor)
    const { records, next } = await listRecords(parley, {
      dataset: name,
      ...(status === undefined ? {} : { status }),
      ...(after === undefined ? {} : { after }),
      ...(limit === undefined ? {} : { limit }),
    })
    return c.json({ data: records.map((one) => showRecord(c, one)), next: toCursor(next) })
  })

  const get = route({
    ...{ method: 'get', path: one, id: 'getRecord', tag, scopes: anyOf },
    summary: 'Read one record, with its status',
    request: { params: z.object({ dataset: DatasetName, external_id: ExternalId }) },
    answers: { 200: answer('The record.', RecordSchema) },
  })
  door.openapi(get, async (c) => {
    const { dataset, external_id: externalId } = c.req.valid('param')
    await getDataset(parley, dataset, c.var.caller.actor)
    return c.json(showRecord(c, await getRecord(parley, { dataset, externalId })))
  })
}

function changeRoutes(door: Door, parley: Parley): void {
  const params = z.object({ dataset: DatasetName, external_id: ExternalId })
  const requeue = route({
    ...{ method: 'post', path: `${one}/requeue`, id: 'requeueRecord', tag, scopes: ['admin'] },
    summary: 'Put a rejected record back into the queue',
    request: { params },
    answers: { 200: answer('It is open again.', z.object({ external_id: z.string() })) },
  })
  door.openapi(requeue, async (c) => {
    const { dataset, external_id: externalId } = c.req.valid('param')
    await requeueRecord(parley, c.var.caller.actor, { dataset, externalId })
    return c.json({ external_id: externalId })
  })

  const remove = route({
    ...{ method: 'delete', path: one, id: 'deleteRecord', tag, scopes: ['admin'] },
    summary: 'Delete a record that nobody has seen',
    request: { params },
    refusals: ['conflict'],
    answers: { 204: { description: 'It is gone.' } },
  })
  door.openapi(remove, async (c) => {
    const { dataset, external_id: externalId } = c.req.valid('param')
    await getDataset(parley, dataset, c.var.caller.actor)
    await deleteRecord(parley, c.var.caller.actor, { dataset, externalId })
    return c.body(null, 204)
  })
}

/** Known answers are for admins: who adds records or reads answers may not be one. */
function showRecord(c: Call, { externalId, gold, ...record }: StoredRecord) {
  const isAdmin = allows(c.var.caller.scopes, ['admin'])
  return { external_id: externalId, ...record, ...(isAdmin ? { gold } : {}) }
}
