/** A body that comes drop by drop ends the request; one that Parley is slow to read does not. */
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { serve } from '@hono/node-server'
import { afterEach, describe, expect, test } from 'vitest'
import { httpApp } from '../../src/http/app.ts'
import { endSlowBodies } from '../../src/http/slow-bodies.ts'
import { startParley } from '../support/parley.ts'
import { keyFor } from './v1/client.ts'

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

/** Sends these bytes and no more; what comes back until the other side ends it. */
async function sendTo(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(bytes)
  let text = ''
  socket.on('data', (chunk) => {
    text += String(chunk)
  })
  await once(socket, 'close')
  return text
}

describe('refused', () => {
  test('a document of which one byte comes', async () => {
    const at = await startParley()
    open.push(at)
    const key = await keyFor(at.parley, ['admin'])
    const server = serve({ fetch: httpApp(at.parley, []).fetch, port: 0, hostname: '127.0.0.1' })
    if (!('requestTimeout' in server)) throw new Error('It is no server of HTTP/1.')
    open.push(server)
    endSlowBodies(server, { everyMs: 30, bytes: 100 })
    await once(server, 'listening')
    const head = [
      ...['POST /v1/datasets HTTP/1.1', 'Host: x', `Authorization: Bearer ${key}`],
      ...['Content-Type: application/json', 'Content-Length: 500', '', '{'],
    ].join('\r\n')
    const answer = await sendTo((server.address() as AddressInfo).port, head)
    expect(answer).toMatch(/^HTTP\/1.1 408 .*too slowly/s)
    expect(await at.parley.db.selectFrom('datasets').select('id').execute()).toEqual([])
  })
})

describe('happy', () => {
  test('a sender that waits for us goes on', async () => {
    const got: number[] = []
    const server = createServer(async (request: IncomingMessage, response) => {
      const chunks = request.iterator()
      for (let turn = 0; turn < 2; turn++) {
        await new Promise((resolve) => setTimeout(resolve, 600))
        const { value } = await chunks.next()
        got.push((value as Buffer).length)
      }
      for await (const chunk of chunks) got.push((chunk as Buffer).length)
      response.end(String(got.reduce((sum, one) => sum + one, 0)))
    })
    endSlowBodies(server, { everyMs: 250, bytes: 1 })
    server.listen(0, '127.0.0.1')
    open.push(server)
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const body = 'x'.repeat(3_000_000)
    const answer = await fetch(`http://127.0.0.1:${port}`, { method: 'POST', body })
    expect(await answer.text()).toBe(String(body.length))
  })
})
