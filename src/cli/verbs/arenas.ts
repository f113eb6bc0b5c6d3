/** The verbs of arenas, as the terminal calls them: on the database here, or on a server. */
import type { ArenaState, OpenArena } from '../../arena/show.ts'
import type { Parley } from '../../parley.ts'
import { cliActor } from '../actor.ts'
import { part, type Server } from './server.ts'

/** Whether it changed anything, and the channel that was named. */
export type ChangedArena = { changed: boolean; platform: string; channel: string }

type Named = {
  dataset: string
  /** As it is typed: `slack:#evals`, `discord:1234567890`. */
  to: unknown
}

export type ArenaVerbs = {
  openArena(input: Named): Promise<ChangedArena>
  closeArena(input: Named): Promise<ChangedArena>
  listArenas(input: { dataset?: string }): Promise<OpenArena[]>
  showArena(input: { dataset: string }): Promise<ArenaState>
}

export function arenasHere(parley: Parley): ArenaVerbs {
  const change = async (act: 'openArena' | 'closeArena', { dataset, to: where }: Named) => {
    const { findChannel } = await import('../../chat/find-channel.ts')
    const verbs = await import('../../arena/open.ts')
    const to = await findChannel(parley, where)
    const changed = await verbs[act](parley, cliActor, { dataset, to })
    return { changed, platform: to.platform, channel: to.channelId }
  }
  return {
    openArena: (input) => change('openArena', input),
    closeArena: (input) => change('closeArena', input),
    async listArenas(input) {
      const { listArenas } = await import('../../arena/show.ts')
      return listArenas(parley, cliActor, input)
    },
    async showArena(input) {
      const { showArena } = await import('../../arena/show.ts')
      return showArena(parley, cliActor, input)
    },
  }
}

type SentArena = Omit<OpenArena, 'openedBy' | 'openedAt'> & { opened_by: string; opened_at: string }
type SentState = Omit<ArenaState, 'open'> & { open: SentArena[] }

export function arenasThere(server: Server): ArenaVerbs {
  const at = (dataset: string) => `/v1/datasets/${part(dataset)}/arena`
  const change = (act: string, { dataset, to }: Named) =>
    server.call<ChangedArena>('POST', `${at(dataset)}/${act}`, { json: { to: to ?? '' } })
  return {
    openArena: (input) => change('open', input),
    closeArena: (input) => change('close', input),
    async listArenas({ dataset }) {
      const query = { dataset }
      const { data } = await server.call<{ data: SentArena[] }>('GET', '/v1/arenas', { query })
      return data.map(readArena)
    },
    async showArena({ dataset }) {
      const { open, ...sent } = await server.call<SentState>('GET', at(dataset))
      // In the order in which the terminal prints them.
      const { models, votes, limits, questions, spent, aside } = sent
      return {
        ...{ dataset, models, votes, limits, open: open.map(readArena) },
        ...{ questions, spent, aside },
      }
    },
  }
}

function readArena({ opened_by: openedBy, opened_at: at, ...arena }: SentArena): OpenArena {
  return { ...arena, openedBy, openedAt: new Date(at) }
}
