/** A post in a Discord channel, over both transports: the call is public, every ballot private. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sweepPosts } from '../../../src/chat/gestures/posts.ts'
import { grantRole } from '../../../src/labelers/roles.ts'
import { deliverDue } from '../../../src/outbound/deliver.ts'
import { repaintDue } from '../../../src/outbound/repaint.ts'
import { type DiscordJourney, openDiscordJourney, transports } from '../../support/discord.ts'
import { admin } from '../../support/journey.ts'

const place = { platform: 'discord' as const, workspace: '' }

describe.each(transports)('over the %s', (transport) => {
  let journey: DiscordJourney
  beforeAll(async () => {
    journey = await openDiscordJourney({ transport, worker: false })
    const person = `discord:${journey.cleo.id}`
    await grantRole(journey.parley(), admin, { role: 'admin', person })
  })
  afterAll(() => journey.close())

  const deliver = () => deliverDue(journey.parley(), place)
  async function repaint() {
    journey.clock.advance(6)
    await repaintDue(journey.parley(), place)
  }
  const callOf = (who: { messages(): string[] }) =>
    who.messages().findLast((one) => /Rank it|The result/.test(one)) ?? ''

  describe('happy: a post', () => {
    test('an admin calls, two people vote in private, the close shows the result in its place', async () => {
      const { ana, ben, dee, cleo } = journey
      await journey.dataset(
        'name: arena\ntemplate: comparison\ntitle: The arena\nposts: { models: true, min_votes: 2 }\ndistribution: { min_submitted: 2 }',
        [
          {
            external_id: 'r1',
            fields: { prompt: 'Explain DNS.' },
            outputs: ['A phone book', 'Names to numbers'].map((text, n) => ({
              ...{ id: `o${n + 1}`, text },
              model: `model-${n + 1}`,
            })),
          },
        ],
      )
      await cleo.types('/parley-admin post dataset:arena closes:2')
      await deliver()
      expect(callOf(dee)).toContain('Explain DNS.')
      expect(callOf(dee)).toContain('No votes yet.')
      expect(callOf(dee)).not.toContain('phone book')
      for (const who of [ana, ben]) {
        await who.presses('Rank it')
        await who.presses('Start')
        expect(who.screen()).toContain('Only you see this')
        const isFirst = /Output A[\s\S]*phone book[\s\S]*Output B/.test(who.screen())
        await who.presses(isFirst ? 'A is better' : 'B is better')
        expect(who.screen()).toContain('You may change your vote until')
      }
      expect(dee.messages().join('\n')).not.toContain('Only you see this')
      await repaint()
      expect(callOf(dee)).toContain('2 votes.')
      journey.clock.advance(2 * 3600)
      await ana.presses('Rank it')
      expect(ana.screen()).toContain('Voting on this has closed')
      await sweepPosts(journey.parley())
      await repaint()
      expect(callOf(dee)).toContain('The result of 2 votes')
      expect(callOf(dee)).toContain('Put first by 100 %. Written by model-1.')
      expect(callOf(dee)).toContain('A phone book')
      expect(await journey.raw('arena')).toMatchObject([{ counted: true }, { counted: true }])
    })
  })

  describe('refused: a place where nothing can be posted', () => {
    const queued = () =>
      journey
        .parley()
        .db.selectFrom('deliveries')
        .select('kind')
        .where('kind', 'in', ['post', 'hub'])
        .execute()

    test('a name of no channel, a voice channel, one that is closed to Parley, an own conversation', async () => {
      const { cleo, discord } = journey
      await journey.dataset('name: placed\ntemplate: comparison\ntitle: The placed', [
        { external_id: 'p1', fields: { prompt: 'Where?' }, outputs: ['Here', 'There'] },
      ])
      discord.channel('Lounge', { kind: 'voice' })
      discord.channel('mute')
      discord.forbid('mute', ['SEND_MESSAGES'])
      discord.channel('dark')
      discord.forbid('dark', ['VIEW_CHANNEL'])
      const before = await queued()
      const { findChannel } = journey.parley().platforms.get('discord') ?? {}
      for (const name of ['#nowhere', 'nonsense', '123456789012345678'])
        expect(await findChannel?.(name)).toMatchObject({
          problem: expect.stringContaining('that Parley can see. Check the name'),
        })
      for (const [channel, told] of [
        ['Lounge', '#Lounge is not a text channel'],
        ['#mute', 'Parley may not post in #mute. Allow it “Send Messages” there'],
        ['#dark', 'that Parley can see. Check the name'],
      ] as const)
        for (const verb of ['post', 'hub']) {
          await cleo.types(`/parley-admin ${verb} dataset:placed channel:${channel}`)
          expect(cleo.screen()).toContain(told)
        }
      for (const typed of ['post dataset:placed', 'hub dataset:placed', 'remind dataset:placed']) {
        await cleo.types(`/parley-admin ${typed}`, { channel: 'dm' })
        expect(cleo.screen()).toContain('Only one person sees this conversation. Choose a channel')
      }
      expect(await queued()).toEqual(before)
    })

    test('a name that two servers have, from the terminal, is asked for by its id; there each is found', async () => {
      const { discord } = journey
      const other = discord.addGuild({ name: 'Second House' })
      const [here, there] = [discord.channel('twin'), other.channel('twin')]
      // A voice channel may have the name of a text channel; that one was meant.
      discord.channel('twin', { kind: 'voice' })
      const { findChannel } = journey.parley().platforms.get('discord') ?? {}
      const twice = await findChannel?.('#twin')
      expect(twice).toEqual({
        problem: `#twin could be any of these channels: ${here.id} (${discord.guild.name}), ${there.id} (Second House). Write the id of the one you mean.`,
      })
      const found = (channelId: string) => ({ platform: 'discord', workspace: '', channelId })
      expect(await findChannel?.('twin', 'second house')).toEqual(found(there.id))
      expect(await findChannel?.('#twin', discord.guild.id)).toEqual(found(here.id))
      expect(await findChannel?.(there.id)).toEqual(found(there.id))
      expect(await findChannel?.(`<#${here.id}>`)).toEqual(found(here.id))
      expect(await findChannel?.('#twin', 'Third')).toEqual({
        problem: 'Parley is on no server “Third”. Check the name.',
      })
    })
  })

  describe('forbidden: a post', () => {
    test('one whose message was deleted is taken back, and an admin is told once', async () => {
      const { ana, cleo, discord, parley } = journey
      await journey.dataset('name: gone\ntemplate: comparison\ntitle: The gone', [
        { external_id: 'g1', fields: { prompt: 'Explain ARP.' }, outputs: ['One', 'Two'] },
      ])
      await cleo.types('/parley-admin post dataset:gone', { channel: 'general' })
      await deliver()
      await ana.presses('Rank it', { in: 'Explain ARP.' })
      await ana.presses('A is better')
      const { channel, message } = await parley()
        .db.selectFrom('messages')
        .select(['channel', 'message'])
        .orderBy('id', 'desc')
        .executeTakeFirstOrThrow()
      const deleted = await fetch(`${discord.apiUrl}/v10/channels/${channel}/messages/${message}`, {
        method: 'DELETE',
        headers: {
          authorization: `Bot ${discord.env.DISCORD_BOT_TOKEN}`,
          'user-agent': 'DiscordBot (https://parley.example, 1)',
        },
      })
      expect(deleted.status).toBe(204)
      await repaint()
      await repaint()
      await deliver()
      const told = cleo.messages().filter((one) => one.includes('so the post was withdrawn'))
      expect(told).toHaveLength(1)
    })
  })
})
