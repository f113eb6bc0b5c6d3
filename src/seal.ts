/**
 * Seals secrets that are stored, with AES-256-GCM under a key made from PARLEY_SECRET for one purpose alone
 * and bound to their place: a secret copied into another row does not open.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { deriveNamedKey } from './derive-key.ts'
import { unavailable } from './errors.ts'

export type SealKey = { id: string; key: Buffer }

/** A key for one purpose (RFC 5869), and the id that travels with what it sealed. */
export function openKey(secret: string, purpose: string): SealKey {
  return deriveNamedKey(secret, purpose, 4)
}

/** `v1.<key id>.<nonce, tag and text in base64url>`; `place` is where it is stored. */
export function seal({ id, key }: SealKey, place: string, plain: string): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(place))
  const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
  return `v1.${id}.${Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url')}`
}

/**
 * `what` and `remedy` are for the error.
 * @throws ParleyError `unavailable` when it was sealed with another secret or for another place.
 */
export function unseal(
  { id, key }: SealKey,
  place: string,
  sealed: string,
  { what, remedy } = {
    what: 'A stored secret',
    remedy: 'Set the PARLEY_SECRET it was stored under.',
  },
): string {
  const [version, keyId, text = ''] = sealed.split('.')
  const bytes = Buffer.from(text, 'base64url')
  const cannot = (cause: unknown) => unavailable(what, new Error(remedy, { cause }))
  if (version !== 'v1' || keyId !== id)
    throw cannot(new Error('It was sealed under another PARLEY_SECRET.'))
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12))
      .setAAD(Buffer.from(place))
      .setAuthTag(bytes.subarray(12, 28))
    return decipher.update(bytes.subarray(28), undefined, 'utf8') + decipher.final('utf8')
  } catch (error) {
    throw cannot(error)
  }
}
