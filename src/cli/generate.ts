/** Has models write outputs: runs the generation here, or follows one that runs elsewhere. */
import { generationLines } from '../chat/words/generation-lines.ts'
import { words } from '../chat/words/words.ts'
import type { GenerationProgress } from '../generation/generation.ts'
import type { Settled } from '../generation/run.ts'
import { counted } from '../sentences.ts'
import { print, type Run, say, withVerbs } from './command.ts'
import { type Meter, openMeter } from './meter.ts'
import { stoppable } from './stop.ts'
import type { Started } from './verbs/generations.ts'
import type { Verbs } from './verbs/verbs.ts'

/** `parley generate <dataset>`: takes one over that runs elsewhere, should its worker die. */
export const generate: Run = (doors, { words: [dataset = ''], options }) => {
  const { waiting, json, ...typed } = options
  const flags = { ...typed, ...(waiting === true ? { records: 'waiting' } : {}) }
  const meter = openMeter('generate')
  let isFollowed = false
  return stoppable(
    (signal) =>
      withVerbs(doors, async (verbs) => {
        const started = await verbs.startGeneration({ dataset, flags })
        isFollowed = !started.isNew
        if (isFollowed) say(sayFollowed(dataset, started))
        const progress = await untilOver(verbs, started, meter, signal).finally(meter.end)
        signal.throwIfAborted()
        if (json === true) print(JSON.stringify(progress))
        else for (const line of resultLines(progress)) print(line)
        if (progress.problem !== null) say(progress.problem)
        return progress.state === 'done' ? 0 : 1
      }),
    () =>
      isFollowed
        ? `Stopped following. The generation goes on; parley generate cancel ${dataset} ends it.`
        : 'Stopped. What was written stays; run it again for the rest.',
  )
}

/** Ctrl-C ends what this command started, and only leaves what others did. */
async function untilOver(
  verbs: Verbs,
  { id, isNew }: Started,
  meter: Meter,
  signal: AbortSignal,
): Promise<GenerationProgress> {
  let ending: Promise<unknown> | undefined
  const onAbort = () => {
    if (!isNew) return
    ending ??= verbs
      .cancelGeneration({ generationId: id })
      .catch((error: unknown) => say(`Not cancelled: ${String(error)}`))
  }
  signal.addEventListener('abort', onAbort)
  try {
    return await verbs.followGeneration(id, {
      signal,
      onProgress: (settled, wanted) => showOn(meter, settled, wanted),
    })
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

function sayFollowed(dataset: string, { askedBy, models }: Started): string {
  return `A generation for "${dataset}" with ${models.join(', ')} is under way, started by ${askedBy}. Following it; run yours when it has ended.`
}

function resultLines(progress: GenerationProgress): string[] {
  return generationLines(words(undefined), progress)
}

/** `parley generate cancel <dataset>` */
export const cancel: Run = (doors, { words: [dataset = ''] }) =>
  withVerbs(doors, async (verbs) => {
    await verbs.cancelGeneration({ dataset })
    print(words(undefined).generationCancelled(dataset))
  })
