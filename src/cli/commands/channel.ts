/** The option that names a channel. */

export const toOption = [
  '--to <channel>',
  'where: slack:#evals, discord:#arena or a channel’s id; slack:TEAM:#evals or discord:SERVER:#arena where several have one',
] as const
