/** A contributor on Discord, on a phone, does all that an employee in Slack does; over both transports. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type DiscordJourney, openDiscordJourney, transports } from '../../support/discord.ts'
import { newestOf } from '../../support/journey.ts'

describe.each(transports)('happy: a contributor, over the %s', (transport) => {
  let journey: DiscordJourney
  beforeAll(async () => {
    journey = await openDiscordJourney({ transport })
  })
  afterAll(async () => {
    const { seen } = journey.discord.faults
    await journey.close()
    expect(seen).toEqual([])
  })

  test('/label, consent, a pair, and the next one in the same place', async () => {
    const { ana } = journey
    await journey.dataset('name: prefs\ntitle: Preferences\ntemplate: comparison', [
      {
        external_id: 'r1',
        fields: { prompt: 'Explain DNS.' },
        outputs: [
          { id: 'o1', text: 'One' },
          { id: 'o2', text: 'Two' },
        ],
      },
      {
        external_id: 'r2',
        fields: { prompt: 'Explain TLS.' },
        outputs: [
          { id: 'o1', text: 'One' },
          { id: 'o2', text: 'Two' },
        ],
      },
    ])
    await ana.types('/label dataset:prefs')
    expect(ana.screen()).toContain('[Start]')
    await ana.presses('Start')
    expect(ana.screen()).toMatch(/Explain (DNS|TLS)\./)
    await ana.presses('A is better')
    expect(ana.messages()).toHaveLength(1)
    expect(ana.screen()).toContain('Saved')
    await ana.presses('Equally good')
    expect(newestOf(await journey.raw('prefs'))).toHaveLength(2)
    expect(ana.messages()).toHaveLength(1)
  })
})
