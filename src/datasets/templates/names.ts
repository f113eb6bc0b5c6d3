/** The templates a dataset document may begin from. */
export const templateNames = [
  'completion',
  'comparison',
  'evaluation',
  'thumbs',
  'labels',
  'prompt-writing',
  'prompt-review',
  'arena',
  'ask',
] as const

export type TemplateName = (typeof templateNames)[number]
