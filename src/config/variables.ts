/** Every environment variable of Parley: its meaning, its default, and what it must look like. */
import { z } from 'zod'
import {
  isPlaceKey,
  personExamples,
  personForms,
  placeExamples,
  placeForms,
  readPersonKey,
} from '../platforms/keys.ts'

/** Every variable with its meaning, in the order of the table; docs/operate.md is made from it. */
export function listVariables(): { name: string; meaning: string; isSecret: boolean }[] {
  return Object.entries(variables.shape).map(([name, { description = '' }]) => ({
    name,
    meaning: description,
    isSecret: secretNames.has(name),
  }))
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

const isPort = (text: string) => /^\d{1,5}$/.test(text) && Number(text) < 65_536

export const withoutSlash = (text: string) => text.replace(/\/+$/, '')

export const variables = z.object({
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
    .refine(isPort, 'It must be a port number from 0 to 65535, such as 3000.')
    .transform(Number)
    .describe('port of the HTTP service; default: 3000'),
  HOST: z
    .string()
    .default('127.0.0.1')
    .refine((text) => !/[\s/]/.test(text), 'It must be an address or host name, such as 0.0.0.0.')
    .describe('address the HTTP service listens on; default: 127.0.0.1'),
  PARLEY_HEALTH_PORT: z
    .string()
    .refine(isPort, 'It must be a port number from 0 to 65535, such as 9464.')
    .transform(Number)
    .optional()
    .describe(
      'port on HOST where every role answers /healthz, /readyz and /metrics, as 9464; default: none',
    ),
  PARLEY_METRICS_KEY: z
    .string()
    .min(16, 'It must have at least 16 characters. Make one with `openssl rand -hex 32`.')
    .optional()
    .describe(
      'key that reads /metrics, on PORT too; default: /metrics is on the health port only, without a key',
    ),
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
  SLACK_REACTIONS: z
    .enum(['true', 'false'], 'It must be true or false.')
    .default('false')
    .transform((text) => text === 'true')
    .describe(
      'Slack: asks for `reactions:read`, so that datasets may take 👍 and 👎 (docs/feedback.md); default: false',
    ),
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
    .describe(
      'a first admin key of the HTTP API; parley keys create makes more. With PARLEY_SERVER: the key the terminal sends there',
    ),
  PARLEY_SERVER: url('http', 'https')
    .transform(withoutSlash)
    .optional()
    .describe(
      'the Parley that the terminal works on, by its HTTP API; default: the one of these settings',
    ),
  PARLEY_API_RATE: z.coerce
    .number()
    .int('It must be a whole number of requests a minute, such as 6000.')
    .min(6, 'It must be at least 6 requests a minute.')
    .default(6_000)
    .describe('requests a minute that each API key may make; default: 6000'),
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
    .describe(
      'hosts in private networks that imports may fetch from and webhooks may go to, as localhost:6900',
    ),
  PARLEY_MODELS: z
    .string()
    .optional()
    .describe(
      'models that write outputs: a YAML or JSON file, or its text (docs/generate.md); it names the variables that hold keys, never a key',
    ),
  OPENAI_BASE_URL: url('http', 'https')
    .transform(withoutSlash)
    .optional()
    .describe('where models are that name no base_url; default: https://api.openai.com/v1'),
  OPENAI_API_KEY: z.string().optional().describe('the key of models that name no other'),
  PARLEY_BLOCKLIST: z
    .string()
    .optional()
    .describe(
      'file of phrases that no question in an arena may hold, one a line; # begins a comment (docs/arena.md)',
    ),
  PARLEY_MODERATION_URL: url('http', 'https')
    .optional()
    .describe(
      'a service that is asked about every question in an arena before it is stored (docs/arena.md)',
    ),
  SANDBOX_WIRE_LOG: z
    .string()
    .optional()
    .describe("file that gets one line for every call between Parley and the sandbox's platforms"),
})

export const secretNames: ReadonlySet<string> = new Set([
  'PARLEY_SECRET',
  'PARLEY_API_KEY',
  'PARLEY_METRICS_KEY',
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
  'OPENAI_API_KEY',
])
