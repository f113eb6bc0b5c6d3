/** The stand-in does what an app's manifest switches on, and nothing else. */
import { afterEach, describe, expect, test } from 'vitest'
import { slackManifest } from '../../adapters/slack/install/manifest.ts'
import { button, call, modal, openBot, plain } from './bot.ts'

type Bot = Awaited<ReturnType<typeof openBot>>
type Manifest = ReturnType<typeof slackManifest>
let bot: Bot

afterEach(() => bot.slack.close())

/** A bot of Parley's manifest, changed as the test wants it. */
async function made(change: (manifest: Manifest) => object = (manifest) => manifest) {
  const manifest = change(slackManifest({ publicUrl: 'https://parley.example', mode: 'http' }))
  bot = await openBot(() => '', { people: [{ name: 'Ana' }, { name: 'Ben' }], manifest })
  return { ...bot, ana: bot.slack.person('Ana') }
}

const search = {
  type: 'input',
  block_id: 'b',
  label: plain('Topic'),
  element: { type: 'external_select', action_id: 'topic', min_query_length: 0 },
}

describe('happy: what the manifest enables', () => {
  test('names, channels and addresses in a command come escaped, as it asks', async () => {
    const { ana, heard, slack } = await made()
    const { id } = slack.channel('ml', { members: ['Ana'] })
    await ana.command('/parley-admin deliver prefs @Ben #ml https://a.example/b <x>')
    const ben = slack.person('Ben')
    expect(heard[0]?.body['text']).toBe(
      `deliver prefs <@${ben.id}|ben> <#${id}|ml> <https://a.example/b> &lt;x&gt;`,
    )
  })

  test('a searched menu asks the app where an address for options is named', async () => {
    const { ana, heard, slack } = await made()
    await opens(slack, ana, heard)
    await ana.search('Topic', 'a').catch(() => {})
    expect(heard.at(-1)?.body['type']).toBe('block_suggestion')
  })

  test('events come once their address was verified', async () => {
    const { ana, heard, slack } = await made()
    await ana.openHome()
    expect(heard).toEqual([])
    expect(await slack.verifyUrl()).toBe(true)
    await ana.openHome()
    expect(heard.map(({ body }) => body['type'])).toEqual(['event_callback'])
  })
})

describe('refused: what it does not enable', () => {
  test('without should_escape the app reads names as they were typed', async () => {
    const { ana, heard } = await made((manifest) => ({
      ...manifest,
      features: {
        ...manifest.features,
        slash_commands: manifest.features.slash_commands.map((one) => ({
          ...one,
          should_escape: false,
        })),
      },
    }))
    await ana.command('/parley-admin deliver prefs @Ben')
    expect(heard[0]?.body['text']).toBe('deliver prefs @Ben')
  })

  test('without an address for options a searched menu stays empty', async () => {
    const { ana, heard, slack } = await made(({ settings, ...manifest }) => {
      const { message_menu_options_url: _, ...interactivity } = settings.interactivity
      return { ...manifest, settings: { ...settings, interactivity } }
    })
    await opens(slack, ana, heard)
    const before = heard.length
    expect(await ana.search('Topic', 'a')).toEqual([])
    expect(heard).toHaveLength(before)
    expect(ana.notices()).toEqual(['The options could not be loaded.'])
  })

  test('an event that is not subscribed to, a command that is not there, a press without interactivity', async () => {
    const { ana, heard, slack } = await made(({ settings, ...manifest }) => ({
      ...manifest,
      settings: {
        ...settings,
        interactivity: { is_enabled: false },
        event_subscriptions: { ...settings.event_subscriptions, bot_events: [] },
      },
    }))
    await slack.verifyUrl()
    await ana.openHome()
    await ana.openMessages()
    await expect(ana.command('/other')).rejects.toThrow('/other is not a valid command')
    await call(slack, 'chat.postMessage', {
      ...{ channel: ana.id, text: 'press' },
      blocks: [{ type: 'actions', elements: [button('Go', 'go')] }],
    })
    expect(await ana.press('Go')).toMatchObject({ ok: false })
    expect(heard).toEqual([])
  })
})

/** A window with the searched menu, by a command's trigger. */
async function opens(
  slack: Bot['slack'],
  ana: ReturnType<Bot['slack']['person']>,
  heard: Bot['heard'],
) {
  await ana.command('/parley')
  const trigger = String(heard.at(-1)?.body['trigger_id'])
  await call(slack, 'views.open', { trigger_id: trigger, view: modal([search]) })
}
