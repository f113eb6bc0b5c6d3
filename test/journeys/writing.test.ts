/** People write prompts of their own, with an answer if they like: from a blank page to the trainer's file. */
import { describe, expect } from 'vitest'
import { exportLines, newestOf } from '../support/journey.ts'
import { slackTest } from '../support/journey-test.ts'

const test = slackTest()

const ask = (name: string, more: string) => `
name: ${name}
template: prompt-writing
title: What would you ask?
target: 6
${more}
questions:
  prompt: {}
  completion: {}
  kind: { type: label, options: [question, task], required: false }
`

describe('happy: writing prompts', () => {
  test('Ana writes one, then another; the second topic is another one', async ({ journey }) => {
    const { ana } = journey
    await journey.dataset(ask('ask', 'topics: [Cooking, Travel]'), [])
    await ana.joins('ask')
    await ana.receives('Cooking')
    await ana.presses('Write a prompt')
    await ana.writes('Your prompt', 'How do I keep rice from sticking?')
    await ana.writes('The answer you would like to get', 'Rinse it first.')
    await ana.submits()
    expect(ana.modal()?.text).toContain('Travel')
    expect(ana.modal()?.text).toContain('How do I keep rice from sticking?')
    await ana.closes()
    await ana.presses('Next')
    await ana.presses('Write another')
    await ana.writes('Your prompt', 'Which week in May is quiet in Rome?')
    await ana.submits()
    await ana.closes()
    expect(await journey.lines('ask', 'prompts')).toMatchObject([
      { prompt: [{ role: 'user', content: 'How do I keep rice from sticking?' }] },
      { prompt: [{ role: 'user', content: 'Which week in May is quiet in Rome?' }] },
    ])
    const [row, ...more] = await exportLines(journey.parley, 'ask', 'sft')
    expect(more).toEqual([])
    expect(row).toMatchObject({
      prompt: [{ role: 'user', content: 'How do I keep rice from sticking?' }],
      completion: [{ role: 'assistant', content: 'Rinse it first.' }],
    })
  })

  test('Ben reads that somebody wrote the same, and that his next is nearly his own', async ({
    journey,
  }) => {
    const { ana, ben } = journey
    await journey.dataset(ask('same', ''), [])
    await ana.joins('same')
    await ana.presses('Write a prompt')
    await ana.writes('Your prompt', 'Explain tides to a child of six')
    await ana.submits()
    await ana.closes()
    await ben.joins('same')
    await ben.presses('Write a prompt')
    await ben.writes('Your prompt', 'explain tides  to a child of six')
    await ben.submits()
    expect(ben.modal()?.text).toContain('Somebody has written exactly this before.')
    await ben.writes('Your prompt', 'Explain the tides to a child of seven')
    await ben.submits()
    await ben.writes('Your prompt', 'Explain the tides to a child of eleven')
    await ben.submits()
    expect(ben.modal()?.text).toContain('Nearly the same as one you wrote before')
    await ben.closes()
    expect(await journey.lines('same', 'prompts')).toHaveLength(3)
  })

  test('Dee closes the form half-way, comes back, edits and takes back', async ({ journey }) => {
    const { dee } = journey
    await journey.dataset(ask('back', ''), [])
    await dee.joins('back')
    await dee.presses('Write a prompt')
    await dee.writes('Your prompt', 'A draft of a prompt')
    await dee.closes()
    await dee.presses('Write a prompt')
    expect(JSON.stringify(dee.modal()?.view)).toContain('A draft of a prompt')
    await dee.writes('Your prompt', 'A whole prompt, written out')
    await dee.submits()
    await dee.closes()
    await dee.presses('Undo')
    await dee.receives('Taken back.')
    expect(await journey.lines('back', 'prompts')).toEqual([])
    await dee.presses('Write a prompt')
    await dee.writes('Your prompt', 'A better prompt, written out')
    await dee.submits()
    await dee.closes()
    await dee.types('/parley history')
    await dee.receives('A better prompt, written out')
    await dee.presses('Edit')
    await dee.writes('Your prompt', 'The best prompt, written out')
    await dee.submits()
    const newest = newestOf(await journey.raw('back')).filter(
      ({ status }) => status === 'submitted',
    )
    expect(newest).toMatchObject([
      { counted: true, values: { prompt: 'The best prompt, written out' } },
    ])
  })
})

describe('happy: a writer alone', () => {
  test('Ana skips the last blank, is told what is left, and writes it after all', async ({
    journey,
  }) => {
    const { ana } = journey
    await journey.dataset(ask('alone', '').replace('target: 6', 'target: 1'), [])
    await ana.joins('alone')
    await ana.presses('Skip')
    await ana.receives('No other prompt is wanted in “What would you ask?” right now.')
    await ana.types('/parley next alone')
    await ana.presses('Write a prompt')
    await ana.writes('Your prompt', 'What is the last one about?')
    await ana.submits()
    await ana.receives('All done here.')
    await ana.closes()
    expect(await journey.lines('alone', 'prompts')).toHaveLength(1)
  })
})

describe('twice: writing prompts', () => {
  test('Ana submits twice at once, before another process and after it: one prompt', async ({
    journey,
  }) => {
    const { ana, clock, quiet } = journey
    await journey.dataset(ask('double', ''), [])
    await ana.joins('double')
    await ana.presses('Write a prompt')
    await ana.writes('Your prompt', 'Once is enough for a prompt')
    const other = await journey.startService()
    journey.slack.deliverTo(other.address)
    clock.advance(1)
    const both = await Promise.all([ana.hands.submit(), ana.hands.submit()])
    expect(both).toEqual([{ ok: true }, { ok: true }])
    await quiet()
    journey.slack.deliverTo(journey.service.address)
    const raw = (await journey.raw('double')).filter(({ status }) => status === 'submitted')
    expect(raw).toMatchObject([
      { revision: 1, counted: true, values: { prompt: 'Once is enough for a prompt' } },
    ])
    await ana.closes()
  })
})

describe('refused: writing prompts', () => {
  test('Ana submits nothing; nobody is dealt more than the dataset takes of one', async ({
    journey,
  }) => {
    const { ana } = journey
    await journey.dataset(ask('few', 'per_labeler: 1'), [])
    await ana.joins('few')
    expect(ana.newest()).toContain('0 of 1')
    await ana.presses('Write a prompt')
    await ana.writes('Your prompt', '   ')
    await ana.submits()
    expect(ana.modal()?.text).toContain('Write an answer.')
    await ana.writes('Your prompt', 'The one and only prompt of mine')
    await ana.submits()
    await ana.receives('All done here.')
    await ana.closes()
  })
})
