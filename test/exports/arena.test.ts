/** Battles as the public arena files have them: each row by hand, what is left out, and the way back. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseDocument } from '../../src/datasets/parse.ts'
import { shapeReader } from '../../src/imports/shapes/reader.ts'
import { startGround } from './format.ts'
import { bothBad, makeDataset, ranked, readRows } from './ground.ts'

let ground: Awaited<ReturnType<typeof startGround>>
beforeAll(async () => {
  ground = await startGround()
})
afterAll(() => ground.close())

const sky = { role: 'user', content: 'Why is the sky blue?' }
const said = (content: string) => ({ role: 'assistant', content })
const outputs = [
  { id: 'a', text: 'Red.', model: 'alpha' },
  { id: 'b', text: 'Longer paths.', model: 'beta' },
]
const turns = [sky, said('Scattering.'), { role: 'user', content: 'And at dusk?' }]

async function battles(more: object = {}) {
  const dataset = await makeDataset(ground.parley)
  const votes = [ranked('b', 'a'), ranked('a', 'b'), ranked(['a', 'b']), bothBad]
  await ground.answered(dataset, votes, { fields: { prompt: turns }, outputs, ...more })
  return dataset
}

describe('happy: arena', () => {
  test('a vote is a row with its winner and both conversations; it is read back as it was', async () => {
    const { path } = await ground.export(await battles(), 'arena', 'arena.jsonl')
    const rows = readRows(path)
    expect(rows.map(({ winner }) => winner).sort()).toEqual([
      ...['both_bad', 'model_a', 'model_b', 'tie'],
    ])
    for (const row of rows) {
      expect(row).toMatchObject({
        ...{ model_a: 'alpha', model_b: 'beta', turn: 2 },
        conversation_a: [...turns, said('Red.')],
        conversation_b: [...turns, said('Longer paths.')],
      })
      expect(Object.keys(row)).toEqual([
        ...['id', 'model_a', 'model_b', 'winner', 'judge', 'conversation_a', 'conversation_b'],
        ...['turn', 'timestamp'],
      ])
    }
    const read = shapeReader(
      parseDocument('name: back\ntemplate: comparison\nfields: { prompt: { type: chat } }'),
    )
    for (const row of rows) {
      const shaped = read(row)
      const [only] = 'records' in shaped ? shaped.records : []
      expect(only?.record).toMatchObject({
        external_id: row['id'],
        fields: { prompt: turns },
        outputs: [
          { text: 'Red.', model: 'alpha' },
          { text: 'Longer paths.', model: 'beta' },
        ],
      })
      const { ranks, bothBad: isBad, labeler } = only?.said() ?? {}
      const back = isBad ? 'both_bad' : winnerIn(Object.values(ranks ?? {}))
      expect([back, labeler]).toEqual([row['winner'], row['judge']])
    }
  })

  test('outputs of unknown models, or more than two, are left out by reason', async () => {
    const nameless = outputs.map(({ model: _, ...output }) => output)
    const one = await ground.export(await battles({ outputs: nameless }), 'arena', 'none.jsonl')
    expect(one.counts).toMatchObject({ emitted: 0, dropped: { no_model: 4 } })
    const three = [...outputs, { id: 'c', text: 'Dust.', model: 'gamma' }]
    const two = await ground.export(await battles({ outputs: three }), 'arena', 'three.jsonl')
    expect(two.counts).toMatchObject({ emitted: 0, dropped: { not_two_outputs: 4 } })
  })
})

function winnerIn([a = 0, b = 0]: number[]): string {
  return a < b ? 'model_a' : a > b ? 'model_b' : 'tie'
}
