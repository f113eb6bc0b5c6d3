/**
 * Emoji that people put below messages: what Slack stores, the events it tells the app of, and
 * reactions.get (docs.slack.dev/reference/events/reaction_added, …/methods/reactions.get).
 */
import type { JsonObject } from '../json.ts'
import { text } from '../json.ts'
import type { Courier } from './deliver.ts'
import { findMessage, messageJson } from './messages.ts'
import { conversation, type Method, refuse } from './methods/method.ts'
import { changed, type Message, newTs, note, type User, type Workspace } from './workspace.ts'

/** Puts a reaction below a message or takes it back; the app gets the event if it may. */
export async function react(
  { workspace, courier }: { workspace: Workspace; courier: Courier },
  user: User,
  message: Message,
  { name, isOn }: { name: string; isOn: boolean },
): Promise<void> {
  const people = message.reactions.get(name) ?? new Set<string>()
  if (people.has(user.id) === isOn) throw new Error(`${user.realName} has done that already.`)
  if (isOn) people.add(user.id)
  else people.delete(user.id)
  if (people.size > 0) message.reactions.set(name, people)
  else message.reactions.delete(name)
  note(workspace, user.realName, `${isOn ? 'puts' : 'takes back'} :${name}:`)
  changed(workspace)
  const { app, channels } = workspace
  const mayHear = app.scopes.has('reactions:read')
  if (!mayHear || !channels.get(message.channelId)?.members.has(app.botUserId)) return
  await courier.event({
    type: isOn ? 'reaction_added' : 'reaction_removed',
    user: user.id,
    reaction: name,
    item_user: message.author,
    item: { type: 'message', channel: message.channelId, ts: message.ts },
    event_ts: newTs(workspace),
  })
}

export const reactionMethods: Record<string, Method> = {
  'reactions.get': {
    args: ['channel', 'timestamp', 'file', 'file_comment', 'full'],
    scopes: ['reactions:read'],
    run: ({ workspace, args }) => {
      if (text(args['channel']) === '' || text(args['timestamp']) === '')
        return refuse('no_item_specified')
      const channel = conversation(workspace, text(args['channel']))
      if (!channel) return refuse('channel_not_found')
      const message = findMessage(workspace, channel.id, text(args['timestamp']))
      if (!message || message.ephemeralTo !== null) return refuse('message_not_found')
      return {
        ok: true,
        type: 'message',
        channel: channel.id,
        message: { ...messageJson(workspace, message), reactions: shown(message) },
      }
    },
  },
}

function shown({ reactions }: Message): JsonObject[] {
  return [...reactions].map(([name, users]) => ({ name, users: [...users], count: users.size }))
}
