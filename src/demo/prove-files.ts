/** What `demo --check` proves from the exported files: every answer is there once, and as it was given. */

import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Confirmed } from './people.ts'
import type { Proof } from './proof.ts'
import { type DatasetName, exported, readSamples, recordsOf, wanted } from './samples.ts'

export const RawLine = z.object({
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

export type RawLine = z.infer<typeof RawLine>

export function proveRaw(proof: Proof, files: Map<string, string>, confirmed: Confirmed[]) {
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

export function provePreference(proof: Proof, files: Map<string, string>) {
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

export function proveSft(proof: Proof, files: Map<string, string>, confirmed: Confirmed[]) {
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

export function proveManifests(proof: Proof, files: Map<string, string>) {
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

export function linesOf<T>(files: Map<string, string>, name: string, schema: z.ZodType<T>): T[] {
  const text = files.get(name)
  if (text === undefined) return []
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => schema.parse(JSON.parse(line)))
}
