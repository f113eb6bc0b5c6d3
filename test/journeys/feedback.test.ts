/** Thumbs on messages of another AI app in Slack: sent by the menu of a message, or by a reaction. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sendMessageId } from '../../adapters/slack/receive/own-message.ts'
import { createDataset } from '../../src/datasets/create.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { publishDataset } from '../../src/datasets/publish.ts'
import { sweepFeedbackForms } from '../../src/feedback/form.ts'
import { findLabeler } from '../../src/labelers/labeler.ts'
import { verdictsOf } from '../feedback/ground.ts'
import { admin, type Journey, openJourney } from '../support/journey.ts'

let journey: Journey
let bot: ReturnType<Journey['slack']['otherApp']>

beforeAll(async () => {
  journey = await openJourney({ worker: false, env: { SLACK_REACTIONS: 'true' } })
  journey.slack.channel('help', { members: ['Ana', 'Ben', 'Dee'] })
  bot = journey.slack.otherApp('Helper')
})
afterAll(() => journey.close())

async function open(text: string) {
  const document = parseDocument(text)
  await createDataset(journey.parley, admin, { document })
  await publishDataset(journey.parley, admin, { dataset: document.name })
}

const raw = async (dataset: string) =>
  (await journey.lines(dataset, 'raw')).map((line) => {
    const { record, values } = line as unknown as {
      record: { outputs: { text: string }[]; fields: { prompt?: unknown } }
      values: { thumbs: string; reason?: string }
    }
    return { said: record.outputs[0]?.text, asked: record.fields.prompt, ...values }
  })

async function sends(who: Journey['ana'], text: string) {
  journey.clock.advance(1)
  await who.hands.messageShortcut(sendMessageId, { in: text })
  await journey.quiet()
}

describe('refused: where no dataset takes messages', () => {
  test('is said, in German too, and nothing is stored', async () => {
    const { ana, slack, parley } = journey
    bot.say('Nobody keeps this.', { channel: 'help' })
    await sends(ana, 'Nobody keeps this.')
    expect(ana.messages('help').at(-1)).toContain('No dataset takes messages from you.')
    slack.person('Jana', { locale: 'de-DE' })
    slack.channel('help', { members: ['Jana'] })
    const jana = journey.person('Jana')
    await jana.types('/parley help')
    await sends(jana, 'Nobody keeps this.')
    expect(jana.messages('help').at(-1)).toContain('Kein Datensatz nimmt Nachrichten von dir an.')
    expect(await parley.db.selectFrom('feedbackForms').select('id').execute()).toEqual([])
  })
})

describe('happy: Send to Parley', () => {
  test('Ana, who never agreed to anything, sends an answer with her verdict', async () => {
    const { ana, parley } = journey
    await open(
      'name: assistant\ntitle: Our assistant\ntemplate: thumbs\nfeedback: {}\naccess: everyone',
    )
    bot.say('It rains because clouds are *heavy* &amp; <https://a.example|wet>.', {
      channel: 'help',
    })
    await sends(ana, 'clouds are')
    const form = ana.modal()?.text ?? ''
    expect(form).toContain('It rains because clouds')
    expect(form).toContain('Your name is not')
    expect(form).not.toContain('Dataset')
    await ana.submits().catch(() => {})
    expect(await raw('assistant')).toEqual([])
    await ana.chooses('Is it a good answer?', 'Bad')
    await ana.writes('What was asked', 'Why does it rain?')
    await ana.writes('Why?', 'Not because of weight.')
    await ana.submits()
    expect(ana.modal()?.text).toContain('Thank you. Your verdict is kept in “Our assistant”.')
    await ana.closes()
    expect(await raw('assistant')).toEqual([
      {
        said: 'It rains because clouds are *heavy* & wet (https://a.example).',
        asked: [{ role: 'user', content: 'Why does it rain?' }],
        thumbs: 'down',
        reason: 'Not because of weight.',
      },
    ])
    expect(
      await findLabeler(parley, {
        platform: 'slack',
        workspace: journey.slack.teamId,
        userId: ana.id,
      }),
    ).toBeNull()
    expect(JSON.stringify(await verdictsOf(parley, 'assistant'))).not.toContain(ana.id)
    expect(await journey.lines('assistant', 'kto')).toMatchObject([{ label: false }])
  })

  test('a second time changes the verdict; submitting twice does not count twice', async () => {
    const { ana, slack } = journey
    await sends(ana, 'clouds are')
    await ana.chooses('Is it a good answer?', 'Good')
    await ana.submits()
    await slack.faults.redeliver()
    await ana.closes()
    await sends(ana, 'clouds are')
    await ana.chooses('Is it a good answer?', 'Good')
    await ana.submits()
    await ana.closes()
    const answers = (await raw('assistant')).map(({ thumbs }) => thumbs)
    expect(answers.at(-1)).toBe('up')
    expect(await verdictsOf(journey.parley, 'assistant')).toHaveLength(1)
  })

  test('of several datasets Ben chooses one; the form outlives a restart, and not a day', async () => {
    const { ben, parley } = journey
    await open('name: second\ntitle: The second\nfeedback: {}\naccess: everyone')
    await sends(ben, 'clouds are')
    const again = await journey.startService()
    journey.slack.deliverTo(again.address)
    await ben.chooses('Dataset', 'The second')
    await ben.chooses('Is it a good answer?', 'Good')
    await ben.submits()
    expect(ben.modal()?.text).toContain('The second')
    await ben.closes()
    expect(await raw('second')).toMatchObject([{ thumbs: 'up' }])
    await sends(ben, 'clouds are')
    await ben.chooses('Is it a good answer?', 'Bad')
    journey.clock.advance(25 * 3600)
    await sweepFeedbackForms(parley)
    await ben.submits()
    expect(ben.modal()?.text).toContain('This form is too old.')
    await ben.closes()
  })

  test('my-data shows and deletes what somebody gave who never agreed', async () => {
    const { ana, parley } = journey
    await ana.types('/parley my-data')
    expect(ana.newest()).toMatch(/1 answer/)
    await ana.presses('Delete…')
    await ana.presses('Delete')
    expect(await verdictsOf(parley, 'assistant')).toEqual([])
    await ana.types('/parley my-data')
    expect(ana.newest()).not.toMatch(/1 answer/)
  })
})

describe('happy: reactions', () => {
  test('thumbs on the named app in the named channel count, with any skin and by any name', async () => {
    const { ana, ben, dee, slack } = journey
    const { id } = slack.channel('help')
    const reactions = `{ slack: { channels: [${id}], apps: [${bot.id}] } }`
    await open(
      `name: reacted\nfeedback: { messages: false, reactions: ${reactions} }\naccess: everyone`,
    )
    bot.say('Snow is frozen rain.', { channel: 'help' })
    const on = { in: 'Snow is frozen rain.' }
    await ana.hands.react('+1::skin-tone-4', on)
    await ben.hands.react('thumbsdown', on)
    await dee.hands.react('tada', on)
    await journey.quiet()
    expect((await raw('reacted')).map(({ said, thumbs }) => [said, thumbs]).toSorted()).toEqual([
      ['Snow is frozen rain.', 'down'],
      ['Snow is frozen rain.', 'up'],
    ])
    const reads = slack.wire.filter(({ path }) => path === '/api/reactions.get')
    expect(reads).toHaveLength(1)
  })

  test('changing one’s mind, in whichever order, leaves what stands below the message', async () => {
    const { ana, ben } = journey
    const on = { in: 'Snow is frozen rain.' }
    await ana.hands.react('-1', on)
    await ana.hands.unreact('+1::skin-tone-4', on)
    await ben.hands.unreact('thumbsdown', on)
    await journey.slack.faults.redeliver()
    await journey.quiet()
    expect((await raw('reacted')).map(({ thumbs }) => thumbs)).toEqual(['up', 'down'])
    await ana.hands.unreact('-1', on)
    await journey.quiet()
    expect(await raw('reacted')).toEqual([])
    expect(await verdictsOf(journey.parley, 'reacted')).toMatchObject([
      { verdict: null, recordId: null },
      { verdict: null, recordId: null },
    ])
  })

  test('nothing else is read: other people, other channels, the app’s own thumbs', async () => {
    const { ana, ben, slack } = journey
    slack.channel('other', { members: ['Ana'] })
    bot.say('Said elsewhere.', { channel: 'other' })
    await ana.hands.react('+1', { in: 'Said elsewhere.' })
    await ben.hands.say('A person says this.', { channel: 'help' })
    await ana.hands.react('+1', { in: 'A person says this.' })
    await journey.quiet()
    expect(await raw('reacted')).toEqual([])
    expect(slack.wire.filter(({ path }) => path === '/api/reactions.get')).toHaveLength(1)
  })

  test('when Slack cannot be asked, it sends the event again, and nothing is lost', async () => {
    const { ben, slack } = journey
    bot.say('Hail is frozen too.', { channel: 'help' })
    slack.faults.next('reactions.get', { status: 500 })
    slack.faults.next('reactions.get', { status: 500 })
    slack.faults.next('reactions.get', { status: 500 })
    await ben.hands.react('thumbsup', { in: 'Hail is frozen too.' })
    await slack.retries.flush()
    await slack.retries.flush()
    await journey.quiet()
    expect((await raw('reacted')).map(({ said }) => said)).toEqual(['Hail is frozen too.'])
  })
})
