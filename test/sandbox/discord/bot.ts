/** A little bot for the tests of the stand-in: the real discord.js Client, a plain handler in. */
import {
  Client,
  type ClientOptions,
  Events,
  GatewayDispatchEvents,
  GatewayIntentBits,
  REST,
} from 'discord.js'
import { type DiscordOptions, openDiscordStandIn } from '../../../sandbox/discord/server.ts'
import type { JsonObject } from '../../../sandbox/json.ts'
import { isObject, object, parseJson, text } from '../../../sandbox/json.ts'

export type Bot = Awaited<ReturnType<typeof openBot>>

/** What a handler is given to answer with, over REST as a bot without a library would. */
export type Heard = {
  raw: JsonObject
  /** The callback; resolves with the answer's status and body, whatever they are. */
  answer(type: number, data?: JsonObject, query?: string): Promise<Called>
  edit(body: JsonObject): Promise<Called>
  followUp(body: JsonObject): Promise<Called>
}

export type Called = { status: number; headers: Headers; body: JsonObject }

/** Opens a stand-in and a discord.js client that hands raw interactions to `handle`. */
export async function openBot(
  handle: (heard: Heard) => unknown = () => undefined,
  options: DiscordOptions = {},
  client: Partial<ClientOptions> = {},
) {
  const discord = await openDiscordStandIn({ people: [{ name: 'Ana' }], ...options })
  const heard: JsonObject[] = []
  const bot = newClient(discord, client)
  bot.ws.on(GatewayDispatchEvents.InteractionCreate, (payload: unknown) => {
    const raw = object(parseJson(JSON.stringify(payload)))
    heard.push(raw)
    void handle(handed(discord, raw))
  })
  const ready = new Promise((resolve) => bot.once(Events.ClientReady, resolve))
  await bot.login(discord.botToken)
  await ready
  const rest = new REST({ api: discord.apiUrl, retries: 0 }).setToken(discord.botToken)
  return {
    discord,
    heard,
    client: bot,
    rest,
    ana: discord.person('Ana'),
    call: (method: string, path: string, body?: unknown) => call(discord, method, path, body),
    register: (commands: JsonObject[]) =>
      call(discord, 'PUT', `/applications/${discord.applicationId}/commands`, commands),
    async close() {
      await bot.destroy()
      await discord.close()
    },
  }
}

type Place = { apiUrl: string; botToken: string; applicationId: string }

export function newClient(discord: Place, options: Partial<ClientOptions> = {}): Client {
  const { rest, ...more } = options
  const client = new Client({
    intents: [GatewayIntentBits.Guilds],
    rest: { api: discord.apiUrl, ...rest },
    ...more,
  })
  client.on('error', () => undefined)
  return client
}

function handed(discord: Place, raw: JsonObject): Heard {
  const token = text(raw['token'])
  const hook = `/webhooks/${discord.applicationId}/${token}`
  return {
    raw,
    answer: (type, data, query = '') =>
      call(discord, 'POST', `/interactions/${text(raw['id'])}/${token}/callback${query}`, {
        type,
        ...(data && { data }),
      }),
    edit: (body) => call(discord, 'PATCH', `${hook}/messages/@original`, body),
    followUp: (body) => call(discord, 'POST', hook, body),
  }
}

/** Calls a route as a bot without a library would, and answers what came back. */
export async function call(
  discord: Place,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Called> {
  const response = await fetch(`${discord.apiUrl}/v10${path}`, {
    method,
    headers: {
      authorization: `Bot ${discord.botToken}`,
      'user-agent': 'DiscordBot (https://example.com, 1.0)',
      ...(body instanceof FormData ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) }),
  })
  const parsed = parseJson(await response.text())
  return {
    status: response.status,
    headers: response.headers,
    body: isObject(parsed) ? parsed : parsed === undefined ? {} : { list: parsed },
  }
}

export const v2 = 1 << 15
export const ephemeral = 1 << 6

export const said = (content: string): JsonObject => ({ type: 10, content })
export const button = (label: string, customId: string, more: JsonObject = {}): JsonObject => ({
  type: 2,
  style: 1,
  label,
  custom_id: customId,
  ...more,
})
export const row = (...components: JsonObject[]): JsonObject => ({ type: 1, components })
export const card = (...components: JsonObject[]): JsonObject => ({
  flags: v2 | ephemeral,
  components: [{ type: 17, components }],
})
export const options = (...labels: string[]): JsonObject[] =>
  labels.map((label) => ({ label, value: label.toLowerCase() }))
export const menu = (placeholder: string, customId: string, ...labels: string[]): JsonObject =>
  row({ type: 3, custom_id: customId, placeholder, options: options(...labels) })
export const label = (words: string, component: JsonObject): JsonObject => ({
  type: 18,
  label: words,
  component,
})
export const field = (customId: string, more: JsonObject = {}): JsonObject => ({
  type: 4,
  custom_id: customId,
  style: 2,
  ...more,
})
export const modal = (...components: JsonObject[]): JsonObject => ({
  custom_id: 'form',
  title: 'A form',
  components,
})
