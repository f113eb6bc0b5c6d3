/** Has models write outputs: runs the generation here, or follows one that runs elsewhere. */
import { generationLines } from '../chat/words/generation-lines.ts'
import { words } from '../chat/words/words.ts'
import { cancelGeneration } from '../generation/cancel.ts'
import {
  type Generation,
  type GenerationProgress,
  getGeneration,
  isOver,
} from '../generation/generation.ts'
import { runGeneration, type Settled } from '../generation/run.ts'
import { startGeneration } from '../generation/start.ts'
import { progressOf } from '../generation/tell.ts'
import type { Parley } from '../parley.ts'
import { counted } from '../sentences.ts'
import { cliActor, print, type Run, say, withParley } from './command.ts'
import { type Meter, openMeter } from './meter.ts'
import { stoppable } from './stop.ts'

const followMs = 1_000

/** `parley generate <dataset>`: takes one over that runs elsewhere, should its worker die. */
export const generate: Run = (doors, { words: [dataset = ''], options }) => {
  const { waiting, json, ...typed } = options
  const flags = { ...typed, ...(waiting === true ? { records: 'waiting' } : {}) }
  const meter = openMeter('generate')
  let isFollowed = false
  return stoppable(
    (signal) =>
      withParley(doors, async (parley) => {
        const { generation, isNew } = await startGeneration(parley, cliActor, {
          ...{ dataset, flags, here: true },
        })
        isFollowed = !isNew
        if (isFollowed) say(sayFollowed(dataset, generation))
        // Ctrl-C ends what this command started, and only leaves what others did.
        const end = () =>
          isFollowed
            ? undefined
            : cancelGeneration(parley, cliActor, { generationId: generation.id })
        const ended = await untilOver(parley, generation.id, meter, signal, end).finally(meter.end)
        signal.throwIfAborted()
        const progress = await progressOf(parley, ended)
        if (json === true) print(JSON.stringify(progress))
        else for (const line of resultLines(progress)) print(line)
        if (ended.problem !== null) say(ended.problem)
        return ended.state === 'done' ? 0 : 1
      }),
    () =>
      isFollowed
        ? `Stopped following. The generation goes on; parley generate cancel ${dataset} ends it.`
        : 'Stopped. What was written stays; run it again for the rest.',
  )
}

async function untilOver(
  parley: Parley,
  id: string,
  meter: Meter,
  signal: AbortSignal,
  end: () => Promise<unknown> | undefined,
): Promise<Generation> {
  let ending: Promise<unknown> | undefined
  const onAbort = () => {
    ending ??= end()?.catch((error: unknown) =>
      parley.log.warn({ event: 'generation.not_cancelled', err: error }, 'Not cancelled.'),
    )
  }
  signal.addEventListener('abort', onAbort)
  try {
    for (;;) {
      await runGeneration(parley, id, {
        isLastAttempt: true,
        onProgress: (settled, wanted) => showOn(meter, settled, wanted),
        signal,
      })
      const found = await getGeneration(parley, id)
      if (isOver(found) || signal.aborted) return found
      const { added: written } = found.counts
      const leftOut = Object.values(found.leftOut).reduce((sum, count) => sum + count, 0)
      showOn(meter, { written, leftOut }, found.wanted)
      await new Promise((resolve) => setTimeout(resolve, followMs))
    }
  } finally {
    signal.removeEventListener('abort', onAbort)
    await ending
  }
}

/** What was not written is no output, and still is done with. */
function showOn(meter: Meter, { written, leftOut }: Settled, wanted: number): void {
  const share = wanted > 0 ? Math.min(1, (written + leftOut) / wanted) : null
  const said = counted(written, 'output')
  meter.show(share, leftOut > 0 ? `${said}, ${leftOut.toLocaleString('en-US')} left out` : said)
}

function sayFollowed(dataset: string, { askedBy, options }: Generation): string {
  return `A generation for "${dataset}" with ${options.models.join(', ')} is under way, started by ${askedBy}. Following it; run yours when it has ended.`
}

function resultLines(progress: GenerationProgress): string[] {
  return generationLines(words(undefined), progress)
}

/** `parley generate cancel <dataset>` */
export const cancel: Run = (doors, { words: [dataset = ''] }) =>
  withParley(doors, async (parley) => {
    await cancelGeneration(parley, cliActor, { dataset })
    print(words(undefined).generationCancelled(dataset))
  })
