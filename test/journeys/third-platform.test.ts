/**
 * A platform that no file of src names, registered by this test: what its row says holds everywhere. That
 * it labels as the others do, contract.test.ts proves.
 */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config.ts'
import { tenantsOf } from '../../src/datasets/access/tenants.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { parsePerson, personName } from '../../src/labelers/person.ts'
import { adminActor, grantRole } from '../../src/labelers/roles.ts'
import { registerPlatform } from '../../src/platforms/registry.ts'
import { traits } from '../support/irc.ts'
import { openIrcJourney } from '../support/irc-journey.ts'
import { admin } from '../support/journey.ts'

let journey: Awaited<ReturnType<typeof openIrcJourney>>
const pairs = (name: string) => [{ id: 'r1', prompt: `Prompt of ${name}`, outputs: ['a', 'b'] }]
const pair = (name: string, access: string) =>
  `name: ${name}\ntitle: About ${name}\ntemplate: comparison\naccess: ${access}\n`

beforeAll(async () => {
  journey = await openIrcJourney({ channels: { '#evals': ['ana'] }, admins: 'irc:libera:cleo' })
  await journey.dataset(pair('open', 'everyone'), pairs('open'))
}, 60_000)
afterAll(() => journey.close())

describe('happy: a third platform', () => {
  test('its people are written and read as its row says', () => {
    const ana = { platform: 'irc', workspace: 'libera', userId: 'ana' } as const
    expect(parsePerson('irc:libera:ana')).toEqual(ana)
    expect(personName(ana)).toBe('irc:libera:ana')
  })

  test('whoever is in the channel that an access list names is let in, and nobody else', async () => {
    await journey.dataset(pair('closed', '{ irc: ["#evals"] }'), pairs('closed'))
    const [ana, dee] = [journey.person('ana'), journey.person('dee')]
    await ana.joins('closed')
    expect(ana.reads()).toContain('Prompt of closed')
    await dee.joins('closed')
    expect(dee.reads()).not.toContain('Prompt of closed')
  })

  test('an entry that names its platform itself needs no list', () => {
    expect(parseDocument(pair('x', '[irc:libera:ana, slack:T1]')).access).toEqual({
      irc: ['irc:libera:ana'],
      slack: ['slack:T1'],
    })
  })

  test('the configuration makes one of its people an admin, a role another', async () => {
    const { parley } = journey
    const of = (userId: string) => ({ platform: 'irc', workspace: 'libera', userId }) as const
    expect(await adminActor(parley, of('cleo'))).toMatchObject({ name: 'irc:libera:cleo' })
    await grantRole(parley, admin, { role: 'admin', person: 'irc:libera:fay' })
    const fay = journey.person('fay')
    await fay.says('progress')
    expect(fay.reads()).toContain('open')
  })

  test('the commands of chat are understood and listed there, as its row writes them', async () => {
    const cleo = journey.person('cleo')
    await cleo.says('/parley-admin help')
    expect(cleo.reads()).toContain('/parley-admin export-cancel: cancels')
    expect(cleo.reads()).toContain('/parley-admin post DATASET [channel=#name]')
    await cleo.says('/parley-admin progress open')
    expect(cleo.reads()).toContain('open (ready)')
    await cleo.says('/parley-admin stats')
    expect(cleo.reads()).toBe('Name the dataset: /parley-admin stats DATASET.')
  })

  test('Postgres reads its entries as we do', async () => {
    const all = ['everyone', 'everyone of libera', 'everyone of irc:oftc', 'irc:libera:ana', 'ana']
    for (const access of [
      ...[undefined, 'everyone' as const, { irc: all }, { irc: ['#evals'], slack: ['T1'] }],
      ...[...all, 'oftc:ben', 'irc:ana', '#evals'].map((entry) => ({ irc: [entry] })),
    ]) {
      const { rows } = await sql<{ tenants: string[] }>`
        select tenants_of(${JSON.stringify({ access })}::json) as tenants`.execute(
        journey.parley.db,
      )
      expect([access, rows[0]?.tenants.sort()]).toEqual([access, tenantsOf(access)])
    }
  })

  test('a code to join accounts may be typed on every other platform', async () => {
    const ben = journey.person('ben')
    await ben.joins('open')
    await ben.says('link')
    expect(ben.reads()).toContain('On Slack or Discord, type /parley link ')
  })
})

describe('refused: a third platform', () => {
  test('questions that it cannot draw, when they are published', async () => {
    const document =
      'name: ticks\nfields: { prompt: {} }\nquestions: { kinds: { type: multi_label, options: [a, b] } }\n'
    await expect(journey.dataset(document, [])).rejects.toThrow(
      'irc: IRC shows one question at a time',
    )
  })

  test('an access list with an entry that it cannot read, and a key of a platform there is not', async () => {
    await expect(journey.dataset(pair('wrong', '{ irc: ["a b"] }'), [])).rejects.toThrow(
      'which is not a person or a channel of IRC. Write an id such as ana, "#channel", or "everyone of irc:libera".',
    )
    expect(() => parseDocument(pair('wrong', '{ matrix: [ana] }'))).toThrow(/matrix/)
  })

  test('a person who is written otherwise, with how each platform writes one', () => {
    expect(() => parsePerson('irc:ana')).toThrow(
      'Write slack:TEAM:USER (slack:T1:U1) or discord:USER or irc:NETWORK:NICK (irc:libera:ana).',
    )
    expect(() => loadConfig({ PARLEY_ADMINS: 'irc:ana' })).toThrow(
      'slack:T1:U1,discord:U2,irc:libera:ana (slack:TEAM:USER or discord:USER or irc:NETWORK:NICK)',
    )
  })
})

describe('twice: a third platform', () => {
  test('the same row may be registered again, another of its name may not', () => {
    registerPlatform(traits)
    expect(() => registerPlatform({ ...traits })).toThrow('There is a platform "irc" already.')
  })
})
