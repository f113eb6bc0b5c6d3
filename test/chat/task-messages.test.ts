/** Which task a person's message shows: of two words the later one holds, and what is lost is mended. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findAssignment } from '../../src/assignments/assignment.ts'
import { cardOf } from '../../src/chat/cards/card.ts'
import { receiptOf } from '../../src/chat/cards/receipt.ts'
import { nextTask } from '../../src/chat/gestures/next-task.ts'
import type { Delivered, Reply } from '../../src/chat/port/port.ts'
import { getDataset } from '../../src/datasets/dataset.ts'
import { ParleyError } from '../../src/errors.ts'
import { forgetLabeler } from '../../src/labelers/forget.ts'
import type { Labeler } from '../../src/labelers/labeler.ts'
import { repaintDue, sweepMessages } from '../../src/outbound/repaint.ts'
import { openTaskMessages } from '../../src/outbound/task-messages.ts'
import type { Actor } from '../../src/parley.ts'
import { submitResponse } from '../../src/responses/submit.ts'
import { makeDataset, makeLabeler } from '../assignments/ground.ts'
import { startParley, type TestParley, withRepaint } from '../support/parley.ts'

const admin: Actor = { type: 'admin', name: 'cleo' }
const place = { platform: 'slack' as const, workspace: 'T1' }
const ranking = { type: 'ranking', name: 'preference', title: 'Which is best?' }

let world: TestParley
beforeAll(async () => {
  world = await startParley()
})
afterAll(() => world.close())

type Opened = { at: Delivered; labeler: Labeler; assignmentId: string; task: Reply }

/** Somebody new has a message with a task of a new dataset. */
async function opened(name: string): Promise<Opened> {
  const { parley } = world
  await makeDataset(parley, { name, outputs: 2, records: 3, questions: [ranking] })
  const labeler = await makeLabeler(parley, `U-${name}`)
  const task = await nextTask(parley, labeler, await getDataset(parley, name))
  if (task?.type !== 'task') throw new Error('There is no task.')
  const sent = await parley.platforms.get('slack')?.send(labeler.person, task)
  if (!sent) throw new Error('Slack is off.')
  return { at: sent, labeler, assignmentId: task.card.assignmentId, task }
}

async function answered({ labeler, assignmentId }: Opened): Promise<Reply> {
  await submitResponse(world.parley, labeler, {
    ...{ assignmentId, schemaVersion: 1, platform: 'slack' },
    values: { preference: { mode: 'full', ranks: { o1: 1, o2: 2 }, all_unacceptable: false } },
  })
  const found = await findAssignment(world.parley, labeler, assignmentId)
  if (!found) throw new Error('It is gone.')
  return { type: 'receipt', saved: receiptOf(found) }
}

/** Says it as an adapter does. */
async function note(...words: [at: Delivered, reply: Reply, isLost?: boolean][]) {
  const messages = openTaskMessages(world.parley)
  for (const word of words) messages.note(...word)
  await messages.settled()
}

const rowOf = ({ at }: Opened) =>
  world.parley.db
    .selectFrom('messages')
    .selectAll()
    .where('message', '=', at.message)
    .executeTakeFirst()
const paintsOf = ({ at }: Opened) =>
  world.sent.find(({ delivered }) => delivered.message === at.message)?.repaints ?? []
const paint = () => repaintDue(world.parley, place)
const later = (time: string) => world.clock.advance(time)
async function sweep() {
  await sweepMessages(world.parley)
  later('31 seconds')
  await paint()
}

describe('happy: a message that shows a task', () => {
  test('is mended in the language it was drawn in', async () => {
    const one = await opened('german')
    await note([{ ...one.at, locale: 'de' }, one.task])
    await answered(one)
    later('60 seconds')
    await sweep()
    const [receipt] = paintsOf(one)
    expect(receipt).toMatchObject({ type: 'receipt', goesOn: true })
    expect(receipt?.type === 'receipt' && receipt.saved.summary).toContain('Gespeichert')
    await sweep()
    expect(paintsOf(one)).toHaveLength(1)
  })

  test('that is open still is let be, however long', async () => {
    const one = await opened('open')
    await note([one.at, one.task])
    for (let minute = 0; minute < 5; minute++) {
      later('10 minutes')
      await sweep()
    }
    expect(paintsOf(one)).toEqual([])
    later('8 days')
    await sweep()
    expect(await rowOf(one)).toBeUndefined()
  })

  test('that was changed while somebody painted it is painted once more, with what holds', async () => {
    const one = await opened('overtaken')
    await note([one.at, one.task])
    await answered(one)
    const next = await nextTask(
      world.parley,
      one.labeler,
      await getDataset(world.parley, 'overtaken'),
    )
    if (next?.type !== 'task') throw new Error('There is no next task.')
    later('60 seconds')
    await sweepMessages(world.parley)
    later('31 seconds')
    // They press while ours is on its way, and see the next task for a moment.
    const overtaken = async (draw: () => Promise<void>) => {
      if (paintsOf(one).length === 0) await note([one.at, next])
      await draw()
    }
    await withRepaint(world.parley, overtaken, null, paint)
    later('6 seconds')
    await paint()
    expect(paintsOf(one).map(({ type }) => type)).toEqual(['receipt', 'task'])
    const last = paintsOf(one).at(-1)
    expect(last?.type === 'task' && last.card.assignmentId).toBe(next.card.assignmentId)
  })
})

describe('twice: words about a message', () => {
  test('an older one that is written later changes nothing', async () => {
    const one = await opened('older')
    const slow = openTaskMessages(world.parley)
    slow.note(one.at, one.task)
    later('1 second')
    await note([one.at, await answered(one)])
    await slow.settled()
    expect(await rowOf(one)).toMatchObject({ final: true })
    await sweep()
    expect(paintsOf(one)).toEqual([])
  })

  test('an edit of a receipt is no open task', async () => {
    const one = await opened('edited')
    await note([one.at, one.task])
    await answered(one)
    const found = await findAssignment(world.parley, one.labeler, one.assignmentId)
    if (!found) throw new Error('It is gone.')
    const card = { ...cardOf(found, found.dataset), editing: true }
    later('1 second')
    await note([one.at, { type: 'task', card }])
    later('60 seconds')
    await sweep()
    expect(paintsOf(one)).toEqual([])
  })
})

describe('refused', () => {
  test('a message that is gone is forgotten, and no admin is notified', async () => {
    const one = await opened('deleted')
    await note([one.at, one.task, true])
    const refuse = async () => {
      throw new ParleyError('unavailable', 'It is gone.')
    }
    later('6 seconds')
    await withRepaint(world.parley, refuse, { type: 'gone', reason: 'message_not_found' }, paint)
    expect((await rowOf(one))?.goneAt).not.toBeNull()
    const told = await world.parley.db
      .selectFrom('deliveries')
      .select('key')
      .where('key', 'like', 'gone:%')
      .execute()
    expect(told).toEqual([])
  })

  test('forgetting a person forgets where their messages stand', async () => {
    const one = await opened('forgotten')
    await note([one.at, one.task])
    expect(await rowOf(one)).toBeDefined()
    await forgetLabeler(world.parley, admin, { labelerId: one.labeler.id })
    expect(await rowOf(one)).toBeUndefined()
    // A word that was on its way meanwhile.
    await note([one.at, one.task])
    expect(await rowOf(one)).toBeUndefined()
  })
})
