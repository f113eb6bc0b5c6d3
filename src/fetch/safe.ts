/**
 * Fetches addresses that people name, so that nobody can have this machine ask its own network for
 * them. 1. Only http and https, without a name or password in the address. 2. Whatever a connection
 * is made to is checked at that moment, the numbers its name was looked up as: a name that answers
 * otherwise the second time gains nothing. 3. Redirects are followed one by one, never from https to
 * http, and what was sent along goes to the origin that was named and to no other. 4. A body is
 * counted as it unpacks. 5. What is cut off is refused, packed or not: half of it would pass for the whole.
 *
 * Hosts of PARLEY_FETCH_ALLOW may be private. That is a setting and no flag: it names one host and
 * port, so that a redirect to another private one is still refused, and it holds for every door.
 */
import { type LookupAddress, type LookupOptions, lookup as lookupName } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { pipeline, type Readable, type Transform } from 'node:stream'
import {
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
} from 'node:zlib'
import { Agent, buildConnector, type Dispatcher, request as requestOnce } from 'undici'
import { codeOf, invalid, ParleyError } from '../errors.ts'
import { isPublic } from './address.ts'

export type SafeFetch = {
  /**
   * @throws ParleyError `invalid` for an address that may not be asked, `unavailable` for one that
   * does not answer. A refusal such as 404 is an answer.
   */
  get(url: string, request: FetchRequest): Promise<Fetched>
  /** Sends JSON. Nothing is sent on to where a redirect leads: its answer is the redirect. */
  send(method: 'POST' | 'PUT', url: string, json: string, request: FetchRequest): Promise<Fetched>
  /** Whether it may be asked, by its number or by those that its name has now; nothing is asked. Throws as `get` does. */
  check(url: string): Promise<void>
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
  const lookup = options.lookup ?? lookupName
  const agent = new Agent({
    connect: guardedConnector(options.allow, lookup),
    headersTimeout: silentSeconds * 1000,
    bodyTimeout: silentSeconds * 1000,
  })
  return {
    get: async (url, request) => follow(agent, parseAddress(url), request),
    send: async (method, url, json, request) => {
      const headers = { ...request.headers, 'content-type': 'application/json' }
      const until = signalOf(request)
      return ask(agent, parseAddress(url), request, { headers, until, method, body: json })
    },
    check: async (url) => checkAddress(options.allow, lookup, parseAddress(url)),
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

function signalOf({ seconds, signal }: FetchRequest): AbortSignal {
  const timeout = AbortSignal.timeout(seconds * 1000)
  return signal ? AbortSignal.any([timeout, signal]) : timeout
}

type Asked = {
  headers: FetchRequest['headers']
  until: AbortSignal
  method?: 'GET' | 'POST' | 'PUT'
  body?: string
}

async function ask(
  agent: Agent,
  url: URL,
  request: FetchRequest,
  { headers, until, method = 'GET', body }: Asked,
): Promise<Fetched> {
  const response = await requestOnce(url.href, {
    dispatcher: agent,
    ...{ signal: until, method },
    headers: { 'accept-encoding': 'identity', ...headers },
    ...(body === undefined ? {} : { body }),
  }).catch((error: unknown) => {
    throw asRefusal(error, url, request)
  })
  return {
    url,
    status: response.statusCode,
    header: (name) => {
      const value = response.headers[name.toLowerCase()]
      return value === undefined ? null : [value].flat().join(', ')
    },
    body: countedBody(response, url, request),
    cancel: async () => {
      // An abandoned body ends in an error that is nobody's.
      response.body.on('error', () => undefined).destroy()
    },
  }
}

async function follow(agent: Agent, named: URL, request: FetchRequest): Promise<Fetched> {
  const until = signalOf(request)
  let url = named
  let headers = request.headers
  for (let hops = 0; ; hops++) {
    // Another origin that leads back must not choose what is asked with our key.
    if (url.origin !== named.origin) headers = undefined
    const answer = await ask(agent, url, request, { headers, until })
    const location = answer.header('location')
    if (!redirects.has(answer.status) || location === null) return answer
    await answer.cancel()
    if (hops === mostRedirects)
      throw invalid({ [named.host]: `It leads on more than ${mostRedirects} times.` })
    url = redirectTarget(url, location)
  }
}

const redirects = new Set([301, 302, 303, 307, 308])

async function* countedBody(
  response: Dispatcher.ResponseData,
  url: URL,
  request: FetchRequest,
): AsyncGenerator<Uint8Array> {
  const most = request.mostBytes
  let bytes = 0
  const body = decoded(response, url)
  try {
    for await (const chunk of body) {
      if (!(chunk instanceof Uint8Array)) continue
      bytes += chunk.length
      if (bytes > most)
        throw invalid({ [url.host]: `It sends more than ${Math.round(most / 1e6) || 1} MB.` })
      yield chunk
    }
  } catch (error) {
    throw isCutOff(error) ? cutOff(url, bytes, error) : asRefusal(error, url, request)
  } finally {
    body.on('error', () => undefined).destroy()
  }
}

const decoders: { readonly [coding: string]: () => Transform } = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
}

/** Some pack what nobody asked them to pack; unlike the fetch of browsers, this misses a missing end. */
function decoded({ headers, body }: Dispatcher.ResponseData, url: URL): Readable {
  const named = String(headers['content-encoding'] ?? 'identity')
  const codings = named.split(',').map((one) => one.trim().toLowerCase())
  let read: Readable = body
  for (const coding of codings.reverse()) {
    if (coding === 'identity' || coding === '') continue
    const open = decoders[coding]
    if (!open)
      throw invalid({
        [url.host]: `It packs what it sends as "${coding}", which is not read here.`,
      })
    // An error of one ends the other, and reaches the reader.
    read = pipeline(read, open(), () => undefined)
  }
  return read
}

/** Fewer bytes than were announced, or packed ones without their end. */
function isCutOff(error: unknown): boolean {
  const code = codeOf(error)
  const said = error instanceof Error ? error.message : ''
  return (
    /^(UND_ERR_RES_CONTENT_LENGTH_MISMATCH|UND_ERR_SOCKET|ECONNRESET|Z_BUF_ERROR)$/.test(code) ||
    /^ERR__?ZLIB|^ERR_BROTLI|^ERR_ZSTD|^ZSTD_error|^Z_/.test(code) ||
    /Invalid EOF state|unexpected end of file/.test(said)
  )
}

function cutOff(url: URL, bytes: number, cause: unknown): ParleyError {
  const said = `What ${url.host} sends is cut off or damaged after ${bytes} bytes (${codeOf(cause) || 'no end'}). Try again; if it stays so, copy the file by hand.`
  return new ParleyError('unavailable', said, { cause })
}

function guardedConnector(allow: readonly string[], lookup: Lookup): buildConnector.connector {
  return (options, callback) => {
    const { hostname } = options
    const refused = refusalOf(allow, options)
    // A number is connected to without being looked up.
    if (refused && isIP(hostname) && !isPublic(hostname)) return callback(refused, null)
    const connect = buildConnector({
      timeout: connectSeconds * 1000,
      lookup: checkedLookup(lookup, refused),
    })
    connect(options, callback)
  }
}

/** The refusal if it lies in a private network; null where it may. */
function refusalOf(
  allow: readonly string[],
  { hostname, protocol, port: given }: { hostname: string; protocol: string; port: string },
): ParleyError | null {
  const port = given || (protocol === 'https:' ? '443' : '80')
  const host = isIP(hostname) === 6 ? `[${hostname}]` : hostname.toLowerCase()
  const isAllowed = allow.includes(host) || allow.includes(`${host}:${port}`)
  return isAllowed ? null : privateHost(`${host}:${port}`)
}

/** Whether PARLEY_FETCH_ALLOW names its host. */
export function isNamed(allow: readonly string[], url: string): boolean {
  return refusalOf(allow, plainHost(new URL(url))) === null
}

/** An IPv6 number without its brackets, as a connector has it. */
function plainHost({ hostname, protocol, port }: URL) {
  return { hostname: hostname.replace(/^\[|\]$/g, ''), protocol, port }
}

async function checkAddress(allow: readonly string[], lookup: Lookup, url: URL): Promise<void> {
  const host = plainHost(url)
  const refused = refusalOf(allow, host)
  if (isIP(host.hostname)) {
    if (refused && !isPublic(host.hostname)) throw refused
    return
  }
  const find = checkedLookup(lookup, refused)
  await new Promise<void>((resolve, reject) =>
    find(host.hostname, {}, (error) => (error ? reject(error) : resolve())),
  ).catch((error: unknown) => {
    throw asRefusal(error, url, { mostBytes: 0, seconds: 0 })
  })
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

/** The cause inside a failed fetch is reported; never a header or the path of the address. */
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
