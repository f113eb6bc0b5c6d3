/**
 * The picture of a person, from our own address: fetched once behind the guard for addresses that others
 * name, drawn anew as a small WebP without anything else that was in the file, and kept beside the name.
 */
import { openSafeFetch } from '../../fetch/safe.ts'
import type { Parley } from '../../parley.ts'

const mostBytes = 4_000_000
const pixels = 96
/** After a picture that could not be read, its address is left alone for a day. */
const restMs = 24 * 60 * 60_000

/** WebP of 96 pixels; null for people without a picture, or one that cannot be had. */
export async function pictureOf(parley: Parley, labelerId: string): Promise<Buffer | null> {
  const row = await parley.db
    .selectFrom('identities')
    .innerJoin('profiles', (join) =>
      join
        .onRef('profiles.platform', '=', 'identities.platform')
        .onRef('profiles.workspace', '=', 'identities.workspace')
        .onRef('profiles.userId', '=', 'identities.userId'),
    )
    .select(['profiles.platform', 'profiles.workspace', 'profiles.userId'])
    .select(['profiles.picture', 'profiles.image', 'profiles.imageAt'])
    .where('identities.labelerId', '=', labelerId)
    .where('profiles.picture', 'is not', null)
    .orderBy('profiles.platform')
    .limit(1)
    .executeTakeFirst()
  if (!row || row.picture === null) return null
  if (row.image !== null) return row.image
  const now = parley.now()
  if (row.imageAt !== null && now.getTime() - row.imageAt.getTime() < restMs) return null
  const image = await fetchPicture(parley, row.picture).catch((error: unknown) => {
    parley.log.info({ event: 'picture.unread', err: error }, 'A picture could not be read.')
    return null
  })
  await parley.db
    .updateTable('profiles')
    .set({ image, imageAt: now })
    .where('platform', '=', row.platform)
    .where('workspace', '=', row.workspace)
    .where('userId', '=', row.userId)
    .where('picture', '=', row.picture)
    .execute()
  return image
}

async function fetchPicture(parley: Parley, address: string): Promise<Buffer | null> {
  const { allow = [], lookup } = parley.fetching ?? {}
  const guarded = openSafeFetch({ allow, ...(lookup ? { lookup } : {}) })
  try {
    const answer = await guarded.get(address, { mostBytes, seconds: 8 })
    if (answer.status !== 200) {
      await answer.cancel()
      return null
    }
    const parts: Uint8Array[] = []
    for await (const part of answer.body) parts.push(part)
    return await drawAnew(Buffer.concat(parts))
  } finally {
    await guarded.close()
  }
}

/** Formats of pixels only: a drawing such as SVG may name other files, and is none. */
const formats = new Set(['png', 'jpeg', 'webp', 'gif', 'avif', 'heif'])

/** The first frame, cut to a square; what a camera or program noted in the file is left out. */
export async function drawAnew(bytes: Buffer): Promise<Buffer | null> {
  const { default: sharp } = await import('sharp')
  const options = { limitInputPixels: 40_000_000, pages: 1 }
  const { format } = await sharp(bytes, options).metadata()
  if (!formats.has(format)) return null
  return sharp(bytes, options)
    .rotate()
    .resize(pixels, pixels, { fit: 'cover' })
    .webp({ quality: 82 })
    .toBuffer()
}
