/**
 * Exports and imports from chat, the same journeys on Slack and on Discord: the form, the file, the
 * link, Cancel in the middle of the writing, and what everybody else sees of it.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sweepExports } from '../../src/exports/job/write.ts'
import { createClaimCode } from '../../src/labelers/roles.ts'
import { openDiscordJourney } from '../support/discord.ts'
import type { Service } from '../support/journey.ts'
import { admin, openJourney, publicUrl } from '../support/journey.ts'
import { openQuietPostgres, type QuietPostgres } from '../support/quiet-postgres.ts'

/** What the journeys need of a platform; how a person does it there is its own affair. */
type Town = {
  service: Service
  dataDir: string
  clock: { advance(seconds: number): void }
  dataset(document: string, records: readonly object[]): Promise<unknown>
  /** Labels a dataset of pairs to its end. */
  label(name: string): Promise<void>
  claim(name: 'Cleo' | 'Dee', code: string): Promise<void>
  /** Fills and sends the form, with options by their labels. */
  asks(dataset: string, format: string, options?: Record<string, string>): Promise<void>
  /** Types the command, in a channel that others read. */
  types(name: string, command: Command, where?: string): Promise<void>
  cancels(): Promise<{ ok: boolean }>
  startService(): Promise<Service>
  /** The platform does not hand out any more what was given there. */
  loses(): void
  gives(dataset: string, file: { name: string; content: string }): Promise<void>
  reads(name: string): string
  waits(text: string): Promise<void>
  files(name: string): { name: string; text: string }[]
  /** All that went over the wire. */
  wire(): readonly { request: unknown }[]
  faults(): unknown[]
  close(): Promise<void>
}
type Command =
  | { verb: 'export'; dataset: string; format: string }
  | { verb: 'cancel' | 'import-cancel' }

type Settings = { worker?: boolean; databaseUrl?: (url: string) => string }

async function openSlackTown(settings: Settings = {}): Promise<Town> {
  const journey = await openJourney(settings)
  journey.slack.channel('general', { members: ['Ana', 'Ben', 'Cleo', 'Dee'] })
  const { cleo } = journey
  const opens = async () => {
    await cleo.openHome()
    await journey.quiet()
  }
  const person = (name: string) => journey.person(name)
  return {
    ...journey,
    claim: (name, code) => person(name).types(`/parley-admin claim ${code}`),
    label: async (name) => {
      await journey.ana.joins(name)
      for (let n = 0; n < 3; n++) await journey.ana.presses('A is better')
    },
    asks: async (dataset, format, options = {}) => {
      await opens()
      await cleo.presses('Export', { nth: await panelOf(journey.parley, dataset) })
      await cleo.chooses('Format', `${format}: `)
      for (const [label, option] of Object.entries(options)) await cleo.chooses(label, option)
      await cleo.submits()
      await cleo.hands.closeAll()
    },
    types: (name, command, where) => {
      const said =
        command.verb === 'export'
          ? `export ${command.dataset} ${command.format}`
          : { cancel: 'export cancel', 'import-cancel': 'import cancel' }[command.verb]
      return person(name).types(`/parley-admin ${said}`, where ? { channel: where } : {})
    },
    cancels: () => cleo.hands.press('Cancel'),
    gives: async (dataset, file) => {
      await opens()
      await cleo.menu('Import', { nth: await panelOf(journey.parley, dataset) })
      await cleo.upload('A file: .jsonl', [file])
      await cleo.submits()
      await cleo.hands.closeAll()
    },
    reads: (name) => person(name).messages().join('\n'),
    waits: (text) => cleo.receives(text, 30_000),
    files: (name) => person(name).files(),
    loses: () => journey.slack.grant(['chat:write', 'commands']),
    faults: () => journey.slack.faults.seen,
    wire: () => journey.slack.wire,
  }
}

/** Which of the panel's buttons belong to a dataset: the newest stands first. */
async function panelOf(parley: Service['parley'], name: string): Promise<number> {
  const rows = await parley.db.selectFrom('datasets').select('name').orderBy('id', 'desc').execute()
  return rows.findIndex((row) => row.name === name)
}

async function openDiscordTown(settings: Settings = {}): Promise<Town> {
  const journey = await openDiscordJourney(settings)
  const { cleo, discord } = journey
  discord.overwriteCommand('parley-admin', 'everyone', true)
  const person = (name: string) => journey.person(name)
  return {
    ...journey,
    claim: (name, code) => person(name).types(`/parley-admin claim code:${code}`),
    label: async (name) => {
      await journey.ana.joins(name)
      for (let n = 0; n < 3; n++) await journey.ana.presses('A is better')
    },
    asks: async (dataset, format, options = {}) => {
      expect(
        await cleo.autocomplete(`/parley-admin export dataset:${dataset.slice(0, 3)}`),
      ).toEqual(expect.arrayContaining([expect.objectContaining({ value: dataset })]))
      await cleo.types(`/parley-admin export dataset:${dataset}`)
      await cleo.chooses('Format', format)
      for (const [label, option] of Object.entries(options)) await cleo.chooses(label, option)
      await cleo.submits()
    },
    types: (name, command) => {
      const said =
        command.verb === 'export'
          ? `export dataset:${command.dataset} format:${command.format}`
          : { cancel: 'export-cancel', 'import-cancel': 'import-cancel' }[command.verb]
      return person(name).types(`/parley-admin ${said}`)
    },
    cancels: () => cleo.hands.press('Cancel'),
    gives: (dataset, file) =>
      cleo.types(`/parley-admin import dataset:${dataset}`, { files: { file } }),
    reads: (name) => person(name).messages().join('\n'),
    waits: (text) => cleo.receives(text, 30_000),
    files: (name) => person(name).files(),
    // Its addresses of attachments end after a day.
    loses: () => journey.clock.advance(26 * 3600),
    faults: () => discord.faults.seen,
    wire: () => discord.wire,
  }
}

const towns = [
  ['Slack', openSlackTown],
  ['Discord', openDiscordTown],
] as const

const pairs = Array.from({ length: 3 }, (_, i) => ({
  id: `p${i + 1}`,
  prompt: `Prompt ${i + 1}?`,
  outputs: [`good answer ${i + 1}`, `bad answer ${i + 1}`],
}))
/** Some 12 MB: more than Discord takes, and more than fits between Postgres and a process. */
const large = Array.from({ length: 1200 }, (_, i) => ({
  id: `l${i}`,
  prompt: `${i} ${'x'.repeat(10_000)}`,
  outputs: ['one', 'two'],
}))

const code = (town: Town) => createClaimCode(town.service.parley, admin)
const listExports = (town: Town) =>
  town.service.parley.db.selectFrom('exports').select(['id', 'state']).orderBy('id').execute()

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let left = 600; !(await holds()); left--) {
    if (left === 0) throw new Error('It did not happen.')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Everything that lies below the folder of exports. */
function onDisk(town: Town): string[] {
  return readdirSync(join(town.dataDir, 'exports'), { recursive: true, encoding: 'utf8' })
}

describe.each(towns)('on %s', (platform, openTown) => {
  let town: Town
  let postgres: QuietPostgres
  beforeAll(async () => {
    postgres = await openQuietPostgres()
    town = await openTown({ databaseUrl: postgres.before })
    await town.dataset('name: pairs\ntemplate: comparison\ntitle: Pairs to judge', pairs)
    await town.dataset('name: large\ntemplate: comparison\ntitle: Large ones', large)
    await town.claim('Cleo', await code(town))
    await town.label('pairs')
    // Slack takes 100 MB, which is long to write; Discord's limit is its own.
    const slack = town.service.parley.platforms.get('slack')
    if (slack) town.service.parley.platforms.set('slack', { ...slack, mostFileBytes: 10_000_000 })
  })
  afterAll(async () => {
    postgres.release()
    await town.close()
    postgres.close()
    expect(town.faults()).toEqual([])
  })

  test('happy: Cleo fills the form, and gets the file as she asked for it, with its manifest', async () => {
    await town.asks('pairs', 'preference', { 'How prompts are written': 'text' })
    await town.waits('“pairs” as preference: 3 rows.')
    await until(() => town.files('Cleo').length === 2)
    const [data, manifest] = town.files('Cleo').sort((a, b) => a.name.length - b.name.length)
    const rows = (data?.text ?? '').trim().split('\n')
    expect(rows.map((row) => typeof JSON.parse(row).prompt)).toEqual(['string', 'string', 'string'])
    expect(JSON.parse(manifest?.text ?? '')).toMatchObject({
      export: { as: 'preference', flags: { shape: 'text' } },
      counts: { emitted: 3 },
    })
    for (const name of ['Ana', 'Ben', 'Dee']) expect(town.files(name)).toEqual([])
  })

  test('happy: what is too large comes as a link that opens for a day, in her messages alone', async () => {
    await town.claim('Dee', await code(town))
    await town.types('Cleo', { verb: 'export', dataset: 'large', format: 'records' }, 'general')
    await town.waits('too large for a message')
    let url = ''
    await until(() => {
      const said = JSON.stringify(town.wire().map(({ request }) => request))
      const [found = ''] = /https:\/\/parley\.example\/exports\/[^\s)|>"\\]+/.exec(said) ?? []
      url = found.replace('&amp;', '&')
      return url !== ''
    })
    const fetched = (address: string) => fetch(address.replace(publicUrl, town.service.address))
    const file = await fetched(url)
    expect(file.status).toBe(200)
    const text = await file.text()
    expect(text.trim().split('\n')).toHaveLength(1200)
    expect(file.headers.get('content-length')).toBe(String(Buffer.byteLength(text)))
    expect(url).toContain('records.jsonl?')
    expect((await fetched(`${url}x`)).status).toBe(403)
    // Dee is an admin too, and sits in the channel where it was asked for.
    for (const name of ['Ana', 'Ben', 'Dee']) {
      expect(town.reads(name)).not.toContain('large-records')
    }
    town.clock.advance(25 * 3600)
    const over = await fetched(url)
    expect(over.status).toBe(410)
    expect(await over.text()).toContain('This link has expired')
  })

  test('happy: Cancel in the middle of the writing stops it, and leaves nothing', async () => {
    postgres.hold(2_000_000)
    await town.types('Cleo', { verb: 'export', dataset: 'large', format: 'records' })
    await until(() => onDisk(town).some((name) => name.endsWith('.part')))
    await until(() => town.reads('Cleo').includes('Exporting “large” as records'))
    const before = town.files('Cleo').length
    // Twice: people double-press.
    const pressed = await Promise.all([town.cancels(), town.cancels()])
    expect(pressed).toContainEqual({ ok: true })
    await town.waits('The export of “large” as records was cancelled. Nothing was kept.')
    await until(() => !onDisk(town).some((name) => name.endsWith('.part')))
    postgres.release()
    expect((await listExports(town)).at(-1)).toMatchObject({ state: 'cancelled' })
    expect(town.reads('Cleo')).not.toContain('[Cancel]')
    await town.types('Cleo', { verb: 'cancel' })
    expect(town.reads('Cleo')).toContain('You have no export running')
    expect(town.files('Cleo')).toHaveLength(before)
    // The next one is not in its way.
    await town.types('Cleo', { verb: 'export', dataset: 'pairs', format: 'prompts' })
    await town.waits('“pairs” as prompts: 3 rows.')
  })

  test('twice: the same export asked for again while it is made is that one', async () => {
    postgres.hold(2_000_000)
    const before = (await listExports(town)).length
    const ask = () => town.types('Cleo', { verb: 'export', dataset: 'large', format: 'records' })
    await Promise.all([ask(), ask()])
    await ask()
    expect(await listExports(town)).toHaveLength(before + 1)
    postgres.release()
    await until(async () => (await listExports(town)).at(-1)?.state === 'done')
  })

  test('forbidden: Ben may neither export nor cancel, and is told so alone', async () => {
    const before = await listExports(town)
    for (const command of [
      { verb: 'export', dataset: 'pairs', format: 'raw' },
      { verb: 'cancel' },
    ] as const) {
      await town.types('Ben', command, 'general')
      expect(town.reads('Ben')).toContain('This command is for admins of Parley.')
    }
    expect(await listExports(town)).toEqual(before)
    expect(town.reads('Ana')).not.toContain('for admins of Parley')
  })

  test('happy: Cleo imports a table by file, and reads what became of each row', async () => {
    const content = 'id,prompt,outputs\nc1,Why?,"[""a"",""b""]"\nc2,,\n'
    await town.gives('pairs', { name: 'more.csv', content })
    await town.waits('2 rows read: 1 new, 1 refused.')
    expect(town.reads('Cleo')).toContain('• row 3')
  })

  test('happy: with the worker away a given file waits, and the process that took it may end; a cancelled one is not read, one that is gone is told', async () => {
    const other = await openTown({ worker: false })
    await other.dataset('name: pairs\ntemplate: comparison\ntitle: Pairs to judge', pairs)
    await other.claim('Cleo', await code(other))
    const line = (id: string) => `{"id":"${id}","prompt":"Why?","outputs":["a","b"]}\n`
    await other.gives('pairs', { name: 'first.jsonl', content: line('f1') })
    await other.gives('pairs', { name: 'second.jsonl', content: line('s1') })
    await other.types('Cleo', { verb: 'import-cancel' })
    await other.waits('The import of “second.jsonl” into “pairs” was cancelled.')
    await other.types('Cleo', { verb: 'import-cancel' }).catch(() => undefined)
    await other.waits('The import of “first.jsonl” into “pairs” was cancelled.')
    await other.gives('pairs', { name: 'third.jsonl', content: line('t1') + line('t2') })
    await other.service.close()
    const next = await other.startService()
    const { db } = next.parley
    const records = async () => (await db.selectFrom('records').select('id').execute()).length
    expect(await records()).toBe(3)
    await next.startWorker()
    await other.waits('2 lines read: 2 new, 0 refused.')
    expect(await records()).toBe(5)
    await other.close()
    expect(other.faults()).toEqual([])
  })

  test('refused: a file that the platform keeps to itself by then is told, with what to do', async () => {
    const other = await openTown({ worker: false })
    await other.dataset('name: pairs\ntemplate: comparison\ntitle: Pairs to judge', pairs)
    await other.claim('Cleo', await code(other))
    await other.gives('pairs', { name: 'lost.jsonl', content: '{"prompt":"p"}' })
    other.loses()
    await other.service.startWorker()
    await other.waits('“lost.jsonl” could not be imported into “pairs”.')
    expect(other.reads('Cleo')).toMatch(/no longer provides this file|not hand the file out/)
    await other.close()
    const others = other.faults().filter((one) => !JSON.stringify(one).includes('missing_scope'))
    expect(others).toEqual([])
  })

  test('happy: after a week the files are gone', async () => {
    town.clock.advance(8 * 24 * 3600)
    await sweepExports(town.service.parley)
    expect(onDisk(town)).toEqual([])
  })

  test(`happy: with the worker away the request waits; the next one on ${platform} delivers it once`, async () => {
    const other = await openTown({ worker: false })
    await other.dataset('name: pairs\ntemplate: comparison\ntitle: Pairs to judge', pairs)
    await other.claim('Cleo', await code(other))
    await other.types('Cleo', { verb: 'export', dataset: 'pairs', format: 'prompts' })
    expect(await listExports(other)).toMatchObject([{ state: 'queued' }])
    await other.service.startWorker()
    await other.waits('“pairs” as prompts: 3 rows.')
    await until(() => other.files('Cleo').length === 2)
    await other.close()
    expect(other.faults()).toEqual([])
  })
})
