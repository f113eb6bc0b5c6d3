/** The templates a dataset document may begin from. */
export const templateNames = [
  'completion',
  'comparison',
  'evaluation',
  'thumbs',
  'labels',
  'prompt-writing',
  'prompt-review',
] as const

export type TemplateName = (typeof templateNames)[number]
