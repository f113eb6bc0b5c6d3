/** Sounds as Parley passes them on: as they are, under the type that is in them. */
import type { Made } from './image.ts'
import type { Refusal } from './words.ts'

/** By what the bytes begin with; recordings of browsers are called videos, and hold a sound. */
const types: Record<string, { type: string; extension: string }> = {
  'audio/mpeg': { type: 'audio/mpeg', extension: 'mp3' },
  'audio/wav': { type: 'audio/wav', extension: 'wav' },
  'audio/vnd.wave': { type: 'audio/wav', extension: 'wav' },
  'audio/ogg': { type: 'audio/ogg', extension: 'ogg' },
  'audio/opus': { type: 'audio/ogg', extension: 'ogg' },
  'audio/flac': { type: 'audio/flac', extension: 'flac' },
  'audio/x-flac': { type: 'audio/flac', extension: 'flac' },
  'audio/mp4': { type: 'audio/mp4', extension: 'm4a' },
  'audio/x-m4a': { type: 'audio/mp4', extension: 'm4a' },
  'audio/aac': { type: 'audio/aac', extension: 'aac' },
  'video/webm': { type: 'audio/webm', extension: 'webm' },
}

export const audioTypes: ReadonlyMap<string, string> = new Map(
  Object.values(types).map(({ type, extension }) => [extension, type]),
)

export async function readAudio(bytes: Buffer): Promise<Made | { refused: Refusal }> {
  const { fileTypeFromBuffer } = await import('file-type')
  const mime = (await fileTypeFromBuffer(bytes))?.mime.split(';')[0] ?? ''
  const found = types[mime]
  return found ? { bytes, ...found } : { refused: 'other_kind' }
}
