/** A feed as a dataset document writes it. */
import { z } from 'zod'

/** Where accepted records go on to, and as what. */
export const Feed = z.strictObject({
  to: z.string().min(1).max(200).describe('the dataset that gets the records'),
  when: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .describe(
      'feed only records for which this holds, such as `mean(clarity) >= 4`; default: every completed record',
    ),
  map: z
    .record(
      z.string().min(1).max(200),
      z.union([z.string().min(1).max(1000), z.array(z.string().min(1).max(1000)).min(1).max(5)]),
    )
    .optional()
    .describe(
      'what goes into each field there, such as `{ prompt: [$rewrite, $prompt] }` (the first that has a text), and `outputs: $completion`; default: the same names',
    ),
})
export type Feed = z.infer<typeof Feed>

export const Feeds = z
  .array(Feed)
  .min(1)
  .max(10)
  .optional()
  .describe('datasets that get what is accepted here, once it can no longer be undone')
