/** People improve the output they just judged: in Slack's window and Discord's form, with drafts and ways back. */
import { describe, expect } from 'vitest'
import { newestOf } from '../support/journey.ts'
import { discordTest, slackTest } from '../support/journey-test.ts'

const slack = slackTest()
const discord = discordTest()

const records = ['First?', 'Second?', 'Third?'].map((prompt, n) => ({
  external_id: `r${n + 1}`,
  fields: { prompt },
  outputs: ['One text.', 'Two texts.'].map((text, at) => ({ id: `o${at + 1}`, text })),
}))
const document = (name: string) =>
  `name: ${name}\ntitle: Which ${name}?\ntemplate: comparison\norder: fixed\nquestions: { preference: { edits: true } }`

type Edits = Record<string, { text: string; distance: number }>
const editsIn = (line: { values: Record<string, unknown> } | undefined) =>
  (line?.values['preference.edits'] ?? {}) as Edits

describe('happy: in Slack', () => {
  slack('Ana improves the better one from the line above her next task', async ({ journey }) => {
    const { ana } = journey
    await journey.dataset(document('better'), records)
    await ana.joins('better')
    await ana.receives('First?')
    await ana.presses('A is better')
    await ana.receives('Second?')
    expect(ana.newest()).toContain('[Improve A]')
    await ana.presses('Improve A')
    expect(ana.modal()?.text).toContain('First?')
    expect(ana.modal()?.text).not.toContain('[Skip]')
    await ana.writes('A, as it should be', 'A better text.')
    await ana.submits()
    // The window is gone, and the next task waits below the line about the one before.
    expect(ana.modal()).toBeNull()
    await ana.receives('A improved')
    expect(ana.newest()).toContain('Second?')
    const [line] = newestOf(await journey.raw('better'))
    const [best = ''] = line?.shown.order ?? []
    expect(editsIn(line)).toEqual({
      [best]: { text: 'A better text.', distance: expect.any(Number) },
    })
    expect(await journey.lines('better', 'sft')).toMatchObject([
      { completion: [{ role: 'assistant', content: 'A better text.' }] },
    ])
    expect(await journey.lines('better', 'preference')).toHaveLength(2)
    await ana.presses('Undo')
    expect(editsIn(newestOf(await journey.raw('better'))[0])).toEqual({})
    await ana.presses('Next')
    await ana.receives('Second?')
  })

  slack('what Ana typed is there after a restart, and is hers to save', async ({ journey }) => {
    const { ana } = journey
    await journey.dataset(document('typed'), records)
    await ana.joins('typed')
    await ana.receives('First?')
    await ana.presses('Equally good')
    await ana.receives('Second?')
    // A tie: nobody guesses which one she means.
    expect(ana.newest()).toContain('[Improve A]')
    expect(ana.newest()).toContain('[Improve B]')
    await ana.presses('Improve B')
    await ana.writes('B, as it should be', 'Half of a')
    await ana.closes()
    expect(editsIn(newestOf(await journey.raw('typed'))[0])).toEqual({})
    const other = await journey.startService()
    journey.slack.deliverTo(other.address)
    await ana.presses('Improve B')
    expect(JSON.stringify(ana.modal()?.view)).toContain('Half of a')
    await ana.writes('B, as it should be', 'Half of a loaf.')
    await ana.submits()
    await ana.receives('B improved')
    const [line] = newestOf(await journey.raw('typed'))
    expect(editsIn(line)[line?.shown.order[1] ?? '']).toMatchObject({ text: 'Half of a loaf.' })
  })

  slack(
    'after both bad, and by way of another, any output can be improved',
    async ({ journey }) => {
      const { ben } = journey
      await journey.dataset(document('any'), records)
      await ben.joins('any')
      await ben.receives('First?')
      await ben.presses('Both bad')
      await ben.receives('Second?')
      await ben.presses('Improve A')
      await ben.writes('A, as it should be', 'Not so bad.')
      await ben.submits()
      await ben.presses('A is better')
      await ben.receives('Third?')
      await ben.presses('Improve another')
      await ben.receives('Which one would you like to improve?')
      await ben.presses('Improve B')
      await ben.writes('B, as it should be', 'As good as A.')
      await ben.submits()
      await ben.receives('B improved')
      const lines = newestOf(await journey.raw('any'))
      expect(lines.map((line) => Object.values(editsIn(line)).map(({ text }) => text))).toEqual([
        ['Not so bad.'],
        ['As good as A.'],
      ])
      expect(await journey.lines('any', 'preference')).toMatchObject([
        { chosen: [{ content: 'Not so bad.' }] },
        {},
        { chosen: [{ content: 'As good as A.' }] },
      ])
    },
  )
})

describe('happy: in Discord', () => {
  discord(
    'Ana improves the better one, once more after a restart, and takes it back',
    async ({ journey }) => {
      const { ana } = journey
      await journey.dataset(document('better'), records)
      await ana.joins('better')
      await ana.presses('A is better')
      expect(ana.screen()).toContain('Second?')
      await ana.presses('Improve A')
      expect(ana.modal()?.text).toContain('First?')
      await ana.writes('A, as it should be', 'A better text.')
      await ana.submits()
      expect(ana.screen()).toContain('A improved')
      const [line] = newestOf(await journey.raw('better'))
      expect(Object.values(editsIn(line))).toMatchObject([{ text: 'A better text.' }])
      await journey.restart()
      await ana.presses('Improve A')
      expect(JSON.stringify(ana.modal())).toContain('A better text.')
      await ana.writes('A, as it should be', 'The best text.')
      await ana.submits()
      expect(Object.values(editsIn(newestOf(await journey.raw('better'))[0]))).toMatchObject([
        { text: 'The best text.' },
      ])
      await ana.presses('Undo')
      expect(Object.values(editsIn(newestOf(await journey.raw('better'))[0]))).toMatchObject([
        { text: 'A better text.' },
      ])
      await ana.presses('Next')
      expect(ana.screen()).toContain('Second?')
    },
  )

  discord('after a tie Ben says which one he means', async ({ journey }) => {
    const { ben } = journey
    await journey.dataset(document('tied'), records)
    await ben.joins('tied')
    await ben.presses('Equally good')
    await ben.presses('Improve B')
    await ben.writes('B, as it should be', 'Two better texts.')
    await ben.submits()
    expect(ben.screen()).toContain('B improved')
    const [line] = newestOf(await journey.raw('tied'))
    expect(editsIn(line)[line?.shown.order[1] ?? '']).toMatchObject({ text: 'Two better texts.' })
  })
})

describe('twice', () => {
  slack('saved twice at once and improved again, it is one edit a save', async ({ journey }) => {
    const { dee, clock, quiet } = journey
    await journey.dataset(document('again'), records)
    await dee.joins('again')
    await dee.presses('A is better')
    await dee.presses('Improve A')
    await dee.writes('A, as it should be', 'Saved twice.')
    clock.advance(1)
    const both = await Promise.all([dee.hands.submit(), dee.hands.submit()])
    expect(both).toEqual([{ ok: true }, { ok: true }])
    await quiet()
    expect(newestOf(await journey.raw('again'))).toMatchObject([{ revision: 2, counted: true }])
    expect(dee.screen()).not.toContain('Nothing was changed')
    await dee.presses('Improve A')
    expect(JSON.stringify(dee.modal()?.view)).toContain('Saved twice.')
    await dee.writes('A, as it should be', 'Saved once more.')
    await dee.submits()
    const [line] = newestOf(await journey.raw('again'))
    expect(line).toMatchObject({ revision: 3 })
    expect(Object.values(editsIn(line))).toMatchObject([{ text: 'Saved once more.' }])
  })

  discord('a form that is saved as it was opened changes nothing', async ({ journey }) => {
    const { dee } = journey
    await journey.dataset(document('same'), records)
    await dee.joins('same')
    await dee.presses('B is better')
    await dee.presses('Improve B')
    await dee.submits()
    expect(dee.screen()).toContain('Nothing was changed, so there is nothing to save.')
    expect(newestOf(await journey.raw('same'))).toMatchObject([{ revision: 1 }])
  })
})

describe('happy: a text that is longer than a form', () => {
  discord(
    'it says so, stays as it is when left alone, and can come back as a file',
    async ({ journey }) => {
      const { ben } = journey
      const long = Array.from({ length: 900 }, (_, n) => `Line ${n} of it.`).join('\n')
      await journey.dataset(document('long'), [
        {
          ...{ external_id: 'l1', fields: { prompt: 'Tell me everything.' } },
          outputs: ['a', 'b'].map((id) => ({ id, text: `${id}: ${long}` })),
        },
        ...records,
      ])
      await ben.joins('long')
      await ben.presses('A is better')
      await ben.presses('Improve A')
      expect(JSON.stringify(ben.modal())).toContain('This text is too long to be shown here.')
      await ben.submits()
      expect(ben.screen()).toContain('Nothing was changed')
      await ben.presses('Improve A')
      await ben.attaches('Or a text file (.md, .txt)', 'better.md', `${long}\nAnd more.`)
      await ben.submits()
      expect(ben.screen()).toContain('A improved')
      const [line] = newestOf(await journey.raw('long'))
      expect(Object.values(editsIn(line))).toMatchObject([{ text: `${long}\nAnd more.` }])
    },
  )
})
