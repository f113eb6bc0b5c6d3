/** The manifest is one Slack takes (docs.slack.dev/reference/app-manifest), with this installation's addresses. */
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { slackManifest } from '../../../adapters/slack/install/manifest.ts'
import { slackCommands } from '../../../src/cli/commands/slack.ts'
import { loadConfig } from '../../../src/config.ts'

const publicUrl = 'https://parley.example'

describe('happy: the manifest', () => {
  test.each(['http', 'socket', 'oauth'] as const)('keeps to Slack’s limits over %s', (mode) => {
    const { display_information, features, oauth_config, settings } = slackManifest({
      publicUrl,
      mode,
    })
    expect(display_information.name.length).toBeLessThanOrEqual(35)
    expect(display_information.description.length).toBeLessThanOrEqual(140)
    expect(display_information.background_color).toMatch(/^#[0-9a-f]{6}$/)
    expect(features.bot_user.display_name).toMatch(/^[\w.-]{1,80}$/)
    expect(features.slash_commands.length).toBeLessThanOrEqual(50)
    for (const command of features.slash_commands) {
      expect(command.command).toMatch(/^\/[a-z-]{1,31}$/)
      expect(command.description.length).toBeLessThanOrEqual(2000)
      expect(command.usage_hint.length).toBeLessThanOrEqual(1000)
    }
    expect(features.shortcuts.length).toBeLessThanOrEqual(10)
    for (const shortcut of features.shortcuts) {
      expect(shortcut.name.length).toBeLessThanOrEqual(24)
      expect(shortcut.description.length).toBeLessThanOrEqual(150)
      expect(shortcut.callback_id.length).toBeLessThanOrEqual(255)
    }
    const { bot, bot_optional } = oauth_config.scopes
    expect(bot.length).toBeLessThanOrEqual(255)
    expect(bot.filter((scope) => !bot_optional.some((one) => one === scope))).toEqual([
      'chat:write',
      'commands',
      'files:write',
    ])
    expect(settings.event_subscriptions.bot_events.length).toBeLessThanOrEqual(100)
  })

  test('reactions are asked for where they are wanted, and nowhere else', () => {
    const asked = (reactions: boolean) => {
      const { oauth_config, settings } = slackManifest({ publicUrl, mode: 'http', reactions })
      const { bot_events } = settings.event_subscriptions
      return [...oauth_config.scopes.bot, ...bot_events].filter((one) => /reaction/.test(one))
    }
    expect(asked(false)).toEqual([])
    expect(asked(true)).toEqual(['reactions:read', 'reaction_added', 'reaction_removed'])
  })

  test('every address is ours, and Socket Mode has none', () => {
    const addresses = (manifest: object) =>
      [...JSON.stringify(manifest).matchAll(/https:[^"]+/g)].map(([address]) => address)
    expect(new Set(addresses(slackManifest({ publicUrl, mode: 'http' })))).toEqual(
      new Set([`${publicUrl}/slack/events`]),
    )
    expect(new Set(addresses(slackManifest({ publicUrl, mode: 'oauth' })))).toEqual(
      new Set([`${publicUrl}/slack/events`, `${publicUrl}/slack/oauth_redirect`]),
    )
    const socket = slackManifest({ publicUrl, mode: 'socket' })
    expect(addresses(socket)).toEqual([])
    expect(socket.settings.socket_mode_enabled).toBe(true)
  })

  test('`parley slack manifest` prints it as YAML that reads back the same', async () => {
    const written: string[] = []
    const write = process.stdout.write
    process.stdout.write = (text) => written.push(String(text)) > 0
    const refuse = () => {
      throw new Error('It is not needed.')
    }
    try {
      const work = await slackCommands[0]?.load()
      await work?.(
        {
          config: () => loadConfig({ PUBLIC_URL: publicUrl }),
          environment: () => ({}),
          slackManifest: async (input) => slackManifest(input),
          discordRegister: refuse,
          open: refuse,
          verbs: refuse,
          server: refuse,
          start: refuse,
          demo: refuse,
          sandbox: refuse,
        },
        { words: [], options: {} },
      )
    } finally {
      process.stdout.write = write
    }
    expect(parse(written.join(''))).toEqual(slackManifest({ publicUrl, mode: 'http' }))
  })
})
