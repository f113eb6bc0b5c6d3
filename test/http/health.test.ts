/** Whoever watches Parley is answered soon, and a stop does not wait for slow clients. */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '../../src/db/open.ts'
import { httpApp } from '../../src/http/app.ts'
import { openLog } from '../../src/log.ts'
import { openJourney } from '../support/journey.ts'
import { startParley, type TestParley } from '../support/parley.ts'

let at: TestParley
beforeAll(async () => {
  at = await startParley()
})
afterAll(() => at.close())

const ready = (parley = at.parley) => httpApp(parley, []).request('/readyz')

describe('happy', () => {
  test('it is ready where the database answers', async () => {
    expect((await ready()).status).toBe(200)
  })
})

describe('refused', () => {
  test('a database that accepts and never answers makes it not ready, soon', async () => {
    const held = new Set<Socket>()
    const silent = createServer((socket) => held.add(socket)).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const address = silent.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const log = openLog({ level: 'silent' })
    const silentDatabase = openDatabase(`postgres://x@127.0.0.1:${port}/x`, { log, max: 1 })
    const answer = await ready({ ...at.parley, db: silentDatabase.db })
    expect(answer.status).toBe(503)
    expect(await answer.json()).toEqual({ ok: false, database: false })
    for (const socket of held) socket.destroy()
    await new Promise((resolve) => silent.close(resolve))
    await silentDatabase.close()
  })

  test('a client that never ends its request holds up no stop', async () => {
    const journey = await openJourney({ worker: false })
    const { hostname, port } = new URL(journey.service.address)
    const slow = connect(Number(port), hostname)
    slow.on('error', () => {})
    await once(slow, 'connect')
    slow.write(
      'POST /slack/events HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n',
    )
    const cut = once(slow, 'close')
    await journey.close()
    await cut
  }, 30_000)
})
