/** The colour that stands for each status of a dataset. */
import type { Tone } from '../page/components.ts'

export const datasetTones = {
  draft: 'plain',
  ready: 'good',
  paused: 'warn',
  closed: 'info',
} as const satisfies Record<string, Tone>
