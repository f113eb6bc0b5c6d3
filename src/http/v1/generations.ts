/** /v1/generations: having models write outputs. */
import { z } from '@hono/zod-openapi'
import { getDatasetById } from '../../datasets/dataset.ts'
import { ifThere, notFound } from '../../errors.ts'
import { cancelGeneration } from '../../generation/cancel.ts'
import { type Generation, getGeneration } from '../../generation/generation.ts'
import { startGeneration } from '../../generation/start.ts'
import { progressOf } from '../../generation/tell.ts'
import type { Actor, Parley } from '../../parley.ts'
import { answer, body, DatasetName, type Door, route } from '../door/route.ts'

const shared = { tag: 'generations', scopes: ['admin'] as const }
const params = z.object({ generation: z.string() })

const Options = z.strictObject({
  with: z.array(z.string()).optional().describe('Models; default: the dataset’s.'),
  samples: z.number().optional(),
  temperature: z.number().optional(),
  top_p: z.number().optional(),
  seed: z.number().optional(),
  max_tokens: z.number().optional(),
  system: z.string().optional(),
  keep_cut: z.boolean().optional().describe('Keep outputs that were cut off.'),
  waiting: z.boolean().optional().describe('Only for records that wait for outputs.'),
  in_flight: z.number().optional(),
  tokens: z.number().optional().describe('Stop at this many tokens.'),
  money: z.number().optional().describe('Stop at this cost.'),
})

const GenerationSchema = z
  .object({
    id: z.string(),
    dataset: z.string(),
    models: z.array(z.string()),
    asked_by: z.string(),
    state: z.enum(['queued', 'running', 'done', 'stopped', 'failed', 'cancelled']),
    wanted: z.int(),
    counts: z.object({
      added: z.int(),
      cut: z.int(),
      refused: z.int(),
      empty: z.int(),
      requests: z.int(),
      broken_off: z.int(),
      input_tokens: z.int(),
      output_tokens: z.int(),
      cost: z.number(),
    }),
    left_out: z.record(z.string(), z.int()),
    problem: z.string().nullable(),
  })
  .openapi('Generation')

export function generationRoutes(door: Door, parley: Parley): void {
  const start = route({
    ...{ ...shared, method: 'post', path: '/v1/datasets/{dataset}/generations' },
    ...{ id: 'startGeneration', summary: 'Have models write outputs, as parley generate does' },
    description:
      'A worker asks the models. A dataset has one at a time: the one that runs is answered with 200.',
    request: { params: z.object({ dataset: DatasetName }), body: body(Options) },
    answers: {
      200: answer('The one that runs already.', GenerationSchema),
      202: answer('The generation.', GenerationSchema),
    },
  })
  door.openapi(start, async (c) => {
    const { waiting, ...options } = c.req.valid('json')
    const flags = Object.fromEntries(
      Object.entries(options).map(([name, value]) => [
        name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
        typeof value === 'number' ? String(value) : value,
      ]),
    )
    const { generation, isNew } = await startGeneration(parley, c.var.caller.actor, {
      dataset: c.req.valid('param').dataset,
      flags: { ...flags, ...(waiting === true ? { records: 'waiting' } : {}) },
    })
    return c.json(await showGeneration(parley, generation), isNew ? 202 : 200)
  })

  const get = route({
    ...{ ...shared, method: 'get', path: '/v1/generations/{generation}', id: 'getGeneration' },
    summary: 'Read how far a generation is',
    request: { params },
    answers: { 200: answer('The generation.', GenerationSchema) },
  })
  door.openapi(get, async (c) =>
    c.json(
      await showGeneration(
        parley,
        await theirs(parley, c.var.caller.actor, c.req.valid('param').generation),
      ),
    ),
  )

  const cancelAny = route({
    ...{ ...shared, method: 'delete', path: '/v1/datasets/{dataset}/generations' },
    ...{
      id: 'cancelGenerationOf',
      summary: 'End the generation of a dataset; what it wrote stays',
    },
    request: { params: z.object({ dataset: DatasetName }) },
    refusals: ['conflict'],
    answers: { 200: answer('The generation.', GenerationSchema) },
  })
  door.openapi(cancelAny, async (c) => {
    const { dataset } = c.req.valid('param')
    const { cancelled } = await cancelGeneration(parley, c.var.caller.actor, { dataset })
    return c.json(await showGeneration(parley, cancelled))
  })

  const cancel = route({
    ...{ ...shared, method: 'delete', path: '/v1/generations/{generation}' },
    ...{ id: 'cancelGeneration', summary: 'End a generation; what it wrote stays' },
    request: { params },
    refusals: ['conflict'],
    answers: { 200: answer('The generation.', GenerationSchema) },
  })
  door.openapi(cancel, async (c) => {
    const { actor } = c.var.caller
    const { id } = await theirs(parley, actor, c.req.valid('param').generation)
    const { cancelled } = await cancelGeneration(parley, actor, { generationId: id })
    return c.json(await showGeneration(parley, cancelled))
  })
}

/** @throws `not_found` in the same words whether there is none or its dataset is not theirs. */
async function theirs(parley: Parley, actor: Actor, id: string): Promise<Generation> {
  const found = /^[1-9]\d{0,17}$/.test(id) ? await ifThere(getGeneration(parley, id)) : null
  const dataset = found && (await ifThere(getDatasetById(parley, found.datasetId, actor)))
  if (!found || !dataset) throw notFound('generation', id)
  return found
}

async function showGeneration(parley: Parley, generation: Generation) {
  const { dataset, models, askedBy, state, wanted, counts, leftOut, problem } = await progressOf(
    parley,
    generation,
  )
  const { brokenOff, inputTokens, outputTokens, ...rest } = counts
  return {
    ...{ id: generation.id, dataset: dataset.name, models, asked_by: askedBy, state, wanted },
    counts: {
      ...{ ...rest, broken_off: brokenOff },
      ...{ input_tokens: inputTokens, output_tokens: outputTokens },
    },
    left_out: leftOut,
    problem,
  }
}
