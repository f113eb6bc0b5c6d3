/** Everything that goes out to Slack: messages, views, files; and what its refusals mean to us. */
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Logger, LogLevel, type types, webApi } from '@slack/bolt'
import type { Inside, SendFailure } from '../../../src/chat/port/port.ts'
import { escapeSlack } from '../../../src/chat/text.ts'
import { codeOf, conflict, ParleyError } from '../../../src/errors.ts'
import type { Message, View } from '../draw/blocks.ts'
import { downloadFile, type FileInfo } from '../receive/files.ts'
import { slackAway } from './unreachable.ts'

export type Sent = { channel: string; ts: string }

export type Outbox = ReturnType<typeof openOutbox>

/** Runs a call when the workspace's lane lets it go. */
export type Go = <Result>(
  call: { method: string; channel?: string },
  work: () => Promise<Result>,
) => Promise<Result>

/** The calls we make, each failing with a ParleyError where Slack's answer means one. */
export function openOutbox(connect: () => Promise<webApi.WebClient>, go: Go = atOnce) {
  const calling = async <Result>(
    method: string,
    work: (client: webApi.WebClient) => Promise<Result>,
    channel?: string,
  ): Promise<Result> => {
    try {
      const call = channel === undefined ? { method } : { method, channel }
      return await go(call, async () => work(await connect()))
    } catch (error) {
      throw asRefusal(error)
    }
  }
  return {
    /** Posts into a channel, or into a person's DM when given their user id. */
    post: (channel: string, message: Message, starting?: () => Promise<void>): Promise<Sent> =>
      calling(
        'chat.postMessage',
        async (client) => {
          await starting?.()
          const sent = await client.chat.postMessage({
            channel,
            ...message,
            unfurl_links: false,
            unfurl_media: false,
          })
          return { channel: sent.channel ?? channel, ts: sent.ts ?? '' }
        },
        channel,
      ),
    update: (at: Sent, message: Message): Promise<void> =>
      calling('chat.update', async (client) => {
        await client.chat.update({ ...at, ...message })
      }),
    openView: (trigger: string, view: View): Promise<void> =>
      calling('views.open', async (client) => {
        await client.views.open({ trigger_id: trigger, view })
      }),
    pushView: (trigger: string, view: View): Promise<void> =>
      calling('views.push', async (client) => {
        await client.views.push({ trigger_id: trigger, view })
      }),
    updateView: (id: string, hash: string | undefined, view: View): Promise<void> =>
      calling('views.update', async (client) => {
        await client.views.update({ view_id: id, view, ...(hash ? { hash } : {}) })
      }),
    /** Uploads a file into a channel by Slack's three steps. */
    upload: (
      channel: string,
      file: { name: string; path: string },
      comment?: string,
    ): Promise<void> =>
      calling('files.completeUploadExternal', async (client) => {
        const data = await readFile(file.path)
        await client.filesUploadV2({
          channel_id: channel,
          file: data,
          filename: file.name,
          ...(comment === undefined ? {} : { initial_comment: escapeSlack(comment) }),
        })
      }),
    /** A text as a snippet, which Slack shows in full where it stands. */
    uploadText: (channel: string, { name, text }: { name: string; text: string }): Promise<void> =>
      calling('files.completeUploadExternal', async (client) => {
        const file = Buffer.from(text, 'utf8')
        const kind = file.byteLength <= snippetBytes ? { snippet_type: 'markdown' } : {}
        await client.filesUploadV2({ channel_id: channel, file, filename: name, ...kind })
      }),
    publishHome: (userId: string, view: types.HomeView): Promise<void> =>
      calling('views.publish', async (client) => {
        await client.views.publish({ user_id: userId, view })
      }),
    fileInfo: (id: string): Promise<FileInfo> =>
      calling('files.info', async (client) => {
        const { file } = await client.files.info({ file: id })
        return {
          name: file?.name ?? '',
          size: file?.size ?? 0,
          url: file?.url_private_download ?? file?.url_private ?? '',
        }
      }),
    download: (url: string, mostBytes: number): AsyncIterable<Uint8Array> =>
      downloadFile(connect, url, mostBytes),
    channelInfo: (id: string): Promise<{ id: string; name: string }> =>
      calling('conversations.info', async (client) => {
        const { channel } = await client.conversations.info({ channel: id })
        return { id, name: channel?.name ?? '' }
      }),
    listChannels: (
      kind: 'public_channel' | 'private_channel',
      cursor: string | undefined,
    ): Promise<{ channels: { id: string; name: string }[]; next: string }> =>
      calling('conversations.list', async (client) => {
        const { channels, response_metadata } = await client.conversations.list({
          types: kind,
          exclude_archived: true,
          limit: 999,
          ...(cursor ? { cursor } : {}),
        })
        return {
          channels: (channels ?? []).map(({ id = '', name = '' }) => ({ id, name })),
          next: response_metadata?.next_cursor ?? '',
        }
      }),
    channelMembers: (
      channel: string,
      cursor: string | undefined,
    ): Promise<{ members: string[]; next: string }> =>
      calling('conversations.members', async (client) => {
        const { members, response_metadata } = await client.conversations.members({
          channel,
          limit: 999,
          ...(cursor ? { cursor } : {}),
        })
        return { members: members ?? [], next: response_metadata?.next_cursor ?? '' }
      }),
    listTeams: (): Promise<{ id: string; handle: string }[]> =>
      calling('usergroups.list', async (client) => {
        const { usergroups } = await client.usergroups.list()
        return (usergroups ?? []).map(({ id = '', handle = '' }) => ({ id, handle }))
      }),
    teamMembers: (usergroup: string): Promise<string[]> =>
      calling('usergroups.users.list', async (client) => {
        const { users } = await client.usergroups.users.list({ usergroup })
        return users ?? []
      }),
    profile: (
      user: string,
    ): Promise<{ zone: string | null; locale: string | null; isActive: boolean }> =>
      calling('users.info', async (client) => {
        const { user: found } = await client.users.info({ user, include_locale: true })
        return {
          zone: found?.tz ?? null,
          locale: found?.locale ?? null,
          isActive: found?.deleted !== true,
        }
      }),
    /** What our token may do. */
    scopes: (): Promise<readonly string[]> =>
      calling('auth.test', async (client) => {
        const { response_metadata } = await client.auth.test()
        return response_metadata?.scopes ?? []
      }),
    whoAmI: async () => (await connect()).auth.test(),
  }
}

/** docs.slack.dev/reference/methods/files.getUploadURLExternal: snippet_too_large. */
const snippetBytes = 1_000_000

const atOnce: Go = (_, work) => work()

/** The client's options, each with its reason. */
export function clientOptions(apiUrl: string, log: Inside['log']): webApi.WebClientOptions {
  return {
    logger: sdkLogger(log),
    slackApiUrl: apiUrl,
    // The SDK's retries would post a message twice when a connection drops after Slack took it.
    retryConfig: { retries: 0 },
    // Its handling of a 429 would stop every other call of the client.
    rejectRateLimitedCalls: true,
    timeout: 10_000,
    // Looked up at each call: tests and tracing replace the global one after we are built.
    fetch: (url, init) => globalThis.fetch(url, init),
  }
}

/** What the SDKs say goes into our log as lines of its kind; below a warning it is chatter. */
export function sdkLogger(log: Inside['log']): Logger {
  const line = (parts: unknown[]) => parts.map(String).join(' ')
  return {
    debug: () => {},
    info: () => {},
    warn: (...parts) => log.warn({ from: 'slack-sdk' }, line(parts)),
    error: (...parts) => log.error({ from: 'slack-sdk' }, line(parts)),
    setLevel: () => {},
    getLevel: () => LogLevel.WARN,
    setName: () => {},
  }
}

/**
 * Writes to a response_url; what may pass (429, 5xx) is tried again. @throws conflict when it is used
 * up or expired, unavailable when Slack goes on refusing.
 */
export async function respond(url: string, message: ResponseMessage): Promise<void> {
  const body = JSON.stringify(message)
  for (let attempt = 1; ; attempt++) {
    const response = await globalThis
      .fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body,
        signal: AbortSignal.timeout(10_000),
      })
      .catch((cause: unknown) => {
        throw slackAway(cause)
      })
    const text = await response.text()
    if (response.ok && !text.includes('"ok":false')) return
    const mayPass = response.status === 429 || response.status >= 500
    const refusal = new Error(`${response.status} ${text}`)
    if (!mayPass) throw conflict((said) => said.slackTooOld, refusal)
    if (attempt === mostResponses) throw slackAway(refusal)
    const seconds = Number(response.headers.get('retry-after'))
    await sleep(Math.min(seconds > 0 ? seconds * 1000 : 250 * 2 ** attempt, 10_000))
  }
}

/** A response_url takes five answers in half an hour: those that were refused do not count. */
const mostResponses = 4

export type ResponseMessage = Partial<Message> & {
  response_type?: 'ephemeral' | 'in_channel'
  replace_original?: boolean
  delete_original?: boolean
}

/** The code of Slack's refusal, or null when it is something else that went wrong. */
export function slackCode(error: unknown): string | null {
  const cause = error instanceof ParleyError ? error.cause : error
  return cause instanceof webApi.WebAPIPlatformError ? String(cause.data.error) : null
}

/** Slack itself takes 1 GB, but its SDK holds the whole file in memory and sends it in one request. */
export const mostFileBytes = 100 * 1024 * 1024

/** Whether this workspace takes no such file, however often it is tried. */
export function refusesFile(error: unknown): boolean {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  if (cause instanceof webApi.WebAPIHTTPError) return cause.statusCode === 413
  return cause instanceof webApi.WebAPIPlatformError && fileRefusals.has(String(cause.data.error))
}

/** Too large, or files (of this kind, here) are switched off by the workspace's admins. */
const fileRefusals = new Set([
  ...['file_too_large', 'file_upload_size_restricted', 'file_uploads_disabled'],
  ...['file_uploads_except_images_disabled', 'blocked_file_type', 'storage_limit_reached'],
  ...['slack_connect_file_upload_sharing_blocked', 'malware_detected'],
])

/** How long Slack asks us to wait, in milliseconds, or null when that is not what went wrong. */
export function retryAfterMs(error: unknown): number | null {
  const cause = error instanceof ParleyError ? error.cause : error
  if (cause instanceof webApi.WebAPIRateLimitedError) return cause.retryAfter * 1000
  const said = cause instanceof Error && 'retryAfterMs' in cause ? cause.retryAfterMs : null
  return typeof said === 'number' ? said : null
}

/** What a failed call means for the message it carried. */
export function failureOf(error: unknown): SendFailure {
  const cause = error instanceof ParleyError ? error.cause : error
  const wait = retryAfterMs(error)
  if (wait !== null) return { type: 'later', afterMs: wait }
  if (cause instanceof webApi.WebAPIRequestError)
    return neverSent.has(codeOf(causeOf(cause.original)))
      ? { type: 'later', afterMs: null }
      : { type: 'unknown' }
  if (cause instanceof webApi.WebAPIHTTPError)
    return cause.statusCode >= 500 ? { type: 'unknown' } : { type: 'refused' }
  const code = slackCode(error)
  if (code === null)
    return error instanceof ParleyError && error.code === 'unavailable'
      ? { type: 'later', afterMs: null }
      : { type: 'refused' }
  if (code === 'ratelimited' || code === 'service_unavailable')
    return { type: 'later', afterMs: null }
  if (away.has(code)) return { type: 'unknown' }
  if (revoked.has(code)) return { type: 'dead', reason: code }
  if (gone.has(code) || lost.has(code)) return { type: 'gone', reason: code }
  return { type: 'refused' }
}

/** fetch hides what happened to the connection one error deeper. */
function causeOf(error: Error): unknown {
  return codeOf(error) ? error : error.cause
}

/** Nothing left this machine: the call may be made again. */
const neverSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH'])

function asRefusal(error: unknown): unknown {
  if (
    // Slack's own 429, or the lane's word that one is still being waited out.
    retryAfterMs(error) !== null ||
    error instanceof webApi.WebAPIRequestError ||
    error instanceof webApi.WebAPIHTTPError
  )
    return slackAway(error)
  const code = slackCode(error)
  if (code === null) return error
  if (away.has(code)) return slackAway(error)
  if (dead.has(code))
    return new ParleyError('forbidden', (said) => said.slackNoToken, { cause: error })
  if (gone.has(code))
    return new ParleyError('forbidden', (said) => said.slackNoWriting, { cause: error })
  if (old.has(code)) return conflict((said) => said.slackChanged, error)
  const told = error instanceof webApi.WebAPIPlatformError ? error.data.response_metadata : null
  const lines = told?.messages?.join('; ') ?? ''
  return new Error(`Slack refused the call: ${code}${lines ? ` (${lines})` : ''}`, { cause: error })
}

const away = new Set(['ratelimited', 'internal_error', 'fatal_error', 'service_unavailable'])
/** The workspace takes nothing from us any more. */
const revoked = new Set([
  ...['account_inactive', 'token_revoked', 'token_expired', 'invalid_auth', 'not_authed'],
])
const dead = new Set([...revoked, 'missing_scope', 'no_permission'])
const gone = new Set([
  ...['channel_not_found', 'user_not_found', 'users_not_found', 'user_disabled', 'is_archived'],
  ...['not_in_channel', 'messages_tab_disabled', 'cannot_dm_bot', 'restricted_action'],
])
/** The message itself cannot be changed any more, nor ever again. */
const lost = new Set([
  ...['message_not_found', 'cant_update_message', 'edit_window_closed', 'is_inactive'],
])
const old = new Set([
  ...['hash_conflict', 'not_found', 'view_not_found', 'message_not_found', 'cant_update_message'],
  ...['edit_window_closed', 'is_inactive', 'push_limit_reached'],
  ...['expired_trigger_id', 'exchanged_trigger_id', 'invalid_trigger_id', 'trigger_expired'],
])
