/** An arena in a Slack channel: a question, two blind answers together in its thread, private votes, names after. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ModelsStandIn, openModelsStandIn } from '../../sandbox/models/server.ts'
import { answerQuestion } from '../../src/chat/gestures/arena.ts'
import { sweepPosts } from '../../src/chat/gestures/posts.ts'
import { grantRole } from '../../src/labelers/roles.ts'
import { deliverDue } from '../../src/outbound/deliver.ts'
import { repaintDue, sweepMessages } from '../../src/outbound/repaint.ts'
import { admin, type Journey, openJourney } from '../support/journey.ts'

let models: ModelsStandIn
let journey: Journey

const patience = { tries: 2, waitMs: 5 }
const answers = {
  'alpha-7b': { text: () => 'DNS turns names into numbers.' },
  'beta-70b': { text: () => 'Think of a **phone book**.' },
  'vain-1': {},
}

beforeAll(async () => {
  models = await openModelsStandIn({ models: answers })
  const entry = (model: string) => ({ base_url: models.url, model })
  journey = await openJourney({
    worker: false,
    env: {
      PARLEY_MODELS: JSON.stringify({
        ...{ alpha: entry('alpha-7b'), beta: entry('beta-70b') },
        ...{ vain: entry('vain-1'), lost: entry('nobody-2') },
      }),
    },
  })
  const { parley, slack, cleo } = journey
  await grantRole(parley, admin, { role: 'admin', person: `slack:${slack.teamId}:${cleo.id}` })
  for (const name of ['arena', 'vain', 'lost', 'quiet'])
    slack.channel(name, { members: ['Ana', 'Ben', 'Dee', 'Cleo'] })
  await open('arena', '[alpha, beta]', 'arena')
})
afterAll(async () => {
  await journey.close()
  await models.close()
})

const place = () => ({ platform: 'slack' as const, workspace: journey.slack.teamId })

/** A dataset that is an arena, open in a channel. */
async function open(name: string, names: string, channel: string, more = '') {
  await journey.dataset(
    `name: ${name}\ntemplate: arena\ntitle: The ${name}\narena: { models: ${names}${more} }\nposts: { min_votes: 1 }`,
    [],
  )
  await journey.cleo.types(`/parley-admin arena ${name}`, { channel })
}

/** What the worker does within a few seconds. */
async function work() {
  const waiting = await journey.parley.db
    .selectFrom('battles')
    .select('id')
    .where('state', '=', 'asked')
    .execute()
  await deliverDue(journey.parley, place())
  for (const { id } of waiting) await answerQuestion(journey.parley, id, { patience })
  await settle()
}

async function settle() {
  journey.clock.advance(6)
  await deliverDue(journey.parley, place())
  // What a gesture rang for may still be on its way: the sweep finds it in the rows.
  await sweepMessages(journey.parley)
  await repaintDue(journey.parley, place())
}

/** The battle that stands there last, or what is said in its place. */
const newest = (channel = 'arena') =>
  journey.cleo.messages(channel).findLast((one) => /^Question \d+ ·|does not count/m.test(one)) ??
  ''

/** Asks, agreeing where that is asked. */
async function asks(who: Journey['ana'], prompt: string, channel = 'arena') {
  await who.types(`/parley ask ${prompt}`, { channel })
  if (!who.modal()) return
  await who.submits()
  await who.closes()
}

describe('happy: a battle', () => {
  test('a newcomer learns which models may read the question, agrees, and asks in one window', async () => {
    const { ana, dee } = journey
    await ana.types('/parley ask What’s "DNS", in short?', { channel: 'arena' })
    const form = ana.modal()?.text ?? ''
    expect(form).toContain('goes to two of these models: alpha (127.0.0.1')
    expect(form).toContain('beta (127.0.0.1')
    expect(form).toContain('What is stored')
    expect(await journey.parley.db.selectFrom('battles').select('id').execute()).toEqual([])
    expect(await journey.parley.db.selectFrom('labelers').select('id').execute()).toEqual([])
    await ana.submits()
    expect(ana.modal()?.text).toContain('Question 1 is stored.')
    await ana.closes()
    await work()
    const [question, battle] = dee.messages('arena').slice(-2)
    expect(question).toContain('What’s "DNS", in short?')
    expect(battle).toContain('DNS turns names into numbers.')
    expect(battle).toContain('phone book')
    expect(battle).toContain('No votes yet.')
    expect(battle).toMatch(/\[A is better\].*\[B is better\]/s)
    expect(battle).not.toMatch(/alpha|beta/)
    expect(models.requests.map(({ body }) => body.messages)).toEqual(
      Array.from({ length: 2 }, () => [{ role: 'user', content: 'What’s "DNS", in short?' }]),
    )
  })

  test('votes are private presses, one a person, changed by pressing again; the asker’s tells the names', async () => {
    const { ana, ben, dee } = journey
    await ben.presses('A is better', { in: 'Question 1' })
    await ben.presses('Start')
    await ben.presses('A is better', { in: 'Only you see this' })
    await ben.receives('You may change your vote until')
    await dee.presses('Equally good', { in: 'Question 1' })
    await dee.presses('Start')
    await dee.presses('Both bad', { in: 'Only you see this' })
    await dee.presses('A is better', { in: 'Question 1' })
    await dee.presses('A is better', { in: 'Question 1' })
    await settle()
    expect(newest()).toContain('2 private votes.')
    expect(newest()).not.toMatch(/alpha|beta/)
    await ana.presses('B is better', { in: 'Question 1' })
    await settle()
    expect(newest()).toContain('3 private votes.')
    expect(newest()).toMatch(/Now it can be told: A is (alpha, B is beta|beta, B is alpha)\./)
    const raw = await journey.raw('arena')
    expect(raw.filter(({ status }) => status === 'submitted').length).toBeGreaterThanOrEqual(3)
    expect(new Set(raw.map(({ shown }) => shown.order.join()))).toEqual(new Set(['a,b']))
  })

  test('a vote that is changed once the names are known is kept, and trains nothing', async () => {
    const { ben, parley } = journey
    await ben.presses('B is better', { in: 'Question 1' })
    const flagged = await parley.db.selectFrom('responses').select(['flags', 'labelerId']).execute()
    expect(flagged.filter(({ flags }) => flags.includes('not_blind'))).toHaveLength(1)
  })

  test('the asker goes on from the answer they chose; the next pair answers exactly that path', async () => {
    const { ana, ben, dee } = journey
    const before = models.requests.length
    await ben.presses('Continue with B', { in: 'Question 1' })
    await ben.writes('Your question', 'And mine?')
    await ben.submits()
    expect(ben.modal()?.text).toContain('Only the person who asked can go on here.')
    await ben.closes()
    expect(newest()).not.toContain('[Continue with A]')
    await ana.presses('Continue with B', { in: 'Question 1' })
    await ana.writes('Your question', 'And DNSSEC?')
    await ana.submits()
    await ana.closes()
    await work()
    expect(newest()).toContain('And DNSSEC?')
    const [turn] = models.requests.slice(before)
    expect(turn?.body.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
    const rows = await journey.parley.db.selectFrom('records').selectAll().orderBy('id').execute()
    const [first, second] = rows
    const chosen = first?.outputs.find(({ id }) => id === 'b')?.text
    expect(second?.fields['prompt']).toEqual([
      { role: 'user', content: 'What’s "DNS", in short?' },
      { role: 'assistant', content: chosen },
      { role: 'user', content: 'And DNSSEC?' },
    ])
    await dee.presses('A is better', { in: 'Question 2' })
    const pairs = await journey.lines('arena', 'preference')
    expect(JSON.stringify(pairs)).toContain('And DNSSEC?')
  })

  test('at the close the names and the shares are told, and nobody is dealt a battle in private', async () => {
    const { ben, dee, parley } = journey
    journey.clock.advance(25 * 3600)
    await sweepPosts(parley)
    await settle()
    const closed = dee.messages('arena').findLast((one) => one.includes('Question 1 ·')) ?? ''
    expect(closed).toContain('The result of 3 votes')
    expect(closed).toContain('Now it can be told')
    expect(closed).not.toContain('[A is better]')
    await ben.types('/parley next arena')
    expect(ben.newest()).not.toContain('DNSSEC')
    const open = await parley.db.selectFrom('places').select('open').execute()
    expect(open.some(({ open }) => open)).toBe(false)
  })

  test('somebody asks by the shortcut on their own message; the answers stand below it', async () => {
    const { ana, ben, slack } = journey
    await ana.hands.say('Why is the sky blue?', { channel: 'arena' })
    await ben.hands.messageShortcut('v1:ask-message', { in: 'Why is the sky blue?' })
    await journey.quiet()
    await ben.receives('Only a message of your own')
    await ana.hands.messageShortcut('v1:ask-message', { in: 'Why is the sky blue?' })
    await journey.quiet()
    await work()
    expect(newest()).toContain('Question 3 ·')
    const { thread } = await journey.parley.db
      .selectFrom('battles')
      .select('thread')
      .where('id', '=', '3')
      .executeTakeFirstOrThrow()
    expect(thread).toMatch(/^\d+\.\d+$/)
    expect(slack.teamId).not.toBe('')
  })

  test('their question is deleted: from the channel, the records and the exports', async () => {
    const { ana, ben } = journey
    await ben.types('/parley unask 3', { channel: 'arena' })
    await ben.receives('You asked no question 3')
    await ana.types('/parley unask 1', { channel: 'arena' })
    await ana.receives('2 questions of this conversation are deleted')
    await settle()
    const shown = journey.cleo.messages('arena').join('\n')
    expect(shown).not.toMatch(/What’s "DNS"|DNSSEC/)
    expect(shown).toContain('This question was deleted by the person who asked it.')
    expect(JSON.stringify(await journey.lines('arena', 'records'))).not.toMatch(/What’s|DNSSEC/)
    expect(await journey.raw('arena')).toEqual([])
    await ana.types('/parley unask 1', { channel: 'arena' })
    await ana.receives('You asked no question 1')
  })
})

describe('refused', () => {
  test('where no arena is open, one sentence says so; a question to a closed one is not stored', async () => {
    const { ana, cleo } = journey
    await ana.types('/parley ask Is anybody here?', { channel: 'quiet' })
    await ana.receives('No arena is open in this channel.')
    await open('passing', '[alpha, beta]', 'quiet')
    await cleo.types('/parley-admin arena passing', { channel: 'quiet' })
    await cleo.receives('It is open there already.')
    await cleo.types('/parley-admin arena-close passing', { channel: 'quiet' })
    await cleo.receives('is closed here')
    for (const gives of ['deliver passing everyone', 'hub passing', 'post passing']) {
      await cleo.types(`/parley-admin ${gives}`, { channel: 'quiet' })
      await cleo.receives('there is nothing to give out. Open it in a channel: /parley-admin arena')
    }
    await cleo.types('/parley-admin publish passing')
    await cleo.receives('“passing” is ready.')
    expect(cleo.newest()).not.toContain('deliver passing')
    await ana.types('/parley ask Is anybody here?', { channel: 'quiet' })
    await ana.receives('No arena is open in this channel.')
  })

  test('a model that fails says so in the thread, and the battle does not count', async () => {
    await open('lost', '[alpha, lost]', 'lost')
    await asks(journey.ana, 'Will you both answer?', 'lost')
    await work()
    expect(newest('lost')).toContain('A model did not answer, so this battle does not count.')
    // Why is for admins: addresses and settings are not for a channel.
    expect(newest('lost')).not.toMatch(/127\.0\.0\.1|PARLEY_MODELS|nobody/)
    await journey.cleo.receives('In the arena “lost” a model did not answer (question')
    expect(await journey.raw('lost')).toEqual([])
  })

  test('an answer that names its model voids the battle, which is kept and flagged', async () => {
    await open('vain', '[alpha, vain]', 'vain')
    await asks(journey.ana, 'Who are you?', 'vain')
    await work()
    expect(newest('vain')).toContain('An answer said which model wrote it')
    const [line] = (await journey.lines('vain', 'records')) as unknown as { metadata: object }[]
    expect(line?.metadata).toMatchObject({ void: 'named' })
    expect(await journey.lines('vain', 'preference')).toEqual([])
  })
})
