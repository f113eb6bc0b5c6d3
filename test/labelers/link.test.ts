/** Two identities of one person: joined by a code, with every answer kept and every count right. */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nextAssignment } from '../../src/assignments/next.ts'
import type { Dataset } from '../../src/datasets/document.ts'
import { giveConsent } from '../../src/labelers/consent.ts'
import { consentVersion, findLabeler, type Labeler } from '../../src/labelers/labeler.ts'
import { createLinkCode, linkLabelers, redeemLinkCode } from '../../src/labelers/link.ts'
import type { Person } from '../../src/labelers/person.ts'
import type { Actor } from '../../src/parley.ts'
import { discardResponse } from '../../src/responses/discard.ts'
import { listHistory } from '../../src/responses/history.ts'
import { submitResponse } from '../../src/responses/submit.ts'
import { undoResponse } from '../../src/responses/undo.ts'
import { makeDataset } from '../assignments/ground.ts'
import { countDrift } from '../assignments/invariants.ts'
import { startParley, type TestParley } from '../support/parley.ts'

const admin: Actor = { type: 'admin', name: 'cleo' }
let service: TestParley

beforeAll(async () => {
  service = await startParley({ max: 12 })
})
afterAll(() => service.close())

let count = 0
function pair(): { slack: Person; discord: Person } {
  count += 1
  return {
    slack: { platform: 'slack', workspace: 'T1', userId: `U${count}` },
    discord: { platform: 'discord', workspace: '', userId: `90${count}` },
  }
}

const agree = (person: Person) => giveConsent(service.parley, person, { version: consentVersion })

async function linked(asker: Person, joiner: Person): Promise<void> {
  const code = await createLinkCode(service.parley, asker)
  await redeemLinkCode(service.parley, joiner, { code })
}

async function answers(labeler: Labeler, dataset: Dataset, most = 99, safe = 'yes') {
  const done: string[] = []
  while (done.length < most) {
    const next = await nextAssignment(service.parley, labeler, { dataset })
    if (!next) break
    const { assignmentId } = next
    await submitResponse(service.parley, labeler, {
      ...{ assignmentId, schemaVersion: 1, values: { safe } },
      platform: labeler.person.platform,
    })
    done.push(assignmentId)
    service.clock.advance('1 second')
  }
  return done
}

async function drift(dataset: Dataset) {
  const found = await countDrift(service.parley, dataset)
  return Object.entries(found).filter(([, rows]) => rows !== 0)
}

const theirs = async (person: Person): Promise<Labeler> => {
  const labeler = await findLabeler(service.parley, person)
  if (!labeler) throw new Error('Nobody is there.')
  return labeler
}

describe('happy: one person on two platforms', () => {
  test('whoever answered on one platform gets no record twice on the other', async () => {
    const { slack, discord } = pair()
    const dataset = await makeDataset(service.parley, { name: 'apart', records: 4, wanted: 2 })
    const [inSlack, inDiscord] = [await agree(slack), await agree(discord)]
    const [first] = await answers(inSlack, dataset, 1)
    await linked(slack, discord)
    expect((await theirs(discord)).id).toBe(inSlack.id)
    const rest = await answers(await theirs(discord), dataset)
    expect(rest).toHaveLength(3)
    expect(rest).not.toContain(first)
    expect(inDiscord.id).not.toBe(inSlack.id)
    expect(await drift(dataset)).toEqual([])
  })

  test('of two answers to one record the later is kept, uncounted, and its place goes on', async () => {
    const { slack, discord } = pair()
    const other = pair()
    const dataset = await makeDataset(service.parley, { name: 'both', records: 3, wanted: 2 })
    await answers(await agree(slack), dataset, 99, 'yes')
    await answers(await agree(discord), dataset, 99, 'no')
    await linked(discord, slack)
    const me = await theirs(slack)
    expect((await theirs(discord)).id).toBe(me.id)
    const { rows } = await sql<{ counted: boolean; flags: string[]; safe: string; repeat: number }>`
      select a.counted, r.flags, r."values" ->> 'safe' as safe, a.repeat from assignments a
      join responses r on r.dataset_id = a.dataset_id and r.assignment_id = a.id
      where a.dataset_id = ${dataset.id} and a.labeler_id = ${me.id}
      order by a.record_id, a.repeat`.execute(service.parley.db)
    expect(rows).toHaveLength(6)
    expect(rows.filter((row) => row.repeat === 0)).toEqual(
      Array.from({ length: 3 }, () => ({ counted: true, flags: [], safe: 'yes', repeat: 0 })),
    )
    expect(rows.filter((row) => row.repeat === 1)).toEqual(
      Array.from({ length: 3 }, () => ({
        counted: false,
        flags: ['same_person'],
        safe: 'no',
        repeat: 1,
      })),
    )
    expect(await drift(dataset)).toEqual([])
    expect(await answers(me, dataset)).toEqual([])
    expect(await answers(await agree(other.slack), dataset)).toHaveLength(3)
    expect(await drift(dataset)).toEqual([])
    expect(await listHistory(service.parley, me, { limit: 20 })).toHaveLength(6)
  })

  test('a waiting surplus answer of somebody else takes the place that was theirs twice', async () => {
    const { slack, discord } = pair()
    const other = pair()
    const dataset = await makeDataset(service.parley, { name: 'promoted', records: 1, wanted: 2 })
    const third = await agree(other.slack)
    const late = await nextAssignment(service.parley, third, { dataset })
    service.clock.advance('1 day')
    await answers(await agree(slack), dataset)
    await answers(await agree(discord), dataset)
    const given = await submitResponse(service.parley, third, {
      ...{ assignmentId: late?.assignmentId ?? '', schemaVersion: 1, values: { safe: 'no' } },
      platform: 'slack',
    })
    expect(given.outcome).toBe('surplus')
    await linked(slack, discord)
    expect(await drift(dataset)).toEqual([])
    const { rows } = await sql<{ counted: boolean }>`
      select counted from assignments where dataset_id = ${dataset.id}
      and labeler_id = ${third.id}`.execute(service.parley.db)
    expect(rows).toEqual([{ counted: true }])
  })

  test('what both have open stays legal, whichever is answered', async () => {
    const { slack, discord } = pair()
    const dataset = await makeDataset(service.parley, { name: 'open', records: 2, wanted: 2 })
    const [inSlack, inDiscord] = [await agree(slack), await agree(discord)]
    const [one, two] = [
      await nextAssignment(service.parley, inSlack, { dataset }),
      await nextAssignment(service.parley, inDiscord, { dataset }),
    ]
    expect(one?.recordId).toBe(two?.recordId)
    await linked(slack, discord)
    expect(await drift(dataset)).toEqual([])
    const me = await theirs(discord)
    expect(await answers(me, dataset)).toHaveLength(2)
    expect(await drift(dataset)).toEqual([])
  })

  test('a skip and an answer of one person are one answer', async () => {
    const { slack, discord } = pair()
    const dataset = await makeDataset(service.parley, {
      name: 'skipped',
      records: 1,
      discards: 1,
      wanted: 2,
    })
    const [inSlack, inDiscord] = [await agree(slack), await agree(discord)]
    await answers(inSlack, dataset)
    const next = await nextAssignment(service.parley, inDiscord, { dataset })
    await discardResponse(service.parley, inDiscord, {
      ...{ assignmentId: next?.assignmentId ?? '', reason: 'unclear', platform: 'discord' },
    })
    await linked(slack, discord)
    expect(await drift(dataset)).toEqual([])
    const { rows } = await sql`select rejected, counted, discards from places
      where dataset_id = ${dataset.id}`.execute(service.parley.db)
    expect(rows).toEqual([{ rejected: false, counted: 1, discards: 0 }])
  })

  test('somebody who never agreed on Discord is known there by the code alone', async () => {
    const { slack, discord } = pair()
    const labeler = await agree(slack)
    await linked(slack, discord)
    expect(await findLabeler(service.parley, discord)).toMatchObject({
      id: labeler.id,
      consentVersion,
    })
  })

  test('an admin joins two people by their names', async () => {
    const { slack, discord } = pair()
    await agree(slack)
    await agree(discord)
    await linkLabelers(service.parley, admin, {
      people: [`slack:T1:${slack.userId}`, `discord:${discord.userId}`],
    })
    expect((await theirs(slack)).id).toBe((await theirs(discord)).id)
  })
})

describe('refused', () => {
  test('a code of somebody who never agreed to take part', async () => {
    await expect(createLinkCode(service.parley, pair().slack)).rejects.toThrow('agree')
  })

  test('a code that is wrong, or older than ten minutes', async () => {
    const { slack, discord } = pair()
    await agree(slack)
    const code = await createLinkCode(service.parley, slack)
    await expect(redeemLinkCode(service.parley, discord, { code: 'ABCD-ABCD' })).rejects.toThrow(
      'does not work',
    )
    service.clock.advance('11 minutes')
    await expect(redeemLinkCode(service.parley, discord, { code })).rejects.toThrow('does not work')
  })

  test('oneself, and the code is good for the other account still', async () => {
    const { slack, discord } = pair()
    await agree(slack)
    const code = await createLinkCode(service.parley, slack)
    await expect(redeemLinkCode(service.parley, slack, { code })).rejects.toThrow(
      'your other account',
    )
    await redeemLinkCode(service.parley, discord, { code: code.toLowerCase() })
  })

  test('somebody who has another account there already', async () => {
    const { slack, discord } = pair()
    const other = pair()
    await agree(slack)
    await agree(other.slack)
    await linked(slack, discord)
    const code = await createLinkCode(service.parley, other.slack)
    await expect(redeemLinkCode(service.parley, discord, { code })).rejects.toThrow(
      'another account in Slack',
    )
    const second = await createLinkCode(service.parley, slack)
    await expect(redeemLinkCode(service.parley, other.discord, { code: second })).rejects.toThrow(
      'another account in Discord',
    )
    expect(await findLabeler(service.parley, other.discord)).toBeNull()
  })
})

describe('twice', () => {
  test('a code joins once, however often and by whomever it is typed at once', async () => {
    const { slack, discord } = pair()
    const others = [pair().discord, pair().discord, discord]
    await agree(slack)
    const code = await createLinkCode(service.parley, slack)
    const results = await Promise.allSettled(
      others.map((person) => redeemLinkCode(service.parley, person, { code })),
    )
    expect(results.filter((one) => one.status === 'fulfilled')).toHaveLength(1)
  })

  test('both directions at once make one person', async () => {
    const { slack, discord } = pair()
    await agree(slack)
    await agree(discord)
    const codes = [
      await createLinkCode(service.parley, slack),
      await createLinkCode(service.parley, discord),
    ]
    const results = await Promise.allSettled([
      redeemLinkCode(service.parley, discord, { code: codes[0] ?? '' }),
      redeemLinkCode(service.parley, slack, { code: codes[1] ?? '' }),
    ])
    expect(results.some((one) => one.status === 'fulfilled')).toBe(true)
    expect((await theirs(slack)).id).toBe((await theirs(discord)).id)
  })

  test('twelve accounts answer, skip and take back while they are joined two by two: every count is right', async () => {
    const people = Array.from({ length: 6 }, pair)
    const dataset = await makeDataset(service.parley, {
      name: 'crowd',
      records: 60,
      wanted: 3,
      discards: 2,
    })
    for (const { slack, discord } of people) {
      await agree(slack)
      await agree(discord)
    }
    const work = async (person: Person) => {
      for (let turn = 0; turn < 14; turn++) {
        try {
          const labeler = await theirs(person)
          const next = await nextAssignment(service.parley, labeler, { dataset })
          if (!next) continue
          const { assignmentId } = next
          const platform = person.platform
          if (turn % 5 === 3)
            await discardResponse(service.parley, labeler, {
              assignmentId,
              reason: 'unclear',
              platform,
            })
          else
            await submitResponse(service.parley, labeler, {
              ...{ assignmentId, schemaVersion: 1, values: { safe: 'yes' }, platform },
            })
          if (turn % 4 === 2) await undoResponse(service.parley, labeler, { assignmentId })
        } catch (error) {
          // Whoever was joined in between is told so; nothing else may happen.
          expect(String(error)).toMatch(/ParleyError/)
        }
      }
    }
    await Promise.all([
      ...people.flatMap(({ slack, discord }) => [work(slack), work(discord)]),
      ...people.map(({ slack, discord }) => linked(slack, discord)),
    ])
    await service.parley.settled()
    for (const { slack, discord } of people)
      expect((await theirs(slack)).id).toBe((await theirs(discord)).id)
    expect(await drift(dataset)).toEqual([])
  })
})
