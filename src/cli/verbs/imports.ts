/** The verbs of imports there were, as the terminal calls them: here, or on a server. */
import type { UndoneImport } from '../../imports/answers/undo-import.ts'
import type { ListedImport } from '../../imports/import-row.ts'
import type { Parley } from '../../parley.ts'
import { cliActor } from '../actor.ts'
import { part, type Server } from './server.ts'

export type ImportVerbs = {
  /** Newest first. */
  listImports(input: { dataset: string; limit: number }): Promise<ListedImport[]>
  undoImport(id: string): Promise<UndoneImport>
}

export function importsHere(parley: Parley): ImportVerbs {
  return {
    async listImports(input) {
      const { listImports } = await import('../../imports/import-row.ts')
      return listImports(parley, input)
    },
    async undoImport(id) {
      const { undoImport } = await import('../../imports/answers/undo-import.ts')
      return undoImport(parley, cliActor, { id })
    },
  }
}

type Sent = Omit<ListedImport, 'importedBy' | 'startedAt'> & {
  imported_by: string
  started_at: string
}

export function importsThere(server: Server): ImportVerbs {
  return {
    async listImports({ dataset, limit }) {
      const all: ListedImport[] = []
      const pages = server.pages<Sent>(`/v1/datasets/${part(dataset)}/imports`, {
        limit: Math.min(limit, 1000),
      })
      for await (const page of pages) {
        for (const { imported_by: importedBy, started_at: startedAt, ...one } of page)
          all.push({ ...one, importedBy, startedAt: new Date(startedAt) })
        if (all.length >= limit) break
      }
      return all.slice(0, limit)
    },
    undoImport: (id) => server.call('POST', `/v1/imports/${part(id)}/undo`),
  }
}
