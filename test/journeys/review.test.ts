/** People say what they think of prompts, and word them better, on Slack and on Discord. */
import { describe, expect } from 'vitest'
import { exportLines, newestOf } from '../support/journey.ts'
import { discordTest, slackTest } from '../support/journey-test.ts'

const slack = slackTest()
const discord = discordTest()

const records = [
  { id: 'p1', prompt: 'tell me rome' },
  { id: 'p2', prompt: 'Why is the sky blue?' },
]
const document = 'name: look\ntemplate: prompt-review\norder: fixed'

describe('happy: a review of prompts', () => {
  slack('Ana rewords one and leaves the other as it is', async ({ journey }) => {
    const { ana } = journey
    await journey.dataset(document, records)
    await ana.joins('look')
    await ana.presses('Answer')
    const judge = async (clear: string) => {
      await ana.chooses('How clear is it?', clear)
      await ana.chooses('How relevant is it?', '3')
      await ana.chooses('Is it safe to ask?', 'Safe')
    }
    await judge('2')
    expect(JSON.stringify(ana.modal()?.view)).toContain('"initial_value":"tell me rome"')
    await ana.writes('A better wording', 'Tell me about Rome in spring.')
    await ana.submits()
    expect(ana.modal()?.text).toContain('Why is the sky blue?')
    await judge('5 · clear')
    await ana.submits()
    await ana.closes()
    expect((await exportLines(journey.parley, 'look', 'raw')).map(({ values }) => values)).toEqual([
      { clarity: 2, relevance: 3, safe: 'yes', rewrite: 'Tell me about Rome in spring.' },
      { clarity: 5, relevance: 3, safe: 'yes' },
    ])
    // Worded as it was after all: no answer again.
    await ana.presses('Edit')
    await ana.writes('A better wording', ' tell me rome ')
    await ana.submits()
    const newest = newestOf(await exportLines(journey.parley, 'look', 'raw'))
    expect(newest[0]).toMatchObject({ record: { external_id: 'p1' }, revision: 2 })
    expect(newest[0]?.values).toEqual({ clarity: 2, relevance: 3, safe: 'yes' })
  })

  discord('Ben does the same in two steps', async ({ journey }) => {
    const { ben } = journey
    await journey.dataset(document, records.slice(0, 1))
    await ben.joins('look')
    await ben.presses('Answer')
    await ben.chooses('How clear is it?', '4')
    await ben.chooses('How relevant is it?', '3')
    await ben.chooses('Is it safe to ask?', 'Safe')
    await ben.writes('A better wording', 'Tell me about Rome.')
    await ben.submits()
    if (ben.screen().includes('[Go on]')) {
      await ben.presses('Go on')
      await ben.submits()
    }
    expect(await exportLines(journey.parley(), 'look', 'raw')).toMatchObject([
      { values: { clarity: 4, relevance: 3, safe: 'yes', rewrite: 'Tell me about Rome.' } },
    ])
  })
})
