/** Exports in the terminal: what stands on stdout, what on stderr, and where the manifest is. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { getDataset } from '../../src/datasets/dataset.ts'
import { addAnswer, addRecord, makeDataset, makeLabelers, ranked } from '../exports/ground.ts'
import { environmentOf, program, typeCommand } from '../support/command.ts'
import { startParley, type TestParley } from '../support/parley.ts'

let at: TestParley
let folder: string
let name: string

beforeAll(async () => {
  at = await startParley()
  folder = mkdtempSync(join(tmpdir(), 'parley-cli-'))
  // For root, config.ts would take a folder elsewhere if others may not pass through this one.
  chmodSync(folder, 0o755)
  const dataset = await makeDataset(at.parley, {})
  name = dataset.name
  const [ana = ''] = await makeLabelers(at.parley, 1)
  for (const id of ['r1', 'r2', 'r3']) {
    const record = await addRecord(at.parley, dataset, { external_id: id })
    const values = id === 'r3' ? ranked(['a', 'b', 'c']) : ranked('a', 'b', 'c')
    await addAnswer(at.parley, dataset, record, { labeler: ana, values })
  }
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await at.close()
})

const environment = () =>
  environmentOf({ folder, databaseUrl: at.database.url, secret: at.parley.secret })

function parley(...args: string[]) {
  return typeCommand(args, { env: environment(), cwd: folder })
}

describe('happy', () => {
  test('a folder that is made on the way is named; one that is there is not', async () => {
    const to = join(folder, 'new', 'deep', 'rows.jsonl')
    const first = await parley('export', name, '--as', 'raw', '--to', to)
    expect(first.err).toBe(`Made the folder ${join(folder, 'new')}.\n`)
    expect(first.out).toContain(`${to}\n`)
    const again = await parley('export', name, '--as', 'raw', '--to', to)
    expect(again).toMatchObject({ code: 0, err: '' })
  })

  test('update is another word for apply', async () => {
    const { code, err } = await parley('dataset', 'update', 'nowhere.yaml')
    expect(code).toBe(2)
    expect(err).toContain('There is no such file')
  })

  test('--to - gives rows and nothing else; the manifest goes where --manifest says', async () => {
    const to = ['--as', 'preference', '--to', '-', '--manifest', 'kept/manifest.json']
    const { code, out, err } = await parley('export', name, ...to)
    expect(code).toBe(0)
    const rows = out.split('\n').filter(Boolean)
    expect(rows.map((row) => Object.keys(JSON.parse(row)))).toHaveLength(2)
    const where = join(folder, 'kept/manifest.json')
    expect(err).toBe(`2 of 3 written\n  1 dropped: tie\nThe manifest is in ${where}\n`)
    const manifest = JSON.parse(readFileSync(where, 'utf8'))
    const sha256 = createHash('sha256').update(out).digest('hex')
    expect(manifest).toMatchObject({
      export: { as: 'preference' },
      counts: { candidates: 3, emitted: 2, dropped: { tie: 1 } },
      files: [{ name: '-', rows: 2, sha256 }],
    })
    expect(readdirSync(join(folder, 'kept'))).toEqual(['manifest.json'])
  })

  test('without --manifest it says how to get one', async () => {
    const { code, err } = await parley('export', name, '--as', 'raw', '--to', '-')
    expect(code).toBe(0)
    expect(err).toContain('--manifest FILE writes it')
  })

  test('a folder that is there gets the file under a name of its own', async () => {
    mkdirSync(join(folder, 'there'))
    const { code, out } = await parley('export', name, '--as', 'raw', '--to', 'there')
    expect(code).toBe(0)
    expect(out).toContain(join('there', `${name}-raw.jsonl`))
    expect(readdirSync(join(folder, 'there'))).toEqual([
      `.${name}-raw.jsonl.manifest.json`,
      `${name}-raw.jsonl`,
    ])
    expect(out).toContain(
      `The manifest is in ${join(folder, 'there', `.${name}-raw.jsonl.manifest.json`)}`,
    )
  })

  test('a file named like a split gets a warning about loaders', async () => {
    const named = await parley('export', name, '--as', 'raw', '--to', 'eval-1.jsonl')
    expect(named.code).toBe(0)
    expect(named.err).toContain('“eval”')
    const plain = await parley('export', name, '--as', 'raw', '--to', 'evals.jsonl')
    expect(plain.err).toBe('')
  })

  test('a reader that stops, like `| head`, gets no stack trace', async () => {
    // `true` is gone before the first line comes.
    for (const args of ['records list "$2"', 'export "$2" --as raw --to -']) {
      const child = spawn(
        'sh',
        ['-c', `"$0" "$1" ${args} | true`, process.execPath, program, name],
        { env: environment(), cwd: folder },
      )
      let err = ''
      child.stderr.on('data', (bytes: Buffer) => {
        err += bytes
      })
      await once(child, 'close')
      expect(err).toBe(
        args.startsWith('export') ? 'The reader of the export stopped before its end.\n' : '',
      )
    }
  }, 60_000)

  test('--dry-run writes nothing and says why rows would be left out', async () => {
    const before = readdirSync(folder)
    const { out } = await parley(
      'export',
      name,
      '--as',
      'preference',
      '--to',
      'x.jsonl',
      '--dry-run',
    )
    expect(out).toBe('2 of 3 would be written\n  1 dropped: tie\n')
    expect(readdirSync(folder)).toEqual(before)
  })

  test('--dry-run says how many rows a strict template would refuse, and the longest row', async () => {
    const { name: odd } = await makeDataset(at.parley, {})
    const dataset = await getDataset(at.parley, odd)
    const [ben = ''] = await makeLabelers(at.parley, 1)
    const developer = { role: 'developer', content: 'Be brief.' }
    for (const [id, before] of [
      ['r1', [developer]],
      ['r2', []],
    ] as const) {
      const prompt = [...before, { role: 'user', content: 'Why?' }]
      const record = await addRecord(at.parley, dataset, { external_id: id, fields: { prompt } })
      await addAnswer(at.parley, dataset, record, { labeler: ben, values: ranked('a', 'b', 'c') })
    }
    const dry = ['export', odd, '--as', 'preference', '--dry-run']
    const { out, err } = await parley(...dry)
    expect(out).toBe(
      '2 of 2 would be written\n1 of them is a chat that strict chat templates refuse (1 developer_turn); --turns strict leaves them out\n',
    )
    // "Be brief.", "Why?" and "Scattering."
    expect(err).toBe('The longest row has 24 characters, about 8 tokens by estimate.\n')
    const strict = await parley(...dry, '--turns', 'strict')
    expect(strict.out).toBe('1 of 2 would be written\n  1 dropped: developer_turn\n')
  })
})

describe('refused: with what to do instead', () => {
  test.each([
    [
      ['--to', 'a.jsonl', '--manifest', 'm.json'],
      2,
      /a\.jsonl\.manifest\.json.*Leave --manifest out/,
    ],
    [['--to', '-', '--parquet'], 2, /needs a name/],
    [['--to', join(program, 'x.jsonl')], 2, /in the way/],
    [['--to', '-', '--split', '0.9'], 2, /needs a name/],
  ])('%j', async (args, code, said) => {
    const ended = await parley('export', name, '--as', 'preference', ...args)
    expect(ended.err).toMatch(said)
    expect(ended.code).toBe(code)
    expect(ended.err).not.toMatch(/\n\s+at /)
  })
})
