/** The verbs of API keys and the audit log, as the terminal calls them: on the database here, or on a server. */
import type { AuditEntry, AuditFilter } from '../../datasets/read-audit.ts'
import type { CreatedKey, createKey } from '../../keys/create.ts'
import type { ListedKey } from '../../keys/list.ts'
import type { Parley } from '../../parley.ts'
import { cliActor } from '../actor.ts'
import { atOrNull, part, type Server } from './server.ts'

export type KeyVerbs = {
  createKey(input: Parameters<typeof createKey>[2]): Promise<CreatedKey>
  listKeys(): Promise<ListedKey[]>
  revokeKey(id: string): Promise<{ name: string; revoked: boolean }>
  /** Newest first, page by page. */
  readAudit(filter: AuditFilter): AsyncIterable<AuditEntry[]>
}

export function keysHere(parley: Parley): KeyVerbs {
  return {
    async createKey(input) {
      const { createKey } = await import('../../keys/create.ts')
      return createKey(parley, cliActor, input)
    },
    async listKeys() {
      const { listKeys } = await import('../../keys/list.ts')
      return listKeys(parley, cliActor)
    },
    async revokeKey(id) {
      const { revokeKey } = await import('../../keys/revoke.ts')
      return revokeKey(parley, cliActor, { id })
    },
    async *readAudit(filter) {
      const { readAudit } = await import('../../datasets/read-audit.ts')
      for (let before: string | undefined; ; ) {
        const page = await readAudit(parley, cliActor, { ...filter, ...(before ? { before } : {}) })
        yield page.entries
        if (page.next === null) return
        before = page.next
      }
    },
  }
}

type SentKey = Pick<ListedKey, 'id' | 'name' | 'hint' | 'scopes' | 'dataset' | 'state'> & {
  created_by: string
  created_at: string
  expires_at: string | null
  last_used_at: string | null
  revoked_at: string | null
}

type SentEntry = Omit<AuditEntry, 'at'> & { at: string }

export function keysThere(server: Server): KeyVerbs {
  return {
    async createKey({ expiresInDays, ...input }) {
      const { expires_at: expiresAt, ...made } = await server.call<
        Omit<CreatedKey, 'expiresAt'> & { expires_at: string | null }
      >('POST', '/v1/keys', { json: { ...input, expires_in_days: expiresInDays } })
      return { ...made, expiresAt: atOrNull(expiresAt) }
    },
    async listKeys() {
      const { data } = await server.call<{ data: SentKey[] }>('GET', '/v1/keys')
      return data.map(({ id, name, hint, scopes, dataset, state, ...sent }) => ({
        ...{ id, name, hint, scopes, dataset, state, createdBy: sent.created_by },
        createdAt: new Date(sent.created_at),
        expiresAt: atOrNull(sent.expires_at),
        lastUsedAt: atOrNull(sent.last_used_at),
        revokedAt: atOrNull(sent.revoked_at),
      }))
    },
    revokeKey: (id) => server.call('DELETE', `/v1/keys/${part(id)}`),
    async *readAudit({ since, until, ...filter }) {
      const query = { ...filter, since: since?.toISOString(), until: until?.toISOString() }
      for await (const page of server.pages<SentEntry>('/v1/audit', query))
        yield page.map((entry) => ({ ...entry, at: new Date(entry.at) }))
    },
  }
}
