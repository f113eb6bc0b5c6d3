/** A server that receives webhooks as the official library wants them verified, and answers as it is told. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'

export type Received = {
  id: string
  type: string
  data: Record<string, unknown>
  body: string
  headers: IncomingHttpHeaders
  at: number
}

type Answer = (response: ServerResponse, received: Received) => void

/** What was received, verified by the secrets known at that time; what does not verify is listed apart. */
export async function openReceiver() {
  const received: Received[] = []
  const unverified: string[] = []
  let secrets: string[] = []
  let answer: Answer = (response) => response.writeHead(204).end()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8')
      const headers = request.headers as Record<string, string>
      const isValid = secrets.some((secret) => verifies(secret, body, headers))
      if (!isValid) unverified.push(body)
      const { type, data } = JSON.parse(body)
      const one = { id: String(headers['webhook-id']), type, data, body, headers, at: Date.now() }
      received.push(one)
      answer(response, one)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    host: `127.0.0.1:${port}`,
    url: `http://127.0.0.1:${port}/hooks`,
    received,
    unverified,
    know: (...all: string[]) => {
      secrets = all
    },
    answerWith: (next: number | Answer, headers: Record<string, string> = {}) => {
      answer =
        typeof next === 'number' ? (response) => response.writeHead(next, headers).end() : next
    },
    ofType: (type: string) => received.filter((one) => one.type === type),
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}

export type Receiver = Awaited<ReturnType<typeof openReceiver>>

/** The library has tokens of five minutes by the machine's clock; a test's clock is elsewhere. */
function verifies(secret: string, body: string, headers: Record<string, string>): boolean {
  const now = Date.now
  try {
    Date.now = () => Number(headers['webhook-timestamp']) * 1000
    new Webhook(secret).verify(body, headers)
    return true
  } catch {
    return false
  } finally {
    Date.now = now
  }
}
