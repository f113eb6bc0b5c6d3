/** Checks for `doctor` and `/readyz` that Discord accepts our token and sends interactions where we listen. */
import { counted } from '../../src/sentences.ts'
import { wrongToken } from './gateway/closings.ts'
import { inviteLink } from './receive/commands.ts'
import { isTokenRefused } from './send/failures.ts'
import type { Rest } from './send/rest.ts'
import type { DiscordSettings } from './settings.ts'

type Application = {
  id?: string
  name?: string
  verify_key?: string
  interactions_endpoint_url?: string | null
  approximate_guild_count?: number
}

/** `gateway` is the state of the connection, if there is one. */
export async function check(
  rest: Rest,
  settings: DiscordSettings,
  gateway: string | null,
): Promise<{ ok: boolean; detail: string }> {
  try {
    const app = await rest<Application>({ method: 'GET', path: '/applications/@me' })
    const problem =
      whyDeaf(app, settings) ??
      (gateway === 'refused' ? 'Discord refused the connection; the log says why.' : null)
    if (problem !== null) return { ok: false, detail: problem }
    const servers = app.approximate_guild_count
    const where = servers === undefined ? '' : `, in ${counted(servers, 'server')}`
    return {
      ok: true,
      detail: `Discord knows us as ${app.name ?? 'Parley'}${where}. People add Parley to a server at ${inviteLink(settings.applicationId)}`,
    }
  } catch (error) {
    if (isTokenRefused(error)) return { ok: false, detail: wrongToken }
    return { ok: false, detail: error instanceof Error ? error.message : String(error) }
  }
}

function whyDeaf(app: Application, settings: DiscordSettings): string | null {
  if (app.id !== undefined && app.id !== settings.applicationId)
    return `DISCORD_BOT_TOKEN belongs to the application ${app.id}, not to DISCORD_APPLICATION_ID ${settings.applicationId}.`
  const url = app.interactions_endpoint_url ?? null
  if (settings.transport === 'gateway')
    return url === null
      ? null
      : `Discord sends what people do to ${url} and nothing over the gateway. Clear “Interactions Endpoint URL” in the developer portal, or set DISCORD_TRANSPORT=http.`
  if (app.verify_key !== undefined && app.verify_key !== settings.publicKey.toLowerCase())
    return 'DISCORD_PUBLIC_KEY is not the key of this application. Copy it from the developer portal.'
  const wanted = `${settings.publicUrl}/discord/interactions`
  return url === null
    ? `Set “Interactions Endpoint URL” in the developer portal to ${wanted}: until then nothing people do arrives here.`
    : null
}
