/**
 * Speed: the median time of answers in flat memory, and whether an answer came faster than its text
 * can be read. People read English non-fiction silently at 238 words a minute.
 * M. Brysbaert, "How many words do we read per minute?", J. Mem. Lang. 109, 2019.
 */
import { type Measured, measured, unmeasured } from '../measured.ts'

export type RunningMedian = { add(seconds: number): void; read(): Measured }

/** The median over buckets that are 2% wide, so it is right to 1%; from 10 ms to over a day. */
export function startMedianSeconds(): RunningMedian {
  const buckets = new Uint32Array(BUCKETS)
  let count = 0
  return {
    add(seconds) {
      if (!(seconds >= 0)) return
      const bucket = Math.floor(Math.log(Math.max(seconds, SHORTEST) / SHORTEST) / WIDTH)
      const place = Math.min(BUCKETS - 1, bucket)
      buckets[place] = (buckets[place] ?? 0) + 1
      count += 1
    },
    read() {
      if (count === 0) return unmeasured('No answer came with the time it took.')
      const low = bucketOf(buckets, Math.ceil(count / 2))
      const high = bucketOf(buckets, Math.floor(count / 2) + 1)
      return measured((middleOf(low) + middleOf(high)) / 2)
    },
  }
}

/** How long reading takes at the average pace; a word is six characters with its space. */
export function readingSeconds(characters: number): number {
  return characters / ((238 * 6) / 60)
}

/** True if the answer came in less than a fifth of the reading time: nobody skims that fast. */
export function isTooFast(seconds: number, characters: number): boolean {
  return seconds < readingSeconds(characters) / 5
}

const SHORTEST = 0.01
const WIDTH = Math.log(1.02)
const BUCKETS = 820

function bucketOf(buckets: Uint32Array, nth: number): number {
  let seen = 0
  for (const [place, count] of buckets.entries()) {
    seen += count
    if (seen >= nth) return place
  }
  return buckets.length - 1
}

function middleOf(bucket: number): number {
  return SHORTEST * Math.exp((bucket + 0.5) * WIDTH)
}
