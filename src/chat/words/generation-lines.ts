/** What people read about a generation, in chat and in the terminal: how far it is, and what came of it. */
import { type GenerationProgress, leftOutReasons } from '../../generation/generation.ts'
import { sayInChat } from './chat-remedies.ts'
import type { Words } from './words.ts'

/** How far it is or how it ended, then what was written, kept aside and left out. */
export function sayGeneration(said: Words, progress: GenerationProgress): string {
  return [sayState(said, progress), ...generationLines(said, progress)].join('\n')
}

function sayState(said: Words, progress: GenerationProgress): string {
  const { dataset, models, state, counts, wanted, problem, askedBy } = progress
  const name = dataset.name
  const because = () =>
    problem === null ? '' : ` ${sayInChat(said.refusal(problem)).replaceAll('\n', ' ')}`
  switch (state) {
    case 'queued':
    case 'running':
      return `${said.generationRuns(name, models.join(', '), counts.added, wanted)} ${said.generationBy(askedBy)}`
    case 'done':
      return said.generationDone(name)
    case 'stopped':
      return `${said.generationStopped(name)}${because()}`
    case 'failed':
      return `${said.generationFailed(name)}${because()}`
    case 'cancelled':
      return said.generationCancelled(name)
  }
}

/** What was written, what of it nobody is shown, what was left out and why, and what it cost. */
export function generationLines(
  said: Words,
  { state, counts, leftOut }: Pick<GenerationProgress, 'state' | 'counts' | 'leftOut'>,
): string[] {
  const isUnderWay = state === 'queued' || state === 'running'
  const { added, cut, refused, empty, brokenOff, inputTokens, outputTokens, cost } = counts
  const aside = [
    ...(cut > 0 ? [said.generationCut(cut)] : []),
    ...(refused > 0 ? [said.generationRefused(refused)] : []),
    ...(empty > 0 ? [said.generationEmpty(empty)] : []),
  ]
  const left = leftOutReasons.flatMap((reason) => {
    const count = leftOut[reason]
    return count ? [said.generationLeftOut[reason](count)] : []
  })
  return [
    ...(isUnderWay ? [] : [said.generationAdded(added)]),
    ...aside,
    ...left,
    ...(brokenOff > 0 ? [said.generationBrokenOff(brokenOff)] : []),
    ...(inputTokens + outputTokens > 0
      ? [said.generationSpent(inputTokens, outputTokens, cost)]
      : []),
  ]
}
