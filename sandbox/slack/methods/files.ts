/** files.*: the external upload in three steps, and a file's state. */

import { type JsonObject, length, objects, text } from '../../json.ts'
import { limits } from '../limits.ts'
import { addMessage, judgeBlocks } from '../messages.ts'
import { isTooLong } from '../sums.ts'
import { type Channel, newId, type StoredFile, secret, type Workspace } from '../workspace.ts'
import { type Call, conversation, type Method, number, refuse } from './method.ts'

export const fileMethods: Record<string, Method> = {
  'files.getUploadURLExternal': {
    args: ['length', 'filename', 'snippet_type', 'alt_txt'],
    needs: ['length', 'filename'],
    scopes: ['files:write'],
    run: getUploadUrl,
  },
  'files.completeUploadExternal': {
    args: [
      ...['files', 'channel_id', 'thread_ts', 'channels', 'initial_comment', 'blocks'],
      ...['username', 'icon_url', 'icon_emoji'],
    ],
    needs: ['files'],
    scopes: ['files:write'],
    run: completeUpload,
  },
  'files.info': {
    args: ['count', 'cursor', 'file', 'limit', 'page'],
    needs: ['file'],
    scopes: ['files:read'],
    run: ({ workspace, args }) => {
      const file = workspace.files.get(text(args['file']))
      if (!file?.complete) return refuse('file_not_found')
      return { ok: true, file: fileJson(workspace, file), comments: [] }
    },
  },
}

/** The file as the Web API and payloads show it. */
export function fileJson(workspace: Workspace, file: StoredFile): JsonObject {
  const address = `${workspace.url}/files-pri/${workspace.team.id}-${file.id}`
  const name = encodeURIComponent(file.name)
  return {
    id: file.id,
    created: file.created,
    timestamp: file.created,
    name: file.name,
    title: file.title,
    mimetype: 'text/plain',
    filetype: file.name.split('.').at(-1) ?? 'text',
    pretty_type: 'Plain Text',
    user: file.userId,
    user_team: workspace.team.id,
    editable: false,
    size: file.bytes?.byteLength ?? 0,
    mode: 'hosted',
    is_external: false,
    is_public: false,
    url_private: `${address}/${name}`,
    url_private_download: `${address}/download/${name}`,
    permalink: `https://${workspace.team.domain}.slack.com/files/${file.userId}/${file.id}/${name}`,
    channels: [...file.channels].filter((id) => id.startsWith('C')),
    ims: [...file.channels].filter((id) => id.startsWith('D')),
    file_access: 'visible',
  }
}

function getUploadUrl({ workspace, args }: Call): JsonObject {
  const size = number(args['length'], 0)
  if (!Number.isInteger(size) || size < 1) return refuse('missing_argument')
  if (length(text(args['alt_txt'])) > limits['files.alt_txt'].max) {
    return refuse('alt_txt_too_large')
  }
  const snippet = text(args['snippet_type']) !== ''
  if (snippet && size > limits['files.snippet_bytes'].max) return refuse('snippet_too_large')
  const file: StoredFile = {
    id: newId('F'),
    name: text(args['filename']),
    title: text(args['filename']),
    length: size,
    bytes: null,
    userId: workspace.app.botUserId,
    channels: new Set(),
    complete: false,
    created: Math.floor(workspace.now() / 1000),
  }
  workspace.files.set(file.id, file)
  const ticket = secret()
  workspace.uploads.set(ticket, file.id)
  return { ok: true, upload_url: `${workspace.url}/upload/v1/${ticket}`, file_id: file.id }
}

function completeUpload({ workspace, args }: Call): JsonObject {
  const entries = objects(args['files'])
  if (entries.length === 0) {
    return refuse('invalid_arguments', ['[ERROR] must have at least 1 item [json-pointer:/files]'])
  }
  if (entries.length > limits['files.complete'].max) {
    const most = limits['files.complete'].max
    return refuse('invalid_arguments', [
      `[ERROR] no more than ${most} items allowed [json-pointer:/files]`,
    ])
  }
  const named = [text(args['channel_id']), ...text(args['channels']).split(',')]
  const ids = [...new Set(named.map((id) => id.trim()))].filter((id) => id !== '')
  if (ids.length > limits['files.channels'].max) return refuse('channels_limit_exceeded')
  const channels: Channel[] = []
  for (const id of ids) {
    // A person's id is not a conversation here: share into the D… id of their direct message.
    const channel = workspace.users.has(id) ? null : conversation(workspace, id)
    if (!channel) return refuse('channel_not_found')
    if (!channel.members.has(workspace.app.botUserId)) return refuse('not_in_channel')
    if (channel.archived) return refuse('posting_to_channel_denied')
    channels.push(channel)
  }
  const files: StoredFile[] = []
  for (const entry of entries) {
    const file = workspace.files.get(text(entry['id']))
    if (!file || file.bytes === null || file.complete) return refuse('file_not_found')
    files.push(file)
  }
  const blocks = judgeBlocks(args['blocks'])
  if (!blocks.ok) return refuse(blocks.error, blocks.messages)
  if (isTooLong(blocks.blocks)) return refuse('msg_blocks_too_long')
  for (const [i, file] of files.entries()) {
    file.title = text(entries[i]?.['title']) || file.name
    file.complete = true
    for (const channel of channels) file.channels.add(channel.id)
  }
  const threadTs = text(args['thread_ts'])
  for (const channel of channels) {
    addMessage(workspace, {
      channelId: channel.id,
      author: workspace.app.botUserId,
      text: text(args['initial_comment']),
      blocks: blocks.blocks,
      files: files.map((file) => file.id),
      threadTs: threadTs === '' ? null : threadTs,
    })
  }
  // Shares are worked out later by Slack, so the answer holds ids and titles only.
  return { ok: true, files: files.map((file) => ({ id: file.id, title: file.title })) }
}
