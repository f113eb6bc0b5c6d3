/** Whoever asks for a task in a channel that a dataset stands in gets a task of that dataset. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { handleInteraction } from '../../src/chat/handle.ts'
import type { Reply } from '../../src/chat/port/port.ts'
import { consentVersion } from '../../src/labelers/labeler.ts'
import { keepMessage } from '../../src/outbound/messages.ts'
import { makeDataset } from '../support/journey.ts'
import { startParley, type TestParley } from '../support/parley.ts'

let at: TestParley
const place = { platform: 'discord', workspace: '' } as const
const records = [{ id: 'r1', prompt: 'Why?', outputs: ['a', 'b'] }]

beforeAll(async () => {
  at = await startParley()
  for (const name of ['first', 'arena', 'third'])
    await makeDataset(at.parley, `name: ${name}\ntemplate: comparison`, records)
  const arena = await at.parley.db
    .selectFrom('datasets')
    .select('id')
    .where('name', '=', 'arena')
    .executeTakeFirstOrThrow()
  const hub = { ...place, channel: 'C-arena', message: 'm1' }
  await keepMessage(at.parley, `hub:${arena.id}`, hub, null)
})
afterAll(() => at.close())

async function asks(userId: string, channelId: string): Promise<Reply> {
  const by = { ...place, userId, channelId }
  const first = await handleInteraction(at.parley, { type: 'next', by })
  return first.type === 'welcome'
    ? handleInteraction(at.parley, { type: 'consent', by, version: consentVersion })
    : first
}

test('happy: in the channel of its hub, a newcomer’s Start and the next one’s command lead to it', async () => {
  const card = { type: 'task', card: { dataset: { name: 'arena' } } }
  expect(await asks('1', 'C-arena')).toMatchObject(card)
  expect(await asks('2', 'C-arena')).toMatchObject(card)
})

test('happy: anywhere else they choose, and where a task is open it goes on', async () => {
  expect(await asks('3', 'C-other')).toMatchObject({ type: 'choices' })
  const by = { ...place, userId: '3', channelId: 'C-other' }
  await handleInteraction(at.parley, { type: 'next', by, dataset: 'first' })
  expect(await asks('3', 'C-arena')).toMatchObject({ card: { dataset: { name: 'first' } } })
})

test('refused: a hub that is gone, or a second dataset in the channel, decides nothing', async () => {
  const { parley } = at
  const third = await parley.db
    .selectFrom('datasets')
    .select('id')
    .where('name', '=', 'third')
    .executeTakeFirstOrThrow()
  await keepMessage(
    parley,
    `hub:${third.id}`,
    { ...place, channel: 'C-arena', message: 'm2' },
    null,
  )
  expect(await asks('4', 'C-arena')).toMatchObject({ type: 'choices' })
  const gone = parley.db.updateTable('messages').set({ goneAt: parley.now() })
  await gone.where('subject', '=', `hub:${third.id}`).execute()
  expect(await asks('4', 'C-arena')).toMatchObject({ card: { dataset: { name: 'arena' } } })
})
