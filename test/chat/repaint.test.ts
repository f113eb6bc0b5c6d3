/** Messages follow their rows: few calls, in order, and whatever was lost on the way is mended. */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createPosts, findPost, openBallot } from '../../src/assignments/post.ts'
import { closeAndShow, putHub } from '../../src/chat/gestures/posts.ts'
import type { Reply } from '../../src/chat/port/port.ts'
import { ParleyError } from '../../src/errors.ts'
import { deliverDue } from '../../src/outbound/deliver.ts'
import { wantRepaint } from '../../src/outbound/messages.ts'
import { repaintDue, sweepMessages } from '../../src/outbound/repaint.ts'
import type { Actor } from '../../src/parley.ts'
import { closePost } from '../../src/posts/close-post.ts'
import { submitResponse } from '../../src/responses/submit.ts'
import { addRecords, makeDataset, makeLabeler } from '../assignments/ground.ts'
import { type Sent, startParley, type TestParley, withRepaint } from '../support/parley.ts'

const admin: Actor = { type: 'admin', name: 'cleo' }
const place = { platform: 'slack' as const, workspace: 'T1' }
const ranking = { type: 'ranking', name: 'preference', title: 'Which is best?' }

let world: TestParley
let voters = 0

beforeAll(async () => {
  world = await startParley()
})
afterAll(() => world.close())

/** A post that stands in a channel, with what was sent and painted of it. */
async function posted(name: string): Promise<{ postId: string; sent: Sent }> {
  const { parley } = world
  await makeDataset(parley, { name, outputs: 2, records: 1, questions: [ranking] })
  const to = { ...place, channelId: `C-${name}` }
  const [post] = await createPosts(parley, admin, { dataset: name, to })
  await deliverDue(parley, place)
  const sent = world.sent.at(-1)
  if (!post || !sent) throw new Error('Nothing was posted.')
  return { postId: post.id, sent }
}

/** Somebody new votes; the change is announced as the gesture does. */
async function votes(postId: string, options: { announced?: boolean } = {}) {
  const { parley } = world
  const labeler = await makeLabeler(parley, `V${++voters}`)
  const found = await findPost(parley, postId)
  if (!found) throw new Error('There is no such post.')
  const { assignmentId } = await openBallot(parley, labeler, found)
  await submitResponse(parley, labeler, {
    ...{ assignmentId, schemaVersion: 1, platform: 'slack' },
    values: { preference: { mode: 'full', ranks: { o1: 1, o2: 2 }, all_unacceptable: false } },
  })
  if (options.announced ?? true) await wantRepaint(parley, `post:${postId}`)
}

const paint = () => repaintDue(world.parley, place)
const later = (time: string) => world.clock.advance(time)
const soon = (ms: number) => world.clock.set(new Date(world.parley.now().getTime() + ms))
const countsIn = (repaints: readonly Reply[]) =>
  repaints.map((reply) => (reply.type === 'post' ? reply.post.votes : reply.type))

async function rowOf(postId: string) {
  return world.parley.db
    .selectFrom('messages')
    .selectAll()
    .where('subject', '=', `post:${postId}`)
    .executeTakeFirstOrThrow()
}

const failing = async () => {
  throw new ParleyError('unavailable', 'The platform is away.')
}

describe('happy: repaints', () => {
  test('ten votes within seconds are one repaint, and the last one is in it', async () => {
    const { postId, sent } = await posted('ten')
    for (let n = 0; n < 10; n++) await votes(postId)
    await paint()
    expect(countsIn(sent.repaints)).toEqual([])
    later('6 seconds')
    await paint()
    await votes(postId)
    await paint()
    expect(countsIn(sent.repaints)).toEqual([10])
    later('6 seconds')
    await paint()
    expect(countsIn(sent.repaints)).toEqual([10, 11])
  })

  test('a hundred votes within a second are one repaint, and it shows all of them', async () => {
    const { postId, sent } = await posted('hundred')
    const voting = Array.from({ length: 100 }, () => votes(postId))
    await paint()
    await Promise.all(voting)
    await paint()
    expect(countsIn(sent.repaints)).toEqual([])
    later('6 seconds')
    await paint()
    await paint()
    expect(countsIn(sent.repaints)).toEqual([100])
  })

  test('a hub’s hundred new records within a second are one repaint, and it shows all of them', async () => {
    const { parley } = world
    const dataset = await makeDataset(parley, { name: 'hub', records: 1 })
    const to = { ...place, channelId: 'C-hub' }
    await putHub(parley, admin, { dataset: dataset.name, to })
    await deliverDue(parley, place)
    const hub = world.sent.at(-1)
    for (let from = 2; from <= 101; from++) {
      await addRecords(parley, dataset, { from, records: 1 })
      if (from % 20 === 0) await sweepMessages(parley)
    }
    await sweepMessages(parley)
    await paint()
    expect(hub?.repaints).toEqual([])
    later('61 seconds')
    await paint()
    await paint()
    expect(hub?.repaints).toHaveLength(1)
    expect(JSON.stringify(hub?.repaints)).toContain('0 of 101 completed')
  })

  test('two messages due in one second: the job of the first rings for the second', async () => {
    const first = await posted('first')
    soon(300)
    const second = await posted('second')
    await votes(second.postId)
    soon(4800)
    const before = world.queue.length
    await paint()
    const { dueAt } = await rowOf(second.postId)
    const rings = world.queue.slice(before).filter(({ name }) => name === 'repaint')
    const delayMs = dueAt.getTime() - world.parley.now().getTime()
    expect(rings).toContainEqual(expect.objectContaining({ delayMs }))
    expect(countsIn(second.sent.repaints)).toEqual([])
    soon(300)
    await paint()
    expect(countsIn(second.sent.repaints)).toEqual([1])
    expect(first.sent.repaints).toEqual([])
  })

  test('what is the same is not painted again', async () => {
    const { postId, sent } = await posted('same')
    later('6 seconds')
    await paint()
    await wantRepaint(world.parley, `post:${postId}`)
    later('6 seconds')
    await paint()
    expect(sent.repaints).toEqual([])
  })

  test('a close is shown at once, and is the last that is painted', async () => {
    const { postId, sent } = await posted('closing')
    await votes(postId)
    later('6 seconds')
    await paint()
    await closePost(world.parley, admin, { postId, early: true })
    await closeAndShow(world.parley, postId)
    await paint()
    const last = sent.repaints.at(-1)
    expect(last?.type === 'post' && last.post.result?.votes).toBe(1)
    expect(await rowOf(postId)).toMatchObject({ final: true })
    await sweepMessages(world.parley)
    later('2 hours')
    await sweepMessages(world.parley)
    await paint()
    expect(sent.repaints.at(-1)).toBe(last)
  })

  test('nothing of the tally is in what the channel is shown before the close', async () => {
    const { postId, sent } = await posted('hidden')
    await votes(postId)
    later('6 seconds')
    await paint()
    expect(sent.repaints).toHaveLength(1)
    for (const reply of [sent.reply, ...sent.repaints]) {
      expect(reply).toMatchObject({ type: 'post', post: { result: null, state: 'open' } })
      expect(JSON.stringify(reply)).not.toMatch(/Answer 1|Answer 2|"o1"/)
    }
  })
})

describe('twice: repaints', () => {
  test('a vote that comes while the message is being painted is painted after it', async () => {
    const { postId, sent } = await posted('between')
    await votes(postId)
    later('6 seconds')
    await withRepaint(
      world.parley,
      async (paintIt) => {
        await votes(postId)
        // Two workers: the other one leaves it alone meanwhile.
        await repaintDue(world.parley, place)
        await paintIt()
      },
      null,
      paint,
    )
    later('6 seconds')
    await paint()
    expect(countsIn(sent.repaints)).toEqual([1, 2])
  })

  test('a worker that died while painting: another one paints, and the count is right', async () => {
    const { postId, sent } = await posted('killed')
    await votes(postId)
    later('6 seconds')
    await sql`update messages set claimed = wanted, claimed_at = ${world.clock.now()}
      where subject = ${`post:${postId}`}`.execute(world.parley.db)
    world.queue.length = 0
    await paint()
    expect(sent.repaints).toEqual([])
    // Whoever finds it in somebody's hands rings for when these may be known to be dead.
    expect(world.queue).toMatchObject([{ name: 'repaint', delayMs: 31_000 }])
    later('32 seconds')
    await paint()
    expect(countsIn(sent.repaints)).toEqual([1])
  })

  test('a painter that sleeps in its call: what it wrote late is painted over by what is true', async () => {
    const { postId, sent } = await posted('sleeps-within')
    await votes(postId)
    later('6 seconds')
    const asleep = Promise.withResolvers<void>()
    const woken = Promise.withResolvers<void>()
    let calls = 0
    await withRepaint(
      world.parley,
      async (paintIt) => {
        calls += 1
        if (calls === 1) {
          asleep.resolve()
          await woken.promise
        }
        await paintIt()
      },
      null,
      async () => {
        const sleeper = paint()
        await asleep.promise
        await votes(postId)
        later('32 seconds')
        await paint()
        expect(countsIn(sent.repaints)).toEqual([2])
        woken.resolve()
        await sleeper
        expect(countsIn(sent.repaints)).toEqual([2, 1])
        later('6 seconds')
        await paint()
      },
    )
    expect(countsIn(sent.repaints)).toEqual([2, 1, 2])
    later('6 seconds')
    await paint()
    expect(sent.repaints).toHaveLength(3)
  })

  test('a change nobody announced is mended by the sweep', async () => {
    const { postId, sent } = await posted('drifted')
    later('6 seconds')
    await paint()
    await votes(postId, { announced: false })
    later('6 seconds')
    await paint()
    expect(sent.repaints).toEqual([])
    await sweepMessages(world.parley)
    await paint()
    expect(countsIn(sent.repaints)).toEqual([1])
  })
})

describe('refused: repaints', () => {
  test('a platform that is away is tried again, and shows only what is true by then', async () => {
    const { postId, sent } = await posted('away')
    await votes(postId)
    later('6 seconds')
    await withRepaint(world.parley, failing, { type: 'later', afterMs: 30_000 }, paint)
    await votes(postId)
    later('10 seconds')
    await paint()
    expect(sent.repaints).toEqual([])
    later('30 seconds')
    await paint()
    expect(countsIn(sent.repaints)).toEqual([2])
  })

  test('a drawing the platform refuses is not sent again and again', async () => {
    const { postId, sent } = await posted('refusing')
    await votes(postId)
    later('6 seconds')
    let calls = 0
    const refuse = async () => {
      calls += 1
      throw new Error('invalid_blocks')
    }
    await withRepaint(world.parley, refuse, { type: 'refused' }, async () => {
      for (let minute = 0; minute < 5; minute++) {
        await paint()
        later('1 minute')
        await sweepMessages(world.parley)
      }
    })
    expect(calls).toBe(1)
    await votes(postId)
    later('6 seconds')
    await paint()
    expect(countsIn(sent.repaints)).toEqual([2])
  })

  test('a message that is gone: its post is withdrawn, an admin is notified once, no more attempts', async () => {
    const { postId } = await posted('gone')
    await votes(postId)
    later('6 seconds')
    let calls = 0
    const refuse = async () => {
      calls += 1
      throw new Error('message_not_found')
    }
    await withRepaint(
      world.parley,
      refuse,
      { type: 'gone', reason: 'message_not_found' },
      async () => {
        await paint()
        await wantRepaint(world.parley, `post:${postId}`)
        later('2 minutes')
        await sweepMessages(world.parley)
        await paint()
      },
    )
    expect(calls).toBe(1)
    expect((await findPost(world.parley, postId))?.post.state).toBe('withdrawn')
    await deliverDue(world.parley, place)
    const told = world.sent.filter(
      ({ reply }) => reply.type === 'notice' && reply.text.includes(`post ${postId} `),
    )
    expect(told).toHaveLength(1)
  })
})
