/** Posts and hubs in a Slack channel: a public call, private ballots, the result in its place. */
import { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createPosts } from '../../src/assignments/post.ts'
import { sweepPosts } from '../../src/chat/gestures/posts.ts'
import { postCommands } from '../../src/cli/commands/posts.ts'
import { verbsHere } from '../../src/cli/verbs/verbs.ts'
import { grantRole } from '../../src/labelers/roles.ts'
import { deliverDue, sweepDeliveries } from '../../src/outbound/deliver.ts'
import { repaintDue, sweepMessages } from '../../src/outbound/repaint.ts'
import { admin, type Journey, openJourney } from '../support/journey.ts'

let journey: Journey

beforeAll(async () => {
  journey = await openJourney({ worker: false })
  const { parley, slack, cleo } = journey
  const person = `slack:${slack.teamId}:${cleo.id}`
  await grantRole(parley, admin, { role: 'admin', person })
  slack.person('Eve')
  slack.channel('arena', { members: ['Ana', 'Ben', 'Dee', 'Cleo', 'Eve'] })
  await journey.dataset('name: before\ntemplate: comparison', records('before', 1, 2))
  for (const who of [journey.ana, journey.ben, journey.dee]) await who.joins('before')
})
afterAll(() => journey.close())

const place = () => ({ platform: 'slack' as const, workspace: journey.slack.teamId })
const deliver = () => deliverDue(journey.parley, place())
/** What the worker does within a few seconds. */
async function repaint() {
  journey.clock.advance(6)
  await repaintDue(journey.parley, place())
}

const records = (name: string, count = 2, outputs = 3) =>
  Array.from({ length: count }, (_, i) => ({
    id: `${name}${i + 1}`,
    prompt: `${name} prompt ${i + 1}`,
    outputs: Array.from({ length: outputs }, (_, n) => ({
      id: `o${n + 1}`,
      text: `${name} answer number ${n + 1}`,
      model: `model-${n + 1}`,
    })),
  }))

/** A dataset and its first post, standing in the channel. */
async function posted(name: string, more = '', outputs = 3, channel = 'arena') {
  await journey.dataset(
    `name: ${name}\ntemplate: comparison\ntitle: The ${name}\n${more}`,
    records(name, 2, outputs),
  )
  const { id } = journey.slack.channel(channel)
  const to = { ...place(), channelId: id }
  const [post] = await createPosts(journey.parley, admin, { dataset: name, to })
  await deliver()
  return { postId: post?.id ?? '', channelId: id }
}

/** The message of a post as somebody reads it in the channel. */
function callOf(who: { messages(channel?: string): string[] }, name: string): string {
  return who.messages('arena').findLast((one) => one.startsWith(`The ${name}`)) ?? ''
}

async function orderOf(person: { id: string }, name: string): Promise<string[]> {
  const row = await journey.parley.db
    .selectFrom('assignments')
    .innerJoin('datasets', 'datasets.id', 'assignments.datasetId')
    .innerJoin('identities', 'identities.labelerId', 'assignments.labelerId')
    .select('assignments.shownOrder')
    .where('datasets.name', '=', name)
    .where('identities.userId', '=', person.id)
    .executeTakeFirstOrThrow()
  return row.shownOrder
}

/** Presses the letters of these outputs, best first, on a private ballot. */
async function ranks(who: Journey['ana'], name: string, best: string, next: string) {
  const order = await orderOf(who, name)
  for (const id of [best, next])
    await who.presses(String.fromCharCode(65 + order.indexOf(id)), { in: 'Only you see this' })
}

/** Runs one of the commands as the terminal would, and returns what it printed. */
async function run(...words: string[]): Promise<string> {
  const refuse = () => {
    throw new Error('It is not needed.')
  }
  const printed: string[] = []
  const write = process.stdout.write
  const program = new Command().exitOverride()
  let failed: unknown
  for (const command of postCommands) {
    const names = command.usage.split(' ').filter((word) => !/^[<[]/.test(word))
    if (names.some((name, i) => name !== words[i])) continue
    const leaf = program.argument('[words...]')
    for (const [flags, about] of command.options ?? []) leaf.option(flags, about)
    leaf.parse(words.slice(names.length), { from: 'user' })
    process.stdout.write = (text) => printed.push(String(text)) > 0
    try {
      const work = await command.load()
      await work(
        {
          ...{ config: refuse, environment: refuse, slackManifest: refuse, start: refuse },
          ...{ discordRegister: refuse, demo: refuse, sandbox: refuse },
          server: refuse,
          verbs: async () => ({ verbs: verbsHere(journey.parley), close: async () => {} }),
          open: async () => ({
            parley: journey.parley,
            queueHealth: journey.service.queueHealth,
            close: async () => {},
          }),
        },
        { words: leaf.args, options: leaf.opts() },
      )
    } catch (error) {
      failed = error
    } finally {
      process.stdout.write = write
    }
    if (failed) throw failed
    return printed.join('')
  }
  throw new Error(`There is no command ${words.join(' ')}.`)
}

describe('happy: posts', () => {
  test('an admin posts from a channel; two people vote in private; the close shows the result', async () => {
    const { ben, dee, cleo, parley } = journey
    await journey.dataset(
      'name: arena\ntemplate: comparison\ntitle: The arena\nposts: { models: true, min_votes: 2 }\ndistribution: { min_submitted: 2 }',
      records('arena'),
    )
    await cleo.types('/parley-admin post arena closes=2h', { channel: 'arena' })
    await cleo.receives('The post is on its way')
    await deliver()
    const call = callOf(dee, 'arena')
    expect(call).toContain('arena prompt')
    expect(call).toContain('3 answers to compare')
    expect(call).toContain('No votes yet.')
    expect(call).toContain('[Rank it]')
    expect(call).not.toContain('answer number')
    expect(call).not.toContain('model-')

    // A newcomer agrees first, and stands before their ballot, not before some other task.
    const eve = journey.person('Eve')
    await eve.presses('Rank it', { in: 'The arena' })
    await eve.presses('Start')
    await eve.receives('Only you see this. Your vote is private')
    expect(dee.messages('arena').join('\n')).not.toContain('Only you see this')
    await ranks(eve, 'arena', 'o2', 'o1')
    await eve.receives('You may change your vote until')
    await ben.presses('Rank it', { in: 'The arena' })
    await ranks(ben, 'arena', 'o2', 'o3')

    await repaint()
    expect(callOf(dee, 'arena')).toContain('2 votes.')
    expect(callOf(dee, 'arena')).not.toContain('answer number')

    // A second press leads to the receipt, and the vote may be changed.
    await eve.presses('Rank it', { in: 'The arena' })
    await eve.receives('Saved:')
    expect(await journey.raw('arena')).toHaveLength(2)

    journey.clock.advance(2 * 3600)
    await sweepPosts(parley)
    await repaint()
    const result = callOf(dee, 'arena')
    expect(result).toContain('The result of 2 votes')
    expect(result).toContain('1. Put first by 100 %. Written by model-2.')
    expect(result).toContain('arena answer number 2')
    expect(result).toContain('agreed in')
    expect(result).not.toContain('[Rank it]')

    const [first] = await journey.lines('arena', 'preference')
    expect(JSON.stringify(first)).toContain('arena answer number 2')
    const raw = await journey.raw('arena')
    expect(raw.map(({ counted }) => counted)).toEqual([true, true])
  })

  test('a ballot that needs a form is filled in a window; its receipt stands where it was opened', async () => {
    const { ana, dee } = journey
    await posted('formed', 'questions: { why: { type: text, title: Why, required: true } }', 2)
    await ana.presses('Rank it', { in: 'The formed' })
    await ana.receives('Only you see this')
    await ana.presses('Answer', { in: 'Only you see this' })
    await ana.chooses('Rank the answers, best first', 'A is better')
    await ana.writes('Why', 'It is shorter.')
    await ana.submits()
    await ana.closes()
    await ana.receives('You may change your vote until')
    await repaint()
    expect(callOf(dee, 'formed')).toContain('1 vote.')
  })

  test('a vote is changed by Edit and taken back by Undo until the close', async () => {
    const { ana, ben, parley } = journey
    const { postId } = await posted('changing', '', 2)
    await ana.presses('Rank it', { in: 'The changing' })
    await ana.presses('A is better', { in: 'Only you see this' })
    journey.clock.advance(3600)
    await ana.presses('Undo', { in: 'You may change your vote' })
    await ana.presses('B is better', { in: 'Only you see this' })
    const [line] = await journey.raw('changing')
    expect(line?.status).toBe('submitted')
    await ana.presses('Edit', { in: 'You may change your vote' })
    await ana.closes()
    journey.clock.advance(24 * 3600)
    await ana.presses('Rank it', { in: 'The changing' })
    await ana.receives('Voting on this has closed')
    await sweepPosts(parley)
    await repaint()
    // What one person said in private is not for the channel.
    const result = callOf(ben, 'changing')
    expect(result).toContain('The result of 1 vote')
    expect(result).toContain('Fewer than 3 people ranked the answers')
    expect(result).not.toMatch(/Put first|answer number/)
    expect(postId).not.toBe('')
  })

  test('a hub: Start leads to a task of one’s own, and its count follows once a minute', async () => {
    const { ana, ben, cleo, parley } = journey
    await journey.dataset(
      'name: hubbed\ntemplate: comparison\ntitle: The hubbed\nguidelines: Be kind.\ndistribution: { min_submitted: 1 }',
      records('hubbed', 2, 2),
    )
    await cleo.types('/parley-admin hub hubbed', { channel: 'arena' })
    await cleo.types('/parley-admin hub hubbed', { channel: 'arena' })
    await deliver()
    expect(ana.messages('arena').filter((one) => one.includes('The hubbed'))).toHaveLength(1)
    await ana.presses('Guidelines', { in: 'The hubbed' })
    expect(ana.modal()?.text).toContain('Be kind.')
    await ana.closes()
    await ana.presses('Start', { in: 'The hubbed' })
    expect(callOf(ben, 'hubbed')).toContain('0 of 2 completed')
    await ana.presses('A is better')
    await sweepMessages(parley)
    await repaint()
    expect(callOf(ben, 'hubbed')).toContain('0 of 2 completed')
    journey.clock.advance(60)
    await repaintDue(parley, place())
    expect(callOf(ben, 'hubbed')).toContain('1 of 2 completed')
    await ben.presses('My progress', { in: 'The hubbed' })
    await ben.receives('The')
  })

  test('a hub that Slack refused, asked for again once Parley is in the channel, stands there', async () => {
    const { ana, cleo, slack } = journey
    await journey.dataset(
      'name: invited-late\ntemplate: comparison\ntitle: The late',
      records('invited-late', 1),
    )
    slack.faults.next('chat.postMessage', { error: 'not_in_channel' })
    await cleo.types('/parley-admin hub invited-late', { channel: 'arena' })
    await deliver()
    const standing = () => ana.messages('arena').filter((one) => one.includes('The late')).length
    expect(standing()).toBe(0)
    await cleo.types('/parley-admin hub invited-late', { channel: 'arena' })
    await deliver()
    expect(standing()).toBe(1)
  })
})

describe('happy: posts in the terminal', () => {
  test('an admin posts two records, lists them, and closes one before its time', async () => {
    const { ana, parley } = journey
    await journey.dataset(
      'name: typed\ntemplate: comparison\ntitle: The typed',
      records('typed', 3),
    )
    const out = await run(
      'post',
      'typed',
      '--to',
      'slack:#arena',
      '--records',
      '2',
      '--closes',
      '2h',
    )
    expect(out).toMatch(/^post (\d+) closes .*\npost (\d+) closes /)
    await deliver()
    expect(ana.messages('arena').filter((one) => one.startsWith('The typed'))).toHaveLength(2)
    const [line = ''] = (await run('posts', 'list', 'typed')).split('\n')
    expect(line).toContain('open\t0 votes\tslack:C')
    expect(await run('posts', 'close', line.split('\t')[0] ?? '')).toContain('is closed')
    await repaint()
    // The two were sent at once: which of them stands first is not told.
    expect(ana.messages('arena').filter((one) => one.includes('Nobody voted.'))).toHaveLength(1)
    expect(await run('hub', 'typed', '--to', 'slack:#arena')).toContain('on its way')
    expect(parley.platforms.has('slack')).toBe(true)
  })

  test('a channel that is not there, a time that is none, and a platform unknown', async () => {
    for (const [flags, told] of [
      [['--to', 'slack:#nowhere'], 'There is no channel #nowhere'],
      [['--to', 'slack:#arena', '--closes', 'soon'], '"soon" is not a time'],
      [['--to', 'teams:general'], 'Say where'],
      [['--to', 'discord:77'], 'Discord is not connected'],
      [['--to', `slack:${journey.slack.teamId}:C0NOWHERE1`], 'There is no C0NOWHERE1'],
      [['--to', `slack:${journey.slack.teamId}:nowhere`], 'There is no channel #nowhere'],
      [['--to', 'slack:T0STRANGER:#arena'], 'not installed in the workspace T0STRANGER'],
      [['--to', `slack:${journey.slack.teamId}:`], 'Say where'],
    ] as const)
      await expect(run('post', 'typed', ...flags)).rejects.toThrow(told)
    await expect(run('hub', 'typed', '--to', 'slack:nowhere')).rejects.toThrow(
      'no channel #nowhere',
    )
    const named = `slack:${journey.slack.teamId}:${journey.slack.channel('arena').id}`
    expect(await run('hub', 'typed', '--to', named)).toContain('stands there already')
  })

  test('typed in one’s own conversation with Parley, nothing is posted', async () => {
    const { cleo } = journey
    for (const typed of ['post typed', 'hub typed', 'remind typed']) {
      await cleo.types(`/parley-admin ${typed}`)
      await cleo.receives('Only one person sees this conversation. Choose a channel')
    }
    await cleo.types('/parley-admin hub typed channel=#nowhere')
    await cleo.receives('There is no channel #nowhere')
  })
})

describe('twice: posts', () => {
  test('pressed twice at once, voted twice at once: one ballot, one vote', async () => {
    const { ben, quiet, clock } = { ...journey, quiet: journey.quiet, clock: journey.clock }
    await posted('doubled', '', 2)
    await Promise.all([
      ben.hands.press('Rank it', { in: 'The doubled' }),
      ben.hands.press('Rank it', { in: 'The doubled' }),
    ])
    await quiet()
    clock.advance(1)
    const ballot = { in: 'doubled answer' }
    await Promise.all([
      ben.hands.press('A is better', ballot),
      ben.hands.press('A is better', ballot).catch(() => null),
    ])
    await quiet()
    expect(await journey.raw('doubled')).toHaveLength(1)
  })

  test('a restart between the call and the vote, and between the vote and the count', async () => {
    const { dee, slack } = journey
    await posted('restarted', '', 2)
    const second = await journey.startService()
    slack.deliverTo(second.address)
    await dee.presses('Rank it', { in: 'The restarted' })
    slack.deliverTo(journey.service.address)
    await dee.presses('B is better', { in: 'Only you see this' })
    await second.parley.platforms.get('slack')?.settled?.()
    journey.clock.advance(6)
    await repaintDue(second.parley, place())
    expect(callOf(dee, 'restarted')).toContain('1 vote.')
  })

  test('a post that Slack took while the connection broke is known again by its button', async () => {
    const { slack, ana, parley } = journey
    slack.faults.next('chat.postMessage', { dropAfterEffect: true })
    const { postId } = await posted('perhaps', '', 2)
    await sweepDeliveries(parley)
    await deliver()
    expect(ana.messages('arena').filter((one) => one.includes('The perhaps'))).toHaveLength(1)
    await ana.presses('Rank it', { in: 'The perhaps' })
    await ana.presses('A is better', { in: 'perhaps answer' })
    await repaint()
    expect(callOf(ana, 'perhaps')).toContain('1 vote.')
    expect(postId).not.toBe('')
  })
})

describe('forbidden: posts', () => {
  test('only admins post, and only where Parley may write', async () => {
    const { ana, cleo, slack, parley } = journey
    await ana.types('/parley-admin post arena', { channel: 'arena' })
    await ana.receives('for admins of Parley')
    slack.channel('strangers', { members: ['Cleo'], bot: false })
    await cleo.types('/parley-admin post arena', { channel: 'strangers' })
    await deliver()
    await sweepPosts(parley)
    await deliver()
    await cleo.receives('could not be sent')
    const { state } = await parley.db
      .selectFrom('posts')
      .select('state')
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow()
    expect(state).toBe('withdrawn')
  })

  test('a deleted message ends its post, and an admin is told once', async () => {
    const { ben, cleo, slack, parley } = journey
    const { channelId } = await posted('deleted', '', 2)
    await ben.presses('Rank it', { in: 'The deleted' })
    await ben.presses('A is better', { in: 'deleted answer' })
    const { message } = await parley.db
      .selectFrom('messages')
      .select('message')
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow()
    await fetch(`${slack.apiUrl}chat.delete`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${slack.botToken}`,
        'content-type': 'application/json; charset=utf-8',
      },
      body: JSON.stringify({ channel: channelId, ts: message }),
    })
    await repaint()
    await repaint()
    await deliver()
    const told = cleo.messages().filter((one) => one.includes('so the post was withdrawn'))
    expect(told).toHaveLength(1)
    const { state } = await parley.db
      .selectFrom('posts')
      .select('state')
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow()
    expect(state).toBe('withdrawn')
    // The vote is kept, and the record waits in the queue again.
    expect(await journey.raw('deleted')).toMatchObject([{ counted: true }])
  })

  test('an archived channel is found out within the hour', async () => {
    const { cleo, slack, parley } = journey
    slack.channel('attic', { members: ['Ana', 'Cleo'] })
    await posted('archived', '', 2, 'attic')
    slack.archive('attic')
    journey.clock.advance(3700)
    await sweepMessages(parley)
    await repaint()
    await deliver()
    expect(cleo.messages().filter((one) => one.includes('is inactive'))).toHaveLength(1)
  })
})
