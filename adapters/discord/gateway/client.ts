/** discord.js, used for nothing but the connection. */
import { Client, GatewayIntentBits, Options } from 'discord.js'

export function openClient(apiUrl: string): Client {
  const client = new Client({
    // Only the intent for servers; no message is ever read.
    intents: [GatewayIntentBits.Guilds],
    rest: { api: apiUrl },
    allowedMentions: { parse: [] },
    waitGuildTimeout: 0,
    makeCache: Options.cacheWithLimits({
      ...Options.DefaultMakeCacheSettings,
      MessageManager: 0,
      GuildMemberManager: 0,
      UserManager: 0,
      ThreadManager: 0,
      GuildEmojiManager: 0,
      GuildStickerManager: 0,
      PresenceManager: 0,
      VoiceStateManager: 0,
    }),
  })
  leaveRaw(client)
  return client
}

/**
 * discord.js would build an object from each interaction, for listeners that Parley does not have. A
 * payload it cannot parse (Discord extends them) would throw an uncaught error and end the process.
 */
function leaveRaw(client: Client): void {
  const actions: unknown = Reflect.get(client, 'actions')
  const action: unknown =
    typeof actions === 'object' && actions !== null
      ? Reflect.get(actions, 'InteractionCreate')
      : null
  if (typeof action === 'object' && action !== null) Reflect.set(action, 'handle', () => {})
}
