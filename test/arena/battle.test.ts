/** Battles at the seams: stored before they are confirmed, answered once, taken over, voted on by a crowd. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type ModelsStandIn, openModelsStandIn } from '../../sandbox/models/server.ts'
import { askArena } from '../../src/arena/ask.ts'
import { findBattle } from '../../src/arena/battle.ts'
import { choosePair } from '../../src/arena/match.ts'
import { nameIn } from '../../src/arena/names.ts'
import { runBattle, sweepBattles } from '../../src/arena/run.ts'
import { handleInteraction } from '../../src/chat/handle.ts'
import { giveConsent } from '../../src/labelers/consent.ts'
import { forgetLabeler } from '../../src/labelers/forget.ts'
import { consentVersion, getLabeler } from '../../src/labelers/labeler.ts'
import { deliverDue } from '../../src/outbound/deliver.ts'
import { repaintDue } from '../../src/outbound/repaint.ts'
import { cleo, modelsAt } from '../generation/ground.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { ask, channel, makeArena, patience, person } from './ground.ts'

let at: TestParley
let standIn: ModelsStandIn
const ana = person('ana')
const place = { platform: 'slack' as const, workspace: 'T1' }

beforeAll(async () => {
  at = await startParley({ max: 8 })
  at.parley.mostCalls = 6
  const text = (said: string) => ({ text: () => said })
  standIn = await openModelsStandIn({
    models: { alpha: text('The first.'), beta: text('The second.'), gamma: text('The third.') },
  })
  const prices = { input: 1, output: 1 }
  at.parley.models = modelsAt(standIn.url, {
    ...{ alpha: { prices }, beta: { prices }, gamma: { prices } },
    nobody: {},
  })
  await makeArena(at.parley, { name: 'open' })
})
afterEach(() => {
  standIn.faults.every(null)
  standIn.requests.length = 0
  at.queue.length = 0
  at.clock.advance('2 days')
})
afterAll(async () => {
  await standIn.close()
  await at.close()
})

const run = (id: string) => runBattle(at.parley, id, { patience })
const askedModels = () => standIn.requests.map(({ model }) => model).sort()

describe('happy', () => {
  test('the question is stored with its pair before a worker is rung for; both answers stand once', async () => {
    const id = await ask(at.parley, ana, 'Which comes first?')
    await at.parley.settled()
    expect(at.queue.map(({ name }) => name)).toContain('run-battle')
    expect(standIn.requests).toEqual([])
    await run(id)
    await run(id)
    expect(askedModels()).toEqual(['alpha', 'beta'])
    for (let turns = 0; turns < 3; turns++) {
      await deliverDue(at.parley, place)
      at.clock.advance('5 seconds')
    }
    const [question, battle, ...more] = at.sent
    expect(more).toEqual([])
    expect(question?.reply).toMatchObject({ type: 'notice' })
    expect(battle?.reply).toMatchObject({ type: 'post', post: { battle: { names: null } } })
    expect(battle?.to).toMatchObject({ channelId: 'C1', thread: question?.delivered.message })
  })

  test('the pairs that met least come first; of those the one whose winner is least sure', () => {
    const models = ['a', 'b', 'c']
    const count = (first: string, second: string, battles: number, wins = 0) => ({
      ...{ first, second, battles, firstWins: wins, secondWins: 0, ties: 0 },
    })
    const seen = [count('a', 'b', 2), count('a', 'c', 1, 40), count('b', 'c', 1)]
    expect(choosePair(models, seen).pair).toEqual(['b', 'c'])
    expect(choosePair(models, [count('b', 'c', 1)], () => 0.9).models).toEqual({ a: 'a', b: 'b' })
  })

  test('twelve questions to three models have each two of them meet four times', async () => {
    await makeArena(at.parley, { name: 'three', models: '[alpha, beta, gamma]' })
    await Promise.all(
      Array.from({ length: 12 }, (_, n) => ask(at.parley, person(`p${n}`), `Question ${n}`)),
    )
    const pairs = await at.parley.db
      .selectFrom('arenaPairs')
      .innerJoin('datasets', 'datasets.id', 'arenaPairs.datasetId')
      .select('battles')
      .where('datasets.name', '=', 'three')
      .execute()
    expect(pairs.map(({ battles }) => battles)).toEqual([4, 4, 4])
  })

  test.each([
    ['As an AI model made by OpenAI, I cannot say.', 'small', true],
    ['I am Claude, and glad to help.', 'small', true],
    ['My id is meta/llama-3-8b.', 'meta/llama-3-8b', true],
    ['Ask Llama-3-8B, it knows.', 'meta/llama-3-8b', true],
    ['A small answer to a large question.', 'small', false],
    ['Claude Monet painted lilies.', 'gpt-4o', false],
    ['Falcons are birds; I am fond of them.', 'large', false],
  ])('“%s” of %s gives its model away: %s', (text, model, isTold) => {
    expect(nameIn(text, { name: model, model }, null) !== null).toBe(isTold)
  })
})

describe('twice', () => {
  test('a worker that died is taken over; only what is missing is asked for', async () => {
    await makeArena(at.parley, { name: 'killed' })
    const id = await ask(at.parley, ana, 'Are you there?')
    const battle = await findBattle(at.parley, id)
    const first = { id: 'a', text: 'It was stored.', model: battle?.modelA ?? '' }
    await at.parley.db
      .updateTable('battles')
      .set({ attempt: 1, heartbeatAt: at.clock.now(), answerA: JSON.stringify(first) })
      .where('id', '=', id)
      .execute()
    await run(id)
    expect(standIn.requests).toEqual([])
    expect(at.queue.at(-1)).toMatchObject({ name: 'run-battle', payload: { battleId: id } })
    at.clock.advance('31 seconds')
    await sweepBattles(at.parley)
    await run(id)
    expect(askedModels()).toEqual([battle?.modelB])
    const { outputs } = await at.parley.db
      .selectFrom('records')
      .select('outputs')
      .where('externalId', '=', `battle-${id}`)
      .executeTakeFirstOrThrow()
    expect(outputs.map(({ text }) => text)).toContain('It was stored.')
  })

  test('a worker that wakes after it was taken over changes nothing', async () => {
    const id = await ask(at.parley, ana, 'Who is faster?')
    standIn.faults.every(() => ({ type: 'slow', ms: 300 }))
    const slow = run(id)
    await standIn.asked(standIn.requests.length + 2)
    await at.parley.db
      .updateTable('battles')
      .set({ attempt: 7, heartbeatAt: at.clock.now() })
      .where('id', '=', id)
      .execute()
    await slow
    expect(await findBattle(at.parley, id)).toMatchObject({ state: 'asked', recordId: null })
    at.clock.advance('1 minute')
    standIn.faults.every(null)
    await run(id)
    expect(await findBattle(at.parley, id)).toMatchObject({ state: 'answered' })
  })

  test('a thousand votes on one battle: none is lost, and it is repainted at most every two seconds', async () => {
    const { parley } = at
    await makeArena(parley, { name: 'crowded' })
    const id = await ask(parley, ana, 'Who is best?')
    await run(id)
    for (let turns = 0; turns < 3; turns++) {
      await deliverDue(parley, place)
      at.clock.advance('1 second')
    }
    const battle = await findBattle(parley, id)
    // The messages of battles before may be sent beside it.
    const shown = at.sent.find(
      ({ reply }) => reply.type === 'post' && reply.post.postId === battle?.postId,
    )
    const voters = Array.from({ length: 1000 }, (_, n) => person(`voter${n}`))
    const began = at.clock.now().getTime()
    for (let n = 0; n < 1000; n += 20) {
      const some = voters.slice(n, n + 20)
      const replies = await Promise.all(
        some.map(async (by) => {
          await giveConsent(parley, by, { version: consentVersion })
          const vote = { by, type: 'vote', postId: battle?.postId ?? '', choice: 0 } as const
          // Two presses of one person are one vote.
          if (by.userId.endsWith('0')) await handleInteraction(parley, vote)
          return handleInteraction(parley, vote)
        }),
      )
      expect(replies.map(({ type }) => type)).toEqual(some.map(() => 'receipt'))
      at.clock.advance('1 second')
      await parley.settled()
      await repaintDue(parley, place)
    }
    at.clock.advance('6 seconds')
    await repaintDue(parley, place)
    const seconds = (at.clock.now().getTime() - began) / 1000
    expect(seconds).toBeLessThan(60)
    expect(shown?.repaints.length).toBeGreaterThan(1)
    expect(shown?.repaints.length).toBeLessThanOrEqual(seconds / 2)
    expect(shown?.repaints.at(-1)).toMatchObject({ post: { votes: 1000 } })
  }, 300_000)
})

describe('refused', () => {
  test('twenty questions at once pass no cap of a person or a day', async () => {
    await makeArena(at.parley, { name: 'capped', more: ', per_person: 3, per_day: 7' })
    const asked = async (names: string[]) => {
      const all = await Promise.allSettled(
        names.map((name, n) => ask(at.parley, person(name), `Hm? ${n}`)),
      )
      return all.filter(({ status }) => status === 'fulfilled').length
    }
    expect(await asked(Array.from({ length: 20 }, () => 'eager'))).toBe(3)
    expect(await asked(Array.from({ length: 20 }, (_, n) => `one${n}`))).toBe(4)
    await expect(ask(at.parley, person('eager'), 'Hm?')).rejects.toThrow(
      'You have asked 3 questions',
    )
    await expect(ask(at.parley, person('late'), 'Hm?')).rejects.toThrow('has had 7 questions')
  })

  test('the budget stops questions before they may pass it, and real costs take the place of expected ones', async () => {
    const more = ', max_tokens: 100, limits: { tokens: 500 }'
    await makeArena(at.parley, { name: 'poor', more })
    const all = await Promise.allSettled(
      Array.from({ length: 10 }, (_, n) => ask(at.parley, person(`poor${n}`), 'Hm?')),
    )
    const ids = all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    expect(ids).toHaveLength(2)
    await expect(ask(at.parley, ana, 'Hm?')).rejects.toThrow('The budget of this arena is used up.')
    for (const id of ids) await run(id)
    await ask(at.parley, ana, 'Hm?')
    expect(standIn.requests).toHaveLength(4)
  })

  test.each([
    ['', 'The question is empty.'],
    ['  \n ', 'The question is empty.'],
    ['x'.repeat(100_001), 'The question has 100001 characters. Write at most 100000.'],
  ])('a question of the wrong length is refused in one sentence', async (prompt, problem) => {
    await makeArena(at.parley, { name: `length-${prompt.length}` })
    const { parley } = at
    const input = { prompt, to: channel }
    const form = await askArena(parley, ana, input)
    const agreed = form.type === 'form' ? form.consent?.key : undefined
    await expect(askArena(parley, ana, { ...input, agreed })).rejects.toThrow(problem)
  })

  test('a blocked question is stored nowhere and asked of nobody; nor is one that a service refuses or cannot judge', async () => {
    const { parley } = at
    await makeArena(parley, { name: 'moderated' })
    const heard: unknown[] = []
    let answer = { status: 200, body: JSON.stringify({ allowed: true }) }
    const service = createServer(async (request, response) => {
      heard.push(await json(request))
      response.writeHead(answer.status).end(answer.body)
    })
    await once(service.listen(0, '127.0.0.1'), 'listening')
    const { port } = service.address() as AddressInfo
    parley.moderation = { blocklist: ['secret plan'], url: `http://127.0.0.1:${port}` }
    try {
      await expect(ask(parley, ana, 'What is the SECRET,\nplan?')).rejects.toThrow('not allowed')
      expect(heard).toEqual([])
      await ask(parley, ana, 'What is the secret planet?')
      expect(heard).toEqual([
        { type: 'arena.question', dataset: 'moderated', prompt: 'What is the secret planet?' },
      ])
      answer = { status: 200, body: JSON.stringify({ allowed: false, reason: 'Too rude.' }) }
      await expect(ask(parley, ana, 'Hm?')).rejects.toThrow('not allowed here: Too rude.')
      for (const [status, body] of [
        [200, '<html>'],
        [500, '{}'],
      ] as const) {
        answer = { status, body }
        await expect(ask(parley, ana, 'Hm?')).rejects.toThrow('cannot be checked right now')
      }
      const stored = await parley.db
        .selectFrom('battles')
        .innerJoin('datasets', 'datasets.id', 'battles.datasetId')
        .select('battles.id')
        .where('datasets.name', '=', 'moderated')
        .execute()
      expect(stored).toHaveLength(1)
    } finally {
      delete parley.moderation
      service.close()
    }
  })

  test('an arena whose models are not there cannot be opened', async () => {
    const opened = makeArena(at.parley, { name: 'missing', models: '[alpha, omega]' })
    await expect(opened).rejects.toThrow('There is no model "omega".')
    const free = makeArena(at.parley, {
      ...{ name: 'free', models: '[alpha, nobody]' },
      more: ', limits: { money: 1 }',
    })
    await expect(free).rejects.toThrow('What "nobody" costs is not known.')
  })

  test('people who have their data deleted take their questions with them', async () => {
    await makeArena(at.parley, { name: 'leaving' })
    const id = await ask(at.parley, person('dee'), 'Do you remember me?')
    await run(id)
    const labeler = await getLabeler(at.parley, person('dee'))
    await forgetLabeler(at.parley, cleo, { labelerId: labeler.id })
    expect(await findBattle(at.parley, id)).toMatchObject({
      ...{ state: 'deleted', prompt: null, answerA: null, labelerId: null },
    })
    const left = await at.parley.db
      .selectFrom('records')
      .select('id')
      .where('externalId', '=', `battle-${id}`)
      .execute()
    expect(left).toEqual([])
  })
})
