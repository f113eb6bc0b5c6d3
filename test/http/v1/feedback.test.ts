/** Thumbs come in over HTTP: with a key, once for a message and a person, and are answers. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answersOf, conversation, openFeedback, verdictsOf } from '../../feedback/ground.ts'
import { recordsOf } from '../../feeds/ground.ts'
import { startParley, type TestParley } from '../../support/parley.ts'
import { type Call, calling, keyFor } from './client.ts'

let at: TestParley
let program: Call

beforeAll(async () => {
  at = await startParley()
  await openFeedback(at.parley, 'assistant')
  program = calling(at.parley, await keyFor(at.parley, ['records:write']))
})
afterAll(() => at.close())

const thumb = { source: 'support-bot', message: 'm1', person: 'u1', verdict: 'up', conversation }
const give = (change: object = {}) => program('POST', '/v1/feedback', { ...thumb, ...change })

describe('happy', () => {
  test('a thumb, its change with a reason, and taking it back', async () => {
    const first = await give()
    expect([first.status, first.json]).toEqual([
      200,
      {
        dataset: 'assistant',
        record: 'support-bot/m1',
        verdict: 'up',
        reason: null,
        changed: true,
      },
    ])
    at.clock.advance('1 minute')
    const down = await give({ verdict: 'down', reason: 'Wrong.', conversation: undefined })
    expect(down.json).toMatchObject({ verdict: 'down', reason: 'Wrong.', changed: true })
    expect(await answersOf(at.parley, 'assistant')).toMatchObject([
      { values: { thumbs: 'down', reason: 'Wrong.' }, counted: true },
    ])
    // One that was late says what stands.
    const late = await give({ at: '2026-03-02T08:59:00Z' })
    expect(late.json).toMatchObject({ verdict: 'down', changed: false })
    at.clock.advance('1 minute')
    expect((await give({ verdict: null })).json).toMatchObject({ verdict: null, changed: true })
    expect(await recordsOf(at.parley, 'assistant')).toEqual([])
  })

  test('somebody of a platform is the same person over every door, and is stored as a hash', async () => {
    await give({ message: 'm2', person: 'slack:T1:UZOE' })
    await give({ message: 'm2', person: 'slack:T1:UZOE', verdict: 'up' })
    const rows = await verdictsOf(at.parley, 'assistant')
    expect(rows.filter(({ message }) => message === 'm2')).toHaveLength(1)
    expect(JSON.stringify(rows)).not.toContain('UZOE')
  })
})

describe('refused', () => {
  test.each([
    ['no person', { person: undefined }, 422, /person/],
    ['no verdict', { verdict: 'meh' }, 422, /verdict/],
    ['a key that is not there', { verdcit: 'up' }, 422, /verdcit/],
    ['a time without its offset', { at: '2026-03-02T09:00:00' }, 422, /at/],
    ['a time to come', { at: '2027-03-02T09:00:00Z', message: 'n' }, 422, /lies ahead/],
    [
      'a first verdict without a conversation',
      { conversation: undefined, message: 'n' },
      422,
      /first verdict/,
    ],
    ['a source nobody takes', { source: 'other-bot' }, 422, /No open dataset/],
    ['another dataset', { dataset: 'nowhere' }, 404, /nowhere/],
  ])('%s', async (_, change, status, message) => {
    const refused = await give(change)
    expect([refused.status, refused.json.error.problems]).toEqual([status, expect.anything()])
    expect(refused.text).toMatch(message)
  })

  test('a key of too small a scope, or to another dataset', async () => {
    const reader = calling(at.parley, await keyFor(at.parley, ['answers:read']))
    expect((await reader('POST', '/v1/feedback', thumb)).status).toBe(403)
    await openFeedback(at.parley, 'other', 'description: another one')
    const bound = calling(at.parley, await keyFor(at.parley, ['records:write'], 'other'))
    const own = await bound('POST', '/v1/feedback', { ...thumb, message: 'm9' })
    expect(own.json).toMatchObject({ dataset: 'other' })
    const foreign = await bound('POST', '/v1/feedback', { ...thumb, dataset: 'assistant' })
    expect(foreign.status).toBe(404)
    const both = await program('POST', '/v1/feedback', { ...thumb, message: 'm9' })
    expect([both.status, both.json.error.code]).toEqual([409, 'conflict'])
  })
})
