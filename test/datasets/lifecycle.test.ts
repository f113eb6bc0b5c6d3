/** A dataset's life: created, applied, published, paused, closed, cloned, deleted; by admins only. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { applyDataset } from '../../src/datasets/apply.ts'
import { cloneDataset } from '../../src/datasets/clone.ts'
import { createDataset } from '../../src/datasets/create.ts'
import { describeDataset, getDataset, listDatasets } from '../../src/datasets/dataset.ts'
import { deleteDataset } from '../../src/datasets/delete.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import {
  closeDataset,
  pauseDataset,
  publishDataset,
  reopenDataset,
} from '../../src/datasets/publish.ts'
import { importRecords } from '../../src/imports/import-records.ts'
import type { Actor } from '../../src/parley.ts'
import { startParley, type TestParley } from '../support/parley.ts'

const cleo: Actor = { type: 'admin', name: 'cleo' }
const ana: Actor = {
  type: 'labeler',
  labeler: {
    id: '1',
    consentVersion: 1,
    person: { platform: 'slack', workspace: 'T1', userId: 'UANA' },
  },
}
let parleys: TestParley
let made = 0

beforeAll(async () => {
  parleys = await startParley()
})
afterAll(() => parleys.close())

describe('happy', () => {
  test('a draft is published, paused, opened again, closed and reopened', async () => {
    const { parley } = parleys
    const dataset = await created('template: comparison\naccess: everyone')
    expect(await getDataset(parley, dataset)).toMatchObject({
      status: 'draft',
      schemaVersion: 1,
      guidelinesVersion: 1,
    })
    const published = await publishDataset(parley, cleo, { dataset })
    expect(published.dataset.status).toBe('ready')
    expect(published.warnings).toEqual([
      `"${dataset}" has no records yet. Add some with parley import.`,
    ])
    expect((await pauseDataset(parley, cleo, { dataset })).status).toBe('paused')
    expect((await publishDataset(parley, cleo, { dataset })).dataset.status).toBe('ready')
    expect((await closeDataset(parley, cleo, { dataset })).status).toBe('closed')
    expect((await reopenDataset(parley, cleo, { dataset })).dataset.status).toBe('ready')
    expect(await actsOf(dataset)).toEqual([
      'create dataset',
      'publish dataset',
      'pause dataset',
      'publish dataset',
      'close dataset',
      'reopen dataset',
    ])
  })

  test('the list and the description count what a dataset holds', async () => {
    const dataset = await created('template: comparison')
    await imported(dataset, [{ prompt: 'p', outputs: ['a', 'b'] }, { prompt: 'q' }])
    const { counts } = await describeDataset(parleys.parley, dataset)
    expect(counts).toMatchObject({ records: 2, needsOutputs: 1, completed: 0 })
    const listed = await listDatasets(parleys.parley)
    expect(listed.find((one) => one.dataset.name === dataset)?.counts.records).toBe(2)
  })

  test('after publishing, wording, order and optional questions may change', async () => {
    const { parley } = parleys
    const dataset = await created('template: evaluation\naccess: everyone\nguidelines: Be fair')
    await publishDataset(parley, cleo, { dataset })
    const applied = await applyDataset(parley, cleo, {
      document: parseDocument(`
name: ${dataset}
template: evaluation
access: everyone
guidelines: Be fair and kind
distribution: { min_submitted: 5 }
questions:
  why: { type: text, required: false }
  quality: { title: Is it any good? }
`),
    })
    expect(applied).toMatchObject({
      changed: true,
      minSubmittedChanged: 5,
      dataset: { schemaVersion: 2, guidelinesVersion: 2 },
    })
    const versions = await parley.db
      .selectFrom('datasetVersions')
      .select(['schemaVersion', 'document'])
      .where('datasetId', '=', applied.dataset.id)
      .orderBy('schemaVersion')
      .execute()
    expect(versions.map((one) => one.document.questions.length)).toEqual([2, 3])
    const texts = await parley.db
      .selectFrom('guidelines')
      .select('text')
      .where('datasetId', '=', applied.dataset.id)
      .orderBy('version')
      .execute()
    expect(texts.map((one) => one.text)).toEqual(['Be fair', 'Be fair and kind'])
  })

  test('a draft whose questions become a ranking makes its records wait for outputs', async () => {
    const { parley } = parleys
    const dataset = await created('template: completion')
    await imported(dataset, [
      { id: 'a', prompt: 'p' },
      { id: 'b', prompt: 'q', outputs: ['x', 'y'] },
    ])
    await applyDataset(parley, cleo, {
      document: parseDocument(`name: ${dataset}\ntemplate: comparison`),
    })
    expect((await describeDataset(parley, dataset)).counts.needsOutputs).toBe(1)
    await applyDataset(parley, cleo, {
      document: parseDocument(`name: ${dataset}\ntemplate: completion`),
    })
    expect((await describeDataset(parley, dataset)).counts.needsOutputs).toBe(0)
    expect((await getDataset(parley, dataset)).schemaVersion).toBe(1)
  })

  test('a clone is a draft with the same document and no records', async () => {
    const dataset = await created('template: thumbs\naccess: everyone')
    await imported(dataset, [{ prompt: 'p', output: 'a' }])
    const clone = await cloneDataset(parleys.parley, cleo, { dataset, name: `${dataset}-2` })
    const source = await getDataset(parleys.parley, dataset)
    expect(clone).toMatchObject({ status: 'draft' })
    expect(clone.document).toEqual({ ...source.document, name: `${dataset}-2` })
    expect((await describeDataset(parleys.parley, clone.name)).counts.records).toBe(0)
  })

  test('a deleted dataset leaves nothing but its lines in the audit', async () => {
    const { parley } = parleys
    const dataset = await created('template: comparison')
    const { id } = await getDataset(parley, dataset)
    await imported(dataset, [{ prompt: 'p', outputs: ['a', 'b'] }])
    await deleteDataset(parley, cleo, { dataset })
    for (const table of [
      'records',
      'places',
      'tallies',
      'datasetVersions',
      'guidelines',
    ] as const) {
      const left = await parley.db
        .selectFrom(table)
        .selectAll()
        .where('datasetId', '=', id)
        .execute()
      expect(left).toEqual([])
    }
    expect(await actsOf(dataset)).toContain('delete dataset')
  })
})

describe('refused', () => {
  test('publishing without access says how to give it', async () => {
    const dataset = await created('template: comparison')
    await expect(publishDataset(parleys.parley, cleo, { dataset })).rejects.toMatchObject({
      code: 'invalid',
      problems: { access: expect.stringContaining('access: everyone') },
    })
  })

  test('a channel cannot be found by its name where Slack is not connected', async () => {
    const dataset = await created('template: comparison\naccess: { slack: ["#ml"] }')
    await expect(publishDataset(parleys.parley, cleo, { dataset })).rejects.toThrow(
      /#ml cannot be looked up, because Slack is not connected here/,
    )
  })

  test('what a platform cannot draw is the admin’s to know, before anybody labels', async () => {
    const dataset = await created('template: comparison\naccess: { slack: [U1] }')
    const asked: string[] = []
    const unsupported = (platform: string) => {
      asked.push(platform)
      return 'Slack shows at most 100 labels.'
    }
    await expect(
      publishDataset(parleys.parley, cleo, { dataset, unsupported }),
    ).rejects.toMatchObject({ problems: { slack: 'Slack shows at most 100 labels.' } })
    expect(asked).toEqual(['slack'])
    expect((await getDataset(parleys.parley, dataset)).status).toBe('draft')
  })

  test('once published, neither its access nor what a platform can draw goes away by apply', async () => {
    const dataset = await created('template: comparison\naccess: { slack: [U1] }')
    const slack = parleys.parley.platforms.get('slack')
    if (!slack) throw new Error('There is no Slack.')
    const platforms = new Map(parleys.parley.platforms)
    const parley = { ...parleys.parley, platforms }
    await publishDataset(parley, cleo, { dataset })
    const text = (more: string) => parseDocument(`name: ${dataset}\ntemplate: comparison\n${more}`)
    await expect(applyDataset(parley, cleo, { document: text('') })).rejects.toMatchObject({
      problems: { access: expect.stringContaining('Nobody may label yet.') },
    })
    platforms.set('slack', { ...slack, unsupported: () => 'Slack shows at most 100 labels.' })
    const document = text('title: Which?\naccess: { slack: [U1] }')
    await expect(applyDataset(parley, cleo, { document })).rejects.toMatchObject({
      problems: { slack: 'Slack shows at most 100 labels.' },
    })
  })

  const published = `
template: labels
access: everyone
fields: { prompt: {}, context: { required: false } }
questions:
  label: { options: [safe, unsafe] }
  score: { type: rating, options: 1-5, required: false }
`
  test.each([
    ['another type', 'label: { type: multi_label, options: [safe, unsafe] }', /type cannot change/],
    ['another option', 'label: { options: [safe, unsafe, other] }', /options and rules/],
    [
      'one option less',
      'score: { type: rating, options: 1-4, required: false }',
      /options and rules/,
    ],
    ['a question that becomes required', 'score: { type: rating, options: 1-5 }', /stay so/],
    ['a new required question', 'more: { type: text }', /must be optional/],
    [
      'about each output instead',
      'score: { type: rating, of: outputs, required: false }',
      /is about/,
    ],
  ])('after publishing: %s', async (_, changed, said) => {
    const { parley } = parleys
    const dataset = await created(published)
    await publishDataset(parley, cleo, { dataset })
    const name = changed.split(':')[0]
    const lines = published.split('\n').filter((line) => !line.startsWith(`  ${name}:`))
    const document = parseDocument(`name: ${dataset}\n${lines.join('\n')}  ${changed}\n`)
    await expect(applyDataset(parley, cleo, { document })).rejects.toMatchObject({
      code: 'invalid',
      problems: { [`questions.${name}`]: expect.stringMatching(said) },
    })
  })

  test('after publishing a field and a question cannot be taken away', async () => {
    const { parley } = parleys
    const dataset = await created(published)
    await publishDataset(parley, cleo, { dataset })
    const document = parseDocument(
      `name: ${dataset}\ntemplate: labels\nquestions: { label: { options: [unsafe, safe] } }`,
    )
    await expect(applyDataset(parley, cleo, { document })).rejects.toMatchObject({
      problems: {
        'fields.context': expect.stringContaining('Put this one back'),
        'questions.score': expect.stringContaining('Put it back'),
      },
    })
  })

  test('a mistyped name is answered with the nearest one', async () => {
    await parleys.parley.db.deleteFrom('datasets').where('name', '=', 'helpfulness').execute()
    await createDataset(parleys.parley, cleo, {
      document: parseDocument('name: helpfulness\ntemplate: comparison'),
    })
    await expect(getDataset(parleys.parley, 'helpfullness')).rejects.toMatchObject({
      code: 'not_found',
      message: 'There is no dataset "helpfullness". Did you mean "helpfulness"?',
    })
  })

  test('a draft cannot be paused, a closed one not published', async () => {
    const { parley } = parleys
    const dataset = await created('template: comparison\naccess: everyone')
    await expect(pauseDataset(parley, cleo, { dataset })).rejects.toThrow(/is a draft/)
    await publishDataset(parley, cleo, { dataset })
    await closeDataset(parley, cleo, { dataset })
    await expect(publishDataset(parley, cleo, { dataset })).rejects.toThrow(/reopen/)
    await expect(pauseDataset(parley, cleo, { dataset })).rejects.toThrow(/is closed/)
  })

  test('a dataset that holds answers is deleted only when told twice', async () => {
    const { parley, clock } = parleys
    const dataset = await created('template: completion')
    const { id } = await getDataset(parley, dataset)
    await parley.db
      .insertInto('responses')
      .values({
        datasetId: id,
        assignmentId: '1',
        recordId: '1',
        labelerId: '1',
        status: 'submitted',
        reason: null,
        values: '{}',
        platform: 'slack',
        seconds: null,
        submittedAt: clock.now(),
        schemaVersion: 1,
        guidelinesVersion: 1,
        draft: null,
      })
      .execute()
    await expect(deleteDataset(parley, cleo, { dataset })).rejects.toThrow(/holds 1 answer, which/)
    expect(await deleteDataset(parley, cleo, { dataset, force: true })).toMatchObject({
      answers: 1,
    })
  })
})

describe('forbidden', () => {
  test('a labeler can do none of it', async () => {
    const { parley } = parleys
    const dataset = await created('template: comparison\naccess: everyone')
    const document = parseDocument(`name: ${dataset}\ntemplate: comparison`)
    const tries = [
      createDataset(parley, ana, { document }),
      applyDataset(parley, ana, { document }),
      publishDataset(parley, ana, { dataset }),
      pauseDataset(parley, ana, { dataset }),
      closeDataset(parley, ana, { dataset }),
      reopenDataset(parley, ana, { dataset }),
      cloneDataset(parley, ana, { dataset, name: 'x' }),
      deleteDataset(parley, ana, { dataset }),
    ]
    for (const one of await Promise.allSettled(tries))
      expect(one).toMatchObject({ status: 'rejected', reason: { code: 'forbidden' } })
  })
})

describe('twice', () => {
  test('creating again is refused, publishing and applying again change nothing', async () => {
    const { parley } = parleys
    const dataset = await created('template: comparison\naccess: everyone')
    const { document } = await getDataset(parley, dataset)
    await expect(createDataset(parley, cleo, { document })).rejects.toMatchObject({
      code: 'conflict',
    })
    await publishDataset(parley, cleo, { dataset })
    await publishDataset(parley, cleo, { dataset })
    expect(await applyDataset(parley, cleo, { document })).toMatchObject({ changed: false })
    expect(await actsOf(dataset)).toEqual(['create dataset', 'publish dataset'])
  })
})

async function created(yaml: string): Promise<string> {
  made++
  const document = parseDocument(`name: dataset-${made}\n${yaml}\n`)
  return (await createDataset(parleys.parley, cleo, { document })).name
}

function imported(dataset: string, lines: readonly object[]) {
  const source = [Buffer.from(lines.map((line) => JSON.stringify(line)).join('\n'))]
  return importRecords(parleys.parley, cleo, { dataset, source })
}

async function actsOf(dataset: string): Promise<string[]> {
  const rows = await parleys.parley.db
    .selectFrom('audit')
    .select('act')
    .where('dataset', '=', dataset)
    .orderBy('id')
    .execute()
  return rows.map((row) => row.act)
}
