/** A Parley whose models are a stand-in's, and datasets whose records wait for outputs. */
import { readModels } from '../../src/config/models.ts'
import { createDataset } from '../../src/datasets/create.ts'
import { parseDocument } from '../../src/datasets/parse.ts'
import { publishDataset } from '../../src/datasets/publish.ts'
import { type Generation, getGeneration } from '../../src/generation/generation.ts'
import type { GenerationFlags } from '../../src/generation/options.ts'
import { type GenerationRun, runGeneration } from '../../src/generation/run.ts'
import { startGeneration } from '../../src/generation/start.ts'
import { importRecords } from '../../src/imports/import-records.ts'
import type { Models } from '../../src/model.ts'
import type { Actor, Parley } from '../../src/parley.ts'
import { listRecords, type StoredRecord } from '../../src/records/record.ts'

export const cleo: Actor = { type: 'admin', name: 'slack:T1:UCLEO' }
export const key = 'sk-canary-4f9d2c7b1e6a'
/** Waits in milliseconds where a server gets seconds. */
export const patience = { tries: 3, waitMs: 5 }

/** The models of a stand-in, by the environment an operator would write. */
export function modelsAt(
  url: string,
  entries: Readonly<Record<string, object>>,
  env: Readonly<Record<string, string>> = { SMALL_KEY: key },
): Models {
  const file = Object.fromEntries(
    Object.entries(entries).map(([name, entry]) => [name, { base_url: url, ...entry }]),
  )
  const problems: Record<string, string> = {}
  const models = readModels({ PARLEY_MODELS: JSON.stringify(file), ...env }, '/', problems)
  if (Object.keys(problems).length > 0) throw new Error(JSON.stringify(problems))
  return models
}

let datasets = 0

/** A dataset of so many records without outputs; returns its name. */
export async function makeDataset(
  parley: Parley,
  {
    records = 3,
    more = '',
    template = 'comparison',
    publish = true,
    lines,
  }: {
    records?: number
    more?: string
    template?: string
    publish?: boolean
    lines?: readonly object[]
  } = {},
): Promise<string> {
  datasets += 1
  const name = `generated-${datasets}`
  const text = `name: ${name}\ntemplate: ${template}\naccess: everyone\n${more}`
  await createDataset(parley, cleo, { document: parseDocument(text) })
  await give(parley, name, lines ?? recordLines(records))
  if (publish) await publishDataset(parley, cleo, { dataset: name })
  return name
}

export function recordLines(count: number): object[] {
  return Array.from({ length: count }, (_, n) => ({ id: `r${n + 1}`, prompt: `Prompt ${n + 1}?` }))
}

/** Imports records as an admin does. */
export async function give(parley: Parley, dataset: string, lines: readonly object[]) {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
  const source = (async function* () {
    yield Buffer.from(text)
  })()
  return importRecords(parley, cleo, { dataset, source, name: 'records.jsonl' })
}

/** Starts a generation and runs it to its end, as a worker does. */
export async function generate(
  parley: Parley,
  dataset: string,
  flags: GenerationFlags,
  running: GenerationRun = {},
): Promise<Generation> {
  const { generation } = await startGeneration(parley, cleo, { dataset, flags })
  await runGeneration(parley, generation.id, { patience, isLastAttempt: true, ...running })
  return getGeneration(parley, generation.id)
}

export async function recordsOf(parley: Parley, dataset: string): Promise<StoredRecord[]> {
  return (await listRecords(parley, { dataset, limit: 1000 })).records
}

export async function until(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let left = 600; !(await holds()); left--) {
    if (left === 0) throw new Error(`${what} did not happen.`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
