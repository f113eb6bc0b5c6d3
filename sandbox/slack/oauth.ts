/**
 * OAuth v2 as Slack does it: the page where a person allows the app into a workspace, codes that
 * are good once, tokens that may rotate, and whose token is whose.
 */
import type { Env, Hono } from 'hono'
import { type JsonObject, text } from '../json.ts'
import { type Call, type Method, refuse } from './methods/method.ts'
import { addUser, secret, type User, type Workspace } from './workspace.ts'

export type OAuthApp = { clientId: string; clientSecret: string; rotate: boolean }

/** Why a token answers no more. */
export type Dead = 'account_inactive' | 'token_revoked' | 'token_expired'

export type Tokens = {
  find(token: string): { workspace: Workspace; dead: Dead | null } | null
  add(token: string, workspace: Workspace, expiresAt?: number): void
  kill(workspace: Workspace, why: Dead): void
}

export function openTokens(now: () => number, secrets: string[]): Tokens {
  const all = new Map<string, { workspace: Workspace; dead: Dead | null; expiresAt?: number }>()
  return {
    find(token) {
      const known = all.get(token)
      if (!known) return null
      const isOver = known.expiresAt !== undefined && known.expiresAt <= now()
      return { workspace: known.workspace, dead: known.dead ?? (isOver ? 'token_expired' : null) }
    },
    add(token, workspace, expiresAt) {
      secrets.push(token)
      all.set(token, { workspace, dead: null, ...(expiresAt === undefined ? {} : { expiresAt }) })
    },
    kill(workspace, why) {
      for (const known of all.values()) if (known.workspace === workspace) known.dead = why
    },
  }
}

export type OAuth = {
  methods: Record<string, Method>
  /** A person allows what the address asks for; returns where their browser is sent. */
  allow(address: string, workspace: Workspace, user: User): string
  /** A person says no. */
  deny(address: string): string
  routes<E extends Env>(hono: Hono<E>): void
}

type Code = {
  workspace: Workspace
  userId: string
  redirectUri: string
  scopes: string[]
  at: number
  used: boolean
}

const codeMs = 10 * 60_000
const tokenSeconds = 43_200

export function openOAuth(
  app: OAuthApp,
  tokens: Tokens,
  workspaces: readonly Workspace[],
  now: () => number,
): OAuth {
  const codes = new Map<string, Code>()
  const refreshes = new Map<string, { workspace: Workspace; used: boolean }>()

  function granted(workspace: Workspace): JsonObject {
    const botToken = `${app.rotate ? 'xoxe.xoxb-1-' : 'xoxb-'}${secret(16)}`
    workspace.app.botToken = botToken
    const lifetime = app.rotate ? now() + tokenSeconds * 1000 : undefined
    tokens.add(botToken, workspace, lifetime)
    const shared: JsonObject = {
      ok: true,
      app_id: workspace.app.id,
      access_token: botToken,
      token_type: 'bot',
      scope: [...workspace.app.scopes].join(','),
      bot_user_id: workspace.app.botUserId,
      team: { id: workspace.team.id, name: workspace.team.name },
      enterprise: null,
      is_enterprise_install: false,
    }
    if (!app.rotate) return shared
    const refreshToken = `xoxe-1-${secret(16)}`
    refreshes.set(refreshToken, { workspace, used: false })
    return { ...shared, refresh_token: refreshToken, expires_in: tokenSeconds }
  }

  function access({ args }: Call): JsonObject {
    if (text(args['client_id']) !== app.clientId) return refuse('invalid_client_id')
    if (text(args['client_secret']) !== app.clientSecret) return refuse('bad_client_secret')
    if (text(args['grant_type']) === 'refresh_token') {
      const known = refreshes.get(text(args['refresh_token']))
      // A refresh token is good once: of two that refresh together, one is told so.
      if (!known || known.used || !known.workspace.app.installed)
        return refuse('invalid_refresh_token')
      known.used = true
      return granted(known.workspace)
    }
    const code = codes.get(text(args['code']))
    if (!code || now() - code.at > codeMs) return refuse('invalid_code')
    if (code.used) return refuse('code_already_used')
    if (code.redirectUri !== text(args['redirect_uri'])) return refuse('bad_redirect_uri')
    code.used = true
    const { workspace } = code
    workspace.app.installed = true
    workspace.app.scopes = new Set(code.scopes)
    return { ...granted(workspace), authed_user: { id: code.userId } }
  }

  function back(address: string, fields: Record<string, string>): string {
    const asked = new URL(address)
    const target = new URL(asked.searchParams.get('redirect_uri') ?? '')
    const all = { ...fields, state: asked.searchParams.get('state') ?? '' }
    for (const [name, value] of Object.entries(all)) target.searchParams.set(name, value)
    return target.href
  }

  function allow(address: string, workspace: Workspace, user: User): string {
    const asked = new URL(address).searchParams
    if (asked.get('client_id') !== app.clientId) throw new Error('invalid_client_id')
    const code = `${secret(6)}.${secret(6)}.${secret(16)}`
    codes.set(code, {
      workspace,
      userId: user.id,
      redirectUri: asked.get('redirect_uri') ?? '',
      scopes: (asked.get('scope') ?? '').split(',').filter(Boolean),
      at: now(),
      used: false,
    })
    return back(address, { code })
  }

  const deny = (address: string) => back(address, { error: 'access_denied' })

  return {
    methods: {
      'oauth.v2.access': {
        args: [
          ...['client_id', 'client_secret', 'code', 'grant_type', 'redirect_uri', 'refresh_token'],
        ],
        open: true,
        run: access,
      },
      'auth.revoke': {
        args: ['test'],
        run: ({ workspace }) => {
          tokens.kill(workspace, 'token_revoked')
          return { ok: true, revoked: true }
        },
      },
    },
    allow,
    deny,
    routes(hono) {
      hono.get('/oauth/v2/authorize', (c) => c.html(page(c.req.url, workspaces)))
      hono.post('/oauth/v2/authorize', async (c) => {
        const form = new URLSearchParams(await c.req.text())
        const workspace = workspaces.find(({ team }) => team.id === form.get('team'))
        if (!workspace) return c.redirect(deny(c.req.url), 302)
        const [someone] = [...workspace.users.values()].filter((user) => !user.isBot)
        const user = someone ?? addUser(workspace, { name: 'Installer' })
        return c.redirect(allow(c.req.url, workspace, user), 302)
      })
    },
  }
}

function page(address: string, workspaces: readonly Workspace[]): string {
  const asked = new URL(address).searchParams
  const buttons = workspaces.map(
    ({ team }) =>
      `<p><button name="team" value="${team.id}">Allow in ${escapeHtml(team.name)}</button></p>`,
  )
  return `<!doctype html><meta charset="utf-8"><title>Allow an app</title>
<h1>An app asks for permission</h1>
<p>It asks for: ${escapeHtml(asked.get('scope') ?? '')}</p>
<form method="post">${buttons.join('')}<p><button name="team" value="">Cancel</button></p></form>`
}

function escapeHtml(plain: string): string {
  return plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
