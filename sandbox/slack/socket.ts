/**
 * Socket Mode: `apps.connections.open` hands out an address good once, the app connects, and each
 * delivery goes as one envelope to one of its connections, which answers by the envelope's id.
 */
import type { Server } from 'node:http'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import { isObject, type Json, type JsonObject, parseJson, text } from '../json.ts'
import type { Handler } from './deliver.ts'
import { type Method, refuse } from './methods/method.ts'
import { newId, secret } from './workspace.ts'

export type SocketMode = {
  methods: Record<string, Method>
  /** Deliveries by the socket instead of by HTTP; hand it to `deliverTo`. */
  handler: Handler
  attach(server: Server): void
  /** How many connections the app holds. */
  connections(): number
  /** How many it has opened so far. */
  opened(): number
  /** Asks the app to reconnect, as Slack does each hour; or cuts the line without a word. */
  recycle(how?: { hard?: boolean }): void
  close(): void
}

export function openSocketMode(appToken: string, at: { url(): string; appId: string }): SocketMode {
  const server = new WebSocketServer({ noServer: true })
  const tickets = new Set<string>()
  const open = new Set<WebSocket>()
  let opened = 0
  const waiting = new Map<string, (payload: Json | undefined) => void>()

  server.on('connection', (socket: WebSocket) => {
    open.add(socket)
    opened++
    socket.on('close', () => open.delete(socket))
    socket.on('message', (data: RawData) => {
      const frame = parseJson(data.toString())
      if (isObject(frame)) waiting.get(text(frame['envelope_id']))?.(frame['payload'])
    })
    // Ten connections are the most Slack allows.
    if (open.size > 10) return socket.close(1008, 'too_many_websockets')
    socket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: open.size,
        debug_info: { host: 'stand-in', build_number: 1, approximate_connection_time: 18_060 },
        connection_info: { app_id: at.appId },
      }),
    )
  })

  async function deliver(request: Request): Promise<Response> {
    const socket = [...open].find((one) => one.readyState === one.OPEN)
    if (!socket) throw new Error('The app holds no connection.')
    const body = await request.text()
    const envelopeId = newId('E').toLowerCase()
    let onClose = () => {}
    const answered = new Promise<Json | undefined>((resolve, reject) => {
      waiting.set(envelopeId, resolve)
      onClose = () => reject(new Error('The connection was closed.'))
      socket.once('close', onClose)
      request.signal.addEventListener('abort', () => reject(new Error('Nobody waits any more.')))
    })
    try {
      socket.send(JSON.stringify({ envelope_id: envelopeId, ...envelopeOf(request, body) }))
      const payload = await answered
      // The SDK answers `{}` where HTTP has an empty body.
      const isEmpty = !isObject(payload) || Object.keys(payload).length === 0
      return new Response(isEmpty ? '' : JSON.stringify(payload), {
        headers: isEmpty ? {} : { 'content-type': 'application/json' },
      })
    } finally {
      socket.off('close', onClose)
      waiting.delete(envelopeId)
    }
  }

  return {
    methods: {
      'apps.connections.open': {
        args: [],
        open: true,
        run: ({ token }) => {
          if (token === null) return refuse('not_authed')
          if (token !== appToken) return refuse('invalid_auth')
          const ticket = secret()
          tickets.add(ticket)
          return { ok: true, url: `${at.url().replace(/^http/, 'ws')}/link?ticket=${ticket}` }
        },
      },
    },
    handler: deliver,
    attach(http) {
      http.on('upgrade', (request, socket, head) => {
        const address = new URL(request.url ?? '', 'http://stand-in')
        const ticket = address.searchParams.get('ticket') ?? ''
        if (address.pathname !== '/link' || !tickets.delete(ticket)) return socket.destroy()
        server.handleUpgrade(request, socket, head, (ws) => server.emit('connection', ws, request))
      })
    },
    connections: () => open.size,
    opened: () => opened,
    recycle({ hard = false } = {}) {
      for (const socket of open) {
        if (hard) socket.terminate()
        else socket.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested' }))
      }
    },
    close() {
      for (const socket of open) socket.terminate()
      server.close()
    },
  }
}

function envelopeOf(request: Request, body: string): JsonObject {
  const retry = request.headers.get('x-slack-retry-num')
  if ((request.headers.get('content-type') ?? '').startsWith('application/json')) {
    return {
      type: 'events_api',
      payload: parseJson(body) ?? null,
      accepts_response_payload: false,
      retry_attempt: Number(retry ?? 0),
      retry_reason: request.headers.get('x-slack-retry-reason') ?? '',
    }
  }
  const form = new URLSearchParams(body)
  const payload = form.get('payload')
  if (payload === null) {
    return {
      type: 'slash_commands',
      payload: Object.fromEntries(form),
      accepts_response_payload: true,
    }
  }
  const parsed = parseJson(payload) ?? null
  const answered = ['view_submission', 'block_suggestion']
  const accepts = isObject(parsed) && answered.includes(text(parsed['type']))
  return { type: 'interactive', payload: parsed, accepts_response_payload: accepts }
}
