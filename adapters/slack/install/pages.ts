/** The two pages a browser visits to install Parley in a workspace. */
import type { Context, Hono } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import type { Inside } from '../../../src/chat/port/port.ts'
import { slackCode } from '../send/failures.ts'
import { optionalScopes, reactionScope, scopes } from './scopes.ts'
import { makeState, readState, stateMs } from './state.ts'
import { installPath, type OAuthSettings, redirectPath, type Tokens } from './tokens.ts'

type Pages = { settings: OAuthSettings; inside: Inside; tokens: Tokens; key: Buffer }

export function routeInstallPages(
  hono: Hono,
  settings: OAuthSettings,
  inside: Inside,
  tokens: Tokens,
): void {
  if (!inside.keyFor) throw new Error('OAuth needs a key.')
  const pages = { settings, inside, tokens, key: inside.keyFor('slack oauth state') }
  hono.get(installPath, (c) => sendToSlack(c, pages))
  hono.get(redirectPath, (c) => finishInstall(c, pages))
}

/** Sends the browser to Slack, with a state that only this browser can bring back. */
function sendToSlack(c: Context, { settings, inside, key }: Pages): Response {
  const more = (c.req.query('scopes') ?? '').split(',').filter((scope) => scope !== '')
  const unknown = more.filter((scope) => !optionalScopes.some((one) => one === scope))
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
    scope: [...new Set([...scopes, ...(settings.reactions ? [reactionScope] : []), ...more])].join(
      ',',
    ),
    state,
    redirect_uri: `${settings.publicUrl}${redirectPath}`,
  }).toString()
  return c.redirect(address.href, 302)
}

async function finishInstall(c: Context, pages: Pages): Promise<Response> {
  const { inside, tokens, key } = pages
  const { log } = inside
  if (c.req.query('error')) return c.html(page('Parley was not installed.', 'Nothing changed.'))
  const { state = '', code = '' } = c.req.query()
  const nonce = readState(key, state, inside.now())
  const isOurs = nonce !== null && getCookie(c, cookie) === state
  if (!isOurs || !(await inside.firstSight(`slack:state:${nonce}`)))
    return c.html(page('This link is used up or too old.', again), 400)
  try {
    const installation = await tokens.exchange(code)
    const { workspace, name } = installation
    if (inside.mayJoin?.(workspace) === false) {
      log.warn(
        { event: 'slack.not_allowed', workspace },
        'Parley was installed where PARLEY_INSTALL_ALLOW does not name it.',
      )
      await tokens.revoke(installation)
      const title = `Parley may not be installed in ${name}.`
      return c.html(page(title, 'Ask the people who run it to allow this workspace.'), 403)
    }
    await tokens.save(installation)
    log.info({ event: 'slack.installed', workspace }, 'Parley was installed.')
    const title = `Parley is installed in ${name}.`
    return c.html(page(title, 'Open Slack and type <code>/parley</code>.'))
  } catch (error) {
    log.warn(
      { event: 'slack.install_failed', err: error, code: slackCode(error) },
      'An installation failed.',
    )
    return c.html(page('Slack did not confirm the installation.', again), 502)
  }
}

const cookie = 'parley-slack-state'
const again = `<a href="${installPath}">Install Parley again</a> from this browser.`

function page(title: string, more: string): string {
  const safe = title.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Parley</title><h1>${safe}</h1><p>${more}</p></html>`
}
