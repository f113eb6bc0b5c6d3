/** The token of each workspace that installed Parley by OAuth, refreshed while it has two hours to live. */
import { webApi } from '@slack/bolt'
import { LRUCache } from 'lru-cache'
import type { Inside, Installation } from '../../../src/chat/port/port.ts'
import { clientOptions } from '../send/client.ts'
import { type OptionalScope, optionalScopes } from './scopes.ts'

export type OAuthSettings = {
  apiUrl: string
  clientId: string
  clientSecret: string
  publicUrl: string
  reactions?: boolean
}

export type Tokens = ReturnType<typeof openTokens>

/** Where a browser begins to install Parley, and where Slack sends it back to. */
export const installPath = '/slack/install'
export const redirectPath = '/slack/oauth_redirect'

const refreshBeforeMs = 2 * 60 * 60_000

export function openTokens(settings: OAuthSettings, inside: Inside) {
  const { installations } = inside
  if (!installations) throw new Error('OAuth needs a place for tokens.')
  const client = new webApi.WebClient(undefined, clientOptions(settings.apiUrl, inside.log))
  const secrets = { client_id: settings.clientId, client_secret: settings.clientSecret }
  // Another process may rotate or remove a token, so what is remembered is soon read again.
  const known = new LRUCache<string, Installation>({ max: 5_000, ttl: 60_000 })
  const { log, now } = inside
  const refresh = (ending: Installation) => refreshed(client, secrets, ending, { log, now })

  return {
    /** Exchanges the code of a finished installation for its token. */
    async exchange(code: string): Promise<Installation> {
      const redirect_uri = `${settings.publicUrl}${redirectPath}`
      const answer = await client.oauth.v2.access({ ...secrets, code, redirect_uri })
      return installationOf(answer, now())
    },
    async save(installation: Installation): Promise<void> {
      await installations.save(installation)
      known.delete(installation.workspace)
    },
    /** Revokes a token at Slack, so that nothing remains of the installation. */
    async revoke({ workspace, token }: Installation): Promise<void> {
      await client.auth.revoke({ token }).catch((error: unknown) => {
        log.warn(
          { event: 'slack.token_not_revoked', err: error, workspace },
          'A token that is not wanted could not be given back.',
        )
      })
    },
    /** Where an admin grants these scopes and keeps those the workspace granted before. */
    async linkFor(workspace: string, wanted: readonly OptionalScope[]): Promise<string> {
      const granted = (await installations.find(workspace))?.scopes ?? []
      const all = optionalScopes.filter((one) => wanted.includes(one) || granted.includes(one))
      return `${settings.publicUrl}${installPath}?scopes=${all.join(',')}`
    },
    /** The token that opens a workspace now. @throws as Slack would when Parley is not in it. */
    async tokenOf(workspace: string): Promise<string> {
      const remembered = known.get(workspace)
      if (remembered && !endsSoon(remembered, now())) return remembered.token
      const found = await installations.find(workspace)
      const installation =
        found && endsSoon(found, now()) ? await installations.rotate(workspace, refresh) : found
      if (!installation)
        throw new webApi.WebAPIPlatformError({ ok: false, error: 'account_inactive' })
      known.set(workspace, installation)
      return installation.token
    },
    forget(workspace: string) {
      known.delete(workspace)
    },
  }
}

type Secrets = { client_id: string; client_secret: string }

/** The same installation with a new token, or as it is when Slack gives none. */
async function refreshed(
  client: webApi.WebClient,
  secrets: Secrets,
  ending: Installation,
  { log, now }: Pick<Inside, 'log' | 'now'>,
): Promise<Installation> {
  // Another process may have refreshed it while we waited for the lock.
  if (!endsSoon(ending, now()) || ending.refreshToken === null) return ending
  const grant = { grant_type: 'refresh_token', refresh_token: ending.refreshToken } as const
  try {
    const answer = await client.oauth.v2.access({ ...secrets, ...grant })
    return { ...ending, token: answer.access_token ?? ending.token, ...grantOf(answer, now()) }
  } catch (error) {
    log.error(
      { event: 'slack.token_not_refreshed', err: error, workspace: ending.workspace },
      'A token could not be refreshed.',
    )
    return ending
  }
}

function endsSoon({ expiresAt }: Installation, now: Date): boolean {
  return expiresAt !== null && expiresAt.getTime() - now.getTime() < refreshBeforeMs
}

function installationOf(answer: webApi.OauthV2AccessResponse, now: Date): Installation {
  const { team, access_token, bot_user_id, authed_user } = answer
  if (!team?.id || !access_token)
    throw new Error('Slack installed Parley for an organization, not for one workspace.')
  return {
    platform: 'slack',
    workspace: team.id,
    name: team.name ?? team.id,
    token: access_token,
    botUserId: bot_user_id ?? '',
    installedBy: authed_user?.id ?? '',
    ...grantOf(answer, now),
  }
}

function grantOf(answer: webApi.OauthV2AccessResponse, now: Date) {
  const { scope = '', refresh_token = null, expires_in: seconds } = answer
  return {
    scopes: scope.split(',').filter(Boolean),
    refreshToken: refresh_token,
    expiresAt: seconds === undefined ? null : new Date(now.getTime() + seconds * 1000),
  }
}
