/** KTO rows: in an order by seed, and never beside a row of the same prompt while there is another one. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSpread } from '../../src/exports/formats/spread.ts'
import { startGround } from './format.ts'
import { makeDataset, readRows } from './ground.ts'

let ground: Awaited<ReturnType<typeof startGround>>
beforeAll(async () => {
  ground = await startGround()
})
afterAll(() => ground.close())

/** The prompts of rows in the order in which they come out. */
function spread(prompts: readonly string[], characters = 10) {
  const window = openSpread()
  const rows = prompts.flatMap((key, place) => window.add({ key, place }, key, characters))
  const held = prompts.length - rows.length
  const all = [...rows, ...window.end()]
  expect(new Set(all.map(({ place }) => place)).size).toBe(prompts.length)
  return { keys: all.map(({ key }) => String(key)), held, neighbors: window.neighbors() }
}

function beside(keys: readonly unknown[]): number {
  return keys.filter((key, at) => at > 0 && key === keys[at - 1]).length
}

describe('happy: rows of one prompt stand apart', () => {
  test('as far as there are others: never side by side where that can be', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...'aaaabbcd'), { maxLength: 60 }), (prompts) => {
        const { keys, neighbors } = spread(prompts)
        const counts = Object.values(Object.groupBy(prompts, (key) => key)).map(
          (all) => all?.length ?? 0,
        )
        const most = Math.max(0, ...counts)
        // With m rows of one prompt and n others, n + 1 of them can stand apart.
        const least = Math.max(0, most - (prompts.length - most) - 1)
        expect(beside(keys)).toBe(least)
        expect(neighbors).toBe(least)
      }),
    )
  })

  test('in a batch of 64 no two are of one prompt, four rows a prompt and many prompts', () => {
    const prompts = Array.from({ length: 20_000 }, (_, at) => `p${Math.floor(at / 4)}`)
    const { keys } = spread(prompts)
    // The last prompts have nobody to stand between them.
    const full = keys.slice(0, keys.length - 1024)
    for (let at = 0; at + 64 <= full.length; at += 64)
      expect(new Set(full.slice(at, at + 64)).size).toBe(64)
  })

  test('only a window of rows is held, or of text', () => {
    const prompts = Array.from({ length: 20_000 }, (_, at) => `p${at}`)
    expect(spread(prompts).held).toBe(4096)
    expect(spread(prompts.slice(0, 1000), 1_000_000).held).toBe(16)
  })
})

const thumbs = {
  type: 'label',
  name: 'thumbs',
  title: 'Good?',
  of: 'outputs',
  options: ['up', 'down'],
  desirable: ['up'],
}

/** Three outputs a record; every third record asks what the one before it asked. */
async function fill() {
  const dataset = await makeDataset(ground.parley, { questions: [thumbs] })
  for (let at = 0; at < 24; at++)
    await ground.answered(dataset, [{ thumbs: { a: 'up', b: 'down', c: 'up' } }], {
      external_id: `r${String(at).padStart(2, '0')}`,
      fields: { prompt: `Question ${at % 3 === 2 ? at - 1 : at}?` },
      outputs: [...'abc'].map((id) => ({ id, text: `${id} of ${at}` })),
    })
  return dataset
}

const promptsIn = (path: string) => readRows(path).map(({ prompt }) => JSON.stringify(prompt))

describe('happy: the file', () => {
  test('no row stands beside one of its prompt, in either half of a split, and outputs are mixed', async () => {
    const dataset = await fill()
    const { path, manifest } = await ground.export(dataset, 'kto', 'order.jsonl')
    expect(promptsIn(path)).toHaveLength(72)
    expect(beside(promptsIn(path))).toBe(0)
    const firsts = readRows(path)
      .slice(0, 16)
      .map(({ completion }) => /"([abc]) of/.exec(JSON.stringify(completion))?.[1])
    expect(new Set(firsts).size).toBeGreaterThan(1)
    expect(manifest?.export).toMatchObject({
      seed: 0,
      strategies: { order: 'seeded; rows of one prompt apart' },
    })
    expect(manifest?.rows).toMatchObject({ same_prompt_neighbors: 0 })
    const halves = await ground.export(dataset, 'kto', 'order', { split: 0.5 })
    for (const half of ['train', 'test'])
      expect(beside(promptsIn(join(halves.path, `${half}.jsonl`)))).toBe(0)
  })

  test("LLaMA-Factory's KTO rows are in such an order, too", async () => {
    const dataset = await fill()
    const { path } = await ground.export(dataset, 'llama-factory', 'order-lf')
    const rows: { messages: unknown[] }[] = JSON.parse(
      readFileSync(join(path, 'data.json'), 'utf8'),
    )
    expect(rows).toHaveLength(72)
    expect(beside(rows.map(({ messages }) => JSON.stringify(messages[0])))).toBe(0)
  })

  test('one prompt alone cannot be set apart; the manifest says so', async () => {
    const dataset = await makeDataset(ground.parley, { questions: [thumbs] })
    await ground.answered(dataset, [{ thumbs: { a: 'up', b: 'down', c: 'up' } }])
    const { manifest } = await ground.export(dataset, 'kto', 'alone.jsonl')
    expect(manifest?.rows).toMatchObject({ same_prompt_neighbors: 2 })
  })
})

describe('twice', () => {
  test('the same seed gives the same bytes, another one another order of the same rows', async () => {
    const dataset = await fill()
    const bytes = async (name: string, flags = {}) =>
      readFileSync((await ground.export(dataset, 'kto', name, flags)).path, 'utf8')
    const one = await bytes('one.jsonl')
    expect(await bytes('two.jsonl', { seed: 0 })).toBe(one)
    const other = await bytes('three.jsonl', { seed: 7 })
    expect(other).not.toBe(one)
    expect(other.split('\n').sort()).toEqual(one.split('\n').sort())
  })
})
