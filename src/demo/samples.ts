/** The datasets of `demo --check`: their records, how many answers each takes, and what is exported of them. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { projectRoot } from '../config.ts'
import type { Sample } from './people.ts'

/** How many answers each sample dataset takes in all: records x min_submitted. */
export const wanted = {
  prefs: 72,
  pairs: 24,
  writing: 12,
  rated: 48,
  checked: 12,
  thumbs: 6,
  topics: 18,
}

export const recordsOf = {
  prefs: 'answers',
  pairs: 'pairs',
  writing: 'prompts',
  rated: 'answers',
  checked: 'logged',
  thumbs: 'logged',
  topics: 'logged',
} as const

export type DatasetName = keyof typeof wanted

/** What the admin asks for, one after the other. */
export const exported: [dataset: DatasetName, format: string][] = [
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

export function readSamples(name: string): Sample[] {
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
