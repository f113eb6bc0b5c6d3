/** Who is invited to answer a program's question: a few at first, at half time the rest, nobody twice or at night. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { askPeople } from '../../src/ask/ask.ts'
import { askResult } from '../../src/ask/result.ts'
import { tendAsks } from '../../src/ask/tend.ts'
import { giveConsent } from '../../src/labelers/consent.ts'
import { consentVersion, type Labeler } from '../../src/labelers/labeler.ts'
import { deliverDue } from '../../src/outbound/deliver.ts'
import { getInvitation, startInvitation } from '../../src/reminders/invitation.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { agent, chooses, openAsk } from './ground.ts'

let at: TestParley
let people: Labeler[]
let made = 0
let dataset = ''

beforeAll(async () => {
  at = await startParley()
  people = await Promise.all(
    Array.from({ length: 9 }, (_, n) =>
      giveConsent(
        at.parley,
        { platform: 'slack', workspace: 'T1', userId: `U${n}` },
        { version: consentVersion },
      ),
    ),
  )
})
beforeEach(async () => {
  // A Tuesday morning in Berlin, for everybody.
  at.clock.set(new Date('2026-03-03T09:00:00Z'))
  await at.parley.db.updateTable('labelers').set({ zone: 'Europe/Berlin' }).execute()
  await at.parley.db.updateTable('preferences').set({ zone: null }).execute()
  at.sent.length = 0
  made += 1
  dataset = `asked-${made}`
  const access = people.map(({ person }) => `slack:T1:${person.userId}`).join(', ')
  await openAsk(at.parley, `name: ${dataset}\ntemplate: ask\nask: {}\naccess: [${access}]\n`)
})
afterAll(() => at.close())

const hours = (n: number) => new Date(at.clock.now().getTime() + n * 3_600_000)

async function ask(question: string, deadline = hours(4), wanted = 2) {
  const options = ['a', 'b']
  return askPeople(at.parley, agent, { dataset, question, options, deadline, people: wanted })
}

/** What the worker does within a minute; returns who got an invitation since, each once. */
async function work(): Promise<string[]> {
  await tendAsks(at.parley)
  const before = at.sent.length
  await deliverDue(at.parley, { platform: 'slack', workspace: 'T1' })
  return at.sent
    .slice(before)
    .filter(({ reply }) => reply.type === 'invitation')
    .map(({ to }) => ('userId' in to ? to.userId : ''))
    .sort()
}

/** Somebody presses Start in their newest invitation. */
async function start(userId: string): Promise<Labeler> {
  const labeler = people.find(({ person }) => person.userId === userId)
  const { id } = await at.parley.db
    .selectFrom('invitations')
    .innerJoin('datasets', 'datasets.id', 'invitations.datasetId')
    .select('invitations.id')
    .where('datasets.name', '=', dataset)
    .where('invitations.userId', '=', userId)
    .orderBy('invitations.id', 'desc')
    .executeTakeFirstOrThrow()
  if (!labeler) throw new Error('Nobody is called so.')
  await startInvitation(at.parley, labeler, await getInvitation(at.parley, id, labeler.person))
  return labeler
}

async function statesOf() {
  const rows = await at.parley.db
    .selectFrom('deliveries')
    .innerJoin('datasets', 'datasets.id', 'deliveries.datasetId')
    .select(['deliveries.state', 'deliveries.problem'])
    .where('datasets.name', '=', dataset)
    .execute()
  return rows
}

describe('happy: invitations to a question', () => {
  test('go to twice as many people as it wants, and at half time to everybody else', async () => {
    const { key } = await ask('First?')
    const first = await work()
    expect(first).toHaveLength(4)
    expect(await work()).toEqual([])
    at.clock.advance('1 hour')
    expect(await work()).toEqual([])
    at.clock.advance('1 hour')
    const second = await work()
    expect(second).toHaveLength(5)
    expect(new Set([...first, ...second]).size).toBe(9)
    at.clock.advance('1 hour')
    expect(await work()).toEqual([])
    expect(await askResult(at.parley, agent, { dataset, key })).toMatchObject({ invited: 9 })
  })

  test('stop once it is answered', async () => {
    await ask('Answered?')
    for (const userId of (await work()).slice(0, 2))
      await chooses(at.parley, await start(userId), 'a', dataset)
    at.clock.advance('2 hours')
    expect(await work()).toEqual([])
    const { n } = await at.parley.db
      .selectFrom('asks')
      .innerJoin('datasets', 'datasets.id', 'asks.datasetId')
      .select(({ fn }) => fn.countAll<string>().as('n'))
      .where('datasets.name', '=', dataset)
      .where('waveAt', 'is not', null)
      .executeTakeFirstOrThrow()
    expect(n).toBe('0')
  })

  test('go to others the next time; those who left theirs unanswered get no second one', async () => {
    await ask('One?')
    const first = await work()
    await ask('Two?')
    const second = await work()
    expect(second).toHaveLength(4)
    expect(second.filter((one) => first.includes(one))).toEqual([])
    await ask('Three?', hours(1))
    expect(await work()).toHaveLength(1)
    await ask('Four?', hours(1))
    at.clock.advance('30 minutes')
    expect(await work()).toEqual([])
  })

  test('come again to people who began for a question that others had answered', async () => {
    await ask('Begun?', hours(1))
    const [someone = ''] = await work()
    await start(someone)
    at.clock.advance('2 hours')
    await ask('Again?', hours(2), 10)
    expect(await work()).toContain(someone)
  })

  test('wait for the end of quiet hours', async () => {
    at.clock.set(new Date('2026-03-03T20:00:00Z'))
    await ask('At night?', hours(48))
    expect(await work()).toEqual([])
    expect((await statesOf()).map(({ state }) => state)).toEqual(Array(4).fill('queued'))
    at.clock.set(new Date('2026-03-04T07:59:00Z'))
    expect(await work()).toEqual([])
    at.clock.set(new Date('2026-03-04T08:00:00Z'))
    expect(await work()).toHaveLength(4)
  })

  test('are not sent where the night is longer than the question, nor once it is answered', async () => {
    at.clock.set(new Date('2026-03-03T20:00:00Z'))
    await ask('Too short?', hours(2))
    expect(await work()).toEqual([])
    expect((await statesOf()).map(({ state }) => state)).toEqual(Array(4).fill('failed'))
    at.clock.set(new Date('2026-03-04T09:00:00Z'))
    await ask('In the day?')
    expect((await work()).length).toBe(4)
  })

  test('wait, without a failure, while nobody has come to a new Parley', async () => {
    const empty = await startParley()
    await openAsk(empty.parley)
    const input = { dataset: 'opinions', question: 'Which?', options: ['a', 'b'], people: 1 }
    await askPeople(empty.parley, agent, input)
    const waveAt = () => empty.parley.db.selectFrom('asks').select('waveAt').executeTakeFirst()
    await tendAsks(empty.parley)
    expect((await waveAt())?.waveAt).toEqual(new Date(empty.clock.now().getTime() + 60_000))
    await empty.close()
  })

  test('are sent by day to people whose zone nobody knows', async () => {
    await at.parley.db.updateTable('labelers').set({ zone: null }).execute()
    at.clock.set(new Date('2026-03-03T20:00:00Z'))
    await ask('Where are you?')
    expect(await work()).toHaveLength(4)
  })
})

describe('refused: invitations to a question', () => {
  test('a group that there is not is refused when the dataset is published', async () => {
    const slack = at.parley.platforms.get('slack')
    if (!slack) throw new Error('Slack is off.')
    const findGroup = async (text: string) => ({ problem: `There is no ${text} here.` })
    at.parley.platforms.set('slack', { ...slack, findGroup })
    try {
      const document = `name: ${dataset}-lost\ntemplate: ask\nask: { to: ["slack:@nobody"] }\n`
      await expect(openAsk(at.parley, document)).rejects.toMatchObject({
        problems: { 'ask.to.0': 'There is no @nobody here.' },
      })
    } finally {
      at.parley.platforms.set('slack', slack)
    }
  })

  test('a group that is gone since keeps nobody else, and no other question, from being asked', async () => {
    const [one] = people
    const lost = (to: string) =>
      openAsk(at.parley, `name: ${dataset}-${to.length}\ntemplate: ask\nask: { to: [${to}] }\n`)
    const slack = at.parley.platforms.get('slack')
    if (!slack) throw new Error('Slack is off.')
    at.parley.platforms.delete('slack')
    const half = await lost(`"slack:@gone", "slack:T1:${one?.person.userId}"`)
    const none = await lost('"slack:@gone"')
    at.parley.platforms.set('slack', {
      ...slack,
      findGroup: async () => ({ problem: 'It is gone.' }),
    })
    try {
      const options = ['a', 'b']
      for (const { name } of [none, half])
        await askPeople(at.parley, agent, { dataset: name, question: 'Gone?', options })
      await ask('Found?')
      await expect(tendAsks(at.parley)).rejects.toThrow('All but these were done')
      await at.parley.db.deleteFrom('asks').where('datasetId', '=', none.id).execute()
      expect(await work()).toHaveLength(5)
    } finally {
      at.parley.platforms.set('slack', slack)
    }
  })

  test('a dataset that was paused meanwhile invites nobody', async () => {
    await ask('Paused?')
    await at.parley.db
      .updateTable('datasets')
      .set({ status: 'paused' })
      .where('name', '=', dataset)
      .execute()
    expect(await work()).toEqual([])
  })
})
