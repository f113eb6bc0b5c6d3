/**
 * The arena of the demo: two models made of code, open in a channel on each platform. In `demo --check`
 * somebody asks on each, everybody votes, and the file of the battles is read.
 */
import { z } from 'zod'
import type { Person as Contributor } from '../../sandbox/discord/people.ts'
import type { DiscordStandIn } from '../../sandbox/discord/server.ts'
import { type ModelsStandIn, openModelsStandIn } from '../../sandbox/models/server.ts'
import type { Person as Employee } from '../../sandbox/slack/people.ts'
import type { SlackStandIn } from '../../sandbox/slack/server.ts'
import { openArena } from '../arena/open.ts'
import type { Actor, Parley } from '../parley.ts'
import { mustWork, until } from './act.ts'
import { linesOf } from './prove-files.ts'

type Step = (what: string, holds: boolean, detail?: string) => void
export type Stands = { slack: SlackStandIn; discord: DiscordStandIn }

const dataset = 'duel'
const actor: Actor = { type: 'system', job: 'demo' }

/** Their texts are made from the question, and one of them is plainly better. */
const texts = {
  harbor: (asked: string) =>
    `In short: ${asked.replace(/\?$/, '')} has more than one cause. The first is what you can see, the second what you can measure. Ask for either, and the answer gets longer.`,
  pebble: (asked: string) => `That is a question. ${asked} Nobody knows, I guess.`,
}

/** The models and what PARLEY_MODELS says of them. */
export async function openDuelModels(): Promise<{
  env: { PARLEY_MODELS: string }
  close: ModelsStandIn['close']
}> {
  const behaviours = Object.entries(texts).map(([name, write]) => {
    const text = ({ messages }: { messages: readonly { content?: unknown }[] }) =>
      write(String(messages.at(-1)?.content ?? ''))
    return [name, { text, latencyMs: 300 }] as const
  })
  const { url, close } = await openModelsStandIn({ models: Object.fromEntries(behaviours) })
  const entries = Object.keys(texts).map((name) => [name, { base_url: url }])
  return { env: { PARLEY_MODELS: JSON.stringify(Object.fromEntries(entries)) }, close }
}

/** Opens it where the demo's people are. */
export async function openDuel(parley: Parley, { slack, discord }: Stands): Promise<void> {
  const places = [
    {
      platform: 'slack' as const,
      workspace: slack.teamId,
      channelId: slack.channel('labeling').id,
    },
    { platform: 'discord' as const, workspace: '', channelId: discord.channel('arena').id },
  ]
  for (const to of places) await openArena(parley, actor, { dataset, to })
}

/** One question on each platform, three votes on each; then the admin's file. */
export async function holdDuels({ slack, discord }: Stands, step: Step): Promise<void> {
  const employees = ['Ana', 'Ben', 'Dee'].map((name) => slack.person(name))
  const inSlack = {
    ...{ platform: 'Slack', crowd: employees, ask: '/parley ask Why is the sky blue?' },
    reads: () => slack.person('Cleo').messages('labeling'),
    where: { channel: 'labeling' },
  }
  await holdDuel(inSlack, step)
  const contributors = ['Eve', 'Fay', 'Gus'].map((name) => discord.person(name))
  for (const person of contributors) person.openChannel('arena')
  const inDiscord = {
    ...{ platform: 'Discord', crowd: contributors, ask: '/parley ask prompt:Why is ice slippery?' },
    reads: () => discord.person('Cleo').messages('arena'),
    where: { channel: 'arena' },
  }
  await holdDuel(inDiscord, step)
  await proveFile(slack.person('Cleo'), step)
}

type Ground = {
  platform: string
  /** The first of them asks. */
  crowd: (Employee | Contributor)[]
  ask: string
  reads(): string[]
  where: { channel: string }
}

async function holdDuel({ platform, crowd, ask, reads, where }: Ground, step: Step): Promise<void> {
  const [asker, ...others] = crowd
  if (!asker) throw new Error('Nobody is there to ask.')
  await mustWork(asker.command(ask, where))
  const form = await until(() =>
    /two of these models/.test(asker.screen()) ? asker.screen() : null,
  )
  await mustWork(asker.submit())
  await until(() => (/Question \d+ is stored/.test(asker.screen()) ? true : null))
  if ('close' in asker) await mustWork(asker.close())
  const battle = await until(() => reads().find(isBattle) ?? null)
  const question = /Question \d+ ·/.exec(battle)?.[0] ?? ''
  step(
    `a question on ${platform} names both models before it is stored, and its answers stand without names`,
    /harbor/.test(form) && /In short/.test(battle) && !/harbor|pebble/.test(battle),
  )
  // Everybody finds the longer answer better.
  const best = battle.indexOf('In short') < battle.indexOf('That is a question') ? 'A' : 'B'
  for (const person of others) await vote(person, best, question)
  const before = reads().findLast(isBattle) ?? ''
  await vote(asker, best, question)
  // The channel's message rests between two repaints.
  const after = await until(
    () => reads().find((one) => one.includes(question) && /Now it can be told/.test(one)) ?? null,
    30_000,
  )
  step(
    `on ${platform} the names are told with the vote of the person who asked, and not before`,
    !/Now it can be told/.test(before) && after.includes(`${best} is harbor`),
    after.split('\n').find((line) => line.includes('Now it can be told')) ?? '',
  )
}

const isBattle = (message: string) => /Question \d+ ·/.test(message) && /A is better/.test(message)

async function vote(person: Employee | Contributor, best: string, question: string): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 750))
  await mustWork(person.press(`${best} is better`, { in: question }))
  await until(() => (person.screen().includes('You may change your vote') ? true : null))
}

const Row = z.looseObject({ model_a: z.string(), model_b: z.string(), winner: z.string() })

async function proveFile(cleo: Employee, step: Step): Promise<void> {
  await mustWork(cleo.command(`/parley-admin export ${dataset} arena`))
  const name = `${dataset}-arena.jsonl`
  await until(() => (cleo.files().some((file) => file.name === name) ? true : null))
  const files = new Map(cleo.files().map((file) => [file.name, file.text]))
  const rows = linesOf(files, name, Row)
  const won = rows.filter(
    (row) => (row.winner === 'model_a' ? row.model_a : row.model_b) === 'harbor',
  )
  step(
    `${name} holds every vote once, with both models and the winner`,
    rows.length === 6 && won.length === 6,
    `${won.length} of ${rows.length} for harbor`,
  )
}
