/** The manifest an admin pastes at api.slack.com to make Parley's app, with this installation's addresses. */
import { roots } from '../../../src/chat/commands/command.ts'
import { commands } from '../../../src/chat/commands/commands.ts'
import { nameOn } from '../../../src/chat/commands/notation.ts'
import type { Rank } from '../../../src/chat/port/port.ts'
import { shortcutId } from '../home/ids.ts'
import { askMessageId, sendMessageId, useMessageId } from '../receive/own-message.ts'
import { optionalScopes, reactionScope, scopes } from './scopes.ts'
import { redirectPath } from './tokens.ts'

type Mode = 'http' | 'socket' | 'oauth'

/** Where Slack sends each kind of request; Socket Mode needs no addresses. */
type Addresses = {
  command: { url?: string }
  request: { request_url?: string }
  options: { message_menu_options_url?: string }
}

/** `mode` and `reactions` as in the configuration. */
export function slackManifest(input: { publicUrl: string; mode: Mode; reactions?: boolean }) {
  const { reactions = false } = input
  const url = `${input.publicUrl}/slack/events`
  const addresses: Addresses =
    input.mode === 'socket'
      ? { command: {}, request: {}, options: {} }
      : {
          command: { url },
          request: { request_url: url },
          options: { message_menu_options_url: url },
        }
  return {
    display_information: {
      name: 'Parley',
      description: 'Human feedback for language models, one card at a time.',
      background_color: '#1d3557',
    },
    features: features(addresses),
    oauth_config: {
      ...(input.mode === 'oauth' ? { redirect_urls: [`${input.publicUrl}${redirectPath}`] } : {}),
      scopes: {
        bot: [...scopes, ...(reactions ? [reactionScope] : []), ...optionalScopes],
        bot_optional: [...optionalScopes],
      },
    },
    settings: settings(addresses, input.mode, reactions),
  }
}

function features({ command }: Addresses) {
  return {
    app_home: {
      home_tab_enabled: true,
      messages_tab_enabled: true,
      messages_tab_read_only_enabled: false,
    },
    shortcuts: [
      {
        name: 'Start labeling',
        type: 'global',
        callback_id: shortcutId,
        description: 'Your next task',
      },
      {
        name: 'Use as my answer',
        type: 'message',
        callback_id: useMessageId,
        description: 'Your own message becomes the answer of your open task',
      },
      {
        name: 'Ask two models',
        type: 'message',
        callback_id: askMessageId,
        description: 'Two models answer your own message, in the arena of its channel',
      },
      {
        name: 'Send to Parley',
        type: 'message',
        callback_id: sendMessageId,
        description: 'Say whether an answer is good, and keep it with your verdict',
      },
    ],
    bot_user: { display_name: 'Parley', always_online: true },
    slash_commands: (['labeler', 'admin'] as const).map((rank) => ({
      command: `/${roots[rank].name}`,
      ...command,
      description: roots[rank].about.en,
      usage_hint: hintOf(rank),
      should_escape: true,
    })),
  }
}

/** `[next | progress | history | help]`. */
function hintOf(rank: Rank): string {
  const hinted = commands.filter((one) => one.rank === rank && one.isHinted)
  return `[${hinted.map((one) => nameOn('slack', one)).join(' | ')}]`
}

function settings({ request, options }: Addresses, mode: Mode, reactions: boolean) {
  return {
    event_subscriptions: {
      ...request,
      bot_events: [
        ...['app_home_opened', 'app_uninstalled', 'tokens_revoked'],
        ...(reactions ? ['reaction_added', 'reaction_removed'] : []),
      ],
    },
    // Without an address for options, menus with a search stay empty over HTTP.
    interactivity: { is_enabled: true, ...request, ...options },
    org_deploy_enabled: false,
    socket_mode_enabled: mode === 'socket',
    token_rotation_enabled: mode === 'oauth',
  }
}
