/** An arena in a Discord channel, over both transports: asked in a form, answered below the question. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ModelsStandIn, openModelsStandIn } from '../../../sandbox/models/server.ts'
import { runBattle } from '../../../src/arena/run.ts'
import { grantRole } from '../../../src/labelers/roles.ts'
import { deliverDue } from '../../../src/outbound/deliver.ts'
import { repaintDue, sweepMessages } from '../../../src/outbound/repaint.ts'
import { type DiscordJourney, openDiscordJourney, transports } from '../../support/discord.ts'
import { admin } from '../../support/journey.ts'

const place = { platform: 'discord' as const, workspace: '' }

describe.each(transports)('over the %s', (transport) => {
  let models: ModelsStandIn
  let journey: DiscordJourney
  beforeAll(async () => {
    const long = `${'A phone book is like this. '.repeat(400)}The end.`
    models = await openModelsStandIn({
      models: {
        'alpha-7b': { text: () => 'DNS turns names into numbers.' },
        'beta-70b': { text: () => long },
      },
    })
    const entry = (model: string) => ({ base_url: models.url, model })
    const named = { alpha: entry('alpha-7b'), beta: entry('beta-70b') }
    journey = await openDiscordJourney({
      ...{ transport, worker: false },
      env: { PARLEY_MODELS: JSON.stringify(named) },
    })
    journey.discord.person('Gerda', { locale: 'de' })
    const person = `discord:${journey.cleo.id}`
    await grantRole(journey.parley(), admin, { role: 'admin', person })
    await journey.dataset(
      'name: arena\ntemplate: arena\ntitle: The arena\narena: { models: [alpha, beta] }',
      [],
    )
    await journey.cleo.types('/parley-admin arena dataset:arena')
  })
  afterAll(async () => {
    await journey.close()
    await models.close()
  })

  async function work() {
    const parley = journey.parley()
    const waiting = await parley.db
      .selectFrom('battles')
      .select('id')
      .where('state', '=', 'asked')
      .execute()
    for (const { id } of waiting) await runBattle(parley, id, { patience: { tries: 2, waitMs: 5 } })
    await settle()
  }
  async function settle() {
    journey.clock.advance(6)
    await deliverDue(journey.parley(), place)
    journey.clock.advance(6)
    await deliverDue(journey.parley(), place)
    // What a gesture rang for may still be on its way: the sweep finds it in the rows.
    await sweepMessages(journey.parley())
    await repaintDue(journey.parley(), place)
  }
  const battleOf = (who: { messages(): string[] }) =>
    who.messages().findLast((one) => /Question \d+ ·/.test(one)) ?? ''

  test('a newcomer agrees and asks in one form; both answers stand below the question, blind', async () => {
    const { ana, dee } = journey
    await ana.types('/parley ask prompt:What is DNS?')
    expect(ana.screen()).toContain('goes to two of these models: alpha (127.0.0.1')
    await ana.submits()
    expect(ana.screen()).toContain('Question 1 is stored.')
    await work()
    const shown = battleOf(dee)
    expect(shown).toContain('DNS turns names into numbers.')
    expect(shown).toContain('A phone book')
    expect(shown).not.toMatch(/alpha|beta/)
    const { thread } = await journey
      .parley()
      .db.selectFrom('battles')
      .select('thread')
      .executeTakeFirstOrThrow()
    expect(thread).toMatch(/^\d+$/)
  })

  test('a restart later the votes are one press, private; the asker’s tells the names', async () => {
    const { ana, ben, dee } = journey
    await journey.restart()
    await ben.presses('A is better')
    await ben.presses('Start')
    await ben.presses('A is better', { in: 'Only you see this' })
    expect(ben.screen()).toContain('You may change your vote until')
    await settle()
    expect(battleOf(dee)).toContain('1 private vote.')
    expect(battleOf(dee)).not.toMatch(/alpha|beta/)
    await ana.presses('B is better', { in: 'Question 1' })
    await settle()
    expect(battleOf(dee)).toMatch(/Now it can be told: A is (alpha, B is beta|beta, B is alpha)/)
    const shown = journey.raw('arena')
    expect((await shown).map((one) => one.shown.order)).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ])
  })

  test('a long answer is read in full by the button below it', async () => {
    const { dee } = journey
    const label = /\[(Read [^\]]*)\]/.exec(battleOf(dee))?.[1] ?? ''
    expect(label).not.toBe('')
    await dee.presses(label, { in: 'Question 1' })
    expect(dee.screen()).toContain('A phone book')
  })

  test('the conversation goes on from the chosen answer, in a form', async () => {
    const { ana, dee } = journey
    await ana.presses('Continue with B', { in: 'Question 1' })
    await ana.writes('Your question', 'And DNSSEC?')
    await ana.submits()
    await work()
    expect(battleOf(dee)).toContain('And DNSSEC?')
    const { prompt } = await journey
      .parley()
      .db.selectFrom('battles')
      .select('prompt')
      .where('id', '=', '2')
      .executeTakeFirstOrThrow()
    expect(prompt?.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
  })

  test('by the menu of their own message; of somebody else’s it is refused', async () => {
    const { ana, ben, dee } = journey
    await ana.post('general', 'Why is the sky blue?')
    await ben.uses('Ask two models', 'Why is the sky blue?')
    expect(ben.screen()).toContain('Only a message of your own can be your question.')
    await ana.uses('Ask two models', 'Why is the sky blue?')
    await work()
    expect(battleOf(dee)).toContain('Question 3')
  })

  test('a form, a vote and a turn sent twice at once are one each', async () => {
    const { ben, clock, quiet } = journey
    const twice = async (gesture: () => Promise<unknown>) => {
      clock.advance(2)
      await Promise.all([gesture(), gesture()])
      await quiet()
    }
    await ben.types('/parley ask')
    await ben.writes('Your question', 'Why do cats purr?')
    await twice(() => ben.hands.submit())
    await work()
    const where = { in: 'Question 4' }
    expect(battleOf(ben)).toContain('Question 4')
    await twice(() => ben.hands.press('A is better', where))
    await twice(() => ben.hands.press('B is better', where))
    await settle()
    expect(battleOf(ben)).toContain('1 private vote.')
    const label = /\[(Continue with .)\]/.exec(battleOf(ben))?.[1] ?? ''
    await ben.presses(label, where)
    await ben.writes('Your question', 'And lions?')
    await twice(() => ben.hands.submit())
    await work()
    const rows = await journey.parley().db.selectFrom('battles').select('prompt').execute()
    const texts = rows.map(({ prompt }) => prompt?.at(-1)?.content)
    expect(texts.filter((text) => text === 'Why do cats purr?')).toHaveLength(1)
    expect(texts.filter((text) => text === 'And lions?')).toHaveLength(1)
  })

  test('Gerda asks, votes and deletes in German', async () => {
    const gerda = journey.person('Gerda')
    await gerda.types('/parley ask prompt:Warum ist Eis glatt?')
    expect(gerda.screen()).toContain('Deine Frage geht an zwei dieser Modelle')
    await gerda.submits()
    expect(gerda.screen()).toMatch(/Frage \d+ ist gespeichert/)
    await work()
    const where = /Question \d+/.exec(battleOf(gerda))?.[0] ?? ''
    await gerda.presses('A is better', { in: where })
    expect(gerda.screen()).toContain('Du kannst')
    await gerda.types('/parley unask')
    expect(gerda.screen()).toContain('Die Frage ist gelöscht, samt Antworten und Stimmen.')
  })

  test('deleted, the text is gone from the channel and the records', async () => {
    const { ana, dee } = journey
    await ana.types('/parley unask question:1')
    expect(ana.screen()).toContain('2 questions of this conversation are deleted')
    await settle()
    expect(dee.messages().join('\n')).not.toMatch(/What is DNS|DNSSEC/)
    expect(JSON.stringify(await journey.lines('arena', 'records'))).not.toMatch(/DNSSEC/)
  })
})
