/** What an admin sets for one labeler: a pause, a quota, a message, and what a purge would change. */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { nextAssignment } from '../../src/assignments/next.ts'
import { handleInteraction } from '../../src/chat/handle.ts'
import type { Labeler } from '../../src/labelers/labeler.ts'
import { listLimits, setQuota } from '../../src/labelers/limits.ts'
import { messageLabeler, pauseLabeler, resumeLabeler } from '../../src/outbound/write-to-labeler.ts'
import type { Actor } from '../../src/parley.ts'
import { changePreferences } from '../../src/reminders/preferences.ts'
import { purgeLabeler } from '../../src/responses/forget.ts'
import { previewPurge } from '../../src/responses/purge-preview.ts'
import { submitAndNext, submitResponse } from '../../src/responses/submit.ts'
import { makeDataset, makeLabeler } from '../assignments/ground.ts'
import { startParley, type TestParley } from '../support/parley.ts'

let at: TestParley
beforeAll(async () => {
  at = await startParley()
})
afterAll(() => at.close())

const admin: Actor = { type: 'admin', name: 'test' }
const ofSome: Actor = {
  ...{ type: 'admin', name: 'discord:7' },
  of: { platform: 'discord', workspace: 'G1', userId: '7' },
}

/** Answers with what is held, and takes the next. */
async function answers(labeler: Labeler, assignmentId: string) {
  const values = { safe: 'yes' }
  const { next } = await submitAndNext(at.parley, labeler, {
    ...{ assignmentId, schemaVersion: 1, platform: 'slack', values },
  })
  return next
}

const notices = async (userId: string): Promise<string[]> => {
  const { rows } = await sql<{ text: string }>`
    select content ->> 'text' as text from deliveries where recipient = ${userId} and kind = 'notice'
    order by id`.execute(at.parley.db)
  return rows.map(({ text }) => text)
}

describe('happy', () => {
  test('paused in one dataset: the open task is theirs to finish, nothing new comes, and they read why', async () => {
    const dataset = await makeDataset(at.parley, { name: 'one', records: 9 })
    const other = await makeDataset(at.parley, { name: 'other', records: 9 })
    const ana = await makeLabeler(at.parley, 'UANA')
    const held = await nextAssignment(at.parley, ana, { dataset })
    const input = { labeler: ana.id, dataset: 'one', reason: 'Please read the guide first.' }
    expect(await pauseLabeler(at.parley, admin, input)).toEqual({ changed: true, told: true })
    expect(await pauseLabeler(at.parley, admin, input)).toEqual({ changed: false, told: false })
    expect((await nextAssignment(at.parley, ana, { dataset }))?.assignmentId).toBe(
      held?.assignmentId,
    )
    expect(await answers(ana, held?.assignmentId ?? '')).toBeNull()
    expect(await nextAssignment(at.parley, ana, { dataset })).toBeNull()
    expect(await nextAssignment(at.parley, ana, { dataset: other })).not.toBeNull()
    const reply = await handleInteraction(at.parley, {
      by: ana.person,
      type: 'next',
      dataset: 'one',
    })
    expect(JSON.stringify(reply)).toContain('paused you in “Is it safe?”')
    expect(await notices('UANA')).toEqual([expect.stringContaining('Please read the guide first.')])
    await resumeLabeler(at.parley, admin, { labeler: ana.id, dataset: 'one' })
    expect(await nextAssignment(at.parley, ana, { dataset })).not.toBeNull()
    expect(await notices('UANA')).toHaveLength(2)
  })

  test('paused everywhere: nothing new anywhere, checks and later datasets included', async () => {
    const ben = await makeLabeler(at.parley, 'UBEN')
    await pauseLabeler(at.parley, admin, { labeler: 'slack:T1:UBEN' })
    const checks = { gold: { share: 0.5 } } as never
    const dataset = await makeDataset(at.parley, { name: 'checked', records: 3, checks })
    expect(await nextAssignment(at.parley, ben, { dataset })).toBeNull()
    expect(await listLimits(at.parley, ben.id)).toMatchObject([{ dataset: null, reason: null }])
  })

  test('a quota ends with its last answer, and may be raised', async () => {
    const dataset = await makeDataset(at.parley, { name: 'few', records: 9 })
    const cay = await makeLabeler(at.parley, 'UCAY')
    await setQuota(at.parley, admin, { labeler: cay.id, dataset: 'few', quota: 2 })
    const first = await nextAssignment(at.parley, cay, { dataset })
    const second = await answers(cay, first?.assignmentId ?? '')
    expect(await answers(cay, second?.assignmentId ?? '')).toBeNull()
    const reply = await handleInteraction(at.parley, {
      by: cay.person,
      type: 'next',
      dataset: 'few',
    })
    expect(JSON.stringify(reply)).toContain('as many answers')
    await setQuota(at.parley, admin, { labeler: cay.id, dataset: 'few', quota: null })
    expect(await nextAssignment(at.parley, cay, { dataset })).not.toBeNull()
  })

  test('a purge says before what it changes afterwards, surplus answers counted in', async () => {
    const dataset = await makeDataset(at.parley, { name: 'purged', records: 3 })
    const [dee, eve] = [await makeLabeler(at.parley, 'UDEE'), await makeLabeler(at.parley, 'UEVE')]
    const late = await nextAssignment(at.parley, eve, { dataset })
    await sql`update assignments set lease_until = '-infinity' where dataset_id = ${dataset.id}`.execute(
      at.parley.db,
    )
    await sql`select expire_leases(${dataset.id}, 50, ${at.parley.now()})`.execute(at.parley.db)
    let held = await nextAssignment(at.parley, dee, { dataset })
    while (held) held = await answers(dee, held.assignmentId)
    await submitResponse(at.parley, eve, {
      ...{ assignmentId: late?.assignmentId ?? '', schemaVersion: 1, platform: 'slack' },
      values: { safe: 'no' },
    })
    const open = async () => {
      const { rows } = await sql<{ open: number }>`select count(*)::int as open from places
        where dataset_id = ${dataset.id} and open`.execute(at.parley.db)
      return rows[0]?.open
    }
    expect(await open()).toBe(0)
    const input = { labeler: dee.id, dataset: 'purged' }
    expect(await previewPurge(at.parley, admin, input)).toEqual([
      { dataset: 'purged', counted: 3, reopened: 2, exports: [] },
    ])
    expect(await purgeLabeler(at.parley, admin, input)).toEqual({ counted: 3 })
    expect(await open()).toBe(2)
  })

  test('a message comes in private and in their language, the same once a day', async () => {
    const fay = await makeLabeler(at.parley, 'UFAY')
    await sql`update labelers set locale = 'de-DE' where id = ${fay.id}`.execute(at.parley.db)
    for (const _ of [1, 2])
      await messageLabeler(at.parley, admin, { labeler: fay.id, text: ' Danke! ' })
    expect(await notices('UFAY')).toEqual(['Jemand, der Parley verwaltet, schreibt dir:\nDanke!'])
    const { rows } = await sql<{ detail: unknown }>`
      select detail from audit where act = 'message labeler'`.execute(at.parley.db)
    expect(rows[0]?.detail).toEqual({ labeler: fay.id })
  })
})

describe('refused', () => {
  test('somebody who turned everything off is not written to, and is paused all the same', async () => {
    const gil = await makeLabeler(at.parley, 'UGIL')
    await changePreferences(at.parley, gil, { all: false })
    const message = messageLabeler(at.parley, admin, { labeler: gil.id, text: 'Hello' })
    await expect(message).rejects.toThrow('turned off all messages from Parley')
    expect(await pauseLabeler(at.parley, admin, { labeler: gil.id })).toEqual({
      changed: true,
      told: false,
    })
    expect(await notices('UGIL')).toEqual([])
  })

  test('an admin of some datasets acts on no other, nor on everything, nor on people of others', async () => {
    const hal = await makeLabeler(at.parley, 'UHAL')
    await expect(pauseLabeler(at.parley, ofSome, { labeler: hal.id })).rejects.toMatchObject({
      code: 'forbidden',
    })
    for (const dataset of ['one', 'nowhere'])
      await expect(
        pauseLabeler(at.parley, ofSome, { labeler: hal.id, dataset }),
      ).rejects.toMatchObject({ code: 'not_found' })
    expect(await previewPurge(at.parley, ofSome, { labeler: hal.id })).toEqual([])
  })

  test.each([0, -1, 1.5, Number.NaN])('%s is no quota', async (quota) => {
    await expect(
      setQuota(at.parley, admin, { labeler: '1', dataset: 'one', quota }),
    ).rejects.toMatchObject({ code: 'invalid' })
  })

  test.each(['', ' ', 'x'.repeat(2001)])('an empty or endless message', async (text) => {
    const sent = messageLabeler(at.parley, admin, { labeler: '1', text })
    await expect(sent).rejects.toMatchObject({ code: 'invalid' })
  })
})
