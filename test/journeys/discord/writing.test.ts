/** People write prompts on Discord, over either transport: written, told of, edited, taken back. */
import { describe, expect } from 'vitest'
import { transports } from '../../support/discord.ts'
import { newestOf } from '../../support/journey.ts'
import { discordTest } from '../../support/journey-test.ts'

const ask = (name: string) => `
name: ${name}
template: prompt-writing
title: What would you ask?
target: 6
topics: [Cooking, Travel]
questions:
  completion: {}
`

const over = {
  gateway: discordTest({ transport: 'gateway' }),
  http: discordTest({ transport: 'http' }),
}

describe.each(transports)('happy: writing prompts over %s', (transport) => {
  const test = over[transport]

  test('Ana writes two, the service replaced between them; the same again is told', async ({
    journey,
  }) => {
    const { ana } = journey
    await journey.dataset(ask('ask'), [])
    await ana.joins('ask')
    expect(ana.screen()).toContain('Cooking')
    await ana.presses('Write a prompt')
    await ana.writes('Your prompt', 'How do I keep rice from sticking?')
    await ana.writes('The answer you would like to get', 'Rinse it first.')
    await ana.submits()
    expect(ana.screen()).toContain('Saved: ')
    expect(ana.screen()).toContain('Travel')
    await journey.restart()
    await ana.presses('Write another')
    await ana.writes('Your prompt', 'how do I keep rice  from sticking?')
    await ana.submits()
    expect(ana.screen()).toContain('You have written exactly this before.')
    await ana.presses('Go on')
    await ana.writes('Your prompt', 'How do I keep mice from sticking?')
    await ana.submits()
    expect(ana.screen()).toContain('Nearly the same as one you wrote before')
    await ana.presses('Undo')
    expect(ana.screen()).toContain('Taken back.')
    expect(await journey.lines('ask', 'sft')).toMatchObject([
      {
        prompt: [{ role: 'user', content: 'How do I keep rice from sticking?' }],
        completion: [{ role: 'assistant', content: 'Rinse it first.' }],
      },
    ])
  })

  test('Ben presses Submit twice, then edits', async ({ journey }) => {
    const { ben, clock, quiet } = journey
    await journey.dataset(ask('twice').replace('target: 6', 'target: 1'), [])
    await ben.joins('twice')
    await ben.presses('Write a prompt')
    await ben.writes('Your prompt', 'Once is enough for a prompt')
    clock.advance(1)
    await Promise.all([ben.hands.submit(), ben.hands.submit()])
    await quiet()
    await ben.presses('Edit')
    await ben.writes('Your prompt', 'Twice is more than enough')
    await ben.submits()
    expect(newestOf(await journey.raw('twice'))).toMatchObject([
      { revision: 2, counted: true, values: { prompt: 'Twice is more than enough' } },
    ])
  })
})
