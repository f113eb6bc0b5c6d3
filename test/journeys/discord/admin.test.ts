/** What an admin does from Discord: publish, import, look, export; and what everybody else is told. */
import { describe, expect } from 'vitest'
import { createDataset } from '../../../src/datasets/create.ts'
import { parseDocument } from '../../../src/datasets/parse.ts'
import { createClaimCode } from '../../../src/labelers/roles.ts'
import { type DiscordJourney, transports } from '../../support/discord.ts'
import { admin } from '../../support/journey.ts'
import { discordTest } from '../../support/journey-test.ts'

const document = 'name: pairs\ntemplate: comparison\ntitle: Pairs to judge\naccess: everyone'
const lines = [1, 2, 3]
  .map((n) =>
    JSON.stringify({ id: `p${n}`, prompt: `Prompt ${n}?`, outputs: [`good ${n}`, `bad ${n}`] }),
  )
  .join('\n')

const prepared = async (journey: DiscordJourney) => {
  await createDataset(journey.parley(), admin, { document: parseDocument(document) })
}
const over = {
  gateway: discordTest({ transport: 'gateway' }, prepared),
  http: discordTest({ transport: 'http' }, prepared),
}

describe.each(transports)('over the %s', (transport) => {
  const test = over[transport]

  test('forbidden: who is no admin sees no admin commands, and is refused where they are shown', async ({
    journey,
  }) => {
    const { ben, dee, discord } = journey
    expect(ben.commands()).toEqual(expect.arrayContaining(['/label', '/parley']))
    expect(ben.commands()).not.toContain('/parley-admin')
    // An admin of the server showed it to everybody: that makes nobody an admin of Parley.
    discord.overwriteCommand('parley-admin', 'everyone', true)
    for (const command of ['export dataset:pairs', 'publish dataset:pairs', 'progress', 'help']) {
      await dee.types(`/parley-admin ${command}`)
      expect(dee.messages().at(-1)).toContain('This command is for admins of Parley.')
    }
    expect(await dee.autocomplete('/parley-admin export dataset:pa')).toEqual([])
    const exports = await journey.parley().db.selectFrom('exports').selectAll().execute()
    expect(exports).toEqual([])
  })

  test('happy: Cleo becomes admin, imports a file, publishes and looks', async ({ journey }) => {
    const { cleo } = journey
    const code = await createClaimCode(journey.parley(), admin)
    await cleo.types(`/parley-admin claim code:${code}`)
    expect(cleo.screen()).toContain('You are an admin of Parley now.')
    expect(await cleo.autocomplete('/parley-admin import dataset:pa')).toEqual([
      { name: expect.stringContaining('pairs'), value: 'pairs' },
    ])
    await cleo.types('/parley-admin import dataset:pairs', {
      files: { file: { name: 'pairs.jsonl', content: lines } },
    })
    expect(cleo.screen()).toContain('is being read into “Pairs to judge”')
    await cleo.receives('3 lines read: 3 new, 0 refused.')
    await cleo.types('/parley-admin publish dataset:pairs')
    expect(cleo.screen()).toContain('“pairs” is ready.')
    await cleo.types('/parley-admin progress dataset:pairs')
    expect(cleo.screen()).toMatch(/pairs/)
  })

  test('happy: what people answered comes to the admin as a file, privately', async ({
    journey,
  }) => {
    const { ana, ben, cleo } = journey
    await ana.joins('pairs')
    for (let n = 0; n < 3; n++) await ana.presses('A is better')
    await cleo.types('/parley-admin stats dataset:pairs')
    expect(cleo.screen()).toContain('pairs')
    await cleo.types('/parley-admin export dataset:pairs format:preference')
    expect(cleo.screen()).toContain('has started')
    await cleo.receives('pairs-preference')
    await journey.quiet()
    const [file] = cleo.files().filter(({ name }) => name.endsWith('.jsonl'))
    expect(file?.text.trim().split('\n')).toHaveLength(3)
    expect(JSON.parse(file?.text.split('\n')[0] ?? '')).toHaveProperty('chosen')
    expect(ben.files()).toEqual([])
  })

  test('happy: the form of an export offers the formats, and says what does not fit', async ({
    journey,
  }) => {
    const { cleo } = journey
    const formats = await cleo.autocomplete('/parley-admin export dataset:pairs format:re')
    expect(formats.map(({ value }) => value)).toContain('reward')
    await cleo.types('/parley-admin export dataset:pairs')
    expect(cleo.modal()).toBeNull()
    await cleo.chooses('Format', 'preference')
    // What the format takes, with what is done where nothing is chosen; the rest by the command.
    const form = cleo.modal()?.text ?? ''
    expect(form).toContain('Which pairs of a ranking')
    expect(form).toContain('Default: best-worst')
    expect(form).toContain('Whose ranking')
    expect(form).not.toContain('How a margin is measured')
    expect(form).toContain('/parley-admin export dataset:pairs format:preference')
    await cleo.hands.dismiss()
    await cleo.types('/parley-admin export dataset:pairs')
    await cleo.chooses('Format', 'csv')
    await cleo.writes('Answers from this day on, such as 2026-03-01', 'soon')
    await cleo.writes('Answers until the end of this day', 'later')
    await cleo.submits()
    const told = cleo.messages().at(-1) ?? ''
    expect(told).toMatch(/Answers from this day on.*Write a day/)
    expect(told).toMatch(/Answers until the end of this day.*Write a day/)
    await cleo.presses('Export')
    expect(cleo.modal()?.text).toContain('Only records such as mean(clarity) >= 4')
    await cleo.hands.dismiss()
  })

  test('refused: a dataset that is not there, and a file that is no import', async ({
    journey,
  }) => {
    const { cleo } = journey
    await cleo.types('/parley-admin publish dataset:nope')
    expect(cleo.messages().at(-1)).toContain('There is no dataset "nope"')
    await cleo.types('/parley-admin import dataset:pairs', {
      files: { file: { name: 'picture.png', content: new Uint8Array([0x89, 0x50, 0, 1, 2]) } },
    })
    await journey.quiet()
    expect(cleo.messages().at(-1)).not.toContain('imported 3')
  })
})
