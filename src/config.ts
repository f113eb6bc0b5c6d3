/**
 * Everything the environment may say, in one table: `parley config` prints it and interfaces.md fixes
 * its names. Read once by main.ts and passed down as a value; nothing else reads process.env.
 */

import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'
import { openToServer } from './config/data-dir.ts'
import { keysOf, readModels } from './config/models.ts'
import { readModeration } from './config/moderation.ts'
import { type DiscordConfig, readDiscord, readSlack, type SlackConfig } from './config/platforms.ts'
import { listVariables, secretNames, variables } from './config/variables.ts'
import { invalid } from './errors.ts'
import type { Models } from './model.ts'
import { passwordsIn, withoutPassword } from './secrets.ts'

export type Environment = Readonly<Record<string, string | undefined>>

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
  /** Where every role answers what operators ask; null: only where the HTTP service is. */
  healthPort: number | null
  /** Who has it may read /metrics. */
  metricsKey: string | null
  publicUrl: string
  /** null: openSecret makes one in `dataDir`. */
  secret: string | null
  slack: SlackConfig | null
  discord: DiscordConfig | null
  /** Whether Slack is asked to tell of reactions. */
  slackReactions: boolean
  admins: readonly string[]
  /** As PARLEY_INSTALL_ALLOW names them; none: anywhere. */
  installAllow: readonly string[]
  apiKey: string | null
  /** Requests a minute by each API key. */
  apiRate: number
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
  /** Models that may answer. */
  models: Models
  moderation: { blocklist: readonly string[]; url: string | null }
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
  const models = readModels(env, projectRoot, problems)
  const moderation = readModeration(env, projectRoot, problems)
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
    healthPort: values.PARLEY_HEALTH_PORT ?? null,
    metricsKey: values.PARLEY_METRICS_KEY ?? null,
    publicUrl: values.PUBLIC_URL ?? `http://${host}:${values.PORT}`,
    secret: values.PARLEY_SECRET ?? null,
    slack,
    discord,
    slackReactions: values.SLACK_REACTIONS,
    admins: values.PARLEY_ADMINS,
    installAllow: values.PARLEY_INSTALL_ALLOW,
    // Beside PARLEY_SERVER it is a key of that server.
    apiKey: values.PARLEY_SERVER === undefined ? (values.PARLEY_API_KEY ?? null) : null,
    apiRate: values.PARLEY_API_RATE,
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
    models,
    moderation,
    sandboxWireLog: values.SANDBOX_WIRE_LOG ?? null,
    secrets: [
      ...[...secretNames].flatMap((name) => env[name] ?? []),
      ...keysOf(models, env),
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
    // Models written in the variable itself fill many lines, and a key may have been pasted there.
    const isHidden = isSecret || (name === 'PARLEY_MODELS' && /[{\n]/.test(value ?? ''))
    const shown = value === undefined ? '(default)' : isHidden ? '(set)' : withoutPassword(value)
    return { name, shown, meaning }
  })
  const width = (column: 'name' | 'shown') => Math.max(...rows.map((row) => row[column].length))
  const lines = rows.map(
    ({ name, shown, meaning }) =>
      `${name.padEnd(width('name'))}  ${shown.padEnd(width('shown'))}  ${meaning}`,
  )
  return lines.join('\n')
}

/** One line for each variable of ours that is not known, most likely a typing mistake. */
export function unknownVariables(environment: Environment): string[] {
  return Object.keys(withoutEmpty(environment))
    .filter((name) => /^(PARLEY|SLACK|DISCORD)_/.test(name) && !(name in variables.shape))
    .map((name) => `${name} is not a variable of Parley's and was ignored. See \`parley config\`.`)
}

/** An empty value is how many tools write "not set". */
function withoutEmpty(environment: Environment): Record<string, string> {
  const entries = Object.entries(environment).map(([name, value]) => [name, value?.trim()] as const)
  return Object.fromEntries(entries.flatMap(([name, value]) => (value ? [[name, value]] : [])))
}
