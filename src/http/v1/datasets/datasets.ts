/** /v1/datasets: the labeling jobs, their documents and their status. */
import { z } from '@hono/zod-openapi'
import { sayReach } from '../../../chat/words/say.ts'
import { words } from '../../../chat/words/words.ts'
import { cloneDataset } from '../../../datasets/clone.ts'
import { createDataset } from '../../../datasets/create.ts'
import { describeDataset, getDataset, listDatasets } from '../../../datasets/dataset.ts'
import { etagOf } from '../../../datasets/etag.ts'
import { feedProblems, sourcesOf } from '../../../datasets/feeds/rules.ts'
import {
  closeDataset,
  type Published,
  pauseDataset,
  publishDataset,
  reopenDataset,
} from '../../../datasets/publish.ts'
import type { Parley } from '../../../parley.ts'
import { requireAllDatasets } from '../../door/authenticate.ts'
import { answer, body, type Door, route } from '../../door/route.ts'
import { tagsIn } from '../../door/tags.ts'

import { changeRoutes } from './change.ts'
import {
  admin,
  answerDataset,
  CreatedSchema,
  DatasetSchema,
  DatasetStatus,
  documentBody,
  Listed,
  one,
  params,
  readDocument,
  showCounts,
  showDataset,
  tag,
} from './show.ts'

const Opened = z.object({
  name: z.string(),
  status: DatasetStatus,
  warnings: z.array(z.string()),
  reach: z.array(z.string()).describe('How many people the groups of its access are.'),
})

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
    if (tagsIn(c.req.header('if-none-match'))?.includes(etag)) return c.body(null, 304, { etag })
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

function showOpened({ dataset: { name, status }, warnings, reach }: Published) {
  return { name, status, warnings, reach: sayReach(reach, words(undefined)) }
}
