/** Reads a part of a file, for readers of formats that need not read all of it. */
import { open } from 'node:fs/promises'

/** The bytes from `start` up to `end`; fewer where the file ends before. */
export async function readPart(path: string, start: number, end: number): Promise<Uint8Array> {
  const handle = await open(path)
  try {
    const bytes = Buffer.alloc(end - start)
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, start)
    return bytes.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}
