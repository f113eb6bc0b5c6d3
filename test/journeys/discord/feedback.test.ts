/** "Send to Parley" in the menu of a message in Discord, over both transports. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verdictsOf } from '../../feedback/ground.ts'
import { type DiscordJourney, openDiscordJourney, transports } from '../../support/discord.ts'

describe.each(transports)('over the %s', (transport) => {
  let journey: DiscordJourney
  beforeAll(async () => {
    journey = await openDiscordJourney({ transport, worker: false })
  })
  afterAll(() => journey.close())

  const values = async (dataset: string) =>
    (await journey.raw(dataset)).map(({ values, revision }) => ({ revision, ...values }))

  test('refused: where no dataset takes messages, and nothing is stored', async () => {
    const { ana, ben } = journey
    await ben.post('general', 'It rains because clouds are heavy.')
    await ana.uses('Send to Parley', 'clouds are heavy')
    expect(ana.screen()).toContain('No dataset takes messages from you.')
    const kept = await journey.parley().db.selectFrom('feedbackForms').select('id').execute()
    expect(kept).toEqual([])
  })

  test('happy: a verdict, what was asked and why, by somebody who agreed to nothing', async () => {
    const { ana } = journey
    await journey.dataset(
      'name: assistant\ntitle: Our assistant\ntemplate: thumbs\nfeedback: {}',
      [],
    )
    await ana.uses('Send to Parley', 'clouds are heavy')
    expect(ana.modal()?.title).toBe('Send to Parley')
    expect(ana.modal()?.text).toContain('Your name is not')
    await ana.chooses('Is it a good answer?', 'Bad')
    await ana.writes('What was asked', 'Why does it rain?')
    await ana.writes('Why?', 'Not because of weight.')
    await ana.submits()
    expect(ana.screen()).toContain('Thank you. Your verdict is kept in “Our assistant”.')
    expect(await values('assistant')).toEqual([
      { revision: 1, thumbs: 'down', reason: 'Not because of weight.' },
    ])
    const rows = await verdictsOf(journey.parley(), 'assistant')
    expect(rows).toMatchObject([
      { verdict: 'down', source: expect.stringMatching(/^discord:\d+$/) },
    ])
    expect(JSON.stringify(rows)).not.toContain(ana.id)
    expect(await journey.lines('assistant', 'kto')).toEqual([
      {
        prompt: [{ role: 'user', content: 'Why does it rain?' }],
        completion: [{ role: 'assistant', content: 'It rains because clouds are heavy.' }],
        label: false,
      },
    ])
  })

  test('twice: the later verdict stands, also after a restart with the form open', async () => {
    const { ana } = journey
    await ana.uses('Send to Parley', 'clouds are heavy')
    await ana.chooses('Is it a good answer?', 'Good')
    await journey.restart()
    await ana.submits()
    expect((await values('assistant')).at(-1)).toEqual({ revision: 2, thumbs: 'up' })
    expect(await verdictsOf(journey.parley(), 'assistant')).toHaveLength(1)
  })
})
