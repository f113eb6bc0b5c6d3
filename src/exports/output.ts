/**
 * Writes one file that is either complete or not there: bytes go to a `.part` beside it, and only
 * when they are all on disk does it take its name.
 */
import { createHash, type Hash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { finished, pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'

export type Output = {
  /** Resolves when the bytes are taken and may be written over; what is slow holds back what is fast. */
  write(bytes: Buffer): Promise<void>
  /** Everything is on disk, still under the name of a part. Returns the sha256 of its bytes. */
  finish(): Promise<string>
  /** Gives the file its name. */
  publish(): Promise<void>
  /** Removes what was written. */
  discard(): Promise<void>
}

/** `part` distinguishes two writers of the same file; a name that ends in .gz is compressed. */
export function openOutput(path: string, part: string): Output {
  const partPath = `${path}.${part}.part`
  const hash = createHash('sha256')
  // `flush` is fsync: the bytes outlive a power cut before the name does.
  const file = createWriteStream(partPath, { flush: true, mode: 0o600 })
  const packer = path.endsWith('.gz') ? createGzip() : null
  const entry = packer ?? file
  const done = packer ? pipeline(packer, hashed(hash), file) : finished(file)
  // The next write, or the end, reports the failure; without this listener the process would crash. An
  // aborted compressor does not notify its waiters.
  let goOn = () => {}
  done.catch(() => goOn())
  return {
    write: async (bytes) => {
      if (!packer) hash.update(bytes)
      await new Promise<void>((resolve) => {
        goOn = resolve
        entry.write(bytes, () => resolve())
      })
      if (entry.destroyed) await done
    },
    finish: async () => {
      entry.end()
      await done
      return hash.digest('hex')
    },
    publish: async () => {
      await rename(partPath, path)
      await syncDirectory(dirname(path))
    },
    discard: async () => {
      if (!entry.destroyed) entry.destroy()
      await finished(entry).catch(() => undefined)
      await done.catch(() => undefined)
      await rm(partPath, { force: true })
    },
  }
}

/** Passes bytes on, and the hash knows them. */
function hashed(hash: Hash) {
  return async function* (source: AsyncIterable<Buffer>) {
    for await (const bytes of source) {
      hash.update(bytes)
      yield bytes
    }
  }
}

/** Makes a rename outlive a power cut. */
export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Writes a small file the same way. */
export async function writeWhole(path: string, part: string, text: string): Promise<void> {
  const output = openOutput(path, part)
  try {
    await output.write(Buffer.from(text))
    await output.finish()
    await output.publish()
  } catch (error) {
    await output.discard()
    throw error
  }
}
