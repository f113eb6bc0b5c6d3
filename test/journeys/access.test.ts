/** Who gets in, what is asked first, what nobody may touch; and what a preview leaves behind: nothing. */
import { createServer } from 'node:http'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { sendPreview } from '../../src/chat/gestures/preview.ts'
import { closeDataset, pauseDataset, reopenDataset } from '../../src/datasets/publish.ts'
import { createClaimCode } from '../../src/labelers/roles.ts'
import { admin, type Journey, makeDataset, openJourney } from '../support/journey.ts'

let journey: Journey
/** What came to the response_url of forged presses. */
const told: string[] = []
let responseUrl = ''
const mailbox = createServer(async (request, response) => {
  for await (const part of request) told.push(String(part))
  response.end('ok')
})

beforeAll(async () => {
  journey = await openJourney()
  await new Promise<void>((ready) => mailbox.listen(0, '127.0.0.1', ready))
  const at = mailbox.address()
  responseUrl = `http://127.0.0.1:${typeof at === 'object' && at ? at.port : 0}/`
})
afterAll(async () => {
  mailbox.close()
  const { seen } = journey.slack.faults
  await journey.close()
  expect(seen).toEqual([])
})

const pairs = (name: string, count: number) =>
  Array.from({ length: count }, (_, i) => ({
    id: `${name}${i + 1}`,
    prompt: `${name} prompt ${i + 1}`,
    outputs: [`${name} left ${i + 1}`, `${name} right ${i + 1}`],
  }))

/** Every table (the queue's too) with a row that holds this text anywhere. */
async function tablesThatHold(text: string): Promise<string[]> {
  const { db } = journey.parley
  const { rows } = await sql<{ name: string }>`
    select format('%I.%I', table_schema, table_name) as name from information_schema.tables
    where table_schema not in ('pg_catalog', 'information_schema') and table_type = 'BASE TABLE'
  `.execute(db)
  const found: string[] = []
  for (const { name } of rows) {
    const { rows: hits } = await sql`
      select 1 from ${sql.raw(name)} t where t::text like ${`%${text}%`} limit 1`.execute(db)
    if (hits.length > 0) found.push(name)
  }
  return found
}

/** How many rows each of our tables holds; request signatures are let out. */
/** Which task a message shows is written a moment after it: those rows may still be on their way. */
async function countRows(): Promise<Record<string, number>> {
  const { db } = journey.parley
  const { rows } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_name not in ('handled', 'messages')`.execute(db)
  const counts: Record<string, number> = {}
  for (const { name } of rows) {
    const { rows: one } = await sql<{ n: number }>`
      select count(*)::int as n from ${sql.table(name)}`.execute(db)
    counts[name] = one[0]?.n ?? 0
  }
  return counts
}

describe('happy: first contact', () => {
  test('Ana reads what is stored and what for, and nothing of hers is kept before she presses Start', async () => {
    const { ana } = journey
    await journey.dataset(
      'name: first\ntemplate: comparison\ntitle: First steps',
      pairs('first', 2),
    )
    await ana.types('/parley')
    await ana.receives('What is stored:')
    await ana.receives('What it is for:')
    await ana.receives('How to delete it:')
    await ana.types('/parley next first')
    await ana.types('/parley datasets')
    await ana.types('/parley progress')
    await ana.types('/parley history')
    await ana.types('/parley help')
    await ana.types('/parley my-data')
    expect(ana.screen()).not.toContain('first prompt')
    expect(await tablesThatHold(ana.id)).toEqual([])
    await ana.presses('Start', { in: 'Welcome to Parley' })
    await ana.receives('first prompt')
    // What she is called is asked of her platform, and nobody waits for that.
    await vi.waitFor(async () =>
      expect((await tablesThatHold(ana.id)).sort()).toEqual([
        'public.identities',
        'public.profiles',
      ]),
    )
  })

  test('a button pressed by somebody who never agreed asks for consent and keeps nothing', async () => {
    const { ana, ben } = journey
    await ana.types('/parley next first')
    expect(await forge(ben.id, lastPress())).toContain('Please agree')
    expect(await tablesThatHold(ben.id)).toEqual([])
    expect(await journey.raw('first')).toEqual([])
  })
})

/** Presses, as this person, a button that was never on their screen; returns what they are told. */
async function forge(userId: string, value: string): Promise<string> {
  const { slack, clock, quiet } = journey
  clock.advance(2)
  told.splice(0)
  const payload = {
    type: 'block_actions',
    team: { id: slack.teamId, domain: 'x' },
    user: { id: userId, username: 'x', name: 'x', team_id: slack.teamId },
    api_app_id: slack.appId,
    trigger_id: `1.${clock.now().getTime()}.x`,
    container: { type: 'message', message_ts: '1.1', channel_id: 'D0' },
    channel: { id: 'D0', name: 'directmessage' },
    response_url: responseUrl,
    actions: [{ type: 'button', action_id: value, block_id: 'b', value, action_ts: '1.1' }],
  }
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString()
  const type = { 'content-type': 'application/x-www-form-urlencoded' }
  const sent = await slack.sendRaw(body, { ...slack.sign(body), ...type })
  expect(sent).toMatchObject({ outcome: 'answered', status: 200, body: '' })
  await quiet()
  return told.join('\n')
}

/** The button of a pair that was drawn last, for anybody. */
function lastPress(): string {
  const drawn = journey.slack.wire.map((line) => JSON.stringify(line.request))
  return drawn.flatMap((line) => /v1:press:[^"]+/.exec(line) ?? []).at(-1) ?? ''
}

describe('forbidden: other people’s tasks', () => {
  test('Dee presses a button with the id of Ana’s task: Parley says that it is somebody else’s, and nothing changes', async () => {
    const { ana, dee } = journey
    await dee.joins('first')
    await ana.types('/parley next first')
    const before = await countRows()
    const press = lastPress()
    expect(await forge(dee.id, press)).toContain('This task is somebody else’s.')
    const id = press.split(':')[2]
    for (const verb of [`open:${id}`, `undo:${id}`, `edit:${id}`, `guidelines:${id}`])
      expect(await forge(dee.id, `v1:${verb}`)).toContain('This task is somebody else’s.')
    expect(await forge(dee.id, `v1:read:${id}:0:f:prompt`)).toContain('somebody else’s')
    expect(await forge(dee.id, `v1:skip:${id}:unsafe`)).toContain('somebody else’s')
    for (const made of [
      ...['0', '1-99999', '999999999999999999-1', '1-999999999999999999', '1-0', '-1-1'],
      ...['x', '__proto__', "1'--", '1-9e99'],
    ])
      expect(await forge(dee.id, `v1:press:${made}:1:0`)).toContain('This task is gone.')
    expect(await countRows()).toEqual(before)
    expect(await journey.raw('first')).toEqual([])
  })
})

describe('happy: several datasets', () => {
  test('Ben chooses among what waits for him, by a button or by name', async () => {
    const { ben } = journey
    await journey.dataset(
      'name: second\ntemplate: comparison\ntitle: Second work',
      pairs('second', 2),
    )
    await ben.types('/parley')
    await ben.presses('Start')
    await ben.receives('What would you like to work on?')
    await ben.receives('First steps')
    await ben.receives('Second work')
    await ben.presses('Start', { in: 'Second work', nth: 1 })
    await ben.receives('second prompt')
    await ben.types('/parley next first')
    await ben.receives('first prompt')
  })

  test('a person who was not invited learns so without any name', async () => {
    const { ana, ben, parley } = journey
    const document = `name: secret\ntemplate: comparison\ntitle: Secret plans\naccess: { slack: [${ana.id}] }\n`
    await makeDataset(parley, document, pairs('secret', 1))
    await ben.types('/parley next secret')
    await ben.receives('There is no dataset “secret” that you are invited to.')
    await ben.types('/parley next nowhere')
    await ben.receives('There is no dataset “nowhere” that you are invited to.')
    await ben.types('/parley datasets')
    expect(ben.screen()).not.toContain('Secret plans')
    await ana.types('/parley next secret')
    await ana.receives('secret prompt')
  })

  test('paused work says so; the open card is still answered; afterwards it goes on', async () => {
    const { dee, parley } = journey
    await journey.dataset(
      'name: pausing\ntemplate: comparison\ntitle: Pausing',
      pairs('pausing', 3),
    )
    await dee.types('/parley next pausing')
    await pauseDataset(parley, admin, { dataset: 'pausing' })
    await dee.presses('A is better', { in: 'pausing prompt' })
    await dee.receives('“Pausing” is paused now. Thank you!')
    expect(await journey.raw('pausing')).toHaveLength(1)
    await dee.types('/parley next pausing')
    await dee.receives('“Pausing” is paused right now. Nothing is lost; try again later.')
    await reopenDataset(parley, admin, { dataset: 'pausing' })
    await dee.types('/parley next pausing')
    expect(dee.newest()).toContain('pausing prompt')
  })

  test('a closed dataset takes no more answers and keeps those it has', async () => {
    const { dee, parley } = journey
    await journey.dataset(
      'name: closing\ntemplate: comparison\ntitle: Closing',
      pairs('closing', 3),
    )
    await dee.types('/parley next closing')
    await dee.presses('B is better', { in: 'closing prompt' })
    await closeDataset(parley, admin, { dataset: 'closing' })
    await dee.presses('A is better', { in: 'closing prompt' })
    await dee.receives('This dataset is closed and takes no more answers.')
    await dee.types('/parley next closing')
    await dee.receives('“Closing” is closed and takes no more answers. Thank you for yours.')
    const answers = (await journey.raw('closing')).filter(({ status }) => status === 'submitted')
    expect(answers).toHaveLength(1)
  })
})

describe('happy: preview', () => {
  test('Cleo sees the card as a labeler would, presses everything, and nothing is stored', async () => {
    const { cleo, parley, slack } = journey
    await cleo.types(`/parley-admin claim ${await createClaimCode(parley, admin)}`)
    await cleo.receives('You are an admin of Parley now.')
    await journey.dataset(
      'name: show\ntemplate: comparison\ntitle: Show me\nguidelines: Read both.\nquestions: { preference: { title: Which one? }, why: { type: text, title: Why?, required: false } }',
      pairs('show', 2),
    )
    const to = { platform: 'slack' as const, workspace: slack.teamId, userId: cleo.id }
    const before = await countRows()
    await sendPreview(parley, admin, { dataset: 'show', to })
    await cleo.receives('Nothing you press here is stored.')
    const card = cleo.newest()
    await cleo.presses('A is better')
    await cleo.receives('This is a preview')
    await cleo.presses('Skip', { in: 'show prompt' })
    await cleo.presses('Guidelines', { in: 'show prompt' })
    expect(cleo.modal()?.text).toContain('Read both.')
    await cleo.closes()
    await cleo.presses('Answer in full', { in: 'show prompt' })
    await cleo.chooses('Which one?', 'A is better')
    await cleo.submits()
    await cleo.receives('This is a preview')
    await cleo.hands.closeAll()
    expect(await countRows()).toEqual(before)
    expect(cleo.messages()).toContain(card)
  })
})
