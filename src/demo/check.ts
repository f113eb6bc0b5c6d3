/**
 * `demo --check`: people made of code do the whole job in the stand-in Slack, and every step is
 * proved from what stands outside of the service: its wire log and the files it handed out.
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { DiscordStandIn } from '../../sandbox/discord/server.ts'
import type { Person } from '../../sandbox/slack/people.ts'
import type { SlackStandIn } from '../../sandbox/slack/server.ts'
import { judgeAll } from './crowd.ts'
import { holdDuels } from './duel.ts'
import { type Confirmed, type Habits, workThrough } from './people.ts'
import { openProof, type Proof } from './proof.ts'
import {
  linesOf,
  proveManifests,
  provePreference,
  proveRaw,
  proveSft,
  RawLine,
} from './prove-files.ts'
import { proveDiscordWire, proveWire, readWire } from './prove-wire.ts'
import { type DatasetName, exported, readSamples, recordsOf, wanted } from './samples.ts'
import { pollTheSquare } from './square.ts'

const labelers: Habits[] = [
  { name: 'Ana', slipEvery: 0, tiesWeak: false },
  { name: 'Ben', slipEvery: 6, tiesWeak: false },
  { name: 'Dee', slipEvery: 0, tiesWeak: true },
]

export async function checkDemo(input: {
  slack: SlackStandIn
  discord: DiscordStandIn
  code: string
  /** Another code for the admin role: one works at a time. */
  newCode(): Promise<string>
  /** Ends the posts that are open, as their closing time would. */
  closePosts(): Promise<void>
  /** Opens the dashboard by a link. */
  openPages(proof: Pick<Proof, 'step'>): Promise<void>
  /** A month of reminders in a house of its own. */
  passMonth(): Promise<(step: Proof['step']) => void>
  /** From a blank page to a preference, in another. */
  walkPath(): Promise<(step: Proof['step']) => void>
  directory: string
  /** The wire log, and where this run begins in it. */
  wire: { file: string; from: number }
}): Promise<number> {
  const { slack } = input
  const proof = openProof()
  const [confirmed, judged, proveMonth, provePath] = await Promise.all([
    labelEverything(slack, proof),
    judgeArena(input.discord, proof),
    input.passMonth(),
    input.walkPath(),
  ])
  const cleo = slack.person('Cleo')
  await cleo.command('/parley-admin export prefs raw')
  proof.step(
    'somebody who is no admin is refused, privately',
    /for admins/.test(cleo.screen()) && cleo.files().length === 0,
  )
  await cleo.command(`/parley-admin claim ${input.code}`)
  proof.step('Cleo claims the admin role with the code', /admin of Parley now/.test(cleo.screen()))
  await input.openPages(proof)
  const files = await exportEverything(cleo, input.directory)
  await exportArena(proof, input.discord, await input.newCode(), judged)
  await pollTheSquare({ ...input, samples: readSamples('pairs') }, proof.step)
  await holdDuels(input, proof.step)
  proveRaw(proof, files, confirmed)
  provePreference(proof, files)
  proveSft(proof, files, confirmed)
  proveManifests(proof, files)
  const wire = readWire(input.wire)
  proveWire(proof, slack, wire, confirmed.length)
  proveDiscordWire(proof, input.discord, wire)
  proveMonth(proof.step)
  provePath(proof.step)
  for (const name of files.keys()) process.stdout.write(`file: ${join(input.directory, name)}\n`)
  return proof.end()
}

async function labelEverything(slack: SlackStandIn, proof: Proof): Promise<Confirmed[]> {
  const all: Confirmed[] = []
  for (const dataset of Object.keys(wanted) as DatasetName[]) {
    const samples = readSamples(recordsOf[dataset])
    const each = await Promise.all(
      labelers.map((habits) => workThrough(slack.person(habits.name), habits, dataset, samples)),
    )
    const answers = each.flat()
    all.push(...answers)
    proof.step(
      `${dataset} is labeled to its end`,
      answers.length >= wanted[dataset],
      `${answers.length} answers confirmed on screen`,
    )
  }
  return all
}

/** Contributors on Discord judge every pair three times. */
async function judgeArena(discord: DiscordStandIn, proof: Proof): Promise<Confirmed[]> {
  const samples = readSamples('pairs')
  const each = await Promise.all(
    ['Eve', 'Fay', 'Gus'].map((name) => judgeAll(discord.person(name), 'arena', samples)),
  )
  const judged = each.flat()
  proof.step(
    'arena is labeled to its end on Discord',
    judged.length >= samples.length * 3,
    `${judged.length} answers confirmed on screen`,
  )
  return judged
}

/** The file comes privately to the admin who asked for it on Discord. */
async function exportArena(
  proof: Proof,
  discord: DiscordStandIn,
  code: string,
  judged: readonly Confirmed[],
): Promise<void> {
  const cleo = discord.person('Cleo')
  await cleo.command('/parley-admin export dataset:arena format:raw')
  proof.step('on Discord too somebody who is no admin is refused', cleo.files().length === 0)
  await cleo.command(`/parley-admin claim code:${code}`)
  await cleo.command('/parley-admin export dataset:arena format:raw')
  const until = Date.now() + 30_000
  while (cleo.files().length < 2 && Date.now() < until)
    await new Promise((resolve) => setTimeout(resolve, 100))
  const files = new Map(cleo.files().map(({ name, text }) => [name, text]))
  const raw = linesOf(files, 'arena-raw.jsonl', RawLine)
  const said = raw.map(({ record, values }) => {
    const { ranks } = z
      .object({ ranks: z.record(z.string(), z.number()) })
      .parse(values['preference'])
    return `${record.external_id}: ${Object.keys(ranks).find((id) => ranks[id] === 1)}`
  })
  const seen = judged.map(({ record, said: best }) => `${record}: ${best}`)
  proof.step(
    'arena-raw.jsonl, handed out on Discord, holds what the contributors chose',
    said.length > 0 && said.sort().join('\n') === seen.sort().join('\n'),
    `${said.length} lines`,
  )
}

/** Asks for the exports in chat, waits for the files there, and writes what arrived. */
async function exportEverything(cleo: Person, directory: string): Promise<Map<string, string>> {
  for (const [dataset, format] of exported)
    await cleo.command(`/parley-admin export ${dataset} ${format}`)
  const expected = exported.length * 2
  const until = Date.now() + 60_000
  while (cleo.files().length < expected && Date.now() < until)
    await new Promise((resolve) => setTimeout(resolve, 100))
  mkdirSync(directory, { recursive: true })
  const files = new Map(cleo.files().map(({ name, text }) => [name, text]))
  for (const [name, text] of files) writeFileSync(join(directory, name), text)
  // From here on, only what lies on disk counts.
  return new Map(
    [...files.keys()].map((name) => [name, readFileSync(join(directory, name), 'utf8')]),
  )
}
