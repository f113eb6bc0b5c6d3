/** Names and pictures: kept of those who agreed to that, while they take part, and read once a day. */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { giveConsent } from '../../src/labelers/consent.ts'
import { forgetLabeler } from '../../src/labelers/forget.ts'
import { consentVersion } from '../../src/labelers/labeler.ts'
import type { Person } from '../../src/labelers/person.ts'
import { openProfiles, sweepProfiles, type Told } from '../../src/labelers/profile.ts'
import { leaveWorkspace } from '../../src/outbound/lose-recipient.ts'
import type { Actor } from '../../src/parley.ts'
import { purgeLabeler } from '../../src/responses/forget.ts'
import { makeDataset } from '../assignments/ground.ts'
import { startParley, type TestParley } from '../support/parley.ts'

let at: TestParley
beforeAll(async () => {
  at = await startParley()
})
afterAll(() => at.close())

const admin: Actor = { type: 'admin', name: 'test' }
const slack = (userId: string, workspace = 'T1'): Person => ({
  platform: 'slack',
  workspace,
  userId,
})
const discord = (userId: string, guildId: string): Person => ({
  ...{ platform: 'discord', workspace: '', userId, guildId },
})
const picture = 'https://avatars.example/ana.png'

const agree = (person: Person) => giveConsent(at.parley, person, { version: consentVersion })

async function noted(person: Person, told: Told = { name: 'Ana', picture }): Promise<void> {
  const profiles = openProfiles(at.parley)
  profiles.note(person, told)
  await profiles.settled()
}

async function nameOf({ platform, userId }: Person): Promise<string | null | undefined> {
  const row = await at.parley.db
    .selectFrom('profiles')
    .select('name')
    .where('platform', '=', platform)
    .where('userId', '=', userId)
    .executeTakeFirst()
  return row?.name
}

describe('happy', () => {
  test('a name is stored once its person agreed, in one line without marks that turn text around', async () => {
    const ana = slack('UANA')
    await noted(ana)
    expect(await nameOf(ana)).toBeUndefined()
    await agree(ana)
    await noted(ana, { name: ' Ana\n\u202eLima\u0000 ', picture })
    expect(await nameOf(ana)).toBe('Ana Lima')
  })

  test('a platform with profiles is asked, once a day, however many gestures come', async () => {
    const ben = slack('UBEN')
    await agree(ben)
    let asked = 0
    const outbox = at.parley.platforms.get('slack')
    if (!outbox) throw new Error('Slack is off.')
    const profile = async () => ({ zone: null, locale: null, name: `Ben ${++asked}`, picture })
    at.parley.platforms.set('slack', { ...outbox, profile })
    const profiles = openProfiles(at.parley)
    for (const hours of [0, 0, 10, 10]) {
      at.clock.advance(`${hours} hours`)
      profiles.note(ben)
      profiles.note(ben)
      await profiles.settled()
    }
    // Another process finds that it was read today.
    const other = openProfiles(at.parley)
    other.note(ben)
    await other.settled()
    expect([asked, await nameOf(ben)]).toEqual([1, 'Ben 1'])
    at.clock.advance('5 hours')
    profiles.note(ben)
    await profiles.settled()
    at.parley.platforms.set('slack', outbox)
    expect([asked, await nameOf(ben)]).toEqual([2, 'Ben 2'])
  })

  test('who is forgotten, purged or long quiet is known by name no more, nor a workspace that is left', async () => {
    const [gone, purged, quiet] = [slack('UGONE'), slack('UPURGED'), slack('UQUIET')]
    const [left, server] = [slack('ULEFT', 'T2'), discord('81', 'G9')]
    const everyone = [gone, purged, quiet, left, server]
    const ids = new Map<Person, string>()
    for (const one of everyone) {
      ids.set(one, (await agree(one)).id)
      await noted(one)
      expect(await nameOf(one)).toBe('Ana')
    }
    await forgetLabeler(at.parley, admin, { labelerId: ids.get(gone) ?? '' })
    const dataset = await makeDataset(at.parley, { name: 'named', records: 1 })
    await purgeLabeler(at.parley, admin, { dataset: dataset.name, labeler: ids.get(purged) ?? '' })
    for (const [platform, workspace] of [
      ['slack', 'T2'],
      ['discord', 'G9'],
    ] as const)
      await leaveWorkspace(at.parley, { platform, workspace }, 'app_uninstalled', at.clock.now())
    for (const one of [gone, purged, left, server]) expect(await nameOf(one)).toBeUndefined()
    await sql`insert into tallies (dataset_id, labeler_id) values (${dataset.id}, ${ids.get(quiet)})`.execute(
      at.parley.db,
    )
    at.clock.advance('89 days')
    await sweepProfiles(at.parley)
    expect(await nameOf(quiet)).toBe('Ana')
    at.clock.advance('2 days')
    await sweepProfiles(at.parley)
    expect(await nameOf(quiet)).toBeUndefined()
  })
})

describe('refused', () => {
  test('somebody who agreed to the first version, or to nothing', async () => {
    const dee = slack('UDEE')
    const { id } = await agree(dee)
    for (const version of [1, null]) {
      await sql`update labelers set consent_version = ${version} where id = ${id}`.execute(
        at.parley.db,
      )
      await noted(dee)
      expect(await nameOf(dee)).toBeUndefined()
    }
  })

  test('a picture that is not behind https, and a name that is none', async () => {
    const eve = slack('UEVE')
    await agree(eve)
    for (const address of ['http://a.example/x.png', 'javascript:alert(1)', 'x', '//a.example'])
      await noted(eve, { name: '\u0007 ', picture: address })
    expect(await nameOf(eve)).toBeUndefined()
  })
})
