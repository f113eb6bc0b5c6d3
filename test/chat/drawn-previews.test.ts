/** A document that is being written, as each platform would draw its card and its form. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { drawPreview as drawOnDiscord } from '../../adapters/discord/draw/task/preview.ts'
import { drawPreview as drawOnSlack } from '../../adapters/slack/draw/task/preview.ts'
import { drawPreviews } from '../../src/chat/gestures/preview.ts'
import { createDataset } from '../../src/datasets/create.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { templateDocument } from '../../src/datasets/templates/document.ts'
import { templateNames } from '../../src/datasets/templates/names.ts'
import type { Outbox } from '../../src/outbox.ts'
import type { Actor } from '../../src/parley.ts'
import { RecordLine } from '../../src/records/record-line.ts'
import { upsertRecords } from '../../src/records/upsert.ts'
import { startParley, type TestParley } from '../support/parley.ts'

const admin: Actor = { type: 'admin', name: 'cleo' }
let at: TestParley
beforeAll(async () => {
  at = await startParley()
  const { platforms } = at.parley
  const draw = (name: 'slack' | 'discord', drawPreview: unknown) => {
    const outbox = platforms.get(name)
    if (outbox) platforms.set(name, { ...outbox, drawPreview } as Outbox)
  }
  draw('slack', drawOnSlack)
  draw('discord', drawOnDiscord)
})
afterAll(() => at.close())

describe('happy: previews', () => {
  test.each(templateNames)('%s is drawn on both platforms before it has a record', async (name) => {
    const document = parseDocument(templateDocument(name))
    const previews = await drawPreviews(at.parley, admin, {
      ...{ document, dataset: null, locale: undefined },
    })
    expect(previews.map(({ label, problem }) => [label, problem])).toEqual([
      ['Slack', null],
      ['Discord', null],
    ])
    for (const { drawn } of previews)
      expect(JSON.stringify(drawn?.message)).toContain(document.title)
    expect(previews.every(({ drawn }) => drawn?.form !== null)).toBe(true)
  })

  test('the first record is shown where there is one, with the questions as they are being written', async () => {
    const dataset = await createDataset(at.parley, admin, {
      document: parseDocument('name: own\ntemplate: comparison'),
    })
    await upsertRecords(at.parley, dataset, [
      RecordLine.parse({
        ...{ format: 1, external_id: 'r1', fields: { prompt: 'Why blue?' } },
        outputs: ['Rayleigh', 'Paint'].map((text, place) => ({ id: `${place}`, text })),
      }),
    ])
    const document = parseDocument(
      'name: own\ntemplate: comparison\ntitle: Welche?\nquestions: { preference: { title: Reihe sie } }',
    )
    const [slack] = await drawPreviews(at.parley, admin, { document, dataset, locale: 'de' })
    const drawn = JSON.stringify(slack?.drawn)
    for (const text of ['Why blue?', 'Rayleigh', 'Welche?', 'Reihe sie', 'Text A', 'Überspringen'])
      expect(drawn).toContain(text)
  })
})

describe('refused: previews', () => {
  test('what a platform cannot draw is said in its place', async () => {
    const document = parseDocument(
      'name: own\nfields: { prompt: {} }\nquestions: { mark: { type: span, field: prompt, options: [a, b] } }',
    )
    const { platforms } = at.parley
    const slack = platforms.get('slack')
    if (slack) platforms.set('slack', { ...slack, unsupported: () => 'Not here.' })
    const previews = await drawPreviews(at.parley, admin, {
      document,
      dataset: null,
      locale: undefined,
    })
    expect(previews[0]).toMatchObject({ drawn: null, problem: 'Not here.' })
  })
})
