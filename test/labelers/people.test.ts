/** People: consent, roles, the first admin's code, and being forgotten. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDataset } from '../../src/datasets/create.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { giveConsent } from '../../src/labelers/consent.ts'
import { findLabelerId } from '../../src/labelers/find.ts'
import { forgetLabeler } from '../../src/labelers/forget.ts'
import { consentVersion, findLabeler } from '../../src/labelers/labeler.ts'
import { listLabelers } from '../../src/labelers/list.ts'
import { type Person, parsePerson, personName } from '../../src/labelers/person.ts'
import {
  claimAdmin,
  createClaimCode,
  grantRole,
  hasAdmin,
  hasRole,
  revokeRole,
} from '../../src/labelers/roles.ts'
import type { Actor } from '../../src/parley.ts'
import { startParley, type TestParley } from '../support/parley.ts'

let world: TestParley
beforeAll(async () => {
  world = await startParley({ admins: [] })
})
afterAll(() => world.close())

const admin: Actor = { type: 'admin', name: 'test' }
const person = (userId: string): Person => ({ platform: 'slack', workspace: 'T1', userId })

describe('happy', () => {
  test('a person who agrees becomes a labeler, and only then', async () => {
    expect(await findLabeler(world.parley, person('UANA'))).toBeNull()
    const ana = await giveConsent(world.parley, person('UANA'), { version: consentVersion })
    expect(await findLabeler(world.parley, person('UANA'))).toEqual(ana)
  })

  test('the first admin claims the role with a code, and may grant it on', async () => {
    expect(await hasAdmin(world.parley)).toBe(false)
    const code = await createClaimCode(world.parley, admin)
    await claimAdmin(world.parley, person('UCLEO'), { code: ` ${code.toLowerCase()} ` })
    expect(await hasRole(world.parley, person('UCLEO'), 'admin')).toBe(true)
    expect(await hasRole(world.parley, person('UCLEO'), 'reviewer')).toBe(true)
    await grantRole(world.parley, admin, { role: 'reviewer', person: 'slack:T1:UBEN' })
    expect(await hasRole(world.parley, person('UBEN'), 'admin')).toBe(false)
    await revokeRole(world.parley, admin, { role: 'reviewer', person: 'slack:T1:UBEN' })
    expect(await hasRole(world.parley, person('UBEN'), 'reviewer')).toBe(false)
  })

  test('a forgotten labeler has no identity and no role left, and begins anew', async () => {
    const dee = await giveConsent(world.parley, person('UDEE'), { version: consentVersion })
    await grantRole(world.parley, admin, { role: 'admin', person: 'slack:T1:UDEE' })
    await forgetLabeler(world.parley, admin, { labelerId: dee.id })
    expect(await findLabeler(world.parley, person('UDEE'))).toBeNull()
    expect(await hasRole(world.parley, person('UDEE'), 'admin')).toBe(false)
    const listed = (await listLabelers(world.parley)).find(({ id }) => id === dee.id)
    expect(listed?.people).toEqual([])
    const again = await giveConsent(world.parley, person('UDEE'), { version: consentVersion })
    expect(again.id).not.toBe(dee.id)
  })

  test('somebody is found by number, by person and by what exports call them', async () => {
    const gil = await giveConsent(world.parley, person('UGIL'), { version: consentVersion })
    const document = parseDocument('name: found\ntemplate: thumbs\ntitle: Found')
    const { id: datasetId } = await createDataset(world.parley, admin, { document })
    await world.parley.db
      .insertInto('pseudonyms')
      .values({ datasetId, labelerId: gil.id, pseudonym: 'p1d6d-0123' })
      .execute()
    for (const who of [gil.id, 'slack:T1:UGIL', 'p1d6d-0123', ' p1d6d-0123 '])
      expect(await findLabelerId(world.parley, who)).toBe(gil.id)
    const listed = await listLabelers(world.parley, { id: datasetId })
    expect(listed.every(({ id }) => id === gil.id)).toBe(true)
  })

  test.each(['slack:T1:U1', 'discord:80351110224678912'])('%s is read and written', (name) => {
    expect(personName(parsePerson(name))).toBe(name)
  })
})

describe('refused', () => {
  test('a code that is used up, older than an hour, replaced or mistyped', async () => {
    const used = await createClaimCode(world.parley, admin)
    await claimAdmin(world.parley, person('U1'), { code: used })
    const claim = (code: string) => claimAdmin(world.parley, person('U2'), { code })
    await expect(claim(used)).rejects.toThrow('This code is not valid')
    const old = await createClaimCode(world.parley, admin)
    world.clock.advance('61 minutes')
    await expect(claim(old)).rejects.toThrow('This code is not valid')
    const replaced = await createClaimCode(world.parley, admin)
    world.clock.advance('55 minutes')
    expect(await createClaimCode(world.parley, admin)).not.toBe(replaced)
    await expect(claim(replaced)).rejects.toThrow('This code is not valid')
    await expect(claim('ABCD')).rejects.toThrow('This code is not valid')
    expect(await hasRole(world.parley, person('U2'), 'admin')).toBe(false)
  })

  test('after five wrong codes even the right one waits for the next hour', async () => {
    const code = await createClaimCode(world.parley, admin)
    const claim = (one: string) => claimAdmin(world.parley, person('UGUESS'), { code: one })
    for (let guess = 0; guess < 5; guess++)
      await expect(claim(`GUESS-${guess}`)).rejects.toThrow('This code is not valid')
    await expect(claim(code)).rejects.toThrow('Five codes were tried')
    expect(await hasRole(world.parley, person('UGUESS'), 'admin')).toBe(false)
  })

  test.each(['U1', 'slack:U1', 'teams:T1:U1', 'slack::U1', 'slack:T1:U1:x'])(
    '"%s" is no person',
    (name) => {
      expect(() => parsePerson(name)).toThrow('Write slack:TEAM:USER')
    },
  )

  test('a consent that was asked in other words', async () => {
    const later = giveConsent(world.parley, person('UEVE'), { version: consentVersion + 1 })
    await expect(later).rejects.toThrow('Type /parley to read it again')
  })

  test('a name that is nobody’s, and a number nobody has', async () => {
    for (const who of ['nobody', '999999', 'slack:T1:UNOBODY', 'p1d6d-00', "x'; drop table"])
      await expect(findLabelerId(world.parley, who)).rejects.toMatchObject({ code: 'not_found' })
  })

  test('somebody nobody knows cannot be forgotten', async () => {
    for (const labelerId of ['999999', 'x', '1; drop table'])
      await expect(forgetLabeler(world.parley, admin, { labelerId })).rejects.toMatchObject({
        code: 'not_found',
      })
  })
})

describe('twice', () => {
  test('two presses of Start at once make one labeler', async () => {
    const both = await Promise.all(
      [1, 2, 3].map(() => giveConsent(world.parley, person('UFAY'), { version: consentVersion })),
    )
    expect(new Set(both.map(({ id }) => id)).size).toBe(1)
  })

  test('processes that start together print one code, which is good whoever printed it', async () => {
    world.clock.advance('2 hours')
    const printed = await Promise.all([1, 2, 3].map(() => createClaimCode(world.parley, admin)))
    expect(new Set(printed).size).toBe(1)
    world.clock.advance('20 minutes')
    expect(await createClaimCode(world.parley, admin)).toBe(printed[0])
  })

  test('two people with one code: one of them is admin', async () => {
    const code = await createClaimCode(world.parley, admin)
    const claims = await Promise.allSettled(
      ['UX', 'UY'].map((userId) => claimAdmin(world.parley, person(userId), { code })),
    )
    expect(claims.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('forgetting twice is forgetting', async () => {
    const gil = await giveConsent(world.parley, person('UGIL'), { version: consentVersion })
    await forgetLabeler(world.parley, admin, { labelerId: gil.id })
    await forgetLabeler(world.parley, admin, { labelerId: gil.id })
    expect(await findLabeler(world.parley, person('UGIL'))).toBeNull()
  })
})
