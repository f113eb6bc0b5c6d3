/** Answers over HTTP: all of them as lines, sums, statistics, and the files of exports. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeExport } from '../../../src/exports/job/write.ts'
import { exportToFile } from '../../../src/exports/to-file.ts'
import { addAnswer, addRecord, makeDataset, makeLabelers, ranked } from '../../exports/ground.ts'
import { startParley, type TestParley } from '../../support/parley.ts'
import { boss, type Call, calling, keyFor } from './client.ts'

let at: TestParley
let reader: Call
let admin: Call
let name: string

beforeAll(async () => {
  at = await startParley()
  const dataset = await makeDataset(at.parley)
  name = dataset.name
  const [ana = '', ben = ''] = await makeLabelers(at.parley, 2)
  for (let n = 0; n < 30; n++) {
    const record = await addRecord(at.parley, dataset, { external_id: `r${n}` })
    await addAnswer(at.parley, dataset, record, { labeler: ana, values: ranked('a', 'b', 'c') })
    await addAnswer(at.parley, dataset, record, { labeler: ben, values: ranked('b', 'a', 'c') })
  }
  reader = calling(at.parley, await keyFor(at.parley, ['answers:read'], name))
  admin = calling(at.parley, await keyFor(at.parley, ['admin']))
})
afterAll(() => at.close())

describe('happy', () => {
  test('all answers come as the raw export has them, byte for byte', async () => {
    const { status, text, headers } = await reader('GET', `/v1/datasets/${name}/responses`)
    expect([status, headers.get('content-type')]).toEqual([200, 'application/x-ndjson'])
    const to = join(at.dataDir, 'raw.jsonl')
    await exportToFile(at.parley, boss, { dataset: name, as: 'raw', to })
    expect(text).toBe(readFileSync(to, 'utf8'))
    expect(text.split('\n')).toHaveLength(61)
  })

  test('a dataset without answers has no line', async () => {
    const empty = await makeDataset(at.parley)
    const { status, text } = await admin('GET', `/v1/datasets/${empty.name}/responses`)
    expect([status, text]).toEqual([200, ''])
  })

  test('a reader that leaves early holds nothing up', async () => {
    const { httpApp } = await import('../../../src/http/app.ts')
    const key = await keyFor(at.parley, ['answers:read'])
    const answer = await httpApp(at.parley, []).request(`/v1/datasets/${name}/responses`, {
      headers: { authorization: `Bearer ${key}` },
    })
    await answer.body?.cancel()
    expect((await reader('GET', `/v1/datasets/${name}/responses`)).status).toBe(200)
  })

  test('progress and statistics are those of the other doors', async () => {
    const progress = await reader('GET', `/v1/datasets/${name}/progress`)
    expect(progress.json).toMatchObject({
      records: 30,
      needs_outputs: 0,
      mean_seconds: null,
    })
    const stats = await reader('GET', `/v1/datasets/${name}/stats?resamples=0`)
    expect(stats.json).toMatchObject({
      dataset: name,
      counts: { records: 30, answers: 60, labelers: 2 },
    })
  })

  test('a file is asked for, written by a worker, and downloaded', async () => {
    const call = calling(at.parley, await keyFor(at.parley, ['exports'], name))
    const asked = await call('POST', `/v1/datasets/${name}/exports`, {
      as: 'preference',
      split: 0.5,
    })
    expect([asked.status, asked.json.state]).toEqual([202, 'queued'])
    const href = asked.headers.get('location') ?? ''
    expect((await call('GET', `${href}/file`)).status).toBe(409)
    await writeExport(at.parley, asked.json.id)
    const done = await call('GET', href)
    expect(done.json).toMatchObject({ state: 'done', dataset: name, as: 'preference' })
    for (const { href: file, sha256 } of done.json.files) {
      const got = await call('GET', file)
      expect(createHash('sha256').update(got.text).digest('hex')).toBe(sha256)
      expect(got.headers.get('x-sha256')).toBe(sha256)
    }
  })
})

describe('refused', () => {
  test('a format or an option that does not fit, by its name', async () => {
    const path = `/v1/datasets/${name}/exports`
    const format = await admin('POST', path, { as: 'prefs' })
    expect([format.status, Object.keys(format.json.error.problems)]).toEqual([422, ['as']])
    const option = await admin('POST', path, { as: 'raw', split: 0.5 })
    expect([option.status, option.json.error.code]).toEqual([422, 'invalid'])
  })

  test('an export of another dataset, and one that never was', async () => {
    const { json } = await admin('POST', `/v1/datasets/${name}/exports`, { as: 'raw' })
    const other = await makeDataset(at.parley)
    const call = calling(at.parley, await keyFor(at.parley, ['exports'], other.name))
    for (const path of [`/v1/exports/${json.id}`, `/v1/exports/${json.id}/file`, '/v1/exports/x'])
      expect((await call('GET', path)).status, path).toBe(404)
    expect((await call('DELETE', `/v1/exports/${json.id}`)).status).toBe(404)
    expect((await admin('DELETE', `/v1/exports/${json.id}`)).json.state).toBe('cancelled')
  })

  test('answers to a key that may only add records', async () => {
    const call = calling(at.parley, await keyFor(at.parley, ['records:write']))
    expect((await call('GET', `/v1/datasets/${name}/responses`)).status).toBe(403)
    expect((await reader('GET', '/v1/datasets/nothing/responses')).status).toBe(404)
  })
})
