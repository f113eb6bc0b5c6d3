/**
 * The workspaces Parley is installed in. Tokens are sealed (src/seal.ts), each for its workspace.
 */
import type { Platform } from '../labelers/person.ts'
import { inTransaction, type Parley } from '../parley.ts'
import { openKey, type SealKey, seal, unseal } from '../seal.ts'
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

type At = { platform: Platform; key: SealKey }

const stored = { what: 'A stored token', remedy: 'Install Parley in this workspace again.' }

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
    token: unseal(key, aadOf(platform, workspace), row.token, stored),
    refreshToken: refreshToken && unseal(key, aadOf(platform, workspace), refreshToken, stored),
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

function aadOf(platform: Platform, workspace: string): string {
  return `${platform}:${workspace}`
}
