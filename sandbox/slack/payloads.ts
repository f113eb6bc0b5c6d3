/** Builds the payloads Slack sends when people act, with the keys real ones carry. */

import type { Json, JsonObject } from '../json.ts'
import { stateValues, touchedValues } from './entered.ts'
import { messageJson } from './messages.ts'
import { viewJson } from './modals.ts'
import type { Place } from './screen.ts'
import {
  type Channel,
  type Message,
  newResponseUrl,
  newTrigger,
  newTs,
  type User,
  type View,
  type Workspace,
} from './workspace.ts'

function shared(workspace: Workspace, user: User, type: string): JsonObject {
  return {
    type,
    user: {
      id: user.id,
      username: user.name,
      name: user.name,
      team_id: homeOf(workspace, user).id,
    },
    api_app_id: workspace.app.id,
    token: workspace.app.verificationToken,
    team: { id: workspace.team.id, domain: workspace.team.domain },
    enterprise: null,
    is_enterprise_install: false,
  }
}

/** A person's own workspace. */
function homeOf({ team: { id, domain } }: Workspace, user: User): { id: string; domain: string } {
  return user.home ?? { id, domain }
}

/** In a shared channel a window's payloads carry the person's own workspace (slackapi/bolt-js#1614). */
function sharedByView(workspace: Workspace, user: User, type: string): JsonObject {
  return { ...shared(workspace, user, type), team: homeOf(workspace, user) }
}

/** A click or choice in a message or view. */
export function blockActions(
  workspace: Workspace,
  user: User,
  place: Place,
  action: JsonObject,
  isTerse = false,
): JsonObject {
  const actions: Json = [{ ...action, action_ts: newTs(workspace) }]
  const start = shared(workspace, user, 'block_actions')
  if (place.kind === 'view') {
    const { blocks, entered } = place.view
    const values = isTerse ? touchedValues(blocks, entered) : stateValues(blocks, entered)
    return {
      ...start,
      container: { type: 'view', view_id: place.view.id },
      trigger_id: newTrigger(workspace, user.id, place.view.id),
      view: { ...viewJson(workspace, place.view), state: { values } },
      actions,
    }
  }
  const { message } = place
  const ephemeral = message.ephemeralTo !== null
  return {
    ...start,
    container: {
      type: 'message',
      message_ts: message.ts,
      channel_id: message.channelId,
      is_ephemeral: ephemeral,
    },
    trigger_id: newTrigger(workspace, user.id, null),
    channel: channelRef(workspace.channels.get(message.channelId)),
    // Slack does not send the content of a message it does not store.
    ...(!ephemeral && { message: messageJson(workspace, message) }),
    state: { values: stateValues(place.blocks, place.entered) },
    response_url: newResponseUrl(workspace, 'actions', {
      userId: user.id,
      channelId: message.channelId,
      messageTs: message.ts,
    }),
    actions,
  }
}

/** What is typed into a menu whose options the app looks up; it spends no trigger. */
export function blockSuggestion(
  workspace: Workspace,
  user: User,
  place: Place,
  asked: { action_id: string; block_id: string; value: string },
): JsonObject {
  const start = { ...shared(workspace, user, 'block_suggestion'), ...asked }
  if (place.kind === 'view')
    return {
      ...start,
      container: { type: 'view', view_id: place.view.id },
      view: viewJson(workspace, place.view),
    }
  const { message } = place
  return {
    ...start,
    container: { type: 'message', message_ts: message.ts, channel_id: message.channelId },
    channel: channelRef(workspace.channels.get(message.channelId)),
    message: messageJson(workspace, message),
  }
}

export function viewSubmission(workspace: Workspace, user: User, view: View): JsonObject {
  return {
    ...sharedByView(workspace, user, 'view_submission'),
    trigger_id: newTrigger(workspace, user.id, view.id),
    view: viewJson(workspace, view),
    response_urls: [],
  }
}

/** Slack does not list what stood in the inputs among what it tells of a closed view. */
export function viewClosed(
  workspace: Workspace,
  user: User,
  view: View,
  isCleared: boolean,
): JsonObject {
  return {
    ...sharedByView(workspace, user, 'view_closed'),
    view: { ...viewJson(workspace, view), state: { values: {} } },
    is_cleared: isCleared,
  }
}

export function globalShortcut(workspace: Workspace, user: User, callbackId: string): JsonObject {
  return {
    ...shared(workspace, user, 'shortcut'),
    callback_id: callbackId,
    trigger_id: newTrigger(workspace, user.id, null),
    action_ts: newTs(workspace),
  }
}

export function messageShortcut(
  workspace: Workspace,
  user: User,
  callbackId: string,
  message: Message,
): JsonObject {
  return {
    ...shared(workspace, user, 'message_action'),
    callback_id: callbackId,
    trigger_id: newTrigger(workspace, user.id, null),
    action_ts: newTs(workspace),
    message_ts: message.ts,
    message: messageJson(workspace, message),
    channel: channelRef(workspace.channels.get(message.channelId)),
    response_url: newResponseUrl(workspace, 'app', {
      userId: user.id,
      channelId: message.channelId,
      messageTs: message.ts,
    }),
  }
}

/** The form of a slash command, with the response_url made for it. */
export function slashCommand(
  workspace: Workspace,
  user: User,
  channel: Channel,
  typed: { command: string; text: string; escapes: boolean },
): Record<string, string> {
  return {
    token: workspace.app.verificationToken,
    team_id: workspace.team.id,
    team_domain: workspace.team.domain,
    channel_id: channel.id,
    channel_name: channel.kind === 'private' ? 'privategroup' : channel.name,
    user_id: user.id,
    user_name: user.name,
    command: typed.command,
    text: typed.escapes ? withNames(workspace, typed.text) : escaped(typed.text),
    api_app_id: workspace.app.id,
    is_enterprise_install: 'false',
    response_url: newResponseUrl(workspace, 'commands', {
      userId: user.id,
      channelId: channel.id,
      messageTs: null,
    }),
    trigger_id: newTrigger(workspace, user.id, null),
  }
}

function channelRef(channel: Channel | undefined): JsonObject {
  const name = channel?.kind === 'private' ? 'privategroup' : (channel?.name ?? '')
  return { id: channel?.id ?? '', name }
}

/** Names and addresses in a command's text, where the app asked for them (`should_escape`). */
export function withNames(workspace: Workspace, typed: string): string {
  const users = [...workspace.users.values()]
  return escaped(typed)
    .replace(/(^|\s)@([\w.-]+)/g, (whole, before: string, name: string) => {
      const user = users.find((one) => [one.name, one.realName].includes(name))
      const group = workspace.userGroups.find(({ handle }) => handle === name)
      if (user) return `${before}<@${user.id}|${user.name}>`
      return group ? `${before}<!subteam^${group.id}|@${group.handle}>` : whole
    })
    .replace(/(^|\s)#([\w-]+)/g, (whole, before: string, name: string) => {
      const channel = [...workspace.channels.values()].find((one) => one.name === name)
      return channel && channel.kind !== 'im' ? `${before}<#${channel.id}|${name}>` : whole
    })
    .replace(/(^|\s)(https?:\/\/\S+)/g, '$1<$2>')
}

/** The three characters Slack escapes in what people type into messages and commands. */
export function escaped(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
