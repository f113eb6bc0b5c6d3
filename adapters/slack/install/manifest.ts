/** The manifest an admin pastes at api.slack.com to make Parley's app, with this installation's addresses. */
import { shortcutId } from '../home/ids.ts'
import { useMessageId } from '../receive/own-message.ts'
import { optionalScopes, scopes } from './scopes.ts'
import { redirectPath } from './tokens.ts'

/** `mode` as the configuration has it; Socket Mode needs no addresses. */
export function slackManifest(input: { publicUrl: string; mode: 'http' | 'socket' | 'oauth' }) {
  const isSocket = input.mode === 'socket'
  const address = `${input.publicUrl}/slack/events`
  const url = isSocket ? {} : { url: address }
  const request = isSocket ? {} : { request_url: address }
  return {
    display_information: {
      name: 'Parley',
      description: 'Human feedback for language models, one card at a time.',
      background_color: '#1d3557',
    },
    features: {
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
      ],
      bot_user: { display_name: 'Parley', always_online: true },
      slash_commands: [
        {
          command: '/parley',
          ...url,
          description: 'Your next task, your progress, your answers',
          usage_hint: '[next | progress | history | help]',
          should_escape: true,
        },
        {
          command: '/parley-admin',
          ...url,
          description: 'Progress, exports and publishing, for admins',
          usage_hint: '[progress | export | publish | pause | help]',
          should_escape: true,
        },
      ],
    },
    oauth_config: {
      ...(input.mode === 'oauth' ? { redirect_urls: [`${input.publicUrl}${redirectPath}`] } : {}),
      scopes: { bot: [...scopes, ...optionalScopes], bot_optional: [...optionalScopes] },
    },
    settings: {
      event_subscriptions: {
        ...request,
        bot_events: ['app_home_opened', 'app_uninstalled', 'tokens_revoked'],
      },
      // Without an address for options, menus that are searched stay empty over HTTP.
      interactivity: {
        is_enabled: true,
        ...request,
        ...(isSocket ? {} : { message_menu_options_url: address }),
      },
      org_deploy_enabled: false,
      socket_mode_enabled: isSocket,
      token_rotation_enabled: input.mode === 'oauth',
    },
  }
}
