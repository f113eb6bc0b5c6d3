/** /v1/datasets: the labeling jobs, their documents and their status. */
import { createHash } from 'node:crypto'
import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { changeMinSubmitted } from '../../assignments/distribution.ts'
import { sayReach } from '../../chat/words/say.ts'
import { words } from '../../chat/words/words.ts'
import { applyDataset } from '../../datasets/apply.ts'
import { cloneDataset } from '../../datasets/clone.ts'
import { createDataset } from '../../datasets/create.ts'
import { type Counts, describeDataset, getDataset, listDatasets } from '../../datasets/dataset.ts'
import { deleteDataset } from '../../datasets/delete.ts'
import type { Dataset, DatasetDocument } from '../../datasets/document.ts'
import { feedProblems, sourcesOf } from '../../datasets/feeds/rules.ts'
import { parseDocument } from '../../datasets/parse.ts'
import {
  closeDataset,
  type Published,
  pauseDataset,
  publishDataset,
  reopenDataset,
} from '../../datasets/publish.ts'
import { invalid } from '../../errors.ts'
import type { Parley } from '../../parley.ts'
import { requireAllDatasets } from '../door/authenticate.ts'
import type { DoorEnv } from '../door/env.ts'
import { refuse } from '../door/errors.ts'
import { answer, body, DatasetName, type Door, route } from '../door/route.ts'

const CountsSchema = z
  .object({
    records: z.int(),
    needs_outputs: z.int(),
    completed: z.int(),
    rejected: z.int(),
    submitted: z.int(),
    counted: z.int(),
    discarded: z.int(),
  })
  .openapi('Counts')

const DatasetStatus = z.enum(['draft', 'ready', 'paused', 'closed'])

const Listed = z
  .object({ name: z.string(), status: DatasetStatus, counts: CountsSchema })
  .openapi('ListedDataset')

const DatasetSchema = z
  .object({
    name: z.string(),
    status: DatasetStatus,
    schema_version: z.int(),
    guidelines_version: z.int(),
    counts: CountsSchema,
    document: z
      .looseObject({ name: z.string() })
      .describe('The document, as docs/datasets.md describes it, with every default filled in.'),
  })
  .openapi('Dataset')

const CreatedSchema = DatasetSchema.extend({
  sources: z.array(z.string()).describe('The datasets that feed it.'),
  problems: z
    .record(z.string(), z.string())
    .describe('What to see to before it is published, by the key of the document.'),
}).openapi('CreatedDataset')

const Opened = z.object({
  name: z.string(),
  status: DatasetStatus,
  warnings: z.array(z.string()),
  reach: z.array(z.string()).describe('How many people the groups of its access are.'),
})

const params = z.object({ dataset: DatasetName })
const one = '/v1/datasets/{dataset}'
const tag = 'datasets'
const admin = ['admin'] as const

/** A document as a program or a person wrote it: what it may hold is checked by the verb. */
const documentBody = {
  required: true,
  description:
    'A dataset document: schema/dataset.schema.json of Parley, as JSON or as YAML. Guidelines are text, not a file.',
  content: {
    'application/json': {
      schema: {
        type: 'object' as const,
        required: ['name'],
        properties: { name: { type: 'string' as const } },
      },
    },
    'application/yaml': { schema: { type: 'string' as const } },
  },
}

export function datasetRoutes(door: Door, parley: Parley): void {
  readRoutes(door, parley)
  createRoutes(door, parley)
  changeRoutes(door, parley)
  statusRoutes(door, parley)
}

function readRoutes(door: Door, parley: Parley): void {
  const list = route({
    ...{ method: 'get', path: '/v1/datasets', id: 'listDatasets', tag, scopes: [] },
    summary: 'List the datasets this key opens, by name',
    answers: { 200: answer('The datasets.', z.object({ data: z.array(Listed) })) },
  })
  door.openapi(list, async (c) => {
    const all = await listDatasets(parley, c.var.caller.actor)
    return c.json({
      data: all.map(({ dataset: { name, status }, counts }) => ({
        ...{ name, status, counts: showCounts(counts) },
      })),
    })
  })

  const get = route({
    ...{ method: 'get', path: one, id: 'getDataset', tag, scopes: [] },
    summary: 'Read a dataset: its document, status and counts',
    description: '`ETag` changes with the document and the status, and not with the counts.',
    request: {
      params,
      headers: z.object({ 'if-none-match': z.string().optional() }),
    },
    answers: {
      200: answer('The dataset.', DatasetSchema, z.object({ etag: z.string() })),
      304: { description: 'It has not changed.' },
    },
  })
  door.openapi(get, async (c) => {
    const { dataset: name } = c.req.valid('param')
    await getDataset(parley, name, c.var.caller.actor)
    const { dataset, counts } = await describeDataset(parley, name)
    const etag = etagOf(dataset)
    if (
      c.req
        .header('if-none-match')
        ?.split(/\s*,\s*/)
        .includes(etag)
    )
      return c.body(null, 304, { etag })
    return c.json(showDataset(dataset, counts), 200, { etag })
  })
}

function createRoutes(door: Door, parley: Parley): void {
  const create = route({
    ...{ method: 'post', path: '/v1/datasets', id: 'createDataset', tag, scopes: admin },
    summary: 'Create a dataset from a document',
    description: 'It is a draft, which nobody sees until it is published.',
    request: { body: documentBody },
    refusals: ['conflict'],
    answers: { 201: answer('The dataset.', CreatedSchema, z.object({ etag: z.string() })) },
  })
  door.openapi(create, async (c) => {
    requireAllDatasets(c.var.caller)
    const document = await readDocument(c)
    const { actor } = c.var.caller
    const { name, document: stored } = await createDataset(parley, actor, { document })
    return answerDataset(parley, c, name, 201, {
      sources: await sourcesOf(parley, name),
      problems: await feedProblems(parley, actor, { name, document: stored }),
    })
  })

  const clone = route({
    ...{ method: 'post', path: `${one}/clone`, id: 'cloneDataset', tag, scopes: admin },
    summary: 'Create a draft with the same document and no records',
    request: { params, body: body(z.strictObject({ name: z.string() })) },
    refusals: ['conflict'],
    answers: { 201: answer('The dataset.', DatasetSchema, z.object({ etag: z.string() })) },
  })
  door.openapi(clone, async (c) => {
    requireAllDatasets(c.var.caller)
    const { dataset } = c.req.valid('param')
    const { name } = c.req.valid('json')
    await cloneDataset(parley, c.var.caller.actor, { dataset, name })
    return answerDataset(parley, c, name, 201)
  })
}

const changed = {
  description:
    'After publishing: wording, order, new optional questions. With `If-Match` only if it is still as it was read.',
  refusals: ['conflict', 'changed'] as const,
  answers: { 200: answer('The dataset.', DatasetSchema, z.object({ etag: z.string() })) },
}

function changeRoutes(door: Door, parley: Parley): void {
  const ifMatch = z.object({ 'if-match': z.string().optional() })
  const replace = route({
    ...{ method: 'put', path: one, id: 'applyDataset', tag, scopes: admin, ...changed },
    summary: 'Apply a whole document, as parley dataset apply does',
    request: { params, headers: ifMatch, body: documentBody },
  })
  door.openapi(replace, async (c) => {
    const { dataset } = c.req.valid('param')
    return apply(parley, c, dataset, await readDocument(c))
  })

  const patch = route({
    ...{ method: 'patch', path: one, id: 'changeDataset', tag, scopes: admin, ...changed },
    summary: 'Change parts of the document (JSON merge patch, RFC 7396)',
    request: {
      ...{ params, headers: ifMatch },
      body: {
        required: true,
        description: 'The keys that change; null takes a key out. Lists are replaced as a whole.',
        content: {
          'application/json': { schema: { type: 'object' as const } },
          'application/merge-patch+json': { schema: { type: 'object' as const } },
        },
      },
    },
  })
  door.openapi(patch, async (c) => {
    const { dataset: name } = c.req.valid('param')
    const before = await getDataset(parley, name, c.var.caller.actor)
    const merged = mergePatch(before.document, await readObject(c))
    // What was read is what is changed, whether or not the caller says which that was.
    return apply(parley, c, name, parseDocument(JSON.stringify(merged), { format: 'json' }), before)
  })

  const remove = route({
    ...{ method: 'delete', path: one, id: 'deleteDataset', tag, scopes: admin },
    summary: 'Delete a dataset with its records',
    request: {
      params,
      query: z.object({
        force: z
          .stringbool()
          .optional()
          .describe('Also when it holds answers.')
          .openapi({ type: 'boolean' }),
      }),
    },
    refusals: ['conflict'],
    answers: {
      200: answer('What was deleted.', z.object({ records: z.int(), answers: z.int() })),
    },
  })
  door.openapi(remove, async (c) => {
    const { dataset } = c.req.valid('param')
    const force = c.req.valid('query').force === true
    return c.json(await deleteDataset(parley, c.var.caller.actor, { dataset, force }))
  })
}

function statusRoutes(door: Door, parley: Parley): void {
  for (const [act, summary, verb] of [
    ['publish', 'Open a dataset to its labelers', publishDataset],
    ['reopen', 'Open a closed or paused dataset again', reopenDataset],
  ] as const) {
    const opens = route({
      ...{ method: 'post', path: `${one}/${act}`, id: `${act}Dataset`, tag, scopes: admin },
      ...{ summary, request: { params }, refusals: ['conflict'] },
      answers: { 200: answer('It is ready.', Opened) },
    })
    door.openapi(opens, async (c) =>
      c.json(
        showOpened(
          await verb(parley, c.var.caller.actor, { dataset: c.req.valid('param').dataset }),
        ),
      ),
    )
  }
  for (const [act, summary, verb] of [
    ['pause', 'Stop handing out records; open cards can still be answered', pauseDataset],
    ['close', 'End a dataset: no new answers, no edits', closeDataset],
  ] as const) {
    const ends = route({
      ...{ method: 'post', path: `${one}/${act}`, id: `${act}Dataset`, tag, scopes: admin },
      ...{ summary, request: { params }, refusals: ['conflict'] },
      answers: {
        200: answer('Its status.', z.object({ name: z.string(), status: DatasetStatus })),
      },
    })
    door.openapi(ends, async (c) => {
      const { dataset } = c.req.valid('param')
      const { name, status } = await verb(parley, c.var.caller.actor, { dataset })
      return c.json({ name, status })
    })
  }
}

type Call = Context<DoorEnv>

/** `read`: what the document was made from; nothing that came in between is overwritten. */
async function apply(
  parley: Parley,
  c: Call,
  name: string,
  document: DatasetDocument,
  read?: Dataset,
): Promise<Response> {
  if (document.name !== name)
    throw invalid({ name: `The document is named "${document.name}", the address "${name}".` })
  const wanted = c.req.header('if-match')
  const onlyIf = (now: Dataset) => {
    const etag = etagOf(now)
    if (read && etagOf(read) !== etag) return false
    return wanted === undefined || wanted === '*' || wanted.split(/\s*,\s*/).includes(etag)
  }
  const applied = await applyDataset(parley, c.var.caller.actor, { document, onlyIf })
  if (applied === null)
    return refuse(
      c,
      'changed',
      `"${name}" has changed since it was read. Read it again, then change it.`,
    )
  if (applied.minSubmittedChanged !== null)
    await changeMinSubmitted(parley, applied.dataset, applied.minSubmittedChanged)
  return answerDataset(parley, c, name, 200)
}

async function answerDataset(
  parley: Parley,
  c: Call,
  name: string,
  status: 200 | 201,
  more: object = {},
): Promise<Response> {
  const { dataset, counts } = await describeDataset(parley, name)
  const headers = { etag: etagOf(dataset) }
  return c.json({ ...showDataset(dataset, counts), ...more }, status, {
    ...headers,
    ...(status === 201 ? { location: `/v1/datasets/${encodeURIComponent(name)}` } : {}),
  })
}

async function readDocument(c: Call): Promise<DatasetDocument> {
  const isYaml = /ya?ml/i.test(c.req.header('content-type') ?? '')
  return parseDocument(await c.req.text(), { format: isYaml ? 'yaml' : 'json' })
}

async function readObject(c: Call): Promise<{ [key: string]: unknown }> {
  const value: unknown = await c.req.json().catch(() => null)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw invalid({ body: 'Send a JSON object with the keys that change.' })
}

/** RFC 7396. */
function mergePatch(before: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const is = typeof before === 'object' && before !== null && !Array.isArray(before)
  const merged = new Map<string, unknown>(is ? Object.entries(before) : [])
  for (const [key, value] of Object.entries(patch))
    if (value === null) merged.delete(key)
    else merged.set(key, mergePatch(merged.get(key), value))
  return Object.fromEntries(merged)
}

/** Changes with the document and the status. */
export function etagOf({ status, document }: Dataset): string {
  const text = JSON.stringify([status, document])
  return `"${createHash('sha256').update(text).digest('hex').slice(0, 20)}"`
}

function showDataset(dataset: Dataset, counts: Counts) {
  const { name, status, schemaVersion, guidelinesVersion, document } = dataset
  return {
    ...{ name, status },
    schema_version: schemaVersion,
    guidelines_version: guidelinesVersion,
    counts: showCounts(counts),
    document,
  }
}

function showCounts({ needsOutputs, ...counts }: Counts) {
  return { ...counts, needs_outputs: needsOutputs }
}

function showOpened({ dataset: { name, status }, warnings, reach }: Published) {
  return { name, status, warnings, reach: sayReach(reach, words(undefined)) }
}
