/**
 * Slack's Web API as far as Parley calls it: messages, views, files, channels and people. Each call
 * waits for its turn, and fails with a ParleyError where Slack's answer means one.
 */
import { readFile } from 'node:fs/promises'
import type { types, webApi } from '@slack/bolt'
import { escapeSlack } from '../../../src/chat/text.ts'
import type { Message, View } from '../draw/blocks.ts'
import { limits } from '../limits.ts'
import { downloadFile, type FileInfo } from '../receive/files.ts'
import type { SlackMessage } from '../receive/own-message.ts'
import { asRefusal, slackCode } from './failures.ts'

/** A message that was sent. */
export type Sent = { channel: string; ts: string }

export type SlackApi = ReturnType<typeof openSlackApi>

/** Runs a call when the workspace's lane lets it go. */
export type Schedule = <Result>(
  call: { method: string; channel?: string },
  work: () => Promise<Result>,
) => Promise<Result>

/** Gives the client with the token of the current workspace. */
export type Connect = () => Promise<webApi.WebClient>

type Call = <Result>(
  method: string,
  work: (client: webApi.WebClient) => Promise<Result>,
  channel?: string,
) => Promise<Result>

export function openSlackApi(connect: Connect, schedule: Schedule = atOnce) {
  const call: Call = async (method, work, channel) => {
    try {
      const which = channel === undefined ? { method } : { method, channel }
      return await schedule(which, async () => work(await connect()))
    } catch (error) {
      throw asRefusal(error)
    }
  }
  return {
    ...messageCalls(call),
    ...viewCalls(call),
    ...fileCalls(call, connect),
    ...channelCalls(call),
    ...peopleCalls(call),
    /** The scopes our token has. */
    scopes: (): Promise<readonly string[]> =>
      call('auth.test', async (client) => {
        const { response_metadata } = await client.auth.test()
        return response_metadata?.scopes ?? []
      }),
    whoAmI: async () => (await connect()).auth.test(),
  }
}

const atOnce: Schedule = (_, work) => work()

function messageCalls(call: Call) {
  return {
    /** Posts into a channel, or into a person's DM when given their user id. */
    post: (
      channel: string,
      message: Message,
      starting?: () => Promise<void>,
      thread?: string,
    ): Promise<Sent> =>
      call(
        'chat.postMessage',
        async (client) => {
          await starting?.()
          const sent = await client.chat.postMessage({
            channel,
            ...message,
            ...(thread === undefined ? {} : { thread_ts: thread }),
            unfurl_links: false,
            unfurl_media: false,
          })
          return { channel: sent.channel ?? channel, ts: sent.ts ?? '' }
        },
        channel,
      ),
    /** One message as everybody sees it, by the look-up of its reactions; null if it was deleted. */
    messageAt: (at: Sent): Promise<SlackMessage | null> =>
      call('reactions.get', async (client) => {
        const found = await client.reactions
          .get({ channel: at.channel, timestamp: at.ts })
          .catch((error: unknown) => {
            if (slackCode(error) === 'message_not_found') return null
            throw error
          })
        return (found?.message as SlackMessage | undefined) ?? null
      }),
    update: (at: Sent, message: Message): Promise<void> =>
      call('chat.update', async (client) => {
        await client.chat.update({ ...at, ...message })
      }),
  }
}

function viewCalls(call: Call) {
  return {
    openView: (trigger: string, view: View): Promise<void> =>
      call('views.open', async (client) => {
        await client.views.open({ trigger_id: trigger, view })
      }),
    pushView: (trigger: string, view: View): Promise<void> =>
      call('views.push', async (client) => {
        await client.views.push({ trigger_id: trigger, view })
      }),
    updateView: (id: string, hash: string | undefined, view: View): Promise<void> =>
      call('views.update', async (client) => {
        await client.views.update({ view_id: id, view, ...(hash ? { hash } : {}) })
      }),
    publishHome: (userId: string, view: types.HomeView): Promise<void> =>
      call('views.publish', async (client) => {
        await client.views.publish({ user_id: userId, view })
      }),
  }
}

function fileCalls(call: Call, connect: Connect) {
  return {
    /** Uploads a file into a channel by Slack's three steps. */
    upload: (
      channel: string,
      file: { name: string; path: string },
      comment?: string,
    ): Promise<void> =>
      call('files.completeUploadExternal', async (client) => {
        const data = await readFile(file.path)
        await client.filesUploadV2({
          channel_id: channel,
          file: data,
          filename: file.name,
          ...(comment === undefined ? {} : { initial_comment: escapeSlack(comment) }),
        })
      }),
    /** Uploads a text as a snippet, which Slack shows in full in the conversation. */
    uploadText: (channel: string, { name, text }: { name: string; text: string }): Promise<void> =>
      call('files.completeUploadExternal', async (client) => {
        const file = Buffer.from(text, 'utf8')
        const kind = file.byteLength <= limits.snippetBytes ? { snippet_type: 'markdown' } : {}
        await client.filesUploadV2({ channel_id: channel, file, filename: name, ...kind })
      }),
    fileInfo: (id: string): Promise<FileInfo> =>
      call('files.info', async (client) => {
        const { file } = await client.files.info({ file: id })
        return {
          name: file?.name ?? '',
          size: file?.size ?? 0,
          url: file?.url_private_download ?? file?.url_private ?? '',
        }
      }),
    download: (url: string, mostBytes: number): AsyncIterable<Uint8Array> =>
      downloadFile(connect, url, mostBytes),
  }
}

function channelCalls(call: Call) {
  return {
    channelInfo: (id: string): Promise<{ id: string; name: string }> =>
      call('conversations.info', async (client) => {
        const { channel } = await client.conversations.info({ channel: id })
        return { id, name: channel?.name ?? '' }
      }),
    listChannels: (
      kind: 'public_channel' | 'private_channel',
      cursor: string | undefined,
    ): Promise<{ channels: { id: string; name: string }[]; next: string }> =>
      call('conversations.list', async (client) => {
        const { channels, response_metadata } = await client.conversations.list({
          types: kind,
          exclude_archived: true,
          limit: limits.pageSize,
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
      call('conversations.members', async (client) => {
        const { members, response_metadata } = await client.conversations.members({
          channel,
          limit: limits.pageSize,
          ...(cursor ? { cursor } : {}),
        })
        return { members: members ?? [], next: response_metadata?.next_cursor ?? '' }
      }),
  }
}

/** What Slack tells of a person, and whether the account is active. */
export type Profile = {
  zone: string | null
  locale: string | null
  name: string | null
  picture: string | null
}

function peopleCalls(call: Call) {
  return {
    listUserGroups: (): Promise<{ id: string; handle: string }[]> =>
      call('usergroups.list', async (client) => {
        const { usergroups } = await client.usergroups.list()
        return (usergroups ?? []).map(({ id = '', handle = '' }) => ({ id, handle }))
      }),
    userGroupMembers: (usergroup: string): Promise<string[]> =>
      call('usergroups.users.list', async (client) => {
        const { users } = await client.usergroups.users.list({ usergroup })
        return users ?? []
      }),
    profile: (user: string): Promise<Profile & { isActive: boolean }> =>
      call('users.info', async (client) => {
        const { user: found } = await client.users.info({ user, include_locale: true })
        const shown = found?.profile
        return {
          zone: found?.tz ?? null,
          locale: found?.locale ?? null,
          // What Slack shows beside a message: the display name where there is one.
          name: shown?.display_name || shown?.real_name || found?.real_name || null,
          picture: shown?.image_192 || shown?.image_72 || null,
          isActive: found?.deleted !== true,
        }
      }),
  }
}
