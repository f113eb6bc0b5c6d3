/** Images and sounds on disk, by the address they came from: bounded, and what nobody looked at longest goes first. */
import { hash, randomUUID } from 'node:crypto'
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { MediaType } from '../../records/media.ts'
import { audioTypes } from './audio.ts'
import type { Made } from './image.ts'

export type KeptFile = { path: string; type: string; extension: string; size: number; at: Date }

export type Keep = {
  find(type: MediaType, link: string): Promise<KeptFile | null>
  store(type: MediaType, link: string, made: Made): Promise<KeptFile>
}

/** Bytes of all files together. */
const mostBytes = 1_000_000_000

/** `most` is in bytes. The folder is made when something is stored. */
export function openKeep(folder: string, now: () => Date, most = mostBytes): Keep {
  let written = Number.POSITIVE_INFINITY
  const pathOf = (type: MediaType, link: string, extension: string) =>
    join(folder, `${hash('sha256', `${type} ${link}`)}.${extension}`)
  return {
    async find(type, link) {
      const extensions = type === 'image' ? ['webp'] : [...audioTypes.keys()]
      for (const extension of extensions) {
        const found = await look(pathOf(type, link, extension), extension, now())
        if (found) return found
      }
      return null
    },
    async store(type, link, { bytes, extension }) {
      await mkdir(folder, { recursive: true })
      const path = pathOf(type, link, extension)
      // Whole or not at all, whoever else stores the same.
      const beside = `${path}.${randomUUID()}`
      await writeFile(beside, bytes, { mode: 0o600 })
      const at = now()
      await utimes(beside, at, at)
      await rename(beside, path)
      written += bytes.length
      if (written > most / 20) {
        written = 0
        await evict(folder, most, path)
      }
      return { path, type: typeOf(extension), extension, size: bytes.length, at }
    },
  }
}

function typeOf(extension: string): string {
  return audioTypes.get(extension) ?? 'image/webp'
}

async function look(path: string, extension: string, now: Date): Promise<KeptFile | null> {
  const found = await stat(path).catch(() => null)
  if (!found) return null
  // When it was last looked at; when it was fetched stays as it is.
  await utimes(path, now, found.mtime).catch(() => undefined)
  return { path, type: typeOf(extension), extension, size: found.size, at: found.mtime }
}

async function evict(folder: string, most: number, newest: string): Promise<void> {
  const names = await readdir(folder)
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name)
      const found = await stat(path).catch(() => null)
      return found ? [{ path, size: found.size, seen: found.atimeMs }] : []
    }),
  )
  const all = files.flat().sort((a, b) => a.seen - b.seen)
  let sum = all.reduce((total, { size }) => total + size, 0)
  for (const { path, size } of all) {
    if (sum <= most * 0.9) return
    if (path === newest) continue
    await rm(path, { force: true })
    sum -= size
  }
}
