/**
 * A pilot, then the real import: what a gesture costs, in pages of the database looked at, with no
 * statistics, with those of the pilot, and with fresh ones. Postgres chooses by statistics among the
 * ways to a row; a statement on a labeler's path leaves it one way only.
 */
import { sql } from 'kysely'
import { beforeAll, describe, expect, test } from 'vitest'
import { getOwnAssignment } from '../../src/assignments/assignment.ts'
import { excludeLabeler, requeueRecord } from '../../src/assignments/distribution.ts'
import { markExpanded } from '../../src/assignments/expand.ts'
import { expireDue } from '../../src/assignments/lease.ts'
import { nextAssignment } from '../../src/assignments/next.ts'
import {
  countVotes,
  createPosts,
  endPost,
  findPost,
  openBallot,
} from '../../src/assignments/post.ts'
import { datasetProgress } from '../../src/assignments/progress.ts'
import { listWaiting } from '../../src/chat/gestures/open-work.ts'
import { handleInteraction } from '../../src/chat/handle.ts'
import type { Dataset } from '../../src/datasets/document.ts'
import { openDatabase } from '../../src/db/open.ts'
import type { Labeler } from '../../src/labelers/labeler.ts'
import { openLog } from '../../src/log.ts'
import { openTaskMessages, sweepTaskMessages } from '../../src/outbound/task-messages.ts'
import type { Actor, Parley } from '../../src/parley.ts'
import { discardResponse } from '../../src/responses/discard.ts'
import { saveDraft } from '../../src/responses/draft.ts'
import { listHistory } from '../../src/responses/history.ts'
import { submitAndNext, submitDealt, submitResponse } from '../../src/responses/submit.ts'
import { undoResponse } from '../../src/responses/undo.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { answer, importMany, keepStatistics, labelersOf, pilotOf, touched } from './pilot.ts'

const admin: Actor = { type: 'admin', name: 'cleo' }
const channel = { platform: 'slack' as const, workspace: 'T1', channelId: 'C1' }
const statistics = ['none', 'stale', 'fresh'] as const
type Statistics = (typeof statistics)[number]
/** Pages by gesture and table. */
type Costs = Map<string, Record<string, number>>

/** Who took part in the pilot: five people who answered sixty records, or one who answered all. */
const pilots = { 'five people': [60, 5], 'one person': [24, 1] } as const

async function costsAfter(pilot: keyof typeof pilots, known: Statistics): Promise<Costs> {
  const ground = await startParley()
  // One connection: what it planned in the pilot it would use ever after.
  const one = openDatabase(ground.database.url, { log: openLog({ level: 'error' }), max: 1 })
  try {
    const parley = { ...ground.parley, db: one.db }
    await keepStatistics(parley)
    const people = await labelersOf(parley, 6)
    const [first, crowd] = await pilotOf(ground, parley, people, pilots[pilot])
    if (known === 'stale') await sql`analyze`.execute(parley.db)
    await importMany(parley, first)
    await importMany(parley, crowd)
    if (known === 'fresh') await sql`analyze`.execute(parley.db)
    // The pilot's gestures once more: a statement that a process has run often has its plan.
    for (let n = 0; n < 2; n++) await session(ground, parley, people, first, crowd)
    return await session(ground, parley, people, first, crowd)
  } finally {
    await one.close()
    await ground.close()
  }
}

/** What a labeler does, each gesture once, and what each looked at. */
async function session(
  ground: TestParley,
  parley: Parley,
  [ana, ben, cat]: Labeler[],
  first: Dataset,
  crowd: Dataset,
): Promise<Costs> {
  if (!ana || !ben || !cat) throw new Error('Nobody.')
  const costs: Costs = new Map()
  const cost = async <Result>(name: string, work: () => Promise<Result>): Promise<Result> => {
    ground.clock.advance('20 seconds')
    const before = await touched(parley)
    const result = await work()
    const after = await touched(parley)
    costs.set(
      name,
      Object.fromEntries(
        Object.entries(after).flatMap(([table, pages]) => {
          const more = pages - (before[table] ?? 0)
          return more > 0 ? [[table, more]] : []
        }),
      ),
    )
    return result
  }
  const rest = { schemaVersion: 1, platform: 'slack' as const, values: { safe: 'no' } }
  const held = await cost('next', () => nextAssignment(parley, ana, { dataset: first }))
  const { assignmentId = '' } = held ?? {}
  await cost('next, held', () => nextAssignment(parley, ana, { dataset: first }))
  await cost('open', () =>
    handleInteraction(parley, { type: 'open', by: ana.person, assignmentId }),
  )
  await cost('expand', () => markExpanded(parley, { assignmentId, text: 'prompt' }))
  await cost('draft', () =>
    saveDraft(parley, ana, { assignmentId, values: { safe: 'no' }, platform: 'slack' }),
  )
  await cost('submit', () => answer(parley, ana, assignmentId))
  await cost('submit again', () => answer(parley, ana, assignmentId))
  await cost('edit', () => answer(parley, ana, assignmentId, 'no'))
  await cost('undo', () => undoResponse(parley, ana, { assignmentId }))
  const next = await cost('submit and next', () =>
    submitAndNext(parley, ana, { assignmentId, ...rest }),
  )
  const id = next.next?.assignmentId ?? ''
  await cost('discard', () =>
    discardResponse(parley, ana, { assignmentId: id, reason: 'unclear', platform: 'slack' }),
  )
  await cost('undo a skip', () => undoResponse(parley, ana, { assignmentId: id }))
  const { found } = await getOwnAssignment(parley, ana.person, id)
  await cost('submit what was dealt', async () => {
    const input = {
      assignmentId: id,
      ...rest,
      found: { ...found, rowVersion: found.rowVersion ?? '' },
    }
    expect(await submitDealt(parley, ana, input)).not.toBeNull()
  })
  await cost('history', () => listHistory(parley, ana, {}))
  await cost('history, shown', () => handleInteraction(parley, { type: 'history', by: ana.person }))
  await cost('progress, shown', () =>
    handleInteraction(parley, { type: 'progress', by: ana.person }),
  )
  const shown = await cost('next, asked in chat', () =>
    handleInteraction(parley, { type: 'next', by: ana.person, dataset: 'first' }),
  )
  await cost('note what a message shows', async () => {
    const { note, settled } = openTaskMessages(parley)
    note({ platform: 'slack', workspace: 'T1', channel: 'D1', message: 'm1' }, shown)
    await settled()
  })
  await cost('next, wherever', () => handleInteraction(parley, { type: 'next', by: ana.person }))
  await cost('progress', () => datasetProgress(parley, first))
  await cost('waiting', () => listWaiting(parley, ana))
  await cost('home', () => handleInteraction(parley, { type: 'home', by: ana.person }))
  await checks(cost, ground, parley, ben, crowd)
  await ballots(cost, parley, [ana, ben, cat], crowd)
  await sweeps(cost, ground, parley, cat, first)
  return costs
}

type Cost = <Result>(name: string, work: () => Promise<Result>) => Promise<Result>

const ranked = {
  ...{ schemaVersion: 1, platform: 'slack' as const },
  values: { preference: { mode: 'full', ranks: { o1: 1, o2: 2 }, all_unacceptable: false } },
}

/** Records that come back, and those with known answers. */
async function checks(
  cost: Cost,
  ground: TestParley,
  parley: Parley,
  ben: Labeler,
  crowd: Dataset,
): Promise<void> {
  let again = 0
  for (let n = 0; n < 40 && again < 2; n++) {
    const held = await cost('next with checks', () =>
      nextAssignment(parley, ben, { dataset: crowd }),
    )
    if (!held) break
    if (held.repeat > 0) again++
    ground.clock.advance('20 seconds')
    await cost('submit with checks', () =>
      submitResponse(parley, ben, { assignmentId: held.assignmentId, ...ranked }),
    )
  }
  expect(again).toBeGreaterThan(0)
}

/** A post with its ballots, closed. */
async function ballots(
  cost: Cost,
  parley: Parley,
  people: Labeler[],
  crowd: Dataset,
): Promise<void> {
  const [post] = await cost('post', () =>
    createPosts(parley, admin, { dataset: crowd.name, to: channel }),
  )
  const found = await cost('find a post', () => findPost(parley, post?.id ?? ''))
  if (!found) throw new Error('It is not posted.')
  for (const labeler of people) {
    const ballot = await cost('open a ballot', () => openBallot(parley, labeler, found))
    await cost('vote', () =>
      submitResponse(parley, labeler, { assignmentId: ballot.assignmentId, ...ranked }),
    )
  }
  await cost('count the votes', () => countVotes(parley, found.post.id))
  await cost('end a post', () => endPost(parley, found, 'closed', null))
}

/** What runs each minute, and what an admin does to one record. */
async function sweeps(
  cost: Cost,
  ground: TestParley,
  parley: Parley,
  cat: Labeler,
  first: Dataset,
): Promise<void> {
  const held = await nextAssignment(parley, cat, { dataset: first })
  ground.clock.advance('2 hours')
  await cost('sweep of leases', () => expireDue(parley))
  await cost('sweep of messages', () => sweepTaskMessages(parley))
  await cost('lease again', () => nextAssignment(parley, cat, { dataset: first }))
  await excludeLabeler(parley, {
    ...{ datasetId: first.id, labelerId: cat.id },
    recordId: held?.recordId ?? '',
  })
  await parley.db
    .updateTable('places')
    .set({ rejected: true })
    .where('recordId', '=', held?.recordId ?? '')
    .execute()
  await cost('requeue', () =>
    requeueRecord(parley, admin, { dataset: 'first', externalId: held?.record.externalId ?? '' }),
  )
}

describe.each(Object.keys(pilots) as (keyof typeof pilots)[])('happy: a pilot of %s', (pilot) => {
  const seen = new Map<Statistics, Costs>()
  beforeAll(async () => {
    for (const known of statistics) seen.set(known, await costsAfter(pilot, known))
  }, 300_000)

  test('whatever Postgres knows of the tables, a gesture looks at as many pages', () => {
    const uneven: string[] = []
    for (const name of seen.get('fresh')?.keys() ?? []) {
      const pages = statistics.map((known) => {
        const tables = seen.get(known)?.get(name) ?? {}
        return Object.values(tables).reduce((all, one) => all + one, 0)
      })
      const [least, most] = [Math.min(...pages), Math.max(...pages)]
      // Small tables, such as that of identities, may be read whole or by their index.
      if (most > least * 1.5 + 16) uneven.push(`${name}: ${pages.join(', ')}`)
    }
    expect(uneven).toEqual([])
  })

  test('no gesture reads a table, however large the import was', () => {
    const large: string[] = []
    for (const known of statistics)
      for (const [name, tables] of seen.get(known) ?? [])
        for (const [table, pages] of Object.entries(tables))
          if (pages > 110) large.push(`${name} (${known}): ${pages} pages of ${table}`)
    expect(large).toEqual([])
    expect(seen.get('none')?.size).toBeGreaterThan(33)
  })
})
