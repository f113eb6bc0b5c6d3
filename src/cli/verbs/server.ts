/** Parley's HTTP API as the terminal calls it: requests with the key, and refusals as if a verb had thrown them. */
import { type ErrorCode, ParleyError, unavailable } from '../../errors.ts'

export type Server = {
  /** Sends a request and returns what it answers. @throws ParleyError as the server refused it. */
  call<Answer>(method: string, path: string, more?: Call): Promise<Answer>
  /** The same for answers that are not JSON, or are read as they come. */
  open(method: string, path: string, more?: Call): Promise<Response>
  /** All pages of a list, one after the other. */
  pages<Item>(path: string, query?: Call['query']): AsyncIterable<Item[]>
}

type Call = {
  query?: Readonly<Record<string, string | number | boolean | undefined>>
  json?: unknown
  body?: ReadableStream<Uint8Array> | string
  headers?: Readonly<Record<string, string>>
  signal?: AbortSignal
}

/** A name or an id as a part of a path. */
export const part = encodeURIComponent

/** A moment of an answer, where there is one. */
export const atOrNull = (text: string | null) => (text === null ? null : new Date(text))

/** `url` without what stands behind the host is fine, and so is a path a proxy puts before. */
export function openServer({ url, key }: { url: string; key: string }): Server {
  const base = url.replace(/\/+$/, '')
  const open: Server['open'] = async (method, path, more = {}) => {
    for (let tries = 1; ; tries++) {
      const response = await send(method, `${base}${path}${queryOf(more.query)}`, key, more)
      if (response.ok || response.status === 304) return response
      // It was not admitted, so it may be sent again, unless its body was streamed.
      if (response.status === 429 && tries < 5 && !(more.body instanceof ReadableStream)) {
        const seconds = Number(response.headers.get('retry-after') ?? 1)
        await response.body?.cancel()
        await new Promise((resolve) => setTimeout(resolve, Math.min(60, seconds) * 1000))
        continue
      }
      throw await refusalOf(response, base)
    }
  }
  const call: Server['call'] = async (method, path, more) => {
    const response = await open(method, path, more)
    const text = await response.text()
    try {
      return text === '' ? undefined : JSON.parse(text)
    } catch (error) {
      throw noParley(base, error)
    }
  }
  return {
    open,
    call,
    async *pages<Item>(path: string, query: Call['query'] = {}) {
      let cursor: string | undefined
      do {
        const page = await call<{ data: Item[]; next: string | null }>('GET', path, {
          query: { ...query, cursor },
        })
        yield page.data
        cursor = page.next ?? undefined
      } while (cursor !== undefined)
    },
  }
}

async function send(method: string, address: string, key: string, more: Call): Promise<Response> {
  const { json, body, headers, signal } = more
  try {
    return await fetch(address, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      ...(body === undefined ? {} : { body }),
      ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
      ...(signal ? { signal } : {}),
      // A key goes where it was sent, and nowhere else.
      redirect: 'manual',
    })
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    throw unavailable(`the server at ${new URL(address).origin}`, error)
  }
}

function queryOf(query: Call['query'] = {}): string {
  const given = new URLSearchParams()
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) given.set(name, String(value))
  return given.size === 0 ? '' : `?${given}`
}

type Refusal = {
  error: { code: string; message: string; problems?: Record<string, string>; ref?: string }
}

async function refusalOf(response: Response, base: string): Promise<Error> {
  const text = await response.text()
  const body = parseRefusal(text)
  if (!body) return noParley(base, new Error(`${response.status}: ${text.slice(0, 200)}`))
  const { code, message, problems, ref } = body.error
  if (code === 'unauthorized')
    return new ParleyError('forbidden', `${message} It is read from --key or PARLEY_API_KEY.`)
  if (code === 'internal')
    return new ParleyError('unavailable', `${message} The server's log has it under ${ref}.`)
  return new ParleyError(codes[code] ?? 'conflict', message, {
    ...(problems ? { problems } : {}),
    cause: body,
  })
}

/** What only HTTP refuses is refused as the nearest of the five. */
const codes: Readonly<Record<string, ErrorCode>> = {
  invalid: 'invalid',
  not_found: 'not_found',
  forbidden: 'forbidden',
  conflict: 'conflict',
  changed: 'conflict',
  unavailable: 'unavailable',
  too_many: 'unavailable',
  timeout: 'unavailable',
  too_large: 'invalid',
  unsupported: 'invalid',
}

function parseRefusal(text: string): Refusal | null {
  try {
    const body: unknown = JSON.parse(text)
    const is = typeof body === 'object' && body !== null && 'error' in body
    const error = is ? body.error : null
    return typeof error === 'object' && error !== null && 'message' in error
      ? (body as Refusal)
      : null
  } catch {
    return null
  }
}

function noParley(base: string, cause: unknown): ParleyError {
  return new ParleyError(
    'unavailable',
    `What answers at ${base} is not Parley’s HTTP API. Check --server or PARLEY_SERVER: it is the address that PUBLIC_URL names there.`,
    { cause },
  )
}
