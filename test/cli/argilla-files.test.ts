/** A team leaves Argilla in the terminal with a folder: the dataset is made of it, and its answers come. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { environmentOf, typeCommand } from '../support/command.ts'
import { startParley, type TestParley } from '../support/parley.ts'

let at: TestParley
let folder: string
beforeAll(async () => {
  at = await startParley()
  folder = mkdtempSync(join(tmpdir(), 'parley-cli-files-'))
  mkdirSync(join(folder, 'old', 'data'), { recursive: true })
  const field = (name: string) => ({ name, title: name, required: true, type: 'text' })
  const settings = {
    fields: ['prompt', 'response-1', 'response-2'].map(field),
    questions: [
      {
        ...{ name: 'preference', title: 'Which?', required: true, type: 'ranking' },
        values: ['response-1', 'response-2'],
      },
    ],
    vectors_settings: [{ name: 'emb', title: 'Emb', dimensions: 3 }],
  }
  writeFileSync(join(folder, 'old', 'argilla.yaml'), JSON.stringify(settings))
  const rows = [1, 2].map((rank) => ({
    ...{ prompt: 'Why?', 'response-1': 'A.', 'response-2': 'B.', external_id: `r${rank}` },
    preference: [
      {
        ...{ user_id: 'u-1', status: 'submitted' },
        value: { rank: [1, rank], value: ['response-1', 'response-2'] },
      },
    ],
    metadata: '{}',
  }))
  const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('')
  writeFileSync(join(folder, 'old', 'data', 'train.jsonl'), text)
  writeFileSync(join(folder, 'users.csv'), 'user,labeler\nu-1,labeler-7\n')
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await at.close()
})

const house = () => ({ folder, databaseUrl: at.database.url, secret: at.parley.secret })

function parley(...args: string[]) {
  return typeCommand(args, { env: environmentOf(house(), { LOG_LEVEL: 'error' }), cwd: folder })
}

const said = (created: number, unchanged: number) =>
  expect.stringContaining(
    `2 lines, 0 refused.\nRecords: ${created} created, 0 updated, ${unchanged} unchanged.\nAnswers: ${created} created, 0 changed, ${unchanged} unchanged, 0 surplus, 0 refused.\n`,
  )

describe('happy', () => {
  test('the folder is recognised, its answers come with ties, and a rerun changes nothing', async () => {
    const made = await parley('dataset', 'create', '--from-argilla', 'old', '--name', 'prefs')
    expect(made).toMatchObject({ code: 0, out: 'Created "prefs".\n' })
    expect(made.err).toMatch(/Vectors are left out: emb(.|\n)*parley import prefs old/)
    const bring = () => parley('import', 'prefs', 'old', '--users', 'users.csv')
    expect(await bring()).toMatchObject({ code: 0, out: said(2, 0) })
    expect(await bring()).toMatchObject({ code: 0, out: said(0, 2) })
    await parley('export', 'prefs', '--as', 'raw', '--to', 'raw.jsonl')
    const lines = readFileSync(join(folder, 'raw.jsonl'), 'utf8').trim().split('\n')
    expect(lines.map((line) => JSON.parse(line)).map((one) => [one.labeler, one.values])).toEqual(
      [1, 2].map((rank) => [
        'labeler-7',
        {
          preference: {
            ...{ mode: 'full', all_unacceptable: false },
            ranks: { 'response-1': 1, 'response-2': rank },
          },
        },
      ]),
    )
    await parley('export', 'prefs', '--as', 'argilla', '--to', 'ours')
    expect(await parley('import', 'prefs', 'ours')).toMatchObject({ code: 0, out: said(0, 2) })
  }, 120_000)
})

describe('refused', () => {
  test.each<[string, string[], RegExp]>([
    ['a folder without settings', ['dataset', 'create', '--from-argilla', 'none'], /\.argilla/],
    [
      'a key of the file where the settings tell them',
      ['import', 'prefs', 'old', '--map', 'prompt=x'],
      /--map: Leave it out/,
    ],
    [
      'users that nobody can read',
      ['import', 'prefs', 'old', '--users', 'old/argilla.yaml'],
      /one object with Argilla's users/,
    ],
  ])(
    '%s',
    async (_, args, message) => {
      expect(await parley(...args)).toMatchObject({ code: 2, err: expect.stringMatching(message) })
    },
    60_000,
  )
})
