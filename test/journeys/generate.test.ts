/**
 * Models answer, the same journeys on Slack and on Discord: started in chat, followed by another admin,
 * cancelled with a button, and dealt to a labeler, who sees where an output was cut off.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type ModelsStandIn, openModelsStandIn } from '../../sandbox/models/server.ts'
import { createClaimCode } from '../../src/labelers/roles.ts'
import { key, recordLines, recordsOf, until } from '../generation/ground.ts'
import { openDiscordJourney } from '../support/discord.ts'
import { admin, openJourney, type Service } from '../support/journey.ts'

type Town = {
  service: Service
  dataset(document: string, records: readonly object[]): Promise<unknown>
  /** Types a command of an admin, its arguments as each platform has them. */
  types(name: string, command: string, given: Record<string, string>): Promise<unknown>
  presses(name: string, button: string): Promise<unknown>
  joins(name: string, dataset: string): Promise<unknown>
  reads(name: string): string
  screen(name: string): string
  wire(): readonly unknown[]
  faults(): unknown[]
  close(): Promise<void>
}

async function openSlackTown(env: Record<string, string>): Promise<Town> {
  const journey = await openJourney({ env })
  const { slack } = journey
  return {
    ...journey,
    types: (name, command, { dataset = '', code = '', ...given }) => {
      const words = Object.entries(given).map(([key, value]) => `${key}=${value}`)
      const line = ['/parley-admin', command, code || dataset, ...words].filter(Boolean).join(' ')
      return journey.person(name).types(line)
    },
    presses: (name, button) => journey.person(name).presses(button),
    joins: (name, dataset) => journey.person(name).joins(dataset),
    reads: (name) => journey.person(name).messages().join('\n'),
    screen: (name) => slack.person(name).screen(),
    wire: () => slack.wire,
    faults: () => slack.faults.seen,
  }
}

async function openDiscordTown(env: Record<string, string>): Promise<Town> {
  const journey = await openDiscordJourney({ env })
  const { discord } = journey
  discord.overwriteCommand('parley-admin', 'everyone', true)
  return {
    ...journey,
    types: (name, command, given) => {
      const words = Object.entries(given).map(
        ([key, value]) => `${key}:${value === 'yes' ? 'True' : value}`,
      )
      return journey
        .person(name)
        .types(`/parley-admin ${command.replace(' ', '-')} ${words.join(' ')}`.trim())
    },
    presses: (name, button) => journey.person(name).presses(button),
    joins: (name, dataset) => journey.person(name).joins(dataset),
    reads: (name) => journey.person(name).messages().join('\n'),
    screen: (name) => discord.person(name).screen(),
    wire: () => discord.wire,
    faults: () => discord.faults.seen,
  }
}

const towns = [
  ['Slack', openSlackTown],
  ['Discord', openDiscordTown],
] as const

let standIn: ModelsStandIn
beforeAll(async () => {
  standIn = await openModelsStandIn({ keys: [key], models: { small: {}, large: {} } })
})
afterEach(() => {
  standIn.faults.every(null)
  standIn.requests.length = 0
})
afterAll(() => standIn.close())

describe.each(towns)('on %s', (_, openTown) => {
  let town: Town
  beforeAll(async () => {
    const entry = { base_url: standIn.url, key: 'SMALL_KEY', in_flight: 2 }
    const models = JSON.stringify({ small: entry, large: entry })
    town = await openTown({ PARLEY_MODELS: models, SMALL_KEY: key })
    for (const name of ['Cleo', 'Dee'])
      await town.types(name, 'claim', { code: await createClaimCode(town.service.parley, admin) })
  })
  afterAll(async () => {
    await town.close()
    expect(town.faults()).toEqual([])
  })
  const waits = (name: string, text: string) =>
    until(() => town.reads(name).includes(text), `“${text}” for ${name}`)

  test('happy: Cleo starts two models, Dee follows, both read the end, and Ana compares what they wrote', async () => {
    await town.dataset('name: asked\ntemplate: comparison\naccess: everyone', recordLines(3))
    standIn.faults.every(({ nth }) => (nth > 2 ? { type: 'slow', ms: 1500 } : null))
    await town.types('Cleo', 'generate', { dataset: 'asked', with: 'small,large' })
    await waits('Cleo', 'Generation for “asked” with small, large has started.')
    await standIn.asked(3)
    await town.types('Dee', 'generate', { dataset: 'asked', with: 'small' })
    await waits('Dee', 'is already running. You see its progress now')
    standIn.faults.every(null)
    for (const name of ['Cleo', 'Dee']) {
      await waits(name, 'The generation for “asked” is done.')
      await waits(name, '6 outputs added.')
    }
    expect(standIn.requests).toHaveLength(6)
    // A card names no model, nor anything that would tell them apart but their texts.
    await town.joins('Ana', 'asked')
    await until(() => /there is much to say/.test(town.screen('Ana')), 'The card')
    expect(town.screen('Ana')).toMatch(/Prompt \d\?/)
    expect(town.reads('Ana')).not.toContain('generat')
    expect(JSON.stringify(town.wire())).not.toContain('canary')
  })

  test('happy: an output that was cut off says so on the card', async () => {
    await town.dataset('name: cut\ntemplate: comparison\naccess: everyone', recordLines(1))
    const given = { dataset: 'cut', with: 'small', samples: '2', max_tokens: '3' }
    await town.types('Cleo', 'generate', given)
    await waits('Cleo', '2 outputs cut off at the longest length.')
    await town.types('Cleo', 'generate', {
      dataset: 'cut',
      with: 'small',
      samples: '2',
      keep_cut: 'yes',
    })
    await until(
      async () => (await recordsOf(town.service.parley, 'cut'))[0]?.status === 'pending',
      'Adding',
    )
    await town.joins('Ben', 'cut')
    await until(
      () => town.screen('Ben').split('cut off: the model reached its longest length').length > 2,
      'Both marks',
    )
  })

  test('happy: Cancel stops it, what was written stays, and the next one writes the rest', async () => {
    await town.dataset('name: halved\ntemplate: comparison\naccess: everyone', recordLines(8))
    standIn.faults.every(({ nth }) => (nth > 4 ? { type: 'slow', ms: 600_000 } : null))
    await town.types('Cleo', 'generate', { dataset: 'halved', with: 'small' })
    await standIn.asked(6)
    await until(() => /small writing for “halved”/.test(town.screen('Cleo')), 'The progress')
    await town.presses('Cleo', 'Cancel')
    await waits('Cleo', 'The generation for “halved” was cancelled. What was written stays')
    standIn.faults.every(null)
    const outputs = async () =>
      (await recordsOf(town.service.parley, 'halved')).reduce(
        (sum, one) => sum + one.outputs.length,
        0,
      )
    await until(async () => (await outputs()) === 4, 'Stopping')
    await town.types('Cleo', 'generate', { dataset: 'halved', with: 'small' })
    await waits('Cleo', 'The generation for “halved” is done.')
    expect(await outputs()).toBe(8)
    await town.types('Cleo', 'generate cancel', {})
    await waits('Cleo', 'No generation that you could cancel is under way.')
  })

  test('refused: a model nobody knows, a wrong number, and everybody who is no admin', async () => {
    await town.dataset('name: wrong\ntemplate: comparison\naccess: everyone', recordLines(1))
    await town.types('Cleo', 'generate', { dataset: 'wrong', with: 'smal' })
    await waits('Cleo', 'There is no model "smal". Did you mean "small"? There are small, large.')
    await town.types('Cleo', 'generate', { dataset: 'wrong', with: 'small', samples: '99' })
    await waits('Cleo', 'Write a whole number from 1 to 20.')
    await town.types('Ana', 'generate', { dataset: 'wrong', with: 'small' })
    await until(() => /for admins of Parley/.test(town.reads('Ana') + town.screen('Ana')), 'No')
    expect(standIn.requests).toHaveLength(0)
  })
})
