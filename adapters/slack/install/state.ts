/** OAuth's `state`: a nonce, its expiry and our signature, so that nobody else can start an installation. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

export const stateMs = 10 * 60_000

export function makeState(key: Buffer, now: Date): string {
  const open = `${randomBytes(16).toString('base64url')}.${now.getTime() + stateMs}`
  return `${open}.${sign(key, open)}`
}

/** The nonce in a state of ours that has not expired; else null. */
export function readState(key: Buffer, state: string, now: Date): string | null {
  const [nonce = '', until = '', signature = ''] = state.split('.')
  const right = Buffer.from(sign(key, `${nonce}.${until}`))
  const given = Buffer.from(signature)
  const isOurs = given.length === right.length && timingSafeEqual(given, right)
  return isOurs && Number(until) > now.getTime() ? nonce : null
}

function sign(key: Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url')
}
