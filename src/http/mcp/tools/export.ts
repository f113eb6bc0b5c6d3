/** The tool `export`: a file for training, written by a worker and opened by a link. */
import { z } from '@hono/zod-openapi'
import { getDataset } from '../../../datasets/dataset.ts'
import { invalid, notFound } from '../../../errors.ts'
import { aboutFormats } from '../../../exports/formats/names.ts'
import { linkTo } from '../../../exports/job/download-link.ts'
import { getExportOf } from '../../../exports/job/export.ts'
import { startExport } from '../../../exports/job/start.ts'
import type { Export } from '../../../exports/options.ts'
import type { Actor, Parley } from '../../../parley.ts'
import { tool } from '../tool.ts'

const names = Object.keys(aboutFormats)

export const exportTool = tool({
  name: 'export',
  title: 'Export a file',
  description: `Starts an export of a dataset, or reads one that was started: call it with dataset and as, then with the id it returns until the state is "done". The links open the files for a day. Formats: ${names.join(', ')}.`,
  scopes: ['exports'],
  hints: {
    readOnlyHint: false,
    destructiveHint: false,
    idempotentHint: false,
    openWorldHint: false,
  },
  input: z.object({
    dataset: z.string(),
    as: z.string().optional().describe('A format; needed to start one.'),
    options: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('As the flags of parley export, such as {"question": "preference"}.'),
    id: z.string().optional().describe('The export to read, in place of starting one.'),
  }),
  output: z.object({
    id: z.string(),
    dataset: z.string(),
    as: z.string(),
    state: z.string().describe('queued, writing, done, failed or cancelled'),
    rows: z.int(),
    problem: z.string().nullable(),
    files: z.array(
      z.object({ name: z.string(), rows: z.int(), sha256: z.string(), url: z.string() }),
    ),
  }),
  run: async ({ parley, caller: { actor } }, { dataset, as, options, id }) => {
    if (id !== undefined) return readOne(parley, actor, dataset, id)
    if (as === undefined)
      throw invalid({ as: `Name a format to start an export: ${names.join(', ')}.` })
    const started = await startExport(parley, actor, { dataset, as, flags: options ?? {} })
    return show(parley, dataset, started, false)
  },
})

/** An export of another dataset does not exist for this one. */
async function readOne(parley: Parley, actor: Actor, dataset: string, id: string) {
  const { name } = await getDataset(parley, dataset, actor)
  const read = await getExportOf(parley, actor, id)
  if (read.dataset !== name) throw notFound('export', id)
  return show(parley, name, read.found, read.isExpired)
}

function show(parley: Parley, dataset: string, found: Export, isExpired: boolean) {
  const isDone = found.state === 'done' || found.state === 'written'
  return {
    ...{ id: found.id, dataset, as: found.options.as, rows: found.rows, problem: found.problem },
    // Written and not sent yet is done for people who open the links.
    state: found.state === 'written' ? 'done' : found.state,
    files:
      isDone && !isExpired
        ? found.files.map(({ name, rows, sha256 }) => ({
            ...{ name, rows, sha256, url: linkTo(parley, found.id, name).url },
          }))
        : [],
  }
}
