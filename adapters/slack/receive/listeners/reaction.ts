/** A thumb put on a message, or taken back. Only an app that was given `reactions:read` hears of it. */
import type { App } from '@slack/bolt'
import type { Person } from '../../../../src/chat/port/port.ts'
import { workspaceOf } from '../../workspace/of-payload.ts'
import type { Handle } from '../gestures.ts'
import { momentOf, thumbOf } from '../reaction.ts'

export function listenForReactions(app: App, handle: Handle): void {
  for (const type of ['reaction_added', 'reaction_removed'] as const)
    app.event(type, async ({ event, body }) => {
      const { item, user, item_user: author, reaction, event_ts: ts } = event
      const thumb = thumbOf(reaction)
      // Messages of incoming webhooks have no author, and files are no messages.
      if (!thumb || item.type !== 'message' || !author) return
      const by: Person = {
        ...{ platform: 'slack', workspace: workspaceOf(body), userId: user },
        channelId: item.channel,
      }
      const reply = await handle({
        ...{ by, type: 'react', channel: item.channel, message: item.ts, author, thumb },
        ...{ isOn: type === 'reaction_added', at: momentOf(ts) },
      })
      // Nobody reads what was wrong: Slack sends the event again, which may help.
      if (reply.type !== 'nothing') throw new Error('A reaction could not be kept.')
    })
}
