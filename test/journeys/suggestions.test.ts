/** People answer beside what a model suggests: told that it is a model's, before or after they judged themselves. */
import { describe, expect } from 'vitest'
import { newestOf } from '../support/journey.ts'
import { discordTest, slackTest } from '../support/journey-test.ts'

const slack = slackTest()
const discord = discordTest()

const suggestion = { value: 'unsafe', agent: 'guard-7', score: 0.82 }
const records = ['First?', 'Second?'].map((prompt, n) => ({
  format: 1,
  external_id: `r${n + 1}`,
  fields: { prompt },
  suggestions: { label: suggestion },
}))
const document = (name: string, more: string) =>
  `name: ${name}\ntitle: Which ${name}?\ntemplate: labels\norder: fixed\ndistribution: { min_submitted: 1 }\nquestions: { label: { options: [safe, unsafe, unclear] } }\n${more}`

describe('happy: in Slack', () => {
  slack(
    'before: the card says who suggests what, and the press is still hers',
    async ({ journey }) => {
      const { ana } = journey
      await journey.dataset(
        document('before', 'suggestions: before\nsuggestions_score: true'),
        records,
      )
      await ana.joins('before')
      await ana.receives('First?')
      expect(ana.newest()).toContain('A model suggests: unsafe (guard-7, .82)')
      await ana.presses('safe')
      await ana.receives('Second?')
      const [line] = await journey.raw('before')
      expect(line).toMatchObject({
        values: { label: 'safe' },
        shown: { suggestions: true, suggested: 'before' },
        flags: [],
      })
    },
  )

  slack('before: a form starts with the suggestion and says whose it is', async ({ journey }) => {
    const { ben } = journey
    const questions =
      'questions: { answer: { type: text }, why: { type: text, required: false } }\nsuggestions: before'
    await journey.dataset(`name: form\ntitle: Write\nfields: { prompt: Prompt }\n${questions}`, [
      {
        format: 1,
        external_id: 'f1',
        fields: { prompt: 'Why?' },
        suggestions: { answer: { value: 'Because.', agent: 'writer-1' } },
      },
    ])
    await ben.joins('form')
    await ben.presses('Answer')
    expect(ben.modal()?.text).toContain('A model suggests: “Because.” (writer-1)')
    expect(JSON.stringify(ben.modal()?.view)).toContain('"initial_value":"Because."')
    await ben.submits()
    await ben.closes()
    expect(await journey.raw('form')).toMatchObject([{ values: { answer: 'Because.' } }])
  })

  slack(
    'after: it appears with the receipt, and one press changes her answer',
    async ({ journey }) => {
      const { ana } = journey
      await journey.dataset(document('after', 'suggestions: after'), records)
      await ana.joins('after')
      await ana.receives('First?')
      expect(ana.newest()).not.toContain('suggest')
      await ana.presses('safe')
      await ana.receives('A model suggested otherwise: unsafe (guard-7)')
      expect(ana.newest()).toContain('Second?')
      await ana.presses('Change to that')
      await ana.receives('A model suggested the same: unsafe (guard-7)')
      expect(ana.newest()).toContain('Second?')
      expect(newestOf(await journey.raw('after'))).toMatchObject([
        {
          values: { label: 'unsafe' },
          flags: ['edited_after_reveal'],
          shown: { suggestions: false, suggested: 'after' },
        },
      ])
      await ana.presses('Undo')
      expect(newestOf(await journey.raw('after'))).toMatchObject([
        { values: { label: 'safe' }, flags: [] },
      ])
      await ana.presses('Next')
      await ana.receives('Second?')
      await ana.presses('unsafe')
      await ana.receives('A model suggested the same')
      expect(ana.newest()).not.toContain('[Change to that]')
    },
  )

  slack('never: nothing is said of it at all', async ({ journey }) => {
    const { ben } = journey
    await journey.dataset(document('never', 'suggestions: never'), records)
    await ben.joins('never')
    await ben.presses('safe')
    await ben.receives('Second?')
    expect(ben.messages().join()).not.toMatch(/which never[\s\S]*suggest/i)
    const [line] = await journey.raw('never')
    expect(line?.shown).not.toHaveProperty('suggested')
  })
})

describe('happy: in Discord', () => {
  discord('before and after, through a restart', async ({ journey }) => {
    const { ana } = journey
    await journey.dataset(
      document('before', 'suggestions: before\nsuggestions_score: true'),
      records,
    )
    await ana.joins('before')
    expect(ana.screen()).toContain('A model suggests: unsafe (guard-7, .82)')
    await journey.dataset(document('after', 'suggestions: after'), records)
    await ana.joins('after')
    await ana.presses('safe', { in: 'Which after?' })
    expect(ana.screen()).toContain('A model suggested otherwise: unsafe (guard-7)')
    await journey.restart()
    await ana.presses('Change to that')
    expect(ana.screen()).toContain('A model suggested the same: unsafe (guard-7)')
    expect(newestOf(await journey.raw('after'))).toMatchObject([
      { values: { label: 'unsafe' }, flags: ['edited_after_reveal'] },
    ])
  })
})

describe('twice', () => {
  slack('a double tap on the answer does not change it to the suggestion', async ({ journey }) => {
    const { dee, clock, quiet } = journey
    await journey.dataset(document('taps', 'suggestions: after'), records)
    await dee.joins('taps')
    await dee.presses('safe')
    await dee.receives('A model suggested otherwise')
    clock.advance(0.3)
    expect(await dee.hands.press('Change to that')).toEqual({ ok: true })
    await quiet()
    expect(newestOf(await journey.raw('taps'))).toMatchObject([{ values: { label: 'safe' } }])
    clock.advance(2)
    const both = [dee.hands.press('Change to that'), dee.hands.press('Change to that')]
    expect(await Promise.all(both)).toEqual([{ ok: true }, { ok: true }])
    await quiet()
    expect(newestOf(await journey.raw('taps'))).toMatchObject([
      { values: { label: 'unsafe' }, revision: 2 },
    ])
  })
})
