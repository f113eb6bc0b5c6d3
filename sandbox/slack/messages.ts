/** Puts messages into conversations, changes them and takes them away, as Slack stores them. */

import { compact, isObject, type Json, type JsonObject } from '../json.ts'
import { checkBlocks } from './blocks.ts'
import { type Check, messagesOf } from './check.ts'
import { readable } from './mrkdwn.ts'
import { storeBlocks } from './store.ts'
import { changed, type Message, newBlockId, newTs, note, type Workspace } from './workspace.ts'

export type Draft = {
  channelId: string
  author: string
  text: string
  blocks: JsonObject[]
  files?: string[]
  threadTs?: string | null
  ephemeralTo?: string | null
  metadata?: Json
}

export function addMessage(workspace: Workspace, draft: Draft): Message {
  const message: Message = {
    ts: newTs(workspace),
    channelId: draft.channelId,
    author: draft.author,
    text: draft.text,
    blocks: storeBlocks(draft.blocks, 'message', newBlockId),
    files: draft.files ?? [],
    threadTs: draft.threadTs ?? null,
    ephemeralTo: draft.ephemeralTo ?? null,
    edited: false,
    reactions: new Map(),
    entered: new Map(),
    metadata: draft.metadata ?? null,
  }
  workspace.messages.push(message)
  tell(workspace, message, '')
  changed(workspace)
  return message
}

/** Replaces text and blocks; what people had chosen in vanished elements is forgotten. */
export function replaceMessage(
  workspace: Workspace,
  message: Message,
  content: { text: string; blocks: JsonObject[] },
): void {
  message.text = content.text
  message.blocks = storeBlocks(content.blocks, 'message', newBlockId)
  message.edited = content.blocks.length === 0
  message.entered.clear()
  tell(workspace, message, ' (changed)')
  changed(workspace)
}

export function removeMessage(workspace: Workspace, message: Message): void {
  const at = workspace.messages.indexOf(message)
  if (at >= 0) workspace.messages.splice(at, 1)
  tell(workspace, message, ' (deleted)')
  changed(workspace)
}

export function findMessage(
  workspace: Workspace,
  channelId: string,
  ts: string,
): Message | undefined {
  return workspace.messages.findLast((m) => m.ts === ts && m.channelId === channelId)
}

/** The message as the Web API and payloads show it. */
export function messageJson(workspace: Workspace, message: Message): JsonObject {
  const { app, team } = workspace
  const byBot = message.author === app.botUserId
  const byOther = !byBot && workspace.users.get(message.author)?.isBot === true
  return compact({
    user: message.author,
    type: 'message',
    ts: message.ts,
    text: message.text,
    team: team.id,
    ...(byBot && {
      bot_id: app.botId,
      app_id: app.id,
      bot_profile: {
        id: app.botId,
        deleted: false,
        name: app.botName,
        app_id: app.id,
        team_id: team.id,
      },
    }),
    ...(byOther && {
      bot_id: `B${message.author.slice(1)}`,
      app_id: `A${message.author.slice(1)}`,
    }),
    ...(message.blocks.length > 0 && { blocks: message.blocks }),
    ...(message.threadTs !== null && { thread_ts: message.threadTs }),
    ...(message.edited && { edited: { user: message.author, ts: message.ts } }),
    ...(message.files.length > 0 && { files: message.files.map((id) => ({ id })) }),
  })
}

/** Reads `blocks` of a call, which may come as JSON text, and judges them for a message. */
export function judgeBlocks(
  value: Json | undefined,
): { ok: true; blocks: JsonObject[] } | { ok: false; error: string; messages: string[] } {
  if (value === undefined || value === null || value === '') return { ok: true, blocks: [] }
  if (!Array.isArray(value)) return { ok: false, error: 'invalid_blocks_format', messages: [] }
  const check: Check = { surface: 'message', problems: [] }
  checkBlocks(check, value, '/blocks')
  if (check.problems.length > 0) {
    return { ok: false, error: 'invalid_blocks', messages: messagesOf(check) }
  }
  return { ok: true, blocks: value.filter(isObject) }
}

function tell(workspace: Workspace, message: Message, how: string): void {
  const channel = workspace.channels.get(message.channelId)
  const author = workspace.users.get(message.author)?.realName ?? 'Somebody'
  const reader = [...(channel?.members ?? [])].find((id) => id !== workspace.app.botUserId)
  const readerName = workspace.users.get(reader ?? '')?.realName ?? 'somebody'
  const place =
    message.ephemeralTo !== null
      ? `only ${workspace.users.get(message.ephemeralTo)?.realName ?? 'one person'} sees it`
      : channel?.kind === 'im'
        ? `to ${readerName}`
        : `in #${channel?.name ?? '?'}`
  note(workspace, author, `(${place})${how} ${readable(workspace, message).join('\n')}`)
}
