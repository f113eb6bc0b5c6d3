/**
 * Posts: a public call, private ballots. A hundred people vote at once, twice, and while the post
 * closes; nothing is lost, nothing counts twice, nothing comes after the close.
 */
import { Writable } from 'node:stream'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Assignment } from '../../src/assignments/assignment.ts'
import { nextAssignment } from '../../src/assignments/next.ts'
import { countVotes, createPosts, findPost, openBallot } from '../../src/assignments/post.ts'
import { datasetProgress } from '../../src/assignments/progress.ts'
import { getDataset } from '../../src/datasets/dataset.ts'
import type { Dataset } from '../../src/datasets/document.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { type OpenDatabase, openDatabase } from '../../src/db/open.ts'
import { ParleyError } from '../../src/errors.ts'
import { exportToFile } from '../../src/exports/to-file.ts'
import { importAnswers } from '../../src/imports/answers/import-answers.ts'
import type { Labeler } from '../../src/labelers/labeler.ts'
import { linkLabelers } from '../../src/labelers/link.ts'
import { openLog } from '../../src/log.ts'
import type { Actor, Parley } from '../../src/parley.ts'
import { closePost } from '../../src/posts/close-post.ts'
import { listRecords } from '../../src/records/record.ts'
import { submitResponse } from '../../src/responses/submit.ts'
import { undoResponse } from '../../src/responses/undo.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { makeDataset, makeLabeler } from './ground.ts'
import { countDrift } from './invariants.ts'

const admin: Actor = { type: 'admin', name: 'cleo' }
const people = 100
const channel = { platform: 'slack' as const, workspace: 'T1', channelId: 'C1' }
const ranking = { type: 'ranking', name: 'preference', title: 'Which is best?' }

let quiet: TestParley
let crowd: OpenDatabase
let crowded: Parley
let labelers: Labeler[]

beforeAll(async () => {
  quiet = await startParley()
  crowd = openDatabase(quiet.database.url, { log: openLog({ level: 'error' }), max: 50 })
  crowded = { ...quiet.parley, db: crowd.db }
  labelers = []
  for (let n = 1; n <= people; n++) labelers.push(await makeLabeler(quiet.parley, `U${n}`))
})
afterAll(async () => {
  await crowd.close()
  await quiet.close()
})

/** A dataset whose first record is posted. */
async function posted(name: string, ground: { wanted?: number; records?: number } = {}) {
  const dataset = await makeDataset(quiet.parley, {
    ...{ name, outputs: 3, records: 2, wanted: 3, questions: [ranking] },
    ...ground,
  })
  const [post] = await createPosts(quiet.parley, admin, { dataset: name, to: channel })
  if (!post) throw new Error('Nothing was posted.')
  return { dataset, post }
}

const one = (n: number): Labeler => {
  const labeler = labelers[n]
  if (!labeler) throw new Error(`There is no labeler ${n}.`)
  return labeler
}

async function open(parley: Parley, labeler: Labeler, postId: string): Promise<Assignment> {
  const found = await findPost(parley, postId)
  if (!found) throw new Error(`There is no post ${postId}.`)
  return openBallot(parley, labeler, found)
}

function vote(parley: Parley, labeler: Labeler, { assignmentId }: Assignment, best: string) {
  const others = ['o1', 'o2', 'o3'].filter((id) => id !== best)
  const ranks = Object.fromEntries([best, ...others].map((id, i) => [id, i + 1]))
  return submitResponse(parley, labeler, {
    ...{ assignmentId, schemaVersion: 1, platform: 'slack' },
    values: { preference: { mode: 'full', ranks, all_unacceptable: false } },
  })
}

const travels = { name: 'travels', outputs: 3, wanted: 2, questions: [ranking] }

async function exported(parley: Parley, dataset: string, as: string): Promise<string> {
  const parts: Buffer[] = []
  const to = new Writable({
    write: (part: Buffer, _, done) => {
      parts.push(part)
      done()
    },
  })
  await exportToFile(parley, admin, { dataset, as, to })
  return Buffer.concat(parts).toString('utf8')
}

async function expectNoDrift(dataset: Dataset) {
  const drift = await countDrift(quiet.parley, dataset)
  expect(drift).toEqual(Object.fromEntries(Object.keys(drift).map((key) => [key, 0])))
}

async function stored(postId: string) {
  return quiet.parley.db
    .selectFrom('posts')
    .select(['state', 'result'])
    .where('id', '=', postId)
    .executeTakeFirstOrThrow()
}

async function statusOf(dataset: Dataset, recordId: string) {
  const { records } = await listRecords(quiet.parley, { dataset: dataset.name })
  return records.find(({ id }) => id === recordId)?.status
}

describe('happy: a post', () => {
  test('its record leaves the private queue, and every ballot counts however few were wanted', async () => {
    const { dataset, post } = await posted('many', { wanted: 2, records: 1 })
    expect(await nextAssignment(quiet.parley, one(0), { dataset })).toBeNull()
    for (let n = 0; n < 5; n++)
      expect(
        await vote(quiet.parley, one(n), await open(quiet.parley, one(n), post.id), 'o2'),
      ).toMatchObject({ outcome: 'counted' })
    expect(await countVotes(quiet.parley, post.id)).toBe(5)
    await expectNoDrift(dataset)
  })

  test('each voter has an order of their own, and the same one whenever they come back', async () => {
    const { post } = await posted('orders')
    const orders = await Promise.all(
      labelers.slice(0, 30).map(async (labeler) => {
        const first = await open(crowded, labeler, post.id)
        const again = await open(crowded, labeler, post.id)
        expect(again.assignmentId).toBe(first.assignmentId)
        expect(again.shownOrder).toEqual(first.shownOrder)
        return first.shownOrder.join(' ')
      }),
    )
    expect(new Set(orders).size).toBe(6)
  })

  test('at its time it closes with what the ballots say; its record is completed', async () => {
    const { dataset, post } = await posted('closing')
    const choices = ['o1', 'o1', 'o3', 'o1']
    for (const [n, best] of choices.entries())
      await vote(quiet.parley, one(n), await open(quiet.parley, one(n), post.id), best)
    expect(await statusOf(dataset, post.recordId)).toBe('pending')
    expect(await closePost(quiet.parley, admin, { postId: post.id })).toBe(false)
    expect(await closePost(quiet.parley, admin, { postId: post.id, early: true })).toBe(true)
    const { state, result } = await stored(post.id)
    expect(state).toBe('closed')
    expect(result).toMatchObject({ votes: 4, first: { share: 0.75 } })
    expect(result?.ranking[0]).toMatchObject({ id: 'o1', rank: 1, first: 0.75 })
    expect(await statusOf(dataset, post.recordId)).toBe('completed')
    expect(await datasetProgress(quiet.parley, dataset)).toMatchObject({ completed: 1, counted: 4 })
    await expectNoDrift(dataset)
  })

  test('with fewer votes than answers wanted, its record goes back to the queue and keeps them', async () => {
    const { dataset, post } = await posted('lonely', { records: 1 })
    await vote(quiet.parley, one(0), await open(quiet.parley, one(0), post.id), 'o1')
    await closePost(quiet.parley, admin, { postId: post.id, early: true })
    expect(await statusOf(dataset, post.recordId)).toBe('pending')
    expect(await nextAssignment(quiet.parley, one(0), { dataset })).toBeNull()
    expect(await nextAssignment(quiet.parley, one(1), { dataset })).toMatchObject({
      recordId: post.recordId,
    })
    expect(await datasetProgress(quiet.parley, dataset)).toMatchObject({ counted: 1, pending: 1 })
    await expectNoDrift(dataset)
  })

  test('an earlier private answer becomes the ballot, and gives its place back', async () => {
    const dataset = await makeDataset(quiet.parley, {
      ...{ name: 'earlier', outputs: 3, records: 1, questions: [ranking], wanted: 2 },
    })
    const mine = await nextAssignment(quiet.parley, one(0), { dataset })
    if (!mine) throw new Error('Nothing was dealt.')
    await vote(quiet.parley, one(0), mine, 'o2')
    const held = await nextAssignment(quiet.parley, one(1), { dataset })
    if (!held) throw new Error('Nothing was dealt.')
    // A record whose last place is held by somebody is not posted: nobody would wait for their answer.
    await expect(
      createPosts(quiet.parley, admin, { dataset: 'earlier', to: channel }),
    ).rejects.toThrow('no record left')
    await quiet.parley.db
      .updateTable('places')
      .set({ wanted: 3 })
      .where('datasetId', '=', dataset.id)
      .execute()
    const [post] = await createPosts(quiet.parley, admin, { dataset: 'earlier', to: channel })
    const ballot = await open(quiet.parley, one(0), post?.id ?? '')
    expect(ballot).toMatchObject({
      assignmentId: mine.assignmentId,
      status: 'submitted',
      slot: null,
    })
    expect(await countVotes(quiet.parley, post?.id ?? '')).toBe(1)
    await expectNoDrift(dataset)
    // Whoever holds a lease may answer privately, or in public; it is one answer either way.
    expect(
      await vote(quiet.parley, one(1), await open(quiet.parley, one(1), post?.id ?? ''), 'o1'),
    ).toMatchObject({ outcome: 'counted' })
    expect(await countVotes(quiet.parley, post?.id ?? '')).toBe(2)
    await expectNoDrift(dataset)
  })

  test('a vote can be changed and undone until the close, even after ten minutes', async () => {
    const { dataset, post } = await posted('changed')
    const ballot = await open(quiet.parley, one(0), post.id)
    await vote(quiet.parley, one(0), ballot, 'o1')
    quiet.clock.advance('3 hours')
    expect(await vote(quiet.parley, one(0), ballot, 'o2')).toMatchObject({ outcome: 'edited' })
    // The change is taken back first, then the vote.
    expect(await undoResponse(quiet.parley, one(0), ballot)).toMatchObject({ outcome: 'restored' })
    expect(await countVotes(quiet.parley, post.id)).toBe(1)
    expect(await undoResponse(quiet.parley, one(0), ballot)).toMatchObject({ outcome: 'undone' })
    expect(await countVotes(quiet.parley, post.id)).toBe(0)
    expect(await vote(quiet.parley, one(0), ballot, 'o3')).toMatchObject({ outcome: 'counted' })
    await expectNoDrift(dataset)
  })
})

describe('refused: a post', () => {
  test('after the close a vote is refused in plain words, a changed one too, and the first stands', async () => {
    const { dataset, post } = await posted('late')
    const [given, open1] = [
      await open(quiet.parley, one(0), post.id),
      await open(quiet.parley, one(1), post.id),
    ]
    await vote(quiet.parley, one(0), given, 'o1')
    quiet.clock.advance('2 days')
    // Nobody has closed it yet: its time has come all the same.
    await expect(vote(quiet.parley, one(1), open1, 'o2')).rejects.toThrow(
      'Voting on this has closed',
    )
    await expect(vote(quiet.parley, one(0), given, 'o2')).rejects.toThrow(
      'Voting on this has closed',
    )
    await expect(undoResponse(quiet.parley, one(0), given)).rejects.toThrow('has closed')
    await expect(open(quiet.parley, one(2), post.id)).rejects.toThrow('has closed')
    expect(await vote(quiet.parley, one(0), given, 'o1')).toMatchObject({ outcome: 'same' })
    await closePost(quiet.parley, admin, { postId: post.id })
    expect((await stored(post.id)).result).toMatchObject({ votes: 1 })
    await expectNoDrift(dataset)
  })

  test('a dataset without a ranking, one that is closed, and one with nothing left', async () => {
    await makeDataset(quiet.parley, { name: 'labels' })
    await expect(
      createPosts(quiet.parley, admin, { dataset: 'labels', to: channel }),
    ).rejects.toThrow('asks for no ranking')
    await posted('empty', { records: 1 })
    await expect(
      createPosts(quiet.parley, admin, { dataset: 'empty', to: channel }),
    ).rejects.toThrow('no record left')
    await expect(
      createPosts(quiet.parley, admin, { dataset: 'empty', to: channel, records: 0 }),
    ).rejects.toThrow('between 1 and 20')
  })

  test('a mistyped gate in the document is named, with what was meant', () => {
    const document = 'name: a\ntemplate: comparison\nposts: { min_acount_days: 3 }'
    expect(() => parseDocument(document)).toThrow(/min_account_days/)
    expect(() => parseDocument(document.replace('acount', 'account'))).not.toThrow()
  })
})

describe('forbidden: a post', () => {
  test('accounts that are too young, other channels, and more than a day’s share', async () => {
    const { dataset, post } = await posted('gated', { records: 3 })
    await quiet.parley.db
      .updateTable('posts')
      .set({ gates: JSON.stringify({ daily_cap: 1 }) })
      .where('datasetId', '=', dataset.id)
      .execute()
    const elsewhere = { ...one(0), person: { ...one(0).person, channelId: 'C9' } }
    await expect(open(quiet.parley, elsewhere, post.id)).rejects.toThrow('where it was posted')
    const [second] = await createPosts(quiet.parley, admin, { dataset: 'gated', to: channel })
    await quiet.parley.db
      .updateTable('posts')
      .set({ gates: JSON.stringify({ daily_cap: 1 }) })
      .where('id', '=', second?.id ?? '')
      .execute()
    await open(quiet.parley, one(0), post.id)
    await open(quiet.parley, one(0), post.id)
    await expect(open(quiet.parley, one(0), second?.id ?? '')).rejects.toThrow('Come back tomorrow')
    quiet.clock.advance('1 day')
    quiet.clock.advance('1 minute')
    const reopened = await createPosts(quiet.parley, admin, { dataset: 'gated', to: channel })
    expect(await open(quiet.parley, one(0), reopened[0]?.id ?? '')).toMatchObject({ slot: null })
  })

  test('a Discord account tells its own age', async () => {
    const at = quiet.clock.now().getTime()
    const idOf = (madeAt: number) => String(BigInt(madeAt - 1_420_070_400_000) << 22n)
    const discord = { platform: 'discord' as const, workspace: '', channelId: '77' }
    await makeDataset(quiet.parley, { name: 'aged', outputs: 3, questions: [ranking] })
    const [post] = await createPosts(quiet.parley, admin, { dataset: 'aged', to: discord })
    await quiet.parley.db
      .updateTable('posts')
      .set({ gates: JSON.stringify({ min_account_days: 30 }) })
      .where('id', '=', post?.id ?? '')
      .execute()
    const voter = (labeler: Labeler, days: number): Labeler => ({
      ...labeler,
      person: { ...discord, userId: idOf(at - days * 86_400_000) },
    })
    await expect(open(quiet.parley, voter(one(0), 29), post?.id ?? '')).rejects.toThrow(
      'at least 30 days old. Yours will be, in 1 day.',
    )
    expect(await open(quiet.parley, voter(one(1), 31), post?.id ?? '')).toMatchObject({
      slot: null,
    })
  })
})

describe('twice: a post', () => {
  test('two accounts of one person are joined: the second ballot is kept and counts no more', async () => {
    const { dataset, post } = await posted('joined')
    const { parley } = quiet
    const twins = [await makeLabeler(parley, 'UTWIN1'), await makeLabeler(parley, 'UTWIN2')]
    for (const labeler of [...twins, one(3)])
      await vote(parley, labeler, await open(parley, labeler, post.id), 'o1')
    await parley.db
      .updateTable('identities')
      .set({ platform: 'discord', workspace: '' })
      .where('userId', '=', 'UTWIN2')
      .execute()
    await linkLabelers(parley, admin, { people: ['slack:T1:UTWIN1', 'discord:UTWIN2'] })
    await quiet.parley.settled()
    expect(await countVotes(parley, post.id)).toBe(2)
    await expectNoDrift(dataset)
    await closePost(parley, admin, { postId: post.id, early: true })
    expect((await stored(post.id)).result?.votes).toBe(2)
  })

  test('out as raw and in again elsewhere: every ballot is one, and the bytes are the same', async () => {
    const { post } = await posted('travels', { wanted: 2, records: 1 })
    for (let n = 0; n < 5; n++)
      await vote(quiet.parley, one(n), await open(quiet.parley, one(n), post.id), `o${(n % 3) + 1}`)
    await closePost(quiet.parley, admin, { postId: post.id, early: true })
    const there = await startParley()
    try {
      for (const as of ['raw', 'records'] as const) {
        const out = await exported(quiet.parley, 'travels', as)
        expect(out.match(/"ballot":true/g)).toHaveLength(5)
        expect(out).toContain('"status":"completed"')
        if (as === 'raw') await makeDataset(there.parley, { ...travels, records: 0 })
        const source = [Buffer.from(out)]
        await importAnswers(there.parley, admin, { dataset: 'travels', source })
        expect(await exported(there.parley, 'travels', as)).toBe(out)
      }
      const drift = await countDrift(there.parley, await getDataset(there.parley, 'travels'))
      expect(drift).toEqual(Object.fromEntries(Object.keys(drift).map((key) => [key, 0])))
    } finally {
      await there.close()
    }
  })

  test('a hundred people open and vote at once, each twice: a hundred votes', async () => {
    const { dataset, post } = await posted('race')
    await Promise.all(
      labelers.flatMap((labeler, n) =>
        [0, 1].map(async () => {
          const ballot = await open(crowded, labeler, post.id)
          await vote(crowded, labeler, ballot, `o${(n % 3) + 1}`)
        }),
      ),
    )
    expect(await countVotes(quiet.parley, post.id)).toBe(people)
    const { rows } = await sql<{ ballots: number }>`
      select count(*)::int as ballots from assignments where post_id = ${post.id}`.execute(
      quiet.parley.db,
    )
    expect(rows).toEqual([{ ballots: people }])
    await expectNoDrift(dataset)
  })

  test('it closes while a hundred people vote: who was told "saved" is in the result, nobody else', async () => {
    const { dataset, post } = await posted('stampede')
    const ballots = await Promise.all(
      labelers.map(async (labeler) => ({ labeler, ballot: await open(crowded, labeler, post.id) })),
    )
    const outcomes: string[] = []
    const voting = ballots.map(async ({ labeler, ballot }, n) => {
      try {
        const { outcome } = await vote(crowded, labeler, ballot, `o${(n % 3) + 1}`)
        outcomes.push(outcome)
        return 1
      } catch (error) {
        if (!(error instanceof ParleyError) || !error.message.startsWith('Voting')) throw error
        return 0
      }
    })
    await Promise.race(voting)
    const closed = await Promise.all([
      closePost(crowded, admin, { postId: post.id, early: true }),
      closePost(crowded, admin, { postId: post.id, early: true }),
    ])
    const saved = (await Promise.all(voting)).filter((one) => one === 1).length
    expect(closed.filter(Boolean)).toHaveLength(1)
    expect(new Set(outcomes)).toEqual(new Set(['counted']))
    expect((await stored(post.id)).result?.votes).toBe(saved)
    expect(await countVotes(quiet.parley, post.id)).toBe(saved)
    await expectNoDrift(dataset)
  })
})
