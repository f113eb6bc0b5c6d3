/** What a document may say of feeds, and what publishing finds out about where they lead. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { applyDataset } from '../../src/datasets/apply.ts'
import { createDataset } from '../../src/datasets/create.ts'
import { feedMap } from '../../src/datasets/feeds/map.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { closeDataset, publishDataset } from '../../src/datasets/publish.ts'
import { ParleyError } from '../../src/errors.ts'
import { startParley, type TestParley } from '../support/parley.ts'

const admin = { type: 'admin', name: 'cleo' } as const
let world: TestParley
beforeAll(async () => {
  world = await startParley()
})
afterAll(() => world.close())

const review = (name: string, more = '') =>
  `name: ${name}\ntemplate: prompt-review\naccess: everyone\n${more}`

function problemsOf(text: string): string {
  try {
    parseDocument(text)
    return ''
  } catch (error) {
    if (!(error instanceof ParleyError)) throw error
    return Object.entries(error.problems)
      .map((one) => one.join(': '))
      .join('\n')
  }
}

async function create(text: string) {
  return createDataset(world.parley, admin, { document: parseDocument(text) })
}
const publish = (dataset: string) => publishDataset(world.parley, admin, { dataset })

const inBraces = ['$', '{prompt}'].join('')

describe('happy: publishing', () => {
  test('a dataset without records says who feeds it', async () => {
    await create(review('fed'))
    expect((await publish('fed')).warnings).toEqual([
      '"fed" has no records yet. Add some with parley import.',
    ])
    await create(review('first', 'feeds: [{ to: fed }]'))
    await create(review('second', 'feeds: [{ to: fed }]'))
    expect((await publish('fed')).warnings).toEqual([
      '"fed" has no records yet. They come from first, second, as answers are accepted there.',
    ])
  })
})

describe('happy: what goes where', () => {
  const map = (source: string, target: string, feed: object = {}) =>
    feedMap(parseDocument(source), { to: 'there', ...feed }, parseDocument(target))

  test('the same names, without a word', () => {
    expect(map('name: a\ntemplate: prompt-writing\ntarget: 3', review('there'))).toEqual({
      fields: { prompt: [inBraces] },
      outputs: null,
      isByAnswer: true,
    })
    expect(map(review('a'), 'name: there\ntemplate: completion')).toEqual({
      fields: { prompt: [inBraces] },
      outputs: null,
      isByAnswer: false,
    })
    expect(map('name: a\ntemplate: completion', 'name: there\ntemplate: comparison')).toEqual({
      fields: { prompt: [inBraces] },
      outputs: 'completion',
      isByAnswer: false,
    })
  })

  test('a list takes the first that has a text, and stays one record', () => {
    const both = { map: { prompt: ['$rewrite', '$prompt'] } }
    expect(map(review('a'), 'name: there\ntemplate: completion', both)).toMatchObject({
      fields: { prompt: ['$rewrite', '$prompt'] },
      isByAnswer: false,
    })
  })
})

describe('refused: a document', () => {
  test.each([
    ['feeds: [{ to: a }]', /feeds\.0\.to: feeds itself\. Name another dataset\./],
    ['feeds: [{ to: b }, { to: b }]', /feeds\.1\.to: "b" is there twice/],
    ['feeds: [{ too: b }]', /"too" is not a known key\. Did you mean "to"\?/],
    [
      'feeds: [{ to: b, when: clarity >= 4 }]',
      /"clarity" at character 1 is a question, which many answer\. Ask for mean\(clarity\)/,
    ],
    ['feeds: [{ to: b, when: "mean(clarty) >= 4" }]', /Did you mean "clarity"/],
    ['feeds: [{ to: b, when: "mean(clarity >= 4" }]', /feeds\.0\.when: .*character/],
    [
      'feeds: [{ to: b, map: { prompt: $promt } }]',
      /"\$promt" is not a field or a text question of this dataset\..*Did you mean "prompt"\?/,
    ],
    ['feeds: [{ to: b, map: { outputs: $clarity } }]', /"\$clarity" is not a text question/],
    ['feeds: [{ to: b, map: { outputs: "$comment!" } }]', /is not one question/],
    ['feeds: []', /feeds: is too short/],
  ])('%s', (feeds, said) => {
    expect(problemsOf(review('a', feeds))).toMatch(said)
  })
})

describe('refused: publishing', () => {
  test('a feed to nowhere, to what is closed, and to what cannot take it', async () => {
    await create(review('nowhere', 'feeds: [{ to: there-is-none }]'))
    await expect(publish('nowhere')).rejects.toThrow(
      /feeds\.0\.to: There is no dataset "there-is-none"\. Create it first/,
    )
    await create(review('shut'))
    await publish('shut')
    await closeDataset(world.parley, admin, { dataset: 'shut' })
    await create(review('to-shut', 'feeds: [{ to: shut }]'))
    await expect(publish('to-shut')).rejects.toThrow(/"shut" is closed/)
    await create('name: more\ntemplate: completion\naccess: everyone\nfields: { context: {} }')
    await create(
      review('to-more', 'feeds: [{ to: more, map: { promt: $prompt, outputs: $rewrite } }]'),
    )
    await expect(publish('to-more')).rejects.toThrow(
      /"promt" is no field of "more"\. Did you mean "prompt"\?/,
    )
    await expect(publish('to-more')).rejects.toThrow(/"more" asks about no outputs/)
    await expect(publish('to-more')).rejects.toThrow(
      /"more" requires the field "context", and nothing here is called that\. Write map: { context: \$NAME }/,
    )
    await create('name: asks\ntemplate: prompt-writing\ntarget: 3\naccess: everyone')
    await create(review('to-asks', 'feeds: [{ to: asks }]'))
    await expect(publish('to-asks')).rejects.toThrow(
      /People write the prompts of "asks" themselves/,
    )
  })

  test('feeds in a circle, however long, at publishing and by apply', async () => {
    await create(review('c'))
    await create(review('b', 'feeds: [{ to: c }]'))
    await create(review('d', 'feeds: [{ to: b }]'))
    for (const name of ['c', 'b', 'd']) await publish(name)
    const back = parseDocument(review('c', 'feeds: [{ to: d }]'))
    await expect(applyDataset(world.parley, admin, { document: back })).rejects.toThrow(
      /Feeds go in a circle: c → d → b → c\. Leave one out\./,
    )
    await create(review('e', 'feeds: [{ to: d }]'))
    await publish('e')
  })
})
