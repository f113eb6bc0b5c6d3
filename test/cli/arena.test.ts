/** `parley arena` as an admin types it: real processes against a stand-in Slack. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSlackStandIn, type SlackStandIn } from '../../sandbox/slack/server.ts'
import { createDataset } from '../../src/datasets/create.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { publishDataset } from '../../src/datasets/publish.ts'
import { cleo } from '../generation/ground.ts'
import { environmentOf, runCommand } from '../support/command.ts'
import { startParley, type TestParley } from '../support/parley.ts'

let at: TestParley
let slack: SlackStandIn
let folder: string
let place: string

beforeAll(async () => {
  at = await startParley()
  slack = await openSlackStandIn({ people: [{ name: 'Ana' }] })
  place = `slack:${slack.channel('arena', { members: ['Ana'] }).id}`
  folder = mkdtempSync(join(tmpdir(), 'parley-arena-'))
  chmodSync(folder, 0o755)
  const entry = '{ base_url: "http://127.0.0.1:9/v1", prices: { input: 1, output: 1 } }'
  writeFileSync(join(folder, 'models.yaml'), `alpha: ${entry}\nbeta: ${entry}\n`)
  for (const text of [
    'name: duel\ntemplate: arena\naccess: everyone\narena: { models: [alpha, beta], limits: { money: 20 } }',
    'name: pairs\ntemplate: comparison\naccess: everyone',
  ])
    await createDataset(at.parley, cleo, { document: parseDocument(text) })
})
afterAll(async () => {
  await slack.close()
  await at.close()
  rmSync(folder, { recursive: true, force: true })
})

function arena(...args: string[]) {
  const house = { folder, databaseUrl: at.database.url, secret: at.parley.secret }
  const env = environmentOf(house, { ...slack.env, PARLEY_MODELS: join(folder, 'models.yaml') })
  return runCommand(['arena', ...args], { env, cwd: folder })
}

describe('happy: parley arena', () => {
  test('opens once in a channel, is listed and shown, and closes once', async () => {
    const to = ['--to', 'slack:#arena']
    expect(await arena('open', 'duel', ...to)).toEqual({
      ...{ code: 1, out: '' },
      err: '"duel" is draft. Publish it before you open it in a channel.\n',
    })
    await publishDataset(at.parley, cleo, { dataset: 'duel' })
    expect((await arena('open', 'duel', ...to)).out).toBe(
      `"duel" is open in ${place}: people ask there with /parley ask.\n`,
    )
    expect((await arena('open', 'duel', ...to)).out).toBe(`"duel" is open in ${place} already.\n`)
    const { out } = await arena('list')
    expect(out).toBe(`duel\tslack:${slack.teamId}:${place.slice(6)}\topened by cli\n`)
    expect(JSON.parse((await arena('list', 'duel', '--json')).out)).toMatchObject({
      ...{ dataset: 'duel', platform: 'slack', workspace: slack.teamId },
    })
    const shown = await arena('show', 'duel')
    expect(shown.out.split('\n')).toEqual([
      'duel: alpha, beta',
      `open in: slack:${slack.teamId}:${place.slice(6)}`,
      '0 questions answered, 0 votes',
      'spent: 0 tokens, 0 of 20 in money',
      '',
    ])
    expect((await arena('close', 'duel', ...to)).out).toBe(
      `"duel" takes no more questions in ${place}. Votes go on until each battle closes.\n`,
    )
    expect((await arena('close', 'duel', ...to)).out).toBe(`"duel" is not open in ${place}.\n`)
    expect(await arena('list')).toEqual({
      ...{ code: 0, out: '' },
      err: 'No arena is open. To open one: parley arena open DATASET --to CHANNEL\n',
    })
  }, 120_000)
})

describe('refused: parley arena', () => {
  test.each([
    [['open', 'pairs', '--to', 'slack:#arena'], 1, /^"pairs" is no arena\. Its document needs/],
    [['show', 'pairs'], 1, /^"pairs" is no arena/],
    [['show', 'nowhere'], 1, /There is no dataset "nowhere"/],
    [['open', 'duel'], 2, /^--to: Say where, e\.g\. slack:#evals/],
    [['open', 'duel', '--to', 'slack:#nowhere'], 2, /nowhere/],
    [['open', 'duel', '--to', 'discord:1'], 1, /Discord is not connected here/],
  ])('%j', async (args, code, says) => {
    const ended = await arena(...args)
    expect(ended.err).toMatch(says)
    expect(ended).toMatchObject({ code, out: '' })
  })
})
