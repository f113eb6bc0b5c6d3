/** /v1/datasets/{dataset}/progress: how far it is. */
import { z } from '@hono/zod-openapi'
import { type DatasetProgress, datasetProgress } from '../../assignments/progress.ts'
import { getDataset } from '../../datasets/dataset.ts'
import type { Parley } from '../../parley.ts'
import { answer, DatasetName, type Door, route } from '../door/route.ts'

const Progress = z
  .object({
    records: z.int(),
    pending: z.int(),
    completed: z.int(),
    rejected: z.int(),
    needs_outputs: z.int(),
    submitted: z.int(),
    counted: z.int(),
    surplus: z.int().describe('Beyond the answers their record asks for, to checks, or excluded.'),
    discarded: z.int(),
    labelers: z.int(),
    mean_seconds: z.number().nullable(),
    feeds: z
      .array(z.object({ to: z.string(), pending: z.int(), needs_outputs: z.int() }))
      .optional(),
  })
  .openapi('Progress')

export function progressRoutes(door: Door, parley: Parley): void {
  const read = route({
    ...{ method: 'get', path: '/v1/datasets/{dataset}/progress', id: 'getProgress' },
    ...{ tag: 'answers', scopes: [] },
    summary: 'Read how far a dataset is',
    request: { params: z.object({ dataset: DatasetName }) },
    answers: { 200: answer('Its progress.', Progress) },
  })
  door.openapi(read, async (c) => {
    const dataset = await getDataset(parley, c.req.valid('param').dataset, c.var.caller.actor)
    return c.json(showProgress(await datasetProgress(parley, dataset)))
  })
}

function showProgress({ needsOutputs, meanSeconds, feeds, ...progress }: DatasetProgress) {
  return {
    ...progress,
    needs_outputs: needsOutputs,
    mean_seconds: meanSeconds,
    ...(feeds
      ? {
          feeds: feeds.map(({ needsOutputs: waiting, ...one }) => ({
            ...one,
            needs_outputs: waiting,
          })),
        }
      : {}),
  }
}
