/** The daily word in a channel of admins: how far, how people agree, what is stuck and why; nobody is named. */
import { describe, expect, test } from 'vitest'
import { createClaimCode } from '../../src/labelers/roles.ts'
import { openDiscordJourney } from '../support/discord.ts'
import { admin, openJourney } from '../support/journey.ts'
import { passMinute } from '../support/minute.ts'

const pairs =
  'name: pairs\ntitle: Which is better?\ntemplate: comparison\ndistribution: { min_submitted: 3, max_discards: 1 }\n'
const records = Array.from({ length: 4 }, (_, i) => ({
  ...{ external_id: `r${i}`, prompt: `Question ${i}`, outputs: [`one ${i}`, `two ${i}`] },
}))

async function openSlack() {
  const journey = await openJourney({ worker: false })
  const { slack, cleo, parley } = journey
  slack.channel('leads', { members: ['Cleo'] })
  await cleo.types(`/parley-admin claim ${await createClaimCode(parley, admin)}`)
  return {
    ...journey,
    minute: () => passMinute(parley, { platform: 'slack', workspace: slack.teamId }),
    remind: () => cleo.types('/parley-admin remind pairs', { channel: 'leads' }),
    off: () => cleo.types('/parley-admin remind pairs off', { channel: 'leads' }),
    inChannel: () => cleo.messages('leads'),
    /** Half past nine in Berlin, where Cleo's profile has her. */
    halfPastNine: '2027-01-05T08:30:10Z',
  }
}

async function openDiscord() {
  const journey = await openDiscordJourney({ worker: false })
  const { discord, cleo } = journey
  discord.channel('leads')
  await cleo.types(`/parley-admin claim code:${await createClaimCode(journey.parley(), admin)}`)
  return {
    ...journey,
    minute: () => passMinute(journey.parley(), { platform: 'discord', workspace: '' }),
    remind: () => cleo.types('/parley-admin remind dataset:pairs', { channel: 'leads' }),
    off: () => cleo.types('/parley-admin remind dataset:pairs on:false', { channel: 'leads' }),
    inChannel: () => cleo.messages('leads'),
    halfPastNine: '2027-01-05T09:30:10Z',
  }
}

describe.each([
  ['Slack', openSlack],
  ['Discord', openDiscord],
])('happy: in %s', (_, open) => {
  test('a channel gets a report once each working day, and none after it is turned off', async () => {
    const { ana, ben, clock, dataset, minute, remind, off, inChannel, halfPastNine, close } =
      await open()
    try {
      await dataset(pairs, records)
      const until = (at: string) => clock.advance((Date.parse(at) - clock.now().getTime()) / 1000)
      until('2027-01-04T12:00:00Z')
      for (const one of [ana, ben]) {
        await one.joins('pairs')
        for (let i = 0; i < 3; i++) await one.presses('A is better')
        await one.presses('Skip')
      }
      await remind()
      await remind()
      const words = () => inChannel().filter((one) => one.includes('“Which is better?” today'))
      await minute()
      expect(words()).toEqual([])
      until(halfPastNine)
      await Promise.all([minute(), minute()])
      const [word = '', ...more] = words()
      expect(more).toEqual([])
      expect(word).toContain('0 of 4 records completed, 3 answers each')
      expect(word).toContain('Agreement on “Rank the answers, best first”: ')
      expect(word).toContain('What is stuck:')
      expect(word).toContain('Each record needs 3 answers, and 2 people answer so far. Invite more')
      for (const name of [ana, ben].flatMap(({ name, id }) => [name, id]))
        expect(word).not.toContain(name)
      clock.advance(86_400)
      await minute()
      expect(words()).toHaveLength(2)
      await off()
      clock.advance(86_400)
      await minute()
      expect(words()).toHaveLength(2)
    } finally {
      await close()
    }
  }, 60_000)
})
