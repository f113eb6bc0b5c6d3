/**
 * An agent asks over MCP, with the official SDK's client, and people on Slack and on Discord answer: the
 * real service, its HTTP port, both adapters and both stand-ins.
 */
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type DiscordStandIn, openDiscordStandIn } from '../../sandbox/discord/server.ts'
import { createKey } from '../../src/keys/create.ts'
import { admin, type Journey, openJourney } from '../support/journey.ts'
import { passMinute } from '../support/minute.ts'

let journey: Journey
let discord: DiscordStandIn
let agent: Client

beforeAll(async () => {
  let now = Date.now
  discord = await openDiscordStandIn({ now: () => now(), rateLimits: false })
  discord.person('Eli')
  journey = await openJourney({ worker: false, env: discord.env })
  const { clock, slack, ana, ben } = journey
  now = () => clock.now().getTime()
  // Wednesday at noon in Berlin, where they all are.
  const noon = new Date(clock.now())
  noon.setUTCHours(11, 0, 0, 0)
  noon.setUTCDate(noon.getUTCDate() + 7 + ((3 - noon.getUTCDay() + 7) % 7))
  clock.advance((noon.getTime() - clock.now().getTime()) / 1000)
  const people = [ana, ben].map(({ id }) => `slack:${slack.teamId}:${id}`)
  const access = [...people, `discord:${discord.person('Eli').id}`]
  await journey.dataset(
    `name: opinions\ntemplate: ask\ntitle: An agent asks\nask: {}\naccess: [${access.join(', ')}]\n`,
    [],
  )
  agent = await connect()
}, 120_000)
afterAll(async () => {
  await agent.close()
  await journey.close()
  await discord.close()
})

async function connect(): Promise<Client> {
  const { key } = await createKey(journey.parley, admin, {
    ...{ name: 'agent', scopes: ['records:write', 'answers:read'], dataset: 'opinions' },
  })
  const client = new Client({ name: 'an agent', version: '1' })
  const transport = new StreamableHTTPClientTransport(new URL('/mcp', journey.service.address), {
    requestInit: { headers: { authorization: `Bearer ${key}` } },
  })
  await client.connect(transport as Parameters<Client['connect']>[0])
  return client
}

// biome-ignore lint/suspicious/noExplicitAny: what a test expects of it is checked by the test.
async function call(name: string, args: object): Promise<any> {
  const { structuredContent, content, isError } = await agent.callTool({
    ...{ name, arguments: { ...args } },
  })
  if (isError) throw new Error(JSON.stringify(content))
  return structuredContent
}

async function minute(): Promise<void> {
  await passMinute(journey.parley, { platform: 'slack', workspace: journey.slack.teamId })
  await passMinute(journey.parley, { platform: 'discord', workspace: '' })
}

const settled = () => journey.parley.platforms.get('discord')?.settled?.()
const eli = () => discord.person('Eli')
/** Eli presses, a second later, and sees what it leads to. */
async function eliPresses(label: string, where?: { in?: string }) {
  journey.clock.advance(1)
  const outcome = await eli().press(label, where)
  if (!outcome.ok) throw new Error(`Eli was shown an error: ${outcome.problem}`)
  await settled()
}

/** Which letter stands for this option on somebody's newest card. */
async function letterOf(userId: string, option: string): Promise<string> {
  const { shownOrder } = await journey.parley.db
    .selectFrom('assignments')
    .innerJoin('identities', 'identities.labelerId', 'assignments.labelerId')
    .select('assignments.shownOrder')
    .where('identities.userId', '=', userId)
    .orderBy('assignments.id', 'desc')
    .executeTakeFirstOrThrow()
  return String.fromCharCode(65 + shownOrder.indexOf(option))
}

const question = {
  question: 'Which headline is clearer?',
  options: ['Rain today', 'It rains', 'Wet weather'],
  ...{ people: 3, key: 'headline', minutes: 240 },
}

describe('happy: an agent and three people', () => {
  test('it asks, they are invited once and answer, and it gets votes with an interval', async () => {
    const asked = await call('ask', question)
    expect(asked).toMatchObject({ state: 'pending', answered: 0, questions: null })
    // At the same moment, and again: nobody is asked twice.
    await Promise.all([call('ask', question), call('ask', question)])
    await minute()
    const { ana, ben } = journey
    for (const { newest } of [ana, ben])
      expect(newest()).toContain('You are invited: “An agent asks”')
    expect(eli().messages('dm').at(-1)).toContain('You are invited: “An agent asks”')

    for (const [who, option] of [
      [ana, 'It rains'],
      [ben, 'Rain today'],
    ] as const) {
      await who.presses('Start', { in: 'You are invited' })
      if (!who.screen().includes('Which headline')) await who.presses('Start')
      expect(who.screen()).toContain('Which headline is clearer?')
      await who.presses(await letterOf(who.id, option))
    }
    expect(await call('result', { dataset: 'opinions', key: 'headline' })).toMatchObject({
      ...{ state: 'pending', answered: 2, questions: null, responses: [] },
    })
    const waiting = call('result', { dataset: 'opinions', key: 'headline', wait: 30 })
    eli().openChannel('dm')
    await eliPresses('Start', { in: 'You are invited' })
    if (!eli().screen().includes('Which headline')) await eliPresses('Start')
    await eliPresses(await letterOf(eli().id, 'It rains'))
    const done = await waiting
    expect(done).toMatchObject({ state: 'answered', answered: 3, invited: 3 })
    expect(done.questions.choice).toMatchObject({
      best: 'It rains',
      interval: 'wilson 95%',
      votes: [
        { value: 'Rain today', count: 1, of: 3 },
        { value: 'It rains', count: 2, of: 3, low: 0.20766, high: 0.938508 },
        { value: 'Wet weather', count: 0, of: 3 },
      ],
    })
    expect(new Set(done.responses.map(({ labeler }: { labeler: string }) => labeler)).size).toBe(3)
    const sent = await journey.parley.db
      .selectFrom('deliveries')
      .select('recipient')
      .where('kind', '=', 'invitation')
      .execute()
    expect(sent.map(({ recipient }) => recipient).sort()).toEqual([ana.id, ben.id, eli().id].sort())
  })

  test('after the deadline it gets what there is, and a person who comes late is dealt nothing', async () => {
    const { ana, ben, clock } = journey
    const late = { ...question, question: 'Which is shorter?', key: 'late', minutes: 120 }
    await call('ask', late)
    await minute()
    await ana.presses('Start', { in: 'You are invited' })
    await ana.presses(await letterOf(ana.id, 'It rains'))
    clock.advance(2 * 3600)
    expect(await call('result', { dataset: 'opinions', key: 'late', wait: 30 })).toMatchObject({
      ...{ state: 'expired', people: 3, answered: 1 },
      questions: { choice: { best: 'It rains', answers: 1 } },
    })
    await ben.types('/parley next opinions')
    expect(ben.screen()).not.toContain('Which is shorter?')
    await minute()
    await ben.types('/parley next opinions')
    expect(ben.screen()).not.toContain('Which is shorter?')
    expect(await call('result', { dataset: 'opinions', key: 'late' })).toMatchObject({
      ...{ state: 'expired', answered: 1 },
    })
  })
})
