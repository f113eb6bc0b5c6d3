/**
 * Ends requests whose body comes drop by drop, which would hold a connection for as long as the sender
 * likes (slow loris). Node's own limit is on the whole request, and a long upload may take an hour.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'

/** In each of these while Parley waits for more of a body, this many bytes must come. */
const pace = { everyMs: 15_000, bytes: 2_048 }
/** How long a client may take for the headers. */
const headersMs = 20_000

/** Watches every request of the server; a test has a pace of its own. */
export function endSlowBodies(server: Server, { everyMs, bytes } = pace): void {
  server.requestTimeout = 0
  server.headersTimeout = headersMs
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (request.complete) return
    let before = request.socket.bytesRead
    const timer = setInterval(() => {
      const came = request.socket.bytesRead - before
      before = request.socket.bytesRead
      // What has come and nobody read yet: Parley is the slow one.
      if (request.complete || request.readableLength > 0 || came >= bytes) return
      clearInterval(timer)
      endSlow(request, response)
    }, everyMs).unref()
    const stop = () => clearInterval(timer)
    request.once('end', stop)
    request.once('close', stop)
    response.once('close', stop)
  })
}

function endSlow(request: IncomingMessage, response: ServerResponse): void {
  const socket = request.socket
  if (!response.headersSent) {
    const message = 'The body arrived too slowly. Send it in one go, or in smaller requests.'
    const text = JSON.stringify({ error: { code: 'timeout', message, problems: {}, ref: '' } })
    socket.write(
      `HTTP/1.1 408 Request Timeout\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
    )
  }
  socket.destroySoon()
}
