/** Everything one person's Slack shows them, as the page draws it: no more than they may see. */
import type { JsonObject } from '../json.ts'
import { compact } from '../json.ts'
import { startValues } from '../slack/entered.ts'
import type { Streets } from '../slack/people.ts'
import { messagesOf } from '../slack/screen.ts'
import type { Channel, Entered, Message, User, View, Workspace } from '../slack/workspace.ts'

/** How far back the page shows messages; a person can press what they see, so no further. */
const shownMessages = 100

/** What the page of this person shows now. */
export function seenBy(streets: Streets, user: User): JsonObject {
  const { workspace } = streets
  const home = workspace.homes.get(user.id)
  return {
    team: workspace.team.name,
    app: { id: workspace.app.botUserId, name: workspace.app.botName, home: workspace.app.homeTab },
    me: { id: user.id, name: user.realName },
    people: peopleOf(workspace).map(({ id, realName }) => ({ id, name: realName })),
    channels: channelsOf(workspace, user),
    commands: [...streets.enabled.commands].map(([name, { description, words }]) => ({
      name,
      ...(description ? { description } : {}),
      words: [...words, ...(streets.hints[name] ?? [])],
    })),
    shortcuts: [...streets.enabled.shortcuts],
    tab: workspace.tabs.get(user.id) ?? 'messages',
    messages: messagesOf(workspace, user)
      .slice(-shownMessages)
      .map((message) => drawn(workspace, message, user)),
    home: home ? viewOf(home) : null,
    modals: (workspace.stacks.get(user.id) ?? []).map(viewOf),
    notices: workspace.notices.get(user.id) ?? [],
    names: namesOf(workspace),
  }
}

export function peopleOf(workspace: Workspace): User[] {
  return [...workspace.users.values()].filter((user) => !user.isBot && !user.deleted)
}

function channelsOf(workspace: Workspace, user: User): JsonObject[] {
  const seen = [...workspace.channels.values()].filter((one) => one.members.has(user.id))
  return seen.map((channel) => ({
    id: channel.id,
    name: channel.kind === 'im' ? otherOf(workspace, channel, user) : channel.name,
    kind: channel.kind,
    withApp: channel.kind === 'im' && channel.members.has(workspace.app.botUserId),
    members: channel.members.size,
    archived: channel.archived,
  }))
}

function otherOf(workspace: Workspace, channel: Channel, user: User): string {
  const other = [...channel.members].find((id) => id !== user.id)
  return workspace.users.get(other ?? '')?.realName ?? channel.name
}

function drawn(workspace: Workspace, message: Message, user: User): JsonObject {
  return {
    ts: message.ts,
    channel: message.channelId,
    author: message.author,
    text: message.text,
    blocks: message.blocks,
    files: message.files.flatMap((id) => {
      const file = workspace.files.get(id)
      if (!file) return []
      return [{ id, name: file.name, title: file.title, size: file.bytes?.byteLength ?? 0 }]
    }),
    onlyYou: message.ephemeralTo !== null,
    edited: message.edited,
    entered: enteredOf(startValues(message.blocks, message.entered.get(user.id))),
  }
}

function viewOf(view: View): JsonObject {
  const { title, submit, close } = view.body
  return {
    id: view.id,
    ...compact({ title, submit, close }),
    blocks: view.blocks,
    entered: enteredOf(view.entered),
    errors: Object.fromEntries(view.errors),
  }
}

function enteredOf(entered: Map<string, Entered> | undefined): JsonObject {
  return Object.fromEntries(entered ?? [])
}

/** Names for the ids in mentions. */
function namesOf(workspace: Workspace): JsonObject {
  return Object.fromEntries([
    ...[...workspace.users.values()].map((user) => [user.id, user.realName]),
    ...[...workspace.channels.values()].map((channel) => [channel.id, channel.name]),
    ...workspace.userGroups.map((group) => [group.id, group.handle]),
  ])
}
