/**
 * Models that answer, from PARLEY_MODELS: a YAML or JSON file, or the same written in the variable
 * itself. It names variables that hold keys and never a key; with OPENAI_API_KEY or OPENAI_BASE_URL
 * alone, every name is a model of that server.
 */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { z } from 'zod'
import { type Model, type Models, modelName } from '../model.ts'
import { withoutSlash } from './variables.ts'

type Env = Readonly<Record<string, string>>

/** Loaded by those who name models: every command reads the settings, and few installations have any. */
const yaml = (): typeof import('yaml') => createRequire(import.meta.url)('yaml')

const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/
const price = z.number('write a number, such as 0.15').min(0, 'write 0 or more')

const Entry = z.strictObject({
  base_url: z
    .string()
    .refine(isServer, 'write an http:// or https:// address without a name or password in it')
    .optional(),
  model: z.string().min(1).max(200).optional(),
  // A key pasted here must not be repeated in the message.
  key: z
    .string()
    .refine(
      (text) => variableName.test(text) && !/^sk[-_]/i.test(text) && text.length <= 100,
      'write the NAME of the environment variable that holds the key, such as OPENAI_API_KEY, and never the key itself',
    )
    .nullable()
    .optional(),
  prices: z.strictObject({ input: price, output: price }).optional(),
  in_flight: z.int().min(1).max(256).optional(),
  timeout_seconds: z.number().min(1).max(290).optional(),
  length_key: z.enum(['max_tokens', 'max_completion_tokens']).optional(),
  extra: z.record(z.string(), z.unknown()).optional(),
})
type Entry = z.infer<typeof Entry>

const Name = z.string().regex(modelName)

const File = z.record(Name, Entry)

/** Parameters that Parley sets itself. */
const ownParameters = ['model', 'messages', 'stream', 'n', 'temperature', 'top_p', 'seed']

/** Reads what the environment says; what is wrong is added to `problems`. */
export function readModels(env: Env, root: string, problems: Record<string, string>): Models {
  const given = env['PARLEY_MODELS']
  const entries = given === undefined ? null : readEntries(given, root)
  if (typeof entries === 'string') problems['PARLEY_MODELS'] = entries
  const named = new Map(
    entries === null || typeof entries === 'string'
      ? []
      : Object.entries(entries).map(([name, entry]) => [name, modelOf(name, entry, env)]),
  )
  const isPlain = given === undefined && Boolean(env['OPENAI_API_KEY'] ?? env['OPENAI_BASE_URL'])
  return { named, others: isPlain ? modelOf('', {}, env) : null }
}

/** Values of the variables that hold keys, so that no log line shows one. */
export function keysOf({ named, others }: Models, env: Env): string[] {
  const all = [...named.values(), ...(others ? [others] : [])]
  const own = env['OPENAI_API_KEY']
  return [...new Set([...all.flatMap(({ key }) => key?.value ?? []), ...(own ? [own] : [])])]
}

function modelOf(name: string, entry: Entry, env: Env): Model {
  const baseUrl = withoutSlash(
    entry.base_url ?? env['OPENAI_BASE_URL'] ?? 'https://api.openai.com/v1',
  )
  const isOpenAi = URL.canParse(baseUrl) && new URL(baseUrl).hostname === 'api.openai.com'
  // A server of one's own asks for no key unless an entry names one.
  const variable =
    entry.key ??
    (entry.key === undefined && (isOpenAi || (!entry.base_url && env['OPENAI_API_KEY']))
      ? 'OPENAI_API_KEY'
      : null)
  return {
    name,
    baseUrl,
    model: entry.model ?? name,
    key: variable === null ? null : { variable, value: env[variable] ?? null },
    prices: entry.prices ?? null,
    inFlight: entry.in_flight ?? 8,
    timeoutMs: (entry.timeout_seconds ?? 120) * 1000,
    lengthKey: entry.length_key ?? (isOpenAi ? 'max_completion_tokens' : 'max_tokens'),
    extra: entry.extra ?? {},
  }
}

/** The entries by name, or what is wrong with them. */
function readEntries(given: string, root: string): Record<string, Entry> | string {
  const isValue = /^\s*\{|[\n:]\s/.test(given)
  const path = resolve(root, given)
  if (!isValue && !existsSync(path))
    return `There is no file "${given}". Name a YAML or JSON file with the models, or write them in the variable itself.`
  const text = isValue ? given : readFileSync(path, 'utf8')
  const where = isValue ? 'The value' : given
  const parsed = yaml().parseDocument(text)
  const [broken] = parsed.errors
  // The message of the parser would quote the line, and a key may stand in it.
  if (broken)
    return `${where} is not YAML or JSON: ${broken.code} at line ${broken.linePos?.[0].line ?? 1}. Fix that line.`
  const found = File.safeParse(parsed.toJS())
  if (!found.success) return `${where}: ${explain(found.error)}`
  for (const [name, { extra = {} }] of Object.entries(found.data)) {
    const own = Object.keys(extra).find((key) => ownParameters.includes(key))
    if (own !== undefined)
      return `${where}: ${name}.extra.${own} is set by Parley itself. Leave it out.`
  }
  return found.data
}

function explain(error: z.ZodError): string {
  const [issue] = error.issues
  if (!issue) return 'It lists no models.'
  const at = issue.path.map(String).join('.')
  if (issue.code === 'unrecognized_keys')
    return `${at}: "${issue.keys[0]?.slice(0, 60)}" is not a known key. Use ${Object.keys(Entry.shape).join(', ')}.`
  if (issue.code === 'invalid_key')
    return `"${at.slice(0, 60)}" cannot be the name of a model: use letters, digits and . _ : / -, at most 100.`
  return `${at || 'it'}: ${issue.message}.`
}

function isServer(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, password } = new URL(text)
  return /^https?:$/.test(protocol) && username === '' && password === ''
}
