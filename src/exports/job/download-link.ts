/**
 * Links to files that are too large for a message. Anybody with a link can download that file for a day.
 * Links are signed with a separate key, so nothing else Parley signs opens a file.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { deriveKey } from '../../derive-key.ts'
import type { Parley } from '../../parley.ts'
import { isManifest } from '../manifest.ts'
import { exportColumns, keepDays, readExport } from './export.ts'

const lastsMs = 24 * 60 * 60 * 1000

/** A link to one file of an export, valid for a day. */
export function linkTo(
  parley: Parley,
  exportId: string,
  name: string,
): { url: string; until: Date } {
  const expires = Math.ceil((parley.now().getTime() + lastsMs) / 1000)
  const file = sentName(name)
  const signature = sign(parley.secret, exportId, file, String(expires))
  const query = new URLSearchParams({ expires: String(expires), signature })
  return {
    url: `${parley.publicUrl}/exports/${exportId}/${encodeURIComponent(file)}?${query}`,
    until: new Date(expires * 1000),
  }
}

/** The file of a link, or why it is refused. A request without a signature gets no details. */
export type Linked =
  | { type: 'file'; path: string; name: string; bytes: number; sha256: string }
  | { type: 'refused' | 'over' | 'expired' }

export async function openLink(
  parley: Parley,
  asked: { exportId: string; file: string; expires: string; signature: string },
): Promise<Linked> {
  const { exportId, file, expires, signature } = asked
  if (!isSame(sign(parley.secret, exportId, file, expires), signature)) return { type: 'refused' }
  if (Number(expires) * 1000 <= parley.now().getTime()) return { type: 'over' }
  const row = await parley.db
    .selectFrom('exports')
    .select([...exportColumns, 'expiredAt'])
    .where('id', '=', exportId)
    .executeTakeFirst()
  if (!row || row.expiredAt !== null) return { type: 'expired' }
  const { directory, files } = readExport(row)
  // The path comes from the row's own list: no name from a request reaches the disk.
  const found = files.find(({ name }) => sentName(name) === file)
  if (!found || directory === null) return { type: 'expired' }
  const path = join(directory, found.name)
  const there = await stat(path).catch(() => null)
  if (!there?.isFile()) return { type: 'expired' }
  return { type: 'file', path, name: file, bytes: there.size, sha256: found.sha256 }
}

/** The message for a link that does not work. */
export function sayRefused(type: Exclude<Linked['type'], 'file'>): string {
  switch (type) {
    case 'refused':
      return 'This is not a link that Parley made. Copy the whole link from the message it stands in.'
    case 'over':
      return 'This link has expired: links are valid for 24 hours. Request the export again in chat.'
    case 'expired':
      return `These files are gone: Parley keeps what it exported for ${keepDays} days. Ask for the export again in chat.`
  }
}

/** A file's name in chat and in links: without folders, and without the dot that hides it on disk. */
export function sentName(name: string): string {
  return (isManifest(name) ? name.replace(/^\./, '') : name).replaceAll('/', '-')
}

function sign(secret: string, exportId: string, file: string, expires: string): string {
  const key = deriveKey(secret, 'export links')
  // Parts are separated by line breaks, which none of them can contain.
  const text = JSON.stringify(['export', exportId, file, expires])
  return createHmac('sha256', key).update(text).digest('base64url')
}

function isSame(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)]
  return a.length === b.length && timingSafeEqual(a, b)
}
