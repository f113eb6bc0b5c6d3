/**
 * `demo --check`: people made of code do the whole job in the stand-in Slack, and every step is
 * proved from what stands outside of the service: its wire log and the files it handed out.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { DiscordStandIn } from '../../sandbox/discord/server.ts'
import type { Person } from '../../sandbox/slack/people.ts'
import type { SlackStandIn } from '../../sandbox/slack/server.ts'
import { projectRoot } from '../config.ts'
import { judgeAll } from './crowd.ts'
import { type Confirmed, type Habits, type Sample, workThrough } from './people.ts'
import { pollTheSquare } from './square.ts'

const labelers: Habits[] = [
  { name: 'Ana', slipEvery: 0, tiesWeak: false },
  { name: 'Ben', slipEvery: 6, tiesWeak: false },
  { name: 'Dee', slipEvery: 0, tiesWeak: true },
]

/** How many answers each sample dataset takes in all: records x min_submitted. */
const wanted = { prefs: 72, pairs: 24, writing: 12, rated: 48, checked: 12, thumbs: 6, topics: 18 }
const recordsOf = {
  prefs: 'answers',
  pairs: 'pairs',
  writing: 'prompts',
  rated: 'answers',
  checked: 'logged',
  thumbs: 'logged',
  topics: 'logged',
} as const
type DatasetName = keyof typeof wanted

export async function checkDemo(input: {
  slack: SlackStandIn
  discord: DiscordStandIn
  code: string
  /** Another code for the admin role: one works at a time. */
  newCode(): Promise<string>
  /** Ends the posts that are open, as their closing time would. */
  closePosts(): Promise<void>
  /** A month of reminders in a house of its own. */
  passMonth(): Promise<(step: Proof['step']) => void>
  directory: string
  /** The wire log, and where this run begins in it. */
  wire: { file: string; from: number }
}): Promise<number> {
  const { slack } = input
  const proof = openProof()
  const [confirmed, judged, proveMonth] = await Promise.all([
    labelEverything(slack, proof),
    judgeArena(input.discord, proof),
    input.passMonth(),
  ])
  const cleo = slack.person('Cleo')
  await cleo.command('/parley-admin export prefs raw')
  proof.step(
    'somebody who is no admin is refused, privately',
    /for admins/.test(cleo.screen()) && cleo.files().length === 0,
  )
  await cleo.command(`/parley-admin claim ${input.code}`)
  proof.step('Cleo claims the admin role with the code', /admin of Parley now/.test(cleo.screen()))
  const files = await exportEverything(cleo, input.directory)
  await exportArena(proof, input.discord, await input.newCode(), judged)
  await pollTheSquare({ ...input, samples: readSamples('pairs') }, proof.step)
  proveRaw(proof, files, confirmed)
  provePreference(proof, files)
  proveSft(proof, files, confirmed)
  proveManifests(proof, files)
  const wire = readWire(input.wire)
  proveWire(proof, slack, wire, confirmed.length)
  proveDiscordWire(proof, input.discord, wire)
  proveMonth(proof.step)
  for (const name of files.keys()) process.stdout.write(`file: ${join(input.directory, name)}\n`)
  return proof.end()
}

type Proof = { step(what: string, holds: boolean, detail?: string): void; end(): number }

function openProof(): Proof {
  let failed = 0
  let held = 0
  return {
    step: (what, holds, detail) => {
      if (holds) held++
      else failed++
      process.stdout.write(`${holds ? 'ok  ' : 'FAIL'}  ${what}${detail ? `: ${detail}` : ''}\n`)
    },
    end: () => {
      process.stdout.write(`demo check: ${held} steps hold, ${failed} failed\n`)
      return failed > 0 || held === 0 ? 1 : 0
    },
  }
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

/** What the admin asks for, one after the other. */
const exported: [dataset: DatasetName, format: string][] = [
  ...(Object.keys(wanted) as DatasetName[]).map((name): [DatasetName, string] => [name, 'raw']),
  ['prefs', 'preference'],
  ['pairs', 'preference'],
  ['writing', 'sft'],
  ['prefs', 'reward'],
  ['thumbs', 'kto'],
  ['writing', 'prompts'],
  ['prefs', 'nemo'],
  ['prefs', 'openai-dpo'],
  ['writing', 'openai-sft'],
]

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

const RawLine = z.object({
  format: z.literal(1),
  dataset: z.string(),
  record: z.object({ external_id: z.string(), outputs: z.array(z.object({ id: z.string() })) }),
  labeler: z.string(),
  status: z.string(),
  counted: z.boolean(),
  revision: z.number(),
  values: z.record(z.string(), z.unknown()),
  shown: z.object({ order: z.array(z.string()) }),
  seconds: z.number().nullable(),
})
type RawLine = z.infer<typeof RawLine>

function proveRaw(proof: Proof, files: Map<string, string>, confirmed: Confirmed[]) {
  for (const dataset of Object.keys(wanted) as DatasetName[]) {
    const raw = linesOf(files, `${dataset}-raw.jsonl`, RawLine)
    const counted = raw.filter((line) => line.counted)
    const mine = confirmed.filter((one) => one.dataset === dataset)
    proof.step(
      `${dataset}-raw.jsonl holds every confirmed answer once, and exactly the answers wanted count`,
      counted.length === wanted[dataset] &&
        raw.filter(({ status }) => status === 'submitted').length === mine.length,
      `${counted.length} counted of ${raw.length}, ${mine.length} confirmed`,
    )
    if (dataset === 'prefs') proveRankings(proof, raw, mine)
  }
}

/** Every ranking in the file is one that somebody saw confirmed, and positions are balanced. */
function proveRankings(proof: Proof, raw: RawLine[], confirmed: Confirmed[]) {
  const said = raw.map(({ record, values }) => {
    const ranks = z.object({ ranks: z.record(z.string(), z.number()) }).parse(values['preference'])
    const ranked = Object.entries(ranks.ranks).map(([id, rank]) => `${id}=${rank}`)
    return `${record.external_id}: ${ranked.sort().join(' ')}`
  })
  const seen = confirmed.map(({ record, said: words }) => `${record}: ${words}`)
  proof.step(
    'every ranking in prefs-raw.jsonl is the one its labeler chose',
    said.sort().join('\n') === seen.sort().join('\n'),
  )
  const firsts = new Map<string, number>()
  for (const { record, shown, counted } of raw)
    if (counted)
      firsts.set(
        `${record.external_id} ${shown.order[0]}`,
        1 + (firsts.get(`${record.external_id} ${shown.order[0]}`) ?? 0),
      )
  proof.step(
    'each output was shown first to exactly one of three labelers',
    firsts.size === 72 && [...firsts.values()].every((count) => count === 1),
  )
}

const Messages = z.array(z.strictObject({ role: z.string(), content: z.string() })).min(1)
const PreferenceRow = z.looseObject({ prompt: Messages, chosen: Messages, rejected: Messages })

function provePreference(proof: Proof, files: Map<string, string>) {
  for (const [dataset, rows] of [
    ['prefs', 24],
    ['pairs', 8],
  ] as const) {
    const pairs = linesOf(files, `${dataset}-preference.jsonl`, PreferenceRow)
    const samples = readSamples(recordsOf[dataset])
    const right = pairs.filter(({ chosen, rejected }) => {
      const outputs = samples.flatMap((sample) => sample.outputs)
      const quality = (message: z.infer<typeof Messages>) =>
        outputs.find(({ text }) => text === message[0]?.content)?.quality ?? Number.NaN
      return quality(chosen) < quality(rejected)
    })
    proof.step(
      `${dataset}-preference.jsonl prefers the better answer in every row`,
      pairs.length === rows && right.length === rows,
      `${right.length} of ${pairs.length}`,
    )
  }
}

const SftRow = z.looseObject({ prompt: Messages, completion: Messages })

function proveSft(proof: Proof, files: Map<string, string>, confirmed: Confirmed[]) {
  const rows = linesOf(files, 'writing-sft.jsonl', SftRow)
  const typed = confirmed.filter(({ dataset }) => dataset === 'writing').map(({ said }) => said)
  const written = rows.map(({ completion }) => completion[0]?.content ?? '')
  proof.step(
    'writing-sft.jsonl carries what was typed, to the letter',
    rows.length === 12 && written.sort().join('\n') === typed.sort().join('\n'),
  )
}

const Manifest = z.looseObject({
  format: z.literal(1),
  counts: z.object({
    candidates: z.number(),
    emitted: z.number(),
    dropped: z.record(z.string(), z.number()),
  }),
  files: z.array(z.object({ name: z.string(), rows: z.number(), sha256: z.string() })),
})

function proveManifests(proof: Proof, files: Map<string, string>) {
  let sound = 0
  const manifests = [...files].filter(([name]) => name.endsWith('.manifest.json'))
  for (const [, text] of manifests) {
    const { counts, files: listed } = Manifest.parse(JSON.parse(text))
    const dropped = Object.values(counts.dropped).reduce((sum, count) => sum + count, 0)
    const matches = listed.every(({ name, rows, sha256 }) => {
      const content = files.get(name) ?? ''
      const hash = createHash('sha256').update(content).digest('hex')
      return hash === sha256 && content.split('\n').length - 1 === rows
    })
    if (counts.emitted + dropped === counts.candidates && matches) sound++
  }
  proof.step(
    'every manifest matches its file: rows, sha256, emitted + dropped = candidates',
    manifests.length === exported.length && sound === manifests.length,
    `${sound} of ${manifests.length}`,
  )
}

const WireLine = z.looseObject({
  platform: z.enum(['slack', 'discord']),
  direction: z.enum(['call', 'delivery']),
  path: z.string(),
  status: z.number().nullable(),
  response: z.unknown(),
})
type WireLine = z.infer<typeof WireLine>

function readWire({ file, from }: { file: string; from: number }): WireLine[] {
  const lines = readFileSync(file).subarray(from).toString('utf8').trimEnd().split('\n')
  return lines.map((line) => WireLine.parse(JSON.parse(line)))
}

function proveWire(proof: Proof, slack: SlackStandIn, all: WireLine[], answers: number) {
  const wire = all.filter(({ platform }) => platform === 'slack')
  const deliveries = wire.filter(({ direction }) => direction === 'delivery')
  const answered = deliveries.filter(({ status }) => status === 200)
  proof.step(
    'the wire log shows every gesture answered with 200',
    deliveries.length >= answers && answered.length === deliveries.length,
    `${answered.length} of ${deliveries.length} deliveries`,
  )
  const calls = wire.filter(
    ({ direction, path }) => direction === 'call' && path.startsWith('/api/'),
  )
  const accepted = calls.filter(
    ({ response }) => z.looseObject({ ok: z.literal(true) }).safeParse(response).success,
  )
  proof.step(
    'the stand-in accepted every call, by its own rules',
    accepted.length === calls.length && slack.faults.seen.length === 0,
    `${accepted.length} of ${calls.length} calls${slack.faults.seen.length > 0 ? `; faults: ${JSON.stringify(slack.faults.seen.slice(0, 3))}` : ''}`,
  )
}

function proveDiscordWire(proof: Proof, discord: DiscordStandIn, all: WireLine[]) {
  const calls = all.filter(
    ({ platform, direction }) => platform === 'discord' && direction === 'call',
  )
  const accepted = calls.filter(({ status }) => status !== null && status < 300)
  proof.step(
    'the stand-in Discord accepted every call, by its own rules',
    calls.length > 0 && accepted.length === calls.length && discord.faults.seen.length === 0,
    `${accepted.length} of ${calls.length} calls`,
  )
}

function linesOf<T>(files: Map<string, string>, name: string, schema: z.ZodType<T>): T[] {
  const text = files.get(name)
  if (text === undefined) return []
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => schema.parse(JSON.parse(line)))
}

const qualities: Readonly<Record<string, number>> = {
  'harbor-large': 0,
  'harbor-small': 1,
  'pebble-mini': 2,
}

const SampleLine = z.looseObject({
  external_id: z.string(),
  fields: z.object({
    prompt: z.union([z.string(), z.array(z.object({ role: z.string(), content: z.string() }))]),
  }),
  outputs: z
    .array(z.looseObject({ id: z.string(), text: z.string(), model: z.string() }))
    .default([]),
})

function readSamples(name: string): Sample[] {
  const text = readFileSync(join(projectRoot, 'samples', `${name}.jsonl`), 'utf8')
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const { external_id, fields, outputs } = SampleLine.parse(JSON.parse(line))
      const { prompt } = fields
      return {
        id: external_id,
        prompt: typeof prompt === 'string' ? prompt : (prompt.at(-1)?.content ?? ''),
        outputs: outputs.map((output) => ({
          id: output.id,
          text: output.text,
          quality: qualities[output.model] ?? 1,
        })),
      }
    })
}
