/** The verbs of generations, as the terminal calls them: run here, or by the workers of a server. */
import type { GenerationProgress } from '../../generation/generation.ts'
import type { Settled } from '../../generation/run.ts'
import type { Parley } from '../../parley.ts'
import { cliActor } from '../actor.ts'
import { part, type Server } from './server.ts'

export type Started = { id: string; askedBy: string; models: readonly string[]; isNew: boolean }

export type Following = {
  signal: AbortSignal
  onProgress(settled: Settled, wanted: number): void
}

export type GenerationVerbs = {
  startGeneration(input: {
    dataset: string
    flags: Readonly<Record<string, string | boolean | string[] | undefined>>
  }): Promise<Started>
  /** Waits until it has ended or the signal aborts; here, runs it if nobody else does. */
  followGeneration(id: string, following: Following): Promise<GenerationProgress>
  cancelGeneration(which: { dataset: string } | { generationId: string }): Promise<void>
}

const askAgainMs = 1_000
const pause = () => new Promise<void>((resolve) => setTimeout(resolve, askAgainMs))

export function generationsHere(parley: Parley): GenerationVerbs {
  return {
    async startGeneration({ dataset, flags }) {
      const { startGeneration } = await import('../../generation/start.ts')
      const { generation, isNew } = await startGeneration(parley, cliActor, {
        ...{ dataset, flags, here: true },
      })
      const { id, askedBy, options } = generation
      return { id, askedBy, models: options.models, isNew }
    },
    async followGeneration(id, { signal, onProgress }) {
      const { getGeneration, isOver } = await import('../../generation/generation.ts')
      const { runGeneration } = await import('../../generation/run.ts')
      const { progressOf } = await import('../../generation/tell.ts')
      for (;;) {
        await runGeneration(parley, id, { ...{ isLastAttempt: true, signal, onProgress } })
        const found = await getGeneration(parley, id)
        if (isOver(found) || signal.aborted) return progressOf(parley, found)
        onProgress(settledOf(found), found.wanted)
        await pause()
      }
    },
    async cancelGeneration(which) {
      const { cancelGeneration } = await import('../../generation/cancel.ts')
      await cancelGeneration(parley, cliActor, which)
    },
  }
}

function settledOf({ counts, leftOut }: Pick<GenerationProgress, 'counts' | 'leftOut'>): Settled {
  const left = Object.values(leftOut).reduce((sum, count) => sum + count, 0)
  return { written: counts.added, leftOut: left }
}

type Sent = Pick<GenerationProgress, 'state' | 'wanted' | 'models' | 'problem'> & {
  id: string
  dataset: string
  asked_by: string
  counts: { [name: string]: number }
  left_out: GenerationProgress['leftOut']
}

export function generationsThere(server: Server): GenerationVerbs {
  const at = (id: string) => `/v1/generations/${part(id)}`
  const of = (dataset: string) => `/v1/datasets/${part(dataset)}/generations`
  return {
    async startGeneration({ dataset, flags }) {
      const response = await server.open('POST', of(dataset), {
        body: JSON.stringify(asSent(flags)),
        headers: { 'content-type': 'application/json' },
      })
      const { id, asked_by: askedBy, models } = (await response.json()) as Sent
      return { id, askedBy, models, isNew: response.status === 202 }
    },
    async followGeneration(id, { signal, onProgress }) {
      for (;;) {
        const progress = readProgress(await server.call<Sent>('GET', at(id)))
        const isOver = progress.state !== 'queued' && progress.state !== 'running'
        if (isOver || signal.aborted) return progress
        onProgress(settledOf(progress), progress.wanted)
        await pause()
      }
    },
    cancelGeneration: async (which) =>
      void (await server.call(
        'DELETE',
        'dataset' in which ? of(which.dataset) : at(which.generationId),
      )),
  }
}

/** The flags of the terminal under the names of the HTTP API. */
function asSent({ records, ...flags }: { [name: string]: unknown }) {
  const named = Object.entries(flags).map(([name, value]) => [
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value,
  ])
  return { ...Object.fromEntries(named), ...(records === 'waiting' ? { waiting: true } : {}) }
}

function readProgress({
  id,
  dataset,
  asked_by: askedBy,
  counts,
  left_out: leftOut,
  ...sent
}: Sent) {
  const { broken_off = 0, input_tokens = 0, output_tokens = 0 } = counts
  const { added = 0, cut = 0, refused = 0, empty = 0, requests = 0, cost = 0 } = counts
  const named = { brokenOff: broken_off, inputTokens: input_tokens, outputTokens: output_tokens }
  return {
    ...{ askedBy, ...sent, leftOut, generationId: id, dataset: { name: dataset, title: dataset } },
    counts: { added, cut, refused, empty, requests, ...named, cost },
  }
}
