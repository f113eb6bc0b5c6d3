/** Timestamps that Discord shows in each reader's own zone and language. Pure. */
import { escapeDiscord } from './escape.ts'

/** A moment as Discord tells each reader, in their own zone and language. */
export function timeLine(say: (when: string) => string, at: Date): string {
  const seconds = Math.floor(at.getTime() / 1000)
  return `-# ${escapeDiscord(say(marker)).replace(marker, `<t:${seconds}:f> (<t:${seconds}:R>)`)}`
}

const marker = '\u0001'
