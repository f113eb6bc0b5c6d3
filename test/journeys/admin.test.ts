/** What an admin does in chat: becomes one, publishes, exports; and what everybody else is told. */
import { createHash } from 'node:crypto'
import { describe, expect } from 'vitest'
import { createDataset } from '../../src/datasets/create.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { formats } from '../../src/exports/formats/formats.ts'
import { importRecords } from '../../src/imports/import-records.ts'
import { createClaimCode } from '../../src/labelers/roles.ts'
import { admin } from '../support/journey.ts'
import { slackTest } from '../support/journey-test.ts'

const test = slackTest({}, async (journey) => {
  journey.slack.channel('general', { members: ['Ana', 'Ben', 'Cleo'] })
  await journey.dataset('name: pairs\ntemplate: comparison\ntitle: Pairs to judge', pairs)
})

const pairs = Array.from({ length: 3 }, (_, i) => ({
  id: `p${i + 1}`,
  prompt: `Prompt ${i + 1}?`,
  outputs: [`good answer ${i + 1}`, `bad answer ${i + 1}`],
}))

async function until(holds: () => boolean, what: string): Promise<void> {
  for (let left = 200; !holds(); left--) {
    if (left === 0) throw new Error(`${what} did not happen.`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

describe('forbidden: who is no admin', () => {
  test('Ben may not export, publish, pause or look; he alone reads why, and nothing happens', async ({
    journey,
  }) => {
    const { ben, ana, parley } = journey
    for (const command of [
      'export pairs raw',
      'publish pairs',
      'pause pairs',
      'progress',
      'help',
    ]) {
      await ben.types(`/parley-admin ${command}`, { channel: 'general' })
      expect(ben.newest()).toContain('This command is for admins of Parley.')
    }
    expect(ana.messages('general')).toEqual([])
    const exports = await parley.db.selectFrom('exports').selectAll().execute()
    expect(exports).toEqual([])
  })

  test('a wrong code, an old code and a used code make nobody an admin', async ({ journey }) => {
    const { ben, cleo, dee, parley, clock } = journey
    const first = await createClaimCode(parley, admin)
    await ben.types('/parley-admin claim AAAA-BBBB-CCCC')
    await ben.receives('This code is not valid')
    clock.advance(61 * 60)
    await ben.types(`/parley-admin claim ${first}`)
    expect(ben.newest()).toContain('This code is not valid')
    const earlier = await createClaimCode(parley, admin)
    const code = await createClaimCode(parley, admin)
    expect(earlier, 'one code for the hour, whoever prints it').toBe(code)
    clock.advance(59 * 60)
    await cleo.types(`/parley-admin claim ${code.toLowerCase()}`)
    await cleo.receives('You are an admin of Parley now.')
    await dee.types(`/parley-admin claim ${code}`)
    await dee.receives('This code is not valid')
    const roles = await parley.db.selectFrom('roles').select(['userId', 'role']).execute()
    expect(roles).toEqual([{ userId: cleo.id, role: 'admin' }])
  })

  test('two people with the same code at the same moment: one of them is the admin', async ({
    journey,
  }) => {
    const { ben, dee, parley, clock, quiet } = journey
    const code = await createClaimCode(parley, admin)
    clock.advance(1)
    const claim = `/parley-admin claim ${code}`
    await Promise.all([ben.hands.command(claim), dee.hands.command(claim)])
    await quiet()
    const said = [ben.newest(), dee.newest()]
    expect(said.filter((text) => text.includes('You are an admin'))).toHaveLength(1)
    expect(said.filter((text) => text.includes('not valid'))).toHaveLength(1)
    await parley.db.deleteFrom('roles').where('userId', 'in', [ben.id, dee.id]).execute()
  })
})

describe('happy: exports', () => {
  test('Cleo asks in a channel and gets progress and files in private, the bytes the terminal would write', async ({
    journey,
  }) => {
    const { ana, ben, dee, cleo, slack } = journey
    for (const person of [ana, ben, dee]) {
      await person.joins('pairs')
      for (let i = 0; i < 3; i++) {
        const good = person.newest().indexOf('good answer')
        const bad = person.newest().indexOf('bad answer')
        await person.presses(good < bad ? 'A is better' : 'B is better')
      }
      await person.receives('All done here.')
    }
    const before = slack.wire.length
    await cleo.types('/parley-admin export pairs raw', { channel: 'general' })
    await cleo.receives('Export of “pairs” as raw has started.')
    await cleo.types('/parley-admin export pairs preference pairs=all shape=text')
    await until(() => cleo.files().length === 4, 'Four files')
    await cleo.receives('“pairs” as raw: 9 rows.')
    await cleo.receives('“pairs” as preference: 3 rows.')
    const painted = slack.wire
      .slice(before)
      .filter((line) => JSON.stringify(line.request).includes('Exporting “pairs” as raw'))
    expect(painted.length).toBeGreaterThan(0)
    expect(ana.messages('general').join()).not.toContain('xport')
    expect([...ana.files(), ...ben.files()]).toEqual([])

    const files = new Map(cleo.files().map((file) => [file.name, file.text]))
    const raw = files.get('pairs-raw.jsonl') ?? ''
    expect(
      raw
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    ).toEqual(await journey.raw('pairs'))
    const rows = (files.get('pairs-preference.jsonl') ?? '').split('\n').filter(Boolean)
    expect(rows.map((line) => JSON.parse(line))).toEqual(
      [1, 2, 3].map((i) =>
        expect.objectContaining({
          prompt: `Prompt ${i}?`,
          chosen: `good answer ${i}`,
          rejected: `bad answer ${i}`,
        }),
      ),
    )
    for (const name of ['pairs-raw', 'pairs-preference']) {
      const text = files.get(`${name}.jsonl`) ?? ''
      const manifest = JSON.parse(files.get(`${name}.jsonl.manifest.json`) ?? '{}')
      const sha256 = createHash('sha256').update(text).digest('hex')
      expect(manifest).toMatchObject({ format: 1, files: [{ name: `${name}.jsonl`, sha256 }] })
    }
    expect(JSON.stringify([...files.values()])).not.toContain(ana.id)
  })

  test('a dataset nobody has answered yet: Cleo reads that there is nothing, and gets the manifest', async ({
    journey,
  }) => {
    const { cleo } = journey
    await journey.dataset('name: fresh\ntemplate: comparison\ntitle: Fresh', pairs)
    for (const format of ['raw', 'preference'])
      await cleo.types(`/parley-admin export fresh ${format}`)
    await cleo.receives('“fresh” as raw: there is nothing to export yet.')
    await cleo.receives('“fresh” as preference: there is nothing to export yet. 3 left out')
    const fresh = () => cleo.files().filter(({ name }) => name.startsWith('fresh'))
    await until(() => fresh().length === 2, 'Two manifests')
    expect(fresh().map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'fresh-raw.jsonl.manifest.json',
        'fresh-preference.jsonl.manifest.json',
      ]),
    )
  })

  test('what cannot be exported is refused at once, with what to write instead', async ({
    journey,
  }) => {
    const { cleo } = journey
    const said: [string, string][] = [
      ['export pairs prefrence', 'Did you mean'],
      ['export nowhere raw', 'nowhere'],
      ['export pairs raw pairs=all', 'does not take this option'],
      ['export pairs preference pairs=every', 'pairs'],
      ['export pairs', 'Write it like this'],
      ['export pairs raw everything', 'is not an option'],
      ['exprot pairs raw', 'Did you mean “export”?'],
      ['publish nowhere', 'nowhere'],
    ]
    for (const [typed, words] of said) {
      await cleo.types(`/parley-admin ${typed}`)
      expect(cleo.newest(), typed).toContain(words)
    }
  })
})

describe('refused: what Slack cannot draw', () => {
  test('is said to the admin who publishes, and no labeler ever sees it', async ({ journey }) => {
    const { cleo, ana, parley } = journey
    const long = Array.from({ length: 90 }, (_, i) => ({
      ...{ value: `o${i}`, text: `o${i}`, description: '&'.repeat(900) },
    }))
    const documents = [
      `name: marks\ntitle: Mark it\naccess: everyone\nfields: { text: { title: Text } }\nquestions: { where: { type: label, title: Where?, options: ${JSON.stringify(long)} } }`,
      `name: noaccess\ntemplate: thumbs\ntitle: For whom?`,
    ]
    for (const text of documents) {
      const document = parseDocument(text)
      await createDataset(parley, admin, { document })
      const field = document.fields[0]?.name ?? ''
      const line = { id: '1', fields: { [field]: 'a text' }, outputs: ['one'] }
      const source = [
        Buffer.from(JSON.stringify({ format: 1, ...line, id: undefined, external_id: '1' })),
      ]
      await importRecords(parley, admin, { dataset: document.name, source })
    }
    for (const [name, words] of [
      ['marks', 'too long for Slack'],
      ['noaccess', 'Nobody may label yet.'],
    ] as const) {
      await cleo.types(`/parley-admin publish ${name}`)
      expect(cleo.newest()).toContain(words)
      await ana.types(`/parley next ${name}`)
      expect(ana.newest()).toContain(`There is no dataset “${name}” that you are invited to.`)
    }
    await cleo.types('/parley-admin progress marks')
    expect(cleo.newest()).toContain('marks (draft)')
    await cleo.types('/parley-admin progress')
    expect(cleo.newest()).toContain('Dataset | Completed | Records | Answers | Labelers')
    expect(cleo.newest()).toMatch(/^pairs \(ready\) \| 3 \| 3 \| 9 \| 3$/m)
  })

  test('pausing and publishing from chat take effect at once', async ({ journey }) => {
    const { cleo, ana } = journey
    await cleo.types('/parley-admin pause pairs')
    await cleo.receives('“pairs” is paused. Open cards may still be answered.')
    await ana.types('/parley next pairs')
    expect(ana.newest()).toContain('is paused right now')
    await cleo.types('/parley-admin publish pairs')
    await cleo.receives('“pairs” is ready.')
    await ana.types('/parley next pairs')
    expect(ana.newest()).toContain('All done here.')
  })

  test('what is refused says what to type in chat, and every fault of an export at once', async ({
    journey,
  }) => {
    const { cleo } = journey
    await cleo.types('/parley-admin export pairs prefernce')
    expect(cleo.newest()).toMatch(
      /^There is no export format "prefernce"\. Did you mean "preference"\?/,
    )
    await cleo.types('/parley-admin progress nothing-like-it')
    expect(cleo.newest()).toContain('/parley-admin progress shows those there are.')
    await cleo.types('/parley-admin export pairs preference pairs=some margin=far keep=(')
    for (const name of ['pairs: Choose one of', 'margin: ', 'keep: '])
      expect(cleo.newest()).toContain(name)
    await cleo.types('/parley-admin publish pairs')
    await cleo.receives('/parley-admin deliver pairs everyone')
  })

  test('help names every format, the preview and the import; the preview comes when it is typed', async ({
    journey,
  }) => {
    const { cleo } = journey
    await cleo.types('/parley-admin help')
    const help = cleo.newest()
    for (const format of Object.keys(formats)) expect(help).toMatch(new RegExp(`\\b${format}\\b`))
    expect(help).toContain('/parley-admin preview DATASET')
    expect(help).toContain('Import, under a dataset on the Home tab')
    await cleo.types('/parley-admin preview pairs')
    await cleo.receives('The preview is in your messages with Parley')
  })
})
