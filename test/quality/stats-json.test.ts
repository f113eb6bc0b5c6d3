/** What programs read: every key of the JSON stands in its page, and nothing there is made up. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { datasetStats } from '../../src/quality/dataset/stats.ts'
import {
  addAnswer,
  addRecord,
  cleo,
  makeDataset,
  makeLabelers,
  ranked,
  ranking,
} from '../exports/ground.ts'
import { startParley, type TestParley } from '../support/parley.ts'

let at: TestParley
beforeAll(async () => {
  at = await startParley()
})
afterAll(async () => {
  await at.close()
})

const questions = [
  { ...ranking, required: false },
  { type: 'rating', name: 'helpful', title: 'How helpful?', of: 'outputs', required: false },
  { type: 'label', name: 'safe', title: 'Is it safe?', options: ['yes', 'no'] },
]
const outputs = ['a', 'b', 'c'].map((id) => ({ id, text: `Answer ${id}.`, model: `model ${id}` }))

/** Every key on the way to a value; lists are looked into, and names chosen by data are left out. */
function keysOf(value: unknown, found = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const one of value) keysOf(one, found)
  else if (typeof value === 'object' && value !== null)
    for (const [key, one] of Object.entries(value)) {
      found.add(key)
      if (key !== 'left_out') keysOf(one, found)
      else if (typeof one === 'object')
        for (const reason of Object.keys(one ?? {})) found.add(reason)
    }
  return found
}

test('happy: the page names every key there is, and there is every key it names', async () => {
  const dataset = await makeDataset(at.parley, { questions, distribution: { min_submitted: 3 } })
  const labelers = await makeLabelers(at.parley, 3)
  for (let n = 0; n < 42; n += 1) {
    const isGold = n > 39
    const values = ranked('a', ['b', 'c'])
    const record = await addRecord(at.parley, dataset, {
      metadata: { lang: 'en' },
      external_id: `r${n}`,
      outputs,
      suggestions: { safe: { value: 'yes' } },
      ...(isGold ? { gold: { ...values, safe: 'yes' } } : {}),
    })
    for (const [who, labeler] of labelers.entries()) {
      const order = (n + who) % 3 === 0 ? ranked('b', 'a', 'c') : values
      await addAnswer(at.parley, dataset, record, {
        labeler,
        suggested: (n + who) % 3 === 0 ? 'held_out' : 'before',
        values: {
          ...order,
          helpful: { a: 4, b: 1 + ((n * who) % 4), c: 2 },
          safe: (n * 7 + who) % 5 === 0 ? 'no' : 'yes',
        },
      })
    }
    const [ana = '', ben = ''] = labelers
    const again = { labeler: ana, values, repeat: 1, counted: false }
    if (n < 5) await addAnswer(at.parley, dataset, record, again)
    if (n === 9)
      await addAnswer(at.parley, dataset, record, {
        ...again,
        labeler: ben,
        flags: ['same_person'],
      })
  }
  const others = [
    { status: 'draft' },
    { status: 'discarded', reason: 'unclear', values: {} },
    { flags: ['excluded'], counted: false },
    { flags: ['not_blind'] },
    { counted: false },
  ] as const
  for (const [n, other] of others.entries()) {
    const record = await addRecord(at.parley, dataset, { external_id: `x${n}`, outputs })
    await addAnswer(at.parley, dataset, record, {
      labeler: labelers[0] ?? '',
      values: { safe: 'yes' },
      ...other,
      flags: 'flags' in other ? [...other.flags] : [],
    })
  }
  const one = { dataset: dataset.name, resamples: 20 }
  const empty = await makeDataset(at.parley, { questions })
  const few = await makeDataset(at.parley, { questions: [ranking] })
  const only = await addRecord(at.parley, few, { outputs })
  for (const labeler of labelers)
    await addAnswer(at.parley, few, only, { labeler, values: ranked('a', 'b', 'c') })
  const found = keysOf([
    await datasetStats(at.parley, cleo, { dataset: few.name, resamples: 20 }),
    await datasetStats(at.parley, cleo, { ...one, by: ['lang'], measures: true }),
    await datasetStats(at.parley, cleo, { ...one, strength: 'Plackett-Luce' }),
    await datasetStats(at.parley, cleo, { dataset: empty.name }),
  ])
  const page = readFileSync(new URL('../../docs/statistics.md', import.meta.url), 'utf8')
  const tables = page.slice(page.indexOf('## The JSON'), page.indexOf('## Where the numbers'))
  const named = new Set(
    [...tables.matchAll(/`([a-z_]+)`/g)]
      .map(([, key]) => key ?? '')
      .filter((key) => key !== 'record' && key !== 'outputs'),
  )
  expect([...found].filter((key) => !named.has(key))).toEqual([])
  expect([...named].filter((key) => !found.has(key))).toEqual([])
})
