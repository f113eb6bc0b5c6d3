/**
 * The workspaces Parley is installed in. Tokens are sealed with AES-256-GCM under a key made from
 * PARLEY_SECRET for this purpose alone, and bound to their workspace: a token copied into another
 * row does not open.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { deriveNamedKey } from '../derive-key.ts'
import { unavailable } from '../errors.ts'
import type { Platform } from '../labelers/person.ts'
import { inTransaction, type Parley } from '../parley.ts'
import type { Installation, Installations } from './port/port.ts'

export function openInstallations(parley: Parley, platform: Platform): Installations {
  const at = { platform, key: openKey(parley.secret, 'tokens') }
  return {
    save: (installation) => save(parley, at, installation, { isNew: true }),
    find: (workspace) => find(parley, at, workspace, { locked: false }),
    rotate: (workspace, refresh) =>
      inTransaction(parley, async (inside) => {
        const ending = await find(inside, at, workspace, { locked: true })
        if (!ending) return null
        const fresh = await refresh(ending)
        if (!fresh) return null
        if (fresh !== ending) await save(inside, at, fresh, { isNew: false })
        return fresh
      }),
  }
}

type At = { platform: Platform; key: Key }

async function find(
  { db }: Parley,
  { platform, key }: At,
  workspace: string,
  { locked }: { locked: boolean },
): Promise<Installation | null> {
  const query = db
    .selectFrom('workspaces')
    .selectAll()
    .where('platform', '=', platform)
    .where('workspace', '=', workspace)
    .where('deadAt', 'is', null)
  const row = await (locked ? query.forUpdate() : query).executeTakeFirst()
  if (!row?.token) return null
  const { name, refreshToken, expiresAt, scopes, botUserId, installedBy } = row
  return {
    platform,
    workspace,
    name: name ?? workspace,
    token: unseal(key, aadOf(platform, workspace), row.token),
    refreshToken: refreshToken && unseal(key, aadOf(platform, workspace), refreshToken),
    expiresAt,
    scopes,
    botUserId: botUserId ?? '',
    installedBy: installedBy ?? '',
  }
}

async function save(
  { db, now }: Parley,
  { platform, key }: At,
  installation: Installation,
  { isNew }: { isNew: boolean },
): Promise<void> {
  const { workspace, refreshToken } = installation
  const aad = aadOf(platform, workspace)
  const set = {
    name: installation.name,
    token: seal(key, aad, installation.token),
    refreshToken: refreshToken && seal(key, aad, refreshToken),
    expiresAt: installation.expiresAt,
    scopes: [...installation.scopes],
    botUserId: installation.botUserId,
    installedBy: installation.installedBy,
    deadAt: null,
    deadReason: null,
  }
  const installedAt = now()
  await db
    .insertInto('workspaces')
    .values({ platform, workspace, ...set, installedAt })
    .onConflict((conflict) =>
      conflict
        .columns(['platform', 'workspace'])
        .doUpdateSet({ ...set, ...(isNew ? { installedAt } : {}) }),
    )
    .execute()
}

type Key = { id: string; key: Buffer }

/** A key for one purpose (RFC 5869), and the id that travels with what it sealed. */
export function openKey(secret: string, purpose: string): Key {
  return deriveNamedKey(secret, purpose, 4)
}

/** `v1.<key id>.<nonce, tag and text in base64url>` */
export function seal({ id, key }: Key, aad: string, plain: string): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(aad))
  const text = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
  return `v1.${id}.${Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url')}`
}

/** @throws ParleyError `unavailable` when it was sealed with another secret or for another place. */
export function unseal({ id, key }: Key, aad: string, sealed: string): string {
  const [version, keyId, text = ''] = sealed.split('.')
  const bytes = Buffer.from(text, 'base64url')
  const cannot = (cause: unknown) =>
    unavailable('A stored token', new Error('Install Parley in this workspace again.', { cause }))
  if (version !== 'v1' || keyId !== id)
    throw cannot(new Error('It was sealed under another PARLEY_SECRET.'))
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12))
      .setAAD(Buffer.from(aad))
      .setAuthTag(bytes.subarray(12, 28))
    return decipher.update(bytes.subarray(28), undefined, 'utf8') + decipher.final('utf8')
  } catch (error) {
    throw cannot(error)
  }
}

function aadOf(platform: Platform, workspace: string): string {
  return `${platform}:${workspace}`
}
