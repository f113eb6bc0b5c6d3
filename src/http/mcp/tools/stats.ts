/** The tool `stats`: how far a dataset is, and how good its answers are. */
import { z } from '@hono/zod-openapi'
import { datasetProgress } from '../../../assignments/progress.ts'
import { getDataset } from '../../../datasets/dataset.ts'
import { datasetStats } from '../../../quality/dataset/stats.ts'
import { reads, tool } from '../tool.ts'

const resamples = 200

export const stats = tool({
  name: 'stats',
  title: 'Read statistics',
  description:
    'Reads how far a dataset is and what its answers say together: agreement by question with intervals, strength of models, habits of labelers by pseudonym, the most disputed records. The same numbers as parley stats --json.',
  scopes: ['answers:read'],
  hints: reads,
  input: z.object({
    dataset: z.string(),
    intervals: z.boolean().default(true).describe('false is faster on large datasets.'),
  }),
  output: z.object({
    progress: z.record(z.string(), z.unknown()),
    stats: z.looseObject({
      dataset: z.string(),
      counts: z.object({ records: z.int(), answers: z.int(), labelers: z.int() }),
      questions: z.array(z.record(z.string(), z.unknown())),
      labelers: z.array(z.record(z.string(), z.unknown())),
    }),
  }),
  run: async ({ parley, caller: { actor } }, { dataset, intervals }) => ({
    progress: await datasetProgress(parley, await getDataset(parley, dataset, actor)),
    stats: await datasetStats(parley, actor, { dataset, resamples: intervals ? resamples : 0 }),
  }),
})
