/**
 * An arena in a Slack channel when things happen twice or in between: a redeploy while one of the models
 * still writes, double presses, somebody who reads German.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ModelsStandIn, openModelsStandIn } from '../../sandbox/models/server.ts'
import { sweepBattles } from '../../src/arena/run.ts'
import { answerQuestion } from '../../src/chat/gestures/arena.ts'
import { deliverDue } from '../../src/outbound/deliver.ts'
import { repaintDue, sweepMessages } from '../../src/outbound/repaint.ts'
import type { Parley } from '../../src/parley.ts'
import { type Actress, type Journey, openJourney } from '../support/journey.ts'

let models: ModelsStandIn
let journey: Journey
/** The process that works now. */
let parley: Parley
let eva: Actress

const patience = { tries: 2, waitMs: 5 }

beforeAll(async () => {
  models = await openModelsStandIn({
    models: {
      'alpha-7b': { text: () => 'DNS turns names into numbers.' },
      'beta-70b': { text: () => 'Think of a phone book.' },
    },
  })
  const entry = (model: string) => ({ base_url: models.url, model })
  const named = { alpha: entry('alpha-7b'), beta: entry('beta-70b') }
  journey = await openJourney({ worker: false, env: { PARLEY_MODELS: JSON.stringify(named) } })
  parley = journey.parley
  const { slack } = journey
  slack.grant(['chat:write', 'commands', 'files:write', 'users:read'])
  slack.person('Eva', { locale: 'de-DE', tz: 'Europe/Berlin' })
  eva = journey.person('Eva')
  slack.channel('arena', { members: ['Ana', 'Ben', 'Dee', 'Cleo', 'Eva'] })
  await journey.dataset(
    'name: arena\ntemplate: arena\ntitle: Was hilft mehr?\narena: { models: [alpha, beta] }',
    [],
  )
  const workspace = slack.teamId
  await parley.db
    .insertInto('arenas')
    .values({
      ...{ platform: 'slack', workspace, channelId: slack.channel('arena').id, datasetId: '1' },
      ...{ openedBy: 'a test', openedAt: parley.now() },
    })
    .execute()
})
afterAll(async () => {
  await journey.close()
  await models.close()
})

const place = () => ({ platform: 'slack' as const, workspace: journey.slack.teamId })

async function waiting(): Promise<string[]> {
  const rows = await parley.db
    .selectFrom('battles')
    .select('id')
    .where('state', '=', 'asked')
    .execute()
  return rows.map(({ id }) => id)
}

async function work() {
  await deliverDue(parley, place())
  for (const id of await waiting()) await answerQuestion(parley, id, { patience })
  await settle()
}

async function settle() {
  journey.clock.advance(6)
  await deliverDue(parley, place())
  await sweepMessages(parley)
  await repaintDue(parley, place())
}

const shown = (who = journey.cleo) => who.messages('arena').at(-1) ?? ''

async function asks(who: Actress, prompt: string) {
  await who.types(`/parley ask ${prompt}`, { channel: 'arena' })
  if (!who.modal()) return
  await who.submits()
  await who.closes()
}

describe('twice: a restart', () => {
  test('a process that ends while one model still writes: the next one asks only that model', async () => {
    const { ana, dee } = journey
    await asks(ana, 'What is DNS?')
    await deliverDue(parley, place())
    models.faults.every(({ model }) =>
      model === 'beta-70b' ? { type: 'slow', ms: 600_000 } : null,
    )
    const [id = ''] = await waiting()
    // Its request hangs until the stand-in closes; its process has no database any more by then.
    void answerQuestion(parley, id, { patience }).catch(() => {})
    await models.asked(2)
    await expect
      .poll(async () => {
        const answered = await parley.db
          .selectFrom('battles')
          .select(['answerA', 'answerB'])
          .executeTakeFirstOrThrow()
        return Object.values(answered).filter(Boolean).length
      })
      .toBe(1)
    models.faults.every(null)
    ;({ parley } = await journey.restart())
    // Half a minute later the first one is known to be gone.
    journey.clock.advance(31)
    await sweepBattles(parley)
    await work()
    expect(shown()).toContain('DNS turns names into numbers.')
    expect(shown()).toContain('Think of a phone book.')
    expect(models.requests.filter(({ model }) => model === 'alpha-7b')).toHaveLength(1)
    // Only one message has both, and its buttons work in the process that did not send it.
    expect(dee.messages('arena').filter((one) => one.includes('phone book'))).toHaveLength(1)
  })

  test('between question, vote and reveal there may be a redeploy each time', async () => {
    const { ana, ben } = journey
    ;({ parley } = await journey.restart())
    await ben.presses('A is better', { in: 'Question 1' })
    await ben.presses('Start')
    await ben.presses('A is better', { in: 'Only you see this' })
    ;({ parley } = await journey.restart())
    await ana.presses('B is better', { in: 'Question 1' })
    ;({ parley } = await journey.restart())
    await settle()
    expect(shown()).toContain('2 private votes.')
    expect(shown()).toContain('Now it can be told')
  })
})

describe('twice: presses', () => {
  test('the form sent twice at once is one question', async () => {
    const { dee, clock, quiet } = journey
    await dee.types('/parley ask', { channel: 'arena' })
    await dee.writes('Your question', 'Why is the sky blue?')
    clock.advance(1)
    const both = await Promise.all([dee.hands.submit(), dee.hands.submit()])
    expect(both.filter(({ ok }) => ok).length).toBeGreaterThanOrEqual(1)
    await quiet()
    const rows = await parley.db.selectFrom('battles').select('prompt').execute()
    expect(JSON.stringify(rows).split('Why is the sky blue?')).toHaveLength(2)
    while (dee.modal()) await dee.closes()
    await work()
  })

  test('a vote pressed twice at once is one; both buttons at once are one that may be changed', async () => {
    const { dee, clock, quiet } = journey
    clock.advance(1)
    const press = (label: string) => dee.hands.press(label, { in: 'Question 2' })
    await Promise.all([press('A is better'), press('A is better')])
    await quiet()
    clock.advance(1)
    await Promise.all([press('A is better'), press('B is better')])
    await quiet()
    await settle()
    const { votes } = await parley.db
      .selectFrom('assignments')
      .innerJoin('battles', 'battles.postId', 'assignments.postId')
      .select(({ fn }) => fn.countAll<string>().as('votes'))
      .where('battles.id', '=', '2')
      .where('counted', '=', true)
      .executeTakeFirstOrThrow()
    expect(Number(votes)).toBe(1)
  })

  test('the conversation continued twice at once goes on once', async () => {
    const { dee, clock, quiet } = journey
    const label = /\[(Continue with .)\]/.exec(shown())?.[1] ?? ''
    await dee.presses(label, { in: 'Question 2' })
    await dee.writes('Your question', 'And why red at night?')
    clock.advance(1)
    await Promise.all([dee.hands.submit(), dee.hands.submit()])
    await quiet()
    while (dee.modal()) await dee.closes()
    await work()
    const rows = await parley.db.selectFrom('battles').select('follows').execute()
    expect(rows.filter(({ follows }) => follows === '2')).toHaveLength(1)
  })
})

describe('happy: in German', () => {
  test('Eva asks, votes and deletes in German; the channel stays as everybody reads it', async () => {
    await expect
      .poll(async () => {
        await eva.types('/parley help')
        return eva.screen()
      })
      .toContain('die nächste Aufgabe')
    await eva.types('/parley ask Warum ist Eis glatt?', { channel: 'arena' })
    const form = eva.modal()
    expect(form?.text).toContain('Deine Frage geht an zwei dieser Modelle')
    expect(JSON.stringify(form?.view['submit'])).toContain('fragen')
    expect(form?.text).not.toMatch(english)
    await eva.submits()
    expect(eva.modal()?.text).toMatch(/Frage \d+ ist gespeichert/)
    expect(eva.modal()?.text).not.toMatch(english)
    await eva.closes()
    await work()
    const where = /Question \d+/.exec(shown())?.[0] ?? ''
    await eva.presses('A is better', { in: where })
    expect(eva.screen()).toContain('Du kannst')
    await eva.types('/parley unask 999', { channel: 'arena' })
    expect(eva.screen()).toContain('999')
    await eva.types('/parley unask', { channel: 'arena' })
    expect(eva.screen()).toContain('Die Frage ist gelöscht, samt Antworten und Stimmen.')
  })
})

/** Words of ours that German does not have. */
const english =
  /\b(the|your|you|is|are|and|vote|votes|ask|question|answer|answers|stored|saved|there|because|models|until|delete|deleted)\b/i
