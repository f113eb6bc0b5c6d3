/**
 * What an app's manifest switches on (docs.slack.dev/reference/app-manifest). With one, the stand-in
 * delivers what it enables and nothing else; without one, everything.
 */
import { type JsonObject, list, object, objects, text } from '../json.ts'

export type Shortcut = { callbackId: string; name: string; on: 'message' | 'anything' }

export type Enabled = {
  /** Each command, with what Slack shows of it while one types and whether names are escaped. */
  commands: ReadonlyMap<string, { description?: string; words: string[]; escapes: boolean }>
  shortcuts: readonly Shortcut[]
  /** Whether presses and forms are delivered. */
  interactivity: boolean
  /** Whether the app is asked for the options of a searched menu. */
  options: boolean
  /** Whether events of this type are delivered. */
  event(type: string): boolean
  homeTab: boolean
  messagesTab: boolean
  /** Bot scopes that are asked for; null without a manifest. */
  scopes: readonly string[] | null
  /** The address of events has to be verified by a person before any comes. */
  needsVerifying: boolean
}

/** Everything, for an app that was set up by hand. */
export function everything(commands: readonly string[]): Enabled {
  return {
    commands: new Map(commands.map((name) => [name, { words: [], escapes: true }])),
    shortcuts: [],
    interactivity: true,
    options: true,
    event: () => true,
    homeTab: true,
    messagesTab: true,
    scopes: null,
    needsVerifying: false,
  }
}

/** Reads a manifest as Slack does when an app is made from it. */
export function enabledBy(manifest: JsonObject): Enabled {
  const features = object(manifest['features'])
  const settings = object(manifest['settings'])
  const tabs = object(features['app_home'])
  const interactivity = object(settings['interactivity'])
  const events = object(settings['event_subscriptions'])
  const isSocket = settings['socket_mode_enabled'] === true
  const reached = (at: JsonObject, key: string) => isSocket || text(at[key]) !== ''
  const types = list(events['bot_events']).map(text)
  return {
    commands: new Map(
      objects(features['slash_commands'])
        .filter((command) => reached(command, 'url'))
        .map((command) => [
          text(command['command']),
          {
            description: text(command['description']),
            words: [...text(command['usage_hint']).matchAll(/[\w-]+/g)].map(([word]) => word),
            escapes: command['should_escape'] === true,
          },
        ]),
    ),
    shortcuts: objects(features['shortcuts']).map((one) => ({
      callbackId: text(one['callback_id']),
      name: text(one['name']),
      on: one['type'] === 'message' ? 'message' : 'anything',
    })),
    interactivity: interactivity['is_enabled'] === true && reached(interactivity, 'request_url'),
    options: reached(interactivity, 'message_menu_options_url'),
    event: (type) => reached(events, 'request_url') && types.includes(type),
    homeTab: tabs['home_tab_enabled'] === true,
    messagesTab: tabs['messages_tab_enabled'] === true,
    scopes: list(object(object(manifest['oauth_config'])['scopes'])['bot']).map(text),
    needsVerifying: !isSocket,
  }
}
