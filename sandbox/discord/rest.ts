/**
 * REST v10's door: reads a call (JSON or multipart), judges address, client, token and rate, runs
 * the route, and writes the wire log.
 */
import type { Context } from 'hono'
import { isObject, type Json, object, parseJson } from '../json.ts'
import { type Buckets, invalidSize } from './buckets.ts'
import { readForm } from './deliver.ts'
import { refuse } from './errors.ts'
import type { Injected } from './faults.ts'
import type { Town } from './interactions.ts'
import type { Upload } from './messages.ts'
import { type RouteName, routeNames } from './route-names.ts'
import { routes } from './routes.ts'

export type RestOptions = {
  town: Town
  /** Absent: nobody is ever told to wait. */
  buckets: Buckets | null
  /** When 401s, 403s and 429s were answered; ten thousand in ten minutes are a ban. */
  invalid: number[]
  banAfterInvalid: number
}

export type RestAnswer = {
  status: number
  headers: Record<string, string>
  body: Json
  /** The caller shall never hear of it, whether the effect is there or not. */
  drop: boolean
  hangMs?: number
}

type Read = { raw: Json | undefined; uploads: Upload[]; isBroken: boolean }

/** Answers one call. */
export async function answerCall(options: RestOptions, c: Context): Promise<RestAnswer> {
  const { town } = options
  const { world, wire, faults } = town
  const read = await readBody(c)
  const address = new URL(c.req.url)
  // discord.js writes `@original` as `%40original`.
  const path = address.pathname.replace(/^\/api(\/v\d+)?/, '').replaceAll('%40', '@')
  const found = findRoute(c.req.method, path)
  const answer = await judge(options, c, { path, found, read, query: address.searchParams })
  if (answer.status >= 400) {
    const told = `${c.req.method} ${hidden(path)}: ${JSON.stringify(answer.body)}`
    faults.record(found ? 'refused_call' : 'unknown_route', told)
  }
  const isShared = answer.headers['x-ratelimit-scope'] === 'shared'
  if ([401, 403, 429].includes(answer.status) && !isShared) options.invalid.push(world.now())
  wire.write({
    at: new Date(world.now()).toISOString(),
    direction: 'call',
    method: c.req.method,
    path: hidden(c.req.path),
    status: answer.status,
    request: asLogged(read),
    response: answer.body,
  })
  return answer
}

type Asked = {
  path: string
  found: { name: RouteName; params: Map<string, string> } | null
  read: Read
  query: URLSearchParams
}

async function judge(options: RestOptions, c: Context, asked: Asked): Promise<RestAnswer> {
  const { town, buckets } = options
  const { world, faults } = town
  const { found, read, query } = asked
  const plain = (answer: { status: number; body: Json }, more: Partial<RestAnswer> = {}) => ({
    headers: {},
    drop: false,
    ...answer,
    ...more,
  })
  if (isBanned(options, world.now())) {
    return plain({ status: 403, body: 'error code: 1015' })
  }
  // Behind Cloudflare a call without a bot's User-Agent does not get through.
  if (!/^DiscordBot \(\S+, .+\)/.test(c.req.header('user-agent') ?? '')) {
    return plain(refuse('network error'))
  }
  if (!found) return plain(refuse(isKnown(asked.path) ? 'method not allowed' : 'not found'))
  const { name, params } = found
  const major = params.get('channel') ?? params.get('token') ?? params.get('guild') ?? ''
  const fault = faults.take(name, major)
  if (fault?.dropBefore) return plain({ status: 500, body: null }, { drop: true })
  if (fault?.refuse) {
    const refusal = refuse(fault.refuse)
    return plain(refusal.status === 429 ? counted(refusal.body, {}) : refusal)
  }
  if (fault?.status !== undefined) return plain(injected(fault, fault.status))
  const isOpen = / \/(interactions|webhooks)\//.test(name)
  if (!isOpen && c.req.header('authorization') !== `Bot ${world.app.token}`) {
    return plain(refuse('unauthorized'))
  }
  const taken = buckets?.take(name, major)
  if (taken && !taken.ok) {
    return plain(limited(taken.afterSeconds, taken.isGlobal ? 'global' : 'user', taken.headers))
  }
  if (read.isBroken) return plain(refuse('invalid json'))
  const answer = await routes[name]({
    town,
    world,
    param: (key) => params.get(key) ?? '',
    query,
    body: isObject(read.raw) ? read.raw : {},
    raw: read.raw,
    uploads: read.uploads,
    isLimited: buckets !== null,
  })
  if (answer.status === 429) return plain(counted(answer.body, taken?.headers ?? {}))
  return plain(
    fault?.statusAfterEffect === undefined ? answer : injected({}, fault.statusAfterEffect),
    {
      headers: { ...taken?.headers },
      drop: fault?.dropAfterEffect === true,
      ...(fault?.hangAfterEffectMs !== undefined && { hangMs: fault.hangAfterEffectMs }),
    },
  )
}

function injected(fault: Injected, status: number): Omit<RestAnswer, 'drop'> {
  if (status === 429) {
    const scope = fault.scope ?? 'user'
    const answer = limited(fault.retryAfter ?? 1, scope, {})
    if (fault.code === undefined || !isObject(answer.body)) return answer
    return { ...answer, body: { ...answer.body, code: fault.code } }
  }
  const message = fault.message ?? `${status}: injected`
  // A gateway in front of the API answers 502 and its like with HTML, not JSON.
  const body = status >= 500 && fault.code === undefined ? '<html></html>' : null
  return { status, headers: {}, body: body ?? { code: fault.code ?? 0, message } }
}

function limited(seconds: number, scope: string, headers: Record<string, string>) {
  const isGlobal = scope === 'global'
  return {
    status: 429,
    headers: {
      ...headers,
      'retry-after': String(Math.ceil(seconds)),
      'x-ratelimit-scope': scope,
      ...(isGlobal && { 'x-ratelimit-global': 'true' }),
    },
    body: {
      message: 'You are being rate limited.',
      retry_after: Number(seconds.toFixed(3)),
      global: isGlobal,
    },
  }
}

/** A limit that has a code of its own. */
function counted(body: Json, headers: Record<string, string>) {
  const seconds = 6
  const waiting = limited(seconds, 'user', headers)
  return { ...waiting, body: { ...object(waiting.body), ...object(body) } }
}

function isBanned({ invalid, banAfterInvalid }: RestOptions, now: number): boolean {
  const since = now - invalidSize.windowMs
  while (invalid.length > 0 && (invalid[0] ?? now) < since) invalid.shift()
  return invalid.length >= banAfterInvalid
}

async function readBody(c: Context): Promise<Read> {
  const type = c.req.header('content-type') ?? ''
  if (type.startsWith('multipart/form-data')) {
    const { body, uploads } = await readForm(await c.req.formData())
    return { raw: body, uploads, isBroken: false }
  }
  const said = await c.req.text()
  if (said === '') return { raw: undefined, uploads: [], isBroken: false }
  const raw = parseJson(said)
  return { raw, uploads: [], isBroken: raw === undefined }
}

function asLogged({ raw, uploads }: Read): Json {
  if (uploads.length === 0) return raw ?? null
  const files = uploads.map(({ name, bytes }) => ({ name, bytes: bytes.byteLength }))
  return { payload_json: raw ?? null, files }
}

/** An address without the secret of an interaction in it. */
function hidden(path: string): string {
  return path.replace(/\/(interactions|webhooks)\/(\d+)\/[^/]+/, '/$1/$2/[redacted]')
}

const patterns = routeNames.map((name) => {
  const [method = '', template = ''] = name.split(' ')
  const keys = [...template.matchAll(/:(\w+)/g)].flatMap(([, key]) => key ?? [])
  const source = template.replace(/:(\w+)/g, '([^/]+)')
  return { name, method, keys, pattern: new RegExp(`^${source}$`) }
})

// Routes with more words of their own come first: `@original` is no id of a message.
patterns.sort((a, b) => a.keys.length - b.keys.length)

function findRoute(method: string, path: string): Asked['found'] {
  for (const { name, method: wanted, keys, pattern } of patterns) {
    if (wanted !== method) continue
    const match = pattern.exec(path)
    if (!match) continue
    const values = match.slice(1).map((value) => decodeURIComponent(value))
    return { name, params: new Map(keys.map((key, i) => [key, values[i] ?? ''])) }
  }
  return null
}

/** Whether another method would have been right. */
function isKnown(path: string): boolean {
  return patterns.some(({ pattern }) => pattern.test(path))
}
