/** Which dataset takes which feedback, and what a document may say of it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDataset } from '../../src/datasets/create.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { closeDataset, pauseDataset } from '../../src/datasets/publish.ts'
import { datasetFor, datasetForReaction, datasetsForMessage } from '../../src/feedback/datasets.ts'
import type { Actor } from '../../src/parley.ts'
import { open } from '../feeds/ground.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { admin, openFeedback } from './ground.ts'

let world: TestParley
beforeAll(async () => {
  world = await startParley()
  await world.parley.db.insertInto('homes').values({ platform: 'slack', workspace: 'T1' }).execute()
})
afterAll(() => world.close())

const refusal = (text: string) => {
  try {
    parseDocument(text)
    return ''
  } catch (error) {
    return String(error)
  }
}

describe('happy: a document', () => {
  test('of three lines asks for a verdict on whole conversations, and why', () => {
    const { template, fields, questions } = parseDocument(
      'name: a\ntemplate: thumbs\nfeedback: { from: [support-bot] }',
    )
    expect(template).toBe('thumbs')
    expect(fields).toMatchObject([{ name: 'prompt', type: 'chat', required: false }])
    expect(questions).toMatchObject([
      { name: 'thumbs', type: 'label', of: 'record', desirable: ['up'] },
      { name: 'reason', type: 'text', required: false },
    ])
  })

  test('without a template is thumbs, and thumbs without feedback are as ever', () => {
    expect(parseDocument('name: a\nfeedback: {}').template).toBe('thumbs')
    expect(parseDocument('name: a\ntemplate: thumbs').questions).toMatchObject([{ of: 'outputs' }])
  })
})

describe('refused: a document', () => {
  test.each([
    [
      'name: a\ntemplate: completion\nfeedback: {}',
      'has no question to answer. Name the template thumbs',
    ],
    [
      'name: a\ntemplate: thumbs\nfeedback: { from: ["slack:T1"] }',
      'reads like a place on a platform',
    ],
    [
      'name: a\nfeedback: { reactions: { discord: { channels: ["1"], apps: ["2"] } } }',
      'asks for reactions, which Discord does not tell. Leave it out; reactions are taken on Slack.',
    ],
    [
      'name: a\nfeedback: { reactions: { slack: { channels: ["#help"], apps: [bot] } } }',
      '"#help" is no channel’s id.',
    ],
    ['name: a\nfeedback: { form: [x] }', 'Known keys: from, messages, reactions.'],
    [
      'name: a\ntemplate: thumbs\nquestions: { more: { type: text } }\nfeedback: {}',
      '"more" is required, and a thumb does not answer it.',
    ],
    ['name: a\ntemplate: thumbs\nfields: { team: {} }\nfeedback: {}', 'and a message has none'],
  ])('%j', (text, problem) => expect(refusal(text)).toContain(problem))
})

describe('happy: the dataset', () => {
  test('of a program is the only one that names it, or the one that is asked for', async () => {
    const { parley } = world
    await openFeedback(parley, 'first')
    const source = 'support-bot'
    expect(await datasetFor(parley, admin, { source })).toMatchObject({ name: 'first' })
    await openFeedback(parley, 'second', 'access: everyone')
    await expect(datasetFor(parley, admin, { source })).rejects.toThrow(
      '"first" and "second" take feedback from "support-bot". Name one',
    )
    expect(await datasetFor(parley, admin, { source, dataset: 'second' })).toMatchObject({
      name: 'second',
    })
    await closeDataset(parley, admin, { dataset: 'second' })
    expect(await datasetFor(parley, admin, { source })).toMatchObject({ name: 'first' })
    await expect(datasetFor(parley, admin, { source: 'other' })).rejects.toThrow('No open dataset')
    await expect(datasetFor(parley, admin, { source: 'other', dataset: 'first' })).rejects.toThrow(
      '"first" takes no feedback from "other"',
    )
  })

  test('of another tenant does not exist', async () => {
    const { parley } = world
    const text = 'name: theirs\nfeedback: { from: [t2-bot] }\naccess: { slack: ["T2:U1"] }'
    await createDataset(parley, admin, { document: parseDocument(text) })
    const of = { platform: 'slack', workspace: 'T1', userId: 'UADA' } as const
    const ada: Actor = { type: 'admin', name: 'slack:T1:UADA', of }
    const source = 't2-bot'
    await expect(datasetFor(parley, ada, { source })).rejects.toThrow('No open dataset')
    await expect(datasetFor(parley, ada, { source, dataset: 'theirs' })).rejects.toThrow(
      'There is no dataset "theirs"',
    )
    expect(await datasetFor(parley, admin, { source })).toMatchObject({ name: 'theirs' })
  })

  test('that a person may send messages to is published and lets them in', async () => {
    const { parley } = world
    await open(parley, 'name: send\nfeedback: {}')
    const eve = { platform: 'slack', workspace: 'T1', userId: 'UANA1' } as const
    const names = async () => (await datasetsForMessage(parley, eve)).map(({ name }) => name)
    expect(await names()).toContain('send')
    expect(await datasetsForMessage(parley, { ...eve, workspace: 'T2' })).toEqual([])
    await pauseDataset(parley, admin, { dataset: 'send' })
    expect(await names()).not.toContain('send')
  })

  test('that takes reactions names the app and the channel, in a workspace of its own', async () => {
    const { parley } = world
    const reactions = '{ slack: { channels: [C0HELP01, "T2:C0OTHER1"], apps: [U0BOT] } }'
    await open(parley, `name: react\nfeedback: { reactions: ${reactions} }`)
    const on = {
      platform: 'slack',
      workspace: 'T1',
      channelId: 'C0HELP01',
      author: 'U0BOT',
    } as const
    expect(await datasetForReaction(parley, on)).toMatchObject({ name: 'react' })
    for (const other of [
      { author: 'UANA' },
      { channelId: 'C0ELSE01' },
      { workspace: 'T3' },
      // Named, but no tenant of this dataset.
      { workspace: 'T2', channelId: 'C0OTHER1' },
    ])
      expect(await datasetForReaction(parley, { ...on, ...other })).toBeNull()
  })
})
