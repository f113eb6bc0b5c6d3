/** A program reads the result of a record, waits until it is complete, and asks people over HTTP. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Labeler } from '../../../src/labelers/labeler.ts'
import { locateRecord } from '../../../src/quality/result/record-result.ts'
import { openWatch } from '../../../src/quality/result/watch.ts'
import { answers, chooses, deal, openAsk, opinions } from '../../ask/ground.ts'
import { makeLabeler } from '../../assignments/ground.ts'
import { startParley, type TestParley } from '../../support/parley.ts'
import { boss, type Call, calling, keyFor } from './client.ts'

let at: TestParley
let program: Call
let people: Labeler[]
const person = (n: number): Labeler => people[n] ?? (people[0] as Labeler)

beforeAll(async () => {
  at = await startParley()
  people = await Promise.all(['U1', 'U2', 'U3'].map((id) => makeLabeler(at.parley, id)))
  program = calling(at.parley, await keyFor(at.parley, ['records:write', 'answers:read']))
  await openAsk(at.parley)
})
afterAll(() => at.close())

let asked = 0
/** Asks a question; returns its key and the addresses of its results. */
async function ask(wanted = 1) {
  asked += 1
  const body = { question: `Which, ${asked}?`, options: ['a', 'b/c'], people: wanted }
  const made = await program('POST', '/v1/datasets/opinions/asks', { ...body, key: `q/${asked}` })
  expect(made.status).toBe(201)
  const path = `/v1/datasets/opinions/records/${encodeURIComponent(made.json.key)}/result`
  return { ...made.json, path, byId: `/v1/records/${made.json.id}/result`, body }
}

describe('happy: a result over HTTP', () => {
  test('is the same by both addresses, with a tag that changes when it does', async () => {
    const { path, byId, key } = await ask(2)
    const first = await program('GET', path)
    expect(first.json).toMatchObject({ external_id: key, status: 'pending', pending: true })
    expect((await program('GET', byId)).json).toEqual(first.json)
    const etag = first.headers.get('etag') ?? ''
    const same = await program('GET', path, undefined, { 'if-none-match': etag })
    expect([same.status, same.text]).toEqual([304, ''])
    await chooses(at.parley, person(0), 'a')
    const changed = await program('GET', path, undefined, { 'if-none-match': etag })
    expect(changed.status).toBe(200)
    expect(changed.json).toMatchObject({ pending: true, answers: { counted: 1, wanted: 2 } })
    expect(changed.json.questions.choice.votes[0]).toMatchObject({ value: 'a', count: 1, of: 1 })
    await chooses(at.parley, person(1), 'a')
  })

  test('comes as soon as the record is complete, and at once when it is', async () => {
    const { path } = await ask(2)
    const waiting = program('GET', `${path}?wait=60`)
    await chooses(at.parley, person(0), 'a')
    await chooses(at.parley, person(1), 'b/c')
    const done = await waiting
    expect(done.json).toMatchObject({ status: 'completed', answers: { counted: 2 } })
    expect((await program('GET', `${path}?wait=60`)).json).toEqual(done.json)
  })

  test('with a tag it comes as soon as anything changes, an edit included', async () => {
    const { path } = await ask(2)
    await chooses(at.parley, person(0), 'a')
    const { headers } = await program('GET', path)
    const etag = headers.get('etag') ?? ''
    const waiting = program('GET', `${path}?wait=60`, undefined, { 'if-none-match': etag })
    const rows = await at.parley.db
      .selectFrom('assignments')
      .selectAll()
      .where('status', '=', 'submitted')
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow()
    await answers(
      at.parley,
      person(0),
      { assignmentId: `${rows.datasetId}-${rows.id}` },
      { choice: { mode: 'best_only', ranks: { a: 2, 'b/c': 1 }, all_unacceptable: false } },
    )
    const changed = await waiting
    expect(changed.status).toBe(200)
    expect(changed.json.responses[0]).toMatchObject({ revision: 2 })
    const unchanged = await program('GET', `${path}?wait=1`, undefined, {
      'if-none-match': changed.headers.get('etag') ?? '',
    })
    expect(unchanged.status).toBe(304)
    await chooses(at.parley, person(1), 'a')
  })

  test('a hundred who wait are answered by the same looks, and hold no connection', async () => {
    const { path } = await ask()
    const waiting = Array.from({ length: 100 }, () => program('GET', `${path}?wait=60`))
    await chooses(at.parley, person(0), 'a')
    const all = await Promise.all(waiting)
    expect(new Set(all.map(({ text }) => text)).size).toBe(1)
    expect(all[0]?.json.pending).toBe(false)
  })

  test('a question is asked once, and read until it is answered', async () => {
    const { key, body } = await ask()
    const again = await program('POST', '/v1/datasets/opinions/asks', { ...body, key })
    expect([again.status, again.json.state]).toEqual([200, 'pending'])
    expect(again.headers.get('location')).toBe(
      `/v1/datasets/opinions/asks/${encodeURIComponent(key)}`,
    )
    const waiting = program('GET', `${again.headers.get('location')}?wait=60`)
    await chooses(at.parley, person(2), 'b/c')
    expect((await waiting).json).toMatchObject({
      ...{ state: 'answered', questions: { choice: { best: 'b/c' } } },
    })
  })
})

describe('happy: waiting for a record', () => {
  test('ends when the caller goes away, and for everybody when the process stops', async () => {
    const { id, key } = await ask()
    const stop = new AbortController()
    const watch = openWatch({ ...at.parley, stopping: stop.signal })
    const record = await locateRecord(at.parley, boss, { recordId: id })
    const mark = await watch.mark(record)
    const gone = new AbortController()
    const first = watch.change(record, mark, { ms: 60_000, signal: gone.signal })
    const second = watch.change(record, mark, { ms: 60_000 })
    gone.abort()
    expect(await first).toBe(true)
    stop.abort()
    expect(await second).toBe(true)
    expect(await watch.change(record, mark, { ms: 60_000 })).toBe(false)
    expect((await deal(at.parley, person(0)))?.record.externalId).toBe(key)
    await chooses(at.parley, person(0), 'a')
  })

  test('where as many wait as may, others are answered at once', async () => {
    const { id } = await ask()
    const watch = openWatch(at.parley, 1)
    const record = await locateRecord(at.parley, boss, { recordId: id })
    const mark = await watch.mark(record)
    const first = watch.change(record, mark, { ms: 60_000 })
    expect(await watch.change(record, mark, { ms: 60_000 })).toBe(false)
    await chooses(at.parley, person(0), 'a')
    expect(await first).toBe(true)
  })
})

describe('refused: a result over HTTP', () => {
  test.each([
    ['/v1/datasets/opinions/records/nothing/result', 404],
    ['/v1/datasets/opinion/records/q%2F1/result', 404],
    ['/v1/datasets/opinions/asks/nothing', 404],
    ['/v1/records/99999999/result', 404],
    ['/v1/records/x/result', 404],
    ['/v1/datasets/opinions/records/q%2F1/result?wait=61', 422],
    ['/v1/datasets/opinions/records/q%2F1/result?wait=-1', 422],
    ['/v1/datasets/opinions/records/q%2F1/result?wait=soon', 422],
  ])('%s', async (path, status) => {
    const answer = await program('GET', path)
    expect([answer.status, answer.json.error.message.length > 10]).toEqual([status, true])
  })

  test('a scope too small, and a key to another dataset', async () => {
    const { path, byId, key } = await ask()
    const writer = calling(at.parley, await keyFor(at.parley, ['records:write']))
    for (const one of [path, byId, `/v1/datasets/opinions/asks/${encodeURIComponent(key)}`])
      expect((await writer('GET', one)).status).toBe(403)
    await openAsk(at.parley, opinions('elsewhere'))
    const other = await keyFor(at.parley, ['answers:read', 'records:write'], 'elsewhere')
    const stranger = calling(at.parley, other)
    for (const one of [path, byId]) expect((await stranger('GET', one)).status).toBe(404)
    const question = { question: 'x', options: ['a', 'b'] }
    const asked = await stranger('POST', '/v1/datasets/opinions/asks', question)
    expect(asked.status).toBe(404)
  })

  test('a question that does not fit', async () => {
    const post = (body: object) => program('POST', '/v1/datasets/opinions/asks', body)
    expect((await post({ question: 'x' })).json.error.message).toContain('two options or more')
    expect((await post({ question: 'x', options: ['a', 'b'], poeple: 3 })).status).toBe(422)
    await post({ question: 'x', options: ['a', 'b'], key: 'taken' })
    const other = await post({ question: 'y', options: ['a', 'b'], key: 'taken' })
    expect([other.status, other.json.error.code]).toEqual([409, 'conflict'])
  })
})
