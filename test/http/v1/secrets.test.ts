/** Every secret a program is given or gives, used rightly and wrongly: none is in the log or the audit. */
import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDataset } from '../../../src/datasets/create.ts'
import { parseDocument } from '../../../src/datasets/parse.ts'
import { httpApp } from '../../../src/http/app.ts'
import { scopes } from '../../../src/keys/scopes.ts'
import { openLog } from '../../../src/log.ts'
import { startParley, type TestParley } from '../../support/parley.ts'
import { reaching, work } from '../../webhooks/ground.ts'
import { openReceiver, type Receiver } from '../../webhooks/receiver.ts'
import { boss, calling, keyFor } from './client.ts'

let at: TestParley
let receiver: Receiver
let logged = ''

const bootstrap = createHmac('sha256', 'a test').update('bootstrap').digest('hex')
const header = createHmac('sha256', 'a test').update('otlp').digest('hex')

beforeAll(async () => {
  at = await startParley()
  receiver = await openReceiver()
  const to = {
    write: (line: string) => {
      logged += line
    },
  }
  const log = openLog({ level: 'trace', secrets: [at.parley.secret, bootstrap], to })
  Object.assign(reaching(at.parley, receiver), { log, apiKey: bootstrap })
  const document = { name: 'prefs', template: 'comparison', access: 'everyone' }
  await createDataset(at.parley, boss, { document: parseDocument(JSON.stringify(document)) })
})
afterAll(async () => {
  await receiver.close()
  await at.close()
})

describe('forbidden: a secret in the log', () => {
  test('keys, secrets of webhooks and headers of OTLP servers', async () => {
    const key = await keyFor(at.parley, [...scopes])
    const call = calling(at.parley, key)
    const url = receiver.url
    const made = await call('POST', '/v1/webhooks', { url })
    const otlp = { headers: { authorization: `Basic ${header}`, 'x-api-key': header } }
    const traces = await call('POST', '/v1/webhooks', { url, otlp })
    const rotated = await call('POST', `/v1/webhooks/${made.json.id}/rotate`)
    const small = await call('POST', '/v1/keys', { name: 'small', scopes: ['exports'] })
    expect([made, traces, rotated, small].map(({ status }) => status)).toEqual([201, 201, 200, 201])
    const secrets = [key, small.json.key, bootstrap, header, made.json.secret, rotated.json.secret]

    for (const status of [204, 500, 410]) {
      receiver.answerWith(status)
      for (const { json } of [made, traces]) await call('POST', `/v1/webhooks/${json.id}/test`)
      await work(at.parley)
    }
    await receiver.close()
    for (const { json } of [made, traces]) await call('POST', `/v1/webhooks/${json.id}/test`)
    for (const secret of secrets) {
      const as = calling(at.parley, secret)
      await as('GET', '/v1/datasets')
      // Where no secret belongs.
      const misplaced = encodeURIComponent(secret)
      for (const path of ['datasets', 'keys', 'exports', 'labelers', 'webhooks'])
        await call('DELETE', `/v1/${path}/${misplaced}`)
      await call('GET', `/v1/datasets?key=${misplaced}`)
      await call('POST', '/v1/datasets/prefs/records', `{"key": "${secret}"`)
      await call('POST', '/v1/datasets/prefs/records', { external_id: 'r', key: secret })
    }
    // A bug while a key is in the request: the line of the log has what was thrown, and where.
    const broken = { ...at.parley, db: new Proxy(at.parley.db, { get: () => breaks(key) }) }
    const app = httpApp(broken, [])
    const failed = await calling(broken, key, app)('GET', `/v1/datasets/${key}`)
    expect([failed.status, failed.text.includes(key)]).toEqual([500, false])

    await at.parley.settled()
    expect(logged).toContain('http.failed')
    const audit = JSON.stringify(await at.parley.db.selectFrom('audit').selectAll().execute())
    for (const secret of secrets) {
      expect(logged).not.toContain(secret)
      // The first letters of a key are shown, to tell keys apart.
      expect(logged).not.toContain(secret.slice(8, 30))
      expect(audit).not.toContain(secret)
    }
  })
})

function breaks(key: string): never {
  throw new Error(`It broke at ${key}.`)
}
