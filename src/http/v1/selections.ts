/** /v1/datasets/{dataset}/records/delete, …/requeue and …/priority: many records at once, counted first. */
import { z } from '@hono/zod-openapi'
import type { Parley } from '../../parley.ts'
import { readFilter } from '../../search/filter.ts'
import { deleteRecords } from '../../selections/delete.ts'
import type { BulkInput } from '../../selections/in-batches.ts'
import { prioritizeRecords } from '../../selections/prioritize.ts'
import { requeueRecords } from '../../selections/requeue.ts'
import { answer, body, DatasetName, type Door, route } from '../door/route.ts'
import { FilterQuery } from './search.ts'

/** A request returns before proxies give up on it; sending it again continues the work. */
const mostMs = 25_000

const selection = {
  ids: z.array(z.string().min(1).max(200)).min(1).max(10_000).optional().describe('External ids.'),
  import: z.string().optional().describe('The number of the import that created them.'),
  where: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .describe(
      'The language of `export --keep`, with `status`, `votes`, `priority` and `external_id`; metadata is `metadata.KEY`.',
    ),
  dry_run: z.boolean().optional().describe('Only count.'),
  yes: z.boolean().optional().describe('Change more than 100 records.'),
  expect: z.int().min(0).optional().describe('Change them only if they are exactly as many.'),
  found: z
    .strictObject(FilterQuery)
    .optional()
    .describe('Those that GET …/search finds with these.'),
}

const Selection = z.strictObject(selection).openapi('Selection')
const Deletion = z
  .strictObject({
    ...selection,
    force: z
      .boolean()
      .optional()
      .describe('Also records with answers, which are lost; those of a post stay.'),
  })
  .openapi('Deletion')

const done = {
  matched: z.int().describe('Records the selection holds.'),
  dry_run: z.boolean(),
  stopped: z.boolean().describe('Time ran out: send it again for the rest.'),
}
const Requeued = z.object({ ...done, requeued: z.int() }).openapi('Requeued')
const Deleted = z
  .object({
    ...done,
    deleted: z.int(),
    answers: z.int().describe('Answers and skips that go with them.'),
    kept: z.object({
      posted: z.int(),
      answered: z.int(),
      held: z.int(),
      ids: z.array(z.string()).describe('The first twenty.'),
    }),
  })
  .openapi('DeletedRecords')

const Prioritization = z
  .strictObject({
    ...selection,
    priority: z.int().min(0).max(9).describe('9 is handed out first.'),
  })
  .openapi('Prioritization')
const Prioritized = z.object({ ...done, prioritized: z.int() }).openapi('PrioritizedRecords')

const params = z.object({ dataset: DatasetName })
const tag = 'records'
const admin = ['admin'] as const
const description =
  'All that is given must hold, and something has to be. More than 100 are changed only with `yes` or `expect`. It works in batches, while people label; sent again, it goes on where it stopped.'

export function selectionRoutes(door: Door, parley: Parley): void {
  const remove = route({
    ...{ method: 'post', path: '/v1/datasets/{dataset}/records/delete', id: 'deleteRecords' },
    ...{ tag, scopes: admin, description, refusals: ['conflict'] },
    summary: 'Delete the records of a selection that nobody answered or holds',
    request: { params, body: body(Deletion) },
    answers: { 200: answer('What was deleted, or would be.', Deleted) },
  })
  door.openapi(remove, async (c) => {
    const { force = false, ...asked } = c.req.valid('json')
    const input = inputOf(c.req.valid('param').dataset, asked)
    return c.json(shown(await deleteRecords(parley, c.var.caller.actor, { ...input, force })))
  })

  const requeue = route({
    ...{ method: 'post', path: '/v1/datasets/{dataset}/records/requeue', id: 'requeueRecords' },
    ...{ tag, scopes: admin, description, refusals: ['conflict'] },
    summary: 'Open the rejected records of a selection again',
    request: { params, body: body(Selection) },
    answers: { 200: answer('What was opened, or would be.', Requeued) },
  })
  door.openapi(requeue, async (c) => {
    const input = inputOf(c.req.valid('param').dataset, c.req.valid('json'))
    return c.json(shown(await requeueRecords(parley, c.var.caller.actor, input)))
  })

  const prioritize = route({
    ...{ method: 'post', path: '/v1/datasets/{dataset}/records/priority', id: 'prioritizeRecords' },
    ...{ tag, scopes: admin, description, refusals: ['conflict'] },
    summary: 'Give the records of a selection a priority',
    request: { params, body: body(Prioritization) },
    answers: { 200: answer('What was changed, or would be.', Prioritized) },
  })
  door.openapi(prioritize, async (c) => {
    const { priority, ...asked } = c.req.valid('json')
    const input = inputOf(c.req.valid('param').dataset, asked)
    return c.json(
      shown(await prioritizeRecords(parley, c.var.caller.actor, { ...input, priority })),
    )
  })
}

function inputOf(dataset: string, asked: z.output<typeof Selection>): BulkInput {
  const {
    ids,
    import: importId,
    where,
    found,
    expect,
    dry_run: dryRun = false,
    yes = false,
  } = asked
  return {
    ...{ dataset, dryRun, yes, signal: AbortSignal.timeout(mostMs) },
    ...(ids === undefined ? {} : { ids }),
    ...(importId === undefined ? {} : { importId }),
    ...(where === undefined ? {} : { where }),
    ...(found === undefined ? {} : { found: readFilter(found) }),
    ...(expect === undefined ? {} : { expect }),
  }
}

function shown<Outcome extends { dryRun: boolean }>({ dryRun, ...outcome }: Outcome) {
  return { ...outcome, dry_run: dryRun }
}
