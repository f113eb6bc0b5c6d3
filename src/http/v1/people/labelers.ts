/** /v1/labelers: the people who answered, for admins. */
import { z } from '@hono/zod-openapi'
import { getDataset } from '../../../datasets/dataset.ts'
import { findLabelerId } from '../../../labelers/find.ts'
import { forgetLabeler } from '../../../labelers/forget.ts'
import { linkLabelers } from '../../../labelers/link.ts'
import { listLabelers } from '../../../labelers/list.ts'
import { ensurePseudonyms } from '../../../labelers/pseudonyms.ts'
import type { Parley } from '../../../parley.ts'
import { purgeLabeler } from '../../../responses/forget.ts'
import { previewPurge } from '../../../responses/purge-preview.ts'
import { requireAllDatasets } from '../../door/authenticate.ts'
import { answer, body, DatasetName, type Door, route } from '../../door/route.ts'

const shared = { tag: 'labelers', scopes: ['admin'] as const }

const Labeler = z
  .object({
    id: z.string(),
    people: z
      .array(z.string())
      .describe('Their accounts, as `slack:T1:U1`; none once they are forgotten.'),
    submitted: z.int(),
    discarded: z.int(),
    pseudonym: z.string().nullable().describe('In the exports of the dataset.'),
  })
  .openapi('Labeler')

const WrittenExportSchema = z.object({
  dataset: z.string(),
  place: z.string(),
  at: z.iso.datetime(),
})

const who = z.string().describe('A number, `slack:T1:U1`, `discord:U1` or a pseudonym.')

export function labelerRoutes(door: Door, parley: Parley): void {
  accountRoutes(door, parley)
  removalRoutes(door, parley)
}

function accountRoutes(door: Door, parley: Parley): void {
  const list = route({
    ...{ ...shared, method: 'get', path: '/v1/labelers', id: 'listLabelers' },
    summary: 'List everybody who takes part, in all or in one dataset',
    request: { query: z.object({ dataset: z.string().optional() }) },
    answers: { 200: answer('The labelers.', z.object({ data: z.array(Labeler) })) },
  })
  door.openapi(list, async (c) => {
    const { dataset: name } = c.req.valid('query')
    if (name === undefined) requireAllDatasets(c.var.caller)
    const dataset =
      name === undefined ? undefined : await getDataset(parley, name, c.var.caller.actor)
    if (dataset) await ensurePseudonyms(parley, dataset.id)
    return c.json({ data: await listLabelers(parley, dataset) })
  })

  const link = route({
    ...{ ...shared, method: 'post', path: '/v1/labelers/link', id: 'linkLabelers' },
    summary: 'Link two accounts of one person; no answer is lost',
    request: {
      body: body(
        z.strictObject({ people: z.tuple([z.string(), z.string()]) }).openapi({
          type: 'object',
          properties: {
            people: { type: 'array', items: { type: 'string' }, minItems: 2, maxItems: 2 },
          },
          required: ['people'],
        }),
      ),
    },
    answers: { 200: answer('They are one person now.', z.object({ people: z.array(z.string()) })) },
  })
  door.openapi(link, async (c) => {
    requireAllDatasets(c.var.caller)
    const { people } = c.req.valid('json')
    await linkLabelers(parley, c.var.caller.actor, { people })
    return c.json({ people })
  })
}

function removalRoutes(door: Door, parley: Parley): void {
  const purge = route({
    ...{ ...shared, method: 'post', path: '/v1/datasets/{dataset}/purge', id: 'purgeLabeler' },
    summary: 'Exclude the answers of one labeler to a dataset; raw keeps them, flagged',
    request: {
      params: z.object({ dataset: DatasetName }),
      body: body(
        z.strictObject({
          labeler: who,
          dry_run: z.boolean().optional().describe('Say what would change, and change nothing.'),
        }),
      ),
    },
    answers: {
      200: answer(
        'How many answers counted before; of a dry run also how many completed records would reopen, and the exports that keep the answers.',
        z.object({
          counted: z.int(),
          reopened: z.int().optional(),
          exports: z.array(WrittenExportSchema).optional(),
        }),
      ),
    },
  })
  door.openapi(purge, async (c) => {
    const { dataset } = c.req.valid('param')
    const { labeler, dry_run: isDry } = c.req.valid('json')
    if (isDry) {
      const { actor } = c.var.caller
      const [preview] = await previewPurge(parley, actor, { dataset, labeler })
      const { counted = 0, reopened = 0, exports = [] } = preview ?? {}
      return c.json({ counted, reopened, exports })
    }
    return c.json(await purgeLabeler(parley, c.var.caller.actor, { dataset, labeler }))
  })

  const forget = route({
    ...{ ...shared, method: 'delete', path: '/v1/labelers/{labeler}', id: 'forgetLabeler' },
    summary: 'Delete a labeler’s identity for good; their answers stay or go as each dataset says',
    request: { params: z.object({ labeler: who }) },
    refusals: ['conflict'],
    answers: {
      200: answer(
        'Answers that were deleted, and exports that were written before and may still hold their answers.',
        z.object({
          deleted: z.int(),
          exports: z.array(WrittenExportSchema),
        }),
      ),
    },
  })
  door.openapi(forget, async (c) => {
    requireAllDatasets(c.var.caller)
    const labelerId = await findLabelerId(parley, c.req.valid('param').labeler)
    return c.json(await forgetLabeler(parley, c.var.caller.actor, { labelerId }))
  })
}
