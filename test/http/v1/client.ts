/** What tests of the HTTP API call it with: a key, an address, and what came back. */
import { httpApp } from '../../../src/http/app.ts'
import { createKey } from '../../../src/keys/create.ts'
import type { Actor, Parley } from '../../../src/parley.ts'

export const boss: Actor = { type: 'admin', name: 'boss' }

let made = 0

/** A key with these scopes, to one dataset if it is named. */
export async function keyFor(
  parley: Parley,
  scopes: readonly string[],
  dataset?: string,
): Promise<string> {
  made += 1
  const input = { name: `key-${made}`, scopes, ...(dataset === undefined ? {} : { dataset }) }
  return (await createKey(parley, boss, input)).key
}

export type Answer = {
  status: number
  headers: Headers
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of it is checked by the test.
  json: any
}

export type Call = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Readonly<Record<string, string>>,
) => Promise<Answer>

/** Calls with a key; a string is sent as it is, everything else as JSON. */
export function calling(parley: Parley, key: string | null, app = httpApp(parley, [])): Call {
  return async (method, path, body, headers = {}) => {
    const isText = typeof body === 'string' || body instanceof ReadableStream
    const answer = await app.request(path, {
      method,
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined || isText ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body), duplex: 'half' }),
    } as RequestInit)
    const text = await answer.text()
    const isJson = /^application\/json/.test(answer.headers.get('content-type') ?? '')
    const json = isJson ? JSON.parse(text) : undefined
    return { status: answer.status, headers: answer.headers, text, json }
  }
}
