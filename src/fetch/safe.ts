/**
 * Fetches addresses that people name, so that nobody can have this machine ask its own network for
 * them. 1. Only http and https, without a name or password in the address. 2. Whatever a connection
 * is made to is checked at that moment, the numbers its name was looked up as: a name that answers
 * otherwise the second time gains nothing. 3. Redirects are followed one by one, never from https to
 * http, and what was sent along goes to the origin that was named and to no other. 4. A body is
 * counted as it unpacks.
 *
 * Hosts of PARLEY_FETCH_ALLOW may be private. That is a setting and no flag: it names one host and
 * port, so that a redirect to another private one is still refused, and it holds for every door.
 */
import { type LookupAddress, type LookupOptions, lookup as lookupName } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { Agent, buildConnector, fetch, type Response } from 'undici'
import { codeOf, invalid, ParleyError } from '../errors.ts'
import { isPublic } from './address.ts'

export type SafeFetch = {
  /**
   * @throws ParleyError `invalid` for an address that may not be asked, `unavailable` for one that
   * does not answer. A refusal such as 404 is an answer.
   */
  get(url: string, request: FetchRequest): Promise<Fetched>
  close(): Promise<void>
}
export type FetchRequest = {
  /** They go to the origin of the address only. */
  headers?: Readonly<Record<string, string>>
  /** Of the body, unpacked. */
  mostBytes: number
  /** From the first connection to the last byte. */
  seconds: number
  /** Its reason is thrown as it is. */
  signal?: AbortSignal
}
export type Fetched = {
  /** Where the redirects led. */
  url: URL
  status: number
  header(name: string): string | null
  /** Throws as `get` does. */
  body: AsyncIterable<Uint8Array>
  /** Leaves a body that nobody has begun to read. */
  cancel(): Promise<void>
}
/** As dns.lookup with `all`. */
export type Lookup = (
  hostname: string,
  options: LookupOptions & { all: true },
  callback: (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => void,
) => void

const mostRedirects = 5
const connectSeconds = 10
const silentSeconds = 60

/** `allow` holds `host` or `host:port`; `lookup` is for tests of names that lie. */
export function openSafeFetch(options: { allow: readonly string[]; lookup?: Lookup }): SafeFetch {
  const agent = new Agent({
    connect: guardedConnector(options.allow, options.lookup ?? lookupName),
    headersTimeout: silentSeconds * 1000,
    bodyTimeout: silentSeconds * 1000,
  })
  return {
    get: async (url, request) => follow(agent, parseAddress(url), request),
    close: () => agent.destroy(),
  }
}

/** Whether it is an address to fetch and not the path of a file. */
export function isAddress(text: string): boolean {
  return /^https?:\/\//i.test(text)
}

/** Where a redirect leads. @throws ParleyError `invalid` for a place that it must not lead to. */
export function redirectTarget(from: URL, location: string): URL {
  if (!URL.canParse(location, from.href))
    throw invalid({ [from.host]: 'It leads on to an address that is none.' })
  const to = parseAddress(new URL(location, from.href).href)
  if (from.protocol === 'https:' && to.protocol === 'http:')
    throw invalid({ [from.host]: 'It leads on from https to http, where anybody can listen.' })
  return to
}

function parseAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url || !/^https?:$/.test(url.protocol))
    throw invalid({ [text]: 'Write a whole address that begins with https:// or http://.' })
  if (url.username || url.password)
    throw invalid({ [url.host]: 'Write the address without a name or password in it.' })
  return url
}

async function follow(agent: Agent, named: URL, request: FetchRequest): Promise<Fetched> {
  const timeout = AbortSignal.timeout(request.seconds * 1000)
  const signal = request.signal ? AbortSignal.any([timeout, request.signal]) : timeout
  let url = named
  let headers = request.headers
  for (let hops = 0; ; hops++) {
    // Another origin that leads back must not choose what is asked with our key.
    if (url.origin !== named.origin) headers = undefined
    const response = await fetch(url.href, {
      dispatcher: agent,
      redirect: 'manual',
      signal,
      ...(headers ? { headers } : {}),
    }).catch((error: unknown) => {
      throw asRefusal(error, url, request)
    })
    const location = response.headers.get('location')
    if (!redirects.has(response.status) || location === null)
      return {
        url,
        status: response.status,
        header: (name) => response.headers.get(name),
        body: countedBody(response, url, request),
        cancel: async () => response.body?.cancel(),
      }
    await response.body?.cancel()
    if (hops === mostRedirects)
      throw invalid({ [named.host]: `It leads on more than ${mostRedirects} times.` })
    url = redirectTarget(url, location)
  }
}

const redirects = new Set([301, 302, 303, 307, 308])

async function* countedBody(response: Response, url: URL, request: FetchRequest) {
  const most = request.mostBytes
  let bytes = 0
  if (!response.body) return
  const reader = response.body.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        throw asRefusal(error, url, request)
      })
      if (done) return
      bytes += value.length
      if (bytes > most)
        throw invalid({ [url.host]: `It sends more than ${Math.round(most / 1e6) || 1} MB.` })
      yield value
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

function guardedConnector(allow: readonly string[], lookup: Lookup): buildConnector.connector {
  return (options, callback) => {
    const { hostname, protocol } = options
    const port = options.port || (protocol === 'https:' ? '443' : '80')
    const host = isIP(hostname) === 6 ? `[${hostname}]` : hostname.toLowerCase()
    const isAllowed = allow.includes(host) || allow.includes(`${host}:${port}`)
    const refused = isAllowed ? null : privateHost(`${host}:${port}`)
    // A number is connected to without being looked up.
    if (refused && isIP(hostname) && !isPublic(hostname)) return callback(refused, null)
    const connect = buildConnector({
      timeout: connectSeconds * 1000,
      lookup: checkedLookup(lookup, refused),
    })
    connect(options, callback)
  }
}

/** One private number among public ones is enough: the connection may fall back on it. */
function checkedLookup(lookup: Lookup, refused: ParleyError | null): LookupFunction {
  return (hostname, options, callback) =>
    lookup(hostname, { ...options, all: true }, (error, found) => {
      const [first] = found ?? []
      if (error || !first) callback(error ?? new Error('It has no address.'), '')
      else if (refused && !found.every(({ address }) => isPublic(address))) callback(refused, '')
      else if (options.all) callback(null, found)
      else callback(null, first.address, first.family)
    })
}

function privateHost(host: string): ParleyError {
  return invalid({
    [host]: `It lies in a private network. If that is meant, set PARLEY_FETCH_ALLOW=${host} for the command.`,
  })
}

/** What is said inside of a failed fetch counts; no header and no path of the address is told. */
function asRefusal(error: unknown, url: URL, { signal }: FetchRequest): unknown {
  if (signal?.aborted) return signal.reason
  let reason = ''
  for (let one = error; one instanceof Error; one = one.cause) {
    if (one instanceof ParleyError) return one
    reason = codeOf(one) || one.message
  }
  const because = reason ? ` (${reason})` : ''
  const said = `The host ${url.host} cannot be reached right now${because}. Check the address and try again.`
  return new ParleyError('unavailable', said, { cause: error })
}
