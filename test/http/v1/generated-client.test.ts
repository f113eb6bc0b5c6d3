/** A client that a foreign program makes of the document works against a server that listens. */

import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { serve } from '@hono/node-server'
import { generateSource } from 'oazapfts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { httpApp } from '../../../src/http/app.ts'
import { makeDataset } from '../../exports/ground.ts'
import { startParley, type TestParley } from '../../support/parley.ts'
import { keyFor } from './client.ts'

let at: TestParley
let server: ReturnType<typeof serve>
let folder: string
// biome-ignore lint/suspicious/noExplicitAny: its types are generated, and checked by nobody here.
let api: any

beforeAll(async () => {
  at = await startParley()
  server = serve({ fetch: httpApp(at.parley, []).fetch, port: 0, hostname: '127.0.0.1' })
  await once(server, 'listening')
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  folder = mkdtempSync(join(tmpdir(), 'parley-client-'))
  const source = await generateSource(`${address}/openapi.json`)
  const runtime = pathToFileURL(createRequire(import.meta.url).resolve('@oazapfts/runtime')).href
  const file = join(folder, 'client.mts')
  writeFileSync(
    file,
    source.replaceAll(/(['"])@oazapfts\/runtime(?:\/query)?\1/g, (found) =>
      found.includes('/query') ? `'${runtime.replace('index', 'query')}'` : `'${runtime}'`,
    ),
  )
  api = await import(file)
  api.defaults.baseUrl = address
  const key = await keyFor(at.parley, ['admin'])
  api.defaults.headers = { authorization: `Bearer ${key}` }
})
afterAll(async () => {
  server?.close()
  rmSync(folder, { recursive: true, force: true })
  await at.close()
})

describe('happy', () => {
  test('it adds a record, reads it back, lists datasets and is refused as described', async () => {
    const { name } = await makeDataset(at.parley)
    const record = {
      external_id: 'r1',
      fields: { prompt: 'Why?' },
      outputs: [{ text: 'A' }, { text: 'B' }],
    }
    expect(await api.addRecords(name, record)).toMatchObject({ status: 201 })
    const read = await api.getRecord(name, 'r1')
    expect(read).toMatchObject({ status: 200, data: { external_id: 'r1', status: 'pending' } })
    const all = await api.listDatasets()
    expect(all.data.data.map((one: { name: string }) => one.name)).toContain(name)
    const missing = await api.getDataset('nothing')
    expect(missing).toMatchObject({ status: 404, data: { error: { code: 'not_found' } } })
  })
})
