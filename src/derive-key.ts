/** Derives the keys of single purposes from PARLEY_SECRET (HKDF, RFC 5869), so that none opens what another seals. */
import { hkdfSync } from 'node:crypto'

/** `length` is in bytes. The same secret and purpose always give the same key. */
export function deriveKey(secret: string, purpose: string, length = 32): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, 'parley', purpose, length))
}

/** A key, and the id stored with what it encrypted, so that a changed secret is recognized. */
export function deriveNamedKey(secret: string, purpose: string, idBytes: number) {
  return {
    id: deriveKey(secret, `${purpose} key id`, idBytes).toString('hex'),
    key: deriveKey(secret, purpose),
  }
}
