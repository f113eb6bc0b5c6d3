/**
 * Calls Discord's REST API. Only calls marked repeatable are retried; a message is, by its nonce: Discord
 * returns the one it has, so that nothing is posted twice.
 */
import { isNetwork, type Refused } from './failures.ts'
import type { Lane, Urgency } from './lanes.ts'
import { readRefusal } from './rate-limit-headers.ts'

export type File = { name: string; bytes: Uint8Array }

export type Request = {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'
  /** The path with named parameters, such as `/channels/:channel/messages`; `at` fills them in. */
  path: string
  at?: Readonly<Record<string, string>>
  query?: string
  urgency?: Urgency
  body?: object
  files?: readonly File[]
  /** By an interaction's token: no authorization, and not counted among the fifty a second. */
  byToken?: boolean
  /** It has no bucket and three seconds: made at once. */
  unpaced?: boolean
  /** It may be repeated when it is unknown whether it arrived. */
  repeatable?: boolean
  /** Awaited right before the call that may arrive. */
  starting?: (() => Promise<void>) | undefined
}

export type Rest = <Result>(request: Request) => Promise<Result>

const mostRepeats = 3
const repeatAfterMs = 250

export function openRest(options: {
  apiUrl: string
  botToken: string
  publicUrl: string
  lane: Lane
}): Rest {
  const { apiUrl, botToken, publicUrl, lane } = options

  async function once(request: Request): Promise<Response> {
    const { method, path, at = {}, query, byToken, urgency = 'waiting', starting } = request
    const filled = path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(at[name] ?? ''))
    const call = {
      route: `${method} ${path}`,
      major: at['channel'] ?? at['guild'] ?? at['token'] ?? '',
      urgency,
      ...(byToken ? { exempt: true } : {}),
    }
    const make = async (leaving = () => {}) => {
      await starting?.()
      leaving()
      return fetch(`${apiUrl}/v10${filled}${query ? `?${query}` : ''}`, {
        method,
        headers: {
          'user-agent': `DiscordBot (${publicUrl}, 1)`,
          ...(byToken ? {} : { authorization: `Bot ${botToken}` }),
          ...(request.body && !request.files?.length ? json : {}),
        },
        ...bodyOf(request),
        signal: AbortSignal.timeout(10_000),
      })
    }
    return request.unpaced ? make() : lane(call, make)
  }

  async function settled(request: Request): Promise<Response> {
    for (let attempt = 1; ; attempt++) {
      const last = !request.repeatable || attempt >= mostRepeats
      try {
        const response = await once(request)
        if (response.status < 500 || last) return response
        await response.body?.cancel()
      } catch (error) {
        if (last || !isNetwork(error)) throw error
      }
      await new Promise((resolve) => setTimeout(resolve, repeatAfterMs * attempt))
    }
  }

  return async <Result>(request: Request): Promise<Result> => {
    const response = await settled(request)
    if (!response.ok) throw await refused(request, response)
    const text = await response.text()
    return JSON.parse(text === '' ? 'null' : text)
  }
}

const json = { 'content-type': 'application/json' }

function bodyOf({ body, files = [] }: Request): { body?: string | FormData } {
  if (files.length > 0) return { body: asForm(body ?? {}, files) }
  return body ? { body: JSON.stringify(body) } : {}
}

/** A body with its files: `payload_json`, and `files[n]` by the ids it refers to. */
export function asForm(body: object, files: readonly File[]): FormData {
  const form = new FormData()
  form.set('payload_json', JSON.stringify(body))
  for (const [n, { name, bytes }] of files.entries())
    form.set(`files[${n}]`, new Blob([new Uint8Array(bytes)]), name)
  return form
}

async function refused(request: Request, response: Response): Promise<Refused> {
  const { status } = response
  const wait = status === 429 ? await readRefusal(response.clone()) : null
  const text = await response.text().catch(() => '')
  const told = readTold(text)
  const detail = told.errors === undefined ? '' : ` ${JSON.stringify(told.errors).slice(0, 500)}`
  const said = told.message ?? text.slice(0, 200)
  return Object.assign(
    new Error(
      `Discord refused ${request.method} ${request.path}: ${status}/${told.code} ${said}${detail}`,
    ),
    { discord: { status, code: told.code, ...(wait ? { retryAfterMs: wait.ms } : {}) } },
  )
}

function readTold(text: string): { code: number; message?: string; errors?: unknown } {
  try {
    const told: unknown = JSON.parse(text)
    if (typeof told !== 'object' || told === null) return { code: 0 }
    return {
      code: 'code' in told ? Number(told.code) : 0,
      ...('message' in told ? { message: String(told.message) } : {}),
      ...('errors' in told ? { errors: told.errors } : {}),
    }
  } catch {
    return { code: 0 }
  }
}
