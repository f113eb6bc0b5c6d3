/** The command line as a client of a server's HTTP API: the same commands print the same. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nextAssignment } from '../../src/assignments/next.ts'
import { getDataset } from '../../src/datasets/dataset.ts'
import { writeExport } from '../../src/exports/job/write.ts'
import { createKey } from '../../src/keys/create.ts'
import { revokeKey } from '../../src/keys/revoke.ts'
import type { Actor } from '../../src/parley.ts'
import { submitResponse } from '../../src/responses/submit.ts'
import { makeArena } from '../arena/ground.ts'
import { makeLabeler } from '../assignments/ground.ts'
import { modelsAt } from '../generation/ground.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { doorsOf, doorsTo, listen, type Said, typed } from './terminal.ts'

const boss: Actor = { type: 'admin', name: 'boss' }

let here: TestParley
let folder: string
let server: Awaited<ReturnType<typeof listen>>
let key: string
beforeAll(async () => {
  here = await startParley()
  folder = mkdtempSync(join(tmpdir(), 'parley-server-'))
  server = await listen(here)
  key = (await createKey(here.parley, boss, { name: 'terminal', scopes: ['admin'] })).key
})
afterAll(async () => {
  await server.close()
  await here.close()
  rmSync(folder, { recursive: true, force: true })
})

const local = (...args: string[]) => typed(doorsOf(here), ...args)
const remote = (...args: string[]) => typed(doorsTo({ url: server.url, key }), ...args)

let files = 0
function file(text: string, ending: string): string {
  const path = join(folder, `file-${++files}.${ending}`)
  writeFileSync(path, text)
  return path
}

const lines = (records: readonly object[]) => records.map((one) => JSON.stringify(one)).join('\n')
const pairs = Array.from({ length: 5 }, (_, n) => ({
  ...{ external_id: `r${n}`, prompt: `What is ${n}?` },
  outputs: [
    { id: 'a', text: `${n}`, model: 'harbor' },
    { id: 'b', text: `${n + 1}`, model: 'pebble' },
  ],
  metadata: { lang: n % 2 ? 'de' : 'en' },
}))

const document = (name: string) =>
  file(
    JSON.stringify({
      name,
      template: 'comparison',
      access: 'everyone',
      distribution: { min_submitted: 1 },
    }),
    'json',
  )

/** Runs a command line here for one dataset and there for its twin; `NAME` stands for either. */
async function both(
  line: string,
  more: readonly string[] = [],
): Promise<{ here: Said; there: Said }> {
  const words = (name: string) =>
    [...line.split(' '), ...more].map((word) => word.replaceAll('NAME', name))
  const [one, two] = [await local(...words('near')), await remote(...words('far'))]
  // A person has another pseudonym in each dataset.
  const plain = (text: string) =>
    text.replaceAll('far', 'near').replace(/p\d+-[0-9a-f]{20}/g, 'p-1')
  const renamed = (said: Said) => ({ ...said, out: plain(said.out), err: plain(said.err) })
  return { here: renamed(one), there: renamed(two) }
}

async function same(line: string, more: readonly string[] = []): Promise<Said> {
  const { here: one, there } = await both(line, more)
  expect(there).toEqual(one)
  return one
}

describe('happy: a server', () => {
  test('from creating a dataset to its statistics, each command prints what it prints on the machine itself', async () => {
    expect(await local('dataset', 'create', document('near'))).toMatchObject({ code: 0 })
    expect(await remote('dataset', 'create', document('far'))).toMatchObject({
      ...{ code: 0, out: 'Created "far".\n' },
      err: 'Next: parley import far FILE, then parley dataset publish far\n',
    })
    const records = file(`${lines(pairs)}\nnot JSON\n`, 'jsonl')
    const imported = await same('import NAME', [records])
    expect(imported.code).toBe(2)
    for (const said of ['5 created', 'line 6']) expect(imported.out + imported.err).toContain(said)
    await same('import NAME', [records, '--dry-run'])
    await same('import NAME', [
      file('external_id,prompt,a,b\nc1,Why?,x,y\n', 'csv'),
      '--map',
      'prompt=prompt',
    ])
    expect((await same('import NAME', [file(lines(pairs), 'jsonl')])).out).toContain('5 unchanged')
    await same('dataset publish NAME')
    await same('records list NAME')
    await same('records list NAME --status pending --limit 2')
    await same('records list NAME --after r2')
    await same('records delete NAME r4')
    await same('records delete NAME --dry-run --where', ['metadata.lang == "de"'])
    await same('records requeue NAME --where', ['metadata.lang == "de"'])
    await same('progress NAME')
    await same('progress NAME --json')
    await same('dataset show NAME')
    await same('dataset show NAME --json')
    for (const name of ['near', 'far']) {
      const ana = await makeLabeler(here.parley, `ana-${name}`)
      const dataset = await getDataset(here.parley, name)
      for (let n = 0; n < 3; n++) {
        const next = await nextAssignment(here.parley, ana, { dataset })
        if (!next) break
        const { assignmentId, shownOrder } = next
        const [first = '', second = ''] = [...shownOrder].sort()
        await submitResponse(here.parley, ana, {
          ...{ assignmentId, schemaVersion: 1, platform: 'slack' },
          values: { preference: { mode: 'full', ranks: { [first]: 1, [second]: 2 } } },
        })
      }
    }
    await same('progress NAME')
    expect((await same('stats NAME')).out).toContain('preference (ranking)')
    await same('stats NAME --json --resamples 0')
    await same('feeds show NAME')
    await same('posts list NAME')
    await same('dataset pause NAME')
    await same('dataset reopen NAME')
    await same('dataset close NAME')
    await same('dataset clone NAME', ['NAME-again'])
    await same('dataset delete NAME-again')
    expect((await same('dataset delete NAME')).code).toBe(1)
  })

  test('an export is written there and downloaded to where it is named, with its manifest', async () => {
    const work = setInterval(async () => {
      const due = here.parley.db.selectFrom('exports').select('id').where('state', '=', 'queued')
      for (const { id } of await due.execute())
        await writeExport(here.parley, id).catch(() => undefined)
    }, 100)
    try {
      const [near, far] = [join(folder, 'near.jsonl'), join(folder, 'far.jsonl')]
      const one = await local('export', 'near', '--as', 'raw', '--to', near)
      const two = await remote('export', 'near', '--as', 'raw', '--to', far)
      expect(two.code).toBe(0)
      expect(two.out.replaceAll('far.jsonl', 'near.jsonl')).toBe(one.out)
      expect(readFileSync(far, 'utf8')).toBe(readFileSync(near, 'utf8'))
      const manifest = (name: string) => {
        const { created_at: _, ...rest } = JSON.parse(
          readFileSync(join(folder, `.${name}.manifest.json`), 'utf8'),
        )
        return { ...rest, files: rest.files.map(({ name: __, ...of }: { name: string }) => of) }
      }
      expect(manifest('far.jsonl')).toEqual(manifest('near.jsonl'))
      const split = join(folder, 'split')
      expect(
        await remote('export', 'near', '--as', 'preference', '--split', '0.5', '--to', split),
      ).toMatchObject({ code: 0 })
      expect(readdirSync(split).sort()).toEqual(['test.jsonl', 'train.jsonl'])
      const piped = await remote('export', 'near', '--as', 'raw', '--to', '-')
      expect(piped.out).toBe(readFileSync(near, 'utf8'))
      const dry = ['export', 'near', '--as', 'preference', '--dry-run']
      expect(await remote(...dry)).toEqual(await local(...dry))
    } finally {
      clearInterval(work)
    }
  })

  test('webhooks', async () => {
    Object.assign(here.parley, { fetching: { allow: [new URL(server.url).host] } })
    const made = await remote(
      'webhooks',
      'create',
      `${server.url}/hook`,
      '--events',
      'record.completed',
    )
    expect(made).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\twhsec_\S+\n$/) })
    const [id = ''] = made.out.split('\t')
    expect(await remote('webhooks', 'list')).toEqual(await local('webhooks', 'list'))
    expect(await remote('webhooks', 'deliveries', id)).toEqual(
      await local('webhooks', 'deliveries', id),
    )
    expect(await remote('webhooks', 'disable', id)).toMatchObject({
      out: `Webhook ${id} is disabled.\n`,
    })
    expect(await remote('webhooks', 'disable', id)).toMatchObject({
      out: `Webhook ${id} was disabled already.\n`,
    })
    expect((await remote('webhooks', 'rotate', id)).out).toMatch(/^whsec_/)
    expect(await remote('webhooks', 'replay', id, '--since', '2026-01-01')).toEqual(
      await local('webhooks', 'replay', id, '--since', '2026-01-01'),
    )
    expect(await remote('webhooks', 'delete', id)).toMatchObject({ code: 0 })
    expect(await remote('webhooks', 'test', id)).toEqual(await local('webhooks', 'test', id))
  })

  test('keys, roles, labelers, imports and the audit', async () => {
    expect((await remote('keys', 'create', 'ci', '--scope', 'records:write')).out).toMatch(/^prl_/)
    expect(await remote('keys', 'list')).toEqual(await local('keys', 'list'))
    expect(await remote('keys', 'revoke', 'ci')).toMatchObject({
      code: 0,
      out: '"ci" is revoked.\n',
    })
    expect(await remote('roles', 'grant', 'admin', 'slack:T1:U1')).toMatchObject({ code: 0 })
    expect(await remote('roles', 'revoke', 'admin', 'slack:T1:U1')).toMatchObject({
      out: 'slack:T1:U1 is not admin any more.\n',
    })
    expect((await remote('roles', 'claim-code')).out).toMatch(/^\S+\n$/)
    expect(await remote('labelers', 'list')).toEqual(await local('labelers', 'list'))
    expect(await remote('labelers', 'list', 'near')).toEqual(
      await local('labelers', 'list', 'near'),
    )
    expect(await remote('import', 'list', 'near')).toEqual(await local('import', 'list', 'near'))
    expect(await remote('audit', '--limit', '3')).toEqual(await local('audit', '--limit', '3'))
    expect((await remote('audit', '--act', 'publish dataset')).out).toContain('"key:terminal"')
  })
})

describe('happy: arenas on a server', () => {
  test('they are opened, listed, shown and closed there', async () => {
    const slack = here.parley.platforms.get('slack')
    if (!slack) throw new Error('Slack is off.')
    const arena = { platform: 'slack' as const, workspace: 'T1', channelId: 'C1' }
    here.parley.platforms.set('slack', { ...slack, findChannel: async () => arena })
    const entry = { prices: { input: 1, output: 1 } }
    here.parley.models = modelsAt('http://127.0.0.1:9/v1', { alpha: entry, beta: entry })
    await makeArena(here.parley, { name: 'duel' })
    const to = ['--to', 'slack:#arena']
    const open = await remote('arena', 'open', 'duel', ...to)
    expect(open).toMatchObject({ out: '"duel" is open in slack:C1 already.\n' })
    expect(open).toEqual(await local('arena', 'open', 'duel', ...to))
    const looks = [
      ['list'],
      ['list', 'duel', '--json'],
      ['show', 'duel'],
      ['show', 'duel', '--json'],
    ]
    for (const look of looks) {
      const said = await remote('arena', ...look)
      expect(said).toEqual(await local('arena', ...look))
      expect(said.out).toContain('duel')
    }
    expect((await remote('arena', 'close', 'duel', ...to)).out).toContain(
      '"duel" takes no more questions in slack:C1.',
    )
    expect((await local('arena', 'list')).out).toBe('')
    expect((await remote('arena', 'open', 'duel', ...to)).out).toContain('people ask there')
    here.parley.platforms.set('slack', slack)
  })
})

describe('refused: a server', () => {
  test.each([
    ['arena show near'],
    ['arena list nix'],
    ['arena open near'],
    ['post near'],
    ['hub near'],
    ['records show near nix'],
    ['dataset publish nix'],
    ['records list near --limit x'],
    ['roles grant admin Ana'],
    ['stats near --by lnag'],
    ['export near --as nix'],
    ['export near --as raw --margin strength'],
  ])('%s: as on the machine itself', async (line) => {
    const words = line.split(' ')
    expect(await remote(...words)).toEqual(await local(...words))
  })

  test('a key that does not work, or may not; an address where nobody is, or somebody else', async () => {
    const revoked = await createKey(here.parley, boss, { name: 'old', scopes: ['admin'] })
    await revokeKey(here.parley, boss, { id: revoked.id })
    const at = (key: string, url = server.url) => typed(doorsTo({ url, key }), 'dataset', 'list')
    expect(await at(revoked.key)).toMatchObject({
      ...{ code: 1, out: '' },
      err: expect.stringContaining('This key was revoked. Make another with parley keys create.'),
    })
    const small = await createKey(here.parley, boss, { name: 'small', scopes: ['records:write'] })
    const grant = ['roles', 'grant', 'admin', 'slack:T1:U1']
    expect((await typed(doorsTo({ url: server.url, key: small.key }), ...grant)).err).toContain(
      'This needs a key with the scope admin',
    )
    expect((await at(key, 'http://127.0.0.1:9')).err).toContain(
      'The server at http://127.0.0.1:9 cannot be reached right now.',
    )
    const other = createServer((_, answer) => answer.end('<h1>Hello</h1>'))
    await new Promise<void>((ready) => other.listen(0, '127.0.0.1', ready))
    const address = other.address()
    const port = typeof address === 'object' ? address?.port : 0
    expect((await at(key, `http://127.0.0.1:${port}`)).err).toContain('HTTP API. Check --server')
    other.close()
  })

  test('what needs the machine itself says so, and so does what a server is not sent', async () => {
    expect((await remote('migrate')).err).toContain('works on the database itself')
    expect((await remote('export', 'near', '--as', 'raw', '--to', 's3://b/x')).err).toContain(
      'a server is asked for files',
    )
    const path = file(lines(pairs), 'jsonl')
    expect((await remote('import', 'near', path, '--from', 'argilla')).err).toContain(
      'on its own machine',
    )
  })
})
