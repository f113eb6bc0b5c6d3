/**
 * Which traces are chosen: a hash of the trace id against a share. The same trace is chosen whenever and
 * wherever it is seen, and one that is chosen at 5 % is chosen at 10 %. Pure.
 */

/**
 * A hash of a trace id's 16 bytes, given as four big-endian words (MurmurHash3, x86_32): all of its bits
 * count, for some ids begin with a time, and samplers before us may have gone by the last ones.
 */
export function traceHash(a: number, b: number, c: number, d: number): number {
  let hash = mix(mix(mix(mix(0x7061726c, a), b), c), d) ^ 16
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** Whether a share between 0 and 1 of all traces includes this one. */
export function isSampled(hash: number, share: number): boolean {
  return hash < share * 4_294_967_296
}

function mix(hash: number, word: number): number {
  const one = Math.imul(word, 0xcc9e2d51)
  const mixed = hash ^ Math.imul((one << 15) | (one >>> 17), 0x1b873593)
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0
}
