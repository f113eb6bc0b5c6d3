/**
 * Fifty people write prompts at once: skips, drafts, edits, undo, late answers, the same text from many.
 * The target is met exactly, no text counts twice, and topics stay balanced.
 */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expireDue } from '../../src/assignments/lease.ts'
import { nextAssignment } from '../../src/assignments/next.ts'
import { applyDataset } from '../../src/datasets/apply.ts'
import { createDataset } from '../../src/datasets/create.ts'
import type { Dataset } from '../../src/datasets/document.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { publishDataset } from '../../src/datasets/publish.ts'
import { type OpenDatabase, openDatabase } from '../../src/db/open.ts'
import { ParleyError } from '../../src/errors.ts'
import type { Labeler } from '../../src/labelers/labeler.ts'
import { openLog } from '../../src/log.ts'
import type { Parley } from '../../src/parley.ts'
import { discardResponse } from '../../src/responses/discard.ts'
import { saveDraft } from '../../src/responses/draft.ts'
import { purgeLabeler } from '../../src/responses/forget.ts'
import { submitAndNext, submitResponse } from '../../src/responses/submit.ts'
import { undoResponse } from '../../src/responses/undo.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { makeLabeler } from './ground.ts'
import { countDrift } from './invariants.ts'

const admin = { type: 'admin', name: 'cleo' } as const
const people = 50
let world: TestParley
let crowd: OpenDatabase
let racing: Parley
let labelers: Labeler[]

beforeAll(async () => {
  world = await startParley()
  crowd = openDatabase(world.database.url, { log: openLog({ level: 'error' }), max: people })
  racing = { ...world.parley, db: crowd.db }
  labelers = []
  for (let n = 0; n < people; n++) labelers.push(await makeLabeler(world.parley, `U${n}`))
})
afterAll(async () => {
  await crowd.close()
  await world.close()
})

async function open(name: string, more: string): Promise<Dataset> {
  const document = parseDocument(
    `name: ${name}\ntemplate: prompt-writing\naccess: everyone\n${more}`,
  )
  await createDataset(world.parley, admin, { document })
  return (await publishDataset(world.parley, admin, { dataset: name })).dataset
}

const written = (assignmentId: string, prompt: string) => ({
  assignmentId,
  schemaVersion: 1,
  values: { prompt },
  platform: 'slack' as const,
})

/** `invalid` where a text was there before; anything else is a fault. */
async function attempt<Result>(work: () => Promise<Result>): Promise<Result | 'duplicate'> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ParleyError && /exactly this before/.test(error.message))
      return 'duplicate'
    throw error
  }
}

async function countedIn(dataset: Dataset) {
  const { rows } = await sql<{ prompt: string; topic: string | null; labeler: string }>`
    select s."values" ->> 'prompt' as prompt, r.metadata ->> 'topic' as topic, s.labeler_id as labeler
    from assignments a
    join responses s on s.dataset_id = a.dataset_id and s.assignment_id = a.id
    join records r on r.dataset_id = a.dataset_id and r.id = a.record_id
    where a.dataset_id = ${dataset.id} and a.counted`.execute(world.parley.db)
  return rows
}

const noDrift = async (dataset: Dataset) => {
  const drift = await countDrift(world.parley, dataset)
  expect(drift).toEqual(Object.fromEntries(Object.keys(drift).map((key) => [key, 0])))
}

describe('happy: fifty writers at once', () => {
  test('the target is exact, topics are balanced, and no text counts twice', {
    timeout: 120_000,
  }, async () => {
    const dataset = await open('race', 'target: 203\ntopics: [a, b, c, d]')
    let n = 0
    const write = async (labeler: Labeler) => {
      for (let round = 0; ; round++) {
        const next = await nextAssignment(racing, labeler, { dataset })
        if (!next) return
        const own = () => `prompt ${++n} of ${labeler.id}, made up on the spot`
        const chance = (Number(labeler.id) * 7 + round * 13) % 20
        if (chance < 2) {
          await discardResponse(racing, labeler, {
            assignmentId: next.assignmentId,
            reason: 'unclear',
            platform: 'slack',
          })
          continue
        }
        if (chance < 6) {
          // Everybody has the same idea now and then; those who come too late write something else.
          const same = await attempt(() =>
            submitResponse(
              racing,
              labeler,
              written(next.assignmentId, `The  SAME idea ${round % 3}`),
            ),
          )
          if (same === 'duplicate')
            await saveDraft(racing, labeler, written(next.assignmentId, 'half'))
          if (same !== 'duplicate') continue
        }
        const text = own()
        const all = await Promise.all(
          [1, 2].map(() =>
            attempt(() => submitAndNext(racing, labeler, written(next.assignmentId, text))),
          ),
        )
        expect(all).not.toContain('duplicate')
        if (chance === 7) await submitResponse(racing, labeler, written(next.assignmentId, own()))
        if (chance === 9) await undoResponse(racing, labeler, { assignmentId: next.assignmentId })
      }
    }
    await Promise.all(labelers.map(write))
    // What was taken back and left lying is freed, and written by those who come later.
    world.clock.advance('3 hours')
    await expireDue(world.parley)
    for (const labeler of labelers) await write(labeler)
    const prompts = await countedIn(dataset)
    expect(prompts).toHaveLength(203)
    const key = (text: string) => text.toLowerCase().replace(/\s+/g, ' ')
    expect(new Set(prompts.map(({ prompt }) => key(prompt))).size).toBe(203)
    const topics = Map.groupBy(prompts, ({ topic }) => topic)
    expect([...topics].map(([topic, all]) => [topic, all.length]).sort()).toEqual([
      ['a', 51],
      ['b', 51],
      ['c', 51],
      ['d', 50],
    ])
    await noDrift(dataset)
  })

  test('topics stay balanced while it is half done', async () => {
    const dataset = await open('half', 'target: 40\ntopics: [a, b, c, d]')
    for (const [at, labeler] of labelers.slice(0, 20).entries()) {
      const next = await nextAssignment(world.parley, labeler, { dataset })
      await submitResponse(
        world.parley,
        labeler,
        written(next?.assignmentId ?? '', `half ${at} in words`),
      )
    }
    const topics = Map.groupBy(await countedIn(dataset), ({ topic }) => topic)
    expect([...topics.values()].map((all) => all.length)).toEqual([5, 5, 5, 5])
  })

  test('one text from all fifty counts once', async () => {
    const dataset = await open('one', 'target: 50')
    const tasks = await Promise.all(
      labelers.map((labeler) => nextAssignment(racing, labeler, { dataset })),
    )
    const done = await Promise.all(
      labelers.map((labeler, at) =>
        attempt(() =>
          submitResponse(
            racing,
            labeler,
            written(tasks[at]?.assignmentId ?? '', `  Why is the\nSKY blue? `),
          ),
        ),
      ),
    )
    expect(done.filter((one) => one !== 'duplicate')).toHaveLength(1)
    expect(await countedIn(dataset)).toHaveLength(1)
    await noDrift(dataset)
  })
})

describe('happy: one writer', () => {
  test('writes as many as the dataset takes of one; a skip is none of them', async () => {
    const dataset = await open('few', 'target: 9\nper_labeler: 3')
    const [ana, ben] = labelers
    if (!ana || !ben) throw new Error('nobody')
    const task = async () => (await nextAssignment(world.parley, ana, { dataset }))?.assignmentId
    const first = await task()
    await discardResponse(world.parley, ana, {
      assignmentId: first ?? '',
      reason: 'other',
      platform: 'slack',
    })
    for (const n of [1, 2])
      await submitResponse(world.parley, ana, written((await task()) ?? '', `number ${n} of three`))
    const last = (await task()) ?? ''
    const { next } = await submitAndNext(world.parley, ana, written(last, 'number 3 of three'))
    expect(next).toBeNull()
    expect(await task()).toBeUndefined()
    expect(await nextAssignment(world.parley, ben, { dataset })).not.toBeNull()
    await undoResponse(world.parley, ana, { assignmentId: last })
    expect(await task()).toBe(last)
  })

  test('a lone writer who skips every blank goes on until the target, and until their own limit', async () => {
    const ana = labelers[0] as Labeler
    for (const [name, more, wrote] of [
      ['lone', 'target: 5\ntopics: [a, b]', 5],
      ['limited', 'target: 5\nper_labeler: 3', 3],
    ] as const) {
      const dataset = await open(name, more)
      const task = async (after?: string) =>
        (await nextAssignment(world.parley, ana, { dataset, ...(after ? { after } : {}) }))
          ?.assignmentId
      const skipped = new Set<string>()
      let last: string | undefined
      for (let round = 0; round < 5; round++) {
        const id = (await task(last)) ?? ''
        skipped.add(id)
        await discardResponse(world.parley, ana, {
          assignmentId: id,
          reason: round % 2 ? 'other' : 'unclear',
          platform: 'slack',
        })
        last = id
      }
      expect(skipped.size).toBe(5)
      // What was skipped a moment ago is not what comes next, as long as there is another.
      expect([last, undefined]).not.toContain(await task(last))
      for (let round = 0; round < 10; round++) {
        const id = await task()
        if (id === undefined) break
        await submitResponse(world.parley, ana, written(id, `${name} ${round} after all`))
      }
      expect(await countedIn(dataset)).toHaveLength(wrote)
      expect(await task()).toBeUndefined()
      await noDrift(dataset)
    }
  })

  test('skips of blanks, for whatever reason, never take one out', async () => {
    const dataset = await open('skipped', 'target: 1')
    for (const labeler of labelers.slice(0, 8)) {
      const next = await nextAssignment(world.parley, labeler, { dataset })
      const { rejected } = await discardResponse(world.parley, labeler, {
        assignmentId: next?.assignmentId ?? '',
        reason: 'broken',
        platform: 'slack',
      })
      expect(rejected).toBe(false)
    }
    expect(await nextAssignment(world.parley, labelers[9] as Labeler, { dataset })).not.toBeNull()
  })

  test('is told of the same text, own or another’s; taken back, edited or purged it is free again', async () => {
    const dataset = await open('same', 'target: 20')
    const [ana, ben, dee] = labelers as [Labeler, Labeler, Labeler]
    const task = async (who: Labeler) =>
      (await nextAssignment(world.parley, who, { dataset }))?.assignmentId ?? ''
    const say = async (who: Labeler, id: string, text: string) =>
      submitResponse(world.parley, who, written(id, text)).then(
        ({ outcome }) => outcome,
        (error: unknown) => (error instanceof ParleyError ? error.problems['prompt'] : error),
      )
    const [a, b] = [await task(ana), await task(ben)]
    expect(await say(ana, a, 'What is rain?')).toBe('counted')
    expect(await say(ana, a, 'What is rain?')).toBe('same')
    expect(await say(ben, b, 'what is  RAIN?')).toBe(
      'Somebody has written exactly this before. Write another one.',
    )
    expect(await say(ana, await task(ana), 'What is rain?')).toBe(
      'You have written exactly this before. Write another one.',
    )
    // An edit frees the text it leaves, and undoing the edit takes it again.
    expect(await say(ana, a, 'What is snow?')).toBe('edited')
    expect(await say(ben, b, 'What is snow?')).toMatch(/exactly this/)
    await undoResponse(world.parley, ana, { assignmentId: a })
    expect(await say(ben, b, 'What is rain?')).toMatch(/exactly this/)
    expect(await say(ben, b, 'What is snow?')).toBe('counted')
    await undoResponse(world.parley, ana, { assignmentId: a })
    expect(await say(dee, await task(dee), 'What is rain?')).toBe('counted')
    expect(await say(ana, a, 'What is rain?')).toMatch(/Somebody/)
    await purgeLabeler(world.parley, admin, { dataset: 'same', labeler: dee.id })
    expect(await say(ana, a, 'What is rain?')).toBe('counted')
    await noDrift(dataset)
  })

  test('of nothing, or of 100,001 characters, is asked for again in a sentence', async () => {
    const dataset = await open('long', 'target: 2')
    const ana = labelers[0] as Labeler
    const id = (await nextAssignment(world.parley, ana, { dataset }))?.assignmentId ?? ''
    await expect(submitResponse(world.parley, ana, written(id, ' \n '))).rejects.toMatchObject({
      problems: { prompt: 'Write an answer.' },
    })
    await expect(
      submitResponse(world.parley, ana, written(id, 'x'.repeat(100_001))),
    ).rejects.toMatchObject({
      problems: { prompt: 'Write at most 100,000 characters; this is 100,001.' },
    })
    expect(
      (await submitResponse(world.parley, ana, written(id, 'y'.repeat(100_000)))).outcome,
    ).toBe('counted')
  })

  test('finds more to write when the target is raised', async () => {
    const dataset = await open('more', 'target: 1')
    const ana = labelers[0] as Labeler
    const id = (await nextAssignment(world.parley, ana, { dataset }))?.assignmentId ?? ''
    expect((await submitAndNext(world.parley, ana, written(id, 'the only one'))).next).toBeNull()
    const document = { ...dataset.document, target: 2 }
    const { dataset: raised } = await applyDataset(world.parley, admin, { document })
    expect(await nextAssignment(world.parley, ana, { dataset: raised })).not.toBeNull()
  })
})
