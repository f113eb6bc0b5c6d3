/** GET /media/…: an image or a sound of a record, to those who were shown the record. */
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { Context } from 'hono'
import type { Parley } from '../../parley.ts'
import { isMedia, type MediaType, mediaLink } from '../../records/media.ts'
import { answerNothing } from '../page/errors.ts'
import { signedIn } from '../session/visitor.ts'
import type { Site, Web } from '../site.ts'
import { type MediaPlace, readMediaAddress } from './address.ts'
import { type KeptFile, openKeep } from './kept.ts'
import { openMedia } from './load.ts'
import { mediaWords } from './words.ts'

export function mediaRoutes(web: Web, { parley }: Site): void {
  const load = openMedia(parley, openKeep(join(parley.dataDir, 'media'), parley.now))
  web.get('/media/:token', async (c) => {
    const visitor = signedIn(c)
    const said = mediaWords(c.get('locale'))
    const place = readMediaAddress(parley, visitor, c.req.param('token'))
    const held = place && (await findMedia(parley, place))
    if (!held) return answerNothing(c)
    const loaded = await load(held.type, held.link)
    return 'refused' in loaded
      ? c.text(said.refused[loaded.refused], 422, { 'cache-control': 'no-store' })
      : sendFile(c, loaded.file)
  })
}

/** What the field holds now; null where it is gone, or is no image or sound any more. */
async function findMedia(
  { db }: Parley,
  { datasetId, recordId, field }: MediaPlace,
): Promise<{ type: MediaType; link: string } | null> {
  const row = await db
    .selectFrom('records')
    .innerJoin('datasets', 'datasets.id', 'records.datasetId')
    .select(['records.fields', 'datasets.document'])
    .where('records.datasetId', '=', datasetId)
    .where('records.id', '=', recordId)
    .executeTakeFirst()
  const type = row?.document.fields.find(({ name }) => name === field)?.type ?? ''
  const content = row && Object.hasOwn(row.fields, field) ? row.fields[field] : undefined
  const link = content === undefined ? null : mediaLink(content)
  return isMedia(type) && link !== null ? { type, link } : null
}

/** The file, or the part of it that players ask for (RFC 9110, 14). */
function sendFile(c: Context, { path, type, extension, size, at }: KeptFile): Response {
  const tag = `"${size.toString(36)}-${at.getTime().toString(36)}"`
  const headers = {
    'content-type': type,
    'content-disposition': `inline; filename="parley.${extension}"`,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'private, max-age=3600',
    'accept-ranges': 'bytes',
    etag: tag,
  }
  if (c.req.header('if-none-match') === tag) return c.body(null, 304, headers)
  const range = readRange(c.req.header('range'), size)
  if (range === 'none') return c.body(null, 416, { ...headers, 'content-range': `bytes */${size}` })
  const { start, end } = range ?? { start: 0, end: size - 1 }
  const part = { ...headers, 'content-length': String(end - start + 1) }
  const body = Readable.toWeb(createReadStream(path, { start, end })) as ReadableStream
  return range
    ? c.body(body, 206, { ...part, 'content-range': `bytes ${start}-${end}/${size}` })
    : c.body(body, 200, part)
}

/** One range of bytes; null for the whole file, which several ranges get too; `none` lies outside of it. */
export function readRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | 'none' | null {
  const [, from = '', to = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? []
  if (from === '' && to === '') return null
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from)
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1)
  if (from !== '' && to !== '' && Number(to) < Number(from)) return null
  return start >= size || end < start ? 'none' : { start, end }
}
