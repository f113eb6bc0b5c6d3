/** The door for Slack: who is not Slack, comes too late, too early or twice, is turned away. */
import { request } from 'node:http'
import { describe, expect } from 'vitest'
import type { Journey } from '../support/journey.ts'
import { slackTest } from '../support/journey-test.ts'

const test = slackTest({}, async (journey) => {
  await journey.dataset('name: door\ntemplate: comparison\ntitle: The door', [
    { id: 'd1', prompt: 'Door prompt', outputs: ['left', 'right'] },
  ])
})

const form = { 'content-type': 'application/x-www-form-urlencoded' }

function commandOf(journey: Journey, user: string): string {
  const { slack } = journey
  return new URLSearchParams({
    command: '/parley',
    text: 'next door',
    team_id: slack.teamId,
    user_id: user,
    channel_id: 'C1',
    trigger_id: `${Math.random()}`,
    response_url: `${slack.url}/commands/none`,
  }).toString()
}
const seconds = (journey: Journey) => Math.floor(journey.clock.now().getTime() / 1000)

describe('forbidden: requests that are not Slack’s', () => {
  test('a wrong signature, no signature, or the signature of other bytes is answered 401', async ({
    journey,
  }) => {
    const { slack, ana } = journey
    const body = commandOf(journey, ana.id)
    const right = slack.sign(body)
    const wrong = slack.sign(body, { secret: 'somebody else’s secret' })
    const headers: Record<string, string>[] = [
      {},
      wrong,
      { ...right, 'x-slack-signature': 'v0=' },
      { ...right, 'x-slack-signature': right['x-slack-signature']?.toUpperCase() ?? '' },
      { ...right, 'x-slack-request-timestamp': 'soon' },
      slack.sign(`${body}&text=more`),
    ]
    for (const signed of headers)
      expect(await slack.sendRaw(body, { ...signed, ...form })).toMatchObject({
        status: 401,
        body: '',
      })
    expect(ana.messages()).toEqual([])
  })

  test('six minutes old or six minutes ahead is answered 401; four minutes either way is let in', async ({
    journey,
  }) => {
    const { slack, ben } = journey
    for (const [off, status] of [
      [-360, 401],
      [360, 401],
      [-240, 200],
      [240, 200],
    ] as const) {
      const body = `${commandOf(journey, ben.id).replace('next+door', 'help')}&n=${off}`
      const signed = slack.sign(body, { timestamp: seconds(journey) + off })
      expect(await slack.sendRaw(body, { ...signed, ...form })).toMatchObject({ status })
    }
  })

  test('the same bytes a second time are answered 401, also by another process on the same database', async ({
    journey,
  }) => {
    const { slack, ben } = journey
    const body = commandOf(journey, ben.id).replace('next+door', 'help')
    const signed = { ...slack.sign(body), ...form }
    expect(await slack.sendRaw(body, signed)).toMatchObject({ status: 200 })
    expect(await slack.sendRaw(body, signed)).toMatchObject({ status: 401 })
    const other = await journey.startService()
    slack.deliverTo(other.address)
    expect(await slack.sendRaw(body, signed)).toMatchObject({ status: 401 })
    slack.deliverTo(journey.service.address)
  })

  test('many copies at the same moment are let in exactly once', async ({ journey }) => {
    const { slack, ben } = journey
    const body = commandOf(journey, ben.id).replace('next+door', 'help')
    const signed = { ...slack.sign(body), ...form }
    const sent = await Promise.all(Array.from({ length: 12 }, () => slack.sendRaw(body, signed)))
    const statuses = sent.map((one) => (one.outcome === 'answered' ? one.status : 0))
    expect(statuses.filter((status) => status === 200)).toHaveLength(1)
    expect(statuses.filter((status) => status === 401)).toHaveLength(11)
  })
})

describe('refused: bytes that mean nothing', () => {
  test('rubbish under a right signature is refused without a crash, and the next person is served', async ({
    journey,
  }) => {
    const { slack, ana } = journey
    const json = { 'content-type': 'application/json' }
    const bodies: [string, Record<string, string>][] = [
      ['{"type": "view_sub', json],
      ['null', json],
      ['payload=%7Bnot+json', form],
      [`payload=${encodeURIComponent('{"type":"view_submission"}')}`, form],
      [`payload=${encodeURIComponent('{"type":"block_actions","actions":[]}')}`, form],
      [`payload=${encodeURIComponent('{"__proto__":{"type":"block_actions"}}')}`, form],
      ['', form],
      ['x', { 'content-type': 'text/plain' }],
      [`command=${'%00'.repeat(100)}`, form],
    ]
    for (const [body, type] of bodies) {
      const sent = await slack.sendRaw(body, { ...slack.sign(body), ...type })
      expect(sent.outcome).toBe('answered')
    }
    // Past the stand-in, whose own log would not survive it.
    const deep = `${'['.repeat(500)}${']'.repeat(500)}`
    for (const body of [deep, `{"type":"event_callback","event_id":"E1","event":${deep}}`]) {
      const headers = { ...slack.sign(body), ...json }
      const url = `${journey.service.address}/slack/events`
      const { status } = await fetch(url, { method: 'POST', body, headers })
      expect([200, 400, 404, 500]).toContain(status)
    }
    await ana.joins('door')
    await ana.receives('Door prompt')
  })

  test('ten megabytes are refused by their size', async ({ journey }) => {
    const { slack } = journey
    const body = 'x'.repeat(10_000_000)
    expect(await slack.sendRaw(body, { ...slack.sign(body), ...form })).toMatchObject({
      status: 413,
    })
  })

  test('a body that names no length is refused at the limit, while it is sent', async ({
    journey,
  }) => {
    const outcome = await pour(`${journey.service.address}/slack/events`, 64 * 1024 * 1024)
    expect(outcome.status).toBe(413)
    expect(outcome.taken).toBeLessThan(32 * 1024 * 1024)
  })

  test('Slack’s check of the address is answered with its challenge', async ({ journey }) => {
    expect(await journey.slack.verifyUrl()).toBe(true)
  })
})

/** Sends up to `most` bytes in chunks, unsigned; stops at the answer. `taken` is what the server took. */
function pour(url: string, most: number): Promise<{ status: number; taken: number }> {
  return new Promise((resolve, reject) => {
    const piece = Buffer.alloc(64 * 1024, 'x')
    let taken = 0
    let isAnswered = false
    const sent = request(url, { method: 'POST', headers: { 'transfer-encoding': 'chunked' } })
    sent.on('response', ({ statusCode = 0 }) => {
      isAnswered = true
      resolve({ status: statusCode, taken })
      sent.destroy()
    })
    sent.on('error', (error) => isAnswered || reject(error))
    const next = () => {
      if (isAnswered) return
      if (taken >= most) return void sent.end()
      taken += piece.byteLength
      sent.write(piece, next)
    }
    next()
  })
}
