/** /v1/feeds: the state of copying accepted records to other datasets. */
import { z } from '@hono/zod-openapi'
import { getDataset, listDatasets } from '../../datasets/dataset.ts'
import { listFeeds } from '../../feeds/show.ts'
import type { Parley } from '../../parley.ts'
import { answer, type Door, route } from '../door/route.ts'

const Feed = z
  .object({
    from: z.string(),
    to: z.string(),
    when: z.string().nullable(),
    current: z.int().describe('Records that are there as they were accepted.'),
    changed: z.int(),
    withdrawn: z.int(),
    due: z.int().describe('Records that are still to be looked at.'),
    next: z.iso.datetime().nullable(),
    problem: z.string().nullable(),
  })
  .openapi('Feed')

export function feedRoutes(door: Door, parley: Parley): void {
  const list = route({
    ...{ method: 'get', path: '/v1/feeds', id: 'listFeeds', tag: 'datasets', scopes: ['admin'] },
    summary: 'List the feeds of one dataset, or of all this key opens',
    request: { query: z.object({ dataset: z.string().optional() }) },
    answers: { 200: answer('The feeds.', z.object({ data: z.array(Feed) })) },
  })
  door.openapi(list, async (c) => {
    const { actor } = c.var.caller
    const { dataset } = c.req.valid('query')
    const names =
      dataset === undefined
        ? (await listDatasets(parley, actor)).map((one) => one.dataset.name)
        : [(await getDataset(parley, dataset, actor)).name]
    const feeds = await Promise.all(names.map((name) => listFeeds(parley, { dataset: name })))
    return c.json({ data: feeds.flat() })
  })
}
