/**
 * One person's thumbs on one message, from events that come in any order and more than once. Each thumb
 * remembers when it was last put up or taken back, so that the outcome depends on the events alone. Pure.
 */
import type { Thumb, ThumbState, Thumbs } from '../db/schema/feedback.ts'

export type { Thumb, Thumbs }

/**
 * What somebody did. `set` is a switch of one: the other thumb goes, and null takes either back. A reaction
 * is `put` or taken back (`take`) alone, whatever else counts.
 */
export type Change =
  | { set: Thumb | null; reason?: string | undefined }
  | { put: Thumb }
  | { take: Thumb }

export type Verdict = {
  verdict: Thumb | null
  reason: string | null
  /** When it was decided; null before anything was. */
  at: string | null
}

const both = ['up', 'down'] as const

/** `at` is a moment as `momentOf` writes it. The same events give the same thumbs in whatever order. */
export function applyChange(thumbs: Thumbs, change: Change, at: string): Thumbs {
  if ('put' in change) return noted(thumbs, change.put, { at, on: true, reason: null })
  if ('take' in change) return noted(thumbs, change.take, { at, on: false, reason: null })
  const { set, reason = null } = change
  return both.reduce<Thumbs>((all, thumb) => {
    const on = thumb === set
    return noted(all, thumb, { at, on, reason: on ? reason : null })
  }, thumbs)
}

/** The thumb that counts: the later of two; of two at the same moment, the one that is down. */
export function verdictOf({ up, down }: Thumbs): Verdict {
  const isUp = up?.on === true && !(down?.on === true && down.at >= up.at)
  if (up && isUp) return { verdict: 'up', reason: up.reason, at: up.at }
  if (down?.on) return { verdict: 'down', reason: down.reason, at: down.at }
  const at = [up?.at, down?.at].reduce((a, b) => ((a ?? '') > (b ?? '') ? a : b))
  return { verdict: null, reason: null, at: at ?? null }
}

function noted(thumbs: Thumbs, thumb: Thumb, state: ThumbState): Thumbs {
  const known = thumbs[thumb]
  return known && !isLater(state, known) ? thumbs : { ...thumbs, [thumb]: state }
}

/** At the same moment up goes before taken back, and of two reasons the greater by its characters. */
function isLater(one: ThumbState, other: ThumbState): boolean {
  if (one.at !== other.at) return one.at > other.at
  if (one.on !== other.on) return one.on
  return (one.reason ?? '') > (other.reason ?? '')
}

const written = /^(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d)(?:\.(\d{1,12}))?([Zz]|[+-]\d\d:\d\d)$/

/** A moment with its offset, in UTC to the microsecond, so that texts compare as times; null for no moment. */
export function momentOf(text: string): string | null {
  const [, whole = '', fraction = '', offset = ''] = written.exec(text.trim()) ?? []
  const seconds = Date.parse(`${whole}${offset}`)
  if (Number.isNaN(seconds)) return null
  const at = new Date(seconds).toISOString()
  return /^\d{4}-/.test(at) ? `${at.slice(0, 19)}.${fraction.slice(0, 6).padEnd(6, '0')}Z` : null
}
