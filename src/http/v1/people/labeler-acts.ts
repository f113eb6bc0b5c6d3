/** /v1/labelers/{labeler}/…: what an admin does about one person: pause, resume, quota, message. */
import { z } from '@hono/zod-openapi'
import { setQuota } from '../../../labelers/limits.ts'
import { messageLabeler, pauseLabeler, resumeLabeler } from '../../../outbound/write-to-labeler.ts'
import type { Parley } from '../../../parley.ts'
import { answer, body, DatasetName, type Door, route } from '../../door/route.ts'

const shared = { tag: 'labelers', scopes: ['admin'] as const }
const who = z.string().describe('A number, `slack:T1:U1`, `discord:U1` or a pseudonym.')
const dataset = DatasetName.optional().describe('In this dataset; without it in every one.')

const Changed = z.object({
  changed: z.boolean().describe('False where it was so before.'),
  told: z.boolean().describe('Whether the person is written to: not who turned messages off.'),
})

export function labelerActRoutes(door: Door, parley: Parley): void {
  pauseRoutes(door, parley)
  const quota = route({
    ...{ ...shared, method: 'put', path: '/v1/datasets/{dataset}/labelers/{labeler}/quota' },
    id: 'setLabelerQuota',
    summary: 'Limit how many answers to a dataset one labeler may give',
    request: {
      params: z.object({ dataset: DatasetName, labeler: who }),
      body: body(z.strictObject({ quota: z.int().min(1).max(1_000_000_000).nullable() })),
    },
    answers: { 200: answer('As it is now.', z.object({ quota: z.int().nullable() })) },
  })
  door.openapi(quota, async (c) => {
    const input = { ...c.req.valid('param'), ...c.req.valid('json') }
    await setQuota(parley, c.var.caller.actor, input)
    return c.json({ quota: input.quota })
  })

  const message = route({
    ...{ ...shared, method: 'post', path: '/v1/labelers/{labeler}/messages', id: 'messageLabeler' },
    summary: 'Write to one labeler in private',
    description: 'The same text is sent once a day. Who turned all messages off is not written to.',
    request: {
      params: z.object({ labeler: who }),
      body: body(z.strictObject({ text: z.string(), dataset })),
    },
    refusals: ['conflict', 'unavailable'],
    answers: { 200: answer('It is queued.', z.object({ queued: z.literal(true) })) },
  })
  door.openapi(message, async (c) => {
    const { labeler } = c.req.valid('param')
    await messageLabeler(parley, c.var.caller.actor, { labeler, ...c.req.valid('json') })
    return c.json({ queued: true as const })
  })
}

function pauseRoutes(door: Door, parley: Parley): void {
  const pause = route({
    ...{ ...shared, method: 'post', path: '/v1/labelers/{labeler}/pause', id: 'pauseLabeler' },
    summary: 'Deal one labeler nothing new, and tell them why; their open task stays theirs',
    request: {
      params: z.object({ labeler: who }),
      body: body(z.strictObject({ dataset, reason: z.string().max(500).optional() })),
    },
    answers: { 200: answer('They are paused.', Changed) },
  })
  door.openapi(pause, async (c) => {
    const { labeler } = c.req.valid('param')
    const input = { labeler, ...c.req.valid('json') }
    return c.json(await pauseLabeler(parley, c.var.caller.actor, input))
  })

  const resume = route({
    ...{ ...shared, method: 'post', path: '/v1/labelers/{labeler}/resume', id: 'resumeLabeler' },
    summary: 'End such a pause, and tell them so',
    request: { params: z.object({ labeler: who }), body: body(z.strictObject({ dataset })) },
    answers: { 200: answer('They may go on.', Changed) },
  })
  door.openapi(resume, async (c) => {
    const { labeler } = c.req.valid('param')
    const input = { labeler, ...c.req.valid('json') }
    return c.json(await resumeLabeler(parley, c.var.caller.actor, input))
  })
}
