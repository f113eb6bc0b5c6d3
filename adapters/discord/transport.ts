/** How interactions arrive: over a connection to Discord's gateway, or on a route that Discord calls. */
import type { Hono } from 'hono'
import type { Inside } from '../../src/chat/port/port.ts'
import { openGateway } from './gateway/gateway.ts'
import { registerCommands } from './receive/commands.ts'
import { openEndpoint } from './receive/endpoint.ts'
import type { Responder } from './respond/responder.ts'
import type { Rest } from './send/rest.ts'
import type { DiscordSettings } from './settings.ts'

export type Transport = {
  /** Which role of the service it runs in. */
  door: 'web' | 'gateway'
  /** The state of the connection; null where there is none. */
  state(): string | null
  routes(hono: Hono): void
  start(): Promise<void>
  stop(): Promise<void>
}

export function openTransport(
  settings: DiscordSettings,
  inside: Inside,
  { rest, responder }: { rest: Rest; responder: Responder },
): Transport {
  const { log, now } = inside
  const register = async () => {
    try {
      const outcome = await registerCommands(rest, settings.applicationId)
      if (outcome === 'changed')
        log.info({ event: 'discord.commands_registered' }, 'Discord was told our commands.')
    } catch (error) {
      log.error(
        { event: 'discord.commands_refused', err: error },
        'Discord did not take our commands.',
      )
    }
  }
  if (settings.transport === 'gateway') {
    const gateway = openGateway({ ...settings, ...inside, rest, responder, onConnected: register })
    return { door: 'gateway', routes: () => {}, ...gateway }
  }
  const { publicKey } = settings
  const endpoint = openEndpoint({ publicKey, responder, rest, now, log })
  return {
    door: 'web',
    state: () => null,
    routes: (hono) => {
      hono.post('/discord/interactions', endpoint.bound, endpoint.handler)
    },
    start: register,
    stop: async () => {},
  }
}
