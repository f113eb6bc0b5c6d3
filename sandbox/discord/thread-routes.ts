/** The routes that open threads; messages in them are those of channels. */
import type { JsonObject } from '../json.ts'
import { text } from '../json.ts'
import { type Answer, type Call, inChannel } from './call.ts'
import { refuse } from './errors.ts'
import { limits } from './limits.ts'
import { channelJson } from './payloads.ts'
import { boolean, type Check, integer, oneOf, shape, string, treeOf } from './shape.ts'
import { addChannel, type Channel } from './world.ts'

const rule = shape(
  {
    name: string('thread.name', 1),
    auto_archive_duration: oneOf(60, 1440, 4320, 10_080),
    rate_limit_per_user: integer(0, limits['thread.slowmode'].max),
    type: oneOf(10, 11, 12),
    invitable: boolean,
  },
  ['name'],
)

export const threadRoutes = {
  'POST /channels/:channel/threads': (call: Call) =>
    inChannel(call, ['CREATE_PUBLIC_THREADS'], (channel) => openThread(call, channel, call.body)),
  'POST /channels/:channel/messages/:message/threads': (call: Call) =>
    inChannel(call, ['CREATE_PUBLIC_THREADS'], (channel) => {
      const message = call.world.messages.get(call.param('message'))
      if (message?.channelId !== channel.id) return refuse('unknown message')
      return openThread(call, channel, call.body, message.id)
    }),
} satisfies Record<string, (call: Call) => Answer>

function openThread(call: Call, parent: Channel, body: JsonObject, id?: string): Answer {
  const check: Check = { problems: [] }
  rule(check, body, '')
  if (check.problems.length > 0) return refuse('invalid form body', treeOf(check))
  const { world } = call
  const thread = addChannel(world, {
    name: text(body['name']),
    kind: 'thread',
    guildId: parent.guildId,
    parentId: parent.id,
    ...(id !== undefined && { id }),
  })
  return { status: 201, body: channelJson(world, thread) }
}
