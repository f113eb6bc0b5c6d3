/** Events about exports, posts and datasets that stand still: each once. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { nextAssignment } from '../../src/assignments/next.ts'
import { createPosts, openBallot } from '../../src/assignments/post.ts'
import { closeAndShow } from '../../src/chat/gestures/posts.ts'
import { pauseDataset, publishDataset } from '../../src/datasets/publish.ts'
import { startExport } from '../../src/exports/job/start.ts'
import { writeExport } from '../../src/exports/job/write.ts'
import { submitResponse } from '../../src/responses/submit.ts'
import { type EventType, payloadOf } from '../../src/webhooks/event.ts'
import { sweepEvents } from '../../src/webhooks/make-events.ts'
import { makeDataset, makeLabeler } from '../assignments/ground.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { admin, forgetAll, hear, reaching, work } from './ground.ts'
import { openReceiver, type Receiver } from './receiver.ts'

let world: TestParley
let receiver: Receiver
beforeAll(async () => {
  world = await startParley()
})
afterAll(() => world.close())
beforeEach(async () => {
  receiver = await openReceiver()
  reaching(world.parley, receiver)
})
afterEach(async () => {
  expect(receiver.unverified).toEqual([])
  for (const { body, type } of receiver.received)
    payloadOf(type as EventType)
      .strict()
      .parse(JSON.parse(body))
  await forgetAll(world.parley)
  await receiver.close()
})

describe('happy: what is told of exports', () => {
  test('one that is written, once, with the names of its files', async () => {
    const { parley } = world
    await makeDataset(parley, { name: 'exported' })
    await hear(parley, receiver, { events: ['export.finished'] })
    const started = await startExport(parley, admin, { dataset: 'exported', as: 'raw', flags: {} })
    await work(parley)
    expect(receiver.received).toEqual([])
    await writeExport(parley, started.id)
    await writeExport(parley, started.id)
    await work(parley)
    await work(parley)
    expect(receiver.received.map(({ data }) => data)).toMatchObject([
      { dataset: 'exported', export: { id: started.id, as: 'raw', state: 'done', problem: null } },
    ])
  })
})

describe('happy: what is told of datasets that stand still', () => {
  const stuck = () => receiver.ofType('dataset.stuck')
  const look = async () => {
    await sweepEvents(world.parley)
    await work(world.parley)
  }

  test('a stall is told once, and the next one again', async () => {
    const { parley, clock } = world
    const dataset = await makeDataset(parley, { name: 'still', records: 3 })
    const ana = await makeLabeler(parley, 'USTILL')
    await hear(parley, receiver, { events: ['dataset.stuck'], datasets: ['still'] })
    await look()
    clock.advance('23 hours')
    await look()
    expect(stuck()).toEqual([])
    clock.advance('2 hours')
    await look()
    await look()
    clock.advance('3 days')
    await look()
    expect(stuck().map(({ data }) => data)).toMatchObject([
      { dataset: 'still', records: 3, pending: 3, completed: 0, labelers: 0 },
    ])
    const answerOne = async () => {
      const task = await nextAssignment(parley, ana, { dataset })
      const given = { assignmentId: task?.assignmentId ?? '', schemaVersion: 1 }
      await submitResponse(parley, ana, { ...given, values: { safe: 'yes' }, platform: 'slack' })
    }
    await answerOne()
    clock.advance('23 hours')
    await look()
    expect(stuck()).toHaveLength(1)
    clock.advance('2 hours')
    await look()
    await look()
    expect(stuck()).toHaveLength(2)
    expect(stuck()[1]?.data).toMatchObject({ pending: 2, completed: 1, labelers: 1 })
    // Paused is no stall, and nothing is left once all is answered.
    await pauseDataset(parley, admin, { dataset: 'still' })
    clock.advance('3 days')
    await look()
    expect(stuck()).toHaveLength(2)
    await publishDataset(parley, admin, { dataset: 'still' })
    await answerOne()
    await answerOne()
    clock.advance('3 days')
    await look()
    expect(stuck()).toHaveLength(2)
  })
})

describe('happy: what is told of posts', () => {
  test('votes and the result after the close, and nothing of them before', async () => {
    const { parley, clock } = world
    const ranking = { type: 'ranking', name: 'best', title: 'Which is best?', mode: 'full' }
    const dataset = await makeDataset(parley, {
      ...{ name: 'called', records: 1, questions: [ranking], wanted: 3 },
    })
    await hear(parley, receiver, { datasets: ['called'] })
    const to = { platform: 'slack', workspace: 'T1', channelId: 'C1' } as const
    const [post] = await createPosts(parley, admin, { dataset: 'called', to, closesInHours: 24 })
    if (!post) throw new Error('There is no post.')
    for (const name of ['UV1', 'UV2', 'UV3', 'UV4']) {
      const voter = await makeLabeler(parley, name)
      const ballot = await openBallot(parley, voter, { post, dataset })
      const [first = '', second = ''] = ['o1', 'o2']
      await submitResponse(parley, voter, {
        ...{ assignmentId: ballot.assignmentId, schemaVersion: 1, platform: 'slack' },
        values: { best: { mode: 'full', ranks: { [first]: 1, [second]: 2 } } },
      })
    }
    clock.advance('2 hours')
    await work(parley)
    expect(receiver.received).toEqual([])
    clock.advance('23 hours')
    await closeAndShow(parley, post.id)
    await work(parley)
    await work(parley)
    const types = receiver.received.map(({ type }) => type).sort()
    expect(types).toEqual([
      ...['post.closed', 'record.completed'],
      ...['response.submitted', 'response.submitted', 'response.submitted', 'response.submitted'],
    ])
    expect(receiver.ofType('post.closed')[0]?.data).toMatchObject({
      post: { votes: 4, ranking: [{ id: 'o1', rank: 1, first: 1 }, { id: 'o2' }] },
    })
  })
})
