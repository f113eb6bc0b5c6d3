/** The way into each workspace: with one configured token, or with those that people gave by OAuth. */
import { webApi } from '@slack/bolt'
import type { Hono } from 'hono'
import type { Inside } from '../../../src/chat/port/port.ts'
import { spoken } from '../../../src/chat/words/words.ts'
import type { SlackConfig } from '../../../src/config/platforms.ts'
import type { Connect, SlackApi } from '../send/api.ts'
import { clientOptions } from '../send/client.ts'
import { currentWorkspace } from '../workspace/current.ts'
import { routeInstallPages } from './pages.ts'
import { type HowToAllow, reactionScope } from './scopes.ts'
import { installPath, openTokens } from './tokens.ts'

/** `reactions`: Slack is asked to tell of them. */
export type SlackSettings = SlackConfig & { publicUrl: string; reactions?: boolean }

export type Connection = {
  connect: Connect
  tokenOf(workspace: string): Promise<string>
  howToAllow: HowToAllow
  /** What is remembered of a workspace that Parley left. */
  forget(workspace: string): void
  routes(hono: Hono): void
}

export function openConnection(settings: SlackSettings, inside: Inside): Connection {
  const options = clientOptions(settings.apiUrl, inside.log)
  if (settings.mode !== 'oauth') {
    const client = new webApi.WebClient(settings.botToken, options)
    return {
      connect: async () => client,
      tokenOf: async () => settings.botToken,
      howToAllow: async () => spoken().allowInSettings,
      forget: () => {},
      routes: () => {},
    }
  }
  const tokens = openTokens(settings, inside)
  return {
    // A client of its own for each token: what one sends never carries another's.
    connect: async () => new webApi.WebClient(await tokens.tokenOf(currentWorkspace()), options),
    tokenOf: tokens.tokenOf,
    howToAllow: async (scopes) =>
      spoken().allowByLink(await tokens.linkFor(currentWorkspace(), scopes)),
    forget: tokens.forget,
    routes: (hono) => routeInstallPages(hono, settings, inside, tokens),
  }
}

/** Whether Slack accepts our credentials. */
export async function checkConnection(
  settings: SlackSettings,
  api: SlackApi,
): Promise<{ ok: boolean; detail: string }> {
  if (settings.mode === 'oauth')
    return { ok: true, detail: `People install Parley at ${settings.publicUrl}${installPath}.` }
  try {
    const me = await api.whoAmI()
    if (settings.reactions && !(await api.scopes()).includes(reactionScope))
      return { ok: false, detail: lacksReactions }
    return { ok: true, detail: `Slack knows us as ${me.user} in ${me.team}.` }
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.message : String(error) }
  }
}

const lacksReactions = `SLACK_REACTIONS is true, and the app was not given ${reactionScope}. Print the manifest with npx parley slack manifest, save it at api.slack.com/apps, and install the app again.`
