/** Thumbs come in over HTTP: with a key, once for a message and a person, and are answers. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { getDataset } from '../../../src/datasets/dataset.ts'
import { countDrift } from '../../assignments/invariants.ts'
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

describe('twice: at once', () => {
  test('two hundred verdicts of as many people: none is refused, none is lost, each refusal is one', async () => {
    await openFeedback(at.parley, 'crowd')
    const all = Array.from({ length: 200 }, (_, n) => ({
      ...{
        dataset: 'crowd',
        source: 'support-bot',
        message: `m${n % 20}`,
        person: `u${n}`,
        conversation,
      },
      verdict: n % 3 === 0 ? 'down' : 'up',
    }))
    const unfit = { ...all[0], message: 'unfit', conversation: undefined }
    const [refused, ...taken] = await Promise.all(
      [unfit, ...all, ...all.slice(0, 20)].map((one) => program('POST', '/v1/feedback', one)),
    )
    expect([refused?.status, refused?.json.error.problems]).toEqual([
      422,
      { conversation: expect.stringContaining('first verdict') },
    ])
    expect([...new Set(taken.map(({ status }) => status))]).toEqual([200])
    expect(taken.filter(({ json }) => json.changed)).toHaveLength(200)
    const answers = await answersOf(at.parley, 'crowd')
    expect(answers.map(({ record }) => record).toSorted()).toEqual(
      all.map(({ message }) => `support-bot/${message}`).toSorted(),
    )
    expect(answers.filter(({ counted }) => counted)).toHaveLength(200)
    const drift = await countDrift(at.parley, await getDataset(at.parley, 'crowd'))
    expect(drift).toEqual(Object.fromEntries(Object.keys(drift).map((key) => [key, 0])))
  })
})
