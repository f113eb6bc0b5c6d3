/** Messages to people about a dataset: invitations, a preview of a card, the daily report in a channel. */
import { z } from '@hono/zod-openapi'
import { findChannel } from '../../../chat/find-channel.ts'
import { sendPreview } from '../../../chat/gestures/preview.ts'
import { invalid } from '../../../errors.ts'
import { parsePerson } from '../../../labelers/person.ts'
import type { Parley } from '../../../parley.ts'
import { setChannelDigest } from '../../../reminders/channel-digest.ts'
import { inviteLabelers } from '../../../reminders/invite.ts'
import { reachOfInvited } from '../../../reminders/invited-people.ts'
import { isZone, readDue } from '../../../reminders/when.ts'
import { answer, body, DatasetName, type Door, route } from '../../door/route.ts'

const shared = { tag: 'people', scopes: ['admin'] as const }
const params = z.object({ dataset: DatasetName })

const Invitation = z.strictObject({
  to: z
    .array(z.string())
    .min(1)
    .describe('`slack:T1:U1`, `discord:U1`, `slack:@group`, `role:reviewer`, or `everyone`.'),
  each: z.int().min(1).optional().describe('How many tasks each gets.'),
  records: z
    .array(z.string().min(1).max(200))
    .min(1)
    .max(10_000)
    .optional()
    .describe('External ids: the batch is these. With `each`, people get so many each, in turn.'),
  due: z.string().optional().describe('A day or a moment, such as `2026-12-24` (UTC).'),
  again: z.boolean().optional().describe('Also those whose invitation may not have arrived.'),
  count: z.boolean().optional().describe('Only count whom it would reach.'),
})

const Invited = z.object({
  invited: z.int(),
  already: z.int(),
  unsure: z.array(z.string()),
  refused: z.array(z.string()),
  unknown: z.array(z.string()),
  partly: z.array(z.string()),
  without: z.array(z.string()).optional().describe('People for whom no record was left.'),
  reach: z.array(z.looseObject({})).describe('How many people the groups among them are.'),
})

export function invitationRoutes(door: Door, parley: Parley): void {
  const deliver = route({
    ...{ ...shared, method: 'post', path: '/v1/datasets/{dataset}/deliver', id: 'inviteLabelers' },
    summary: 'Invite people to a batch, as parley deliver does',
    request: { params, body: body(Invitation) },
    answers: { 200: answer('Who was invited, and who was not.', Invited) },
  })
  door.openapi(deliver, async (c) => {
    const { dataset } = c.req.valid('param')
    const { to, count, due: day, each, again, records } = c.req.valid('json')
    const { actor } = c.var.caller
    const due = day === undefined ? undefined : readDue(day, 'UTC')
    if (due === null)
      throw invalid({ due: 'Write a day such as 2026-12-24, or 2026-12-24T17:00Z.' })
    const reach = await reachOfInvited(parley, actor, { dataset, to })
    const nobody = { invited: 0, already: 0, unsure: [], refused: [], unknown: [], partly: [] }
    if (count === true) return c.json({ ...nobody, reach })
    const invited = await inviteLabelers(parley, actor, {
      ...{ dataset, to, again: again === true },
      ...(each === undefined ? {} : { each }),
      ...(due === undefined ? {} : { due }),
      ...(records === undefined ? {} : { records }),
    })
    return c.json({ ...invited, reach })
  })

  const preview = route({
    ...{ ...shared, method: 'post', path: '/v1/datasets/{dataset}/preview', id: 'sendPreview' },
    summary: 'Send the card of a record to one person; stores nothing',
    request: { params, body: body(z.strictObject({ to: z.string() })) },
    answers: { 200: answer('It was sent.', z.object({ to: z.string() })) },
  })
  door.openapi(preview, async (c) => {
    const { dataset } = c.req.valid('param')
    const { to } = c.req.valid('json')
    await sendPreview(parley, c.var.caller.actor, { dataset, to: parsePerson(to) })
    return c.json({ to })
  })

  const remind = route({
    ...{ ...shared, method: 'put', path: '/v1/datasets/{dataset}/digest', id: 'setDigest' },
    summary: 'Turn the daily report in a channel of admins on or off (/parley-admin remind)',
    request: {
      params,
      body: body(
        z.strictObject({
          to: z.string().describe('`slack:#admins`, `discord:1234567890`.'),
          on: z.boolean(),
          zone: z.string().optional().describe('Whose morning; default: UTC.'),
        }),
      ),
    },
    refusals: ['conflict'],
    answers: { 200: answer('It is on or off.', z.object({ on: z.boolean() })) },
  })
  door.openapi(remind, async (c) => {
    const { dataset } = c.req.valid('param')
    const { to, on, zone = 'UTC' } = c.req.valid('json')
    if (!isZone(zone)) throw invalid({ zone: 'Write a time zone such as Europe/Vienna.' })
    const channel = await findChannel(parley, to)
    await setChannelDigest(parley, c.var.caller.actor, { dataset, channel, zone, on })
    return c.json({ on })
  })
}
