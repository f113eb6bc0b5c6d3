/**
 * A strict stand-in for servers that speak OpenAI's chat completions. It imports nothing of ours, so
 * that it can contradict us, and what goes wrong in it was asked for.
 *
 *     const models = await openModelsStandIn({ keys: ['a key'], models: { small: {}, large: { latencyMs: 50 } } })
 *     models.url                                        // the base address, ends in /v1
 *     models.faults.next({ type: 'status', status: 429, retryAfter: 1 })
 *     models.faults.every(({ nth }) => (nth % 3 === 0 ? { type: 'cut' } : null))
 *     models.requests                                   // the requests, and their outcomes
 *     models.mostAtOnce()                               // the most requests that were under way together
 *     await models.close()
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { parseJson } from '../json.ts'
import { type Behaviour, chunks, complete } from './completion.ts'
import { type ApiError, CompletionRequest, requestProblem } from './request.ts'

export type { Behaviour } from './completion.ts'

export type Fault =
  /** An error of the real API's form; 429 may carry Retry-After, in seconds or as it stands there. */
  | {
      type: 'status'
      status: number
      retryAfter?: number | string
      code?: string
      message?: string
    }
  /** The connection breaks in the middle of the answer. */
  | { type: 'cut' }
  /** The connection breaks before there is any. */
  | { type: 'drop' }
  /** Answers only after so long. */
  | { type: 'slow'; ms: number }
  /** JSON that breaks off, though its length is right. */
  | { type: 'malformed' }
  /** JSON that is no completion. */
  | { type: 'other' }
  /** An error in a form of another server's: FastAPI's `detail`, gin's line of text, an empty body. */
  | { type: 'foreign'; status: number; body: string | object }
  /** A web page, as a wrong address or a proxy answers. */
  | { type: 'page'; status?: number }
  | { type: 'redirect'; to: string }

export type Asked = {
  model: string
  body: CompletionRequest
  /** Which request this was, from 1 on. */
  nth: number
  status: number | null
}

export type ModelsStandIn = {
  url: string
  requests: Asked[]
  faults: {
    next(fault: Fault): void
    every(rule: ((asked: Asked) => Fault | null) | null): void
  }
  mostAtOnce(): number
  /** Resolves once so many requests have come. */
  asked(count: number): Promise<void>
  close(): Promise<void>
}

export type ModelsOptions = {
  port?: number
  /** Keys it takes; without any it asks for none. */
  keys?: readonly string[]
  models: Readonly<Record<string, Behaviour>>
}

export async function openModelsStandIn(options: ModelsOptions): Promise<ModelsStandIn> {
  const desk = openDesk(options)
  const server = createServer((request, response) => {
    void answer(desk, request, response)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests: desk.requests,
    faults: desk.faults,
    mostAtOnce: () => desk.most,
    asked: desk.asked,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}

type Desk = ReturnType<typeof openDesk>

function openDesk(options: ModelsOptions) {
  const requests: Asked[] = []
  const next: Fault[] = []
  let rule: ((asked: Asked) => Fault | null) | null = null
  let waiting: { count: number; resolve(): void }[] = []
  return {
    options,
    requests,
    underWay: 0,
    most: 0,
    faults: {
      next: (fault: Fault) => void next.push(fault),
      every: (one: typeof rule) => {
        rule = one
      },
    },
    take: (asked: Asked): Fault | null => next.shift() ?? rule?.(asked) ?? null,
    note(asked: Asked) {
      requests.push(asked)
      for (const one of waiting) if (requests.length >= one.count) one.resolve()
      waiting = waiting.filter(({ count }) => requests.length < count)
    },
    asked: (count: number) =>
      new Promise<void>((resolve) => {
        if (requests.length >= count) resolve()
        else waiting.push({ count, resolve })
      }),
  }
}

async function answer(desk: Desk, request: IncomingMessage, response: ServerResponse) {
  const host = new URL(`http://${request.headers.host ?? 'nowhere'}`).hostname
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(host))
    return void response.writeHead(403).end('The stand-ins answer at 127.0.0.1 and localhost only.')
  const problem = doorProblem(desk, request)
  const text = await readText(request)
  if (problem) return send(response, problem)
  const body = parseJson(text)
  const wrong = requestProblem(body)
  if (wrong) return send(response, wrong)
  const asked = CompletionRequest.parse(body)
  const one: Asked = {
    model: asked.model,
    body: asked,
    nth: desk.requests.length + 1,
    status: null,
  }
  desk.note(one)
  desk.underWay += 1
  desk.most = Math.max(desk.most, desk.underWay)
  response.on('close', () => {
    desk.underWay -= 1
  })
  response.on('finish', () => {
    one.status = response.statusCode
  })
  await answerAsked(desk, one, response)
}

/** What is wrong before the body is read: the way, the method, the key. */
function doorProblem({ options }: Desk, request: IncomingMessage): ApiError | null {
  const type = 'invalid_request_error'
  const { pathname } = new URL(request.url ?? '/', 'http://localhost')
  if (pathname !== '/v1/chat/completions' || request.method !== 'POST')
    return {
      ...{ status: 404, type, param: null, code: 'unknown_url' },
      message: `Unknown request URL: ${request.method} ${pathname}.`,
    }
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? ''))
    return {
      ...{ status: 400, type, param: null, code: null },
      message: 'Send the header Content-Type: application/json.',
    }
  const { keys = [] } = options
  const given = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
  if (keys.length === 0 || (given !== undefined && keys.includes(given))) return null
  return {
    ...{ status: 401, type, param: null },
    code: given === undefined ? null : 'invalid_api_key',
    // As the real one repeats what it was given; who logs it gives the key away.
    message:
      given === undefined
        ? "You didn't provide an API key."
        : `Incorrect API key provided: ${given}. You can find your API key in your account.`,
  }
}

async function answerAsked(desk: Desk, asked: Asked, response: ServerResponse): Promise<void> {
  const { body, nth } = asked
  const behaviour = desk.options.models[body.model]
  if (!behaviour)
    return send(response, {
      ...{ status: 404, type: 'invalid_request_error', param: null, code: 'model_not_found' },
      message: `The model \`${body.model}\` does not exist or you do not have access to it.`,
    })
  const refused = behaviour.refuses?.find((name) => name in body)
  if (refused)
    return send(response, {
      ...{ status: 400, type: 'invalid_request_error', code: 'unsupported_parameter' },
      param: refused,
      message: `Unsupported parameter: '${refused}' is not supported with this model.`,
    })
  const fault = desk.take(asked)
  const waitMs = (behaviour.latencyMs ?? 0) + (fault?.type === 'slow' ? fault.ms : 0)
  if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs))
  if (response.destroyed) return
  if (fault && fault.type !== 'slow' && fault.type !== 'cut') return suffer(response, fault)
  const whole = complete(body, behaviour, nth)
  const isCut = fault?.type === 'cut'
  if (body.stream) return stream(response, [...chunks(whole, body)], isCut)
  const text = JSON.stringify(whole)
  response.writeHead(200, { ...headersOf(nth), 'content-length': Buffer.byteLength(text) })
  if (!isCut) return void response.end(text)
  response.write(text.slice(0, text.length / 2), () => response.destroy())
}

function headersOf(nth: number) {
  return { 'content-type': 'application/json', 'x-request-id': `req_${nth}` }
}

function stream(response: ServerResponse, events: readonly string[], isCut: boolean): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
  for (const event of isCut ? events.slice(0, events.length / 2) : events) response.write(event)
  if (!isCut) return void response.end()
  setImmediate(() => response.destroy())
}

function suffer(response: ServerResponse, fault: Exclude<Fault, { type: 'slow' | 'cut' }>): void {
  switch (fault.type) {
    case 'status': {
      const { status, retryAfter, code = null, message } = fault
      const type = status === 429 ? 'requests' : 'server_error'
      const said = message ?? (status === 429 ? 'Rate limit reached.' : 'The server had an error.')
      const error = { status, message: said, type, param: null, code }
      const after = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }
      send(response, error, after)
      return
    }
    case 'drop':
      return void response.destroy()
    case 'malformed':
      return void response
        .writeHead(200, { 'content-type': 'application/json' })
        .end('{"id":"chatcmpl-1","object":"chat.completion","choices":[{"index":0,')
    case 'other':
      return void response
        .writeHead(200, { 'content-type': 'application/json' })
        .end('{"result":"hello"}')
    case 'foreign': {
      const { status, body } = fault
      const type = typeof body === 'string' ? 'text/plain' : 'application/json'
      response.writeHead(status, { 'content-type': type })
      return void response.end(typeof body === 'string' ? body : JSON.stringify(body))
    }
    case 'page':
      return void response
        .writeHead(fault.status ?? 200, { 'content-type': 'text/html; charset=utf-8' })
        .end('<!DOCTYPE html><html><body><h1>Welcome to nginx!</h1></body></html>')
    case 'redirect':
      return void response.writeHead(307, { location: fault.to }).end()
  }
}

function send(
  response: ServerResponse,
  { status, ...error }: ApiError,
  headers: Record<string, string> = {},
): void {
  response
    .writeHead(status, { 'content-type': 'application/json', ...headers })
    .end(JSON.stringify({ error }))
}

async function readText(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts).toString('utf8')
}
