/** A contributor on Discord, on a phone, does all that an employee in Slack does; over both transports. */
import { describe, expect } from 'vitest'
import { transports } from '../../support/discord.ts'
import { newestOf } from '../../support/journey.ts'
import { discordTest } from '../../support/journey-test.ts'

const pair = (id: string, prompt: string, ...texts: string[]) => ({
  external_id: id,
  fields: { prompt },
  outputs: texts.map((text, n) => ({ id: `o${n + 1}`, text })),
})

const over = {
  gateway: discordTest({ transport: 'gateway' }),
  http: discordTest({ transport: 'http' }),
}

describe.each(transports)('over the %s', (transport) => {
  const test = over[transport]

  describe('happy: a contributor', () => {
    test('/label, consent, pairs one after the other in the same place, undo and edit', async ({
      journey,
    }) => {
      const { ana, ben } = journey
      await journey.dataset('name: prefs\ntitle: Preferences\ntemplate: comparison\norder: fixed', [
        pair('r1', 'Explain DNS.', 'Names to numbers', 'A phone book'),
        pair('r2', 'Explain TLS.', 'A sealed letter', 'Keys and certificates'),
        pair('r3', 'Explain TCP.', 'A polite talk', 'Numbered packets'),
      ])
      await ana.types('/label dataset:prefs')
      expect(ana.screen()).toContain('[Start]')
      expect(await journey.raw('prefs')).toEqual([])
      await ana.presses('Start')
      expect(ana.screen()).toContain('Explain DNS.')
      await ana.presses('A is better')
      expect(ana.screen()).toContain('Saved: A > B')
      expect(ana.screen()).toContain('Explain TLS.')
      await ana.presses('Undo')
      expect(ana.screen()).toContain('Explain DNS.')
      expect(newestOf(await journey.raw('prefs')).filter((one) => one.counted)).toEqual([])
      await ana.presses('B is better')
      await ana.presses('Equally good')
      await ana.presses('Both bad')
      // One private message all along, which nobody else ever saw.
      expect(ana.messages()).toHaveLength(1)
      expect(ben.messages()).toEqual([])
      expect(ana.screen()).toContain('All done here.')
      const ranks = newestOf(await journey.raw('prefs')).filter(({ counted }) => counted)
      expect(ranks.map(({ record }) => record.external_id)).toEqual(['r1', 'r2', 'r3'])
      await ana.types('/parley history')
      expect(ana.screen()).toContain('Preferences')
      await ana.types('/parley progress')
      expect(ana.screen()).toMatch(/3/)
    })

    test('a completion is written in a form, changed later, and kept to the letter', async ({
      journey,
    }) => {
      const { ana } = journey
      await journey.dataset('name: write\ntemplate: completion\ntitle: Write the best answer', [
        { external_id: 'w1', fields: { prompt: 'Why is the sky blue?' } },
      ])
      await ana.joins('write')
      await ana.presses('Answer')
      const typed = 'Rayleigh & <scattering>\n\n```ts\n1 < 2\n```\n  *not bold* @here 👩‍👩‍👧'
      await ana.writes('Your answer', typed)
      await ana.submits()
      expect(ana.screen()).toContain('Saved: “Rayleigh')
      expect(await journey.raw('write')).toMatchObject([{ values: { completion: typed } }])
      await ana.presses('Edit')
      expect(ana.modal()?.text).toContain('Rayleigh & <scattering>')
      await ana.writes('Your answer', 'Shorter.')
      await ana.submits()
      const newest = newestOf(await journey.raw('write'))
      expect(newest).toMatchObject([{ revision: 2, values: { completion: 'Shorter.' } }])
      // Undo takes the change back, not the answer.
      await ana.presses('Undo', { in: 'Saved: “Shorter.”' })
      expect(ana.screen()).toContain('Back to your earlier answer: “Rayleigh')
      expect(newestOf(await journey.raw('write'))).toMatchObject([
        { revision: 3, status: 'submitted', counted: true, values: { completion: typed } },
      ])
    })

    test('five outputs are ranked by taps, though the service is replaced between them', async ({
      journey,
    }) => {
      const { ben } = journey
      const texts = ['Alpha', 'Beta', 'Gamma', 'Delta', 'Epsilon']
      await journey.dataset('name: five\ntemplate: comparison\ntitle: Rank five', [
        pair('f1', 'Say a letter.', ...texts),
      ])
      await ben.joins('five')
      await ben.presses('C')
      await journey.restart()
      await ben.presses('A')
      expect(ben.screen()).toContain('C > A')
      // Longer than an interaction’s token lives: a click brings a token of its own.
      journey.clock.advance(16 * 60)
      await journey.restart()
      await ben.presses('E')
      await ben.presses('B')
      expect(ben.screen()).toContain('Saved: C > A > E > B > D')
      const [line] = await journey.raw('five')
      expect(line).toMatchObject({ status: 'submitted', counted: true })
    })

    test('a skip goes to somebody else and can be taken back', async ({ journey }) => {
      const { ana, ben } = journey
      await journey.dataset('name: skips\ntemplate: comparison\ntitle: Skips', [
        pair('s1', 'One?', 'yes', 'no'),
      ])
      await ana.joins('skips')
      await ana.presses('Skip')
      await ben.joins('skips')
      expect(ben.screen()).toContain('One?')
      await ben.presses('A is better')
      const lines = newestOf(await journey.raw('skips'))
      expect(lines.map(({ status }) => status).sort()).toEqual(['discarded', 'submitted'])
    })

    test('a message of one’s own becomes the answer of the open task', async ({ journey }) => {
      const { dee, ana } = journey
      await journey.dataset('name: own\ntemplate: completion\ntitle: Own words', [
        { external_id: 'u1', fields: { prompt: 'Say hello.' } },
      ])
      await dee.joins('own')
      await dee.post('general', 'Hello, **world**!')
      await dee.uses('Use as my answer', 'Hello, world!')
      if (dee.modal()) await dee.submits()
      else await dee.presses('Submit')
      expect(newestOf(await journey.raw('own'))).toMatchObject([
        { values: { completion: 'Hello, **world**!' } },
      ])
      await ana.uses('Use as my answer', 'Hello, world!')
      expect(ana.screen()).toContain('Only your own message')
    })

    test('somebody who speaks German reads German', async ({ journey }) => {
      const { discord } = journey
      discord.person('Gerda', { locale: 'de' })
      const gerda = journey.person('Gerda')
      await gerda.types('/label')
      expect(gerda.screen()).toContain('[Los]')
      expect(gerda.commands()).toEqual(expect.arrayContaining(['/label', '/parley']))
      // One may look at what there is before agreeing to anything.
      expect(await gerda.autocomplete('/label dataset:pref')).toEqual([
        { name: 'prefs: Preferences', value: 'prefs' },
      ])
    })
  })

  describe('twice: presses', () => {
    test('a double press, and a press that arrives twice, have one effect', async ({ journey }) => {
      const { dee, discord, clock, quiet } = journey
      await journey.dataset('name: twice\ntemplate: comparison\ntitle: Twice\norder: fixed', [
        pair('t1', 'One?', 'yes', 'no'),
        pair('t2', 'Two?', 'yes', 'no'),
      ])
      await dee.joins('twice')
      clock.advance(1)
      await Promise.all([dee.hands.press('A is better'), dee.hands.press('A is better')])
      await quiet()
      expect(dee.screen()).toContain('Two?')
      expect(await journey.raw('twice')).toHaveLength(1)
      discord.faults.nextDelivery({ twice: true })
      await dee.presses('B is better')
      expect(newestOf(await journey.raw('twice'))).toHaveLength(2)
      discord.faults.seen.length = 0
    })
  })
})
