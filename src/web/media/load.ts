/**
 * Fetches what a field links to: once for all who ask at the same time, a few at once, within a size and a time,
 * never from a private network. What is refused is told in the log once and not asked for again for a while.
 */
import { LRUCache } from 'lru-cache'
import { ParleyError } from '../../errors.ts'
import { isNamed, openSafeFetch, type SafeFetch } from '../../fetch/safe.ts'
import type { Parley } from '../../parley.ts'
import type { MediaType } from '../../records/media.ts'
import { readAudio } from './audio.ts'
import { encodeImage } from './image.ts'
import type { Keep, KeptFile } from './kept.ts'
import type { Refusal } from './words.ts'

export type Loaded = { file: KeptFile } | { refused: Refusal }
export type LoadMedia = (type: MediaType, link: string) => Promise<Loaded>

const mostBytes: Record<MediaType, number> = { image: 20_000_000, audio: 100_000_000 }
const mostSeconds: Record<MediaType, number> = { image: 20, audio: 60 }
const mostAtOnce = 3
/** What a link shows may change; a day later it is fetched again. */
const freshMs = 24 * 3_600_000
/** A link that fails is asked again after this long. */
const patienceMs = 10 * 60_000

export function openMedia(parley: Parley, keep: Keep): LoadMedia {
  let opened: SafeFetch | null = null
  const fetcher = () => {
    const { allow = [], lookup } = parley.fetching ?? {}
    opened ??= openSafeFetch({ allow, ...(lookup ? { lookup } : {}) })
    return opened
  }
  const refusals = new LRUCache<string, Refusal>({ max: 2000, ttl: patienceMs })
  const running = new Map<string, Promise<Loaded>>()
  const turn = takeTurns(mostAtOnce)

  const load = async (type: MediaType, link: string, old: KeptFile | null): Promise<Loaded> => {
    const isPlain = /^http:/i.test(link) && !isNamed(parley.fetching?.allow ?? [], link)
    const found = isPlain
      ? ({ refused: 'not_https' } as const)
      : await turn(() => fetchMedia(fetcher(), type, link))
    if (!('refused' in found)) return { file: await keep.store(type, link, found) }
    if (old) return { file: old }
    refusals.set(`${type} ${link}`, found.refused)
    parley.log.warn(
      { event: 'web.media_refused', host: new URL(link).host, kind: type, reason: found.refused },
      'An image or a recording of a record cannot be shown.',
    )
    return found
  }

  return async (type, link) => {
    const key = `${type} ${link}`
    const old = await keep.find(type, link)
    if (old && parley.now().getTime() - old.at.getTime() < freshMs) return { file: old }
    const refused = refusals.get(key)
    if (refused) return old ? { file: old } : { refused }
    const known = running.get(key)
    if (known) return known
    const work = load(type, link, old).finally(() => running.delete(key))
    running.set(key, work)
    return work
  }
}

async function fetchMedia(fetcher: SafeFetch, type: MediaType, link: string) {
  const read = await fetchBytes(fetcher, type, link)
  if ('refused' in read) return read
  return type === 'image' ? encodeImage(read.bytes) : readAudio(read.bytes)
}

async function fetchBytes(
  fetcher: SafeFetch,
  type: MediaType,
  link: string,
): Promise<{ bytes: Buffer } | { refused: Refusal }> {
  const most = mostBytes[type]
  try {
    const answer = await fetcher.get(link, {
      headers: { accept: `${type}/*`, 'user-agent': 'Parley' },
      // Counted here too, for a refusal of its own.
      mostBytes: most + 1_000_000,
      seconds: mostSeconds[type],
    })
    if (answer.status !== 200) {
      await answer.cancel()
      return { refused: answer.status >= 500 || answer.status === 429 ? 'unreachable' : 'gone' }
    }
    if (Number(answer.header('content-length') ?? 0) > most) {
      await answer.cancel()
      return { refused: 'too_large' }
    }
    const chunks: Uint8Array[] = []
    let size = 0
    for await (const chunk of answer.body) {
      size += chunk.length
      if (size > most) return { refused: 'too_large' }
      chunks.push(chunk)
    }
    return { bytes: Buffer.concat(chunks) }
  } catch (error) {
    const isRefused = error instanceof ParleyError && error.code === 'invalid'
    return { refused: isRefused ? 'private' : 'unreachable' }
  }
}

/** At most so many at once; the others wait. */
function takeTurns(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let busy = 0
  const waiting: (() => void)[] = []
  return async (work) => {
    if (busy >= most) await new Promise<void>((resolve) => waiting.push(resolve))
    else busy += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else busy -= 1
    }
  }
}
