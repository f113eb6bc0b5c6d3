/** Whether Slack and Discord are on, and how they are reached: which variables belong together. */
import { withoutSlash } from './variables.ts'

export type SlackConfig = { apiUrl: string } & (
  | { mode: 'http'; signingSecret: string; botToken: string }
  | { mode: 'socket'; appToken: string; botToken: string }
  | { mode: 'oauth'; signingSecret: string; clientId: string; clientSecret: string }
)

export type DiscordConfig = { apiUrl: string; applicationId: string; botToken: string } & (
  | { transport: 'gateway' }
  | { transport: 'http'; publicKey: string }
)

type Problems = Record<string, string>

/** Slack is on when its secrets make one of three sets, off when there are none. */
export function readSlack(env: Record<string, string>, problems: Problems): SlackConfig | null {
  const apiUrl = `${withoutSlash(env['SLACK_API_URL'] ?? 'https://slack.com/api')}/`
  const signingSecret = env['SLACK_SIGNING_SECRET']
  const botToken = env['SLACK_BOT_TOKEN']
  const appToken = env['SLACK_APP_TOKEN']
  const clientId = env['SLACK_CLIENT_ID']
  const clientSecret = env['SLACK_CLIENT_SECRET']
  if (clientId || clientSecret) {
    for (const name of ['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN'])
      if (env[name])
        problems[name] =
          'Slack by OAuth gives a token for each workspace: remove this one, or remove SLACK_CLIENT_ID and SLACK_CLIENT_SECRET to serve one workspace.'
    if (signingSecret && clientId && clientSecret)
      return { mode: 'oauth', apiUrl, signingSecret, clientId, clientSecret }
    const names = ['SLACK_SIGNING_SECRET', 'SLACK_CLIENT_ID', 'SLACK_CLIENT_SECRET']
    return missing(env, names, 'Slack by OAuth', problems)
  }
  if (appToken) {
    if (botToken) return { mode: 'socket', apiUrl, appToken, botToken }
    return missing(env, ['SLACK_APP_TOKEN', 'SLACK_BOT_TOKEN'], "Slack's Socket Mode", problems)
  }
  if (!signingSecret && !botToken) return null
  if (signingSecret && botToken) return { mode: 'http', apiUrl, signingSecret, botToken }
  return missing(env, ['SLACK_SIGNING_SECRET', 'SLACK_BOT_TOKEN'], 'Slack', problems)
}

export function readDiscord(env: Record<string, string>, problems: Problems): DiscordConfig | null {
  const apiUrl = withoutSlash(env['DISCORD_API_URL'] ?? 'https://discord.com/api')
  const applicationId = env['DISCORD_APPLICATION_ID']
  const botToken = env['DISCORD_BOT_TOKEN']
  const publicKey = env['DISCORD_PUBLIC_KEY']
  if (!applicationId && !botToken && !publicKey) return null
  const names = ['DISCORD_APPLICATION_ID', 'DISCORD_BOT_TOKEN']
  if (env['DISCORD_TRANSPORT'] === 'http') {
    if (applicationId && botToken && publicKey)
      return { transport: 'http', apiUrl, applicationId, botToken, publicKey }
    return missing(env, [...names, 'DISCORD_PUBLIC_KEY'], 'Discord over HTTP', problems)
  }
  if (applicationId && botToken) return { transport: 'gateway', apiUrl, applicationId, botToken }
  return missing(env, names, 'Discord', problems)
}

function missing(
  env: Record<string, string>,
  names: readonly string[],
  what: string,
  problems: Problems,
): null {
  const given = names.filter((name) => env[name])
  const because =
    given.length > 0 ? ` as ${given.join(' and ')} ${given.length > 1 ? 'are' : 'is'} set` : ''
  for (const name of names)
    if (!env[name])
      problems[name] =
        `${what} needs it${because}. Set it, or remove the others to switch ${what} off.`
  return null
}
