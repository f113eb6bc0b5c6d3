/**
 * Addresses of images and sounds: signed, for one field of one record, for the one who is shown the record, and
 * for some hours. Another person's session opens none of them.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { deriveKey } from '../../derive-key.ts'
import type { Parley } from '../../parley.ts'
import type { Visitor } from '../session/visitor.ts'

export type MediaPlace = { datasetId: string; recordId: string; field: string }

const hour = 3_600_000
/** Long enough for a card that was left open over lunch; the same address for an hour, so that browsers keep it. */
const hoursGood = 12

/** Where this visitor fetches what the field holds. Sign only for a record that they may see. */
export function mediaAddress(parley: Parley, visitor: Visitor, place: MediaPlace): string {
  const { datasetId, recordId, field } = place
  const until = Math.ceil(parley.now().getTime() / hour) + hoursGood
  const payload = Buffer.from(JSON.stringify([datasetId, recordId, field, until])).toString(
    'base64url',
  )
  return `/media/${payload}.${sign(parley, visitor, payload)}`
}

/** The place that an address names; null when it was made for another person, was changed, or is over. */
export function readMediaAddress(
  parley: Parley,
  visitor: Visitor,
  token: string,
): MediaPlace | null {
  const [payload = '', given = '', more] = token.split('.')
  if (more !== undefined) return null
  const [got, expected] = [Buffer.from(given), Buffer.from(sign(parley, visitor, payload))]
  if (got.length !== expected.length || !timingSafeEqual(got, expected)) return null
  const [datasetId, recordId, field, until] = JSON.parse(
    Buffer.from(payload, 'base64url').toString(),
  )
  return until * hour < parley.now().getTime() ? null : { datasetId, recordId, field }
}

function sign({ secret }: Parley, { session }: Visitor, payload: string): string {
  const who =
    session.owner.type === 'key'
      ? `key ${session.owner.hash.toString('hex')}`
      : JSON.stringify([
          session.owner.person.platform,
          session.owner.person.workspace,
          session.owner.person.userId,
        ])
  const key = deriveKey(secret, 'media address')
  return createHmac('sha256', key).update(`${who}\n${payload}`).digest('base64url')
}
