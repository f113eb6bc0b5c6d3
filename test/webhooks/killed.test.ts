/** The worker is killed by its pid while it sends: in the end every event has arrived, under one id each. */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEndpoint } from '../../src/webhooks/create.ts'
import { makeDataset } from '../assignments/ground.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { type ServiceProcess, startServiceProcess } from '../support/service-process.ts'
import { admin, reaching } from './ground.ts'
import { openReceiver, type Receiver } from './receiver.ts'

const events = 200
const kills = 2

let world: TestParley
let receiver: Receiver
let worker: ServiceProcess
beforeAll(async () => {
  world = await startParley()
  receiver = await openReceiver()
  reaching(world.parley, receiver)
})
afterAll(async () => {
  await worker?.stop()
  await receiver?.close()
  await world?.close()
})

describe('twice: killed while it sends', () => {
  test('each event arrives, and at most what was under way arrives again', {
    timeout: 240_000,
  }, async () => {
    const { parley } = world
    await makeDataset(parley, { name: 'safety' })
    const { endpoint, secret } = await createEndpoint(parley, admin, {
      ...{ url: receiver.url, events: ['record.completed'] },
    })
    receiver.know(secret)
    await sql`
      with made as (
        insert into events (id, type, dataset_id, body, created_at)
        select 'msg_' || n, 'record.completed', d.id,
          json_build_object('type', 'record.completed', 'data', json_build_object('n', n))::text, now()
        from datasets d cross join generate_series(1, ${events}::int) n
        returning id, created_at
      )
      insert into event_deliveries (endpoint_id, event_id, due_at, created_at)
      select ${endpoint.id}, id, created_at, created_at from made`.execute(parley.db)
    const ids = () => new Set(receiver.received.map(({ id }) => id))
    let killed = 0
    let killing: Promise<void> | null = null
    receiver.answerWith((response) => {
      response.writeHead(204).end()
      if (killing || killed === kills || ids().size < (killed + 1) * 60) return
      killed++
      killing = worker.killAndStart().finally(() => {
        killing = null
      })
    })
    worker = await startServiceProcess(
      {
        DATABASE_URL: world.database.url,
        PARLEY_SECRET: parley.secret,
        PARLEY_DATA_DIR: world.dataDir,
        PARLEY_FETCH_ALLOW: receiver.host,
        LOG_LEVEL: 'fatal',
      },
      'worker',
    )
    const sent = async () => {
      const { rows } = await sql<{ count: number }>`
        select count(*)::int as count from event_deliveries where state = 'sent'`.execute(parley.db)
      return rows[0]?.count
    }
    while ((await sent()) !== events) await new Promise((resolve) => setTimeout(resolve, 250))
    expect(killed).toBe(kills)
    expect(ids().size).toBe(events)
    expect(receiver.received.length - events).toBeLessThanOrEqual(kills * 48)
    expect(receiver.unverified).toEqual([])
    expect(worker.failures).toEqual([])
  })
})
