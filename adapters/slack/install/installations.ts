/**
 * Many workspaces by OAuth: the two pages a browser visits to install Parley, and the token of each
 * workspace, refreshed while it still has two hours to live.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { webApi } from '@slack/bolt'
import type { Context, Hono } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { LRUCache } from 'lru-cache'
import type { Inside, Installation } from '../../../src/chat/port/port.ts'
import { clientOptions } from '../send/client.ts'
import { slackCode } from '../send/failures.ts'

export type OAuthSettings = {
  apiUrl: string
  clientId: string
  clientSecret: string
  publicUrl: string
}

/** What Parley cannot do without. Others are asked for only when a dataset needs them. */
export const scopes = ['chat:write', 'commands', 'files:write'] as const

/** Asked for only when a dataset or a form needs them; an admin grants them by installing again. */
export const optionalScopes = [
  ...(['users:read', 'usergroups:read', 'channels:read', 'groups:read', 'files:read'] as const),
] as const

export type OptionalScope = (typeof optionalScopes)[number]

export const installPath = '/slack/install'
export const redirectPath = '/slack/oauth_redirect'

export function openInstalls(settings: OAuthSettings, inside: Inside) {
  const { installations, keyFor, log } = inside
  if (!installations || !keyFor) throw new Error('OAuth needs a place for tokens, and a key.')
  const key = keyFor('slack oauth state')
  const client = new webApi.WebClient(undefined, clientOptions(settings.apiUrl, log))
  const redirectUri = `${settings.publicUrl}${redirectPath}`
  // Another process may rotate or remove a token: what is remembered is looked at again soon.
  const known = new LRUCache<string, Installation>({ max: 5_000, ttl: 60_000 })
  const secrets = { client_id: settings.clientId, client_secret: settings.clientSecret }

  async function exchange(code: string): Promise<Installation> {
    const answer = await client.oauth.v2.access({ ...secrets, code, redirect_uri: redirectUri })
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
      ...lifeOf(answer),
    }
  }

  async function refresh(ending: Installation): Promise<Installation> {
    // Somebody else may have refreshed it while we waited for the lock.
    if (!endsSoon(ending) || ending.refreshToken === null) return ending
    const grant = { grant_type: 'refresh_token', refresh_token: ending.refreshToken } as const
    try {
      const answer = await client.oauth.v2.access({ ...secrets, ...grant })
      return { ...ending, token: answer.access_token ?? ending.token, ...lifeOf(answer) }
    } catch (error) {
      log.error({ err: error, workspace: ending.workspace }, 'A token could not be refreshed.')
      return ending
    }
  }

  function lifeOf(answer: { scope?: string; refresh_token?: string; expires_in?: number }) {
    const seconds = answer.expires_in
    return {
      scopes: (answer.scope ?? '').split(',').filter(Boolean),
      refreshToken: answer.refresh_token ?? null,
      expiresAt: seconds === undefined ? null : new Date(inside.now().getTime() + seconds * 1000),
    }
  }

  function endsSoon({ expiresAt }: Installation): boolean {
    return expiresAt !== null && expiresAt.getTime() - inside.now().getTime() < twoHoursMs
  }

  async function redirected(c: Context): Promise<Response> {
    if (c.req.query('error')) return c.html(page('Parley was not installed.', 'Nothing changed.'))
    const { state = '', code = '' } = c.req.query()
    const nonce = readState(key, state, inside.now())
    const isOurs = nonce !== null && getCookie(c, cookie) === state
    if (!isOurs || !(await inside.firstSight(`slack:state:${nonce}`)))
      return c.html(page('This link is used up or too old.', again), 400)
    try {
      const installation = await exchange(code)
      if (inside.mayJoin?.(installation.workspace) === false) return await refused(c, installation)
      await installations?.save(installation)
      known.delete(installation.workspace)
      log.info({ workspace: installation.workspace }, 'Parley was installed.')
      const where = `Parley is installed in ${installation.name}.`
      return c.html(page(where, 'Open Slack and type <code>/parley</code>.'))
    } catch (error) {
      log.warn({ err: error, code: slackCode(error) }, 'An installation failed.')
      return c.html(page('Slack did not confirm the installation.', again), 502)
    }
  }

  /** The token is given back, so that nothing of the installation stays. */
  async function refused(c: Context, { workspace, name, token }: Installation) {
    log.warn({ workspace }, 'Parley was installed where PARLEY_INSTALL_ALLOW does not name it.')
    await client.auth.revoke({ token }).catch((error: unknown) => {
      log.warn({ err: error, workspace }, 'A token that is not wanted could not be given back.')
    })
    const title = `Parley may not be installed in ${name}.`
    return c.html(page(title, 'Ask the people who run it to allow this workspace.'), 403)
  }

  return {
    routes(hono: Hono) {
      hono.get(installPath, (c) => {
        const more = (c.req.query('scopes') ?? '').split(',').filter((scope) => scope !== '')
        const unknown = more.filter((scope) => !isOptional(scope))
        if (unknown.length > 0)
          return c.html(page(`Parley never asks for ${unknown.join(', ')}.`, again), 400)
        const state = makeState(key, inside.now())
        setCookie(c, cookie, state, {
          httpOnly: true,
          sameSite: 'Lax',
          path: '/slack',
          maxAge: stateMs / 1000,
          secure: settings.publicUrl.startsWith('https://'),
        })
        const address = new URL('../oauth/v2/authorize', settings.apiUrl)
        address.search = new URLSearchParams({
          client_id: settings.clientId,
          scope: [...new Set([...scopes, ...more])].join(','),
          state,
          redirect_uri: redirectUri,
        }).toString()
        return c.redirect(address.href, 302)
      })
      hono.get(redirectPath, redirected)
    },
    /** Where an admin allows these, and keeps what the workspace allowed before. */
    async linkFor(workspace: string, wanted: readonly OptionalScope[]): Promise<string> {
      const granted = (await installations.find(workspace))?.scopes ?? []
      const all = optionalScopes.filter((one) => wanted.includes(one) || granted.includes(one))
      return `${settings.publicUrl}${installPath}?scopes=${all.join(',')}`
    },
    /** The token that opens a workspace now. @throws as Slack would when Parley is not in it. */
    async tokenOf(workspace: string): Promise<string> {
      const remembered = known.get(workspace)
      if (remembered && !endsSoon(remembered)) return remembered.token
      const found = await installations.find(workspace)
      const installation =
        found && endsSoon(found) ? await installations.rotate(workspace, refresh) : found
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

const twoHoursMs = 2 * 60 * 60_000
const stateMs = 10 * 60_000
const cookie = 'parley-slack-state'
const again = `<a href="${installPath}">Install Parley again</a> from this browser.`

function isOptional(scope: string): boolean {
  return optionalScopes.some((one) => one === scope)
}

/** A number used once, when it ends, and our signature: nobody else can start an installation. */
function makeState(key: Buffer, now: Date): string {
  const open = `${randomBytes(16).toString('base64url')}.${now.getTime() + stateMs}`
  return `${open}.${sign(key, open)}`
}

function readState(key: Buffer, state: string, now: Date): string | null {
  const [nonce = '', until = '', signature = ''] = state.split('.')
  const right = Buffer.from(sign(key, `${nonce}.${until}`))
  const given = Buffer.from(signature)
  const isOurs = given.length === right.length && timingSafeEqual(given, right)
  return isOurs && Number(until) > now.getTime() ? nonce : null
}

function sign(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url')
}

function page(title: string, more: string): string {
  const safe = title.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Parley</title><h1>${safe}</h1><p>${more}</p></html>`
}
