/** `parley generate` as an admin types it: real processes, killed, stopped and started twice. */
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type ModelsStandIn, openModelsStandIn } from '../../sandbox/models/server.ts'
import { key, makeDataset, recordsOf, until } from '../generation/ground.ts'
import {
  type Ended,
  environmentOf,
  runCommand,
  startCommand,
  typeCommand,
} from '../support/command.ts'
import { startParley, type TestParley } from '../support/parley.ts'

let at: TestParley
let standIn: ModelsStandIn
let folder: string
let models: string

beforeAll(async () => {
  at = await startParley()
  standIn = await openModelsStandIn({ keys: [key], models: { 'small-1': {}, large: {} } })
  folder = mkdtempSync(join(tmpdir(), 'parley-generate-'))
  chmodSync(folder, 0o755)
  models = join(folder, 'models.yaml')
  writeFileSync(
    models,
    [
      `small: { base_url: "${standIn.url}", model: small-1, key: SMALL_KEY, in_flight: 4, prices: { input: 1000, output: 1000 } }`,
      `large: { base_url: "${standIn.url}", key: SMALL_KEY }`,
      `stranger: { base_url: "${standIn.url}", model: large, key: OTHER_KEY }`,
    ].join('\n'),
  )
})
afterEach(() => {
  standIn.faults.every(null)
  standIn.requests.length = 0
})
afterAll(async () => {
  await standIn.close()
  await at.close()
  rmSync(folder, { recursive: true, force: true })
})

function how(more: Record<string, string | undefined> = {}) {
  const house = { folder, databaseUrl: at.database.url, secret: at.parley.secret }
  const keys = { SMALL_KEY: key, OTHER_KEY: 'sk-canary-of-a-stranger' }
  return { env: environmentOf(house, { PARLEY_MODELS: models, ...keys, ...more }), cwd: folder }
}

const run = async (...args: string[]) => spoken(await typeCommand(['generate', ...args], how()))

/** Without the progress that a slow machine has time to tell. */
function spoken({ err, ...ended }: Ended): Ended {
  return { ...ended, err: err.replace(/^generate: .*\n/gm, '') }
}

/** Its answers hang from this request on. */
function hangFrom(nth: number) {
  standIn.faults.every((asked) => (asked.nth >= nth ? { type: 'slow', ms: 600_000 } : null))
}

async function added(dataset: string): Promise<number> {
  const all = await recordsOf(at.parley, dataset)
  return all.reduce((sum, { outputs }) => sum + outputs.length, 0)
}

describe('happy: generate', () => {
  test('models by name, samples and a report; run again there is nothing left to write', async () => {
    const dataset = await makeDataset(at.parley, { records: 4 })
    const args = [dataset, '--with', 'small', 'large', '--samples', '2', '--temperature', '0.7']
    const first = await run(...args)
    expect(first).toMatchObject({ code: 0, err: '' })
    expect(first.out).toMatch(/^16 outputs added\.\n32 tokens read, \d+ written; cost: 0\.\d+\.\n$/)
    expect(await added(dataset)).toBe(16)
    expect(await run(...args)).toEqual({ code: 0, out: '0 outputs added.\n', err: '' })
    const { out } = await run(dataset, '--with', 'small', '--waiting', '--json')
    expect(JSON.parse(out)).toMatchObject({
      state: 'done',
      models: ['small'],
      counts: { added: 0 },
    })
  })

  test('two terminals at once: one writes, the other follows it to its end, nothing is doubled', async () => {
    const dataset = await makeDataset(at.parley, { records: 8 })
    standIn.faults.every(() => ({ type: 'slow', ms: 1500 }))
    const both = (
      await Promise.all(
        [1, 2].map(() => runCommand(['generate', dataset, '--with', 'small'], how())),
      )
    ).map(spoken)
    expect(both.map(({ code }) => code)).toEqual([0, 0])
    expect(both.map(({ out }) => out.split('\n')[0])).toEqual([
      ...['8 outputs added.', '8 outputs added.'],
    ])
    const told = both.map(({ err }) => err).filter((err) => err !== '')
    expect(told).toEqual([
      `A generation for "${dataset}" with small is under way, started by cli. Following it; run yours when it has ended.\n`,
    ])
    expect(standIn.requests).toHaveLength(8)
    expect(await added(dataset)).toBe(8)
  })

  test('Ctrl-C keeps what is written; run again it writes the rest', async () => {
    const dataset = await makeDataset(at.parley, { records: 10 })
    hangFrom(5)
    const { child, ended } = startCommand(['generate', dataset, '--with', 'small'], how())
    await until(async () => (await added(dataset)) === 4, 'Storing')
    child.kill('SIGINT')
    expect(spoken(await ended)).toEqual({
      ...{ code: 130, out: '' },
      err: 'Stopped. What was written stays; run it again for the rest.\n',
    })
    standIn.faults.every(null)
    const rest = await run(dataset, '--with', 'small')
    expect(rest).toMatchObject({ code: 0, err: '' })
    expect(rest.out).toContain('6 outputs added.')
    expect(await added(dataset)).toBe(10)
  })

  test('killed in the middle, the next command takes over and says what may be paid twice', async () => {
    const dataset = await makeDataset(at.parley, { records: 10 })
    hangFrom(5)
    const { child } = startCommand(['generate', dataset, '--with', 'small'], how())
    await until(async () => (await added(dataset)) === 4, 'Storing')
    child.kill('SIGKILL')
    await once(child, 'exit')
    // Half a minute later, as its lease has it.
    await at.database.pool.query(
      `update generations set heartbeat_at = heartbeat_at - interval '1 minute' where state = 'running'`,
    )
    standIn.faults.every(null)
    const next = await run(dataset, '--with', 'small')
    expect(next.code).toBe(0)
    expect(next.out).toMatch(/^10 outputs added\.\nUp to 4 requests were cut off by a crash/)
    expect(await added(dataset)).toBe(10)
  })

  test('generate cancel ends one that runs elsewhere', async () => {
    const dataset = await makeDataset(at.parley, { records: 10 })
    hangFrom(1)
    const { ended } = startCommand(['generate', dataset, '--with', 'small'], how())
    await standIn.asked(4)
    const cancelled = await run('cancel', dataset)
    expect(cancelled.out).toBe(
      `The generation for “${dataset}” was cancelled. What was written stays; start it again for the rest.\n`,
    )
    expect((await ended).code).toBe(1)
    expect((await run('cancel', dataset)).err).toBe(
      'No generation that you could cancel is under way.\n',
    )
  })
})

describe('refused: generate', () => {
  test.each([
    [[], '--with: Name the models. There are small, large, stranger.\n'],
    [
      ['--with', 'smal'],
      '--with: There is no model "smal". Did you mean "small"? There are small, large, stranger.\n',
    ],
    [
      ['--with', 'small', '--samples', 'many'],
      '--samples: "many" does not fit here. Write a whole number from 1 to 20.\n',
    ],
    [
      ['--with', 'small', '--top-p', '2'],
      '--top-p: "2" does not fit here. Write a number above 0, at most 1.\n',
    ],
    [
      ['--with', 'large', '--money', '5'],
      '--money: What "large" costs is not known. Give it "prices" in PARLEY_MODELS, or limit the tokens.\n',
    ],
  ])('%j', async (args, says) => {
    const dataset = await makeDataset(at.parley, { records: 1 })
    expect(await run(dataset, ...args)).toEqual({ code: 2, out: '', err: says })
  })

  test('no PARLEY_MODELS, and a key that is not set', async () => {
    const dataset = await makeDataset(at.parley, { records: 1 })
    const args = ['generate', dataset, '--with', 'small']
    expect((await typeCommand(args, how({ PARLEY_MODELS: undefined }))).err).toBe(
      '--with: There is no model "small". Set PARLEY_MODELS to a file that lists them; docs/generate.md shows one.\n',
    )
    expect((await typeCommand(args, how({ SMALL_KEY: undefined }))).err).toBe(
      '--with: The variable SMALL_KEY with the key of "small" is not set. Set it where Parley runs, and start again.\n',
    )
    expect(standIn.requests).toHaveLength(0)
  })

  test('doctor names the models whose key is not set, and the variable', async () => {
    const { out } = await typeCommand(['doctor'], how({ SMALL_KEY: undefined }))
    expect(out).toContain('problem  models: small, large without a key\n')
    expect(out).toContain('Set SMALL_KEY, which PARLEY_MODELS names.')
    expect((await typeCommand(['doctor'], how())).out).toContain(
      'ok       models: small, large, stranger\n',
    )
  })

  test('a key nobody accepts is named by its variable; a server that repeats it gives nothing away', async () => {
    const dataset = await makeDataset(at.parley, { records: 1 })
    const { env } = how({ LOG_LEVEL: 'trace' })
    const { code, out, err } = await typeCommand(['generate', dataset, '--with', 'stranger'], {
      env,
    })
    expect(code).toBe(1)
    expect(err).toContain('"stranger" does not accept our key. Check the variable OTHER_KEY.')
    expect(out + err).not.toContain('canary')
  })
})
