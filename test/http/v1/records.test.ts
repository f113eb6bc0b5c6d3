/** Records over HTTP: one or many go in as an import's lines do, and are found, requeued and deleted. */
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listImports } from '../../../src/imports/import-row.ts'
import { makeDataset } from '../../exports/ground.ts'
import { startParley, type TestParley } from '../../support/parley.ts'
import { type Call, calling, keyFor } from './client.ts'

let at: TestParley
let admin: Call
let writer: Call
let name: string
let path: string

beforeAll(async () => {
  at = await startParley()
  admin = calling(at.parley, await keyFor(at.parley, ['admin']))
})
afterAll(() => at.close())

/** A dataset of its own. */
async function fresh(): Promise<void> {
  name = (await makeDataset(at.parley)).name
  path = `/v1/datasets/${name}/records`
  writer = calling(at.parley, await keyFor(at.parley, ['records:write'], name))
}

const lineOf = (id: string, more: object = {}) => ({
  ...{ external_id: id, fields: { prompt: `Why ${id}?` } },
  outputs: [{ text: 'One.' }, { text: 'Two.' }],
  ...more,
})
const ndjson = { 'content-type': 'application/x-ndjson' }
const linesOf = (...lines: object[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join('')

describe('happy', () => {
  test('one record goes in, is found, changed, and said to be the same', async () => {
    await fresh()
    const made = await writer('POST', path, lineOf('a'))
    expect([made.status, made.json]).toMatchObject([201, { external_id: 'a', outcome: 'created' }])
    const same = await writer('POST', path, lineOf('a'))
    expect([same.status, same.json.outcome]).toEqual([200, 'unchanged'])
    const other = await writer('POST', path, lineOf('a', { metadata: { lang: 'de' } }))
    expect([other.status, other.json.outcome, other.json.parts]).toEqual([
      ...[200, 'updated', ['metadata']],
    ])
    const found = await writer('GET', `${path}/a`)
    expect(found.json).toMatchObject({
      external_id: 'a',
      status: 'pending',
      fields: { prompt: 'Why a?' },
    })
    expect(found.json).not.toHaveProperty('gold')
    expect((await admin('GET', `${path}/a`)).json).toHaveProperty('gold', null)
    expect(await listImports(at.parley, { dataset: name })).toEqual([])
  })

  test('of many at once each gets its own answer, also where they are about the same record', async () => {
    await fresh()
    const all = await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        writer('POST', path, n % 10 === 9 ? { external_id: 'bad' } : lineOf(`m${n % 20}`)),
      ),
    )
    const outcomes = all.map(({ status, json }) => `${status} ${json.outcome ?? json.error.code}`)
    const counted = Object.groupBy(outcomes, (one) => one)
    expect(Object.entries(counted).map(([one, those]) => [one, those?.length])).toEqual(
      expect.arrayContaining([
        ['201 created', 18],
        ['200 unchanged', 36],
        ['422 invalid', 6],
      ]),
    )
    expect(all[9]?.json.error.problems).not.toEqual({})
    expect((await writer('GET', path)).json.data).toHaveLength(18)
  })

  test('a shape that an import knows is known here too', async () => {
    await fresh()
    const made = await writer('POST', path, { prompt: 'Why?', chosen: 'Yes.', rejected: 'No.' })
    expect(made.status).toBe(201)
    const { json } = await writer('GET', `${path}/${encodeURIComponent(made.json.external_id)}`)
    expect(json.outputs).toHaveLength(2)
  })

  test('a stream is an import: good lines are kept, bad ones told, and it can be taken back', async () => {
    await fresh()
    const body = `${linesOf(lineOf('b1'), lineOf('b2'))}{"broken":\n${linesOf({ external_id: 'b4' })}`
    const sent = await writer('POST', path, body, ndjson)
    expect(sent.status).toBe(200)
    expect(sent.json).toMatchObject({ unit: 'line', lines: 4, created: 2, refused: { count: 2 } })
    expect(sent.json.refused.lines.map(({ line }: { line: number }) => line)).toEqual([3, 4])
    const [listed] = (await writer('GET', `/v1/datasets/${name}/imports`)).json.data
    expect(listed).toMatchObject({ id: sent.json.import, source: 'HTTP', state: 'done' })
    expect(listed.imported_by).toMatch(/^key:/)
    const undone = await admin('POST', `/v1/imports/${sent.json.import}/undo`)
    expect(undone.json).toMatchObject({ dataset: name, records: 2 })
  })

  test('a packed stream and a JSON list are read as a file of that kind', async () => {
    await fresh()
    const packed = new ReadableStream({
      start: (to) => {
        to.enqueue(new Uint8Array(gzipSync(linesOf(lineOf('g1'), lineOf('g2')))))
        to.close()
      },
    })
    expect((await writer('POST', path, packed, ndjson)).json.created).toBe(2)
    const list = await writer('POST', path, [lineOf('l1'), lineOf('l2')])
    expect([list.status, list.json.created]).toEqual([200, 2])
  })

  test('all or nothing, and a rehearsal', async () => {
    await fresh()
    const bad = `${linesOf(lineOf('x1'))}nonsense\n`
    const whole = await writer('POST', `${path}?all_or_nothing=true`, bad, ndjson)
    expect([whole.status, whole.json.error.code]).toEqual([422, 'invalid'])
    expect(whole.json.report).toMatchObject({ created: 0, rolled_back: true, import: null })
    expect(Object.keys(whole.json.error.problems)).toEqual(['line 2'])
    const tried = await writer('POST', `${path}?dry_run=true`, linesOf(lineOf('x1')), ndjson)
    expect([tried.status, tried.json.created, tried.json.import]).toEqual([200, 1, null])
    expect((await writer('GET', path)).json.data).toEqual([])
  })

  test('pages hold still while records come in, and the last one says so', async () => {
    await fresh()
    const ids = Array.from({ length: 25 }, (_, n) => `p${String(n).padStart(2, '0')}`)
    await writer('POST', path, linesOf(...ids.map((id) => lineOf(id))), ndjson)
    const seen: string[] = []
    let cursor = ''
    for (let page = 0; page < 10; page++) {
      const { json } = await writer('GET', `${path}?limit=10${cursor && `&cursor=${cursor}`}`)
      seen.push(...json.data.map((one: { external_id: string }) => one.external_id))
      await writer('POST', path, lineOf(`a-later-${page}`))
      if (json.next === null) break
      cursor = json.next
    }
    expect(seen).toEqual(ids)
  })

  test('a record that nobody has seen is deleted', async () => {
    await fresh()
    await writer('POST', path, lineOf('d'))
    expect((await admin('DELETE', `${path}/d`)).status).toBe(204)
    expect((await admin('GET', `${path}/d`)).status).toBe(404)
    expect((await admin('POST', `${path}/d/requeue`)).status).toBe(404)
  })
})

describe('refused', () => {
  test('a record that does not fit, by where it does not', async () => {
    await fresh()
    const refused = await writer('POST', path, { format: 1, external_id: 'x', outputs: [] })
    expect([refused.status, refused.json.error.code]).toEqual([422, 'invalid'])
    expect(Object.keys(refused.json.error.problems)).toEqual(['fields'])
  })

  test('a record of more than ten megabytes', async () => {
    await fresh()
    const refused = await writer('POST', path, lineOf('x', { metadata: { long: 'x'.repeat(1e7) } }))
    expect([refused.status, refused.json.error.code]).toEqual([413, 'too_large'])
    expect((await writer('GET', path)).json.data).toEqual([])
  })

  test('a record that no longer fits, once the dataset has changed or is closed or gone', async () => {
    await fresh()
    expect((await writer('POST', path, lineOf('c1'))).status).toBe(201)
    const fields = [
      { name: 'prompt', title: 'Prompt' },
      { name: 'context', title: 'Context' },
    ]
    await admin('PATCH', `/v1/datasets/${name}`, { fields })
    const refused = await writer('POST', path, lineOf('c2'))
    expect([refused.status, Object.keys(refused.json.error.problems)]).toEqual([
      ...[422, ['fields.context']],
    ])
    await admin('POST', `/v1/datasets/${name}/publish`)
    await admin('POST', `/v1/datasets/${name}/close`)
    const fitting = { ...lineOf('c3'), fields: { prompt: 'Why?', context: 'So.' } }
    expect((await writer('POST', path, fitting)).status).toBe(409)
    await admin('POST', `/v1/datasets/${name}/reopen`)
    expect((await writer('POST', path, fitting)).status).toBe(201)
    await admin('DELETE', `/v1/datasets/${name}`)
    expect((await admin('POST', path, fitting)).status).toBe(404)
  })

  test('another dataset than the key’s, in every way', async () => {
    await fresh()
    const mine = writer
    await fresh()
    const other = await mine('POST', path, lineOf('x'))
    expect([other.status, other.json.error.code]).toEqual([404, 'not_found'])
    expect((await mine('POST', path, linesOf(lineOf('x')), ndjson)).status).toBe(404)
    expect((await mine('GET', path)).status).toBe(404)
    expect((await mine('GET', `/v1/datasets/${name}/imports`)).status).toBe(404)
    const sent = await writer('POST', path, linesOf(lineOf('x')), ndjson)
    const others = calling(
      at.parley,
      await keyFor(at.parley, ['admin'], (await makeDataset(at.parley)).name),
    )
    expect((await others('POST', `/v1/imports/${sent.json.import}/undo`)).status).toBe(404)
  })

  test('a cursor that no page gave', async () => {
    await fresh()
    for (const asked of [
      `${path}?cursor=!!`,
      `/v1/datasets/${name}/imports?cursor=eA`,
      `${path}?limit=0`,
    ])
      expect((await writer('GET', asked)).status, asked).toBe(422)
  })
})
