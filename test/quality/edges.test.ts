/** Statistics where there is little to tell, or where answers came by other ways than from the queue. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createPosts, findPost, openBallot } from '../../src/assignments/post.ts'
import { reportStats, sayReport } from '../../src/chat/words/stats-lines.ts'
import { drawStats } from '../../src/cli/stats.ts'
import type { Dataset } from '../../src/datasets/document.ts'
import { ballotReader } from '../../src/imports/answers/ballots.ts'
import { importForeign } from '../../src/imports/answers/import-foreign.ts'
import { forgetLabeler } from '../../src/labelers/forget.ts'
import { datasetStats } from '../../src/quality/dataset/stats.ts'
import { submitResponse } from '../../src/responses/submit.ts'
import { makeLabeler, makeDataset as makeQueue } from '../assignments/ground.ts'
import {
  addAnswer,
  addRecord,
  answer,
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

const read = (dataset: Dataset, resamples = 20) =>
  datasetStats(at.parley, cleo, { dataset: dataset.name, resamples })
const said = async (dataset: Dataset) => {
  const stats = await read(dataset)
  return [drawStats(stats), sayReport(reportStats(stats))].join('\n')
}
const outputs = ['a', 'b', 'c'].map((id) => ({ id, text: `Answer ${id}.`, model: `model ${id}` }))

describe('refused: numbers that cannot be told are told to be missing', () => {
  test('an empty dataset', async () => {
    const dataset = await makeDataset(at.parley, { questions: [ranking] })
    const stats = await read(dataset)
    expect(stats.counts).toEqual({ records: 0, answers: 0, labelers: 0 })
    expect(stats.labelers).toEqual([])
    expect(await said(dataset)).not.toMatch(/NaN|undefined|null|Infinity/)
  })

  test('one labeler alone: no agreement and no majority of others, but strength and habits', async () => {
    const dataset = await makeDataset(at.parley, { questions: [ranking] })
    const [ana = ''] = await makeLabelers(at.parley, 1)
    for (let n = 0; n < 40; n += 1) {
      const record = await addRecord(at.parley, dataset, { external_id: `r${n}`, outputs })
      const values = n % 3 === 0 ? ranked('b', 'c', 'a') : ranked('a', 'b', 'c')
      await addAnswer(at.parley, dataset, record, { labeler: ana, values })
    }
    const { questions, labelers } = await read(dataset)
    const [preference] = questions
    expect(preference?.agreement).toMatchObject({
      value: null,
      reason: expect.stringContaining('0 of the 30 records'),
    })
    expect(preference?.raw_agreement.value).toBeNull()
    expect(preference?.strength?.value).toHaveLength(3)
    expect(labelers[0]?.questions[0]?.leave_one_out.value).toBeNull()
    expect(labelers[0]?.questions[0]?.position?.value).not.toBeNull()
    expect(await said(dataset)).not.toMatch(/NaN|undefined|null|Infinity/)
  })

  test('two labelers who share no record', async () => {
    const dataset = await makeDataset(at.parley, { questions: [ranking] })
    const labelers = await makeLabelers(at.parley, 2)
    for (let n = 0; n < 60; n += 1) {
      const record = await addRecord(at.parley, dataset, { external_id: `r${n}`, outputs })
      const labeler = labelers[n % 2] ?? ''
      await addAnswer(at.parley, dataset, record, { labeler, values: ranked('a', 'b', 'c') })
    }
    const text = await said(dataset)
    expect(text).toContain('Not enough overlap: 0 of the 30 records')
    expect(text).toContain('Some model never lost or never won')
  })

  test('a dataset that asks for texts alone has labelers and their pace, and nothing to compare', async () => {
    const dataset = await makeDataset(at.parley, { questions: [answer] })
    const [ana = ''] = await makeLabelers(at.parley, 1)
    const record = await addRecord(at.parley, dataset)
    await addAnswer(at.parley, dataset, record, {
      labeler: ana,
      values: { answer: 'Because.' },
      seconds: 30,
    })
    const stats = await read(dataset)
    expect(stats.questions).toEqual([])
    expect(stats.labelers[0]).toMatchObject({ answers: 1, questions: [] })
    const text = await said(dataset)
    expect(text).toContain('which are not compared')
    expect(text).toMatch(new RegExp(`${stats.labelers[0]?.labeler} +1 +30`))
  })
})

describe('happy: answers that came by other ways', () => {
  test('all ballots of a post count, though the record wanted fewer, in the order each was shown', async () => {
    const dataset = await makeQueue(at.parley, {
      ...{ name: 'posted', questions: [ranking], outputs: 3, records: 2, wanted: 1 },
    })
    const channel = { platform: 'slack', workspace: 'T1', channelId: 'C1' } as const
    const [post] = await createPosts(at.parley, cleo, { dataset: 'posted', to: channel })
    const found = await findPost(at.parley, post?.id ?? '')
    if (!found) throw new Error('Nothing was posted.')
    for (let n = 0; n < 5; n += 1) {
      const labeler = await makeLabeler(at.parley, `UVOTER${n}`)
      const { assignmentId, shownOrder } = await openBallot(at.parley, labeler, found)
      await submitResponse(at.parley, labeler, {
        ...{ assignmentId, schemaVersion: 1, platform: 'slack' },
        values: ranked(...shownOrder),
      })
    }
    const { counts, left_out, questions } = await read(dataset)
    expect(counts).toEqual({ records: 1, answers: 5, labelers: 5 })
    expect(left_out).toEqual({})
    // Everybody took what stood first.
    expect(questions[0]?.position).toMatchObject({ value: 1, of: 5 })
  })

  test('ballots from elsewhere count; of position they tell only what came with them', async () => {
    const dataset = await makeDataset(at.parley, { questions: [ranking] })
    for (let n = 0; n < 40; n += 1)
      await addRecord(at.parley, dataset, { external_id: `r${n}`, outputs })
    const lines = Array.from({ length: 40 }, (_, n) =>
      ['ann', 'ben'].map((labeler) => ({
        external_id: `r${n}`,
        labeler,
        ranks: ['a', 'b', 'c'],
        submitted_at: '2025-01-02T00:00:00Z',
        ...(n < 4 ? { shown: ['c', 'b', 'a'], seconds: 12 } : {}),
      })),
    ).flat()
    const report = await importForeign(at.parley, cleo, {
      dataset: dataset.name,
      read: ballotReader({ source: [Buffer.from(lines.map((l) => JSON.stringify(l)).join('\n'))] }),
    })
    expect(report.refused.count).toBe(0)
    const { counts, questions, labelers } = await read(dataset)
    expect(counts).toEqual({ records: 40, answers: 80, labelers: 2 })
    expect(questions[0]?.position).toMatchObject({ value: 0, of: 8 })
    expect(labelers.map(({ labeler }) => labeler)).toEqual(['ann', 'ben'])
    const [first] = questions[0]?.strength?.value ?? []
    expect(first).toMatchObject({ model: 'model a', shown_first: { count: 0, of: 8 } })
  })

  test.each([
    ['keep', { records: 1, answers: 2, labelers: 2 }],
    ['delete', { records: 1, answers: 1, labelers: 1 }],
  ] as const)('of somebody who left, where the dataset says %s', async (forget, counts) => {
    const dataset = await makeDataset(at.parley, { questions: [ranking], forget })
    const [ana = '', ben = ''] = await makeLabelers(at.parley, 2)
    const record = await addRecord(at.parley, dataset, { outputs })
    for (const labeler of [ana, ben])
      await addAnswer(at.parley, dataset, record, { labeler, values: ranked('a', 'b', 'c') })
    const before = await read(dataset)
    await forgetLabeler(at.parley, cleo, { labelerId: ana })
    const after = await read(dataset)
    expect(after.counts).toEqual(counts)
    const names = before.labelers.map(({ labeler }) => labeler)
    for (const { labeler } of after.labelers) expect(names).toContain(labeler)
  })
})
