/** What a reaction says, and when. Pure. */

/** Slack's names of thumbs, and those of other tools. */
const thumbs = new Map<string, 'up' | 'down'>([
  ['+1', 'up'],
  ['thumbsup', 'up'],
  ['thumbs_up', 'up'],
  ['-1', 'down'],
  ['thumbsdown', 'down'],
  ['thumbs_down', 'down'],
])

/** `+1`, `thumbsup`, `+1::skin-tone-3`; null for any other reaction. */
export function thumbOf(reaction: string): 'up' | 'down' | null {
  return thumbs.get(reaction.replace(/::skin-tone-[2-6]$/, '')) ?? null
}

/** `1360782804.083113` as a moment in UTC, to the microsecond. */
export function momentOf(ts: string): string {
  const [seconds = '0', fraction = ''] = ts.split('.')
  const whole = new Date(Number(seconds) * 1000).toISOString().slice(0, 19)
  return `${whole}.${fraction.slice(0, 6).padEnd(6, '0')}Z`
}
