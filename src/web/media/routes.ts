/** GET /media/…: an image or a sound of a record, to those who were shown the record. */
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { Context } from 'hono'
import type { DatasetDocument } from '../../datasets/document.ts'
import type { Parley } from '../../parley.ts'
import { isMedia, type MediaType, mediaLink } from '../../records/media.ts'
import type { RecordFields } from '../../records/record-line.ts'
import { answerNothing } from '../page/errors.ts'
import { signedIn } from '../session/visitor.ts'
import type { Site, Web } from '../site.ts'
import { type MediaPlace, readMediaAddress } from './address.ts'
import { type KeptFile, openKeep } from './kept.ts'
import { type LoadMedia, openMedia } from './load.ts'
import { mediaWords } from './words.ts'

export function mediaRoutes(web: Web, { parley }: Site): void {
  web.get('/media/:token', async (c) => {
    const place = readMediaAddress(parley, signedIn(c), c.req.param('token'))
    return sendMedia(parley, c, place && (await findMedia(parley, place)))
  })
}

/** One store of files and one count of what is fetched, for all pages of a process. */
const open = new WeakMap<Parley, LoadMedia>()

function loaderOf(parley: Parley): LoadMedia {
  const known = open.get(parley)
  if (known) return known
  const load = openMedia(parley, openKeep(join(parley.dataDir, 'media'), parley.now))
  open.set(parley, load)
  return load
}

type Held = { type: MediaType; link: string }

/** What a field's link leads to, or in plain words why it is not shown. Ask only for who may see the record. */
export async function sendMedia(parley: Parley, c: Context, held: Held | null): Promise<Response> {
  if (!held) return answerNothing(c)
  const loaded = await loaderOf(parley)(held.type, held.link)
  if (!('refused' in loaded)) return sendFile(c, loaded.file)
  const said = mediaWords(c.get('locale'))
  return c.text(said.refused[loaded.refused], 422, { 'cache-control': 'no-store' })
}

/** The image or sound a field of a record links to; null where it is none. */
export function mediaIn(
  { fields }: Pick<DatasetDocument, 'fields'>,
  held: RecordFields,
  field: string,
): Held | null {
  const type = fields.find(({ name }) => name === field)?.type ?? ''
  const content = Object.hasOwn(held, field) ? held[field] : undefined
  const link = content === undefined ? null : mediaLink(content)
  return isMedia(type) && link !== null ? { type, link } : null
}

/** What the field holds now; null where it is gone, or is no image or sound any more. */
async function findMedia(
  { db }: Parley,
  { datasetId, recordId, field }: MediaPlace,
): Promise<Held | null> {
  const row = await db
    .selectFrom('records')
    .innerJoin('datasets', 'datasets.id', 'records.datasetId')
    .select(['records.fields', 'datasets.document'])
    .where('records.datasetId', '=', datasetId)
    .where('records.id', '=', recordId)
    .executeTakeFirst()
  return row ? mediaIn(row.document, row.fields, field) : null
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
