/** /v1/arenas: where people ask two models and vote, and the results. */
import { z } from '@hono/zod-openapi'
import { closeArena, openArena } from '../../../arena/open.ts'
import { listArenas, type OpenArena, showArena } from '../../../arena/show.ts'
import { findChannel } from '../../../chat/find-channel.ts'
import { getDataset } from '../../../datasets/dataset.ts'
import type { Parley } from '../../../parley.ts'
import { answer, body, DatasetName, type Door, route } from '../../door/route.ts'
import { to } from './posts.ts'

const shared = { tag: 'arenas', scopes: ['admin'] as const }
const params = z.object({ dataset: DatasetName })

const OpenSchema = z
  .object({
    dataset: z.string(),
    platform: z.string(),
    workspace: z.string().describe('Empty where channels are known without one.'),
    channel: z.string(),
    opened_by: z.string(),
    opened_at: z.iso.datetime(),
  })
  .openapi('OpenArena')

const amounts = z.object({ tokens: z.number(), money: z.number() })

const ArenaSchema = z
  .object({
    dataset: z.string(),
    models: z.array(z.string()),
    open: z.array(OpenSchema),
    questions: z
      .object({ asked: z.int(), answered: z.int(), void: z.int(), deleted: z.int() })
      .describe('By outcome; `asked`: the models have not answered yet.'),
    votes: z.int().describe('Votes that count.'),
    spent: amounts.describe('In tokens, and in the currency of the models’ prices.'),
    aside: amounts.describe('Held for questions under way.'),
    limits: z.looseObject({}).optional(),
  })
  .openapi('Arena')

export function arenaRoutes(door: Door, parley: Parley): void {
  const list = route({
    ...{ ...shared, method: 'get', path: '/v1/arenas', id: 'listArenas' },
    summary: 'List the channels in which arenas are open, oldest first',
    request: { query: z.object({ dataset: z.string().optional() }) },
    answers: { 200: answer('The open arenas.', z.object({ data: z.array(OpenSchema) })) },
  })
  door.openapi(list, async (c) => {
    const { dataset } = c.req.valid('query')
    const asked = dataset === undefined ? {} : { dataset }
    const open = await listArenas(parley, c.var.caller.actor, asked)
    return c.json({ data: open.map(shown) })
  })

  const show = route({
    ...{ ...shared, method: 'get', path: '/v1/datasets/{dataset}/arena', id: 'getArena' },
    summary: 'Read the questions and votes of an arena, what they cost, and where it is open',
    request: { params },
    refusals: ['conflict'],
    answers: { 200: answer('The arena.', ArenaSchema) },
  })
  door.openapi(show, async (c) => {
    const { open, ...state } = await showArena(parley, c.var.caller.actor, c.req.valid('param'))
    return c.json({ ...state, open: open.map(shown) })
  })

  for (const [act, summary, verb] of [
    ['open', 'Open an arena in a channel', openArena],
    ['close', 'Close an arena in a channel', closeArena],
  ] as const)
    changeRoute(door, parley, { act, summary, verb })
}

function changeRoute(
  door: Door,
  parley: Parley,
  spec: { act: string; summary: string; verb: typeof openArena },
): void {
  const change = route({
    ...{ ...shared, method: 'post', path: `/v1/datasets/{dataset}/arena/${spec.act}` },
    ...{ id: `${spec.act}Arena`, summary: spec.summary },
    request: { params, body: body(z.strictObject({ to })) },
    answers: {
      200: answer(
        'Whether this changed anything, and the channel.',
        z.object({ changed: z.boolean(), platform: z.string(), channel: z.string() }),
      ),
    },
  })
  door.openapi(change, async (c) => {
    const { dataset } = c.req.valid('param')
    const { actor } = c.var.caller
    await getDataset(parley, dataset, actor)
    const found = await findChannel(parley, c.req.valid('json').to)
    const changed = await spec.verb(parley, actor, { dataset, to: found })
    return c.json({ changed, platform: found.platform, channel: found.channelId })
  })
}

function shown({ openedBy, openedAt, ...arena }: OpenArena) {
  return { ...arena, opened_by: openedBy, opened_at: openedAt }
}
