/** A team leaves Argilla in the terminal: the dataset is made as it was, and its answers come with their ranks. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startArgilla, uuid, when } from '../argilla/server.ts'
import { environmentOf, typeCommand } from '../support/command.ts'
import { startParley, type TestParley } from '../support/parley.ts'

const key = 'the key of an owner'
const text = { type: 'text', use_markdown: true }
const responses = ['response1', 'response2']
const ranked = (ranks: readonly number[]) => ({
  preference: { value: responses.map((value, at) => ({ value, rank: ranks[at] })) },
})
const records = Array.from({ length: 3 }, (_, n) => ({
  ...{ id: uuid(100 + n), external_id: `r${n}`, status: 'pending', metadata: null },
  fields: { prompt: `Say ${n}`, response1: 'A.', response2: 'B.' },
  responses: [
    {
      ...{ id: uuid(200 + n), user_id: uuid(2), record_id: uuid(100 + n), status: 'submitted' },
      ...{ values: ranked([1, n === 0 ? 1 : 2]), inserted_at: when(n), updated_at: when(n) },
    },
  ],
  ...{ dataset_id: uuid(9), inserted_at: when(n), updated_at: when(n) },
}))

let at: TestParley
let folder: string
let argilla: Awaited<ReturnType<typeof startArgilla>>
beforeAll(async () => {
  at = await startParley()
  folder = mkdtempSync(join(tmpdir(), 'parley-cli-'))
  argilla = await startArgilla({
    users: [
      { id: uuid(1), username: 'olga', role: 'owner', api_key: key },
      { id: uuid(2), username: 'ann', role: 'annotator', api_key: 'of ann' },
    ],
    workspaces: [{ id: uuid(8), name: 'team' }],
    datasets: [
      {
        ...{ id: uuid(9), name: 'Best answer', workspace_id: uuid(8), guidelines: 'Be kind.' },
        fields: ['prompt', ...responses].map((name, n) => ({
          ...{ id: uuid(20 + n), name, title: name, required: true, settings: text },
        })),
        questions: [
          {
            ...{ id: uuid(30), name: 'preference', title: 'Which?', required: true },
            settings: {
              type: 'ranking',
              options: responses.map((value) => ({ value, text: value, description: null })),
            },
          },
        ],
        records,
      },
    ],
  })
})
afterAll(async () => {
  await argilla.close()
  rmSync(folder, { recursive: true, force: true })
  await at.close()
})

const house = () => ({ folder, databaseUrl: at.database.url, secret: at.parley.secret })

function parley(set: Record<string, string>, ...args: string[]) {
  const env = environmentOf(house(), { LOG_LEVEL: 'debug', ...set })
  return typeCommand(args, { env, cwd: folder })
}

const allowed = () => ({ PARLEY_FETCH_ALLOW: argilla.host, ARGILLA_API_KEY: key })

describe('happy', () => {
  test('the dataset is made, the answers come under their names, and a rerun changes nothing', async () => {
    const made = await parley(allowed(), 'dataset', 'create', '--from-argilla', argilla.address)
    expect(made).toMatchObject({ code: 0, out: 'Created "Best-answer".\n' })
    expect(made.err).toContain(`parley import Best-answer ${argilla.address} --from argilla`)
    const users = join(folder, 'users.json')
    writeFileSync(users, JSON.stringify({ ann: 'labeler-7' }))
    const page = `${argilla.address}/dataset/${uuid(9)}/annotation-mode`
    const bring = () =>
      parley(allowed(), 'import', 'Best-answer', page, '--from', 'argilla', '--users', users)
    const first = await bring()
    expect(first).toMatchObject({
      code: 0,
      out: '3 rows, 0 refused.\nRecords: 3 created, 0 updated, 0 unchanged.\nAnswers: 3 created, 0 changed, 0 unchanged, 0 surplus, 0 refused.\n',
    })
    expect(await bring()).toMatchObject({
      code: 0,
      out: '3 rows, 0 refused.\nRecords: 0 created, 0 updated, 3 unchanged.\nAnswers: 0 created, 0 changed, 3 unchanged, 0 surplus, 0 refused.\n',
    })
    for (const { out, err } of [made, first]) expect(out + err).not.toContain(key)
    const raw = join(folder, 'raw.jsonl')
    await parley({}, 'export', 'Best-answer', '--as', 'raw', '--to', raw)
    const lines = readFileSync(raw, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.map(({ labeler, values }) => [labeler, values.preference.ranks])).toEqual([
      ['labeler-7', { response1: 1, response2: 1 }],
      ['labeler-7', { response1: 1, response2: 2 }],
      ['labeler-7', { response1: 1, response2: 2 }],
    ])
  }, 120_000)
})

describe('happy: into a running Argilla', () => {
  test('a dataset goes there with its answers; a second run changes nothing', async () => {
    await parley(
      allowed(),
      'dataset',
      'create',
      '--from-argilla',
      argilla.address,
      '--name',
      'sent',
    )
    const bring = ['import', 'sent', argilla.address, '--from', 'argilla']
    await parley(allowed(), ...bring)
    const to = ['export', 'sent', '--to', `argilla+${argilla.address}`]
    for (let time = 1; time <= 2; time++) {
      const { code, out, err } = await parley(allowed(), ...to)
      expect([code, out]).toEqual([
        0,
        `3 records with 3 answers of 1 person written, 0 refused.\n"sent" in the workspace team, ${argilla.address}\n`,
      ])
      expect(out + err).not.toContain(key)
    }
    const wrong = await parley(allowed(), ...to, '--as', 'sft')
    expect(wrong).toMatchObject({ code: 2, err: expect.stringMatching(/^--as: Argilla takes/) })
  }, 120_000)
})

describe('refused', () => {
  const bring = ['import', 'Best-answer', 'ADDRESS', '--from', 'argilla']
  test.each<[string, Record<string, string>, string[], number, RegExp]>([
    [
      'without a key',
      { PARLEY_FETCH_ALLOW: 'HOST' },
      bring,
      2,
      /^ARGILLA_API_KEY: Set it to the key/,
    ],
    [
      'at a private address that nobody allowed',
      { ARGILLA_API_KEY: key },
      bring,
      2,
      /private network.*PARLEY_FETCH_ALLOW=127\.0\.0\.1:\d+/,
    ],
    [
      'with a wrong key',
      { PARLEY_FETCH_ALLOW: 'HOST', ARGILLA_API_KEY: 'wrong' },
      bring,
      1,
      /does not know ARGILLA_API_KEY/,
    ],
    [
      'a dataset that is not there',
      { PARLEY_FETCH_ALLOW: 'HOST', ARGILLA_API_KEY: key },
      [...bring, '--argilla-dataset', 'x'],
      1,
      /It has Best answer \(workspace team\)/,
    ],
    [
      'users that nobody can read',
      { PARLEY_FETCH_ALLOW: 'HOST', ARGILLA_API_KEY: key },
      [...bring, '--users', 'none.json'],
      2,
      /There is no file "none.json"/,
    ],
    ['no document and no server', {}, ['dataset', 'create'], 2, /Name a document/],
  ])('%s', async (_, set, args, code, said) => {
    const env = Object.fromEntries(
      Object.entries(set).map(([name, value]) => [name, value.replace('HOST', argilla.host)]),
    )
    const words = args.map((word) => word.replace('ADDRESS', argilla.address))
    const result = await parley(env, ...words)
    expect(result).toMatchObject({ code, out: '', err: expect.stringMatching(said) })
    expect(result.err).not.toContain(key)
  })
})
