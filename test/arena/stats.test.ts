/** The statistics of an arena: the models by their votes, with intervals; what was no blind vote is left out. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ModelsStandIn, openModelsStandIn } from '../../sandbox/models/server.ts'
import { findBattle } from '../../src/arena/battle.ts'
import { runBattle } from '../../src/arena/run.ts'
import { handleInteraction } from '../../src/chat/handle.ts'
import { giveConsent } from '../../src/labelers/consent.ts'
import { consentVersion } from '../../src/labelers/labeler.ts'
import { datasetStats } from '../../src/quality/dataset/stats.ts'
import { cleo, modelsAt } from '../generation/ground.ts'
import { startParley, type TestParley } from '../support/parley.ts'
import { ask, makeArena, patience, person } from './ground.ts'

let at: TestParley
let standIn: ModelsStandIn
beforeAll(async () => {
  at = await startParley({ max: 8 })
  const text = (said: string) => ({ text: () => said })
  standIn = await openModelsStandIn({
    models: { alpha: text('One.'), beta: text('Two.'), gamma: text('Three.') },
  })
  at.parley.models = modelsAt(standIn.url, { alpha: {}, beta: {}, gamma: {} })
  await makeArena(at.parley, { name: 'ranked', models: '[alpha, beta, gamma]' })
})
afterAll(async () => {
  await standIn.close()
  await at.close()
})

test('the model that always wins comes first; votes after the names do not count', async () => {
  const { parley } = at
  const voters = ['v1', 'v2', 'v3'].map(person)
  for (const by of voters) await giveConsent(parley, by, { version: consentVersion })
  const order = ['alpha', 'beta', 'gamma']
  const [late] = voters
  for (let n = 0; n < 12; n++) {
    const asker = person('asker')
    const id = await ask(parley, asker, `Question ${n}`)
    await runBattle(parley, id, { patience })
    const battle = await findBattle(parley, id)
    const { modelA = '', modelB = '', postId } = battle ?? {}
    const isA = order.indexOf(modelA) < order.indexOf(modelB)
    // The asker, then everybody else: the last one knows the names and votes the other way.
    const press = (by: typeof asker, choice: number) =>
      handleInteraction(parley, { by, type: 'vote', postId: postId ?? '', choice })
    for (const by of voters.slice(1)) await press(by, isA ? 0 : 2)
    await press(asker, isA ? 0 : 2)
    if (late) await press(late, isA ? 2 : 0)
  }
  const stats = await datasetStats(parley, cleo, { dataset: 'ranked', resamples: 100 })
  expect(JSON.stringify(stats)).toContain('"not_blind":12')
  const strength = stats.questions.find((one) => 'strength' in one && one.strength)?.strength
  expect(strength?.value?.map(({ model }) => model)).toEqual(order)
})
