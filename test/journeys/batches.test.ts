/** Batches offered to people, groups and roles, from chat and from the terminal: one message, one Start. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createClaimCode } from '../../src/labelers/roles.ts'
import type { Parley } from '../../src/parley.ts'
import { environmentOf, typeCommand } from '../support/command.ts'
import { type DiscordJourney, openDiscordJourney } from '../support/discord.ts'
import { admin, type Journey, journeySecret, openJourney } from '../support/journey.ts'
import { passMinute } from '../support/minute.ts'

const records = Array.from({ length: 20 }, (_, i) => ({
  ...{ external_id: `r${i}`, prompt: `Question ${i}`, outputs: [`one ${i}`, `two ${i}`] },
}))
const pairs = (name: string, access: string) =>
  `name: ${name}\ntitle: ${name} to judge\ntemplate: comparison\ndistribution: { min_submitted: 3 }\naccess: ${access}\n`

async function claimed(parley: Parley): Promise<number> {
  return (await parley.db.selectFrom('assignments').select('id').execute()).length
}

/** A date that is not over yet on the journey's clock. */
function daysAhead(clock: { now(): Date }, days: number): string {
  return new Date(clock.now().getTime() + days * 86_400_000).toISOString().slice(0, 10)
}

describe('Slack', () => {
  let journey: Journey
  let group = { id: '' }
  beforeAll(async () => {
    journey = await openJourney({ worker: false })
    const { slack, cleo, parley } = journey
    group = slack.userGroup('evals', ['Ben', 'Dee'])
    await cleo.types(`/parley-admin claim ${await createClaimCode(parley, admin)}`)
    await journey.dataset(pairs('team', '{ slack: ["@evals"] }'), records)
  }, 60_000)
  afterAll(() => journey.close())

  const minute = () =>
    passMinute(journey.parley, { platform: 'slack', workspace: journey.slack.teamId })
  const invitationsOf = (who: { messages(): string[] }) =>
    who.messages().filter((one) => one.includes('You are invited')).length

  test('happy: before anything is sent, an admin learns how many people a group is', async () => {
    const { ben, cleo, slack } = journey
    await cleo.types('/parley-admin deliver team @evals count=yes')
    expect(cleo.screen()).toContain('@evals: 2 people.\nNobody was invited')
    await cleo.types(`/parley-admin deliver team slack:${slack.teamId}:${ben.id} count=yes`)
    expect(cleo.screen()).toContain('names no group, channel or role')
    await minute()
    expect(invitationsOf(ben)).toBe(0)
  })

  test('happy: a group that is listed to nobody is named, and what was asked goes on', async () => {
    const { cleo, slack } = journey
    slack.userGroup('quiet', ['Ben'])
    slack.faults.next('usergroups.users.list', { error: 'missing_scope' })
    await cleo.types('/parley-admin deliver team @quiet count=yes')
    expect(cleo.screen()).toContain('@quiet: the number of people is unknown.')
  })

  test('happy: publishing for a group reports how many people it has', async () => {
    const { cleo } = journey
    await cleo.types('/parley-admin pause team')
    await cleo.types('/parley-admin publish team')
    expect(cleo.screen()).toContain('@evals: 2 people.')
  })

  test('happy: a user group is invited: each of them reads once how many, how long and until when', async () => {
    const { ana, ben, dee, cleo, clock, parley } = journey
    await dee.joins('team')
    for (let i = 0; i < 3; i++) {
      clock.advance(60)
      await dee.presses('A is better')
    }
    const before = await claimed(parley)
    await cleo.types(`/parley-admin deliver team @evals each=5 due=${daysAhead(clock, 3)}`)
    expect(cleo.screen()).toContain('@evals: 2 people.\n2 people are invited')
    await minute()
    expect(ben.newest()).toContain('You are invited: “team to judge”')
    expect(ben.newest()).toMatch(/5 tasks · about \d+ min · due /)
    expect([ana, ben, dee].map(invitationsOf)).toEqual([0, 1, 1])
    expect(await claimed(parley)).toBe(before)
  })

  test('twice: the same batch again sends nothing, and says why', async () => {
    const { ben, dee, cleo } = journey
    await cleo.types('/parley-admin deliver team @evals each=5')
    expect(cleo.screen()).toContain('0 people are invited, 2 had an invitation already')
    await minute()
    expect([ben, dee].map(invitationsOf)).toEqual([1, 1])
  })

  test('happy: Start claims one record, and a double click claims no second one', async () => {
    const { ben, parley } = journey
    const before = await claimed(parley)
    await ben.presses('Start')
    await Promise.all([ben.hands.press('Start'), ben.hands.press('Start')])
    await journey.quiet()
    expect(ben.newest()).toContain('0 of 5 done')
    expect(await claimed(parley)).toBe(before + 1)
  })

  test('twice: what Slack took while the connection broke is named, and sent again only when asked', async () => {
    const { cleo, dee, slack } = journey
    await journey.dataset(pairs('unsure', 'everyone'), records)
    const invitedTo = () =>
      dee.messages().filter((one) => one.includes('You are invited: “unsure')).length
    const dees = `slack:${slack.teamId}:${dee.id}`
    slack.faults.next('chat.postMessage', { dropAfterEffect: true })
    await cleo.types(`/parley-admin deliver unsure ${dees} each=5`)
    await minute()
    await cleo.types(`/parley-admin deliver unsure ${dees} each=5`)
    expect(cleo.screen()).toContain('0 people are invited, 1 had an invitation already')
    expect(cleo.screen()).toContain(
      `Parley does not know whether it arrived: ${dees}. Run it again with again=`,
    )
    await minute()
    expect(invitedTo()).toBe(1)
    await cleo.types(`/parley-admin deliver unsure ${dees} each=5 again=yes`)
    expect(cleo.screen()).toContain('1 person is invited.')
    await minute()
    expect(invitedTo()).toBe(2)
    await cleo.types(`/parley-admin deliver unsure ${dees} each=5 again=yes`)
    expect(cleo.screen()).toContain('0 people are invited, 1 had an invitation already.')
  })

  test('happy: one that Slack refused is sent when it is delivered again', async () => {
    const { cleo, ben, slack } = journey
    await journey.dataset(pairs('refused', 'everyone'), records)
    const bens = `slack:${slack.teamId}:${ben.id}`
    slack.faults.next('chat.postMessage', { error: 'restricted_action' })
    await cleo.types(`/parley-admin deliver refused ${bens}`)
    await minute()
    expect(ben.newest()).not.toContain('refused to judge')
    await cleo.types(`/parley-admin deliver refused ${bens}`)
    expect(cleo.screen()).toContain('1 person is invited.')
    await minute()
    expect(ben.newest()).toContain('You are invited: “refused to judge”')
  })

  test('refused: each with a sentence that says what to do', async () => {
    const { ana, cleo, slack } = journey
    const said = async (command: string) => {
      await cleo.types(`/parley-admin deliver ${command}`)
      return cleo.screen()
    }
    const anas = `slack:${slack.teamId}:${ana.id}`
    expect(await said(`team ${anas}`)).toContain(
      `Not on the access list, so not invited: ${anas}. Add them to access: and publish again.`,
    )
    expect(await said('team U0NOBODY0')).toContain('Not found here: slack:')
    expect(await said('team @nobodies')).toContain('There is no user group @nobodies')
    expect(await said('team somebody')).toContain('“somebody” is nobody. Write a person')
    expect(await said('team @evals each=0')).toContain('a whole number from 1 on, such as 20')
    expect(await said('team @evals each=few')).toContain('a whole number from 1 on, such as 20')
    expect(await said('team @evals due=2020-01-01')).toContain('has passed. Name a later one')
    expect(await said('team @evals due=soon')).toContain('“soon” is not a date. Write it like')
    expect(await said('nowhere @evals')).toContain('nowhere')
    expect(invitationsOf(ana)).toBe(0)
  })

  test('happy: from the terminal too, by the group’s id; members who left Slack are reported', async () => {
    const { slack, database } = journey
    const folder = mkdtempSync(join(tmpdir(), 'parley-batches-'))
    const house = { folder, databaseUrl: database.url, secret: journeySecret }
    const deliver = (...args: string[]) =>
      typeCommand(['deliver', 'team', ...args], { env: environmentOf(house, slack.env) })
    try {
      const gone = slack.person('Fay')
      slack.deactivate('Fay')
      const ended = await deliver(
        '--to',
        `slack:<!subteam^${group.id}>`,
        `slack:${slack.teamId}:${gone.id}`,
      )
      expect(ended).toMatchObject({ code: 0, out: '0 invited, 2 had an invitation already.\n' })
      expect(ended.err).toContain('@evals: 2 people.')
      expect(ended.err).toContain('Not found here')
      expect(await deliver('--to', 'slack:@evals', '--count')).toMatchObject({
        ...{ code: 0, out: '@evals: 2 people.\n' },
      })
      expect(await deliver('--to', '@evals')).toMatchObject({
        ...{ code: 2, err: expect.stringContaining('“@evals” is nobody. Write a person') },
      })
      const each = await deliver('--to', 'everyone', '--each', '0')
      expect(each).toMatchObject({ code: 2, err: expect.stringContaining('"0" is not a count') })
      const due = await deliver('--to', 'everyone', '--due', 'soon')
      expect(due).toMatchObject({ code: 2, err: expect.stringContaining('"soon" is not a date') })
      const past = await deliver('--to', 'everyone', '--due', '2020-01-01')
      expect(past).toMatchObject({ code: 2, err: expect.stringContaining('has passed') })
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }, 60_000)

  test('happy: a person is invited by @, as one names people in Slack', async () => {
    const { ben, cleo } = journey
    await journey.dataset(pairs('named', 'everyone'), records)
    await cleo.types('/parley-admin deliver named @Ben each=2')
    expect(cleo.screen()).toContain('1 person is invited')
    await minute()
    expect(ben.newest()).toContain('You are invited: “named to judge”')
    await cleo.types('/parley-admin deliver named @Nobody each=2')
    expect(cleo.screen()).toContain('Escape channels, users, and links')
  })
})

describe('Discord', () => {
  let journey: DiscordJourney
  beforeAll(async () => {
    journey = await openDiscordJourney({ worker: false })
    const { discord, cleo } = journey
    discord.role('labelers', { people: ['Ana', 'Ben', 'Dee'] })
    await cleo.types(`/parley-admin claim code:${await createClaimCode(journey.parley(), admin)}`)
    await journey.dataset(pairs('open', 'everyone'), records)
    await journey.dataset(pairs('team', '{ discord: ["@labelers"] }'), records)
  }, 60_000)
  afterAll(() => journey.close())

  const minute = () => passMinute(journey.parley(), { platform: 'discord', workspace: '' })
  const invitationsOf = (who: { messages(channel?: string): string[] }) =>
    who.messages('dm').filter((one) => one.includes('You are invited')).length

  test('happy: before anything is sent, an admin learns how many people have a role', async () => {
    const { cleo, discord, clock } = journey
    const { id } = discord.role('labelers')
    await cleo.types(`/parley-admin deliver dataset:team to:<@&${id}> count:true`)
    expect(cleo.screen()).toContain('@labelers: 3 people.')
    expect(cleo.screen()).toContain('Nobody was invited')
    clock.advance(90)
    discord.faults.next('GET /guilds/:guild/roles/member-counts', { status: 403, code: 50001 })
    await cleo.types(`/parley-admin deliver dataset:team to:<@&${id}> count:true`)
    expect(cleo.screen()).toContain('@labelers: the number of people is unknown.')
    expect((await journey.parley().db.selectFrom('invitations').selectAll().execute()).length).toBe(
      0,
    )
  })

  test('happy: publishing for a role reports how many people have it', async () => {
    const { cleo, clock } = journey
    clock.advance(90)
    await cleo.types('/parley-admin pause dataset:team')
    await cleo.types('/parley-admin publish dataset:team')
    expect(cleo.screen()).toContain('@labelers: 3 people.')
  })

  test('happy: inviting a role reaches members who take part; the others find a hub', async () => {
    const { ana, ben, dee, cleo, clock, discord } = journey
    await ana.joins('open')
    await cleo.joins('open')
    await ben.joins('team')
    clock.advance(90)
    await ben.presses('A is better')
    const before = await claimed(journey.parley())
    const { id } = discord.role('labelers')
    await cleo.types(
      `/parley-admin deliver dataset:team to:<@&${id}> each:5 due:${daysAhead(clock, 3)}`,
    )
    expect(cleo.screen()).toContain('@labelers: 3 people.')
    expect(cleo.screen()).toContain('2 people are invited')
    expect(cleo.screen()).toContain('The members of @labelers cannot be listed')
    expect(cleo.screen()).toContain('/parley-admin hub dataset:team')
    await minute()
    expect([ana, ben, dee].map(invitationsOf)).toEqual([1, 1, 0])
    expect(ben.messages('dm').at(-1)).toContain('You are invited: “team to judge”')
    expect(ben.messages('dm').at(-1)).toMatch(/5 tasks · about \d+ min · due /)
    expect(await claimed(journey.parley())).toBe(before)
  })

  test('happy: people are named as Discord mentions them, though they never wrote to Parley', async () => {
    const { ben, dee, cleo } = journey
    await cleo.types(`/parley-admin deliver dataset:team to:<@${dee.id}> <@${ben.id}> each:2`)
    expect(cleo.screen()).toContain('1 person is invited, 1 had an invitation already')
    await minute()
    expect([ben, dee].map(invitationsOf)).toEqual([1, 1])
    expect(dee.messages('dm').at(-1)).toContain('2 tasks')
  })

  test('twice: a double Start claims one record', async () => {
    const { ana } = journey
    const before = await claimed(journey.parley())
    ana.openChannel('dm')
    await Promise.all([
      ana.hands.press('Start', { in: 'You are invited' }),
      ana.hands.press('Start', { in: 'You are invited' }),
    ])
    await journey.quiet()
    expect(ana.messages('dm').at(-1)).toContain('0 of 5 done')
    expect(await claimed(journey.parley())).toBe(before + 1)
  })

  test('refused: each with a sentence that says what to do', async () => {
    const { cleo } = journey
    const said = async (command: string) => {
      await cleo.types(`/parley-admin deliver dataset:team ${command}`)
      return cleo.screen()
    }
    expect(await said(`to:<@${cleo.id}>`)).toContain(
      `Not on the access list, so not invited: discord:${cleo.id}.`,
    )
    expect(await said('to:<@123456789012345678>')).toContain('Not found here')
    expect(await said('to:@nobodies')).toContain('There is no role @nobodies')
    expect(await said('to:somebody')).toContain('“somebody” is nobody. Write a person')
    expect(await said('to:everyone each:0')).toContain('a whole number from 1 on, such as 20')
    expect(await said('to:everyone due:2020-01-01')).toContain('has passed. Name a later one')
    expect(await said('to:everyone due:soon')).toContain('“soon” is not a date. Write it like')
    expect(invitationsOf(cleo)).toBe(0)
  })
})
