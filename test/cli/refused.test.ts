/** What is typed wrong in the terminal: each is named as it was typed, with what there is instead. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createPosts } from '../../src/assignments/post.ts'
import { getDataset } from '../../src/datasets/dataset.ts'
import type { Actor } from '../../src/parley.ts'
import { setStatus } from '../assignments/ground.ts'
import { makeDataset } from '../exports/ground.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { doorsOf, typed } from './terminal.ts'

const cleo: Actor = { type: 'admin', name: 'cli' }
let here: TestParley
let folder: string
beforeAll(async () => {
  here = await startParley()
  folder = mkdtempSync(join(tmpdir(), 'parley-refused-'))
  const dataset = await makeDataset(here.parley, { name: 'pairs' })
  await setStatus(here.parley, dataset, 'ready')
  const lines = ['a', 'b'].map((id) => ({ id, prompt: 'p', outputs: ['x', 'y'], lang: 'de' }))
  const path = join(folder, 'pairs.jsonl')
  writeFileSync(path, lines.map((line) => JSON.stringify(line)).join('\n'))
  expect(await parley('import', 'pairs', path)).toMatchObject({ code: 0 })
})
afterAll(async () => {
  await here.close()
  rmSync(folder, { recursive: true, force: true })
})

const parley = (...args: string[]) => typed(doorsOf(here), ...args)

describe('refused', () => {
  test.each([
    ['export pairs --as nix', '--as: There is no export format "nix".'],
    ['export pairs --as preference --since yesterday', '--since: Write a day such as'],
    ['export pairs --as preference --split 2', '--split: Write the share'],
    ['export pairs --as raw --margin strength', '--margin: The format raw does not take this'],
    ['deliver pairs --to nobody', '--to: “nobody” is nobody.'],
    ['deliver pairs --to everyone --due 2020-01-01', '--due: The due date has passed.'],
    ['records list pairs --limit x', '--limit: "x" is not a count.'],
    ['stats pairs --by lnag', '--by: No record has "lnag" in its metadata. There are lang.'],
    ['stats pairs --by metadata.lang.x', '--by: No record has "lang.x" in its metadata.'],
    ['roles grant admin Ana', 'person: "Ana" is not a person.'],
  ])('%s', async (typed, said) => {
    const { code, err } = await parley(...typed.split(' '))
    expect(err).toMatch(/^\S.*[.?]\n$/s)
    expect([code, err.slice(0, said.length)]).toEqual([2, said])
  })

  test('a place that is mistyped is no file in this folder', async () => {
    const before = readdirSync('.')
    for (const to of ['hf:datasets/o/n', 's3:bucket', 's3:/bucket/x', 'gs://b/x', 'https://x.y/z'])
      expect(await parley('export', 'pairs', '--as', 'raw', '--to', to)).toMatchObject({
        ...{ code: 2, err: expect.stringContaining(`--to: "${to}" leads nowhere.`) },
      })
    expect(readdirSync('.')).toEqual(before)
  })

  test('a post there is not, and a role that somebody has not', async () => {
    expect(await parley('posts', 'close', 'nix')).toMatchObject({
      ...{ code: 1, err: expect.stringMatching(/^There is no post "nix"\. .*posts list/) },
    })
    expect(await parley('posts', 'close', '999')).toMatchObject({ code: 1 })
    const { out } = await parley('roles', 'revoke', 'admin', 'slack:T1:UNO')
    expect(out).toBe('slack:T1:UNO was no admin here.\n')
  })

  test('a dataset with an open call in public stays until the call is closed', async () => {
    const to = { platform: 'slack', workspace: 'T1', channelId: 'C1' } as const
    const [post] = await createPosts(here.parley, cleo, { dataset: 'pairs', to })
    const refused = await parley('dataset', 'delete', 'pairs')
    expect(refused).toMatchObject({
      code: 1,
      err: expect.stringContaining('1 open post in public'),
    })
    expect(await getDataset(here.parley, 'pairs')).toMatchObject({ name: 'pairs' })
    await parley('posts', 'close', String(post?.id))
    expect(await parley('dataset', 'delete', 'pairs')).toMatchObject({ code: 0 })
  })
})
