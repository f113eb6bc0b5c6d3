/**
 * The secrets that sign what is sent (standardwebhooks.com). They are stored sealed and shown once. After a
 * rotation the old one signs too until it expires, so that a receiver can switch over in peace.
 */
import { randomBytes } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import type { SealedSecret } from '../db/schema/endpoints.ts'
import { conflict } from '../errors.ts'
import type { Parley } from '../parley.ts'
import { openKey, seal, unseal } from '../seal.ts'

/** The standard asks for 24 to 64 bytes. */
const secretBytes = 32

/** A new secret: as its owner sees it this once, and as it is stored. */
export function makeSecret(parley: Parley, place: string): { secret: string; sealed: string } {
  const secret = `whsec_${randomBytes(secretBytes).toString('base64')}`
  return { secret, sealed: sealSecret(parley, place, secret) }
}

export function sealSecret({ secret: key }: Parley, place: string, secret: string): string {
  return seal(openKey(key, 'webhooks'), place, secret)
}

/** Those that are valid now, newest first. @throws ParleyError `conflict` under another PARLEY_SECRET. */
export function openSecrets(
  parley: Parley,
  place: string,
  secrets: readonly SealedSecret[],
): string[] {
  const key = openKey(parley.secret, 'webhooks')
  try {
    return valid(parley, secrets).map(({ sealed }) => unseal(key, place, sealed))
  } catch (error) {
    const said =
      'Its secret was stored under another PARLEY_SECRET. Set that one, or give it a new secret: npx parley webhooks rotate ID.'
    throw conflict(said, error)
  }
}

/** Without expired ones. */
export function valid(parley: Parley, secrets: readonly SealedSecret[]): SealedSecret[] {
  return secrets.filter(({ until }) => until === null || new Date(until) > parley.now())
}

/** The headers of one attempt; `id` is the same at every one. */
export function signed(
  secrets: readonly string[],
  message: { id: string; at: Date; body: string },
): Record<string, string> {
  const { id, at, body } = message
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
  }
}
