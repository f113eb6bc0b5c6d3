/** Verdicts on messages of an AI app become answers: one for a person and a message, the latest by its time. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { getDataset } from '../../src/datasets/dataset.ts'
import { closeDataset } from '../../src/datasets/publish.ts'
import { exportToFile } from '../../src/exports/to-file.ts'
import type { Change } from '../../src/feedback/thumbs.ts'
import { feedDue } from '../../src/feeds/feed.ts'
import { giveConsent } from '../../src/labelers/consent.ts'
import { findLabelerId } from '../../src/labelers/find.ts'
import { forgetLabeler } from '../../src/labelers/forget.ts'
import { consentVersion, findLabeler } from '../../src/labelers/labeler.ts'
import { createLinkCode, redeemLinkCode } from '../../src/labelers/link.ts'
import { findOutsider } from '../../src/labelers/outsider.ts'
import type { Person } from '../../src/labelers/person.ts'
import { purgeLabeler } from '../../src/responses/forget.ts'
import { countDrift } from '../assignments/invariants.ts'
import { readRows } from '../exports/ground.ts'
import { open, recordsOf } from '../feeds/ground.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { randomOf } from '../support/random.ts'
import {
  admin,
  answersOf,
  conversation,
  give,
  openFeedback,
  shuffled,
  verdictsOf,
} from './ground.ts'

let world: TestParley
beforeAll(async () => {
  world = await startParley()
})
afterAll(() => world.close())

const person = (userId: string): Person => ({ platform: 'slack', workspace: 'T1', userId })

async function noDrift(name: string) {
  const drift = await countDrift(world.parley, await getDataset(world.parley, name))
  expect(drift).toEqual(Object.fromEntries(Object.keys(drift).map((key) => [key, 0])))
}

async function exported(dataset: string, as: 'kto' | 'raw') {
  const to = join(mkdtempSync(join(tmpdir(), 'parley-feedback-')), `${as}.jsonl`)
  await exportToFile(world.parley, admin, { dataset, as, flags: {}, to })
  return readRows(to)
}

describe('happy: a verdict is an answer', () => {
  test('three lines make a dataset that takes it, and the KTO file is ready', async () => {
    const { parley } = world
    await openFeedback(parley, 'assistant')
    const taken = await give(parley, 'assistant', {
      change: { set: 'down', reason: 'It is not about weight.' },
      model: 'small-1',
    })
    expect(taken).toEqual({
      dataset: 'assistant',
      record: 'support-bot/m1',
      verdict: 'down',
      reason: 'It is not about weight.',
      isChanged: true,
    })
    expect(await recordsOf(parley, 'assistant')).toMatchObject([
      {
        externalId: 'support-bot/m1',
        status: 'completed',
        fields: { prompt: conversation.slice(0, 2) },
        outputs: [{ id: 'o1', text: 'Because clouds are heavy.', model: 'small-1' }],
        metadata: { feedback: { source: 'support-bot', message: 'm1' } },
      },
    ])
    expect(await exported('assistant', 'kto')).toEqual([
      { prompt: conversation.slice(0, 2), completion: conversation.slice(2), label: false },
    ])
    expect(await exported('assistant', 'raw')).toMatchObject([
      {
        record: { external_id: 'support-bot/m1' },
        labeler: expect.stringMatching(/^p/),
        status: 'submitted',
        counted: true,
        values: { thumbs: 'down', reason: 'It is not about weight.' },
      },
    ])
    await noDrift('assistant')
  })

  test('everybody counts, each once', async () => {
    const { parley } = world
    await openFeedback(parley, 'many')
    for (const name of ['u1', 'u2', 'u3', 'u1', 'u2'])
      await give(parley, 'many', { by: { source: 'support-bot', name }, change: { set: 'up' } })
    const answers = await answersOf(parley, 'many')
    expect(answers.map(({ counted }) => counted)).toEqual([true, true, true])
    expect(await verdictsOf(parley, 'many')).toHaveLength(3)
    expect(await exported('many', 'kto')).toMatchObject([{ label: true }])
    await noDrift('many')
  })

  test('a verdict that is taken back leaves nothing, and comes again with its conversation', async () => {
    const { parley } = world
    await openFeedback(parley, 'back')
    const other = { source: 'support-bot', name: 'u2' }
    await give(parley, 'back', { change: { set: 'up' } })
    await give(parley, 'back', { by: other, change: { set: 'down' } })
    world.clock.advance('1 minute')
    await give(parley, 'back', { change: { set: null } })
    expect(await answersOf(parley, 'back')).toMatchObject([
      { values: { thumbs: 'down' }, counted: true },
    ])
    await give(parley, 'back', { by: other, change: { set: null } })
    expect(await recordsOf(parley, 'back')).toEqual([])
    // What came late is older than what took it back.
    const late = await give(parley, 'back', { change: { set: 'up' }, at: '2026-03-02T09:00:30Z' })
    expect(late).toMatchObject({ verdict: null, isChanged: false })
    world.clock.advance('1 minute')
    await give(parley, 'back', { change: { set: 'up' } })
    expect(await answersOf(parley, 'back')).toMatchObject([{ values: { thumbs: 'up' } }])
    await noDrift('back')
  })

  test('a conversation is stored once, with its tools, and text prompts stay texts', async () => {
    const { parley } = world
    await openFeedback(parley, 'plain', 'fields: { prompt: { type: text } }')
    const asked = conversation.slice(1)
    await give(parley, 'plain', { conversation: asked, change: { set: 'up' } })
    await give(parley, 'plain', {
      conversation: [{ role: 'assistant', content: 'Another text.' }],
      by: { source: 'support-bot', name: 'u2' },
      change: { set: 'down' },
    })
    expect(await recordsOf(parley, 'plain')).toMatchObject([
      { fields: { prompt: 'Why does it rain?' }, outputs: [{ text: 'Because clouds are heavy.' }] },
    ])
    const call = { id: 'c1', type: 'function', function: { name: 'look', arguments: '{}' } }
    await openFeedback(parley, 'agent')
    await give(parley, 'agent', {
      conversation: [
        ...asked,
        { role: 'user', content: 'Look it up.' },
        { role: 'assistant', content: null, tool_calls: [call] },
      ],
      change: { set: 'up' },
    })
    expect(await recordsOf(parley, 'agent')).toMatchObject([
      { outputs: [{ messages: [{ tool_calls: [call] }] }] },
    ])
  })

  test('what is thumbed down goes on to be corrected, by a feed', async () => {
    const { parley, clock } = world
    await open(parley, 'name: correct\ntemplate: completion\nfields: { prompt: { type: chat } }')
    await openFeedback(
      parley,
      'sorted',
      'access: everyone\nfeeds: [{ to: correct, when: "majority(thumbs) == \\"down\\"" }]',
    )
    await give(parley, 'sorted', { change: { set: 'down' } })
    await give(parley, 'sorted', { message: 'm2', change: { set: 'up' } })
    clock.advance('11 minutes')
    await feedDue(parley)
    expect(await recordsOf(parley, 'correct')).toMatchObject([
      { fields: { prompt: conversation.slice(0, 2) } },
    ])
    await give(parley, 'sorted', { change: { set: null } })
    await feedDue(parley)
    expect(await recordsOf(parley, 'correct')).toEqual([])
  })
})

describe('twice: shuffled toggles', () => {
  test('a thousand, doubled and out of order, leave one row for a person and message: the latest', async () => {
    const { parley } = world
    await openFeedback(parley, 'toggles')
    const random = randomOf(18)
    const people = Array.from({ length: 5 }, (_, n) => `u${n}`)
    const messages = ['a', 'b', 'c', 'd']
    const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T
    const toggles = Array.from({ length: 500 }, (_, n) => ({
      ...{ name: pick(people), message: pick(messages) },
      change: pick<Change>([{ set: 'up' }, { set: 'down', reason: `r${n}` }, { set: null }]),
      at: `2026-03-02T08:${String(Math.floor(n / 10)).padStart(2, '0')}:00.${String(n).padStart(6, '0')}Z`,
    }))
    const latest = new Map(toggles.map((one) => [`${one.message} ${one.name}`, one]))
    const queue = shuffled([...toggles, ...toggles], random)
    const run = async () => {
      for (let one = queue.pop(); one; one = queue.pop()) {
        const { name, message, change, at } = one
        await give(parley, 'toggles', { by: { source: 'support-bot', name }, message, change, at })
      }
    }
    await Promise.all(Array.from({ length: 4 }, run))
    const rows = await verdictsOf(parley, 'toggles')
    expect(rows).toHaveLength(latest.size)
    const wanted = [...latest.values()].flatMap(({ message, change }) =>
      'set' in change && change.set !== null
        ? [`${message} ${change.set} ${change.reason ?? ''}`]
        : [],
    )
    const answers = await answersOf(parley, 'toggles')
    const got = answers.map(({ record, values }) => {
      const { thumbs, reason = '' } = values as { thumbs: string; reason?: string }
      return `${record.replace('support-bot/', '')} ${thumbs} ${reason}`
    })
    expect(got.toSorted()).toEqual(wanted.toSorted())
    expect(answers.every(({ counted }) => counted)).toBe(true)
    await noDrift('toggles')
  })
})

describe('happy: people who have not agreed', () => {
  test('are known by a hash alone, and become themselves when they agree', async () => {
    const { parley } = world
    await openFeedback(parley, 'quiet')
    const eve = person('UEVE')
    await give(parley, 'quiet', { by: eve, change: { set: 'up' } })
    const [row] = await verdictsOf(parley, 'quiet')
    expect(row?.person).toMatch(/^o[0-9a-f]{4}-[0-9a-f]{32}$/)
    expect(await findLabeler(parley, eve)).toBeNull()
    const whole = JSON.stringify([
      ...(await verdictsOf(parley, 'quiet')),
      ...(await parley.db.selectFrom('outsiders').selectAll().execute()),
      ...(await parley.db.selectFrom('identities').selectAll().execute()),
    ])
    expect(whole).not.toContain('UEVE')
    const outsider = await findOutsider(parley, eve)
    const labeler = await giveConsent(parley, eve, { version: consentVersion })
    expect(labeler.id).toBe(outsider?.id)
    world.clock.advance('1 minute')
    await give(parley, 'quiet', { by: eve, change: { set: 'down' } })
    expect(await answersOf(parley, 'quiet')).toMatchObject([{ values: { thumbs: 'down' } }])
  })

  test('and who agreed before gives feedback as themselves; linked accounts are one', async () => {
    const { parley } = world
    await openFeedback(parley, 'known')
    const [fay, gus] = [
      person('UFAY'),
      { platform: 'discord', workspace: '', userId: '77' } as const,
    ]
    const labeler = await giveConsent(parley, fay, { version: consentVersion })
    await give(parley, 'known', { by: fay, change: { set: 'up' } })
    expect((await findOutsider(parley, fay))?.id).toBe(labeler.id)
    await give(parley, 'known', { by: gus, message: 'm2', change: { set: 'up' } })
    await redeemLinkCode(parley, gus, { code: await createLinkCode(parley, fay) })
    expect((await findOutsider(parley, gus))?.id).toBe(labeler.id)
    await noDrift('known')
  })

  test('are forgotten and purged like everybody else', async () => {
    const { parley } = world
    await openFeedback(parley, 'gone', 'forget: delete')
    const hal = person('UHAL')
    await give(parley, 'gone', { by: hal, change: { set: 'down', reason: 'private' } })
    const labelerId = await findLabelerId(parley, 'slack:T1:UHAL')
    await purgeLabeler(parley, admin, { dataset: 'gone', labeler: labelerId })
    expect(await answersOf(parley, 'gone')).toMatchObject([{ counted: false }])
    await noDrift('gone')
    await forgetLabeler(parley, admin, { labelerId })
    expect(await answersOf(parley, 'gone')).toEqual([])
    expect(await verdictsOf(parley, 'gone')).toEqual([])
    expect(await findOutsider(parley, hal)).toBeNull()
    await noDrift('gone')
  })
})

describe('refused: feedback', () => {
  test('a first verdict without its conversation, one that ends otherwise, and one that does not fit', async () => {
    const { parley } = world
    await openFeedback(parley, 'strict', 'fields: { prompt: { type: text, required: true } }')
    const change = { set: 'up' } as const
    await expect(give(parley, 'strict', { conversation: undefined, change })).rejects.toThrow(
      'conversation: is missing. The first verdict',
    )
    await expect(
      give(parley, 'strict', { conversation: conversation.slice(0, 2), change }),
    ).rejects.toThrow('does not end with a message of the assistant')
    await expect(give(parley, 'strict', { change })).rejects.toThrow('Give it "type: chat"')
    await expect(
      give(parley, 'strict', { conversation: conversation.slice(2), change }),
    ).rejects.toThrow('does not say what was asked')
    await expect(give(parley, 'strict', { change, at: '2026-03-03T09:00:00Z' })).rejects.toThrow(
      'at: lies ahead',
    )
    await expect(give(parley, 'strict', { change, at: 'now' })).rejects.toThrow('at: is no moment')
    expect(await verdictsOf(parley, 'strict')).toEqual([])
    expect(await recordsOf(parley, 'strict')).toEqual([])
  })

  test('a closed dataset', async () => {
    const { parley } = world
    await openFeedback(parley, 'shut', 'access: everyone')
    await closeDataset(parley, admin, { dataset: 'shut' })
    await expect(give(parley, 'shut', { change: { set: 'up' } })).rejects.toThrow('is closed')
  })
})
