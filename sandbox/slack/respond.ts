/** Answers to a response_url: five within thirty minutes, replacing, deleting or adding a message. */

import { isObject, type Json, type JsonObject, text } from '../json.ts'
import type { Faults } from './faults.ts'
import { limits, times } from './limits.ts'
import { addMessage, findMessage, removeMessage, replaceMessage } from './messages.ts'
import { judgeContent } from './methods/chat.ts'
import type { ResponseUrl, Workspace } from './workspace.ts'

const known = new Set([
  ...['text', 'blocks', 'attachments', 'response_type', 'replace_original', 'delete_original'],
  ...['thread_ts', 'unfurl_links', 'unfurl_media', 'metadata', 'mrkdwn', 'parse', 'link_names'],
  'reply_broadcast',
])

export type Responded = { status: number; body: Json }

/** Takes one answer to the response_url at this path. */
export function respond(
  workspace: Workspace,
  faults: Faults,
  path: string,
  body: Json | undefined,
): Responded {
  const made = workspace.responseUrls.get(path)
  if (!made) return refused(404, 'invalid_url')
  if (workspace.now() - made.at > times.responseUrlMs) return refused(404, 'expired_url')
  if (made.uses >= limits['response_url.uses'].max) return refused(404, 'used_url')
  if (!isObject(body)) return refused(400, 'invalid_payload')
  const fault = faults.take('response_url', { channel: made.channelId, team: workspace.team.id })
  if (fault?.status !== undefined) return refused(fault.status, fault.error ?? 'internal_error')
  made.uses += 1
  const unknown = Object.keys(body).filter((key) => !known.has(key))
  if (unknown.length > 0) {
    faults.record('unknown_argument', `response_url: ${unknown.join(', ')}`)
    return refused(400, 'invalid_arguments')
  }
  return place(workspace, made, body)
}

/** Shows what a response_url or the answer to a slash command carries. */
export function place(workspace: Workspace, made: ResponseUrl, body: JsonObject): Responded {
  const original =
    made.messageTs === null ? undefined : findMessage(workspace, made.channelId, made.messageTs)
  if (body['delete_original'] === true) {
    if (!original) return refused(404, 'message_not_found')
    removeMessage(workspace, original)
    return { status: 200, body: 'ok' }
  }
  const content = judgeContent(body, false)
  if ('refused' in content) {
    return { status: content.refused['error'] === 'no_text' ? 500 : 400, body: content.refused }
  }
  if (body['replace_original'] === true && made.messageTs !== null) {
    if (!original) return refused(404, 'message_not_found')
    replaceMessage(workspace, original, content)
    return { status: 200, body: 'ok' }
  }
  const threadTs = text(body['thread_ts'])
  addMessage(workspace, {
    channelId: made.channelId,
    author: workspace.app.botUserId,
    text: content.text,
    blocks: content.blocks,
    ephemeralTo: body['response_type'] === 'in_channel' ? null : made.userId,
    threadTs: threadTs === '' ? null : threadTs,
  })
  return { status: 200, body: 'ok' }
}

function refused(status: number, error: string): Responded {
  return { status, body: { ok: false, error } }
}
