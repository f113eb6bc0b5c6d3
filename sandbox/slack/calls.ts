/**
 * The Web API's door: reads a call (form, JSON or multipart), judges token, scopes and arguments
 * as Slack does, runs the method, and writes the wire log.
 */
import type { Context } from 'hono'
import { isObject, type Json, type JsonObject, parseJson, text } from '../json.ts'
import type { Wire } from '../wire.ts'
import type { Buckets } from './buckets.ts'
import type { Faults } from './faults.ts'
import { chatMethods } from './methods/chat.ts'
import { fileMethods } from './methods/files.ts'
import { conversation, type Method, missingScope, refuse } from './methods/method.ts'
import { peopleMethods } from './methods/people.ts'
import { viewMethods } from './methods/views.ts'
import type { Tokens } from './oauth.ts'
import { reactionMethods } from './reactions.ts'
import type { Workspace } from './workspace.ts'

const methods: Record<string, Method> = {
  ...chatMethods,
  ...viewMethods,
  ...fileMethods,
  ...peopleMethods,
  ...reactionMethods,
}

export type ApiOptions = {
  /** The workspace calls without a token belong to. */
  workspace: Workspace
  /** Whose token it is, or Slack's error for one that no longer works. */
  tokens: Tokens
  wire: Wire
  faults: Faults
  triggerMs: number
  /** Absent: nobody is ever told to wait. */
  buckets?: Buckets
  /** The methods of the app itself: connections and OAuth. */
  more?: Readonly<Record<string, Method>>
}

export type ApiAnswer = {
  status: number
  headers: Record<string, string>
  body: JsonObject
  /** The caller never gets the response, whether the effect is there or not. */
  drop: boolean
  /** The answer waits this long. */
  hangMs?: number
}

/** Answers one call of the Web API. */
export async function answerCall(options: ApiOptions, c: Context): Promise<ApiAnswer> {
  const { workspace, wire, faults } = options
  const name = c.req.path.replace(/^\/api\//, '')
  const read = await readArgs(c)
  const answer = judge(options, name, read)
  if (answer.body['ok'] !== true) {
    faults.record('refused_call', `${name}: ${JSON.stringify(answer.body)}`)
  }
  wire.write({
    at: new Date(workspace.now()).toISOString(),
    direction: 'call',
    method: c.req.method,
    path: c.req.path,
    status: answer.status,
    request: read.args,
    response: answer.body,
  })
  return answer
}

type Read = { args: JsonObject; token: string | null }

function judge(options: ApiOptions, name: string, { args, token }: Read): ApiAnswer {
  const { faults, triggerMs, buckets, tokens } = options
  const method = options.more?.[name] ?? methods[name]
  const known = token === null ? null : tokens.find(token)
  const workspace = known?.workspace ?? options.workspace
  const answer = (body: JsonObject, extra: Partial<ApiAnswer> = {}): ApiAnswer => ({
    status: 200,
    headers: method && known ? scopeHeaders(workspace, method) : {},
    body,
    drop: false,
    ...extra,
  })
  const limited = (seconds: number): ApiAnswer =>
    answer(
      { ok: false, error: 'ratelimited' },
      { status: 429, headers: { 'retry-after': String(seconds) } },
    )
  if (!method) {
    faults.record('unknown_method', name)
    return answer({ ok: false, error: 'unknown_method', req_method: name })
  }
  const channel = channelOf(workspace, args)
  const fault = faults.take(name, { channel: channel ?? '', team: workspace.team.id })
  if (fault?.dropBefore) return answer({ ok: false, error: 'dropped' }, { drop: true })
  if (fault?.status === 429) return limited(fault.retryAfter ?? 1)
  if (fault?.status !== undefined)
    return answer({ ok: false, error: fault.error ?? 'internal_error' }, { status: fault.status })
  if (fault?.error !== undefined) return answer({ ok: false, error: fault.error })
  const wait = buckets?.take({ team: workspace.team.id, method: name, channel }) ?? null
  if (wait !== null) return limited(wait)
  if (!method.open) {
    if (token === null) return answer(refuse('not_authed'))
    if (!known) return answer(refuse('invalid_auth'))
    if (known.dead !== null) return answer(refuse(known.dead))
    const { scopes } = method
    if (scopes && !scopes.some((scope) => workspace.app.scopes.has(scope))) {
      return answer(missingScope(workspace, scopes.join(',')))
    }
  }
  const messages = [...unknownArguments(method, args), ...missingArguments(method, args)]
  if (messages.length > 0) {
    faults.record('unknown_argument', `${name}: ${messages.join('; ')}`)
    return answer(refuse('invalid_arguments', messages))
  }
  const body = method.run({ workspace, faults, args, token, triggerMs })
  return answer(body, {
    drop: fault?.dropAfterEffect === true,
    ...(fault?.hangAfterEffectMs === undefined ? {} : { hangMs: fault.hangAfterEffectMs }),
  })
}

/** The conversation a call is about: a person's id means their direct message. */
function channelOf(workspace: Workspace, args: JsonObject): string | null {
  const id = text(args['channel'])
  return id === '' ? null : (conversation(workspace, id)?.id ?? id)
}

function unknownArguments(method: Method, args: JsonObject): string[] {
  return (
    Object.keys(args)
      // Bolt sends the workspace with every call, and Slack takes it with every method.
      .filter((key) => key !== 'team_id' && !method.args.includes(key))
      .map((key) => `[ERROR] unknown argument: ${key}`)
  )
}

function missingArguments(method: Method, args: JsonObject): string[] {
  return (method.needs ?? [])
    .filter((key) => args[key] === undefined || args[key] === null || args[key] === '')
    .map((key) => `[ERROR] missing required field: ${key}`)
}

function scopeHeaders(workspace: Workspace, method: Method): Record<string, string> {
  return {
    'x-oauth-scopes': [...workspace.app.scopes].join(','),
    'x-accepted-oauth-scopes': (method.scopes ?? []).join(','),
  }
}

async function readArgs(c: Context): Promise<Read> {
  const type = (c.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase()
  const args: JsonObject = {}
  for (const [key, value] of Object.entries(c.req.query())) args[key] = readArg(key, value)
  if (type === 'application/json') {
    const body = parseJson(await c.req.text())
    if (isObject(body)) Object.assign(args, body)
  } else if (type === 'application/x-www-form-urlencoded') {
    for (const [key, value] of new URLSearchParams(await c.req.text())) {
      args[key] = readArg(key, value)
    }
  } else if (type === 'multipart/form-data') {
    for (const [key, value] of Object.entries(await c.req.parseBody())) {
      if (typeof value === 'string') args[key] = readArg(key, value)
    }
  }
  const bearer = /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
  const { token: inBody, ...rest } = args
  return { args: rest, token: bearer ?? (text(inBody) || null) }
}

const jsonArguments = new Set([
  ...['blocks', 'view', 'attachments', 'metadata', 'files', 'message'],
  ...['unfurled_attachments', 'file_ids'],
])

/** Nested arguments come as JSON text in forms; text that is no JSON stays text, to be refused. */
function readArg(key: string, value: string): Json {
  if (!jsonArguments.has(key)) return value
  const parsed = parseJson(value)
  return parsed === undefined ? value : parsed
}
