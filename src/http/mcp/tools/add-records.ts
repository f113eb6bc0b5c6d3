/** The tool `add_records`: records for people to label, with the import's own reader. */
import { z } from '@hono/zod-openapi'
import { importRecords } from '../../../imports/import-records.ts'
import { tool } from '../tool.ts'

const mostRecords = 1_000

const Problem = z.object({
  record: z.int().describe('Which of the records, from 1.'),
  path: z.string(),
  message: z.string(),
  remedy: z.string(),
})

export const addRecords = tool({
  name: 'add_records',
  title: 'Add records',
  description: `Adds up to ${mostRecords} records to a dataset, as parley import reads them: {"external_id", "fields": {"prompt": …}, "outputs": [{"text", "model"}]}, or plain {"id", "prompt", "outputs": [...]}. The same external id again changes nothing, or updates what nobody has answered. Good records are kept, and the others are listed with what is wrong.`,
  scopes: ['records:write'],
  hints: {
    readOnlyHint: false,
    // A record that nobody has answered is replaced.
    destructiveHint: true,
    idempotentHint: true,
    openWorldHint: true,
  },
  input: z.object({
    dataset: z.string(),
    records: z.array(z.record(z.string(), z.unknown())).min(1).max(mostRecords),
  }),
  output: z.object({
    created: z.int(),
    updated: z.int(),
    unchanged: z.int(),
    refused: z.int(),
    problems: z.array(Problem),
    warnings: z.array(Problem.omit({ remedy: true })),
  }),
  run: async ({ parley, caller }, { dataset, records }) => {
    const lines = records.map((record) => JSON.stringify(record)).join('\n')
    const report = await importRecords(parley, caller.actor, {
      ...{ dataset, name: 'add_records', source: [Buffer.from(lines)] },
    })
    const { created, updated, unchanged, refused, warnings } = report
    return {
      ...{ created, updated, unchanged, refused: refused.count },
      problems: refused.lines.map(({ line, path, message, remedy }) => ({
        ...{ record: line, path, message, remedy },
      })),
      warnings: warnings.lines.map(({ line, path, message }) => ({ record: line, path, message })),
    }
  },
})
