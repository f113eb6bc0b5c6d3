/**
 * The Web API's door: reads a call (form, JSON or multipart), judges token, scopes and arguments
 * as Slack does, runs the method, and writes the wire log.
 */
import type { Context } from 'hono'
import type { Faults } from './faults.ts'
import { isObject, type Json, type JsonObject, parseJson, text } from './json.ts'
import { chatMethods } from './methods/chat.ts'
import { fileMethods } from './methods/files.ts'
import { type Method, missingScope, refuse } from './methods/method.ts'
import { peopleMethods } from './methods/people.ts'
import { viewMethods } from './methods/views.ts'
import type { Wire } from './wire.ts'
import type { Workspace } from './workspace.ts'

const methods: Record<string, Method> = {
  ...chatMethods,
  ...viewMethods,
  ...fileMethods,
  ...peopleMethods,
}

export type ApiOptions = { workspace: Workspace; wire: Wire; faults: Faults; triggerMs: number }

export type ApiAnswer = {
  status: number
  headers: Record<string, string>
  body: JsonObject
  /** The effect is there, but the caller shall never hear of it. */
  drop: boolean
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
  const { workspace, faults, triggerMs } = options
  const method = methods[name]
  const answer = (body: JsonObject, extra: Partial<ApiAnswer> = {}): ApiAnswer => ({
    status: 200,
    headers: method ? scopeHeaders(workspace, method, token) : {},
    body,
    drop: false,
    ...extra,
  })
  if (!method) {
    faults.record('unknown_method', name)
    return answer({ ok: false, error: 'unknown_method', req_method: name })
  }
  const fault = faults.take(name)
  if (fault?.status !== undefined) {
    const headers = { 'retry-after': String(fault.retryAfter ?? 1) }
    const error = fault.error ?? (fault.status === 429 ? 'ratelimited' : 'internal_error')
    const limited = fault.status === 429 ? { headers } : {}
    return answer({ ok: false, error }, { status: fault.status, ...limited })
  }
  if (fault?.error !== undefined) return answer({ ok: false, error: fault.error })
  if (!method.open) {
    if (token === null) return answer(refuse('not_authed'))
    if (token !== workspace.app.botToken) return answer(refuse('invalid_auth'))
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
  const body = method.run({ workspace, faults, args, triggerMs })
  return answer(body, { drop: fault?.dropAfterEffect === true })
}

function unknownArguments(method: Method, args: JsonObject): string[] {
  return Object.keys(args)
    .filter((key) => !method.args.includes(key))
    .map((key) => `[ERROR] unknown argument: ${key}`)
}

function missingArguments(method: Method, args: JsonObject): string[] {
  return (method.needs ?? [])
    .filter((key) => args[key] === undefined || args[key] === null || args[key] === '')
    .map((key) => `[ERROR] missing required field: ${key}`)
}

function scopeHeaders(
  workspace: Workspace,
  method: Method,
  token: string | null,
): Record<string, string> {
  if (token !== workspace.app.botToken) return {}
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
