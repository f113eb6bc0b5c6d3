/** chat.*: messages posted, changed, deleted, whispered. */

import { isObject, type Json, type JsonObject, length, list, objects, text } from '../../json.ts'
import { limits, truncateTextAt } from '../limits.ts'
import {
  addMessage,
  findMessage,
  judgeBlocks,
  messageJson,
  removeMessage,
  replaceMessage,
} from '../messages.ts'
import { isTooLong } from '../sums.ts'
import { type Channel, directMessage, type Message, type Workspace } from '../workspace.ts'
import { type Call, conversation, type Method, refuse } from './method.ts'

const shared = ['as_user', 'attachments', 'blocks', 'channel', 'link_names', 'markdown_text']
const posting = ['icon_emoji', 'icon_url', 'metadata', 'parse', 'text', 'thread_ts', 'username']

export const chatMethods: Record<string, Method> = {
  'chat.postMessage': {
    args: [
      ...[...shared, ...posting, 'mrkdwn', 'reply_broadcast', 'unfurl_links', 'unfurl_media'],
      'current_draft_last_updated_ts',
    ],
    needs: ['channel'],
    scopes: ['chat:write'],
    run: postMessage,
  },
  'chat.postEphemeral': {
    args: [...shared, ...posting, 'user'],
    needs: ['channel', 'user'],
    scopes: ['chat:write'],
    run: postEphemeral,
  },
  'chat.update': {
    args: [
      ...[...shared, 'unfurled_attachments', 'metadata', 'parse', 'text', 'ts'],
      ...['reply_broadcast', 'file_ids'],
    ],
    needs: ['channel', 'ts'],
    scopes: ['chat:write'],
    run: update,
  },
  'chat.delete': {
    args: ['as_user', 'channel', 'ts'],
    needs: ['channel', 'ts'],
    scopes: ['chat:write'],
    run: remove,
  },
  'chat.getPermalink': {
    args: ['channel', 'message_ts'],
    needs: ['channel', 'message_ts'],
    run: ({ workspace, args }) => {
      const channel = conversation(workspace, text(args['channel']))
      if (!channel) return refuse('channel_not_found')
      const ts = text(args['message_ts'])
      const message = findMessage(workspace, channel.id, ts)
      if (!message || message.ephemeralTo !== null) return refuse('message_not_found')
      const permalink = `https://${workspace.team.domain}.slack.com/archives/${channel.id}/p${ts.replace('.', '')}`
      return { ok: true, channel: channel.id, permalink }
    },
  },
}

type Content = { text: string; blocks: JsonObject[]; warning: string | null }

/** Reads and judges what a message shall show; the order is the order in which Slack refuses. */
export function judgeContent(args: JsonObject, inCall: boolean): Content | { refused: JsonObject } {
  const markdown = args['markdown_text']
  if (markdown !== undefined && (args['text'] !== undefined || args['blocks'] !== undefined)) {
    return { refused: refuse('markdown_text_conflict') }
  }
  if (length(text(markdown)) > limits['message.markdown_text'].max) {
    return { refused: refuse('msg_too_long') }
  }
  if (list(args['attachments']).length > limits['message.attachments'].max) {
    return { refused: refuse('too_many_attachments') }
  }
  const blocks = judgeBlocks(args['blocks'])
  if (!blocks.ok) return { refused: refuse(blocks.error, blocks.messages) }
  // The sum is not checked for response_url answers (slackapi/bolt-js#2509).
  if (inCall && isTooLong(blocks.blocks)) return { refused: refuse('msg_blocks_too_long') }
  const refusedMetadata = judgeMetadata(args['metadata'])
  if (refusedMetadata) return { refused: refuse(refusedMetadata) }
  const shown = text(args['text']) || text(markdown)
  const attached = list(args['attachments']).length > 0
  if (shown === '' && blocks.blocks.length === 0 && !attached) return { refused: refuse('no_text') }
  const cut = length(shown) > truncateTextAt
  return {
    text: cut ? [...shown].slice(0, truncateTextAt).join('') : shown,
    blocks: blocks.blocks,
    warning: cut ? 'message_truncated' : null,
  }
}

function judgeMetadata(value: Json | undefined): string | null {
  if (value === undefined || value === null || value === '') return null
  if (!isObject(value)) return 'invalid_metadata_format'
  const whole = text(value['event_type']) !== '' && isObject(value['event_payload'])
  return whole || Array.isArray(value['entities']) ? null : 'invalid_metadata_schema'
}

function postMessage({ workspace, args }: Call): JsonObject {
  const place = writable(workspace, text(args['channel']))
  if ('refused' in place) return place.refused
  const content = judgeContent(args, true)
  if ('refused' in content) return content.refused
  const threadTs = text(args['thread_ts'])
  if (threadTs !== '' && !findMessage(workspace, place.channel.id, threadTs)) {
    return refuse('cannot_reply_to_message')
  }
  const message = addMessage(workspace, {
    channelId: place.channel.id,
    author: workspace.app.botUserId,
    text: content.text,
    blocks: content.blocks,
    threadTs: threadTs === '' ? null : threadTs,
    metadata: args['metadata'] ?? null,
  })
  return {
    ok: true,
    channel: place.channel.id,
    ts: message.ts,
    message: messageJson(workspace, message),
    ...(content.warning !== null && {
      warning: content.warning,
      response_metadata: { warnings: [content.warning] },
    }),
  }
}

function postEphemeral({ workspace, args }: Call): JsonObject {
  const place = writable(workspace, text(args['channel']))
  if ('refused' in place) return place.refused
  const reader = text(args['user'])
  if (!place.channel.members.has(reader)) return refuse('user_not_in_channel')
  if (length(text(args['text'])) > limits['message.ephemeral_text'].max) {
    return refuse('msg_too_long')
  }
  const content = judgeContent(args, true)
  if ('refused' in content) return content.refused
  const message = addMessage(workspace, {
    channelId: place.channel.id,
    author: workspace.app.botUserId,
    text: content.text,
    blocks: content.blocks,
    ephemeralTo: reader,
  })
  return { ok: true, message_ts: message.ts }
}

function update({ workspace, args }: Call): JsonObject {
  const found = ownMessage(workspace, args, 'cant_update_message')
  if ('refused' in found) return found.refused
  const { message, channel } = found
  if (channel.archived) return refuse('is_inactive')
  if (length(text(args['text'])) > limits['message.update_text'].max) return refuse('msg_too_long')
  const givesText = text(args['text']) !== '' || text(args['markdown_text']) !== ''
  const givesBlocks = objects(args['blocks']).length > 0
  if (!givesText && !givesBlocks && args['blocks'] === undefined && message.files.length === 0) {
    return refuse('no_text')
  }
  const content = judgeContent(givesText ? args : { ...args, text: message.text }, true)
  if ('refused' in content) return content.refused
  const rich = (blocks: JsonObject[]) => blocks.some((block) => block['type'] === 'rich_text')
  if (rich(message.blocks) && message.blocks.length === 1 && givesBlocks && !rich(content.blocks)) {
    return refuse('block_mismatch')
  }
  // Text without blocks takes the blocks away; blocks without text keep the text.
  replaceMessage(workspace, message, content)
  return {
    ok: true,
    channel: channel.id,
    ts: message.ts,
    text: message.text,
    message: messageJson(workspace, message),
  }
}

function remove({ workspace, args }: Call): JsonObject {
  const found = ownMessage(workspace, args, 'cant_delete_message')
  if ('refused' in found) return found.refused
  removeMessage(workspace, found.message)
  return { ok: true, channel: found.channel.id, ts: found.message.ts }
}

function ownMessage(
  workspace: Workspace,
  args: JsonObject,
  foreign: string,
): { message: Message; channel: Channel } | { refused: JsonObject } {
  // chat.update and chat.delete take the conversation's own id, never a person's.
  const id = text(args['channel'])
  const channel = workspace.channels.has(id) ? conversation(workspace, id) : null
  if (!channel) return { refused: refuse('channel_not_found') }
  const message = findMessage(workspace, channel.id, text(args['ts']))
  // An ephemeral message can only be changed through its response_url.
  if (!message || message.ephemeralTo !== null) return { refused: refuse('message_not_found') }
  if (message.author !== workspace.app.botUserId) return { refused: refuse(foreign) }
  return { message, channel }
}

/** The conversation the bot may write to, or why it may not. */
export function writable(
  workspace: Workspace,
  id: string,
): { channel: Channel } | { refused: JsonObject } {
  const user = workspace.users.get(id)
  if (user?.deleted) return { refused: refuse('user_disabled') }
  const channel = user && !user.isBot ? directMessage(workspace, id) : conversation(workspace, id)
  if (!channel) return { refused: refuse('channel_not_found') }
  if (channel.archived) return { refused: refuse('is_archived') }
  if (!channel.members.has(workspace.app.botUserId)) return { refused: refuse('not_in_channel') }
  if (channel.kind === 'im') {
    if (!workspace.app.messagesTab) return { refused: refuse('messages_tab_disabled') }
    const gone = [...channel.members].some((member) => workspace.users.get(member)?.deleted)
    if (gone) return { refused: refuse('user_disabled') }
  }
  return { channel }
}
