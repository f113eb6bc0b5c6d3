/** auth.*, api.*, users.*, usergroups.*, conversations.*, blocks.validate: who and where. */

import { type Json, type JsonObject, objects, text } from '../../json.ts'
import { checkBlocks } from '../blocks.ts'
import type { Check } from '../check.ts'
import { limits } from '../limits.ts'
import { judgeView } from '../views.ts'
import { addChannel, type Channel, directMessage, type User, type Workspace } from '../workspace.ts'
import { type Call, conversation, flag, type Method, missingScope, page, refuse } from './method.ts'

const readScopes = ['channels:read', 'groups:read', 'im:read', 'mpim:read']

export const peopleMethods: Record<string, Method> = {
  'api.test': {
    args: ['error', 'foo'],
    open: true,
    run: ({ args }) =>
      text(args['error']) === '' ? { ok: true, args } : { ...refuse(text(args['error'])), args },
  },
  'auth.test': {
    args: [],
    run: ({ workspace: { team, app } }) => ({
      ok: true,
      url: `https://${team.domain}.slack.com/`,
      team: team.name,
      user: app.botName.toLowerCase(),
      team_id: team.id,
      user_id: app.botUserId,
      bot_id: app.botId,
      is_enterprise_install: false,
    }),
  },
  'users.info': {
    args: ['user', 'include_locale'],
    needs: ['user'],
    scopes: ['users:read'],
    run: ({ workspace, args }) => {
      const user = workspace.users.get(text(args['user']))
      if (!user) return refuse('user_not_found')
      return { ok: true, user: userJson(workspace, user, flag(args['include_locale'])) }
    },
  },
  'users.conversations': {
    args: ['cursor', 'exclude_archived', 'exclude_muted', 'limit', 'team_id', 'types', 'user'],
    scopes: readScopes,
    run: usersConversations,
  },
  'conversations.open': {
    args: ['channel', 'return_im', 'users', 'prevent_creation'],
    scopes: ['im:write', 'mpim:write', 'channels:manage', 'groups:write'],
    run: openConversation,
  },
  'conversations.info': {
    args: ['channel', 'include_locale', 'include_num_members'],
    needs: ['channel'],
    scopes: readScopes,
    run: ({ workspace, args }) => {
      const found = readable(workspace, text(args['channel']))
      if ('refused' in found) return found.refused
      const count = flag(args['include_num_members']) && { num_members: found.channel.members.size }
      return { ok: true, channel: { ...channelJson(workspace, found.channel), ...count } }
    },
  },
  'conversations.list': {
    args: ['cursor', 'exclude_archived', 'limit', 'team_id', 'types'],
    scopes: readScopes,
    run: listConversations,
  },
  'conversations.members': {
    args: ['channel', 'cursor', 'limit'],
    needs: ['channel'],
    scopes: readScopes,
    run: ({ workspace, args }) => {
      const found = readable(workspace, text(args['channel']))
      if ('refused' in found) return found.refused
      const members = page([...found.channel.members], args)
      if ('error' in members) return refuse(members.error)
      return { ok: true, members: members.items, response_metadata: { next_cursor: members.next } }
    },
  },
  'usergroups.list': {
    args: ['include_count', 'include_disabled', 'include_users', 'team_id'],
    scopes: ['usergroups:read'],
    run: ({ workspace, args }) => ({
      ok: true,
      usergroups: workspace.userGroups.map((group) => ({
        id: group.id,
        team_id: workspace.team.id,
        is_usergroup: true,
        name: group.name,
        handle: group.handle,
        description: '',
        date_delete: 0,
        user_count: group.users.length,
        ...(flag(args['include_users']) && { users: group.users }),
      })),
    }),
  },
  'usergroups.users.list': {
    args: ['usergroup', 'include_disabled', 'team_id'],
    needs: ['usergroup'],
    scopes: ['usergroups:read'],
    run: ({ workspace, args }) => {
      const group = workspace.userGroups.find(({ id }) => id === args['usergroup'])
      return group ? { ok: true, users: group.users } : refuse('no_such_subteam')
    },
  },
  'blocks.validate': { args: ['blocks', 'message', 'view'], open: true, run: validate },
}

function userJson(workspace: Workspace, user: User, withLocale: boolean): JsonObject {
  const mayReadEmail = workspace.app.scopes.has('users:read.email')
  return {
    id: user.id,
    team_id: workspace.team.id,
    name: user.name,
    deleted: user.deleted,
    real_name: user.realName,
    tz: user.tz,
    tz_label: user.tz,
    tz_offset: zoneOffset(user.tz, workspace.now()),
    profile: {
      real_name: user.realName,
      real_name_normalized: user.realName,
      display_name: user.name,
      display_name_normalized: user.name,
      ...(user.picture !== null && {
        is_custom_image: true,
        image_72: user.picture,
        image_192: user.picture,
      }),
      team: workspace.team.id,
      ...(mayReadEmail && { email: user.email }),
    },
    is_admin: false,
    is_owner: false,
    is_primary_owner: false,
    is_restricted: false,
    is_ultra_restricted: false,
    is_bot: user.isBot,
    is_app_user: false,
    updated: Math.floor(workspace.now() / 1000),
    ...(withLocale && { locale: user.locale }),
  }
}

/** Seconds east of Greenwich at that moment. */
function zoneOffset(zone: string, at: number): number {
  const parts = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' })
    .formatToParts(at)
    .find((part) => part.type === 'timeZoneName')
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)/.exec(parts?.value ?? '') ?? []
  const seconds = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60
  return sign === '-' ? -seconds : seconds
}

function channelJson(workspace: Workspace, channel: Channel): JsonObject {
  const im = channel.kind === 'im'
  const other = [...channel.members].find((id) => id !== workspace.app.botUserId) ?? ''
  return {
    id: channel.id,
    created: 0,
    is_archived: channel.archived,
    is_im: im,
    ...(im
      ? { user: other, is_open: true }
      : {
          name: channel.name,
          name_normalized: channel.name,
          is_channel: channel.kind === 'public',
          is_group: channel.kind === 'private',
          is_private: channel.kind === 'private',
          is_mpim: false,
          is_general: false,
          is_member: channel.members.has(workspace.app.botUserId),
          context_team_id: workspace.team.id,
        }),
  }
}

const scopeOf = { public: 'channels:read', private: 'groups:read', im: 'im:read' } as const

function readable(
  workspace: Workspace,
  id: string,
): { channel: Channel } | { refused: JsonObject } {
  const channel = workspace.channels.has(id) ? conversation(workspace, id) : null
  if (!channel) return { refused: refuse('channel_not_found') }
  const scope = scopeOf[channel.kind]
  return workspace.app.scopes.has(scope) ? { channel } : { refused: missingScope(workspace, scope) }
}

/** Every public channel, and of the private ones those the app is in. */
function listConversations({ workspace, args }: Call): JsonObject {
  const wanted = wantedKinds(workspace, args)
  if ('error' in wanted) return wanted.error
  const { botUserId } = workspace.app
  const all = [...workspace.channels.values()].filter(
    (channel) =>
      wanted.kinds.includes(channel.kind) &&
      (channel.kind === 'public' || channel.members.has(botUserId)) &&
      !(flag(args['exclude_archived']) && channel.archived),
  )
  const found = page(all, args)
  if ('error' in found) return refuse(found.error)
  return {
    ok: true,
    channels: found.items.map((channel) => channelJson(workspace, channel)),
    response_metadata: { next_cursor: found.next },
  }
}

function wantedKinds(
  workspace: Workspace,
  args: JsonObject,
): { kinds: Channel['kind'][] } | { error: JsonObject } {
  const known: Record<string, Channel['kind'] | undefined> = {
    public_channel: 'public',
    private_channel: 'private',
    im: 'im',
  }
  const kinds: Channel['kind'][] = []
  for (const type of (text(args['types']) || 'public_channel').split(',')) {
    const kind = known[type.trim()]
    if (!kind && type.trim() !== 'mpim') return { error: refuse('invalid_types') }
    if (!kind) continue
    if (!workspace.app.scopes.has(scopeOf[kind]))
      return { error: missingScope(workspace, scopeOf[kind]) }
    kinds.push(kind)
  }
  return { kinds }
}

function usersConversations({ workspace, args }: Call): JsonObject {
  const wanted = wantedKinds(workspace, args)
  if ('error' in wanted) return wanted.error
  const member = text(args['user']) || workspace.app.botUserId
  const mine = [...workspace.channels.values()].filter(
    (channel) =>
      channel.members.has(member) &&
      wanted.kinds.includes(channel.kind) &&
      (channel.kind === 'public' || channel.members.has(workspace.app.botUserId)) &&
      !(flag(args['exclude_archived']) && channel.archived),
  )
  const found = page(mine, args)
  if ('error' in found) return refuse(found.error)
  return {
    ok: true,
    channels: found.items.map((channel) => channelJson(workspace, channel)),
    response_metadata: { next_cursor: found.next },
  }
}

function openConversation({ workspace, args }: Call): JsonObject {
  const named = text(args['users'])
  if (named === '' && text(args['channel']) === '') return refuse('users_list_not_supplied')
  if (named === '') {
    const channel = conversation(workspace, text(args['channel']))
    return channel
      ? { ok: true, no_op: true, already_open: true, channel: { id: channel.id } }
      : refuse('channel_not_found')
  }
  const ids = named.split(',').map((id) => id.trim())
  if (ids.length > limits['conversations.open_users'].max) return refuse('too_many_users')
  const users: User[] = []
  for (const id of ids) {
    const user = workspace.users.get(id)
    if (!user) return refuse('user_not_found')
    if (user.deleted) return refuse('user_disabled')
    users.push(user)
  }
  const [only] = users
  if (users.length !== 1 || !only) {
    if (!workspace.app.scopes.has('mpim:write')) return missingScope(workspace, 'mpim:write')
    const members = [workspace.app.botUserId, ...ids]
    const name = `mpdm-${users.map((user) => user.name).join('--')}-1`
    const group = addChannel(workspace, { name, kind: 'private', members })
    return { ok: true, channel: { id: group.id } }
  }
  if (!workspace.app.scopes.has('im:write')) return missingScope(workspace, 'im:write')
  const channel = directMessage(workspace, only.id)
  const full = flag(args['return_im']) ? channelJson(workspace, channel) : { id: channel.id }
  return { ok: true, channel: full }
}

function validate({ args }: Call): JsonObject {
  const given = ['blocks', 'message', 'view'].filter((key) => args[key] !== undefined)
  const [kind] = given
  if (given.length !== 1 || kind === undefined) {
    return refuse('invalid_arguments', [
      'must provide exactly one of `blocks`, `view`, or `message`',
    ])
  }
  const value: Json = args[kind] ?? null
  if (JSON.stringify(value).length > limits['validate.characters'].max) {
    return refuse('invalid_arguments', [`[ERROR] ${kind} is too long`])
  }
  if (kind === 'view') {
    const verdict = judgeView(value, ['modal', 'home'])
    if (verdict.ok) return { ok: true }
    const errors = verdict.messages.map((message) => ({ code: 'failed_constraint', message }))
    return { ok: false, error: 'invalid_view', errors }
  }
  const check: Check = { surface: 'message', problems: [] }
  const blocks = kind === 'message' ? objects([value])[0]?.['blocks'] : value
  checkBlocks(check, blocks, kind === 'message' ? '/blocks' : '')
  if (check.problems.length === 0) return { ok: true }
  const errors = check.problems.map((problem) => ({ code: 'failed_constraint', ...problem }))
  return { ok: false, error: kind === 'message' ? 'invalid_message' : 'invalid_blocks', errors }
}
