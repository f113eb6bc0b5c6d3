/** Everything that goes out to Slack: messages, views, files; and what its refusals mean to us. */
import { readFile } from 'node:fs/promises'
import { type Logger, LogLevel, webApi } from '@slack/bolt'
import type { Inside } from '../../src/chat/port.ts'
import { conflict, forbidden, ParleyError, unavailable } from '../../src/errors.ts'
import type { Message, View } from './blocks.ts'

export type Sent = { channel: string; ts: string }

export type Outbox = ReturnType<typeof openOutbox>

/** The calls we make, each failing with a ParleyError where Slack's answer means one. */
export function openOutbox(client: webApi.WebClient) {
  return {
    /** Posts into a channel, or into a person's DM when given their user id. */
    post: (channel: string, message: Message): Promise<Sent> =>
      calling(async () => {
        const sent = await client.chat.postMessage({
          channel,
          ...message,
          unfurl_links: false,
          unfurl_media: false,
        })
        return { channel: sent.channel ?? channel, ts: sent.ts ?? '' }
      }),
    update: (at: Sent, message: Message): Promise<void> =>
      calling(async () => {
        await client.chat.update({ ...at, ...message })
      }),
    openView: (trigger: string, view: View): Promise<void> =>
      calling(async () => {
        await client.views.open({ trigger_id: trigger, view })
      }),
    pushView: (trigger: string, view: View): Promise<void> =>
      calling(async () => {
        await client.views.push({ trigger_id: trigger, view })
      }),
    updateView: (id: string, hash: string | undefined, view: View): Promise<void> =>
      calling(async () => {
        await client.views.update({ view_id: id, view, ...(hash ? { hash } : {}) })
      }),
    /** Uploads a file into a channel by Slack's three steps. */
    upload: (channel: string, file: { name: string; path: string }): Promise<void> =>
      calling(async () => {
        const data = await readFile(file.path)
        await client.filesUploadV2({ channel_id: channel, file: data, filename: file.name })
      }),
    whoAmI: () => client.auth.test(),
  }
}

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

/** Writes to a response_url. @throws conflict when it is used up or expired. */
export async function respond(url: string, message: ResponseMessage): Promise<void> {
  const response = await globalThis
    .fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(message),
      signal: AbortSignal.timeout(10_000),
    })
    .catch((cause: unknown) => {
      throw unavailable('Slack', cause)
    })
  const text = await response.text()
  if (response.ok && !text.includes('"ok":false')) return
  throw conflict('This message can no longer be changed.', new Error(`${response.status} ${text}`))
}

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

async function calling<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return await call()
  } catch (error) {
    throw asRefusal(error)
  }
}

function asRefusal(error: unknown): unknown {
  if (
    error instanceof webApi.WebAPIRateLimitedError ||
    error instanceof webApi.WebAPIRequestError ||
    error instanceof webApi.WebAPIHTTPError
  )
    return unavailable('Slack', error)
  const code = slackCode(error)
  if (code === null) return error
  if (away.has(code)) return unavailable('Slack', error)
  if (dead.has(code))
    return because(
      forbidden('Slack no longer accepts our token. An admin has to install Parley again.'),
      error,
    )
  if (gone.has(code))
    return because(forbidden('Slack does not let Parley write to this person or channel.'), error)
  if (old.has(code)) return conflict('The window or message has changed meanwhile.', error)
  const told = error instanceof webApi.WebAPIPlatformError ? error.data.response_metadata : null
  const lines = told?.messages?.join('; ') ?? ''
  return new Error(`Slack refused the call: ${code}${lines ? ` (${lines})` : ''}`, { cause: error })
}

function because(refusal: ParleyError, cause: unknown): ParleyError {
  return new ParleyError(refusal.code, refusal.message, { cause })
}

const away = new Set(['ratelimited', 'internal_error', 'fatal_error', 'service_unavailable'])
const dead = new Set([
  ...['account_inactive', 'token_revoked', 'token_expired', 'invalid_auth', 'not_authed'],
  ...['missing_scope', 'no_permission'],
])
const gone = new Set([
  ...['channel_not_found', 'user_not_found', 'users_not_found', 'user_disabled', 'is_archived'],
  ...['not_in_channel', 'messages_tab_disabled', 'cannot_dm_bot', 'restricted_action'],
])
const old = new Set([
  ...['hash_conflict', 'not_found', 'view_not_found', 'message_not_found', 'cant_update_message'],
  ...['edit_window_closed', 'is_inactive', 'push_limit_reached'],
  ...['expired_trigger_id', 'exchanged_trigger_id', 'invalid_trigger_id', 'trigger_expired'],
])
