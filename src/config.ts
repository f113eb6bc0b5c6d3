/**
 * Everything the environment may say, in one table: `parley config` prints it and interfaces.md fixes
 * its names. Read once by main.ts and passed down as a value; nothing else reads process.env.
 */

import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'
import { z } from 'zod'
import { invalid } from './errors.ts'
import {
  isPlaceKey,
  personExamples,
  personForms,
  placeExamples,
  placeForms,
  readPersonKey,
} from './platforms/keys.ts'
import { passwordsIn, withoutPassword } from './secrets.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export type SlackConfig = { apiUrl: string } & (
  | { mode: 'http'; signingSecret: string; botToken: string }
  | { mode: 'socket'; appToken: string; botToken: string }
  | { mode: 'oauth'; signingSecret: string; clientId: string; clientSecret: string }
)

export type DiscordConfig = { apiUrl: string; applicationId: string; botToken: string } & (
  | { transport: 'gateway' }
  | { transport: 'http'; publicKey: string }
)

export type Config = {
  /** null: the embedded Postgres in `dataDir`. */
  databaseUrl: string | null
  /** Past a pooler, where DATABASE_URL goes through one. */
  databaseDirectUrl: string | null
  /** null: BullMQ's Postgres backend. */
  redisUrl: string | null
  dataDir: string
  host: string
  port: number
  publicUrl: string
  /** null: openSecret makes one in `dataDir`. */
  secret: string | null
  slack: SlackConfig | null
  discord: DiscordConfig | null
  admins: readonly string[]
  /** As PARLEY_INSTALL_ALLOW names them; none: anywhere. */
  installAllow: readonly string[]
  apiKey: string | null
  logLevel: string
  /** Where `--to s3://` and `--to hf://` may write. */
  destinations: {
    s3: {
      region: string
      endpoint: string | null
      accessKeyId: string | null
      secretAccessKey: string | null
      sessionToken: string | null
    }
    hub: { token: string | null; endpoint: string }
  }
  /** What imports may ask for, and with which key. */
  sources: { fetchAllow: readonly string[]; argillaApiKey: string | null }
  sandboxWireLog: string | null
  /** Every value that must not be printed. */
  secrets: readonly string[]
}

/** The project's folder, whatever the current one is. */
export const projectRoot = resolve(fileURLToPath(new URL('..', import.meta.url)))

/** Reads the environment. @throws `invalid` with every mistake at once, each with its remedy. */
export function loadConfig(environment: Environment): Config {
  const env = withoutEmpty(environment)
  const problems: Record<string, string> = {}
  const parsed = variables.safeParse(env)
  for (const issue of parsed.error?.issues ?? []) problems[String(issue.path[0])] ??= issue.message
  const slack = readSlack(env, problems)
  const discord = readDiscord(env, problems)
  if (env['DATABASE_URL'] && !env['PARLEY_SECRET'])
    problems['PARLEY_SECRET'] =
      'It is needed with DATABASE_URL: every process on one database must use the same. Make one with `openssl rand -hex 32`.'
  if (!parsed.success || Object.keys(problems).length > 0) throw invalid(problems)
  const values = parsed.data
  const host = values.HOST.includes(':') ? `[${values.HOST}]` : values.HOST
  return {
    databaseUrl: values.DATABASE_URL ?? null,
    databaseDirectUrl: values.DATABASE_DIRECT_URL ?? null,
    redisUrl: values.REDIS_URL ?? null,
    dataDir: openToServer(resolve(projectRoot, values.PARLEY_DATA_DIR)),
    host: values.HOST,
    port: values.PORT,
    publicUrl: values.PUBLIC_URL ?? `http://${host}:${values.PORT}`,
    secret: values.PARLEY_SECRET ?? null,
    slack,
    discord,
    admins: values.PARLEY_ADMINS,
    installAllow: values.PARLEY_INSTALL_ALLOW,
    apiKey: values.PARLEY_API_KEY ?? null,
    logLevel: values.LOG_LEVEL,
    destinations: {
      s3: {
        region: values.AWS_REGION,
        endpoint: values.AWS_ENDPOINT_URL ?? null,
        accessKeyId: values.AWS_ACCESS_KEY_ID ?? null,
        secretAccessKey: values.AWS_SECRET_ACCESS_KEY ?? null,
        sessionToken: values.AWS_SESSION_TOKEN ?? null,
      },
      hub: { token: values.HF_TOKEN ?? null, endpoint: values.HF_ENDPOINT },
    },
    sources: {
      fetchAllow: values.PARLEY_FETCH_ALLOW,
      argillaApiKey: values.ARGILLA_API_KEY ?? null,
    },
    sandboxWireLog: values.SANDBOX_WIRE_LOG ?? null,
    secrets: [
      ...[...secretNames].flatMap((name) => env[name] ?? []),
      ...[values.DATABASE_URL, values.DATABASE_DIRECT_URL, values.REDIS_URL].flatMap((one) =>
        one ? passwordsIn(one) : [],
      ),
    ],
  }
}

/** The environment this process was given, over what `.env` beside the project says. */
export function readEnvironment(): Environment {
  const file = join(projectRoot, '.env')
  const fromFile = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {}
  return { ...fromFile, ...process.env }
}

/** The secret all keys are derived from: the configured one, else one kept in the data directory. */
export function openSecret(config: Config): string {
  if (config.secret) return config.secret
  const file = join(config.dataDir, 'secret')
  mkdirSync(config.dataDir, { recursive: true, mode: 0o755 })
  try {
    writeFileSync(file, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if (!existsSync(file)) throw error
  }
  const secret = readFileSync(file, 'utf8').trim()
  if (secret.length >= 16) return secret
  throw invalid({
    PARLEY_SECRET: `${file} is damaged. Put the secret back from a backup; without it, links and pseudonyms of earlier exports no longer match.`,
  })
}

/** The table `parley config` prints: name, what it is set to, meaning. Secrets are never shown. */
export function describeConfig(environment: Environment): string {
  const env = withoutEmpty(environment)
  const rows = listVariables().map(({ name, meaning, isSecret }) => {
    const value = env[name]
    const shown = value === undefined ? '(default)' : isSecret ? '(set)' : withoutPassword(value)
    return { name, shown, meaning }
  })
  const width = (column: 'name' | 'shown') => Math.max(...rows.map((row) => row[column].length))
  const lines = rows.map(
    ({ name, shown, meaning }) =>
      `${name.padEnd(width('name'))}  ${shown.padEnd(width('shown'))}  ${meaning}`,
  )
  return lines.join('\n')
}

/** Every variable with its meaning, in the order of the table; docs/operate.md is made from it. */
export function listVariables(): { name: string; meaning: string; isSecret: boolean }[] {
  return Object.entries(variables.shape).map(([name, { description = '' }]) => ({
    name,
    meaning: description,
    isSecret: secretNames.has(name),
  }))
}

/** One line for each variable of ours that is not known, most likely a typing mistake. */
export function unknownVariables(environment: Environment): string[] {
  return Object.keys(withoutEmpty(environment))
    .filter((name) => /^(PARLEY|SLACK|DISCORD)_/.test(name) && !(name in variables.shape))
    .map((name) => `${name} is not a variable of Parley's and was ignored. See \`parley config\`.`)
}

const url = (...schemes: string[]) => {
  const list = schemes.map((scheme) => `${scheme}://`).join(' or ')
  return z
    .string()
    .refine(
      (text) => URL.canParse(text) && schemes.includes(new URL(text).protocol.slice(0, -1)),
      `It must be an address that begins with ${list}.`,
    )
}
const withoutSlash = (text: string) => text.replace(/\/+$/, '')

const variables = z.object({
  DATABASE_URL: url('postgres', 'postgresql')
    .optional()
    .describe('Postgres connection (version 15 or newer); default: an embedded Postgres'),
  DATABASE_DIRECT_URL: url('postgres', 'postgresql')
    .optional()
    .describe(
      'the same database past a pooler such as PgBouncer: migrations, locks and the queue need sessions; default: DATABASE_URL',
    ),
  REDIS_URL: url('redis', 'rediss')
    .optional()
    .describe("Redis for BullMQ; default: BullMQ's Postgres backend in the same database"),
  PARLEY_DATA_DIR: z
    .string()
    .default('.parley')
    .describe(
      'embedded database and exports; default: ./.parley (as root under a closed home: below /var/lib/parley, named by the clone)',
    ),
  PORT: z
    .string()
    .default('3000')
    .refine(
      (text) => /^\d{1,5}$/.test(text) && Number(text) < 65_536,
      'It must be a port number from 0 to 65535, such as 3000.',
    )
    .transform(Number)
    .describe('port of the HTTP service; default: 3000'),
  HOST: z
    .string()
    .default('127.0.0.1')
    .refine((text) => !/[\s/]/.test(text), 'It must be an address or host name, such as 0.0.0.0.')
    .describe('address the HTTP service listens on; default: 127.0.0.1'),
  PUBLIC_URL: url('http', 'https')
    .transform(withoutSlash)
    .optional()
    .describe('how people reach the service, for links put into chat; default: http://HOST:PORT'),
  PARLEY_SECRET: z
    .string()
    .min(16, 'It must have at least 16 characters. Make one with `openssl rand -hex 32`.')
    .optional()
    .describe(
      'signs links, encrypts tokens, makes pseudonyms; default: generated into the data directory, but required with DATABASE_URL',
    ),
  SLACK_SIGNING_SECRET: z.string().optional().describe('Slack: verifies requests'),
  SLACK_BOT_TOKEN: z
    .string()
    .refine(
      (text) => !text.startsWith('xapp-'),
      'This is an app token; a bot token begins with xoxb-.',
    )
    .optional()
    .describe('Slack: one workspace'),
  SLACK_CLIENT_ID: z.string().optional().describe('Slack: many workspaces by OAuth'),
  SLACK_CLIENT_SECRET: z.string().optional().describe('Slack: many workspaces by OAuth'),
  SLACK_APP_TOKEN: z
    .string()
    .refine(
      (text) => !text.startsWith('xoxb-'),
      'This is a bot token; an app token begins with xapp-.',
    )
    .optional()
    .describe('Slack: Socket Mode instead of HTTP'),
  SLACK_API_URL: url('http', 'https')
    .default('https://slack.com/api/')
    .transform((text) => `${withoutSlash(text)}/`)
    .describe("Slack's Web API; default: https://slack.com/api/"),
  DISCORD_APPLICATION_ID: z
    .string()
    .regex(/^\d+$/, 'It must be the number shown as "Application ID" in the developer portal.')
    .optional()
    .describe('Discord: the application'),
  DISCORD_BOT_TOKEN: z.string().optional().describe('Discord: the bot'),
  DISCORD_TRANSPORT: z
    .enum(['gateway', 'http'], 'It must be gateway or http.')
    .default('gateway')
    .describe('Discord: gateway or http; default: gateway'),
  DISCORD_PUBLIC_KEY: z
    .string()
    .regex(
      /^[0-9a-fA-F]{64}$/,
      'It must be the 64 hexadecimal digits of "Public Key" in the developer portal.',
    )
    .optional()
    .describe('Discord: verifies interactions over HTTP'),
  DISCORD_API_URL: url('http', 'https')
    .default('https://discord.com/api')
    .transform(withoutSlash)
    .describe("Discord's REST base, /v10 is appended; default: https://discord.com/api"),
  PARLEY_ADMINS: z
    .string()
    .default('')
    .transform((text) => text.split(/[\s,]+/).filter(Boolean))
    .refine((people) => people.every((person) => readPersonKey(person) !== null), {
      error: () => `It must be a list such as ${personExamples()} (${personForms()}).`,
    })
    .describe('people who are admins, as slack:T1:U1,discord:U2'),
  PARLEY_INSTALL_ALLOW: z
    .string()
    .default('')
    .transform((text) => text.split(/[\s,]+/).filter(Boolean))
    .refine((places) => places.every(isPlaceKey), {
      error: () => `It must be a list such as ${placeExamples()} (${placeForms()}).`,
    })
    .describe('workspaces and servers where Parley may be installed; default: anywhere'),
  PARLEY_API_KEY: z
    .string()
    .min(16, 'It must have at least 16 characters. Make one with `openssl rand -hex 32`.')
    .optional()
    .describe('first admin key of the HTTP API, which a later version brings'),
  LOG_LEVEL: z
    .enum(
      ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
      'It must be trace, debug, info, warn, error, fatal or silent.',
    )
    .default('info')
    .describe('least level that is logged; default: info'),
  AWS_ACCESS_KEY_ID: z.string().optional().describe('export --to s3://: the key'),
  AWS_SECRET_ACCESS_KEY: z.string().optional().describe('export --to s3://: its secret'),
  AWS_SESSION_TOKEN: z.string().optional().describe('export --to s3://: of a temporary key'),
  AWS_REGION: z
    .string()
    .default('us-east-1')
    .describe('export --to s3://: region of the bucket; default: us-east-1'),
  AWS_ENDPOINT_URL: z
    .string()
    .transform(withoutSlash)
    .optional()
    .describe("export --to s3://: a store that is not Amazon's, such as MinIO or R2"),
  HF_TOKEN: z.string().optional().describe('export --to hf://: token with write access'),
  HF_ENDPOINT: z
    .string()
    .default('https://huggingface.co')
    .transform(withoutSlash)
    .describe('export --to hf://: the Hub; default: https://huggingface.co'),
  ARGILLA_API_KEY: z
    .string()
    .optional()
    .describe('import --from argilla https://…: the key of an owner or admin there'),
  PARLEY_FETCH_ALLOW: z
    .string()
    .default('')
    .transform((text) =>
      text
        .toLowerCase()
        .split(/[\s,]+/)
        .filter(Boolean),
    )
    .refine(
      (hosts) => hosts.every((host) => /^(\[[\da-f:.]+\]|[^\s:/@[\]]+)(:\d{1,5})?$/.test(host)),
      'It must be a list such as localhost:6900,argilla.internal (HOST or HOST:PORT).',
    )
    .describe('hosts in private networks that imports may fetch from, as localhost:6900'),
  SANDBOX_WIRE_LOG: z
    .string()
    .optional()
    .describe("file that gets one line for every call between Parley and the sandbox's platforms"),
})

const secretNames: ReadonlySet<string> = new Set([
  'PARLEY_SECRET',
  'PARLEY_API_KEY',
  'SLACK_SIGNING_SECRET',
  'SLACK_BOT_TOKEN',
  'SLACK_CLIENT_SECRET',
  'SLACK_APP_TOKEN',
  'DISCORD_BOT_TOKEN',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'HF_TOKEN',
  'ARGILLA_API_KEY',
])

/** An empty value is how many tools write "not set". */
function withoutEmpty(environment: Environment): Record<string, string> {
  const entries = Object.entries(environment).map(([name, value]) => [name, value?.trim()] as const)
  return Object.fromEntries(entries.flatMap(([name, value]) => (value ? [[name, value]] : [])))
}

type Problems = Record<string, string>

/** Slack is on when its secrets make one of three sets, off when there are none. */
function readSlack(env: Record<string, string>, problems: Problems): SlackConfig | null {
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

function readDiscord(env: Record<string, string>, problems: Problems): DiscordConfig | null {
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

/**
 * Started by root, Postgres runs as another account. Below a folder closed to others (such as /root)
 * it could not reach its data, so the directory then lies below /var/lib/parley, named by its path.
 */
function openToServer(directory: string): string {
  if (process.getuid?.() !== 0 || isOpenToOthers(directory)) return directory
  const owner = basename(directory) === '.parley' ? dirname(directory) : directory
  const name = basename(owner).replace(/[^A-Za-z0-9._-]/g, '_')
  const hash = createHash('sha256').update(directory).digest('hex').slice(0, 8)
  return join('/var/lib/parley', `${name}-${hash}`)
}

/** Whether every other account may pass through all folders down to `path`. */
export function isOpenToOthers(path: string): boolean {
  for (let at = resolve(path); ; at = dirname(at)) {
    if (existsSync(at) && (statSync(at).mode & 0o001) === 0) return false
    if (at === dirname(at)) return true
  }
}
