/** The ids of the Home tab's buttons: `v1:home:verb:dataset`. */

const verbs = {
  guidelines: 'dataset-guidelines',
  preview: 'admin-preview',
  stats: 'admin-stats',
  publish: 'admin-publish',
  pause: 'admin-pause',
  export: 'admin-export-form',
  import: 'admin-import-form',
} as const

export type HomeVerb = keyof typeof verbs
export type HomeGesture = { type: (typeof verbs)[HomeVerb]; dataset: string }

/** A card in a window of its own, answered by its buttons. */
export const cardWindowId = 'v1:card'
export const exportFormId = 'v1:export'
export const importFormId = 'v1:import'
export const shortcutId = 'v1:start'

export function homeId(verb: HomeVerb, dataset: string): string {
  return `v1:home:${verb}:${dataset}`
}

/** Reads an id back; null for anything that is no button of the Home tab. */
export function parseHomeId(id: string): HomeGesture | null {
  const [version, place, verb = '', ...rest] = id.split(':')
  if (version !== 'v1' || place !== 'home' || !isVerb(verb)) return null
  return { type: verbs[verb], dataset: rest.join(':') }
}

function isVerb(text: string): text is HomeVerb {
  return Object.hasOwn(verbs, text)
}
