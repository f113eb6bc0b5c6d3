/**
 * Images as Parley passes them on: read by what is in them, not by their name, and written anew without
 * metadata, so that nothing but pixels arrives. Of moving ones the first picture.
 */
import type { Sharp } from 'sharp'
import type { Refusal } from './words.ts'

/** Pixels of an image before it is unpacked: four bytes each in memory. */
const mostPixels = 50_000_000
/** The longer side as shown; screens have no more. */
const longestSide = 2560
const mostSeconds = 15

const formats = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'image/avif'])

export type Made = { bytes: Buffer; type: string; extension: string }

/** The image as WebP, or why there is none. */
export async function encodeImage(bytes: Buffer): Promise<Made | { refused: Refusal }> {
  const { fileTypeFromBuffer } = await import('file-type')
  const found = await fileTypeFromBuffer(bytes)
  if (!found || !formats.has(found.mime)) return { refused: isSvg(bytes) ? 'svg' : 'other_kind' }
  const { default: sharp } = await import('sharp')
  // One image at a time, on one core: others wait for this process, too.
  sharp.concurrency(1)
  sharp.cache(false)
  const image: Sharp = sharp(bytes, { limitInputPixels: mostPixels, failOn: 'error', pages: 1 })
  try {
    const { width, height } = await image.metadata()
    if (width * height > mostPixels) return { refused: 'too_many_pixels' }
    const made = await image
      .autoOrient()
      .resize({ width: longestSide, height: longestSide, fit: 'inside', withoutEnlargement: true })
      .webp({ quality: 84 })
      .timeout({ seconds: mostSeconds })
      .toBuffer()
    return { bytes: made, type: 'image/webp', extension: 'webp' }
  } catch (error) {
    const said = error instanceof Error ? error.message : ''
    return { refused: /pixel limit/.test(said) ? 'too_many_pixels' : 'damaged' }
  }
}

function isSvg(bytes: Buffer): boolean {
  return /<svg[\s>]/i.test(bytes.subarray(0, 4096).toString('latin1'))
}
